//! The service under load: in this process, on a durable database, with a thousand invented files that came in through its own API.

use std::future::Future;
use std::io::{self, BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use actix_web::{HttpServer, rt, web};
use sakin::access::policy::Role;
use sakin::clock::Clock;
use sakin::config::Config;
use sakin::db::{Reach, Target, migrate};
use sakin::identity::NewAccount;
use sakin::keys::Keys;
use sakin::web::{Parts, Server, add_account, assemble, law};
use serde_json::json;
use tokio::task::JoinSet;

use crate::client::{Connection, post, runtime};
use crate::{Failure, Result};

const EMAIL: &str = "bench@office.example";
pub(crate) const PASSWORD: &str = "a long password for the bench";
/// Files in the database.
const PERSONS: usize = 1_000;
/// Crossings of each.
const CROSSINGS: u32 = 20;
/// Clients that fill the database.
const WRITERS: usize = 64;

/// A server on threads of this process.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    handle: ServerHandle,
    thread: JoinHandle<io::Result<()>>,
}

impl Running {
    fn start<F>(
        address: SocketAddr,
        serve: impl FnOnce(mpsc::Sender<ServerHandle>) -> F + Send + 'static,
    ) -> Result<Self>
    where
        F: Future<Output = io::Result<()>>,
    {
        let (started, handle) = mpsc::channel();
        let thread = std::thread::spawn(move || rt::System::new().block_on(serve(started)));
        Ok(Self { address, handle: handle.recv()?, thread })
    }

    pub(crate) fn stop(self) -> Result<()> {
        runtime()?.block_on(self.handle.stop(false));
        Ok(self.thread.join().map_err(|_| "the server panicked")??)
    }
}

/// The ceiling of HTTP: the same framework with the same workers, answering a word.
pub(crate) fn hello() -> Result<Running> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let workers = std::thread::available_parallelism()?.get();
    Running::start(listener.local_addr()?, move |started| async move {
        let app = || actix_web::App::new().route("/hello", web::get().to(async || "hello"));
        let server = HttpServer::new(app).workers(workers).listen(listener)?.run();
        drop(started.send(server.handle()));
        server.await
    })
}

/// The service on an empty database, with one caseworker.
pub(crate) fn service(target: Target) -> Result<Running> {
    started(target, &settings(), &[EMAIL.to_owned()])
}

/// Settings for one account that does the work of thousands.
pub(crate) fn settings() -> Config {
    let mut config = Config::default();
    config.limits.files_per_hour = 100_000;
    config.limits.files_per_hour_soft = 100_000;
    config.limits.searches_per_minute = 100_000;
    config.server.bind = SocketAddr::from(([127, 0, 0, 1], 0));
    config
}

/// The service on an empty database, with these caseworkers.
pub(crate) fn started(target: Target, config: &Config, emails: &[String]) -> Result<Running> {
    migrate(&target)?;
    let law = law::load(None, "az")?;
    let keys = Arc::new(Keys::ephemeral()?);
    let app = assemble(Parts { target, keys, clock: Clock::system(), law }, config)?;
    for email in emails {
        let new = NewAccount {
            email: email.parse()?,
            display_name: "Bench".to_owned(),
            role: Role::Caseworker,
            reach: Reach::Office,
            office: Some("Bench".to_owned()),
            organisation: None,
            person: None,
            password: PASSWORD.to_owned().into(),
        };
        runtime()?.block_on(add_account(&app, new))?;
    }
    let server = Server::bind(app, config, None)?;
    Running::start(server.address()?, |started| server.run(move |handle| drop(started.send(handle))))
}

