//! One's own sessions.

use serde_json::json;

use crate::access::session::{self, Ended, Session};
use crate::access::standing::Standing;
use crate::db::{Action, Audited, Event, ReadTx, WriteTx};
use crate::error::{Error, Result};
use crate::id::{AccountId, SessionId};

/// Sessions that are shown; nobody has more open at once.
const MOST: usize = 100;

/// The caller's sessions that still count, the newest first.
pub(in crate::identity) fn list(tx: &mut ReadTx<'_>, standing: &Standing) -> Result<Vec<Session>> {
    let (now, role) = (tx.now(), standing.role());
    let mut sessions = session::of_account(tx, standing.account.id, MOST)?;
    sessions.retain(|session| session.is_open(role, now));
    Ok(sessions)
}

/// A session of the caller that nobody ended.
pub(in crate::identity) fn find(tx: &mut ReadTx<'_>, owner: AccountId, id: SessionId) -> Result<Session> {
    let found = session::by_id(tx, id)?.filter(|session| session.account_id == owner && session.ended_at.is_none());
    found.ok_or_else(Error::not_found)
}

/// Ends one of the caller's sessions.
pub(in crate::identity) fn end(tx: &mut WriteTx<'_>, session: &Session) -> Result<Audited<()>> {
    session::end(tx, session.id, Ended::SignedOut)?;
    let details = json!({ "account": session.account_id, "session": session.id });
    tx.record(&Event::plain(Action::SignedOut).with(details), ())
}
