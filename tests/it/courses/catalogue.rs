//! Finding a course, and what was said of it before.

use std::collections::BTreeSet;

use sakin::access::policy::Role;
use sakin::db::Reach;
use serde_json::{Value, json};

use super::{a_course, made, meets, moved};
use crate::harness::{Actor, Backend, TestApp, on_both};

/// The titles that a filter finds.
async fn found(who: &Actor, filter: &str) -> BTreeSet<String> {
    let list = who.get(&format!("/api/v1/courses?{filter}")).await.expect(200).json();
    list["items"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect()
}

/// A published course that differs from the usual one.
async fn course(ngo: &Actor, title: &str, differs: &Value) -> String {
    let mut body = a_course(3, "first_come");
    body["title"] = json!(title);
    body["division"] = json!("Bakı");
    for (name, value) in differs.as_object().unwrap() {
        body[name] = value.clone();
    }
    let course = made(ngo, &body).await;
    moved(ngo, &course, "published").await.expect(200);
    course
}

on_both! {
    async fn a_course_is_found_by_what_matters_to_the_learner(app: TestApp) {
        let (ngo, officer) = (app.actor(Role::NgoCoordinator, "Bakı").await, app.caseworker("Bakı").await);
        let other = app.account(Role::NgoCoordinator, Reach::Organisation, "Gəncə", None).await;
        course(&ngo, "Adi", &json!({})).await;
        course(&ngo, "A1", &json!({ "level_from": "A1", "level_to": "A2" })).await;
        course(&ngo, "Rus", &json!({ "language_of_instruction": "ru" })).await;
        course(&ngo, "Gəncə", &json!({ "division": "Gəncə" })).await;
        course(&ngo, "Onlayn", &json!({ "mode": "online" })).await;
        course(&ngo, "Uşaq", &json!({ "childcare": true, "step_free": true })).await;
        course(&ngo, "Pulsuz", &json!({ "price_qepik": 0 })).await;
        course(&ngo, "Sonra", &json!({ "enrol_from": "2026-12-01" })).await;
        course(&other, "Başqa", &json!({})).await;
        let running = course(&ngo, "Gedir", &json!({})).await;
        moved(&ngo, &running, "running").await.expect(200);
        made(&ngo, &a_course(3, "first_come")).await;
        let theirs = other.get("/api/v1/me").await.json()["organisation_id"].as_str().unwrap().to_owned();
        for (filter, titles) in [
            ("level=A1", vec!["A1"]),
            ("language=ru", vec!["Rus"]),
            ("division=G%C9%99nc%C9%99", vec!["Gəncə"]),
            ("division=AZ-BA&level=A1", vec!["A1"]),
            ("mode=online", vec!["Onlayn"]),
            ("childcare=true", vec!["Uşaq"]),
            ("step_free=true&childcare=true", vec!["Uşaq"]),
            ("free=true", vec!["Pulsuz"]),
            ("state=running", vec!["Gedir"]),
            ("open=false", vec!["Sonra"]),
            (&format!("organisation_id={theirs}"), vec!["Başqa"]),
            ("state=draft", vec![]),
            ("level=C2", vec![]),
        ] {
            assert_eq!(found(&officer, filter).await, titles.into_iter().map(str::to_owned).collect(), "{filter}");
        }
        assert_eq!(found(&officer, "").await.len(), 10);
        assert_eq!(found(&officer, "open=true").await.len(), 9);
        assert_eq!(found(&officer, "free=false&childcare=false&step_free=false").await.len(), 8);
        // A draft is there for its own organisation, and is not open.
        assert_eq!(found(&ngo, "state=draft").await.len(), 1);
        assert_eq!(found(&ngo, "open=false").await.len(), 2);
    }

    async fn a_page_of_a_filter_goes_on_with_the_filter(app: TestApp) {
        let ngo = app.actor(Role::NgoCoordinator, "Bakı").await;
        for number in 0..5 {
            course(&ngo, &format!("A1 {number}"), &json!({ "level_from": "A1", "level_to": "A2" })).await;
            course(&ngo, &format!("B1 {number}"), &json!({ "level_from": "B1", "level_to": "B2" })).await;
        }
        let (mut path, mut seen, mut pages) = ("/api/v1/courses?level=A1&open=true&limit=2".to_owned(), Vec::new(), 0);
        loop {
            let page = ngo.get(&path).await.expect(200).json();
            seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()));
            pages += 1;
            match page["next"].as_str() {
                Some(next) => next.clone_into(&mut path),
                None => break,
            }
            // A cursor is good for its own filter alone.
            let elsewhere = path.replace("level=A1", "level=B1");
            ngo.get(&elsewhere).await.problem(400, "invalid_cursor");
            ngo.get(&path.replace("&open=true", "")).await.problem(400, "invalid_cursor");
        }
        assert_eq!((pages, seen.len()), (3, 5));
        assert!(seen.is_sorted(), "{seen:?}");
    }

    async fn what_no_filter_can_be_is_named_all_at_once(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let wrong = "level=D1&language=Georgian&mode=outside&childcare=maybe&organisation_id=x&state=open";
        let problem = officer.get(&format!("/api/v1/courses?{wrong}")).await.problem(400, "invalid_query");
        let names: Vec<&str> =
            problem["errors"].as_array().unwrap().iter().map(|fault| fault["parameter"].as_str().unwrap()).collect();
        assert_eq!(names, ["level", "language", "mode", "childcare", "organisation_id", "state"]);
        let problem = officer.get("/api/v1/courses?division=Atlantis").await.problem(400, "invalid_query");
        assert_eq!(problem["errors"][0]["parameter"], "division");
    }

    async fn no_version_of_a_course_is_lost(app: TestApp) {
        let ngo = app.actor(Role::NgoCoordinator, "Bakı").await;
        let colleague = app.account(Role::NgoCoordinator, Reach::Organisation, "Bakı", None).await;
        let stranger = app.account(Role::NgoCoordinator, Reach::Organisation, "Gəncə", None).await;
        let course = made(&ngo, &a_course(3, "first_come")).await;
        app.later(60);
        colleague.patch(&course, 1, &json!({ "title": "Səhər kursu", "capacity": 5 })).await.expect(200);
        moved(&ngo, &course, "published").await.expect(200);
        let path = format!("{course}/versions");
        let first = ngo.get(&format!("{path}?limit=2")).await.expect(200).json();
        let items = first["items"].as_array().unwrap();
        let of = |item: &Value| (item["version"].clone(), item["title"].clone(), item["capacity"].clone(), item["recorded_by"].clone());
        assert_eq!(of(&items[0]), (json!(1), json!("Axşam kursu"), json!(3), json!(ngo.id().await)));
        assert_eq!(of(&items[1]), (json!(2), json!("Səhər kursu"), json!(5), json!(colleague.id().await)));
        assert_eq!(items[0]["superseded_at"], items[1]["recorded_at"]);
        let second = ngo.get(first["next"].as_str().unwrap()).await.expect(200).json();
        let last = &second["items"][0];
        assert_eq!((&last["version"], &last["state"], &last["superseded_at"]), (&json!(3), &json!("published"), &Value::Null));
        assert_eq!(second["next"], Value::Null);
        // Published or not, what was said of it before is its organisation's.
        stranger.get(&path).await.problem(404, "not_found");
        app.caseworker("Bakı").await.get(&path).await.problem(403, "role_not_permitted");
    }

    async fn a_conflict_names_what_somebody_else_changed(app: TestApp) {
        let ngo = app.actor(Role::NgoCoordinator, "Bakı").await;
        let course = made(&ngo, &a_course(3, "first_come")).await;
        ngo.patch(&course, 1, &json!({ "title": "Səhər kursu", "capacity": 5 })).await.expect(200);
        ngo.patch(&course, 2, &json!({ "place": "Nizami 5" })).await.expect(200);
        let late = ngo.patch(&course, 1, &json!({ "title": "Gecə kursu" })).await.problem(412, "version_conflict");
        assert_eq!(late["current_version"], 3);
        let conflict = json!([{ "pointer": "/title", "base": "Axşam kursu", "theirs": "Səhər kursu", "yours": "Gecə kursu" }]);
        assert_eq!((&late["conflicts"], &late["changed"]), (&conflict, &json!(["/place", "/capacity"])));
        let late = ngo.patch(&course, 2, &json!({ "title": "Gecə kursu" })).await.problem(412, "version_conflict");
        assert_eq!((&late["conflicts"], &late["changed"]), (&json!([]), &json!(["/place"])));
        let never = ngo.patch(&course, 9, &json!({ "title": "Gecə kursu" })).await.problem(412, "version_conflict");
        assert_eq!((&never["conflicts"], &never["changed"]), (&json!([]), &json!([])));
        assert_eq!(app.database.count("course_version"), 3);
        assert_eq!(app.database.count("course_version WHERE superseded_at IS NULL"), 1);
    }

    async fn a_cancelled_meeting_says_since_when(app: TestApp) {
        let ngo = app.actor(Role::NgoCoordinator, "Bakı").await;
        let course = made(&ngo, &a_course(3, "first_come")).await;
        let meeting = meets(&ngo, &course, "2026-12-01T10:00:00Z", "2026-12-01T12:00:00Z").await;
        assert_eq!(meeting["cancelled_at"], Value::Null);
        app.later(60);
        let cancelled = ngo.delete(&format!("{course}/meetings/{}", meeting["id"].as_str().unwrap()), 1).await.expect(200).json();
        assert_eq!((&cancelled["version"], &cancelled["cancelled_at"]), (&json!(2), &json!("2026-11-24T08:01:00.000000Z")));
        let account = app.database.count("course_meeting WHERE cancelled_by = recorded_by AND cancelled_at > recorded_at");
        assert_eq!(account, 1);
    }
}
