//! What cannot be right in the crossings, over HTTP: each finding with the requests that repair it.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::view::StretchView;
use crate::access::policy::ReadPresence;
use crate::error::Result;
use crate::http::{Answer, ClockView, Ctx, Endpoint, Method, Path, Query, TimeQuery, endpoint};
use crate::id::{CrossingId, PersonId};
use crate::presence::model::{Confidence, CrossingSource, Direction, Finding, FindingKind, Repair, Seen};
use crate::presence::ops;

/// The operation on findings.
pub(super) fn endpoints() -> Vec<Endpoint> {
    let path = "/api/v1/people/{person_id}/presence-findings";
    vec![endpoint(Method::GET, path, "showPresenceFindings", "What cannot be right in a person's crossings", show)]
}

/// A crossing that a finding is about.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FoundCrossingView)]
struct SeenView {
    #[schema(value_type = String, format = Uuid)]
    id: CrossingId,
    version: i32,
    #[schema(value_type = String, format = Date)]
    crossed_on: NaiveDate,
    direction: Direction,
    source: CrossingSource,
    confidence: Confidence,
}

/// A request that repairs a finding.
#[derive(Debug, Serialize, ToSchema)]
struct RepairView {
    method: &'static str,
    href: String,
    /// The version to send in `If-Match`; null: none.
    version: Option<i32>,
    /// Members of the body that are known.
    #[schema(value_type = Object)]
    body: Value,
    /// Members of the body that somebody has to fill in.
    needs: Vec<&'static str>,
}

/// Something that cannot be right, or is not over.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PresenceFindingView)]
struct FindingView {
    code: FindingKind,
    /// What is wrong and what to do.
    message: String,
    /// The rows, in order of days.
    crossings: Vec<SeenView>,
    /// The days for which nobody knows meanwhile where the person was.
    unknown: Option<StretchView>,
    /// Requests that repair it, the likeliest first.
    repair: Vec<RepairView>,
}

/// What cannot be right in a person's crossings.
#[derive(Debug, Serialize, ToSchema)]
struct PresenceFindingsView {
    items: Vec<FindingView>,
    /// Always null: all of them are on the page.
    next: Option<String>,
    clock: ClockView,
}

fn seen(of: &Seen) -> SeenView {
    let Seen { id, version, on, direction, source, confidence } = *of;
    SeenView { id, version, crossed_on: on, direction, source, confidence }
}

fn repair(person: PersonId, of: Repair) -> RepairView {
    let all = format!("/api/v1/people/{person}/crossings");
    match of {
        Repair::Record(direction) => {
            let (body, needs) = (json!({ "direction": direction }), vec!["crossed_on", "source"]);
            RepairView { method: "POST", href: all, version: None, body, needs }
        }
        Repair::Correct(id, version) => {
            let (href, needs) = (format!("{all}/{id}"), vec!["crossed_on"]);
            RepairView { method: "PATCH", href, version: Some(version), body: json!({}), needs }
        }
        Repair::Withdraw(id, version) => {
            let href = format!("{all}/{id}");
            RepairView { method: "DELETE", href, version: Some(version), body: json!({}), needs: Vec::new() }
        }
    }
}

fn finding(person: PersonId, of: Finding) -> FindingView {
    FindingView {
        code: of.kind,
        message: of.message,
        crossings: of.crossings.iter().map(seen).collect(),
        unknown: of.unknown.map(|(from, to)| StretchView { from, to }),
        repair: of.repairs.into_iter().map(|one| repair(person, one)).collect(),
    }
}

async fn show(
    ctx: Ctx<ReadPresence>,
    Path(person): Path<PersonId>,
    Query(time): Query<TimeQuery>,
) -> Result<Answer<PresenceFindingsView>> {
    let clock = time.fix(ctx.now(), ctx.law())?;
    let (record, on) = (clock.record, clock.valid_at);
    let found = ctx.view(move |tx| ops::show_findings(tx, person, record, on)).await?;
    let items = found.into_iter().map(|one| finding(person, one)).collect();
    Answer::ok(&PresenceFindingsView { items, next: None, clock })
}
