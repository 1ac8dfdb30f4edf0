//! Does the database keep what it acknowledges? Read back from an opened connection, because a setting that was asked for is not always
//! one that took: a file system without shared memory has no WAL, and a server, a role or a database may have `synchronous_commit` off.

use diesel::prelude::*;
use diesel::sql_types::{Bool, Integer, Text};
use diesel::{QueryableByName, sql_query};

use super::conn::{AnyConn, OLDEST_SQLITE, Target, Use, parse_version};
use crate::error::Result;

/// What an SQLite connection runs with.
#[derive(Clone, Debug, QueryableByName)]
struct Sqlite {
    #[diesel(sql_type = Text)]
    version: String,
    #[diesel(sql_type = Text)]
    journal_mode: String,
    #[diesel(sql_type = Integer)]
    synchronous: i32,
    #[diesel(sql_type = Integer)]
    foreign_keys: i32,
}

/// What a PostgreSQL connection runs with.
#[derive(Clone, Debug, QueryableByName)]
struct Postgres {
    #[diesel(sql_type = Text)]
    fsync: String,
    #[diesel(sql_type = Text)]
    full_page_writes: String,
    #[diesel(sql_type = Text)]
    synchronous_commit: String,
    #[diesel(sql_type = Text)]
    role: String,
    /// May it change the schema, or what the log says?
    #[diesel(sql_type = Bool)]
    owns: bool,
}

/// `PRAGMA synchronous` as a number: a commit is on the disk before it is acknowledged.
const FULL: i32 = 2;

