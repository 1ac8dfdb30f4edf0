//! Accounts: who may sign in. What an account may do stands in its membership.

use diesel::prelude::*;

use super::membership::{self, Membership};
use crate::clock::Instant;
use crate::db::schema::account;
use crate::db::{ReadTx, WriteTx, text_enum};
use crate::error::{Error, Result};
use crate::id::AccountId;

text_enum! {
    /// Can the account be used?
    pub enum State {
        /// Nobody has set its password yet.
        Invited = "invited",
        /// It can.
        Active = "active",
        /// It cannot any more.
        Disabled = "disabled",
    }
}

/// An account.
#[derive(Clone, Debug, Queryable, Insertable, Selectable)]
#[diesel(table_name = account, treat_none_as_default_value = false)]
pub struct Account {
    /// Its id: the subject of its tokens.
    pub id: AccountId,
    /// Its version.
    pub version: i32,
    /// E-mail in lower-case ASCII: the name one signs in with.
    pub email: String,
    /// How the account is shown to colleagues.
    pub display_name: String,
    /// argon2id, PHC string; none until the person has set one.
    pub password: Option<String>,
    /// Raised by every change of rights: older tokens end.
    pub authz_version: i32,
    /// Tokens issued before this instant are refused.
    pub not_before: Instant,
    /// When it was created.
    pub created_at: Instant,
    /// By whom; none for the operator.
    pub created_by: Option<AccountId>,
    /// When it was disabled.
    pub disabled_at: Option<Instant>,
    /// Who disabled it.
    pub disabled_by: Option<AccountId>,
}

impl Account {
    /// Can it be used?
    pub const fn state(&self) -> State {
        match (&self.password, self.disabled_at) {
            (_, Some(_)) => State::Disabled,
            (None, _) => State::Invited,
            (Some(_), None) => State::Active,
        }
    }
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

/// Every account with its membership, by e-mail: for the operator at the command line.
pub(crate) fn all(tx: &mut ReadTx<'_>) -> Result<Vec<(Account, Option<Membership>)>> {
    let accounts: Vec<Account> = account::table.order(account::email).select(Account::as_select()).load(tx.conn())?;
    accounts.into_iter().map(|account| membership::live(tx, account.id).map(|live| (account, live))).collect()
}

/// Stores a new account. 409 if the e-mail is taken.
pub(crate) fn insert(tx: &mut WriteTx<'_>, new: &Account) -> Result<()> {
    diesel::insert_into(account::table).values(new).execute(tx.conn())?;
    Ok(())
}

/// Gives an account another address to sign in with.
pub(crate) fn rename(tx: &mut WriteTx<'_>, before: Account, email: String) -> Result<Account> {
    let version = before.version.saturating_add(1);
    let display_name = email.clone();
    let renamed = diesel::update(account::table.find(before.id))
        .set((account::email.eq(&email), account::display_name.eq(&display_name), account::version.eq(version)))
        .filter(account::version.eq(before.version))
        .execute(tx.conn())?;
    if renamed == 1 { Ok(Account { version, email, display_name, ..before }) } else { Err(Error::overtaken()) }
}
