//! Where people live: divisions valid in time, dwellings under every spelling, hosts who consent and take it back, the duty to register.

use serde_json::{Value, json};

use crate::harness::{Actor, Answered, Backend, TestApp, json_at, on_both};

fn address(kind: &str, printed: &str, from: &str, to: Option<&str>) -> Value {
    json!({ "kind": kind, "basis": "host", "division": "Bakı", "as_printed": printed, "valid_from": from, "valid_to": to })
}

async fn registered(officer: &Actor, person: &str, address: &Value) -> Value {
    officer.post(&format!("{person}/addresses"), address).await.expect(201).json()
}

fn codes(of: &Value) -> Vec<&str> {
    of["warnings"].as_array().unwrap().iter().map(|warning| warning["code"].as_str().unwrap()).collect()
}

/// Tarlan: registered through his uncle since 2019, with a temporary permit.
async fn tarlan(officer: &Actor) -> (String, Value) {
    let person = officer.register("Tərlan Nümunə").await;
    let permit = json!({ "kind": "temporary_residence_permit", "ground": "45.1.1", "valid_from": "2026-10-01", "valid_to": "2028-09-30" });
    officer.post(&format!("{person}/permits"), &permit).await.expect(201);
    let home = address("residence", "Nümunə küçəsi 18, mənzil 33", "2019-09-20", None);
    let home = registered(officer, &person, &home).await;
    (person, home)
}

async fn consent(officer: &Actor, person: &str, address: &Value, on: &str) -> Value {
    let consents = json!({ "host_name": "Dayı Nümunə", "host_document_number": "AA1234567", "address_id": address["id"], "given_on": on });
    officer.post(&format!("{person}/host-consents"), &consents).await.expect(201).json()
}

async fn step(officer: &Actor, person: &str, consent: &Value, to: &str, on: &str) -> Answered {
    let path = format!("{person}/host-consents/{}/transitions", consent["id"].as_str().unwrap());
    let version = format!("\"v{}\"", consent["version"]);
    let body = json!({ "to": to, "on": on, "reason": "filed at the office" });
    let key = uuid::Uuid::new_v4().to_string();
    let with = |request: reqwest::RequestBuilder| request.header("if-match", version).header("idempotency-key", key);
    officer.send(reqwest::Method::POST, &path, Some(&body), with).await
}

async fn cure_term(officer: &Actor, person: &str) -> Value {
    let deadlines = officer.get(&format!("{person}/deadlines")).await.expect(200).json();
    json_at(&deadlines, "/items/[deadline=trp.dwelling_cure]").unwrap_or_else(|| panic!("{deadlines}")).clone()
}

async fn duty(officer: &Actor, person: &str, on: &str) -> Value {
    officer.get(&format!("{person}/registration-duty?valid_at={on}")).await.expect(200).json()
}

async fn crossing(officer: &Actor, person: &str, direction: &str, on: &str) {
    let crossing = json!({ "direction": direction, "crossed_on": on, "source": "border" });
    officer.post(&format!("{person}/crossings"), &crossing).await.expect(201);
}

async fn status(officer: &Actor, person: &str, address: &Value, on: &str) -> Value {
    let path = format!("{person}/addresses/{}/status?valid_at={on}", address["id"].as_str().unwrap());
    officer.get(&path).await.expect(200).json()
}

