//! Attendance over HTTP.

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::policy::{ReadEnrolments, RecordAttendance};
use crate::clock::Instant;
use crate::courses::model::attendance::{Status, Warning};
use crate::courses::ops::attendance::{self as ops, Noted, Sheet};
use crate::courses::ops::catalogue;
use crate::courses::store::attendance::AttendanceRow;
use crate::error::Result;
use crate::http::{Answer, Ctx, Done, Endpoint, Fields, Input, Json, Line, Method, Path, endpoint};
use crate::id::{AccountId, CourseId, EnrolmentId, MeetingId, PersonId};

const MARK: &str = "/api/v1/courses/{course_id}/meetings/{meeting_id}/attendance";
const SHEET: &str = "/api/v1/people/{person_id}/enrolments/{enrolment_id}/attendance";

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint(Method::POST, MARK, "markAttendance", "Note whether somebody was at a meeting", mark),
        endpoint(Method::GET, SHEET, "showAttendance", "Show a learner's attendance", show),
    ]
}

/// What is noted of somebody.
#[derive(Clone)]
struct NewMark {
    person: PersonId,
    status: Status,
    reason: Option<Line>,
}

impl Input for NewMark {
    const NAME: &'static str = "NewMark";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let person = fields.required("person_id", "Who takes part.");
        let status = fields.required("mark", "Was the person there?");
        let reason = fields.optional("reason", "Why. Needed if something was noted before.");
        Some(Self { person: person?, status: status?, reason })
    }
}

/// What was noted of somebody at a meeting.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MarkView {
    #[schema(value_type = String, format = Uuid)]
    meeting_id: MeetingId,
    version: i32,
    mark: Status,
    reason: Option<String>,
    /// Was it said before the meeting?
    announced: bool,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
    /// Who noted it.
    #[schema(value_type = Option<String>, format = Uuid)]
    recorded_by: Option<AccountId>,
}

impl From<&AttendanceRow> for MarkView {
    fn from(row: &AttendanceRow) -> Self {
        Self {
            meeting_id: row.id,
            version: row.version,
            mark: row.status,
            reason: row.reason.clone(),
            announced: row.announced,
            recorded_at: row.recorded_at,
            recorded_by: row.recorded_by,
        }
    }
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

async fn mark(
    ctx: Ctx<RecordAttendance>,
    Path((course, meeting)): Path<(CourseId, MeetingId)>,
    Json(new): Json<NewMark>,
) -> Result<Answer<MarkView>> {
    let zone = ctx.law().zone;
    ctx.create(
        move |tx| catalogue::find_meeting(tx, course, meeting),
        move |tx, meeting| {
            let reason = new.reason.clone().map(|line| line.0);
            let noted = ops::mark(tx, &meeting, new.person, new.status, reason, zone)?;
            Ok(noted.map(|row| Done::added(None, MarkView::from(&row))))
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
