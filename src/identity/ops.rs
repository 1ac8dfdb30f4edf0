//! Making accounts; signing in is next door.

pub(super) mod accounts;
pub(super) mod activation;
pub(super) mod factors;
pub(super) mod memberships;
#[cfg(feature = "passkeys")]
pub(super) mod passkey;
pub(super) mod places;
pub(super) mod sessions;
pub(super) mod sign_in;

use serde_json::json;

use super::model::{Email, NewAccount, misfits};
use super::store;
use crate::access::account::{self, Account};
use crate::access::membership::{self, Membership};
use crate::db::{Action, Audited, Event, ReadTx, WriteTx};
use crate::error::{Error, Fault, Result};
use crate::id::{AccountId, OfficeId, OrganisationId};

/// Makes an account that can be used at once: what only the operator at the machine can do. The password comes as an argon2id hash; 422 if
/// the e-mail is taken or the membership is none the role can have.
pub(crate) fn create_account(tx: &mut WriteTx<'_>, new: &NewAccount, hash: &str) -> Result<Audited<AccountId>> {
    let faults = wrong_membership(new);
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    if account::by_email(tx, &new.email.to_string())?.is_some() {
        return Err(taken(&new.email));
    }
    let office_id = new.office.as_ref().map(|name| office(tx, name)).transpose()?;
    let organisation_id = new.organisation.as_ref().map(|name| organisation(tx, name)).transpose()?;
    let invited = Account::invited(tx, new.email.to_string(), new.display_name.clone());
    let id = invited.id;
    account::insert(tx, &Account { password: Some(hash.to_owned()), ..invited })?;
    let now = tx.now();
    let membership = Membership {
        office_id,
        organisation_id,
        person_id: new.person,
        accepted_at: Some(now),
        confirmed_at: Some(now),
        confirmed_by: tx.account(),
        ..Membership::offered(tx, id, new.role, new.reach)
    };
    membership::insert(tx, &membership)?;
    let details = json!({ "account": id, "role": new.role, "reach": new.reach, "office": office_id, "organisation": organisation_id });
    tx.record(&Event::plain(Action::AccountCreated).with(details), id)
}

/// What of a membership the role cannot have.
fn wrong_membership(new: &NewAccount) -> Vec<Fault> {
    let (office, organisation, person) = (new.office.is_some(), new.organisation.is_some(), new.person.is_some());
    let found = misfits(new.role, new.reach, office, organisation, person);
    found.into_iter().map(|(member, code, message)| Fault::at(format!("/{member}"), code, message)).collect()
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

/// The organisation of that name; made if there is none.
fn organisation(tx: &mut WriteTx<'_>, name: &str) -> Result<OrganisationId> {
    match store::organisation_by_name(tx, name)? {
        Some(id) => Ok(id),
        None => store::insert_organisation(tx, name),
    }
}

/// An account's membership that is not ended.
pub(crate) fn membership(tx: &mut ReadTx<'_>, account: AccountId) -> Result<Membership> {
    membership::live(tx, account)?.ok_or_else(Error::not_found)
}

/// Every account with its membership.
pub(crate) fn accounts(tx: &mut ReadTx<'_>) -> Result<Vec<(Account, Option<Membership>)>> {
    account::all(tx)
}

/// Notes what a fresh database is for.
pub(crate) fn mark_installation(tx: &mut WriteTx<'_>, demo: bool) -> Result<Audited<()>> {
    store::insert_installation(tx, demo)?;
    tx.record(&Event::plain(Action::InstallationMarked).with(json!({ "demo": demo })), ())
}

/// The name of an office.
pub(crate) fn office_name(tx: &mut ReadTx<'_>, id: OfficeId) -> Result<Option<String>> {
    store::office_name(tx, id)
}

/// The name of an organisation.
pub(crate) fn organisation_name(tx: &mut ReadTx<'_>, id: OrganisationId) -> Result<Option<String>> {
    store::organisation_name(tx, id)
}

/// Names of the office and the organisation somebody belongs to.
pub(super) fn places(tx: &mut ReadTx<'_>, membership: &Membership) -> Result<(Option<String>, Option<String>)> {
    let office = membership.office_id.map(|id| store::office_name(tx, id)).transpose()?.flatten();
    let organisation = membership.organisation_id.map(|id| store::organisation_name(tx, id)).transpose()?.flatten();
    Ok((office, organisation))
}
