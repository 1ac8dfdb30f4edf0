//! A running service per test, on its own database, with its own clock.

mod actor;
mod authenticator;
mod contract;
mod databases;
mod program;
mod tables;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use chrono::{TimeZone, Utc};
use sakin::clock::{Clock, Instant};
use sakin::config::Config;
use sakin::http::App;
use sakin::keys::Keys;
use sakin::web::{Parts, Server, assemble, law};

pub(crate) use actor::{Actor, Answered, PASSWORD, json_at, with_file};
pub(crate) use authenticator::Authenticator;
pub(crate) use contract::keeps_the_contract;
pub(crate) use databases::{Backend, Database, SERVER};
pub(crate) use program::{Program, Served};

/// The service under test.
pub(crate) struct TestApp {
    pub(crate) clock: Clock,
    pub(crate) address: SocketAddr,
    pub(crate) app: Arc<App>,
    pub(crate) client: reqwest::Client,
    pub(crate) database: Database,
    keys: Arc<Keys>,
    _running: Running,
}

/// A server that stops when the test is over.
struct Running(Option<(ServerHandle, JoinHandle<()>)>);

/// Another instance of the service on the same database, with the same keys and clock.
pub(crate) struct Sibling {
    address: SocketAddr,
    client: reqwest::Client,
    _running: Running,
}

/// Noon of 2026-11-24 in Baku: the day after the demonstration's evaluation date.
pub(crate) fn noon() -> Instant {
    Utc.with_ymd_and_hms(2026, 11, 24, 8, 0, 0).unwrap().into()
}

/// Settings of tests: the cheapest password hash that production would still accept.
pub(crate) fn config() -> Config {
    let mut config = Config::default();
    config.auth.argon2_m_kib = 19_456;
    config.auth.argon2_t = 2;
    // The clock of tests stands still, so nothing is refilled.
    config.auth.tries_per_minute = 100_000;
    // Tests of one hour look at many files.
    config.limits.files_per_hour = 100_000;
    config.limits.files_per_hour_soft = 100_000;
    config.limits.searches_per_minute = 100_000;
    config.server.bind = "127.0.0.1:0".parse().unwrap();
    config.server.workers = 1;
    config.server.shutdown_s = 1;
    config.database.postgres_threads = 4;
    config
}

impl TestApp {
    /// A service on a fresh database; none if this machine has no such database and none is required.
    pub(crate) fn start(backend: Backend) -> Option<Self> {
        let database = Database::fresh(backend)?;
        let (clock, keys) = (Clock::manual(noon()), Arc::new(Keys::ephemeral().unwrap()));
        let (app, address, running) = serve(&database, &keys, &clock, &config());
        let client = reqwest::Client::builder().pool_max_idle_per_host(64).build().unwrap();
        Some(Self { clock, address, app, client, database, keys, _running: running })
    }

    /// Another instance beside this one, with settings of its own.
    pub(crate) fn sibling(&self, config: &Config) -> Sibling {
        let (_, address, running) = serve(&self.database, &self.keys, &self.clock, config);
        Sibling { address, client: self.client.clone(), _running: running }
    }

    /// Moves the clock on.
    pub(crate) fn later(&self, seconds: i64) {
        self.clock.set(self.clock.now().plus_seconds(seconds));
    }
}

fn serve(database: &Database, keys: &Arc<Keys>, clock: &Clock, config: &Config) -> (Arc<App>, SocketAddr, Running) {
    let law = law::load(None, "az").unwrap_or_else(|error| panic!("{error}"));
    let parts = Parts { target: database.serving(), keys: Arc::clone(keys), clock: clock.clone(), law };
    let app = assemble(parts, config).unwrap();
    let server = Server::bind(Arc::clone(&app), config, None).unwrap();
    let address = server.address().unwrap();
    let (started, handle) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        let run = server.run(move |handle| started.send(handle).unwrap());
        actix_web::rt::System::new().block_on(run).unwrap();
    });
    (app, address, Running(Some((handle.recv().unwrap(), thread))))
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some((handle, thread)) = self.0.take() {
            // The answer to the stop command is not needed: the thread's end is.
            std::mem::drop(handle.stop(false));
            drop(thread.join());
        }
    }
}

/// Makes one test per database of a body that takes a running service.
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($app:ident: TestApp) $body:block)+) => {$(
        mod $name {
            use super::*;

            async fn body($app: TestApp) $body

            $(#[$meta])*
            #[tokio::test]
            async fn sqlite() {
                body(TestApp::start(Backend::Sqlite).unwrap()).await;
            }

            $(#[$meta])*
            #[tokio::test]
            async fn postgres() {
                match TestApp::start(Backend::Postgres) {
                    Some(app) => body(app).await,
                    None => eprintln!("skipped: no PostgreSQL on this machine (SAKIN_TEST_POSTGRES=required makes this a failure)"),
                }
            }
        }
    )+};
}
pub(crate) use on_both;
