//! One's own second factors over HTTP.

use serde::Serialize;
use utoipa::ToSchema;

use super::super::ops::factors as ops;
use super::sessions::NothingView;
use super::sign_in::house;
use crate::access::factor::{self, Factors, PasskeyRow};
use crate::access::policy::{OwnFactors, ReadSelf};
use crate::clock::Instant;
use crate::error::Result;
use crate::http::{Answer, Ctx, Done, Endpoint, Method, Path, endpoint};
use crate::id::PasskeyId;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let one = "/api/v1/me/passkeys/{passkey_id}";
    vec![
        endpoint(Method::GET, "/api/v1/me/factors", "showFactors", "Show one's own second factors", show),
        endpoint(Method::DELETE, one, "removePasskey", "Remove one of one's own passkeys", remove),
    ]
}

/// A passkey of the caller.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PasskeyView {
    #[schema(value_type = String, format = Uuid)]
    id: PasskeyId,
    /// How the holder calls it.
    name: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Instant,
    #[schema(value_type = Option<String>, format = DateTime)]
    used_at: Option<Instant>,
}

impl From<PasskeyRow> for PasskeyView {
    fn from(row: PasskeyRow) -> Self {
        let PasskeyRow { id, name, created_at, used_at } = row;
        Self { id, name, created_at, used_at }
    }
}

/// What the caller can prove with beside the password.
#[derive(Debug, Serialize, ToSchema)]
struct FactorsView {
    /// Is there an authenticator that shows codes?
    totp: bool,
    /// How many recovery codes are left.
    recovery_codes: i64,
    passkeys: Vec<PasskeyView>,
}

async fn show(ctx: Ctx<ReadSelf>) -> Result<Answer<FactorsView>> {
    let account = ctx.standing().account.id;
    let Factors { totp, recovery_codes, passkeys } = ctx.read(move |tx| factor::all(tx, account)).await?;
    let passkeys = passkeys.into_iter().map(PasskeyView::from).collect();
    Answer::ok(&FactorsView { totp, recovery_codes, passkeys })
}

async fn remove(ctx: Ctx<OwnFactors>, Path(id): Path<PasskeyId>) -> Result<Answer<NothingView>> {
    let (standing, house) = (ctx.standing().clone(), house(ctx.law(), ctx.limits()));
    let owner = standing.account.id;
    ctx.create(
        move |tx| ops::find(tx, owner, id),
        move |tx, factors| Ok(ops::remove(tx, &standing, &factors, id, house)?.map(|()| Done::ended(NothingView {}))),
    )
    .await
}
