//! Every operation × every wrong caller and every wrong request: the answer is the one the conventions name, in their order, and nothing changes.
//! Then the right call works and leaves its trace. An operation without a case fails the test.

mod matrix;
mod world;

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine as _;
use reqwest::{Method, RequestBuilder};
use sakin::access::policy::Role;
use sakin::db::TextEnum;
use sakin::http::{Door, Endpoint};
use sakin::web::endpoints;
use serde_json::{Value, json};

use self::world::{Cast, PDF, World, body_of, parameter, passkey_of};
use crate::harness::{Actor, Answered, Backend, TestApp, keeps_the_contract, on_both, with_file};

/// Members that the server sets, and one that nobody knows: no body may have them.
const NOT_THE_CLIENTS: &[&str] = &[
    "no_such_member",
    "id",
    "person_id",
    "owner_id",
    "office_id",
    "account_id",
    "file_number",
    "status",
    "state",
    "role",
    "version",
    "created_at",
    "updated_at",
    "recorded_at",
    "recorded_by",
    "superseded_at",
];

/// Sites that are not ours, and names that look as if (row H2).
const ORIGINS: &[&str] = &[
    "null",
    "https://evil.example",
    "http://evil.example",
    "https://sakin.example",
    "http://sakin.example",
    "https://sakin.example.evil.example",
    "https://evil.example.sakin.example",
    "https://evilsakin.example",
    "https://sakin.example@evil.example",
    "https://sakin.example%00.evil.example",
    "https://sakin.example:8443",
    "https://SAKIN.example",
    "http://localhost",
    "http://localhost:8080",
    "http://127.0.0.1",
    "http://127.0.0.1:8080",
    "http://[::1]:8080",
    "file://",
    "chrome-extension://abcdefghijklmnop",
    "*",
];

/// The client's library has its own type for the same word.
fn method(endpoint: &Endpoint) -> Method {
    endpoint.method.as_str().parse().unwrap()
}

fn parameters(endpoint: &Endpoint) -> Vec<&'static str> {
    endpoint.path.split('/').filter_map(parameter).filter(|name| name.ends_with("_id")).collect()
}

/// One operation under test.
struct Case<'a> {
    endpoint: Arc<Endpoint>,
    world: &'a World,
    body: Option<Value>,
}

