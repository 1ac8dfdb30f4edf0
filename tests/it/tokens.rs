//! What is good in one place is good nowhere else (S4), and what ends ends everywhere within a second (S9).

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::{Actor, Authenticator, Backend, PASSWORD, TestApp, config, on_both};

const SIGN_IN: &str = "/api/v1/sign-in";

/// Whatever the service hands out to be shown again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Access,
    MfaPending,
    Refresh,
    Device,
    Totp,
    RecoveryCode,
    OneTime,
    Search,
    Cursor,
}

const KINDS: [Kind; 9] = [
    Kind::Access,
    Kind::MfaPending,
    Kind::Refresh,
    Kind::Device,
    Kind::Totp,
    Kind::RecoveryCode,
    Kind::OneTime,
    Kind::Search,
    Kind::Cursor,
];

/// Wherever something is taken that was handed out, and what is taken there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Bearer,
    SecondFactorPending,
    EnrolmentPending,
    Refresh,
    StepUpRefresh,
    StepUpTotp,
    StepUpRecoveryCode,
    SignInDevice,
    SecondFactorTotp,
    SecondFactorRecoveryCode,
    Activation,
    SearchToken,
    Cursor,
}

const PLACES: [(Place, Kind); 13] = [
    (Place::Bearer, Kind::Access),
    (Place::SecondFactorPending, Kind::MfaPending),
    (Place::EnrolmentPending, Kind::MfaPending),
    (Place::Refresh, Kind::Refresh),
    (Place::StepUpRefresh, Kind::Refresh),
    (Place::StepUpTotp, Kind::Totp),
    (Place::StepUpRecoveryCode, Kind::RecoveryCode),
    (Place::SignInDevice, Kind::Device),
    (Place::SecondFactorTotp, Kind::Totp),
    (Place::SecondFactorRecoveryCode, Kind::RecoveryCode),
    (Place::Activation, Kind::OneTime),
    (Place::SearchToken, Kind::Search),
    (Place::Cursor, Kind::Cursor),
];

/// Somebody who holds one of each kind.
struct Holder<'a> {
    app: &'a TestApp,
    who: Actor,
    authenticator: Authenticator,
    mfa: Value,
    admitted: Value,
    activation: Value,
    search: Value,
    cursor: Value,
}

impl<'a> Holder<'a> {
    async fn new(app: &'a TestApp) -> Self {
        let who = app.caseworker("Bakı").await;
        for _ in 0..2 {
            who.register("Nümunə").await;
        }
        let (authenticator, admitted) = Authenticator::enrol(app, &who).await;
        let who = who.with_token(admitted["access_token"].as_str().unwrap());
        let found = who.post("/api/v1/people/search", &json!({ "name": "Nümunə" })).await.expect(200).json();
        let page = who.get("/api/v1/people?limit=1").await.expect(200).json();
        let cursor = page["next"].as_str().unwrap().split_once("after=").unwrap().1;
        app.later(60);
        let colleague = json!({ "email": format!("new.{}", who.email), "display_name": "New",
            "membership": { "role": "auditor" } });
        let administrator = app.administrator().await;
        let invited = administrator.post("/api/v1/accounts", &colleague).await.expect(201).json();
        let activation = invited["activation_code"].clone();
        let pending = who.post(SIGN_IN, &json!({ "email": who.email, "password": PASSWORD })).await.expect(200).json();
        let (mfa, search) = (pending["mfa_token"].clone(), found["search_token"].clone());
        Self { app, who, authenticator, mfa, admitted, activation, search, cursor: json!(cursor) }
    }

    fn of(&self, kind: Kind) -> Value {
        match kind {
            Kind::Access => self.admitted["access_token"].clone(),
            Kind::MfaPending => self.mfa.clone(),
            Kind::Refresh => self.admitted["refresh_token"].clone(),
            Kind::Device => self.admitted["device_token"].clone(),
            Kind::Totp => json!(self.authenticator.shows(self.app.clock.now())),
            Kind::RecoveryCode => self.admitted["recovery_codes"][0].clone(),
            Kind::OneTime => self.activation.clone(),
            Kind::Search => self.search.clone(),
            Kind::Cursor => self.cursor.clone(),
        }
    }

