//! What the operations are called with: a person with one record of each kind, and a body for each operation that takes one.

use std::collections::HashMap;

use sakin::access::policy::{Grant, Role};
use sakin::db::Reach;
use sakin::http::{Door, Endpoint};
use serde_json::{Value, json};

use crate::harness::{Actor, PASSWORD, TestApp};

/// A body that the operation accepts; none for operations without one.
pub(super) fn body_of(operation: &str, world: &World) -> Option<Value> {
    Some(match operation {
        "signIn" => json!({ "email": "nobody@office.example", "password": "not the right password" }),
        "showSecondFactor" => json!({ "mfa_token": "no token", "totp": "000000" }),
        "enrolSecondFactor" | "challengePasskey" | "enrolPasskey" => json!({ "mfa_token": "no token" }),
        "showPasskey" => json!({ "mfa_token": "no token", "challenge_id": uuid::Uuid::nil(), "credential": {
            "id": "AA", "rawId": "AA", "type": "public-key",
            "response": { "clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA", "userHandle": null } } }),
        "confirmPasskey" => json!({ "mfa_token": "no token", "challenge_id": uuid::Uuid::nil(), "credential": {
            "id": "AA", "rawId": "AA", "type": "public-key",
            "response": { "clientDataJSON": "e30", "attestationObject": "AA" } } }),
        "stepUpByPasskey" => json!({ "refresh_token": "no token", "challenge_id": uuid::Uuid::nil(), "credential": {
            "id": "AA", "rawId": "AA", "type": "public-key",
            "response": { "clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA", "userHandle": null } } }),
        "addPasskey" => json!({ "challenge_id": uuid::Uuid::nil(), "credential": {
            "id": "AA", "rawId": "AA", "type": "public-key",
            "response": { "clientDataJSON": "e30", "attestationObject": "AA" } } }),
        "refreshTokens" | "challengeAgain" => json!({ "refresh_token": "no token" }),
        "stepUp" => json!({ "refresh_token": "no token", "password": "not the right password" }),
        "setUp" => {
            json!({ "code": "no such code", "email": "first@office.example", "display_name": "First", "password": PASSWORD })
        }
        "activateAccount" => json!({ "code": "no such code", "password": PASSWORD }),
        "changePassword" => json!({ "current_password": PASSWORD, "new_password": "another long password for tests" }),
        "createOffice" | "createOrganisation" => json!({ "name": "Şəki" }),
        "inviteColleague" => {
            let email = format!("{}@office.example", uuid::Uuid::new_v4());
            json!({ "email": email, "display_name": "Nümunə", "membership": { "role": "official", "office_id": world.ids["office_id"] } })
        }
        "beginMembership" => json!({ "role": "supervisor", "office_id": world.ids["office_id"] }),
        "changeMembershipState" => json!({ "to": "confirmed", "reason": "known at the office" }),
        "issueCode" => json!({ "purpose": "activation" }),
        "changeAccountState" => json!({ "to": "disabled", "reason": "left the office" }),
        "searchPeople" => json!({ "name": "Nümunə" }),
        "registerPerson" => {
            json!({ "names": [ { "full_name_as_printed": "Nümunə" } ], "search_token": world.search_token })
        }
        "changePerson" => json!({ "birth_date": "1970-05" }),
        "addName" => json!({ "full_name_as_printed": "Başqa Nümunə", "kind": "former" }),
        "changeName" => json!({ "valid_to": "2020-12-31" }),
        "addNationality" => json!({ "code": "GEO" }),
        "recordPermit" => json!({ "kind": "visa_stay", "valid_from": "2001-01-01", "valid_to": "2001-03-01" }),
        "changePermit" => json!({ "ground": "45.1.5" }),
        "registerAddress" => address("2001", Some("2002")),
        "changeAddress" => json!({ "valid_to": "2025-01-31" }),
        "recordCrossing" => crossing("entry", "2001-01-01"),
        "correctCrossing" => json!({ "place": "Qırmızı Körpü" }),
        "declareTrip" => json!({ "exit": "2010-01-01", "entry": "2010-02-01", "source": "declared" }),
        "recordPresenceGap" => json!({ "valid_from": "1999-01-01", "valid_to": "1999-02-01" }),
        "correctPresenceGap" => json!({ "valid_to": "1998-03-01" }),
        "recordEvidence" => json!({ "kind": "prp_knowledge", "valid_from": "2022-02-10" }),
        "changeEvidence" => json!({ "level": "B2" }),
        "recordFact" => json!({ "name": "no_bar_cl14", "value": true }),
        "changeFact" => json!({ "value": false }),
        "recordEvent" => json!({ "kind": "data_changed", "happened_on": "2026-11-02" }),
        "simulateEligibility" => json!({ "valid_at": "2026-11-24", "exit": "2027-01-01",
            "trips": [ { "exit": "2026-12-01", "entry": "2026-12-20" } ],
            "statuses": [ { "kind": "permanent_residence_permit", "ground": "52.1.1", "from": "2027-02-01" } ] }),
        "recordRelationship" => json!({ "kind": "representative", "other_person_id": world.ids["relative_id"],
            "scope": "files and signs", "evidence": "power_of_attorney", "valid_from": "2020-01-01" }),
        "changeRelationship" => json!({ "evidence": "court_decision" }),
        "linkPerson" => json!({ "person_id": world.ids["relative_id"] }),
        "assignFile" => json!({ "account_id": world.ids["keeper_id"] }),
        "recordExclusion" => json!({ "account_id": world.ids["keeper_id"], "ground": "kin" }),
        "protectFile" => json!({ "reason": "threats" }),
        "recordConsent" => json!({ "organisation_id": world.ids["organisation_id"], "purpose": "language_course",
            "expires_on": "2027-11-24" }),
        "issueActivationCode" => json!({ "email": "numune@mail.example" }),
        "breakGlass" => {
            json!({ "file_number": world.ids["file_number"], "purpose": "emergency", "reason": "The police asks." })
        }
        "reviewAccessGrant" => json!({ "outcome": "justified", "note": "It was so." }),
        "correctEvent" => json!({ "happened_on": "2026-11-03" }),
        _ => return None,
    })
}

