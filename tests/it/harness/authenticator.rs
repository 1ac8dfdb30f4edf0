//! What shows the codes of a second factor.

use sakin::clock::Instant;
use serde_json::{Value, json};
use totp_rs::Totp;

use super::{Actor, Answered, PASSWORD, TestApp};

/// An authenticator that was given an `otpauth:` address.
pub(crate) struct Authenticator(Totp);

impl Authenticator {
    pub(crate) fn of(enrolment: &Answered) -> Self {
        let uri = enrolment.json()["otpauth_uri"].as_str().unwrap().to_owned();
        Self(Totp::from_url(uri).unwrap())
    }

    /// Signs in where a second factor is wanted, takes one and confirms it. Answers with the authenticator and the last answer.
    pub(crate) async fn enrol(app: &TestApp, who: &Actor) -> (Self, Value) {
        let asked = json!({ "email": who.email, "password": PASSWORD, "enrol_second_factor": true });
        let pending = who.post("/api/v1/sign-in", &asked).await.expect(200).json();
        assert_eq!(pending["second_factor"], "enrolment");
        assert!(pending.get("access_token").is_none(), "{pending}");
        let mfa = json!({ "mfa_token": pending["mfa_token"] });
        let authenticator = Self::of(&who.post("/api/v1/sign-in/enrolment", &mfa).await.expect(200));
        let code = authenticator.shows(app.clock.now());
        let confirm = json!({ "mfa_token": pending["mfa_token"], "totp": code });
        let admitted = who.post("/api/v1/sign-in/second-factor", &confirm).await.expect(200).json();
        (authenticator, admitted)
    }

    pub(crate) fn shows(&self, at: Instant) -> String {
        self.0.generate(at.unix_seconds()).to_string()
    }

    /// A code that is wrong now, a step before and a step after.
    pub(crate) fn does_not_show(&self, at: Instant) -> String {
        let near: Vec<String> = [-30, 0, 30].map(|seconds| self.shows(at.plus_seconds(seconds))).to_vec();
        (0..=3).map(|number| format!("{number:06}")).find(|code| !near.contains(code)).unwrap()
    }
}
