//! Does the time of a refused sign-in tell why it was refused (row AU1)? Attackers ask one after the other and compare; so does this: one
//! connection, the reasons in turn, 400 tries of each, their medians and the Mann-Whitney test for every two of them.

use std::time::Instant;

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection, SqliteConnection};
use sakin::config::Config;
use sakin::db::Target;
use serde_json::json;

use crate::client::{Connection, runtime};
use crate::server::{PASSWORD, Postgres, settings, sign_in_request};
use crate::service;
use crate::{Result, chosen};

/// Tries of each kind, after some to warm up.
const TRIES: usize = 400;
const WARM_UP: usize = 20;
/// Medians may lie so far apart, ms.
const APART_MS: f64 = 2.0;
/// A smaller chance of so unequal ranks is no chance.
const CHANCE: f64 = 0.01;

/// One reason to refuse.
struct Reason {
    name: &'static str,
    email: String,
    password: &'static str,
    /// ms.
    times: Vec<f64>,
}

impl Reason {
    fn all() -> Vec<Self> {
        let wrong = "no password of anybody";
        let reason = |name: &'static str, password| {
            let email = format!("{}@office.example", name.replace(' ', "."));
            Self { name, email, password, times: Vec::new() }
        };
        vec![
            reason(UNKNOWN, wrong),
            reason("wrong password", wrong),
            reason(LOCKED, PASSWORD),
            reason("invited", PASSWORD),
            reason("disabled", PASSWORD),
        ]
    }
}

const UNKNOWN: &str = "unknown";
const LOCKED: &str = "locked";

/// Measures on each database and prints what is found.
pub(crate) fn run(words: &[String]) -> Result<()> {
    for database in chosen(words, &crate::DATABASES) {
        if database == "SQLite" {
            let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
            on(database, &Target::Sqlite(dir.path().join("sakin.db")))?;
        } else {
            match Postgres::start() {
                Ok(server) => on(database, &server.target())?,
                Err(error) => println!("PostgreSQL skipped: {error}"),
            }
        }
    }
    Ok(())
}

fn on(database: &str, target: &Target) -> Result<()> {
    // The cheapest hash that production accepts hides the least.
    let mut config = settings();
    (config.auth.argon2_m_kib, config.auth.argon2_t) = (19_456, 2);
    config.auth.tries_per_minute = 1_000_000;
    let reasons = measured(target, &config)?;
    println!("\nRefused sign-ins on {database}, {TRIES} of each in turn");
    for Reason { name, times, .. } in &reasons {
        println!("{name:15} median {:7.3} ms  p95 {:7.3} ms", quantile(times, 50), quantile(times, 95));
    }
    for (number, a) in reasons.iter().enumerate() {
        for b in reasons.iter().skip(number + 1) {
            let apart = (quantile(&a.times, 50) - quantile(&b.times, 50)).abs();
            let chance = mann_whitney(&a.times, &b.times);
            let verdict = if apart <= APART_MS && chance > CHANCE { "OK" } else { "TELLS" };
            let pair = format!("{} / {}", a.name, b.name);
            println!("{pair:28} medians {apart:6.3} ms apart, p = {chance:.3} {verdict}");
        }
    }
    Ok(())
}

/// The reasons with their times, sorted.
fn measured(target: &Target, config: &Config) -> Result<Vec<Reason>> {
    let mut reasons = Reason::all();
    let known = reasons.iter().filter(|reason| reason.name != UNKNOWN).map(|reason| reason.email.clone());
    let server = service::started(target.clone(), config, &known.collect::<Vec<_>>())?;
    change(
        target,
        "UPDATE account SET password = NULL WHERE email = 'invited@office.example';
         UPDATE account SET disabled_at = 1 WHERE email = 'disabled@office.example';",
    )?;
    runtime()?.block_on(async {
        let mut connection = Connection::open(server.address).await?;
        // A hundred failures lock until the day ends.
        for locked in reasons.iter().filter(|reason| reason.name == LOCKED) {
            try_once(&mut connection, &locked.email, "no password of anybody").await?;
            change(target, "UPDATE failed_try SET failures = 100")?;
        }
        for round in 0..WARM_UP + TRIES {
            // Each comes first, second, … equally often, in both directions: whoever comes first after the change below has it slower.
            if round % reasons.len() == 0 {
                reasons.reverse();
            }
            reasons.rotate_left(1);
            for reason in &mut reasons {
                let took = try_once(&mut connection, &reason.email, reason.password).await?;
                if round >= WARM_UP {
                    reason.times.push(took);
                }
            }
            // Or they would be locked next.
            change(target, "DELETE FROM failed_try WHERE failures < 100")?;
        }
        Ok::<_, crate::Failure>(())
    })?;
    server.stop()?;
    reasons.iter_mut().for_each(|reason| reason.times.sort_unstable_by(f64::total_cmp));
    Ok(reasons)
}

async fn try_once(connection: &mut Connection, email: &str, password: &str) -> Result<f64> {
    let body = json!({ "email": email, "password": password }).to_string();
    let request = sign_in_request(&body);
    let sent = Instant::now();
    let (status, _) = connection.send(&request).await?;
    let took = sent.elapsed().as_secs_f64() * 1_000.0;
    if status == 401 { Ok(took) } else { Err(format!("{email}: {status}").into()) }
}

fn change(target: &Target, statements: &str) -> Result<()> {
    match target {
        Target::Sqlite(path) => {
            let mut conn = SqliteConnection::establish(path.to_str().ok_or("no UTF-8")?)?;
            conn.batch_execute(&format!("PRAGMA busy_timeout = 5000; {statements}"))?;
        }
        Target::Postgres { url, .. } => PgConnection::establish(url)?.batch_execute(statements)?,
    }
    Ok(())
}

fn quantile(sorted: &[f64], percent: usize) -> f64 {
    sorted.get(sorted.len() * percent / 100).copied().unwrap_or(f64::NAN)
}

/// The chance of ranks as unequal as these if both came from the same source: the normal approximation, good for hundreds.
fn mann_whitney(a: &[f64], b: &[f64]) -> f64 {
    let mut wins = 0.0;
    for one in a {
        for other in b {
            wins += match one.total_cmp(other) {
                std::cmp::Ordering::Greater => 1.0,
                std::cmp::Ordering::Equal => 0.5,
                std::cmp::Ordering::Less => 0.0,
            };
        }
    }
    let count = |of: &[f64]| f64::from(u32::try_from(of.len()).unwrap_or(u32::MAX));
    let (a, b) = (count(a), count(b));
    let deviation = (a * b * (a + b + 1.0) / 12.0).sqrt();
    two_tails((wins - a * b / 2.0).abs() / deviation)
}

/// Both tails of the normal distribution beyond `z` (Abramowitz and Stegun, 26.2.17; exact to 1e-7).
fn two_tails(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z);
    let series = [0.319_381_53, -0.356_563_782, 1.781_477_937, -1.821_255_978, 1.330_274_429];
    let sum = series.iter().rev().fold(0.0, |sum, factor| t * (factor + sum));
    2.0 * (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt() * sum
}
