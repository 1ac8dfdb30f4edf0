//! What a person lets an organisation see, who consents for a child, the receipt, and that a withdrawal works everywhere at once.

use sakin::access::policy::Role;
use serde_json::{Value, json};

use super::{enrol, id_of, published};
use crate::harness::{Actor, Backend, TestApp, config, on_both};

async fn organisation(ngo: &Actor) -> Value {
    ngo.get("/api/v1/me").await.expect(200).json()["organisation_id"].clone()
}

fn consents(organisation: &Value) -> Value {
    json!({ "organisation_id": organisation, "purpose": "language_course", "expires_on": "2027-11-24" })
}

fn code(answer: &Value) -> (&str, &str) {
    (answer["errors"][0]["pointer"].as_str().unwrap(), answer["errors"][0]["code"].as_str().unwrap())
}

on_both! {
    async fn an_organisation_sees_what_the_consent_covers_and_nothing_else(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let file = officer.register("Nümunə Rəsmi").await;
        let need = json!({ "level": "A1", "language_of_instruction": "ka", "division": "Bakı", "hours_per_week": 4,
            "availability": ["weekday_evening", "weekend"], "childcare": true });
        officer.post(&format!("{file}/language-needs"), &need).await.expect(201);
        let (client, of) = (format!("/api/v1/clients/{}", id_of(&file)), organisation(&ngo).await);
        let mut body = consents(&of);
        officer.post(&format!("{file}/consents"), &body).await.expect(201);
        let shown = ngo.get(&client).await.expect(200).json();
        assert_eq!((&shown["name"], &shown["scope"]), (&json!("Nümunə Rəsmi"), &json!(["name"])));
        assert_eq!((&shown["contact"], &shown["languages"], &shown["needs"]), (&Value::Null, &json!([]), &Value::Null));
        // A new consent takes the place of the one before.
        for (member, value) in [
            ("name_as_wanted", json!("Leyla")),
            ("contact", json!("leyla@mail.example")),
            ("languages", json!(["ka", "ru"])),
            ("shares_needs", json!(true)),
        ] {
            body[member] = value;
        }
        let made = officer.post(&format!("{file}/consents"), &body).await.expect(201).json();
        assert_eq!(made["scope"], json!(["name", "contact", "languages", "needs"]));
        let receipt = &made["receipt"];
        for text in ["NGO of Bakı", "2027-11-24", "the languages you speak", "withdraw the consent at any time"] {
            assert!(receipt["en"].as_str().unwrap().contains(text), "{receipt}");
        }
        assert!(receipt["az"].as_str().unwrap().contains("bildiyiniz dillər"), "{receipt}");
        assert_eq!(receipt["sha256"].as_str().unwrap().len(), 64);
        let shown = ngo.get(&client).await.expect(200).json();
        assert_eq!(shown["name"], "Leyla");
        assert_eq!((&shown["contact"], &shown["languages"]), (&json!("leyla@mail.example"), &json!(["ka", "ru"])));
        let expected = json!({ "level": "A1", "language_of_instruction": "ka", "division_code": "AZ-BA", "hours_per_week": 4,
            "availability": ["weekday_evening", "weekend"], "childcare": true });
        assert_eq!(shown["needs"], expected);
        assert_eq!(ngo.get("/api/v1/clients").await.expect(200).json()["items"], json!([shown]));
        let course = published(&ngo, 3, "first_come").await;
        let enrolled = enrol(&ngo, &course, &file).await.expect(201).json();
        assert_eq!(enrolled["name"], "Leyla", "the wanted name wherever the organisation looks");
        let applicant = app.applicant(&file).await;
        let own = applicant.get(&format!("{file}/enrolments")).await.expect(200).json();
        assert_eq!(own["items"][0]["name"], "Nümunə Rəsmi");
        // The receipt stays what it was, withdrawn too.
        let path = format!("{file}/consents/{}", made["id"].as_str().unwrap());
        let ended = applicant.delete(&path, 1).await.expect(200).json();
        assert_eq!(ended["receipt"], *receipt);
    }

    async fn a_consent_that_says_nonsense_is_refused_with_every_fault(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let file = officer.register("Nümunə").await;
        let mut body = consents(&organisation(&ngo).await);
        (body["languages"], body["contact"]) = (json!(["ka", "Georgian"]), json!("a\u{0007}b"));
        body["shares_needs"] = json!("perhaps");
        let problem = officer.post(&format!("{file}/consents"), &body).await.problem(422, "validation_failed");
        assert_eq!(problem["errors"].as_array().unwrap().len(), 3, "{problem}");
        for (languages, expected) in [(json!([]), "length"), (json!(["ka", "ka"]), "given_twice"), (json!("ka"), "not_an_array")] {
            let mut body = consents(&organisation(&ngo).await);
            body["languages"] = languages;
            let problem = officer.post(&format!("{file}/consents"), &body).await.problem(422, "validation_failed");
            assert_eq!(code(&problem), ("/languages", expected));
        }
        assert_eq!(app.database.count("consent"), 0);
    }

    async fn a_parent_consents_for_a_child(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let (child, mother) = (officer.register("Uşaq").await, officer.register("Ana").await);
        officer.patch(&child, 1, &json!({ "birth_date": "2015-05-01", "reason": "birth certificate" })).await.expect(200);
        let path = format!("{child}/consents");
        let mut body = consents(&organisation(&ngo).await);
        let alone = officer.post(&path, &body).await.problem(422, "validation_failed");
        assert_eq!(code(&alone), ("/guardian_id", "guardian_needed"));
        body["guardian_id"] = json!(id_of(&mother));
        let stranger = officer.post(&path, &body).await.problem(422, "validation_failed");
        assert_eq!(code(&stranger), ("/guardian_id", "may_not_sign"));
        let tie = json!({ "kind": "parent", "other_person_id": id_of(&mother), "valid_from": "2015-05-01" });
        officer.post(&format!("{child}/relationships"), &tie).await.expect(201);
        let made = officer.post(&path, &body).await.expect(201).json();
        assert_eq!(made["guardian_id"], id_of(&mother));
        ngo.get(&format!("/api/v1/clients/{}", id_of(&child))).await.expect(200);
        // A parent does not consent for a grown child.
        let grown = officer.register("Böyük").await;
        officer.patch(&grown, 1, &json!({ "birth_date": "1990-05-01", "reason": "passport" })).await.expect(200);
        let tie = json!({ "kind": "parent", "other_person_id": id_of(&mother), "valid_from": "1990-05-01" });
        officer.post(&format!("{grown}/relationships"), &tie).await.expect(201);
        let refused = officer.post(&format!("{grown}/consents"), &body).await.problem(422, "validation_failed");
        assert_eq!(code(&refused), ("/guardian_id", "may_not_sign"));
    }

    async fn a_withdrawal_works_at_once_on_every_instance(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let file = officer.register("Nümunə").await;
        let body = consents(&organisation(&ngo).await);
        let made = officer.post(&format!("{file}/consents"), &body).await.expect(201).json();
        let other = app.sibling(&config());
        let elsewhere = ngo.at(&other);
        let client = format!("/api/v1/clients/{}", id_of(&file));
        elsewhere.get(&client).await.expect(200);
        let path = format!("{file}/consents/{}", made["id"].as_str().unwrap());
        officer.delete(&path, 1).await.expect(200);
        for who in [&ngo, &elsewhere] {
            who.get(&client).await.problem(404, "not_found");
            assert_eq!(who.get("/api/v1/clients").await.expect(200).json()["items"], json!([]));
        }
    }
}
