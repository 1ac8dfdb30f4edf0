//! The schema, in two folders with equal names. `serve` never changes it by surprise: an empty database gets the current schema, an
//! outdated one is refused until `migrate` is asked for.

use diesel::connection::SimpleConnection as _;
use diesel::dsl::sql;
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Bool, Text};
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::conn::{AnyConn, Target, Use};
use super::schema::installation;
use crate::error::{Error, Result};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// How the database's schema relates to this program's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    /// Names of the migrations that have run, oldest first.
    pub applied: Vec<String>,
    /// Names of those that have not.
    pub pending: Vec<String>,
    /// Migrations in the database that this program does not know: it is older than the database.
    pub unknown: Vec<String>,
}

/// Every migration's name, oldest first, for one database.
pub fn names(target: &Target) -> Result<Vec<String>> {
    let names = match target {
        Target::Sqlite(_) => known::<Sqlite>(&SQLITE)?,
        Target::Postgres { .. } => known::<Pg>(&POSTGRES)?,
    };
    Ok(names)
}

fn known<DB: diesel::backend::Backend>(source: &EmbeddedMigrations) -> Result<Vec<String>> {
    let migrations: Vec<Box<dyn Migration<DB>>> = source.migrations().map_err(Error::internal)?;
    let mut names: Vec<String> = migrations.iter().map(|migration| migration.name().to_string()).collect();
    names.sort();
    Ok(names)
}

/// Compares the schema without changing it.
pub fn status(target: &Target) -> Result<Schema> {
    // To look at a database does not make one.
    if !target.is_there() {
        return Ok(Schema { applied: Vec::new(), pending: names(target)?, unknown: Vec::new() });
    }
    let mut conn = target.open(Use::Write)?;
    status_of(&mut conn, target)
}

diesel::table! {
    /// What diesel remembers of the migrations that ran.
    __diesel_schema_migrations (version) {
        version -> Text,
    }
}

/// The migrations that ran, oldest first. Diesel's own answer would make its table where there is none, which the server's role may not.
fn applied(conn: &mut AnyConn) -> QueryResult<Vec<String>> {
    let table = "'__diesel_schema_migrations'";
    let exists = match conn {
        AnyConn::Postgres(_) => format!("to_regclass({table}) IS NOT NULL"),
        AnyConn::Sqlite(_) => format!("EXISTS (SELECT 1 FROM sqlite_master WHERE name = {table})"),
    };
    if !diesel::select(sql::<Bool>(&exists)).get_result::<bool>(conn)? {
        return Ok(Vec::new());
    }
    let table = __diesel_schema_migrations::table;
    table.select(__diesel_schema_migrations::version).order(__diesel_schema_migrations::version).load(conn)
}

fn status_of(conn: &mut AnyConn, target: &Target) -> Result<Schema> {
    let versions = applied(conn)?;
    let known = names(target)?;
    let version_of = |name: &String| name.split('_').next().unwrap_or_default().replace('-', "");
    let (applied, pending) = known.iter().cloned().partition(|name| versions.contains(&version_of(name)));
    let unknown = versions.iter().filter(|version| !known.iter().any(|name| version_of(name) == **version));
    Ok(Schema { applied, pending, unknown: unknown.cloned().collect() })
}

/// Runs what is pending and answers with the names that ran. Each migration is a transaction: one killed midway leaves nothing.
pub fn run(target: &Target) -> Result<Vec<String>> {
    let mut conn = target.open(Use::Write)?;
    let before = status_of(&mut conn, target)?;
    match &mut conn {
        AnyConn::Postgres(c) => c.run_pending_migrations(POSTGRES).map(drop),
        AnyConn::Sqlite(c) => c.run_pending_migrations(SQLITE).map(drop),
    }
    .map_err(Error::internal)?;
    Ok(before.pending)
}

/// Why a role is none that the server can be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// SQLite has no roles.
    NoRoles,
    /// The server knows no such role.
    Unknown,
    /// It owns the tables, or may do everything: nothing could be kept from it.
    Owner,
}

/// Gives a role what serving needs and nothing more (row K3): rows of every table, but of the log only new ones, and no change of the schema.
/// The caller owns the tables. What the role had of them before is taken back.
pub fn grant(target: &Target, role: &str) -> Result<Result<(), Unfit>> {
    let AnyConn::Postgres(mut conn) = target.open(Use::Write)? else { return Ok(Err(Unfit::NoRoles)) };
    let found: Option<Owning> = sql_query(
        "SELECT rolsuper OR pg_has_role(rolname, current_user, 'MEMBER') AS owns FROM pg_roles WHERE rolname = $1",
    )
    .bind::<Text, _>(role)
    .get_result(&mut conn)
    .optional()?;
    match found {
        None => return Ok(Err(Unfit::Unknown)),
        Some(Owning { owns: true }) => return Ok(Err(Unfit::Owner)),
        Some(Owning { owns: false }) => {}
    }
    sql_query("SELECT set_config('sakin.role', $1, false)").bind::<Text, _>(role).execute(&mut conn)?;
    conn.batch_execute(GRANTS)?;
    Ok(Ok(()))
}

#[derive(QueryableByName)]
struct Owning {
    #[diesel(sql_type = Bool)]
    owns: bool,
}

const GRANTS: &str = "
DO $$
DECLARE
    role CONSTANT text := current_setting('sakin.role');
    place CONSTANT text := current_schema();
    t text;
BEGIN
    EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC, %I', place, role);
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', place, role);
    FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = place LOOP
        EXECUTE format('REVOKE ALL ON %I.%I FROM PUBLIC, %I', place, t, role);
        EXECUTE format('GRANT %s ON %I.%I TO %I', CASE
            WHEN starts_with(t, '__diesel') THEN 'SELECT'
            WHEN starts_with(t, 'audit_') THEN 'SELECT, INSERT'
            ELSE 'SELECT, INSERT, UPDATE, DELETE' END, place, t, role);
    END LOOP;
END $$";

/// What a database with the current schema is for: `Some(true)` for the demonstration, `Some(false)` for real files, none if nobody has
/// used it yet.
pub fn installation(target: &Target) -> Result<Option<bool>> {
    if !target.is_there() {
        return Ok(None);
    }
    let mut conn = target.open(Use::Read)?;
    Ok(installation::table.select(installation::demo).first(&mut conn).optional()?)
}
