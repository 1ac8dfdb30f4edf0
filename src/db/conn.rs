//! One connection type for both databases, and how each is opened.

use std::fmt::{self, Write as _};
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::error::{Code, Error, Result};

/// A connection to either database. Ordinary queries are plain diesel on it.
#[derive(diesel::MultiConnection)]
pub enum AnyConn {
    /// PostgreSQL.
    Postgres(PgConnection),
    /// SQLite.
    Sqlite(SqliteConnection),
}

/// The same expression on whichever connection it is. A statement on [`AnyConn`] itself is put together again for each run; this one is
/// only looked up. For the statements of every request.
macro_rules! on {
    ($conn:expr, $c:ident => $run:expr) => {
        match $conn {
            $crate::db::AnyConn::Postgres($c) => $run,
            $crate::db::AnyConn::Sqlite($c) => $run,
        }
    };
}
pub(crate) use on;

/// Where the data lives.
#[derive(Clone, PartialEq, Eq)]
pub enum Target {
    /// An SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL server: libpq's connection URL.
    Postgres {
        /// `postgres://…`, password included: never printed.
        url: String,
        /// Longest a statement may run, ms.
        statement_timeout_ms: u64,
        /// Longest a statement may wait for a lock, ms.
        lock_timeout_ms: u64,
    },
}

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Read,
    Write,
    /// Folding SQLite's write-ahead log.
    Checkpoint,
}

/// The oldest SQLite whose write-ahead log is sound with several connections.
pub(super) const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => f.debug_tuple("Sqlite").field(path).finish(),
            Self::Postgres { .. } => f.debug_struct("Postgres").finish_non_exhaustive(),
        }
    }
}

impl Target {
    /// `SQLite` or `PostgreSQL`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SQLite",
            Self::Postgres { .. } => "PostgreSQL",
        }
    }

    /// Is there a database that can be looked at? To open an SQLite file makes it.
    pub fn is_there(&self) -> bool {
        match self {
            Self::Sqlite(path) => path.exists(),
            Self::Postgres { .. } => true,
        }
    }

    pub(super) fn open(&self, purpose: Use) -> Result<AnyConn> {
        match self {
            Self::Sqlite(path) => sqlite(path, purpose).map(AnyConn::Sqlite),
            Self::Postgres { url, statement_timeout_ms, lock_timeout_ms } => {
                postgres(url, *statement_timeout_ms, *lock_timeout_ms).map(AnyConn::Postgres)
            }
        }
    }
}

/// A writer touches a page of its own for most rows, so it keeps more of them than a reader. The log begins anew only when nothing is left in
/// it, and under load there is always a commit that the thread beside the writer (`checkpoint.rs`) has not folded. When the log has
/// grown to so many pages, the writer folds that rest itself: it bounds the file, and holds should that thread fail.
const WRITER: &str = "PRAGMA cache_size=-16000; PRAGMA wal_autocheckpoint=40000;";

fn sqlite(path: &Path, purpose: Use) -> Result<SqliteConnection> {
    // A new file is its owner's alone from its first moment: SQLite would make it as the umask says. The files beside it take its mode over.
    // Whatever else is wrong with the path, SQLite says.
    drop(OpenOptions::new().write(true).create_new(true).mode(0o600).open(path));
    let path = path.to_str().ok_or_else(|| unavailable("the path of the database is not UTF-8"))?;
    let mut conn = SqliteConnection::establish(path).map_err(unavailable)?;
    // The busy timeout comes first: switching the journal mode itself needs a lock. FULL, because with NORMAL a power cut
    // loses acknowledged writes.
    conn.batch_execute(
        "PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;
         PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA secure_delete=ON;
         PRAGMA temp_store=MEMORY; PRAGMA cache_size=-8000;",
    )?;
    conn.batch_execute(match purpose {
        Use::Read => "PRAGMA query_only=ON;",
        Use::Write => WRITER,
        Use::Checkpoint => "",
    })?;
    let version: String = diesel::select(diesel::dsl::sql::<Text>("sqlite_version()")).get_result(&mut conn)?;
    if parse_version(&version) < OLDEST_SQLITE {
        return Err(unavailable(format!(
            "SQLite {version} is older than {OLDEST_SQLITE:?}, the first with a sound WAL"
        )));
    }
    Ok(conn)
}

