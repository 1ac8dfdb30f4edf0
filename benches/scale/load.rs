//! Filling the databases, past the program: by COPY into PostgreSQL, by long INSERTs into SQLite.

use std::cell::Cell;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use diesel::connection::SimpleConnection as _;
use diesel::pg::{CopyFormat, PgConnection};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};
use diesel::sqlite::SqliteConnection;

use crate::Result;
use crate::population::{Of, Population};
use crate::rows::{Form, Rows};
use crate::tables::{TABLES, Table};

/// The tables of the service: COPY names their columns.
#[path = "../../src/db/schema.rs"]
mod schema;

/// So much text goes to the database at once.
const PIECE: usize = 1 << 16;

/// Tells every million rows how far it is.
struct Progress {
    begin: Instant,
    rows: Cell<u64>,
}

impl Progress {
    fn new() -> Self {
        Self { begin: Instant::now(), rows: Cell::new(0) }
    }

    fn add(&self, table: &str, rows: u64) {
        let (before, after) = (self.rows.get(), self.rows.get() + rows);
        self.rows.set(after);
        if before / 1_000_000 < after / 1_000_000 {
            println!("{:6.0} s  {:>3} million rows, in {table}", self.begin.elapsed().as_secs_f64(), after / 1_000_000);
        }
    }

    fn said(&self, what: &str) {
        println!("{:6.0} s  {what}", self.begin.elapsed().as_secs_f64());
    }
}

