//! Courses, meetings and places as they are shown.

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::Serialize;
use utoipa::ToSchema;

use crate::clock::Instant;
use crate::courses::model::attendance::Status;
use crate::courses::model::words::{Words, meaning};
use crate::courses::model::{CefrLevel, CourseState, EnrolmentState, Mode, OrderRule};
use crate::courses::ops::catalogue::Shown;
use crate::courses::ops::enrolments::Seen;
use crate::courses::store::attendance::AttendanceRow;
use crate::courses::store::catalogue::MeetingRow;
use crate::id::{AccountId, CourseId, EnrolmentId, MeetingId, OrganisationId, PersonId};

/// A course.
#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each is a member that clients read by its own name")]
pub(super) struct CourseView {
    #[schema(value_type = String, format = Uuid)]
    id: CourseId,
    version: i32,
    state: CourseState,
    /// States that can follow.
    allowed: Vec<&'static str>,
    /// Are people enrolled today?
    open: bool,
    #[schema(value_type = String, format = Uuid)]
    organisation_id: OrganisationId,
    organisation: String,
    /// Is the organisation accredited today? Only then does a certificate become a proof.
    accredited: bool,
    title: String,
    level_from: CefrLevel,
    level_to: CefrLevel,
    /// The language it teaches, BCP 47. Only a course of the state language leads to a proof.
    taught_language: String,
    /// BCP 47.
    language_of_instruction: String,
    target_group: Option<String>,
    division_code: Option<String>,
    place: Option<String>,
    mode: Mode,
    price_qepik: i32,
    childcare: bool,
    step_free: bool,
    capacity: i32,
    #[schema(value_type = String, format = Date)]
    enrol_from: NaiveDate,
    #[schema(value_type = String, format = Date)]
    enrol_to: NaiveDate,
    order_rule: OrderRule,
    offer_hours: i32,
    /// Share of meetings to attend, percent.
    required_share: i32,
    #[schema(value_type = Option<String>, format = Uuid)]
    teacher_id: Option<AccountId>,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Instant,
}

impl CourseView {
    pub(super) fn of(shown: &Shown, today: NaiveDate) -> Self {
        let (row, of) = (&shown.row, shown.row.of.clone());
        Self {
            id: row.id,
            version: row.version,
            state: row.state,
            allowed: row.state.moves(),
            open: row.is_open(today),
            organisation_id: row.organisation_id,
            organisation: shown.organisation.clone(),
            accredited: shown.accredited,
            title: of.title,
            level_from: of.level_from,
            level_to: of.level_to,
            taught_language: of.taught_language,
            language_of_instruction: of.language_of_instruction,
            target_group: of.target_group,
            division_code: of.division_code,
            place: of.place,
            mode: of.mode,
            price_qepik: of.price_qepik,
            childcare: of.childcare,
            step_free: of.step_free,
            capacity: of.capacity,
            enrol_from: of.enrol_from,
            enrol_to: of.enrol_to,
            order_rule: of.order_rule,
            offer_hours: of.offer_hours,
            required_share: of.required_share,
            teacher_id: of.teacher_id,
            updated_at: row.updated_at,
        }
    }
}

/// A meeting of a course.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MeetingView {
    #[schema(value_type = String, format = Uuid)]
    id: MeetingId,
    version: i32,
    #[schema(value_type = String, format = DateTime)]
    starts_at: Instant,
    #[schema(value_type = String, format = DateTime)]
    ends_at: Instant,
    /// Its day in the country.
    #[schema(value_type = String, format = Date)]
    day: NaiveDate,
    /// When it begins there, for example 18:30.
    from: String,
    /// When it ends there.
    to: String,
    /// The country's zone.
    zone: &'static str,
    cancelled: bool,
    #[schema(value_type = Option<String>, format = DateTime)]
    cancelled_at: Option<Instant>,
}

impl MeetingView {
    pub(super) fn of(row: &MeetingRow, zone: Tz) -> Self {
        let time = |at: Instant| at.utc().with_timezone(&zone).format("%H:%M").to_string();
        Self {
            id: row.id,
            version: row.version,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            day: row.starts_at.date(zone),
            from: time(row.starts_at),
            to: time(row.ends_at),
            zone: zone.name(),
            cancelled: row.cancelled,
            cancelled_at: row.cancelled_at,
        }
    }
}

/// What a state means to who is in it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MeaningView {
    az: &'static str,
    en: &'static str,
}

impl From<Words> for MeaningView {
    fn from((az, en): Words) -> Self {
        Self { az, en }
    }
}

/// Somebody's place in a course, or in its queue.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CoursePlaceView)]
pub(super) struct EnrolmentView {
    #[schema(value_type = String, format = Uuid)]
    id: EnrolmentId,
    version: i32,
    #[schema(value_type = String, format = Uuid)]
    person_id: PersonId,
    /// To an organisation, the name by which the person wants to be known to it.
    name: String,
    #[schema(value_type = String, format = Uuid)]
    course_id: CourseId,
    course: String,
    state: EnrolmentState,
    meaning: MeaningView,
    reason: Option<String>,
    /// The rule by which seats are given out.
    order_rule: OrderRule,
    /// The place in the order of applications.
    position: i64,
    /// How many wait before; null: this one does not wait.
    ahead: Option<i64>,
    /// Which time the person tries the level the course leads to, 1 for the first; an organisation counts its own courses.
    attempt: usize,
    /// Until when an offered seat is kept.
    #[schema(value_type = Option<String>, format = DateTime)]
    offered_until: Option<Instant>,
    #[schema(value_type = Option<String>, format = Date)]
    enrolled_on: Option<NaiveDate>,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Instant,
}

impl From<&Seen> for EnrolmentView {
    fn from(seen: &Seen) -> Self {
        let (row, course) = (&seen.row, &seen.course);
        Self {
            id: row.id,
            version: row.version,
            person_id: row.person_id,
            name: seen.name.clone(),
            course_id: row.course_id,
            course: course.of.title.clone(),
            state: row.state,
            meaning: meaning(row.state).into(),
            reason: row.reason.clone(),
            order_rule: course.of.order_rule,
            position: row.position,
            ahead: seen.ahead,
            attempt: seen.attempt,
            offered_until: row.offered_until,
            enrolled_on: row.enrolled_on,
            updated_at: row.recorded_at,
        }
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
