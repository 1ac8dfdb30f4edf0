//! How much the service does per second, and how long an answer takes, next to what the parts below it can do in the same run.
//!
//! `cargo bench --bench load [-- WORD…]`; words choose databases (`sqlite`, `postgres`) and operations (`health`, `file`, `five`,
//! `eligibility`, `crossing`): the five-year answer is one route under all its readings, all eligibility is every route. Two words measure
//! something of their own: `sign-in` what a crowd that signs in does to the others, `refusals` whether the time of a refused sign-in tells
//! why. `SAKIN_BENCH_SECONDS` is the length of each measurement (5). Server and generator share this process and the machine's cores, so
//! the ratios say more than the rates. `CPU µs` is what the service's threads take for each answer, without the generator (and without the
//! processes of PostgreSQL); `writer µs` is the share of the thread that writes SQLite. Where only a mean is known it stands under p50.

mod binary;
mod ceilings;
#[path = "../common/mod.rs"]
mod common;
mod refusals;
mod service;
mod sign_in;

use std::collections::BTreeMap;
use std::sync::Arc;

use sakin::db::Target;
use uuid::Uuid;

use self::client::{Measured, Requests, get, measure, post};
use self::common::{client, cpu, server};
use self::server::{Postgres, Running};

type Failure = Box<dyn std::error::Error + Send + Sync>;
type Result<T, E = Failure> = std::result::Result<T, E>;

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const DATABASES: [&str; 2] = ["SQLite", "PostgreSQL"];
const OPERATIONS: [&str; 5] = ["health", "person file", "five-year answer", "all eligibility", "create crossing"];
const CONNECTIONS: [usize; 3] = [1, 16, 64];
/// Where the targets are measured.
const MANY: usize = 64;
/// Distinct files that are asked for in turn.
const ASKED: u64 = 300;
/// Longest tail at 64 connections, ms.
const TAIL_MS: f64 = 15.0;

/// What is measured, on what, with how many connections.
type Cell = (&'static str, &'static str, usize);

/// What is held against a target at 64 connections: a label, the ratio, the least it should be.
type Ratio = (String, f64, f64);
/// How often two things are measured in turns, where their ratio is close to its target: between the first minute of a run and the last a
/// machine may change more than that.
const TURNS: usize = 3;

/// The results so far, printed as they come.
struct Table {
    seconds: u64,
    cells: BTreeMap<Cell, Measured>,
    in_turns: Vec<Ratio>,
}

impl Table {
    fn add(&mut self, (what, on, connections): Cell, found: Measured) {
        let Measured { per_second, p50, p95, p99, failed, cpu } = found;
        let number = |value: f64| if value.is_nan() { format!("{:>9}", "-") } else { format!("{value:9.2}") };
        let (p95, p99) = (number(p95), number(p99));
        let (service, writer) = (number(cpu.service), number(cpu.writer));
        let failed = if failed > 0 { format!("  FAILED {failed}") } else { String::new() };
        println!(
            "{what:16} {on:11} {connections:5} {per_second:11.0} {p50:9.2} {p95} {p99} {service} {writer}{failed}"
        );
        self.cells.insert((what, on, connections), found);
    }

    fn rate(&self, what: &'static str, on: &'static str) -> f64 {
        self.cells.get(&(what, on, MANY)).map_or(f64::NAN, |found| found.per_second)
    }

    /// The median of what one rate is to the other, measured in turns.
    fn compare(
        &mut self,
        label: String,
        least: f64,
        mut one: impl FnMut(usize) -> Result<f64>,
        mut other: impl FnMut(usize) -> Result<f64>,
    ) -> Result<()> {
        let mut ratios: Vec<f64> = (0..TURNS).map(|turn| Ok(one(turn)? / other(turn)?)).collect::<Result<_>>()?;
        ratios.sort_by(f64::total_cmp);
        let median = ratios.get(TURNS / 2).copied().unwrap_or(f64::NAN);
        self.in_turns.push((label, median, least));
        Ok(())
    }

