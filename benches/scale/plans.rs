//! How the databases run the statements that the service sends. A big table that is read through is a fault, however fast it is today.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use diesel::connection::{Instrumentation, InstrumentationEvent, SimpleConnection as _, set_default_instrumentation};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Float, Text};
use diesel::sqlite::SqliteConnection;
use serde_json::Value;

use crate::Result;

/// Tables with a row for each office at most.
const SMALL: &[&str] = &["office", "installation", "organisation"];
/// So many rows make a table of PostgreSQL big: it reads smaller ones through, and rightly.
const BIG: f32 = 1_000.0;
/// So many rows of one look into an index are too many, whatever the plan says.
const MANY: i64 = 10_000;
/// So much of a statement is shown.
const SHOWN: usize = 240;

static LISTENING: AtomicBool = AtomicBool::new(false);
static HEARD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Listens to a connection while it is told to: during the measurements it costs one look at a flag.
struct Listener;

impl Instrumentation for Listener {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if !LISTENING.load(Ordering::Relaxed) {
            return;
        }
        let InstrumentationEvent::StartQuery { query, .. } = event else { return };
        let of_service = std::thread::current().name().is_some_and(|name| name.starts_with("db-"));
        let text = query.to_string();
        let statement = text.split(" -- binds").next().unwrap_or_default();
        if of_service
            && statement.starts_with("SELECT ")
            && !statement.contains("(1=0)")
            && let Ok(mut heard) = HEARD.lock()
        {
            heard.insert(statement.to_owned());
        }
    }
}

/// Connections that are opened from now on can be listened to.
pub(crate) fn prepare() -> Result<()> {
    Ok(set_default_instrumentation(|| Some(Box::new(Listener)))?)
}

/// What the service sends during an act.
pub(crate) fn heard(act: impl FnOnce() -> Result<()>) -> Result<Vec<String>> {
    HEARD.lock().map_err(|_| "the list of statements is broken")?.clear();
    LISTENING.store(true, Ordering::Relaxed);
    let done = act();
    LISTENING.store(false, Ordering::Relaxed);
    done?;
    Ok(HEARD.lock().map_err(|_| "the list of statements is broken")?.iter().cloned().collect())
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct Plan {
    #[diesel(sql_type = Text)]
    #[diesel(column_name = "QUERY PLAN")]
    plan: String,
}

#[derive(QueryableByName)]
struct Size {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Float)]
    n: f32,
}

/// Prints what is read through; answers how many statements do. With `SAKIN_BENCH_PLANS` every plan is printed.
fn judged(statements: &[String], mut plan: impl FnMut(&str) -> Result<(String, Vec<String>)>) -> Result<usize> {
    let all = std::env::var_os("SAKIN_BENCH_PLANS").is_some();
    let mut faults = 0;
    for statement in statements {
        let (shown, found) = plan(statement)?;
        if all {
            println!("\n{statement}\n{shown}");
        }
        if !found.is_empty() {
            let begin: String = statement.chars().take(SHOWN).collect();
            println!("FULL SCAN of {} by {begin}", found.join(", "));
        }
        faults += usize::from(!found.is_empty());
    }
    println!("{} statements planned, {faults} with a FULL SCAN", statements.len());
    Ok(faults)
}

/// The plans of SQLite, which plans without looking at the rows.
pub(crate) fn sqlite(path: &Path, statements: &[String]) -> Result<usize> {
    let mut conn = SqliteConnection::establish(path.to_str().ok_or("the path is not UTF-8")?)?;
    judged(statements, |statement| {
        let steps: Vec<Step> = sql_query(format!("EXPLAIN QUERY PLAN {statement}")).load(&mut conn)?;
        let scanned = |step: &Step| {
            let table = step.detail.strip_prefix("SCAN ")?.split(' ').next()?.to_owned();
            let is_table = !step.detail.contains("CONSTANT ROW") && !table.starts_with('(');
            (is_table && !SMALL.contains(&table.as_str())).then_some(table)
        };
        let shown: Vec<&str> = steps.iter().map(|step| step.detail.as_str()).collect();
        Ok((shown.join("\n"), steps.iter().filter_map(scanned).collect()))
    })
}

