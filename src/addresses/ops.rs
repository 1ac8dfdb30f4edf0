//! What officers do with registrations.

pub(super) mod consents;
pub(super) mod dwellings;

use std::collections::BTreeSet;

use serde_json::json;

use super::model::{Address, ConsentState};
use super::store::{self, AddressRow};
use crate::clock::Instant;
use crate::db::{Action, Audited, Event, ReadTx, Viewed, WriteTx};
use crate::error::{Code, Error, Fault, Result};
use crate::id::{AddressId, DwellingId, PersonId};
use crate::people;

/// A registration as it is shown.
#[derive(Debug)]
pub(super) struct Registered {
    /// The registration.
    pub(super) row: AddressRow,
    /// Does a host's consent to it hold?
    pub(super) consented: bool,
}

/// Registers a person at an address. 409 if a registration of the same kind certainly covers one of its days.
pub(crate) fn register(tx: &mut WriteTx<'_>, person: PersonId, address: Address) -> Result<Audited<AddressRow>> {
    people::lock(tx, person)?;
    let id = AddressId::random();
    refuse_overlap(tx, person, id, &address)?;
    let dwelling = store::dwellings::of(tx, &address)?;
    let row = AddressRow::of(tx, person, id, dwelling, address);
    let row = store::insert(tx, row)?;
    tx.record(&Event::about(Action::AddressRegistered, person).with(json!({ "address": id })), row)
}

/// Ends or corrects a registration: the version before stays readable.
pub(super) fn change(tx: &mut WriteTx<'_>, before: &AddressRow, address: Address) -> Result<Audited<AddressRow>> {
    people::lock(tx, before.person_id)?;
    refuse_overlap(tx, before.person_id, before.id, &address)?;
    let dwelling = dwelling_after(tx, before, &address)?;
    let after = AddressRow::of(tx, before.person_id, before.id, dwelling, address);
    replace(tx, before, after)
}

/// A registration stays in its dwelling unless its text changes.
fn dwelling_after(tx: &mut WriteTx<'_>, before: &AddressRow, address: &Address) -> Result<DwellingId> {
    let same = before.division == address.division && before.as_printed == address.as_printed;
    match before.dwelling_id {
        Some(dwelling) if same => Ok(dwelling),
        _ => store::dwellings::of(tx, address),
    }
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
) -> Result<Viewed<Vec<Registered>>> {
    people::visible(tx, person)?;
    let rows = store::page(tx, person, as_of, after, limit)?;
    let consented = consented(tx, person, as_of)?;
    let rows = rows.into_iter().map(|row| Registered { consented: consented.contains(&row.id), row }).collect();
    tx.viewed(&Event::about(Action::AddressesViewed, person), rows)
}

/// One registration.
pub(super) fn show(tx: &mut ReadTx<'_>, person: PersonId, id: AddressId) -> Result<Viewed<Registered>> {
    let row = find(tx, person, id)?;
    let consented = consented(tx, person, Instant::END)?.contains(&id);
    let details = json!({ "address": id });
    tx.viewed(&Event::about(Action::AddressesViewed, person).with(details), Registered { row, consented })
}

/// The live row of a registration of a person the caller may see.
pub(super) fn find(tx: &mut ReadTx<'_>, person: PersonId, id: AddressId) -> Result<AddressRow> {
    people::visible(tx, person)?;
    store::live(tx, person, id)
}

/// A registration of a person the caller may see, as the record stood at `as_of`. For the slices above.
pub(crate) fn found(tx: &mut ReadTx<'_>, person: PersonId, id: AddressId, as_of: Instant) -> Result<Address> {
    people::visible(tx, person)?;
    let rows = store::recorded(tx, person, as_of)?;
    rows.iter().find(|row| row.id == id).ok_or_else(Error::not_found)?.address()
}

/// Does a host's consent to a registration hold?
pub(super) fn is_consented(tx: &mut ReadTx<'_>, row: &AddressRow) -> Result<bool> {
    Ok(consented(tx, row.person_id, Instant::END)?.contains(&row.id))
}

/// The registrations of a person to which a host's consent holds.
fn consented(tx: &mut ReadTx<'_>, person: PersonId, as_of: Instant) -> Result<BTreeSet<AddressId>> {
    let rows = store::consents::recorded(tx, person, as_of)?;
    let given = rows.iter().filter(|row| row.consent().state() == ConsentState::Given);
    Ok(given.filter_map(|row| row.address_id).collect())
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