impl Case<'_> {
    /// A call that is right in everything but what `with` changes.
    async fn call(
        &self,
        caller: &Actor,
        path: &str,
        version: i64,
        with: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Answered {
        let endpoint = &self.endpoint;
        let complete = |request: RequestBuilder| {
            let mut request = self.with_file(request);
            if endpoint.needs_key() {
                request = request.header("idempotency-key", uuid::Uuid::new_v4().to_string());
            }
            if endpoint.on_version {
                request = request.header("if-match", format!("\"v{version}\""));
            }
            with(request)
        };
        let answer = caller.send(method(endpoint), path, self.body.as_ref(), complete).await;
        keeps_the_contract(endpoint, &answer);
        answer
    }

    /// The body of an operation that takes a file.
    fn with_file(&self, request: RequestBuilder) -> RequestBuilder {
        if self.endpoint.spec.upload.is_empty() { request } else { with_file(request, "application/pdf", PDF) }
    }

    /// The same operation with another body.
    fn with(&self, body: Option<Value>) -> Case<'_> {
        Case { endpoint: Arc::clone(&self.endpoint), world: self.world, body }
    }

    async fn plain(&self, caller: &Actor, path: &str) -> Answered {
        self.call(caller, path, 1, |request| request).await
    }

    /// Callers who must not come in.
    async fn wrong_callers(&self, app: &TestApp, officer: &Actor, by_role: &HashMap<&str, Actor>) {
        let Door::Permission(grant) = self.endpoint.door else { return };
        let path = self.world.path(&self.endpoint, &[]);
        self.plain(&app.nobody(), &path).await.problem(401, "authentication_required");
        let mut forger = officer.clone();
        forger.token = Some("eyJhbGciOiJub25lIn0.e30.".to_owned());
        self.plain(&forger, &path).await.problem(401, "authentication_required");
        let now = app.clock.now();
        app.clock.set(now.plus_seconds(660));
        self.plain(officer, &path).await.problem(401, "authentication_required");
        app.clock.set(now);
        for role in Role::ALL.iter().filter(|role| !role.may(grant)) {
            let refused = self.plain(&by_role[role.text()], &path).await;
            assert_eq!(refused.problem(403, "role_not_permitted")["permission"], grant.name());
        }
    }

    /// What is wrong in several ways is answered by the first of: media type, caller, role, shape, row, version. No answer tells of a later check.
    async fn order_of_refusals(&self, app: &TestApp, officer: &Actor, by_role: &HashMap<&str, Actor>) {
        let Door::Permission(grant) = self.endpoint.door else { return };
        let nowhere = self.world.path(&self.endpoint, &parameters(&self.endpoint));
        let unknown = format!("{nowhere}?no_such_parameter=1");
        if self.body.is_some() {
            let plain_text = |request: RequestBuilder| request.header("content-type", "text/plain").body("{}");
            let case = self.with(None);
            case.call(&app.nobody(), &unknown, 1, plain_text).await.problem(415, "unsupported_media_type");
            let case = self.with(Some(json!({ "no_such_member": 1 })));
            case.plain(officer, &nowhere).await.problem(422, "validation_failed");
        }
        self.plain(&app.nobody(), &unknown).await.problem(401, "authentication_required");
        if let Some(role) = Role::ALL.iter().find(|role| !role.may(grant)) {
            let outsider = &by_role[role.text()];
            self.plain(outsider, &unknown).await.problem(403, "role_not_permitted");
        }
        self.plain(officer, &unknown).await.problem(400, "unknown_parameter");
        if self.endpoint.on_version {
            let with_key = |request: RequestBuilder| self.with_file(request).header("idempotency-key", "n");
            let without = officer.send(method(&self.endpoint), &nowhere, self.body.as_ref(), with_key).await;
            without.problem(404, "not_found");
        }
    }

    /// Rows that are not there, and rows of another office: the answers cannot be told apart, on partial changes neither (CVE-2026-27898).
    async fn wrong_rows(&self, officer: &Actor, other: &World) {
        let names = parameters(&self.endpoint);
        if names.is_empty() {
            return;
        }
        let mut other = other.clone();
        if ["showCourse", "listMeetings"].contains(&self.endpoint.operation_id) {
            // What is published is everybody's; a draft is nobody else's.
            other.ids.insert("course_id", other.ids["draft_course_id"].clone());
        }
        let masked = |answer: Answered| {
            let mut names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
            names.sort();
            let mut problem = answer.problem(404, "not_found");
            problem["request_id"] = Value::Null;
            (problem, names)
        };
        let unknown = masked(self.plain(officer, &self.world.path(&self.endpoint, &names[..1])).await);
        let foreign = masked(self.plain(officer, &other.path(&self.endpoint, &[])).await);
        assert_eq!(unknown, foreign, "{}", self.endpoint.operation_id);
        for child in names.iter().skip(1) {
            self.plain(officer, &self.world.path(&self.endpoint, &[child])).await.problem(404, "not_found");
        }
        if names.len() > 1 {
            // The child of one person under another: the foreign child under one's own person.
            let mut mixed = World { ids: other.ids.clone(), search_token: String::new() };
            mixed.ids.insert(names[0], self.world.ids[names[0]].clone());
            self.plain(officer, &mixed.path(&self.endpoint, &[])).await.problem(404, "not_found");
        }
        let no_id = self.endpoint.path.replace("{person_id}", "1").replace(['{', '}'], "");
        self.plain(officer, &no_id).await.problem(404, "not_found");
    }

    /// Requests whose shape is wrong.
    async fn wrong_shapes(&self, officer: &Actor) {
        let (endpoint, path) = (&self.endpoint, self.world.path(&self.endpoint, &[]));
        let wrong = officer.send(Method::PUT, &path, None, |request| request).await;
        assert!(wrong.headers["allow"].to_str().unwrap().contains(endpoint.method.as_str()));
        wrong.problem(405, "method_not_allowed");
        let not_acceptable = self.call(officer, &path, 1, |request| request.header("accept", "image/png")).await;
        not_acceptable.problem(406, "not_acceptable");
        let unknown = format!("{path}?no_such_parameter=1");
        self.plain(officer, &unknown).await.problem(400, "unknown_parameter");
        if endpoint.needs_key() {
            let without =
                officer.send(method(endpoint), &path, self.body.as_ref(), |request| self.with_file(request)).await;
            without.problem(400, "idempotency_key_required");
        }
        if !endpoint.spec.upload.is_empty() {
            let text = |request: RequestBuilder| request.header("content-type", "text/plain").body("{}");
            officer.send(method(endpoint), &path, None, text).await.problem(415, "unsupported_media_type");
        }
        if let Some(body) = &self.body {
            let plain_text = |request: RequestBuilder| request.header("content-type", "text/plain").body("{}");
            self.with(None).call(officer, &path, 1, plain_text).await.problem(415, "unsupported_media_type");
            let mut more = body.clone();
            for name in NOT_THE_CLIENTS {
                more[*name] = json!(1);
            }
            let problem = self.with(Some(more)).plain(officer, &path).await.problem(422, "validation_failed");
            for name in NOT_THE_CLIENTS {
                let refused =
                    problem["errors"].as_array().unwrap().iter().any(|fault| fault["pointer"] == format!("/{name}"));
                assert!(refused, "{} takes {name}: {problem}", endpoint.operation_id);
            }
        }
        if endpoint.on_version {
            let with_key = |request: RequestBuilder| self.with_file(request).header("idempotency-key", "n");
            let without = officer.send(method(endpoint), &path, self.body.as_ref(), with_key).await;
            without.problem(428, "version_required");
            self.call(officer, &path, 999, |request| request).await.problem(412, "version_conflict");
            let any = |request: RequestBuilder| {
                self.with_file(request).header("if-match", "*").header("idempotency-key", "n")
            };
            officer.send(method(endpoint), &path, self.body.as_ref(), any).await.problem(400, "invalid_header");
        }
    }

    /// The right call works, carries the headers of every answer, and leaves exactly its trace.
    async fn right_call(&self, app: &TestApp, officer: &Actor) {
        let of_its_own;
        let officer = if ["signOut", "changePassword"].contains(&self.endpoint.operation_id) {
            // It ends the session, and the others still need theirs.
            of_its_own = app.caseworker("Bakı").await;
            &of_its_own
        } else {
            officer
        };
        let (endpoint, path) = (&self.endpoint, self.world.path(&self.endpoint, &[]));
        let version = if endpoint.on_version { self.version(officer, &path).await } else { 1 };
        let count = |table: &str| app.database.count(table);
        let (events, bodies, pending, subjects) =
            (count("audit_event"), count("audit_body"), count("audit_pending"), count("audit_subject"));
        let answer = self.call(officer, &path, version, |request| request).await;
        let status = match endpoint.operation_id {
            "activateAccount" => 422,
            // There is no site here that passkeys are made for.
            "setUp" | "offerPasskey" | "addPasskey" => 404,
            _ if endpoint.door == Door::SignIn => 401,
            _ => endpoint.reply.status,
        };
        assert_eq!(answer.status.as_u16(), status, "{}: {}", endpoint.operation_id, answer.text);
        let policy = match endpoint.operation_id {
            // A page has the one style that its policy names by its hash.
            "printAttendanceSheet" => {
                let style = answer.text.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
                let hash = base64::engine::general_purpose::STANDARD.encode(sakin::keys::sha256(&[style.as_bytes()]));
                format!("default-src 'none'; style-src 'sha256-{hash}'; frame-ancestors 'none'")
            }
            _ => "default-src 'none'; frame-ancestors 'none'".to_owned(),
        };
        for (name, value) in [
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", policy.as_str()),
            ("referrer-policy", "no-referrer"),
            ("strict-transport-security", "max-age=31536000; includeSubDomains"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.headers[name], value, "{}", endpoint.operation_id);
        }
        assert!(answer.headers.get("server").is_none());
        // A token that nobody here signed is refused before anything is read.
        let unread = endpoint.spec.body.iter().any(|(_, schema)| schema()["properties"].get("mfa_token").is_some());
        // Passkeys are switched off here.
        let unread = unread || ["challengeAgain", "stepUpByPasskey"].contains(&endpoint.operation_id);
        let acts = (endpoint.views() || endpoint.writes()) && status < 400;
        // Somebody who is known asked for what is not there.
        let denied = status == 404 && matches!(endpoint.door, Door::Permission(_));
        // A calendar is read by somebody nobody knows, and the first look of a day is on record all the same.
        let leaves_trace =
            acts || denied || (endpoint.door == Door::SignIn && !unread) || endpoint.operation_id == "readCalendar";
        let expected = i64::from(leaves_trace);
        assert_eq!(count("audit_event") - events, expected, "{} leaves its trace", endpoint.operation_id);
        assert_eq!(count("audit_body") - bodies, expected);
        assert_eq!(count("audit_pending") - pending, expected);
        if endpoint.path.contains("{person_id}") {
            // A tie is in the trail of both.
            let tied =
                ["Relationship", "FamilyRights", "Signatories"].iter().any(|noun| endpoint.operation_id.contains(noun));
            let trails = if tied { 2 } else { 1 };
            assert_eq!(
                count("audit_subject") - subjects,
                trails,
                "{} is in the person's own trail",
                endpoint.operation_id
            );
        }
    }

    /// The present version of what the operation changes: the record itself, or the person for names and nationalities.
    async fn version(&self, officer: &Actor, path: &str) -> i64 {
        let person = format!("/api/v1/people/{}", self.world.ids["person_id"]);
        let path = match self.endpoint.operation_id {
            "changePerson" | "addName" | "changeName" | "addNationality" => {
                return officer.get(&person).await.expect(200).json()["version"].as_i64().unwrap();
            }
            // What stands until it is ended has one version to end.
            "withdrawCardEvent"
            | "endAssignment"
            | "liftExclusion"
            | "liftProtection"
            | "withdrawConsent"
            | "reviewAccessGrant"
            | "takeBackCourseHours" => return 1,
            // The review made a version.
            "endAccessGrant" => return 2,
            _ => path,
        };
        let case = match self.endpoint.operation_id {
            "moveCourse" => path.rsplit_once('/').map(|(course, _)| course.to_owned()),
            "moveCase" | "assignCase" | "proposeDecision" => path.rsplit_once('/').map(|(case, _)| case.to_owned()),
            "judgeDecision" => {
                let decision = officer.get(path.trim_end_matches("/verdicts")).await.expect(200).json();
                Some(format!("/api/v1/cases/{}", decision["case_id"].as_str().unwrap()))
            }
            _ => None,
        };
        if let Some(case) = case {
            return officer.get(&case).await.expect(200).json()["version"].as_i64().unwrap();
        }
        if let Some(account) = path.strip_suffix("/transitions").filter(|path| path.starts_with("/api/v1/accounts/")) {
            return officer.get(account).await.expect(200).json()["version"].as_i64().unwrap();
        }
        if path.contains("/documents/") {
            let document = path.trim_end_matches("/transitions").trim_end_matches("/content");
            return officer.get(document).await.expect(200).json()["version"].as_i64().unwrap();
        }
        if let Some(record) = path.strip_suffix("/transitions").filter(|path| path.starts_with("/api/v1/people/")) {
            return officer.get(record).await.expect(200).json()["version"].as_i64().unwrap();
        }
        let memberships = format!("/api/v1/accounts/{}/memberships", self.world.ids["colleague_id"]);
        let (list, id) = match path.strip_suffix("/transitions") {
            Some(membership) => (memberships.as_str(), membership.rsplit_once('/').unwrap().1),
            None => path.rsplit_once('/').unwrap(),
        };
        let page = officer.get(list).await.expect(200).json();
        let items = page["items"].as_array().unwrap();
        items.iter().find(|item| item["id"] == id).unwrap()["version"].as_i64().unwrap()
    }
}

