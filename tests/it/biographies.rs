//! The acceptance table: every figure that the biographies give about eligibility, watches, deadlines and trips comes out through HTTP.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::harness::{Actor, Backend, TestApp, json_at, on_both};

/// The demonstration's people: invented.
const PEOPLE: &str = include_str!("../../config/demo/people.toml");
/// What must be said of them.
const CHECKS: &str = include_str!("biographies.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Checks {
    check: Vec<Check>,
}

/// Either a GET, or a POST with its body.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Check {
    person: String,
    says: String,
    get: Option<String>,
    post: Option<String>,
    body: Option<Value>,
    expect: Vec<Expectation>,
}

impl Check {
    /// What is called below the file, and the answer.
    async fn ask(&self, officer: &Actor, path: &str) -> (&str, Value) {
        let (below, answer) = match (&self.get, &self.post, &self.body) {
            (Some(get), None, None) => (get, officer.get(&format!("{path}/{get}")).await),
            (None, Some(post), Some(body)) => (post, officer.post(&format!("{path}/{post}"), body).await),
            _ => panic!("{}: either get, or post and body", self.says),
        };
        (below, answer.expect(200).json())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expectation {
    at: String,
    is: Option<Value>,
    null: Option<bool>,
    contains: Option<String>,
    len: Option<usize>,
}

impl Expectation {
    /// What is wrong, if anything is.
    fn fault(&self, answer: &Value) -> Option<String> {
        let Some(found) = json_at(answer, &self.at) else { return Some(format!("{}: nothing is there", self.at)) };
        let good = match self {
            Self { is: Some(is), .. } => found == is,
            Self { null: Some(true), .. } => found.is_null(),
            Self { contains: Some(part), .. } => match found {
                Value::Array(items) => items.iter().any(|item| item == part),
                Value::String(text) => text.contains(part.as_str()),
                _ => false,
            },
            Self { len: Some(len), .. } => found.as_array().is_some_and(|items| items.len() == *len),
            _ => panic!("{} expects nothing", self.at),
        };
        (!good).then(|| {
            let wanted = (&self.is, self.null, &self.contains, self.len);
            format!("{}: {found} instead of {wanted:?}", self.at)
        })
    }
}

/// Puts a person of the demonstration on record, through the API, and answers with the path of the file.
async fn record(officer: &Actor, person: &Value) -> String {
    let name = &person["names"][0]["full_name_as_printed"];
    let searched = officer.post("/api/v1/people/search", &json!({ "name": name })).await.expect(200).json();
    let mut body = json!({ "search_token": searched["search_token"], "names": person["names"], "sex": person["sex"] });
    if let Some(birth_date) = person.get("birth_date") {
        body["birth_date"] = birth_date.clone();
    }
    let nationalities = list(person, "nationalities");
    body["nationalities"] =
        nationalities.iter().map(|one| renamed(one, &[("from", "valid_from"), ("to", "valid_to")])).collect();
    let made = officer.post("/api/v1/people", &body).await.expect(201).json();
    let path = format!("/api/v1/people/{}", made["id"].as_str().unwrap());
    for permit in list(person, "permits") {
        officer.post(&format!("{path}/permits"), permit).await.expect(201);
    }
    for trip in list(person, "trips") {
        let mut trip = trip.clone();
        trip["source"] = json!("declared");
        officer.post(&format!("{path}/trips"), &trip).await.expect(201);
    }
    for stay in list(person, "stays") {
        for direction in ["entry", "exit"] {
            if let Some(day) = stay.get(direction) {
                let crossing = json!({ "direction": direction, "crossed_on": day, "source": "border" });
                officer.post(&format!("{path}/crossings"), &crossing).await.expect(201);
            }
        }
    }
    for gap in list(person, "presence_unknown") {
        let gap = renamed(gap, &[("from", "valid_from"), ("to", "valid_to")]);
        officer.post(&format!("{path}/presence-gaps"), &gap).await.expect(201);
    }
    for address in list(person, "addresses") {
        let address = renamed(address, &[("text", "as_printed")]);
        officer.post(&format!("{path}/addresses"), &address).await.expect(201);
    }
    for evidence in list(person, "evidence") {
        officer.post(&format!("{path}/evidence"), evidence).await.expect(201);
    }
    for fact in list(person, "facts") {
        officer.post(&format!("{path}/facts"), fact).await.expect(201);
    }
    for event in list(person, "events") {
        let event = renamed(event, &[("on", "happened_on"), ("at", "happened_at")]);
        officer.post(&format!("{path}/events"), &event).await.expect(201);
    }
    path
}

fn list<'a>(person: &'a Value, name: &str) -> &'a [Value] {
    person.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn renamed(value: &Value, names: &[(&str, &str)]) -> Value {
    let members = value.as_object().unwrap().iter().map(|(name, value)| {
        let renamed = names.iter().find(|(from, _)| from == name).map_or(name.as_str(), |(_, to)| to);
        (renamed.to_owned(), value.clone())
    });
    Value::Object(members.collect())
}

on_both! {
    async fn every_figure_of_the_biographies_comes_out(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let people: Value = toml::from_str(PEOPLE).unwrap();
        let checks: Checks = toml::from_str(CHECKS).unwrap();
        let mut paths = HashMap::new();
        for person in list(&people, "person") {
            let id = person["id"].as_str().unwrap();
            let path = if id.ends_with("-what-if") {
                // Nobody can record the trips of the coming years: the question is put as if they lay behind us.
                let now = app.clock.now();
                app.clock.set(now.plus_seconds(25 * 365 * 24 * 3600));
                let path = record(&app.caseworker("Bakı").await, person).await;
                app.clock.set(now);
                path
            } else {
                record(&officer, person).await
            };
            paths.insert(id.to_owned(), path);
        }
        let mut faults = Vec::new();
        for check in &checks.check {
            let Check { person, says, expect, .. } = check;
            let path = paths.get(person).unwrap_or_else(|| panic!("nobody is called {person}"));
            let (below, answer) = check.ask(&officer, path).await;
            let wrong = expect.iter().filter_map(|expectation| expectation.fault(&answer));
            faults.extend(wrong.map(|fault| format!("{person} ({says}) {below} {fault}")));
        }
        assert!(checks.check.len() > 50, "the table is not empty");
        assert!(faults.is_empty(), "{} fault(s):\n{}", faults.len(), faults.join("\n"));
    }
}
