//! Passkeys as a second factor, with an authenticator of our own that can also do what no honest one does (row M6).

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sakin::access::policy::Role;
use sakin::config::Config;
use serde_json::{Value, json};

use crate::harness::{Actor, Backend, PASSWORD, Sibling, TestApp, config, on_both};

const SIGN_IN: &str = "/api/v1/sign-in";
const PASSKEY: &str = "/api/v1/sign-in/passkey";
const STEP_UP: &str = "/api/v1/sign-in/step-up";
const OWN: &str = "/api/v1/me/passkeys";
const OWN_CHALLENGES: &str = "/api/v1/me/passkeys/challenges";
const ORIGIN: &str = "https://sakin.example";
const HOST: &str = "sakin.example";

const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const HAS_CREDENTIAL: u8 = 0x40;

/// One passkey on an authenticator that says what it is told to say.
struct Authenticator {
    key: EcdsaKeyPair,
    id: Vec<u8>,
    counter: u32,
    origin: &'static str,
    host: &'static str,
    flags: u8,
}

fn b64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// CBOR (RFC 8949): a head of a major type with a small number.
fn head(major: u8, number: usize) -> Vec<u8> {
    let major = major << 5;
    match number {
        0..24 => vec![major | u8::try_from(number).unwrap()],
        24..256 => vec![major | 0x18, u8::try_from(number).unwrap()],
        _ => [vec![major | 0x19], u16::try_from(number).unwrap().to_be_bytes().to_vec()].concat(),
    }
}

fn text(text: &str) -> Vec<u8> {
    [head(3, text.len()), text.as_bytes().to_vec()].concat()
}

fn bytes(bytes: &[u8]) -> Vec<u8> {
    [head(2, bytes.len()), bytes.to_vec()].concat()
}

impl Authenticator {
    fn new() -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let id = uuid::Uuid::new_v4().as_bytes().to_vec();
        Self { key, id, counter: 1, origin: ORIGIN, host: HOST, flags: USER_PRESENT | USER_VERIFIED }
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let challenge = &options["publicKey"]["challenge"];
        json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false }).to_string().into()
    }

    /// The hash of the site's name, flags, counter.
    fn data(&self, flags: u8) -> Vec<u8> {
        let host = digest(&SHA256, self.host.as_bytes());
        [host.as_ref(), &[self.flags | flags], &self.counter.to_be_bytes()].concat()
    }

    /// A new credential: the public key as COSE (RFC 9053), no attestation.
    fn registers(&self, options: &Value) -> Value {
        let point = self.key.public_key().as_ref();
        let (x, y) = (bytes(&point[1..33]), bytes(&point[33..65]));
        let key = [vec![0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21], x, vec![0x22], y].concat();
        let length = u16::try_from(self.id.len()).unwrap().to_be_bytes();
        let data = [self.data(HAS_CREDENTIAL), vec![0; 16], length.to_vec(), self.id.clone(), key].concat();
        let object =
            [head(5, 3), text("fmt"), text("none"), text("attStmt"), head(5, 0), text("authData"), bytes(&data)];
        json!({
            "id": b64(&self.id), "rawId": b64(&self.id), "type": "public-key", "clientExtensionResults": {},
            "authenticatorAttachment": "cross-platform",
            "response": {
                "clientDataJSON": b64(&self.client_data("webauthn.create", options)),
                "attestationObject": b64(&object.concat()),
                "transports": ["usb"],
            },
        })
    }

    /// A signature over a challenge; the counter goes on, if there is one.
    fn signs(&mut self, options: &Value) -> Value {
        self.counter += u32::from(self.counter > 0);
        let (data, client) = (self.data(0), self.client_data("webauthn.get", options));
        let signed = [data.as_slice(), digest(&SHA256, &client).as_ref()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        json!({
            "id": b64(&self.id), "rawId": b64(&self.id), "type": "public-key", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": b64(&client),
                "authenticatorData": b64(&data),
                "signature": b64(signature.as_ref()),
                "userHandle": null,
            },
        })
    }
}

/// Settings with passkeys switched on.
fn with_passkeys() -> Config {
    let mut config = config();
    let set = [("SAKIN_AUTH_PASSKEY_ORIGIN".to_owned(), ORIGIN.to_owned())];
    config.auth.passkey_origin = Config::load(None, &[], set.into_iter()).unwrap().auth.passkey_origin;
    config
}

