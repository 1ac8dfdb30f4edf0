//! The log over HTTP.

use serde::Serialize;
use utoipa::ToSchema;

use super::ops::{self, Access};
use super::store::Opened;
use crate::access::policy::{ReadAccesses, ReadEvents};
use crate::error::Result;
use crate::http::{Answer, Ctx, Endpoint, Method, Page, PageQuery, Path, Query, endpoint};
use crate::id::{AuditEventId, PersonId};

/// The operations of this slice.
pub fn endpoints() -> Vec<Endpoint> {
    let accesses = "/api/v1/people/{person_id}/accesses";
    vec![
        endpoint(Method::GET, accesses, "listAccesses", "List who looked at the file or changed it", list_accesses),
        endpoint(Method::GET, "/api/v1/audit/events", "listAuditEvents", "List the events of the log", list_events),
    ]
}

/// A look at a file or a change of it. Who it was by name is for the office to answer.
#[derive(Debug, Serialize, ToSchema)]
struct AccessEntryView {
    #[schema(value_type = String, format = DateTime)]
    at: String,
    action: String,
    /// In which role.
    role: String,
    /// Name of the office or organisation.
    by: Option<String>,
    /// The stated purpose.
    purpose: Option<String>,
    /// `access_grant` if somebody broke the glass for it.
    via: Option<&'static str>,
}

impl From<&Access> for AccessEntryView {
    fn from(access: &Access) -> Self {
        let body = access.body.clone();
        Self {
            at: body.at,
            action: body.action,
            role: body.role,
            by: access.by.clone(),
            purpose: body.purpose,
            via: access.under_grant.then_some("access_grant"),
        }
    }
}

/// An event, without what it is about.
#[derive(Debug, Serialize, ToSchema)]
struct AuditEventView {
    #[schema(value_type = String, format = Uuid)]
    event_id: AuditEventId,
    #[schema(value_type = String, format = DateTime)]
    at: String,
    action: String,
    #[schema(value_type = Option<String>, format = Uuid)]
    account_id: Option<String>,
    role: String,
    request_id: String,
    purpose: Option<String>,
}

impl From<&Opened> for AuditEventView {
    fn from((event_id, body): &Opened) -> Self {
        let body = body.clone();
        Self {
            event_id: *event_id,
            at: body.at,
            action: body.action,
            account_id: body.account,
            role: body.role,
            request_id: body.request_id,
            purpose: body.purpose,
        }
    }
}

async fn list_accesses(
    ctx: Ctx<ReadAccesses>,
    Path(person): Path<PersonId>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<Page<AccessEntryView>>> {
    let page = query.open(&ctx, format!("/api/v1/people/{person}/accesses"))?;
    let (before, limit) = (page.after(), page.limit());
    let rows = ctx.view(move |tx| ops::accesses(tx, person, before, limit)).await?;
    page.answer(&rows, |row| row.event)
}

async fn list_events(ctx: Ctx<ReadEvents>, Query(query): Query<PageQuery>) -> Result<Answer<Page<AuditEventView>>> {
    let page = query.open(&ctx, "/api/v1/audit/events")?;
    let (before, limit) = (page.after(), page.limit());
    let rows = ctx.view(move |tx| ops::events(tx, before, limit)).await?;
    page.answer(&rows, |(event, _)| *event)
}
