//! Addresses under which a calendar reads the meetings of a course or of a learner. Whoever has the address reads: it is random, shown once, and
//! ended by those whose meetings it shows.

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde_json::json;

use super::{catalogue, enrolments};
use crate::access::scope::{consent, protection};
use crate::courses::model::attendance::applies;
use crate::courses::model::calendar::Entry;
use crate::courses::model::{CourseState, EnrolmentState};
use crate::courses::store::calendar::{self as store, FeedRow, Of};
use crate::courses::store::catalogue::{self as courses, CourseRow, MeetingRow};
use crate::courses::store::enrolments as places;
use crate::db::{Action, Audited, Event, ReadTx, Viewed, WriteTx};
use crate::error::{Code, Error, Result};
use crate::id::{CalendarFeedId, CourseId, PersonId};
use crate::{keys, people};

/// Feeds of one course or learner that may stand at a time.
const MOST: i64 = 10;

/// A learner's feeds, as far as the caller may know of them.
pub(in crate::courses) fn of_learner(tx: &mut ReadTx<'_>, person: PersonId) -> Result<Of> {
    people::visible(tx, person)?;
    Ok(Of::Learner(person, enrolments::compartment(tx)?))
}

/// The feeds of a course of the own organisation.
pub(in crate::courses) fn of_course(tx: &mut ReadTx<'_>, course: CourseId) -> Result<Of> {
    catalogue::find_own(tx, course)?;
    Ok(Of::Course(course))
}

/// Makes an address; its secret is told here and kept by nobody. An organisation's shows of a learner what the organisation itself gives.
pub(in crate::courses) fn make(tx: &mut WriteTx<'_>, of: Of) -> Result<Audited<(FeedRow, String)>> {
    let (course_id, person_id, organisation_id) = match of {
        Of::Course(course) => (Some(course), None, None),
        Of::Learner(person, organisation) => (None, Some(person), organisation),
    };
    match (course_id, person_id) {
        (Some(course), _) => courses::lock(tx, course).map(drop)?,
        (_, Some(person)) => people::lock(tx, person)?,
        (None, None) => (),
    }
    if store::standing(tx, of)? >= MOST {
        let detail = format!("{MOST} addresses stand: end one of them first.");
        return Err(Error::new(Code::InvalidTransition).with_detail(detail).with_member("state", "too_many"));
    }
    let secret = keys::hex(&keys::random::<32>());
    let row = FeedRow {
        id: CalendarFeedId::random(),
        secret_sha256: keys::sha256(&[secret.as_bytes()]).to_vec(),
        course_id,
        person_id,
        organisation_id,
        created_at: tx.now(),
        created_by: tx.account(),
        read_on: None,
        ended_at: None,
        ended_by: None,
    };
    store::insert(tx, &row)?;
    tx.record(&about(Action::CalendarFeedMade, &row), (row, secret))
}

/// A page of addresses. They are told apart by their days: none shows its secret again.
pub(in crate::courses) fn list_of_learner(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    after: Option<CalendarFeedId>,
    limit: usize,
) -> Result<Viewed<Vec<FeedRow>>> {
    let of = of_learner(tx, person)?;
    let rows = store::page(tx, of, after, limit)?;
    tx.viewed(&Event::about(Action::CalendarFeedsViewed, person), rows)
}

/// A page of a course's addresses.
pub(in crate::courses) fn list_of_course(
    tx: &mut ReadTx<'_>,
    course: CourseId,
    after: Option<CalendarFeedId>,
    limit: usize,
) -> Result<Vec<FeedRow>> {
    let of = of_course(tx, course)?;
    store::page(tx, of, after, limit)
}

/// An address that stands; 410 if it was ended.
pub(in crate::courses) fn find(tx: &mut ReadTx<'_>, of: Of, id: CalendarFeedId) -> Result<FeedRow> {
    let row = store::find(tx, of, id)?;
    if row.ended_at.is_some() { Err(Error::new(Code::Gone)) } else { Ok(row) }
}

