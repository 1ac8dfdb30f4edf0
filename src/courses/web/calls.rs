//! Courses that are called for, over HTTP.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::demand::ToldView;
use super::input::{code_of, code_of_parameter};
use super::view::CourseView;
use crate::access::policy::{ManageCourses, ReadDemand};
use crate::courses::model::CefrLevel;
use crate::courses::model::demand::GroupKey;
use crate::courses::ops::calls::{self as ops, Call};
use crate::courses::store::calls::Wanted;
use crate::db::TextEnum;
use crate::error::{Code, Error, Result};
use crate::http::{
    Answer, Ctx, Done, Endpoint, Fields, Input, LanguageTag, Line, Member, Method, Page, PageQuery, Path, Query,
    SortKey, endpoint,
};

const ALL: &str = "/api/v1/course-calls";
const ANSWER: &str = "/api/v1/course-calls/{division}/{level}/{language}/courses";

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint(Method::GET, ALL, "listCourseCalls", "List groups for whom a course is missing", list),
        endpoint(Method::POST, ANSWER, "answerCourseCall", "Make a draft of a course for such a group", answer),
    ]
}

impl SortKey for GroupKey {
    /// No code, level or tag has a space.
    fn write(&self) -> String {
        format!("{} {} {}", self.division, self.level.text(), self.language)
    }

    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(' ');
        let (division, level, language) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self { division: division.to_owned(), level: CefrLevel::of(level)?, language: language.to_owned() })
    }
}

/// A page of the calls.
struct CallsQuery {
    page: PageQuery,
    division: Option<Line>,
    level: Option<CefrLevel>,
}

impl Input for CallsQuery {
    const NAME: &'static str = "CourseCallsQuery";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let page = PageQuery::read(fields);
        let division = fields.optional("division", "Only in this division: name or code of /api/v1/divisions.");
        let level = fields.optional("level", "Only for people who have this level.");
        Some(Self { page: page?, division, level })
    }
}

/// People for whom a course is missing: as many as a course needs, and none takes them.
#[derive(Debug, Serialize, ToSchema)]
struct CourseCallView {
    division_code: String,
    /// Level they have.
    level: CefrLevel,
    /// Language they want to be taught in, BCP 47.
    language_of_instruction: String,
    people: i64,
    /// Those whose children must be looked after; suppressed if they or the others are few.
    childcare: ToldView,
    /// Hours a week for which at least half of them have time.
    median_hours_per_week: i32,
    /// Courses for them that are not published yet.
    drafts: i64,
    /// Address to which a provider posts to make a draft for them.
    href: String,
}

impl From<&Call> for CourseCallView {
    fn from(call: &Call) -> Self {
        let GroupKey { division, level, language } = &call.key;
        Self {
            division_code: division.clone(),
            level: *level,
            language_of_instruction: language.clone(),
            people: call.people,
            childcare: call.childcare.into(),
            median_hours_per_week: call.hours,
            drafts: call.drafts,
            href: format!("{ALL}/{division}/{}/{language}/courses", level.text()),
        }
    }
}

async fn list(ctx: Ctx<ReadDemand>, Query(query): Query<CallsQuery>) -> Result<Answer<Page<CourseCallView>>> {
    let today = ctx.today();
    let CallsQuery { page, division, level } = query;
    let division = division.map(|line| code_of_parameter(&line.0, today)).transpose()?;
    let wanted = Wanted { division, level, language: None };
    let page = page.open::<_, _, GroupKey>(&ctx, query_of(&wanted))?;
    let (after, limit) = (page.after(), page.limit());
    let calls = ctx.read(move |tx| ops::list(tx, &wanted, today, after.as_ref(), limit)).await?;
    page.answer(&calls, |call| call.key.clone())
}

/// Address of the list of what is wanted.
fn query_of(wanted: &Wanted) -> String {
    let level = wanted.level.map(TextEnum::text);
    match (wanted.division.as_deref(), level) {
        (None, None) => ALL.to_owned(),
        (Some(division), None) => format!("{ALL}?division={division}"),
        (None, Some(level)) => format!("{ALL}?level={level}"),
        (Some(division), Some(level)) => format!("{ALL}?division={division}&level={level}"),
    }
}

/// The group of an address; 404 for what no group is called.
fn group(division: &str, level: &str, language: &str, today: NaiveDate) -> Result<GroupKey> {
    let division = code_of(division, today).map_err(|error| match error.code {
        Code::ValidationFailed => Error::not_found(),
        _ => error,
    })?;
    let level = CefrLevel::of(level).ok_or_else(Error::not_found)?;
    let language = LanguageTag::parse(&language.into()).map_err(|_| Error::not_found())?.0;
    Ok(GroupKey { division, level, language })
}

async fn answer(
    ctx: Ctx<ManageCourses>,
    Path((division, level, language)): Path<(String, String, String)>,
) -> Result<Answer<CourseView>> {
    let today = ctx.today();
    let group = group(&division, &level, &language, today)?;
    ctx.create(
        |_| Ok(()),
        move |tx, ()| {
            let made = ops::answer(tx, &group, today)?;
            Ok(made.map(|shown| {
                let location = format!("/api/v1/courses/{}", shown.row.id);
                Done::created(location, shown.row.version, CourseView::of(&shown, today))
            }))
        },
    )
    .await
}
