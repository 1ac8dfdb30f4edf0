//! Five hundred people sign in at once (fault F20): the shipped program hashes on its few threads and holds their memory and no more, turns
//! the rest away with a time to come back, and everybody who is signed in works on.

use std::io::Write as _;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::harness::{Backend, Database, Program, Served};

const PASSWORD: &str = "a long password for tests";
const EMAIL: &str = "officer@office.example";
const SIGN_INS: usize = 500;
/// Memory of one hash, MiB: the default of the settings.
const HASH_MIB: f64 = 64.0;
/// What else may grow: connections and their buffers.
const BESIDE_MIB: f64 = 32.0;
/// Requests of people who are signed in: 200 a second.
const PACE: Duration = Duration::from_millis(5);

fn make_officer(program: &Program) {
    let arguments =
        ["user", "create", "--role", "caseworker", "--office", "Bakı", "--email", EMAIL, "--name", "Officer"];
    let mut process = program.command(&arguments).stdin(Stdio::piped()).spawn().unwrap();
    writeln!(process.stdin.take().unwrap(), "{PASSWORD}").unwrap();
    assert!(process.wait().unwrap().success());
}

async fn sign_in(client: &reqwest::Client, base: &str, email: &str) -> reqwest::Response {
    let body = json!({ "email": email, "password": PASSWORD });
    client.post(format!("{base}/api/v1/sign-in")).json(&body).send().await.unwrap()
}

/// Requests under a token at their pace until told to stop; how many, and the statuses that were no success.
async fn traffic(client: reqwest::Client, base: String, token: String, stop: Arc<AtomicBool>) -> (usize, Vec<u16>) {
    let mut running = JoinSet::new();
    let mut ticks = tokio::time::interval(PACE);
    let mut sent = 0;
    while !stop.load(Ordering::Relaxed) {
        ticks.tick().await;
        let request = client.get(format!("{base}/api/v1/me")).bearer_auth(&token);
        running.spawn(async move { request.send().await.unwrap().status().as_u16() });
        sent += 1;
    }
    let statuses = running.join_all().await;
    (sent, statuses.into_iter().filter(|status| *status != 200).collect())
}

async fn the_crowd_is_bounded(served: &Served) {
    let client = reqwest::Client::builder().pool_max_idle_per_host(SIGN_INS).build().unwrap();
    let signed_in: Value = sign_in(&client, &served.base, EMAIL).await.json().await.unwrap();
    let token = signed_in["access_token"].as_str().unwrap().to_owned();
    let stop = Arc::new(AtomicBool::new(false));
    let others = tokio::spawn(traffic(client.clone(), served.base.clone(), token, Arc::clone(&stop)));
    tokio::time::sleep(Duration::from_millis(500)).await;
    let before = served.mib("VmRSS");

    let begin = Instant::now();
    let mut crowd = JoinSet::new();
    for number in 0..SIGN_INS {
        let (client, base) = (client.clone(), served.base.clone());
        crowd.spawn(async move {
            let answer = sign_in(&client, &base, &format!("nobody{number}@office.example")).await;
            let again =
                answer.headers().get("retry-after").map(|seconds| seconds.to_str().unwrap().parse::<u32>().unwrap());
            (answer.status().as_u16(), again, begin.elapsed())
        });
    }
    let answers = crowd.join_all().await;
    stop.store(true, Ordering::Relaxed);
    let (sent, failed) = others.await.unwrap();
    let growth = served.mib("VmHWM") - before;

    let hashing = served.threads("password-");
    let cores = std::thread::available_parallelism().unwrap().get();
    let turned_away: Vec<_> = answers.iter().filter(|(status, ..)| *status != 401).collect();
    let slowest = turned_away.iter().map(|(.., took)| *took).max().unwrap_or_default();
    println!(
        "{} of {SIGN_INS} turned away, the last after {slowest:.1?}; {sent} other requests, {} failed; {hashing} hashing threads, {growth:.0} MiB more",
        turned_away.len(),
        failed.len()
    );
    assert!(failed.is_empty(), "{} of {sent} other requests failed: {failed:?}", failed.len());
    assert!(sent > 50, "the others were busy, too: {sent}");
    assert!(hashing <= (cores / 2).max(1), "{hashing} hashing threads on {cores} cores");
    let bound = f64::from(u32::try_from(hashing).unwrap()) * HASH_MIB + BESIDE_MIB;
    assert!(growth <= bound, "{growth:.0} MiB more, at most {bound:.0}");
    assert!(!turned_away.is_empty() && turned_away.len() < SIGN_INS);
    for (status, again, _) in turned_away {
        assert!([429, 503].contains(status) && again.is_some(), "{status}, Retry-After: {again:?}");
    }
}

async fn on(backend: Backend) {
    let Some(database) = Database::fresh(backend) else {
        eprintln!("skipped: no PostgreSQL on this machine");
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let program = Program::on(dir.path()).with_database(&database);
    let program = program.with("SAKIN_AUTH_ARGON2_M_KIB", "65536").with("SAKIN_AUTH_ARGON2_T", "3");
    // They come through one proxy of one office.
    let program = program.with("SAKIN_AUTH_TRIES_PER_MINUTE", "1000");
    make_officer(&program);
    the_crowd_is_bounded(&program.serve()).await;
}

#[tokio::test]
async fn sqlite() {
    on(Backend::Sqlite).await;
}

#[tokio::test]
async fn postgres() {
    on(Backend::Postgres).await;
}