    /// Shows something in a place where everything else is right. Is it taken?
    async fn is_taken(&self, place: Place, shown: &Value) -> bool {
        let second = format!("{SIGN_IN}/second-factor");
        let step_up = format!("{SIGN_IN}/step-up");
        let (mfa, refresh) = (&self.mfa, &self.admitted["refresh_token"]);
        let totp = self.authenticator.shows(self.app.clock.now());
        let (path, body) = match place {
            Place::Bearer => {
                let answer = self.who.with_token(shown.as_str().unwrap()).get("/api/v1/me").await;
                return taken(&answer, 401, "authentication_required");
            }
            Place::Cursor => {
                let answer = self.who.get(&format!("/api/v1/people?limit=1&after={}", shown.as_str().unwrap())).await;
                return taken(&answer, 400, "invalid_cursor");
            }
            Place::SearchToken => {
                let body = json!({ "names": [ { "full_name_as_printed": "Nümunə" } ], "search_token": shown });
                return taken(&self.who.post("/api/v1/people", &body).await, 409, "search_required");
            }
            Place::Activation => {
                let body = json!({ "code": shown, "password": PASSWORD });
                return taken(&self.who.post("/api/v1/activations", &body).await, 422, "validation_failed");
            }
            Place::SignInDevice => {
                let body = json!({ "email": self.who.email, "password": PASSWORD, "device_token": shown });
                let pending = self.who.post(SIGN_IN, &body).await.expect(200).json();
                let body = json!({ "mfa_token": pending["mfa_token"], "totp": totp, "device_token": shown });
                let admitted = self.who.post(&second, &body).await.expect(200).json();
                // A device that is not known gets a name.
                return admitted.get("device_token").is_none();
            }
            Place::SecondFactorPending => (&second, json!({ "mfa_token": shown, "totp": totp })),
            Place::EnrolmentPending => (&format!("{SIGN_IN}/enrolment"), json!({ "mfa_token": shown, "totp": totp })),
            Place::Refresh => (&format!("{SIGN_IN}/refresh"), json!({ "refresh_token": shown })),
            Place::StepUpRefresh => (&step_up, json!({ "refresh_token": shown, "totp": totp })),
            Place::StepUpTotp => (&step_up, json!({ "refresh_token": refresh, "totp": shown })),
            Place::StepUpRecoveryCode => (&step_up, json!({ "refresh_token": refresh, "recovery_code": shown })),
            Place::SecondFactorTotp => (&second, json!({ "mfa_token": mfa, "totp": shown })),
            Place::SecondFactorRecoveryCode => (&second, json!({ "mfa_token": mfa, "recovery_code": shown })),
        };
        taken(&self.who.post(path, &body).await, 401, "sign_in_failed")
    }
}

/// 2xx, or the refusal that this place has.
#[track_caller]
fn taken(answer: &crate::harness::Answered, status: u16, code: &str) -> bool {
    if answer.status.is_success() {
        return true;
    }
    assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (status, &json!(code)), "{}", answer.text);
    false
}

