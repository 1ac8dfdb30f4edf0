//! What is asked for: the answers somebody at a desk waits for.

use std::net::SocketAddr;
use std::sync::Arc;

use sakin::access::policy::Role;
use sakin::db::Reach;
use serde_json::json;

use crate::Result;
use crate::client::{Connection, Requests, get, post, runtime};
use crate::population::{OFFICES, Of, Population};
use crate::server;

/// Distinct persons and cases that are asked for.
const ASKED: usize = 5_000;
/// Pages of the queue that are gone through to get to its middle.
const PAGES: usize = 60;

/// Who asks.
#[derive(Clone, Copy)]
pub(crate) struct Caller {
    pub(crate) name: &'static str,
    pub(crate) email: &'static str,
    pub(crate) role: Role,
    pub(crate) reach: Reach,
    /// Also for single files: those of an office have the same predicate, whoever asks.
    pub(crate) files: bool,
}

/// The office they belong to: the biggest.
pub(crate) const OFFICE: u64 = 0;

pub(crate) const CALLERS: [Caller; 3] = [
    Caller {
        name: "caseworker",
        email: "caseworker@office.example",
        role: Role::Caseworker,
        reach: Reach::Office,
        files: true,
    },
    Caller {
        name: "official",
        email: "official@office.example",
        role: Role::Official,
        reach: Reach::National,
        files: true,
    },
    Caller {
        name: "supervisor",
        email: "supervisor@office.example",
        role: Role::Supervisor,
        reach: Reach::Office,
        files: false,
    },
];

/// Persons and cases of a caller's reach, in no order.
pub(crate) struct Sample {
    people: Vec<(u64, String)>,
    cases: Vec<String>,
    /// Pages in the middle of the queue.
    middle: Vec<String>,
    all: Population,
}

impl Sample {
    pub(crate) fn of(all: Population, caller: &Caller, address: SocketAddr, token: &str) -> Result<Self> {
        let mine = |person: &u64| {
            let reached = caller.reach == Reach::National || all.office(*person) == OFFICE;
            reached && !Population::is_protected(*person)
        };
        let drawn = (0..).map(|number| all.draw(Of::Office, number, 77) % all.people).filter(mine);
        let people = drawn.take(ASKED).map(|person| (person, all.id(Of::Person, person, 0).to_string())).collect();
        let open = |person: &u64| mine(person) && all.case(*person).is_some_and(|case| case.open);
        let cases = (0..all.people).filter(open).take(ASKED).map(|person| all.id(Of::Case, person, 0).to_string());
        let cases = cases.collect();
        Ok(Self { people, cases, middle: middle(address, token)?, all })
    }
}

/// The second half of the pages that follow the first.
fn middle(address: SocketAddr, token: &str) -> Result<Vec<String>> {
    runtime()?.block_on(async {
        let mut connection = Connection::open(address).await?;
        let mut pages = Vec::from(["/api/v1/cases".to_owned()]);
        while pages.len() < PAGES {
            let page = pages.last().map(|path| get(path, Some(token))).unwrap_or_default();
            let answer = connection.json(&page).await?;
            match answer.get("next").and_then(serde_json::Value::as_str) {
                Some(next) => pages.push(next.to_owned()),
                None => break,
            }
        }
        Ok(pages.split_off(pages.len() / 2))
    })
}

/// Single files, by what comes after the person's address.
const FILES: [(&str, &str); 8] = [
    ("person", ""),
    ("permits", "/permits"),
    ("addresses", "/addresses"),
    ("crossings", "/crossings"),
    ("trips", "/trips"),
    ("timeline", "/timeline"),
    ("cases of a person", "/cases"),
    ("five-year answer", "/eligibility?route=citizenship.general"),
];

/// Queues, by their addresses.
const QUEUES: [(&str, &str); 6] = [
    ("queue", "/api/v1/cases"),
    ("queue, a state", "/api/v1/cases?state=under_review"),
    ("queue, due before", "/api/v1/cases?due_before=2026-12-01"),
    ("queue, counted", "/api/v1/cases?count=exact"),
    ("queue, of nobody", "/api/v1/cases?assigned_to=nobody"),
    ("list of people", "/api/v1/people?limit=50"),
];

/// The operations of a caller, with what is sent as number n.
pub(crate) fn all(caller: &Caller, sample: &Arc<Sample>, token: &str) -> Vec<(&'static str, Requests)> {
    let mut found: Vec<(&'static str, Requests)> = Vec::new();
    for (name, path) in QUEUES {
        let token = token.to_owned();
        found.push((name, Arc::new(move |_| get(path, Some(&token)))));
    }
    found.push(of("queue, its middle", sample, token, |sample, number, token| {
        get(pick(&sample.middle, number).map_or("", String::as_str), Some(token))
    }));
    if !caller.files {
        return found;
    }
    for (name, path) in FILES {
        found.push(of(name, sample, token, move |sample, number, token| {
            let person = pick(&sample.people, number).map_or("", |(_, id)| id);
            get(&format!("/api/v1/people/{person}{path}"), Some(token))
        }));
    }
    found.push(of("case", sample, token, |sample, number, token| {
        let case = pick(&sample.cases, number).map_or("", String::as_str);
        get(&format!("/api/v1/cases/{case}"), Some(token))
    }));
    found.push(of("search, two words", sample, token, |sample, number, token| {
        let name = sample.all.name(pick(&sample.people, number).map_or(0, |(person, _)| *person));
        search(&format!("{} {}", name.given, name.surname), number, token)
    }));
    found.push(of("search, as printed", sample, token, |sample, number, token| {
        let name = sample.all.name(pick(&sample.people, number).map_or(0, |(person, _)| *person));
        search(&name.printed, number, token)
    }));
    found
}

fn of(
    name: &'static str,
    sample: &Arc<Sample>,
    token: &str,
    request: impl Fn(&Sample, u64, &str) -> String + Send + Sync + 'static,
) -> (&'static str, Requests) {
    let (sample, token) = (Arc::clone(sample), token.to_owned());
    (name, Arc::new(move |number| request(&sample, number, &token)))
}

fn pick<T>(all: &[T], number: u64) -> Option<&T> {
    // Far apart, so that neighbours of the list do not follow each other.
    let place = usize::try_from(number.wrapping_mul(7_919)).ok()?.checked_rem(all.len())?;
    all.get(place)
}

fn search(name: &str, number: u64, token: &str) -> String {
    post("/api/v1/people/search", token, &format!("search{number}"), &json!({ "name": name }).to_string())
}

/// The accounts of the callers.
pub(crate) fn accounts() -> Result<Vec<sakin::identity::NewAccount>> {
    let office = crate::tables::office_name(OFFICE % OFFICES);
    CALLERS.iter().map(|caller| server::account(caller.email, caller.role, caller.reach, Some(&office))).collect()
}
