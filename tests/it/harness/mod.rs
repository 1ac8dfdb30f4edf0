//! A running service per test, on its own database, with its own clock.

mod actor;
mod contract;
mod databases;
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

pub(crate) use actor::{Actor, Answered, PASSWORD, json_at};
pub(crate) use contract::keeps_the_contract;
pub(crate) use databases::{Backend, Database};

/// The service under test.
pub(crate) struct TestApp {
    pub(crate) clock: Clock,
    pub(crate) address: SocketAddr,
    pub(crate) app: Arc<App>,
    pub(crate) client: reqwest::Client,
    pub(crate) database: Arc<Database>,
    keys: Arc<Keys>,
    running: Option<(ServerHandle, JoinHandle<()>)>,
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
    config.server.bind = "127.0.0.1:0".parse().unwrap();
    config.server.workers = 1;
    config.server.shutdown_s = 1;
    config.database.postgres_threads = 4;
    config
}

impl TestApp {
    /// A service on a fresh database; none if this machine has no such database and none is required.
    pub(crate) fn start(backend: Backend) -> Option<Self> {
        let database = Arc::new(Database::fresh(backend)?);
        Some(Self::on(database, Clock::manual(noon()), Arc::new(Keys::ephemeral().unwrap())))
    }

    /// Another instance of the same installation: same database, same keys, nothing else shared.
    pub(crate) fn beside(&self) -> Self {
        Self::on(Arc::clone(&self.database), self.clock.clone(), Arc::clone(&self.keys))
    }

    fn on(database: Arc<Database>, clock: Clock, keys: Arc<Keys>) -> Self {
        let config = config();
        let law = law::load(None, "az").unwrap_or_else(|error| panic!("{error}"));
        let parts = Parts { target: database.target(), keys: Arc::clone(&keys), clock: clock.clone(), law };
        let app = assemble(parts, &config).unwrap();
        let server = Server::bind(Arc::clone(&app), &config).unwrap();
        let address = server.address().unwrap();
        let (started, handle) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let run = server.run(move |handle| started.send(handle).unwrap());
            actix_web::rt::System::new().block_on(run).unwrap();
        });
        let handle = handle.recv().unwrap();
        let client = reqwest::Client::builder().pool_max_idle_per_host(64).build().unwrap();
        Self { clock, address, app, client, database, keys, running: Some((handle, thread)) }
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if let Some((handle, thread)) = self.running.take() {
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
