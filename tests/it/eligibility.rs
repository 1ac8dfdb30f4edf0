//! The main job: has this person five years, since when, and exactly why? The answer can be redone by hand, asked of the record as it was, and
//! of another version of the law.

use serde_json::{Value, json};

use crate::harness::{Actor, Backend, TestApp, json_at, on_both};

/// An invented person with a permanent permit since 2019-01-10 and one trip of 100 days: the vector V1 of the law's worked examples.
async fn resident(officer: &Actor) -> (String, Value) {
    let person = officer.register("Nümunə").await;
    let permit = json!({ "kind": "permanent_residence_permit", "ground": "45.1.1", "valid_from": "2019-01-10", "valid_to": "2029-01-09" });
    officer.post(&format!("{person}/permits"), &permit).await.expect(201);
    let trip = json!({ "exit": "2021-11-01", "entry": "2022-02-10", "source": "border" });
    let made = officer.post(&format!("{person}/trips"), &trip).await.expect(201).json();
    (person, made)
}

async fn ask(officer: &Actor, person: &str, with: &str) -> Value {
    officer.get(&format!("{person}/eligibility?route=citizenship.general&{with}")).await.expect(200).json()
}

fn residence<'a>(answer: &'a Value, reading: &str) -> &'a Value {
    let at = format!("/routes/[reading={reading}]/requirements/[id=residence]");
    json_at(answer, &at).unwrap_or_else(|| panic!("{answer}"))
}

on_both! {
    async fn the_answer_can_be_redone_by_hand(app: TestApp) {
        let (official, caseworker) = (app.official("Bakı").await, app.caseworker("Bakı").await);
        let (person, _) = resident(&caseworker).await;
        let answer = ask(&official, &person, "valid_at=2024-01-10").await;
        let residence = residence(&answer, "anniversary");
        assert_eq!(residence["state"], "met");
        let steps = residence["trace"].as_array().unwrap();
        let step = |kind: &str| steps.iter().filter(|step| step["step"] == kind).collect::<Vec<_>>();
        assert_eq!(step("run")[0]["from"], "2019-01-10", "{steps:#?}");
        let absences: Vec<&Value> = step("absence").iter().map(|step| &step["days"]).collect();
        assert_eq!(absences, [&json!(100)], "each absence with its days");
        let sums: Vec<i64> = step("sum").iter().filter_map(|step| step["days"].as_i64()).collect();
        assert!(sums.contains(&69) && sums.contains(&31), "the year of the permit cuts 100 days into 69 and 31: {sums:?}");
        assert!(residence["source"].as_array().unwrap().contains(&json!("cl.14.2")), "{residence}");
        let source = json_at(&answer, "/sources/[id=cl.14.2]").unwrap();
        assert!(source["article"].as_str().unwrap().starts_with("14(2)"), "{source}");
        assert!(answer["clock"]["law"]["hash"].as_str().unwrap().len() == 64);
    }

    async fn a_judge_can_ask_what_was_known_then(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let (person, trip) = resident(&officer).await;
        let then = app.clock.now();
        let early = ask(&officer, &person, "valid_at=2024-01-10").await;
        assert_eq!(residence(&early, "single_trip")["state"], "not_met", "100 days are more than three months");

        app.clock.set(then.plus_seconds(60));
        let entry = trip["entry"]["id"].as_str().unwrap();
        let corrected = json!({ "crossed_on": "2021-12-10" });
        officer.patch(&format!("{person}/crossings/{entry}"), 1, &corrected).await.expect(200);
        app.clock.set(then.plus_seconds(120));

        let now = ask(&officer, &person, "valid_at=2024-01-10").await;
        assert_eq!(residence(&now, "single_trip")["state"], "met");
        let as_then = ask(&officer, &person, &format!("valid_at=2024-01-10&as_of={}", then.rfc3339())).await;
        assert_eq!(as_then["routes"], early["routes"], "the old answer, to the letter");
        assert_eq!(as_then["clock"]["as_of"], then.rfc3339());
        officer.get(&format!("{person}/eligibility?as_of=2019-01-01")).await.problem(404, "not_found");
    }

    async fn another_version_of_the_law_is_another_answer(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let (person, _) = resident(&officer).await;
        let today = ask(&officer, &person, "valid_at=2024-01-10").await;
        assert_eq!(json_at(&today, "/routes/[reading=anniversary]/version").unwrap(), "2016-08-05");
        let old = ask(&officer, &person, "valid_at=2024-01-10&law_at=2010-01-01").await;
        assert_eq!(old["clock"]["law_at"], "2010-01-01");
        let route = &old["routes"][0];
        assert_eq!(route["version"], "1998-10-07");
        assert!(json_at(route, "/requirements/[id=lawful_income]").is_none(), "no income was asked for before 2014");
        officer.get(&format!("{person}/eligibility?route=citizenship.none")).await.problem(400, "invalid_query");
    }

    async fn a_citizen_has_no_clock(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let (person, _) = resident(&officer).await;
        let nationality = json!({ "code": "AZE", "valid_from": "2024-02-01" });
        officer.send(reqwest::Method::POST, &format!("{person}/nationalities"), Some(&nationality), |request| {
            request.header("if-match", "\"v1\"").header("idempotency-key", "n")
        }).await.expect(200);
        let before = ask(&officer, &person, "valid_at=2024-01-31").await;
        assert_eq!(before["basis"], "residence_term");
        let after = ask(&officer, &person, "valid_at=2024-02-01").await;
        assert_eq!(after["statement"], "citizen: no residence term applies");
        assert_eq!(after["routes"], json!([]));
        // Who is a citizen is one under every law, also before it named its citizens.
        let once = json!({ "code": "AZE", "valid_from": "1992-01-01", "valid_to": "2000-01-01" });
        officer.send(reqwest::Method::POST, &format!("{person}/nationalities"), Some(&once), |request| {
            request.header("if-match", "\"v2\"").header("idempotency-key", "once")
        }).await.expect(200);
        assert_eq!(ask(&officer, &person, "valid_at=1995-01-01").await["basis"], "citizen");
        let none = ask(&officer, &person, "valid_at=1990-01-01").await;
        assert_eq!((&none["basis"], &none["statement"]), (&json!("residence_term"), &json!("no law that was asked for was in force on 1990-01-01")));
        let watches = officer.get(&format!("{person}/watches?valid_at=2024-02-01")).await.expect(200).json();
        assert_eq!(watches["watches"], json!([]));
    }
}