/// Every reason not to trust this database with real files, one clear line each.
pub fn refusals(target: &Target) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for purpose in [Use::Write, Use::Read] {
        let reasons = match &mut target.open(purpose)? {
            AnyConn::Sqlite(conn) => Sqlite::read(conn)?.refusals(),
            AnyConn::Postgres(conn) => {
                let mut reasons = Postgres::read(conn)?.refusals();
                reasons.extend(foreign_words(&provoked(conn)));
                reasons
            }
        };
        found.extend(reasons);
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// What the server says of an error. It must be asked for one: a setting may name a language in which this server knows no words. The
/// server's log has the statement beside the error, and so why.
fn provoked(conn: &mut PgConnection) -> String {
    match sql_query("SELECT 1 / 0 -- sakin asks in which language errors are told").execute(conn) {
        Err(diesel::result::Error::DatabaseError(_, info)) => info.message().to_owned(),
        other => format!("{other:?}"),
    }
}

/// `error.rs` knows a lock that was not given and a deadlock by their words, because diesel does not hand the code on.
fn foreign_words(said: &str) -> Option<String> {
    (said != "division by zero").then(|| {
        format!(
            "PostgreSQL tells errors in other words than English ones ({said}), so that work which should be run again would be \
             refused: set lc_messages = 'C' for the database"
        )
    })
}

impl Sqlite {
    fn read(conn: &mut SqliteConnection) -> QueryResult<Self> {
        sql_query(
            "SELECT sqlite_version() AS version, journal_mode, synchronous, foreign_keys
             FROM pragma_journal_mode, pragma_synchronous, pragma_foreign_keys",
        )
        .get_result(conn)
    }

    fn refusals(&self) -> Vec<String> {
        let Self { version, journal_mode, synchronous, foreign_keys } = self;
        let mut found = Vec::new();
        if parse_version(version) < OLDEST_SQLITE {
            let (major, minor, patch) = OLDEST_SQLITE;
            found.push(format!(
                "SQLite {version} can corrupt a database that two connections write: build with {major}.{minor}.{patch} or later"
            ));
        }
        if journal_mode != "wal" {
            found.push(format!(
                "SQLite's journal_mode is {journal_mode}, not wal: keep the database in a file on a local disk"
            ));
        }
        if *synchronous < FULL {
            found.push(format!(
                "SQLite's synchronous is {synchronous}, below {FULL} (FULL): a power cut would lose acknowledged writes"
            ));
        }
        if *foreign_keys != 1 {
            found.push("SQLite's foreign_keys are off: this build of SQLite cannot hold the data together".to_owned());
        }
        found
    }
}

impl Postgres {
    fn read(conn: &mut PgConnection) -> QueryResult<Self> {
        sql_query(
            "SELECT current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes,
                    current_setting('synchronous_commit') AS synchronous_commit, current_user::text AS role,
                    has_schema_privilege(current_schema(), 'CREATE')
                        OR COALESCE(has_table_privilege(to_regclass('audit_event'), 'UPDATE, DELETE, TRUNCATE'), FALSE) AS owns",
        )
        .get_result(conn)
    }

    fn refusals(&self) -> Vec<String> {
        let Self { fsync, full_page_writes, synchronous_commit, role, owns } = self;
        let settings = [
            ("fsync", fsync, "a crash would lose or corrupt data"),
            ("full_page_writes", full_page_writes, "a crash would leave torn pages"),
            ("synchronous_commit", synchronous_commit, "a crash would lose acknowledged writes"),
        ];
        let off = settings.into_iter().filter(|(_, value, _)| *value == "off");
        let mut found: Vec<String> =
            off.map(|(name, _, why)| format!("PostgreSQL runs with {name} = off, so {why}: set {name} = on")).collect();
        if *owns {
            found.push(format!(
                "PostgreSQL's role {role} may change the tables and what the log says: serve with another role, to which the owner \
                 gave its rights by sakin migrate run --role"
            ));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound() -> Sqlite {
        Sqlite { version: "3.51.3".into(), journal_mode: "wal".into(), synchronous: FULL, foreign_keys: 1 }
    }

    #[test]
    fn each_unsound_setting_of_sqlite_is_one_line() {
        assert_eq!(sound().refusals(), [""; 0]);
        assert_eq!(Sqlite { synchronous: 3, ..sound() }.refusals(), [""; 0], "EXTRA is more than FULL");
        for (found, said) in [
            (Sqlite { version: "3.51.2".into(), ..sound() }, "SQLite 3.51.2"),
            (Sqlite { version: "3.9.0".into(), ..sound() }, "SQLite 3.9.0"),
            (Sqlite { journal_mode: "delete".into(), ..sound() }, "journal_mode is delete"),
            (Sqlite { journal_mode: "memory".into(), ..sound() }, "journal_mode is memory"),
            (Sqlite { synchronous: 1, ..sound() }, "synchronous is 1"),
            (Sqlite { synchronous: 0, ..sound() }, "synchronous is 0"),
            (Sqlite { foreign_keys: 0, ..sound() }, "foreign_keys are off"),
        ] {
            let lines = found.refusals();
            assert!(lines.len() == 1 && lines[0].contains(said), "{found:?}: {lines:?}");
        }
    }

    #[test]
    fn each_unsound_setting_of_postgresql_is_one_line() {
        let on = || "on".to_owned();
        let sound = || Postgres {
            fsync: on(),
            full_page_writes: on(),
            synchronous_commit: on(),
            role: "sakin_server".to_owned(),
            owns: false,
        };
        for value in ["on", "local", "remote_write", "remote_apply"] {
            assert_eq!(Postgres { synchronous_commit: value.to_owned(), ..sound() }.refusals(), [""; 0], "{value}");
        }
        let off = || "off".to_owned();
        for (found, said) in [
            (Postgres { fsync: off(), ..sound() }, "fsync = off"),
            (Postgres { owns: true, ..sound() }, "role sakin_server may change"),
            (Postgres { full_page_writes: off(), ..sound() }, "full_page_writes = off"),
            (Postgres { synchronous_commit: off(), ..sound() }, "synchronous_commit = off"),
        ] {
            let lines = found.refusals();
            assert!(lines.len() == 1 && lines[0].contains(said), "{found:?}: {lines:?}");
        }
    }

    #[test]
    fn errors_in_another_language_are_one_line() {
        assert_eq!(foreign_words("division by zero"), None);
        assert!(foreign_words("деление на ноль").unwrap().contains("(деление на ноль)"));
    }

    #[test]
    fn the_settings_are_read_from_the_connection_not_assumed() {
        let dir = tempfile::tempdir().unwrap();
        let target = Target::Sqlite(dir.path().join("x.db"));
        assert_eq!(refusals(&target).unwrap(), [""; 0]);
        let mut conn = SqliteConnection::establish(":memory:").unwrap();
        sql_query("PRAGMA synchronous = OFF").execute(&mut conn).unwrap();
        sql_query("PRAGMA foreign_keys = OFF").execute(&mut conn).unwrap();
        assert_eq!(Sqlite::read(&mut conn).unwrap().refusals().len(), 3);
    }
}
