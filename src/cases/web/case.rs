//! Filing, showing, moving and assigning cases.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::acting;
use crate::access::policy::{AssignCases, FileCases, MoveCases, ReadCases, Role};
use crate::cases::model::{CaseKind, Event, State, catalogue, due};
use crate::cases::ops::{self, CaseFile, Clock, Filing, Opinion, Request};
use crate::cases::store::files::{self, CaseRow, EventRow};
use crate::clock::Instant;
use crate::db::{Audited, ReadTx, WriteTx};
use crate::documents::Channel;
use crate::error::{Error, Result};
use crate::http::{
    Answer, Ctx, Done, Endpoint, Fields, Input, Json, Line, Method, OnVersion, Path, Record, Spoken, Term, endpoint,
};
use crate::id::{AccountId, CaseId, DecisionId, OfficeId, PermitId, PersonId};
use crate::law::{DeadlineResult, Language, Pack};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let all = "/api/v1/people/{person_id}/cases";
    let one = "/api/v1/cases/{case_id}";
    vec![
        endpoint(Method::POST, all, "fileCase", "File an application", file),
        endpoint(Method::GET, all, "listPersonCases", "List a person's cases", list),
        endpoint(Method::GET, one, "showCase", "Show a case, its term and its open moves", show),
        endpoint(Method::POST, "/api/v1/cases/{case_id}/transitions", "moveCase", "Move a case", shift),
        endpoint(
            Method::POST,
            "/api/v1/cases/{case_id}/assignments",
            "assignCase",
            "Give, offer or take a case",
            assign,
        ),
    ]
}

/// A case in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CaseSummary {
    #[schema(value_type = String, format = Uuid)]
    id: CaseId,
    version: i32,
    #[schema(value_type = String, format = Uuid)]
    person_id: PersonId,
    kind: CaseKind,
    ground: Option<String>,
    state: State,
    #[schema(value_type = String, format = Date)]
    filed_on: NaiveDate,
    /// Last day of the office's own term; null: none is known, or it stands still.
    #[schema(value_type = Option<String>, format = Date)]
    due_on: Option<NaiveDate>,
    #[schema(value_type = Option<String>, format = Uuid)]
    assigned_to: Option<AccountId>,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Instant,
}

impl From<&CaseRow> for CaseSummary {
    fn from(row: &CaseRow) -> Self {
        Self {
            id: row.id,
            version: row.version,
            person_id: row.person_id,
            kind: row.kind,
            ground: row.ground.clone(),
            state: row.state,
            filed_on: row.filed_on,
            due_on: due(row.due_on),
            assigned_to: row.assigned_to,
            updated_at: row.recorded_at,
        }
    }
}

/// Days on which the office's term stood still.
#[derive(Debug, Serialize, ToSchema)]
struct CasePauseView {
    #[schema(value_type = String, format = Date)]
    from: NaiveDate,
    /// Null: it stands still.
    #[schema(value_type = Option<String>, format = Date)]
    to: Option<NaiveDate>,
}

/// The office's own term.
#[derive(Debug, Serialize, ToSchema)]
struct CaseTermView {
    /// How the day is counted; null: the law pack has no term for this.
    counted: Option<DeadlineResult>,
    #[schema(value_type = Option<String>, format = Date)]
    due_on: Option<NaiveDate>,
    #[schema(value_type = Option<String>, format = Date)]
    extended_to: Option<NaiveDate>,
    pauses: Vec<CasePauseView>,
    paused_days: i64,
    /// The term is over and nothing was decided.
    overdue: bool,
}

/// Another authority's opinion.
#[derive(Debug, Serialize, ToSchema)]
struct CaseOpinionView {
    #[schema(value_type = String, format = Date)]
    requested_on: NaiveDate,
    counted: DeadlineResult,
    #[schema(value_type = Option<String>, format = Date)]
    due_on: Option<NaiveDate>,
    #[schema(value_type = Option<String>, format = Date)]
    received_on: Option<NaiveDate>,
    /// Since this day silence means that there is no objection.
    #[schema(value_type = Option<String>, format = Date)]
    no_objection_since: Option<NaiveDate>,
}

/// What moved a case.
#[derive(Debug, Serialize, ToSchema)]
struct CaseEventView {
    /// The version it made.
    version: i32,
    event: String,
    to: State,
    #[schema(value_type = String, format = Date)]
    happened_on: NaiveDate,
    reason: Option<String>,
    note: Option<String>,
    #[schema(value_type = Option<String>, format = Date)]
    until: Option<NaiveDate>,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
    /// Null for the person concerned: the office answers for it.
    #[schema(value_type = Option<String>, format = Uuid)]
    recorded_by: Option<AccountId>,
}

/// A move that is open in the present state.
#[derive(Debug, Serialize, ToSchema)]
struct CaseActionView {
    name: Event,
    /// May the caller's role make it?
    enabled: bool,
    who: Vec<Role>,
    /// Codes of the grounds it needs one of.
    grounds: Vec<&'static str>,
}

