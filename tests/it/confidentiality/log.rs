//! Who looked: for the person, and for auditors. And how the person comes in.

use sakin::access::policy::Role;
use serde_json::{Value, json};

use super::{break_glass, id_of};
use crate::harness::{Backend, TestApp, on_both};

/// Events of one millisecond have no order: lets a second pass.
fn tick(app: &TestApp) {
    app.clock.set(app.clock.now().plus_seconds(1));
}

fn actions(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| item["action"].as_str().unwrap()).collect()
}

on_both! {
    async fn the_person_learns_of_every_look(app: TestApp) {
        let (officer, theirs) = (app.caseworker("Bakı").await, app.caseworker("Gəncə").await);
        tick(&app);
        let (file, other) = (officer.register("Nümunə").await, officer.register("Nümunə Başqa").await);
        tick(&app);
        let applicant = app.applicant(&file).await;
        tick(&app);
        officer.get(&file).await.expect(200);
        tick(&app);
        officer.get("/api/v1/people").await.expect(200);
        let with_purpose = |request: reqwest::RequestBuilder| request.header("purpose", "status_check");
        tick(&app);
        officer.send(reqwest::Method::GET, &format!("{file}/permits"), None, with_purpose).await.expect(200);
        tick(&app);
        let number = officer.get(&file).await.json()["file_number"].clone();
        tick(&app);
        break_glass(&theirs, &number).await;
        tick(&app);
        theirs.get(&file).await.expect(200);
        tick(&app);
        applicant.get(&file).await.expect(200);
        tick(&app);
        let answer = applicant.get(&format!("{file}/accesses")).await.expect(200);
        let page = answer.json();
        let seen = actions(&page);
        let newest = ["person.viewed", "person.viewed", "access_grant.made", "person.viewed", "permits.viewed", "people.listed"];
        assert!(seen.starts_with(&newest), "{seen:?}");
        assert_eq!(seen.last(), Some(&"person.registered"));
        let items = page["items"].as_array().unwrap();
        assert_eq!((&items[0]["role"], &items[0]["by"]), (&json!("applicant"), &Value::Null));
        assert_eq!((&items[1]["via"], &items[1]["by"]), (&json!("access_grant"), &json!("Gəncə")));
        assert_eq!((&items[4]["purpose"], &items[4]["by"]), (&json!("status_check"), &json!("Bakı")));
        for secret in [officer.id().await.as_str(), theirs.id().await.as_str(), &officer.email, id_of(&other)] {
            assert!(!answer.text.contains(secret), "{secret}");
        }
        // Reading it is a look as well, and pages do not overlap.
        tick(&app);
        let first = applicant.get(&format!("{file}/accesses?limit=2")).await.expect(200).json();
        assert_eq!(actions(&first)[0], "accesses.viewed");
        tick(&app);
        let second = applicant.get(first["next"].as_str().unwrap()).await.expect(200).json();
        assert_eq!(actions(&second), actions(&page)[1..3]);
        tick(&app);
        applicant.get(&format!("{other}/accesses")).await.problem(404, "not_found");
        tick(&app);
        app.official("Bakı").await.get(&format!("{file}/accesses")).await.problem(403, "role_not_permitted");
    }

    async fn the_person_does_not_learn_which_officer_it_was(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let file = officer.register("Nümunə").await;
        officer.patch(&file, 1, &json!({ "birth_date": "1961" })).await.expect(200);
        let applicant = app.applicant(&file).await;
        let versions = applicant.get(&format!("{file}/versions")).await.expect(200);
        assert!(!versions.text.contains(&officer.id().await), "{}", versions.text);
        assert!(officer.get(&format!("{file}/versions")).await.text.contains(&officer.id().await));
        applicant.post("/api/v1/people/search", &json!({ "name": "Nümunə" })).await.problem(403, "role_not_permitted");
        let trip = json!({ "trips": [ { "exit": "2026-12-01", "entry": "2026-12-20" } ] });
        applicant.post(&format!("{file}/simulations"), &trip).await.expect(200);
        applicant.patch(&file, 2, &json!({ "sex": 1 })).await.problem(403, "role_not_permitted");
    }

    async fn auditors_see_events_and_nobody_s_file(app: TestApp) {
        let (officer, auditor) = (app.caseworker("Bakı").await, app.actor(Role::Auditor, "Bakı").await);
        tick(&app);
        let file = officer.register("Nümunə").await;
        tick(&app);
        officer.get(&file).await.expect(200);
        tick(&app);
        let answer = auditor.get("/api/v1/audit/events?limit=3").await.expect(200);
        let page = answer.json();
        assert_eq!(actions(&page)[0], "person.viewed");
        assert_eq!(page["items"][0]["account_id"], officer.id().await);
        assert!(!answer.text.contains(id_of(&file)), "{}", answer.text);
        tick(&app);
        let next = auditor.get(page["next"].as_str().unwrap()).await.expect(200).json();
        assert_eq!(next["items"].as_array().unwrap().len(), 3);
        tick(&app);
        assert_eq!(actions(&auditor.get("/api/v1/audit/events").await.json())[0], "audit_events.viewed");
        tick(&app);
        auditor.get(&file).await.problem(403, "role_not_permitted");
    }

    async fn an_account_of_one_s_own_begins_with_a_code(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let (file, other) = (officer.register("Nümunə").await, officer.register("Başqa").await);
        let codes = format!("{file}/activation-codes");
        let first = officer.post(&codes, &json!({ "email": "A@mail.example" })).await.expect(201).json();
        tick(&app);
        let again = officer.post(&codes, &json!({ "email": "b@mail.example" })).await.expect(201).json();
        assert_eq!(first["account_id"], again["account_id"]);
        assert_ne!(first["code"], again["code"]);
        assert_eq!(app.database.count("one_time_code"), 2);
        let running = format!("one_time_code WHERE expires_at > {}", app.clock.now().micros());
        assert_eq!(app.database.count(&running), 1, "the earlier code is over");
        assert_eq!(app.database.count("account WHERE email = 'b@mail.example' AND password IS NULL"), 1);
        let taken = json!({ "email": "b@mail.example" });
        officer.post(&format!("{other}/activation-codes"), &taken).await.problem(422, "validation_failed");
        // Who has an account needs no code.
        let third = officer.register("Üçüncü").await;
        app.applicant(&third).await;
        let more = json!({ "email": "c@mail.example" });
        officer.post(&format!("{third}/activation-codes"), &more).await.problem(409, "invalid_transition");
    }
}
