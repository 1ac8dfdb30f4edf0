//! The log holds nobody's data (row G1): 5,000 made-up names, numbers, addresses, passwords and tokens go through every part of a request,
//! right and wrong, and none of them is in the log; nor are secrets in what the kernel shows of the process (row K1).

use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::sync::{Arc, LazyLock, Mutex};

use reqwest::{Method, RequestBuilder};
use sakin::cli::log_subscriber;
use sakin::config::{Config, LogFormat};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::every_endpoint::call_everything;
use crate::harness::{Actor, Backend, Database, Program, TestApp, on_both};

const CANARIES: u32 = 5_000;
/// Every canary holds one of these, and nothing else does. Lower case: names are folded for search.
const MARKS: [&str; 2] = ["qxzkanar", "42077130"];
/// What other tests of this run put into requests: their log is captured, too.
const EVERYDAY: [&str; 5] = ["nümunə", "@office.example", "eyj", "a long password for tests", "küçəsi"];

/// What is logged in this process from the first call on, by the most verbose filter that production takes.
static LOG: LazyLock<Captured> = LazyLock::new(|| {
    let captured = Captured::default();
    let mut settings = Config::default().log;
    settings.format = LogFormat::Json;
    settings.filter = filter("sakin=trace,info");
    let writer = captured.clone();
    tracing::subscriber::set_global_default(log_subscriber(&settings, move || writer.clone())).unwrap();
    captured
});

fn filter(text: &str) -> sakin::config::LogFilter {
    let file = tempfile::NamedTempFile::new().unwrap();
    let flags = [("log.filter".to_owned(), text.to_owned())];
    Config::load(Some(file.path()), &flags, std::iter::empty()).unwrap().log.filter
}

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Captured {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// Fails, showing the line, if the log holds a canary.
#[track_caller]
fn holds_none(log: &str, marks: &[&str]) {
    let hits: Vec<&str> =
        log.lines().filter(|line| marks.iter().any(|mark| line.to_lowercase().contains(mark))).collect();
    assert!(hits.is_empty(), "{} lines with canaries:\n{}", hits.len(), hits[..hits.len().min(10)].join("\n"));
}

/// A made-up value of one of five kinds.
fn canary(number: u32) -> String {
    let letters: String =
        (0..4).map(|place| char::from(b'a' + u8::try_from(number / 17_u32.pow(place) % 17).unwrap())).collect();
    let value = match number % 5 {
        0 => format!("Qxzkanar{letters} Əli oğlu"),
        1 => format!("42077130{number:05}"),
        2 => format!("AZE42077130{number}"),
        3 => format!("qxzkanar.{letters}@kanar.example"),
        _ => format!("eyQxzkanar{letters}.eyQxzkanar.{number}"),
    };
    assert!(MARKS.iter().any(|mark| value.to_lowercase().contains(mark)), "{value}");
    value
}

/// A canary that may stand in a header or a path.
fn plain(canary: &str) -> String {
    canary.replace(' ', "-").replace('Ə', "E").replace('ğ', "g")
}

/// The request that carries a canary: each part of a request in turn. The first are right where their canary is.
async fn send(caller: Actor, person: String, number: u32) {
    let (canary, permits) = (canary(number), format!("{person}/permits"));
    let header = plain(&canary);
    let name = |canary: &str| json!({ "names": [ { "full_name_as_printed": canary } ], "search_token": canary, "birth_date": canary });
    let get = async |path: String, with: &(dyn Fn(RequestBuilder) -> RequestBuilder + Sync)| {
        caller.send(Method::GET, &path, None, with).await;
    };
    let with = |name: &'static str| {
        let header = header.clone();
        move |request: RequestBuilder| request.header(name, header.clone())
    };
    match number / 5 % 20 {
        0 => drop(caller.post("/api/v1/people/search", &json!({ "name": canary, "file_number": null })).await),
        1 => drop(caller.post("/api/v1/people", &name(&canary)).await),
        2 => drop(caller.post(&format!("{person}/names"), &json!({ "full_name_as_printed": canary, "kind": canary })).await),
        3 => drop(caller.post(&permits, &json!({ "kind": canary, "number": canary, canary.as_str(): canary })).await),
        4 => drop(caller.post(&format!("{person}/addresses"), &json!({ "kind": "stay", "basis": "host", "division": canary, "as_printed": canary, "valid_from": "2001" })).await),
        5 => drop(caller.post(&format!("{person}/crossings"), &json!({ "direction": "entry", "crossed_on": "2001-01-01", "source": "border", "place": canary })).await),
        6 => drop(caller.patch(&person, 1, &json!({ "sex": canary, "birth_date": canary })).await),
        7 => get(format!("/api/v1/people/{header}"), &|request| request).await,
        8 => get(format!("/{header}/{header}"), &|request| request).await,
        9 => get(format!("{permits}?{header}={header}&limit={header}"), &|request| request).await,
        10 => get(format!("{permits}?after={header}"), &|request| request).await,
        11 => get(person.clone(), &with("x-request-id")).await,
        12 => get(person.clone(), &with("authorization")).await,
        13 => get(person.clone(), &|request| request.bearer_auth(&header)).await,
        14 => get(person.clone(), &|request| with("user-agent")(with("cookie")(with("x-forwarded-for")(with("referer")(request))))).await,
        15 => get(person.clone(), &|request| with("accept")(with("accept-language")(with("purpose")(request)))).await,
        16 => {
            let headers = |request| with("idempotency-key")(with("if-match")(request));
            caller.send(Method::POST, &permits, Some(&json!({ "kind": canary })), headers).await;
        }
        17 => {
            let body = format!("{{\"{canary}\": \"{canary}\", \"{canary}\": {canary}");
            let media = |request: RequestBuilder| request.header("content-type", "application/json").header("idempotency-key", "c").body(body);
            caller.send(Method::POST, &permits, None, media).await;
        }
        18 => {
            let media = |request: RequestBuilder| request.header("content-type", format!("text/{header}")).body(canary.clone());
            caller.send(Method::POST, &permits, None, media).await;
        }
        _ => {
            let method = Method::from_bytes(header.replace(['@', '.'], "-").as_bytes()).unwrap();
            caller.send(method, &person, Some(&json!(canary)), |request| request).await;
        }
    }
}

