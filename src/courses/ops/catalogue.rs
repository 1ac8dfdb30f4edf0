//! Accreditations, courses and their meetings. No person's file is touched.

use chrono::NaiveDate;
use serde_json::json;

use super::{invalid_transition, organisation, queue};
use crate::access::membership;
use crate::clock::Instant;
use crate::courses::model::CourseState;
use crate::courses::store::catalogue::{self as store, AccreditationRow, CourseRow, MeetingRow, Particulars};
use crate::courses::store::enrolments;
use crate::courses::store::list::{self, Wanted};
use crate::courses::store::versions::{self, VersionRow};
use crate::db::{Action, Audited, Event, ReadTx, TextEnum, WriteTx};
use crate::error::{Code, Error, Result};
use crate::id::{AccreditationId, CourseId, MeetingId, OrganisationId};
use crate::identity;

/// A course as it is shown.
#[derive(Clone, Debug)]
pub(in crate::courses) struct Shown {
    pub(in crate::courses) row: CourseRow,
    /// The organisation's name.
    pub(in crate::courses) organisation: String,
    /// Is it accredited today?
    pub(in crate::courses) accredited: bool,
}

/// Records what lets an organisation give courses that count; the same number again corrects it.
pub(in crate::courses) fn accredit(
    tx: &mut WriteTx<'_>,
    organisation_id: OrganisationId,
    number: String,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
) -> Result<Audited<AccreditationRow>> {
    if identity::organisation_name(tx, organisation_id)?.is_none() {
        let message = "There is no such organisation.";
        return Err(Error::invalid_at("/organisation_id", "unknown_organisation", message));
    }
    let row = AccreditationRow {
        id: AccreditationId::random(),
        organisation_id,
        number,
        valid_from,
        valid_to,
        recorded_at: tx.now(),
        recorded_by: tx.account(),
        superseded_at: None,
    };
    store::accredit(tx, &row)?;
    let details = json!({ "organisation": organisation_id, "accreditation": row.id });
    tx.record(&Event::plain(Action::AccreditationRecorded).with(details), row)
}

/// A course the caller may know of: of the own organisation, or published.
pub(in crate::courses) fn find(tx: &mut ReadTx<'_>, id: CourseId) -> Result<CourseRow> {
    let row = store::by_id(tx, id)?;
    let own = tx.scope().organisation == Some(row.organisation_id);
    if own || row.state != CourseState::Draft { Ok(row) } else { Err(Error::not_found()) }
}

/// A course of the own organisation.
pub(in crate::courses) fn find_own(tx: &mut ReadTx<'_>, id: CourseId) -> Result<CourseRow> {
    let row = store::by_id(tx, id)?;
    if row.organisation_id == organisation(tx)? { Ok(row) } else { Err(Error::not_found()) }
}

/// The courses with what is shown of their organisations.
pub(in crate::courses) fn shown(tx: &mut ReadTx<'_>, rows: Vec<CourseRow>, today: NaiveDate) -> Result<Vec<Shown>> {
    let mut organisations: Vec<OrganisationId> = rows.iter().map(|row| row.organisation_id).collect();
    organisations.sort_unstable();
    organisations.dedup();
    let accredited = store::accredited_among(tx, &organisations, today)?;
    let mut names = Vec::with_capacity(organisations.len());
    for id in organisations {
        names.push((id, identity::organisation_name(tx, id)?.unwrap_or_default()));
    }
    let shown = rows.into_iter().map(|row| {
        let name = names.iter().find(|(id, _)| *id == row.organisation_id).map(|(_, name)| name.clone());
        let accredited = accredited.contains(&row.organisation_id);
        Shown { row, organisation: name.unwrap_or_default(), accredited }
    });
    Ok(shown.collect())
}

/// One course with what is shown of its organisation.
pub(in crate::courses) fn show(tx: &mut ReadTx<'_>, row: CourseRow, today: NaiveDate) -> Result<Shown> {
    shown(tx, vec![row], today)?.pop().ok_or_else(Error::not_found)
}

/// A page of the courses the caller may know of.
pub(in crate::courses) fn list(
    tx: &mut ReadTx<'_>,
    wanted: &Wanted,
    after: Option<CourseId>,
    limit: usize,
    today: NaiveDate,
) -> Result<Vec<Shown>> {
    let own = tx.scope().organisation;
    let rows = list::page(tx, own, wanted, today, after, limit)?;
    shown(tx, rows, today)
}

/// A page of the versions of a course of the own organisation.
pub(in crate::courses) fn versions(
    tx: &mut ReadTx<'_>,
    id: CourseId,
    after: i32,
    limit: usize,
) -> Result<Vec<VersionRow>> {
    find_own(tx, id)?;
    versions::page(tx, id, after, limit)
}

/// The course as it was at a version; none if there was no such version.
pub(in crate::courses) fn at_version(tx: &mut ReadTx<'_>, now: &Shown, version: i32) -> Result<Option<Shown>> {
    let found = versions::page(tx, now.row.id, version.saturating_sub(1), 1)?;
    let then = found.into_iter().find(|row| row.version == version);
    Ok(then.map(|VersionRow { version, of, state, recorded_at, recorded_by, .. }| {
        let row = CourseRow { version, of, state, updated_at: recorded_at, updated_by: recorded_by, ..now.row.clone() };
        Shown { row, ..now.clone() }
    }))
}

/// Makes a course of the caller's organisation: a draft.
pub(in crate::courses) fn create(tx: &mut WriteTx<'_>, of: Particulars, today: NaiveDate) -> Result<Audited<Shown>> {
    let shown = make(tx, of, today)?;
    let event = Event::plain(Action::CourseCreated).with(json!({ "course": shown.row.id }));
    tx.record(&event, shown)
}

