//! A life at one office, through HTTP alone: from the arrival to citizenship. Everybody in it is invented.

#![expect(clippy::too_many_lines, reason = "one life, told from top to bottom")]

use chrono::{NaiveDate, NaiveTime};
use sakin::access::policy::Role;
use serde_json::{Value, json};

use super::{Filed, filed};
use crate::harness::{Actor, Backend, PASSWORD, TestApp, on_both};

/// The office and the person, on some day.
struct Life {
    app: TestApp,
    officer: Actor,
    official: Actor,
    supervisor: Actor,
    applicant: Actor,
    person: String,
}

fn noon_of(app: &TestApp, day: &str) {
    let day: NaiveDate = day.parse().unwrap();
    let noon = day.and_time(NaiveTime::from_hms_opt(8, 0, 0).unwrap()).and_utc();
    app.clock.set(noon.into());
}

impl Life {
    async fn begun(app: TestApp, day: &str) -> Self {
        noon_of(&app, day);
        let officer = app.caseworker("Bakı").await;
        let official = app.official("Bakı").await;
        let supervisor = app.actor(Role::Supervisor, "Bakı").await;
        let person = officer.register("Nümunə").await;
        let applicant = app.applicant(&person).await;
        Self { app, officer, official, supervisor, applicant, person }
    }

    /// It is another day: everybody signs in again.
    async fn on(&mut self, day: &str) {
        noon_of(&self.app, day);
        for actor in [&mut self.officer, &mut self.official, &mut self.supervisor, &mut self.applicant] {
            actor.sign_in(PASSWORD).await;
        }
    }

    async fn recorded(&self, what: &str, body: Value) -> Value {
        self.officer.post(&format!("{}/{what}", self.person), &body).await.expect(201).json()
    }

    async fn asked(&self, by: &Actor, what: &str) -> Value {
        by.get(&format!("{}/{what}", self.person)).await.expect(200).json()
    }

    /// From filing to the decision of two: whether the sum agrees is said by `computed`.
    async fn granted(&self, case: &Filed, effect: Value, computed: Value) -> String {
        let required = self.officer.get(&format!("{}/requirements", case.path)).await.expect(200).json();
        assert_eq!(required["computed"], computed, "{required}");
        let findings = case.findings(&self.officer, &[]).await;
        let proposal = json!({ "outcome": "grant", "reasons": "Everything that the law asks for is there.",
            "requirements": findings, "effect": effect });
        let decision = case.proposed(&self.officer, &proposal).await;
        case.judged(&self.official, &decision, &json!({ "verdict": "approved" })).await.expect(200);
        assert_eq!(case.seen(&self.applicant).await["state"], "granted", "the person sees it");
        decision
    }
}

#[track_caller]
fn one<'a>(list: &'a Value, member: &str, value: &str) -> &'a Value {
    let found = list.as_array().unwrap().iter().find(|one| one[member] == value);
    found.unwrap_or_else(|| panic!("no {member} {value} in {list}"))
}