fn address(from: &str, to: Option<&str>) -> Value {
    json!({ "kind": "stay", "basis": "host", "division": "Bakı", "as_printed": "Nümunə küçəsi 1", "valid_from": from, "valid_to": to })
}

fn crossing(direction: &str, on: &str) -> Value {
    json!({ "direction": direction, "crossed_on": on, "source": "border" })
}

/// A person with one record of each kind, by the names of the paths' parameters.
#[derive(Clone)]
pub(super) struct World {
    pub(super) ids: HashMap<&'static str, String>,
    pub(super) search_token: String,
}

/// Who calls what: somebody whose role has the permission.
pub(super) struct Cast {
    pub(super) officer: Actor,
    office: String,
    administrator: Actor,
    national: Actor,
    supervisor: Actor,
    coordinator: Actor,
    auditor: Actor,
}

impl Cast {
    /// People of an office, and an administrator of the whole service.
    pub(super) async fn of(app: &TestApp, office: &str) -> Self {
        Self {
            officer: app.caseworker(office).await,
            administrator: app.actor(Role::Administrator, office).await,
            national: app.administrator().await,
            supervisor: app.actor(Role::Supervisor, office).await,
            coordinator: app.actor(Role::NgoCoordinator, office).await,
            auditor: app.actor(Role::Auditor, office).await,
            office: office.to_owned(),
        }
    }

    pub(super) fn caller(&self, endpoint: &Endpoint) -> &Actor {
        match endpoint.door {
            Door::Permission(Grant::ManagePlaces) => &self.national,
            // Said of a colleague, which supervisors may.
            Door::Permission(Grant::RecordExclusions) => &self.supervisor,
            Door::Permission(grant) if Role::Caseworker.may(grant) => &self.officer,
            Door::Permission(grant) if Role::Supervisor.may(grant) => &self.supervisor,
            Door::Permission(grant) if Role::NgoCoordinator.may(grant) => &self.coordinator,
            Door::Permission(grant) if Role::Auditor.may(grant) => &self.auditor,
            Door::Permission(_) => &self.administrator,
            _ => &self.officer,
        }
    }

