//! What the tables hold, to see that nothing changed.

use std::collections::BTreeMap;

use diesel::sql_types::Text;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use sakin::db::Target;

use super::Database;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    value: String,
}

impl Database {
    /// Every table but the audit log's, with its rows as text.
    pub(crate) fn contents(&self) -> BTreeMap<String, String> {
        match self.target() {
            Target::Sqlite(path) => sqlite(&mut SqliteConnection::establish(path.to_str().unwrap()).unwrap()),
            Target::Postgres { url, .. } => postgres(&mut PgConnection::establish(&url).unwrap()),
        }
    }
}

fn is_data(table: &str) -> bool {
    !table.starts_with("audit_") && !table.starts_with("__diesel")
}

fn sqlite(conn: &mut SqliteConnection) -> BTreeMap<String, String> {
    let texts = |conn: &mut SqliteConnection, query: String| -> Vec<String> {
        sql_query(query).load::<Row>(conn).unwrap().into_iter().map(|row| row.value).collect()
    };
    let tables = texts(conn, "SELECT name AS value FROM sqlite_master WHERE type = 'table'".to_owned());
    let data = tables.into_iter().filter(|table| is_data(table));
    data.map(|table| {
        let columns = texts(conn, format!("SELECT name AS value FROM pragma_table_info('{table}')"));
        let quoted: Vec<String> = columns.iter().map(|column| format!("quote({column})")).collect();
        let mut rows = texts(conn, format!("SELECT {} AS value FROM {table}", quoted.join(" || ',' || ")));
        rows.sort();
        (table, rows.join("\n"))
    })
    .collect()
}

fn postgres(conn: &mut PgConnection) -> BTreeMap<String, String> {
    let texts = |conn: &mut PgConnection, query: String| -> Vec<String> {
        sql_query(query).load::<Row>(conn).unwrap().into_iter().map(|row| row.value).collect()
    };
    let tables = texts(conn, "SELECT tablename::text AS value FROM pg_tables WHERE schemaname = 'public'".to_owned());
    let data = tables.into_iter().filter(|table| is_data(table));
    data.map(|table| {
        let mut rows = texts(conn, format!("SELECT t::text AS value FROM {table} AS t"));
        rows.sort();
        (table, rows.join("\n"))
    })
    .collect()
}
