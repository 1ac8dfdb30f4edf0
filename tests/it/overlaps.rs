//! Random days from many clients at once: no two live permits of one kind, and no two registrations of one kind, share a day; and whoever is
//! refused learns which record is in the way.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use serde_json::json;

use crate::harness::{Actor, Backend, TestApp, on_both};

/// Clients that send at once.
const CLIENTS: u64 = 16;
/// Few persons, so that their days run out.
const PERSONS: usize = 4;

/// Numbers that are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    /// Days within 30 years, mostly short, so that some still fit.
    fn days(&mut self) -> (NaiveDate, NaiveDate) {
        let first: NaiveDate = "1996-01-01".parse().unwrap();
        let from = first + Days::new(self.below(11_000));
        let longest = if self.below(8) == 0 { 900 } else { 12 };
        (from, from + Days::new(self.below(longest)))
    }
}

/// What one client met with.
#[derive(Default)]
struct Met {
    made: HashSet<String>,
    named: Vec<String>,
}

/// Sends random permits and registrations for some persons; answers with the ids of what was made, and of what stood in the way.
async fn client(officer: Actor, persons: Arc<Vec<String>>, seed: u64, requests: u64) -> Met {
    let (mut random, mut met) = (Random(seed), Met::default());
    for _ in 0..requests {
        let person = &persons[usize::try_from(random.below(PERSONS as u64)).unwrap()];
        let (from, to) = random.days();
        let (list, code, body) = if random.below(2) == 0 {
            let kind = if random.below(2) == 0 { "work_permit" } else { "visa_stay" };
            ("permits", "overlapping_permit", json!({ "kind": kind, "valid_from": from, "valid_to": to }))
        } else {
            let body = json!({ "kind": "residence", "basis": "lease", "division": "Bakı", "as_printed": "Nümunə küçəsi 1",
                "valid_from": from, "valid_to": to });
            ("addresses", "overlapping_address", body)
        };
        let answer = officer.post(&format!("{person}/{list}"), &body).await;
        if answer.status.as_u16() == 201 {
            met.made.insert(answer.json()["id"].as_str().unwrap().to_owned());
        } else {
            let problem = answer.problem(409, code);
            let faults = problem["errors"].as_array().unwrap();
            assert!(!faults.is_empty(), "the refusal names nothing: {problem}");
            for fault in faults {
                let words = fault["message"].as_str().unwrap().split([' ', ':', ',']);
                let ids: Vec<&str> = words.filter(|word| word.parse::<uuid::Uuid>().is_ok()).collect();
                assert_eq!(ids.len(), 1, "{fault}");
                met.named.push(ids[0].to_owned());
            }
        }
    }
    met
}

async fn storm(app: &TestApp, requests: u64) {
    let officer = app.caseworker("Bakı").await;
    let mut persons = Vec::new();
    for name in ["Bir", "İki", "Üç", "Dörd"] {
        persons.push(officer.register(name).await);
    }
    assert_eq!(persons.len(), PERSONS);
    let (persons, mut clients) = (Arc::new(persons), Vec::new());
    for seed in 0..CLIENTS {
        let work = client(officer.clone(), Arc::clone(&persons), seed + 1, requests / CLIENTS);
        clients.push(tokio::spawn(work));
    }
    let (mut made, mut named) = (HashSet::new(), Vec::new());
    for client in clients {
        let met = client.await.unwrap();
        made.extend(met.made);
        named.extend(met.named);
    }
    assert!(made.len() > 100, "only {} fitted", made.len());
    assert!(named.len() > 100, "only {} were refused", named.len());
    let strangers: Vec<&String> = named.iter().filter(|id| !made.contains(*id)).collect();
    assert!(strangers.is_empty(), "refusals that name what nobody made: {strangers:?}");
    for (table, first, last) in [("permit", "valid_from", "valid_to"), ("address", "certain_from", "certain_to")] {
        let pairs = format!(
            "{table} AS a JOIN {table} AS b ON a.person_id = b.person_id AND a.kind = b.kind AND a.id < b.id
             WHERE a.superseded_at IS NULL AND b.superseded_at IS NULL AND NOT a.withdrawn AND NOT b.withdrawn
                AND a.{first} <= b.{last} AND b.{first} <= a.{last}"
        );
        assert_eq!(app.database.count(&pairs), 0, "{table}");
    }
    let rows = app.database.count("permit") + app.database.count("address");
    assert_eq!(rows, i64::try_from(made.len()).unwrap(), "what was refused left nothing");
}

on_both! {
    async fn two_thousand_days_at_once_never_overlap(app: TestApp) {
        storm(&app, 2_000).await;
    }

    #[ignore = "takes some minutes: cargo test --test it overlaps -- --ignored"]
    async fn a_hundred_thousand_days_at_once_never_overlap(app: TestApp) {
        storm(&app, 100_000).await;
    }
}
