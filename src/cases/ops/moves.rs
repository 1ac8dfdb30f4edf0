//! Filing, moving and assigning cases.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::clock::{clock, queue_day, term};
use super::{Acting, is_there, open_moves};
use crate::access::membership::{self, State as Standing};
use crate::access::policy::Role;
use crate::access::scope;
use crate::cases::model::{CaseKind, Catalogue, Event, Kind, Move, State, catalogue, due};
use crate::cases::store::files::{self, CaseRow, EventRow};
use crate::db::{Action, Audited, Event as Trace, ReadTx, TextEnum, WriteTx};
use crate::documents::Channel;
use crate::error::{Code, Error, Fault, Result};
use crate::families;
use crate::grounds;
use crate::id::{AccountId, CaseId, DecisionId, PermitId, PersonId};
use crate::law::{Language, Pack};
use crate::people;
use crate::permits;

/// An application that is handed in.
#[derive(Clone, Debug)]
pub(in crate::cases) struct Filing {
    pub(in crate::cases) kind: CaseKind,
    pub(in crate::cases) ground: Option<String>,
    pub(in crate::cases) channel: Channel,
    pub(in crate::cases) filed_on: NaiveDate,
    pub(in crate::cases) term: Option<String>,
    pub(in crate::cases) permit_id: Option<PermitId>,
}

/// A move that is asked for.
#[derive(Clone, Debug)]
pub(in crate::cases) struct Request {
    pub(in crate::cases) event: Event,
    pub(in crate::cases) on: NaiveDate,
    pub(in crate::cases) reason: Option<String>,
    pub(in crate::cases) note: Option<String>,
    pub(in crate::cases) until: Option<NaiveDate>,
}

/// Opens a case: the office's term begins on the day of filing.
pub(in crate::cases) fn file(
    tx: &mut WriteTx<'_>,
    pack: &Pack,
    person: PersonId,
    filing: Filing,
) -> Result<Audited<CaseRow>> {
    people::lock(tx, person)?;
    let kind = catalogue()?.kind(filing.kind)?;
    let office = scope::office_of(tx, person)?;
    let Filing { kind: of, ground, channel, filed_on, permit_id, .. } = filing.clone();
    let mut faults = what_the_kind_lacks(pack, kind, &filing)?;
    if let Some(permit) = permit_id
        && !is_there(permits::find(tx, person, permit))?
    {
        faults.push(Fault::at("/permit_id", "unknown_permit", "There is no such permit in this file."));
    }
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    let term = match filing.term {
        Some(term) => Some(term),
        None => usual_term(pack, kind, filed_on)?,
    };
    let (now, account) = (tx.now(), tx.account());
    let mut row = CaseRow {
        person_id: person,
        id: CaseId::random(),
        version: 1,
        kind: of,
        state: State::Filed,
        closed: false,
        office_id: office,
        ground,
        channel,
        filed_on,
        term,
        clock_from: filed_on,
        due_on: filed_on,
        extended_to: None,
        permit_id,
        assigned_to: None,
        offered_to: None,
        decision_id: None,
        withdrawn: false,
        recorded_at: now,
        recorded_by: account,
        superseded_at: None,
    };
    row.due_on = queue_day(&clock(pack, &row, &[], Language::default())?);
    let row = files::insert(tx, row)?;
    keep(tx, &row, "file", filed_on, (None, None, None))?;
    if kind.effect.is_status() {
        grounds::start_term(tx, person, permits::APPLICATION_FILED, filed_on)?;
    }
    let details = json!({ "case": row.id, "kind": row.kind });
    tx.record(&Trace::about(Action::CaseFiled, person).with(details), row)
}

fn what_the_kind_lacks(pack: &Pack, kind: &Kind, filing: &Filing) -> Result<Vec<Fault>> {
    let mut faults = Vec::new();
    match &filing.ground {
        None if !kind.grounds.is_empty() => {
            let message = format!("An application of this kind names its ground: {}.", kind.grounds.join(", "));
            faults.push(Fault::at("/ground", "required", message));
        }
        Some(ground) if !kind.grounds.contains(ground) => {
            let message = match kind.grounds.as_slice() {
                [] => "An application of this kind has no ground.".to_owned(),
                known => format!("The grounds of this kind are {}.", known.join(", ")),
            };
            faults.push(Fault::at("/ground", "unknown_ground", message).with_value(ground));
        }
        _ => {}
    }
    if let Some(id) = &filing.term {
        let known = kind.terms.contains(id);
        let runs = known && term(pack, id, filing.filed_on, &[], Language::default())?.due.is_some();
        if !runs {
            let message = format!("The terms of this kind are {}, each in its time.", kind.terms.join(", "));
            faults.push(Fault::at("/term", "unknown_term", message).with_value(id));
        }
    }
    Ok(faults)
}

