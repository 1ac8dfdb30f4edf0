//! Whose file it is to keep.

use serde::Serialize;
use utoipa::ToSchema;

use crate::access::policy::{AssignFiles, ReadAssignments};
use crate::access::scope::assignment::AssignmentRow;
use crate::clock::Instant;
use crate::confidentiality::ops::assignments as ops;
use crate::error::Result;
use crate::http::{
    Answer, Ctx, Done, Endpoint, Fields, Input, Json, Method, OnVersion, Page, PageQuery, Path, Query, endpoint,
};
use crate::id::{AccountId, AssignmentId, PersonId};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let all = "/api/v1/people/{person_id}/assignments";
    let one = "/api/v1/people/{person_id}/assignments/{assignment_id}";
    vec![
        endpoint(Method::POST, all, "assignFile", "Give a colleague the file to keep", assign),
        endpoint(Method::GET, all, "listAssignments", "List who keeps the file and who kept it", list),
        endpoint(Method::DELETE, one, "endAssignment", "Take the file from who keeps it", end),
    ]
}

/// Whose file it is to keep.
#[derive(Debug, Serialize, ToSchema)]
struct AssignmentView {
    #[schema(value_type = String, format = Uuid)]
    id: AssignmentId,
    version: i32,
    #[schema(value_type = String, format = Uuid)]
    account_id: AccountId,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Instant>,
}

impl From<&AssignmentRow> for AssignmentView {
    fn from(row: &AssignmentRow) -> Self {
        Self {
            id: row.id,
            version: row.version(),
            account_id: row.account_id,
            recorded_at: row.recorded_at,
            ended_at: row.ended_at,
        }
    }
}

struct NewAssignment {
    account: AccountId,
}

impl Input for NewAssignment {
    const NAME: &'static str = "NewAssignment";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { account: fields.required("account_id", "A colleague of the file's office.")? })
    }
}

async fn assign(
    ctx: Ctx<AssignFiles>,
    Path(person): Path<PersonId>,
    Json(new): Json<NewAssignment>,
) -> Result<Answer<AssignmentView>> {
    ctx.create(
        move |tx| crate::people::visible(tx, person),
        move |tx, ()| {
            let assigned = ops::assign(tx, person, new.account)?;
            Ok(assigned.map(|row| {
                let location = format!("/api/v1/people/{person}/assignments/{}", row.id);
                Done::created(location, row.version(), AssignmentView::from(&row))
            }))
        },
    )
    .await
}

async fn list(
    ctx: Ctx<ReadAssignments>,
    Path(person): Path<PersonId>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<Page<AssignmentView>>> {
    let page = query.open(&ctx, format!("/api/v1/people/{person}/assignments"))?;
    let (after, limit) = (page.after(), page.limit());
    let rows = ctx.view(move |tx| ops::list(tx, person, after, limit)).await?;
    page.answer(&rows, |row| (row.recorded_at.micros(), row.id))
}

async fn end(
    ctx: Ctx<AssignFiles, OnVersion>,
    Path((person, assignment)): Path<(PersonId, AssignmentId)>,
) -> Result<Answer<AssignmentView>> {
    ctx.change(
        move |tx| ops::find(tx, person, assignment),
        move |tx, row| {
            let ended = ops::end(tx, row)?;
            Ok(ended.map(|row| Done::changed(row.version(), AssignmentView::from(&row))))
        },
    )
    .await
}
