//! Files that are absent for everybody they are not assigned to.

use serde_json::json;

use crate::access::scope::assignment;
use crate::access::scope::protection::{self, ProtectionRow};
use crate::db::{Action, Audited, Event, ReadTx, Viewed, WriteTx};
use crate::error::{Code, Error, Result};
use crate::id::{PersonId, ProtectionId};
use crate::people;

/// Protects a file. 422 if nobody keeps it: then nobody could see it any more.
pub(in crate::confidentiality) fn protect(
    tx: &mut WriteTx<'_>,
    person: PersonId,
    reason: &str,
) -> Result<Audited<ProtectionRow>> {
    people::lock(tx, person)?;
    if protection::is_live(tx, person)? {
        return Err(Error::new(Code::InvalidTransition).with_member("state", "protected"));
    }
    if !assignment::any(tx, person, None)? {
        let message = "Nobody keeps the file, so nobody could see it any more. Assign it first.";
        return Err(Error::invalid_at("", "nobody_assigned", message));
    }
    let row = ProtectionRow {
        person_id: person,
        id: ProtectionId::random(),
        recorded_at: tx.now(),
        recorded_by: tx.account(),
        ended_at: None,
        ended_by: None,
    };
    protection::insert(tx, &row)?;
    let details = json!({ "protection": row.id, "reason": reason });
    tx.record(&Event::about(Action::FileProtected, person).with(details), row)
}

/// Lifts a protection.
pub(in crate::confidentiality) fn lift(tx: &mut WriteTx<'_>, row: ProtectionRow) -> Result<Audited<ProtectionRow>> {
    let row = protection::end(tx, row)?;
    let details = json!({ "protection": row.id });
    tx.record(&Event::about(Action::ProtectionLifted, row.person_id).with(details), row)
}

/// The protections of a file, lifted ones too.
pub(in crate::confidentiality) fn list(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    after: Option<(i64, ProtectionId)>,
    limit: usize,
) -> Result<Viewed<Vec<ProtectionRow>>> {
    people::visible(tx, person)?;
    let rows = protection::page(tx, person, after, limit)?;
    tx.viewed(&Event::about(Action::ProtectionsViewed, person), rows)
}

/// A protection of a file the caller may know of.
pub(in crate::confidentiality) fn find(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    id: ProtectionId,
) -> Result<ProtectionRow> {
    people::visible(tx, person)?;
    protection::standing(tx, person, id)
}