/// Somebody at an instance that takes passkeys.
async fn officer(app: &TestApp) -> (Sibling, Actor) {
    let site = app.sibling(&with_passkeys());
    let officer = app.official("Bakı").await.at(&site);
    (site, officer)
}

/// The right password. Answers with what is missing.
async fn password(who: &Actor) -> Value {
    let asked = json!({ "email": who.email, "password": PASSWORD, "enrol_second_factor": true });
    who.post(SIGN_IN, &asked).await.expect(200).json()
}

async fn offered(who: &Actor, mfa: &Value) -> Value {
    who.post(&format!("{PASSKEY}/enrolment"), &json!({ "mfa_token": mfa })).await.expect(200).json()
}

fn answer(mfa: &Value, challenge: &Value, credential: &Value) -> Value {
    json!({ "mfa_token": mfa, "challenge_id": challenge["challenge_id"], "credential": credential })
}

/// Registers a passkey. Answers with it and the last answer.
async fn enrol(who: &Actor) -> (Authenticator, Value) {
    let pending = password(who).await;
    assert_eq!(pending["second_factor"], "enrolment");
    let (mfa, authenticator) = (&pending["mfa_token"], Authenticator::new());
    let offer = offered(who, mfa).await;
    let mut body = answer(mfa, &offer, &authenticator.registers(&offer["options"]));
    body["name"] = "Açar 1".into();
    let admitted = who.post(&format!("{PASSKEY}/enrolment/confirmation"), &body).await.expect(200).json();
    (authenticator, admitted)
}

/// Password, then a challenge.
async fn challenged(who: &Actor) -> (Value, Value) {
    let pending = password(who).await;
    assert_eq!(pending["second_factor"], "passkey", "{pending}");
    let mfa = pending["mfa_token"].clone();
    let challenge = who.post(&format!("{PASSKEY}/challenge"), &json!({ "mfa_token": mfa })).await.expect(200).json();
    (mfa, challenge)
}

/// A challenge for a further passkey.
async fn ask_for_another(who: &Actor) -> Value {
    let key = uuid::Uuid::new_v4().to_string();
    let with_key = |request: reqwest::RequestBuilder| request.header("idempotency-key", key);
    who.send(reqwest::Method::POST, OWN_CHALLENGES, None, with_key).await.expect(200).json()
}

/// One try to sign in with a passkey. True if it opens.
async fn opens(app: &TestApp, who: &Actor, authenticator: &mut Authenticator) -> bool {
    // Failures before this one are paid for.
    app.later(60);
    let (mfa, challenge) = challenged(who).await;
    let signed = authenticator.signs(&challenge["options"]);
    let tried = who.post(PASSKEY, &answer(&mfa, &challenge, &signed)).await;
    if tried.status.as_u16() == 200 {
        return true;
    }
    tried.problem(401, "sign_in_failed");
    false
}

