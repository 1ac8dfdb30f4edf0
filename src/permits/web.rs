//! Permits over HTTP.

mod cards;
mod chain;
mod ends;

use std::sync::Arc;

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::model::{EndKind, Permit, StatusKind, grant_doubt};
use super::ops;
use super::store::{self, PermitRow};
use crate::access::policy::{ReadPermits, RecordPermits};
use crate::clock::Instant;
use crate::db::ReadTx;
use crate::error::{Error, Result};
use crate::http::{
    Answer, Ctx, Done, Endpoint, Fields, Input, Json, ListQuery, Method, OnVersion, Page, Patch, Path, Query, Record,
    Term, WarningView, endpoint,
};
use crate::id::{PermitId, PersonId};
use crate::law::Pack;
use crate::people::DocumentNumber;

/// The operations of this slice.
pub fn endpoints() -> Vec<Endpoint> {
    let list_path = "/api/v1/people/{person_id}/permits";
    let one = "/api/v1/people/{person_id}/permits/{permit_id}";
    let mut all = vec![
        endpoint(Method::POST, list_path, "recordPermit", "Record a permit", record),
        endpoint(Method::GET, list_path, "listPermits", "List a person's permits", list),
        endpoint(Method::GET, one, "showPermit", "Show a permit", show),
        endpoint(Method::PATCH, one, "changePermit", "Change a permit's record", change),
    ];
    all.extend(ends::endpoints());
    all.extend(cards::endpoints());
    all.extend(chain::endpoints());
    all.push(endpoint(Method::DELETE, one, "withdrawPermit", "Withdraw a permit recorded by mistake", withdraw));
    all
}

/// The end of a permit before its time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PermitEndView)]
struct EndView {
    kind: EndKind,
    /// First day on which the permit was valid no more.
    #[schema(value_type = String, format = Date)]
    effective_on: NaiveDate,
    /// Article it rests on.
    ground: Option<String>,
    note: Option<String>,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
}

/// A permit as officers see it.
#[derive(Debug, Serialize, ToSchema)]
struct PermitView {
    #[schema(value_type = String, format = Uuid)]
    id: PermitId,
    version: i32,
    kind: StatusKind,
    ground: Option<String>,
    sponsor_ground: Option<String>,
    document_number: Option<String>,
    #[schema(value_type = String, format = Date)]
    valid_from: NaiveDate,
    #[schema(value_type = Option<String>, format = Date)]
    valid_to: Option<NaiveDate>,
    /// Last day as it was granted, whatever came later.
    #[schema(value_type = Option<String>, format = Date)]
    granted_to: Option<NaiveDate>,
    /// Its end before the time.
    end: Option<EndView>,
    withdrawn: bool,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Instant,
    /// What to compare with the document again.
    warnings: Vec<WarningView>,
}

impl From<&PermitRow> for PermitView {
    fn from(row: &PermitRow) -> Self {
        let Permit { kind, ground, sponsor_ground, document_number, valid_from, valid_to } = row.permit();
        Self {
            id: row.id,
            version: row.version,
            kind,
            ground,
            sponsor_ground,
            document_number,
            valid_from,
            valid_to,
            granted_to: if row.ended_on.is_some() { row.granted_to } else { valid_to },
            end: end_of(row),
            withdrawn: row.withdrawn,
            updated_at: row.recorded_at,
            warnings: Vec::new(),
        }
    }
}

fn end_of(row: &PermitRow) -> Option<EndView> {
    Some(EndView {
        kind: row.end_kind?,
        effective_on: row.ended_on?,
        ground: row.end_ground.clone(),
        note: row.end_note.clone(),
        recorded_at: row.end_recorded_at?,
    })
}

impl PermitView {
    /// The permit with what the law of its first day makes doubtful.
    fn judged(row: &PermitRow, pack: &Pack) -> Self {
        let doubt = grant_doubt(pack, &row.permit());
        let warnings = doubt.map(|message| WarningView::new("ground_not_in_force", message)).into_iter().collect();
        Self { warnings, ..Self::from(row) }
    }
}

impl Record for PermitRow {
    fn version(&self) -> i32 {
        self.version
    }

    fn person(&self) -> Option<PersonId> {
        Some(self.person_id)
    }

    fn members_at(&self, tx: &mut ReadTx<'_>, version: i32) -> Result<Option<Value>> {
        let row = store::version(tx, self.person_id, self.id, version)?;
        row.map(|row| serde_json::to_value(PermitView::from(&row)).map_err(Error::internal)).transpose()
    }
}

/// A new permit.
#[derive(Clone)]
pub(crate) struct NewPermit(pub(crate) Permit);

