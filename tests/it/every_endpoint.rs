//! Every operation × every wrong caller and every wrong request: the answer is the one the conventions name, in their order, and nothing changes.
//! Then the right call works and leaves its trace. An operation without a case fails the test.

use std::collections::HashMap;
use std::sync::Arc;

use reqwest::{Method, RequestBuilder};
use sakin::access::policy::Role;
use sakin::http::{Door, Endpoint};
use sakin::web::endpoints;
use serde_json::{Value, json};

use crate::harness::{Actor, Answered, Backend, TestApp, on_both};

/// A body that the operation accepts; none for operations without one.
fn body_of(operation: &str, world: &World) -> Option<Value> {
    Some(match operation {
        "signIn" => json!({ "email": "nobody@office.example", "password": "not the right password" }),
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
struct World {
    ids: HashMap<&'static str, String>,
    search_token: String,
}

impl World {
    async fn made_by(officer: &Actor) -> Self {
        let person = officer.register("Nümunə").await;
        let file = officer.get(&person).await.json();
        let mut ids = HashMap::from([
            ("person_id", person.rsplit('/').next().unwrap().to_owned()),
            ("name_id", file["names"][0]["id"].as_str().unwrap().to_owned()),
            ("version", "1".to_owned()),
            ("code", "not_found".to_owned()),
        ]);
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
        let found = officer.post("/api/v1/people/search", &json!({ "name": "Nümunə" })).await.expect(200).json();
        Self { ids, search_token: found["search_token"].as_str().unwrap().to_owned() }
    }

    /// The path with its parameters filled in; `random` ones get an id that nobody has.
    fn path(&self, endpoint: &Endpoint, random: &[&str]) -> String {
        let segments = endpoint.path.split('/').map(|segment| match parameter(segment) {
            Some(name) if random.contains(&name) && name.ends_with("_id") => uuid::Uuid::new_v4().to_string(),
            Some(name) => self.ids.get(name).unwrap_or_else(|| panic!("no {name} is prepared")).clone(),
            None => segment.to_owned(),
        });
        segments.collect::<Vec<_>>().join("/")
    }
}

/// The client's library has its own type for the same word.
fn method(endpoint: &Endpoint) -> Method {
    endpoint.method.as_str().parse().unwrap()
}

fn parameter(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
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
        let complete = |mut request: RequestBuilder| {
            if endpoint.needs_key() {
                request = request.header("idempotency-key", uuid::Uuid::new_v4().to_string());
            }
            if endpoint.on_version {
                request = request.header("if-match", format!("\"v{version}\""));
            }
            with(request)
        };
        caller.send(method(endpoint), path, self.body.as_ref(), complete).await
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
            let refused = self.plain(&by_role[sakin::db::TextEnum::text(*role)], &path).await;
            assert_eq!(refused.problem(403, "role_not_permitted")["permission"], grant.name());
        }
    }

    /// Rows that are not there, and rows of another office: the answers cannot be told apart.
    async fn wrong_rows(&self, officer: &Actor, other: &World) {
        let names = parameters(&self.endpoint);
        if names.is_empty() {
            return;
        }
        let masked = |answer: Answered| {
            let mut names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
            names.sort();
            let mut problem = answer.problem(404, "not_found");
            problem["request_id"] = Value::Null;
            (problem, names)
        };
        let unknown = masked(self.plain(officer, &self.world.path(&self.endpoint, &["person_id"])).await);
        let foreign = masked(self.plain(officer, &other.path(&self.endpoint, &[])).await);
        assert_eq!(unknown, foreign, "{}", self.endpoint.operation_id);
        for child in names.iter().skip(1) {
            self.plain(officer, &self.world.path(&self.endpoint, &[child])).await.problem(404, "not_found");
        }
        if names.len() > 1 {
            // The child of one person under another: the foreign child under one's own person.
            let mut mixed = World { ids: other.ids.clone(), search_token: String::new() };
            mixed.ids.insert("person_id", self.world.ids["person_id"].clone());
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
            let without = officer.send(method(endpoint), &path, self.body.as_ref(), |request| request).await;
            without.problem(400, "idempotency_key_required");
        }
        if let Some(body) = &self.body {
            let plain_text = |request: RequestBuilder| request.header("content-type", "text/plain").body("{}");
            let case = Case { endpoint: Arc::clone(endpoint), world: self.world, body: None };
            case.call(officer, &path, 1, plain_text).await.problem(415, "unsupported_media_type");
            let mut more = body.clone();
            more["no_such_member"] = json!(1);
            let case = Case { endpoint: Arc::clone(endpoint), world: self.world, body: Some(more) };
            case.plain(officer, &path).await.problem(422, "validation_failed");
        }
        if endpoint.on_version {
            let with_key = |request: RequestBuilder| request.header("idempotency-key", "n");
            let without = officer.send(method(endpoint), &path, self.body.as_ref(), with_key).await;
            without.problem(428, "version_required");
            self.call(officer, &path, 999, |request| request).await.problem(412, "version_conflict");
            let any = |request: RequestBuilder| request.header("if-match", "*").header("idempotency-key", "n");
            officer.send(method(endpoint), &path, self.body.as_ref(), any).await.problem(400, "invalid_header");
        }
    }

    /// The right call works, carries the headers of every answer, and leaves exactly its trace.
    async fn right_call(&self, app: &TestApp, officer: &Actor) {
        let (endpoint, path) = (&self.endpoint, self.world.path(&self.endpoint, &[]));
        let version = if endpoint.on_version { self.version(officer, &path).await } else { 1 };
        let count = |table: &str| app.database.count(table);
        let (events, bodies, pending, subjects) =
            (count("audit_event"), count("audit_body"), count("audit_pending"), count("audit_subject"));
        let answer = self.call(officer, &path, version, |request| request).await;
        let status = if endpoint.operation_id == "signIn" { 401 } else { endpoint.reply.status };
        let answer = answer.expect(status);
        for (name, value) in [
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("referrer-policy", "no-referrer"),
            ("strict-transport-security", "max-age=31536000; includeSubDomains"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.headers[name], value, "{}", endpoint.operation_id);
        }
        assert!(answer.headers.get("server").is_none());
        let leaves_trace = endpoint.views() || endpoint.writes() || endpoint.door == Door::SignIn;
        let expected = i64::from(leaves_trace);
        assert_eq!(count("audit_event") - events, expected, "{} leaves its trace", endpoint.operation_id);
        assert_eq!(count("audit_body") - bodies, expected);
        assert_eq!(count("audit_pending") - pending, expected);
        if endpoint.path.contains("{person_id}") {
            assert_eq!(count("audit_subject") - subjects, 1, "{} is in the person's own trail", endpoint.operation_id);
        }
    }

    /// The present version of what the operation changes: the record itself, or the person for names and nationalities.
    async fn version(&self, officer: &Actor, path: &str) -> i64 {
        let person = format!("/api/v1/people/{}", self.world.ids["person_id"]);
        let of_person =
            ["changePerson", "addName", "changeName", "addNationality"].contains(&self.endpoint.operation_id);
        if of_person {
            return officer.get(&person).await.expect(200).json()["version"].as_i64().unwrap();
        }
        let (list, id) = path.rsplit_once('/').unwrap();
        let page = officer.get(list).await.expect(200).json();
        let items = page["items"].as_array().unwrap();
        items.iter().find(|item| item["id"] == id).unwrap()["version"].as_i64().unwrap()
    }
}

on_both! {
    async fn every_operation_answers_every_wrong_request_and_changes_nothing(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let mut by_role = HashMap::new();
        for role in Role::ALL {
            by_role.insert(sakin::db::TextEnum::text(*role), app.actor(*role, "Bakı").await);
        }
        let world = World::made_by(&officer).await;
        let other = World::made_by(&app.caseworker("Gəncə").await).await;
        for endpoint in endpoints() {
            let body = body_of(endpoint.operation_id, &world);
            assert_eq!(body.is_some(), endpoint.spec.body.is_some(), "{} has no case here", endpoint.operation_id);
            let case = Case { endpoint, world: &world, body };
            let before = app.database.contents();
            case.wrong_callers(&app, &officer, &by_role).await;
            case.wrong_rows(&officer, &other).await;
            case.wrong_shapes(&officer).await;
            let after = app.database.contents();
            assert_eq!(before, after, "{} changed something", case.endpoint.operation_id);
            case.right_call(&app, &officer).await;
        }
    }

    async fn outsiders_get_no_map(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        for path in ["/", "/api", "/api/v1/nothing", "/api/v1/people/x/y/z", "/.env"] {
            app.nobody().get(path).await.problem(401, "authentication_required");
            officer.get(path).await.problem(404, "not_found");
        }
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
