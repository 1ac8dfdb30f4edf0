//! Table `permit_event`.

use chrono::NaiveDate;

use crate::db::facts;
use crate::id::{AccountId, EventId, PermitEventId, PermitId};
use crate::permits::model::{CardEvent, CardEventKind};

facts!(permit_event, CardEventRow, PermitEventId, effective_on: NaiveDate);

/// One version of what happened to a card.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = permit_event, treat_none_as_default_value = false)]
pub(crate) struct CardEventRow {
    pub(in crate::permits) person_id: PersonId,
    pub(in crate::permits) id: PermitEventId,
    pub(in crate::permits) version: i32,
    pub(in crate::permits) permit_id: PermitId,
    pub(in crate::permits) kind: CardEventKind,
    pub(in crate::permits) effective_on: NaiveDate,
    pub(in crate::permits) document_number: Option<String>,
    pub(in crate::permits) legal_event_id: Option<EventId>,
    pub(in crate::permits) withdrawn: bool,
    pub(in crate::permits) recorded_at: Instant,
    pub(in crate::permits) recorded_by: Option<AccountId>,
    pub(in crate::permits) superseded_at: Option<Instant>,
}

impl CardEventRow {
    /// A row for what happened; its version is given when it is stored.
    pub(in crate::permits) fn of(
        tx: &WriteTx<'_>,
        person_id: PersonId,
        event: CardEvent,
        legal_event_id: Option<EventId>,
    ) -> Self {
        let CardEvent { permit, kind, on, document_number } = event;
        Self {
            person_id,
            id: PermitEventId::random(),
            version: 1,
            permit_id: permit,
            kind,
            effective_on: on,
            document_number,
            legal_event_id,
            withdrawn: false,
            recorded_at: tx.now(),
            recorded_by: tx.account(),
            superseded_at: None,
        }
    }
}

/// A page of what happened to the card of one permit, as the record stood at `as_of`.
pub(in crate::permits) fn of_permit(
    tx: &mut ReadTx<'_>,
    (person, permit): (PersonId, PermitId),
    as_of: Instant,
    after: Option<&(NaiveDate, PermitEventId)>,
    limit: usize,
) -> Result<Vec<CardEventRow>> {
    let mut query = permit_event::table
        .filter(permit_event::person_id.eq(person))
        .filter(permit_event::permit_id.eq(permit))
        .filter(permit_event::recorded_at.le(as_of))
        .filter(permit_event::superseded_at.is_null().or(permit_event::superseded_at.gt(as_of)))
        .filter(permit_event::withdrawn.eq(false))
        .order((permit_event::effective_on.asc(), permit_event::id.asc()))
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(CardEventRow::as_select())
        .into_boxed();
    if let Some((on, id)) = after {
        let here = permit_event::effective_on.eq(*on).and(permit_event::id.gt(*id));
        query = query.filter(permit_event::effective_on.gt(*on).or(here));
    }
    Ok(query.load(tx.conn())?)
}
