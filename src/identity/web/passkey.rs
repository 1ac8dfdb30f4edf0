//! Signing in with a passkey as the second factor. What a browser needs and gives is passed on as it is.

use secrecy::SecretString;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::super::ops::passkey::{self, Answered};
use super::super::ops::sign_in;
use super::sign_in::{Secret, TokenView, answer, house, pending, proof};
use crate::access::factor::Proof;
use crate::access::passkey::{Assertion, Challenge, LIFE_S, Registration, RelyingParty};
use crate::error::Result;
use crate::http::{Answer, Endpoint, Fields, Input, Json, Line, Member, Method, SignIn, endpoint};
use crate::id::ChallengeId;

/// The operations of signing in with a passkey.
pub(super) fn endpoints() -> Vec<Endpoint> {
    let enrolment = "/api/v1/sign-in/passkey/enrolment";
    vec![
        endpoint(
            Method::POST,
            "/api/v1/sign-in/passkey/challenge",
            "challengePasskey",
            "Get a challenge for one of the account's passkeys",
            challenge,
        ),
        endpoint(Method::POST, "/api/v1/sign-in/passkey", "showPasskey", "Finish signing in with a passkey", show),
        endpoint(Method::POST, enrolment, "enrolPasskey", "Get a challenge for a new passkey", enrol),
        endpoint(
            Method::POST,
            "/api/v1/sign-in/passkey/enrolment/confirmation",
            "confirmPasskey",
            "Register a new passkey and sign in",
            confirm,
        ),
    ]
}

impl Member for ChallengeId {
    fn parse(value: &Value) -> Result<Self, (&'static str, String)> {
        let id = value.as_str().and_then(|text| text.parse().ok());
        id.ok_or_else(|| ("not_an_id", "The challenge_id of the answer with the options is expected here.".to_owned()))
    }

    fn schema() -> Value {
        json!({ "type": "string", "format": "uuid" })
    }
}

/// What a browser's `PublicKeyCredential.toJSON()` gives.
fn credential<T>(value: &Value, parse: fn(&Value) -> Option<T>) -> Result<T, (&'static str, String)> {
    parse(value)
        .ok_or_else(|| ("not_a_credential", "What PublicKeyCredential.toJSON() gives is expected here.".to_owned()))
}

impl Member for Assertion {
    fn parse(value: &Value) -> Result<Self, (&'static str, String)> {
        credential(value, Self::parse)
    }

    fn schema() -> Value {
        json!({ "type": "object", "description": "AuthenticationResponseJSON of WebAuthn" })
    }
}

impl Member for Registration {
    fn parse(value: &Value) -> Result<Self, (&'static str, String)> {
        credential(value, Self::parse)
    }

    fn schema() -> Value {
        json!({ "type": "object", "description": "RegistrationResponseJSON of WebAuthn" })
    }
}

fn mfa_token(fields: &mut Fields<'_>) -> Option<SecretString> {
    fields.required::<Secret>("mfa_token", "The mfa_token that sign-in answered with.").map(|token| token.0)
}

/// The authenticator's answer.
fn answered<A: Member>(fields: &mut Fields<'_>) -> Option<Answered<A>> {
    let challenge = fields.required::<ChallengeId>("challenge_id", "The challenge_id that came with the options.");
    let credential = fields.required::<A>("credential", "What the authenticator gave.");
    let device = fields.optional::<Secret>("device_token", "The device_token an earlier sign-in answered with.");
    Some(Answered { challenge: challenge?, credential: credential?, device: device.map(|device| device.0) })
}

struct Asked(SecretString);

impl Input for Asked {
    const NAME: &'static str = "PasskeyChallenge";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        mfa_token(fields).map(Self)
    }
}

struct Shown {
    mfa_token: SecretString,
    answered: Answered<Assertion>,
}

impl Input for Shown {
    const NAME: &'static str = "Passkey";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let (mfa_token, answered) = (mfa_token(fields), answered(fields));
        Some(Self { mfa_token: mfa_token?, answered: answered? })
    }
}

struct Enrolment {
    mfa_token: SecretString,
    proof: Option<Proof>,
}

impl Input for Enrolment {
    const NAME: &'static str = "PasskeyEnrolment";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let (mfa_token, proof) = (mfa_token(fields), proof(fields, None));
        Some(Self { mfa_token: mfa_token?, proof })
    }
}

struct Confirmation {
    mfa_token: SecretString,
    answered: Answered<Registration>,
    name: Option<String>,
}

impl Input for Confirmation {
    const NAME: &'static str = "PasskeyConfirmation";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let (mfa_token, answered) = (mfa_token(fields), answered(fields));
        let name = fields.optional::<Line>("name", "How the person calls this passkey.");
        Some(Self { mfa_token: mfa_token?, answered: answered?, name: name.map(|name| name.0) })
    }
}

/// What the browser hands to the authenticator.
#[derive(Debug, Serialize, ToSchema)]
struct ChallengeView {
    /// Send it with the authenticator's answer. It works once.
    #[schema(value_type = String, format = Uuid)]
    challenge_id: ChallengeId,
    /// For `navigator.credentials`, as JSON.
    #[schema(value_type = Object)]
    options: Value,
    /// Seconds until it is too late.
    expires_in: i64,
}

impl ChallengeView {
    fn of(challenge: Option<Challenge>) -> Result<Answer<Self>> {
        let Challenge { id, options } = challenge.ok_or_else(sign_in::failed)?;
        Answer::ok(&Self { challenge_id: id, options, expires_in: LIFE_S })
    }
}

/// Where passkeys are switched off, nobody has one that is good here.
fn party(door: &SignIn) -> Result<RelyingParty> {
    door.app().limits.relying_party.clone().ok_or_else(sign_in::failed)
}

async fn challenge(door: SignIn, Json(Asked(token)): Json<Asked>) -> Result<Answer<ChallengeView>> {
    let (claims, party) = (pending(&door, &token)?, party(&door)?);
    ChallengeView::of(door.write(move |tx| passkey::challenge(tx, &claims, &party)).await?)
}

async fn show(door: SignIn, Json(shown): Json<Shown>) -> Result<Answer<TokenView>> {
    let (claims, party, house) = (pending(&door, &shown.mfa_token)?, party(&door)?, house(&door));
    let answered = shown.answered;
    let outcome = door.write(move |tx| passkey::by_passkey(tx, &claims, &party, &answered, house)).await?;
    answer(&door, outcome)
}

async fn enrol(door: SignIn, Json(asked): Json<Enrolment>) -> Result<Answer<ChallengeView>> {
    let (claims, party, house) = (pending(&door, &asked.mfa_token)?, party(&door)?, house(&door));
    let proof = asked.proof;
    ChallengeView::of(door.write(move |tx| passkey::offer(tx, &claims, &party, proof.as_ref(), house)).await?)
}

async fn confirm(door: SignIn, Json(confirmation): Json<Confirmation>) -> Result<Answer<TokenView>> {
    let (claims, party) = (pending(&door, &confirmation.mfa_token)?, party(&door)?);
    let Confirmation { answered, name, .. } = confirmation;
    let outcome = door.write(move |tx| passkey::confirm(tx, &claims, &party, &answered, name.as_deref())).await?;
    answer(&door, outcome)
}
