//! Permits that end before their time, their cards, their state on any day, the chain they make and what must be renewed.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Actor, Answered, Backend, TestApp, json_at, on_both};

async fn permit(officer: &Actor, person: &str, body: Value) -> String {
    let made = officer.post(&format!("{person}/permits"), &body).await.expect(201);
    made.headers["location"].to_str().unwrap().to_owned()
}

fn temporary(ground: &str, from: &str, to: &str) -> Value {
    json!({ "kind": "temporary_residence_permit", "ground": ground, "valid_from": from, "valid_to": to })
}

/// Ends a permit, trying it first if `query` says so.
async fn end(officer: &Actor, permit: &str, version: i64, query: &str, body: &Value) -> Answered {
    let key = uuid::Uuid::new_v4().to_string();
    let with = |request: reqwest::RequestBuilder| {
        request.header("idempotency-key", key).header("if-match", format!("\"v{version}\""))
    };
    officer.send(Method::POST, &format!("{permit}/transitions{query}"), Some(body), with).await
}

async fn state(officer: &Actor, permit: &str, on: &str) -> Value {
    officer.get(&format!("{permit}/status?valid_at={on}")).await.expect(200).json()
}

on_both! {
    async fn a_permit_ends_before_its_time_and_keeps_both_days(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let path = permit(&officer, &person, temporary("45.1.1", "2026-01-10", "2027-01-09")).await;
        app.later(60);
        let body = json!({ "to": "revoked", "effective_on": "2026-11-01", "ground": "50.1.8", "note": "Decision 12." });
        let ended = end(&officer, &path, 1, "", &body).await.expect(200);
        assert_eq!(ended.headers["etag"], "\"v2\"");
        let shown = ended.json()["permit"].clone();
        assert_eq!(shown["valid_to"], "2026-10-31", "the engine and the constraint need no more than the days");
        assert_eq!(shown["granted_to"], "2027-01-09");
        assert_eq!(shown["end"]["effective_on"], "2026-11-01");
        assert_eq!(shown["end"]["ground"], "50.1.8");
        assert_eq!(shown["end"]["recorded_at"], app.clock.now().rfc3339(), "recorded later than it took effect");
        app.later(60);
        officer.patch(&path, 2, &json!({ "document_number": "AA1" })).await.expect(200);
        let later = officer.get(&path).await.expect(200).json();
        assert_eq!(later["end"], shown["end"], "another change of the record is not another end");
        let refused = officer.patch(&path, 3, &json!({ "valid_to": "2027-01-09" })).await;
        assert_eq!(refused.problem(409, "invalid_transition")["state"], "revoked");
        // The days are free for another permit of the kind.
        permit(&officer, &person, temporary("45.1.5", "2026-11-01", "2027-10-31")).await;
    }

    async fn the_state_is_computed_for_any_day(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let path = permit(&officer, &person, temporary("45.1.1", "2026-01-10", "2027-01-09")).await;
        let before = app.clock.now();
        app.later(60);
        let body = json!({ "to": "cancelled", "effective_on": "2026-11-01", "ground": "50.1.7" });
        end(&officer, &path, 1, "", &body).await.expect(200);
        assert_eq!(state(&officer, &path, "2026-01-09").await["state"], "not_yet");
        let valid = state(&officer, &path, "2026-10-01").await;
        assert_eq!((&valid["state"], &valid["since"]), (&json!("valid"), &json!("2026-01-10")));
        assert_eq!((&valid["last_day"], &valid["days_left"]), (&json!("2026-10-31"), &json!(30)));
        assert_eq!((&valid["article"], &valid["allowed"]), (&json!("45.1.1"), &json!([])), "it has ended already");
        let ended = state(&officer, &path, "2026-11-01").await;
        assert_eq!((&ended["state"], &ended["since"]), (&json!("cancelled"), &json!("2026-11-01")));
        assert_eq!(ended["article"], "50.1.7");
        let known_then = format!("2026-11-01&as_of={}", before.rfc3339());
        let known_then = state(&officer, &path, &known_then).await;
        assert_eq!((&known_then["state"], &known_then["days_left"]), (&json!("valid"), &json!(69)));
        let moves: Vec<&Value> = known_then["allowed"].as_array().unwrap().iter().map(|one| &one["transition"]).collect();
        assert_eq!(moves, ["revoked", "cancelled", "returned", "lapsed"]);
        assert_eq!(known_then["allowed"][0]["who"], json!(["caseworker"]));
        officer.get(&format!("{path}/status?as_of=2020-01-01")).await.problem(404, "not_found");
    }

    async fn what_has_ended_does_not_end_again(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let path = permit(&officer, &person, temporary("45.1.1", "2025-01-10", "2026-01-09")).await;
        let revoke = |on: &str| json!({ "to": "revoked", "effective_on": on, "ground": "50.1.8" });
        let expired = end(&officer, &path, 1, "", &revoke("2026-02-01")).await.problem(409, "invalid_transition");
        assert_eq!((&expired["state"], &expired["allowed"]), (&json!("expired"), &json!([])));
        for kind in ["revoked", "cancelled", "returned", "lapsed"] {
            let path = permit(&officer, &officer.register(kind).await, temporary("45.1.1", "2025-01-10", "2026-01-09")).await;
            let body = json!({ "to": kind, "effective_on": "2025-06-01", "ground": "50.1.8" });
            end(&officer, &path, 1, "", &body).await.expect(200);
            for again in ["revoked", "cancelled", "returned", "lapsed"] {
                let body = json!({ "to": again, "effective_on": "2025-05-01", "ground": "50.1.8" });
                let problem = end(&officer, &path, 2, "", &body).await.problem(409, "invalid_transition");
                assert_eq!(problem["state"], kind);
            }
        }
    }

    async fn an_end_on_the_first_day_withdraws_the_permit(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let path = permit(&officer, &person, temporary("45.1.1", "2026-12-01", "2027-11-30")).await;
        let body = json!({ "to": "cancelled", "effective_on": "2026-11-20", "ground": "46.2" });
        let ended = end(&officer, &path, 1, "", &body).await.expect(200).json();
        assert_eq!(ended["permit"]["withdrawn"], true);
        officer.get(&path).await.problem(410, "gone");
        let after = state(&officer, &path, "2026-12-15").await;
        assert_eq!((&after["state"], &after["last_day"]), (&json!("cancelled"), &json!(null)));
        permit(&officer, &person, temporary("45.1.1", "2026-12-01", "2027-11-30")).await;
    }

    async fn grounds_are_those_of_the_law_of_the_day(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let path = permit(&officer, &person, temporary("45.1.1", "2018-01-10", "2019-01-09")).await;
        let with = |on: &str, ground: &str| json!({ "to": "revoked", "effective_on": on, "ground": ground });
        let unlisted = end(&officer, &path, 1, "", &with("2018-06-01", "50.1.13")).await.problem(422, "validation_failed");
        assert_eq!((&unlisted["errors"][0]["pointer"], &unlisted["errors"][0]["code"]), (&json!("/ground"), &json!("unlisted_ground")));
        let message = unlisted["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains("permit_end.temporary_residence_permit") && message.contains("50.1.8"), "{message}");
        let without = json!({ "to": "revoked", "effective_on": "2018-06-01" });
        let without = end(&officer, &path, 1, "", &without).await.problem(422, "validation_failed");
        assert_eq!(without["errors"][0]["code"], "required");
        // An unpaid fine is a ground since 14.07.2018.
        end(&officer, &path, 1, "?dry_run=true", &with("2018-07-14", "50.1.13")).await.expect(200);
        end(&officer, &path, 1, "", &json!({ "to": "returned", "effective_on": "2018-06-01" })).await.expect(200);
        // No ground of a refugee status is kept.
        let refugee = json!({ "kind": "refugee_status", "valid_from": "2018-01-01" });
        let refugee = permit(&officer, &person, refugee).await;
        let refused = end(&officer, &refugee, 1, "", &with("2020-01-01", "50.1.8")).await.problem(422, "validation_failed");
        assert_eq!(refused["errors"][0]["code"], "no_list");
        end(&officer, &refugee, 1, "", &json!({ "to": "lapsed", "effective_on": "2020-01-01" })).await.expect(200);
    }

    async fn a_ground_that_the_law_did_not_have_is_a_warning(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let old = officer.post(&format!("{person}/permits"), &temporary("45.1.3-2", "2020-01-10", "2021-01-09")).await.expect(201);
        assert_eq!(old.json()["warnings"][0]["code"], "ground_not_in_force");
        let new = officer.post(&format!("{person}/permits"), &temporary("45.1.3-2", "2024-01-10", "2025-01-09")).await.expect(201);
        assert_eq!(new.json()["warnings"], json!([]));
        let path = new.headers["location"].to_str().unwrap();
        let changed = officer.patch(path, 1, &json!({ "ground": "52.1.1" })).await.expect(200).json();
        assert_eq!(changed["warnings"][0]["code"], "ground_not_in_force");
        let extension = json!({ "kind": "stay_extension", "ground": "40.0.5", "valid_from": "2019-07-23", "valid_to": "2019-08-01" });
        let extension = officer.post(&format!("{person}/permits"), &extension).await.expect(201).json();
        assert_eq!(extension["warnings"][0]["code"], "ground_not_in_force");
    }
}

on_both! {
    async fn consequences_are_shown_before_they_happen(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let work = json!({ "kind": "work_permit", "valid_from": "2026-01-01", "valid_to": "2026-12-31" });
        let path = permit(&officer, &person, work).await;
        let body = json!({ "to": "lapsed", "effective_on": "2026-11-16", "ground": "71" });
        let tried = end(&officer, &path, 1, "?dry_run=true", &body).await.expect(200).json();
        assert_eq!(tried["dry_run"], true);
        let leave = json_at(&tried, "/consequences/[deadline=work.end_leave]").unwrap();
        assert_eq!((&leave["due"], &leave["starts_now"]), (&json!("2026-11-30"), &json!(true)));
        assert!(leave["article"].as_str().unwrap().starts_with("71"), "{leave}");
        assert_eq!(officer.get(&format!("{person}/events")).await.json()["items"], json!([]), "it was only tried");
        let done = end(&officer, &path, 1, "", &body).await.expect(200).json();
        assert_eq!(done["consequences"], tried["consequences"]);
        let events = officer.get(&format!("{person}/events")).await.expect(200).json();
        assert_eq!(events["items"][0]["kind"], "contract_ended_early");
        let due = officer.get(&format!("{person}/deadlines")).await.expect(200).json();
        assert_eq!(json_at(&due, "/items/[deadline=work.end_leave]/due").unwrap(), "2026-11-30");

        let residence = permit(&officer, &person, temporary("45.1.1", "2026-01-10", "2027-01-09")).await;
        let body = json!({ "to": "cancelled", "effective_on": "2026-11-01", "ground": "50.1.8" });
        let tried = end(&officer, &residence, 1, "?dry_run=true", &body).await.expect(200).json();
        let leave = json_at(&tried, "/consequences/[deadline=expulsion.leave]").unwrap();
        let expected = (&json!(null), &json!(false), &json!("expulsion_served"));
        assert_eq!((&leave["due"], &leave["starts_now"], &leave["event"]), expected, "nothing was served yet");
    }

    async fn cards_are_lost_and_replaced_and_the_permit_stays(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let mut body = temporary("45.1.1", "2026-01-10", "2027-01-09");
        body["document_number"] = json!("AA1");
        let path = permit(&officer, &person, body).await;
        let events = format!("{path}/card-events");
        let lost = officer.post(&events, &json!({ "kind": "lost", "effective_on": "2026-11-02" })).await.expect(201).json();
        let report = json_at(&lost, "/consequences/[deadline=card.loss]").unwrap();
        assert_eq!(report["due"], "2026-11-17", "ten working days, with 9 November off: {lost}");
        let kinds = async || {
            let events = officer.get(&format!("{person}/events")).await.expect(200).json();
            events["items"].as_array().unwrap().iter().map(|event| event["kind"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(kinds().await, ["card_lost"]);
        for (kind, number, code) in [("replaced", json!(null), "required"), ("damaged", json!("AA3"), "not_here")] {
            let body = json!({ "kind": kind, "effective_on": "2026-11-10", "document_number": number });
            let refused = officer.post(&events, &body).await.problem(422, "validation_failed");
            assert_eq!(refused["errors"][0]["code"], code);
        }
        officer.post(&events, &json!({ "kind": "lost", "effective_on": "2026-11-25" })).await.problem(422, "validation_failed");
        // Found, it turns out, by somebody who keeps it: the same day, the same term.
        let stolen = officer.post(&events, &json!({ "kind": "stolen", "effective_on": "2026-11-02" })).await.expect(201).json();
        assert_eq!(kinds().await, ["card_lost"]);
        let stolen = format!("{person}/card-events/{}", stolen["card_event"]["id"].as_str().unwrap());
        officer.delete(&stolen, 1).await.expect(200);
        assert_eq!(kinds().await, ["card_lost"], "the loss still stands");
        let replaced = json!({ "kind": "replaced", "effective_on": "2026-11-10", "document_number": "AA2" });
        officer.post(&events, &replaced).await.expect(201);
        let on = async |day: &str| state(&officer, &path, day).await;
        assert_eq!(on("2026-11-05").await["card"], json!({ "document_number": "AA1", "last": "lost", "since": "2026-11-02" }));
        let now = on("2026-11-24").await;
        assert_eq!(now["card"], json!({ "document_number": "AA2", "last": "replaced", "since": "2026-11-10" }));
        assert_eq!((&now["state"], &now["last_day"]), (&json!("valid"), &json!("2027-01-09")));
        let first = officer.get(&format!("{events}?limit=1")).await.expect(200).json();
        assert_eq!(first["items"][0]["kind"], "lost");
        let second = officer.get(first["next"].as_str().unwrap()).await.expect(200).json();
        assert_eq!((&second["items"][0]["kind"], &second["next"]), (&json!("replaced"), &json!(null)));
        // It was found in a drawer: the report is owed no more.
        let mistake = format!("{person}/card-events/{}", lost["card_event"]["id"].as_str().unwrap());
        officer.delete(&mistake, 1).await.expect(200);
        assert_eq!(kinds().await, Vec::<Value>::new());
        assert_eq!(officer.get(&events).await.json()["items"].as_array().unwrap().len(), 1);
        officer.delete(&mistake, 2).await.problem(410, "gone");
    }

    async fn permits_are_shown_as_a_chain(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        permit(&officer, &person, temporary("45.1.1", "2020-01-01", "2020-12-31")).await;
        permit(&officer, &person, temporary("45.1.1", "2021-01-01", "2021-12-31")).await;
        permit(&officer, &person, temporary("45.1.8", "2022-02-01", "2023-01-31")).await;
        permit(&officer, &person, json!({ "kind": "work_permit", "valid_from": "2022-02-01", "valid_to": "2023-01-31" })).await;
        let applied = json!({ "kind": "application", "happened_on": "2021-11-20" });
        officer.post(&format!("{person}/events"), &applied).await.expect(201);
        let chain = officer.get(&format!("{person}/permit-chain?valid_at=2023-03-01")).await.expect(200).json();
        let joins: Vec<&Value> = chain["links"].as_array().unwrap().iter().map(|link| &link["joins"]).collect();
        assert_eq!(joins, ["first", "renewal", "after_gap"], "work permits are no residence: {chain}");
        assert_eq!(chain["links"][0]["counts_toward"], json!(["permanent_residence"]));
        assert_eq!(chain["links"][2]["counts_toward"], json!([]), "45.1.8 never counts");
        assert_eq!(json_at(&chain, "/counting/[outcome=permanent_residence]/days").unwrap(), 731);
        assert_eq!(chain["never_counting_days"], 365);
        let gap = &chain["gaps"][0];
        assert_eq!((&gap["from"], &gap["to"], &gap["days"]), (&json!("2022-01-01"), &json!("2022-01-31"), &json!(31)));
        let covered = json!({ "applied_on": "2021-11-20", "through": "2022-01-31", "complete": true, "source": ["mc.20.2", "mc.47.9"] });
        assert_eq!((&gap["bridged"], &gap["bridge"]), (&json!(true), &covered));
        assert!(json_at(&chain, "/sources/[id=mc.47.9]").is_some());
        let last = &chain["gaps"][1];
        assert_eq!((&last["from"], &last["to"], &last["open"]), (&json!("2023-02-01"), &json!("2023-03-01"), &json!(true)));
        assert_eq!(last["bridged"], true, "nobody recorded a decision on the application of 2021");
        let refused = json!({ "kind": "refusal_served", "happened_on": "2022-01-10" });
        officer.post(&format!("{person}/events"), &refused).await.expect(201);
        let chain = officer.get(&format!("{person}/permit-chain?valid_at=2023-03-01")).await.expect(200).json();
        assert_eq!(chain["gaps"][0]["bridge"]["through"], "2022-01-10");
        assert_eq!((&chain["gaps"][0]["bridge"]["complete"], &chain["gaps"][1]["bridged"]), (&json!(false), &json!(false)));
    }

    async fn renewals_name_the_last_day_to_apply_and_the_reminders(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        permit(&officer, &person, temporary("45.1.1", "2026-03-01", "2027-02-28")).await;
        let renewals = officer.get(&format!("{person}/renewals?valid_at=2026-11-24")).await.expect(200).json();
        let extension = json_at(&renewals, "/items/[deadline=trp.apply_before]").unwrap();
        assert_eq!((&extension["last_day"], &extension["days_left"]), (&json!("2027-01-29"), &json!(66)));
        let reminders: Vec<(&Value, &Value, &Value)> = extension["reminders"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (&one["before"], &one["on"], &one["state"]))
            .collect();
        assert_eq!(
            reminders,
            [
                (&json!("P90D"), &json!("2026-10-31"), &json!("passed")),
                (&json!("P60D"), &json!("2026-11-30"), &json!("to_come")),
                (&json!("P30D"), &json!("2026-12-30"), &json!("to_come")),
            ]
        );
        assert!(extension["after"]["en"].as_str().unwrap().contains("leaving the country"), "{extension}");
        assert_eq!(extension["state"], "open");
        let permanent = json_at(&renewals, "/items/[deadline=prp.apply_before]").unwrap();
        assert_eq!(permanent["last_day"], "2026-11-30", "three months after it February ends");
        let late = officer.get(&format!("{person}/renewals?valid_at=2027-02-01")).await.expect(200).json();
        assert_eq!(json_at(&late, "/items/[deadline=trp.apply_before]/state").unwrap(), "overdue");
        permit(&officer, &person, temporary("45.1.1", "2027-03-01", "2029-02-28")).await;
        let renewed = officer.get(&format!("{person}/renewals?valid_at=2027-02-01")).await.expect(200).json();
        assert_eq!(json_at(&renewed, "/items/[deadline=trp.apply_before]/state").unwrap(), "renewed");
    }
}
