//! Two databases, one schema: the same migrations by name, the same tables, columns, classes of types, keys; and what diesel believes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use diesel::migration::MigrationSource;
use diesel::sql_types::{Bool, Text};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use sakin::db::{Target, Unfit};

use crate::harness::{Backend, Database, SERVER};

/// A column: class of its type, may it be null.
type Columns = BTreeMap<String, (String, bool)>;

#[derive(Debug, Default, PartialEq, Eq)]
struct Table {
    columns: Columns,
    primary_key: Vec<String>,
    /// Columns of each unique index, partial or not.
    unique: BTreeSet<String>,
    /// Columns of each further index.
    indexes: BTreeSet<String>,
    /// Column, table and column it refers to.
    references: BTreeSet<String>,
}

type Schema = BTreeMap<String, Table>;

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    a: String,
    #[diesel(sql_type = Text)]
    b: String,
    #[diesel(sql_type = Text)]
    c: String,
    #[diesel(sql_type = Bool)]
    flag: bool,
}

/// What both call the same: SQLite has fewer types.
fn class(kind: &str) -> String {
    match kind.to_ascii_lowercase().as_str() {
        "integer" | "bigint" | "smallint" | "boolean" => "number",
        "text" | "date" => "text",
        "blob" | "bytea" => "bytes",
        other => panic!("{other} is no type of ours"),
    }
    .to_owned()
}

fn is_ours(table: &str) -> bool {
    !table.starts_with("__diesel") && !table.starts_with("sqlite_")
}

fn sqlite(path: &Path) -> Schema {
    let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    let mut schema = Schema::new();
    let columns =
        "SELECT m.name AS a, c.name AS b, c.type AS c, c.\"notnull\" = 0 AND c.pk = 0 AS flag FROM sqlite_master AS m
        JOIN pragma_table_info(m.name) AS c WHERE m.type = 'table'";
    for Named { a, b, c, flag } in sql_query(columns).load::<Named>(&mut conn).unwrap() {
        if is_ours(&a) {
            schema.entry(a).or_default().columns.insert(b, (class(&c), flag));
        }
    }
    let keys = "SELECT m.name AS a, c.name AS b, '' AS c, 1 AS flag FROM sqlite_master AS m
        JOIN pragma_table_info(m.name) AS c WHERE m.type = 'table' AND c.pk > 0 ORDER BY m.name, c.pk";
    for Named { a, b, .. } in sql_query(keys).load::<Named>(&mut conn).unwrap() {
        if is_ours(&a) {
            schema.entry(a).or_default().primary_key.push(b);
        }
    }
    let indexes =
        "SELECT m.name AS a, i.origin AS b, group_concat(c.name, ',' ORDER BY c.seqno) AS c, i.\"unique\" AS flag
        FROM sqlite_master AS m JOIN pragma_index_list(m.name) AS i JOIN pragma_index_info(i.name) AS c
        WHERE m.type = 'table' GROUP BY m.name, i.name, i.origin, i.\"unique\"";
    for Named { a, b, c, flag } in sql_query(indexes).load::<Named>(&mut conn).unwrap() {
        if is_ours(&a) && b != "pk" {
            let table = schema.entry(a).or_default();
            let kind = if flag { &mut table.unique } else { &mut table.indexes };
            kind.insert(c);
        }
    }
    // A trigger named like the other tables' unique index stands for one; `at_most_one_version_is_live` sees that it does the same.
    let triggers =
        "SELECT tbl_name AS a, name AS b, 'person_id,id' AS c, 1 AS flag FROM sqlite_master WHERE type = 'trigger'";
    for Named { a, b, c, .. } in sql_query(triggers).load::<Named>(&mut conn).unwrap() {
        if b == format!("{a}_live") {
            schema.entry(a).or_default().unique.insert(c);
        }
    }
    let references = "SELECT m.name AS a, f.\"from\" AS b, f.\"table\" || '.' || f.\"to\" AS c, 1 AS flag
        FROM sqlite_master AS m JOIN pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table'";
    for Named { a, b, c, .. } in sql_query(references).load::<Named>(&mut conn).unwrap() {
        schema.entry(a).or_default().references.insert(format!("{b} -> {c}"));
    }
    schema
}

