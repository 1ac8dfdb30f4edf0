//! What has become of a course's seats by now: seen at every look, stored at every change.

use std::collections::BTreeMap;

use crate::access::scope::consent;
use crate::courses::model::CourseState;
use crate::courses::model::queue::{Phase, Place, Step, settle as settled};
use crate::courses::store::catalogue::CourseRow;
use crate::courses::store::enrolments::{self as store, EnrolmentRow};
use crate::db::{ReadTx, WriteTx};
use crate::error::Result;
use crate::id::{EnrolmentId, PersonId};

/// What is due: the places as they are stored, and the steps since.
#[derive(Debug, Default)]
pub(in crate::courses) struct Due {
    rows: Vec<EnrolmentRow>,
    steps: Vec<Step>,
}

/// What has become of a course's places since they were stored.
pub(in crate::courses) fn due(tx: &mut ReadTx<'_>, course: &CourseRow) -> Result<Due> {
    let phase = match course.state {
        CourseState::Draft | CourseState::Published | CourseState::Running => Phase::Open,
        CourseState::Finished | CourseState::Archived => Phase::Over,
        CourseState::Cancelled => Phase::Cancelled,
    };
    let now = tx.now();
    let mut rows = store::seated(tx, course.id)?;
    let mut places = places(tx, course, &rows)?;
    let (capacity, hours) = (course.of.capacity, course.of.offer_hours);
    let full = usize::try_from(capacity).is_ok_and(|seats| rows.len() >= seats);
    // Most often every seat is held and no offer has ended: then it does not matter who waits.
    if phase == Phase::Open && full && settled(now, capacity, hours, phase, &places).is_empty() {
        return Ok(Due::default());
    }
    let waiting = store::waiting(tx, course.id)?;
    places.extend(self::places(tx, course, &waiting)?);
    rows.extend(waiting);
    let steps = settled(now, capacity, hours, phase, &places);
    Ok(Due { rows, steps })
}

fn places(tx: &mut ReadTx<'_>, course: &CourseRow, rows: &[EnrolmentRow]) -> Result<Vec<Place>> {
    let persons: Vec<PersonId> = rows.iter().map(|row| row.person_id).collect();
    let stretches = consent::stretches(tx, course.organisation_id, &persons)?;
    let known = |person: PersonId| stretches.iter().filter(move |(whose, ..)| *whose == person);
    let places = rows.iter().map(|row| Place {
        state: row.state,
        position: row.position,
        seat: row.seat,
        offered_until: row.offered_until,
        since: row.recorded_at,
        known: known(row.person_id).map(|(_, from, to)| (*from, *to)).collect(),
    });
    Ok(places.collect())
}

fn after(row: &EnrolmentRow, step: &Step) -> EnrolmentRow {
    EnrolmentRow {
        state: step.to,
        reason: step.reason.map(str::to_owned),
        seat: step.seat,
        offered_until: step.offered_until,
        ..row.clone()
    }
}

impl Due {
    /// The places that are not any more what is stored, as they are now: each step makes a version.
    pub(in crate::courses) fn moved(self) -> BTreeMap<EnrolmentId, EnrolmentRow> {
        let Self { mut rows, steps } = self;
        let mut moved = BTreeMap::new();
        for step in &steps {
            if let Some(row) = rows.get_mut(step.place) {
                *row = EnrolmentRow { version: row.version.saturating_add(1), ..after(row, step) };
                moved.insert(row.id, row.clone());
            }
        }
        moved
    }
}

/// Stores what has become of a course's places, and says whose they are. The course's row is locked.
pub(in crate::courses) fn settle(tx: &mut WriteTx<'_>, course: &CourseRow) -> Result<Vec<PersonId>> {
    let Due { mut rows, steps } = due(tx, course)?;
    let mut persons = Vec::new();
    for step in &steps {
        if let Some(row) = rows.get_mut(step.place) {
            *row = store::replace(tx, row, after(row, step))?;
            persons.push(row.person_id);
        }
    }
    persons.sort_unstable();
    persons.dedup();
    Ok(persons)
}

/// The lowest seat that nobody holds.
pub(in crate::courses) fn free_seat(tx: &mut ReadTx<'_>, course: &CourseRow) -> Result<Option<i32>> {
    let held: Vec<i32> = store::seated(tx, course.id)?.iter().filter_map(|row| row.seat).collect();
    Ok((1..=course.of.capacity).find(|seat| !held.contains(seat)))
}
