//! Receipts over HTTP.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::input::NewReceipt;
use crate::access::policy::{ReadDocuments, RecordDocuments};
use crate::clock::Instant;
use crate::documents::model::receipt::{Channel, Clock, ClockError, Item, Receipt};
use crate::documents::ops::receipts as ops;
use crate::error::{Error, Result};
use crate::http::{Answer, Ctx, Done, Endpoint, Json, Method, Page, PageQuery, Path, Query, Term, endpoint};
use crate::id::{PersonId, ReceiptId};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let all = "/api/v1/people/{person_id}/receipts";
    let one = "/api/v1/people/{person_id}/receipts/{receipt_id}";
    vec![
        endpoint(Method::POST, all, "giveReceipt", "Give a receipt for what was handed in", give),
        endpoint(Method::GET, all, "listReceipts", "List a person's receipts", list),
        endpoint(Method::GET, one, "showReceipt", "Show a receipt", show),
    ]
}

/// A document as it was when it was handed in.
#[derive(Debug, Serialize, ToSchema)]
struct ReceiptItemView {
    document_id: Uuid,
    version: i32,
    kind: String,
    /// Lower-case hex.
    sha256: String,
    size_bytes: i32,
}

impl From<&Item> for ReceiptItemView {
    fn from(item: &Item) -> Self {
        let Item { document_id, version, kind, sha256, size_bytes } = item.clone();
        Self { document_id, version, kind, sha256, size_bytes }
    }
}

/// A term that runs from what was handed in.
#[derive(Debug, Serialize, ToSchema)]
struct StartedClockView {
    /// As the law pack names it.
    deadline: String,
    #[schema(value_type = String, format = Date)]
    due_on: NaiveDate,
    /// For terms in hours.
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<Instant>,
    /// Ids of the law pack's sources.
    sources: Vec<String>,
}

/// A receipt.
#[derive(Debug, Serialize, ToSchema)]
struct ReceiptView {
    #[schema(value_type = String, format = Uuid)]
    id: ReceiptId,
    /// The number to quote.
    reference: String,
    #[schema(value_type = String, format = DateTime)]
    at: Instant,
    channel: Channel,
    items: Vec<ReceiptItemView>,
    clock: Option<StartedClockView>,
}

impl From<&Receipt> for ReceiptView {
    fn from(receipt: &Receipt) -> Self {
        let clock = receipt.clock.clone().map(|clock| {
            let Clock { deadline, due_on, due_at, sources } = clock;
            StartedClockView { deadline, due_on, due_at, sources }
        });
        Self {
            id: receipt.id,
            reference: receipt.reference.clone(),
            at: receipt.at,
            channel: receipt.channel,
            items: receipt.items.iter().map(ReceiptItemView::from).collect(),
            clock,
        }
    }
}

/// 422 for a deadline that no application starts.
fn refusal(error: ClockError) -> Error {
    let code = match error {
        ClockError::Unknown => "unknown_deadline",
        ClockError::OtherEvent => "other_event",
    };
    Error::invalid_at("/application", code, format!("No clock starts: {error}."))
}

async fn give(
    ctx: Ctx<RecordDocuments>,
    Path(person): Path<PersonId>,
    Json(new): Json<NewReceipt>,
) -> Result<Answer<ReceiptView>> {
    let law = Arc::clone(ctx.law());
    ctx.create(
        move |tx| crate::people::visible(tx, person),
        move |tx, ()| {
            let start = |Term(deadline): &Term| Clock::of_application(&law.pack, deadline, tx.now());
            let clock = new.application.as_ref().map(start).transpose().map_err(refusal)?;
            let given = ops::receive(tx, person, &new.documents, new.channel, clock)?;
            Ok(given.map(|receipt| {
                let location = format!("/api/v1/people/{person}/receipts/{}", receipt.id);
                Done::added(Some(location), ReceiptView::from(&receipt))
            }))
        },
    )
    .await
}

async fn list(
    ctx: Ctx<ReadDocuments>,
    Path(person): Path<PersonId>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<Page<ReceiptView>>> {
    let page = query.open::<_, _, (i64, ReceiptId)>(&ctx, format!("/api/v1/people/{person}/receipts"))?;
    let after = page.after().map(|(micros, id)| (Instant::from_micros(micros), id));
    let limit = page.limit();
    let receipts = ctx.view(move |tx| ops::list(tx, person, after, limit)).await?;
    page.answer(&receipts, |receipt| (receipt.at.micros(), receipt.id))
}

async fn show(
    ctx: Ctx<ReadDocuments>,
    Path((person, receipt)): Path<(PersonId, ReceiptId)>,
) -> Result<Answer<ReceiptView>> {
    let receipt = ctx.view(move |tx| ops::show(tx, person, receipt)).await?;
    Answer::ok(&ReceiptView::from(&receipt))
}