on_both! {
    async fn sentences_come_in_the_readers_language_and_codes_stay(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let (person, _) = resident(&officer).await;
        let path = format!("{person}/eligibility?route=citizenship.general&valid_at=2024-01-10");
        let asked = async |languages: &'static str, path: String| {
            officer.send(reqwest::Method::GET, &path, None, |request| request.header("accept-language", languages)).await.expect(200)
        };
        let (az, en) = (asked("az-AZ, en;q=0.5", path.clone()).await, asked("ru, fr;q=0.5", path.clone()).await);
        for (answer, language) in [(&az, "az"), (&en, "en")] {
            assert_eq!(answer.headers["content-language"], language);
            assert_eq!(answer.headers["vary"], "accept-language");
        }
        let (az, en) = (az.json(), en.json());
        let run = |answer: &Value| json_at(residence(answer, "anniversary"), "/trace/[step=run]/text").unwrap().as_str().unwrap().to_owned();
        assert_eq!(run(&en), "Counted from 2019-01-10, the first day of an unbroken run of permanent_residence_permit or refugee_status");
        assert!(run(&az).starts_with("Sayılır: 2019-01-10 tarixindən"), "{}", run(&az));
        assert_ne!((&az["statement"], &az["note"]), (&en["statement"], &en["note"]));
        // What is left without the sentences is the same to the letter.
        assert_eq!(without_sentences(az), without_sentences(en));

        let entry = json!({ "direction": "entry", "crossed_on": "2023-06-01", "source": "border" });
        officer.post(&format!("{person}/crossings"), &entry).await.expect(201);
        for list in ["watches", "deadlines"] {
            let answer = asked("az", format!("{person}/{list}?valid_at=2024-01-10")).await;
            assert_eq!(answer.headers["content-language"], "az", "{list}");
            assert!(answer.text.contains("Reyestrdəki") && answer.text.contains("Ardıcıl iki giriş: 2022-02-10 və 2023-06-01"), "{}", answer.text);
        }
        assert!(!officer.get(&person).await.expect(200).headers.contains_key("vary"), "a record has no sentences");
    }
}

fn without_sentences(mut value: Value) -> Value {
    match &mut value {
        Value::Array(items) => items.iter_mut().for_each(|item| *item = without_sentences(item.take())),
        Value::Object(members) => {
            members.retain(|name, _| !["text", "statement", "note", "assumptions"].contains(&name.as_str()));
            members.values_mut().for_each(|member| *member = without_sentences(member.take()));
        }
        _ => {}
    }
    value
}
