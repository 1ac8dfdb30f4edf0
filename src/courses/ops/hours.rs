//! Hours of courses: granting them, and what has become of them.

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;
use serde_json::json;

use super::queue;
use crate::courses::model::EnrolmentState;
use crate::courses::model::hours::{HoursReason, Session, Stay, Taken, taken};
use crate::courses::store::attendance;
use crate::courses::store::catalogue::{self as courses, CourseRow, MeetingRow};
use crate::courses::store::enrolments::{self as places, EnrolmentRow};
use crate::courses::store::hours::{self as store, HoursRow};
use crate::db::{Action, Audited, Event, Reach, ReadTx, Viewed, WriteTx};
use crate::error::{Code, Error, Result};
use crate::id::{CourseHoursId, CourseId, MeetingId, PersonId};
use crate::people;

/// What somebody was granted, and what became of it.
#[derive(Debug)]
pub(in crate::courses) struct Budget {
    /// Each grant; empty where the caller may see sums alone.
    pub(in crate::courses) grants: Vec<HoursRow>,
    /// Minutes; none: nothing was granted, and nothing is limited.
    pub(in crate::courses) granted: Option<i64>,
    /// Minutes.
    pub(in crate::courses) used: i64,
    /// Minutes.
    pub(in crate::courses) reserved: i64,
    /// What each course takes, as far as the caller may know of it.
    pub(in crate::courses) courses: Vec<(CourseRow, Taken)>,
}

impl Budget {
    /// Minutes that are left; below nothing if meetings were added since. None: nothing is limited.
    pub(in crate::courses) fn left(&self) -> Option<i64> {
        self.granted.map(|granted| granted.saturating_sub(self.used).saturating_sub(self.reserved))
    }
}

/// Minutes in hours.
pub(in crate::courses) fn in_hours(minutes: i64) -> f64 {
    let whole = minutes.clamp(i32::MIN.into(), i32::MAX.into());
    f64::from(i32::try_from(whole).unwrap_or_default()) / 60.0
}

/// Grants somebody hours, beside those they were granted before.
pub(in crate::courses) fn grant(
    tx: &mut WriteTx<'_>,
    person: PersonId,
    hours: i32,
    reason: HoursReason,
) -> Result<Audited<HoursRow>> {
    people::lock(tx, person)?;
    let row = HoursRow {
        person_id: person,
        id: CourseHoursId::random(),
        hours,
        reason,
        recorded_at: tx.now(),
        recorded_by: tx.account(),
        ended_at: None,
        ended_by: None,
    };
    store::insert(tx, &row)?;
    tx.record(&Event::about(Action::CourseHoursGranted, person).with(json!({ "course_hours": row.id })), row)
}

/// A grant that stands; 410 if it was taken back.
pub(in crate::courses) fn find(tx: &mut ReadTx<'_>, person: PersonId, id: CourseHoursId) -> Result<HoursRow> {
    people::visible(tx, person)?;
    let row = store::find(tx, person, id)?;
    if row.ended_at.is_some() { Err(Error::new(Code::Gone)) } else { Ok(row) }
}

/// Takes a grant back that should not have been made. Nobody loses a seat by it: it only counts when somebody is enrolled anew.
pub(in crate::courses) fn take_back(tx: &mut WriteTx<'_>, row: &HoursRow) -> Result<Audited<HoursRow>> {
    people::lock(tx, row.person_id)?;
    let row = store::end(tx, row)?;
    tx.record(&Event::about(Action::CourseHoursTakenBack, row.person_id).with(json!({ "course_hours": row.id })), row)
}

/// Somebody's hours. An organisation sees the sums, and what its own courses take of them.
pub(in crate::courses) fn show(tx: &mut ReadTx<'_>, person: PersonId, zone: Tz) -> Result<Viewed<Budget>> {
    people::visible(tx, person)?;
    let mut budget = budget(tx, person, zone)?;
    if tx.scope().reach == Reach::Organisation {
        let own = super::organisation(tx)?;
        budget.grants.clear();
        budget.courses.retain(|(course, _)| course.organisation_id == own);
    }
    tx.viewed(&Event::about(Action::CourseHoursViewed, person), budget)
}