fn postgres(url: &str) -> Schema {
    let mut conn = PgConnection::establish(url).unwrap();
    let mut schema = Schema::new();
    let columns =
        "SELECT table_name::text AS a, column_name::text AS b, data_type::text AS c, is_nullable = 'YES' AS flag
        FROM information_schema.columns WHERE table_schema = 'public'";
    for Named { a, b, c, flag } in sql_query(columns).load::<Named>(&mut conn).unwrap() {
        if is_ours(&a) {
            schema.entry(a).or_default().columns.insert(b, (class(&c), flag));
        }
    }
    let indexes = "SELECT t.relname::text AS a, i.indisunique::text AS b, i.indisprimary AS flag,
            string_agg(c.attname::text, ',' ORDER BY array_position(i.indkey::int2[], c.attnum)) AS c
        FROM pg_index AS i JOIN pg_class AS t ON t.oid = i.indrelid JOIN pg_namespace AS n ON n.oid = t.relnamespace
        JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum = ANY(i.indkey)
        WHERE n.nspname = 'public' AND NOT i.indisexclusion
        GROUP BY t.relname, i.indexrelid, i.indisunique, i.indisprimary";
    for Named { a, b, c, flag } in sql_query(indexes).load::<Named>(&mut conn).unwrap() {
        if !is_ours(&a) {
            continue;
        }
        let table = schema.entry(a).or_default();
        if flag {
            table.primary_key = c.split(',').map(str::to_owned).collect();
        } else {
            let kind = if b == "true" { &mut table.unique } else { &mut table.indexes };
            kind.insert(c);
        }
    }
    let references = "SELECT t.relname::text AS a, c.attname::text AS b, r.relname::text || '.' || k.attname::text AS c, true AS flag
        FROM pg_constraint AS f JOIN pg_class AS t ON t.oid = f.conrelid JOIN pg_class AS r ON r.oid = f.confrelid
        CROSS JOIN LATERAL unnest(f.conkey, f.confkey) AS pair (own, other)
        JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum = pair.own
        JOIN pg_attribute AS k ON k.attrelid = r.oid AND k.attnum = pair.other WHERE f.contype = 'f'";
    for Named { a, b, c, .. } in sql_query(references).load::<Named>(&mut conn).unwrap() {
        schema.entry(a).or_default().references.insert(format!("{b} -> {c}"));
    }
    schema
}

fn of(database: &Database) -> Schema {
    match database.target() {
        Target::Sqlite(path) => sqlite(&path),
        Target::Postgres { url, .. } => postgres(&url),
    }
}

fn folder(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(name)
}

fn names(folder: &Path) -> BTreeSet<String> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// Row K3: what the role that serves may do with each table. The log's rows come and stay.
#[test]
fn the_server_s_role_can_neither_change_the_schema_nor_the_log() {
    let Some(database) = Database::fresh(Backend::Postgres) else {
        eprintln!("skipped: no PostgreSQL on this machine");
        return;
    };
    let (Target::Postgres { url: owner, .. }, Target::Postgres { url: server, .. }) =
        (database.target(), database.serving())
    else {
        unreachable!()
    };
    let mut conn = PgConnection::establish(&owner).unwrap();
    let rights = "SELECT t.tablename::text AS a, r.name AS b, '' AS c,
            has_table_privilege('sakin_server', format('%I', t.tablename), r.name) AS flag
        FROM pg_tables AS t, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS r(name)
        WHERE t.schemaname = 'public'";
    let found = sql_query(rights).load::<Named>(&mut conn).unwrap();
    assert!(found.len() > 7 * 30, "{}", found.len());
    for Named { a: table, b: right, flag, .. } in found {
        let expected = match right.as_str() {
            "SELECT" => true,
            "INSERT" => is_ours(&table),
            "UPDATE" | "DELETE" => is_ours(&table) && !table.starts_with("audit_"),
            _ => false,
        };
        assert_eq!(flag, expected, "{right} on {table}");
    }
    let mut conn = PgConnection::establish(&server).unwrap();
    for statement in [
        "UPDATE audit_event SET action = 1",
        "DELETE FROM audit_body",
        "TRUNCATE audit_subject",
        "DELETE FROM __diesel_schema_migrations",
        "ALTER TABLE audit_event DISABLE TRIGGER ALL",
        "DROP TABLE audit_pending",
        "CREATE TABLE other (id INTEGER)",
        "ALTER TABLE person ADD COLUMN faith TEXT",
    ] {
        let refused = sql_query(statement).execute(&mut conn).unwrap_err().to_string();
        assert!(refused.contains("permission denied") || refused.contains("must be owner"), "{statement}: {refused}");
    }
    let fit = |role: &str| sakin::db::grant(&database.target(), role).unwrap();
    assert_eq!(fit("nobody_such"), Err(Unfit::Unknown));
    assert_eq!(fit("sakin"), Err(Unfit::Owner));
    assert_eq!(fit(SERVER), Ok(()));
    let file = Database::fresh(Backend::Sqlite).unwrap();
    assert_eq!(sakin::db::grant(&file.target(), SERVER).unwrap(), Err(Unfit::NoRoles));
}

#[test]
fn both_folders_hold_the_same_migrations() {
    assert_eq!(names(&folder("sqlite")), names(&folder("postgres")));
}

#[test]
fn both_databases_have_the_same_schema() {
    let sqlite = of(&Database::fresh(Backend::Sqlite).unwrap());
    assert!(sqlite.len() >= 20, "{:?}", sqlite.keys());
    let Some(database) = Database::fresh(Backend::Postgres) else { return };
    let postgres = of(&database);
    assert_eq!(sqlite.keys().collect::<Vec<_>>(), postgres.keys().collect::<Vec<_>>());
    for (name, table) in &sqlite {
        assert_eq!(table, &postgres[name], "{name}");
    }
}

