//! Language courses: the catalogue, who gets the last seat, who waits, and that nobody sees whom no consent names.

mod calendar;
mod calls;
mod catalogue;
mod consents;
mod demand;
mod hours;
mod results;
mod season;
mod seats;
mod sheet;
mod surface;
mod tables;

use sakin::access::policy::Role;
use sakin::db::Reach;
use serde_json::{Value, json};

use crate::confidentiality::{consent, id_of};
use crate::harness::{Actor, Answered, Backend, PASSWORD, TestApp, on_both};

/// A course that takes people from November to December.
pub(super) fn a_course(seats: u32, rule: &str) -> Value {
    json!({ "title": "Axşam kursu", "level_from": "Pre-A1", "level_to": "A1", "language_of_instruction": "ka",
        "mode": "classroom", "price_qepik": 4_500, "capacity": seats, "enrol_from": "2026-11-01",
        "enrol_to": "2026-12-31", "order_rule": rule, "offer_hours": 48, "required_share": 80 })
}

/// Makes a course and answers with its path.
pub(super) async fn made(ngo: &Actor, body: &Value) -> String {
    let made = ngo.post("/api/v1/courses", body).await.expect(201);
    made.headers["location"].to_str().unwrap().to_owned()
}

pub(super) async fn moved(ngo: &Actor, course: &str, to: &str) -> Answered {
    let version = ngo.get(course).await.expect(200).json()["version"].as_i64().unwrap();
    ngo.act(&format!("{course}/transitions"), version, &json!({ "to": to })).await
}

/// A published course.
pub(super) async fn published(ngo: &Actor, seats: u32, rule: &str) -> String {
    let course = made(ngo, &a_course(seats, rule)).await;
    moved(ngo, &course, "published").await.expect(200);
    course
}

pub(super) async fn meets(ngo: &Actor, course: &str, from: &str, to: &str) -> Value {
    let body = json!({ "starts_at": from, "ends_at": to });
    ngo.post(&format!("{course}/meetings"), &body).await.expect(201).json()
}

/// Somebody who consented to the coordinator's organisation: the path of the file.
pub(super) async fn client(officer: &Actor, ngo: &Actor, name: &str) -> String {
    let file = officer.register(name).await;
    consent(officer, &file, ngo).await;
    file
}

pub(super) async fn enrol(ngo: &Actor, course: &str, file: &str) -> Answered {
    ngo.post(&format!("{course}/enrolments"), &json!({ "person_id": id_of(file) })).await
}

/// Somebody's place: its path.
pub(super) fn place(file: &str, enrolled: &Value) -> String {
    format!("{file}/enrolments/{}", enrolled["id"].as_str().unwrap())
}

/// Moves a place that the mover has read.
pub(super) async fn step(by: &Actor, place: &str, to: &str) -> Answered {
    let version = by.get(place).await.expect(200).json()["version"].as_i64().unwrap();
    by.act(&format!("{place}/transitions"), version, &json!({ "to": to })).await
}

/// The states in a course in the order of applications.
pub(super) async fn states(ngo: &Actor, course: &str) -> Vec<String> {
    let list = ngo.get(&format!("{course}/enrolments?limit=100")).await.expect(200).json();
    list["items"].as_array().unwrap().iter().map(|item| item["state"].as_str().unwrap().to_owned()).collect()
}

