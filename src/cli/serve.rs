//! `sakin serve`.

use std::sync::Arc;

use super::open::{self, Setup, Stop, program};
use crate::config::{self, Config, LogFormat, Mode};
use crate::db::{self, Target, sqlite_version};
use crate::http::App;
use crate::web::{self, Server};

/// Answers requests until told to stop.
pub(super) fn run(setup: &Setup, migrate: bool) -> Result<(), Stop> {
    let config = setup.config()?;
    start_log(&config);
    if config.mode == Mode::Production {
        let refusals = config::refusals(&config);
        if !refusals.is_empty() {
            return Err(Stop::unsafe_to(refusals));
        }
    }
    let target = open::target(&config)?;
    let schema = open::schema(&target, migrate)?;
    let created = schema.applied.is_empty();
    let used = db::installation(&target)?;
    if used == Some(true) && config.mode == Mode::Production {
        let line = "this is the demonstration's database: production needs one of its own";
        return Err(Stop::unsafe_to(vec![line.to_owned()]));
    }
    let law = open::law(&config)?;
    let app = open::assemble(&config, target, law)?;
    actix_web::rt::System::new().block_on(async {
        open::mark_real(&app, used).await?;
        let setup_code = web::setup_code(&app).await?;
        let server = Server::bind(Arc::clone(&app), &config).map_err(|error| {
            Stop::database(format!(
                "{} cannot be listened on: {error}. Choose another address with --bind.",
                config.server.bind
            ))
        })?;
        let address = server.address()?.to_string();
        let lines = start_lines(&config, app.target(), created, &app, &address, setup_code.as_deref());
        lines.iter().for_each(|line| eprintln!("{line}"));
        server.run(|_| ()).await?;
        Ok(())
    })
}

/// At most 12 lines: which version, config, database, law, address, what next.
pub(super) fn start_lines(
    config: &Config,
    target: &Target,
    created: bool,
    app: &App,
    address: &str,
    setup_code: Option<&str>,
) -> Vec<String> {
    let file = match &config.file {
        Some(file) => file.display().to_string(),
        None => "./config.toml (not found, defaults in use)      -> sakin config example".to_owned(),
    };
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
        format!("  listening  http://{address}   API /api/v1   document /api/v1/openapi.json"),
    ];
    lines.push(if config.server.bind.ip().is_loopback() {
        "  security   loopback only, plain HTTP (fine for trying out)".to_owned()
    } else {
        "  SECURITY   PLAIN HTTP BEYOND THIS MACHINE: put a TLS proxy in front before anybody signs in".to_owned()
    });
    lines.push("  no telemetry".to_owned());
    if let Some(code) = setup_code {
        lines.push("  no administrator yet. Within an hour, with an e-mail, name and password (15 characters or more) of your own:".to_owned());
        lines.push(format!(
            "    curl http://{address}/api/v1/setup -H 'Content-Type: application/json' -d '{{\"code\":\"{code}\",\"email\":\"…\",\"display_name\":\"…\",\"password\":\"…\"}}'"
        ));
        lines.push(format!("  want to look around first?  {} demo", program()));
    }
    lines
}

/// Logs to stderr: text for people, JSON lines for machines.
pub(super) fn start_log(config: &Config) {
    use std::io::IsTerminal as _;
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_new(config.log.filter.as_str()).unwrap_or_else(|_| EnvFilter::new("info"));
    let json = match config.log.format {
        LogFormat::Json => true,
        LogFormat::Text => false,
        LogFormat::Auto => !std::io::stderr().is_terminal(),
    };
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start in one process (tests) keeps the first log.
    drop(if json { log.json().try_init() } else { log.try_init() });
}
