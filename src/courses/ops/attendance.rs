//! Noting who was there.

use chrono_tz::Tz;
use serde_json::json;

use super::enrolments::{self, Seen};
use super::{each, lock_in_order};
use crate::courses::model::attendance::{Attendance, Meeting, Status, applies, attendance};
use crate::courses::store::attendance::{self as store, AttendanceRow};
use crate::courses::store::catalogue::{self as courses, MeetingRow};
use crate::courses::store::enrolments as places;
use crate::db::{Action, Audited, Event, ReadTx, Viewed, WriteTx};
use crate::error::{Error, Result};
use crate::id::{EnrolmentId, PersonId};
use crate::people;

/// A meeting, whether it counts for the learner, and every version of what was noted of them.
pub(in crate::courses) type Noted = (MeetingRow, bool, Vec<AttendanceRow>);

/// A learner's meetings and how far they have come.
#[derive(Debug)]
pub(in crate::courses) struct Sheet {
    pub(in crate::courses) seen: Seen,
    pub(in crate::courses) sum: Attendance,
    pub(in crate::courses) meetings: Vec<Noted>,
}

/// What shall be noted of somebody.
#[derive(Clone, Debug)]
pub(in crate::courses) struct Mark {
    pub(in crate::courses) person: PersonId,
    pub(in crate::courses) status: Status,
    pub(in crate::courses) reason: Option<String>,
}

/// Notes whether somebody was at a meeting. What was noted before stays, and whoever corrects it says why.
pub(in crate::courses) fn mark(
    tx: &mut WriteTx<'_>,
    meeting: &MeetingRow,
    mark: &Mark,
    zone: Tz,
) -> Result<Audited<AttendanceRow>> {
    let row = note(tx, meeting, mark, zone)?;
    let details = json!({ "course": row.course_id, "meeting": row.id, "version": row.version, "status": row.status });
    tx.record(&Event::about(Action::AttendanceRecorded, mark.person).with(details), row)
}

/// Notes of many whether they were at a meeting: each as if alone. With `all`, the first refusal refuses the whole.
pub(in crate::courses) fn mark_many(
    tx: &mut WriteTx<'_>,
    meeting: &MeetingRow,
    marks: &[Mark],
    zone: Tz,
    all: bool,
) -> Result<Audited<Vec<Result<AttendanceRow>>>> {
    let persons: Vec<PersonId> = marks.iter().map(|mark| mark.person).collect();
    lock_in_order(tx, &persons)?;
    let results = each(marks, all, |mark| note(tx, meeting, mark, zone))?;
    let noted: Vec<PersonId> = results.iter().flatten().map(|row| row.person_id).collect();
    let details = json!({ "course": meeting.course_id, "meeting": meeting.id, "noted": noted.len() });
    tx.record(&Event::about_all(Action::AttendanceRecorded, noted).with(details), results)
}

/// Everything is judged before anything is written, so that a refusal leaves nothing behind.
fn note(tx: &mut WriteTx<'_>, meeting: &MeetingRow, mark: &Mark, zone: Tz) -> Result<AttendanceRow> {
    let Mark { person, status, reason } = mark.clone();
    if people::visible_among(tx, &[person])?.is_empty() {
        return Err(Error::invalid_at("/person_id", "unknown_person", "There is no such person."));
    }
    people::lock(tx, person)?;
    let enrolled = places::taking_part(tx, person, meeting.course_id)?.and_then(|row| row.enrolled_on);
    let Some(enrolled_on) = enrolled else {
        return Err(Error::invalid_at("/person_id", "not_enrolled", "The person does not take part in this course."));
    };
    if !applies(meeting.starts_at.date(zone), enrolled_on) {
        let message = format!("The person takes part since {enrolled_on}: earlier meetings do not apply to them.");
        return Err(Error::invalid_at("/mark", "not_applicable", message));
    }
    if meeting.starts_at > tx.now() && status != Status::Excused {
        let message = "The meeting has not begun. Only an excuse can be noted before.";
        return Err(Error::invalid_at("/mark", "in_the_future", message));
    }
    let before = store::live(tx, person, meeting.id)?;
    if before.is_some() && reason.is_none() {
        return Err(Error::invalid_at("/reason", "required", "Something is noted already: say why it is corrected."));
    }
    let row = AttendanceRow {
        person_id: person,
        id: meeting.id,
        version: 1,
        course_id: meeting.course_id,
        status,
        reason,
        withdrawn: false,
        recorded_at: tx.now(),
        recorded_by: tx.account(),
        superseded_at: None,
        announced: false,
    };
    match before {
        Some(before) => store::replace(tx, &before, row),
        None => store::insert(tx, row),
    }
}

/// A learner's meetings, what was noted, and how far they have come.
pub(in crate::courses) fn sheet(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    id: EnrolmentId,
    zone: Tz,
) -> Result<Viewed<Sheet>> {
    let seen = enrolments::find(tx, person, id)?;
    let course = seen.course.id;
    let meetings = courses::meetings(tx, course, None, usize::MAX)?;
    let marks = store::all(tx, person, course)?;
    let enrolled_on = seen.row.enrolled_on;
    let noted: Vec<Noted> = meetings
        .into_iter()
        .filter(|meeting| !meeting.cancelled)
        .map(|meeting| {
            let counts = enrolled_on.is_some_and(|from| applies(meeting.starts_at.date(zone), from));
            let own = marks.iter().filter(|mark| counts && mark.id == meeting.id).cloned().collect();
            (meeting, counts, own)
        })
        .collect();
    let counted: Vec<Meeting> = noted
        .iter()
        .map(|(meeting, _, marks)| Meeting {
            day: meeting.starts_at.date(zone),
            mark: marks.last().map(|mark| mark.status),
        })
        .collect();
    let share = usize::try_from(seen.course.of.required_share).unwrap_or_default();
    // Who was never enrolled has nothing to attend.
    let sum = match enrolled_on {
        Some(from) => attendance(&counted, from, share),
        None => attendance(&[], chrono::NaiveDate::MIN, share),
    };
    let event = Event::about(Action::AttendanceViewed, person).with(json!({ "enrolment": id }));
    tx.viewed(&event, Sheet { seen, sum, meetings: noted })
}
