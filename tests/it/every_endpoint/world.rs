//! What the operations are called with: a person with one record of each kind, and a body for each operation that takes one.

mod lessons;

use std::collections::HashMap;

use sakin::access::policy::{Grant, Role};
use sakin::db::Reach;
use sakin::http::{Door, Endpoint};
use serde_json::{Value, json};

use crate::harness::{Actor, PASSWORD, TestApp};

/// A file that the operations which take one accept.
pub(super) const PDF: &[u8] =
    b"%PDF-1.4\n1 0 obj <</Type/Catalog>> endobj\nxref\n0 1\ntrailer <</Root 1 0 R>>\nstartxref\n9\n%%EOF\n";

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
        "endPermit" => json!({ "to": "lapsed", "effective_on": "2026-11-20", "ground": "71" }),
        "recordCardEvent" => json!({ "kind": "lost", "effective_on": "2026-11-10" }),
        "registerAddress" => address("2001", Some("2002")),
        "recordHostConsent" => {
            json!({ "host_name": "Ev Sahibi", "address_id": world.ids["address_id"], "given_on": "2024-01-01" })
        }
        "endHostConsent" => json!({ "to": "withdrawn", "on": "2026-11-16", "reason": "filed at the office" }),
        "changeAddress" => json!({ "valid_to": "2025-01-31" }),
        "recordCrossing" => crossing("entry", "2001-01-01"),
        "recordCrossings" => {
            json!({ "items": [ crossing("exit", "2001-02-01"), crossing("entry", "2001-03-01") ], "atomic": "item" })
        }
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
        "recordDocument" => json!({ "kind": "health_certificate", "grade": "original", "valid_to": "2027-01-31" }),
        "changeDocument" => json!({ "issuer": "Nümunə" }),
        "verifyDocument" => json!({ "to": "rejected", "reason": "It cannot be read." }),
        "giveReceipt" => json!({ "documents": [ { "document_id": world.ids["document_id"] } ], "channel": "online",
            "application": "trp.decision_standard" }),
        "fileCase" => json!({ "kind": "temporary_permit", "ground": "45.1.1" }),
        "moveCase" => json!({ "transition": "request_opinion" }),
        "assignCase" => json!({ "account_id": world.ids["taker_id"] }),
        "handleCasePaper" => json!({ "paper": "passport", "to": "asked" }),
        "addCaseTask" => json!({ "title": "Ask the employer", "due_on": "2026-12-01" }),
        "changeCaseTask" => json!({ "done_on": "2026-11-20" }),
        "proposeDecision" => refusal(),
        "judgeDecision" => json!({ "verdict": "approved" }),
        "keepQueue" => json!({ "name": "Overdue", "filter": { "state": "under_review" } }),
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
        _ => return lessons::body_of(operation, world),
    })
}

