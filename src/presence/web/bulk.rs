//! Many crossings at once: one act, one result for each.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::input::NewCrossing;
use super::view::CrossingView;
use crate::access::policy::RecordPresence;
use crate::error::{Fault, Result};
use crate::http::{Answer, Ctx, Done, Endpoint, Many, Method, Outcome, Path, endpoint};
use crate::id::PersonId;
use crate::presence::model::Crossing;
use crate::presence::ops;
use crate::presence::store::crossings::CrossingRow;

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
    /// Its line in the table that was sent; null: it was JSON.
    line: Option<u64>,
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
    many: Many<NewCrossing>,
) -> Result<Answer<CrossingsRecordedView>> {
    let many = many.judged(|index, item| judge(&ctx, index, item));
    let good = many.good()?;
    ctx.create(
        move |tx| crate::people::visible(tx, person),
        move |tx, ()| {
            let recorded = ops::record_crossings(tx, person, good.clone())?;
            Ok(recorded.map(|rows| {
                let recorded = rows.len();
                let outcomes = many.outcomes(rows.into_iter().map(Ok).collect());
                let items: Vec<_> = outcomes.into_iter().map(|outcome| ResultView::of(person, outcome)).collect();
                Done::ended(CrossingsRecordedView { recorded, refused: items.len().saturating_sub(recorded), items })
            }))
        },
    )
    .await
}

/// A crossing as good as one that is recorded alone.
fn judge(ctx: &Ctx<RecordPresence>, index: usize, NewCrossing(crossing): NewCrossing) -> Result<Crossing, Vec<Fault>> {
    let member = format!("items/{index}/crossed_on");
    ctx.refuse_future(Some(crossing.crossed_on), &member).map_err(|error| error.faults)?;
    Ok(crossing)
}

impl ResultView {
    fn of(person: PersonId, outcome: Outcome<CrossingRow>) -> Self {
        let Outcome { index, line, status, done, problem, .. } = outcome;
        let crossing = done.as_ref().map(CrossingView::from);
        let location = crossing.as_ref().map(|made| format!("/api/v1/people/{person}/crossings/{}", made.id()));
        Self { index, line, status, crossing, location, problem }
    }
}
