//! Who sees which file, and what a hidden one betrays: nothing.

mod differences;
mod grants;
mod log;

use sakin::access::policy::Role;
use sakin::db::Reach;
use serde_json::{Value, json};

use crate::harness::{Actor, Backend, TestApp, on_both};

/// Gives somebody a file to keep, and answers with the assignment's path.
pub(super) async fn assign(supervisor: &Actor, file: &str, to: &Actor) -> String {
    let body = json!({ "account_id": to.id().await });
    let made = supervisor.post(&format!("{file}/assignments"), &body).await.expect(201);
    made.headers["location"].to_str().unwrap().to_owned()
}

/// Keeps somebody away from a file.
pub(super) async fn exclude(supervisor: &Actor, file: &str, who: &Actor) {
    let body = json!({ "account_id": who.id().await, "ground": "kin" });
    supervisor.post(&format!("{file}/exclusions"), &body).await.expect(201);
}

pub(super) async fn protect(supervisor: &Actor, file: &str) {
    supervisor.post(&format!("{file}/protections"), &json!({ "reason": "threats" })).await.expect(201);
}

/// Consents to a coordinator's organisation, and answers with the consent's path.
pub(super) async fn consent(by: &Actor, file: &str, coordinator: &Actor) -> String {
    let organisation = coordinator.get("/api/v1/me").await.expect(200).json()["organisation_id"].clone();
    let body = json!({ "organisation_id": organisation, "purpose": "language_course", "expires_on": "2027-11-24" });
    let made = by.post(&format!("{file}/consents"), &body).await.expect(201);
    made.headers["location"].to_str().unwrap().to_owned()
}

pub(super) async fn break_glass(by: &Actor, number: &Value) -> Value {
    let body = json!({ "file_number": number, "purpose": "emergency", "reason": "The hospital asks." });
    by.post("/api/v1/access-grants", &body).await.expect(201).json()
}

pub(super) fn id_of(file: &str) -> &str {
    file.rsplit('/').next().unwrap()
}

/// Does a list or a search show the file?
fn shows(answer: &Value, file: &str) -> bool {
    answer["items"].as_array().unwrap().iter().any(|item| item["id"] == id_of(file))
}

/// Every way to a file gives the same answer: seen, or not there.
async fn sees(who: &Actor, name: &str, file: &str, expected: bool, listed: bool, searches: bool) {
    let status = if expected { 200 } else { 404 };
    for part in ["", "/versions", "/versions/1", "/eligibility", "/permits", "/addresses", "/crossings", "/facts"] {
        let answer = who.get(&format!("{file}{part}")).await;
        assert_eq!(answer.status.as_u16(), status, "{} at {name}{part}: {}", who.email, answer.text);
    }
    let list = who.get("/api/v1/people?limit=100").await.expect(200).json();
    assert_eq!(shows(&list, file), listed, "{} lists {name}", who.email);
    if searches {
        let found = who.post("/api/v1/people/search", &json!({ "name": name })).await.expect(200).json();
        assert_eq!(shows(&found, file), expected, "{} finds {name}", who.email);
    }
}

