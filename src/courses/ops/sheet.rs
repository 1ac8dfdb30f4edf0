//! The attendance of a whole course, to be printed: what is noted, and room for the rest.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde_json::json;

use super::catalogue::{self, Shown};
use super::enrolments;
use crate::courses::model::EnrolmentState;
use crate::courses::model::attendance::{Status, applies};
use crate::courses::store::attendance as store;
use crate::courses::store::catalogue::{self as courses, MeetingRow};
use crate::courses::store::enrolments as places;
use crate::db::{Action, Event, ReadTx, Viewed};
use crate::error::Result;
use crate::id::{CourseId, MeetingId, PersonId};
use crate::people::sort_key;

/// What stands where a learner's row meets a meeting's column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::courses) enum Field {
    /// The meeting was before the enrolment.
    NotApplicable,
    /// Nothing is noted yet.
    Empty,
    Noted(Status),
}

/// Somebody who has a seat.
#[derive(Debug)]
pub(in crate::courses) struct Learner {
    /// The name the person goes by.
    pub(in crate::courses) name: String,
    /// One for each meeting.
    pub(in crate::courses) fields: Vec<Field>,
}

/// A course's meetings that take place, and its learners by name.
#[derive(Debug)]
pub(in crate::courses) struct CourseSheet {
    pub(in crate::courses) course: Shown,
    pub(in crate::courses) meetings: Vec<MeetingRow>,
    pub(in crate::courses) learners: Vec<Learner>,
}

/// The sheet of a course of the own organisation. Who has a seat, but was only offered it, is no learner yet.
pub(in crate::courses) fn show(
    tx: &mut ReadTx<'_>,
    course: CourseId,
    zone: Tz,
    today: NaiveDate,
) -> Result<Viewed<CourseSheet>> {
    let row = catalogue::find_own(tx, course)?;
    let course = catalogue::show(tx, row, today)?;
    let mut meetings = courses::meetings(tx, course.row.id, None, usize::MAX)?;
    meetings.retain(|meeting| !meeting.cancelled);
    let seated = places::seated_and_visible(tx, course.row.id)?;
    let mut seen = enrolments::seen(tx, seated)?;
    seen.retain(|seen| matches!(seen.row.state, EnrolmentState::Enrolled | EnrolmentState::Completed));
    seen.sort_by_cached_key(|seen| sort_key(&seen.name));
    let persons: Vec<PersonId> = seen.iter().map(|seen| seen.row.person_id).collect();
    let marks: BTreeMap<(PersonId, MeetingId), Status> = store::of_learners(tx, course.row.id, &persons)?
        .into_iter()
        .map(|mark| ((mark.person_id, mark.id), mark.status))
        .collect();
    let field = |person: PersonId, enrolled_on: Option<NaiveDate>, meeting: &MeetingRow| {
        if !enrolled_on.is_some_and(|from| applies(meeting.starts_at.date(zone), from)) {
            return Field::NotApplicable;
        }
        marks.get(&(person, meeting.id)).map_or(Field::Empty, |status| Field::Noted(*status))
    };
    let learners = seen.into_iter().map(|seen| {
        let (person, enrolled_on) = (seen.row.person_id, seen.row.enrolled_on);
        let fields = meetings.iter().map(|meeting| field(person, enrolled_on, meeting)).collect();
        Learner { name: seen.name, fields }
    });
    let learners = learners.collect();
    let event = Event::about_all(Action::AttendanceSheetViewed, persons).with(json!({ "course": course.row.id }));
    tx.viewed(&event, CourseSheet { course, meetings, learners })
}
