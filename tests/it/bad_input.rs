//! Bad input gets one problem that names every fault by pointer, and nothing is stored.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Actor, Answered, Backend, TestApp, on_both};

/// Pointer (or parameter) and code of each fault.
fn faults(problem: &Value) -> Vec<(&str, &str)> {
    let named = problem["errors"].as_array().unwrap().iter().map(|fault| {
        let at = ["pointer", "parameter", "header"].iter().find_map(|name| fault[*name].as_str()).unwrap();
        (at, fault["code"].as_str().unwrap())
    });
    named.collect()
}

async fn raw(officer: &Actor, path: &str, body: &[u8]) -> Answered {
    let body = body.to_vec();
    officer
        .send(Method::POST, path, None, |request| {
            request.header("content-type", "application/json").header("idempotency-key", "raw").body(body)
        })
        .await
}

on_both! {
    async fn every_fault_of_a_person_is_named(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let body = json!({
            "names": [ { "full_name_as_printed": "" }, { "full_name_as_printed": "Aygün\u{202E}", "script": "Latin" } ],
            "birth_date": "1961-13",
            "sex": 3,
            "nationalities": [ { "code": "USSR" }, { "code": "GEO", "valid_from": "2020-01-02", "valid_to": "2020-01-01" } ],
            "office_id": "x",
        });
        let problem = officer.post("/api/v1/people", &body).await.problem(422, "validation_failed");
        let found = faults(&problem);
        for expected in [
            ("/names/0/full_name_as_printed", "blank"),
            ("/names/1/full_name_as_printed", "hidden_character"),
            ("/names/1/script", "invalid_script"),
            ("/birth_date", "not_a_date"),
            ("/sex", "not_in_list"),
            ("/nationalities/0/code", "unknown_code"),
            ("/nationalities/1/valid_to", "before_start"),
            ("/office_id", "unknown_member"),
        ] {
            assert!(found.contains(&expected), "{expected:?} is missing: {problem}");
        }
        assert_eq!(found.len(), 8, "{problem}");
        assert_eq!(app.database.count("person"), 0);
    }

    async fn real_names_are_taken_as_they_are(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        for name in ["Əli Həsən oğlu", "O'Neill", "D’Artagnan Nümunə", "Ə", "Şəhla", "Нигяр", "თამარ", "Jean-Luc"] {
            let path = officer.register(name).await;
            assert_eq!(officer.get(&path).await.json()["names"][0]["full_name_as_printed"], name);
        }
    }

    async fn nobody_is_registered_without_a_search(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let body = json!({ "names": [ { "full_name_as_printed": "Nümunə" } ] });
        officer.post("/api/v1/people", &body).await.problem(409, "search_required");
        let found = officer.post("/api/v1/people/search", &json!({ "name": "Başqa" })).await.expect(200).json();
        let body = json!({ "names": [ { "full_name_as_printed": "Nümunə" } ], "search_token": found["search_token"] });
        officer.post("/api/v1/people", &body).await.problem(409, "search_required");
        let found = officer.post("/api/v1/people/search", &json!({ "name": "NUMUNE" })).await.expect(200).json();
        let body = json!({ "names": [ { "full_name_as_printed": "Nümunə" } ], "search_token": found["search_token"] });
        app.clock.set(app.clock.now().plus_seconds(31 * 60));
        officer.post("/api/v1/people", &body).await.problem(401, "authentication_required");
        assert_eq!(app.database.count("person"), 0);
    }

    async fn dates_that_do_not_exist_and_days_out_of_order_are_named(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let permits = format!("{person}/permits");
        for (day, code) in [
            ("2023-02-29", "not_a_date"), ("2024-02-30", "not_a_date"), ("0000-01-01", "not_a_date"), ("10000-01-01", "not_a_date"),
            ("1899-12-31", "not_a_date"), ("2024-1-1", "not_a_date"), ("2024", "not_a_date"), ("2024-05", "not_a_date"), (" 2024-01-01", "not_a_date"),
        ] {
            let body = json!({ "kind": "work_permit", "valid_from": day });
            let problem = officer.post(&permits, &body).await.problem(422, "validation_failed");
            assert_eq!(faults(&problem), [("/valid_from", code)], "{day}");
        }
        let body = json!({ "kind": "residence", "valid_from": "2024-02-01", "valid_to": "2024-01-31", "ground": "45,1" });
        let problem = officer.post(&permits, &body).await.problem(422, "validation_failed");
        let mut found = faults(&problem);
        found.sort_unstable();
        assert_eq!(found, [("/ground", "not_a_code"), ("/kind", "not_in_list"), ("/valid_to", "before_start")]);
        assert_eq!(app.database.count("permit"), 0);
    }

    async fn overlapping_permits_are_named(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let path = format!("{person}/permits");
        let permit = |kind: &str, from: &str, to: Option<&str>| json!({ "kind": kind, "valid_from": from, "valid_to": to });
        let first = officer.post(&path, &permit("work_permit", "2024-01-01", Some("2024-12-31"))).await.expect(201).json();
        let problem = officer.post(&path, &permit("work_permit", "2024-12-31", None)).await.problem(409, "overlapping_permit");
        assert!(problem["errors"][0]["message"].as_str().unwrap().contains(first["id"].as_str().unwrap()), "{problem}");
        officer.post(&path, &permit("work_permit", "2025-01-01", None)).await.expect(201);
        officer.post(&path, &permit("temporary_residence_permit", "2024-06-01", None)).await.expect(201);
        officer.patch(&format!("{path}/{}", first["id"].as_str().unwrap()), 1, &json!({ "valid_to": null })).await.problem(409, "overlapping_permit");
        assert_eq!(app.database.count("permit"), 3);
    }

    async fn trips_that_overlap_or_run_backwards_are_named(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let path = format!("{person}/trips");
        let trip = |exit: &str, entry: &str| json!({ "exit": exit, "entry": entry, "source": "declared" });
        let problem = officer.post(&path, &trip("2024-06-01", "2024-05-01")).await.problem(422, "validation_failed");
        assert_eq!(faults(&problem), [("/entry", "before_exit")]);
        assert_eq!(problem["errors"][0]["value"], "2024-05-01");
        officer.post(&path, &trip("2024-06-01", "2024-07-01")).await.expect(201);
        officer.post(&path, &trip("2024-06-15", "2024-06-20")).await.problem(409, "overlapping_trip");
        officer.post(&path, &trip("2024-05-15", "2024-06-02")).await.problem(409, "overlapping_trip");
        officer.post(&path, &trip("2024-07-01", "2024-07-05")).await.expect(201);
        assert_eq!(app.database.count("crossing"), 4);
    }

    async fn what_cannot_have_been_is_refused(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let unborn = json!({ "names": [{ "full_name_as_printed": "Nümunə" }], "birth_date": "2026-11-25" });
        let problem = officer.post("/api/v1/people", &unborn).await.problem(422, "validation_failed");
        assert_eq!(faults(&problem), [("/birth_date", "in_the_future")]);
        let person = officer.register("Nümunə").await;
        let problem = officer.patch(&person, 1, &json!({ "birth_date": "2027" })).await.problem(422, "validation_failed");
        assert_eq!(faults(&problem), [("/birth_date", "in_the_future")]);
        let gap = json!({ "valid_from": "2026-01-01", "valid_to": "2026-11-25" });
        let problem = officer.post(&format!("{person}/presence-gaps"), &gap).await.problem(422, "validation_failed");
        assert_eq!(faults(&problem), [("/valid_to", "in_the_future")]);
        // Of two statements about one file, only the one that is wrong is named.
        let problem = officer.post("/api/v1/people/search", &json!({ "file_number": "7Q4-M2K-XDRA" })).await.problem(422, "validation_failed");
        assert_eq!(faults(&problem).len(), 1, "{problem}");
        // JSON has booleans of its own.
        let fact = |value: Value| json!({ "name": "lawful_income", "value": value });
        let facts = format!("{person}/facts");
        let problem = officer.post(&facts, &fact(json!("true"))).await.problem(422, "validation_failed");
        assert_eq!(faults(&problem), [("/value", "not_a_boolean")]);
        assert_eq!(officer.post(&facts, &fact(json!(true))).await.expect(201).json()["warnings"], json!([]));
        let slip = json!({ "name": "lawful_incom", "value": true });
        assert_eq!(officer.post(&facts, &slip).await.expect(201).json()["warnings"][0]["code"], "unknown_name");
        let slip = json!({ "kind": "state_languag", "valid_from": "2024-01-01" });
        let proof = officer.post(&format!("{person}/evidence"), &slip).await.expect(201).json();
        assert_eq!(proof["warnings"][0]["code"], "unknown_name");
        let slip = json!({ "kind": "refusal_serve", "happened_on": "2024-01-01" });
        let event = officer.post(&format!("{person}/events"), &slip).await.expect(201).json();
        assert_eq!(event["warnings"][0]["code"], "unknown_name");
    }

    async fn every_fault_of_a_simulation_is_named(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let path = format!("{person}/simulations");
        let body = json!({
            "valid_at": "2026-02-30", "law_at": "2022", "as_of": "soon", "reading": "Anniversary", "no_renewal": "perhaps", "exit": 5,
            "trips": [ { "exit": "2027-01-10", "entry": "2027-01-09" }, { "entry": "2027-03-01", "place": "x" }, 7 ],
            "statuses": [ { "kind": "residence", "ground": "52,1", "from": "2027-02-01", "to": "2027-01-31" }, { "kind": "refugee_status" } ],
            "on": "2026-11-23",
        });
        let problem = officer.post(&path, &body).await.problem(422, "validation_failed");
        let mut found = faults(&problem);
        found.sort_unstable();
        assert_eq!(found, [
            ("/as_of", "not_an_instant"), ("/exit", "not_text"), ("/law_at", "not_a_date"), ("/no_renewal", "not_a_boolean"),
            ("/on", "unknown_member"), ("/reading", "not_a_code"),
            ("/statuses/0/ground", "not_a_code"), ("/statuses/0/kind", "not_in_list"), ("/statuses/0/to", "before_start"),
            ("/statuses/1/from", "required"), ("/trips/0/entry", "before_exit"), ("/trips/1/exit", "required"),
            ("/trips/1/place", "unknown_member"), ("/trips/2", "not_an_object"), ("/valid_at", "not_a_date"),
        ]);
        let body = json!({ "as_of": "2027-01-01", "route": "citizenship.none", "reading": "anniversary" });
        let problem = officer.post(&path, &body).await.problem(422, "validation_failed");
        assert_eq!(faults(&problem), [("/route", "unknown_route"), ("/as_of", "in_the_future")]);
        let body = json!({ "route": "citizenship.general", "reading": "lookback" });
        let problem = officer.post(&path, &body).await.problem(422, "validation_failed");
        assert_eq!(faults(&problem), [("/reading", "unknown_reading")]);
        let problem = officer.get(&format!("{person}/eligibility?reading=never")).await.problem(400, "invalid_query");
        assert_eq!(faults(&problem), [("reading", "unknown_reading")]);
        let problem = officer.get(&format!("{person}/watches?reading=anniversary")).await.problem(400, "invalid_query");
        assert!(problem["errors"][0]["message"].as_str().unwrap().contains("permit_year"), "{problem}");
    }

    async fn what_cannot_be_read_is_refused_before_it_is_looked_at(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let path = format!("{person}/permits");
        let problem = raw(&officer, &path, br#"{"kind": "work_permit", "kind": "visa_stay"}"#).await.problem(400, "malformed_json");
        assert_eq!(faults(&problem), [("/kind", "duplicate_member")]);
        for body in [&b"{"[..], b"", b"\xEF\xBB\xBF{}", b"{\"valid_from\": NaN}", b"[1] 2", b"{\"ground\": \"\xFF\"}"] {
            raw(&officer, &path, body).await.problem(400, "malformed_json");
        }
        raw(&officer, &path, b"[]").await.problem(422, "validation_failed");
        raw(&officer, &path, &vec![b' '; 1024 * 1024]).await.problem(413, "body_too_large");
        let no_type = officer.send(Method::POST, &path, None, |request| request.header("idempotency-key", "t").body("{}")).await;
        no_type.problem(415, "unsupported_media_type");
        for (name, value) in [("content-type", "application/json; charset=utf-16"), ("content-encoding", "gzip")] {
            let with = |request: reqwest::RequestBuilder| {
                let request = if name == "content-type" { request } else { request.header("content-type", "application/json") };
                request.header("idempotency-key", "t").header(name, value).body("{}")
            };
            officer.send(Method::POST, &path, None, with).await.problem(415, "unsupported_media_type");
        }
        let keyed = async |keys: &[&[u8]]| {
            let with = |request: reqwest::RequestBuilder| {
                keys.iter().fold(request, |request, key| request.header("idempotency-key", *key))
            };
            officer.send(Method::POST, &path, Some(&json!({})), with).await
        };
        keyed(&["ə".as_bytes()]).await.problem(400, "invalid_header");
        keyed(&[b"one", b"two"]).await.problem(400, "invalid_header");
        keyed(&[]).await.problem(400, "idempotency_key_required");
        officer.get(&format!("{path}?limit=0")).await.problem(400, "invalid_query");
        officer.get(&format!("{path}?limit=5&limit=6")).await.problem(400, "unknown_parameter");
        let problem = officer.get(&format!("{path}?limt=5")).await.problem(400, "unknown_parameter");
        assert!(problem["errors"][0]["message"].as_str().unwrap().contains("limit"), "{problem}");
        officer.get(&format!("{path}?after=AAAA")).await.problem(400, "invalid_cursor");
        assert_eq!(app.database.count("permit"), 0);
    }
}
