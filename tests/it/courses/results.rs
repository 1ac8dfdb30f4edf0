//! What came of a course: who was there, what was learnt, what it proves.

use sakin::access::policy::Role;
use sakin::db::Reach;
use serde_json::{Value, json};

use super::{a_course, client, enrol, id_of, made, meets, moved, place, published, step};
use crate::harness::{Actor, Answered, Backend, TestApp, on_both};

pub(super) async fn mark(
    ngo: &Actor,
    course: &str,
    meeting: &Value,
    file: &str,
    mark: &str,
    reason: Option<&str>,
) -> Answered {
    let body = json!({ "person_id": id_of(file), "mark": mark, "reason": reason });
    ngo.post(&format!("{course}/meetings/{}/attendance", meeting["id"].as_str().unwrap()), &body).await
}

fn levels(level: &str) -> Value {
    json!({ "level": level, "listening": "B1", "reading": "A2", "writing": "A2", "speaking": "B1" })
}

/// What the file says of the language for citizenship: met, or not.
async fn language(officer: &Actor, file: &str) -> String {
    let answer = officer.get(&format!("{file}/eligibility")).await.expect(200).json();
    let mut found = Vec::new();
    language_in(&answer, &mut found);
    assert!(!found.is_empty(), "{answer}");
    found.sort_unstable();
    found.dedup();
    found.join(" ")
}

/// The states of what stands under the name of the language's requirement.
fn language_in(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            let named = ["id", "requirement", "name", "kind", "code"]
                .iter()
                .any(|name| members.get(*name).and_then(Value::as_str).is_some_and(|text| text.contains("language")));
            if let (true, Some(state)) = (named, members.get("state").or_else(|| members.get("outcome"))) {
                found.push(state.as_str().unwrap_or_default().to_owned());
            }
            members.values().for_each(|value| language_in(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| language_in(value, found)),
        _ => (),
    }
}