/// The first term of the kind that the law of the day has.
fn usual_term(pack: &Pack, kind: &Kind, on: NaiveDate) -> Result<Option<String>> {
    for id in &kind.terms {
        if term(pack, id, on, &[], Language::default())?.due.is_some() {
            return Ok(Some(id.clone()));
        }
    }
    Ok(None)
}

/// Moves a case. 409 naming the state and the open moves where the state does not allow it or the role may not make it.
pub(in crate::cases) fn shift(
    tx: &mut WriteTx<'_>,
    pack: &Pack,
    before: &CaseRow,
    acting: Acting,
    request: &Request,
) -> Result<Audited<CaseRow>> {
    let catalogue = catalogue()?;
    people::lock(tx, before.person_id)?;
    // Who may do nothing to the case is not told first what could be done.
    refuse_conflict(tx, before, acting.role)?;
    let step = allowed(catalogue, before, acting.role, request.event)?;
    if request.event.is_decision() {
        return Err(impossible(catalogue, before)
            .with_detail("A decision is proposed, approved and sent back by the operations on decisions."));
    }
    refuse_request(catalogue, before, acting, request)?;
    let details = json!({ "case": before.id, "event": request.event });
    let row = advance(tx, pack, before, step, request, before.decision_id)?;
    tx.record(&Trace::about(Action::CaseMoved, row.person_id).with(details), row)
}

/// The move, if the state has it and the role may make it.
pub(in crate::cases) fn allowed<'c>(
    catalogue: &'c Catalogue,
    row: &CaseRow,
    role: Role,
    event: Event,
) -> Result<&'c Move> {
    let step = catalogue.step(row.kind, row.state, event).filter(|step| step.who.contains(&role));
    step.ok_or_else(|| impossible(catalogue, row))
}

/// 409 with the state and the moves open to whom.
pub(in crate::cases) fn impossible(catalogue: &Catalogue, row: &CaseRow) -> Error {
    let allowed = open_moves(catalogue, row, row.state);
    let allowed = allowed.into_iter().map(|(transition, who)| json!({ "transition": transition, "who": who }));
    Error::new(Code::InvalidTransition)
        .with_member("state", row.state.text())
        .with_member("allowed", Value::Array(allowed.collect()))
}

/// 403 for colleagues who must keep away from the file. The person concerned acts in the own case, of course.
pub(in crate::cases) fn refuse_conflict(tx: &mut ReadTx<'_>, row: &CaseRow, role: Role) -> Result<()> {
    if role == Role::Applicant {
        return Ok(());
    }
    let Some(account) = tx.account() else { return Ok(()) };
    match families::keeps_away(tx, account, row.person_id)? {
        Some(_) => Err(Error::new(Code::ConflictOfInterest)),
        None => Ok(()),
    }
}

fn refuse_request(catalogue: &Catalogue, before: &CaseRow, acting: Acting, request: &Request) -> Result<()> {
    let mut faults = Vec::new();
    if request.on > acting.today {
        faults.push(Fault::at("/on", "in_the_future", format!("It is after today, {}.", acting.today)));
    }
    if request.on < before.filed_on {
        faults.push(Fault::at("/on", "before_filing", format!("The case was filed on {}.", before.filed_on)));
    }
    let grounds: Vec<&str> = catalogue.grounds_of(request.event).map(|ground| ground.code.as_str()).collect();
    if !grounds.is_empty() && !request.reason.as_deref().is_some_and(|reason| grounds.contains(&reason)) {
        let message = format!("The law's grounds for this are {}.", grounds.join(", "));
        faults.push(Fault::at("/reason/code", "ground_required", message));
    }
    match (request.event, request.until) {
        (Event::Extend, None) => {
            faults.push(Fault::at("/until", "required", "Say to which day the term is extended."));
        }
        (Event::Extend, Some(until)) if until <= due(before.due_on).unwrap_or(acting.today) => {
            faults.push(Fault::at("/until", "not_later", "An extension ends after the term as it is."));
        }
        (Event::Extend, Some(_)) | (_, None) => {}
        (_, Some(_)) => faults.push(Fault::at("/until", "not_expected", "Only an extension has a day of its own.")),
    }
    let explained = matches!(request.event, Event::Reopen | Event::Uphold | Event::Remit | Event::Lapse);
    if explained && request.note.is_none() {
        faults.push(Fault::at("/reason/note", "required", "Say why."));
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults)) }
}

