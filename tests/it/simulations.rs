//! What if: supposed trips and permits beside the record, the answer with and without them, and by when to be back.

use serde_json::{Value, json};

use crate::harness::{Actor, Backend, TestApp, json_at, on_both};

/// The spouse of a citizen with a permanent permit since February and forty days away in summer. Invented.
async fn spouse(officer: &Actor) -> String {
    let person = officer.register("Nümunə").await;
    let permit = |kind: &str, ground: &str, from: &str, to: &str| json!({ "kind": kind, "ground": ground, "valid_from": from, "valid_to": to });
    for permit in [
        permit("temporary_residence_permit", "45.1.1", "2024-09-01", "2026-08-31"),
        permit("permanent_residence_permit", "52.1.1", "2026-02-10", "2031-02-09"),
    ] {
        officer.post(&format!("{person}/permits"), &permit).await.expect(201);
    }
    for (exit, entry) in [("2024-07-10", "2024-08-20"), ("2026-07-01", "2026-08-10")] {
        let trip = json!({ "exit": exit, "entry": entry, "source": "declared" });
        officer.post(&format!("{person}/trips"), &trip).await.expect(201);
    }
    let language = json!({ "kind": "state_language", "valid_from": "2025-11-10" });
    officer.post(&format!("{person}/evidence"), &language).await.expect(201);
    for name in ["lawful_income", "constitution_undertaking", "no_bar_cl14"] {
        officer.post(&format!("{person}/facts"), &json!({ "name": name, "value": true })).await.expect(201);
    }
    person
}

async fn simulate(officer: &Actor, person: &str, body: Value) -> Value {
    let mut asked = json!({ "valid_at": "2026-11-23" });
    asked.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
    officer.post(&format!("{person}/simulations"), &asked).await.expect(200).json()
}

/// Route (or watch) and reading of each answer that moved.
fn moved(answer: &Value, list: &str) -> Vec<String> {
    let name = |moved: &Value| {
        let id = moved.get("route").or_else(|| moved.get("watch")).unwrap();
        format!("{}/{}", id.as_str().unwrap(), moved["reading"].as_str().unwrap())
    };
    answer["moved"][list].as_array().unwrap().iter().map(name).collect()
}

