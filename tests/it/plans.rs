//! No statement reads a whole table. Every operation is called once on each database; what the program's database threads send meanwhile
//! is put before the database's own planner.

use std::collections::BTreeSet;
use std::sync::Mutex;

use diesel::connection::{Instrumentation, InstrumentationEvent, SimpleConnection, set_default_instrumentation};
use diesel::sql_types::Text;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use sakin::access::policy::Role;
use sakin::db::Target;
use serde_json::Value;

use crate::every_endpoint::call_everything;
use crate::harness::{Backend, Database, TestApp};

/// Tables with a handful of rows: of the filters of work queues an office has some dozens.
const SMALL: &[&str] = &["office", "installation", "work_queue"];

/// Columns that leave few rows; by age only what is about to be deleted is found. An office or a kind of key leaves a good part of the table.
const NARROW: &[&str] = &[
    // A queue is walked in the order of this day, a page at a time.
    "due_on",
    "case_id",
    "hash",
    // What is old and removed, some at a time.
    "created_at",
    "expires_at",
    // What an office refused or departed from within a year.
    "recorded_at",
    "id",
    "person_id",
    "other_person_id",
    "account_id",
    "event_id",
    "name_id",
    "file_number",
    "name_key",
    "email",
    "name",
    "one",
    "counter",
    "token_hash",
    "secret_sha256",
    "last_at",
    "code_hash",
    "credential_id",
    "expires_at",
    "dwelling_id",
    "course_id",
    "division_code",
    "enrolment_id",
    "number",
    "organisation_id",
    "key",
];

/// The statements an officer waits for most. They must be among those that were heard, or nothing was tested.
const HOT: &[&str] = &[
    "FROM person_record AS r JOIN person ON",
    "UNION ALL SELECT CAST(8 AS SMALLINT), t.kind",
    "FROM permit WHERE",
    "FROM person_name_key WHERE",
    "person.office_id = ",
    "account.email = ",
    "FROM idempotency WHERE",
    "UPDATE permit",
];

/// Filters of the catalogue and of courses that are called for: each makes a statement of its own.
const FILTERS: &[&str] = &[
    "courses?level=A1&division=AZ-BA",
    "courses?level=A1",
    "courses?division=AZ-BA&open=true",
    "courses?level=A1&division=AZ-BA&language=ka&mode=online&childcare=true&step_free=true&free=false&open=false&state=published",
    "course-calls?division=AZ-BA",
    "course-calls?level=A1",
];

/// What database threads sent, and to which database.
static HEARD: Mutex<BTreeSet<(String, String)>> = Mutex::new(BTreeSet::new());

/// Listens to one connection.
#[derive(Default)]
struct Listener {
    url: String,
}

impl Instrumentation for Listener {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => url.clone_into(&mut self.url),
            InstrumentationEvent::StartQuery { query, .. } => {
                // The tests' own looks at the database come from other threads.
                let of_program = std::thread::current().name().is_some_and(|name| name.starts_with("db-"));
                let text = query.to_string();
                let statement = text.split(" -- binds").next().unwrap_or_default();
                // An empty list of ids is a condition that nothing meets: nothing is read.
                let reads = !statement.contains("(1=0)")
                    && ["SELECT ", "UPDATE ", "DELETE "].iter().any(|verb| statement.starts_with(verb));
                if of_program && reads {
                    HEARD.lock().unwrap().insert((self.url.clone(), statement.to_owned()));
                }
            }
            _ => {}
        }
    }
}

/// What was sent to the database while every operation was called.
async fn heard(app: &TestApp) -> Vec<String> {
    call_everything(app).await;
    let supervisor = app.actor(Role::Supervisor, "Bakı").await;
    for filter in FILTERS {
        supervisor.get(&format!("/api/v1/{filter}")).await.expect(200);
    }
    let url = match app.database.serving() {
        Target::Sqlite(path) => path.to_str().unwrap().to_owned(),
        Target::Postgres { url, .. } => url,
    };
    // The program adds how long it waits for a silent server.
    let ours = |to: &str| to.strip_prefix(&url).is_some_and(|rest| rest.is_empty() || rest.starts_with(['?', '&']));
    let all = HEARD.lock().unwrap();
    let statements: Vec<String> =
        all.iter().filter(|(to, _)| ours(to)).map(|(_, statement)| statement.clone()).collect();
    for hot in HOT {
        let found = statements.iter().any(|statement| statement.replace(['`', '"'], "").contains(hot));
        assert!(found, "no statement has {hot:?}: {statements:#?}");
    }
    statements
}

