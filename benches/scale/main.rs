//! Queues and files at full size: a register of invented people is made straight in the database, then the service answers from it.
//!
//! `cargo bench --bench scale [-- PEOPLE WORD…]`: so many people on PostgreSQL (100,000) and a tenth of them on SQLite, each with twenty
//! crossings and three permits and addresses, every fifth with a case. Words choose databases and operations; `SAKIN_BENCH_SECONDS` is the
//! length of each measurement (3). The people follow from a seed and their numbers, so every run asks about the same ones;
//! `SAKIN_BENCH_SEED=2` makes others. At the end each operation stands beside the target, and a statement that reads a big table through
//! fails the run. With `SAKIN_BENCH_PLANS=1` every plan is printed.

#[path = "../common/mod.rs"]
mod common;
mod load;
mod operations;
mod plans;
mod population;
mod rows;
mod tables;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use sakin::db::{Target, migrate};

use self::client::{Connection, Measured, measure, runtime};
use self::common::{client, server};
use self::operations::{CALLERS, Sample};
use self::population::Population;
use self::server::{Postgres, Running, settings};

type Failure = Box<dyn std::error::Error + Send + Sync>;
type Result<T, E = Failure> = std::result::Result<T, E>;

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const CONNECTIONS: [usize; 2] = [1, 8];
/// Longest that nineteen of twenty answers take, ms.
const P95_MS: f64 = 10.0;
/// People on PostgreSQL, unless a number is given; SQLite has a tenth.
const PEOPLE: u64 = 100_000;

/// What was measured.
struct Found {
    what: String,
    connections: usize,
    measured: Measured,
}

struct Bench {
    words: Vec<String>,
    seconds: u64,
    found: Vec<Found>,
    faults: usize,
}

impl Bench {
    fn chosen(&self, name: &str, among: &[&str]) -> bool {
        let mut words = self.words.iter().filter(|word| among.iter().any(|one| one.contains(word.as_str()))).peekable();
        words.peek().is_none() || words.any(|word| name.contains(word.as_str()))
    }

    /// Fills nothing: measures every operation of every caller on a full database, then has its statements planned.
    fn measured(&mut self, on: &str, target: &Target, all: Population) -> Result<()> {
        let mut config = settings();
        let plenty = 1_000_000_000;
        config.limits.files_per_hour = plenty;
        config.limits.files_per_hour_soft = plenty;
        config.limits.searches_per_minute = plenty;
        let server = server::started(target.clone(), &config, operations::accounts()?)?;
        if let Target::Postgres { url, .. } = target {
            plans::count_anew(url)?;
        }
        let statements = self.answers(on, &server, all)?;
        server.stop()?;
        println!("\nPlans on {on}");
        self.faults += match target {
            Target::Sqlite(path) => plans::sqlite(path, &statements)?,
            Target::Postgres { url, .. } => plans::postgres(url, &statements)? + plans::counted(url)?,
        };
        Ok(())
    }

    /// Answers with the statements that the service sent.
    fn answers(&mut self, on: &str, server: &Running, all: Population) -> Result<Vec<String>> {
        let mut statements = Vec::new();
        println!(
            "\n{:44} {:>5} {:>11} {:>9} {:>9} {:>9} {:>9}",
            "what", "conns", "requests/s", "p50 ms", "p95 ms", "p99 ms", "CPU µs"
        );
        for caller in CALLERS {
            let token = || server::sign_in(server.address, caller.email);
            let sample = Arc::new(Sample::of(all, &caller, server.address, &token()?)?);
            let unsigned = operations::all(&caller, &sample, "");
            let names: Vec<&str> = unsigned.iter().map(|(name, _)| *name).collect();
            for (place, name) in names.iter().enumerate() {
                if !self.chosen(name, &names) {
                    continue;
                }
                for connections in CONNECTIONS {
                    let requests = operations::all(&caller, &sample, &token()?);
                    let Some((_, requests)) = requests.get(place) else { continue };
                    statements.extend(plans::heard(|| once(server.address, &requests(0)))?);
                    let measured = measure(server.address, connections, self.seconds, requests)?;
                    self.add(format!("{on}, {}: {name}", caller.name), connections, measured);
                }
            }
        }
        statements.sort();
        statements.dedup();
        Ok(statements)
    }

    fn add(&mut self, what: String, connections: usize, measured: Measured) {
        let Measured { per_second, p50, p95, p99, failed, cpu } = &measured;
        let failed = if *failed > 0 { format!("  FAILED {failed}") } else { String::new() };
        println!(
            "{what:44} {connections:5} {per_second:11.0} {p50:9.2} {p95:9.2} {p99:9.2} {:9.0}{failed}",
            cpu.service
        );
        self.found.push(Found { what, connections, measured });
    }

    /// Prints each beside the target.
    fn targets(&self) {
        println!("\np95 of at most {P95_MS} ms");
        for Found { what, connections, measured } in &self.found {
            let kept = measured.p95 <= P95_MS && measured.failed == 0;
            println!("{what:44} {connections:5} {:9.2} {}", measured.p95, if kept { "OK" } else { "ABOVE" });
        }
        println!("CPU of the thread that writes SQLite, at most: {:.0} µs", self.most_of_writer());
    }

    fn most_of_writer(&self) -> f64 {
        self.found.iter().map(|found| found.measured.cpu.writer).fold(0.0, f64::max)
    }
}

/// Asks once.
fn once(address: SocketAddr, request: &str) -> Result<()> {
    runtime()?.block_on(async { Connection::open(address).await?.json(request).await.map(drop) })
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let people = arguments.iter().find_map(|word| word.parse().ok()).unwrap_or(PEOPLE);
    let words = arguments.into_iter().filter(|word| word.parse::<u64>().is_err()).map(|word| word.to_lowercase());
    let number = |name: &str, usual: u64| std::env::var(name).map_or(Ok(usual), |text| text.parse());
    let (seconds, seed) = (number("SAKIN_BENCH_SECONDS", 3)?, number("SAKIN_BENCH_SEED", 1)?);
    let mut bench = Bench { words: words.collect(), seconds, found: Vec::new(), faults: 0 };
    plans::prepare()?;
    let begin = Instant::now();
    for database in ["sqlite", "postgres"] {
        if !bench.chosen(database, &["sqlite", "postgres"]) {
            continue;
        }
        if database == "sqlite" {
            let all = Population { seed, people: people / 10 };
            println!("\n{} people on SQLite", all.people);
            let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
            let path = dir.path().join("sakin.db");
            migrate(&Target::Sqlite(path.clone()))?;
            load::sqlite(&path, &all)?;
            bench.measured("SQLite", &Target::Sqlite(path), all)?;
            continue;
        }
        let all = Population { seed, people };
        println!("\n{} people on PostgreSQL", all.people);
        match Postgres::start() {
            Ok(server) => {
                migrate(&server.target())?;
                load::postgres(&server.url, &all)?;
                bench.measured("PostgreSQL", &server.target(), all)?;
            }
            Err(error) => println!("PostgreSQL skipped: {error}"),
        }
    }
    bench.targets();
    println!("{:.0} s in all", begin.elapsed().as_secs_f64());
    if bench.faults > 0 {
        return Err(format!("FULL SCAN {} times", bench.faults).into());
    }
    Ok(())
}