    fn targets(&self) {
        println!("\nAt {MANY} connections");
        for (label, found, least) in &self.in_turns {
            target(label, *found, *least);
        }
        let file = self.rate("person file", "SQLite");
        target("person file on SQLite / hello", file / self.rate("hello", "HTTP"), 0.1);
        let file = self.rate("person file", "PostgreSQL");
        target("person file on PostgreSQL / its reads through pgbench", file / self.rate("reads", "pgbench"), 0.6);
        let (crossings, ceiling) = (self.rate("create crossing", "PostgreSQL"), self.rate("writes", "pgbench"));
        if !(crossings / ceiling).is_nan() {
            println!("{:62} {:6.2}", "durable writes on PostgreSQL / the same through pgbench", crossings / ceiling);
        }
        for ((what, on, connections), found) in &self.cells {
            if *connections == MANY && found.p99 > TAIL_MS {
                println!("p99 of {what} on {on}: {:.1} ms (at most {TAIL_MS} ms) ABOVE", found.p99);
            }
        }
    }
}

/// Prints a ratio beside its target; nothing if it was not measured.
fn target(label: &str, found: f64, least: f64) {
    if !found.is_nan() {
        println!("{label:62} {found:6.2} (at least {least:4.2}) {}", if found >= least { "OK" } else { "BELOW" });
    }
}

fn main() -> Result<()> {
    let seconds = std::env::var("SAKIN_BENCH_SECONDS").map_or(Ok(5), |text| text.parse())?;
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    if words.iter().any(|word| word == "sign-in") {
        return sign_in::run(seconds);
    }
    if words.iter().any(|word| word == "refusals") {
        return refusals::run(&words);
    }
    let (databases, operations) = (chosen(&words, &DATABASES), chosen(&words, &OPERATIONS));
    let mut table = Table { seconds, cells: BTreeMap::new(), in_turns: Vec::new() };
    let cores = std::thread::available_parallelism()?;
    println!("{cores} cores shared by server, database and generator; {seconds} s each after 1 s to warm up\n");
    println!(
        "{:16} {:11} {:>5} {:>11} {:>9} {:>9} {:>9} {:>9} {:>9}",
        "what", "on", "conns", "requests/s", "p50 ms", "p95 ms", "p99 ms", "CPU µs", "writer µs"
    );

    let server = service::hello()?;
    for connections in CONNECTIONS {
        table.add(("hello", "HTTP", connections), measure(server.address, connections, seconds, &hello())?);
    }
    server.stop()?;

    for database in databases {
        if database == "SQLite" {
            on_sqlite(&mut table, &operations)?;
            continue;
        }
        match Postgres::start() {
            Ok(server) => on_postgres(&mut table, &server, &operations)?,
            Err(error) => println!("PostgreSQL skipped: {error}"),
        }
    }
    table.targets();
    starts()
}

