//! What officers do with permits.

mod cards;
mod chain;
mod ends;

use serde_json::json;

pub(super) use self::cards::{CardRecorded, events_of, find_card_event, record_card_event, withdraw_card_event};
pub(super) use self::chain::{PermitChain, bridging, chain};
pub(crate) use self::ends::end;
pub(super) use self::ends::{PermitStatus, allowed, status};
use super::model::Permit;
use super::store::{self, PermitRow};
use crate::clock::Instant;
use crate::db::{Action, Audited, Event, ReadTx, Viewed, WriteTx};
use crate::error::{Code, Error, Fault, Result};
use crate::id::{PermitId, PersonId};
use crate::people;

/// Records a permit. 409 if one of the same kind covers one of its days.
pub(crate) fn record(tx: &mut WriteTx<'_>, person: PersonId, permit: Permit) -> Result<Audited<PermitRow>> {
    people::lock(tx, person)?;
    let id = PermitId::random();
    refuse_overlap(tx, person, id, &permit)?;
    let row = PermitRow::of(tx, person, id, permit);
    let row = store::insert(tx, row)?;
    tx.record(&Event::about(Action::PermitRecorded, person).with(json!({ "permit": id })), row)
}

/// Changes a permit's record: the version before stays readable.
pub(super) fn change(tx: &mut WriteTx<'_>, before: &PermitRow, permit: Permit) -> Result<Audited<PermitRow>> {
    people::lock(tx, before.person_id)?;
    if before.ended_on.is_some() && (permit.valid_from, permit.valid_to) != (before.valid_from, before.valid_to) {
        let state = before.validity().state_before_end(before.valid_from);
        return Err(ends::refused(state).with_detail("The permit has ended: its days do not change any more."));
    }
    refuse_overlap(tx, before.person_id, before.id, &permit)?;
    let row = store::replace(tx, before, before.with(permit))?;
    let details = json!({ "permit": row.id, "version": row.version });
    tx.record(&Event::about(Action::PermitChanged, row.person_id).with(details), row)
}

/// Withdraws a record made by mistake: it counts nowhere any more, its versions stay readable.
pub(super) fn withdraw(tx: &mut WriteTx<'_>, before: &PermitRow) -> Result<Audited<PermitRow>> {
    let after = PermitRow { withdrawn: true, ..before.clone() };
    let row = store::replace(tx, before, after)?;
    let details = json!({ "permit": row.id, "version": row.version, "withdrawn": true });
    tx.record(&Event::about(Action::PermitChanged, row.person_id).with(details), row)
}

/// A permit and whose it is.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    /// Whose.
    pub(crate) person: PersonId,
    /// Its id.
    pub(crate) id: PermitId,
    /// What it is.
    pub(crate) permit: Permit,
}

/// The permits of these persons that are in force on a day or will be after it.
pub(crate) fn not_ended_before(tx: &mut ReadTx<'_>, persons: &[PersonId], day: chrono::NaiveDate) -> Result<Vec<Held>> {
    let rows = store::not_ended_before(tx, persons, day)?;
    Ok(rows.iter().map(|row| Held { person: row.person_id, id: row.id, permit: row.permit() }).collect())
}

/// A page of a person's permits, first day first.
pub(super) fn list(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    as_of: Instant,
    after: Option<&(chrono::NaiveDate, PermitId)>,
    limit: usize,
) -> Result<Viewed<Vec<PermitRow>>> {
    people::visible(tx, person)?;
    let rows = store::page(tx, person, as_of, after, limit)?;
    tx.viewed(&Event::about(Action::PermitsViewed, person), rows)
}

/// One permit.
pub(super) fn show(tx: &mut ReadTx<'_>, person: PersonId, id: PermitId) -> Result<Viewed<PermitRow>> {
    let row = find(tx, person, id)?;
    tx.viewed(&Event::about(Action::PermitsViewed, person).with(json!({ "permit": id })), row)
}

/// The live row of a permit of a person the caller may see.
pub(crate) fn find(tx: &mut ReadTx<'_>, person: PersonId, id: PermitId) -> Result<PermitRow> {
    people::visible(tx, person)?;
    store::live(tx, person, id)
}

/// Every permit of a person as the record stood at `as_of`, for the slices above: they see to who may know of the person.
pub(crate) fn recorded(tx: &mut ReadTx<'_>, person: PersonId, as_of: Instant) -> Result<Vec<Permit>> {
    Ok(store::all(tx, person, as_of)?.iter().map(PermitRow::permit).collect())
}

/// The database refuses an overlap by a constraint; this names the permits it is with.
fn refuse_overlap(tx: &mut ReadTx<'_>, person: PersonId, id: PermitId, permit: &Permit) -> Result<()> {
    let others = store::overlapping(tx, person, id, permit)?;
    if others.is_empty() {
        return Ok(());
    }
    let faults = others.iter().map(|(other, from, to)| {
        let to = to.map_or_else(|| "open".to_owned(), |to| to.to_string());
        Fault::at("/valid_from", "overlaps", format!("Permit {other} covers {from} to {to}."))
    });
    Err(Error::new(Code::OverlappingPermit).with_faults(faults.collect()))
}