    /// A colleague who was invited, and one who came.
    async fn invited(&self, ids: &mut HashMap<&'static str, String>) {
        let office = self.administrator.get("/api/v1/offices").await.expect(200).json()["items"][0]["id"].clone();
        let invite = async |by: &Actor| {
            let email = format!("{}@office.example", uuid::Uuid::new_v4());
            let membership = json!({ "role": "caseworker", "office_id": office });
            let body = json!({ "email": email, "display_name": "Nümunə", "membership": membership });
            by.post("/api/v1/accounts", &body).await.expect(201).json()
        };
        // Who invited somebody does not confirm them.
        let (invited, came) = (invite(&self.administrator).await, invite(&self.national).await);
        let body = json!({ "code": came["activation_code"], "password": PASSWORD });
        self.officer.post("/api/v1/activations", &body).await.expect(200);
        for (name, id) in [
            ("office_id", &office),
            ("account_id", &invited["id"]),
            ("membership_id", &came["membership"]["id"]),
            ("colleague_id", &came["id"]),
        ] {
            ids.insert(name, id.as_str().unwrap().to_owned());
        }
    }

    /// Who keeps the file, keeps away from it, broke its glass or may know of it; and another file, which is protected.
    async fn confidential(&self, ids: &mut HashMap<&'static str, String>, app: &TestApp, file: &Value) {
        let Self { office, officer, supervisor, coordinator, .. } = self;
        let person = format!("/api/v1/people/{}", ids["person_id"]);
        let (keeper, kin) = (app.caseworker(office).await, app.caseworker(office).await);
        let made = async |by: &Actor, path: String, body: Value| {
            by.post(&path, &body).await.expect(201).json()["id"].as_str().unwrap().to_owned()
        };
        let keeps = json!({ "account_id": keeper.id().await });
        ids.insert("assignment_id", made(supervisor, format!("{person}/assignments"), keeps).await);
        let keeps_away = json!({ "account_id": kin.id().await, "ground": "kin" });
        ids.insert("exclusion_id", made(supervisor, format!("{person}/exclusions"), keeps_away).await);
        let organisation_of = async |coordinator: &Actor| {
            coordinator.get("/api/v1/me").await.json()["organisation_id"].as_str().unwrap().to_owned()
        };
        ids.insert("organisation_id", organisation_of(coordinator).await);
        let another = app.account(Role::NgoCoordinator, Reach::Organisation, &format!("{office} II"), None).await;
        let consents = json!({ "organisation_id": organisation_of(&another).await, "purpose": "language_course",
            "expires_on": "2027-01-31" });
        ids.insert("consent_id", made(officer, format!("{person}/consents"), consents).await);
        let opens = json!({ "file_number": file["file_number"], "purpose": "emergency", "reason": "The police asks." });
        ids.insert("access_grant_id", made(officer, "/api/v1/access-grants".to_owned(), opens).await);
        ids.insert("file_number", file["file_number"].as_str().unwrap().to_owned());
        ids.insert("keeper_id", app.caseworker(office).await.id().await);
        let protected = officer.register("Qorunan").await;
        ids.insert("protected_person_id", protected.rsplit('/').next().unwrap().to_owned());
        let keeps = json!({ "account_id": supervisor.id().await });
        made(supervisor, format!("{protected}/assignments"), keeps).await;
        let reason = json!({ "reason": "threats" });
        ids.insert("protection_id", made(supervisor, format!("{protected}/protections"), reason).await);
    }

    /// Gives the files of a world to somebody to keep, the protected one only to those who watch over files.
    pub(super) async fn assign(&self, world: &World, account: &str) {
        let keeps = json!({ "account_id": account });
        for file in ["person_id", "relative_id", "protected_person_id"] {
            let path = format!("/api/v1/people/{}/assignments", world.ids[file]);
            self.supervisor.post(&path, &keeps).await.expect(201);
        }
    }

    /// The person of a world consents to an organisation.
    pub(super) async fn consent(&self, world: &World, organisation: &Value) {
        let consents =
            json!({ "organisation_id": organisation, "purpose": "language_course", "expires_on": "2027-01-31" });
        let path = format!("/api/v1/people/{}/consents", world.ids["person_id"]);
        self.officer.post(&path, &consents).await.expect(201);
    }

    /// Protects the file of a world.
    pub(super) async fn protect(&self, world: &World) {
        let person = format!("/api/v1/people/{}", world.ids["person_id"]);
        let keeps = json!({ "account_id": self.supervisor.id().await });
        self.supervisor.post(&format!("{person}/assignments"), &keeps).await.expect(201);
        self.supervisor.post(&format!("{person}/protections"), &json!({ "reason": "threats" })).await.expect(201);
    }

