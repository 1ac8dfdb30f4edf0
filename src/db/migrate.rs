//! The schema, in two folders with equal names. `serve` never changes it by surprise: an empty database gets the current schema, an
//! outdated one is refused until `migrate` is asked for.

use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::prelude::*;
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
    let mut conn = target.open(Use::Write)?;
    status_of(&mut conn, target)
}

fn status_of(conn: &mut AnyConn, target: &Target) -> Result<Schema> {
    let versions = match conn {
        AnyConn::Postgres(c) => c.applied_migrations(),
        AnyConn::Sqlite(c) => c.applied_migrations(),
    };
    let mut versions: Vec<String> =
        versions.map_err(Error::internal)?.into_iter().map(|version| version.to_string()).collect();
    versions.sort();
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

/// What a database with the current schema is for: `Some(true)` for the demonstration, `Some(false)` for real files, none if nobody has
/// used it yet.
pub fn installation(target: &Target) -> Result<Option<bool>> {
    let mut conn = target.open(Use::Read)?;
    Ok(installation::table.select(installation::demo).first(&mut conn).optional()?)
}
