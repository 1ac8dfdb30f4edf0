//! What a person allows organisations.

use chrono::{Months, NaiveDate};
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::policy::{ReadConsents, RecordConsents};
use crate::access::scope::consent::{ConsentRow, Purpose};
use crate::clock::Instant;
use crate::confidentiality::ops::consents as ops;
use crate::error::{Error, Result};
use crate::http::{
    Answer, Ctx, Done, Endpoint, Fields, Input, Json, Method, OnVersion, Page, PageQuery, Path, Query, endpoint,
};
use crate::id::{ConsentId, OrganisationId, PersonId};

/// Longest time a consent may run before the person is asked again.
const MOST: Months = Months::new(24);

pub(super) fn endpoints() -> Vec<Endpoint> {
    let all = "/api/v1/people/{person_id}/consents";
    let one = "/api/v1/people/{person_id}/consents/{consent_id}";
    vec![
        endpoint(Method::POST, all, "recordConsent", "Record a person's consent", record),
        endpoint(Method::GET, all, "listConsents", "List a person's consents", list),
        endpoint(Method::DELETE, one, "withdrawConsent", "Withdraw a consent", withdraw),
    ]
}

/// What a person allows one organisation for one purpose.
#[derive(Debug, Serialize, ToSchema)]
struct ConsentView {
    #[schema(value_type = String, format = Uuid)]
    id: ConsentId,
    version: i32,
    #[schema(value_type = String, format = Uuid)]
    organisation_id: OrganisationId,
    purpose: Purpose,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Instant,
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Instant>,
}

impl From<&ConsentRow> for ConsentView {
    fn from(row: &ConsentRow) -> Self {
        Self {
            id: row.id,
            version: row.version(),
            organisation_id: row.organisation_id,
            purpose: row.purpose,
            recorded_at: row.recorded_at,
            expires_at: row.expires_at,
            ended_at: row.ended_at,
        }
    }
}

struct NewConsent {
    organisation: OrganisationId,
    purpose: Purpose,
    expires_on: NaiveDate,
}

impl Input for NewConsent {
    const NAME: &'static str = "NewConsent";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let organisation = fields.required("organisation_id", "Whom the person allows it.");
        let purpose = fields.required("purpose", "What for.");
        let expires_on = fields.required("expires_on", "Last day; at most two years from today.");
        Some(Self { organisation: organisation?, purpose: purpose?, expires_on: expires_on? })
    }
}

/// 422 for a last day that is over, or too far away.
fn refuse_day(day: NaiveDate, today: NaiveDate) -> Result<()> {
    let last = today.checked_add_months(MOST).unwrap_or(today);
    if (today..=last).contains(&day) {
        return Ok(());
    }
    Err(Error::invalid_at("/expires_on", "out_of_range", format!("A day from {today} to {last} is expected here.")))
}

async fn record(
    ctx: Ctx<RecordConsents>,
    Path(person): Path<PersonId>,
    Json(new): Json<NewConsent>,
) -> Result<Answer<ConsentView>> {
    let (today, expires_at) = (ctx.today(), ctx.end_of(new.expires_on));
    ctx.create(
        move |tx| crate::people::visible(tx, person),
        move |tx, ()| {
            refuse_day(new.expires_on, today)?;
            let recorded = ops::record(tx, person, new.organisation, new.purpose, expires_at)?;
            Ok(recorded.map(|row| {
                let location = format!("/api/v1/people/{person}/consents/{}", row.id);
                Done::created(location, row.version(), ConsentView::from(&row))
            }))
        },
    )
    .await
}

async fn list(
    ctx: Ctx<ReadConsents>,
    Path(person): Path<PersonId>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<Page<ConsentView>>> {
    let page = query.open(&ctx, format!("/api/v1/people/{person}/consents"))?;
    let (after, limit) = (page.after(), page.limit());
    let rows = ctx.view(move |tx| ops::list(tx, person, after, limit)).await?;
    page.answer(&rows, |row| (row.recorded_at.micros(), row.id))
}

async fn withdraw(
    ctx: Ctx<RecordConsents, OnVersion>,
    Path((person, consent)): Path<(PersonId, ConsentId)>,
) -> Result<Answer<ConsentView>> {
    ctx.change(
        move |tx| ops::find(tx, person, consent),
        move |tx, row| {
            let withdrawn = ops::withdraw(tx, row)?;
            Ok(withdrawn.map(|row| Done::changed(row.version(), ConsentView::from(&row))))
        },
    )
    .await
}
