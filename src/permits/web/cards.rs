//! What happens to cards, over HTTP.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::ends::ConsequenceView;
use crate::access::policy::{ReadPermits, RecordPermits};
use crate::clock::Instant;
use crate::db::ReadTx;
use crate::error::{Error, Result};
use crate::http::{
    Answer, Ctx, Done, Endpoint, Fields, Input, Json, ListQuery, Method, OnVersion, Page, Path, Query, Record, endpoint,
};
use crate::id::{PermitEventId, PermitId, PersonId};
use crate::people::DocumentNumber;
use crate::permits::model::{CardEvent, CardEventKind};
use crate::permits::ops::{self, CardRecorded};
use crate::permits::store::cards::{self, CardEventRow};

/// The operations on cards.
pub(super) fn endpoints() -> Vec<Endpoint> {
    let all = "/api/v1/people/{person_id}/permits/{permit_id}/card-events";
    let one = "/api/v1/people/{person_id}/card-events/{card_event_id}";
    vec![
        endpoint(Method::POST, all, "recordCardEvent", "Record what happened to a permit's card", record),
        endpoint(Method::GET, all, "listCardEvents", "List what happened to a permit's card", list),
        endpoint(Method::DELETE, one, "withdrawCardEvent", "Withdraw what was recorded of a card by mistake", withdraw),
    ]
}

/// What happened to a card.
#[derive(Debug, Serialize, ToSchema)]
struct CardEventView {
    #[schema(value_type = String, format = Uuid)]
    id: PermitEventId,
    version: i32,
    #[schema(value_type = String, format = Uuid)]
    permit_id: PermitId,
    kind: CardEventKind,
    /// The day on which it happened.
    #[schema(value_type = String, format = Date)]
    effective_on: NaiveDate,
    /// Number of the card that was handed out instead.
    document_number: Option<String>,
    withdrawn: bool,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Instant,
}

impl From<&CardEventRow> for CardEventView {
    fn from(row: &CardEventRow) -> Self {
        Self {
            id: row.id,
            version: row.version,
            permit_id: row.permit_id,
            kind: row.kind,
            effective_on: row.effective_on,
            document_number: row.document_number.clone(),
            withdrawn: row.withdrawn,
            updated_at: row.recorded_at,
        }
    }
}

/// What was recorded of a card, and the terms that it starts.
#[derive(Debug, Serialize, ToSchema)]
struct CardEventRecordedView {
    card_event: CardEventView,
    consequences: Vec<ConsequenceView>,
}

impl Record for CardEventRow {
    fn version(&self) -> i32 {
        self.version
    }

    fn person(&self) -> Option<PersonId> {
        Some(self.person_id)
    }

    fn members_at(&self, tx: &mut ReadTx<'_>, version: i32) -> Result<Option<serde_json::Value>> {
        let row = cards::version(tx, self.person_id, self.id, version)?;
        row.map(|row| serde_json::to_value(CardEventView::from(&row)).map_err(Error::internal)).transpose()
    }
}

/// Something that happened to a card.
#[derive(Clone)]
struct NewCardEvent {
    kind: CardEventKind,
    on: NaiveDate,
    document_number: Option<String>,
}

impl Input for NewCardEvent {
    const NAME: &'static str = "NewCardEvent";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let kind: Option<CardEventKind> = fields.required("kind", "What happened.");
        let on = fields.required("effective_on", "The day on which it happened.");
        let number =
            fields.optional::<DocumentNumber>("document_number", "Number of the new card, if it was replaced.");
        match (kind, &number) {
            (Some(CardEventKind::Replaced), None) => {
                fields.fault("document_number", "required", "Give the number of the new card.");
            }
            (Some(kind), Some(_)) if kind != CardEventKind::Replaced => {
                fields.fault("document_number", "not_here", "Only a card that was replaced has a new number.");
            }
            _ => {}
        }
        Some(Self { kind: kind?, on: on?, document_number: number.map(|number| number.to_string()) })
    }
}

async fn record(
    ctx: Ctx<RecordPermits>,
    Path((person, permit)): Path<(PersonId, PermitId)>,
    Json(new): Json<NewCardEvent>,
) -> Result<Answer<CardEventRecordedView>> {
    ctx.refuse_future(Some(new.on), "effective_on")?;
    let law = Arc::clone(ctx.law());
    ctx.create(
        move |tx| ops::find(tx, person, permit),
        move |tx, permit| {
            let NewCardEvent { kind, on, document_number } = new.clone();
            let event = CardEvent { permit: permit.id, kind, on, document_number };
            let recorded = ops::record_card_event(tx, &law.pack, &permit, event)?;
            Ok(recorded.map(|CardRecorded { row, consequences }| {
                let consequences = consequences.into_iter().map(Into::into).collect();
                let view = CardEventRecordedView { card_event: CardEventView::from(&row), consequences };
                Done::added(None, view)
            }))
        },
    )
    .await
}

async fn list(
    ctx: Ctx<ReadPermits>,
    Path((person, permit)): Path<(PersonId, PermitId)>,
    Query(query): Query<ListQuery>,
) -> Result<Answer<Page<CardEventView>>> {
    let page = query.open(&ctx, &format!("/api/v1/people/{person}/permits/{permit}/card-events"))?;
    let (as_of, after, limit) = (page.record(), page.after(), page.limit());
    let rows = ctx.view(move |tx| ops::events_of(tx, (person, permit), as_of, after.as_ref(), limit)).await?;
    page.answer(&rows, |row| (row.effective_on, row.id))
}

async fn withdraw(
    ctx: Ctx<RecordPermits, OnVersion>,
    Path((person, event)): Path<(PersonId, PermitEventId)>,
) -> Result<Answer<CardEventView>> {
    ctx.change(
        move |tx| ops::find_card_event(tx, person, event),
        move |tx, before| {
            let withdrawn = ops::withdraw_card_event(tx, &before)?;
            Ok(withdrawn.map(|row| Done::changed(row.version, CardEventView::from(&row))))
        },
    )
    .await
}
