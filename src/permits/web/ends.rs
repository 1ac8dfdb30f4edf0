//! Ends before the time, and the state on a day, over HTTP.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::PermitView;
use crate::access::policy::{ReadPermits, RecordPermits};
use crate::error::Result;
use crate::http::{
    Answer, ClockView, Ctx, Done, Endpoint, Fields, Input, Json, Line, Method, OnVersion, Path, Query, Term, TimeQuery,
    endpoint,
};
use crate::id::{PermitId, PersonId};
use crate::law::{Name, Names, Text};
use crate::permits::model::{CardEventKind, Consequence, End, EndKind, PermitState};
use crate::permits::ops::{self, PermitStatus};

/// The operations on ends and states.
pub(super) fn endpoints() -> Vec<Endpoint> {
    let status = "/api/v1/people/{person_id}/permits/{permit_id}/status";
    let transitions = "/api/v1/people/{person_id}/permits/{permit_id}/transitions";
    vec![
        endpoint(Method::GET, status, "showPermitStatus", "How does a permit stand on a day?", show),
        endpoint(Method::POST, transitions, "endPermit", "End a permit before its time", end),
    ]
}

/// An end before the time.
#[derive(Clone)]
struct NewEnd(End);

impl Input for NewEnd {
    const NAME: &'static str = "PermitTransition";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let kind = fields.required("to", "How the permit ends.");
        let on = fields.required("effective_on", "First day on which it is valid no more.");
        let ground = fields.optional::<Term>("ground", "Article of the list of the law pack, for example 50.1.8.");
        let note = fields.optional::<Line>("note", "A short remark. The person can read it.");
        let (ground, note) = (ground.map(|term| term.0), note.map(|line| line.0));
        Some(Self(End { kind: kind?, on: on?, ground, note }))
    }
}

/// A term that follows.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConsequenceView {
    /// What is to be done.
    #[schema(value_type = Option<std::collections::BTreeMap<String, String>>)]
    what: Option<Text>,
    /// Where it stands.
    article: String,
    /// The last day; null: the term does not run yet, or is counted in hours.
    #[schema(value_type = Option<String>, format = Date)]
    due: Option<NaiveDate>,
    /// Id of the term.
    deadline: Name,
    /// The kind of event from which it runs.
    event: Name,
    /// It runs from this act; otherwise from an event that may follow.
    starts_now: bool,
    /// What follows when it passes.
    #[schema(value_type = Option<std::collections::BTreeMap<String, String>>)]
    otherwise: Option<Text>,
    /// Ids of the sources.
    source: Names,
}

impl From<Consequence> for ConsequenceView {
    fn from(of: Consequence) -> Self {
        let Consequence { what, article, source, deadline, event, starts_now, due, otherwise } = of;
        Self { what, article, due, deadline, event, starts_now, otherwise, source }
    }
}

/// A permit that has ended, and what that starts.
#[derive(Debug, Serialize, ToSchema)]
struct PermitEndedView {
    permit: PermitView,
    consequences: Vec<ConsequenceView>,
}

/// An end that is possible, and the roles that may record it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PermitMoveView)]
struct MoveView {
    transition: EndKind,
    who: Vec<&'static str>,
}

/// The card of a permit on a day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PermitCardView)]
struct CardView {
    document_number: Option<String>,
    /// What happened to it last.
    last: Option<CardEventKind>,
    #[schema(value_type = Option<String>, format = Date)]
    since: Option<NaiveDate>,
}

/// How a permit stands on a day: computed from its days, stored nowhere.
#[derive(Debug, Serialize, ToSchema)]
struct PermitStatusView {
    #[schema(value_type = String, format = Uuid)]
    permit_id: PermitId,
    state: PermitState,
    /// Null before its first day.
    #[schema(value_type = Option<String>, format = Date)]
    since: Option<NaiveDate>,
    /// Last day on which it is valid; null: open, or never valid.
    #[schema(value_type = Option<String>, format = Date)]
    last_day: Option<NaiveDate>,
    /// Days after this one on which it is valid.
    days_left: Option<i64>,
    /// The article it ended on, or else the one it was given on.
    article: Option<String>,
    card: CardView,
    /// What is possible from here.
    allowed: Vec<MoveView>,
    clock: ClockView,
}

impl PermitStatusView {
    fn of(of: PermitStatus, clock: ClockView) -> Self {
        let PermitStatus { row, standing, card } = of;
        let ended = row.ended_on.is_some_and(|ended_on| ended_on <= clock.valid_at);
        let state = row.validity().state_before_end(clock.valid_at);
        Self {
            permit_id: row.id,
            state: standing.state,
            since: standing.since,
            last_day: standing.last_day,
            days_left: standing.days_left,
            article: if ended { row.end_ground } else { row.ground },
            card: CardView {
                document_number: card.document_number,
                last: card.last.map(|(kind, _)| kind),
                since: card.last.map(|(_, on)| on),
            },
            allowed: ops::allowed(state).map(|(transition, who)| MoveView { transition, who }).collect(),
            clock,
        }
    }
}

async fn end(
    ctx: Ctx<RecordPermits, OnVersion>,
    Path((person, permit)): Path<(PersonId, PermitId)>,
    Json(new): Json<NewEnd>,
) -> Result<Answer<PermitEndedView>> {
    let law = Arc::clone(ctx.law());
    ctx.change(
        move |tx| ops::find(tx, person, permit),
        move |tx, before| {
            let ended = ops::end(tx, &law.pack, &before, new.0.clone())?;
            Ok(ended.map(|ended| {
                let consequences = ended.consequences.into_iter().map(Into::into).collect();
                let view = PermitEndedView { permit: PermitView::from(&ended.row), consequences };
                Done::changed(ended.row.version, view)
            }))
        },
    )
    .await
}

async fn show(
    ctx: Ctx<ReadPermits>,
    Path((person, permit)): Path<(PersonId, PermitId)>,
    Query(time): Query<TimeQuery>,
) -> Result<Answer<PermitStatusView>> {
    let clock = time.fix(ctx.now(), ctx.law())?;
    let (record, on) = (clock.record, clock.valid_at);
    let status = ctx.view(move |tx| ops::status(tx, (person, permit), record, on)).await?;
    Answer::ok(&PermitStatusView::of(status, clock))
}
