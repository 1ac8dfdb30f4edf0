//! L4: who looks at more files than the work needs is noticed, and then stopped.

use reqwest::Method;
use sakin::config::Config;
use serde_json::{Value, json};

use crate::harness::{Actor, Answered, Backend, PASSWORD, Sibling, TestApp, config, on_both};

const PEOPLE: &str = "/api/v1/people";

/// Events of an alarm: many files were shown, files were refused.
const MANY: &str = "audit_event WHERE action = 130";
const REFUSED: &str = "audit_event WHERE action = 131";
const PERSON_VIEWED: &str = "audit_event WHERE action = 12";

async fn register(app: &TestApp, count: usize) -> Vec<String> {
    let officer = app.caseworker("Bakı").await;
    let mut files = Vec::new();
    for _ in 0..count {
        files.push(officer.register("Nümunə").await);
    }
    files
}

/// An instance that shows so many files an hour, and raises an alarm only when it shows no more.
fn showing(app: &TestApp, files_per_hour: usize) -> Sibling {
    let mut strict = config();
    strict.limits.files_per_hour = files_per_hour;
    app.sibling(&strict)
}

#[track_caller]
fn refused(answer: Answered, wait: &str) -> Value {
    assert_eq!(answer.headers["retry-after"], wait);
    answer.problem(429, "rate_limited")
}

async fn sign_in(who: &Actor) -> Actor {
    let body = json!({ "email": who.email, "password": PASSWORD });
    let signed_in = who.post("/api/v1/sign-in", &body).await.expect(200).json();
    who.with_token(signed_in["access_token"].as_str().unwrap())
}

on_both! {
    async fn the_61st_file_of_an_hour_raises_an_alarm_and_the_201st_is_not_shown(app: TestApp) {
        let files = register(&app, 201).await;
        let mut usual = config();
        usual.limits = Config::default().limits;
        let usual = app.sibling(&usual);
        let curious = app.official("Bakı").await.at(&usual);
        let colleague = app.official("Bakı").await.at(&usual);
        let viewed = app.database.count(PERSON_VIEWED);
        for (file, number) in files.iter().take(200).zip(1..) {
            curious.get(file).await.expect(200);
            let alarms = app.database.count(MANY);
            assert_eq!(alarms, i64::from(number > 60), "after {number} files");
        }
        assert_eq!(app.database.count(REFUSED), 0);
        for _ in 0..2 {
            refused(curious.get(&files[200]).await, "3600");
            assert_eq!(app.database.count(REFUSED), 1, "one alarm an hour");
        }
        assert_eq!(app.database.count(PERSON_VIEWED) - viewed, 200, "what was not shown is no look");
        refused(curious.get(&format!("{}/eligibility", files[200])).await, "3600");
        curious.get(&files[17]).await.expect(200);
        colleague.get(&files[200]).await.expect(200);
        assert_eq!((app.database.count(MANY), app.database.count(REFUSED)), (1, 1));

        app.later(3_600);
        let curious = sign_in(&curious).await;
        curious.get(&files[200]).await.expect(200);
    }

    async fn every_row_of_a_list_or_a_search_is_a_look(app: TestApp) {
        let files = register(&app, 6).await;
        let strict = showing(&app, 5);
        let curious = app.official("Bakı").await.at(&strict);
        let everybody = curious.get(PEOPLE).await;
        refused(everybody, "3600");
        let search = json!({ "name": "Nümunə" });
        refused(curious.post(&format!("{PEOPLE}/search"), &search).await, "3600");
        assert_eq!(app.database.count(REFUSED), 1);
        let before = app.database.count("audit_subject");
        curious.get(&format!("{PEOPLE}?limit=4")).await.expect(200);
        assert_eq!(app.database.count("audit_subject") - before, 4, "the row that tells of a next page is not shown");
        let mut shown = 0;
        for file in &files {
            shown += u32::from(curious.get(file).await.status == 200);
        }
        assert_eq!(shown, 5);
    }

    async fn what_a_conflict_shows_is_a_look(app: TestApp) {
        let files = register(&app, 2).await;
        let colleague = app.caseworker("Bakı").await;
        for file in &files {
            colleague.patch(file, 1, &json!({ "birth_date": "1970" })).await.expect(200);
        }
        let strict = showing(&app, 1);
        let officer = app.caseworker("Bakı").await.at(&strict);
        let body = json!({ "birth_date": "1971" });
        officer.patch(&files[0], 1, &body).await.problem(412, "version_conflict");
        let overtaken = refused(officer.patch(&files[1], 1, &body).await, "3600");
        assert!(!overtaken.to_string().contains("1970"), "{overtaken}");
    }

    async fn trying_out_a_change_is_a_look_and_making_it_is_work(app: TestApp) {
        let files = register(&app, 2).await;
        let strict = showing(&app, 1);
        let officer = app.caseworker("Bakı").await.at(&strict);
        let body = json!({ "birth_date": "1970" });
        let (first, second) = (format!("{}?dry_run=true", files[0]), format!("{}?dry_run=true", files[1]));
        officer.patch(&first, 1, &body).await.expect(200);
        let events = app.database.count("audit_event");
        refused(officer.patch(&second, 1, &body).await, "3600");
        assert_eq!(app.database.count("audit_event") - events, 1, "the alarm alone");
        officer.patch(&files[1], 1, &body).await.expect(200);
        // A form that is tried out before it is sent shows nothing but what was sent.
        let permit = json!({ "kind": "work_permit", "valid_from": "2024-01-01" });
        officer.post(&format!("{}/permits?dry_run=true", files[1]), &permit).await.expect(201);
    }

    async fn the_31st_search_of_a_minute_is_refused(app: TestApp) {
        let mut usual = config();
        usual.limits.searches_per_minute = Config::default().limits.searches_per_minute;
        let usual = app.sibling(&usual);
        let (curious, colleague) = (app.official("Bakı").await.at(&usual), app.official("Bakı").await.at(&usual));
        let search = async |who: &Actor| {
            let body = json!({ "name": "Nümunə" });
            who.send(Method::POST, "/api/v1/people/search", Some(&body), |request| request).await
        };
        for _ in 0..30 {
            search(&curious).await.expect(200);
        }
        refused(search(&curious).await, "60");
        search(&colleague).await.expect(200);
        app.later(60);
        search(&curious).await.expect(200);
    }
}