/// The plans of PostgreSQL that serve all parameters: the service asks for these.
pub(crate) fn postgres(url: &str, statements: &[String]) -> Result<usize> {
    let mut conn = PgConnection::establish(url)?;
    conn.batch_execute("SET plan_cache_mode = force_generic_plan")?;
    let tables: Vec<Size> =
        sql_query("SELECT relname::text AS name, reltuples AS n FROM pg_class WHERE relkind = 'r'").load(&mut conn)?;
    let big: BTreeSet<String> = tables.into_iter().filter(|table| table.n >= BIG).map(|table| table.name).collect();
    judged(statements, |statement| {
        conn.batch_execute("DEALLOCATE ALL")?;
        conn.batch_execute(&format!("PREPARE heard AS {statement}"))?;
        let parameters = (1..1_000).take_while(|number| statement.contains(&format!("${number}"))).count();
        let given = if parameters == 0 { String::new() } else { format!("({})", vec!["NULL"; parameters].join(", ")) };
        let lines: Vec<Plan> = sql_query(format!("EXPLAIN EXECUTE heard{given}")).load(&mut conn)?;
        let shown: Vec<&str> = lines.iter().map(|line| line.plan.as_str()).collect();
        let plan: Plan = sql_query(format!("EXPLAIN (FORMAT JSON) EXECUTE heard{given}")).get_result(&mut conn)?;
        let plan: Value = serde_json::from_str(&plan.plan)?;
        let mut found = BTreeSet::new();
        if let Some(root) = plan.pointer("/0/Plan") {
            scans(root, &big, &mut found);
        }
        Ok((shown.join("\n"), found.into_iter().collect()))
    })
}

fn scans(node: &Value, big: &BTreeSet<String>, found: &mut BTreeSet<String>) {
    let text = |name: &str| node.get(name).and_then(Value::as_str).unwrap_or_default();
    let through = match text("Node Type") {
        "Seq Scan" => true,
        "Index Scan" | "Index Only Scan" | "Bitmap Index Scan" => text("Index Cond").is_empty(),
        _ => false,
    };
    let table = text("Relation Name");
    if through && big.contains(table) {
        found.insert(table.to_owned());
    }
    for below in node.get("Plans").and_then(Value::as_array).into_iter().flatten() {
        scans(below, big, found);
    }
}

/// What a table or an index was read, since it was counted anew.
#[derive(QueryableByName)]
struct Use {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    looks: i64,
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

/// Begins to count what PostgreSQL reads.
pub(crate) fn count_anew(url: &str) -> Result<()> {
    Ok(PgConnection::establish(url)?.batch_execute("SELECT pg_stat_reset()")?)
}

/// What PostgreSQL did read for the measurements: a statement that is planned with its values at hand has other plans than those above.
pub(crate) fn counted(url: &str) -> Result<usize> {
    let mut conn = PgConnection::establish(url)?;
    let query = format!(
        "SELECT relname::text AS name, seq_scan AS looks, seq_tup_read AS rows FROM pg_stat_user_tables
         UNION ALL SELECT indexrelname::text, idx_scan, idx_tup_read FROM pg_stat_user_indexes
         ORDER BY rows DESC, name LIMIT {SHOWN}"
    );
    let all: Vec<Use> = sql_query(query).load(&mut conn)?;
    let many = |one: &&Use| one.rows.checked_div(one.looks).is_some_and(|each| each > MANY);
    let many: Vec<&Use> = all.iter().filter(many).collect();
    for Use { name, looks, rows } in &many {
        println!("FULL SCAN of {name}: {rows} rows in {looks} looks");
    }
    Ok(many.len())
}
