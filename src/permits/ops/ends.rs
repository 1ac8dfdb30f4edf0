//! Permits that end before their time, and how a permit stands on a day.

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::access::policy::{Grant, Role};
use crate::clock::Instant;
use crate::db::{Action, Audited, Event, ReadTx, TextEnum, Viewed, WriteTx};
use crate::error::{Code, Error, Result};
use crate::grounds;
use crate::id::{PermitId, PersonId};
use crate::law::{Pack, Status};
use crate::people;
use crate::permits::model::{
    Card, Consequence, End, EndKind, PermitState, Standing, after, after_end, card, end_ground, moves,
};
use crate::permits::store::{self, PermitRow, cards};

/// A permit that has ended, and what that starts.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The permit.
    pub(in crate::permits) row: PermitRow,
    /// The terms.
    pub(in crate::permits) consequences: Vec<Consequence>,
}

/// Ends a permit before its time. 409 if its state does not allow that, 422 for a ground that the law of the day does not list. If the ground
/// is itself an event from which terms run, that is recorded with it.
pub(crate) fn end(tx: &mut WriteTx<'_>, pack: &Pack, before: &PermitRow, end: End) -> Result<Audited<Ended>> {
    let person = before.person_id;
    people::lock(tx, person)?;
    let state = before.validity().state_before_end(end.on);
    if after(state, end.kind).is_none() {
        return Err(refused(state));
    }
    let ground = end_ground(pack, before.kind, &end)?;
    let held = held(tx, person, end.on)?;
    let consequences = after_end(pack, before.kind, (&end, ground), &held)?;
    let event = ground.and_then(|member| member.event.as_ref());
    let event = event.map(|kind| grounds::start_term(tx, person, kind, end.on)).transpose()?;
    let details = json!({ "permit": before.id, "to": end.kind, "effective_on": end.on, "legal_event": event });
    let ended = before.ended(end, tx.now());
    let row = store::replace(tx, before, ended)?;
    tx.record(&Event::about(Action::PermitEnded, person).with(details), Ended { row, consequences })
}

/// The statuses of a person on a day.
pub(super) fn held(tx: &mut ReadTx<'_>, person: PersonId, on: NaiveDate) -> Result<Vec<Status>> {
    let mut rows = store::all(tx, person, Instant::END)?;
    rows.retain(|row| row.valid_from <= on && row.valid_to.is_none_or(|to| on <= to));
    Ok(rows.iter().map(law_status).collect())
}

/// A permit as the law engine takes it.
pub(super) fn law_status(row: &PermitRow) -> Status {
    Status {
        kind: row.kind.text().to_owned(),
        ground: row.ground.clone(),
        sponsor_ground: row.sponsor_ground.clone(),
        from: row.valid_from.into(),
        to: row.valid_to.map(Into::into),
    }
}

/// The state does not allow an end: which it is, and what is possible.
pub(super) fn refused(state: PermitState) -> Error {
    let allowed: Vec<Value> =
        allowed(state).map(|(transition, who)| json!({ "transition": transition, "who": who })).collect();
    Error::new(Code::InvalidTransition).with_member("state", state.text()).with_member("allowed", allowed)
}

/// The ends that are possible from a state, and the roles that may record them.
pub(in crate::permits) fn allowed(state: PermitState) -> impl Iterator<Item = (EndKind, Vec<&'static str>)> {
    let roles = Role::ALL.iter().filter(|role| role.may(Grant::RecordPermits));
    let who: Vec<&'static str> = roles.map(|role| role.text()).collect();
    moves(state).map(move |end| (end, who.clone()))
}

/// How a permit and its card stand on a day.
#[derive(Debug)]
pub(in crate::permits) struct PermitStatus {
    pub(in crate::permits) row: PermitRow,
    pub(in crate::permits) standing: Standing,
    pub(in crate::permits) card: Card,
}

/// How a permit stands on a day, as the record stood at `as_of`. 410 if it was withdrawn as a mistake; one that never was valid has ended.
pub(in crate::permits) fn status(
    tx: &mut ReadTx<'_>,
    (person, id): (PersonId, PermitId),
    as_of: Instant,
    on: NaiveDate,
) -> Result<Viewed<PermitStatus>> {
    people::visible(tx, person)?;
    let row = store::at(tx, person, id, as_of)?;
    if row.withdrawn && row.ended_on.is_none() {
        return Err(Error::new(Code::Gone));
    }
    let events = cards::page(tx, person, as_of, None, usize::MAX)?;
    let events = events
        .iter()
        .filter(|event| event.permit_id == id)
        .map(|row| (row.kind, row.effective_on, row.document_number.as_deref()));
    let (standing, card) = (row.validity().standing(on), card(row.document_number.clone(), events, on));
    let event = Event::about(Action::PermitStatusViewed, person).with(json!({ "permit": id, "valid_at": on }));
    tx.viewed(&event, PermitStatus { row, standing, card })
}
