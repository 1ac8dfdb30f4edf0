//! Five hundred sign-ins at once beside 200 requests a second of people who are signed in (fault F20): what the crowd does to the others'
//! tail, and how much memory it takes. Paced, unlike the other measurements: a closed loop would be slowed by what it measures.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use sakin::db::Target;
use serde_json::json;
use tokio::task::JoinSet;

use crate::Result;
use crate::client::{Connection, get, runtime};
use crate::server::sign_in_request;
use crate::service;

const SIGN_INS: u32 = 500;
/// Others, each with a connection of its own and a request every 40 ms: 200 a second.
const OTHERS: u32 = 8;
const PACE: Duration = Duration::from_millis(40);
/// Most that the others' tail may grow.
const RATIO: f64 = 2.0;
/// What one hash takes and what the rest may take, MiB.
const HASH_MIB: f64 = 64.0;
const BESIDE_MIB: f64 = 32.0;

/// How the crowd was answered.
#[derive(Default)]
struct Answers {
    hashed: AtomicU32,
    turned_away: AtomicU32,
    failed: AtomicU32,
}

/// Measures the others alone, then beside the crowd, and prints both.
pub(crate) fn run(seconds: u64) -> Result<()> {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let server = service::service(Target::Sqlite(dir.path().join("sakin.db")))?;
    let token = service::sign_in(server.address)?;
    println!("\n{SIGN_INS} sign-ins beside {} requests/s under a token, on SQLite", 1_000 * OTHERS / 40);
    let alone = others(server.address, &token, seconds)?;
    let before = mib("VmRSS:")?;
    let (answers, stop) = (Arc::new(Answers::default()), Arc::new(AtomicBool::new(false)));
    let crowd = crowd(server.address, Arc::clone(&answers), Arc::clone(&stop));
    let beside = others(server.address, &token, seconds);
    let after = mib("VmRSS:")?;
    stop.store(true, Ordering::Relaxed);
    crowd.join().map_err(|_| "a client of the crowd panicked")??;
    server.stop()?;
    let beside = beside?;

    let hashing = hashing_threads()?;
    let count = |of: &AtomicU32| of.load(Ordering::Relaxed);
    println!("alone       p50 {:8.2} ms  p99 {:8.2} ms  failed {}", alone.p50, alone.p99, alone.failed);
    println!("beside      p50 {:8.2} ms  p99 {:8.2} ms  failed {}", beside.p50, beside.p99, beside.failed);
    println!(
        "sign-ins    hashed {}, turned away {}, failed {}",
        count(&answers.hashed),
        count(&answers.turned_away),
        count(&answers.failed)
    );
    let ratio = beside.p99 / alone.p99;
    println!("p99 ratio   {ratio:6.2} (at most {RATIO:4.2}) {}", verdict(ratio <= RATIO));
    // The server shares this process with the crowd, whose connections count here, too.
    let bound = f64::from(hashing) * HASH_MIB + BESIDE_MIB;
    let growth = after - before;
    println!(
        "memory      {growth:6.1} MiB more (at most {bound:.0} with {hashing} hashing threads) {}",
        verdict(growth <= bound)
    );
    Ok(())
}

fn verdict(kept: bool) -> &'static str {
    if kept { "OK" } else { "ABOVE" }
}

struct Others {
    p50: f64,
    p99: f64,
    failed: u32,
}

/// Paced requests of people who are signed in. A request's time runs from when it was due, so that a stall counts for all it delayed.
fn others(address: SocketAddr, token: &str, seconds: u64) -> Result<Others> {
    let request = get("/api/v1/me", Some(token));
    let end = Instant::now() + Duration::from_secs(seconds);
    let (mut latencies, failed) = runtime()?.block_on(async {
        let mut clients = JoinSet::new();
        for number in 0..OTHERS {
            clients.spawn(other(address, request.clone(), Instant::now() + PACE * number / OTHERS, end));
        }
        let (mut latencies, mut failed) = (Vec::new(), 0);
        while let Some(client) = clients.join_next().await {
            let (some, wrong) = client??;
            latencies.extend(some);
            failed += wrong;
        }
        Ok::<_, crate::Failure>((latencies, failed))
    })?;
    latencies.sort_unstable();
    let quantile = |percent: usize| {
        latencies.get(latencies.len() * percent / 100).copied().unwrap_or_default().as_secs_f64() * 1_000.0
    };
    Ok(Others { p50: quantile(50), p99: quantile(99), failed })
}

async fn other(
    address: SocketAddr,
    request: String,
    mut due: Instant,
    end: Instant,
) -> io::Result<(Vec<Duration>, u32)> {
    let mut connection = Connection::open(address).await?;
    let (mut latencies, mut failed) = (Vec::new(), 0);
    while due < end {
        tokio::time::sleep_until(due.into()).await;
        let (status, _) = connection.send(&request).await?;
        if status == 200 {
            latencies.push(due.elapsed());
        } else {
            failed += 1;
        }
        due += PACE;
    }
    Ok((latencies, failed))
}

/// Everybody signs in at once; who is turned away comes back after the two seconds that the answer asks for.
fn crowd(address: SocketAddr, answers: Arc<Answers>, stop: Arc<AtomicBool>) -> JoinHandle<io::Result<()>> {
    std::thread::spawn(move || {
        runtime()?.block_on(async {
            let mut clients = JoinSet::new();
            for number in 0..SIGN_INS {
                clients.spawn(one_of_many(address, number, Arc::clone(&answers), Arc::clone(&stop)));
            }
            while let Some(client) = clients.join_next().await {
                client.map_err(io::Error::other)??;
            }
            Ok(())
        })
    })
}

async fn one_of_many(address: SocketAddr, number: u32, answers: Arc<Answers>, stop: Arc<AtomicBool>) -> io::Result<()> {
    let body =
        json!({ "email": format!("nobody{number}@office.example"), "password": "no password of anybody" }).to_string();
    let request = sign_in_request(&body);
    while !stop.load(Ordering::Relaxed) {
        let (status, _) = Connection::open(address).await?.send(&request).await?;
        let counter = match status {
            401 => &answers.hashed,
            429 | 503 => &answers.turned_away,
            _ => &answers.failed,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        if status != 401 {
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
    }
    Ok(())
}

/// A line of this process's status.
fn mib(label: &str) -> Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(label));
    let kib: u32 = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).ok_or("no such line")?;
    Ok(f64::from(kib) / 1024.0)
}

fn hashing_threads() -> Result<u32> {
    let cores = std::thread::available_parallelism()?.get();
    Ok(u32::try_from((cores / 2).max(1))?)
}
