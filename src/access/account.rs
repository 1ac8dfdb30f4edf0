//! Accounts: who may sign in. What an account may do stands in its membership.

use std::collections::HashMap;

use diesel::dsl::{exists, sql};
use diesel::prelude::*;
use diesel::sql_types::{Binary, Bool};

use super::membership::Membership;
use super::policy::Role;
use crate::clock::Instant;
use crate::db::schema::{account, membership};
use crate::db::{ReadTx, WriteTx, text_enum};
use crate::error::{Error, Result};
use crate::id::{AccountId, OfficeId};

text_enum! {
    /// Can the account be used?
    #[schema(as = AccountState)]
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
#[derive(Clone, Debug, Queryable, Insertable, Selectable, AsChangeset)]
#[diesel(table_name = account, treat_none_as_default_value = false, treat_none_as_null = true)]
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
    /// A new account, which its owner cannot use before setting a password.
    pub(crate) fn invited(tx: &WriteTx<'_>, email: String, display_name: String) -> Self {
        let now = tx.now();
        Self {
            id: AccountId::random(),
            version: 1,
            email,
            display_name,
            password: None,
            authz_version: 1,
            not_before: now,
            created_at: now,
            created_by: tx.account(),
            disabled_at: None,
            disabled_by: None,
        }
    }

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

/// Colleagues' accounts after an e-mail address, with what each acts as or acted as last: those of one office, or of all. Immigrants' accounts
/// are in no list.
pub(crate) fn page(
    tx: &mut ReadTx<'_>,
    office: Option<OfficeId>,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<(Account, Membership)>> {
    let last = membership::table
        .filter(membership::account_id.eq(account::id))
        .filter(membership::role.ne(Role::Applicant))
        .filter(sql::<Bool>(LAST));
    let mut page = account::table
        .filter(account::email.gt(after.unwrap_or_default()))
        .order(account::email)
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(Account::as_select())
        .into_boxed();
    page = match office {
        None => page.filter(exists(last)),
        Some(office) => page.filter(sql::<Bool>(IN_OFFICE).bind::<Binary, _>(office).sql(" LIMIT 1 OFFSET 0)")),
    };
    let accounts: Vec<Account> = page.load(tx.conn())?;
    let ids: Vec<AccountId> = accounts.iter().map(|account| account.id).collect();
    let last: Vec<Membership> = membership::table
        .filter(membership::account_id.eq_any(&ids))
        .filter(sql::<Bool>(LAST))
        .select(Membership::as_select())
        .load(tx.conn())?;
    Ok(with_memberships(accounts, last).filter_map(|(account, last)| last.map(|last| (account, last))).collect())
}

/// True for the membership an account was offered last. Their instants differ: each is offered after the one before.
const LAST: &str = "NOT EXISTS (SELECT 1 FROM membership AS later WHERE later.account_id = membership.account_id \
                    AND later.invited_at > membership.invited_at LIMIT 1 OFFSET 0)";

/// The same in one office, up to its id. `OFFSET 0` makes of it a look-up by account: PostgreSQL would read the office's memberships instead.
const IN_OFFICE: &str = "EXISTS (SELECT 1 FROM membership WHERE membership.account_id = account.id \
                         AND membership.role <> 'applicant' AND NOT EXISTS (SELECT 1 FROM membership AS later \
                         WHERE later.account_id = membership.account_id AND later.invited_at > membership.invited_at \
                         LIMIT 1 OFFSET 0) AND membership.office_id = ";

/// Every account with its membership, by e-mail: for the operator at the command line.
pub(crate) fn all(tx: &mut ReadTx<'_>) -> Result<Vec<(Account, Option<Membership>)>> {
    let accounts: Vec<Account> = account::table.order(account::email).select(Account::as_select()).load(tx.conn())?;
    let live = membership::table.filter(membership::ended_at.is_null()).select(Membership::as_select());
    Ok(with_memberships(accounts, live.load(tx.conn())?).collect())
}

/// Each account with the one of the memberships that is its own.
fn with_memberships(
    accounts: Vec<Account>,
    memberships: Vec<Membership>,
) -> impl Iterator<Item = (Account, Option<Membership>)> {
    let mut by_account: HashMap<AccountId, Membership> =
        memberships.into_iter().map(|membership| (membership.account_id, membership)).collect();
    accounts.into_iter().map(move |account| {
        let own = by_account.remove(&account.id);
        (account, own)
    })
}

/// Stores a new account. 409 if the e-mail is taken.
pub(crate) fn insert(tx: &mut WriteTx<'_>, new: &Account) -> Result<()> {
    diesel::insert_into(account::table).values(new).execute(tx.conn())?;
    Ok(())
}

/// Stores what became of an account; its version goes up. Somebody else's change in between runs the unit of work again.
pub(crate) fn replace(tx: &mut WriteTx<'_>, before: &Account, mut after: Account) -> Result<Account> {
    after.version = before.version.saturating_add(1);
    let unchanged = account::table.filter(account::id.eq(before.id)).filter(account::version.eq(before.version));
    match diesel::update(unchanged).set(&after).execute(tx.conn())? {
        1 => Ok(after),
        _ => Err(Error::overtaken()),
    }
}

/// An account whose rights change: every older token of it is refused once this is stored.
pub(crate) fn with_new_rights(tx: &WriteTx<'_>, account: Account) -> Account {
    Account { authz_version: account.authz_version.saturating_add(1), not_before: tx.now(), ..account }
}
