//! Who must keep away from a file.

use serde::Serialize;
use utoipa::ToSchema;

use crate::access::policy::{Grant, LiftExclusions, ReadExclusions, RecordExclusions};
use crate::access::scope::exclusion::{ExclusionRow, Ground};
use crate::clock::Instant;
use crate::confidentiality::ops::exclusions as ops;
use crate::error::{Code, Error, Result};
use crate::http::{
    Answer, Ctx, Done, Endpoint, Fields, Input, Json, Method, OnVersion, Page, PageQuery, Path, Query, endpoint,
};
use crate::id::{AccountId, ExclusionId, PersonId};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let all = "/api/v1/people/{person_id}/exclusions";
    let one = "/api/v1/people/{person_id}/exclusions/{exclusion_id}";
    vec![
        endpoint(Method::POST, all, "recordExclusion", "Keep somebody away: conflict of interest", record),
        endpoint(Method::GET, all, "listExclusions", "List who must keep away from the file", list),
        endpoint(Method::DELETE, one, "liftExclusion", "Lift what keeps somebody away", lift),
    ]
}

/// Who must keep away from a file.
#[derive(Debug, Serialize, ToSchema)]
struct ExclusionView {
    #[schema(value_type = String, format = Uuid)]
    id: ExclusionId,
    version: i32,
    #[schema(value_type = String, format = Uuid)]
    account_id: AccountId,
    ground: Ground,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Instant>,
}

impl From<&ExclusionRow> for ExclusionView {
    fn from(row: &ExclusionRow) -> Self {
        Self {
            id: row.id,
            version: row.version(),
            account_id: row.account_id,
            ground: row.ground,
            recorded_at: row.recorded_at,
            ended_at: row.ended_at,
        }
    }
}

struct NewExclusion {
    account: Option<AccountId>,
    ground: Ground,
}

impl Input for NewExclusion {
    const NAME: &'static str = "NewExclusion";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let account =
            fields.optional("account_id", "Who must keep away; absent: oneself. Supervisors may name others.");
        let ground = fields.required("ground", "Why.");
        Some(Self { account, ground: ground? })
    }
}

async fn record(
    ctx: Ctx<RecordExclusions>,
    Path(person): Path<PersonId>,
    Json(new): Json<NewExclusion>,
) -> Result<Answer<ExclusionView>> {
    let own = ctx.standing().account.id;
    let account = new.account.unwrap_or(own);
    let of_others = ctx.standing().may(Grant::LiftExclusions);
    ctx.create(
        move |tx| crate::people::visible(tx, person),
        move |tx, ()| {
            if account != own && !of_others {
                return Err(Error::new(Code::ActionNotPermitted).with_detail("A supervisor records this of others."));
            }
            let recorded = ops::record(tx, person, account, new.ground)?;
            Ok(recorded.map(|row| {
                let location = format!("/api/v1/people/{person}/exclusions/{}", row.id);
                Done::created(location, row.version(), ExclusionView::from(&row))
            }))
        },
    )
    .await
}

async fn list(
    ctx: Ctx<ReadExclusions>,
    Path(person): Path<PersonId>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<Page<ExclusionView>>> {
    let page = query.open(&ctx, format!("/api/v1/people/{person}/exclusions"))?;
    let (after, limit) = (page.after(), page.limit());
    let rows = ctx.view(move |tx| ops::list(tx, person, after, limit)).await?;
    page.answer(&rows, |row| (row.recorded_at.micros(), row.id))
}

async fn lift(
    ctx: Ctx<LiftExclusions, OnVersion>,
    Path((person, exclusion)): Path<(PersonId, ExclusionId)>,
) -> Result<Answer<ExclusionView>> {
    ctx.change(
        move |tx| ops::find(tx, person, exclusion),
        move |tx, row| {
            let lifted = ops::lift(tx, row)?;
            Ok(lifted.map(|row| Done::changed(row.version(), ExclusionView::from(&row))))
        },
    )
    .await
}