on_both! {
    async fn nobody_is_absent_from_meetings_before_the_enrolment(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let stranger = app.account(Role::NgoCoordinator, Reach::Organisation, "Gəncə", None).await;
        let file = client(&officer, &ngo, "Nümunə").await;
        let other = client(&officer, &ngo, "Başqa").await;
        let course = published(&ngo, 3, "first_come").await;
        let early = meets(&ngo, &course, "2026-11-20T14:00:00Z", "2026-11-20T15:30:00Z").await;
        let today = meets(&ngo, &course, "2026-11-24T05:00:00Z", "2026-11-24T06:30:00Z").await;
        let mut coming = Vec::new();
        for day in 1..=4 {
            let at = |hour: u32| format!("2026-12-0{day}T{hour}:00:00Z");
            coming.push(meets(&ngo, &course, &at(14), &at(15)).await);
        }
        let own = place(&file, &enrol(&ngo, &course, &file).await.expect(201).json());
        let sheet = async || ngo.get(&format!("{own}/attendance")).await.expect(200).json();
        let before = sheet().await;
        assert_eq!((&before["required"], &before["still_possible"], &before["missed"]), (&json!(4), &json!(5), &json!(0)));
        let fault = |answer: Answered| answer.problem(422, "validation_failed")["errors"][0]["code"].clone();
        assert_eq!(fault(mark(&ngo, &course, &early, &file, "absent", None).await), "not_applicable");
        assert_eq!(fault(mark(&ngo, &course, &coming[0], &file, "present", None).await), "in_the_future");
        assert_eq!(fault(mark(&ngo, &course, &today, &other, "present", None).await), "not_enrolled");
        mark(&stranger, &course, &today, &file, "present", None).await.problem(404, "not_found");
        mark(&ngo, &course, &today, &file, "absent", None).await.expect(201);
        let warned = sheet().await;
        assert_eq!((&warned["warning"], &warned["can_reach"]), (&json!("last_chance"), &json!(true)));
        // A correction keeps what was said, and says why.
        assert_eq!(fault(mark(&ngo, &course, &today, &file, "late", None).await), "required");
        let corrected = mark(&ngo, &course, &today, &file, "late", Some("It was the other one.")).await.expect(201).json();
        assert_eq!(corrected["version"], 2);
        mark(&ngo, &course, &coming[1], &file, "excused", Some("Hospital.")).await.expect(201);
        let applicant = app.applicant(&file).await;
        let after = applicant.get(&format!("{own}/attendance")).await.expect(200).json();
        assert_eq!(after, sheet().await);
        assert_eq!((&after["attended"], &after["excused"], &after["missed"]), (&json!(1), &json!(1), &json!(0)));
        assert_eq!((&after["warning"], &after["required"]), (&json!("last_chance"), &json!(4)));
        let meetings = after["meetings"].as_array().unwrap();
        assert_eq!((&meetings[0]["applicable"], &meetings[0]["mark"]), (&json!(false), &Value::Null));
        let marks: Vec<&Value> = meetings[1]["marks"].as_array().unwrap().iter().map(|one| &one["mark"]).collect();
        assert_eq!(marks, ["absent", "late"]);
        ngo.delete(&format!("{course}/meetings/{}", coming[2]["id"].as_str().unwrap()), 1).await.expect(200);
        assert_eq!(sheet().await["still_possible"], 2);
    }

    async fn a_placement_that_differs_from_the_test_has_a_reason(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let stranger = app.account(Role::NgoCoordinator, Reach::Organisation, "Gəncə", None).await;
        let file = client(&officer, &ngo, "Nümunə").await;
        let path = format!("{file}/placements");
        let mut body = json!({ "listening": "A2", "reading": "A1", "writing": "Pre-A1", "speaking": "A2",
            "placed_level": "A1", "tested_on": "2026-11-23" });
        let problem = ngo.post(&path, &body).await.problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], "/deviation_reason");
        body["deviation_reason"] = json!("Writes another script well.");
        let made = ngo.post(&path, &body).await.expect(201).json();
        assert_eq!(made["assessor_id"], ngo.id().await);
        stranger.post(&path, &body).await.problem(404, "not_found");
        assert_eq!(ngo.get(&path).await.expect(200).json()["items"], json!([made]));
    }

    async fn a_certificate_counts_once_an_official_accepts_it_and_no_more_once_it_is_revoked(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let (official, teacher) = (app.official("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let stranger = app.account(Role::NgoCoordinator, Reach::Organisation, "Gəncə", None).await;
        let organisation = ngo.get("/api/v1/me").await.json()["organisation_id"].clone();
        let accredited = json!({ "organisation_id": organisation, "number": "AK-1", "valid_from": "2026-01-01" });
        app.administrator().await.post("/api/v1/accreditations", &accredited).await.expect(201);
        let file = client(&officer, &ngo, "Nümunə").await;
        let mut body = a_course(3, "first_come");
        (body["teacher_id"], body["level_to"]) = (json!(teacher.id().await), json!("A2"));
        let course = made(&ngo, &body).await;
        moved(&ngo, &course, "published").await.expect(200);
        let own = place(&file, &enrol(&ngo, &course, &file).await.expect(201).json());
        let issue = format!("{own}/certificates");
        ngo.post(&issue, &levels("A2")).await.problem(409, "invalid_transition");
        step(&ngo, &own, "completed").await.expect(200);
        teacher.post(&issue, &levels("A2")).await.problem(409, "four_eyes");
        let above = ngo.post(&issue, &levels("B1")).await.problem(422, "validation_failed");
        assert_eq!(above["errors"][0]["code"], "above_a_skill");
        let issued = ngo.post(&issue, &levels("A2")).await.expect(201).json();
        assert_eq!(issued["state"], "pending");
        ngo.post(&issue, &levels("A2")).await.problem(409, "invalid_transition");
        let path = format!("{file}/certificates/{}", issued["id"].as_str().unwrap());
        stranger.get(&path).await.problem(404, "not_found");
        // The database refuses the teacher, whatever the program does.
        let copied = "INSERT INTO certificate SELECT person_id, person_id, 1, organisation_id, course_id, person_id, 'AAAAAAAAAA', level,
            listening, reading, writing, speaking, issued_on, (SELECT teacher_id FROM course WHERE id = course_id), sha256, 'revoked', 'x',
            evidence_id, withdrawn, recorded_at, recorded_by, superseded_at FROM certificate";
        assert!(app.database.execute(copied).unwrap_err().to_string().contains("four_eyes"));

        let check = format!("/api/v1/certificates/{}", issued["number"].as_str().unwrap());
        let nobody = app.nobody();
        let valid = json!({ "result": "valid", "level": "A2", "issued_on": "2026-11-24" });
        assert_eq!(nobody.get(&check).await.expect(200).json(), valid);
        let unknown = json!({ "result": "not_valid", "level": null, "issued_on": null });
        assert_eq!(nobody.get("/api/v1/certificates/C-000-000-0000").await.expect(200).json(), unknown);

        let evidence = async || officer.get(&format!("{file}/evidence")).await.expect(200).json()["items"].take();
        let missing = language(&officer, &file).await;
        assert_eq!(evidence().await, json!([]));
        let step_path = format!("{path}/transitions");
        let accept = json!({ "to": "accepted" });
        let refused = ngo.act(&step_path, 1, &accept).await.problem(409, "invalid_transition");
        assert_eq!(refused["allowed"], json!(["revoked"]));
        officer.act(&step_path, 1, &accept).await.problem(403, "role_not_permitted");
        official.act(&step_path, 1, &accept).await.expect(200);
        let proofs = evidence().await;
        assert_eq!((&proofs[0]["kind"], &proofs[0]["level"]), (&json!("state_language"), &json!("A2")));
        assert_eq!(proofs[0]["valid_from"], "2026-11-24");
        assert_ne!(language(&officer, &file).await, missing);

        ngo.act(&step_path, 2, &json!({ "to": "revoked" })).await.problem(422, "validation_failed");
        ngo.act(&step_path, 2, &json!({ "to": "revoked", "reason": "Somebody else sat it." })).await.expect(200);
        assert_eq!(evidence().await, json!([]));
        assert_eq!(language(&officer, &file).await, missing);
        assert_eq!(nobody.get(&check).await.expect(200).json()["result"], "revoked");
    }

    async fn without_accreditation_a_certificate_is_no_proof(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let official = app.official("Bakı").await;
        let file = client(&officer, &ngo, "Nümunə").await;
        let course = published(&ngo, 3, "first_come").await;
        let own = place(&file, &enrol(&ngo, &course, &file).await.expect(201).json());
        step(&ngo, &own, "completed").await.expect(200);
        let issued = ngo.post(&format!("{own}/certificates"), &levels("A2")).await.expect(201).json();
        assert_eq!(issued["state"], "issued");
        let path = format!("{file}/certificates/{}/transitions", issued["id"].as_str().unwrap());
        let refused = official.act(&path, 1, &json!({ "to": "accepted" })).await.problem(409, "invalid_transition");
        assert_eq!(refused["allowed"], json!(["revoked"]));
    }

    async fn only_a_course_of_the_state_language_leads_to_its_proof(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let organisation = ngo.get("/api/v1/me").await.json()["organisation_id"].clone();
        let accredited = json!({ "organisation_id": organisation, "number": "AK-7", "valid_from": "2026-01-01" });
        app.administrator().await.post("/api/v1/accreditations", &accredited).await.expect(201);
        let file = client(&officer, &ngo, "Nümunə").await;
        let mut body = a_course(3, "first_come");
        body["taught_language"] = json!("en");
        let course = made(&ngo, &body).await;
        // What a draft shall teach may change; what is published stays, for its certificates say what was learnt.
        ngo.patch(&course, 1, &json!({ "taught_language": "ru" })).await.expect(200);
        assert_eq!(moved(&ngo, &course, "published").await.expect(200).json()["taught_language"], "ru");
        let late = ngo.patch(&course, 3, &json!({ "taught_language": "az" })).await.problem(422, "validation_failed");
        assert_eq!((&late["errors"][0]["pointer"], &late["errors"][0]["code"]), (&json!("/taught_language"), &json!("published")));
        let own = place(&file, &enrol(&ngo, &course, &file).await.expect(201).json());
        step(&ngo, &own, "completed").await.expect(200);
        let issued = ngo.post(&format!("{own}/certificates"), &levels("A2")).await.expect(201).json();
        assert_eq!(issued["state"], "issued", "good, and no proof");
    }

    async fn numbers_of_certificates_cannot_be_walked_through(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let file = client(&officer, &ngo, "Nümunə").await;
        let course = published(&ngo, 3, "first_come").await;
        let own = place(&file, &enrol(&ngo, &course, &file).await.expect(201).json());
        step(&ngo, &own, "completed").await.expect(200);
        let issued = ngo.post(&format!("{own}/certificates"), &levels("A2")).await.expect(201).json();
        let good = format!("/api/v1/certificates/{}", issued["number"].as_str().unwrap());
        let nobody = app.nobody();
        // Whoever holds papers may check as many as they like.
        for _ in 0..40 {
            nobody.get(&good).await.expect(200);
        }
        let guess = async || nobody.get("/api/v1/certificates/C-000-000-0000").await;
        for _ in 0..30 {
            assert_eq!(guess().await.expect(200).json()["result"], "not_valid");
        }
        let refused = guess().await;
        assert!(refused.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() > 3_000);
        refused.problem(429, "rate_limited");
        // A hit now would tell that the others were misses.
        nobody.get(&good).await.problem(429, "rate_limited");
        ngo.get(&format!("{file}/certificates")).await.expect(200);
    }
}
