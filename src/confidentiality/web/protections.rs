//! Files that are absent for everybody they are not assigned to.

use serde::Serialize;
use utoipa::ToSchema;

use crate::access::policy::{ProtectFiles, ReadProtections};
use crate::access::scope::protection::ProtectionRow;
use crate::clock::Instant;
use crate::confidentiality::ops::protections as ops;
use crate::error::Result;
use crate::http::{
    Answer, Ctx, Done, Endpoint, Fields, Input, Json, Line, Method, OnVersion, Page, PageQuery, Path, Query, endpoint,
};
use crate::id::{PersonId, ProtectionId};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let all = "/api/v1/people/{person_id}/protections";
    let one = "/api/v1/people/{person_id}/protections/{protection_id}";
    vec![
        endpoint(Method::GET, all, "listProtections", "List the protections of the file", list),
        endpoint(Method::DELETE, one, "liftProtection", "Lift the file's protection", lift),
        endpoint(Method::POST, all, "protectFile", "Hide the file from all but who keeps it", protect),
    ]
}

/// A protection: the file is absent for everybody it is not assigned to.
#[derive(Debug, Serialize, ToSchema)]
struct ProtectionView {
    #[schema(value_type = String, format = Uuid)]
    id: ProtectionId,
    version: i32,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Instant>,
}

impl From<&ProtectionRow> for ProtectionView {
    fn from(row: &ProtectionRow) -> Self {
        Self { id: row.id, version: row.version(), recorded_at: row.recorded_at, ended_at: row.ended_at }
    }
}

struct NewProtection {
    reason: Line,
}

impl Input for NewProtection {
    const NAME: &'static str = "NewProtection";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { reason: fields.required("reason", "Why; it stands in the log alone.")? })
    }
}

async fn protect(
    ctx: Ctx<ProtectFiles>,
    Path(person): Path<PersonId>,
    Json(new): Json<NewProtection>,
) -> Result<Answer<ProtectionView>> {
    ctx.create(
        move |tx| crate::people::visible(tx, person),
        move |tx, ()| {
            let protected = ops::protect(tx, person, &new.reason.0)?;
            Ok(protected.map(|row| {
                let location = format!("/api/v1/people/{person}/protections/{}", row.id);
                Done::created(location, row.version(), ProtectionView::from(&row))
            }))
        },
    )
    .await
}

async fn list(
    ctx: Ctx<ReadProtections>,
    Path(person): Path<PersonId>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<Page<ProtectionView>>> {
    let page = query.open(&ctx, format!("/api/v1/people/{person}/protections"))?;
    let (after, limit) = (page.after(), page.limit());
    let rows = ctx.view(move |tx| ops::list(tx, person, after, limit)).await?;
    page.answer(&rows, |row| (row.recorded_at.micros(), row.id))
}

async fn lift(
    ctx: Ctx<ProtectFiles, OnVersion>,
    Path((person, protection)): Path<(PersonId, ProtectionId)>,
) -> Result<Answer<ProtectionView>> {
    ctx.change(
        move |tx| ops::find(tx, person, protection),
        move |tx, row| {
            let lifted = ops::lift(tx, row)?;
            Ok(lifted.map(|row| Done::changed(row.version(), ProtectionView::from(&row))))
        },
    )
    .await
}
