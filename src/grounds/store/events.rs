//! Table `legal_event`.

use chrono::NaiveDate;

use crate::db::facts;
use crate::grounds::model::Event;
use crate::id::{AccountId, EventId};

facts!(legal_event, EventRow, EventId, happened_on: NaiveDate);

/// One version of an event.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = legal_event, treat_none_as_default_value = false)]
pub(crate) struct EventRow {
    pub(in crate::grounds) person_id: PersonId,
    pub(in crate::grounds) id: EventId,
    pub(in crate::grounds) version: i32,
    pub(in crate::grounds) kind: String,
    pub(in crate::grounds) happened_on: NaiveDate,
    pub(in crate::grounds) happened_at: Option<Instant>,
    pub(in crate::grounds) withdrawn: bool,
    pub(in crate::grounds) recorded_at: Instant,
    pub(in crate::grounds) recorded_by: Option<AccountId>,
    pub(in crate::grounds) superseded_at: Option<Instant>,
}

impl EventRow {
    /// A row for an event; its version is given when it is stored.
    pub(in crate::grounds) fn of(tx: &WriteTx<'_>, person_id: PersonId, id: EventId, event: Event) -> Self {
        let Event { kind, happened_on, happened_at } = event;
        Self {
            person_id,
            id,
            version: 1,
            kind,
            happened_on,
            happened_at,
            withdrawn: false,
            recorded_at: tx.now(),
            recorded_by: tx.account(),
            superseded_at: None,
        }
    }

    /// The event.
    pub(in crate::grounds) fn event(&self) -> Event {
        let Self { happened_on, happened_at, .. } = *self;
        Event { kind: self.kind.clone(), happened_on, happened_at }
    }
}

/// The live event of a kind on a day.
pub(in crate::grounds) fn on_day(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    kind: &str,
    on: NaiveDate,
) -> Result<Option<EventId>> {
    Ok(legal_event::table
        .filter(legal_event::person_id.eq(person))
        .filter(legal_event::superseded_at.is_null())
        .filter(legal_event::withdrawn.eq(false))
        .filter(legal_event::kind.eq(kind))
        .filter(legal_event::happened_on.eq(on))
        .select(legal_event::id)
        .first(tx.conn())
        .optional()?)
}

/// Kinds and days of all events as the record stood at `as_of`, in order.
pub(in crate::grounds) fn all(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    as_of: Instant,
) -> Result<Vec<(String, NaiveDate)>> {
    Ok(legal_event::table
        .filter(legal_event::person_id.eq(person))
        .filter(legal_event::recorded_at.le(as_of))
        .filter(legal_event::superseded_at.is_null().or(legal_event::superseded_at.gt(as_of)))
        .filter(legal_event::withdrawn.eq(false))
        .order((legal_event::happened_on, legal_event::id))
        .select((legal_event::kind, legal_event::happened_on))
        .load(tx.conn())?)
}
