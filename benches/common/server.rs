//! The service in this process, and the databases under it.

use std::future::Future;
use std::io::{self, BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use actix_web::rt;
use sakin::access::policy::Role;
use sakin::clock::Clock;
use sakin::config::Config;
use sakin::db::{Reach, Target, migrate};
use sakin::identity::NewAccount;
use sakin::keys::Keys;
use sakin::web::{Parts, Server, add_account, assemble, law};
use serde_json::json;

use super::client::{Connection, runtime};
use crate::Result;

/// Of every account here.
pub(crate) const PASSWORD: &str = "a long password for the bench";

/// A server on threads of this process.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    handle: ServerHandle,
    thread: JoinHandle<io::Result<()>>,
}

impl Running {
    pub(crate) fn start<F>(
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

/// Settings for one account that does the work of thousands.
pub(crate) fn settings() -> Config {
    let mut config = Config::default();
    config.limits.files_per_hour = 100_000;
    config.limits.files_per_hour_soft = 100_000;
    config.limits.searches_per_minute = 100_000;
    config.server.bind = SocketAddr::from(([127, 0, 0, 1], 0));
    config
}

/// An account of an office, or of the whole service.
pub(crate) fn account(email: &str, role: Role, reach: Reach, office: Option<&str>) -> Result<NewAccount> {
    Ok(NewAccount {
        email: email.parse()?,
        display_name: "Bench".to_owned(),
        role,
        reach,
        office: office.map(str::to_owned),
        organisation: None,
        person: None,
        password: PASSWORD.to_owned().into(),
    })
}

/// The service on a database with the current schema, with these accounts.
pub(crate) fn started(target: Target, config: &Config, accounts: Vec<NewAccount>) -> Result<Running> {
    migrate(&target)?;
    let law = law::load(None, "az")?;
    let keys = Arc::new(Keys::ephemeral()?);
    let app = assemble(Parts { target, keys, clock: Clock::system(), law }, config)?;
    for new in accounts {
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
pub(crate) fn sign_in(address: SocketAddr, email: &str) -> Result<String> {
    let body = json!({ "email": email, "password": PASSWORD }).to_string();
    let request = sign_in_request(&body);
    runtime()?.block_on(async {
        let answer = Connection::open(address).await?.json(&request).await?;
        Ok(text(&answer, "access_token")?)
    })
}

/// A member of an answer.
pub(crate) fn text(answer: &serde_json::Value, member: &str) -> Result<String, String> {
    let value = answer.get(member).and_then(serde_json::Value::as_str);
    value.map(str::to_owned).ok_or_else(|| format!("no {member} in {answer}"))
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
