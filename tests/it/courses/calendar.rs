//! Calendars: what stands there, who ends them, and that saying beforehand that one cannot come harms nobody.

use sakin::access::policy::Role;
use sakin::db::Reach;
use serde_json::{Value, json};

use super::{a_course, client, consent, enrol, id_of, made, meets, moved, place, published, step};
use crate::harness::{Actor, Backend, PASSWORD, TestApp, on_both};

/// Makes an address; it is told once.
async fn feed(by: &Actor, of: &str) -> String {
    let made = by.post(&format!("{of}/calendar-feeds"), &Value::Null).await.expect(201).json();
    let listed = by.get(&format!("{of}/calendar-feeds")).await.expect(200).json();
    let own = listed["items"].as_array().unwrap().iter().find(|item| item["id"] == made["id"]).unwrap();
    assert_eq!(own["path"], Value::Null, "it is not told again");
    made["path"].as_str().unwrap().to_owned()
}

async fn calendar(app: &TestApp, address: &str) -> String {
    let answer = app.nobody().get(address).await.expect(200);
    assert_eq!(answer.headers["content-type"], "text/calendar; charset=utf-8");
    assert_eq!(answer.headers["cache-control"], "no-store");
    answer.text
}

fn starts(calendar: &str) -> Vec<&str> {
    calendar.lines().filter_map(|line| line.strip_prefix("DTSTART:")).collect()
}

