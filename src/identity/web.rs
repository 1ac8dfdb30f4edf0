//! Signing in, and one's own account.

use secrecy::SecretString;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::ops;
use crate::access::account::{self, Account, State};
use crate::access::policy::{Grant, ReadSelf, Role};
use crate::db::{Action, Reach, Scope};
use crate::error::Result;
use crate::http::{Answer, Ctx, Endpoint, Fields, Input, Json, Member, Method, SignIn, endpoint};
use crate::id::{AccountId, OfficeId, OrganisationId, PersonId};

/// The operations of this slice.
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint(Method::POST, "/api/v1/sign-in", "signIn", "Sign in with e-mail and password", sign_in),
        endpoint(Method::GET, "/api/v1/me", "showMe", "Show one's own account", me),
    ]
}

/// A password on its way to the hashing threads.
struct Password(SecretString);

impl Member for Password {
    fn parse(value: &Value) -> Result<Self, (&'static str, String)> {
        let text = value.as_str().ok_or_else(|| ("not_text", "A text is expected here.".to_owned()))?;
        if text.len() > 1024 {
            return Err(("length", "A password is at most 1,024 bytes long.".to_owned()));
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
        let text = value.as_str().ok_or_else(|| ("not_text", "A text is expected here.".to_owned()))?;
        Ok(Self(text.to_owned()))
    }

    fn schema() -> Value {
        json!({ "type": "string", "format": "email" })
    }
}

struct Credentials {
    email: String,
    password: SecretString,
}

impl Input for Credentials {
    const NAME: &'static str = "Credentials";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let email = fields.required::<EmailText>("email", "The account's e-mail address.");
        let password = fields.required::<Password>("password", "The account's password.");
        Some(Self { email: email?.0, password: password?.0 })
    }
}

/// An access token.
#[derive(Debug, Serialize, ToSchema)]
struct TokenView {
    /// Send it as `Authorization: Bearer …`.
    access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// Life in seconds.
    expires_in: u64,
}

/// One's own account.
#[derive(Debug, Serialize, ToSchema)]
struct MeView {
    #[schema(value_type = String, format = Uuid)]
    id: AccountId,
    email: String,
    display_name: String,
    /// What the account acts as; none until an administrator has confirmed it.
    role: Option<Role>,
    /// How far the account sees.
    reach: Option<Reach>,
    #[schema(value_type = Option<String>, format = Uuid)]
    office_id: Option<OfficeId>,
    /// Name of the office it belongs to.
    office: Option<String>,
    #[schema(value_type = Option<String>, format = Uuid)]
    organisation_id: Option<OrganisationId>,
    /// Name of the organisation it belongs to.
    organisation: Option<String>,
    /// The own file, for whoever is the person concerned.
    #[schema(value_type = Option<String>, format = Uuid)]
    person_id: Option<PersonId>,
    /// What the account may do.
    permissions: Vec<&'static str>,
}

/// Every failure (unknown, wrong, disabled) costs one hash and gets one answer.
async fn sign_in(door: SignIn, Json(credentials): Json<Credentials>) -> Result<Answer<TokenView>> {
    let Credentials { email, password } = credentials;
    let found = door.glance(move |tx| account::by_email(tx, &email)).await?;
    let hash = found.as_ref().and_then(|account| account.password.clone());
    let matches = door.app().hasher.verify(password, hash).await?;
    let usable = found.filter(|account: &Account| matches && account.state() == State::Active);
    let Some(account) = usable else {
        door.record(Action::SignInFailed, None).await?;
        return Err(ops::sign_in_failed());
    };
    let id = account.id;
    let standing = door.write(id, move |tx| ops::begin_session(tx, account.clone(), false)).await?;
    let app = door.app();
    let (access_token, expires_in) = ops::issue(&app.tokens, &standing, app.now(), app.limits.access_token_s)?;
    Answer::ok(&TokenView { access_token, token_type: "Bearer", expires_in })
}

async fn me(ctx: Ctx<ReadSelf>) -> Result<Answer<MeView>> {
    let standing = ctx.standing();
    let membership = standing.membership.clone();
    let (office, organisation) = match membership.clone() {
        None => (None, None),
        Some(membership) => ctx.read(move |tx| ops::places(tx, &membership)).await?,
    };
    let permissions = Grant::ALL.iter().filter(|grant| standing.may(**grant)).map(|grant| grant.name()).collect();
    let Account { id, email, display_name, .. } = standing.account.clone();
    let (role, reach) = membership.as_ref().map(|membership| (membership.role, membership.reach)).unzip();
    let Scope { office: office_id, organisation: organisation_id, person: person_id, .. } = standing.scope();
    Answer::ok(&MeView {
        id,
        email,
        display_name,
        role,
        reach,
        office_id,
        office,
        organisation_id,
        organisation,
        person_id,
        permissions,
    })
}
