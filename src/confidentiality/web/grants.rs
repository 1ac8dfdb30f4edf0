//! Breaking the glass.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::access::policy::{BreakGlass, EndGrants, Grant, ReadGrants, ReviewGrants};
use crate::access::scope::grant::{GrantRow, Outcome};
use crate::clock::Instant;
use crate::confidentiality::ops::grants as ops;
use crate::db::{ReadTx, text_enum};
use crate::error::{Code, Error, Result};
use crate::http::{
    Answer, Ctx, Done, Endpoint, Fields, Input, Json, Line, Method, OnVersion, Page, PageQuery, Path, Query, Record,
    Term, endpoint,
};
use crate::id::{AccessGrantId, AccountId, PersonId};
use crate::people::FileNumber;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let all = "/api/v1/access-grants";
    let one = "/api/v1/access-grants/{access_grant_id}";
    let reviews = "/api/v1/access-grants/{access_grant_id}/reviews";
    vec![
        endpoint(Method::POST, all, "breakGlass", "See a file outside one's own work for 3 hours", make)
            .refusing(&[404, 429]),
        endpoint(Method::GET, all, "listAccessGrants", "List one's own grants, or those to review", list),
        endpoint(Method::POST, reviews, "reviewAccessGrant", "Judge somebody else's grant", review),
        endpoint(Method::DELETE, one, "endAccessGrant", "End one's own grant before its time", end),
    ]
}

/// Leave to see one file for a while.
#[derive(Debug, Serialize, ToSchema)]
struct AccessGrantView {
    #[schema(value_type = String, format = Uuid)]
    id: AccessGrantId,
    version: i32,
    #[schema(value_type = String, format = Uuid)]
    person_id: PersonId,
    #[schema(value_type = String, format = Uuid)]
    account_id: AccountId,
    purpose: String,
    reason: String,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Instant,
    #[schema(value_type = Option<String>, format = DateTime)]
    reviewed_at: Option<Instant>,
    outcome: Option<Outcome>,
    note: Option<String>,
}

impl From<&GrantRow> for AccessGrantView {
    fn from(row: &GrantRow) -> Self {
        Self {
            id: row.id,
            version: row.version,
            person_id: row.person_id,
            account_id: row.account_id,
            purpose: row.purpose.clone(),
            reason: row.reason.clone(),
            recorded_at: row.recorded_at,
            expires_at: row.expires_at,
            reviewed_at: row.reviewed_at,
            outcome: row.outcome,
            note: row.note.clone(),
        }
    }
}

impl Record for GrantRow {
    fn version(&self) -> i32 {
        self.version
    }

    fn person(&self) -> Option<PersonId> {
        Some(self.person_id)
    }

    fn members_at(&self, _: &mut ReadTx<'_>, version: i32) -> Result<Option<Value>> {
        let row = (version == self.version).then_some(self);
        row.map(|row| serde_json::to_value(AccessGrantView::from(row)).map_err(Error::internal)).transpose()
    }
}

struct NewAccessGrant {
    file_number: FileNumber,
    purpose: Term,
    reason: Line,
}

impl Input for NewAccessGrant {
    const NAME: &'static str = "NewAccessGrant";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let file_number = fields.required("file_number", "The number of the file.");
        let purpose = fields.required("purpose", "A code of the processing register.");
        let reason = fields.required("reason", "Why, in words: a supervisor reads it.");
        Some(Self { file_number: file_number?, purpose: purpose?, reason: reason? })
    }
}

struct NewReview {
    outcome: Outcome,
    note: Line,
}

impl Input for NewReview {
    const NAME: &'static str = "NewAccessGrantReview";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let outcome = fields.required("outcome", "Was there good reason?");
        let note = fields.required("note", "Why.");
        Some(Self { outcome: outcome?, note: note? })
    }
}

text_enum! {
    /// Which grants wait.
    pub enum Review {
        /// Nobody has judged them yet.
        Open = "open",
    }
}

struct GrantQuery {
    page: PageQuery,
    review: Option<Review>,
}

impl Input for GrantQuery {
    const NAME: &'static str = "AccessGrantQuery";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let review = fields.optional("review", "open: those of the office that nobody has judged, for supervisors.");
        Some(Self { page: PageQuery::read(fields)?, review })
    }
}

async fn make(ctx: Ctx<BreakGlass>, Json(new): Json<NewAccessGrant>) -> Result<Answer<AccessGrantView>> {
    let (forget, account) = (ctx.forgetter(), ctx.standing().account.id);
    let number = new.file_number.compact().to_owned();
    let made = ctx
        .create(
            move |tx| ops::breakable(tx, &number),
            move |tx, person| {
                let made = ops::make(tx, person, &new.purpose.0, &new.reason.0)?;
                Ok(made.map(|row| {
                    let location = format!("/api/v1/access-grants/{}", row.id);
                    Done::created(location, row.version, AccessGrantView::from(&row))
                }))
            },
        )
        .await?;
    forget(account);
    Ok(made)
}

async fn list(ctx: Ctx<ReadGrants>, Query(query): Query<GrantQuery>) -> Result<Answer<Page<AccessGrantView>>> {
    let path = "/api/v1/access-grants";
    if query.review.is_none() {
        let page = query.page.open(&ctx, path)?;
        let (after, limit) = (page.after(), page.limit());
        let rows = ctx.view(move |tx| ops::own(tx, after, limit)).await?;
        return page.answer(&rows, |row| row.id);
    }
    if !ctx.standing().may(Grant::ReviewGrants) {
        return Err(Error::new(Code::RoleNotPermitted).with_member("permission", Grant::ReviewGrants.name()));
    }
    let page = query.page.open(&ctx, format!("{path}?review=open"))?;
    let (after, limit) = (page.after(), page.limit());
    let rows = ctx.view(move |tx| ops::open(tx, after, limit)).await?;
    page.answer(&rows, |row| row.id)
}

async fn review(
    ctx: Ctx<ReviewGrants, OnVersion>,
    Path(grant): Path<AccessGrantId>,
    Json(new): Json<NewReview>,
) -> Result<Answer<AccessGrantView>> {
    ctx.change(
        move |tx| ops::to_review(tx, grant),
        move |tx, row| {
            let reviewed = ops::review(tx, &row, new.outcome, &new.note.0)?;
            Ok(reviewed.map(|row| Done::changed(row.version, AccessGrantView::from(&row))))
        },
    )
    .await
}

async fn end(ctx: Ctx<EndGrants, OnVersion>, Path(grant): Path<AccessGrantId>) -> Result<Answer<AccessGrantView>> {
    ctx.change(
        move |tx| ops::running(tx, grant),
        move |tx, row| {
            let ended = ops::end(tx, &row)?;
            Ok(ended.map(|row| Done::changed(row.version, AccessGrantView::from(&row))))
        },
    )
    .await
}
