//! What the databases do without the service: the same reads through pgbench, the same inserts with a commit each.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use uuid::Uuid;

use crate::Result;
use crate::client::{Measured, THREADS};
use crate::cpu::PerAnswer;

/// The tables of the service, so that the same inserts are prepared statements here, too.
#[path = "../../src/db/schema.rs"]
mod schema;

use self::schema::{account, audit_body, audit_event, audit_pending, audit_subject, crossing, idempotency, person};

/// Each id is a script of its own, because pgbench has no variables of bytes.
const SCRIPTS: usize = 8;

/// What pgbench is given to do for each id.
pub(crate) type Script = fn(&str) -> String;

/// A script one by one through pgbench. It tells no quantiles; `p50` is the mean.
pub(crate) fn pgbench(url: &str, ids: &[String], script: Script, connections: usize, seconds: u64) -> Result<Measured> {
    let dir = tempfile::tempdir()?;
    let mut command = Command::new(pgbench_path());
    command.args(["-n", "-M", "prepared", "-c", &connections.to_string(), "-j", &THREADS.min(connections).to_string()]);
    command.args(["-T", &seconds.to_string()]);
    for (number, id) in ids.iter().take(SCRIPTS).enumerate() {
        let path = dir.path().join(format!("{number}.sql"));
        std::fs::write(&path, script(&id.replace('-', "")))?;
        command.arg("-f").arg(path);
    }
    let output = command.arg(url).output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    let value = |label: &str| {
        let line = said.lines().find_map(|line| line.strip_prefix(label));
        let number = line.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok());
        number.ok_or_else(|| format!("pgbench: {said}{}", String::from_utf8_lossy(&output.stderr)))
    };
    Ok(mean(value("tps = ")?, value("latency average = ")?))
}

/// What is known of a mean alone.
pub(crate) fn mean(per_second: f64, milliseconds: f64) -> Measured {
    let cpu = PerAnswer { service: f64::NAN, writer: f64::NAN };
    Measured { per_second, p50: milliseconds, p95: f64::NAN, p99: f64::NAN, failed: 0, cpu }
}

fn pgbench_path() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> =
        versions.map(|version| version.path().join("bin/pgbench")).filter(|path| path.exists()).collect();
    found.sort();
    found.pop().unwrap_or_else(|| PathBuf::from("pgbench"))
}

/// The reads of a person file.
pub(crate) fn reads(id: &str) -> String {
    let mut script = String::new();
    for (columns, table, end) in [
        (
            "p.office_id, t.version, p.file_number, t.birth_date, t.sex, t.recorded_at, p.created_at",
            "person_record AS t JOIN person AS p ON p.id = t.person_id",
            "",
        ),
        (
            "t.id, t.version, t.kind, t.full_name_as_printed, t.given, t.surname, t.patronymic, t.patronymic_form, t.script, t.language, \
             t.no_surname, t.valid_from, t.valid_to",
            "person_name AS t",
            " AND NOT t.withdrawn",
        ),
        ("t.id, t.version, t.code, t.valid_from, t.valid_to", "nationality AS t", " AND NOT t.withdrawn"),
    ] {
        let _ = writeln!(
            script,
            "SELECT {columns} FROM {table} WHERE t.person_id = '\\x{id}'::bytea AND t.recorded_at <= {0} \
             AND (t.superseded_at IS NULL OR t.superseded_at > {0}){end};",
            i64::MAX
        );
    }
    script
}

/// What recording a crossing reads and writes, in its own transaction.
pub(crate) fn writes(id: &str) -> String {
    let bytes = |length: usize| format!("'\\x{}'::bytea", "01".repeat(length));
    let (mac, leaf, body, answer) = (bytes(32), bytes(75), bytes(350), bytes(550));
    let event = "uuid_send(gen_random_uuid())";
    format!(
        "\\set number random(1, {max})\n\
         BEGIN;\n\
         SELECT created_at FROM person WHERE id = '\\x{id}'::bytea;\n\
         SELECT answer FROM idempotency WHERE account_id = (SELECT id FROM account) AND idempotency_key = :number::text;\n\
         INSERT INTO crossing (person_id, id, version, direction, crossed_on, source, withdrawn, recorded_at, recorded_by) \
         SELECT '\\x{id}'::bytea, {event}, 1, 'entry', '2020-02-02', 'border', false, :number, id FROM account;\n\
         INSERT INTO idempotency (account_id, idempotency_key, fingerprint, answer, created_at) \
         SELECT id, :number::text, {mac}, {answer}, :number FROM account;\n\
         WITH e AS (INSERT INTO audit_event (event_id, writer, wseq, at_us, action, leaf, mac) \
         VALUES ({event}, 1, :number, :number, 40, {leaf}, {mac}) RETURNING event_id), \
         b AS (INSERT INTO audit_body (event_id, salt, key_id, body) SELECT event_id, {mac}, 1, {body} FROM e), \
         s AS (INSERT INTO audit_subject (subject_tag, event_id) SELECT '\\x{id}'::bytea, event_id FROM e) \
         INSERT INTO audit_pending (event_id) SELECT event_id FROM e;\n\
         COMMIT;\n",
        max = i64::MAX
    )
}

