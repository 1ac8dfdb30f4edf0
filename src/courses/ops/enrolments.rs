//! Seeing who takes part, and enrolling.

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;
use serde_json::json;

use super::attempts::attempts;
use super::hours::refuse_exhausted;
use super::{catalogue, each, invalid_transition, lock_in_order, queue};
use crate::access::scope::consent;
use crate::courses::model::{EnrolmentState, OrderRule};
use crate::courses::store::catalogue::{self as courses, CourseRow};
use crate::courses::store::enrolments::{self as store, EnrolmentRow};
use crate::db::{Action, Audited, Event, Reach, ReadTx, TextEnum, Viewed, WriteTx};
use crate::error::{Code, Error, Result};
use crate::id::{CourseId, EnrolmentId, OrganisationId, PersonId};
use crate::people;

/// Somebody's place as it is now.
#[derive(Clone, Debug)]
pub(in crate::courses) struct Seen {
    pub(in crate::courses) row: EnrolmentRow,
    pub(in crate::courses) course: CourseRow,
    /// The name the person goes by.
    pub(in crate::courses) name: String,
    /// How many wait before them; none for who does not wait.
    pub(in crate::courses) ahead: Option<i64>,
    /// Which time the person tries its level, as far as the caller may know: 1 for the first.
    pub(in crate::courses) attempt: usize,
}

/// Which organisation's places the caller may know of; none: all of the person.
pub(super) fn compartment(tx: &ReadTx<'_>) -> Result<Option<OrganisationId>> {
    match tx.scope().reach {
        Reach::Own => Ok(None),
        Reach::Organisation => super::organisation(tx).map(Some),
        _ => Err(Error::not_found()),
    }
}

/// A place of a person the caller may know of, in a course of the own organisation.
pub(in crate::courses) fn find(tx: &mut ReadTx<'_>, person: PersonId, id: EnrolmentId) -> Result<Seen> {
    people::visible(tx, person)?;
    let own = compartment(tx)?;
    let row = store::live(tx, person, id)?;
    if own.is_some_and(|own| own != row.organisation_id) {
        return Err(Error::not_found());
    }
    seen(tx, vec![row])?.pop().ok_or_else(Error::not_found)
}

/// Courses by their ids, and places that are not any more what is stored.
pub(super) type ByNow = (BTreeMap<CourseId, CourseRow>, BTreeMap<EnrolmentId, EnrolmentRow>);

/// The rows' courses, and which places have changed since they were stored.
pub(super) fn by_now(tx: &mut ReadTx<'_>, rows: &[EnrolmentRow]) -> Result<ByNow> {
    let ids: BTreeSet<CourseId> = rows.iter().map(|row| row.course_id).collect();
    let ids: Vec<CourseId> = ids.into_iter().collect();
    let (mut known, mut moved) = (BTreeMap::new(), BTreeMap::new());
    for course in courses::among(tx, &ids)? {
        moved.append(&mut queue::due(tx, &course)?.moved());
        known.insert(course.id, course);
    }
    Ok((known, moved))
}

/// What the rows have become by now.
pub(super) fn seen(tx: &mut ReadTx<'_>, rows: Vec<EnrolmentRow>) -> Result<Vec<Seen>> {
    let (known, moved) = by_now(tx, &rows)?;
    let persons: Vec<PersonId> = rows.iter().map(|row| row.person_id).collect();
    let own = compartment(tx)?;
    let tries = attempts(tx, &persons, own)?;
    let names: BTreeMap<PersonId, String> = people::current_names(tx, &persons)?.into_iter().collect();
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let row = moved.get(&row.id).cloned().unwrap_or(row);
        let course = known.get(&row.course_id).cloned().ok_or_else(Error::not_found)?;
        let name = names.get(&row.person_id).cloned().unwrap_or_default();
        let ahead = if row.state == EnrolmentState::Waiting {
            let before = store::waiting_before(tx, course.id, row.position)?;
            let gone = moved.values().filter(|other| other.course_id == course.id && other.position < row.position);
            Some(before.saturating_sub(i64::try_from(gone.count()).unwrap_or(i64::MAX)).max(0))
        } else {
            None
        };
        let attempt = tries.get(&row.id).copied().unwrap_or(1);
        found.push(Seen { row, course, name, ahead, attempt });
    }
    Ok(found)
}

/// A page of who takes part in a course of the own organisation, in the order of applications.
pub(in crate::courses) fn of_course(
    tx: &mut ReadTx<'_>,
    course: CourseId,
    after: Option<i64>,
    limit: usize,
) -> Result<Viewed<Vec<Seen>>> {
    catalogue::find_own(tx, course)?;
    let rows = store::of_course(tx, course, after, limit)?;
    let on_page = rows.get(..limit.saturating_sub(1)).unwrap_or(&rows);
    // Who began anew stands there twice.
    let persons: BTreeSet<PersonId> = on_page.iter().map(|row| row.person_id).collect();
    let found = seen(tx, rows)?;
    let event = Event::about_all(Action::EnrolmentsViewed, persons.into_iter().collect());
    let event = event.with(json!({ "course": course }));
    tx.viewed(&event, found)
}

/// A page of a person's places.
pub(in crate::courses) fn of_person(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    after: Option<EnrolmentId>,
    limit: usize,
) -> Result<Viewed<Vec<Seen>>> {
    people::visible(tx, person)?;
    let own = compartment(tx)?;
    let rows = store::of_person(tx, person, own, after, limit)?;
    let found = seen(tx, rows)?;
    tx.viewed(&Event::about(Action::EnrolmentsViewed, person), found)
}

