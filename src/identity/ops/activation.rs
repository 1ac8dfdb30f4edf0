//! Passwords: set with a code that somebody handed over, or changed by whoever knows the present one. Nobody sets another's.

use chrono_tz::Tz;
use secrecy::SecretString;
use serde_json::json;

use super::super::model::NewAccount;
use super::accounts::change_rights;
use super::create_account;
use crate::access::account::{self, Account, State};
use crate::access::attempts;
use crate::access::membership::{self, Membership};
use crate::access::notices::{self, Kind as Notice};
use crate::access::one_time::{self, Pending, Purpose};
use crate::access::policy::Role;
use crate::access::throttle::Path;
use crate::db::{Action, Audited, Event, ReadTx, WriteTx};
use crate::error::{Error, Result};
use crate::id::AccountId;

/// The code and its account, if the code would let its owner set a password now.
pub(in crate::identity) fn good_code(tx: &mut ReadTx<'_>, code: &SecretString) -> Result<Option<(Pending, Account)>> {
    let Some(pending) = one_time::pending(tx, code)? else { return Ok(None) };
    let Some(id) = pending.account_id else { return Ok(None) };
    let account = account::by_id(tx, id)?;
    let fits = |account: &Account| {
        matches!(
            (pending.purpose, account.state()),
            (Purpose::Activation, State::Invited) | (Purpose::Reset, State::Active)
        )
    };
    Ok(account.filter(fits).map(|account| (pending, account)))
}

/// Sets the password a code is good for. Of several at once one succeeds; none if the code is not good any more.
pub(in crate::identity) fn redeem(
    tx: &mut WriteTx<'_>,
    code: &SecretString,
    hash: &str,
    display_name: Option<&str>,
) -> Result<Audited<Option<()>>> {
    let Some((pending, before)) = good_code(tx, code)? else { return refused(tx) };
    if !one_time::spend(tx, &pending)? {
        return refused(tx);
    }
    let mut after = before.clone();
    after.password = Some(hash.to_owned());
    if let Some(name) = display_name {
        name.clone_into(&mut after.display_name);
    }
    let account = change_rights(tx, &before, after)?;
    let action = if pending.purpose == Purpose::Reset {
        notices::note(tx, account.id, Notice::PasswordChanged)?;
        Action::PasswordReset
    } else {
        accept(tx, account.id, &pending)?;
        Action::AccountActivated
    };
    tx.record(&Event::plain(action).with(json!({ "account": account.id })), Some(()))
}

/// Whoever came has accepted what was offered. To an immigrant the office handed the code in person, and knew who it was.
fn accept(tx: &mut WriteTx<'_>, account: AccountId, pending: &Pending) -> Result<()> {
    let Some(before) = membership::live(tx, account)? else { return Ok(()) };
    if before.state() != membership::State::Invited {
        return Ok(());
    }
    let now = tx.now();
    let mut after = Membership { accepted_at: Some(now), ..before.clone() };
    if after.role == Role::Applicant {
        (after.confirmed_at, after.confirmed_by) = (Some(now), pending.issued_by);
    }
    membership::replace(tx, &before, after)?;
    Ok(())
}

/// Writes down that a code was not good.
pub(in crate::identity) fn refuse(tx: &mut WriteTx<'_>) -> Result<Audited<()>> {
    tx.record(&Event::plain(Action::CodeRefused), ())
}

fn refused<T>(tx: &mut WriteTx<'_>) -> Result<Audited<Option<T>>> {
    Ok(refuse(tx)?.map(|()| None))
}

/// Is the code good for making the first administrator? Once there is one, no code is. A stranger's code is looked up by its key alone.
pub(in crate::identity) fn good_setup(tx: &mut ReadTx<'_>, code: &SecretString) -> Result<Option<Pending>> {
    let pending = one_time::pending(tx, code)?.filter(|pending| pending.purpose == Purpose::FirstAdministrator);
    match pending {
        Some(pending) if !membership::has_administrator(tx)? => Ok(Some(pending)),
        _ => Ok(None),
    }
}

/// Makes the first administrator, of the whole service.
pub(in crate::identity) fn set_up(
    tx: &mut WriteTx<'_>,
    code: &SecretString,
    new: &NewAccount,
    hash: &str,
) -> Result<Audited<Option<AccountId>>> {
    let Some(pending) = good_setup(tx, code)? else { return refused(tx) };
    if !one_time::spend(tx, &pending)? {
        return refused(tx);
    }
    Ok(create_account(tx, new, hash)?.map(Some))
}

/// Changes the own password. Every session ends, the acting one too, so that nothing issued before is good for anything. `known` is the hash
/// the present password was found to match.
pub(in crate::identity) fn change_password(
    tx: &mut WriteTx<'_>,
    before: &Account,
    known: Option<&str>,
    hash: &str,
    zone: Tz,
) -> Result<Audited<()>> {
    let key = attempts::key(tx, Path::StepUp, &before.email, None);
    // Somebody set another one while this one was checked, or tried too many.
    if before.password.as_deref() != known || attempts::is_locked(tx, &key, Path::StepUp, zone)? {
        return Err(wrong_password());
    }
    attempts::clear(tx, &key, before.id)?;
    let after = Account { password: Some(hash.to_owned()), ..before.clone() };
    one_time::end_codes(tx, Some(before.id))?;
    change_rights(tx, before, after)?;
    notices::note(tx, before.id, Notice::PasswordChanged)?;
    tx.record(&Event::plain(Action::PasswordChanged).with(json!({ "account": before.id })), ())
}

/// Counts a present password that was wrong: whoever found an open session guesses no faster than at the door.
pub(in crate::identity) fn count_wrong_password(
    tx: &mut WriteTx<'_>,
    account: AccountId,
    email: &str,
    zone: Tz,
) -> Result<Audited<()>> {
    let key = attempts::key(tx, Path::StepUp, email, None);
    if !attempts::is_locked(tx, &key, Path::StepUp, zone)? {
        attempts::count(tx, &key, zone)?;
    }
    tx.record(&Event::plain(Action::ProofFailed).with(json!({ "account": account })), ())
}

/// 422: the present password is another one, or too many were tried.
pub(in crate::identity) fn wrong_password() -> Error {
    Error::invalid_at(
        "/current_password",
        "wrong",
        "This is not the account's present password, or too many were tried: wait, and try again.",
    )
}

/// The one answer to every code that is not good, whatever is wrong with it.
pub(in crate::identity) fn code_refused() -> Error {
    let message = "The code is not good, or not any more. Ask whoever gave it to you for a new one.";
    Error::invalid_at("/code", "not_good", message)
}