/// The rows of one write of an account about a person; the number tells them from those of other writes.
pub(crate) type Insert = fn(&mut SqliteConnection, &[u8], &[u8], (u32, u32)) -> Result<()>;

/// Writes per second when so many of them, each with all its rows, share a commit, without HTTP and without the reads around them. `turn` keeps
/// the keys of one measurement from those of another.
pub(crate) fn commits(path: &Path, insert: Insert, group: u32, turn: usize, seconds: u64) -> Result<f64> {
    let mut conn = SqliteConnection::establish(path.to_str().ok_or("the path is not UTF-8")?)?;
    conn.batch_execute(
        "PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; \
         PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-32000;",
    )?;
    let account: Vec<u8> = account::table.select(account::id).first(&mut conn)?;
    let persons: Vec<Vec<u8>> = person::table.select(person::id).load(&mut conn)?;
    let mut persons = persons.iter().cycle();
    let end = Instant::now() + Duration::from_secs(seconds);
    let first = u32::try_from(turn)?.saturating_mul(100_000_000);
    let mut writes = 0_u32;
    while Instant::now() < end {
        conn.batch_execute("BEGIN IMMEDIATE")?;
        for person in persons.by_ref().take(usize::try_from(group)?) {
            insert(&mut conn, &account, person, (group, first + writes))?;
            writes += 1;
        }
        conn.batch_execute("COMMIT")?;
    }
    Ok(f64::from(writes) / Duration::from_secs(seconds).as_secs_f64())
}

/// The rows of one recorded crossing, in the sizes they have.
pub(crate) fn crossing(conn: &mut SqliteConnection, account: &[u8], person: &[u8], key: (u32, u32)) -> Result<()> {
    let (id, number) = (Uuid::new_v4().as_bytes().to_vec(), i64::from(key.1));
    diesel::insert_into(crossing::table)
        .values((
            crossing::person_id.eq(person),
            crossing::id.eq(&id),
            crossing::version.eq(1),
            crossing::direction.eq("entry"),
            crossing::crossed_on.eq(chrono::NaiveDate::default()),
            crossing::source.eq("border"),
            crossing::withdrawn.eq(false),
            crossing::recorded_at.eq(number),
            crossing::recorded_by.eq(account),
        ))
        .execute(conn)?;
    look(conn, account, person, key)?;
    diesel::insert_into(idempotency::table)
        .values((
            idempotency::account_id.eq(account),
            idempotency::idempotency_key.eq(Uuid::new_v4().to_string()),
            idempotency::fingerprint.eq(vec![1; 32]),
            idempotency::answer.eq(vec![1; 550]),
            idempotency::created_at.eq(number),
        ))
        .execute(conn)?;
    Ok(())
}

/// The rows of the event of one act or look.
pub(crate) fn look(
    conn: &mut SqliteConnection,
    _account: &[u8],
    person: &[u8],
    (group, number): (u32, u32),
) -> Result<()> {
    let event = Uuid::now_v7().as_bytes().to_vec();
    diesel::insert_into(audit_event::table)
        .values((
            audit_event::event_id.eq(&event),
            audit_event::writer.eq(i64::from(group)),
            audit_event::wseq.eq(i64::from(number)),
            audit_event::at_us.eq(i64::from(number)),
            audit_event::action.eq(40),
            audit_event::leaf.eq(vec![1; 75]),
            audit_event::mac.eq(vec![1; 32]),
        ))
        .execute(conn)?;
    diesel::insert_into(audit_body::table)
        .values((
            audit_body::event_id.eq(&event),
            audit_body::salt.eq(vec![1; 32]),
            audit_body::key_id.eq(1),
            audit_body::body.eq(vec![1; 350]),
        ))
        .execute(conn)?;
    diesel::insert_into(audit_subject::table)
        .values((audit_subject::subject_tag.eq(person), audit_subject::event_id.eq(&event)))
        .execute(conn)?;
    diesel::insert_into(audit_pending::table).values(audit_pending::event_id.eq(&event)).execute(conn)?;
    Ok(())
}