    /// A session of the officer other than the one in use.
    async fn other_session(&self, app: &TestApp) -> String {
        app.signed_in(&self.officer.email, PASSWORD).await;
        let sessions = self.officer.get("/api/v1/sessions").await.expect(200).json();
        let other = sessions["items"].as_array().unwrap().iter().find(|session| session["current"] == false).unwrap();
        other["id"].as_str().unwrap().to_owned()
    }
}

impl World {
    pub(super) async fn made_by(app: &TestApp, cast: &Cast) -> Self {
        let officer = &cast.officer;
        let person = officer.register("Nümunə").await;
        let file = officer.get(&person).await.json();
        let mut ids = HashMap::from([
            ("person_id", person.rsplit('/').next().unwrap().to_owned()),
            ("name_id", file["names"][0]["id"].as_str().unwrap().to_owned()),
            ("version", "1".to_owned()),
            ("code", "not_found".to_owned()),
            ("pack", "az".to_owned()),
            ("session_id", cast.other_session(app).await),
        ]);
        cast.invited(&mut ids).await;
        for (parameter, path, body) in [
            ("permit_id", "permits", json!({ "kind": "work_permit", "valid_from": "2024-01-01" })),
            ("address_id", "addresses", address("2024-01-01", None)),
            ("crossing_id", "crossings", crossing("entry", "2024-01-01")),
            ("gap_id", "presence-gaps", json!({ "valid_from": "1998-01-01", "valid_to": "1998-02-01" })),
            ("evidence_id", "evidence", json!({ "kind": "state_language", "level": "B1", "valid_from": "2024-01-01" })),
            ("fact_id", "facts", json!({ "name": "lawful_income", "value": true })),
            ("event_id", "events", json!({ "kind": "data_changed", "happened_on": "2026-11-01" })),
        ] {
            let made = officer.post(&format!("{person}/{path}"), &body).await.expect(201).json();
            ids.insert(parameter, made["id"].as_str().unwrap().to_owned());
        }
        let relative = officer.register("Qohum").await;
        let relative = relative.rsplit('/').next().unwrap().to_owned();
        let body = json!({ "kind": "sibling", "other_person_id": relative, "valid_from": "1980-01-01" });
        let tie = officer.post(&format!("{person}/relationships"), &body).await.expect(201).json();
        ids.insert("relationship_id", tie["id"].as_str().unwrap().to_owned());
        ids.insert("relative_id", relative);
        cast.confidential(&mut ids, app, &file).await;
        // Signing in for the first time left one.
        let notices = officer.get("/api/v1/me/notices").await.expect(200).json();
        ids.insert("notice_id", notices["items"][0]["id"].as_str().unwrap().to_owned());
        let found = officer.post("/api/v1/people/search", &json!({ "name": "Nümunə" })).await.expect(200).json();
        Self { ids, search_token: found["search_token"].as_str().unwrap().to_owned() }
    }

    /// The path with its parameters filled in; `random` ones get an id that nobody has.
    pub(super) fn path(&self, endpoint: &Endpoint, random: &[&str]) -> String {
        let hidden = ["liftProtection", "showConflict"].contains(&endpoint.operation_id);
        let segments = endpoint.path.split('/').map(|segment| match parameter(segment) {
            Some("person_id") if hidden && !random.contains(&"person_id") => self.ids["protected_person_id"].clone(),
            Some(name) if random.contains(&name) && name.ends_with("_id") => uuid::Uuid::new_v4().to_string(),
            Some(name) => self.ids.get(name).unwrap_or_else(|| panic!("no {name} is prepared")).clone(),
            None => segment.to_owned(),
        });
        segments.collect::<Vec<_>>().join("/")
    }
}

/// A passkey of somebody's, which no authenticator has: it can be seen and removed.
///
/// Afterwards the password alone opens no session.
pub(super) async fn passkey_of(app: &TestApp, who: &Actor) -> String {
    let values = "SELECT id, id, id, id, 0, 0 FROM account WHERE email";
    let columns = "id, credential_id, account_id, credential, counter, created_at";
    app.database.execute(&format!("INSERT INTO passkey ({columns}) {values} = '{}'", who.email)).unwrap();
    who.id().await
}

/// The name of a parameter that stands in a path.
pub(super) fn parameter(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}