on_both! {
    async fn an_uncle_takes_his_consent_back_and_another_dwelling_makes_up_for_it(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let (person, home) = tarlan(&officer).await;
        assert_eq!(codes(&home), ["host_consent_missing"]);
        let given = consent(&officer, &person, &home, "2019-09-20").await;
        assert_eq!((&given["state"], &given["cure"]), (&json!("given"), &Value::Null));
        let path = format!("{person}/addresses/{}", home["id"].as_str().unwrap());
        assert_eq!(codes(&officer.get(&path).await.expect(200).json()), [""; 0]);

        step(&officer, &person, &given, "withdrawn", "2019-09-19").await.problem(422, "validation_failed");
        step(&officer, &person, &given, "withdrawn", "2026-11-25").await.problem(422, "validation_failed");
        let ended = step(&officer, &person, &given, "withdrawn", "2026-11-16").await.expect(200).json();
        assert_eq!(ended["state"], "withdrawn");
        let cure = &ended["cure"];
        assert_eq!((&cure["deadline"], &cure["due"], &cure["cured_on"]), (&json!("trp.dwelling_cure"), &json!("2026-11-30"), &Value::Null));
        assert!(json_at(cure, "/sources/[id=mc.50.1.7-1]").unwrap()["article"].as_str().unwrap().starts_with("50.1.7-1"), "{cure}");
        step(&officer, &person, &ended, "refused", "2026-11-20").await.problem(409, "invalid_transition");
        assert_eq!(codes(&officer.get(&path).await.expect(200).json()), ["host_consent_missing"]);

        // The withdrawal is the event that starts the term.
        let events = officer.get(&format!("{person}/events")).await.expect(200).json();
        assert_eq!(json_at(&events, "/items/[kind=dwelling_consent_withdrawn]/happened_on").unwrap(), "2026-11-16");
        let term = cure_term(&officer, &person).await;
        assert_eq!((&term["state"], &term["due"], &term["met_on"]), (&json!("due"), &json!("2026-11-30"), &Value::Null));

        // The same dwelling spelt otherwise is no other dwelling.
        officer.patch(&path, 1, &json!({ "valid_to": "2026-11-22" })).await.expect(200);
        let same = registered(&officer, &person, &address("residence", "NÜMUNƏ KÜÇ. 18, M. 33", "2026-11-23", Some("2026-11-23"))).await;
        assert_eq!(same["dwelling_id"], home["dwelling_id"]);
        assert_eq!(cure_term(&officer, &person).await["state"], "due");
        let other = registered(&officer, &person, &address("residence", "Başqa küçə 2", "2026-11-24", None)).await;
        assert_ne!(other["dwelling_id"], home["dwelling_id"]);
        let term = cure_term(&officer, &person).await;
        assert_eq!((&term["state"], &term["met_on"], &term["working_days_left"]), (&json!("met"), &json!("2026-11-24"), &Value::Null));
        let listed = officer.get(&format!("{person}/host-consents")).await.expect(200).json();
        assert_eq!(listed["items"][0]["cure"]["cured_on"], "2026-11-24");
        // Asked of the day before, it ran.
        let before = officer.get(&format!("{person}/deadlines?valid_at=2026-11-23")).await.expect(200).json();
        assert_eq!(json_at(&before, "/items/[deadline=trp.dwelling_cure]/state").unwrap(), "due");
    }

    async fn a_new_consent_makes_up_for_a_withdrawn_one_and_a_refusal_starts_nothing(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let (person, home) = tarlan(&officer).await;
        let given = consent(&officer, &person, &home, "2019-09-20").await;
        step(&officer, &person, &given, "withdrawn", "2026-11-16").await.expect(200);
        consent(&officer, &person, &home, "2026-11-20").await;
        assert_eq!(cure_term(&officer, &person).await["met_on"], "2026-11-20");

        let (person, home) = tarlan(&officer).await;
        let given = consent(&officer, &person, &home, "2019-09-20").await;
        let refused = step(&officer, &person, &given, "refused", "2026-11-16").await.expect(200).json();
        assert_eq!((&refused["state"], &refused["cure"]), (&json!("refused"), &Value::Null));
        let events = officer.get(&format!("{person}/events")).await.expect(200).json();
        assert_eq!(events["items"], json!([]));
        let neighbour = json!({ "host_name": "Qonşu Nümunə", "refused_on": "2026-11-20" });
        let refusal = officer.post(&format!("{person}/host-consents"), &neighbour).await.expect(201).json();
        assert_eq!((&refusal["state"], &refusal["address_id"]), (&json!("refused"), &Value::Null));
    }

    async fn what_a_consent_names_is_there_and_visible(app: TestApp) {
        let (officer, other) = (app.caseworker("Bakı").await, app.caseworker("Gəncə").await);
        let (person, home) = tarlan(&officer).await;
        let foreign = other.register("Özgə Nümunə").await;
        let of_other = registered(&other, &foreign, &address("residence", "Nümunə 1", "2020-01-01", None)).await;
        let id = |path: &str| path.rsplit('/').next().unwrap().to_owned();
        let refused = async |body: Value, pointer: &str, code: &str| {
            let problem = officer.post(&format!("{person}/host-consents"), &body).await.problem(422, "validation_failed");
            let fault = json_at(&problem, &format!("/errors/[code={code}]")).unwrap_or_else(|| panic!("{problem}"));
            assert_eq!(fault["pointer"], pointer);
            fault["message"].clone()
        };
        let body = |address: &Value, host: &str| json!({ "host_name": "Ev Sahibi", "address_id": address, "host_person_id": host, "given_on": "2024-01-01" });
        let host = id(&officer.register("Ev Sahibi").await);
        refused(body(&of_other["id"], &host), "/address_id", "unknown_address").await;
        let absent = refused(body(&home["id"], &uuid::Uuid::new_v4().to_string()), "/host_person_id", "unknown_person").await;
        assert_eq!(absent, refused(body(&home["id"], &id(&foreign)), "/host_person_id", "unknown_person").await);
        refused(body(&home["id"], &id(&person)), "/host_person_id", "same_person").await;
        refused(json!({ "host_name": "Ev Sahibi", "address_id": home["id"] }), "/given_on", "required").await;
        refused(json!({ "host_name": "Ev Sahibi", "given_on": "2024-01-01" }), "/address_id", "required").await;
        let both = json!({ "host_name": "Ev Sahibi", "address_id": home["id"], "given_on": "2024-01-01", "refused_on": "2024-01-01" });
        refused(both, "/refused_on", "either_or").await;
        officer.post(&format!("{person}/host-consents"), &body(&home["id"], &host)).await.expect(201);
    }

    async fn a_renamed_division_is_named_by_date(app: TestApp) {
        let officer = app.caseworker("Gəncə").await;
        let person = officer.register("Nümunə").await;
        let in_division = |division: &str, from: &str, to: &str| {
            json!({ "kind": "residence", "basis": "owner", "division": division, "as_printed": "Nümunə küçəsi 5", "valid_from": from, "valid_to": to })
        };
        let old = registered(&officer, &person, &in_division("Xanlar", "2005-03-01", "2007-01-31")).await;
        assert_eq!((&old["division"], &old["division_code"], codes(&old)), (&json!("Xanlar"), &json!("AZ-XAN"), vec![]));
        let late = in_division("Xanlar rayonu", "2010-03-01", "2011-01-31");
        let problem = officer.post(&format!("{person}/addresses"), &late).await.problem(422, "validation_failed");
        let fault = json_at(&problem, "/errors/[code=ended_division]").unwrap();
        assert_eq!(fault["pointer"], "/division");
        assert!(fault["message"].as_str().unwrap().contains("Göygöl (AZ-GYG)"), "{fault}");
        let new = registered(&officer, &person, &in_division("goygol", "2010-03-01", "2011-01-31")).await;
        assert_eq!(new["division_code"], "AZ-GYG");
        assert_eq!(new["dwelling_id"], old["dwelling_id"], "the house stayed where it was");
        let path = format!("{person}/addresses/{}", new["id"].as_str().unwrap());
        officer.patch(&path, 1, &json!({ "division": "Xanlar" })).await.problem(422, "validation_failed");
        let kept = registered(&officer, &person, &in_division("Marneuli", "1990", "1995")).await;
        assert_eq!((&kept["division_code"], codes(&kept)), (&Value::Null, vec!["unknown_division"]));
        let unclear = registered(&officer, &person, &in_division("Lənkəran", "1996", "1997")).await;
        assert_eq!((&unclear["division_code"], codes(&unclear)), (&Value::Null, vec!["ambiguous_division"]));
    }

    async fn divisions_are_those_of_a_day(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let list = async |query: &str| {
            let found = officer.get(&format!("/api/v1/divisions?{query}")).await.expect(200).json();
            let items = found["items"].as_array().unwrap();
            items.iter().map(|item| item["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(list("").await.len(), 90);
        assert_eq!(list("parent=AZ-BA").await.len(), 12);
        assert_eq!(list("parent=AZ-NX").await.len(), 8);
        assert_eq!(list("q=Xanlar").await, ["AZ-GYG"], "a former name finds today's");
        assert_eq!(list("q=Xanlar&valid_at=2008-04-24").await, ["AZ-XAN"]);
        let found = officer.get("/api/v1/divisions?q=%C5%9Eirvan").await.expect(200).json();
        assert_eq!(found["items"][0]["formerly"][0]["name_az"], "Əli Bayramlı");
        officer.get("/api/v1/divisions?parent=AZ-NONE").await.problem(400, "invalid_query");
    }

    async fn a_dwelling_tells_how_many_live_there_and_never_who(app: TestApp) {
        let (officer, other) = (app.caseworker("Bakı").await, app.caseworker("Gəncə").await);
        let (one, two, three) = (officer.register("Bir Nümunə").await, officer.register("İki Nümunə").await, other.register("Üç Nümunə").await);
        let home = registered(&officer, &one, &address("residence", "Bakı, Nümunə küçəsi 7, mənzil 2", "2020-01-01", None)).await;
        for (by, person, text, from, to) in [
            (&officer, &two, "Nümunə küç. 7, mənz. 2", "2021-01-01", Some("2023-12-31")),
            (&other, &three, "NÜMUNƏ KÜÇƏSİ 7 M.2", "2022-05", None),
        ] {
            assert_eq!(registered(by, person, &address("residence", text, from, to)).await["dwelling_id"], home["dwelling_id"]);
        }
        let path = format!("/api/v1/dwellings/{}", home["dwelling_id"].as_str().unwrap());
        for (on, count) in [("2019-12-31", 0), ("2020-01-01", 1), ("2022-05-30", 2), ("2022-05-31", 3), ("2024-01-01", 2)] {
            let dwelling = officer.get(&format!("{path}?valid_at={on}")).await.expect(200).json();
            assert_eq!(dwelling["occupancy"], count, "{on}: {dwelling}");
        }
        let text = officer.get(&path).await.expect(200).text;
        for person in [&one, &two, &three] {
            assert!(!text.contains(person.rsplit('/').next().unwrap()), "{text}");
        }
        other.get(&path).await.expect(200);
        app.caseworker("Şəki").await.get(&path).await.problem(404, "not_found");
        app.applicant(&one).await.get(&path).await.problem(404, "not_found");
        // Whoever is protected is counted nowhere.
        let supervisor = app.actor(sakin::access::policy::Role::Supervisor, "Bakı").await;
        let keeps = json!({ "account_id": supervisor.id().await });
        supervisor.post(&format!("{one}/assignments"), &keeps).await.expect(201);
        supervisor.post(&format!("{one}/protections"), &json!({ "reason": "threats" })).await.expect(201);
        assert_eq!(officer.get(&path).await.expect(200).json()["occupancy"], 1);
    }

    async fn the_mother_in_law_is_to_be_registered_within_the_term(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Qayınana Nümunə").await;
        let none = duty(&officer, &person, "2026-11-24").await;
        assert_eq!((&none["duty"], &none["reason"]), (&json!(false), &json!("no_entry_on_record")));
        for (direction, on) in [("entry", "2025-11-15"), ("exit", "2026-03-15"), ("entry", "2026-11-15")] {
            crossing(&officer, &person, direction, on).await;
        }
        let text = "Səngəçal qəsəbəsi, Nümunə küçəsi 1";
        let first = registered(&officer, &person, &address("stay", text, "2025-11-20", None)).await;
        let then = duty(&officer, &person, "2025-11-18").await;
        assert_eq!((&then["state"], &then["due"]), (&json!("due"), &json!("2025-12-01")), "30 November is a Sunday");
        let met = duty(&officer, &person, "2025-11-24").await;
        assert_eq!((&met["state"], &met["met_by"], &met["met_on"]), (&json!("met"), &first["id"], &json!("2025-11-20")));
        assert_eq!(duty(&officer, &person, "2026-04-01").await["reason"], "not_in_country");

        // The registration of the first stay is none for the second.
        let now = duty(&officer, &person, "2026-11-24").await;
        assert_eq!((&now["duty"], &now["state"], &now["overdue"]), (&json!(true), &json!("due"), &json!(false)));
        assert_eq!((&now["since"], &now["due"]), (&json!("2026-11-15"), &json!("2026-11-30")));
        assert_eq!((&now["filed_by"], &now["may_file_oneself"]), (&json!("host_or_owner"), &json!(true)));
        for source in ["mc.21.2", "mc.21.3"] {
            assert!(json_at(&now, &format!("/sources/[id={source}]")).is_some(), "{now}");
        }
        assert_eq!(duty(&officer, &person, "2026-12-01").await["state"], "overdue");
        let path = format!("{person}/addresses/{}", first["id"].as_str().unwrap());
        officer.patch(&path, 1, &json!({ "valid_to": "2026-03-15" })).await.expect(200);
        registered(&officer, &person, &address("stay", text, "2026-11-24", None)).await;
        let done = duty(&officer, &person, "2026-11-24").await;
        assert_eq!((&done["state"], &done["met_on"]), (&json!("met"), &json!("2026-11-24")));
        let deadlines = officer.get(&format!("{person}/deadlines?valid_at=2026-11-24")).await.expect(200).json();
        assert_eq!(json_at(&deadlines, "/items/[deadline=stay.registration]/state").unwrap(), "met");

        // Whoever moves registers anew.
        let moved = json!({ "kind": "arrival_at_new_address", "happened_on": "2026-11-24" });
        let before = json!({ "kind": "arrival_at_new_address", "happened_on": "2026-11-23" });
        officer.post(&format!("{person}/events"), &before).await.expect(201);
        assert_eq!(duty(&officer, &person, "2026-11-24").await["state"], "met");
        officer.post(&format!("{person}/events"), &moved).await.expect(201);
        let after = duty(&officer, &person, "2026-11-24").await;
        assert_eq!((&after["reason"], &after["deadline"], &after["state"]), (&json!("moved"), &json!("stay.address_change"), &json!("met")));
    }

    async fn citizens_and_holders_of_permits_have_no_duty(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let (person, _) = tarlan(&officer).await;
        crossing(&officer, &person, "entry", "2026-11-01").await;
        let holder = duty(&officer, &person, "2026-11-24").await;
        assert_eq!((&holder["duty"], &holder["reason"], &holder["state"]), (&json!(false), &json!("holds_status"), &json!("none")));
        let nationality = json!({ "code": "AZE", "valid_from": "2026-11-10" });
        officer.send(reqwest::Method::POST, &format!("{person}/nationalities"), Some(&nationality), |request| {
            request.header("if-match", "\"v1\"").header("idempotency-key", "n")
        }).await.expect(200);
        assert_eq!(duty(&officer, &person, "2026-11-24").await["reason"], "citizen");
        // Two days in the country: nothing to register.
        let trader = officer.register("Alverçi Nümunə").await;
        crossing(&officer, &trader, "entry", "2026-11-14").await;
        crossing(&officer, &trader, "exit", "2026-11-16").await;
        assert_eq!(duty(&officer, &trader, "2026-11-15").await["reason"], "left_in_time");
    }

    async fn a_registration_ends_by_itself_and_says_how(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        crossing(&officer, &person, "entry", "2026-01-10").await;
        let stay = registered(&officer, &person, &address("stay", "Nümunə 1", "2026-01-15", None)).await;
        let home = registered(&officer, &person, &address("residence", "Nümunə 2", "2026-01-15", Some("2026-09-30"))).await;
        let state = async |address: &Value, on: &str| status(&officer, &person, address, on).await["state"].as_str().unwrap().to_owned();
        assert_eq!(state(&stay, "2026-01-14").await, "not_yet");
        assert_eq!(state(&stay, "2026-01-15").await, "standing");
        // Ninety days without a visa, counted from the day after the entry.
        assert_eq!(state(&stay, "2026-04-10").await, "standing");
        let lapsed = status(&officer, &person, &stay, "2026-04-11").await;
        assert_eq!((&lapsed["state"], &lapsed["last_day"]), (&json!("lapsed"), &json!("2026-04-10")));
        assert!(json_at(&lapsed, "/sources/[id=mc.20.1]").is_some(), "{lapsed}");
        let extension = json!({ "kind": "stay_extension", "valid_from": "2026-04-11", "valid_to": "2026-05-31" });
        officer.post(&format!("{person}/permits"), &extension).await.expect(201);
        assert_eq!(state(&stay, "2026-05-31").await, "standing");
        assert_eq!(status(&officer, &person, &stay, "2026-06-01").await["last_day"], "2026-05-31");
        crossing(&officer, &person, "exit", "2026-05-20").await;
        let departed = status(&officer, &person, &stay, "2026-06-01").await;
        assert_eq!((&departed["state"], &departed["last_day"]), (&json!("departed"), &json!("2026-05-20")), "it left before");
        assert!(json_at(&departed, "/sources/[id=mc.21.8]").is_some(), "{departed}");
        // A trip ends no residence; its last day does.
        assert_eq!(state(&home, "2026-06-01").await, "standing");
        assert_eq!(state(&home, "2026-09-30").await, "standing");
        assert_eq!(state(&home, "2026-10-01").await, "ended");
        let unknown = format!("{person}/addresses/{}/status", uuid::Uuid::new_v4());
        officer.get(&unknown).await.problem(404, "not_found");
    }
}