/// 409 if a seat of the course takes more hours than the person has left. Who was granted none has no limit.
pub(super) fn refuse_exhausted(tx: &mut ReadTx<'_>, person: PersonId, course: &CourseRow, zone: Tz) -> Result<()> {
    // Most people were granted none, which one look-up tells.
    if store::of_person(tx, person)?.iter().all(|row| row.ended_at.is_some()) {
        return Ok(());
    }
    let Some(left) = budget(tx, person, zone)?.left() else { return Ok(()) };
    let now = tx.now();
    let meetings = courses::held_meetings(tx, &[course.id])?;
    let sessions: Vec<Session> = meetings.iter().map(|meeting| session(meeting, zone, false)).collect();
    let Taken { used, reserved, .. } = taken(now, &[Stay { from: now.date(zone), until: None }], &sessions);
    let needed = used.saturating_add(reserved);
    if needed <= left {
        return Ok(());
    }
    let refusal = Error::new(Code::HoursExhausted).with_member("hours_left", in_hours(left.max(0)));
    Err(refusal.with_member("hours_needed", in_hours(needed)))
}

fn budget(tx: &mut ReadTx<'_>, person: PersonId, zone: Tz) -> Result<Budget> {
    let grants = store::of_person(tx, person)?;
    let standing = || grants.iter().filter(|row| row.ended_at.is_none());
    let hours: i64 = standing().map(|row| i64::from(row.hours)).sum();
    let granted = standing().next().map(|_| hours.saturating_mul(60));
    let rows = places::had_by_person(tx, person)?;
    let ids: BTreeSet<CourseId> = rows.iter().map(|row| row.course_id).collect();
    let ids: Vec<CourseId> = ids.into_iter().collect();
    let mut meetings: BTreeMap<CourseId, Vec<MeetingRow>> = BTreeMap::new();
    for meeting in courses::held_meetings(tx, &ids)? {
        meetings.entry(meeting.course_id).or_default().push(meeting);
    }
    let excused: BTreeSet<MeetingId> = attendance::excused(tx, person)?.into_iter().collect();
    let now = tx.now();
    let (mut used, mut reserved, mut lines) = (0_i64, 0_i64, Vec::with_capacity(ids.len()));
    for course in courses::among(tx, &ids)? {
        let stays = stays(tx, &course, &rows)?;
        let held = meetings.remove(&course.id).unwrap_or_default();
        let sessions: Vec<Session> =
            held.iter().map(|meeting| session(meeting, zone, excused.contains(&meeting.id))).collect();
        let takes = taken(now, &stays, &sessions);
        used = used.saturating_add(takes.used);
        reserved = reserved.saturating_add(takes.reserved);
        lines.push((course, takes));
    }
    lines.sort_by_key(|(course, _)| course.id);
    Ok(Budget { grants, granted, used, reserved, courses: lines })
}

/// How long the person had a place in the course, also where a place was lost and nobody has stored it yet.
fn stays(tx: &mut ReadTx<'_>, course: &CourseRow, rows: &[EnrolmentRow]) -> Result<Vec<Stay>> {
    let own = || rows.iter().filter(|row| row.course_id == course.id);
    let takes_part = own().any(|row| row.state == EnrolmentState::Enrolled);
    let moved = if takes_part { queue::due(tx, course)?.moved() } else { BTreeMap::new() };
    let now = tx.now();
    let stays = own().filter_map(|row| {
        let until = match row.state {
            EnrolmentState::Enrolled => moved.contains_key(&row.id).then_some(now),
            _ => Some(row.recorded_at),
        };
        Some(Stay { from: row.enrolled_on?, until })
    });
    Ok(stays.collect())
}

fn session(meeting: &MeetingRow, zone: Tz, excused: bool) -> Session {
    Session {
        day: meeting.starts_at.date(zone),
        starts_at: meeting.starts_at,
        ends_at: meeting.ends_at,
        cancelled: meeting.cancelled,
        excused,
    }
}
