//! The office's own term: when it began, when it ends, how long it stood still, and what silence means. Computed from the moves whenever it is
//! asked for; the day it ends also stands in the case, because queues sort by it.

use chrono::NaiveDate;

use crate::cases::model::{Event, NO_DUE, catalogue, pauses};
use crate::cases::store::files::{CaseRow, EventRow};
use crate::error::{Error, Result};
use crate::law::{self, DeadlineResult, EventTime, Language, Pack};

/// The office's term.
#[derive(Clone, Debug)]
pub(in crate::cases) struct Clock {
    /// How the day is counted; none where the law pack has no such term.
    pub(in crate::cases) counted: Option<DeadlineResult>,
    /// The last day; none while it stands still and where there is none.
    pub(in crate::cases) due: Option<NaiveDate>,
    /// The days on which it stood still.
    pub(in crate::cases) pauses: Vec<(NaiveDate, Option<NaiveDate>)>,
    /// Days of the pauses that are over.
    pub(in crate::cases) paused_days: i64,
}

/// Another authority's opinion.
#[derive(Clone, Debug)]
pub(in crate::cases) struct Opinion {
    pub(in crate::cases) requested_on: NaiveDate,
    pub(in crate::cases) counted: DeadlineResult,
    pub(in crate::cases) due: Option<NaiveDate>,
    pub(in crate::cases) received_on: Option<NaiveDate>,
    /// The day after which silence means that there is no objection, if it has passed in silence.
    pub(in crate::cases) silent_since: Option<NaiveDate>,
}

/// The last day of a counted term.
pub(in crate::cases) fn last_day(pack: &Pack, counted: &DeadlineResult) -> Option<NaiveDate> {
    match counted.due? {
        EventTime::Day(day) => Some(day),
        EventTime::Instant(instant) => Some(instant.with_timezone(&pack.zone()).date_naive()),
    }
}

/// Counts a term of the pack from a day.
pub(in crate::cases) fn term(
    pack: &Pack,
    id: &str,
    from: NaiveDate,
    pauses: &[(NaiveDate, NaiveDate)],
    language: Language,
) -> Result<DeadlineResult> {
    let mut counted = law::deadline(pack, id, EventTime::Day(from), pauses, None).map_err(Error::internal)?;
    counted.tell_in(language);
    Ok(counted)
}

/// The office's term of a case, by what moved it.
pub(in crate::cases) fn clock(pack: &Pack, row: &CaseRow, events: &[EventRow], language: Language) -> Result<Clock> {
    let since = events.iter().rposition(|row| row.event().is_some_and(Event::restarts)).unwrap_or(0);
    let moves: Vec<(Event, NaiveDate)> =
        events.iter().skip(since).filter_map(|row| Some((row.event()?, row.happened_on))).collect();
    let pauses = pauses(&moves);
    let over: Vec<(NaiveDate, NaiveDate)> = pauses.iter().filter_map(|(from, to)| Some((*from, (*to)?))).collect();
    let paused_days = over.iter().map(|(from, to)| (*to - *from).num_days().saturating_add(1)).sum();
    let stands_still = pauses.last().is_some_and(|(_, to)| to.is_none());
    let counted = match &row.term {
        Some(id) => Some(term(pack, id, row.clock_from, &over, language)?),
        None => None,
    };
    let due = counted.as_ref().and_then(|counted| last_day(pack, counted));
    // An extension is to a day of its own.
    let due = row.extended_to.map_or(due, |to| Some(due.map_or(to, |due| due.max(to))));
    Ok(Clock { counted, due: due.filter(|_| !stands_still), pauses, paused_days })
}

/// The day that queues sort a case by.
pub(in crate::cases) fn queue_day(clock: &Clock) -> NaiveDate {
    clock.due.unwrap_or(NO_DUE)
}

/// The opinion that was asked for last, if one was. Silence is consent from the day after the term ended (Migration Code 47.7, 54.7, 67.6).
pub(in crate::cases) fn opinion(
    pack: &Pack,
    row: &CaseRow,
    events: &[EventRow],
    today: NaiveDate,
    language: Language,
) -> Result<Option<Opinion>> {
    let Some(id) = &catalogue()?.kind(row.kind)?.opinion else { return Ok(None) };
    let Some(at) = events.iter().rposition(|row| row.event() == Some(Event::RequestOpinion)) else { return Ok(None) };
    let Some(requested_on) = events.get(at).map(|row| row.happened_on) else { return Ok(None) };
    let received = events.iter().skip(at).find(|row| row.event() == Some(Event::ReceiveOpinion));
    let received_on = received.map(|row| row.happened_on);
    let counted = term(pack, id, requested_on, &[], language)?;
    let due = last_day(pack, &counted);
    let silent_since = match (received_on, due) {
        (None, Some(due)) if due < today => due.succ_opt(),
        _ => None,
    };
    Ok(Some(Opinion { requested_on, counted, due, received_on, silent_since }))
}