on_both! {
    async fn are_not_in_the_log_of_the_service(app: TestApp) {
        let log = &*LOG;
        call_everything(&app).await;
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let mut running = JoinSet::new();
        for number in 0..CANARIES {
            let caller = if number % 3 == 0 { app.nobody() } else { officer.clone() };
            running.spawn(send(caller, person.clone(), number));
            while running.len() >= 32 {
                running.join_next().await.unwrap().unwrap();
            }
        }
        running.join_all().await;
        for number in 0..20 {
            let body = json!({ "email": canary(5 * number + 3), "password": canary(number) });
            app.nobody().post("/api/v1/sign-in", &body).await;
        }
        // Errors of the database itself, whose text the log keeps.
        let requests_before = log.text().matches("request failed").count();
        app.database.execute("ALTER TABLE permit RENAME TO permit_elsewhere").unwrap();
        let permit = json!({ "kind": "work_permit", "valid_from": "2024-01-01", "ground": "qxzkanar", "number": canary(0) });
        for body in [permit, json!({ "kind": "work_permit", "valid_from": "2024-01-01" })] {
            let answer = officer.post(&format!("{person}/permits"), &body).await;
            assert!(!answer.text.contains("permit_elsewhere"), "{}", answer.text);
        }
        let text = log.text();
        assert!(text.matches("request failed").count() > requests_before, "an error of the database is logged");
        assert!(text.matches("request refused").count() > usize::try_from(CANARIES).unwrap() / 2, "refusals are logged");
        holds_none(&text, &MARKS);
        holds_none(&text, &EVERYDAY);
        for line in text.lines() {
            serde_json::from_str::<Value>(line).unwrap();
        }
    }
}

/// The shipped program with a secret in every place it may come from: neither what it says nor what the kernel shows of it holds one.
fn the_process_shows_no_secret(backend: Backend) {
    let Some(database) = Database::fresh(backend) else {
        eprintln!("skipped: no PostgreSQL on this machine");
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let mut program =
        Program::on(dir.path()).with("SAKIN_LOG_FILTER", "sakin=trace,info").with("SAKIN_LOG_FORMAT", "json");
    if let sakin::db::Target::Postgres { url, .. } = database.target() {
        // The server trusts everybody, so that a wrong password does no harm.
        let file = dir.path().join("url");
        std::fs::write(&file, url.replace("sakin@", "sakin:qxzkanar-password@")).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o400)).unwrap();
        program = program.with("SAKIN_DATABASE_URL_FILE", file.to_string_lossy());
    }
    let served = program.serve();
    let keys = std::fs::read_dir(dir.path().join("keys")).unwrap();
    let keys = keys.map(|key| key.unwrap().path()).filter(|path| !path.ends_with(".lock"));
    let secrets: Vec<Vec<u8>> = keys.map(|path| std::fs::read(path).unwrap()).collect();
    assert_eq!(secrets.len(), 3);
    let client = reqwest::blocking::Client::new();
    for number in 0..10 {
        let body = json!({ "email": canary(5 * number + 3), "password": canary(number) });
        let answer = client
            .post(format!("{}/api/v1/sign-in?{}", served.base, plain(&canary(number))))
            .json(&body)
            .send()
            .unwrap();
        assert!(answer.status().is_client_error());
        client
            .get(format!("{}/{}", served.base, plain(&canary(number))))
            .bearer_auth(plain(&canary(4)))
            .send()
            .unwrap();
    }
    let shown = [served.said(), served.proc("cmdline"), served.proc("environ")];
    assert!(shown[0].contains("request refused"), "{}", shown[0]);
    for text in &shown {
        holds_none(text, &MARKS);
        for secret in &secrets {
            assert!(!text.as_bytes().windows(16).any(|window| secret.windows(16).any(|part| part == window)));
        }
    }
}

#[test]
fn are_not_shown_by_the_process_on_sqlite() {
    the_process_shows_no_secret(Backend::Sqlite);
}

#[test]
fn are_not_shown_by_the_process_on_postgresql() {
    the_process_shows_no_secret(Backend::Postgres);
}