/// Ends an address: from now on nothing is there.
pub(in crate::courses) fn end(tx: &mut WriteTx<'_>, row: &FeedRow) -> Result<Audited<FeedRow>> {
    let row = store::end(tx, row)?;
    tx.record(&about(Action::CalendarFeedEnded, &row), row)
}

fn about(action: Action, row: &FeedRow) -> Event {
    let event = match row.person_id {
        Some(person) => Event::about(action, person),
        None => Event::plain(action),
    };
    event.with(json!({ "feed": row.id, "course": row.course_id }))
}

/// What stands at an address: nothing if it was ended, or if the consent ended by which an organisation made it.
pub(in crate::courses) fn read(tx: &mut ReadTx<'_>, secret: &str, zone: Tz) -> Result<Option<(FeedRow, Vec<Entry>)>> {
    let Some(row) = store::by_secret(tx, &keys::sha256(&[secret.as_bytes()]))? else { return Ok(None) };
    let Some(mut entries) = entries(tx, &row, zone)? else { return Ok(None) };
    entries.sort_by_key(|entry| (entry.starts_at, entry.id));
    Ok(Some((row, entries)))
}

fn entries(tx: &mut ReadTx<'_>, row: &FeedRow, zone: Tz) -> Result<Option<Vec<Entry>>> {
    match (row.course_id, row.person_id) {
        (Some(course), _) => {
            let course = courses::by_id(tx, course)?;
            let meetings = courses::meetings(tx, course.id, None, usize::MAX)?;
            Ok(Some(meetings.iter().map(|meeting| entry(&course, meeting)).collect()))
        }
        (None, Some(person)) => of_person(tx, row, person, zone),
        (None, None) => Ok(None),
    }
}

/// The meetings that a learner is expected at, or was.
fn of_person(tx: &mut ReadTx<'_>, feed: &FeedRow, person: PersonId, zone: Tz) -> Result<Option<Vec<Entry>>> {
    if let Some(organisation) = feed.organisation_id
        && (protection::is_live(tx, person)? || consent::running(tx, person, organisation)?.is_none())
    {
        return Ok(None);
    }
    let rows = places::of_person(tx, person, feed.organisation_id, None, usize::MAX)?;
    let (known, moved) = enrolments::by_now(tx, &rows)?;
    let mut entries = Vec::new();
    for row in rows.iter().map(|row| moved.get(&row.id).unwrap_or(row)) {
        let takes_part = matches!(row.state, EnrolmentState::Enrolled | EnrolmentState::Completed);
        let (Some(from), Some(course)) = (row.enrolled_on.filter(|_| takes_part), known.get(&row.course_id)) else {
            continue;
        };
        let meetings = courses::meetings(tx, course.id, None, usize::MAX)?;
        let own = meetings.iter().filter(|meeting| applies(meeting.starts_at.date(zone), from));
        entries.extend(own.map(|meeting| entry(course, meeting)));
    }
    Ok(Some(entries))
}

fn entry(course: &CourseRow, meeting: &MeetingRow) -> Entry {
    Entry {
        id: meeting.id,
        version: meeting.version,
        levels: (course.of.level_from, course.of.level_to),
        place: course.of.place.clone(),
        starts_at: meeting.starts_at,
        ends_at: meeting.ends_at,
        recorded_at: meeting.recorded_at,
        cancelled: meeting.cancelled || course.state == CourseState::Cancelled,
    }
}

/// Puts it on record that a calendar was read: once a day, or a phone that looks every quarter of an hour would fill the log.
pub(in crate::courses) fn note(tx: &mut WriteTx<'_>, row: &FeedRow, day: NaiveDate) -> Result<Audited<()>> {
    store::read_on(tx, row.id, day)?;
    tx.record(&about(Action::CalendarRead, row), ())
}
