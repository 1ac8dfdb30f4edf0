//! Facts over HTTP.

use std::sync::Arc;

use serde::Serialize;
use utoipa::ToSchema;

use super::warnings;
use crate::access::policy::{ReadGrounds, RecordGrounds};
use crate::clock::Instant;
use crate::db::ReadTx;
use crate::error::{Error, Result};
use crate::grounds::model::Fact;
use crate::grounds::ops;
use crate::grounds::store::facts::{self, FactRow};
use crate::http::{
    Answer, Ctx, Done, Endpoint, Fields, Input, Json, ListQuery, Method, OnVersion, Page, Path, Query, Record, Term,
    WarningView, endpoint,
};
use crate::id::{FactId, PersonId};

/// The operations on facts.
pub(super) fn endpoints() -> Vec<Endpoint> {
    let all = "/api/v1/people/{person_id}/facts";
    let one = "/api/v1/people/{person_id}/facts/{fact_id}";
    vec![
        endpoint(Method::POST, all, "recordFact", "Record a fact", record),
        endpoint(Method::GET, all, "listFacts", "List a person's facts", list),
        endpoint(Method::GET, one, "showFact", "Show a fact", show),
        endpoint(Method::PATCH, one, "changeFact", "Change a fact", change),
        endpoint(Method::DELETE, one, "withdrawFact", "Withdraw a fact: it is not known any more", withdraw),
    ]
}

/// A fact as officers see it.
#[derive(Debug, Serialize, ToSchema)]
struct FactView {
    #[schema(value_type = String, format = Uuid)]
    id: FactId,
    version: i32,
    name: String,
    value: bool,
    withdrawn: bool,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Instant,
    /// Said when it is recorded.
    warnings: Vec<WarningView>,
}

impl From<&FactRow> for FactView {
    fn from(row: &FactRow) -> Self {
        Self {
            id: row.id,
            version: row.version,
            name: row.name.clone(),
            value: row.value,
            withdrawn: row.withdrawn,
            updated_at: row.recorded_at,
            warnings: Vec::new(),
        }
    }
}

impl Record for FactRow {
    fn version(&self) -> i32 {
        self.version
    }

    fn person(&self) -> Option<PersonId> {
        Some(self.person_id)
    }

    fn members_at(&self, tx: &mut ReadTx<'_>, version: i32) -> Result<Option<serde_json::Value>> {
        let row = facts::version(tx, self.person_id, self.id, version)?;
        row.map(|row| serde_json::to_value(FactView::from(&row)).map_err(Error::internal)).transpose()
    }
}

/// A new fact.
pub(crate) struct NewFact(pub(crate) Fact);

impl Input for NewFact {
    const NAME: &'static str = "NewFact";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let name = fields.required::<Term>("name", "As the law pack names it, for example lawful_income.");
        let value = fields.required("value", "Yes or no. What is not known is not recorded.");
        Some(Self(Fact { name: name?.0, value: value? }))
    }
}

/// A change of a fact.
struct FactPatch {
    value: Option<bool>,
}

impl Input for FactPatch {
    const NAME: &'static str = "FactPatch";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { value: fields.change("value", "Yes or no.") })
    }
}

async fn record(
    ctx: Ctx<RecordGrounds>,
    Path(person): Path<PersonId>,
    Json(new): Json<NewFact>,
) -> Result<Answer<FactView>> {
    let law = Arc::clone(ctx.law());
    ctx.create(
        move |tx| crate::people::visible(tx, person),
        move |tx, ()| {
            let recorded = ops::record_fact(tx, person, new.0.clone())?;
            Ok(recorded.map(|row| {
                let location = format!("/api/v1/people/{person}/facts/{}", row.id);
                let warnings = warnings(law.pack.asks_for_fact(&row.name), &row.name);
                Done::created(location, row.version, FactView { warnings, ..FactView::from(&row) })
            }))
        },
    )
    .await
}

async fn list(
    ctx: Ctx<ReadGrounds>,
    Path(person): Path<PersonId>,
    Query(query): Query<ListQuery>,
) -> Result<Answer<Page<FactView>>> {
    let page = query.open(&ctx, &format!("/api/v1/people/{person}/facts"))?;
    let (record, after, limit) = (page.record(), page.after(), page.limit());
    let look =
        move |tx: &mut ReadTx<'_>| ops::look(tx, person, |tx| facts::page(tx, person, record, after.as_ref(), limit));
    let rows = ctx.view(look).await?;
    page.answer(&rows, |row| (row.name.clone(), row.id))
}

async fn show(ctx: Ctx<ReadGrounds>, Path((person, id)): Path<(PersonId, FactId)>) -> Result<Answer<FactView>> {
    let row = ctx.view(move |tx| ops::look(tx, person, |tx| facts::live(tx, person, id))).await?;
    Ok(Answer::ok(&FactView::from(&row))?.with_version(row.version))
}

async fn change(
    ctx: Ctx<RecordGrounds, OnVersion>,
    Path((person, id)): Path<(PersonId, FactId)>,
    Json(patch): Json<FactPatch>,
) -> Result<Answer<FactView>> {
    ctx.change(
        move |tx| ops::find_fact(tx, person, id),
        move |tx, before| {
            let after = FactRow { value: patch.value.unwrap_or(before.value), ..before.clone() };
            let changed = ops::replace_fact(tx, &before, after)?;
            Ok(changed.map(|row| Done::changed(row.version, FactView::from(&row))))
        },
    )
    .await
}

async fn withdraw(
    ctx: Ctx<RecordGrounds, OnVersion>,
    Path((person, id)): Path<(PersonId, FactId)>,
) -> Result<Answer<FactView>> {
    ctx.change(
        move |tx| ops::find_fact(tx, person, id),
        move |tx, before| {
            let after = FactRow { withdrawn: true, ..before.clone() };
            let withdrawn = ops::replace_fact(tx, &before, after)?;
            Ok(withdrawn.map(|row| Done::changed(row.version, FactView::from(&row))))
        },
    )
    .await
}