/// Has every connection that is opened meanwhile listened to. Those of other tests are left alone again afterwards: listening takes time.
struct Listening;

/// How many tests listen.
static LISTENING: Mutex<u32> = Mutex::new(0);

impl Listening {
    fn begin() -> Self {
        let mut tests = LISTENING.lock().unwrap();
        *tests += 1;
        set_default_instrumentation(|| Some(Box::new(Listener::default()))).unwrap();
        Self
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let mut tests = LISTENING.lock().unwrap();
        *tests -= 1;
        if *tests == 0 {
            set_default_instrumentation(|| None).unwrap();
        }
    }
}

/// Does the condition of an index leave few rows?
fn is_narrow(condition: &str) -> bool {
    condition.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|word| NARROW.contains(&word))
}

/// What is wrong with one step of SQLite's plan.
fn sqlite_fault(step: &str) -> Option<String> {
    let fault = if let Some(scanned) = step.strip_prefix("SCAN ") {
        let table = scanned.split(' ').next().unwrap_or_default();
        !SMALL.contains(&table) && !scanned.ends_with("CONSTANT ROW")
    } else {
        let searched = step.strip_prefix("SEARCH ").and_then(|rest| rest.split(' ').next());
        let condition = step.rsplit_once('(').map_or("", |(_, condition)| condition);
        searched.is_some_and(|table| !SMALL.contains(&table)) && !is_narrow(condition)
    };
    fault.then(|| step.to_owned())
}

