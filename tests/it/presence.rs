//! Crossings: how sure they are, what cannot be right in them and how to repair it, many at once; and every limit that counts absences.

use std::pin::pin;
use std::time::Duration;

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection};
use reqwest::Method;
use sakin::db::Target;
use serde_json::{Value, json};

use crate::harness::{Actor, Answered, Backend, TestApp, json_at, on_both};

fn crossing(direction: &str, on: &str, source: &str) -> Value {
    json!({ "direction": direction, "crossed_on": on, "source": source })
}

async fn cross(officer: &Actor, person: &str, direction: &str, on: &str, source: &str) -> Value {
    officer.post(&format!("{person}/crossings"), &crossing(direction, on, source)).await.expect(201).json()
}

async fn findings(officer: &Actor, person: &str) -> Vec<Value> {
    let found = officer.get(&format!("{person}/presence-findings")).await.expect(200).json();
    found["items"].as_array().unwrap().clone()
}

/// Does what a finding proposes.
async fn repair(officer: &Actor, with: &Value, needs: &Value) -> Answered {
    let mut body = with["body"].clone();
    for (name, value) in needs.as_object().unwrap() {
        assert!(with["needs"].as_array().unwrap().contains(&json!(name)), "{with}");
        body[name] = value.clone();
    }
    let (method, href) = (with["method"].as_str().unwrap(), with["href"].as_str().unwrap());
    let version = with["version"].as_i64();
    let headers = |mut request: reqwest::RequestBuilder| {
        if let Some(version) = version {
            request = request.header("if-match", format!("\"v{version}\""));
        }
        request.header("idempotency-key", uuid::Uuid::new_v4().to_string())
    };
    let body = (method != "DELETE").then_some(&body);
    officer.send(method.parse::<Method>().unwrap(), href, body, headers).await
}