/// SQLite's version as it stands in the binary.
pub fn sqlite_version() -> Result<String> {
    let mut conn = SqliteConnection::establish(":memory:").map_err(unavailable)?;
    Ok(diesel::select(diesel::dsl::sql::<Text>("sqlite_version()")).get_result(&mut conn)?)
}

pub(super) fn parse_version(text: &str) -> (u32, u32, u32) {
    let mut parts = text.split('.').map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}

/// Statements are planned once a connection: PostgreSQL would plan those with the predicate of rows anew at each run, because with the values
/// at hand half of it folds away and the plan looks cheaper by more than it is. That cost more than running them. For the same reason nothing is
/// compiled to machine code: a page of a big table looks dear enough for it, and the compiler takes 20 ms where the page takes one.
fn postgres(url: &str, statement_timeout_ms: u64, lock_timeout_ms: u64) -> Result<PgConnection> {
    let mut conn =
        PgConnection::establish(&with_limits(url)).map_err(|error| unavailable(hide_url(&error.to_string(), url)))?;
    conn.batch_execute(&format!(
        "SET statement_timeout={statement_timeout_ms}; SET lock_timeout={lock_timeout_ms};
         SET idle_in_transaction_session_timeout=10000; SET TIME ZONE 'UTC'; SET application_name='sakin';
         SET plan_cache_mode=force_generic_plan; SET jit=off;"
    ))?;
    Ok(conn)
}

/// How long a connection waits for a server that is silent, in libpq's words. Without them a thread waits for a machine that is gone until the
/// system gives up, a quarter of an hour later.
const LIMITS: &[(&str, u32)] = &[
    ("connect_timeout", 5),
    ("keepalives_idle", 10),
    ("keepalives_interval", 5),
    ("keepalives_count", 3),
    ("tcp_user_timeout", 20_000),
];

/// The URL with the limits that it does not set itself.
fn with_limits(url: &str) -> String {
    let mut limited = url.to_owned();
    for (name, value) in LIMITS {
        if !url.contains(&format!("{name}=")) {
            let join = if limited.contains('?') { '&' } else { '?' };
            let _ = write!(limited, "{join}{name}={value}");
        }
    }
    limited
}

/// libpq may repeat the connection string, password included.
fn hide_url(message: &str, url: &str) -> String {
    message.replace(url, "postgres://…")
}

fn unavailable(log: impl std::fmt::Display) -> Error {
    Error::new(Code::Unavailable).with_log(log)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_url_sets_itself_stays() {
        assert_eq!(
            with_limits("postgres://h/d"),
            "postgres://h/d?connect_timeout=5&keepalives_idle=10&keepalives_interval=5&keepalives_count=3&tcp_user_timeout=20000"
        );
        let own = "postgres://h/d?connect_timeout=9&sslmode=verify-full";
        let limited = with_limits(own);
        assert!(limited.starts_with(own) && limited.matches("connect_timeout").count() == 1, "{limited}");
    }

    #[test]
    fn no_password_is_printed() {
        let url = "postgres://user:secret@host/sakin".to_owned();
        let target = Target::Postgres { url, statement_timeout_ms: 1, lock_timeout_ms: 1 };
        assert_eq!(format!("{target:?}"), "Postgres { .. }");
    }

    #[test]
    fn a_new_file_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let target = Target::Sqlite(dir.path().join("new.db"));
        let mut conn = target.open(Use::Write).unwrap();
        conn.batch_execute("CREATE TABLE t (a INTEGER)").unwrap();
        for entry in dir.path().read_dir().unwrap() {
            let entry = entry.unwrap();
            assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.file_name());
        }
    }

    #[test]
    fn versions_compare_by_number() {
        assert!(parse_version("3.51.3") >= OLDEST_SQLITE);
        assert!(parse_version("3.6.20") < OLDEST_SQLITE);
        assert!(parse_version("3.100.0") > OLDEST_SQLITE);
        assert!(parse_version(&sqlite_version().unwrap()) >= OLDEST_SQLITE);
    }
}
