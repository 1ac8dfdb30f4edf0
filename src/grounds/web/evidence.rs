//! Proofs over HTTP.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::warnings;
use crate::access::policy::{ReadGrounds, RecordGrounds};
use crate::clock::Instant;
use crate::db::ReadTx;
use crate::error::{Error, Result};
use crate::grounds::model::{Evidence, LanguageLevel};
use crate::grounds::ops;
use crate::grounds::store::evidence::{self as proofs, EvidenceRow};
use crate::http::{
    Answer, Ctx, Done, Endpoint, Fields, Input, Json, ListQuery, Method, OnVersion, Page, Patch, Path, Query, Record,
    Term, WarningView, endpoint,
};
use crate::id::{EvidenceId, PersonId};

/// The operations on proofs.
pub(super) fn endpoints() -> Vec<Endpoint> {
    let all = "/api/v1/people/{person_id}/evidence";
    let one = "/api/v1/people/{person_id}/evidence/{evidence_id}";
    vec![
        endpoint(Method::POST, all, "recordEvidence", "Record a proof", record),
        endpoint(Method::GET, all, "listEvidence", "List a person's proofs", list),
        endpoint(Method::GET, one, "showEvidence", "Show a proof", show),
        endpoint(Method::PATCH, one, "changeEvidence", "Change a proof's record", change),
        endpoint(Method::DELETE, one, "withdrawEvidence", "Withdraw a proof recorded by mistake", withdraw),
    ]
}

/// A proof as officers see it: what it proves, never its content.
#[derive(Debug, Serialize, ToSchema)]
struct EvidenceView {
    #[schema(value_type = String, format = Uuid)]
    id: EvidenceId,
    version: i32,
    kind: String,
    level: Option<LanguageLevel>,
    #[schema(value_type = String, format = Date)]
    valid_from: NaiveDate,
    #[schema(value_type = Option<String>, format = Date)]
    valid_to: Option<NaiveDate>,
    withdrawn: bool,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Instant,
    /// Said when it is recorded.
    warnings: Vec<WarningView>,
}

impl From<&EvidenceRow> for EvidenceView {
    fn from(row: &EvidenceRow) -> Self {
        Self {
            id: row.id,
            version: row.version,
            kind: row.kind.clone(),
            level: row.level,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            withdrawn: row.withdrawn,
            updated_at: row.recorded_at,
            warnings: Vec::new(),
        }
    }
}

impl Record for EvidenceRow {
    fn version(&self) -> i32 {
        self.version
    }

    fn person(&self) -> Option<PersonId> {
        Some(self.person_id)
    }

    fn members_at(&self, tx: &mut ReadTx<'_>, version: i32) -> Result<Option<serde_json::Value>> {
        let row = proofs::version(tx, self.person_id, self.id, version)?;
        row.map(|row| serde_json::to_value(EvidenceView::from(&row)).map_err(Error::internal)).transpose()
    }
}

/// A new proof.
pub(crate) struct NewEvidence(pub(crate) Evidence);

impl Input for NewEvidence {
    const NAME: &'static str = "NewEvidence";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let kind = fields.required::<Term>("kind", "What it proves, for example state_language.");
        let level = fields.optional("level", "The level it states, if it states one.");
        let valid_from = fields.required("valid_from", "First day on which it proves it.");
        let valid_to = fields.optional("valid_to", "Last day; absent: for good.");
        fields.in_order(valid_from, valid_to, "valid_to");
        Some(Self(Evidence { kind: kind?.0, level, valid_from: valid_from?, valid_to }))
    }
}

/// A change of a proof. What it proves stays: another one is another proof.
struct EvidencePatch {
    level: Patch<LanguageLevel>,
    valid_from: Option<NaiveDate>,
    valid_to: Patch<NaiveDate>,
}

impl Input for EvidencePatch {
    const NAME: &'static str = "EvidencePatch";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            level: fields.patch("level", "The level it states."),
            valid_from: fields.change("valid_from", "First day on which it proves it."),
            valid_to: fields.patch("valid_to", "Last day; null: for good."),
        })
    }
}

impl EvidencePatch {
    fn apply(&self, before: Evidence) -> Result<Evidence> {
        let valid_from = self.valid_from.unwrap_or(before.valid_from);
        let valid_to = self.valid_to.apply(before.valid_to);
        if valid_to.is_some_and(|last| last < valid_from) {
            return Err(Error::days_out_of_order("/valid_to", valid_from));
        }
        Ok(Evidence { level: self.level.apply(before.level), valid_from, valid_to, ..before })
    }
}

async fn record(
    ctx: Ctx<RecordGrounds>,
    Path(person): Path<PersonId>,
    Json(new): Json<NewEvidence>,
) -> Result<Answer<EvidenceView>> {
    let law = Arc::clone(ctx.law());
    ctx.create(
        move |tx| crate::people::visible(tx, person),
        move |tx, ()| {
            let recorded = ops::record_evidence(tx, person, new.0.clone())?;
            Ok(recorded.map(|row| {
                let location = format!("/api/v1/people/{person}/evidence/{}", row.id);
                let warnings = warnings(law.pack.asks_for_evidence(&row.kind), &row.kind);
                Done::created(location, row.version, EvidenceView { warnings, ..EvidenceView::from(&row) })
            }))
        },
    )
    .await
}

async fn list(
    ctx: Ctx<ReadGrounds>,
    Path(person): Path<PersonId>,
    Query(query): Query<ListQuery>,
) -> Result<Answer<Page<EvidenceView>>> {
    let page = query.open(&ctx, &format!("/api/v1/people/{person}/evidence"))?;
    let (record, after, limit) = (page.record(), page.after(), page.limit());
    let look =
        move |tx: &mut ReadTx<'_>| ops::look(tx, person, |tx| proofs::page(tx, person, record, after.as_ref(), limit));
    let rows = ctx.view(look).await?;
    page.answer(&rows, |row| (row.valid_from, row.id))
}

async fn show(ctx: Ctx<ReadGrounds>, Path((person, id)): Path<(PersonId, EvidenceId)>) -> Result<Answer<EvidenceView>> {
    let row = ctx.view(move |tx| ops::look(tx, person, |tx| proofs::live(tx, person, id))).await?;
    Ok(Answer::ok(&EvidenceView::from(&row))?.with_version(row.version))
}

async fn change(
    ctx: Ctx<RecordGrounds, OnVersion>,
    Path((person, id)): Path<(PersonId, EvidenceId)>,
    Json(patch): Json<EvidencePatch>,
) -> Result<Answer<EvidenceView>> {
    ctx.change(
        move |tx| ops::find_evidence(tx, person, id),
        move |tx, before| {
            let after = EvidenceRow::of(tx, person, id, patch.apply(before.evidence())?);
            let changed = ops::replace_evidence(tx, &before, after)?;
            Ok(changed.map(|row| Done::changed(row.version, EvidenceView::from(&row))))
        },
    )
    .await
}

async fn withdraw(
    ctx: Ctx<RecordGrounds, OnVersion>,
    Path((person, id)): Path<(PersonId, EvidenceId)>,
) -> Result<Answer<EvidenceView>> {
    ctx.change(
        move |tx| ops::find_evidence(tx, person, id),
        move |tx, before| {
            let after = EvidenceRow { withdrawn: true, ..before.clone() };
            let withdrawn = ops::replace_evidence(tx, &before, after)?;
            Ok(withdrawn.map(|row| Done::changed(row.version, EvidenceView::from(&row))))
        },
    )
    .await
}