impl Input for NewPermit {
    const NAME: &'static str = "NewPermit";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let kind = fields.required("kind", "Kind of status.");
        let ground = fields.optional::<Term>("ground", "Article it was given on, for example 45.1.1.");
        let sponsor_ground =
            fields.optional::<Term>("sponsor_ground", "Ground of the family member through whom it was given.");
        let document_number = fields.optional::<DocumentNumber>("document_number", "Number printed on the document.");
        let valid_from = fields.required("valid_from", "First day of validity.");
        let valid_to = fields.optional("valid_to", "Last day of validity; absent: open.");
        fields.in_order(valid_from, valid_to, "valid_to");
        Some(Self(Permit {
            kind: kind?,
            ground: ground.map(|term| term.0),
            sponsor_ground: sponsor_ground.map(|term| term.0),
            document_number: document_number.map(|number| number.to_string()),
            valid_from: valid_from?,
            valid_to,
        }))
    }
}

/// A change of a permit's record. The kind stays: another kind is another permit.
#[derive(Clone)]
struct PermitPatch {
    ground: Patch<Term>,
    sponsor_ground: Patch<Term>,
    document_number: Patch<DocumentNumber>,
    valid_from: Option<NaiveDate>,
    valid_to: Patch<NaiveDate>,
}

impl Input for PermitPatch {
    const NAME: &'static str = "PermitPatch";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            ground: fields.patch("ground", "Article it was given on."),
            sponsor_ground: fields.patch("sponsor_ground", "Ground of the family member through whom it was given."),
            document_number: fields.patch("document_number", "Number printed on the document."),
            valid_from: fields.change("valid_from", "First day of validity."),
            valid_to: fields.patch("valid_to", "Last day of validity; null: open."),
        })
    }
}

impl PermitPatch {
    fn apply(&self, before: Permit) -> Result<Permit> {
        let text = |patch: &Patch<Term>, before: Option<String>| patch.apply(before.map(Term)).map(|term| term.0);
        let after = Permit {
            kind: before.kind,
            ground: text(&self.ground, before.ground),
            sponsor_ground: text(&self.sponsor_ground, before.sponsor_ground),
            document_number: match &self.document_number {
                Patch::Keep => before.document_number,
                Patch::Clear => None,
                Patch::Set(number) => Some(number.to_string()),
            },
            valid_from: self.valid_from.unwrap_or(before.valid_from),
            valid_to: self.valid_to.apply(before.valid_to),
        };
        if after.valid_to.is_some_and(|last| last < after.valid_from) {
            return Err(Error::days_out_of_order("/valid_to", after.valid_from));
        }
        Ok(after)
    }
}

fn location(row: &PermitRow) -> String {
    format!("/api/v1/people/{}/permits/{}", row.person_id, row.id)
}

async fn record(
    ctx: Ctx<RecordPermits>,
    Path(person): Path<PersonId>,
    Json(new): Json<NewPermit>,
) -> Result<Answer<PermitView>> {
    let law = Arc::clone(ctx.law());
    ctx.create(
        move |tx| crate::people::visible(tx, person),
        move |tx, ()| {
            let recorded = ops::record(tx, person, new.0.clone())?;
            Ok(recorded.map(|row| Done::created(location(&row), row.version, PermitView::judged(&row, &law.pack))))
        },
    )
    .await
}

async fn list(
    ctx: Ctx<ReadPermits>,
    Path(person): Path<PersonId>,
    Query(query): Query<ListQuery>,
) -> Result<Answer<Page<PermitView>>> {
    let page = query.open(&ctx, &format!("/api/v1/people/{person}/permits"))?;
    let (as_of, after, limit) = (page.record(), page.after(), page.limit());
    let rows = ctx.view(move |tx| ops::list(tx, person, as_of, after.as_ref(), limit)).await?;
    page.answer(&rows, |row| (row.valid_from, row.id))
}

async fn show(ctx: Ctx<ReadPermits>, Path((person, permit)): Path<(PersonId, PermitId)>) -> Result<Answer<PermitView>> {
    let row = ctx.view(move |tx| ops::show(tx, person, permit)).await?;
    Ok(Answer::ok(&PermitView::judged(&row, &ctx.law().pack))?.with_version(row.version))
}

async fn change(
    ctx: Ctx<RecordPermits, OnVersion>,
    Path((person, permit)): Path<(PersonId, PermitId)>,
    Json(patch): Json<PermitPatch>,
) -> Result<Answer<PermitView>> {
    let law = Arc::clone(ctx.law());
    ctx.change(
        move |tx| ops::find(tx, person, permit),
        move |tx, before| {
            let changed = ops::change(tx, &before, patch.apply(before.permit())?)?;
            Ok(changed.map(|row| Done::changed(row.version, PermitView::judged(&row, &law.pack))))
        },
    )
    .await
}

async fn withdraw(
    ctx: Ctx<RecordPermits, OnVersion>,
    Path((person, permit)): Path<(PersonId, PermitId)>,
) -> Result<Answer<PermitView>> {
    ctx.change(
        move |tx| ops::find(tx, person, permit),
        move |tx, before| {
            let withdrawn = ops::withdraw(tx, &before)?;
            Ok(withdrawn.map(|row| Done::changed(row.version, PermitView::from(&row))))
        },
    )
    .await
}
