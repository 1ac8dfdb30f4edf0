//! What officers do with crossings, trips and unknown stretches. Whoever looks at the file before writing locks it: a trip must not overlap
//! another. A new crossing locks nothing: its reference to the person waits for whoever holds the file, and is waited for.

use chrono::NaiveDate;
use serde_json::json;

use super::model::{Crossing, CrossingSource, Direction, Finding, Gap, Presence, Trip, derive, findings, overlap};
use super::store::crossings::{self, CrossingRow};
use super::store::gaps::{self, GapRow};
use crate::clock::Instant;
use crate::db::{Action, Audited, Event, ReadTx, Viewed, WriteTx};
use crate::error::{Code, Error, Fault, Result};
use crate::id::{CrossingId, GapId, PersonId};
use crate::people;

/// Records a crossing.
pub(crate) fn record_crossing(
    tx: &mut WriteTx<'_>,
    person: PersonId,
    crossing: Crossing,
) -> Result<Audited<CrossingRow>> {
    let row = CrossingRow::of(tx, person, CrossingId::random(), crossing);
    let row = crossings::insert(tx, row)?;
    tx.record(&Event::about(Action::CrossingRecorded, person).with(json!({ "crossing": row.id })), row)
}

/// Records many crossings at once: one act, and one event for it.
pub(super) fn record_crossings(
    tx: &mut WriteTx<'_>,
    person: PersonId,
    items: Vec<Crossing>,
) -> Result<Audited<Vec<CrossingRow>>> {
    let mut rows = Vec::with_capacity(items.len());
    for crossing in items {
        let row = CrossingRow::of(tx, person, CrossingId::random(), crossing);
        rows.push(crossings::insert(tx, row)?);
    }
    let ids: Vec<CrossingId> = rows.iter().map(|row| row.id).collect();
    tx.record(&Event::about(Action::CrossingsRecorded, person).with(json!({ "crossings": ids })), rows)
}

/// What cannot be right in a person's crossings up to a day, as the record stood at `as_of`.
pub(super) fn show_findings(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    as_of: Instant,
    on: NaiveDate,
) -> Result<Viewed<Vec<Finding>>> {
    people::visible(tx, person)?;
    let mut recorded = crossings::seen(tx, person, as_of)?;
    recorded.retain(|crossing| crossing.on <= on);
    tx.viewed(&Event::about(Action::FindingsViewed, person), findings(&recorded))
}

/// Declares a trip: its exit and, unless it is not over, its entry. 409 if a recorded trip shares a day with it.
pub(crate) fn declare_trip(
    tx: &mut WriteTx<'_>,
    person: PersonId,
    trip: Trip,
    source: CrossingSource,
) -> Result<Audited<(CrossingRow, Option<CrossingRow>)>> {
    people::lock(tx, person)?;
    let recorded = derive(&crossings::all(tx, person, Instant::END)?, &[]);
    if let Some(other) = overlap(&recorded.trips, trip) {
        let entry = other.entry.map_or_else(|| "now".to_owned(), |entry| entry.to_string());
        let fault = Fault::at("/exit", "overlaps", format!("A trip from {} to {entry} is on record.", other.exit));
        return Err(Error::new(Code::OverlappingTrip).with_faults(vec![fault]));
    }
    let mut cross = |direction, crossed_on| {
        let confidence = source.confidence();
        let crossing = Crossing { direction, crossed_on, place: None, source, confidence };
        let row = CrossingRow::of(tx, person, CrossingId::random(), crossing);
        crossings::insert(tx, row)
    };
    let exit = cross(Direction::Exit, trip.exit)?;
    let entry = trip.entry.map(|day| cross(Direction::Entry, day)).transpose()?;
    let details = json!({ "exit": exit.id, "entry": entry.as_ref().map(|row| row.id) });
    tx.record(&Event::about(Action::TripRecorded, person).with(details), (exit, entry))
}

/// Corrects a crossing: the version before stays readable.
pub(super) fn correct(tx: &mut WriteTx<'_>, before: &CrossingRow, crossing: Crossing) -> Result<Audited<CrossingRow>> {
    let after = CrossingRow::of(tx, before.person_id, before.id, crossing);
    replace(tx, before, after)
}