/// The statement that makes something, and its name.
#[derive(QueryableByName)]
struct Made {
    #[diesel(sql_type = Text)]
    table: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    statement: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

fn names() -> String {
    TABLES.iter().map(|table| table.name).collect::<Vec<_>>().join(", ")
}

fn quoted() -> String {
    TABLES.iter().map(|table| format!("'{}'", table.name)).collect::<Vec<_>>().join(", ")
}

/// Keys and exclusions that no other table refers to.
const CONSTRAINTS: &str =
    "SELECT c.conrelid::regclass::text AS table, c.conname::text AS name, pg_get_constraintdef(c.oid) AS statement
    FROM pg_constraint AS c WHERE c.contype IN ('p', 'u', 'x') AND c.conrelid::regclass::text IN (TABLES)
    AND NOT EXISTS (SELECT 1 FROM pg_constraint AS f WHERE f.contype = 'f' AND f.confrelid = c.conrelid)";
/// Indexes that belong to no constraint.
const INDEXES: &str = "SELECT tablename::text AS table, indexname::text AS name, indexdef AS statement
    FROM pg_indexes WHERE schemaname = 'public' AND tablename IN (TABLES)
    AND NOT EXISTS (SELECT 1 FROM pg_constraint AS c WHERE c.conname = indexname)";

/// Fills an empty PostgreSQL database in one transaction, as a superuser: the tables are new in it, so that nothing goes through the log twice,
/// and foreign keys are not looked up. Indexes are made afterwards, and exclusion constraints with them, which judge the rows.
pub(crate) fn postgres(url: &str, all: &Population) -> Result<()> {
    let progress = Progress::new();
    let mut conn = PgConnection::establish(url)?;
    for statement in [
        "ALTER SYSTEM SET max_wal_size = '8GB'",
        "ALTER SYSTEM SET checkpoint_timeout = '30min'",
        "SELECT pg_reload_conf()",
        "SET maintenance_work_mem = '1GB'",
        "SET session_replication_role = replica",
    ] {
        conn.batch_execute(statement)?;
    }
    conn.batch_execute("BEGIN")?;
    conn.batch_execute(&format!("TRUNCATE {} CASCADE", names()))?;
    let constraints: Vec<Made> = sql_query(CONSTRAINTS.replace("TABLES", &quoted())).load(&mut conn)?;
    let indexes: Vec<Made> = sql_query(INDEXES.replace("TABLES", &quoted())).load(&mut conn)?;
    for Made { table, name, .. } in &constraints {
        conn.batch_execute(&format!("ALTER TABLE {table} DROP CONSTRAINT {name}"))?;
    }
    for Made { name, .. } in &indexes {
        conn.batch_execute(&format!("DROP INDEX {name}"))?;
    }
    for table in TABLES {
        copy(&mut conn, table.name, |out| {
            let mut rows = Rows::new(Form::Copy);
            for pass in 0..table.passes {
                for one in 0..(table.each)(all) {
                    (table.write)(all, one, pass, &mut rows);
                    if rows.text.len() >= PIECE {
                        send(out, table, &mut rows, &progress)?;
                    }
                }
            }
            send(out, table, &mut rows, &progress)
        })?;
    }
    for Made { table, name, statement } in &constraints {
        conn.batch_execute(&format!("ALTER TABLE {table} ADD CONSTRAINT {name} {statement}"))?;
        progress.said(name);
    }
    for Made { name, statement, .. } in &indexes {
        conn.batch_execute(statement)?;
        progress.said(name);
    }
    conn.batch_execute("COMMIT")?;
    conn.batch_execute("VACUUM (ANALYZE)")?;
    progress.said("committed and analysed");
    check(|query| Ok(sql_query(query).get_result::<Count>(&mut conn)?.n))?;
    progress.said("checked");
    Ok(())
}

fn send(out: &mut dyn Write, table: &Table, rows: &mut Rows, progress: &Progress) -> QueryResult<()> {
    out.write_all(rows.text.as_bytes()).map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
    progress.add(table.name, rows.count);
    rows.clear();
    Ok(())
}

macro_rules! copies {
    ($($name:ident)+) => {
        /// COPY into the table of a name, which the transaction has emptied: its rows need no second look afterwards.
        fn copy(conn: &mut PgConnection, name: &str, fill: impl Fn(&mut dyn Write) -> QueryResult<()>) -> Result<()> {
            match name {
                $(stringify!($name) => {
                    diesel::copy_from(schema::$name::table)
                        .from_raw_data(schema::$name::table, fill)
                        .with_format(CopyFormat::Text)
                        .with_freeze(true)
                        .execute(conn)?;
                })+
                other => return Err(format!("no table {other}").into()),
            }
            Ok(())
        }
    };
}

copies! {
    office account person person_record person_name person_name_key nationality permit address crossing legal_event evidence rule_fact
    case_file case_event case_paper presence_gap relationship assignment exclusion protection access_grant
}

/// Fills an empty SQLite database. Its triggers judge the rows; its indexes are made afterwards. The rows come in the order of their keys,
/// where they lie anyway.
pub(crate) fn sqlite(path: &Path, all: &Population) -> Result<()> {
    let progress = Progress::new();
    let mut conn = SqliteConnection::establish(path.to_str().ok_or("the path is not UTF-8")?)?;
    conn.batch_execute(
        "PRAGMA journal_mode=DELETE; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE;
         PRAGMA cache_size=-500000; PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=OFF;",
    )?;
    let made = "SELECT tbl_name AS \"table\", name, sql AS statement FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL
        AND tbl_name IN (TABLES)";
    let indexes: Vec<Made> = sql_query(made.replace("TABLES", &quoted())).load(&mut conn)?;
    for Made { name, .. } in &indexes {
        conn.batch_execute(&format!("DROP INDEX {name}"))?;
    }
    let mut persons: Vec<u64> = (0..all.people).collect();
    persons.sort_by_cached_key(|person| all.id(Of::Person, *person, 0));
    for table in TABLES {
        conn.batch_execute("BEGIN")?;
        let mut rows = Rows::new(Form::Values);
        let count = (table.each)(all);
        for place in 0..count {
            let one = if count == all.people { persons.get(usize::try_from(place)?).copied() } else { Some(place) };
            for pass in 0..table.passes {
                (table.write)(all, one.unwrap_or_default(), pass, &mut rows);
            }
            if rows.text.len() >= PIECE {
                insert(&mut conn, table, &mut rows, &progress)?;
            }
        }
        insert(&mut conn, table, &mut rows, &progress)?;
        conn.batch_execute("COMMIT")?;
    }
    for Made { table, statement, .. } in &indexes {
        conn.batch_execute(statement).map_err(|error| format!("{table}: {error}"))?;
    }
    progress.said("indexed");
    check(|query| Ok(sql_query(query).get_result::<Count>(&mut conn)?.n))?;
    conn.batch_execute("PRAGMA locking_mode=NORMAL; PRAGMA journal_mode=WAL")?;
    progress.said("checked");
    Ok(())
}

fn insert(conn: &mut SqliteConnection, table: &Table, rows: &mut Rows, progress: &Progress) -> Result<()> {
    if rows.count > 0 {
        conn.batch_execute(&format!("INSERT INTO {} VALUES {}", table.name, rows.text))?;
        progress.add(table.name, rows.count);
        rows.clear();
    }
    Ok(())
}

/// Counts the rows, and what must not be: stretches of one person that share a day, and rows of nobody.
fn check(mut count: impl FnMut(&str) -> Result<i64>) -> Result<()> {
    let mut line = Vec::new();
    for table in TABLES {
        line.push(format!("{} {}", table.name, count(&format!("SELECT count(*) AS n FROM {}", table.name))?));
    }
    println!("rows: {}", line.join(", "));
    for (table, from, to) in [("permit", "valid_from", "valid_to"), ("address", "certain_from", "certain_to")] {
        let pairs = count(&format!(
            "SELECT count(*) AS n FROM {table} AS a JOIN {table} AS b ON a.person_id = b.person_id AND a.kind = b.kind AND a.id < b.id
             WHERE a.{from} <= coalesce(b.{to}, '9999-12-31') AND b.{from} <= coalesce(a.{to}, '9999-12-31')"
        ))?;
        nothing(&format!("overlapping pairs in {table}"), pairs)?;
    }
    for table in TABLES.iter().filter(|table| !matches!(table.name, "office" | "account" | "person")) {
        let orphans = format!(
            "SELECT count(*) AS n FROM {} AS t WHERE NOT EXISTS (SELECT 1 FROM person WHERE person.id = t.person_id)",
            table.name
        );
        nothing(&format!("rows of nobody in {}", table.name), count(&orphans)?)?;
    }
    println!("no overlapping pairs, no rows of nobody");
    Ok(())
}

fn nothing(what: &str, found: i64) -> Result<()> {
    if found == 0 { Ok(()) } else { Err(format!("{found} {what}").into()) }
}
