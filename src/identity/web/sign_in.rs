//! Signing in, staying signed in, proving again who one is. Whatever is wrong gets one answer, after the same work.

use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::super::ops::sign_in::{self, Again, Comer, Due, House, Outcome};
use crate::access::factor::Proof;
use crate::access::token::{Claims, Kind};
use crate::error::Result;
use crate::http::{Answer, Endpoint, Fields, Input, Json, Law, Limits, Member, Method, SignIn, endpoint, text};

/// The operations of signing in.
pub(super) fn endpoints() -> Vec<Endpoint> {
    let second_factor_path = "/api/v1/sign-in/second-factor";
    vec![
        endpoint(Method::POST, "/api/v1/sign-in", "signIn", "Sign in with e-mail and password", sign_in),
        endpoint(
            Method::POST,
            second_factor_path,
            "showSecondFactor",
            "Finish signing in with a second factor",
            second_factor,
        ),
        endpoint(
            Method::POST,
            "/api/v1/sign-in/enrolment",
            "enrolSecondFactor",
            "Get a second factor, to be confirmed by a code",
            enrol,
        ),
        endpoint(Method::POST, "/api/v1/sign-in/refresh", "refreshTokens", "Prolong a session", refresh),
        endpoint(Method::POST, "/api/v1/sign-in/step-up", "stepUp", "Prove again who one is", step_up),
    ]
}

/// A secret on its way to where it is compared. It is never printed.
pub(super) struct Secret(pub(super) SecretString);

impl Member for Secret {
    fn parse(value: &Value) -> Result<Self, (&'static str, String)> {
        let text = text(value)?;
        if text.len() > 1024 {
            return Err(("length", "At most 1,024 bytes are expected here.".to_owned()));
        }
        Ok(Self(SecretString::from(text)))
    }

    fn schema() -> Value {
        json!({ "type": "string", "format": "password", "maxLength": 1024 })
    }
}

struct EmailText(String);

impl Member for EmailText {
    fn parse(value: &Value) -> Result<Self, (&'static str, String)> {
        let text = text(value)?;
        Ok(Self(text.to_owned()))
    }

    fn schema() -> Value {
        json!({ "type": "string", "format": "email" })
    }
}

struct Credentials {
    comer: Comer,
    password: SecretString,
    enrol: bool,
}

impl Input for Credentials {
    const NAME: &'static str = "Credentials";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let email = fields.required::<EmailText>("email", "The account's e-mail address.");
        let password = fields.required::<Secret>("password", "The account's password.");
        let device = fields.optional::<Secret>("device_token", "The device_token an earlier sign-in answered with.");
        let enrol = fields.optional::<bool>("enrol_second_factor", "Ask for a second factor, if there is none yet.");
        let comer = Comer { email: email?.0, device: device.map(|device| device.0) };
        Some(Self { comer, password: password?.0, enrol: enrol.unwrap_or(false) })
    }
}

/// A code of one kind, not of both. `missing` says what is wrong if there is none; without it there may be none.
pub(super) fn proof(fields: &mut Fields<'_>, missing: Option<&str>) -> Option<Proof> {
    let totp = fields.optional::<Secret>("totp", "The code the authenticator shows.");
    let recovery = fields.optional::<Secret>("recovery_code", "One of the recovery codes.");
    match (totp, recovery) {
        (Some(_), Some(_)) => fields.fault("recovery_code", "contradiction", "Send totp or recovery_code, not both."),
        (Some(totp), None) => return Some(Proof::Totp(totp.0)),
        (None, Some(code)) => return Some(Proof::RecoveryCode(code.0)),
        (None, None) => missing.into_iter().for_each(|message| fields.fault("totp", "required", message)),
    }
    None
}

struct SecondFactor {
    mfa_token: SecretString,
    proof: Proof,
    device: Option<SecretString>,
}