/// How long a token is still taken, up to two seconds.
async fn last_taken(who: &Actor, since: Instant) -> Duration {
    while since.elapsed() < Duration::from_secs(2) {
        let answer = who.get("/api/v1/people").await;
        if answer.status == 401 {
            return since.elapsed();
        }
        answer.expect(200);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    since.elapsed()
}

async fn change(administrator: &Actor, account: &str, body: &Value) {
    let version = administrator.get(account).await.expect(200).json()["version"].clone();
    transition(administrator, account, &version, body).await;
}

async fn transition(administrator: &Actor, path: &str, version: &Value, body: &Value) {
    let with = |request: reqwest::RequestBuilder| {
        let key = uuid::Uuid::new_v4().to_string();
        request.header("if-match", format!("\"v{version}\"")).header("idempotency-key", key)
    };
    administrator.send(reqwest::Method::POST, &format!("{path}/transitions"), Some(body), with).await.expect(200);
}

on_both! {
    async fn each_kind_is_good_in_its_own_places_alone(app: TestApp) {
        for (place, own) in PLACES {
            let holder = Holder::new(&app).await;
            for kind in KINDS.into_iter().filter(|kind| *kind != own) {
                assert!(!holder.is_taken(place, &holder.of(kind)).await, "{kind:?} is taken as {own:?} at {place:?}");
                // Guessed codes are slowed down, and a code of the authenticator works once.
                app.later(31);
            }
            assert!(holder.is_taken(place, &holder.of(own)).await, "{own:?} is refused at {place:?}");
        }
    }

    async fn what_ends_ends_on_every_instance_within_a_second(app: TestApp) {
        let sibling = app.sibling(&config());
        let administrator = app.administrator().await.at(&sibling);
        for what in ["copied", "signed out", "ended", "disabled", "no member"] {
            let officer = app.official("Bakı").await;
            let body = json!({ "email": officer.email, "password": PASSWORD });
            let admitted = officer.post(SIGN_IN, &body).await.expect(200).json();
            let here = officer.with_token(admitted["access_token"].as_str().unwrap());
            let there = here.at(&sibling);
            let me = here.get("/api/v1/me").await.expect(200).json();
            let account = format!("/api/v1/accounts/{}", me["id"].as_str().unwrap());
            let refresh = json!({ "refresh_token": admitted["refresh_token"] });
            if what == "copied" {
                officer.post(&format!("{SIGN_IN}/refresh"), &refresh).await.expect(200);
                app.later(3);
            }
            for instance in [&here, &there] {
                instance.get("/api/v1/people").await.expect(200);
            }
            // Each happens on one instance, and both must learn of it.
            match what {
                // Whoever shows a spent token ends the session.
                "copied" => {
                    officer.post(&format!("{SIGN_IN}/refresh"), &refresh).await.problem(401, "sign_in_failed");
                }
                "signed out" => {
                    there.post("/api/v1/sign-out", &Value::Null).await.expect(200);
                }
                "ended" => {
                    administrator.delete(&format!("{account}/sessions"), 1).await.expect(200);
                }
                "disabled" => {
                    let body = json!({ "to": "disabled", "reason": "left the office" });
                    change(&administrator, &account, &body).await;
                }
                _ => {
                    let membership = administrator.get(&account).await.expect(200).json()["membership"].clone();
                    let path = format!("/api/v1/memberships/{}", membership["id"].as_str().unwrap());
                    let body = json!({ "to": "ended", "reason": "other work" });
                    transition(&administrator, &path, &membership["version"], &body).await;
                }
            }
            let since = Instant::now();
            let (here, there) = tokio::join!(last_taken(&here, since), last_taken(&there, since));
            // A second, and what the last request takes.
            let most = Duration::from_millis(1_200);
            assert!(here <= most && there <= most, "{what}: {here:?} here, {there:?} there");
        }
    }
}

/// Row F16 over HTTP: the wrapper's own tests show tokens that are well signed and wrong; here each byte of a good one is changed.
#[tokio::test]
async fn no_mutant_is_accepted_over_http() {
    let app = TestApp::start(Backend::Sqlite).unwrap();
    let officer = app.caseworker("Bakı").await;
    let original = officer.token.clone().unwrap();
    let mut spent = Vec::new();
    let events = app.database.count("audit_event");
    for (at, byte) in original.bytes().enumerate() {
        let flips = (0..8).map(|bit| byte ^ (1 << bit));
        let others = b"Aa0-_.=/ {\"".iter().copied();
        let one = |byte: u8| [&original.as_bytes()[..at], &[byte], &original.as_bytes()[at + 1..]].concat();
        let changed = flips.chain(others).filter(|other| *other != byte).map(one);
        let cut =
            [original.as_bytes()[..at].to_vec(), [&original.as_bytes()[..at], &original.as_bytes()[at + 1..]].concat()];
        for mutant in changed.chain(cut) {
            let header = [b"Bearer ".as_slice(), &mutant].concat();
            // What is no header at all, no server is sent.
            let Ok(header) = reqwest::header::HeaderValue::from_bytes(&header) else { continue };
            let begun = Instant::now();
            let with = |request: reqwest::RequestBuilder| request.header("authorization", header);
            let refused = app.nobody().send(reqwest::Method::GET, "/api/v1/me", None, with).await;
            spent.push(begun.elapsed());
            refused.problem(401, "authentication_required");
        }
    }
    for length in [4097, 8 << 10, 1 << 20] {
        let url = format!("http://{}/api/v1/me", app.address);
        // Of its own, because its connection is cut.
        let client = reqwest::Client::new();
        match client.get(url).bearer_auth("A".repeat(length)).send().await {
            Ok(refused) => assert!(refused.status().is_client_error(), "{length}: {}", refused.status()),
            // A head that is longer than any is cut off while it is still being sent, sometimes before the answer can be read.
            Err(cut_off) => assert!(length == 1 << 20 && cut_off.is_request(), "{length}: {cut_off}"),
        }
    }
    assert_eq!(app.database.count("audit_event"), events);
    officer.get("/api/v1/me").await.expect(200);
    spent.sort();
    println!("{} mutants, 0 accepted, p99 {:?}", spent.len(), spent[spent.len() * 99 / 100]);
    assert!(spent.len() >= 10_000, "only {}", spent.len());
}
