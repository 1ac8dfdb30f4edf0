//! A database per test: a copy of a migrated SQLite file, or a PostgreSQL database made from a migrated template.

use std::any::Any;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection as _;
use diesel::{Connection, PgConnection, RunQueryDsl, SqliteConnection};
use sakin::db::{Target, grant, migrate};
use tempfile::TempDir;

/// The role that the service has on PostgreSQL.
pub(crate) const SERVER: &str = "sakin_server";
/// How many databases this run has made on the server.
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Backend {
    Sqlite,
    Postgres,
}

/// A test's own database. It is gone when the test is.
pub(crate) enum Database {
    Sqlite { dir: TempDir },
    Postgres { name: String },
}

impl Database {
    /// A fresh one with the current schema; none if this machine has no such database.
    pub(crate) fn fresh(backend: Backend) -> Option<Self> {
        match backend {
            Backend::Sqlite => {
                let dir = tempfile::tempdir().unwrap();
                std::fs::copy(sqlite_template(), dir.path().join("sakin.db")).unwrap();
                Some(Self::Sqlite { dir })
            }
            Backend::Postgres => {
                let server = postgres()?;
                let name = format!("t{}_{}", std::process::id(), DATABASES.fetch_add(1, Ordering::Relaxed));
                server.execute(&format!("CREATE DATABASE {name} TEMPLATE migrated STRATEGY file_copy"));
                Some(Self::Postgres { name })
            }
        }
    }

    /// As the service has it, which on PostgreSQL is not the tables' owner.
    pub(crate) fn serving(&self) -> Target {
        match self.target() {
            Target::Postgres { url, statement_timeout_ms, lock_timeout_ms } => {
                let url = url.replacen("sakin@", &format!("{SERVER}@"), 1);
                Target::Postgres { url, statement_timeout_ms, lock_timeout_ms }
            }
            file @ Target::Sqlite(_) => file,
        }
    }

    /// As its owner has it.
    pub(crate) fn target(&self) -> Target {
        match self {
            Self::Sqlite { dir } => Target::Sqlite(dir.path().join("sakin.db")),
            Self::Postgres { name } => postgres().unwrap().target(name),
        }
    }
}

/// A migrated SQLite file, made once per run.
fn sqlite_template() -> PathBuf {
    static TEMPLATE: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = TEMPLATE.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("template.db");
        migrate(&Target::Sqlite(path.clone())).unwrap();
        (dir, path)
    });
    path.clone()
}

/// The run's PostgreSQL server. It ends when this process does, because its standard input closes then.
struct Postgres {
    url: String,
    _process: Child,
}

impl Postgres {
    fn target(&self, database: &str) -> Target {
        let url = self.url_of(database);
        Target::Postgres { url, statement_timeout_ms: 5000, lock_timeout_ms: 2000 }
    }

    fn url_of(&self, database: &str) -> String {
        let (server, _) = self.url.rsplit_once('/').unwrap();
        format!("{server}/{database}")
    }

    fn execute(&self, statement: &str) {
        let mut conn = PgConnection::establish(&self.url).unwrap();
        diesel::sql_query(statement).execute(&mut conn).unwrap();
    }
}

fn postgres() -> Option<&'static Postgres> {
    static SERVER: OnceLock<Option<Postgres>> = OnceLock::new();
    let server = SERVER.get_or_init(|| {
        let started = start_postgres();
        let required = std::env::var("SAKIN_TEST_POSTGRES").is_ok_and(|value| value == "required");
        match started {
            Ok(server) => Some(server),
            Err(reason) if required => panic!("PostgreSQL is required, but {reason}"),
            Err(reason) => {
                eprintln!("no PostgreSQL: {reason}");
                None
            }
        }
    });
    server.as_ref()
}

fn start_postgres() -> Result<Postgres, String> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/postgres.sh");
    let mut process = Command::new(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{script} does not start: {error}"))?;
    let mut url = String::new();
    let out = process.stdout.take().ok_or("it has no output")?;
    BufReader::new(out).read_line(&mut url).map_err(|error| error.to_string())?;
    if url.trim().is_empty() {
        return Err(format!("{script} started none"));
    }
    let server = Postgres { url: url.trim().to_owned(), _process: process };
    server.execute("CREATE DATABASE migrated");
    server.execute(&format!("CREATE ROLE {SERVER} LOGIN"));
    let template = server.target("migrated");
    migrate(&template).map_err(|error| error.to_string())?;
    grant(&template, SERVER).unwrap().unwrap();
    Ok(server)
}

impl Database {
    /// Counts rows: `table` or `table WHERE …`.
    pub(crate) fn count(&self, from: &str) -> i64 {
        #[derive(diesel::QueryableByName)]
        struct Count {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            n: i64,
        }
        let query = diesel::sql_query(format!("SELECT count(*) AS n FROM {from}"));
        let counted = match self.target() {
            Target::Sqlite(path) => {
                query.get_result::<Count>(&mut SqliteConnection::establish(path.to_str().unwrap()).unwrap())
            }
            Target::Postgres { url, .. } => query.get_result::<Count>(&mut PgConnection::establish(&url).unwrap()),
        };
        counted.unwrap().n
    }
}

impl Database {
    /// Keeps everybody else from writing crossings until what it gives is dropped.
    pub(crate) fn hold(&self) -> Box<dyn Any> {
        self.hold_by("LOCK TABLE crossing IN ACCESS EXCLUSIVE MODE")
    }

    /// The same for writing about the person of this address; on SQLite, which knows no less, for all of them.
    pub(crate) fn hold_file(&self, person: &str) -> Box<dyn Any> {
        let id = person.rsplit('/').next().unwrap().replace('-', "");
        self.hold_by(&format!("SELECT FROM person WHERE id = '\\x{id}' FOR UPDATE"))
    }

    fn hold_by(&self, lock: &str) -> Box<dyn Any> {
        match self.target() {
            Target::Sqlite(path) => {
                let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
                conn.batch_execute("BEGIN EXCLUSIVE").unwrap();
                Box::new(conn)
            }
            Target::Postgres { url, .. } => {
                let mut conn = PgConnection::establish(&url).unwrap();
                conn.batch_execute(&format!("BEGIN; {lock}")).unwrap();
                Box::new(conn)
            }
        }
    }

    /// Runs a statement, as somebody with the database's password could.
    pub(crate) fn execute(&self, statement: &str) -> diesel::QueryResult<usize> {
        let query = diesel::sql_query(statement);
        match self.target() {
            Target::Sqlite(path) => query.execute(&mut SqliteConnection::establish(path.to_str().unwrap()).unwrap()),
            Target::Postgres { url, .. } => query.execute(&mut PgConnection::establish(&url).unwrap()),
        }
    }
}