on_both! {
    async fn a_course_has_a_calendar_that_names_nobody(app: TestApp) {
        let ngo = app.actor(Role::NgoCoordinator, "Bakı").await;
        let stranger = app.account(Role::NgoCoordinator, Reach::Organisation, "Gəncə", None).await;
        let mut body = a_course(3, "first_come");
        (body["title"], body["place"]) = (json!("Leylanın qrupu"), json!("Nizami küç. 5"));
        let course = made(&ngo, &body).await;
        moved(&ngo, &course, "published").await.expect(200);
        meets(&ngo, &course, "2026-12-03T14:30:00Z", "2026-12-03T16:00:00Z").await;
        let second = meets(&ngo, &course, "2026-12-01T14:30:00Z", "2026-12-01T16:00:00Z").await;
        let address = feed(&ngo, &course).await;
        let told = calendar(&app, &address).await;
        assert_eq!(starts(&told), ["20261201T143000Z", "20261203T143000Z"]);
        assert!(told.contains("SUMMARY:Dil kursu · Language course Pre-A1 – A1\r\n") && told.contains("LOCATION:Nizami küç. 5\r\n"));
        assert!(!told.contains("Leyla"), "{told}");
        ngo.delete(&format!("{course}/meetings/{}", second["id"].as_str().unwrap()), 1).await.expect(200);
        let after = calendar(&app, &address).await;
        assert_eq!(after.matches("STATUS:CANCELLED").count(), 1);
        assert!(after.contains("SEQUENCE:1\r\n"));
        // What has not changed is not sent again.
        let tag = app.nobody().get(&address).await.headers["etag"].clone();
        let with = |request: reqwest::RequestBuilder| request.header("if-none-match", tag);
        app.nobody().send(reqwest::Method::GET, &address, None, with).await.expect(304);
        // Nobody else makes, sees or ends it.
        let feeds = format!("{course}/calendar-feeds");
        stranger.post(&feeds, &Value::Null).await.problem(404, "not_found");
        stranger.get(&feeds).await.problem(404, "not_found");
        let own = ngo.get(&feeds).await.expect(200).json()["items"][0].clone();
        assert_eq!(own["read_on"], "2026-11-24");
        let path = format!("{feeds}/{}", own["id"].as_str().unwrap());
        stranger.delete(&path, 1).await.problem(404, "not_found");
        ngo.delete(&path, 1).await.expect(200);
        ngo.delete(&path, 1).await.problem(410, "gone");
        app.nobody().get(&address).await.problem(404, "not_found");
        // Phones that still ask there keep nobody of their network from asking after a certificate.
        for _ in 0..40 {
            app.nobody().get(&address).await.problem(404, "not_found");
        }
        assert_eq!(app.nobody().get("/api/v1/certificates/none").await.expect(200).json()["result"], "not_valid");
        for guess in ["x", &"0".repeat(64)] {
            app.nobody().get(&format!("/api/v1/calendars/{guess}")).await.problem(404, "not_found");
        }
        for _ in 0..10 {
            ngo.post(&feeds, &Value::Null).await.expect(201);
        }
        ngo.post(&feeds, &Value::Null).await.problem(409, "invalid_transition");
    }

    async fn a_learner_has_a_calendar_of_all_and_an_organisation_one_of_its_own(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let other = app.account(Role::NgoCoordinator, Reach::Organisation, "Gəncə", None).await;
        let file = officer.register("Nümunə").await;
        let applicant = app.applicant(&file).await;
        let consented = consent(&applicant, &file, &ngo).await;
        consent(&applicant, &file, &other).await;
        let (here, there) = (published(&ngo, 1, "waiting_list").await, published(&other, 1, "waiting_list").await);
        // Before the enrolment nobody is expected.
        meets(&ngo, &here, "2026-11-20T14:30:00Z", "2026-11-20T16:00:00Z").await;
        meets(&ngo, &here, "2026-12-01T14:30:00Z", "2026-12-01T16:00:00Z").await;
        meets(&other, &there, "2026-12-02T14:30:00Z", "2026-12-02T16:00:00Z").await;
        let (own, by_ngo) = (feed(&applicant, &file).await, feed(&ngo, &file).await);
        assert_eq!(starts(&calendar(&app, &own).await), [""; 0]);
        let seat = place(&file, &enrol(&ngo, &here, &file).await.expect(201).json());
        enrol(&other, &there, &file).await.expect(201);
        assert_eq!(starts(&calendar(&app, &own).await), ["20261201T143000Z", "20261202T143000Z"]);
        assert_eq!(starts(&calendar(&app, &by_ngo).await), ["20261201T143000Z"]);
        // Each organisation sees its own; the person sees all, and ends them.
        let count = async |who: &Actor| {
            who.get(&format!("{file}/calendar-feeds")).await.expect(200).json()["items"].as_array().unwrap().len()
        };
        assert_eq!((count(&applicant).await, count(&ngo).await, count(&other).await), (2, 1, 0));
        officer.get(&format!("{file}/calendar-feeds")).await.problem(403, "role_not_permitted");
        // It was read by somebody who had the address, and that is on record: once a day.
        let read = |accesses: &Value| {
            accesses["items"].as_array().unwrap().iter().filter(|one| one["action"] == "calendar.read").count()
        };
        let accesses = applicant.get(&format!("{file}/accesses?limit=100")).await.expect(200).json();
        assert_eq!(read(&accesses), 2, "{accesses}");
        // Whoever left is not expected any more, and without the consent the organisation's address leads nowhere.
        step(&applicant, &seat, "left").await.expect(200);
        assert_eq!(starts(&calendar(&app, &own).await), ["20261202T143000Z"]);
        applicant.delete(&consented, 1).await.expect(200);
        app.nobody().get(&by_ngo).await.problem(404, "not_found");
        calendar(&app, &own).await;
    }

    async fn who_says_beforehand_that_they_cannot_come_is_not_absent(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let file = client(&officer, &ngo, "Nümunə").await;
        let mut applicant = app.applicant(&file).await;
        let course = published(&ngo, 1, "waiting_list").await;
        let past = meets(&ngo, &course, "2026-11-24T05:00:00Z", "2026-11-24T06:30:00Z").await;
        let coming = meets(&ngo, &course, "2026-12-01T14:30:00Z", "2026-12-01T16:00:00Z").await;
        let off = meets(&ngo, &course, "2026-12-02T14:30:00Z", "2026-12-02T16:00:00Z").await;
        let last = meets(&ngo, &course, "2026-12-08T14:30:00Z", "2026-12-08T16:00:00Z").await;
        ngo.delete(&format!("{course}/meetings/{}", off["id"].as_str().unwrap()), 1).await.expect(200);
        let seat = place(&file, &enrol(&ngo, &course, &file).await.expect(201).json());
        let path = format!("{seat}/announcements");
        let says = |meeting: &Value| json!({ "meeting_id": meeting["id"], "reason": "My child is ill." });
        for (meeting, code) in [
            (past.clone(), "in_the_past"),
            (off, "cancelled"),
            (json!({ "id": uuid::Uuid::new_v4() }), "unknown_meeting"),
        ] {
            let problem = applicant.post(&path, &says(&meeting)).await.problem(422, "validation_failed");
            assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), (&json!("/meeting_id"), &json!(code)));
        }
        let said = applicant.post(&path, &says(&coming)).await.expect(201).json();
        assert_eq!((&said["mark"], &said["announced"]), (&json!("excused"), &json!(true)));
        let twice = applicant.post(&path, &says(&coming)).await.problem(422, "validation_failed");
        assert_eq!(twice["errors"][0]["code"], "noted_already");
        ngo.post(&path, &says(&last)).await.expect(201);
        let sheet = applicant.get(&format!("{seat}/attendance")).await.expect(200).json();
        assert_eq!((&sheet["excused"], &sheet["missed"], &sheet["can_reach"]), (&json!(2), &json!(0), &json!(true)));
        // The organisation corrects with a reason, and both are kept.
        app.later(15 * 86_400);
        let mut ngo = ngo;
        ngo.sign_in(PASSWORD).await;
        applicant.sign_in(PASSWORD).await;
        let mark = json!({ "person_id": id_of(&file), "mark": "present", "reason": "Came after all." });
        ngo.post(&format!("{course}/meetings/{}/attendance", coming["id"].as_str().unwrap()), &mark).await.expect(201);
        let sheet = applicant.get(&format!("{seat}/attendance")).await.expect(200).json();
        let marks: Vec<(&Value, &Value)> = sheet["meetings"][1]["marks"].as_array().unwrap().iter()
            .map(|one| (&one["mark"], &one["announced"])).collect();
        assert_eq!(marks, [(&json!("excused"), &json!(true)), (&json!("present"), &json!(false))]);
        step(&applicant, &seat, "left").await.expect(200);
        let gone = applicant.post(&path, &says(&last)).await.problem(409, "invalid_transition");
        assert_eq!(gone["state"], "left");
    }
}
