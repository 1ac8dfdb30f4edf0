//! `sakin serve`.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use super::open::{self, Setup, Stop, program};
use super::{log, production};
use crate::clock::Clock;
use crate::config::{Config, Mode};
use crate::db::{self, Target, sqlite_version};
use crate::http::App;
use crate::web::{self, Server, Tls};

/// Answers requests until told to stop.
pub(super) fn run(setup: &Setup, migrate: bool) -> Result<(), Stop> {
    let config = setup.config()?;
    log::start(&config.log);
    let in_production = config.mode == Mode::Production;
    if in_production {
        Stop::if_any(production::refusals(&config, Clock::system().now()))?;
    }
    let tls = Tls::of(&config.server).map_err(Stop::usage)?;
    let target = open::target(&config)?;
    if in_production {
        Stop::if_any(db::refusals(&target)?)?;
    }
    let schema = open::schema(&target, migrate || asked_to_migrate()?)?;
    let created = schema.applied.is_empty();
    let used = db::installation(&target)?;
    if used == Some(true) && in_production {
        return Err(Stop::unsafe_to(vec![production::DEMONSTRATION.to_owned()]));
    }
    let law = open::law(&config)?;
    let app = open::assemble(&config, target, law)?;
    actix_web::rt::System::new().block_on(async {
        open::mark_real(&app, used).await?;
        let setup_code = web::setup_code(&app).await?;
        let server = Server::bind(Arc::clone(&app), &config, tls).map_err(|error| {
            Stop::database(format!(
                "{} cannot be listened on: {error}. Choose another address with --bind.",
                config.server.bind
            ))
        })?;
        let address = server.address()?.to_string();
        let lines = start_lines(&config, app.target(), created, &app, &address, setup_code.as_ref());
        lines.iter().for_each(|line| eprintln!("{line}"));
        server.run(|_| ()).await?;
        Ok(())
    })
}

/// `SAKIN_MIGRATE=1` is `--migrate` where nobody writes the command line, as in a container.
fn asked_to_migrate() -> Result<bool, Stop> {
    match std::env::var("SAKIN_MIGRATE").as_deref() {
        Ok("1") => Ok(true),
        Ok("" | "0") | Err(_) => Ok(false),
        Ok(_) => Err(Stop::usage("SAKIN_MIGRATE: 1 is expected, or 0".to_owned())),
    }
}

/// At most 12 lines: which version, config, database, law, address, what next.
pub(super) fn start_lines(
    config: &Config,
    target: &Target,
    created: bool,
    app: &App,
    address: &str,
    setup_code: Option<&SecretString>,
) -> Vec<String> {
    let file = match &config.file {
        Some(file) => file.display().to_string(),
        None => "./config.toml (not found, defaults in use)      -> sakin config example".to_owned(),
    };
    let scheme = if config.server.tls_certificate.is_some() { "https" } else { "http" };
    let state = if created { "created" } else { "opened" };
    let data = match target {
        Target::Sqlite(path) => {
            format!("{} (SQLite {}, {state})", path.display(), sqlite_version().unwrap_or_default())
        }
        Target::Postgres { .. } => format!("PostgreSQL ({state})"),
    };
    let law = app.law().view();
    let mut lines = vec![
        format!("sakin {}", env!("CARGO_PKG_VERSION")),
        format!("  config     {file}"),
        format!("  data       {data}"),
        format!("  law        {}, verified {}", law.pack, law.version),
        format!("  listening  {scheme}://{address}   API /api/v1   document /api/v1/openapi.json"),
    ];
    lines.push(if config.server.tls_certificate.is_some() {
        "  security   TLS 1.3 and 1.2 only; SIGHUP reads the certificate anew".to_owned()
    } else if config.server.bind.ip().is_loopback() {
        "  security   loopback only, plain HTTP (fine for trying out)".to_owned()
    } else {
        "  SECURITY   PLAIN HTTP BEYOND THIS MACHINE: set server.tls_certificate and server.tls_key before anybody signs in".to_owned()
    });
    lines.push("  no telemetry".to_owned());
    if let Some(code) = setup_code.map(ExposeSecret::expose_secret) {
        lines.push("  no administrator yet. Within an hour, with an e-mail, name and password (15 characters or more) of your own:".to_owned());
        lines.push(format!(
            "    curl {scheme}://{address}/api/v1/setup -H 'Content-Type: application/json' -d '{{\"code\":\"{code}\",\"email\":\"…\",\"display_name\":\"…\",\"password\":\"…\"}}'"
        ));
        lines.push(format!("  want to look around first?  {} demo", program()));
    }
    lines
}