/// What is wrong in PostgreSQL's plan.
fn postgres_faults(node: &Value, found: &mut Vec<String>) {
    let text = |name: &str| node[name].as_str().unwrap_or_default();
    let fault = match text("Node Type") {
        "Seq Scan" => !SMALL.contains(&text("Relation Name")),
        "Index Scan" | "Index Only Scan" | "Bitmap Index Scan" => {
            !SMALL.contains(&text("Relation Name")) && !is_narrow(text("Index Cond"))
        }
        _ => false,
    };
    if fault {
        found.push(format!(
            "{} on {} {} ({})",
            text("Node Type"),
            text("Relation Name"),
            text("Index Name"),
            text("Index Cond")
        ));
    }
    for below in node["Plans"].as_array().into_iter().flatten() {
        postgres_faults(below, found);
    }
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

/// The faults of each statement's plan on SQLite, which plans without looking at the rows.
fn faults_on_sqlite(conn: &mut SqliteConnection, statement: &str) -> Vec<String> {
    let steps: Vec<Step> = sql_query(format!("EXPLAIN QUERY PLAN {statement}")).load(conn).unwrap();
    assert!(!steps.is_empty(), "{statement} has no plan");
    steps.iter().filter_map(|step| sqlite_fault(&step.detail)).collect()
}

/// The faults on PostgreSQL: of the plan that serves all parameters but the length of the page, which the server always knows when it
/// plans. A table is read through only if no index can serve.
fn faults_on_postgres(conn: &mut PgConnection, statement: &str) -> Vec<String> {
    conn.batch_execute("DEALLOCATE ALL; SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan").unwrap();
    // Of several limits the last is the page's, if it ends the statement.
    let page = statement.rsplit_once(" LIMIT $").filter(|(_, rest)| rest.bytes().all(|byte| byte.is_ascii_digit()));
    let statement = page.map_or_else(|| statement.to_owned(), |(head, _)| format!("{head} LIMIT 50"));
    conn.batch_execute(&format!("PREPARE heard AS {statement}")).unwrap();
    let parameters = (1..1000).take_while(|number| statement.contains(&format!("${number}"))).count();
    let execute = match parameters {
        0 => "EXECUTE heard".to_owned(),
        count => format!("EXECUTE heard({})", vec!["NULL"; count].join(", ")),
    };
    let explained: Plan = sql_query(format!("EXPLAIN (FORMAT JSON) {execute}")).get_result(conn).unwrap();
    let mut found = Vec::new();
    let plan: Value = serde_json::from_str(&explained.plan).unwrap();
    postgres_faults(&plan[0]["Plan"], &mut found);
    found
}

/// Two offices of ten thousand files, everybody with a need, and as many cases in a hundred others: PostgreSQL chooses among indexes by what is
/// in the tables.
fn fill(database: &Database) {
    for statement in [
        "INSERT INTO person (id, file_number, office_id, created_at)
         SELECT decode(md5('person' || i), 'hex'), 'F' || i, (SELECT id FROM office ORDER BY id OFFSET i % 2 LIMIT 1), i
         FROM generate_series(1, 20000) AS i",
        "INSERT INTO person_name_key (kind, name_key, person_id, name_id)
         SELECT kind, 'key' || i % 5000, decode(md5('person' || i), 'hex'), decode(md5('name' || i), 'hex')
         FROM generate_series(1, 20000) AS i, unnest(ARRAY['exact', 'fold', 'stem', 'skel']) AS kind",
        "INSERT INTO office (id, name, created_at)
         SELECT decode(md5('office' || i), 'hex'), 'Office ' || i, i FROM generate_series(1, 100) AS i",
        "INSERT INTO case_file (person_id, id, version, kind, state, closed, office_id, channel, filed_on, clock_from, due_on, withdrawn, recorded_at)
         SELECT decode(md5('person' || i), 'hex'), decode(md5('case' || i), 'hex'), 1, 'work_permit', 'filed', FALSE,
                decode(md5('office' || 1 + i % 100), 'hex'), 'desk', date '2026-01-01', date '2026-01-01', date '2026-01-01' + i % 300, FALSE, i
         FROM generate_series(1, 20000) AS i",
        "INSERT INTO language_need (person_id, id, level, language_of_instruction, division_code, hours_per_week, childcare, recorded_at)
         SELECT decode(md5('person' || i), 'hex'), decode(md5('need' || i), 'hex'), 'A' || 1 + i % 2, 'l' || chr(97 + i % 20), 'AZ-' || i % 70,
                2 + i % 10, i % 3 = 0, i
         FROM generate_series(1, 20000) AS i",
        "ANALYZE",
    ] {
        database.execute(statement).unwrap();
    }
}

fn refuse(faults: &[(String, Vec<String>)]) {
    let faults: Vec<String> = faults
        .iter()
        .filter(|(_, faults)| !faults.is_empty())
        .map(|(statement, faults)| format!("{}\n    by {statement}", faults.join("\n")))
        .collect();
    assert!(faults.is_empty(), "these read more than they should:\n{}", faults.join("\n"));
}

#[tokio::test]
async fn no_statement_reads_a_whole_table_on_sqlite() {
    let _listening = Listening::begin();
    let app = TestApp::start(Backend::Sqlite).unwrap();
    let statements = heard(&app).await;
    let Target::Sqlite(path) = app.database.target() else { unreachable!() };
    let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    let judged = statements.into_iter().map(|statement| {
        let faults = faults_on_sqlite(&mut conn, &statement);
        (statement, faults)
    });
    refuse(&judged.collect::<Vec<_>>());
}

#[tokio::test]
async fn no_statement_reads_a_whole_table_on_postgres() {
    let _listening = Listening::begin();
    let Some(app) = TestApp::start(Backend::Postgres) else { return };
    let statements = heard(&app).await;
    fill(&app.database);
    let Target::Postgres { url, .. } = app.database.target() else { unreachable!() };
    let mut conn = PgConnection::establish(&url).unwrap();
    let judged = statements.into_iter().map(|statement| {
        let faults = faults_on_postgres(&mut conn, &statement);
        (statement, faults)
    });
    refuse(&judged.collect::<Vec<_>>());
}

#[test]
fn a_table_read_through_is_noticed() {
    let database = Database::fresh(Backend::Sqlite).unwrap();
    let Target::Sqlite(path) = database.target() else { unreachable!() };
    let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    for (statement, noticed) in [
        ("SELECT * FROM permit WHERE ground = ?", true),
        ("SELECT * FROM person ORDER BY file_number", true),
        ("SELECT * FROM person WHERE office_id = ?", true),
        ("SELECT * FROM person_name_key WHERE kind = ?", true),
        ("UPDATE account SET display_name = ?", true),
        ("SELECT * FROM permit WHERE person_id = ?", false),
        ("SELECT * FROM office", false),
    ] {
        assert_eq!(!faults_on_sqlite(&mut conn, statement).is_empty(), noticed, "{statement}");
    }
    let Some(database) = Database::fresh(Backend::Postgres) else { return };
    let Target::Postgres { url, .. } = database.target() else { unreachable!() };
    let mut conn = PgConnection::establish(&url).unwrap();
    for (statement, noticed) in [
        ("SELECT * FROM permit WHERE ground = $1", true),
        ("SELECT * FROM person WHERE office_id = $1", true),
        ("UPDATE account SET display_name = $1", true),
        ("SELECT * FROM permit WHERE person_id = $1", false),
        ("SELECT * FROM office", false),
    ] {
        assert_eq!(!faults_on_postgres(&mut conn, statement).is_empty(), noticed, "{statement}");
    }
}
