//! Groups that are large enough for a course nobody gives, and the providers who take them up.

use sakin::access::policy::Role;
use sakin::db::Reach;
use serde_json::{Value, json};

use super::{a_course, made, moved};
use crate::harness::{Actor, Backend, TestApp, on_both};

/// So many people say they need this; the first of them have children.
async fn need(officer: &Actor, people: usize, (level, language, division): (&str, &str, &str), with_children: usize) {
    for number in 0..people {
        let file = officer.register("Nümunə").await;
        let body = json!({ "level": level, "language_of_instruction": language, "division": division,
            "hours_per_week": 2 + number, "childcare": number < with_children });
        officer.post(&format!("{file}/language-needs"), &body).await.expect(201);
    }
}

async fn calls(who: &Actor, query: &str) -> Vec<Value> {
    let list = who.get(&format!("/api/v1/course-calls{query}")).await.expect(200).json();
    list["items"].as_array().unwrap().clone()
}

fn groups(calls: &[Value]) -> Vec<String> {
    let text = |call: &Value, name: &str| call[name].as_str().unwrap().to_owned();
    calls
        .iter()
        .map(|call| ["division_code", "level", "language_of_instruction"].map(|name| text(call, name)).join(" "))
        .collect()
}

on_both! {
    async fn only_groups_that_make_a_course_are_called_for(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        need(&officer, 8, ("A1", "ka", "Bakı"), 5).await;
        need(&officer, 7, ("A1", "ru", "Bakı"), 0).await;
        assert_eq!(groups(&calls(&ngo, "").await), ["AZ-BA A1 ka"]);
        need(&officer, 1, ("A1", "ru", "Bakı"), 0).await;
        need(&officer, 11, ("B1", "ka", "Gəncə"), 5).await;
        let all = calls(&ngo, "").await;
        assert_eq!(groups(&all), ["AZ-BA A1 ka", "AZ-BA A1 ru", "AZ-GA B1 ka"]);
        // Five of eight leave three: neither is told. None of eight is all of the others, too.
        let hidden = json!({ "count": null, "suppressed": true });
        assert_eq!((&all[0]["people"], &all[0]["childcare"], &all[0]["median_hours_per_week"]), (&json!(8), &hidden, &json!(6)));
        assert_eq!((&all[1]["people"], &all[1]["childcare"]), (&json!(8), &hidden));
        assert_eq!((&all[2]["people"], &all[2]["childcare"]), (&json!(11), &json!({ "count": 5, "suppressed": false })));
        // Page by page it is the same, and filters hold.
        let (mut path, mut seen) = ("?limit=1".to_owned(), Vec::new());
        loop {
            let page = ngo.get(&format!("/api/v1/course-calls{path}")).await.expect(200).json();
            seen.extend(page["items"].as_array().unwrap().clone());
            let Some(next) = page["next"].as_str() else { break };
            path = next.trim_start_matches("/api/v1/course-calls").to_owned();
        }
        assert_eq!(seen, all);
        assert_eq!(groups(&calls(&ngo, "?division=AZ-BA").await).len(), 2);
        assert_eq!(groups(&calls(&ngo, "?level=B1").await), ["AZ-GA B1 ka"]);
        assert_eq!(calls(&ngo, "?level=B1&division=AZ-BA").await, Vec::<Value>::new());
        ngo.get("/api/v1/course-calls?division=Atlantis").await.problem(400, "invalid_query");
        let next = ngo.get("/api/v1/course-calls?limit=1").await.expect(200).json()["next"].as_str().unwrap().to_owned();
        ngo.get(&format!("{next}&level=A1")).await.problem(400, "invalid_cursor");
        assert_eq!(calls(&app.actor(Role::Supervisor, "Bakı").await, "").await, all);
        officer.get("/api/v1/course-calls").await.problem(403, "role_not_permitted");
    }

    async fn a_provider_takes_a_group_up(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let other = app.account(Role::NgoCoordinator, Reach::Organisation, "Gəncə", None).await;
        need(&officer, 11, ("A1", "ka", "Bakı"), 5).await;
        let call = calls(&ngo, "").await.remove(0);
        assert_eq!(call["drafts"], 0);
        let path = call["href"].as_str().unwrap();
        let answered = ngo.post(path, &Value::Null).await.expect(201);
        let course = answered.headers["location"].to_str().unwrap().to_owned();
        let draft = answered.json();
        let expected = json!({ "state": "draft", "level_from": "A1", "level_to": "A2", "taught_language": "az",
            "language_of_instruction": "ka", "division_code": "AZ-BA", "capacity": 11, "childcare": true });
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(&draft[name], value, "{name}");
        }
        other.get(&course).await.problem(404, "not_found");
        // It is called for until somebody takes people; that somebody prepares one is said.
        assert_eq!(calls(&other, "").await[0]["drafts"], 1);
        let theirs = other.post(path, &Value::Null).await.expect(201).headers["location"].to_str().unwrap().to_owned();
        assert_eq!(calls(&ngo, "").await[0]["drafts"], 2);
        ngo.patch(&course, 1, &json!({ "title": "Axşam", "childcare": false, "capacity": 9 })).await.expect(200);
        moved(&ngo, &course, "published").await.expect(200);
        assert_eq!(calls(&ngo, "").await, Vec::<Value>::new());
        other.post(path, &Value::Null).await.problem(404, "not_found");
        // A course that does not take place leaves the group where it was; so does one whose enrolment is over.
        moved(&ngo, &course, "cancelled").await.expect(200);
        assert_eq!(calls(&ngo, "").await.len(), 1);
        other.patch(&theirs, 1, &json!({ "enrol_from": "2026-11-01", "enrol_to": "2026-11-23" })).await.expect(200);
        moved(&other, &theirs, "published").await.expect(200);
        assert_eq!(calls(&ngo, "").await.len(), 1);
        // A course of another language is none for them.
        let mut body = a_course(12, "waiting_list");
        for (name, value) in [("division", "Bakı"), ("level_from", "A1"), ("taught_language", "en")] {
            body[name] = json!(value);
        }
        let english = made(&ngo, &body).await;
        moved(&ngo, &english, "published").await.expect(200);
        assert_eq!(calls(&ngo, "").await.len(), 1);
        for nowhere in ["Atlantis/A1/ka", "AZ-BA/D1/ka", "AZ-BA/A1/Georgian", "AZ-BA/B2/ka"] {
            ngo.post(&format!("/api/v1/course-calls/{nowhere}/courses"), &Value::Null).await.problem(404, "not_found");
        }
        officer.post(path, &Value::Null).await.problem(403, "role_not_permitted");
    }

    async fn what_is_hidden_of_a_group_is_not_in_the_draft_either(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        need(&officer, 8, ("C2", "ka", "Bakı"), 4).await;
        let path = calls(&ngo, "").await[0]["href"].as_str().unwrap().to_owned();
        let draft = ngo.post(&path, &Value::Null).await.expect(201).json();
        assert_eq!((&draft["childcare"], &draft["level_to"]), (&json!(false), &json!("C2")));
    }
}
