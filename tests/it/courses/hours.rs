//! Hours that an office granted, what becomes of them, and who learns of it.

use sakin::access::policy::Role;
use sakin::db::Reach;
use serde_json::{Value, json};

use super::results::mark;
use super::{a_course, client, enrol, id_of, later, made, meets, moved, place, published, step};
use crate::confidentiality::consent;
use crate::harness::{Actor, Backend, TestApp, on_both};

async fn grant(officer: &Actor, file: &str, hours: u32, reason: &str) {
    let body = json!({ "hours": hours, "reason": reason });
    officer.post(&format!("{file}/course-hours"), &body).await.expect(201);
}

async fn hours(who: &Actor, file: &str) -> Value {
    who.get(&format!("{file}/course-hours")).await.expect(200).json()
}

/// Granted, used, reserved, left.
fn sums(hours: &Value) -> [Value; 4] {
    ["granted", "used", "reserved", "left"].map(|name| hours[name].clone())
}

/// A published course that meets on these days of December, for an hour and a half each.
async fn of_december(ngo: &Actor, seats: u32, days: &[u32]) -> (String, Vec<Value>) {
    let course = published(ngo, seats, "waiting_list").await;
    let mut meetings = Vec::new();
    for day in days {
        let at = |time: &str| format!("2026-12-{day:02}T{time}:00Z");
        meetings.push(meets(ngo, &course, &at("14:00"), &at("15:30")).await);
    }
    (course, meetings)
}

