//! People who use the service: tests say who does what, not which token is sent.

use std::sync::atomic::{AtomicU32, Ordering};

use base64::Engine as _;
use reqwest::{Method, StatusCode};
use sakin::access::policy::Role;
use sakin::db::{Reach, TextEnum};
use sakin::id::PersonId;
use sakin::identity::NewAccount;
use sakin::web::add_account;
use serde_json::{Value, json};

use super::{Sibling, TestApp};

/// What everybody signs in with.
pub(crate) const PASSWORD: &str = "a long password for tests";
/// How many people this run has made up.
static ACTORS: AtomicU32 = AtomicU32::new(0);

/// Somebody who is signed in, or nobody.
#[derive(Clone)]
pub(crate) struct Actor {
    base: String,
    client: reqwest::Client,
    pub(crate) token: Option<String>,
    pub(crate) email: String,
}

/// An answer, read.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
    /// As they came, for files.
    pub(crate) bytes: Vec<u8>,
}

impl TestApp {
    /// Somebody with a role in an office, who sees as far as the office.
    pub(crate) async fn actor(&self, role: Role, office: &str) -> Actor {
        if role == Role::Applicant {
            let file = Box::pin(self.caseworker(office)).await.register("Müraciətçi").await;
            return self.applicant(&file).await;
        }
        let reach = if role.reaches().contains(&Reach::Office) { Reach::Office } else { role.reaches()[0] };
        self.account(role, reach, office, None).await
    }

    /// The person whose file has this path.
    pub(crate) async fn applicant(&self, file: &str) -> Actor {
        let person = file.rsplit('/').next().unwrap().parse().unwrap();
        self.account(Role::Applicant, Reach::Own, "", Some(person)).await
    }

    /// Somebody with a role and a reach.
    pub(crate) async fn account(&self, role: Role, reach: Reach, office: &str, person: Option<PersonId>) -> Actor {
        let email = format!("{}{}@office.example", role.text(), ACTORS.fetch_add(1, Ordering::Relaxed));
        let new = NewAccount {
            email: email.parse().unwrap(),
            display_name: format!("{} of {office}", role.text()),
            role,
            reach,
            office: (person.is_none() && !office.is_empty()).then(|| office.to_owned()),
            person,
            organisation: (role == Role::NgoCoordinator).then(|| format!("NGO of {office}")),
            password: PASSWORD.to_owned().into(),
        };
        add_account(&self.app, new).await.unwrap();
        self.signed_in(&email, PASSWORD).await
    }

    /// An administrator of the whole service.
    pub(crate) async fn administrator(&self) -> Actor {
        self.account(Role::Administrator, Reach::None, "", None).await
    }

    /// Somebody who signs in.
    pub(crate) async fn signed_in(&self, email: &str, password: &str) -> Actor {
        let mut actor = self.nobody();
        actor.email = email.to_owned();
        actor.sign_in(password).await;
        actor
    }

    pub(crate) async fn caseworker(&self, office: &str) -> Actor {
        self.actor(Role::Caseworker, office).await
    }

    pub(crate) async fn official(&self, office: &str) -> Actor {
        self.actor(Role::Official, office).await
    }

    /// Somebody who has not signed in.
    pub(crate) fn nobody(&self) -> Actor {
        Actor {
            base: format!("http://{}", self.address),
            client: self.client.clone(),
            token: None,
            email: String::new(),
        }
    }
}

impl Sibling {
    /// Somebody who has not signed in here.
    pub(crate) fn nobody(&self) -> Actor {
        Actor {
            base: format!("http://{}", self.address),
            client: self.client.clone(),
            token: None,
            email: String::new(),
        }
    }
}

impl Actor {
    /// The same person with another token.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The same person, calling this instance.
    pub(crate) fn at(&self, sibling: &Sibling) -> Self {
        Self { token: self.token.clone(), email: self.email.clone(), ..sibling.nobody() }
    }

    /// The same person, calling a server at this address.
    pub(crate) fn at_address(&self, address: std::net::SocketAddr) -> Self {
        Self { base: format!("http://{address}"), ..self.clone() }
    }

    /// Signs in, again perhaps: an access token lives for minutes only.
    pub(crate) async fn sign_in(&mut self, password: &str) {
        let body = json!({ "email": self.email, "password": password });
        let signed_in = self.post("/api/v1/sign-in", &body).await.expect(200);
        self.token = Some(signed_in.json()["access_token"].as_str().unwrap().to_owned());
    }

    /// The account's id.
    pub(crate) async fn id(&self) -> String {
        self.get("/api/v1/me").await.expect(200).json()["id"].as_str().unwrap().to_owned()
    }

