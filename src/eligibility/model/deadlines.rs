//! Which terms run for a person: from recorded events, from the entry that began the present stay, and back from the end of permits in force.

use chrono::NaiveDate;

use super::{Record, duty};
use crate::addresses;
use crate::law::{self, DeadlineError, DeadlineResult, EventTime, Pack, Status};

/// Kind of the event at which a stay begins.
pub(super) const ENTRY: &str = "entry";
/// Kind of the event at which a status ends.
pub(super) const STATUS_END: &str = "status_end";
/// Kind of the event that a host's withdrawn consent is.
const DWELLING_LOST: &str = "dwelling_consent_withdrawn";

/// A term that runs.
#[derive(Clone, Debug)]
pub(in crate::eligibility) struct Due {
    /// Kind of the event.
    pub(in crate::eligibility) event: String,
    /// Its day.
    pub(in crate::eligibility) event_on: NaiveDate,
    /// The status whose end the term counts back from.
    pub(in crate::eligibility) status: Option<String>,
    /// When it is due, and how that was counted.
    pub(in crate::eligibility) result: DeadlineResult,
    /// Working days after the day of the question up to and including the due day; none for terms in hours and terms that are over or met.
    pub(in crate::eligibility) working_days_left: Option<u32>,
    /// The day on which what is due was done, as far as the record shows that.
    pub(in crate::eligibility) met_on: Option<NaiveDate>,
    /// Is it over, and nothing shows that it was done?
    pub(in crate::eligibility) overdue: bool,
}

/// An event as terms see it.
struct Start<'a> {
    kind: &'a str,
    on: NaiveDate,
    at: EventTime,
    ended: Option<&'a Status>,
}

/// The terms that run on a day, soonest first. For citizens only those that recorded events start: no entry and no permit binds them.
pub(in crate::eligibility) fn deadlines(
    pack: &Pack,
    record: &Record,
    on: NaiveDate,
    law_at: Option<NaiveDate>,
    citizen: bool,
) -> Result<Vec<Due>, DeadlineError> {
    let mut found = Vec::new();
    for start in starts(record, on, citizen) {
        let held: Vec<&Status> = record.dossier.statuses.iter().filter(|status| is_held(status, start.on)).collect();
        for term in pack.deadlines() {
            let Some(version) = term.on(law_at.unwrap_or(start.on)) else { continue };
            let rule = &version.rule;
            let concerns = match start.ended {
                Some(status) => rule.concerns(status),
                None => rule.runs_beside(&held),
            };
            if *rule.event() != *start.kind || !concerns {
                continue;
            }
            match law::deadline(pack, term.id(), start.at, &[], law_at) {
                Ok(result) => found.extend(due(pack, record, &start, result, on)),
                // The record knows the day, not the hour: there is nothing to count.
                Err(DeadlineError::NeedsInstant(_)) => {}
                Err(error) => return Err(error),
            }
        }
    }
    found.sort_by(|a: &Due, b| (day(a), &a.result.deadline).cmp(&(day(b), &b.result.deadline)));
    Ok(found)
}

fn starts<'a>(record: &'a Record, on: NaiveDate, citizen: bool) -> Vec<Start<'a>> {
    let recorded = record.events.iter().filter(|event| event.on <= on).map(|event| Start {
        kind: &event.kind,
        on: event.on,
        at: event.at.map_or(EventTime::Day(event.on), |at| EventTime::Instant(at.utc())),
        ended: None,
    });
    let mut starts: Vec<Start<'a>> = recorded.collect();
    if citizen {
        return starts;
    }
    // Whoever left again before a term was over has no duty any more: only the stay that lasts on that day starts terms.
    let stay = record.presence.stays.iter().find(|stay| stay.entry <= on && stay.exit.is_none_or(|exit| exit > on));
    starts.extend(stay.map(|stay| Start { kind: ENTRY, on: stay.entry, at: EventTime::Day(stay.entry), ended: None }));
    starts.extend(record.dossier.statuses.iter().filter(|status| is_held(status, on)).filter_map(|status| {
        let end = status.to?.latest();
        Some(Start { kind: STATUS_END, on: end, at: EventTime::Day(end), ended: Some(status) })
    }));
    starts
}

/// Is a status held on a day, as far as its days can say?
pub(super) fn is_held(status: &Status, on: NaiveDate) -> bool {
    status.from.earliest() <= on && status.to.is_none_or(|to| on <= to.latest())
}

/// The day on which the record shows that what a term is for was done. Of most terms it shows nothing.
fn met_on(record: &Record, term: &str, start: &Start<'_>) -> Option<NaiveDate> {
    match (start.kind, term) {
        (DWELLING_LOST, _) => {
            let dwelt: Vec<_> = record.registrations.iter().map(|(_, dwelt)| dwelt.clone()).collect();
            addresses::cured_on(start.on, None, &dwelt, &record.consents)
        }
        (ENTRY, duty::REGISTRATION) => duty::met_after_entry(record, start.on).map(|(_, day)| day),
        (_, duty::ADDRESS_CHANGE) => duty::met_after_move(record, start.on).map(|(_, day)| day),
        _ => None,
    }
}

fn due(pack: &Pack, record: &Record, start: &Start<'_>, result: DeadlineResult, on: NaiveDate) -> Option<Due> {
    let last = match result.due? {
        EventTime::Day(day) => day,
        EventTime::Instant(instant) => instant.with_timezone(&pack.zone()).date_naive(),
    };
    let in_days = matches!(result.due, Some(EventTime::Day(_)));
    let met_on = met_on(record, &result.deadline, start).filter(|day| *day <= on);
    let left = (in_days && last >= on && met_on.is_none()).then(|| law::working_days_between(pack, on, last).value);
    Some(Due {
        event: start.kind.to_owned(),
        event_on: start.on,
        status: start.ended.map(|status| status.kind.clone()),
        result,
        working_days_left: left,
        met_on,
        overdue: last < on && met_on.is_none(),
    })
}

fn day(due: &Due) -> Option<NaiveDate> {
    match due.result.due? {
        EventTime::Day(day) => Some(day),
        EventTime::Instant(instant) => Some(instant.date_naive()),
    }
}