on_both! {
    async fn hours_are_reserved_used_and_given_back(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let file = client(&officer, &ngo, "Nümunə").await;
        let free = hours(&officer, &file).await;
        assert_eq!((sums(&free), &free["courses"]), ([Value::Null, json!(0.0), json!(0.0), Value::Null], &json!([])));
        grant(&officer, &file, 6, "first").await;
        grant(&officer, &file, 4, "repeat").await;
        let (course, meetings) = of_december(&ngo, 3, &[1, 2, 3]).await;
        meets(&ngo, &course, "2026-11-20T14:00:00Z", "2026-11-20T15:30:00Z").await;
        meets(&ngo, &course, "2026-11-24T05:00:00Z", "2026-11-24T06:30:00Z").await;
        let own = place(&file, &enrol(&ngo, &course, &file).await.expect(201).json());
        // The meeting before the day of enrolment is nobody's.
        let shown = hours(&officer, &file).await;
        assert_eq!(sums(&shown), [json!(10.0), json!(1.5), json!(4.5), json!(4.0)]);
        let line = json!([{ "course_id": id_of(&course), "course": "Axşam kursu", "level": "A1", "meetings": 4, "used": 1.5, "reserved": 4.5 }]);
        assert_eq!(shown["courses"], line);
        let reasons: Vec<&Value> = shown["grants"].as_array().unwrap().iter().map(|grant| &grant["reason"]).collect();
        assert_eq!(reasons.len(), 2);
        assert!(reasons.contains(&&json!("first")) && reasons.contains(&&json!("repeat")), "{reasons:?}");
        mark(&ngo, &course, &meetings[0], &file, "excused", None).await.expect(201);
        assert_eq!(hours(&officer, &file).await["reserved"], 3.0);
        ngo.delete(&format!("{course}/meetings/{}", meetings[1]["id"].as_str().unwrap()), 1).await.expect(200);
        assert_eq!(hours(&officer, &file).await["reserved"], 1.5);
        step(&ngo, &own, "left").await.expect(200);
        assert_eq!(sums(&hours(&officer, &file).await), [json!(10.0), json!(1.5), json!(0.0), json!(8.5)]);
    }

    async fn a_grant_that_was_a_mistake_is_taken_back(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let file = client(&officer, &ngo, "Nümunə").await;
        grant(&officer, &file, 6, "first").await;
        let body = json!({ "hours": 600, "reason": "first" });
        let wrong = officer.post(&format!("{file}/course-hours"), &body).await.expect(201);
        let path = wrong.headers["location"].to_str().unwrap().to_owned();
        assert_eq!(hours(&officer, &file).await["granted"], 606.0);
        ngo.delete(&path, 1).await.problem(403, "role_not_permitted");
        officer.delete(&path, 2).await.problem(412, "version_conflict");
        officer.delete(&path, 1).await.expect(200);
        officer.delete(&path, 1).await.problem(410, "gone");
        let shown = hours(&officer, &file).await;
        assert_eq!((&shown["granted"], shown["grants"].as_array().unwrap().len()), (&json!(6.0), 2), "it stays on record");
    }

    async fn nobody_is_enrolled_beyond_what_is_left(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let (file, unlimited) = (client(&officer, &ngo, "Bir").await, client(&officer, &ngo, "İki").await);
        grant(&officer, &file, 4, "first").await;
        let (long, _) = of_december(&ngo, 1, &[1, 2, 3]).await;
        let (short, _) = of_december(&ngo, 3, &[8, 9]).await;
        let (other, _) = of_december(&ngo, 3, &[15]).await;
        let problem = enrol(&ngo, &long, &file).await.problem(409, "hours_exhausted");
        assert_eq!((&problem["hours_left"], &problem["hours_needed"]), (&json!(4.0), &json!(4.5)));
        assert_eq!(app.database.count("enrolment"), 0);
        // Who was granted nothing is limited in nothing.
        let held = place(&unlimited, &enrol(&ngo, &long, &unlimited).await.expect(201).json());
        // To wait, or to be offered a seat, takes no hours. To take it does.
        let waits = place(&file, &enrol(&ngo, &long, &file).await.expect(201).json());
        assert_eq!(hours(&officer, &file).await["left"], 4.0);
        step(&ngo, &held, "left").await.expect(200);
        assert_eq!(ngo.get(&waits).await.json()["state"], "offered");
        assert_eq!(hours(&officer, &file).await["left"], 4.0);
        step(&ngo, &waits, "enrolled").await.problem(409, "hours_exhausted");
        let mine = app.applicant(&file).await;
        step(&mine, &waits, "enrolled").await.problem(409, "hours_exhausted");
        enrol(&ngo, &short, &file).await.expect(201);
        assert_eq!(hours(&mine, &file).await["left"], 1.0);
        let items = json!({ "items": [{ "person_id": id_of(&file) }, { "person_id": id_of(&unlimited) }], "atomic": "item" });
        let many = ngo.post(&format!("{other}/enrolments/bulk"), &items).await.expect(200).json();
        let statuses: Vec<&Value> = many["items"].as_array().unwrap().iter().map(|item| &item["status"]).collect();
        assert_eq!((statuses, &many["items"][0]["problem"]["hours_left"]), (vec![&json!(409), &json!(201)], &json!(1.0)));
        grant(&officer, &file, 10, "repeat").await;
        step(&mine, &waits, "enrolled").await.expect(200);
        assert_eq!(sums(&hours(&mine, &file).await), [json!(14.0), json!(0.0), json!(7.5), json!(6.5)]);
        // What is carried over to another course gives its hours back first.
        let (bigger, _) = of_december(&ngo, 3, &[21, 22, 23, 24, 25, 26]).await;
        ngo.post(&format!("{waits}/transfers"), &json!({ "course_id": id_of(&bigger) })).await.expect(201);
        assert_eq!(hours(&mine, &file).await["left"], 2.0);
    }

    async fn an_organisation_sees_sums_and_its_own_courses(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let other = app.account(Role::NgoCoordinator, Reach::Organisation, "Gəncə", None).await;
        let file = client(&officer, &ngo, "Nümunə").await;
        let path = format!("{file}/course-hours");
        grant(&officer, &file, 10, "first").await;
        let (course, _) = of_december(&ngo, 3, &[1, 2]).await;
        enrol(&ngo, &course, &file).await.expect(201);
        other.get(&path).await.problem(404, "not_found");
        consent(&officer, &file, &other).await;
        let theirs = hours(&other, &file).await;
        assert_eq!(sums(&theirs), [json!(10.0), json!(0.0), json!(3.0), json!(7.0)]);
        assert_eq!((&theirs["courses"], &theirs["grants"]), (&json!([]), &json!([])));
        let ours = hours(&ngo, &file).await;
        assert_eq!((ours["courses"].as_array().unwrap().len(), &ours["grants"]), (1, &json!([])));
        let applicant = app.applicant(&file).await;
        assert_eq!(hours(&applicant, &file).await, hours(&officer, &file).await);
        for who in [&ngo, &applicant, &app.official("Bakı").await] {
            who.post(&path, &json!({ "hours": 5, "reason": "first" })).await.problem(403, "role_not_permitted");
        }
        let problem = officer.post(&path, &json!({ "hours": 0, "reason": "gift" })).await.problem(422, "validation_failed");
        let pointers: Vec<&Value> = problem["errors"].as_array().unwrap().iter().map(|fault| &fault["pointer"]).collect();
        assert_eq!(pointers, ["/hours", "/reason"]);
        assert_eq!(app.database.count("course_hours"), 1);
    }

    async fn it_is_said_which_time_somebody_tries_a_level(app: TestApp) {
        let (officer, mut ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let mut other = app.account(Role::NgoCoordinator, Reach::Organisation, "Gəncə", None).await;
        let file = client(&officer, &ngo, "Nümunə").await;
        consent(&officer, &file, &other).await;
        let first = enrol(&ngo, &published(&ngo, 3, "first_come").await, &file).await.expect(201).json();
        assert_eq!(first["attempt"], 1);
        step(&ngo, &place(&file, &first), "left").await.expect(200);
        later(&app, &mut ngo, 1).await;
        let second = enrol(&ngo, &published(&ngo, 3, "first_come").await, &file).await.expect(201).json();
        assert_eq!(second["attempt"], 2);
        // Carried over it is still the second time; another level is another matter.
        later(&app, &mut ngo, 1).await;
        let target = published(&ngo, 3, "first_come").await;
        let path = format!("{}/transfers", place(&file, &second));
        let third = ngo.post(&path, &json!({ "course_id": id_of(&target) })).await.expect(201).json();
        assert_eq!(third["attempt"], 2);
        let mut body = a_course(3, "first_come");
        body["level_to"] = json!("A2");
        let higher = made(&ngo, &body).await;
        moved(&ngo, &higher, "published").await.expect(200);
        assert_eq!(enrol(&ngo, &higher, &file).await.expect(201).json()["attempt"], 1);
        // Another organisation does not learn of it, the person does.
        later(&app, &mut other, 1).await;
        let elsewhere = enrol(&other, &published(&other, 3, "first_come").await, &file).await.expect(201).json();
        assert_eq!(elsewhere["attempt"], 1);
        let mine = app.applicant(&file).await;
        assert_eq!(mine.get(&place(&file, &elsewhere)).await.expect(200).json()["attempt"], 3);
        ngo.sign_in(crate::harness::PASSWORD).await;
        assert_eq!(ngo.get(&place(&file, &first)).await.expect(200).json()["attempt"], 1);
    }
}
