//! Attendance over HTTP.

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::group::{OF_LISTS, PERSON};
use super::input::NewMark;
use super::view::MarkView;
use crate::access::policy::{ReadEnrolments, RecordAttendance};
use crate::courses::model::attendance::{Status, Warning};
use crate::courses::ops::attendance::{self as ops, Mark, Noted, Sheet};
use crate::courses::ops::catalogue;
use crate::courses::store::attendance::AttendanceRow;
use crate::error::Result;
use crate::http::{Answer, Ctx, Done, Endpoint, Item, Json, Many, Method, Outcome, Path, endpoint};
use crate::id::{CourseId, EnrolmentId, MeetingId, PersonId};

const MARK: &str = "/api/v1/courses/{course_id}/meetings/{meeting_id}/attendance";
const MARKS: &str = "/api/v1/courses/{course_id}/meetings/{meeting_id}/attendance/bulk";
const SHEET: &str = "/api/v1/people/{person_id}/enrolments/{enrolment_id}/attendance";

pub(super) fn endpoints() -> Vec<Endpoint> {
    let summary = "Note who was at a meeting, each with its own result";
    vec![
        endpoint(Method::POST, MARK, "markAttendance", "Note whether somebody was at a meeting", mark),
        endpoint(Method::POST, MARKS, "markAttendances", summary, mark_many).making_nothing(),
        endpoint(Method::GET, SHEET, "showAttendance", "Show a learner's attendance", show),
    ]
}

impl Item for NewMark {
    const MANY: &'static str = "NewMarks";
    const ITEMS: &'static str = "Who takes part, 1 to 100.";
    const ALIASES: &'static [(&'static str, &'static str)] = PERSON;
    const PASSED_OVER: &'static [&'static str] = OF_LISTS;
}

/// A meeting and what was noted of the learner.
#[derive(Debug, Serialize, ToSchema)]
struct AttendedMeetingView {
    #[schema(value_type = String, format = Uuid)]
    meeting_id: MeetingId,
    #[schema(value_type = String, format = Date)]
    day: NaiveDate,
    /// False for meetings before the enrolment: nobody answers for those.
    applicable: bool,
    /// Null: nothing is noted yet, or it does not apply.
    mark: Option<Status>,
    /// Every version of what was noted, the latest last.
    marks: Vec<MarkView>,
}

/// How far a learner has come.
#[derive(Debug, Serialize, ToSchema)]
struct AttendanceView {
    #[schema(value_type = String, format = Uuid)]
    enrolment_id: EnrolmentId,
    /// Share of meetings to attend, percent.
    required_share: i32,
    required: usize,
    attended: usize,
    excused: usize,
    missed: usize,
    still_possible: usize,
    can_reach: bool,
    warning: Warning,
    meetings: Vec<AttendedMeetingView>,
}

impl AttendanceView {
    fn of(sheet: &Sheet, zone: Tz) -> Self {
        let sum = sheet.sum;
        let meeting = |(row, applicable, marks): &Noted| AttendedMeetingView {
            meeting_id: row.id,
            day: row.starts_at.date(zone),
            applicable: *applicable,
            mark: marks.last().map(|mark| mark.status),
            marks: marks.iter().map(MarkView::from).collect(),
        };
        Self {
            enrolment_id: sheet.seen.row.id,
            required_share: sheet.seen.course.of.required_share,
            required: sum.required,
            attended: sum.attended,
            excused: sum.excused,
            missed: sum.missed,
            still_possible: sum.still_possible,
            can_reach: sum.can_reach,
            warning: sum.warning,
            meetings: sheet.meetings.iter().map(meeting).collect(),
        }
    }
}

/// What became of one mark.
#[derive(Debug, Serialize, ToSchema)]
struct MarkResultView {
    /// Its place in the request, from 0.
    index: usize,
    /// Its line in the table that was sent; null: it was JSON.
    line: Option<u64>,
    /// Whom it is about; null: that could not be read.
    #[schema(value_type = Option<String>, format = Uuid)]
    person_id: Option<PersonId>,
    /// What it would have been answered with alone.
    status: u16,
    /// Null if it was refused.
    mark: Option<MarkView>,
    /// Why it was refused.
    #[schema(value_type = Option<Object>)]
    problem: Option<Value>,
}

impl From<Outcome<AttendanceRow>> for MarkResultView {
    fn from(outcome: Outcome<AttendanceRow>) -> Self {
        let Outcome { index, line, person, status, done, problem } = outcome;
        Self { index, line, person_id: person, status, mark: done.as_ref().map(MarkView::from), problem }
    }
}

/// What became of each mark, in the order of the request.
#[derive(Debug, Serialize, ToSchema)]
struct MeetingMarkedView {
    items: Vec<MarkResultView>,
    noted: usize,
    refused: usize,
}

async fn mark(
    ctx: Ctx<RecordAttendance>,
    Path((course, meeting)): Path<(CourseId, MeetingId)>,
    Json(NewMark(new)): Json<NewMark>,
) -> Result<Answer<MarkView>> {
    let zone = ctx.law().zone;
    ctx.create(
        move |tx| catalogue::find_meeting(tx, course, meeting),
        move |tx, meeting| {
            let noted = ops::mark(tx, &meeting, &new, zone)?;
            Ok(noted.map(|row| Done::added(None, MarkView::from(&row))))
        },
    )
    .await
}

async fn mark_many(
    ctx: Ctx<RecordAttendance>,
    Path((course, meeting)): Path<(CourseId, MeetingId)>,
    many: Many<NewMark>,
) -> Result<Answer<MeetingMarkedView>> {
    let zone = ctx.law().zone;
    let good: Vec<Mark> = many.good()?.into_iter().map(|NewMark(mark)| mark).collect();
    ctx.create(
        move |tx| catalogue::find_meeting(tx, course, meeting),
        move |tx, meeting| {
            let done = ops::mark_many(tx, &meeting, &good, zone, many.all_or_none());
            Ok(done.map_err(|error| many.located(error))?.map(|results| {
                let noted = results.iter().flatten().count();
                let items: Vec<_> = many.outcomes(results).into_iter().map(MarkResultView::from).collect();
                Done::ended(MeetingMarkedView { noted, refused: items.len().saturating_sub(noted), items })
            }))
        },
    )
    .await
}

async fn show(
    ctx: Ctx<ReadEnrolments>,
    Path((person, enrolment)): Path<(PersonId, EnrolmentId)>,
) -> Result<Answer<AttendanceView>> {
    let zone = ctx.law().zone;
    let sheet = ctx.view(move |tx| ops::sheet(tx, person, enrolment, zone)).await?;
    Answer::ok(&AttendanceView::of(&sheet, zone))
}
