//! Colleagues who have a file themselves, and whose files they must keep away from.

use serde_json::json;

use crate::access::membership::{self, Membership};
use crate::access::policy::Role;
use crate::access::scope::exclusion;
use crate::db::{Action, Audited, Event, Reach, ReadTx, Viewed, WriteTx};
use crate::error::{Code, Error, Result};
use crate::families::model::Reason;
use crate::families::store::{self, StaffPersonRow};
use crate::id::{AccountId, PersonId};
use crate::people;

/// A colleague the caller watches over: of the same office, or of the whole service. 404 for other accounts, and for immigrants'.
pub(in crate::families) fn colleague(tx: &mut ReadTx<'_>, account: AccountId) -> Result<Membership> {
    let last = membership::last(tx, account)?.ok_or_else(Error::not_found)?;
    let scope = tx.scope();
    let near = scope.reach == Reach::National || (scope.office.is_some() && last.office_id == scope.office);
    if near && last.role != Role::Applicant { Ok(last) } else { Err(Error::not_found()) }
}

/// Says which file is a colleague's. Said twice it is the same.
pub(in crate::families) fn link(
    tx: &mut WriteTx<'_>,
    account: AccountId,
    person: PersonId,
) -> Result<Audited<StaffPersonRow>> {
    refuse_own(tx, account)?;
    if people::visible_among(tx, &[person])?.is_empty() {
        return Err(Error::invalid_at("/person_id", "unknown_person", "There is no such person."));
    }
    let row = match store::file_of(tx, account)? {
        Some(row) if row.person_id == person => row,
        _ => store::link(tx, account, person)?,
    };
    tx.record(&Event::about(Action::StaffPersonLinked, person).with(json!({ "account": account })), row)
}

/// Says that a colleague has no file. The file that was meant learns of it.
pub(in crate::families) fn unlink(tx: &mut WriteTx<'_>, account: AccountId) -> Result<Audited<()>> {
    refuse_own(tx, account)?;
    let before = store::file_of(tx, account)?;
    store::unlink(tx, account)?;
    let subjects = before.map(|row| row.person_id).into_iter().collect();
    tx.record(&Event::about_all(Action::StaffPersonUnlinked, subjects).with(json!({ "account": account })), ())
}

/// Must a colleague keep away from a file? For whoever hands out work.
pub(in crate::families) fn conflict(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    account: AccountId,
) -> Result<Viewed<Option<Reason>>> {
    people::visible(tx, person)?;
    colleague(tx, account)?;
    let reason = keeps_away(tx, account, person)?;
    tx.viewed(&Event::about(Action::ConflictViewed, person).with(json!({ "account": account })), reason)
}

/// Why the account must keep away from decisions about the person: it is on record, the file is its own, or its holder is or was tied to the
/// person, directly or through one other person. Everything on record counts here, whatever the caller may know of.
pub fn keeps_away(tx: &mut ReadTx<'_>, account: AccountId, person: PersonId) -> Result<Option<Reason>> {
    if exclusion::is_live(tx, person, account)? {
        return Ok(Some(Reason::Excluded));
    }
    let Some(own) = store::file_of(tx, account)?.map(|row| row.person_id) else { return Ok(None) };
    if own == person {
        return Ok(Some(Reason::OwnFile));
    }
    let kin = store::neighbours(tx, own)?;
    if kin.contains(&person) {
        return Ok(Some(Reason::Kin));
    }
    let common = !kin.is_empty() && !kin.is_disjoint(&store::neighbours(tx, person)?);
    Ok(common.then_some(Reason::CommonKin))
}

/// Nobody says of themselves that they have no file.
fn refuse_own(tx: &WriteTx<'_>, account: AccountId) -> Result<()> {
    if tx.account() == Some(account) {
        let why = "Nobody records this of the own account: another supervisor does.";
        return Err(Error::new(Code::ActionNotPermitted).with_detail(why));
    }
    Ok(())
}
