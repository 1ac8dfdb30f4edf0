//! What happens to the cards of permits.

use chrono::NaiveDate;
use serde_json::json;

use super::ends::held;
use crate::clock::Instant;
use crate::db::{Action, Audited, Event, ReadTx, TextEnum, Viewed, WriteTx};
use crate::error::Result;
use crate::grounds;
use crate::id::{PermitEventId, PermitId, PersonId};
use crate::law::Pack;
use crate::people;
use crate::permits::model::{CardEvent, Consequence, started_by};
use crate::permits::store::PermitRow;
use crate::permits::store::cards::{self, CardEventRow};

/// The list of the law pack that says which of these start a term.
const LIST: &str = "permit.card_events";

/// What was recorded, and the terms that it starts.
#[derive(Debug)]
pub(in crate::permits) struct CardRecorded {
    pub(in crate::permits) row: CardEventRow,
    pub(in crate::permits) consequences: Vec<Consequence>,
}

/// Records what happened to the card of a permit. The permit's days stay. If the law starts a term with it, the event is recorded with it.
pub(in crate::permits) fn record_card_event(
    tx: &mut WriteTx<'_>,
    pack: &Pack,
    permit: &PermitRow,
    event: CardEvent,
) -> Result<Audited<CardRecorded>> {
    let person = permit.person_id;
    let list = pack.list_on(LIST, event.on);
    let starts = list.and_then(|list| list.rule.member(event.kind.text())).and_then(|member| member.event.as_ref());
    let (consequences, legal_event) = match starts {
        Some(kind) => {
            let held = held(tx, person, event.on)?;
            let consequences = started_by(pack, kind, event.on, &held)?;
            (consequences, Some(grounds::start_term(tx, person, kind, event.on)?))
        }
        None => (Vec::new(), None),
    };
    let row = CardEventRow::of(tx, person, event, legal_event);
    let row = cards::insert(tx, row)?;
    let details = json!({ "permit": permit.id, "card_event": row.id, "legal_event": legal_event });
    let done = CardRecorded { row, consequences };
    tx.record(&Event::about(Action::CardEventRecorded, person).with(details), done)
}

/// Withdraws what was recorded by mistake, and the event from which a term ran.
pub(in crate::permits) fn withdraw_card_event(
    tx: &mut WriteTx<'_>,
    before: &CardEventRow,
) -> Result<Audited<CardEventRow>> {
    if let Some(event) = before.legal_event_id {
        // Two things may have happened on one day, and start the term once.
        let all = cards::page(tx, before.person_id, Instant::END, None, usize::MAX)?;
        if !all.iter().any(|other| other.id != before.id && other.legal_event_id == Some(event)) {
            grounds::stop_term(tx, before.person_id, event)?;
        }
    }
    let row = cards::replace(tx, before, CardEventRow { withdrawn: true, ..before.clone() })?;
    let details = json!({ "card_event": row.id, "version": row.version, "legal_event": row.legal_event_id });
    tx.record(&Event::about(Action::CardEventWithdrawn, row.person_id).with(details), row)
}

/// The live row of a person the caller may see.
pub(in crate::permits) fn find_card_event(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    id: PermitEventId,
) -> Result<CardEventRow> {
    people::visible(tx, person)?;
    cards::live(tx, person, id)
}

/// A page of what happened to the card of a permit, first day first.
pub(in crate::permits) fn events_of(
    tx: &mut ReadTx<'_>,
    (person, permit): (PersonId, PermitId),
    as_of: Instant,
    after: Option<&(NaiveDate, PermitEventId)>,
    limit: usize,
) -> Result<Viewed<Vec<CardEventRow>>> {
    super::find(tx, person, permit)?;
    let rows = cards::of_permit(tx, (person, permit), as_of, after, limit)?;
    tx.viewed(&Event::about(Action::CardEventsViewed, person).with(json!({ "permit": permit })), rows)
}
