//! Every state and event of every kind of case: the machine-readable list, the code and the service agree.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Filed, filed, office};
use crate::harness::{Actor, Backend, TestApp, on_both};

/// Brings a fresh case of a kind into a state.
struct Stage<'a> {
    officer: &'a Actor,
    official: &'a Actor,
    person: &'a str,
    kind: &'a Value,
}

impl Stage<'_> {
    async fn fresh(&self) -> Filed {
        let mut body = json!({ "kind": self.kind["kind"] });
        if let Some(ground) = self.kind["grounds"].get(0) {
            body["ground"] = ground.clone();
        }
        filed(self.officer, self.person, &body).await
    }

    async fn decided(&self, outcome: &str, days: i64) -> Filed {
        let case = self.fresh().await;
        case.moved(self.officer, &json!({ "transition": "accept" })).await.expect(200);
        let finding = if outcome == "grant" { "met" } else { "not_met" };
        let required = self.officer.get(&format!("{}/requirements", case.path)).await.expect(200).json();
        let names: Vec<&str> =
            required["items"].as_array().unwrap().iter().map(|one| one["requirement"].as_str().unwrap()).collect();
        let findings =
            case.findings(self.officer, &names.iter().map(|name| (*name, finding)).collect::<Vec<_>>()).await;
        let mut body = json!({ "outcome": outcome, "reasons": "As the file shows.", "requirements": findings });
        if outcome == "grant" {
            body["effect"] = self.effect(days);
        }
        let version = case.version(self.officer).await;
        let path = format!("{}/decisions", case.path);
        let tried = self.officer.act(&path, version, &body).await;
        if tried.status.as_u16() == 422 {
            body["deviation"] = json!({ "ground": "court_judgment" });
            self.officer.act(&path, version, &body).await.expect(200);
        }
        case
    }

    /// What a grant puts on record, on days of its own.
    fn effect(&self, days: i64) -> Value {
        let day = |offset: i64| {
            (chrono::NaiveDate::from_ymd_opt(2027, 1, 1).unwrap()
                + chrono::Days::new(u64::try_from(days * 10 + offset).unwrap()))
            .to_string()
        };
        match self.kind["effect"].as_str().unwrap() {
            "none" => json!({}),
            "nationality" => json!({ "valid_from": day(0) }),
            "stay_address" => json!({ "valid_from": day(0), "valid_to": day(5), "basis": "host", "division": "Bakı",
                "as_printed": "Nümunə küçəsi 1" }),
            _ => json!({ "valid_from": day(0), "valid_to": day(5) }),
        }
    }

    async fn in_state(&self, state: &str) -> Filed {
        let accept = json!({ "transition": "accept" });
        match state {
            "filed" => self.fresh().await,
            "under_review" => {
                let case = self.fresh().await;
                case.moved(self.officer, &accept).await.expect(200);
                case
            }
            "suspended" => {
                let case = self.fresh().await;
                let body = json!({ "transition": "suspend", "reason": { "code": "papers_missing" } });
                case.moved(self.officer, &body).await.expect(200);
                case
            }
            "withdrawn" => {
                let case = self.fresh().await;
                case.moved(self.officer, &json!({ "transition": "withdraw" })).await.expect(200);
                case
            }
            "proposed" => self.decided("refuse", 0).await,
            "granted" | "lapsed" => {
                let case = self.decided("grant", if state == "granted" { 1 } else { 2 }).await;
                self.approve(&case).await;
                if state == "lapsed" {
                    let body = json!({ "transition": "lapse", "reason": { "note": "The fee was not paid." } });
                    case.moved(self.officer, &body).await.expect(200);
                }
                case
            }
            _ => {
                let case = self.decided("refuse", 0).await;
                self.approve(&case).await;
                if state == "appealed" {
                    case.moved(self.officer, &json!({ "transition": "appeal" })).await.expect(200);
                }
                case
            }
        }
    }

    async fn approve(&self, case: &Filed) {
        let seen = case.seen(self.official).await;
        let decision = format!("/api/v1/decisions/{}", seen["decision_id"].as_str().unwrap());
        case.judged(self.official, &decision, &json!({ "verdict": "approved" })).await.expect(200);
    }
}

/// What is sent for an event so that nothing but the state and the role can refuse it.
fn body_of(event: &str) -> Value {
    let mut body = json!({ "transition": event });
    match event {
        "suspend" => body["reason"] = json!({ "code": "papers_missing" }),
        "extend" => {
            body["reason"] = json!({ "code": "further_inquiry" });
            body["until"] = json!("2099-01-01");
        }
        "reopen" | "uphold" | "remit" | "lapse" => body["reason"] = json!({ "note": "So it is." }),
        _ => {}
    }
    body
}

on_both! {
    async fn every_pair_answers_as_the_list_of_kinds_says(app: TestApp) {
        let (officer, official, supervisor, _) = office(&app).await;
        let kinds = officer.get("/api/v1/case-types").await.expect(200).json();
        let mut tried = 0;
        for kind in kinds["items"].as_array().unwrap() {
            let person = officer.register("Nümunə").await;
            let stage = Stage { officer: &officer, official: &official, person: &person, kind };
            // From the list alone: state, event → state, who.
            let mut table: BTreeMap<(String, String), (String, Vec<String>)> = BTreeMap::new();
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            for step in kind["moves"].as_array().unwrap() {
                let who: Vec<String> = step["who"].as_array().unwrap().iter().map(text).collect();
                for from in step["from"].as_array().unwrap() {
                    table.insert((text(from), text(&step["transition"])), (text(&step["to"]), who.clone()));
                }
            }
            let mut events: Vec<String> = table.keys().map(|(_, event)| event.clone()).collect();
            events.extend(["request_opinion", "receive_opinion", "lapse"].map(str::to_owned));
            events.sort();
            events.dedup();
            for state in kind["states"].as_array().unwrap().iter().map(text) {
                let case = stage.in_state(&state).await;
                let version = case.version(&officer).await;
                for event in &events {
                    let step = table.get(&(state.clone(), event.clone()));
                    for (actor, role) in [(&officer, "caseworker"), (&official, "official"), (&supervisor, "supervisor")] {
                        let path = format!("{}/transitions?dry_run=true", case.path);
                        let answer = actor.act(&path, version, &body_of(event)).await;
                        let decision = ["propose", "return", "grant", "refuse"].contains(&event.as_str());
                        tried += 1;
                        let open = step.filter(|(_, who)| !decision && who.iter().any(|one| one == role));
                        if let Some((to, _)) = open {
                            assert_eq!(answer.expect(200).json()["state"], *to, "{state} {event} {role}");
                            continue;
                        }
                        let problem = answer.problem(409, "invalid_transition");
                        assert_eq!(problem["state"], state);
                        let mut allowed: Vec<String> =
                            problem["allowed"].as_array().unwrap().iter().map(|one| text(&one["transition"])).collect();
                        allowed.sort();
                        let expected: Vec<String> =
                            table.keys().filter(|(from, _)| *from == state).map(|(_, event)| event.clone()).collect();
                        assert_eq!(allowed, expected, "{state} {event}");
                    }
                }
            }
        }
        assert!(tried > 3_000, "{tried}");
    }
}