/// Calls every operation once, rightly.
pub(crate) async fn call_everything(app: &TestApp) {
    let cast = Cast::of(app, "Bakı").await;
    let mut world = World::made_by(app, &cast).await;
    world.ids.insert("passkey_id", passkey_of(app, &cast.officer).await);
    World::made_by(app, &Cast::of(app, "Gəncə").await).await;
    for endpoint in endpoints() {
        let body = body_of(endpoint.operation_id, &world);
        let caller = cast.caller(&endpoint);
        Case { endpoint, world: &world, body }.right_call(app, caller).await;
    }
}

on_both! {
    async fn every_operation_answers_every_wrong_request_and_changes_nothing(app: TestApp) {
        let people = Cast::of(&app, "Bakı").await;
        let mut by_role = HashMap::new();
        for role in Role::ALL {
            by_role.insert(sakin::db::TextEnum::text(*role), app.actor(*role, "Bakı").await);
        }
        let mut world = World::made_by(&app, &people).await;
        world.ids.insert("passkey_id", passkey_of(&app, &people.officer).await);
        let others = Cast::of(&app, "Gəncə").await;
        let mut other = World::made_by(&app, &others).await;
        other.ids.insert("passkey_id", passkey_of(&app, &others.officer).await);
        for endpoint in endpoints() {
            let body = body_of(endpoint.operation_id, &world);
            assert_eq!(body.is_some(), endpoint.spec.body.is_some(), "{} has no case here", endpoint.operation_id);
            let officer = people.caller(&endpoint);
            let case = Case { endpoint, world: &world, body };
            let before = app.database.contents();
            // What is refused is no act; that somebody tried what is not theirs is noted all the same.
            let acts = "audit_event WHERE action <> 139";
            let (events, refusals) = (app.database.count(acts), app.database.count("audit_event"));
            case.wrong_callers(&app, officer, &by_role).await;
            case.order_of_refusals(&app, officer, &by_role).await;
            case.wrong_rows(officer, &other).await;
            case.wrong_shapes(officer).await;
            let after = app.database.contents();
            assert_eq!(before, after, "{} changed something", case.endpoint.operation_id);
            assert_eq!(app.database.count(acts), events, "{}: what was refused is no act", case.endpoint.operation_id);
            if (case.endpoint.writes() || case.endpoint.views()) && case.endpoint.path.contains("person_id") {
                assert!(app.database.count("audit_event") > refusals, "{} refused unseen", case.endpoint.operation_id);
            }
            case.right_call(&app, officer).await;
        }
    }

    async fn a_key_belongs_to_one_address(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let mut paths = Vec::new();
        for kind in ["work_permit", "visa_stay"] {
            let body = json!({ "kind": kind, "valid_from": "2024-01-01" });
            let made = officer.post(&format!("{person}/permits"), &body).await.expect(201);
            paths.push(made.headers["location"].to_str().unwrap().to_owned());
        }
        let withdraw = |path: String| {
            let officer = officer.clone();
            let with = |request: RequestBuilder| request.header("idempotency-key", "k").header("if-match", "\"v1\"");
            async move { officer.send(Method::DELETE, &path, None, with).await }
        };
        withdraw(paths[0].clone()).await.expect(200);
        withdraw(paths[1].clone()).await.problem(422, "idempotency_key_reused");
        officer.get(&paths[1]).await.expect(200);
    }

    async fn outsiders_get_no_map(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        for path in ["/", "/api", "/api/v1/nothing", "/api/v1/people/x/y/z", "/.env"] {
            app.nobody().get(path).await.problem(401, "authentication_required");
            officer.get(path).await.problem(404, "not_found");
        }
    }

    async fn methods_that_no_operation_has_are_refused(app: TestApp) {
        for method in [Method::TRACE, Method::OPTIONS, Method::PUT, Method::HEAD] {
            let refused = app.nobody().send(method.clone(), "/api/v1/me", None, |request| request).await.expect(405);
            assert_eq!(refused.headers["allow"], "GET", "{method}");
            assert_eq!(refused.headers["cache-control"], "no-store", "{method}");
        }
    }

    async fn no_other_site_reads_or_writes_through_a_browser(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        for origin in ORIGINS {
            let from = |request: RequestBuilder| request.header("origin", *origin);
            let read = officer.send(Method::GET, "/api/v1/me", None, from).await.expect(200);
            let asked = |request: RequestBuilder| {
                let request = request.header("origin", *origin).header("access-control-request-method", "POST");
                request.header("access-control-request-headers", "authorization, content-type, idempotency-key")
            };
            let preflight = officer.send(Method::OPTIONS, "/api/v1/people", None, asked).await.expect(405);
            // What a page may send unasked.
            let form = |request: RequestBuilder| {
                request.header("origin", *origin).header("content-type", "application/x-www-form-urlencoded").body("name=x")
            };
            let written = officer.send(Method::POST, "/api/v1/people/search", None, form).await.expect(415);
            for answer in [read, preflight, written] {
                let grants = answer.headers.keys().filter(|name| name.as_str().starts_with("access-control-")).count();
                assert_eq!(grants, 0, "{origin}: {:?}", answer.headers);
            }
        }
    }

    async fn a_hidden_file_changes_no_answer(app: TestApp) {
        let (ours, theirs) = (app.caseworker("Bakı").await, app.caseworker("Gəncə").await);
        ours.register("Nümunə").await;
        let look = async || {
            let list = ours.get("/api/v1/people").await.expect(200).json();
            let mut found = ours.post("/api/v1/people/search", &json!({ "name": "Numune" })).await.expect(200).json();
            found["search_token"] = Value::Null;
            (list, found)
        };
        let before = look().await;
        let hidden = theirs.register("Nümunə").await;
        assert_eq!(look().await, before);
        let number = theirs.get(&hidden).await.json()["file_number"].clone();
        let found = ours.post("/api/v1/people/search", &json!({ "file_number": number })).await.expect(200).json();
        assert_eq!(found["items"], json!([]));
    }

    async fn sign_in_answers_alike_for_every_reason(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let sign_in = |email: &str, password: &str| {
            let (nobody, body) = (app.nobody(), json!({ "email": email, "password": password }));
            async move { nobody.post("/api/v1/sign-in", &body).await.problem(401, "sign_in_failed") }
        };
        let mut unknown = sign_in("nobody@office.example", "a long password for tests").await;
        let mut wrong = sign_in(&officer.email, "a wrong password for tests").await;
        (unknown["request_id"], wrong["request_id"]) = (Value::Null, Value::Null);
        assert_eq!(unknown, wrong);
    }
}
