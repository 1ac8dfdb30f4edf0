//! Taking, declining, leaving, completing a place; carrying it over to another course.

use chrono_tz::Tz;
use serde_json::json;

use super::enrolments::{self, Seen, refuse_overlap};
use super::hours::refuse_exhausted;
use super::{catalogue, invalid_transition, queue};
use crate::courses::model::queue::TRANSFERRED;
use crate::courses::model::{EnrolmentState, Mover};
use crate::courses::store::catalogue::{self as courses, CourseRow};
use crate::courses::store::enrolments::{self as store, EnrolmentRow};
use crate::db::{Action, Audited, Event, Reach, ReadTx, TextEnum, WriteTx};
use crate::error::{Code, Error, Result};
use crate::id::{CourseId, PersonId};
use crate::people;

/// Who moves the place.
pub(in crate::courses) fn mover(tx: &ReadTx<'_>) -> Mover {
    if tx.scope().reach == Reach::Own { Mover::Learner } else { Mover::Provider }
}

/// Moves somebody's place. A seat that becomes free by it is offered to who waits first.
pub(in crate::courses) fn transition(
    tx: &mut WriteTx<'_>,
    before: &Seen,
    to: EnrolmentState,
    reason: Option<&str>,
    zone: Tz,
) -> Result<Audited<Seen>> {
    people::lock(tx, before.row.person_id)?;
    let (course, row) = settled(tx, before)?;
    let by = mover(tx);
    if !row.state.leads_to(to, by) {
        return Err(invalid_transition(row.state.text(), &row.state.moves(by)));
    }
    let enrolled_on = if to == EnrolmentState::Enrolled { Some(tx.now().date(zone)) } else { row.enrolled_on };
    if to == EnrolmentState::Enrolled {
        let open = store::open_of_person(tx, row.person_id)?;
        refuse_overlap(tx, &course, &open)?;
        refuse_exhausted(tx, row.person_id, &course, zone)?;
    }
    let after = EnrolmentRow {
        state: to,
        reason: reason.map(str::to_owned),
        seat: row.seat.filter(|_| to.holds_a_seat()),
        offered_until: None,
        enrolled_on,
        ..row.clone()
    };
    let row = store::replace(tx, &row, after)?;
    let mut subjects = vec![row.person_id];
    subjects.extend(queue::settle(tx, &course)?.into_iter().filter(|person| *person != row.person_id));
    record(tx, row, subjects)
}

/// Carries a place over to another course of the same organisation: there must be a seat.
pub(in crate::courses) fn transfer(
    tx: &mut WriteTx<'_>,
    before: &Seen,
    to: CourseId,
    zone: Tz,
) -> Result<Audited<Seen>> {
    let unknown = || Error::invalid_at("/course_id", "unknown_course", "Your organisation has no such course.");
    let target = catalogue::find_own(tx, to).map_err(|error| match error.code {
        Code::NotFound => unknown(),
        _ => error,
    })?;
    let person = before.row.person_id;
    people::lock(tx, person)?;
    // Always in the same order, so that two transfers at once do not wait for each other.
    for course in [target.id.min(before.course.id), target.id.max(before.course.id)] {
        courses::lock(tx, course)?;
    }
    let (left, row) = settled(tx, before)?;
    if row.state != EnrolmentState::Enrolled {
        return Err(invalid_transition(row.state.text(), &row.state.moves(mover(tx))));
    }
    let after =
        EnrolmentRow { state: EnrolmentState::Left, reason: Some(TRANSFERRED.to_owned()), seat: None, ..row.clone() };
    store::replace(tx, &row, after)?;
    let mut subjects = vec![person];
    subjects.extend(queue::settle(tx, &left)?.into_iter().filter(|other| *other != person));
    let made = enrolments::place(tx, target.id, person, zone)?;
    if made.state != EnrolmentState::Enrolled {
        return Err(Error::new(Code::SeatTaken));
    }
    record(tx, made, subjects)
}

/// The place as it stands once the course is settled: of two at once the later finds it changed, and looks again.
fn settled(tx: &mut WriteTx<'_>, before: &Seen) -> Result<(CourseRow, EnrolmentRow)> {
    let course = courses::lock(tx, before.course.id)?;
    queue::settle(tx, &course)?;
    let row = store::live(tx, before.row.person_id, before.row.id)?;
    if row.version == before.row.version { Ok((course, row)) } else { Err(Error::overtaken()) }
}

fn record(tx: &mut WriteTx<'_>, row: EnrolmentRow, subjects: Vec<PersonId>) -> Result<Audited<Seen>> {
    let details = json!({ "course": row.course_id, "enrolment": row.id, "state": row.state, "version": row.version });
    let seen = enrolments::seen(tx, vec![row])?.pop().ok_or_else(Error::not_found)?;
    tx.record(&Event::about_all(Action::EnrolmentChanged, subjects).with(details), seen)
}