    /// A request with everything the operation needs; `with` may change it.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        with: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder,
    ) -> Answered {
        let media = if method == Method::PATCH { "application/merge-patch+json" } else { "application/json" };
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.header("content-type", media).body(body.to_string());
        }
        let answer = with(request).send().await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        let bytes = answer.bytes().await.unwrap().to_vec();
        Answered { status, headers, text: String::from_utf8_lossy(&bytes).into_owned(), bytes }
    }

    /// A POST of a file under a fresh idempotency key, on a version of its record.
    pub(crate) async fn upload(&self, path: &str, version: i64, media_type: &str, file: &[u8]) -> Answered {
        let key = uuid::Uuid::new_v4().to_string();
        let with = |request: reqwest::RequestBuilder| {
            with_file(request.header("idempotency-key", key), media_type, file)
                .header("if-match", format!("\"v{version}\""))
        };
        self.send(Method::POST, path, None, with).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answered {
        self.send(Method::GET, path, None, |request| request).await
    }

    /// A POST under a fresh idempotency key.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answered {
        let key = uuid::Uuid::new_v4().to_string();
        self.send(Method::POST, path, Some(body), |request| request.header("idempotency-key", key)).await
    }

    /// A POST that changes a record of a version, under a fresh idempotency key.
    pub(crate) async fn act(&self, path: &str, version: i64, body: &Value) -> Answered {
        let key = uuid::Uuid::new_v4().to_string();
        let with = |request: reqwest::RequestBuilder| {
            request.header("idempotency-key", key).header("if-match", format!("\"v{version}\""))
        };
        self.send(Method::POST, path, Some(body), with).await
    }

    pub(crate) async fn patch(&self, path: &str, version: i64, body: &Value) -> Answered {
        self.send(Method::PATCH, path, Some(body), |request| request.header("if-match", format!("\"v{version}\"")))
            .await
    }

    pub(crate) async fn delete(&self, path: &str, version: i64) -> Answered {
        self.send(Method::DELETE, path, None, |request| request.header("if-match", format!("\"v{version}\""))).await
    }

    /// Registers somebody after searching for the name, and answers with the path of the file.
    pub(crate) async fn register(&self, name: &str) -> String {
        let searched = self.post("/api/v1/people/search", &json!({ "name": name })).await.expect(200);
        let token = searched.json()["search_token"].clone();
        let body = json!({ "names": [ { "full_name_as_printed": name } ], "search_token": token });
        let made = self.post("/api/v1/people", &body).await.expect(201);
        format!("/api/v1/people/{}", made.json()["id"].as_str().unwrap())
    }
}

/// A request with a file as its body, and what must be said of it.
pub(crate) fn with_file(request: reqwest::RequestBuilder, media_type: &str, file: &[u8]) -> reqwest::RequestBuilder {
    let digest = base64::engine::general_purpose::STANDARD.encode(sakin::keys::sha256(&[file]));
    let request = request.header("content-type", media_type).header("repr-digest", format!("sha-256=:{digest}:"));
    request.body(file.to_vec())
}

impl Answered {
    /// Fails the test, showing the answer, unless it has this status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    /// Fails the test unless the answer is a problem of this code with its status.
    #[track_caller]
    pub(crate) fn problem(self, status: u16, code: &str) -> Value {
        let problem = self.expect(status);
        assert_eq!(problem.headers["content-type"], "application/problem+json");
        let body = problem.json();
        assert_eq!(body["code"], code, "{body}");
        body
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }
}

/// The value at a JSON Pointer in which a segment `[k=v,k2=v2]` selects the one array element with those members.
pub(crate) fn json_at<'a>(value: &'a Value, pointer: &str) -> Option<&'a Value> {
    let mut here = value;
    for segment in pointer.split('/').skip(1) {
        here = match segment.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            None => here.get(segment).or_else(|| here.get(segment.parse::<usize>().ok()?))?,
            Some(wanted) => {
                let wanted: Vec<(&str, &str)> = wanted.split(',').filter_map(|pair| pair.split_once('=')).collect();
                let fits = |item: &&Value| {
                    wanted.iter().all(|(name, text)| match item.get(name) {
                        Some(Value::String(value)) => value == text,
                        Some(value) => serde_json::from_str::<Value>(text).is_ok_and(|wanted| *value == wanted),
                        None => false,
                    })
                };
                let mut found = here.as_array()?.iter().filter(fits);
                let first = found.next()?;
                assert!(found.next().is_none(), "{segment} selects several elements");
                first
            }
        };
    }
    Some(here)
}
