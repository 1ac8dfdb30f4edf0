//! Who consented to one's organisation: what the consent covers, nothing else of the file.

use serde::Serialize;
use utoipa::ToSchema;

use crate::access::policy::ReadClients;
use crate::access::scope::consent::{Purpose, Shared};
use crate::clock::Instant;
use crate::courses::model::CefrLevel;
use crate::courses::model::demand::TimeOfWeek;
use crate::courses::ops::clients::{self as ops, Client};
use crate::courses::store::needs::NeedRow;
use crate::error::Result;
use crate::http::{Answer, Ctx, Endpoint, Method, Page, PageQuery, Path, Query, endpoint};
use crate::id::PersonId;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint(Method::GET, "/api/v1/clients", "listClients", "List who consented to one's organisation", list),
        endpoint(Method::GET, "/api/v1/clients/{person_id}", "showClient", "Show somebody who consented", show),
    ]
}

/// A person as an organisation sees them.
#[derive(Debug, Serialize, ToSchema)]
struct ClientView {
    #[schema(value_type = String, format = Uuid)]
    id: PersonId,
    /// The name by which the person wants to be known.
    name: String,
    /// What the consent is for.
    purpose: Purpose,
    /// What it covers.
    scope: Vec<Shared>,
    /// Until when the organisation may know of the person.
    #[schema(value_type = String, format = DateTime)]
    consent_expires_at: Instant,
    /// How to reach the person. Null: the consent does not cover it.
    contact: Option<String>,
    /// What the person speaks, BCP 47. Empty: the consent does not cover it.
    languages: Vec<String>,
    /// Null: the consent does not cover it, or nothing was said.
    needs: Option<ClientNeedView>,
}

/// What course somebody needs.
#[derive(Debug, Serialize, ToSchema)]
struct ClientNeedView {
    level: CefrLevel,
    language_of_instruction: String,
    division_code: String,
    hours_per_week: i32,
    availability: Vec<TimeOfWeek>,
    childcare: bool,
}

impl From<&NeedRow> for ClientNeedView {
    fn from(row: &NeedRow) -> Self {
        Self {
            level: row.level,
            language_of_instruction: row.language_of_instruction.clone(),
            division_code: row.division_code.clone(),
            hours_per_week: row.hours_per_week,
            availability: row.times(),
            childcare: row.childcare,
        }
    }
}

impl From<&Client> for ClientView {
    fn from(client: &Client) -> Self {
        let row = &client.consent;
        Self {
            id: row.person_id,
            name: client.name.clone(),
            purpose: row.purpose,
            scope: row.scope(),
            consent_expires_at: row.expires_at,
            contact: row.contact.clone(),
            languages: row.tags(),
            needs: client.need.as_ref().map(ClientNeedView::from),
        }
    }
}

async fn list(ctx: Ctx<ReadClients>, Query(query): Query<PageQuery>) -> Result<Answer<Page<ClientView>>> {
    let page = query.open(&ctx, "/api/v1/clients")?;
    let (after, limit) = (page.after(), page.limit());
    let rows = ctx.view(move |tx| ops::list(tx, after, limit)).await?;
    page.answer(&rows, |client| client.consent.person_id)
}

async fn show(ctx: Ctx<ReadClients>, Path(person): Path<PersonId>) -> Result<Answer<ClientView>> {
    let client = ctx.view(move |tx| ops::show(tx, person)).await?;
    Answer::ok(&ClientView::from(&client))
}
