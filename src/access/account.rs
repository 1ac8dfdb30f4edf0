//! Accounts: who may sign in, as what, for which office. A token says only which account it is for; what the account may do is read
//! here on each request and remembered for at most a second.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant as Monotonic};

use diesel::prelude::*;

use super::policy::Role;
use crate::clock::Instant;
use crate::db::schema::account;
use crate::db::{Caller, Db, ReadTx, WriteTx, text_enum};
use crate::error::{Code, Error, Result};
use crate::id::{AccountId, OfficeId};

text_enum! {
    /// Can the account be used?
    pub enum State {
        /// It can.
        Active = "active",
        /// It cannot.
        Disabled = "disabled",
    }
}

/// An account. The password is an argon2id hash in PHC form.
#[derive(Clone, Debug, Queryable, Insertable, Selectable)]
#[diesel(table_name = account, treat_none_as_default_value = false)]
pub struct Account {
    /// Its id: the subject of its tokens.
    pub id: AccountId,
    /// E-mail in lower-case ASCII: the name one signs in with.
    pub email: String,
    /// How the account is shown to colleagues.
    pub display_name: String,
    /// What it acts as.
    pub role: Role,
    /// The office it belongs to.
    pub office_id: Option<OfficeId>,
    /// Can it be used?
    pub state: State,
    /// argon2id, PHC string.
    pub password: String,
    /// Raised by every change of rights: older tokens end.
    pub authz_version: i32,
    /// Tokens issued before this instant are refused.
    pub not_before: Instant,
    /// When it was created.
    pub created_at: Instant,
}

/// The account with an id.
pub(crate) fn by_id(tx: &mut ReadTx<'_>, id: AccountId) -> Result<Option<Account>> {
    Ok(account::table.find(id).select(Account::as_select()).first(tx.conn()).optional()?)
}

/// The account one signs in to with an e-mail address.
pub(crate) fn by_email(tx: &mut ReadTx<'_>, email: &str) -> Result<Option<Account>> {
    let email = email.to_ascii_lowercase();
    Ok(account::table.filter(account::email.eq(email)).select(Account::as_select()).first(tx.conn()).optional()?)
}

/// Every account, by e-mail: for the operator at the command line.
pub(crate) fn all(tx: &mut ReadTx<'_>) -> Result<Vec<Account>> {
    Ok(account::table.order(account::email).select(Account::as_select()).load(tx.conn())?)
}

/// Stores a new account. 409 if the e-mail is taken.
pub(crate) fn insert(tx: &mut WriteTx<'_>, new: &Account) -> Result<()> {
    diesel::insert_into(account::table).values(new).execute(tx.conn())?;
    Ok(())
}

/// Accounts as requests see them: at most a second old.
#[derive(Debug, Default)]
pub struct Accounts {
    known: Mutex<HashMap<AccountId, (Monotonic, Arc<Account>)>>,
}

/// Longest time in which a change of rights may go unnoticed.
const FRESH: Duration = Duration::from_secs(1);
/// Most accounts remembered.
const MOST: usize = 10_000;

impl Accounts {
    /// The account, if it exists and can be used.
    pub(crate) async fn active(&self, db: &Db, id: AccountId) -> Result<Arc<Account>> {
        if let Some(account) = self.remembered(id) {
            return usable(account);
        }
        let found = db.glance(Caller::program("authentication"), move |tx| by_id(tx, id)).await?;
        let account = Arc::new(found.ok_or_else(|| Error::new(Code::AuthenticationRequired))?);
        if let Ok(mut known) = self.known.lock() {
            if known.len() >= MOST {
                known.clear();
            }
            known.insert(id, (Monotonic::now(), Arc::clone(&account)));
        }
        usable(account)
    }

    fn remembered(&self, id: AccountId) -> Option<Arc<Account>> {
        let known = self.known.lock().ok()?;
        known.get(&id).filter(|(since, _)| since.elapsed() < FRESH).map(|(_, account)| Arc::clone(account))
    }
}

fn usable(account: Arc<Account>) -> Result<Arc<Account>> {
    if account.state == State::Active { Ok(account) } else { Err(Error::new(Code::AuthenticationRequired)) }
}