impl Input for SecondFactor {
    const NAME: &'static str = "SecondFactor";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let mfa_token = fields.required::<Secret>("mfa_token", "The mfa_token that sign-in answered with.");
        let proof = proof(fields, Some("Send totp or recovery_code."));
        let device = fields.optional::<Secret>("device_token", "The device_token an earlier sign-in answered with.");
        Some(Self { mfa_token: mfa_token?.0, proof: proof?, device: device.map(|device| device.0) })
    }
}

struct Enrolment {
    mfa_token: SecretString,
    proof: Option<Proof>,
}

impl Input for Enrolment {
    const NAME: &'static str = "Enrolment";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let mfa_token = fields.required::<Secret>("mfa_token", "The mfa_token that sign-in answered with.");
        let proof = proof(fields, None);
        Some(Self { mfa_token: mfa_token?.0, proof })
    }
}

pub(super) struct Refresh(pub(super) SecretString);

impl Input for Refresh {
    const NAME: &'static str = "Refresh";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let token = fields.required::<Secret>("refresh_token", "The refresh_token of the last answer. It works once.");
        Some(Self(token?.0))
    }
}

struct StepUp {
    refresh_token: SecretString,
    proof: Option<Proof>,
    password: Option<SecretString>,
}

impl Input for StepUp {
    const NAME: &'static str = "StepUp";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let token = fields.required::<Secret>("refresh_token", "The refresh_token of the last answer. It works once.");
        let password = fields.optional::<Secret>("password", "The password, for whoever has no second factor.");
        let missing = password.is_none().then_some("Send totp, recovery_code or password.");
        let proof = proof(fields, missing);
        if proof.is_some() && password.is_some() {
            fields.fault("password", "contradiction", "Send one proof, not two.");
        }
        Some(Self { refresh_token: token?.0, proof, password: password.map(|password| password.0) })
    }
}

/// What somebody who has proved who they are holds from now on, or what is still missing. Members that do not apply are absent.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct TokenView {
    /// Send it as `Authorization: Bearer …`.
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<String>,
    /// Always `Bearer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
    /// Life of the access token, or of the `mfa_token`, in seconds.
    expires_in: u64,
    /// Prolongs the session, once; the answer brings the next.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    /// Keep it on this device and send it with the next sign-in: strangers' failures then do not lock you out.
    #[serde(skip_serializing_if = "Option::is_none")]
    device_token: Option<String>,
    /// Shown once, when a second factor begins to count: each works once instead of a code.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    recovery_codes: Vec<String>,
    /// The password was right; send this on with a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    mfa_token: Option<String>,
    /// What is missing: `totp`, or `enrolment` where there is no second factor yet.
    #[cfg_attr(
        feature = "passkeys",
        doc = "`passkey` where the account has one; a code will do, too, but not for administrators and auditors where second factors are required: `passkey_enrolment` asks them for a passkey."
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    second_factor: Option<&'static str>,
}

/// A second factor that was handed out.
#[derive(Debug, Serialize, ToSchema)]
struct EnrolmentView {
    /// For an authenticator, as a picture or typed. It counts once `/sign-in/second-factor` saw a code of it.
    otpauth_uri: String,
}

pub(super) fn house(law: &Law, limits: &Limits) -> House {
    House {
        zone: law.zone,
        second_factor_required: limits.second_factor_required,
        passkey_required: limits.passkey_required,
    }
}

/// The house behind a door.
pub(super) fn house_of(door: &SignIn) -> House {
    let app = door.app();
    house(&app.law, &app.limits)
}

