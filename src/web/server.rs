//! Starting and stopping.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::{App as ActixApp, HttpServer};
use tokio::signal::unix::{SignalKind, signal};

use super::tls::Tls;
use super::{housekeeping, routes};
#[cfg(feature = "passkeys")]
use crate::access::passkey::RelyingParty;
use crate::access::password::{Hasher, Params};
use crate::access::reads;
use crate::access::throttle::{Buckets, Rate};
use crate::access::token::KeyRing;
use crate::clock::Clock;
use crate::config::{self, Config};
use crate::db::{Db, Sizes, Target};
use crate::error::{Error, Result};
use crate::http::{App, Law, Limits, Router, configure};
use crate::keys::Keys;
use crate::law::Language;

/// Tokens from before this instant, and clocks that stand before it, are refused: 2026-11-20.
pub const BUILD_TIME: u64 = 1_795_132_800;

/// What a program is assembled from.
pub struct Parts {
    /// Where the data lives.
    pub target: Target,
    /// The installation's secrets.
    pub keys: Arc<Keys>,
    /// The clock of every transaction.
    pub clock: Clock,
    /// The law in force here.
    pub law: Arc<Law>,
}

/// How many threads wait for PostgreSQL. On a machine of its own it takes as much as the network lets through. On this one its processes and ours
/// want the same cores: more of them answer less.
fn postgres_threads(target: &Target, cores: usize) -> usize {
    match target {
        Target::Postgres { url, .. } if !config::leaves_machine(url) => cores + 1,
        _ => 8 * cores,
    }
}

/// Puts a program together. The database's schema must be current.
pub fn assemble(parts: Parts, config: &Config) -> Result<Arc<App>> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = config.database.postgres_threads;
    let sizes = Sizes {
        sqlite_readers: config.database.sqlite_readers,
        postgres_threads: if threads == 0 { postgres_threads(&parts.target, cores) } else { threads },
        queue: config.database.queue,
    };
    let tokens = KeyRing::new(&parts.keys, &config.auth.issuer, BUILD_TIME);
    let auth = &config.auth;
    let params = Params { m_kib: auth.argon2_m_kib, t: auth.argon2_t, p: auth.argon2_p };
    let hasher = Hasher::new(params).map_err(Error::internal)?;
    let second_factor_required = auth.second_factor == config::SecondFactor::Required;
    let limits = Limits {
        body_bytes: config.server.body_limit_bytes,
        body_timeout_s: config.server.body_timeout_s,
        access_token_s: config.auth.access_token_s,
        second_factor_required,
        passkey_required: second_factor_required && auth.passkey_origin.host().is_some(),
        looks: reads::Limits {
            files_per_hour: config.limits.files_per_hour,
            files_per_hour_soft: config.limits.files_per_hour_soft,
            searches_per_minute: config.limits.searches_per_minute,
        },
        installation: config.auth.issuer.clone(),
        #[cfg(feature = "passkeys")]
        relying_party: RelyingParty::of(&auth.passkey_origin, &auth.issuer)?,
        verify_within_days: config.law.verify_within_days,
        language: match config.office.language {
            config::Language::Az => Language::Az,
            // The law speaks no Russian yet.
            config::Language::En | config::Language::Ru => Language::En,
        },
    };
    let tries = buckets(auth.tries_per_minute);
    let db = Db::open(parts.target, sizes, parts.clock, parts.keys)?;
    Ok(Arc::new(App::new(db, tokens, hasher, parts.law, limits, tries, config.server.trusted_proxies.clone())))
}

/// So many tries a minute from one network, at once or spread, and ten times as many from all.
fn buckets(per_minute: u32) -> Buckets {
    let rate = |times: u32| {
        let tries = NonZero::new(per_minute.saturating_mul(times)).unwrap_or(NonZero::<u32>::MIN);
        Rate { burst: tries, per_minute: tries }
    };
    Buckets::new(rate(1), rate(10))
}

/// A server that listens but does not answer yet.
pub struct Server {
    listener: TcpListener,
    app: Arc<App>,
    tls: Option<Arc<Tls>>,
    workers: usize,
    max_connections: usize,
    shutdown_s: u64,
}

impl Server {
    /// Takes the address. Port 0 takes a free one. With `tls` nothing else is spoken there.
    pub fn bind(app: Arc<App>, config: &Config, tls: Option<Arc<Tls>>) -> io::Result<Self> {
        let listener = TcpListener::bind(config.server.bind)?;
        listener.set_nonblocking(true)?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let workers = if config.server.workers == 0 { cores } else { config.server.workers };
        let (max_connections, shutdown_s) = (config.server.max_connections, config.server.shutdown_s);
        Ok(Self { listener, app, tls, workers, max_connections, shutdown_s })
    }

    /// The address it listens on.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Answers until it is told to stop (SIGTERM, SIGINT or the handle), then finishes what is in flight.
    pub async fn run(self, started: impl FnOnce(ServerHandle)) -> io::Result<()> {
        let router = Arc::new(Router::new(&routes::endpoints()).map_err(io::Error::other)?);
        let app = self.app;
        let housekeeping = housekeeping::keep(Arc::clone(&app));
        let factory = move || {
            let (app, router) = (Arc::clone(&app), Arc::clone(&router));
            ActixApp::new().configure(move |service| configure(service, &app, &router))
        };
        // actix counts connections for each worker, and would break off what is in flight at SIGINT.
        let server = HttpServer::new(factory)
            .workers(self.workers)
            .max_connections(self.max_connections.div_ceil(self.workers))
            .client_request_timeout(Duration::from_secs(5))
            .keep_alive(Duration::from_secs(15))
            .shutdown_timeout(self.shutdown_s)
            .disable_signals();
        let server = match &self.tls {
            Some(tls) => {
                let listener = tls.listener().map_err(io::Error::other)?;
                server.listen_rustls_0_23(self.listener, listener)?
            }
            None => server.listen(self.listener)?,
        };
        let server = server.run();
        let signals = actix_web::rt::spawn(obey(server.handle(), self.tls)?);
        started(server.handle());
        let housekeeping = actix_web::rt::spawn(housekeeping);
        let ended = server.await;
        signals.abort();
        housekeeping.abort();
        ended
    }
}

/// SIGTERM and SIGINT: finish what is in flight and end; asked a second time: end. SIGHUP: read the certificate anew.
fn obey(server: ServerHandle, tls: Option<Arc<Tls>>) -> io::Result<impl Future<Output = ()>> {
    let mut hangup = signal(SignalKind::hangup())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        let mut asked = false;
        loop {
            tokio::select! {
                _ = hangup.recv() => {
                    if let Some(tls) = &tls {
                        tls.reload();
                    } else {
                        tracing::info!("SIGHUP: there is no certificate to read anew; all else needs a restart");
                    }
                }
                _ = interrupt.recv() => {
                    drop(server.stop(!asked));
                    asked = true;
                }
                _ = terminate.recv() => {
                    drop(server.stop(!asked));
                    asked = true;
                }
            }
        }
    })
}