on_both! {
    async fn a_crossing_says_how_sure_it_is(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        for (source, usual) in [("border", "certain"), ("document", "certain"), ("declared", "probable")] {
            let made = cross(&officer, &person, "entry", "2024-01-01", source).await;
            assert_eq!(made["confidence"], usual, "{source}");
        }
        let mut body = crossing("exit", "2024-02-01", "border");
        body["confidence"] = json!("doubtful");
        let made = officer.post(&format!("{person}/crossings"), &body).await.expect(201).json();
        assert_eq!(made["confidence"], "doubtful");
        let path = format!("{person}/crossings/{}", made["id"].as_str().unwrap());
        let corrected = officer.patch(&path, 1, &json!({ "confidence": "probable" })).await.expect(200).json();
        assert_eq!((&corrected["confidence"], &corrected["source"]), (&json!("probable"), &json!("border")));
        let listed = officer.get(&format!("{person}/crossings")).await.expect(200).json();
        assert_eq!(listed["items"][3]["confidence"], "probable");
        officer.patch(&path, 2, &json!({ "confidence": "sure" })).await.problem(422, "validation_failed");
        let other = officer.register("Başqa").await;
        let trip = json!({ "exit": "2025-02-01", "entry": "2025-03-01", "source": "declared" });
        let trip = officer.post(&format!("{other}/trips"), &trip).await.expect(201).json();
        assert_eq!((&trip["exit"]["confidence"], &trip["entry"]["confidence"]), (&json!("probable"), &json!("probable")));
    }

    async fn a_crossing_waits_for_whoever_holds_the_file(app: TestApp) {
        // SQLite has one writer.
        let Target::Postgres { url, .. } = app.database.target() else { return };
        let officer = app.caseworker("Bakı").await;
        let path = format!("{}/crossings", officer.register("Nümunə").await);
        let mut holder = PgConnection::establish(&url).unwrap();
        holder.batch_execute("BEGIN; SELECT 1 FROM person FOR UPDATE").unwrap();
        let body = crossing("entry", "2024-01-01", "border");
        let mut waiting = pin!(officer.post(&path, &body));
        assert!(tokio::time::timeout(Duration::from_millis(300), &mut waiting).await.is_err());
        holder.batch_execute("COMMIT").unwrap();
        waiting.await.expect(201);
    }

    async fn what_cannot_be_right_is_found_and_repaired_from_the_message(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let first = cross(&officer, &person, "exit", "2024-02-01", "border").await;
        let second = cross(&officer, &person, "exit", "2024-06-01", "border").await;
        cross(&officer, &person, "entry", "2024-07-01", "border").await;
        let found = findings(&officer, &person).await;
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0]["code"], "missing_entry");
        let ids = [&found[0]["crossings"][0]["id"], &found[0]["crossings"][1]["id"]];
        assert_eq!(ids, [&first["id"], &second["id"]]);
        assert_eq!(found[0]["unknown"], json!({ "from": "2024-02-01", "to": "2024-06-01" }));
        let trips = officer.get(&format!("{person}/trips")).await.expect(200).json();
        assert_eq!(trips["unknown"][0], found[0]["unknown"], "what is unknown stays unknown");
        let needs = json!({ "crossed_on": "2024-04-01", "source": "document" });
        repair(&officer, &found[0]["repair"][0], &needs).await.expect(201);
        assert_eq!(findings(&officer, &person).await, Vec::<Value>::new());

        // A second account of one crossing; the border's stays.
        cross(&officer, &person, "exit", "2024-09-01", "border").await;
        let declared = cross(&officer, &person, "exit", "2024-09-04", "declared").await;
        let found = findings(&officer, &person).await;
        assert_eq!((&found[0]["code"], &found[1]["code"]), (&json!("sources_differ"), &json!("open_absence")));
        let withdrawn = repair(&officer, &found[0]["repair"][0], &json!({})).await.expect(200).json();
        assert_eq!(withdrawn["id"], declared["id"]);
        let open = findings(&officer, &person).await;
        assert_eq!((open.len(), &open[0]["code"], &open[0]["unknown"]), (1, &json!("open_absence"), &json!(null)));
        let needs = json!({ "crossed_on": "2024-10-01", "source": "border" });
        repair(&officer, &open[0]["repair"][0], &needs).await.expect(201);

        // A return that stands before its departure.
        cross(&officer, &person, "entry", "2025-06-01", "border").await;
        cross(&officer, &person, "exit", "2025-06-10", "border").await;
        cross(&officer, &person, "exit", "2025-09-01", "border").await;
        cross(&officer, &person, "entry", "2025-10-01", "border").await;
        let found = findings(&officer, &person).await;
        assert_eq!((found.len(), &found[0]["code"]), (1, &json!("return_before_departure")), "{found:?}");
        repair(&officer, &found[0]["repair"][0], &json!({ "crossed_on": "2025-06-20" })).await.expect(200);
        assert_eq!(findings(&officer, &person).await, Vec::<Value>::new());

        cross(&officer, &person, "entry", "2025-10-01", "document").await;
        let found = findings(&officer, &person).await;
        assert_eq!(found[0]["code"], "same_day_contradiction");
        let then = officer.get(&format!("{person}/presence-findings?valid_at=2025-09-30")).await.expect(200).json();
        assert_eq!(then["items"][0]["code"], "open_absence", "as seen from that day");
    }

    async fn many_crossings_come_with_a_result_each(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let path = format!("{person}/crossings/bulk");
        let items = json!([
            crossing("exit", "2024-02-01", "border"),
            crossing("exit", "2027-02-01", "border"),
            { "direction": "out", "crossed_on": "2024-02-31" },
            crossing("entry", "2024-03-01", "border"),
        ]);
        let with = |atomic: &str| json!({ "items": items, "atomic": atomic });
        let count = async || officer.get(&format!("{person}/crossings")).await.json()["items"].as_array().unwrap().len();
        let all = officer.post(&path, &with("all")).await.problem(422, "validation_failed");
        let pointers: Vec<&Value> = all["errors"].as_array().unwrap().iter().map(|fault| &fault["pointer"]).collect();
        assert_eq!(pointers, ["/items/1/crossed_on", "/items/2/direction", "/items/2/crossed_on", "/items/2/source"]);
        assert_eq!(count().await, 0);
        let tried = officer.post(&format!("{path}?dry_run=true"), &with("item")).await.expect(200).json();
        assert_eq!((&tried["recorded"], &tried["dry_run"]), (&json!(2), &json!(true)));
        assert_eq!(count().await, 0);
        let events = app.database.count("audit_event");
        let done = officer.post(&path, &with("item")).await.expect(200).json();
        assert_eq!(app.database.count("audit_event") - events, 1, "one act, one event");
        assert_eq!((&done["recorded"], &done["refused"]), (&json!(2), &json!(2)));
        let statuses: Vec<&Value> = done["items"].as_array().unwrap().iter().map(|item| &item["status"]).collect();
        assert_eq!(statuses, [201, 422, 422, 201]);
        assert_eq!(done["items"][1]["problem"]["errors"][0]["code"], "in_the_future");
        assert_eq!(done["items"][2]["problem"]["errors"].as_array().unwrap().len(), 3);
        officer.get(done["items"][3]["location"].as_str().unwrap()).await.expect(200);
        assert_eq!(count().await, 2);
        officer.post(&path, &json!({ "items": [], "atomic": "all" })).await.problem(422, "validation_failed");
        let many = json!({ "items": vec![crossing("exit", "2020-02-01", "border"); 101], "atomic": "all" });
        officer.post(&path, &many).await.problem(400, "malformed_json");
        let most = json!({ "items": vec![crossing("exit", "2020-02-01", "border"); 100], "atomic": "all" });
        assert_eq!(officer.post(&path, &most).await.expect(200).json()["recorded"], 100);
    }

    /// The watches show every limit that threatens a permit, under each reading at once. The citizenship clock threatens no permit: its limits
    /// stand beside it, one reading next to the other, in the answer about eligibility.
    async fn every_limit_on_absences_is_shown_at_once(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        for permit in [
            json!({ "kind": "temporary_residence_permit", "ground": "45.1.1", "valid_from": "2021-01-10", "valid_to": "2023-06-09" }),
            json!({ "kind": "permanent_residence_permit", "ground": "52.1.1", "valid_from": "2023-06-10", "valid_to": "2028-06-09" }),
        ] {
            officer.post(&format!("{person}/permits"), &permit).await.expect(201);
        }
        let trip = json!({ "exit": "2023-03-01", "entry": "2023-03-12", "source": "border" });
        officer.post(&format!("{person}/trips"), &trip).await.expect(201);
        let trip = json!({ "exit": "2024-03-01", "entry": "2024-03-12", "source": "border" });
        officer.post(&format!("{person}/trips"), &trip).await.expect(201);
        let shown = async |on: &str| {
            let answer = officer.get(&format!("{person}/watches?valid_at={on}")).await.expect(200).json();
            let watches = answer["watches"].as_array().unwrap().iter();
            watches.map(|watch| (watch["watch"].clone(), watch["reading"].clone(), watch.clone())).collect::<Vec<_>>()
        };
        let temporary = shown("2023-04-01").await;
        assert_eq!(temporary.len(), 1);
        assert_eq!((&temporary[0].0, &temporary[0].2["used"], &temporary[0].2["left"]), (&json!("trp.absence"), &json!(10), &json!(80)));
        assert!(temporary[0].2["safe_until"].is_string());
        let permanent = shown("2024-04-01").await;
        let readings: Vec<&Value> = permanent.iter().map(|(_, reading, _)| reading).collect();
        assert_eq!(readings, ["permit_year", "any_year"], "{permanent:?}");
        for (watch, _, gauge) in &permanent {
            assert_eq!((watch, &gauge["used"], &gauge["left"]), (&json!("prp.absence"), &json!(10), &json!(170)));
            assert!(gauge["safe_until"].is_string());
        }
        // One planned departure is held against all of them at once.
        let leaving = json!({ "valid_at": "2024-04-01", "exit": "2024-05-01" });
        let safe = officer.post(&format!("{person}/simulations"), &leaving).await.expect(200).json()["safe_return"].clone();
        for reading in ["anniversary", "rolling", "calendar", "single_trip", "anniversary_restart", "rolling_restart"] {
            let at = format!("/routes/[route=citizenship.general,reading={reading}]/last_entry");
            assert!(json_at(&safe, &at).is_some_and(Value::is_string), "{reading}: {safe}");
        }
        for reading in ["permit_year", "any_year"] {
            let at = format!("/watches/[reading={reading}]/last_entry");
            assert!(json_at(&safe, &at).is_some_and(Value::is_string), "{reading}: {safe}");
        }
        let clock = officer.get(&format!("{person}/eligibility?route=citizenship.general&valid_at=2024-04-01")).await.expect(200).json();
        let routes = clock["routes"].as_array().unwrap();
        assert!(routes.len() > 2, "every reading of the citizenship clock");
        for route in routes {
            let residence = json_at(route, "/requirements/[id=residence]").unwrap();
            assert!(residence["trace"].as_array().is_some_and(|steps| !steps.is_empty()), "{residence}");
        }
    }
}