on_both! {
    async fn from_the_arrival_to_citizenship(app: TestApp) {
        let mut life = Life::begun(app, "2026-11-25").await;

        // She arrives, and is registered at an uncle's flat.
        life.recorded("crossings", json!({ "direction": "entry", "crossed_on": "2026-11-24", "source": "border" })).await;
        let duty = life.asked(&life.applicant, "registration-duty").await;
        assert_eq!(duty["due"], "2026-12-09", "{duty}");
        let uncle = life.officer.register("Dayı").await;
        let husband = life.officer.register("Ər").await;
        let version = life.officer.get(&husband).await.json()["version"].as_i64().unwrap();
        life.officer.act(&format!("{husband}/nationalities"), version, &json!({ "code": "AZE" })).await.expect(200);
        let id = |path: &str| path.rsplit('/').next().unwrap().to_owned();
        life.recorded("relationships", json!({ "kind": "spouse", "other_person_id": id(&husband), "valid_from": "2024-05-05",
            "evidence": "marriage_certificate" })).await;
        let rights = life.asked(&life.applicant, "family-rights").await;
        assert!(rights.to_string().contains("45.1.1"), "{rights}");
        let flat = json!({ "kind": "stay", "basis": "host", "division": "Bakı", "as_printed": "Nümunə küçəsi 1, mənzil 5" });
        let mut stay = flat.clone();
        stay["valid_from"] = json!("2026-11-25");
        stay["valid_to"] = json!("2027-01-14");
        let stay = life.recorded("addresses", stay).await;
        life.recorded("host-consents", json!({ "address_id": stay["id"], "host_person_id": id(&uncle), "host_name": "Dayı",
            "given_on": "2026-11-25" })).await;
        let duty = life.asked(&life.applicant, "registration-duty").await;
        assert_eq!(duty["overdue"], false, "{duty}");
        assert_eq!(duty["met_by"], stay["id"], "{duty}");

        // A temporary permit is applied for, suspended, extended, proposed, approved by a second official and granted.
        life.on("2026-12-01").await;
        let first = filed(&life.applicant, &life.person, &json!({ "kind": "temporary_permit", "ground": "45.1.1", "channel": "online" })).await;
        first.moved(&life.officer, &json!({ "transition": "accept" })).await.expect(200);
        assert_eq!(first.seen(&life.applicant).await["term"]["due_on"], "2026-12-29");
        let missing = life.asked(&life.applicant, "missing").await;
        assert_eq!(missing["items"][0]["papers"].as_array().unwrap().len(), 13);
        life.on("2026-12-03").await;
        first.moved(&life.officer, &json!({ "transition": "suspend", "reason": { "code": "papers_missing" } })).await.expect(200);
        life.on("2026-12-10").await;
        first.moved(&life.officer, &json!({ "transition": "resume" })).await.expect(200);
        first.moved(&life.officer, &json!({ "transition": "request_opinion" })).await.expect(200);
        let seen = first.seen(&life.applicant).await;
        assert_eq!(seen["term"]["paused_days"], 7);
        assert!(seen["term"]["due_on"].as_str().unwrap() > "2026-12-29", "{seen}");
        let extend = json!({ "transition": "extend", "until": "2027-01-29", "reason": { "code": "further_inquiry" } });
        first.moved(&life.official, &extend).await.expect(200);
        life.on("2027-01-11").await;
        let seen = first.seen(&life.applicant).await;
        assert_eq!(seen["opinion"]["no_objection_since"], "2026-12-25", "{seen}");
        life.granted(&first, json!({ "valid_from": "2027-01-15", "valid_to": "2028-01-14", "document_number": "TRP001" }), Value::Null).await;
        life.on("2027-01-15").await;
        let mut residence = flat.clone();
        residence["kind"] = json!("residence");
        residence["valid_from"] = json!("2027-01-15");
        let residence = life.recorded("addresses", residence).await;
        let consent = life.recorded("host-consents", json!({ "address_id": residence["id"], "host_person_id": id(&uncle), "host_name": "Dayı",
            "given_on": "2027-01-15" })).await;

        // Renewals chain: a pending application bridges the days until it is decided.
        life.on("2027-11-20").await;
        let renewals = life.asked(&life.applicant, "renewals").await;
        assert!(renewals.to_string().contains("2027-12-15"), "thirty days before the end: {renewals}");
        life.on("2027-12-10").await;
        let permits = life.asked(&life.officer, "permits").await;
        let renewal = json!({ "kind": "temporary_permit", "ground": "45.1.1", "permit_id": permits["items"][0]["id"] });
        let renewal = filed(&life.officer, &life.person, &renewal).await;
        renewal.moved(&life.officer, &json!({ "transition": "accept" })).await.expect(200);
        life.on("2028-01-20").await;
        let chain = life.asked(&life.applicant, "permit-chain").await;
        assert_eq!((&chain["gaps"][0]["from"], &chain["gaps"][0]["bridge"]["applied_on"]), (&json!("2028-01-15"), &json!("2027-12-10")), "{chain}");
        life.granted(&renewal, json!({ "valid_from": "2028-01-15", "valid_to": "2030-01-14" }), Value::Null).await;
        let chain = life.asked(&life.applicant, "permit-chain").await;
        assert_eq!(chain["gaps"], json!([]), "{chain}");

        // The uncle withdraws his consent: the term to show another dwelling appears with its date and article, and a new address cures it.
        life.on("2028-02-08").await;
        let path = format!("{}/host-consents/{}", life.person, consent["id"].as_str().unwrap());
        let withdraw = json!({ "to": "withdrawn", "on": "2028-02-07", "reason": "He came to the desk." });
        let withdrawn = life.officer.act(&format!("{path}/transitions"), 1, &withdraw).await.expect(200).json();
        assert!(withdrawn["cure"].to_string().contains("2028-02-21"), "{withdrawn}");
        assert!(withdrawn["cure"].to_string().contains("mc.50.1.7-1"), "{withdrawn}");
        let due = life.asked(&life.applicant, "deadlines").await;
        let cure = one(&due["items"], "deadline", "trp.dwelling_cure");
        assert_eq!((&cure["due"], &cure["state"]), (&json!("2028-02-21"), &json!("due")), "{cure}");
        life.on("2028-02-11").await;
        let path = format!("{}/addresses/{}", life.person, residence["id"].as_str().unwrap());
        life.officer.patch(&path, 1, &json!({ "valid_to": "2028-02-10" })).await.expect(200);
        life.recorded("addresses", json!({ "kind": "residence", "basis": "lease", "division": "Sumqayıt", "as_printed": "Başqa küçə 2",
            "valid_from": "2028-02-11" })).await;
        let cured = life.asked(&life.applicant, "host-consents").await;
        assert!(cured.to_string().contains("\"cured_on\":\"2028-02-11\""), "{cured}");

        // Absences endanger the permit, and are shown before they do.
        life.on("2028-07-15").await;
        life.recorded("crossings", json!({ "direction": "exit", "crossed_on": "2028-06-01", "source": "border" })).await;
        let watches = life.asked(&life.applicant, "watches").await;
        let absence = one(&watches["watches"], "watch", "trp.absence");
        assert_eq!((&absence["state"], &absence["limit"]), (&json!("ok"), &json!(90)), "{absence}");
        assert_eq!(absence["safe_until"], "2028-08-30", "ninety whole days after the first of June: {absence}");
        life.on("2028-08-10").await;
        life.recorded("crossings", json!({ "direction": "entry", "crossed_on": "2028-08-10", "source": "border" })).await;
        let what_if = json!({ "trips": [ { "exit": "2028-08-20", "entry": "2028-10-20" } ] });
        let what_if = life.applicant.post(&format!("{}/simulations", life.person), &what_if).await.expect(200).json();
        assert!(what_if.to_string().contains("breached"), "{what_if}");

        // The permanent permit is decided.
        life.on("2029-09-20").await;
        for name in ["relative_52_1_1", "dwelling_basis", "no_bar_mc55", "means_or_support", "lawful_income", "constitution_undertaking", "no_bar_cl14"] {
            life.recorded("facts", json!({ "name": name, "value": true })).await;
        }
        for kind in ["prp_knowledge", "state_language"] {
            life.recorded("evidence", json!({ "kind": kind, "valid_from": "2029-09-01" })).await;
        }
        let permanent = filed(&life.officer, &life.person, &json!({ "kind": "permanent_permit", "ground": "52.1.1" })).await;
        permanent.moved(&life.officer, &json!({ "transition": "accept" })).await.expect(200);
        life.granted(&permanent, json!({ "valid_from": "2029-12-01", "valid_to": "2034-11-30" }), json!("eligible")).await;

        // It must be renewed before the five years are full.
        life.on("2034-08-01").await;
        let permits = life.asked(&life.officer, "permits").await;
        let held = one(&permits["items"], "kind", "permanent_residence_permit");
        let renewal = json!({ "kind": "permanent_permit", "ground": "52.1.1", "permit_id": held["id"] });
        let renewal = filed(&life.officer, &life.person, &renewal).await;
        renewal.moved(&life.officer, &json!({ "transition": "accept" })).await.expect(200);
        life.granted(&renewal, json!({ "valid_from": "2034-12-01", "valid_to": "2039-11-30" }), Value::Null).await;

        // Five years later the citizenship case is decided on the frozen calculation.
        life.on("2034-12-05").await;
        let citizenship = filed(&life.applicant, &life.person, &json!({ "kind": "citizenship", "ground": "14.1", "channel": "online" })).await;
        citizenship.moved(&life.officer, &json!({ "transition": "accept" })).await.expect(200);
        let decision = life.granted(&citizenship, json!({ "valid_from": "2034-12-05" }), json!("eligible")).await;
        let answer = life.asked(&life.applicant, "eligibility").await;
        assert_eq!(answer["basis"], "citizen", "{answer}");
        life.on("2041-01-02").await;
        let again = life.official.get(&format!("{decision}/calculation")).await.expect(200).json();
        assert_eq!((&again["equal"], &again["kept"]["on"]), (&json!(true), &json!("2034-12-05")));
        let residence = one(&again["kept"]["routes"][0]["requirements"], "id", "residence");
        assert_eq!(residence["met_since"], "2034-12-01", "{residence}");

        // The person sees each step, and who looked.
        let cases = life.asked(&life.applicant, "cases").await;
        let states: Vec<&str> = cases["items"].as_array().unwrap().iter().map(|case| case["state"].as_str().unwrap()).collect();
        assert_eq!(states, ["granted"; 5]);
        let letter = life.applicant.get(&decision).await.expect(200).json()["letter"]["az"].as_str().unwrap().to_owned();
        assert!(letter.contains("Vətəndaşlığa qəbul") && letter.contains("təmin edilib"), "{letter}");
        assert!(life.asked(&life.applicant, "timeline").await["items"].as_array().unwrap().len() >= 40);
        assert!(!life.asked(&life.applicant, "accesses").await["items"].as_array().unwrap().is_empty());
        life.supervisor.get("/api/v1/office-figures").await.expect(200);
    }
}
