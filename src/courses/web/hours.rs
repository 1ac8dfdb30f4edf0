//! Hours of courses over HTTP.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::input::Number;
use crate::access::policy::{GrantHours, ReadHours};
use crate::clock::Instant;
use crate::courses::model::CefrLevel;
use crate::courses::model::hours::{HoursReason, Taken};
use crate::courses::ops::hours::{self as ops, Budget, in_hours};
use crate::courses::store::catalogue::CourseRow;
use crate::courses::store::hours::HoursRow;
use crate::db::ReadTx;
use crate::error::Result;
use crate::http::{Answer, Ctx, Done, Endpoint, Fields, Input, Json, Method, OnVersion, Path, Record, endpoint};
use crate::id::{CourseHoursId, CourseId, PersonId};

const PATH: &str = "/api/v1/people/{person_id}/course-hours";
const ONE: &str = "/api/v1/people/{person_id}/course-hours/{course_hours_id}";

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint(Method::POST, PATH, "grantCourseHours", "Grant a person hours of courses", grant),
        endpoint(Method::GET, PATH, "showCourseHours", "Show a person's hours of courses", show),
        endpoint(Method::DELETE, ONE, "takeBackCourseHours", "Take back hours that were granted", take_back),
    ]
}

struct NewHours {
    hours: Number<1, 2_000>,
    reason: HoursReason,
}

impl Input for NewHours {
    const NAME: &'static str = "NewCourseHours";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let hours = fields.required("hours", "Hours of 60 minutes, beside those granted before.");
        let reason = fields.required("reason", "first: for the way to a level; repeat: for one not reached before.");
        Some(Self { hours: hours?, reason: reason? })
    }
}

/// Hours that were granted.
#[derive(Debug, Serialize, ToSchema)]
struct GrantedHoursView {
    #[schema(value_type = String, format = Uuid)]
    id: CourseHoursId,
    version: i32,
    hours: i32,
    reason: HoursReason,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
    /// When they were taken back; null: they count.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Instant>,
}

/// It is only ever taken back: two cannot change it differently.
impl Record for HoursRow {
    fn version(&self) -> i32 {
        if self.ended_at.is_none() { 1 } else { 2 }
    }

    fn person(&self) -> Option<PersonId> {
        Some(self.person_id)
    }

    fn members_at(&self, _: &mut ReadTx<'_>, _: i32) -> Result<Option<Value>> {
        Ok(None)
    }
}

impl From<&HoursRow> for GrantedHoursView {
    fn from(row: &HoursRow) -> Self {
        Self {
            id: row.id,
            version: row.version(),
            hours: row.hours,
            reason: row.reason,
            recorded_at: row.recorded_at,
            ended_at: row.ended_at,
        }
    }
}

/// What a course takes of somebody's hours.
#[derive(Debug, Serialize, ToSchema)]
struct HoursOfCourseView {
    #[schema(value_type = String, format = Uuid)]
    course_id: CourseId,
    course: String,
    /// Level it leads to.
    level: CefrLevel,
    /// Meetings that count: held while the person had a place, and neither cancelled nor excused.
    meetings: usize,
    /// Hours of meetings that have begun.
    used: f64,
    /// Hours of meetings to come.
    reserved: f64,
}

impl From<&(CourseRow, Taken)> for HoursOfCourseView {
    fn from((course, taken): &(CourseRow, Taken)) -> Self {
        Self {
            course_id: course.id,
            course: course.of.title.clone(),
            level: course.of.level_to,
            meetings: taken.meetings,
            used: in_hours(taken.used),
            reserved: in_hours(taken.reserved),
        }
    }
}

/// Somebody's hours of courses. A quarter of an hour is 0.25.
#[derive(Debug, Serialize, ToSchema)]
struct CourseHoursView {
    /// Null: none were granted, and nothing is limited.
    granted: Option<f64>,
    /// Hours of meetings that have begun.
    used: f64,
    /// Hours of meetings to come.
    reserved: f64,
    /// What was granted less what is used and reserved; below 0 if meetings were added. Null: nothing is limited.
    left: Option<f64>,
    /// Empty for organisations, which see sums.
    grants: Vec<GrantedHoursView>,
    /// What makes up the sums. An organisation sees its own courses alone.
    courses: Vec<HoursOfCourseView>,
}

impl From<&Budget> for CourseHoursView {
    fn from(budget: &Budget) -> Self {
        Self {
            granted: budget.granted.map(in_hours),
            used: in_hours(budget.used),
            reserved: in_hours(budget.reserved),
            left: budget.left().map(in_hours),
            grants: budget.grants.iter().map(GrantedHoursView::from).collect(),
            courses: budget.courses.iter().map(HoursOfCourseView::from).collect(),
        }
    }
}

async fn grant(
    ctx: Ctx<GrantHours>,
    Path(person): Path<PersonId>,
    Json(NewHours { hours, reason }): Json<NewHours>,
) -> Result<Answer<GrantedHoursView>> {
    ctx.create(
        move |tx| crate::people::visible(tx, person),
        move |tx, ()| {
            let granted = ops::grant(tx, person, hours.0, reason)?;
            Ok(granted.map(|row| {
                let location = format!("/api/v1/people/{person}/course-hours/{}", row.id);
                Done::created(location, row.version(), GrantedHoursView::from(&row))
            }))
        },
    )
    .await
}

async fn show(ctx: Ctx<ReadHours>, Path(person): Path<PersonId>) -> Result<Answer<CourseHoursView>> {
    let zone = ctx.law().zone;
    let budget = ctx.view(move |tx| ops::show(tx, person, zone)).await?;
    Answer::ok(&CourseHoursView::from(&budget))
}

async fn take_back(
    ctx: Ctx<GrantHours, OnVersion>,
    Path((person, hours)): Path<(PersonId, CourseHoursId)>,
) -> Result<Answer<GrantedHoursView>> {
    ctx.change(
        move |tx| ops::find(tx, person, hours),
        |tx, row| {
            let ended = ops::take_back(tx, &row)?;
            Ok(ended.map(|row| Done::changed(row.version(), GrantedHoursView::from(&row))))
        },
    )
    .await
}