on_both! {
    async fn a_passkey_is_registered_and_opens(app: TestApp) {
        let (_site, officer) = officer(&app).await;
        let (mut authenticator, admitted) = enrol(&officer).await;
        assert_eq!(admitted["recovery_codes"].as_array().unwrap().len(), 10);
        officer.with_token(admitted["access_token"].as_str().unwrap()).get("/api/v1/me").await.expect(200);
        let (mfa, challenge) = challenged(&officer).await;
        let options = &challenge["options"]["publicKey"];
        assert_eq!((&options["rpId"], &options["userVerification"]), (&json!(HOST), &json!("required")));
        assert!(URL_SAFE_NO_PAD.decode(options["challenge"].as_str().unwrap()).unwrap().len() >= 16);
        let signed = authenticator.signs(&challenge["options"]);
        let again = answer(&mfa, &challenge, &signed);
        let admitted = officer.post(PASSKEY, &again).await.expect(200).json();
        officer.with_token(admitted["access_token"].as_str().unwrap()).get("/api/v1/me").await.expect(200);
        // The same answer a second time, and another answer to the same challenge.
        officer.post(PASSKEY, &again).await.problem(401, "sign_in_failed");
        app.later(60);
        let another = authenticator.signs(&challenge["options"]);
        officer.post(PASSKEY, &answer(&mfa, &challenge, &another)).await.problem(401, "sign_in_failed");
        assert!(opens(&app, &officer, &mut authenticator).await);
        // What the database keeps is sealed: neither the key's algorithm nor the challenge's can be read. Bytes are shown as hex.
        let rows = app.database.contents();
        let es256 = "4553323536";
        assert!(!rows["passkey"].contains(es256) && !rows["passkey_challenge"].contains(es256), "{rows:?}");
    }

    async fn what_an_authenticator_must_not_say_is_refused(app: TestApp) {
        let (_site, officer) = officer(&app).await;
        let (mut key, _) = enrol(&officer).await;
        key.origin = "https://sakin.example.evil.example";
        assert!(!opens(&app, &officer, &mut key).await, "wrong origin");
        key.origin = "http://sakin.example";
        assert!(!opens(&app, &officer, &mut key).await, "no TLS");
        key.origin = "https://sub.sakin.example";
        assert!(!opens(&app, &officer, &mut key).await, "another host below");
        key.origin = ORIGIN;
        key.host = "evil.example";
        assert!(!opens(&app, &officer, &mut key).await, "wrong relying party");
        key.host = HOST;
        key.flags = USER_PRESENT;
        assert!(!opens(&app, &officer, &mut key).await, "user not verified");
        key.flags = USER_VERIFIED;
        assert!(!opens(&app, &officer, &mut key).await, "user not present");
        key.flags = USER_PRESENT | USER_VERIFIED;
        assert!(opens(&app, &officer, &mut key).await, "and nothing else was wrong");
        let own = std::mem::replace(&mut key.key, Authenticator::new().key);
        assert!(!opens(&app, &officer, &mut key).await, "another key");
        key.key = own;
        assert!(opens(&app, &officer, &mut key).await);
    }

    async fn a_counter_that_does_not_go_on_is_refused(app: TestApp) {
        let (_site, officer) = officer(&app).await;
        let (mut key, _) = enrol(&officer).await;
        key.counter = 7;
        assert!(opens(&app, &officer, &mut key).await, "8");
        key.counter = 7;
        assert!(!opens(&app, &officer, &mut key).await, "8 again");
        key.counter = 2;
        assert!(!opens(&app, &officer, &mut key).await, "3");
        key.counter = 8;
        assert!(opens(&app, &officer, &mut key).await, "9");
    }

    /// The counter in what the challenge remembers is old when another challenge was answered meanwhile.
    async fn a_copy_that_waited_with_an_older_challenge_is_refused(app: TestApp) {
        let (_site, officer) = officer(&app).await;
        let (mut key, _) = enrol(&officer).await;
        let (early_mfa, early) = challenged(&officer).await;
        let copy = key.signs(&early["options"]);
        key.counter = 10;
        assert!(opens(&app, &officer, &mut key).await);
        officer.post(PASSKEY, &answer(&early_mfa, &early, &copy)).await.problem(401, "sign_in_failed");
    }

    async fn authenticators_without_a_counter_say_nought_for_ever(app: TestApp) {
        let (_site, officer) = officer(&app).await;
        let pending = password(&officer).await;
        let (mfa, mut key) = (&pending["mfa_token"], Authenticator { counter: 0, ..Authenticator::new() });
        let offer = offered(&officer, mfa).await;
        let body = answer(mfa, &offer, &key.registers(&offer["options"]));
        officer.post(&format!("{PASSKEY}/enrolment/confirmation"), &body).await.expect(200);
        for _ in 0..2 {
            assert!(opens(&app, &officer, &mut key).await);
        }
    }

    async fn a_challenge_is_good_for_one_sign_in_for_five_minutes(app: TestApp) {
        let (_site, officer) = officer(&app).await;
        let (mut key, _) = enrol(&officer).await;
        let (mfa, challenge) = challenged(&officer).await;
        let fresh = password(&officer).await["mfa_token"].clone();
        let signed = key.signs(&challenge["options"]);
        officer.post(PASSKEY, &answer(&fresh, &challenge, &signed)).await.problem(401, "sign_in_failed");
        app.later(2);
        officer.post(PASSKEY, &answer(&mfa, &challenge, &signed)).await.expect(200);
        // The token that says that the password was right would end first: the clock is turned for the challenge alone.
        let pending = password(&officer).await["mfa_token"].clone();
        let asked = json!({ "mfa_token": pending });
        let late = officer.post(&format!("{PASSKEY}/challenge"), &asked).await.expect(200).json();
        assert_eq!(late["expires_in"], 300);
        app.database.execute("UPDATE passkey_challenge SET expires_at = expires_at - 300000000").unwrap();
        let signed = key.signs(&late["options"]);
        officer.post(PASSKEY, &answer(&pending, &late, &signed)).await.problem(401, "sign_in_failed");
    }

    async fn another_s_passkey_opens_nothing(app: TestApp) {
        let (site, victim) = officer(&app).await;
        let thief = app.official("Bakı").await.at(&site);
        let (_own, _) = enrol(&victim).await;
        let (mut foreign, _) = enrol(&thief).await;
        assert!(!opens(&app, &victim, &mut foreign).await);
        // The thief's own challenge, answered by the thief, under the victim's token.
        let (victims, _) = challenged(&victim).await;
        let (_, thiefs) = challenged(&thief).await;
        let signed = foreign.signs(&thiefs["options"]);
        app.later(60);
        victim.post(PASSKEY, &answer(&victims, &thiefs, &signed)).await.problem(401, "sign_in_failed");
        // The id of a passkey that is somebody's already is nobody else's.
        let newcomer = app.official("Bakı").await.at(&site);
        let mfa = password(&newcomer).await["mfa_token"].clone();
        let offer = offered(&newcomer, &mfa).await;
        let body = answer(&mfa, &offer, &foreign.registers(&offer["options"]));
        let confirmation = format!("{PASSKEY}/enrolment/confirmation");
        newcomer.post(&confirmation, &body).await.problem(401, "sign_in_failed");
    }

    async fn whoever_has_a_factor_proves_it_before_there_is_another(app: TestApp) {
        let (_site, officer) = officer(&app).await;
        let early = password(&officer).await["mfa_token"].clone();
        let early_offer = offered(&officer, &early).await;
        let (_key, admitted) = enrol(&officer).await;
        // A challenge from before there was a factor registers none later, under whichever token.
        let (mfa, _) = challenged(&officer).await;
        let stranger = Authenticator::new();
        let confirmation = format!("{PASSKEY}/enrolment/confirmation");
        for token in [&early, &mfa] {
            let body = answer(token, &early_offer, &stranger.registers(&early_offer["options"]));
            officer.post(&confirmation, &body).await.problem(401, "sign_in_failed");
        }
        let enrolment = format!("{PASSKEY}/enrolment");
        officer.post(&enrolment, &json!({ "mfa_token": mfa })).await.problem(401, "sign_in_failed");
        officer.post(&format!("{SIGN_IN}/enrolment"), &json!({ "mfa_token": mfa })).await.problem(401, "sign_in_failed");
        let with_code = json!({ "mfa_token": mfa, "recovery_code": admitted["recovery_codes"][0] });
        let offer = officer.post(&enrolment, &with_code).await.expect(200).json();
        assert_eq!(offer["options"]["publicKey"]["excludeCredentials"].as_array().unwrap().len(), 1);
        let mut second = Authenticator::new();
        let body = answer(&mfa, &offer, &second.registers(&offer["options"]));
        officer.post(&confirmation, &body).await.expect(200);
        assert!(opens(&app, &officer, &mut second).await);
    }

    async fn a_passkey_proves_again_who_one_is(app: TestApp) {
        let (_site, officer) = officer(&app).await;
        let (mut key, admitted) = enrol(&officer).await;
        let mut refresh = admitted["refresh_token"].clone();
        app.later(301);
        let again = json!({ "file_number": "2345-6789-AB", "purpose": "emergency", "reason": "The police asks." });
        let stale = officer.post(&format!("{SIGN_IN}/refresh"), &json!({ "refresh_token": refresh })).await.expect(200).json();
        let session = officer.with_token(stale["access_token"].as_str().unwrap());
        session.post("/api/v1/access-grants", &again).await.problem(401, "step_up_required");
        refresh = stale["refresh_token"].clone();
        // A passkey of a sign-in is none of a session, and a wrong one spends nothing.
        let (_, of_sign_in) = challenged(&officer).await;
        let signed = key.signs(&of_sign_in["options"]);
        let body = json!({ "refresh_token": refresh, "challenge_id": of_sign_in["challenge_id"], "credential": signed });
        officer.post(&format!("{STEP_UP}/passkey"), &body).await.problem(401, "sign_in_failed");
        app.later(60);
        let asked = json!({ "refresh_token": refresh });
        let challenge = officer.post(&format!("{STEP_UP}/passkey/challenge"), &asked).await.expect(200).json();
        let signed = key.signs(&challenge["options"]);
        let body = json!({ "refresh_token": refresh, "challenge_id": challenge["challenge_id"], "credential": signed });
        let fresh = officer.post(&format!("{STEP_UP}/passkey"), &body).await.expect(200).json();
        let session = officer.with_token(fresh["access_token"].as_str().unwrap());
        let refused = session.post("/api/v1/access-grants", &again).await;
        assert_ne!(refused.status.as_u16(), 401, "{}", refused.text);
    }

    async fn passkeys_are_listed_added_and_removed(app: TestApp) {
        let (_site, officer) = officer(&app).await;
        // The first factor comes with recovery codes, when signing in.
        let key = |request: reqwest::RequestBuilder| request.header("idempotency-key", "k");
        let none = officer.send(reqwest::Method::POST, OWN_CHALLENGES, None, key).await;
        assert_eq!(none.problem(409, "invalid_transition")["state"], "no_factor");
        let (mut first, admitted) = enrol(&officer).await;
        let elsewhere = officer.with_token(admitted["access_token"].as_str().unwrap());
        let (mfa, challenge) = challenged(&officer).await;
        let signed = first.signs(&challenge["options"]);
        let here = officer.post(PASSKEY, &answer(&mfa, &challenge, &signed)).await.expect(200).json();
        let here = officer.with_token(here["access_token"].as_str().unwrap());

        app.later(1);
        let offer = ask_for_another(&here).await;
        let mut second = Authenticator::new();
        let wrong = Authenticator { origin: "https://evil.example", ..Authenticator::new() };
        let body = |offer: &Value, key: &Authenticator| {
            json!({ "challenge_id": offer["challenge_id"], "credential": key.registers(&offer["options"]), "name": "Açar 2" })
        };
        here.post(OWN, &body(&offer, &wrong)).await.problem(422, "validation_failed");
        let added = here.post(OWN, &body(&offer, &second)).await.expect(201).json();
        assert_eq!(added["name"], "Açar 2");
        here.post(OWN, &body(&offer, &Authenticator::new())).await.problem(422, "validation_failed");
        elsewhere.get("/api/v1/me").await.problem(401, "authentication_required");
        let factors = here.get("/api/v1/me/factors").await.expect(200).json();
        let names: Vec<_> = factors["passkeys"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
        assert_eq!((names, &factors["totp"]), (vec!["Açar 1", "Açar 2"], &json!(false)));
        assert_eq!(factors["recovery_codes"], 10);
        assert!(opens(&app, &officer, &mut second).await);

        let of_first = factors["passkeys"][0]["id"].as_str().unwrap();
        here.send(reqwest::Method::DELETE, &format!("{OWN}/{of_first}"), None, |request| request).await.expect(200);
        here.send(reqwest::Method::DELETE, &format!("{OWN}/{of_first}"), None, |request| request)
            .await
            .problem(404, "not_found");
        assert!(!opens(&app, &officer, &mut first).await, "it is gone");
        assert!(opens(&app, &officer, &mut second).await);
    }

    async fn administrators_and_auditors_need_a_passkey(app: TestApp) {
        let mut strict = with_passkeys();
        strict.auth.second_factor = sakin::config::SecondFactor::Required;
        let site = app.sibling(&strict);
        for role in [Role::Administrator, Role::Auditor] {
            let who = app.actor(role, "Bakı").await.at(&site);
            let mut pending = password(&who).await;
            assert_eq!(pending["second_factor"], "passkey_enrolment");
            let asked = json!({ "mfa_token": pending["mfa_token"] });
            who.post(&format!("{SIGN_IN}/enrolment"), &asked).await.problem(401, "sign_in_failed");
            let offer = offered(&who, &pending["mfa_token"]).await;
            let mut key = Authenticator::new();
            let body = answer(&pending["mfa_token"], &offer, &key.registers(&offer["options"]));
            let confirmation = format!("{PASSKEY}/enrolment/confirmation");
            let admitted = who.post(&confirmation, &body).await.expect(200).json();

            // A recovery code is for the way to another passkey, and opens nothing by itself.
            pending = password(&who).await;
            assert_eq!(pending["second_factor"], "passkey");
            let code = json!({ "mfa_token": pending["mfa_token"], "recovery_code": admitted["recovery_codes"][0] });
            who.post(&format!("{SIGN_IN}/second-factor"), &code).await.problem(401, "sign_in_failed");
            let code = json!({ "refresh_token": admitted["refresh_token"], "recovery_code": admitted["recovery_codes"][0] });
            who.post(STEP_UP, &code).await.problem(401, "sign_in_failed");
            let code = json!({ "mfa_token": pending["mfa_token"], "recovery_code": admitted["recovery_codes"][0] });
            who.post(&format!("{PASSKEY}/enrolment"), &code).await.expect(200);
            assert!(opens(&app, &who, &mut key).await);

            // The last one stays.
            let session = who.with_token(admitted["access_token"].as_str().unwrap());
            let factors = session.get("/api/v1/me/factors").await.expect(200).json();
            let path = format!("{OWN}/{}", factors["passkeys"][0]["id"].as_str().unwrap());
            let kept = session.send(reqwest::Method::DELETE, &path, None, |request| request).await;
            assert_eq!(kept.problem(409, "invalid_transition")["state"], "last_factor");
        }
        let officer = app.official("Bakı").await.at(&site);
        assert_eq!(password(&officer).await["second_factor"], "enrolment");
        let applicant = app.actor(Role::Applicant, "Bakı").await.at(&site);
        let body = json!({ "email": applicant.email, "password": PASSWORD });
        assert!(applicant.post(SIGN_IN, &body).await.expect(200).json()["access_token"].is_string());
    }

    async fn registration_takes_nothing_wrong_either(app: TestApp) {
        let (_site, officer) = officer(&app).await;
        let honest = Authenticator::new;
        for (wrong, why) in [
            (Authenticator { origin: "https://evil.example", ..honest() }, "wrong origin"),
            (Authenticator { host: "evil.example", ..honest() }, "wrong relying party"),
            (Authenticator { flags: USER_PRESENT, ..honest() }, "user not verified"),
        ] {
            let mfa = password(&officer).await["mfa_token"].clone();
            let offer = offered(&officer, &mfa).await;
            let body = answer(&mfa, &offer, &wrong.registers(&offer["options"]));
            let confirmation = format!("{PASSKEY}/enrolment/confirmation");
            let refused = officer.post(&confirmation, &body).await;
            assert_eq!(refused.status.as_u16(), 401, "{why}");
            // What was wrong once is not right the second time: the challenge is spent.
            let right = answer(&mfa, &offer, &honest().registers(&offer["options"]));
            officer.post(&confirmation, &right).await.problem(401, "sign_in_failed");
        }
        assert_eq!(app.database.count("passkey"), 0);
    }

    async fn what_is_no_credential_is_a_fault_of_shape(app: TestApp) {
        let (_site, officer) = officer(&app).await;
        let body = json!({ "mfa_token": "x", "challenge_id": "x", "credential": { "id": 1 } });
        let problem = officer.post(PASSKEY, &body).await.problem(422, "validation_failed");
        let pointers: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|fault| &fault["pointer"]).collect();
        assert_eq!(pointers, ["/challenge_id", "/credential"]);
    }
}

/// Where no origin is set, a passkey opens nothing; the recovery codes still do, and a password alone never.
#[tokio::test]
async fn where_passkeys_are_switched_off_the_recovery_codes_are_left() {
    let app = TestApp::start(Backend::Sqlite).unwrap();
    let (_site, at_site) = officer(&app).await;
    let (_key, admitted) = enrol(&at_site).await;
    let mut officer = app.nobody();
    officer.email.clone_from(&at_site.email);
    let mfa = password(&officer).await["mfa_token"].clone();
    assert!(mfa.is_string());
    officer.post(&format!("{PASSKEY}/challenge"), &json!({ "mfa_token": mfa })).await.problem(401, "sign_in_failed");
    let code = json!({ "mfa_token": mfa, "recovery_code": admitted["recovery_codes"][0] });
    officer.post(&format!("{SIGN_IN}/second-factor"), &code).await.expect(200);
}
