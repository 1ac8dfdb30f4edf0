//! `kill -9` in the middle of a thousand writes: every write that was acknowledged is there after the restart, with its event.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sakin::db::Target;
use serde_json::{Value, json};

use crate::harness::{Backend, Database};

const PASSWORD: &str = "a long password for tests";
const WRITES: usize = 1_000;
const WRITERS: usize = 16;

/// The shipped program as a process of its own.
struct Served {
    process: Child,
    base: String,
}

fn program(database: &Database, dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sakin"));
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).current_dir(dir);
    command.env("SAKIN_AUTH_ARGON2_M_KIB", "19456").env("SAKIN_AUTH_ARGON2_T", "2").env("SAKIN_DATA_DIR", dir);
    command.env(
        "SAKIN_DATABASE_URL",
        match database.target() {
            Target::Sqlite(path) => format!("sqlite://{}", path.display()),
            Target::Postgres { url, .. } => url,
        },
    );
    command
}

impl Served {
    fn start(database: &Database, dir: &Path) -> Self {
        let mut serve = program(database, dir);
        serve.args(["serve", "--bind", "127.0.0.1:0"]).stderr(Stdio::piped()).stdout(Stdio::null());
        let mut process = serve.spawn().unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let mut said = Vec::new();
        let base = loop {
            let line = lines.next().unwrap_or_else(|| panic!("it ended: {said:?}")).unwrap();
            if let Some((_, rest)) = line.split_once("listening  ") {
                break rest.split_whitespace().next().unwrap().to_owned();
            }
            said.push(line);
        };
        // Whatever it says later must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, base }
    }

    async fn token(&self, client: &reqwest::Client) -> String {
        let body = json!({ "email": "officer@office.example", "password": PASSWORD });
        let answer = client.post(format!("{}/api/v1/sign-in", self.base)).json(&body).send().await.unwrap();
        answer.json::<Value>().await.unwrap()["access_token"].as_str().unwrap().to_owned()
    }

    /// SIGKILL: no handler runs, nothing is flushed.
    fn kill(self) {
        drop(self);
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

fn make_officer(database: &Database, dir: &Path) {
    let mut create = program(database, dir);
    create.args(["user", "create", "--role", "caseworker", "--office", "Bakı", "--email", "officer@office.example"]);
    create.args(["--name", "Officer"]).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut process = create.spawn().unwrap();
    writeln!(process.stdin.take().unwrap(), "{PASSWORD}").unwrap();
    assert!(process.wait().unwrap().success());
}

async fn register(client: &reqwest::Client, served: &Served, token: &str) -> String {
    let post = |path: &str, body: Value| {
        let request = client.post(format!("{}{path}", served.base)).bearer_auth(token).json(&body);
        request.header("idempotency-key", uuid::Uuid::new_v4().to_string()).send()
    };
    let found: Value = post("/api/v1/people/search", json!({ "name": "Nümunə" })).await.unwrap().json().await.unwrap();
    let new = json!({ "names": [ { "full_name_as_printed": "Nümunə" } ], "search_token": found["search_token"] });
    let made: Value = post("/api/v1/people", new).await.unwrap().json().await.unwrap();
    format!("/api/v1/people/{}", made["id"].as_str().unwrap_or_else(|| panic!("{made}")))
}

/// Writers record crossings until the service dies under them; answers with the ids that were acknowledged.
async fn write_until_killed(client: &reqwest::Client, served: Served, token: &str, person: &str) -> HashSet<String> {
    let acknowledged = Arc::new(Mutex::new(HashSet::new()));
    let started = Arc::new(AtomicUsize::new(0));
    let url = format!("{}{person}/crossings", served.base);
    let writers = (0..WRITERS).map(|_| {
        let (client, token, url) = (client.clone(), token.to_owned(), url.clone());
        let (acknowledged, started) = (Arc::clone(&acknowledged), Arc::clone(&started));
        tokio::spawn(async move {
            while started.fetch_add(1, Ordering::Relaxed) < WRITES {
                let body = json!({ "direction": "entry", "crossed_on": "2020-01-01", "source": "border" });
                let key = uuid::Uuid::new_v4().to_string();
                let request = client.post(&url).bearer_auth(&token).json(&body).header("idempotency-key", key);
                let Ok(answer) = request.send().await else { return };
                assert!(answer.status() == 201 || answer.status() == 503, "{}", answer.status());
                if answer.status() == 201
                    && let Ok(made) = answer.json::<Value>().await
                {
                    acknowledged.lock().unwrap().insert(made["id"].as_str().unwrap().to_owned());
                }
            }
        })
    });
    let writers: Vec<_> = writers.collect();
    // Well in the middle: some hundred writes are acknowledged, and some are under way.
    while acknowledged.lock().unwrap().len() < WRITES / 3 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    served.kill();
    for writer in writers {
        writer.await.unwrap();
    }
    let acknowledged = acknowledged.lock().unwrap();
    acknowledged.clone()
}

async fn recorded(client: &reqwest::Client, served: &Served, token: &str, person: &str) -> HashSet<String> {
    let mut ids = HashSet::new();
    let mut next = Some(format!("{person}/crossings?limit=100"));
    while let Some(path) = next {
        let answer = client.get(format!("{}{path}", served.base)).bearer_auth(token).send().await.unwrap();
        let page: Value = answer.json().await.unwrap();
        ids.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        next = page["next"].as_str().map(str::to_owned);
    }
    ids
}

async fn nothing_acknowledged_is_lost(backend: Backend) {
    let Some(database) = Database::fresh(backend) else {
        eprintln!("skipped: no PostgreSQL on this machine");
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    make_officer(&database, dir.path());
    let client = reqwest::Client::new();
    let served = Served::start(&database, dir.path());
    let token = served.token(&client).await;
    let person = register(&client, &served, &token).await;
    let acknowledged = write_until_killed(&client, served, &token, &person).await;

    let served = Served::start(&database, dir.path());
    let recorded = recorded(&client, &served, &token, &person).await;
    let lost: Vec<_> = acknowledged.difference(&recorded).collect();
    served.kill();
    assert!(acknowledged.len() >= WRITES / 3);
    assert!(lost.is_empty(), "{} of {} acknowledged writes are lost", lost.len(), acknowledged.len());
    assert!(recorded.len() <= acknowledged.len() + WRITERS, "more is there than was ever asked for");
    assert_eq!(
        database.count("audit_event WHERE action = 40"),
        i64::try_from(recorded.len()).unwrap(),
        "an event per write"
    );
}

#[tokio::test]
async fn sqlite() {
    nothing_acknowledged_is_lost(Backend::Sqlite).await;
}

#[tokio::test]
async fn postgres() {
    nothing_acknowledged_is_lost(Backend::Postgres).await;
}