on_both! {
    async fn a_draft_is_its_organisation_s_and_a_published_course_everybody_s(app: TestApp) {
        let ngo = app.actor(Role::NgoCoordinator, "Bakı").await;
        let stranger = app.account(Role::NgoCoordinator, Reach::Organisation, "Gəncə", None).await;
        let (officer, applicant) = (app.caseworker("Bakı").await, app.actor(Role::Applicant, "Bakı").await);
        let mut body = a_course(12, "waiting_list");
        body["division"] = json!("Bakı");
        let course = made(&ngo, &body).await;
        for who in [&stranger, &officer, &applicant] {
            who.get(&course).await.problem(404, "not_found");
            assert_eq!(who.get("/api/v1/courses").await.expect(200).json()["items"], json!([]));
        }
        let problem = moved(&ngo, &course, "running").await.problem(409, "invalid_transition");
        assert_eq!((&problem["state"], &problem["allowed"]), (&json!("draft"), &json!(["published", "cancelled"])));
        let shown = moved(&ngo, &course, "published").await.expect(200).json();
        assert_eq!(shown["division_code"], "AZ-BA");
        assert_eq!(shown["open"], true);
        for who in [&stranger, &officer, &applicant] {
            assert_eq!(who.get(&course).await.expect(200).json(), shown);
        }
        // Seen, but not theirs.
        stranger.patch(&course, 2, &json!({ "title": "Bizim" })).await.problem(404, "not_found");
        enrol(&stranger, &course, "/x").await.problem(422, "validation_failed");
        stranger.get(&format!("{course}/enrolments")).await.problem(404, "not_found");
        ngo.patch(&course, 2, &json!({ "price_qepik": 0 })).await.expect(200);
        let late = ngo.patch(&course, 2, &json!({ "price_qepik": 100 })).await.problem(412, "version_conflict");
        assert_eq!(late["current_version"], 3);
        for state in ["running", "finished", "archived"] {
            moved(&ngo, &course, state).await.expect(200);
        }
        let problem = moved(&ngo, &course, "published").await.problem(409, "invalid_transition");
        assert_eq!((&problem["state"], &problem["allowed"]), (&json!("archived"), &json!([])));
    }

    async fn what_a_course_cannot_be_is_named_all_at_once(app: TestApp) {
        let ngo = app.actor(Role::NgoCoordinator, "Bakı").await;
        let stranger = app.account(Role::NgoCoordinator, Reach::Organisation, "Gəncə", None).await;
        let mut body = a_course(0, "lottery");
        body["language_of_instruction"] = json!("Georgian");
        body["price_qepik"] = json!(-1);
        let problem = ngo.post("/api/v1/courses", &body).await.problem(422, "validation_failed");
        assert_eq!(problem["errors"].as_array().unwrap().len(), 4, "{problem}");
        let mut body = a_course(3, "first_come");
        (body["level_from"], body["enrol_to"]) = (json!("B1"), json!("2026-10-01"));
        let problem = ngo.post("/api/v1/courses", &body).await.problem(422, "validation_failed");
        assert_eq!(problem["errors"].as_array().unwrap().len(), 2, "{problem}");
        for (member, value) in [("division", json!("Atlantis")), ("teacher_id", json!(stranger.id().await))] {
            let mut body = a_course(3, "first_come");
            body[member] = value;
            let problem = ngo.post("/api/v1/courses", &body).await.problem(422, "validation_failed");
            assert_eq!(problem["errors"][0]["pointer"], format!("/{member}"));
        }
        assert_eq!(app.database.count("course"), 0);
    }

    async fn an_administrator_of_the_service_says_who_is_accredited_and_since_when(app: TestApp) {
        let ngo = app.actor(Role::NgoCoordinator, "Bakı").await;
        let (national, local) = (app.administrator().await, app.actor(Role::Administrator, "Bakı").await);
        let organisation = ngo.get("/api/v1/me").await.json()["organisation_id"].clone();
        let course = made(&ngo, &a_course(3, "first_come")).await;
        let body = |from: &str, to: &str| {
            json!({ "organisation_id": organisation, "number": "AK-7", "valid_from": from, "valid_to": to })
        };
        local.post("/api/v1/accreditations", &body("2026-01-01", "2027-01-01")).await.problem(403, "action_not_permitted");
        national.post("/api/v1/accreditations", &body("2026-01-01", "2026-11-23")).await.expect(201);
        assert_eq!(ngo.get(&course).await.json()["accredited"], false);
        // The same number again corrects it.
        national.post("/api/v1/accreditations", &body("2026-01-01", "2026-11-24")).await.expect(201);
        assert_eq!(ngo.get(&course).await.json()["accredited"], true);
        let list = ngo.get("/api/v1/accreditations").await.expect(200).json();
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
        let nowhere = json!({ "organisation_id": uuid::Uuid::new_v4(), "number": "AK-8", "valid_from": "2026-01-01" });
        national.post("/api/v1/accreditations", &nowhere).await.problem(422, "validation_failed");
    }

    async fn meetings_are_shown_in_the_country_s_time(app: TestApp) {
        let ngo = app.actor(Role::NgoCoordinator, "Bakı").await;
        let course = published(&ngo, 3, "first_come").await;
        let late = meets(&ngo, &course, "2026-12-01T20:30:00Z", "2026-12-01T22:00:00Z").await;
        assert_eq!((&late["day"], &late["from"], &late["to"]), (&json!("2026-12-02"), &json!("00:30"), &json!("02:00")));
        meets(&ngo, &course, "2026-11-30T14:30:00Z", "2026-11-30T16:00:00Z").await;
        let first = ngo.get(&format!("{course}/meetings?limit=1")).await.expect(200).json();
        assert_eq!(first["items"][0]["from"], "18:30");
        let second = ngo.get(first["next"].as_str().unwrap()).await.expect(200).json();
        assert_eq!((&second["items"][0]["id"], &second["next"]), (&late["id"], &Value::Null));
        let path = format!("{course}/meetings/{}", late["id"].as_str().unwrap());
        assert_eq!(ngo.delete(&path, 1).await.expect(200).json()["cancelled"], true);
        ngo.delete(&path, 1).await.problem(410, "gone");
        let body = json!({ "starts_at": "2026-12-01T20:30:00Z", "ends_at": "2026-12-01T20:30:00Z" });
        ngo.post(&format!("{course}/meetings"), &body).await.problem(422, "validation_failed");
    }

    async fn without_a_consent_there_is_no_such_person(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let stranger = app.account(Role::NgoCoordinator, Reach::Organisation, "Gəncə", None).await;
        let (file, unknown) = (officer.register("Razı").await, officer.register("Başqa").await);
        let applicant = app.applicant(&file).await;
        let consented = consent(&applicant, &file, &ngo).await;
        let course = published(&ngo, 1, "waiting_list").await;
        let theirs = published(&stranger, 1, "waiting_list").await;
        let nobody = format!("/people/{}", uuid::Uuid::new_v4());
        let mut answers = Vec::new();
        for (who, course, file) in [(&ngo, &course, &unknown), (&ngo, &course, &nobody), (&stranger, &theirs, &file)] {
            let mut refused = enrol(who, course, file).await.problem(422, "validation_failed");
            refused["request_id"] = Value::Null;
            answers.push(refused);
        }
        assert!(answers.iter().all(|answer| answer == &answers[0]), "{answers:?}");
        let enrolled = enrol(&ngo, &course, &file).await.expect(201).json();
        let next = client(&officer, &ngo, "Növbədə").await;
        enrol(&ngo, &course, &next).await.expect(201);
        let own = place(&file, &enrolled);
        for path in [own.clone(), format!("{file}/enrolments")] {
            stranger.get(&path).await.problem(404, "not_found");
            ngo.get(&path).await.expect(200);
            applicant.get(&path).await.expect(200);
            officer.get(&path).await.problem(403, "role_not_permitted");
        }
        assert_eq!(states(&ngo, &course).await, ["enrolled", "waiting"]);
        // Withdrawal: gone from everywhere, and the seat passes on.
        applicant.delete(&consented, 1).await.expect(200);
        for path in [own.clone(), format!("{file}/enrolments")] {
            ngo.get(&path).await.problem(404, "not_found");
        }
        assert_eq!(states(&ngo, &course).await, ["offered"]);
        let shown = applicant.get(&own).await.expect(200).json();
        assert_eq!((&shown["state"], &shown["reason"]), (&json!("left"), &json!("consent_ended")));
        // Another consent opens what was, and a new beginning.
        app.later(60);
        consent(&applicant, &file, &ngo).await;
        assert_eq!(enrol(&ngo, &course, &file).await.expect(201).json()["state"], "waiting");
        assert_eq!(states(&ngo, &course).await, ["left", "offered", "waiting"]);
    }

    async fn nobody_is_in_two_courses_at_once(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let other = app.account(Role::NgoCoordinator, Reach::Organisation, "Gəncə", None).await;
        let file = client(&officer, &ngo, "Nümunə").await;
        consent(&officer, &file, &other).await;
        let (first, second) = (published(&ngo, 3, "first_come").await, published(&ngo, 3, "first_come").await);
        let foreign = published(&other, 3, "first_come").await;
        meets(&ngo, &first, "2026-12-01T10:00:00Z", "2026-12-01T12:00:00Z").await;
        let clash = meets(&ngo, &second, "2026-12-01T11:00:00Z", "2026-12-01T13:00:00Z").await;
        meets(&other, &foreign, "2026-12-01T11:59:00Z", "2026-12-01T13:00:00Z").await;
        enrol(&ngo, &first, &file).await.expect(201);
        let problem = enrol(&ngo, &second, &file).await.problem(409, "overlapping_meetings");
        assert_eq!(problem["course_id"], id_of(&first));
        // Another organisation does not learn where.
        let problem = enrol(&other, &foreign, &file).await.problem(409, "overlapping_meetings");
        assert_eq!(problem.get("course_id"), None);
        ngo.delete(&format!("{second}/meetings/{}", clash["id"].as_str().unwrap()), 1).await.expect(200);
        meets(&ngo, &second, "2026-12-01T12:00:00Z", "2026-12-01T13:00:00Z").await;
        enrol(&ngo, &second, &file).await.expect(201);
        let again = enrol(&ngo, &second, &file).await.problem(422, "validation_failed");
        assert_eq!(again["errors"][0]["code"], "already_enrolled");
    }

    async fn a_list_is_enrolled_with_a_result_for_each(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let mut files = Vec::new();
        for name in ["Bir", "İki", "Üç"] {
            files.push(client(&officer, &ngo, name).await);
        }
        let stranger = officer.register("Dörd").await;
        let course = published(&ngo, 2, "first_come").await;
        let items: Vec<Value> = [&files[0], &stranger, &files[1], &files[0], &files[2]]
            .iter()
            .map(|file| json!({ "person_id": id_of(file) }))
            .chain([json!({ "person_id": "no id" })])
            .collect();
        let path = format!("{course}/enrolments/bulk");
        let body = json!({ "items": items, "atomic": "item" });
        let tried = ngo.post(&format!("{path}?dry_run=true"), &body).await.expect(200).json();
        assert_eq!((&tried["enrolled"], &tried["dry_run"]), (&json!(2), &json!(true)));
        assert_eq!(app.database.count("enrolment"), 0);
        ngo.post(&path, &json!({ "items": items, "atomic": "all" })).await.problem(422, "validation_failed");
        let some = json!({ "items": [items[0], items[2], items[4]], "atomic": "all" });
        assert_eq!(ngo.post(&path, &some).await.problem(409, "seat_taken")["index"], 2);
        assert_eq!(app.database.count("enrolment"), 0);
        let done = ngo.post(&path, &body).await.expect(200).json();
        let statuses: Vec<i64> = done["items"].as_array().unwrap().iter().map(|item| item["status"].as_i64().unwrap()).collect();
        assert_eq!(statuses, [201, 422, 201, 422, 409, 422]);
        assert_eq!(done["items"][4]["problem"]["code"], "seat_taken");
        assert_eq!((&done["enrolled"], &done["refused"]), (&json!(2), &json!(4)));
        assert_eq!(states(&ngo, &course).await, ["enrolled", "enrolled"]);
    }

    async fn a_place_is_carried_over_to_a_course_with_a_free_seat(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let stranger = app.account(Role::NgoCoordinator, Reach::Organisation, "Gəncə", None).await;
        let (one, two, three) =
            (client(&officer, &ngo, "Bir").await, client(&officer, &ngo, "İki").await, client(&officer, &ngo, "Üç").await);
        let (from, to) = (published(&ngo, 1, "waiting_list").await, published(&ngo, 1, "waiting_list").await);
        let foreign = published(&stranger, 1, "waiting_list").await;
        let enrolled = enrol(&ngo, &from, &one).await.expect(201).json();
        enrol(&ngo, &from, &two).await.expect(201);
        let path = format!("{}/transfers", place(&one, &enrolled));
        let body = json!({ "course_id": id_of(&to) });
        let elsewhere = ngo.post(&path, &json!({ "course_id": id_of(&foreign) })).await.problem(422, "validation_failed");
        assert_eq!(elsewhere["errors"][0]["code"], "unknown_course");
        let taken = enrol(&ngo, &to, &three).await.expect(201).json();
        ngo.post(&path, &body).await.problem(409, "seat_taken");
        assert_eq!(states(&ngo, &from).await, ["enrolled", "waiting"]);
        step(&ngo, &place(&three, &taken), "left").await.expect(200);
        let made = ngo.post(&path, &body).await.expect(201).json();
        assert_eq!((&made["course_id"], &made["state"]), (&json!(id_of(&to)), &json!("enrolled")));
        assert_eq!(states(&ngo, &from).await, ["left", "offered"]);
        ngo.post(&path, &body).await.problem(409, "invalid_transition");
    }
}

/// The same coordinator after the clock went on: an access token lives for minutes.
pub(super) async fn later(app: &TestApp, who: &mut Actor, hours: i64) {
    app.later(hours * 3_600);
    who.sign_in(PASSWORD).await;
}
