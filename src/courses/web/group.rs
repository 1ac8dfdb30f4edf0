//! Many at once: one act, one result for each.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::input::NewEnrolment;
use super::view::EnrolmentView;
use crate::access::policy::EnrolPeople;
use crate::courses::model::EnrolmentState;
use crate::courses::ops::catalogue;
use crate::courses::ops::enrolments::{self as ops, Seen};
use crate::error::Result;
use crate::http::{Answer, Ctx, Done, Endpoint, Item, Many, Method, Outcome, Path, endpoint};
use crate::id::{CourseId, PersonId};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let path = "/api/v1/courses/{course_id}/enrolments/bulk";
    let summary = "Enrol many clients, each with its own result";
    vec![endpoint(Method::POST, path, "enrolPeople", summary, enrol).making_nothing()]
}

/// What the lists of clients and of a course's learners have beside: whoever deletes rows of one can send the rest.
pub(super) const OF_LISTS: &[&str] = &[
    "name",
    "purpose",
    "scope",
    "consent_expires_at",
    "contact",
    "languages",
    "needs.level",
    "needs.language_of_instruction",
    "needs.division_code",
    "needs.hours_per_week",
    "needs.availability",
    "needs.childcare",
    "version",
    "course_id",
    "course",
    "state",
    "meaning.az",
    "meaning.en",
    "order_rule",
    "position",
    "attempt",
    "updated_at",
    "ahead",
    "enrolled_on",
    "offered_until",
    "reason",
];
/// The list of clients calls the person's id so.
pub(super) const PERSON: &[(&str, &str)] = &[("id", "person_id")];

impl Item for NewEnrolment {
    const MANY: &'static str = "NewEnrolments";
    const ITEMS: &'static str = "The clients, 1 to 100, in the order in which they get seats.";
    const ALIASES: &'static [(&'static str, &'static str)] = PERSON;
    const PASSED_OVER: &'static [&'static str] = OF_LISTS;
}

/// What became of one.
#[derive(Debug, Serialize, ToSchema)]
struct EnrolmentResultView {
    /// Its place in the request, from 0.
    index: usize,
    /// Its line in the table that was sent; null: it was JSON.
    line: Option<u64>,
    /// Whom it is about; null: that could not be read.
    #[schema(value_type = Option<String>, format = Uuid)]
    person_id: Option<PersonId>,
    /// Where the person stands now: with a seat, or waiting. Null if it was refused.
    state: Option<EnrolmentState>,
    /// What it would have been answered with alone.
    status: u16,
    /// Null if it was refused.
    enrolment: Option<EnrolmentView>,
    /// Why it was refused.
    #[schema(value_type = Option<Object>)]
    problem: Option<Value>,
}

impl From<Outcome<Seen>> for EnrolmentResultView {
    fn from(outcome: Outcome<Seen>) -> Self {
        let Outcome { index, line, person, status, done, problem } = outcome;
        let state = done.as_ref().map(|seen| seen.row.state);
        Self {
            index,
            line,
            person_id: person,
            state,
            status,
            enrolment: done.as_ref().map(EnrolmentView::from),
            problem,
        }
    }
}

/// What became of each, in the order of the request.
#[derive(Debug, Serialize, ToSchema)]
struct PeopleEnrolledView {
    items: Vec<EnrolmentResultView>,
    enrolled: usize,
    refused: usize,
}

async fn enrol(
    ctx: Ctx<EnrolPeople>,
    Path(course): Path<CourseId>,
    many: Many<NewEnrolment>,
) -> Result<Answer<PeopleEnrolledView>> {
    let zone = ctx.law().zone;
    let good: Vec<PersonId> = many.good()?.into_iter().map(|NewEnrolment(person)| person).collect();
    ctx.create(
        move |tx| catalogue::find_own(tx, course),
        move |tx, _| {
            let done = ops::enrol_many(tx, course, &good, zone, many.all_or_none());
            Ok(done.map_err(|error| many.located(error))?.map(|results| {
                let enrolled = results.iter().flatten().count();
                let items: Vec<_> = many.outcomes(results).into_iter().map(EnrolmentResultView::from).collect();
                Done::ended(PeopleEnrolledView { enrolled, refused: items.len().saturating_sub(enrolled), items })
            }))
        },
    )
    .await
}