on_both! {
    async fn a_longer_trip_moves_the_readings_it_breaks(app: TestApp) {
        let (official, caseworker) = (app.official("Bakı").await, app.caseworker("Bakı").await);
        let person = spouse(&caseworker).await;
        let trip = |entry: &str| json!({ "trips": [ { "exit": "2026-12-01", "entry": entry } ] });
        let within = simulate(&official, &person, trip("2027-01-22")).await;
        assert_eq!(within["moved"], json!({ "routes": [], "watches": [] }));
        assert_eq!(within["statement"], "nothing moves in the default readings");
        let beyond = simulate(&official, &person, trip("2027-01-23")).await;
        let expected = ["anniversary", "rolling", "anniversary_restart", "rolling_restart"].map(|reading| format!("citizenship.general/{reading}"));
        assert_eq!(moved(&beyond, "routes"), expected);
        let anniversary = &beyond["moved"]["routes"][0];
        assert_eq!((&anniversary["before"]["earliest"], &anniversary["after"]["earliest"]), (&json!("2031-02-10"), &json!("2031-07-03")));
        assert_eq!(beyond["statement"], "citizenship.general: not_yet, earliest 2031-02-10, becomes not_yet, 2031-07-03");
        let there = "/routes/[route=citizenship.general,reading=anniversary]/earliest";
        assert_eq!(json_at(&beyond["plain"], there).unwrap(), "2031-02-10");
        assert_eq!(json_at(&beyond["simulated"], there).unwrap(), "2031-07-03");
        assert_eq!(beyond["supposed"]["trips"], json!([ { "exit": "2026-12-01", "entry": "2027-01-23" } ]));
        assert!(json_at(&beyond, "/sources/[id=cl.14.3]/confidence").is_some(), "{beyond}");

        let plain = official.get(&format!("{person}/eligibility?valid_at=2026-11-23")).await.expect(200).json();
        assert_eq!(plain["routes"], beyond["plain"]["routes"], "what was supposed left no trace in the record");
        assert_eq!(app.database.count("crossing"), 4);
    }

    async fn the_safe_return_is_the_strictest_of_all(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = spouse(&officer).await;
        let answer = simulate(&officer, &person, json!({ "exit": "2026-12-01" })).await;
        let safe = &answer["safe_return"];
        assert_eq!((&safe["state"], &safe["last_entry"]), (&json!("limited"), &json!("2027-01-22")));
        let entry = |at: &str| json_at(safe, at).unwrap_or_else(|| panic!("{at}: {safe}")).clone();
        for (reading, last) in [
            ("anniversary", "2027-01-22"), ("rolling", "2027-01-22"), ("calendar", "2027-04-01"),
            ("single_trip", "2027-03-01"), ("anniversary_restart", "2027-01-22"), ("rolling_restart", "2027-01-22"),
        ] {
            assert_eq!(entry(&format!("/routes/[route=citizenship.general,reading={reading}]/last_entry")), last, "{reading}");
        }
        assert_eq!(entry("/watches/[reading=permit_year]/last_entry"), "2027-08-09");
        assert_eq!(entry("/watches/[reading=any_year]/last_entry"), "2027-04-22");
        assert_eq!(answer["statement"], "nothing moves in the default readings; leaving on 2026-12-01: be back by 2027-01-22");
        // What is supposed counts: ten days before leave ten fewer.
        let trips = json!([ { "exit": "2026-11-24", "entry": "2026-11-30" } ]);
        let less = simulate(&officer, &person, json!({ "exit": "2026-12-01", "trips": trips })).await;
        assert_eq!(less["safe_return"]["last_entry"], "2027-01-17");
    }

    async fn a_permit_that_is_supposed_opens_its_clock(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let permit = json!({ "kind": "permanent_residence_permit", "ground": "52.1.1", "from": "2027-02-01" });
        let body = json!({ "statuses": [permit], "route": "citizenship.general", "reading": "anniversary" });
        let answer = simulate(&officer, &person, body).await;
        let routes = answer["simulated"]["routes"].as_array().unwrap();
        assert_eq!(routes.len(), 1, "one route, one reading");
        let residence = json_at(&routes[0], "/requirements/[id=residence]/met_from").unwrap();
        assert_eq!(residence, "2032-02-01");
        assert_eq!(moved(&answer, "routes"), ["citizenship.general/anniversary"]);
    }

    async fn what_cannot_be_beside_the_record_is_refused_with_both_trips(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = spouse(&officer).await;
        let trips = json!([
            { "exit": "2026-07-05", "entry": "2026-07-06" }, { "exit": "2026-12-01" }, { "exit": "2027-01-01", "entry": "2027-01-02" },
        ]);
        let body = json!({ "valid_at": "2026-11-23", "trips": trips, "exit": "2026-08-01" });
        let problem = officer.post(&format!("{person}/simulations"), &body).await.problem(422, "validation_failed");
        let faults: Vec<(&str, &str)> = problem["errors"].as_array().unwrap().iter()
            .map(|fault| (fault["pointer"].as_str().unwrap(), fault["message"].as_str().unwrap())).collect();
        assert_eq!(faults, [
            ("/trips/0", "The supposed trip 2026-07-05 to 2026-07-06 overlaps the trip 2026-07-01 to 2026-08-10, on record: suppose another."),
            ("/trips/2", "The supposed trip 2027-01-01 to 2027-01-02 overlaps the trip 2026-12-01 without return, supposed, too: suppose another."),
            ("/exit", "The person is away on the trip 2026-07-01 to 2026-08-10: ask with an exit outside of it, or of a trip without return with its own exit."),
        ]);
    }

    async fn a_simulation_is_a_look_and_shows_no_foreign_file(app: TestApp) {
        let (ours, theirs) = (app.caseworker("Bakı").await, app.caseworker("Gəncə").await);
        let person = ours.register("Nümunə").await;
        let events = app.database.count("audit_event");
        let contents = app.database.contents();
        simulate(&ours, &person, json!({ "exit": "2026-12-01" })).await;
        assert_eq!(app.database.count("audit_event"), events + 1);
        assert_eq!(app.database.contents(), contents, "nothing but the event of the look");
        theirs.post(&format!("{person}/simulations"), &json!({})).await.problem(404, "not_found");
        assert_eq!(app.database.count("audit_event WHERE action <> 139"), events + 1, "a refusal is no look");
    }

    async fn nothing_moves_for_a_citizen(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let searched = officer.post("/api/v1/people/search", &json!({ "name": "Nümunə" })).await.expect(200).json();
        let body = json!({ "names": [ { "full_name_as_printed": "Nümunə" } ], "search_token": searched["search_token"],
            "nationalities": [ { "code": "AZE" } ] });
        let made = officer.post("/api/v1/people", &body).await.expect(201).json();
        let person = format!("/api/v1/people/{}", made["id"].as_str().unwrap());
        let answer = simulate(&officer, &person, json!({ "exit": "2026-12-01" })).await;
        assert_eq!((&answer["basis"], &answer["safe_return"]), (&json!("citizen"), &Value::Null));
        assert_eq!(answer["statement"], "citizen: no residence term applies");
    }

    async fn the_record_as_it_was_and_another_law_can_be_supposed_upon(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = spouse(&officer).await;
        let then = app.clock.now();
        app.clock.set(then.plus_seconds(60));
        let trip = json!({ "exit": "2026-09-01", "entry": "2026-09-21", "source": "declared" });
        officer.post(&format!("{person}/trips"), &trip).await.expect(201);
        app.clock.set(then.plus_seconds(120));
        let now = simulate(&officer, &person, json!({ "exit": "2026-12-01" })).await;
        assert_eq!(now["safe_return"]["last_entry"], "2027-01-03", "19 days fewer are left");
        let as_then = simulate(&officer, &person, json!({ "exit": "2026-12-01", "as_of": then.rfc3339() })).await;
        assert_eq!(as_then["safe_return"]["last_entry"], "2027-01-22");
        assert_eq!(as_then["clock"]["as_of"], then.rfc3339());
        let old = simulate(&officer, &person, json!({ "law_at": "2010-01-01", "route": "citizenship.general", "exit": "2026-12-01" })).await;
        assert_eq!(old["clock"]["law_at"], "2010-01-01");
        assert_eq!(old["plain"]["routes"].as_array().unwrap().len(), 1, "the law of 1998 has one reading");
        assert_eq!(json_at(&old, "/safe_return/routes/0/state").unwrap(), "no_limit", "and no limit of absence");
    }

    async fn permits_end_where_no_renewal_is_assumed(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = spouse(&officer).await;
        let ask = async |with: &str| {
            let path = format!("{person}/eligibility?valid_at=2026-11-23&route=citizenship.general&reading=anniversary{with}");
            officer.get(&path).await.expect(200).json()
        };
        let renewed = ask("").await;
        assert_eq!(renewed["routes"].as_array().unwrap().len(), 1);
        assert_eq!(renewed["routes"][0]["earliest"], "2031-02-10");
        // The permit's last day is 2031-02-09: on the day the term is full it is held no more.
        assert_eq!(ask("&no_renewal=true").await["routes"][0]["earliest"], Value::Null);
        let watches = officer.get(&format!("{person}/watches?valid_at=2026-11-23&reading=any_year")).await.expect(200).json();
        assert_eq!(watches["watches"].as_array().unwrap().len(), 1);
    }
}