/// A refusal that follows from its findings.
fn refusal() -> Value {
    let finding =
        |requirement, finding| json!({ "requirement": requirement, "finding": finding, "reason": "As filed." });
    json!({ "outcome": "refuse", "reasons": "The quota is used up.",
        "requirements": [finding("identity", "met"), finding("employer", "met"), finding("quota", "not_met")] })
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
    /// Keeps the file too, and so sees it once it is protected.
    official: Actor,
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
            official: app.official(office).await,
            coordinator: app.actor(Role::NgoCoordinator, office).await,
            auditor: app.actor(Role::Auditor, office).await,
            office: office.to_owned(),
        }
    }

    pub(super) fn caller(&self, endpoint: &Endpoint) -> &Actor {
        match endpoint.door {
            Door::Permission(Grant::ManagePlaces | Grant::RecordAccreditations) => &self.national,
            Door::Permission(Grant::JudgeDecisions) => &self.official,
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
        let keeps = json!({ "account_id": self.official.id().await });
        made(supervisor, format!("{person}/assignments"), keeps).await;
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
        for colleague in ["keeper_id", "taker_id"] {
            ids.insert(colleague, app.caseworker(office).await.id().await);
        }
        let protected = officer.register("Qorunan").await;
        ids.insert("protected_person_id", protected.rsplit('/').next().unwrap().to_owned());
        let keeps = json!({ "account_id": supervisor.id().await });
        made(supervisor, format!("{protected}/assignments"), keeps).await;
        let reason = json!({ "reason": "threats" });
        ids.insert("protection_id", made(supervisor, format!("{protected}/protections"), reason).await);
    }

    /// A document whose content a colleague handed in, and a receipt for it.
    async fn handed_in(&self, ids: &mut HashMap<&'static str, String>, app: &TestApp) {
        let person = format!("/api/v1/people/{}", ids["person_id"]);
        let colleague = app.caseworker(&self.office).await;
        let body = json!({ "kind": "passport", "grade": "original", "number": "C 01234567" });
        let made = self.officer.post(&format!("{person}/documents"), &body).await.expect(201).json();
        let document = made["id"].as_str().unwrap().to_owned();
        let content = format!("{person}/documents/{document}/content");
        colleague.upload(&content, 1, "application/pdf", PDF).await.expect(200);
        let body = json!({ "documents": [ { "document_id": document } ], "channel": "desk" });
        let receipt = self.officer.post(&format!("{person}/receipts"), &body).await.expect(201).json();
        ids.insert("receipt_id", receipt["id"].as_str().unwrap().to_owned());
        ids.insert("document_id", document);
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

    /// A case that is worked on, with a task; another with a decision that waits for a second official; a saved filter.
    async fn cases(&self, ids: &mut HashMap<&'static str, String>) {
        let (officer, person) = (&self.officer, format!("/api/v1/people/{}", ids["person_id"]));
        let accepted = async || {
            let body = json!({ "kind": "work_permit" });
            let case = officer.post(&format!("{person}/cases"), &body).await.expect(201).json();
            let case = case["id"].as_str().unwrap().to_owned();
            let path = format!("/api/v1/cases/{case}/transitions");
            officer.act(&path, 1, &json!({ "transition": "accept" })).await.expect(200);
            case
        };
        let (open, decided) = (accepted().await, accepted().await);
        let task = json!({ "title": "Ask the employer", "due_on": "2026-12-01" });
        let task = officer.post(&format!("/api/v1/cases/{open}/tasks"), &task).await.expect(201).json();
        let path = format!("/api/v1/cases/{decided}/decisions");
        let decision = officer.act(&path, 2, &refusal()).await.expect(200).json();
        let queue = json!({ "name": "Overdue", "filter": {} });
        let queue = officer.post("/api/v1/queues", &queue).await.expect(201).json();
        for (name, id) in [("task_id", &task["id"]), ("decision_id", &decision["id"]), ("queue_id", &queue["id"])] {
            ids.insert(name, id.as_str().unwrap().to_owned());
        }
        ids.insert("case_id", open);
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
        cast.handed_in(&mut ids, app).await;
        cast.cases(&mut ids).await;
        let card = json!({ "kind": "damaged", "effective_on": "2026-11-01" });
        let card = officer.post(&format!("{person}/permits/{}/card-events", ids["permit_id"]), &card).await.expect(201);
        ids.insert("card_event_id", card.json()["card_event"]["id"].as_str().unwrap().to_owned());
        cast.confidential(&mut ids, app, &file).await;
        housed(officer, &person, &mut ids).await;
        cast.lessons(&mut ids).await;
        cast.called_for(app).await;
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
            // The other one was withdrawn by then.
            Some("address_id") if endpoint.operation_id == "showAddressStatus" && !random.contains(&"address_id") => {
                self.ids["home_id"].clone()
            }
            Some("enrolment_id")
                if endpoint.operation_id == "transferEnrolment" && !random.contains(&"enrolment_id") =>
            {
                self.ids["moved_enrolment_id"].clone()
            }
            Some("enrolment_id")
                if endpoint.operation_id == "issueCertificate" && !random.contains(&"enrolment_id") =>
            {
                self.ids["completed_enrolment_id"].clone()
            }
            Some("person_id") if hidden && !random.contains(&"person_id") => self.ids["protected_person_id"].clone(),
            Some(name) if random.contains(&name) && name.ends_with("_id") => uuid::Uuid::new_v4().to_string(),
            Some(name) => self.ids.get(name).unwrap_or_else(|| panic!("no {name} is prepared")).clone(),
            None => segment.to_owned(),
        });
        segments.collect::<Vec<_>>().join("/")
    }
}

/// A dwelling in which nobody else is registered, and a host's consent.
async fn housed(officer: &Actor, person: &str, ids: &mut HashMap<&'static str, String>) {
    let alone = format!("Ayrı küçə {}", uuid::Uuid::new_v4());
    let address = json!({ "kind": "residence", "basis": "host", "division": "Bakı", "as_printed": alone, "valid_from": "2024-01-01" });
    let address = officer.post(&format!("{person}/addresses"), &address).await.expect(201).json();
    ids.insert("home_id", address["id"].as_str().unwrap().to_owned());
    ids.insert("dwelling_id", address["dwelling_id"].as_str().unwrap().to_owned());
    let consents = json!({ "host_name": "Ev Sahibi", "address_id": address["id"], "given_on": "2024-01-01" });
    let consent = officer.post(&format!("{person}/host-consents"), &consents).await.expect(201).json();
    ids.insert("host_consent_id", consent["id"].as_str().unwrap().to_owned());
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