/// Stores a new draft.
pub(super) fn make(tx: &mut WriteTx<'_>, of: Particulars, today: NaiveDate) -> Result<Shown> {
    check(tx, &of)?;
    let now = tx.now();
    let row = CourseRow {
        id: CourseId::random(),
        version: 1,
        organisation_id: organisation(tx)?,
        of,
        state: CourseState::Draft,
        last_position: 0,
        created_at: now,
        created_by: tx.account(),
        updated_at: now,
        updated_by: tx.account(),
    };
    store::insert(tx, &row)?;
    show(tx, row, today)
}

/// 422 for what contradicts itself, and for a teacher who is nobody of the organisation.
fn check(tx: &mut ReadTx<'_>, of: &Particulars) -> Result<()> {
    let faults = of.faults();
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    let Some(teacher) = of.teacher_id else { return Ok(()) };
    let own = tx.scope().organisation;
    let theirs = membership::live(tx, teacher)?.and_then(|membership| membership.organisation_id);
    if own.is_some() && theirs == own {
        return Ok(());
    }
    Err(Error::invalid_at("/teacher_id", "unknown_account", "Your organisation has no such account."))
}

/// Changes what is said of a course. More seats go to those who wait; no seat is taken from anybody.
pub(in crate::courses) fn change(
    tx: &mut WriteTx<'_>,
    before: &CourseRow,
    of: Particulars,
    today: NaiveDate,
) -> Result<Audited<Shown>> {
    check(tx, &of)?;
    if !before.state.is_alive() {
        return Err(invalid_transition(before.state.text(), &before.state.moves()));
    }
    // Its certificates say what was learnt.
    if before.state != CourseState::Draft && of.taught_language != before.of.taught_language {
        let message = "A course teaches the language it was published with. Make another course.";
        return Err(Error::invalid_at("/taught_language", "published", message));
    }
    store::lock(tx, before.id)?;
    queue::settle(tx, before)?;
    let highest = enrolments::seated(tx, before.id)?.iter().filter_map(|row| row.seat).max();
    if highest.is_some_and(|seat| seat > of.capacity) {
        let message = "Seats beyond this number are given out: their holders would lose them.";
        return Err(Error::invalid_at("/capacity", "seats_given_out", message));
    }
    stored(tx, before, of, before.state, today)
}

/// Moves a course to another state. 409 with the state and the open moves if it cannot follow.
pub(in crate::courses) fn transition(
    tx: &mut WriteTx<'_>,
    before: &CourseRow,
    to: CourseState,
    today: NaiveDate,
) -> Result<Audited<Shown>> {
    if !before.state.leads_to(to) {
        return Err(invalid_transition(before.state.text(), &before.state.moves()));
    }
    store::lock(tx, before.id)?;
    queue::settle(tx, before)?;
    stored(tx, before, before.of.clone(), to, today)
}

/// Stores the next version of a course, and what follows from it for those who have seats or wait: they are told in their own trails.
fn stored(
    tx: &mut WriteTx<'_>,
    before: &CourseRow,
    of: Particulars,
    state: CourseState,
    today: NaiveDate,
) -> Result<Audited<Shown>> {
    let row = store::replace(tx, before, of, state)?;
    let moved = queue::settle(tx, &row)?;
    let details = json!({ "course": row.id, "version": row.version, "state": row.state });
    let shown = show(tx, row, today)?;
    tx.record(&Event::about_all(Action::CourseChanged, moved).with(details), shown)
}

/// A page of the meetings of a course the caller may know of.
pub(in crate::courses) fn meetings(
    tx: &mut ReadTx<'_>,
    course: CourseId,
    after: Option<(Instant, MeetingId)>,
    limit: usize,
) -> Result<Vec<MeetingRow>> {
    find(tx, course)?;
    store::meetings(tx, course, after, limit)
}

/// Plans a meeting.
pub(in crate::courses) fn plan(
    tx: &mut WriteTx<'_>,
    course: &CourseRow,
    starts_at: Instant,
    ends_at: Instant,
) -> Result<Audited<MeetingRow>> {
    if !course.state.is_alive() {
        return Err(invalid_transition(course.state.text(), &course.state.moves()));
    }
    let row = MeetingRow {
        course_id: course.id,
        id: MeetingId::random(),
        version: 1,
        starts_at,
        ends_at,
        cancelled: false,
        recorded_at: tx.now(),
        recorded_by: tx.account(),
        cancelled_at: None,
        cancelled_by: None,
    };
    store::insert_meeting(tx, &row)?;
    let details = json!({ "course": course.id, "meeting": row.id });
    tx.record(&Event::plain(Action::MeetingChanged).with(details), row)
}

/// A meeting of a course of the own organisation; 410 if it was cancelled.
pub(in crate::courses) fn find_meeting(tx: &mut ReadTx<'_>, course: CourseId, id: MeetingId) -> Result<MeetingRow> {
    find_own(tx, course)?;
    let row = store::meeting(tx, course, id)?;
    if row.cancelled { Err(Error::new(Code::Gone)) } else { Ok(row) }
}

/// Cancels a meeting: it counts for nobody.
pub(in crate::courses) fn cancel(tx: &mut WriteTx<'_>, row: &MeetingRow) -> Result<Audited<MeetingRow>> {
    let row = store::cancel_meeting(tx, row)?;
    let details = json!({ "course": row.course_id, "meeting": row.id, "cancelled": true });
    tx.record(&Event::plain(Action::MeetingChanged).with(details), row)
}
