//! Many at once: one act, one result for each.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::input::NewEnrolment;
use super::view::EnrolmentView;
use crate::access::policy::EnrolPeople;
use crate::courses::ops::catalogue;
use crate::courses::ops::enrolments::{self as ops, Seen};
use crate::db::text_enum;
use crate::error::{Error, Fault, Result};
use crate::http::{Answer, Ctx, Done, Endpoint, Fields, Input, Json, Method, Path, endpoint, problem};
use crate::id::{CourseId, PersonId};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let path = "/api/v1/courses/{course_id}/enrolments/bulk";
    let summary = "Enrol many clients, each with its own result";
    vec![endpoint(Method::POST, path, "enrolPeople", summary, enrol).making_nothing()]
}

text_enum! {
    /// What becomes of the others when one cannot be enrolled.
    enum Together {
        /// Nobody is enrolled.
        All = "all",
        /// The others are enrolled.
        Item = "item",
    }
}

/// Many at once.
struct NewEnrolments {
    items: Vec<Result<NewEnrolment, Vec<Fault>>>,
    atomic: Together,
}

impl Input for NewEnrolments {
    const NAME: &'static str = "NewEnrolments";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let items = fields.each("items", "The clients, 1 to 100, in the order in which they get seats.");
        let atomic = fields.required("atomic", "all: if one cannot be enrolled, nobody is. item: the others are.");
        if items.len() > 100 {
            fields.fault("items", "too_many", "At most 100 are expected here.");
        }
        Some(Self { items, atomic: atomic? })
    }
}

/// What became of one.
#[derive(Debug, Serialize, ToSchema)]
struct EnrolmentResultView {
    /// Its place in the request, from 0.
    index: usize,
    /// What it would have been answered with alone.
    status: u16,
    /// Null if it was refused.
    enrolment: Option<EnrolmentView>,
    /// Why it was refused.
    #[schema(value_type = Option<Object>)]
    problem: Option<Value>,
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
    Json(NewEnrolments { items, atomic }): Json<NewEnrolments>,
) -> Result<Answer<PeopleEnrolledView>> {
    let zone = ctx.law().zone;
    let all = atomic == Together::All;
    if all {
        let faults: Vec<Fault> = items.iter().filter_map(|item| item.as_ref().err()).flatten().cloned().collect();
        if !faults.is_empty() {
            return Err(Error::invalid(faults));
        }
    }
    let good: Vec<PersonId> = items.iter().filter_map(|item| item.as_ref().ok()).map(|item| item.0).collect();
    ctx.create(
        move |tx| catalogue::find_own(tx, course),
        move |tx, _| {
            let done = ops::enrol_many(tx, course, &good, zone, all)?;
            Ok(done.map(|results| {
                let mut results = results.into_iter();
                let views = items.iter().enumerate().map(|(index, item)| match item {
                    Ok(_) => judged(index, results.next().unwrap_or_else(|| Err(Error::not_found()))),
                    Err(faults) => refused(index, &Error::invalid(faults.clone())),
                });
                let views: Vec<EnrolmentResultView> = views.collect();
                let enrolled = views.iter().filter(|view| view.enrolment.is_some()).count();
                Done::ended(PeopleEnrolledView { enrolled, refused: views.len() - enrolled, items: views })
            }))
        },
    )
    .await
}

fn judged(index: usize, result: Result<Seen>) -> EnrolmentResultView {
    match result {
        Ok(seen) => {
            EnrolmentResultView { index, status: 201, enrolment: Some(EnrolmentView::from(&seen)), problem: None }
        }
        Err(error) => refused(index, &error),
    }
}

fn refused(index: usize, error: &Error) -> EnrolmentResultView {
    let status = problem::entry(error.code).status;
    EnrolmentResultView { index, status, enrolment: None, problem: Some(problem::of_item(error)) }
}