/// A case.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CaseView {
    #[schema(value_type = String, format = Uuid)]
    id: CaseId,
    version: i32,
    #[schema(value_type = String, format = Uuid)]
    person_id: PersonId,
    #[schema(value_type = String, format = Uuid)]
    office_id: OfficeId,
    kind: CaseKind,
    title: &'static str,
    ground: Option<String>,
    state: State,
    channel: Channel,
    #[schema(value_type = String, format = Date)]
    filed_on: NaiveDate,
    #[schema(value_type = Option<String>, format = Uuid)]
    permit_id: Option<PermitId>,
    #[schema(value_type = Option<String>, format = Uuid)]
    assigned_to: Option<AccountId>,
    #[schema(value_type = Option<String>, format = Uuid)]
    offered_to: Option<AccountId>,
    #[schema(value_type = Option<String>, format = Uuid)]
    decision_id: Option<DecisionId>,
    term: CaseTermView,
    opinion: Option<CaseOpinionView>,
    events: Vec<CaseEventView>,
    actions: Vec<CaseActionView>,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Instant,
}

impl From<&EventRow> for CaseEventView {
    fn from(row: &EventRow) -> Self {
        Self {
            version: row.seq,
            event: row.event.clone(),
            to: row.to_state,
            happened_on: row.happened_on,
            reason: row.reason.clone(),
            note: row.note.clone(),
            until: row.until,
            recorded_at: row.recorded_at,
            recorded_by: row.recorded_by,
        }
    }
}

impl From<&Opinion> for CaseOpinionView {
    fn from(opinion: &Opinion) -> Self {
        Self {
            requested_on: opinion.requested_on,
            counted: opinion.counted.clone(),
            due_on: opinion.due,
            received_on: opinion.received_on,
            no_objection_since: opinion.silent_since,
        }
    }
}

impl CaseTermView {
    fn of(row: &CaseRow, clock: &Clock, today: NaiveDate) -> Self {
        Self {
            counted: clock.counted.clone(),
            due_on: clock.due,
            extended_to: row.extended_to,
            pauses: clock.pauses.iter().map(|(from, to)| CasePauseView { from: *from, to: *to }).collect(),
            paused_days: clock.paused_days,
            overdue: !row.closed && clock.due.is_some_and(|due| due < today),
        }
    }
}

impl CaseView {
    pub(super) fn of(case: &CaseFile, role: Role, today: NaiveDate, language: Language) -> Result<Self> {
        let CaseFile { row, events, clock, opinion } = case;
        let catalogue = catalogue()?;
        let actions = catalogue.moves(row.kind, row.state).map(|one| CaseActionView {
            name: one.event,
            enabled: one.who.contains(&role),
            who: one.who.clone(),
            grounds: catalogue.grounds_of(one.event).map(|ground| ground.code.as_str()).collect(),
        });
        Ok(Self {
            id: row.id,
            version: row.version,
            person_id: row.person_id,
            office_id: row.office_id,
            kind: row.kind,
            title: catalogue.kind(row.kind)?.title.tell(language),
            ground: row.ground.clone(),
            state: row.state,
            channel: row.channel,
            filed_on: row.filed_on,
            permit_id: row.permit_id,
            assigned_to: row.assigned_to,
            offered_to: row.offered_to,
            decision_id: row.decision_id,
            term: CaseTermView::of(row, clock, today),
            opinion: opinion.as_ref().map(CaseOpinionView::from),
            events: events.iter().map(CaseEventView::from).collect(),
            actions: actions.collect(),
            updated_at: row.recorded_at,
        })
    }
}

impl Record for CaseRow {
    fn version(&self) -> i32 {
        self.version
    }

    fn person(&self) -> Option<PersonId> {
        Some(self.person_id)
    }

    fn members_at(&self, tx: &mut ReadTx<'_>, version: i32) -> Result<Option<Value>> {
        let row = files::version(tx, self.person_id, self.id, version)?;
        row.map(|row| serde_json::to_value(CaseSummary::from(&row)).map_err(Error::internal)).transpose()
    }
}

/// An application.
#[derive(Clone)]
pub(crate) struct NewCase {
    kind: CaseKind,
    ground: Option<Term>,
    channel: Option<Channel>,
    filed_on: Option<NaiveDate>,
    term: Option<Term>,
    permit_id: Option<PermitId>,
}

impl Input for NewCase {
    const NAME: &'static str = "NewCase";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let kind = fields.required("kind", "Kind of case.");
        let ground = fields.optional("ground", "Ground of the application, for example 45.1.1.");
        let channel = fields.optional("channel", "How it reached the office; default desk.");
        let filed_on = fields.optional("filed_on", "Day of filing; default today, and for the person always.");
        let term = fields.optional("term", "The office's term, where the law has several; default the usual one.");
        let permit_id = fields.optional("permit_id", "The permit that is to be extended.");
        Some(Self { kind: kind?, ground, channel, filed_on, term, permit_id })
    }
}

impl NewCase {
    /// Files it as an office does that got it on the day it says, or today: for the demonstration.
    pub(crate) fn file(
        self,
        tx: &mut WriteTx<'_>,
        pack: &Pack,
        person: PersonId,
        today: NaiveDate,
    ) -> Result<Audited<()>> {
        let day = self.filed_on.unwrap_or(today);
        Ok(ops::file(tx, pack, person, self.filed_on(day))?.map(drop))
    }

