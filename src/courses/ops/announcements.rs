//! Saying before a meeting that one cannot come.

use chrono_tz::Tz;
use serde_json::json;

use super::enrolments::Seen;
use super::invalid_transition;
use crate::courses::model::attendance::{Status, applies};
use crate::courses::model::{EnrolmentState, Mover};
use crate::courses::store::attendance::{self as store, AttendanceRow};
use crate::courses::store::catalogue as courses;
use crate::courses::store::enrolments as places;
use crate::db::{Action, Audited, Event, TextEnum, WriteTx};
use crate::error::{Code, Error, Result};
use crate::id::MeetingId;
use crate::people;

/// Notes that somebody said beforehand that they cannot come: the meeting counts neither for nor against them, unless their organisation
/// corrects it with a reason.
pub(in crate::courses) fn announce(
    tx: &mut WriteTx<'_>,
    seen: &Seen,
    meeting: MeetingId,
    reason: String,
    zone: Tz,
) -> Result<Audited<AttendanceRow>> {
    let (person, course) = (seen.row.person_id, seen.course.id);
    people::lock(tx, person)?;
    let row = places::live(tx, person, seen.row.id)?;
    let Some(enrolled_on) = row.enrolled_on.filter(|_| row.state == EnrolmentState::Enrolled) else {
        return Err(invalid_transition(row.state.text(), &row.state.moves(Mover::Learner)));
    };
    let refused = |code, message: &str| Err(Error::invalid_at("/meeting_id", code, message));
    let meeting = match courses::meeting(tx, course, meeting) {
        Ok(meeting) if !meeting.cancelled => meeting,
        Ok(_) => return refused("cancelled", "The meeting does not take place: nobody need say anything."),
        Err(error) if error.code == Code::NotFound => {
            return refused("unknown_meeting", "The course has no such meeting.");
        }
        Err(error) => return Err(error),
    };
    if meeting.starts_at <= tx.now() {
        return refused(
            "in_the_past",
            "The meeting has begun. The organisation that gives the course notes excuses now.",
        );
    }
    if !applies(meeting.starts_at.date(zone), enrolled_on) {
        return refused("not_applicable", "The meeting is before the enrolment: it does not apply.");
    }
    if store::live(tx, person, meeting.id)?.is_some() {
        return refused("noted_already", "Something is noted of this meeting already.");
    }
    let row = AttendanceRow {
        person_id: person,
        id: meeting.id,
        version: 1,
        course_id: course,
        status: Status::Excused,
        reason: Some(reason),
        withdrawn: false,
        recorded_at: tx.now(),
        recorded_by: tx.account(),
        superseded_at: None,
        announced: true,
    };
    let row = store::insert(tx, row)?;
    let details = json!({ "course": course, "meeting": row.id });
    tx.record(&Event::about(Action::AbsenceAnnounced, person).with(details), row)
}