/// Stores the next version of a case and what made it.
pub(in crate::cases) fn advance(
    tx: &mut WriteTx<'_>,
    pack: &Pack,
    before: &CaseRow,
    step: &Move,
    request: &Request,
    decision: Option<DecisionId>,
) -> Result<CaseRow> {
    let mut after = CaseRow { state: step.to, closed: step.to.is_closed(), decision_id: decision, ..before.clone() };
    if request.event.restarts() {
        after.clock_from = request.on;
        after.extended_to = None;
        after.decision_id = None;
    }
    if request.event == Event::Extend {
        after.extended_to = request.until;
    }
    let mut events = files::events(tx, before.person_id, before.id)?;
    let version = before.version.saturating_add(1);
    let happened = (request.reason.clone(), request.note.clone(), request.until);
    events.push(event_row(
        tx,
        &CaseRow { version, ..after.clone() },
        request.event.text(),
        request.on,
        happened.clone(),
    ));
    after.due_on = queue_day(&clock(pack, &after, &events, Language::default())?);
    let row = files::replace(tx, before, after)?;
    keep(tx, &row, request.event.text(), request.on, happened)?;
    tell_the_chain(tx, before, &row, request.on)?;
    Ok(row)
}

/// A pending application keeps a stay lawful (Migration Code 20.2, 47.9): what the chain of permits shows of it follows the case.
fn tell_the_chain(tx: &mut WriteTx<'_>, before: &CaseRow, after: &CaseRow, on: NaiveDate) -> Result<()> {
    if !catalogue()?.kind(after.kind)?.effect.is_status() {
        return Ok(());
    }
    if after.closed && !before.closed {
        grounds::start_term(tx, after.person_id, permits::APPLICATION_CLOSED, on)?;
    } else if before.closed && !after.closed {
        grounds::start_term(tx, after.person_id, permits::APPLICATION_FILED, on)?;
    }
    Ok(())
}

type Happened = (Option<String>, Option<String>, Option<NaiveDate>);

fn event_row(tx: &WriteTx<'_>, row: &CaseRow, event: &str, on: NaiveDate, happened: Happened) -> EventRow {
    let (reason, note, until) = happened;
    EventRow {
        person_id: row.person_id,
        case_id: row.id,
        seq: row.version,
        event: event.to_owned(),
        to_state: row.state,
        happened_on: on,
        reason,
        note,
        until,
        recorded_at: tx.now(),
        recorded_by: tx.account(),
    }
}

fn keep(tx: &mut WriteTx<'_>, row: &CaseRow, event: &str, on: NaiveDate, happened: Happened) -> Result<()> {
    let event = event_row(tx, row, event, on, happened);
    files::keep_event(tx, &event)
}

/// Gives a case to a colleague. Supervisors give; everybody else offers, and the colleague takes: naming oneself takes what nobody keeps or
/// what was offered. Whoever must keep away from the file gets none of its cases.
pub(in crate::cases) fn assign(
    tx: &mut WriteTx<'_>,
    before: &CaseRow,
    acting: Acting,
    account: AccountId,
) -> Result<Audited<CaseRow>> {
    let person = before.person_id;
    people::lock(tx, person)?;
    refuse_conflict(tx, before, acting.role)?;
    let colleague = membership::live(tx, account)?.filter(|live| live.state() == Standing::Confirmed);
    let keeps_cases = |role| matches!(role, Role::Caseworker | Role::Official | Role::Supervisor);
    if !colleague.is_some_and(|live| live.office_id == Some(before.office_id) && keeps_cases(live.role)) {
        let message = "A case is kept by a caseworker, official or supervisor of its own office.";
        return Err(Error::invalid_at("/account_id", "not_in_office", message));
    }
    if families::keeps_away(tx, account, person)?.is_some() {
        return Err(Error::new(Code::ConflictOfInterest));
    }
    let own = tx.account() == Some(account);
    let free = before.assigned_to.is_none() || before.offered_to == Some(account);
    let takes = own && free;
    let gives = acting.role == Role::Supervisor || takes;
    if !gives && before.assigned_to.is_some() && before.assigned_to != tx.account() {
        let detail = "Its keeper offers it to you first, or a supervisor gives it.";
        return Err(Error::new(Code::ActionNotPermitted).with_detail(detail));
    }
    let after = if gives {
        CaseRow { assigned_to: Some(account), offered_to: None, ..before.clone() }
    } else {
        CaseRow { offered_to: Some(account), ..before.clone() }
    };
    let row = files::replace(tx, before, after)?;
    keep(tx, &row, if gives { "assign" } else { "offer" }, acting.today, (None, None, None))?;
    let details = json!({ "case": row.id, "account": account, "offered": !gives });
    tx.record(&Trace::about(Action::CaseAssigned, person).with(details), row)
}
