//! What officers do with proofs, facts and events.

use chrono::NaiveDate;
use serde_json::json;

use super::model::{Event as LegalEvent, Evidence, Fact};
use super::store::events::{self, EventRow};
use super::store::evidence::{self as proofs, EvidenceRow};
use super::store::facts::{self, FactRow};
use crate::clock::Instant;
use crate::db::{Action, Audited, Event, ReadTx, Viewed, WriteTx};
use crate::error::{Code, Error, Result};
use crate::id::{EventId, EvidenceId, FactId, PersonId};
use crate::people;

/// Records a proof.
pub(crate) fn record_evidence(
    tx: &mut WriteTx<'_>,
    person: PersonId,
    evidence: Evidence,
) -> Result<Audited<EvidenceRow>> {
    let row = EvidenceRow::of(tx, person, EvidenceId::random(), evidence);
    let row = proofs::insert(tx, row)?;
    tx.record(&Event::about(Action::EvidenceRecorded, person).with(json!({ "evidence": row.id })), row)
}

/// Stores a proof, as a consequence of what another slice records. The trace is that slice's, which names the proof.
pub(crate) fn prove(tx: &mut WriteTx<'_>, person: PersonId, evidence: Evidence) -> Result<EvidenceId> {
    let row = EvidenceRow::of(tx, person, EvidenceId::random(), evidence);
    Ok(proofs::insert(tx, row)?.id)
}

/// Withdraws a proof that another act brought with it, unless somebody did so before.
pub(crate) fn disprove(tx: &mut WriteTx<'_>, person: PersonId, id: EvidenceId) -> Result<()> {
    match proofs::live(tx, person, id) {
        Ok(before) => {
            proofs::replace(tx, &before, EvidenceRow { withdrawn: true, ..before.clone() })?;
            Ok(())
        }
        Err(error) if error.code == Code::Gone => Ok(()),
        Err(error) => Err(error),
    }
}

/// Stores the next version of a proof: changed, or withdrawn.
pub(super) fn replace_evidence(
    tx: &mut WriteTx<'_>,
    before: &EvidenceRow,
    after: EvidenceRow,
) -> Result<Audited<EvidenceRow>> {
    let row = proofs::replace(tx, before, after)?;
    let details = json!({ "evidence": row.id, "version": row.version, "withdrawn": row.withdrawn });
    tx.record(&Event::about(Action::EvidenceChanged, row.person_id).with(details), row)
}

/// The live row of a proof of a person the caller may see.
pub(super) fn find_evidence(tx: &mut ReadTx<'_>, person: PersonId, id: EvidenceId) -> Result<EvidenceRow> {
    people::visible(tx, person)?;
    proofs::live(tx, person, id)
}

/// Records a fact.
pub(crate) fn record_fact(tx: &mut WriteTx<'_>, person: PersonId, fact: Fact) -> Result<Audited<FactRow>> {
    people::lock(tx, person)?;
    if let Some(other) = facts::named(tx, person, &fact.name)? {
        let message = format!("This fact is on record as {other}. Change that one.");
        return Err(Error::invalid_at("/name", "already_recorded", message));
    }
    let row = FactRow::of(tx, person, FactId::random(), fact);
    let row = facts::insert(tx, row)?;
    tx.record(&Event::about(Action::FactRecorded, person).with(json!({ "fact": row.id })), row)
}

/// Stores the next version of a fact: changed, or withdrawn.
pub(super) fn replace_fact(tx: &mut WriteTx<'_>, before: &FactRow, after: FactRow) -> Result<Audited<FactRow>> {
    let row = facts::replace(tx, before, after)?;
    let details = json!({ "fact": row.id, "version": row.version, "withdrawn": row.withdrawn });
    tx.record(&Event::about(Action::FactChanged, row.person_id).with(details), row)
}

/// The live row of a fact of a person the caller may see.
pub(super) fn find_fact(tx: &mut ReadTx<'_>, person: PersonId, id: FactId) -> Result<FactRow> {
    people::visible(tx, person)?;
    facts::live(tx, person, id)
}

/// Records an event.
pub(crate) fn record_event(tx: &mut WriteTx<'_>, person: PersonId, event: LegalEvent) -> Result<Audited<EventRow>> {
    let row = EventRow::of(tx, person, EventId::random(), event);
    let row = events::insert(tx, row)?;
    tx.record(&Event::about(Action::EventRecorded, person).with(json!({ "event": row.id })), row)
}

/// Stores the event that starts a term, as a consequence of what another slice records: once for each kind and day. The trace is that slice's,
/// which names the event.
pub(crate) fn start_term(tx: &mut WriteTx<'_>, person: PersonId, kind: &str, on: NaiveDate) -> Result<EventId> {
    if let Some(known) = events::on_day(tx, person, kind, on)? {
        return Ok(known);
    }
    let event = LegalEvent { kind: kind.to_owned(), happened_on: on, happened_at: None };
    let row = EventRow::of(tx, person, EventId::random(), event);
    Ok(events::insert(tx, row)?.id)
}

/// Withdraws an event that another act brought with it, unless somebody did so before.
pub(crate) fn stop_term(tx: &mut WriteTx<'_>, person: PersonId, id: EventId) -> Result<()> {
    match events::live(tx, person, id) {
        Ok(before) => {
            events::replace(tx, &before, EventRow { withdrawn: true, ..before.clone() })?;
            Ok(())
        }
        Err(error) if error.code == Code::Gone => Ok(()),
        Err(error) => Err(error),
    }
}

/// Kinds and days of all events of a person as the record stood at `as_of`, in order. The caller has seen to it that the person is visible.
pub(crate) fn events(tx: &mut ReadTx<'_>, person: PersonId, as_of: Instant) -> Result<Vec<(String, NaiveDate)>> {
    events::all(tx, person, as_of)
}

/// Stores the next version of an event: changed, or withdrawn.
pub(super) fn replace_event(tx: &mut WriteTx<'_>, before: &EventRow, after: EventRow) -> Result<Audited<EventRow>> {
    let row = events::replace(tx, before, after)?;
    let details = json!({ "event": row.id, "version": row.version, "withdrawn": row.withdrawn });
    tx.record(&Event::about(Action::EventChanged, row.person_id).with(details), row)
}

/// The live row of an event of a person the caller may see.
pub(super) fn find_event(tx: &mut ReadTx<'_>, person: PersonId, id: EventId) -> Result<EventRow> {
    people::visible(tx, person)?;
    events::live(tx, person, id)
}

/// Shows rows of a person the caller may see: `load` reads them.
pub(super) fn look<T>(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    load: impl FnOnce(&mut ReadTx<'_>) -> Result<T>,
) -> Result<Viewed<T>> {
    people::visible(tx, person)?;
    let found = load(tx)?;
    tx.viewed(&Event::about(Action::GroundsViewed, person), found)
}