on_both! {
    async fn somebody_sees_as_far_as_the_membership_says(app: TestApp) {
        let supervisor = app.actor(Role::Supervisor, "Bakı").await;
        let (theirs, their_supervisor) = (app.caseworker("Gəncə").await, app.actor(Role::Supervisor, "Gəncə").await);
        let keeper = app.account(Role::Caseworker, Reach::Assigned, "Bakı", None).await;
        let office = app.caseworker("Bakı").await;
        let national = app.account(Role::Official, Reach::National, "Bakı", None).await;
        let registrar = app.caseworker("Bakı").await;
        let names = ["Saxlanan", "Qonşu", "Uzaq", "Qorunan", "Bağlanan", "Açılan"];
        let mut files = Vec::new();
        for name in names {
            let by = if ["Uzaq", "Açılan"].contains(&name) { &theirs } else { &registrar };
            files.push(by.register(name).await);
        }
        let [kept, sibling, foreign, protected, closed, opened] = files.clone().try_into().unwrap();
        assign(&supervisor, &kept, &keeper).await;
        assign(&supervisor, &protected, &keeper).await;
        assign(&supervisor, &closed, &keeper).await;
        for who in [&keeper, &office, &national] {
            exclude(&supervisor, &closed, who).await;
        }
        protect(&supervisor, &protected).await;
        let number = theirs.get(&opened).await.json()["file_number"].clone();
        for who in [&keeper, &office] {
            break_glass(who, &number).await;
        }
        let applicant = app.applicant(&sibling).await;
        // kept, sibling, foreign, protected, closed to three of them, opened by two.
        for (who, expected, searches) in [
            (&keeper, [true, false, false, true, false, true], true),
            (&office, [true, true, false, false, false, true], true),
            (&supervisor, [true, true, false, false, true, false], true),
            (&national, [true, true, true, false, false, true], true),
            (&their_supervisor, [false, false, true, false, false, true], true),
            (&applicant, [false, true, false, false, false, false], false),
        ] {
            for ((name, file), seen) in names.iter().zip(&files).zip(expected) {
                let by_grant = file == &opened && (who.email == keeper.email || who.email == office.email);
                sees(who, name, file, seen, seen && !by_grant, searches).await;
            }
        }
        registrar.get(&protected).await.expect(200);
        supervisor.get(&foreign).await.problem(404, "not_found");
    }

    async fn an_organisation_sees_the_name_of_who_consented_and_no_more(app: TestApp) {
        let (officer, coordinator) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let stranger = app.account(Role::NgoCoordinator, Reach::Organisation, "Gəncə", None).await;
        let (file, other) = (officer.register("Razı").await, officer.register("Başqa").await);
        let applicant = app.applicant(&file).await;
        let client = format!("/api/v1/clients/{}", id_of(&file));
        coordinator.get(&client).await.problem(404, "not_found");
        let path = consent(&applicant, &file, &coordinator).await;
        let mut shown = coordinator.get(&client).await.expect(200).json();
        let expires = shown["consent_expires_at"].take();
        assert!(expires.as_str().unwrap().starts_with("2027-11-24T19:59:59"), "{expires}: the end of the day in Baku");
        let expected = json!({ "id": id_of(&file), "name": "Razı", "purpose": "language_course", "scope": ["name"],
            "consent_expires_at": null, "contact": null, "languages": [], "needs": null });
        assert_eq!(shown, expected);
        assert_eq!(coordinator.get("/api/v1/clients").await.json()["items"].as_array().unwrap().len(), 1);
        for path in [format!("/api/v1/clients/{}", id_of(&other)), format!("/api/v1/clients/{}", uuid::Uuid::new_v4())] {
            coordinator.get(&path).await.problem(404, "not_found");
        }
        coordinator.get(&file).await.problem(403, "role_not_permitted");
        assert_eq!(stranger.get("/api/v1/clients").await.json()["items"], json!([]));
        stranger.get(&client).await.problem(404, "not_found");

        applicant.delete(&path, 1).await.expect(200);
        coordinator.get(&client).await.problem(404, "not_found");
        assert_eq!(coordinator.get("/api/v1/clients").await.json()["items"], json!([]));
        applicant.delete(&path, 1).await.problem(410, "gone");

        let far = json!({ "organisation_id": coordinator.get("/api/v1/me").await.json()["organisation_id"],
            "purpose": "language_course", "expires_on": "2028-11-25" });
        officer.post(&format!("{file}/consents"), &far).await.problem(422, "validation_failed");
    }

    async fn whoever_has_a_conflict_of_interest_sees_the_file_no_more(app: TestApp) {
        let (officer, supervisor) = (app.caseworker("Bakı").await, app.actor(Role::Supervisor, "Bakı").await);
        let colleague = app.caseworker("Bakı").await;
        let file = officer.register("Qohum").await;
        let of_colleague = json!({ "account_id": colleague.id().await, "ground": "kin" });
        officer.post(&format!("{file}/exclusions"), &of_colleague).await.problem(403, "action_not_permitted");
        officer.post(&format!("{file}/exclusions"), &json!({ "ground": "kin" })).await.expect(201);
        officer.get(&file).await.problem(404, "not_found");
        sees(&officer, "Qohum", &file, false, false, true).await;
        let kept = supervisor.get(&format!("{file}/assignments")).await.expect(200).json();
        assert!(kept["items"][0]["ended_at"].is_string(), "{kept}");
        let back = json!({ "account_id": officer.id().await });
        supervisor.post(&format!("{file}/assignments"), &back).await.problem(403, "conflict_of_interest");
        let exclusions = supervisor.get(&format!("{file}/exclusions")).await.expect(200).json();
        let lift = format!("{file}/exclusions/{}", exclusions["items"][0]["id"].as_str().unwrap());
        officer.delete(&lift, 1).await.problem(403, "role_not_permitted");
        supervisor.delete(&lift, 1).await.expect(200);
        officer.get(&file).await.expect(200);

        // A supervisor who keeps away cannot come back alone.
        supervisor.post(&format!("{file}/exclusions"), &json!({ "ground": "household" })).await.expect(201);
        let own = officer.get(&file).await.json();
        assert_eq!(own["id"], id_of(&file));
        supervisor.get(&format!("{file}/exclusions")).await.problem(404, "not_found");
    }

    async fn an_assignment_ends_at_once(app: TestApp) {
        let (officer, supervisor) = (app.caseworker("Bakı").await, app.actor(Role::Supervisor, "Bakı").await);
        let keeper = app.account(Role::Caseworker, Reach::Assigned, "Bakı", None).await;
        let stranger = app.caseworker("Gəncə").await;
        let file = officer.register("Nümunə").await;
        keeper.get(&file).await.problem(404, "not_found");
        let assignment = assign(&supervisor, &file, &keeper).await;
        keeper.get(&file).await.expect(200);
        let elsewhere = json!({ "account_id": stranger.id().await });
        supervisor.post(&format!("{file}/assignments"), &elsewhere).await.problem(422, "validation_failed");
        let again = json!({ "account_id": keeper.id().await });
        supervisor.post(&format!("{file}/assignments"), &again).await.problem(422, "validation_failed");
        supervisor.delete(&assignment, 1).await.expect(200);
        keeper.get(&file).await.problem(404, "not_found");
        supervisor.delete(&assignment, 1).await.problem(410, "gone");
    }

    async fn a_protected_file_is_always_somebody_s(app: TestApp) {
        let (officer, supervisor) = (app.caseworker("Bakı").await, app.actor(Role::Supervisor, "Bakı").await);
        let file = officer.register("Nümunə").await;
        let kept = supervisor.get(&format!("{file}/assignments")).await.expect(200).json();
        let first = format!("{file}/assignments/{}", kept["items"][0]["id"].as_str().unwrap());
        supervisor.delete(&first, 1).await.expect(200);
        let reason = json!({ "reason": "threats" });
        supervisor.post(&format!("{file}/protections"), &reason).await.problem(422, "validation_failed");
        let own = assign(&supervisor, &file, &supervisor).await;
        protect(&supervisor, &file).await;
        officer.get(&file).await.problem(404, "not_found");
        supervisor.post(&format!("{file}/protections"), &reason).await.problem(409, "invalid_transition");
        supervisor.delete(&own, 1).await.problem(409, "invalid_transition");
        supervisor.post(&format!("{file}/exclusions"), &json!({ "ground": "kin" })).await.problem(409, "invalid_transition");
        let protections = supervisor.get(&format!("{file}/protections")).await.expect(200).json();
        let protection = format!("{file}/protections/{}", protections["items"][0]["id"].as_str().unwrap());
        supervisor.delete(&protection, 1).await.expect(200);
        officer.get(&file).await.expect(200);
    }

    async fn the_answer_says_why_somebody_sees_a_file(app: TestApp) {
        let (officer, supervisor) = (app.caseworker("Bakı").await, app.actor(Role::Supervisor, "Bakı").await);
        let national = app.account(Role::Official, Reach::National, "Bakı", None).await;
        let theirs = app.caseworker("Gəncə").await;
        let (file, foreign) = (officer.register("Nümunə").await, theirs.register("Uzaq").await);
        let number = theirs.get(&foreign).await.json()["file_number"].clone();
        let grant = break_glass(&officer, &number).await;
        let applicant = app.applicant(&file).await;
        for (who, file, access) in [
            (&officer, &file, json!({ "via": "assignment", "scope": "office", "until": null })),
            (&supervisor, &file, json!({ "via": "office", "scope": "office", "until": null })),
            (&national, &file, json!({ "via": "national", "scope": "national", "until": null })),
            (&applicant, &file, json!({ "via": "own", "scope": "own", "until": null })),
            (&officer, &foreign, json!({ "via": "access_grant", "scope": "office", "until": grant["expires_at"] })),
        ] {
            assert_eq!(who.get(&format!("{file}?explain=access")).await.expect(200).json()["access"], access);
            assert!(who.get(file).await.expect(200).json().get("access").is_none());
        }
        officer.get(&format!("{file}?explain=everything")).await.problem(400, "invalid_query");
    }
}
