//! One's own second factors.

use serde_json::json;

use super::sign_in::{House, role};
use crate::access::account::Account;
use crate::access::factor::{self, Factors};
use crate::access::notices::{self, Kind as Notice};
use crate::access::session::{self, Ended};
use crate::access::standing::Standing;
use crate::db::{Action, Audited, Event, ReadTx, WriteTx};
use crate::error::{Code, Error, Result};
use crate::id::{AccountId, PasskeyId};

/// What the account can prove with, if this is one of its passkeys.
pub(in crate::identity) fn find(tx: &mut ReadTx<'_>, account: AccountId, id: PasskeyId) -> Result<Factors> {
    let factors = factor::all(tx, account)?;
    let has_it = factors.passkeys.iter().any(|passkey| passkey.id == id);
    has_it.then_some(factors).ok_or_else(Error::not_found)
}

/// Removes a passkey. The last factor of somebody who needs one stays.
pub(in crate::identity) fn remove(
    tx: &mut WriteTx<'_>,
    standing: &Standing,
    factors: &Factors,
    id: PasskeyId,
    house: House,
) -> Result<Audited<()>> {
    let account = &standing.account;
    if factors.passkeys.len() == 1 && is_last(tx, account, factors, house)? {
        let detail = "It is the last second factor, and the account needs one: add another first.";
        return Err(Error::new(Code::InvalidTransition).with_detail(detail).with_member("state", "last_factor"));
    }
    factor::remove_passkey(tx, account.id, id)?;
    changed(tx, standing)?;
    tx.record(&Event::plain(Action::PasskeyRemoved).with(json!({ "account": account.id, "passkey": id })), ())
}

fn is_last(tx: &mut ReadTx<'_>, account: &Account, factors: &Factors, house: House) -> Result<bool> {
    let role = role(tx, account)?;
    Ok(house.needs_passkey(role) || (house.needs_second_factor(role) && !factors.totp))
}

/// The holder is told of a change of factors, and signs in anew everywhere else.
pub(super) fn changed(tx: &mut WriteTx<'_>, standing: &Standing) -> Result<()> {
    let account = standing.account.id;
    session::end_others(tx, account, Some(standing.session.id), Ended::RightsChanged)?;
    notices::note(tx, account, Notice::FactorChanged)
}
