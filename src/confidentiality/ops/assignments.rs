//! Whose file it is to keep.

use serde_json::json;

use crate::access::membership::{self, State};
use crate::access::policy::Role;
use crate::access::scope::assignment::{self, AssignmentRow};
use crate::access::scope::{self, exclusion};
use crate::db::{Action, Audited, Event, ReadTx, Viewed, WriteTx};
use crate::error::{Code, Error, Result};
use crate::id::{AccountId, AssignmentId, OfficeId, PersonId};
use crate::people;

/// Gives a colleague of the file's office the file to keep. 403 if they must keep away from it.
pub(in crate::confidentiality) fn assign(
    tx: &mut WriteTx<'_>,
    person: PersonId,
    account: AccountId,
) -> Result<Audited<AssignmentRow>> {
    people::lock(tx, person)?;
    let office = own_office(tx, person)?;
    let live = membership::live(tx, account)?.filter(|live| live.state() == State::Confirmed);
    let keeps_files = |role| matches!(role, Role::Caseworker | Role::Official | Role::Supervisor);
    if !live.is_some_and(|live| live.office_id == Some(office) && keeps_files(live.role)) {
        let message = "A file is kept by a caseworker, official or supervisor of its own office.";
        return Err(Error::invalid_at("/account_id", "not_in_office", message));
    }
    if exclusion::is_live(tx, person, account)? {
        return Err(Error::new(Code::ConflictOfInterest));
    }
    if assignment::is_live(tx, person, account)? {
        return Err(Error::invalid_at("/account_id", "already_assigned", "The account keeps the file already."));
    }
    let row = assignment::assign(tx, person, account)?;
    let details = json!({ "assignment": row.id, "account": account });
    tx.record(&Event::about(Action::FileAssigned, person).with(details), row)
}

/// Takes the file from whoever keeps it.
pub(in crate::confidentiality) fn end(tx: &mut WriteTx<'_>, row: AssignmentRow) -> Result<Audited<AssignmentRow>> {
    people::lock(tx, row.person_id)?;
    own_office(tx, row.person_id)?;
    super::refuse_orphan(tx, row.person_id, row.account_id)?;
    let row = assignment::end(tx, row)?;
    let details = json!({ "assignment": row.id, "account": row.account_id });
    tx.record(&Event::about(Action::FileUnassigned, row.person_id).with(details), row)
}

/// Who keeps the file and who kept it.
pub(in crate::confidentiality) fn list(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    after: Option<(i64, AssignmentId)>,
    limit: usize,
) -> Result<Viewed<Vec<AssignmentRow>>> {
    people::visible(tx, person)?;
    let rows = assignment::page(tx, person, after, limit)?;
    tx.viewed(&Event::about(Action::AssignmentsViewed, person), rows)
}

/// An assignment of a file the caller may know of.
pub(in crate::confidentiality) fn find(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    id: AssignmentId,
) -> Result<AssignmentRow> {
    people::visible(tx, person)?;
    assignment::standing(tx, person, id)
}

/// The file's office. 403 unless it is the caller's: who keeps the files of an office is decided there.
fn own_office(tx: &mut WriteTx<'_>, person: PersonId) -> Result<OfficeId> {
    let office = scope::office_of(tx, person)?;
    if tx.scope().office == Some(office) { Ok(office) } else { Err(Error::new(Code::ActionNotPermitted)) }
}
