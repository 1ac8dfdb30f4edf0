//! Signing in with a passkey as the second factor. What a browser needs and gives is passed on as it is.

use secrecy::SecretString;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::super::ops::passkey::{self, Answered};
use super::super::ops::sign_in;
use super::factors::PasskeyView;
use super::sign_in::{Refresh, Secret, TokenView, answer, house_of, pending, proof};
use crate::access::factor::Proof;
use crate::access::passkey::{Assertion, Challenge, LIFE_S, Registration, RelyingParty};
use crate::access::policy::OwnFactors;
use crate::db::WriteTx;
use crate::error::{Error, Result};
use crate::http::{Answer, Ctx, Done, Endpoint, Fields, Input, Json, Line, Member, Method, SignIn, endpoint};
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
        endpoint(
            Method::POST,
            "/api/v1/sign-in/step-up/passkey/challenge",
            "challengeAgain",
            "Get a challenge to prove again who one is",
            challenge_again,
        ),
        endpoint(
            Method::POST,
            "/api/v1/sign-in/step-up/passkey",
            "stepUpByPasskey",
            "Prove again who one is, with a passkey",
            step_up,
        ),
        endpoint(
            Method::POST,
            "/api/v1/me/passkeys/challenges",
            "offerPasskey",
            "Get a challenge for a further passkey",
            offer_another,
        )
        .making_nothing()
        .refusing(&[404]),
        endpoint(Method::POST, "/api/v1/me/passkeys", "addPasskey", "Add a further passkey", add).refusing(&[404]),
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

struct ShownAgain {
    refresh_token: SecretString,
    answered: Answered<Assertion>,
}

impl Input for ShownAgain {
    const NAME: &'static str = "PasskeyStepUp";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let (token, answered) = (Refresh::read(fields), answered(fields));
        Some(Self { refresh_token: token?.0, answered: answered? })
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

/// A new passkey, and how its holder calls it.
struct Registered {
    answered: Answered<Registration>,
    name: Option<String>,
}

impl Input for Registered {
    const NAME: &'static str = "NewPasskey";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let answered = answered(fields);
        let name = fields.optional::<Line>("name", "How the person calls this passkey.");
        Some(Self { answered: answered?, name: name.map(|name| name.0) })
    }
}

struct Confirmation {
    mfa_token: SecretString,
    registered: Registered,
}

impl Input for Confirmation {
    const NAME: &'static str = "PasskeyConfirmation";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let (mfa_token, registered) = (mfa_token(fields), Registered::read(fields));
        Some(Self { mfa_token: mfa_token?, registered: registered? })
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
    fn answer(challenge: Option<Challenge>) -> Result<Answer<Self>> {
        Answer::ok(&Self::from(challenge.ok_or_else(sign_in::failed)?))
    }
}

impl From<Challenge> for ChallengeView {
    fn from(Challenge { id, options }: Challenge) -> Self {
        Self { challenge_id: id, options, expires_in: LIFE_S }
    }
}

/// Where passkeys are switched off, nobody has one that is good here.
fn party(door: &SignIn) -> Result<RelyingParty> {
    door.app().limits.relying_party.clone().ok_or_else(sign_in::failed)
}

async fn challenge(door: SignIn, Json(Asked(token)): Json<Asked>) -> Result<Answer<ChallengeView>> {
    let (claims, party) = (pending(&door, &token)?, party(&door)?);
    ChallengeView::answer(door.write(move |tx| passkey::challenge(tx, &claims, &party)).await?)
}

async fn show(door: SignIn, Json(shown): Json<Shown>) -> Result<Answer<TokenView>> {
    let (claims, party, house) = (pending(&door, &shown.mfa_token)?, party(&door)?, house_of(&door));
    let answered = shown.answered;
    let outcome = door.write(move |tx| passkey::by_passkey(tx, &claims, &party, &answered, house)).await?;
    answer(&door, outcome)
}

async fn enrol(door: SignIn, Json(asked): Json<Enrolment>) -> Result<Answer<ChallengeView>> {
    let (claims, party, house) = (pending(&door, &asked.mfa_token)?, party(&door)?, house_of(&door));
    let proof = asked.proof;
    ChallengeView::answer(door.write(move |tx| passkey::offer(tx, &claims, &party, proof.as_ref(), house)).await?)
}

async fn confirm(door: SignIn, Json(confirmation): Json<Confirmation>) -> Result<Answer<TokenView>> {
    let (claims, party) = (pending(&door, &confirmation.mfa_token)?, party(&door)?);
    let Registered { answered, name } = confirmation.registered;
    let outcome = door.write(move |tx| passkey::confirm(tx, &claims, &party, &answered, name.as_deref())).await?;
    answer(&door, outcome)
}

async fn challenge_again(door: SignIn, Json(Refresh(token)): Json<Refresh>) -> Result<Answer<ChallengeView>> {
    let party = party(&door)?;
    ChallengeView::answer(door.write(move |tx| passkey::challenge_again(tx, &token, &party)).await?)
}

async fn step_up(door: SignIn, Json(shown): Json<ShownAgain>) -> Result<Answer<TokenView>> {
    let (party, house) = (party(&door)?, house_of(&door));
    let ShownAgain { refresh_token, answered } = shown;
    let outcome = door.write(move |tx| passkey::step_up(tx, &refresh_token, &party, &answered, house)).await?;
    answer(&door, outcome)
}

/// The site of a signed-in caller's passkeys.
fn own_party(ctx: &Ctx<OwnFactors>) -> Result<RelyingParty> {
    let switched_off = || Error::not_found().with_detail("Passkeys are switched off here.");
    ctx.limits().relying_party.clone().ok_or_else(switched_off)
}

async fn offer_another(ctx: Ctx<OwnFactors>) -> Result<Answer<ChallengeView>> {
    let (standing, party) = (ctx.standing().clone(), own_party(&ctx)?);
    let offer = move |tx: &mut WriteTx<'_>, ()| {
        let challenge = passkey::offer_another(tx, &standing, &party)?;
        Ok(challenge.map(|challenge| Done::ended(ChallengeView::from(challenge))))
    };
    ctx.create(|_| Ok(()), offer).await
}

async fn add(
    ctx: Ctx<OwnFactors>,
    Json(Registered { answered, name }): Json<Registered>,
) -> Result<Answer<PasskeyView>> {
    let (standing, party) = (ctx.standing().clone(), own_party(&ctx)?);
    let add = move |tx: &mut WriteTx<'_>, ()| {
        let added = passkey::add(tx, &standing, &party, &answered, name.as_deref())?;
        Ok(added.map(|row| Done::added(None, PasskeyView::from(row))))
    };
    ctx.create(|_| Ok(()), add).await
}