/// One place.
pub(in crate::courses) fn show(tx: &mut ReadTx<'_>, person: PersonId, id: EnrolmentId) -> Result<Viewed<Seen>> {
    let found = find(tx, person, id)?;
    tx.viewed(&Event::about(Action::EnrolmentsViewed, person).with(json!({ "enrolment": id })), found)
}

/// Enrols somebody in a course, or puts them on its waiting list. The last seat is given out once: the course's row is locked, and the database
/// has each seat once.
pub(in crate::courses) fn enrol(
    tx: &mut WriteTx<'_>,
    course: CourseId,
    person: PersonId,
    zone: Tz,
) -> Result<Audited<Seen>> {
    let row = place(tx, course, person, zone)?;
    let details = json!({ "course": course, "enrolment": row.id, "state": row.state });
    let seen = seen(tx, vec![row])?.pop().ok_or_else(Error::not_found)?;
    tx.record(&Event::about(Action::EnrolmentRecorded, person).with(details), seen)
}

/// Enrols many: each as if alone, in the order of the list. With `all`, the first who cannot be enrolled refuses the whole.
pub(in crate::courses) fn enrol_many(
    tx: &mut WriteTx<'_>,
    course: CourseId,
    persons: &[PersonId],
    zone: Tz,
    all: bool,
) -> Result<Audited<Vec<Result<Seen>>>> {
    lock_in_order(tx, persons)?;
    let mut enrolled = Vec::new();
    let results = each(persons, all, |person| {
        let row = place(tx, course, *person, zone)?;
        enrolled.push(*person);
        seen(tx, vec![row])?.pop().ok_or_else(Error::not_found)
    })?;
    let details = json!({ "course": course, "enrolled": enrolled.len() });
    tx.record(&Event::about_all(Action::EnrolmentRecorded, enrolled).with(details), results)
}

/// A new place in a course. Everything is judged before anything is written, so that a refusal leaves nothing behind but what was due anyway.
pub(super) fn place(tx: &mut WriteTx<'_>, course: CourseId, person: PersonId, zone: Tz) -> Result<EnrolmentRow> {
    let today = tx.now().date(zone);
    let unknown = || Error::invalid_at("/person_id", "unknown_person", "There is no such person.");
    if people::visible_among(tx, &[person])?.is_empty() {
        return Err(unknown());
    }
    people::lock(tx, person)?;
    let mut course = courses::lock(tx, course)?;
    if consent::running(tx, person, course.organisation_id)?.is_none() {
        return Err(unknown());
    }
    if !course.is_open(today) {
        let detail = format!("People are enrolled from {} to {}.", course.of.enrol_from, course.of.enrol_to);
        return Err(invalid_transition(course.state.text(), &course.state.moves()).with_detail(detail));
    }
    queue::settle(tx, &course)?;
    let open = store::open_of_person(tx, person)?;
    if open.iter().any(|row| row.course_id == course.id) {
        let message = "The person has a place in this course, or waits for one.";
        return Err(Error::invalid_at("/person_id", "already_enrolled", message));
    }
    let seat = queue::free_seat(tx, &course)?;
    let state = match (seat, course.of.order_rule) {
        (Some(_), _) => EnrolmentState::Enrolled,
        (None, OrderRule::WaitingList) => EnrolmentState::Waiting,
        (None, OrderRule::FirstCome) => return Err(Error::new(Code::SeatTaken)),
    };
    if seat.is_some() {
        refuse_overlap(tx, &course, &open)?;
        refuse_exhausted(tx, person, &course, zone)?;
    }
    let position = courses::next_position(tx, &mut course)?;
    let row = EnrolmentRow {
        person_id: person,
        id: EnrolmentId::random(),
        version: 1,
        course_id: course.id,
        organisation_id: course.organisation_id,
        state,
        reason: None,
        position,
        seat,
        offered_until: None,
        enrolled_on: seat.map(|_| today),
        withdrawn: false,
        recorded_at: tx.now(),
        recorded_by: tx.account(),
        superseded_at: None,
    };
    store::insert(tx, row)
}

/// 409 if the person has a seat in a course that meets at the same time. It is named to who may know of it.
pub(super) fn refuse_overlap(tx: &mut ReadTx<'_>, course: &CourseRow, open: &[EnrolmentRow]) -> Result<()> {
    let held = open.iter().filter(|row| row.state == EnrolmentState::Enrolled && row.course_id != course.id);
    let ids: Vec<CourseId> = held.map(|row| row.course_id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let own = courses::coming_meetings(tx, &[course.id])?;
    let others = courses::coming_meetings(tx, &ids)?;
    let clash = others
        .iter()
        .find(|other| own.iter().any(|meeting| meeting.starts_at < other.ends_at && other.starts_at < meeting.ends_at));
    let Some(clash) = clash else { return Ok(()) };
    let mut refusal = Error::new(Code::OverlappingMeetings);
    let theirs = courses::by_id(tx, clash.course_id)?;
    // That the person learns elsewhere, and where, is not for another organisation.
    if tx.scope().reach == Reach::Own || theirs.organisation_id == course.organisation_id {
        refusal = refusal.with_member("course_id", theirs.id.to_string()).with_member("title", theirs.of.title);
    }
    Err(refusal)
}