/// Those that a word names; all if no word does.
fn chosen(words: &[String], all: &[&'static str]) -> Vec<&'static str> {
    let named = |one: &&&str| words.iter().any(|word| one.to_lowercase().contains(&word.to_lowercase()));
    let some: Vec<&str> = all.iter().filter(named).copied().collect();
    if some.is_empty() { all.to_vec() } else { some }
}

fn on_sqlite(table: &mut Table, operations: &[&'static str]) -> Result<()> {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let path = dir.path().join("sakin.db");
    let server = service::service(Target::Sqlite(path.clone()))?;
    let ids = service_under_load(table, ("SQLite", operations), &server, |_, _| Ok(()))?;
    let seconds = table.seconds;
    let in_turns: [(&'static str, &str, ceilings::Insert); 2] = [
        ("create crossing", "durable writes on SQLite / a commit per write", ceilings::crossing),
        ("person file", "durable events of looks on SQLite / a commit per event", ceilings::look),
    ];
    for (at, (what, label, insert)) in in_turns.into_iter().enumerate() {
        if operations.contains(&what) {
            let asked = |_| {
                let token = service::sign_in(server.address)?;
                Ok(measure(server.address, MANY, seconds, &requests(what, token, Arc::clone(&ids)))?.per_second)
            };
            let commits = |turn: usize| ceilings::commits(&path, insert, 1, at * TURNS + turn, seconds);
            table.compare(label.to_owned(), 5.0, asked, commits)?;
        }
    }
    server.stop()?;
    for (what, group) in [("commit each", 1), ("commit groups", 32)] {
        let per_second = ceilings::commits(&path, ceilings::crossing, group, 2 * TURNS, seconds)?;
        let found = ceilings::mean(per_second, 1_000.0 / per_second);
        table.add((what, "SQLite", MANY), found);
    }
    Ok(())
}

fn on_postgres(table: &mut Table, postgres: &Postgres, operations: &[&'static str]) -> Result<()> {
    let server = service::service(postgres.target())?;
    let reads = |table: &mut Table, ids: &[String]| through_pgbench(table, postgres, ids, ("reads", ceilings::reads));
    let ids = service_under_load(table, ("PostgreSQL", operations), &server, reads)?;
    server.stop()?;
    through_pgbench(table, postgres, &ids, ("writes", ceilings::writes))
}

fn through_pgbench(
    table: &mut Table,
    postgres: &Postgres,
    ids: &[String],
    (what, script): (&'static str, ceilings::Script),
) -> Result<()> {
    for connections in CONNECTIONS {
        let found = ceilings::pgbench(&postgres.url, ids, script, connections, table.seconds)?;
        table.add((what, "pgbench", connections), found);
    }
    Ok(())
}

/// Fills the database, then measures reads before writes, because the writes make the files longer. `between` runs on the filled database.
/// Answers with the ids of the files.
fn service_under_load(
    table: &mut Table,
    (on, operations): (&'static str, &[&'static str]),
    server: &Running,
    between: impl FnOnce(&mut Table, &[String]) -> Result<()>,
) -> Result<Arc<Vec<String>>> {
    let ids = service::fill(server.address, &service::sign_in(server.address)?)?;
    between(table, &ids)?;
    let ids = Arc::new(ids);
    for what in operations.iter().copied() {
        for connections in CONNECTIONS {
            let token = service::sign_in(server.address)?;
            let requests = requests(what, token, Arc::clone(&ids));
            table.add((what, on, connections), measure(server.address, connections, table.seconds, &requests)?);
        }
    }
    if operations.contains(&"health") {
        let (bare, seconds) = (service::hello()?, table.seconds);
        let rate = |address, requests: &Requests| Ok(measure(address, MANY, seconds, requests)?.per_second);
        let health = requests("health", String::new(), Arc::clone(&ids));
        let label = format!("health on {on} / hello");
        table.compare(label, 0.8, |_| rate(server.address, &health), |_| rate(bare.address, &hello()))?;
        bare.stop()?;
    }
    Ok(ids)
}

fn hello() -> Requests {
    Arc::new(|_| get("/hello", None))
}

fn requests(what: &'static str, token: String, ids: Arc<Vec<String>>) -> Requests {
    let pick = move |number: u64, of: u64| {
        usize::try_from(number % of).ok().and_then(|index| ids.get(index)).cloned().unwrap_or_default()
    };
    match what {
        "health" => Arc::new(|_| get("/livez", None)),
        "person file" => Arc::new(move |number| get(&format!("/api/v1/people/{}", pick(number, ASKED)), Some(&token))),
        "five-year answer" | "all eligibility" => Arc::new(move |number| {
            let route = if what == "five-year answer" { "&route=citizenship.general" } else { "" };
            let path = format!("/api/v1/people/{}/eligibility?valid_at=2026-11-23{route}", pick(number, ASKED));
            get(&path, Some(&token))
        }),
        _ => Arc::new(move |number| {
            let body = service::crossing_body(u32::try_from(number % 20).unwrap_or_default());
            let path = format!("/api/v1/people/{}/crossings", pick(number, 1_000));
            // Random, as clients choose them.
            post(&path, &token, &Uuid::new_v4().to_string(), &body)
        }),
    }
}

/// The shipped program on the demonstration's database: made by `demo`, then opened by `serve`.
fn starts() -> Result<()> {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    println!("\nThe program on the demonstration's database");
    for (command, label) in [("demo", "sakin demo, which makes it"), ("serve", "sakin serve, which finds it there")] {
        match binary::start(command, dir.path()) {
            Ok(started) => println!(
                "{label:40} first answer after {:4} ms, idle memory {:5.1} MiB",
                started.took.as_millis(),
                started.resident_mib
            ),
            Err(error) => println!("{label:40} skipped: {error}"),
        }
    }
    Ok(())
}
