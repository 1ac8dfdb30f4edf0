//! What was said of a course before, over HTTP.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::policy::ReadOwnCourses;
use crate::clock::Instant;
use crate::courses::model::{CefrLevel, CourseState, Mode, OrderRule};
use crate::courses::ops::catalogue as ops;
use crate::courses::store::versions::VersionRow;
use crate::error::Result;
use crate::http::{Answer, Ctx, Endpoint, Method, Page, PageQuery, Path, Query, endpoint};
use crate::id::{AccountId, CourseId};

const PATH: &str = "/api/v1/courses/{course_id}/versions";

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint(Method::GET, PATH, "listCourseVersions", "What was said of one's course before", list)]
}

/// One version of a course.
#[derive(Debug, Serialize, ToSchema)]
struct CourseVersionView {
    version: i32,
    state: CourseState,
    title: String,
    level_from: CefrLevel,
    level_to: CefrLevel,
    /// BCP 47.
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
    recorded_at: Instant,
    /// Who said so; null: nobody knows any more.
    #[schema(value_type = Option<String>, format = Uuid)]
    recorded_by: Option<AccountId>,
    /// When another version took its place; null: it stands.
    #[schema(value_type = Option<String>, format = DateTime)]
    superseded_at: Option<Instant>,
}

impl From<&VersionRow> for CourseVersionView {
    fn from(row: &VersionRow) -> Self {
        let of = row.of.clone();
        Self {
            version: row.version,
            state: row.state,
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
            recorded_at: row.recorded_at,
            recorded_by: row.recorded_by,
            superseded_at: row.superseded_at,
        }
    }
}

async fn list(
    ctx: Ctx<ReadOwnCourses>,
    Path(course): Path<CourseId>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<Page<CourseVersionView>>> {
    let page = query.open::<_, _, (i32, CourseId)>(&ctx, format!("/api/v1/courses/{course}/versions"))?;
    let (after, limit) = (page.after().map_or(0, |(version, _)| version), page.limit());
    let rows = ctx.read(move |tx| ops::versions(tx, course, after, limit)).await?;
    page.answer(&rows, |row| (row.version, course))
}
