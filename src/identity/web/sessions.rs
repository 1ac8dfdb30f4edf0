//! One's own sessions and password over HTTP.

use secrecy::SecretString;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::ops::{activation, sessions as ops};
use super::input::refuse_weak;
use super::sign_in::Secret;
use crate::access::account;
use crate::access::policy::{ChangePassword, OwnSessions, ReadSelf};
use crate::access::standing::Standing;
use crate::clock::Instant;
use crate::error::{Error, Result};
use crate::http::{Answer, Ctx, Done, Endpoint, Fields, Input, Json, Method, Page, Path, endpoint};
use crate::id::SessionId;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let one = "/api/v1/sessions/{session_id}";
    vec![
        endpoint(Method::GET, "/api/v1/sessions", "listSessions", "List one's own sessions", list),
        endpoint(Method::DELETE, one, "endSession", "End one of one's own sessions", end),
        endpoint(Method::POST, "/api/v1/sign-out", "signOut", "End the session that asks", sign_out).making_nothing(),
        endpoint(Method::POST, "/api/v1/me/password", "changePassword", "Change one's own password", change_password)
            .making_nothing(),
    ]
}

/// A session of the caller.
#[derive(Debug, Serialize, ToSchema)]
struct SessionView {
    #[schema(value_type = String, format = Uuid)]
    id: SessionId,
    /// Is it the one that asks?
    current: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: Instant,
    /// When it was last prolonged.
    #[schema(value_type = String, format = DateTime)]
    used_at: Instant,
    /// When it ends, however much it is used.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Instant,
}

/// Done; there is nothing to say.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NothingView {}

/// The present password and the next one.
struct PasswordChange {
    current: SecretString,
    new: SecretString,
}

impl Input for PasswordChange {
    const NAME: &'static str = "PasswordChange";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let current = fields.required::<Secret>("current_password", "The present password.");
        let new = fields.required::<Secret>("new_password", "The password to sign in with from now on.");
        Some(Self { current: current?.0, new: new?.0 })
    }
}

async fn list(ctx: Ctx<ReadSelf>) -> Result<Answer<Page<SessionView>>> {
    let standing = ctx.standing().clone();
    let current = standing.session.id;
    let sessions = ctx.read(move |tx| ops::list(tx, &standing)).await?;
    let items = sessions
        .into_iter()
        .map(|session| SessionView {
            id: session.id,
            current: session.id == current,
            created_at: session.created_at,
            used_at: session.used_at,
            expires_at: session.expires_at,
        })
        .collect();
    Answer::ok(&Page { items, next: None, clock: None })
}

async fn end(ctx: Ctx<OwnSessions>, Path(session): Path<SessionId>) -> Result<Answer<NothingView>> {
    end_own(ctx, session).await
}

async fn sign_out(ctx: Ctx<OwnSessions>) -> Result<Answer<NothingView>> {
    let current = ctx.standing().session.id;
    end_own(ctx, current).await
}

async fn end_own(ctx: Ctx<OwnSessions>, session: SessionId) -> Result<Answer<NothingView>> {
    let owner = ctx.standing().account.id;
    ctx.create(
        move |tx| ops::find(tx, owner, session),
        move |tx, session| Ok(ops::end(tx, &session)?.map(|()| Done::ended(NothingView {}))),
    )
    .await
}

/// Whoever holds a session must still know the password. Afterwards everybody signs in anew, the caller too.
async fn change_password(ctx: Ctx<ChangePassword>, Json(sent): Json<PasswordChange>) -> Result<Answer<NothingView>> {
    let PasswordChange { current, new } = sent;
    let Standing { session, account, .. } = ctx.standing();
    refuse_weak(&new, session.second_factor, &[&account.email, &account.display_name], "new_password")?;
    let (id, known, zone) = (account.id, account.password.clone(), ctx.law().zone);
    if !ctx.hasher().verify(current, known.clone()).await? {
        let email = account.email.clone();
        ctx.leave(move |tx| activation::count_wrong_password(tx, id, &email, zone)).await?;
        return Err(activation::wrong_password());
    }
    let hash = ctx.hasher().hash(new).await?;
    ctx.create(
        move |tx| account::by_id(tx, id)?.ok_or_else(Error::not_found),
        move |tx, account| {
            let changed = activation::change_password(tx, &account, known.as_deref(), &hash, zone)?;
            Ok(changed.map(|()| Done::ended(NothingView {})))
        },
    )
    .await
}
