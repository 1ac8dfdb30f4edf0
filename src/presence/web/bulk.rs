//! Many crossings at once: one act, one result for each.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::input::{Atomic, NewCrossing, NewCrossings};
use super::view::CrossingView;
use crate::access::policy::RecordPresence;
use crate::error::{Error, Fault, Result};
use crate::http::{Answer, Ctx, Done, Endpoint, Json, Method, Path, endpoint, problem};
use crate::id::PersonId;
use crate::presence::model::Crossing;
use crate::presence::ops;

/// The operation on many crossings.
pub(super) fn endpoints() -> Vec<Endpoint> {
    let path = "/api/v1/people/{person_id}/crossings/bulk";
    let summary = "Record many crossings, each with its own result";
    vec![endpoint(Method::POST, path, "recordCrossings", summary, record).making_nothing()]
}

/// What became of one item.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CrossingResultView)]
struct ResultView {
    /// Its place in the request, from 0.
    index: usize,
    /// What it would have been answered with alone.
    status: u16,
    /// Null if it was refused.
    crossing: Option<CrossingView>,
    /// Address of the crossing.
    location: Option<String>,
    /// Why it was refused.
    #[schema(value_type = Option<Object>)]
    problem: Option<Value>,
}

/// What became of each item, in the order of the request.
#[derive(Debug, Serialize, ToSchema)]
struct CrossingsRecordedView {
    items: Vec<ResultView>,
    recorded: usize,
    refused: usize,
}

async fn record(
    ctx: Ctx<RecordPresence>,
    Path(person): Path<PersonId>,
    Json(NewCrossings { items, atomic }): Json<NewCrossings>,
) -> Result<Answer<CrossingsRecordedView>> {
    let judged: Vec<Result<Crossing, Vec<Fault>>> =
        items.into_iter().enumerate().map(|(index, item)| judge(&ctx, index, item)).collect();
    if atomic == Atomic::All {
        let faults: Vec<Fault> = judged.iter().filter_map(|item| item.as_ref().err()).flatten().cloned().collect();
        if !faults.is_empty() {
            return Err(Error::invalid(faults));
        }
    }
    let good: Vec<Crossing> = judged.iter().filter_map(|item| item.as_ref().ok()).cloned().collect();
    ctx.create(
        move |tx| crate::people::visible(tx, person),
        move |tx, ()| {
            let recorded = ops::record_crossings(tx, person, good.clone())?;
            Ok(recorded.map(|rows| {
                let (count, mut rows) = (rows.len(), rows.into_iter());
                let items: Vec<ResultView> = judged
                    .iter()
                    .enumerate()
                    .map(|(index, item)| match item {
                        Ok(_) => made(index, person, rows.next().as_ref().map(CrossingView::from)),
                        Err(faults) => refused(index, faults),
                    })
                    .collect();
                Done::ended(CrossingsRecordedView { recorded: count, refused: items.len() - count, items })
            }))
        },
    )
    .await
}

/// A crossing as good as one that is recorded alone.
fn judge(
    ctx: &Ctx<RecordPresence>,
    index: usize,
    item: Result<NewCrossing, Vec<Fault>>,
) -> Result<Crossing, Vec<Fault>> {
    let NewCrossing(crossing) = item?;
    let member = format!("items/{index}/crossed_on");
    ctx.refuse_future(Some(crossing.crossed_on), &member).map_err(|error| error.faults)?;
    Ok(crossing)
}

fn made(index: usize, person: PersonId, crossing: Option<CrossingView>) -> ResultView {
    let location = crossing.as_ref().map(|made| format!("/api/v1/people/{person}/crossings/{}", made.id()));
    ResultView { index, status: 201, crossing, location, problem: None }
}

fn refused(index: usize, faults: &[Fault]) -> ResultView {
    let error = Error::invalid(faults.to_vec());
    let status = problem::entry(error.code).status;
    ResultView { index, status, crossing: None, location: None, problem: Some(problem::of_item(&error)) }
}
