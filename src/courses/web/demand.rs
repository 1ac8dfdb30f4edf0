//! What courses people need, over HTTP.

use serde::Serialize;
use utoipa::ToSchema;

use super::input::{Number, code_of};
use crate::access::policy::{ReadDemand, ReadNeeds, RecordNeeds};
use crate::clock::Instant;
use crate::courses::model::CefrLevel;
use crate::courses::model::demand::{TimeOfWeek, Told};
use crate::courses::ops::demand::{self as ops, Group};
use crate::courses::store::needs::NeedRow;
use crate::db::TextEnum;
use crate::error::{Code, Error, Result};
use crate::http::{
    Answer, Ctx, Done, Endpoint, Fields, Input, Json, LanguageTag, Line, Method, Page, PageQuery, Path, Query, Several,
    endpoint,
};
use crate::id::{LanguageNeedId, PersonId};

const NEEDS: &str = "/api/v1/people/{person_id}/language-needs";
const DEMAND: &str = "/api/v1/course-demand/{division}";

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint(Method::POST, NEEDS, "recordLanguageNeed", "Record what course a person needs", record),
        endpoint(Method::GET, NEEDS, "listLanguageNeeds", "List what courses a person needs", list),
        endpoint(Method::GET, DEMAND, "showCourseDemand", "What courses people of a division need", demand),
    ]
}

#[derive(Clone)]
struct NewNeed {
    level: CefrLevel,
    language: LanguageTag,
    division: Line,
    hours: Number<1, 60>,
    availability: Option<Several<TimeOfWeek>>,
    childcare: bool,
}

impl Input for NewNeed {
    const NAME: &'static str = "NewLanguageNeed";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let level = fields.required("level", "Level the person has now.");
        let language = fields.required("language_of_instruction", "Language the person wants to be taught in, BCP 47.");
        let division = fields.required("division", "District or town: name or code of /api/v1/divisions.");
        let hours = fields.required("hours_per_week", "Hours a week the person has time for.");
        let availability = fields.optional("availability", "When the person has time; absent: not said.");
        let childcare = fields.required("childcare", "Must children be looked after?");
        Some(Self {
            level: level?,
            language: language?,
            division: division?,
            hours: hours?,
            availability,
            childcare: childcare?,
        })
    }
}

/// What course somebody needs.
#[derive(Debug, Serialize, ToSchema)]
struct LanguageNeedView {
    #[schema(value_type = String, format = Uuid)]
    id: LanguageNeedId,
    level: CefrLevel,
    language_of_instruction: String,
    division_code: String,
    hours_per_week: i32,
    /// When the person has time; empty: not said.
    availability: Vec<TimeOfWeek>,
    childcare: bool,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
    /// When another answer took its place; null: it stands.
    #[schema(value_type = Option<String>, format = DateTime)]
    superseded_at: Option<Instant>,
}

impl From<&NeedRow> for LanguageNeedView {
    fn from(row: &NeedRow) -> Self {
        Self {
            id: row.id,
            level: row.level,
            language_of_instruction: row.language_of_instruction.clone(),
            division_code: row.division_code.clone(),
            hours_per_week: row.hours_per_week,
            availability: row.times(),
            childcare: row.childcare,
            recorded_at: row.recorded_at,
            superseded_at: row.superseded_at,
        }
    }
}

/// How many; null if so few that somebody could be recognised.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ToldView {
    count: Option<i64>,
    suppressed: bool,
}

impl From<Told> for ToldView {
    fn from(told: Told) -> Self {
        match told {
            Told::Count(count) => Self { count: Some(count), suppressed: false },
            Told::Suppressed => Self { count: None, suppressed: true },
        }
    }
}

/// People who need the same course.
#[derive(Debug, Serialize, ToSchema)]
struct DemandGroupView {
    level: CefrLevel,
    language_of_instruction: String,
    people: ToldView,
    /// Courses that begin at this level in this language; 0: nobody gives one.
    courses: usize,
}

impl From<&Group> for DemandGroupView {
    fn from(group: &Group) -> Self {
        Self {
            level: group.level,
            language_of_instruction: group.language.clone(),
            people: group.people.into(),
            courses: group.courses,
        }
    }
}

/// What courses are needed in a division.
#[derive(Debug, Serialize, ToSchema)]
struct CourseDemandView {
    division_code: String,
    groups: Vec<DemandGroupView>,
    /// All together; suppressed if a small group could be worked out from it.
    people: ToldView,
}

async fn record(
    ctx: Ctx<RecordNeeds>,
    Path(person): Path<PersonId>,
    Json(new): Json<NewNeed>,
) -> Result<Answer<LanguageNeedView>> {
    let today = ctx.today();
    ctx.create(
        move |tx| crate::people::visible(tx, person),
        move |tx, ()| {
            let new = new.clone();
            let times = new.availability.map(|Several(times)| times).unwrap_or_default();
            let row = NeedRow {
                person_id: person,
                id: LanguageNeedId::random(),
                level: new.level,
                language_of_instruction: new.language.0,
                division_code: code_of(&new.division.0, today)?,
                hours_per_week: new.hours.0,
                childcare: new.childcare,
                recorded_at: tx.now(),
                recorded_by: tx.account(),
                superseded_at: None,
                availability: times.into_iter().map(TextEnum::text).collect::<Vec<_>>().join(" "),
            };
            Ok(ops::record(tx, row)?.map(|row| Done::added(None, LanguageNeedView::from(&row))))
        },
    )
    .await
}

async fn list(
    ctx: Ctx<ReadNeeds>,
    Path(person): Path<PersonId>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<Page<LanguageNeedView>>> {
    let page = query.open(&ctx, format!("/api/v1/people/{person}/language-needs"))?;
    let (after, limit) = (page.after(), page.limit());
    let rows = ctx.view(move |tx| ops::list(tx, person, after, limit)).await?;
    page.answer(&rows, |row| row.id)
}

async fn demand(ctx: Ctx<ReadDemand>, Path(division): Path<String>) -> Result<Answer<CourseDemandView>> {
    // What names no division has no demand: there is nothing at this address.
    let code = code_of(&division, ctx.today()).map_err(|error| match error.code {
        Code::ValidationFailed => Error::not_found(),
        _ => error,
    })?;
    let wanted = code.clone();
    let (groups, people) = ctx.read(move |tx| ops::demand(tx, &wanted)).await?;
    let groups = groups.iter().map(DemandGroupView::from).collect();
    Answer::ok(&CourseDemandView { division_code: code, groups, people: people.into() })
}