/// The bytes of a try to sign in.
pub(crate) fn sign_in_request(body: &str) -> String {
    format!(
        "POST /api/v1/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Signs in; the token lives ten minutes.
pub(crate) fn sign_in(address: SocketAddr) -> Result<String> {
    let body = json!({ "email": EMAIL, "password": PASSWORD }).to_string();
    let request = sign_in_request(&body);
    runtime()?.block_on(async {
        let answer = Connection::open(address).await?.json(&request).await?;
        Ok(text(&answer, "access_token")?)
    })
}

fn text(answer: &serde_json::Value, member: &str) -> Result<String, String> {
    let value = answer.get(member).and_then(serde_json::Value::as_str);
    value.map(str::to_owned).ok_or_else(|| format!("no {member} in {answer}"))
}

/// Registers the files. Answers with their ids.
pub(crate) fn fill(address: SocketAddr, token: &str) -> Result<Vec<String>> {
    runtime()?.block_on(async {
        let mut writers = JoinSet::new();
        for writer in 0..WRITERS {
            let token = token.to_owned();
            writers.spawn(async move {
                let mut connection = Connection::open(address).await?;
                let mut ids = Vec::new();
                for number in (writer..PERSONS).step_by(WRITERS) {
                    ids.push(register(&mut connection, &token, number).await?);
                }
                Ok::<_, Failure>(ids)
            });
        }
        let mut ids = Vec::new();
        while let Some(some) = writers.join_next().await {
            ids.extend(some??);
        }
        Ok(ids)
    })
}

async fn register(connection: &mut Connection, token: &str, number: usize) -> Result<String> {
    let name = format!("Nümunə Şəxs {}", letters(number));
    let search = json!({ "name": name }).to_string();
    let found = connection.json(&post("/api/v1/people/search", token, &format!("s{number}"), &search)).await?;
    let new = json!({
        "names": [ { "full_name_as_printed": name } ], "birth_date": "1985-06-15", "sex": 1, "nationalities": [ { "code": "TUR" } ],
        "search_token": text(&found, "search_token")?,
    });
    let made = connection.json(&post("/api/v1/people", token, &format!("p{number}"), &new.to_string())).await?;
    let id = text(&made, "id")?;
    let permit = json!({ "kind": "temporary_residence_permit", "ground": "45.1.1", "valid_from": "2020-01-15", "valid_to": "2027-01-14" });
    connection
        .json(&post(&format!("/api/v1/people/{id}/permits"), token, &format!("r{number}"), &permit.to_string()))
        .await?;
    for crossing in 0..CROSSINGS {
        let key = format!("c{number}-{crossing}");
        connection
            .json(&post(&format!("/api/v1/people/{id}/crossings"), token, &key, &crossing_body(crossing)))
            .await?;
    }
    Ok(id)
}

/// Out in February, back in March, year after year.
pub(crate) fn crossing_body(number: u32) -> String {
    let (direction, month) = if number.is_multiple_of(2) { ("exit", 2) } else { ("entry", 3) };
    let year = 2016 + number / 2 % 10;
    json!({ "direction": direction, "crossed_on": format!("{year}-{month:02}-10"), "source": "border" }).to_string()
}

/// A number as letters: names have no digits.
fn letters(mut number: usize) -> String {
    let mut word = String::new();
    for _ in 0..4 {
        word.extend(char::from_digit(u32::try_from(number % 16).unwrap_or(0) + 10, 26));
        number /= 16;
    }
    word
}

/// A PostgreSQL server that keeps what it acknowledges. It ends when this is dropped, because its standard input closes then.
pub(crate) struct Postgres {
    pub(crate) url: String,
    _process: Child,
}

impl Postgres {
    pub(crate) fn start() -> Result<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/postgres.sh");
        let mut process = Command::new(script).arg("durable").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut url = String::new();
        let out = process.stdout.take().ok_or("the script has no output")?;
        BufReader::new(out).read_line(&mut url)?;
        if url.trim().is_empty() {
            return Err("tests/postgres.sh started no server".into());
        }
        Ok(Self { url: url.trim().to_owned(), _process: process })
    }

    pub(crate) fn target(&self) -> Target {
        Target::Postgres { url: self.url.clone(), statement_timeout_ms: 5_000, lock_timeout_ms: 2_000 }
    }
}
