//! Sessions: one proof of who somebody is, and what followed it. Everything that ends a session stands in its row or in the account's, so it
//! ends on every instance.

use diesel::prelude::*;
use uuid::Uuid;

use serde_json::json;

use super::policy::Role;
use crate::clock::Instant;
use crate::db::schema::{refresh_token, session};
use crate::db::{Action, Audited, Event, ReadTx, WriteTx, text_enum};
use crate::error::Result;
use crate::id::{AccountId, SessionId};

/// A session.
#[derive(Clone, Debug, Queryable, Insertable, Selectable)]
#[diesel(table_name = session, treat_none_as_default_value = false)]
pub struct Session {
    /// Its id; the `sid` of its tokens.
    pub id: SessionId,
    /// Whose.
    pub account_id: AccountId,
    /// When the person signed in.
    pub created_at: Instant,
    /// When it was last prolonged.
    pub used_at: Instant,
    /// When the person last proved who they are.
    pub authenticated_at: Instant,
    /// Did a second factor belong to that proof?
    pub second_factor: bool,
    /// When it ends, however much it is used.
    pub expires_at: Instant,
    /// When it was ended before that.
    pub ended_at: Option<Instant>,
    /// Why.
    pub ended_for: Option<Ended>,
}

impl Session {
    /// A session that begins with a proof just given.
    pub(crate) fn begun(account: AccountId, role: Option<Role>, second_factor: bool, now: Instant) -> Self {
        Self {
            id: SessionId::random(),
            account_id: account,
            created_at: now,
            used_at: now,
            authenticated_at: now,
            second_factor,
            expires_at: now.plus_seconds(Limits::of(role).absolute_s),
            ended_at: None,
            ended_for: None,
        }
    }

    /// Does it count at this instant, for somebody of this role?
    pub(crate) fn is_open(&self, role: Option<Role>, now: Instant) -> bool {
        self.ended_at.is_none() && now < self.expires_at && now < self.used_at.plus_seconds(Limits::of(role).idle_s)
    }
}

/// How long a session lives (row S8), in seconds.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Without being used.
    pub idle_s: i64,
    /// However much it is used.
    pub absolute_s: i64,
}

impl Limits {
    /// Those of a role. Who has none yet gets the shortest.
    pub const fn of(role: Option<Role>) -> Self {
        let (idle_min, absolute_h) = match role {
            Some(Role::Applicant) => (60, 24),
            Some(Role::Official | Role::Caseworker | Role::Supervisor | Role::NgoCoordinator) => (30, 12),
            Some(Role::Administrator | Role::Auditor) | None => (15, 12),
        };
        Self { idle_s: idle_min * 60, absolute_s: absolute_h * 3600 }
    }
}

text_enum! {
    /// Why a session was ended before its time.
    pub enum Ended {
        /// The person signed out.
        SignedOut = "signed_out",
        /// The person, or an administrator, ended it from elsewhere.
        Revoked = "revoked",
        /// Rights, password or factors changed.
        RightsChanged = "rights_changed",
        /// A spent refresh token was shown again.
        TokenReused = "token_reused",
    }
}

/// Stores a session.
pub(crate) fn insert(tx: &mut WriteTx<'_>, new: &Session) -> Result<()> {
    diesel::insert_into(session::table).values(new).execute(tx.conn())?;
    Ok(())
}

/// The session with an id.
pub(crate) fn by_id(tx: &mut ReadTx<'_>, id: SessionId) -> Result<Option<Session>> {
    Ok(session::table.find(id).select(Session::as_select()).first(tx.conn()).optional()?)
}

/// An account's sessions that nobody ended, the newest first; they may have expired.
pub(crate) fn of_account(tx: &mut ReadTx<'_>, account: AccountId, limit: usize) -> Result<Vec<Session>> {
    Ok(session::table
        .filter(session::account_id.eq(account))
        .filter(session::ended_at.is_null())
        .order(session::created_at.desc())
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(Session::as_select())
        .load(tx.conn())?)
}

/// Prolongs a session that is used.
pub(crate) fn touch(tx: &mut WriteTx<'_>, id: SessionId) -> Result<()> {
    let now = tx.now();
    diesel::update(session::table.find(id)).set(session::used_at.eq(now)).execute(tx.conn())?;
    Ok(())
}

/// Notes a fresh proof of who the person is.
pub(crate) fn prove_again(tx: &mut WriteTx<'_>, id: SessionId, second_factor: bool) -> Result<()> {
    let now = tx.now();
    diesel::update(session::table.find(id))
        .set((session::used_at.eq(now), session::authenticated_at.eq(now), session::second_factor.eq(second_factor)))
        .execute(tx.conn())?;
    Ok(())
}

/// Ends a session. What is ended already keeps its reason.
pub(crate) fn end(tx: &mut WriteTx<'_>, id: SessionId, why: Ended) -> Result<()> {
    let now = tx.now();
    diesel::update(session::table.find(id))
        .set((session::ended_at.eq(now), session::ended_for.eq(why)))
        .filter(session::ended_at.is_null())
        .execute(tx.conn())?;
    Ok(())
}

/// Ends every session of an account but one.
pub(crate) fn end_others(tx: &mut WriteTx<'_>, account: AccountId, but: Option<SessionId>, why: Ended) -> Result<()> {
    let now = tx.now();
    diesel::update(session::table)
        .set((session::ended_at.eq(now), session::ended_for.eq(why)))
        .filter(session::account_id.eq(account))
        .filter(session::id.ne(but.unwrap_or(Uuid::nil().into())))
        .filter(session::ended_at.is_null())
        .execute(tx.conn())?;
    Ok(())
}

/// How long a session is kept after it expired, for questions that come late: 30 days, in seconds.
const KEPT_S: i64 = 30 * 24 * 60 * 60;
/// Sessions that one transaction removes, each with its refresh tokens.
const BATCH: i64 = 100;

/// Is a session older than those that are kept?
pub(crate) fn any_old(tx: &mut ReadTx<'_>) -> Result<bool> {
    let old = session::table.filter(session::expires_at.lt(tx.now().plus_seconds(-KEPT_S)));
    let one: Option<SessionId> = old.select(session::id).first(tx.conn()).optional()?;
    Ok(one.is_some())
}

/// Removes some of the sessions that are kept no longer, with the tokens that prolonged them.
pub(crate) fn forget_some(tx: &mut WriteTx<'_>) -> Result<Audited<usize>> {
    let old = session::table.filter(session::expires_at.lt(tx.now().plus_seconds(-KEPT_S)));
    let ids: Vec<SessionId> = old.order(session::expires_at).limit(BATCH).select(session::id).load(tx.conn())?;
    diesel::delete(refresh_token::table.filter(refresh_token::session_id.eq_any(&ids))).execute(tx.conn())?;
    let forgotten = diesel::delete(session::table.filter(session::id.eq_any(&ids))).execute(tx.conn())?;
    tx.record(&Event::plain(Action::SessionsForgotten).with(json!({ "sessions": forgotten })), forgotten)
}
