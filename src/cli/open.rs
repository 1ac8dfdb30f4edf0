//! From settings to an open database: the steps that commands share, and the errors that end them.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use super::production::clock_fault;
use crate::clock::Clock;
use crate::config::{self, Config, DatabaseUrl};
use crate::db::{self, Caller, Schema, Target};
use crate::error::Error;
use crate::http::{App, Law};
use crate::identity;
use crate::keys::Keys;
use crate::web::{self, Parts};

/// Configuration file and flags as given.
#[derive(Debug)]
pub(super) struct Setup {
    pub(super) file: Option<PathBuf>,
    pub(super) flags: Vec<(String, String)>,
}

/// Why a command ends: what happened, why, what to do.
#[derive(Debug)]
pub(super) struct Stop {
    code: u8,
    lines: Vec<String>,
}

impl Stop {
    /// Wrong usage or a bad file.
    pub(super) fn usage(line: impl Into<String>) -> Self {
        Self { code: 2, lines: vec![line.into()] }
    }

    /// The database cannot be reached or is outdated.
    pub(super) fn database(line: impl Into<String>) -> Self {
        Self { code: 4, lines: vec![line.into()] }
    }

    /// Refused for safety.
    pub(super) fn unsafe_to(lines: Vec<String>) -> Self {
        Self { code: 5, lines }
    }

    /// What is wrong, line by line.
    pub(super) fn lines(&self) -> &[String] {
        &self.lines
    }

    /// Refused for safety, unless there is no reason.
    pub(super) fn if_any(reasons: Vec<String>) -> Result<(), Self> {
        if reasons.is_empty() { Ok(()) } else { Err(Self::unsafe_to(reasons)) }
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::database(format!("the database refused: {error}"))
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self { code: 1, lines: vec![error.to_string()] }
    }
}

/// Prints why a command ended and makes its exit code.
pub(super) fn finish(result: Result<(), Stop>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop { code, lines }) => {
            for line in lines {
                eprintln!("sakin: {line}");
            }
            ExitCode::from(code)
        }
    }
}

impl Setup {
    /// The settings in force.
    pub(super) fn config(&self) -> Result<Config, Stop> {
        Config::load(self.file.as_deref(), &self.flags, config::environment())
            .map_err(|faults| Stop { code: 3, lines: faults.iter().map(ToString::to_string).collect() })
    }
}

/// Where the data lives by the settings; makes the data folder.
pub(super) fn target(config: &Config) -> Result<Target, Stop> {
    let dir = &config.data.dir;
    make_private(dir).map_err(|error| {
        Stop::database(format!("the data folder {} cannot be made: {error}. Set data.dir (--data DIR).", dir.display()))
    })?;
    Ok(match (&config.database.url, config.database.url.sqlite_path(dir)) {
        (_, Some(path)) => Target::Sqlite(path),
        (DatabaseUrl::Postgres(url), None) => Target::Postgres {
            url: url.expose().to_owned(),
            statement_timeout_ms: config.database.statement_timeout_ms,
            lock_timeout_ms: config.database.lock_timeout_ms,
        },
        (_, None) => return Err(Stop::usage("database.url names no database")),
    })
}

/// A folder that only its owner can enter.
fn make_private(dir: &Path) -> io::Result<()> {
    if dir.is_dir() { Ok(()) } else { DirBuilder::new().recursive(true).mode(0o700).create(dir) }
}

/// Checks the schema: an empty database gets the current one, an outdated one only if that was asked for.
pub(super) fn schema(target: &Target, migrate: bool) -> Result<Schema, Stop> {
    let schema = db::schema_status(target)?;
    if !schema.unknown.is_empty() {
        return Err(Stop::database(format!(
            "the database is newer than this program (it has {}). Use the newer program.",
            schema.unknown.join(", ")
        )));
    }
    if schema.pending.is_empty() {
        return Ok(schema);
    }
    if schema.applied.is_empty() || migrate {
        db::migrate(target)?;
        return Ok(schema);
    }
    Err(Stop::database(format!(
        "the database is outdated: {} migration(s) have not run. Back it up, then run: {} migrate run",
        schema.pending.len(),
        program()
    )))
}

/// The law in force by the settings.
pub(super) fn law(config: &Config) -> Result<Arc<Law>, Stop> {
    web::law::load(config.law.dir.as_deref(), &config.law.pack).map_err(|error| Stop::usage(error.to_string()))
}

/// Puts the program together on a database whose schema is current.
pub(super) fn assemble(config: &Config, target: Target, law: Arc<Law>) -> Result<Arc<App>, Stop> {
    let clock = Clock::system();
    Stop::if_any(clock_fault(clock.now()).into_iter().collect())?;
    let folder = key_folder(config);
    if !folder.exists() && db::installation(&target)?.is_some() {
        let line = format!(
            "this database was used with keys that are not in {}: put them back. Without them its log cannot be read or continued.",
            folder.display()
        );
        return Err(Stop::unsafe_to(vec![line]));
    }
    let keys = Keys::open_or_create(&folder).map_err(|error| Stop::unsafe_to(vec![error.to_string()]))?;
    Ok(web::assemble(Parts { target, keys: Arc::new(keys), clock, law }, config)?)
}

/// Where the installation's keys lie.
pub(super) fn key_folder(config: &Config) -> PathBuf {
    config.data.dir.join("keys")
}

/// Marks a database that nobody has used yet as one for real files: the demonstration will not touch it.
pub(super) async fn mark_real(app: &App, used: Option<bool>) -> Result<(), Stop> {
    if used.is_none() {
        app.program_write(Caller::program("start"), |tx| identity::mark_installation(tx, false)).await?;
    }
    Ok(())
}

/// The path of this program, as one would type it.
pub(super) fn program() -> String {
    std::env::args().next().unwrap_or_else(|| "sakin".to_owned())
}

/// A runtime for commands that ask the database once.
pub(super) fn block_on<T>(work: impl Future<Output = T>) -> Result<T, Stop> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(work))
}
