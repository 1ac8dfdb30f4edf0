//! Events that start terms over HTTP.

use std::sync::Arc;

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::Serialize;
use utoipa::ToSchema;

use super::warnings;
use crate::access::policy::{ReadGrounds, RecordGrounds};
use crate::clock::Instant;
use crate::db::ReadTx;
use crate::error::{Error, Result};
use crate::grounds::model::Event;
use crate::grounds::ops;
use crate::grounds::store::events::{self, EventRow};
use crate::http::{
    Answer, Ctx, Done, Endpoint, Fields, Input, Json, ListQuery, Method, OnVersion, Page, Patch, Path, Query, Record,
    Term, WarningView, endpoint,
};
use crate::id::{EventId, PersonId};

/// The operations on events.
pub(super) fn endpoints() -> Vec<Endpoint> {
    let all = "/api/v1/people/{person_id}/events";
    let one = "/api/v1/people/{person_id}/events/{event_id}";
    vec![
        endpoint(Method::POST, all, "recordEvent", "Record an event that starts a term", record),
        endpoint(Method::GET, all, "listEvents", "List a person's events", list),
        endpoint(Method::GET, one, "showEvent", "Show an event", show),
        endpoint(Method::PATCH, one, "correctEvent", "Correct an event", change),
        endpoint(Method::DELETE, one, "withdrawEvent", "Withdraw an event recorded by mistake", withdraw),
    ]
}

/// An event as officers see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LegalEventView)]
struct EventView {
    #[schema(value_type = String, format = Uuid)]
    id: EventId,
    version: i32,
    kind: String,
    #[schema(value_type = String, format = Date)]
    happened_on: NaiveDate,
    /// For terms in hours.
    #[schema(value_type = Option<String>, format = DateTime)]
    happened_at: Option<Instant>,
    withdrawn: bool,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Instant,
    /// Said when it is recorded.
    warnings: Vec<WarningView>,
}

impl From<&EventRow> for EventView {
    fn from(row: &EventRow) -> Self {
        Self {
            id: row.id,
            version: row.version,
            kind: row.kind.clone(),
            happened_on: row.happened_on,
            happened_at: row.happened_at,
            withdrawn: row.withdrawn,
            updated_at: row.recorded_at,
            warnings: Vec::new(),
        }
    }
}

impl Record for EventRow {
    fn version(&self) -> i32 {
        self.version
    }

    fn person(&self) -> Option<PersonId> {
        Some(self.person_id)
    }

    fn members_at(&self, tx: &mut ReadTx<'_>, version: i32) -> Result<Option<serde_json::Value>> {
        let row = events::version(tx, self.person_id, self.id, version)?;
        row.map(|row| serde_json::to_value(EventView::from(&row)).map_err(Error::internal)).transpose()
    }
}

/// A new event.
pub(crate) struct NewEvent(pub(crate) Event);

impl Input for NewEvent {
    const NAME: &'static str = "NewEvent";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let kind = fields.required::<Term>("kind", "As the law pack names it, for example refusal_served.");
        let happened_on = fields.required("happened_on", "The day.");
        let happened_at = fields.optional("happened_at", "The instant, for terms in hours.");
        Some(Self(Event { kind: kind?.0, happened_on: happened_on?, happened_at }))
    }
}

/// A correction of an event.
struct EventPatch {
    happened_on: Option<NaiveDate>,
    happened_at: Patch<Instant>,
}

impl Input for EventPatch {
    const NAME: &'static str = "EventPatch";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            happened_on: fields.change("happened_on", "The day."),
            happened_at: fields.patch("happened_at", "The instant, for terms in hours; null: not known."),
        })
    }
}

impl EventPatch {
    fn apply(&self, before: Event) -> Event {
        let happened_on = self.happened_on.unwrap_or(before.happened_on);
        Event { happened_on, happened_at: self.happened_at.apply(before.happened_at), ..before }
    }
}

/// 422 for an instant of another day.
fn refuse_other_day(event: &Event, zone: Tz) -> Result<()> {
    if event.is_of_one_day(zone) {
        return Ok(());
    }
    let message = format!("The instant is not on {} in {zone}. Correct one of the two.", event.happened_on);
    Err(Error::invalid_at("/happened_at", "other_day", message))
}

async fn record(
    ctx: Ctx<RecordGrounds>,
    Path(person): Path<PersonId>,
    Json(new): Json<NewEvent>,
) -> Result<Answer<EventView>> {
    ctx.refuse_future(Some(new.0.happened_on), "happened_on")?;
    refuse_other_day(&new.0, ctx.law().zone)?;
    let law = Arc::clone(ctx.law());
    ctx.create(
        move |tx| crate::people::visible(tx, person),
        move |tx, ()| {
            let recorded = ops::record_event(tx, person, new.0.clone())?;
            Ok(recorded.map(|row| {
                let location = format!("/api/v1/people/{person}/events/{}", row.id);
                let warnings = warnings(law.pack.has_term_from(&row.kind), &row.kind);
                Done::created(location, row.version, EventView { warnings, ..EventView::from(&row) })
            }))
        },
    )
    .await
}

async fn list(
    ctx: Ctx<ReadGrounds>,
    Path(person): Path<PersonId>,
    Query(query): Query<ListQuery>,
) -> Result<Answer<Page<EventView>>> {
    let page = query.open(&ctx, &format!("/api/v1/people/{person}/events"))?;
    let (record, after, limit) = (page.record(), page.after(), page.limit());
    let look =
        move |tx: &mut ReadTx<'_>| ops::look(tx, person, |tx| events::page(tx, person, record, after.as_ref(), limit));
    let rows = ctx.view(look).await?;
    page.answer(&rows, |row| (row.happened_on, row.id))
}

async fn show(ctx: Ctx<ReadGrounds>, Path((person, id)): Path<(PersonId, EventId)>) -> Result<Answer<EventView>> {
    let row = ctx.view(move |tx| ops::look(tx, person, |tx| events::live(tx, person, id))).await?;
    Ok(Answer::ok(&EventView::from(&row))?.with_version(row.version))
}

async fn change(
    ctx: Ctx<RecordGrounds, OnVersion>,
    Path((person, id)): Path<(PersonId, EventId)>,
    Json(patch): Json<EventPatch>,
) -> Result<Answer<EventView>> {
    ctx.refuse_future(patch.happened_on, "happened_on")?;
    let zone = ctx.law().zone;
    ctx.change(
        move |tx| ops::find_event(tx, person, id),
        move |tx, before| {
            let event = patch.apply(before.event());
            refuse_other_day(&event, zone)?;
            let after = EventRow::of(tx, person, id, event);
            let changed = ops::replace_event(tx, &before, after)?;
            Ok(changed.map(|row| Done::changed(row.version, EventView::from(&row))))
        },
    )
    .await
}

async fn withdraw(
    ctx: Ctx<RecordGrounds, OnVersion>,
    Path((person, id)): Path<(PersonId, EventId)>,
) -> Result<Answer<EventView>> {
    ctx.change(
        move |tx| ops::find_event(tx, person, id),
        move |tx, before| {
            let after = EventRow { withdrawn: true, ..before.clone() };
            let withdrawn = ops::replace_event(tx, &before, after)?;
            Ok(withdrawn.map(|row| Done::changed(row.version, EventView::from(&row))))
        },
    )
    .await
}