/// Withdraws a crossing recorded by mistake.
pub(super) fn withdraw(tx: &mut WriteTx<'_>, before: &CrossingRow) -> Result<Audited<CrossingRow>> {
    replace(tx, before, CrossingRow { withdrawn: true, ..before.clone() })
}

fn replace(tx: &mut WriteTx<'_>, before: &CrossingRow, after: CrossingRow) -> Result<Audited<CrossingRow>> {
    people::lock(tx, before.person_id)?;
    let row = crossings::replace(tx, before, after)?;
    let details = json!({ "crossing": row.id, "version": row.version, "withdrawn": row.withdrawn });
    tx.record(&Event::about(Action::CrossingCorrected, row.person_id).with(details), row)
}

/// The live row of a crossing of a person the caller may see.
pub(super) fn find(tx: &mut ReadTx<'_>, person: PersonId, id: CrossingId) -> Result<CrossingRow> {
    people::visible(tx, person)?;
    crossings::live(tx, person, id)
}

/// One crossing.
pub(super) fn show(tx: &mut ReadTx<'_>, person: PersonId, id: CrossingId) -> Result<Viewed<CrossingRow>> {
    let row = find(tx, person, id)?;
    tx.viewed(&Event::about(Action::PresenceViewed, person).with(json!({ "crossing": id })), row)
}

/// A page of a person's crossings, by day.
pub(super) fn list(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    as_of: Instant,
    after: Option<&(NaiveDate, CrossingId)>,
    limit: usize,
) -> Result<Viewed<Vec<CrossingRow>>> {
    people::visible(tx, person)?;
    let rows = crossings::page(tx, person, as_of, after, limit)?;
    tx.viewed(&Event::about(Action::PresenceViewed, person), rows)
}

/// Trips, stays and unknown stretches up to a day, as the record stood at `as_of`.
pub(super) fn trips(tx: &mut ReadTx<'_>, person: PersonId, as_of: Instant, on: NaiveDate) -> Result<Viewed<Presence>> {
    people::visible(tx, person)?;
    let mut recorded = crossings::all(tx, person, as_of)?;
    recorded.retain(|(day, _)| *day <= on);
    let presence = derive(&recorded, &gaps::all(tx, person, as_of)?);
    tx.viewed(&Event::about(Action::PresenceViewed, person), presence)
}

/// Records a stretch for which nobody knows where the person was.
pub(crate) fn record_gap(tx: &mut WriteTx<'_>, person: PersonId, gap: Gap) -> Result<Audited<GapRow>> {
    let row = GapRow::of(tx, person, GapId::random(), gap);
    let row = gaps::insert(tx, row)?;
    tx.record(&Event::about(Action::GapRecorded, person).with(json!({ "gap": row.id })), row)
}

/// Corrects a stretch.
pub(super) fn correct_gap(tx: &mut WriteTx<'_>, before: &GapRow, gap: Gap) -> Result<Audited<GapRow>> {
    let after = GapRow::of(tx, before.person_id, before.id, gap);
    replace_gap(tx, before, after)
}

/// Withdraws a stretch recorded by mistake.
pub(super) fn withdraw_gap(tx: &mut WriteTx<'_>, before: &GapRow) -> Result<Audited<GapRow>> {
    replace_gap(tx, before, GapRow { withdrawn: true, ..before.clone() })
}

fn replace_gap(tx: &mut WriteTx<'_>, before: &GapRow, after: GapRow) -> Result<Audited<GapRow>> {
    let row = gaps::replace(tx, before, after)?;
    let details = json!({ "gap": row.id, "version": row.version, "withdrawn": row.withdrawn });
    tx.record(&Event::about(Action::GapCorrected, row.person_id).with(details), row)
}

/// The live row of a stretch of a person the caller may see.
pub(super) fn find_gap(tx: &mut ReadTx<'_>, person: PersonId, id: GapId) -> Result<GapRow> {
    people::visible(tx, person)?;
    gaps::live(tx, person, id)
}

/// A page of a person's unknown stretches, by day.
pub(super) fn list_gaps(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    as_of: Instant,
    after: Option<&(NaiveDate, GapId)>,
    limit: usize,
) -> Result<Viewed<Vec<GapRow>>> {
    people::visible(tx, person)?;
    let rows = gaps::page(tx, person, as_of, after, limit)?;
    tx.viewed(&Event::about(Action::PresenceViewed, person), rows)
}