#[test]
fn diesel_sees_the_schema_that_is_there() {
    let text = concat!(include_str!("../../src/db/schema.rs"), include_str!("../../src/db/schema/casework.rs"));
    let mut seen: BTreeMap<String, BTreeMap<String, bool>> = BTreeMap::new();
    let mut table = String::new();
    for line in text.lines().map(str::trim) {
        if let Some(head) = line.strip_suffix(") {").and_then(|head| head.split_once(" (")) {
            head.0.clone_into(&mut table);
        } else if let Some((column, kind)) = line.trim_end_matches(',').split_once(" -> ") {
            seen.entry(table.clone()).or_default().insert(column.to_owned(), kind.starts_with("Nullable"));
        }
    }
    let real = of(&Database::fresh(Backend::Sqlite).unwrap());
    let real: BTreeMap<String, BTreeMap<String, bool>> = real
        .into_iter()
        .map(|(name, table)| (name, table.columns.into_iter().map(|(column, (_, null))| (column, null)).collect()))
        .collect();
    assert_eq!(seen, real);
}

/// Takes everything down again, and up once more: the schema is the same.
fn down_and_up<C>(conn: &mut C, name: &str)
where
    C: MigrationHarness<C::Backend> + Connection,
    FileBasedMigrations: MigrationSource<C::Backend>,
{
    let migrations = || FileBasedMigrations::from_path(folder(name)).unwrap();
    conn.revert_all_migrations(migrations()).unwrap();
    conn.run_pending_migrations(migrations()).unwrap();
}

#[test]
fn migrations_can_be_taken_back() {
    let database = Database::fresh(Backend::Sqlite).unwrap();
    let before = of(&database);
    if let Target::Sqlite(path) = database.target() {
        down_and_up(&mut SqliteConnection::establish(path.to_str().unwrap()).unwrap(), "sqlite");
    }
    assert_eq!(of(&database), before);
    let Some(database) = Database::fresh(Backend::Postgres) else { return };
    let before = of(&database);
    if let Target::Postgres { url, .. } = database.target() {
        down_and_up(&mut PgConnection::establish(&url).unwrap(), "postgres");
    }
    assert_eq!(of(&database), before);
}

#[test]
fn nobody_changes_or_removes_an_event() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let Some(database) = Database::fresh(backend) else { return };
        let blob = |length: usize, byte: &str| match backend {
            Backend::Sqlite => format!("X'{}'", byte.repeat(length)),
            Backend::Postgres => format!("'\\x{}'", byte.repeat(length)),
        };
        let insert = format!(
            "INSERT INTO audit_event (event_id, writer, wseq, at_us, action, leaf, mac) VALUES ({}, 1, 1, 1, 1, {}, {})",
            blob(16, "01"),
            blob(75, "02"),
            blob(32, "03")
        );
        database.execute(&insert).unwrap();
        assert!(database.execute("UPDATE audit_event SET action = 2").is_err());
        assert!(database.execute("DELETE FROM audit_event").is_err());
        assert_eq!(database.count("audit_event WHERE action = 1"), 1);
    }
}

#[test]
fn at_most_one_version_is_live() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let Some(database) = Database::fresh(backend) else { return };
        let id = match backend {
            Backend::Sqlite => format!("X'{}'", "01".repeat(16)),
            Backend::Postgres => format!("'\\x{}'", "01".repeat(16)),
        };
        let done = |statement: &str| database.execute(statement).map(drop);
        done(&format!("INSERT INTO office (id, name, created_at) VALUES ({id}, 'Office', 1)")).unwrap();
        let person = format!("INSERT INTO person (id, file_number, office_id, created_at) VALUES ({id}, 'A', {id}, 1)");
        done(&person).unwrap();
        let crossing = |version: i32, superseded_at: &str| {
            done(&format!(
                "INSERT INTO crossing (person_id, id, version, direction, crossed_on, source, withdrawn, recorded_at, superseded_at)
                 VALUES ({id}, {id}, {version}, 'exit', '2026-01-01', 'border', {}, 1, {superseded_at})",
                if backend == Backend::Sqlite { "0" } else { "false" }
            ))
        };
        let two_live = |refused: Result<(), diesel::result::Error>| {
            let error = refused.unwrap_err().to_string();
            assert!(error.contains("crossing_live"), "{error}");
        };
        crossing(1, "NULL").unwrap();
        two_live(crossing(2, "NULL"));
        crossing(2, "2").unwrap();
        two_live(done("UPDATE crossing SET superseded_at = NULL WHERE version = 2"));
        done("UPDATE crossing SET place = 'Sadaxli' WHERE version = 1").unwrap();
        done("UPDATE crossing SET superseded_at = 2 WHERE version = 1").unwrap();
        crossing(3, "NULL").unwrap();
        assert_eq!(database.count("crossing WHERE superseded_at IS NULL"), 1);
    }
}
