//! Who consented to the caller's organisation: their name and the consent, nothing else of the file.

use serde::Serialize;
use utoipa::ToSchema;

use crate::access::policy::ReadClients;
use crate::access::scope::consent::Purpose;
use crate::clock::Instant;
use crate::confidentiality::ops::clients::{self as ops, Client};
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
    full_name_as_printed: String,
    /// What the consent is for.
    purpose: Purpose,
    /// Until when the organisation may know of the person.
    #[schema(value_type = String, format = DateTime)]
    consent_expires_at: Instant,
}

impl From<&Client> for ClientView {
    fn from((row, name): &Client) -> Self {
        Self {
            id: row.person_id,
            full_name_as_printed: name.clone(),
            purpose: row.purpose,
            consent_expires_at: row.expires_at,
        }
    }
}

async fn list(ctx: Ctx<ReadClients>, Query(query): Query<PageQuery>) -> Result<Answer<Page<ClientView>>> {
    let page = query.open(&ctx, "/api/v1/clients")?;
    let (after, limit) = (page.after(), page.limit());
    let rows = ctx.view(move |tx| ops::list(tx, after, limit)).await?;
    page.answer(&rows, |(row, _)| row.person_id)
}

async fn show(ctx: Ctx<ReadClients>, Path(person): Path<PersonId>) -> Result<Answer<ClientView>> {
    let client = ctx.view(move |tx| ops::show(tx, person)).await?;
    Answer::ok(&ClientView::from(&client))
}
