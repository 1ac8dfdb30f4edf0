//! What a request's token stands for now: session, account and confirmed membership, read from the database and remembered for at most a
//! second. A token itself says only which session it belongs to.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant as Monotonic};

use super::account::{self, Account, State};
use super::membership::{self, Membership};
use super::policy::{Grant, Role};
use super::scope::grant;
use super::session::{self, Session};
use crate::clock::Instant;
use crate::db::{Caller, Db, Reach, ReadTx, Scope};
use crate::error::{Code, Error, Result};
use crate::id::{AccountId, SessionId};

/// Who somebody is while a session lasts.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The session.
    pub session: Session,
    /// The account.
    pub account: Account,
    /// What it acts as: only a confirmed membership gives rights.
    pub membership: Option<Membership>,
    /// Does it hold a grant for a file that it does not see otherwise?
    pub granted: bool,
}

impl Standing {
    /// The role, if it counts.
    pub fn role(&self) -> Option<Role> {
        self.membership.as_ref().map(|membership| membership.role)
    }

    /// May it do this?
    pub fn may(&self, grant: Grant) -> bool {
        self.role().map_or_else(|| grant.needs_no_role(), |role| role.may(grant))
    }

    /// Which files it may know of.
    pub fn scope(&self) -> Scope {
        self.membership.as_ref().map_or(Scope::NOTHING, |membership| Scope {
            reach: membership.reach,
            account: Some(self.account.id),
            office: membership.office_id,
            organisation: membership.organisation_id,
            person: membership.person_id,
        })
    }

    /// Does it count at this instant?
    pub(crate) fn is_good(&self, now: Instant) -> bool {
        self.account.state() == State::Active && self.session.is_open(self.role(), now)
    }
}

/// Reads who somebody is. Without a session there is nobody.
pub(crate) fn read(tx: &mut ReadTx<'_>, id: SessionId) -> Result<Option<Standing>> {
    let Some(session) = session::by_id(tx, id)? else { return Ok(None) };
    let Some(account) = account::by_id(tx, session.account_id)? else { return Ok(None) };
    let membership = membership::live(tx, account.id)?.filter(|live| live.state() == membership::State::Confirmed);
    let keeps_files = |reach| matches!(reach, Reach::Assigned | Reach::Office | Reach::National);
    let granted =
        membership.as_ref().is_some_and(|membership| keeps_files(membership.reach)) && grant::is_held(tx, account.id)?;
    Ok(Some(Standing { session, account, membership, granted }))
}

/// Standings as requests see them: at most a second old.
#[derive(Debug, Default)]
pub struct Standings {
    known: Mutex<HashMap<SessionId, (Monotonic, Arc<Standing>)>>,
}

/// Longest time in which a change of rights may go unnoticed.
const FRESH: Duration = Duration::from_secs(1);
/// Most sessions remembered.
const MOST: usize = 10_000;

impl Standings {
    /// Who the session is, if it still counts.
    pub(crate) async fn good(&self, db: &Db, id: SessionId) -> Result<Arc<Standing>> {
        let refused = || Error::new(Code::AuthenticationRequired);
        let standing = if let Some(standing) = self.remembered(id) {
            standing
        } else {
            let found = db.glance(Caller::program("authentication"), move |tx| read(tx, id)).await?;
            self.remember(Arc::new(found.ok_or_else(refused)?))
        };
        if standing.is_good(db.clock().now()) { Ok(standing) } else { Err(refused()) }
    }

    /// Forgets an account: its next request reads its standing anew.
    pub(crate) fn forget(&self, account: AccountId) {
        if let Ok(mut known) = self.known.lock() {
            known.retain(|_, (_, standing)| standing.account.id != account);
        }
    }

    fn remembered(&self, id: SessionId) -> Option<Arc<Standing>> {
        let known = self.known.lock().ok()?;
        known.get(&id).filter(|(since, _)| since.elapsed() < FRESH).map(|(_, standing)| Arc::clone(standing))
    }

    fn remember(&self, standing: Arc<Standing>) -> Arc<Standing> {
        if let Ok(mut known) = self.known.lock() {
            if known.len() >= MOST {
                known.clear();
            }
            known.insert(standing.session.id, (Monotonic::now(), Arc::clone(&standing)));
        }
        standing
    }
}