/// The answer to a committed outcome.
pub(super) fn answer(door: &SignIn, outcome: Outcome) -> Result<Answer<TokenView>> {
    let app = door.app();
    let shown = |secret: SecretString| secret.expose_secret().to_owned();
    match outcome {
        Outcome::Refused => Err(sign_in::failed()),
        Outcome::SecondFactor(account, due) => {
            let (token, expires_in) = sign_in::pending_token(&app.tokens, &account, app.now())?;
            let second_factor = Some(match due {
                Due::Code => "totp",
                #[cfg(feature = "passkeys")]
                Due::Passkey => "passkey",
                Due::Enrolment => "enrolment",
                #[cfg(feature = "passkeys")]
                Due::PasskeyEnrolment => "passkey_enrolment",
            });
            Answer::ok(&TokenView { mfa_token: Some(token), second_factor, expires_in, ..TokenView::default() })
        }
        Outcome::Admitted(admitted) => {
            let life_s = app.limits.access_token_s;
            let (token, expires_in) = sign_in::access_token(&app.tokens, &admitted.standing, app.now(), life_s)?;
            Answer::ok(&TokenView {
                access_token: Some(token),
                token_type: Some("Bearer"),
                expires_in,
                refresh_token: Some(shown(admitted.refresh_token)),
                device_token: admitted.device_token.map(shown),
                recovery_codes: admitted.recovery_codes.into_iter().map(shown).collect(),
                ..TokenView::default()
            })
        }
    }
}

/// Every failure (unknown, wrong, locked, invited, disabled) costs one hash and one write and gets one answer.
async fn sign_in(door: SignIn, Json(credentials): Json<Credentials>) -> Result<Answer<TokenView>> {
    let Credentials { comer, password, enrol } = credentials;
    door.app().hasher.refuse_if_full()?;
    let house = house_of(&door);
    let who = comer.clone();
    let found = door.glance(move |tx| sign_in::comer(tx, &who)).await?;
    let stored = found.as_ref().and_then(|(account, _)| account.password.clone());
    let matches = door.app().hasher.verify(password, stored).await?;
    let outcome = door.write(move |tx| sign_in::by_password(tx, &comer, found.as_ref(), matches, enrol, house)).await?;
    answer(&door, outcome)
}

/// The claims of a token that says: the password was right.
pub(super) fn pending(door: &SignIn, token: &SecretString) -> Result<Claims> {
    let now = door.app().now().unix_seconds();
    let claims = door.app().tokens.verify(Kind::MfaPending, token.expose_secret(), now);
    claims.map_err(|_| sign_in::failed())
}

async fn second_factor(door: SignIn, Json(shown): Json<SecondFactor>) -> Result<Answer<TokenView>> {
    let (claims, house) = (pending(&door, &shown.mfa_token)?, house_of(&door));
    let SecondFactor { proof, device, .. } = shown;
    let outcome = door.write(move |tx| sign_in::by_second_factor(tx, &claims, &proof, device.as_ref(), house)).await?;
    answer(&door, outcome)
}

async fn enrol(door: SignIn, Json(asked): Json<Enrolment>) -> Result<Answer<EnrolmentView>> {
    let (claims, house) = (pending(&door, &asked.mfa_token)?, house_of(&door));
    let issuer = door.app().limits.installation.clone();
    let proof = asked.proof;
    let offered = door.write(move |tx| sign_in::offer_factor(tx, &claims, proof.as_ref(), house, &issuer)).await?;
    let uri = offered.ok_or_else(sign_in::failed)?;
    Answer::ok(&EnrolmentView { otpauth_uri: uri.expose_secret().to_owned() })
}

async fn refresh(door: SignIn, Json(Refresh(token)): Json<Refresh>) -> Result<Answer<TokenView>> {
    let outcome = door.write(move |tx| sign_in::prolong(tx, &token)).await?;
    answer(&door, outcome)
}

async fn step_up(door: SignIn, Json(asked): Json<StepUp>) -> Result<Answer<TokenView>> {
    let StepUp { refresh_token, proof, password } = asked;
    let house = house_of(&door);
    let again = match (proof, password) {
        (Some(proof), _) => Again::Factor(proof),
        (None, password) => {
            let token = refresh_token.clone();
            let holder = door.glance(move |tx| sign_in::holder(tx, &token)).await?;
            let compared = holder.and_then(|standing| standing.account.password);
            let matches = door.app().hasher.verify(password.unwrap_or_default(), compared.clone()).await?;
            Again::Password { matches, compared }
        }
    };
    let outcome = door.write(move |tx| sign_in::step_up(tx, &refresh_token, &again, house)).await?;
    answer(&door, outcome)
}
