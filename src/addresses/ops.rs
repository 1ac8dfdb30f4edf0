//! What officers do with registrations.

use serde_json::json;

use super::model::Address;
use super::store::{self, AddressRow};
use crate::clock::Instant;
use crate::db::{Action, Audited, Event, ReadTx, Viewed, WriteTx};
use crate::error::{Code, Error, Fault, Result};
use crate::id::{AddressId, PersonId};
use crate::people;

/// Registers a person at an address. 409 if a registration of the same kind certainly covers one of its days.
pub(crate) fn register(tx: &mut WriteTx<'_>, person: PersonId, address: Address) -> Result<Audited<AddressRow>> {
    people::lock(tx, person)?;
    let id = AddressId::random();
    refuse_overlap(tx, person, id, &address)?;
    let row = AddressRow::of(tx, person, id, address);
    let row = store::insert(tx, row)?;
    tx.record(&Event::about(Action::AddressRegistered, person).with(json!({ "address": id })), row)
}

/// Ends or corrects a registration: the version before stays readable.
pub(super) fn change(tx: &mut WriteTx<'_>, before: &AddressRow, address: Address) -> Result<Audited<AddressRow>> {
    people::lock(tx, before.person_id)?;
    refuse_overlap(tx, before.person_id, before.id, &address)?;
    let after = AddressRow::of(tx, before.person_id, before.id, address);
    replace(tx, before, after)
}

/// Withdraws a registration recorded by mistake.
pub(super) fn withdraw(tx: &mut WriteTx<'_>, before: &AddressRow) -> Result<Audited<AddressRow>> {
    replace(tx, before, AddressRow { withdrawn: true, ..before.clone() })
}

fn replace(tx: &mut WriteTx<'_>, before: &AddressRow, after: AddressRow) -> Result<Audited<AddressRow>> {
    let row = store::replace(tx, before, after)?;
    let details = json!({ "address": row.id, "version": row.version, "withdrawn": row.withdrawn });
    tx.record(&Event::about(Action::AddressChanged, row.person_id).with(details), row)
}

/// A page of a person's registrations, earliest first.
pub(super) fn list(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    as_of: Instant,
    after: Option<&(String, AddressId)>,
    limit: usize,
) -> Result<Viewed<Vec<AddressRow>>> {
    people::visible(tx, person)?;
    let rows = store::page(tx, person, as_of, after, limit)?;
    tx.viewed(&Event::about(Action::AddressesViewed, person), rows)
}

/// One registration.
pub(super) fn show(tx: &mut ReadTx<'_>, person: PersonId, id: AddressId) -> Result<Viewed<AddressRow>> {
    let row = find(tx, person, id)?;
    tx.viewed(&Event::about(Action::AddressesViewed, person).with(json!({ "address": id })), row)
}

/// The live row of a registration of a person the caller may see.
pub(super) fn find(tx: &mut ReadTx<'_>, person: PersonId, id: AddressId) -> Result<AddressRow> {
    people::visible(tx, person)?;
    store::live(tx, person, id)
}

/// The database refuses an overlap by a constraint; this names the registrations it is with.
fn refuse_overlap(tx: &mut ReadTx<'_>, person: PersonId, id: AddressId, address: &Address) -> Result<()> {
    let Some(days) = address.certain_days() else { return Ok(()) };
    let others = store::overlapping(tx, person, id, address.kind, days)?;
    if others.is_empty() {
        return Ok(());
    }
    let faults = others.iter().map(|other| {
        let to = other.valid_to.as_deref().unwrap_or("open");
        Fault::at("/valid_from", "overlaps", format!("Registration {} covers {} to {to}.", other.id, other.valid_from))
    });
    Err(Error::new(Code::OverlappingAddress).with_faults(faults.collect()))
}
