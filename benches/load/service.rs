//! The service under load: in this process, on a durable database, with a thousand invented files that came in through its own API.

use std::net::{SocketAddr, TcpListener};

use actix_web::{HttpServer, web};
use sakin::access::policy::Role;
use sakin::config::Config;
use sakin::db::{Reach, Target};
use serde_json::json;
use tokio::task::JoinSet;

use crate::client::{Connection, post, runtime};
use crate::server::{self, Running, settings, text};
use crate::{Failure, Result};

const EMAIL: &str = "bench@office.example";
/// Files in the database.
const PERSONS: usize = 1_000;
/// Crossings of each.
const CROSSINGS: u32 = 20;
/// Clients that fill the database.
const WRITERS: usize = 64;

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

/// The service on an empty database, with these caseworkers.
pub(crate) fn started(target: Target, config: &Config, emails: &[String]) -> Result<Running> {
    let caseworker = |email: &String| server::account(email, Role::Caseworker, Reach::Office, Some("Bench"));
    server::started(target, config, emails.iter().map(caseworker).collect::<Result<_>>()?)
}

/// Signs the caseworker in; the token lives ten minutes.
pub(crate) fn sign_in(address: SocketAddr) -> Result<String> {
    server::sign_in(address, EMAIL)
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