    fn filed_on(self, day: NaiveDate) -> Filing {
        Filing {
            kind: self.kind,
            ground: self.ground.map(|term| term.0),
            channel: self.channel.unwrap_or(Channel::Desk),
            filed_on: day,
            term: self.term.map(|term| term.0),
            permit_id: self.permit_id,
        }
    }
}

/// Why a case is moved.
struct Reason {
    code: Option<Term>,
    note: Option<Line>,
}

impl Input for Reason {
    const NAME: &'static str = "CaseReason";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let code = fields.optional("code", "The law's ground, where the move needs one.");
        let note = fields.optional("note", "Why, in one line. The person reads it.");
        Some(Self { code, note })
    }
}

/// A move of a case.
struct Transition {
    transition: Event,
    on: Option<NaiveDate>,
    reason: Option<Reason>,
    until: Option<NaiveDate>,
}

impl Input for Transition {
    const NAME: &'static str = "CaseTransition";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let transition = fields.required("transition", "The move.");
        let on = fields.optional("on", "The day from which it holds; default today.");
        let reason = fields.maybe_object("reason", "Why.");
        let until = fields.optional("until", "Where a term is extended: to which day.");
        Some(Self { transition: transition?, on, reason, until })
    }
}

/// Who shall keep a case.
struct CaseAssignment(AccountId);

impl Input for CaseAssignment {
    const NAME: &'static str = "CaseAssignment";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let account = fields.required("account_id", "Who shall keep it. Oneself: take what is free or was offered.");
        Some(Self(account?))
    }
}

pub(super) fn location(row: &CaseRow) -> String {
    format!("/api/v1/cases/{}", row.id)
}

async fn file(
    ctx: Ctx<FileCases>,
    Path(person): Path<PersonId>,
    Json(new): Json<NewCase>,
) -> Result<Answer<CaseSummary>> {
    ctx.refuse_future(new.filed_on, "filed_on")?;
    let (acting, law) = (acting(&ctx)?, Arc::clone(ctx.law()));
    let filed_on = new.filed_on.filter(|_| acting.role != Role::Applicant).unwrap_or(acting.today);
    let filing = new.filed_on(filed_on);
    ctx.create(
        move |tx| crate::people::visible(tx, person),
        move |tx, ()| {
            let filed = ops::file(tx, &law.pack, person, filing.clone())?;
            Ok(filed.map(|row| Done::created(location(&row), row.version, CaseSummary::from(&row))))
        },
    )
    .await
}

/// The cases of a person: a person has few, and all are on the page.
#[derive(Debug, Serialize, ToSchema)]
struct PersonCasesView {
    items: Vec<CaseSummary>,
    next: Option<String>,
}

async fn list(ctx: Ctx<ReadCases>, Path(person): Path<PersonId>) -> Result<Answer<PersonCasesView>> {
    let rows = ctx.view(move |tx| ops::of_person(tx, person)).await?;
    Answer::ok(&PersonCasesView { items: rows.iter().map(CaseSummary::from).collect(), next: None })
}

async fn show(ctx: Ctx<ReadCases>, Path(case): Path<CaseId>, Spoken(language): Spoken) -> Result<Answer<CaseView>> {
    let (acting, law) = (acting(&ctx)?, Arc::clone(ctx.law()));
    let found = ctx
        .view(move |tx| {
            let row = ops::find(tx, case)?;
            ops::show(tx, &law.pack, row, acting.today, language)
        })
        .await?;
    let version = found.row.version;
    Ok(Answer::ok(&CaseView::of(&found, acting.role, acting.today, language)?)?.with_version(version))
}

async fn shift(
    ctx: Ctx<MoveCases, OnVersion>,
    Path(case): Path<CaseId>,
    Json(asked): Json<Transition>,
) -> Result<Answer<CaseSummary>> {
    let (acting, law) = (acting(&ctx)?, Arc::clone(ctx.law()));
    let (code, note) = asked.reason.map_or((None, None), |reason| (reason.code, reason.note));
    let request = Request {
        event: asked.transition,
        on: asked.on.unwrap_or(acting.today),
        reason: code.map(|code| code.0),
        note: note.map(|note| note.0),
        until: asked.until,
    };
    ctx.change(
        move |tx| ops::find(tx, case),
        move |tx, before| {
            let moved = ops::shift(tx, &law.pack, &before, acting, &request)?;
            Ok(moved.map(|row| Done::changed(row.version, CaseSummary::from(&row))))
        },
    )
    .await
}

async fn assign(
    ctx: Ctx<AssignCases, OnVersion>,
    Path(case): Path<CaseId>,
    Json(CaseAssignment(account)): Json<CaseAssignment>,
) -> Result<Answer<CaseSummary>> {
    let acting = acting(&ctx)?;
    ctx.change(
        move |tx| ops::find(tx, case),
        move |tx, before| {
            let assigned = ops::assign(tx, &before, acting, account)?;
            Ok(assigned.map(|row| Done::changed(row.version, CaseSummary::from(&row))))
        },
    )
    .await
}
