//! Making accounts and signing in.

use serde_json::json;

use super::model::{Email, NewAccount};
use super::store;
use crate::access::account::{self, Account, State};
use crate::access::token::{Claims, KeyRing, Kind};
use crate::clock::Instant;
use crate::db::{Action, Audited, Event, ReadTx, WriteTx};
use crate::error::{Code, Error, Result};
use crate::id::{AccountId, OfficeId};

/// Makes an account. The password comes as an argon2id hash; 409 if the e-mail is taken.
pub(crate) fn create_account(tx: &mut WriteTx<'_>, new: &NewAccount, hash: &str) -> Result<Audited<AccountId>> {
    let office_id = new.office.as_ref().map(|name| office(tx, name)).transpose()?;
    if account::by_email(tx, &new.email.to_string())?.is_some() {
        return Err(taken(&new.email));
    }
    let now = tx.now();
    let id = AccountId::random();
    let row = Account {
        id,
        email: new.email.to_string(),
        display_name: new.display_name.clone(),
        role: new.role,
        office_id,
        state: State::Active,
        password: hash.to_owned(),
        authz_version: 1,
        not_before: now,
        created_at: now,
    };
    account::insert(tx, &row)?;
    tx.record(&Event::plain(Action::AccountCreated).with(json!({ "account": id, "role": new.role })), id)
}

fn taken(email: &Email) -> Error {
    Error::invalid_at("/email", "taken", format!("There is an account for {email} already."))
}

/// The office of that name; made if there is none.
fn office(tx: &mut WriteTx<'_>, name: &str) -> Result<OfficeId> {
    match store::office_by_name(tx, name)? {
        Some(id) => Ok(id),
        None => store::insert_office(tx, name),
    }
}

/// An account.
pub(crate) fn account(tx: &mut ReadTx<'_>, id: AccountId) -> Result<Account> {
    account::by_id(tx, id)?.ok_or_else(Error::not_found)
}

/// Every account.
pub(crate) fn accounts(tx: &mut ReadTx<'_>) -> Result<Vec<Account>> {
    account::all(tx)
}

/// Notes what a fresh database is for.
pub(crate) fn mark_installation(tx: &mut WriteTx<'_>, demo: bool) -> Result<Audited<()>> {
    store::insert_installation(tx, demo)?;
    tx.record(&Event::plain(Action::InstallationMarked).with(json!({ "demo": demo })), ())
}

/// The name of the caller's office.
pub(super) fn office_name(tx: &mut ReadTx<'_>, office: OfficeId) -> Result<Option<String>> {
    store::office_name(tx, office)
}

/// A fresh access token for an account, and its life in seconds.
pub(super) fn issue(tokens: &KeyRing, account: &Account, now: Instant, life_s: u64) -> Result<(String, u64)> {
    let now = now.unix_seconds();
    let life_s = life_s.min(Kind::Access.life_s());
    let claims = Claims {
        sub: *account.id.uuid(),
        sid: uuid::Uuid::new_v4(),
        jti: uuid::Uuid::new_v4(),
        iat: now,
        nbf: now,
        exp: now.saturating_add(life_s),
        authz_version: u32::try_from(account.authz_version).unwrap_or(0),
        auth_time: now,
    };
    Ok((tokens.sign(Kind::Access, &claims)?, life_s))
}

/// The one answer to every failed sign-in.
pub(super) fn sign_in_failed() -> Error {
    Error::new(Code::SignInFailed)
}
