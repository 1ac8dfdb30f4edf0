//! Does a registration stand on a day? One at a place of stay ends by itself.

use chrono::NaiveDate;

use super::Record;
use super::deadlines::is_held;
use super::duty::REGISTRATION;
use crate::addresses::{Address, AddressKind};
use crate::db::text_enum;
use crate::law::{self, DeadlineError, EventTime, FactDate, Names, Pack, Status, Value};

/// Id of the term at whose end a stay without a visa is over.
const VISA_FREE_END: &str = "stay.visa_free_end";
/// The parameter that says whether a registration at a place of stay ends with the stay.
const ENDS_WITH_STAY: &str = "stay.registration_ends_with_stay";
/// Statuses that say until when a stay may last.
const STAYS: &[&str] = &["visa_stay", "visa_free_stay", "stay_extension"];

text_enum! {
    /// Where a registration stands on a day.
    pub(in crate::eligibility) enum RegistrationState {
        /// It has not begun.
        NotYet = "not_yet",
        /// It stands.
        Standing = "standing",
        /// Its last day is past.
        Ended = "ended",
        /// The stay it was for may last no longer.
        Lapsed = "lapsed",
        /// The person left the country.
        Departed = "departed",
    }
}

/// Where a registration stands on a day, and why.
#[derive(Clone, Debug)]
pub(in crate::eligibility) struct Standing {
    /// Where it stands.
    pub(in crate::eligibility) state: RegistrationState,
    /// The last day on which it stood.
    pub(in crate::eligibility) last_day: Option<NaiveDate>,
    /// Is the day certainly one of its days? Only a registration that stands can be certain.
    pub(in crate::eligibility) certain: bool,
    /// What says so, if it ended by law.
    pub(in crate::eligibility) source: Names,
}

/// Where a registration stands on a day: what ended it first counts.
pub(in crate::eligibility) fn standing(
    pack: &Pack,
    record: &Record,
    address: &Address,
    on: NaiveDate,
    law_at: Option<NaiveDate>,
) -> Result<Standing, DeadlineError> {
    let plain = |state| Standing { state, last_day: None, certain: false, source: Names::default() };
    if address.valid_from.earliest().is_some_and(|first| on < first) {
        return Ok(plain(RegistrationState::NotYet));
    }
    let mut ends = Vec::new();
    if let Some(last) = address.valid_to.as_ref().and_then(crate::calendar::partial::PartialDate::latest) {
        ends.push((last, RegistrationState::Ended, Names::default()));
    }
    let rule = pack.parameter_version(ENDS_WITH_STAY, law_at.unwrap_or(on));
    if let (AddressKind::Stay, Some(rule)) = (address.kind, rule.filter(|rule| rule.rule == Value::Boolean(true))) {
        let from = address.valid_from.latest().or(address.valid_from.earliest()).unwrap_or(NaiveDate::MIN);
        let exit = record.presence.trips.iter().map(|trip| trip.exit).find(|exit| *exit >= from);
        ends.extend(exit.map(|exit| (exit, RegistrationState::Departed, rule.source.clone())));
        if !covered(pack, record, on, law_at)
            && let Some((last, source)) = stay_ends(pack, record, from, law_at)?
        {
            ends.push((last, RegistrationState::Lapsed, source.unwrap_or_else(|| rule.source.clone())));
        }
    }
    let first = ends.into_iter().filter(|(last, ..)| *last < on).min_by_key(|(last, ..)| *last);
    if let Some((last, state, source)) = first {
        return Ok(Standing { state, last_day: Some(last), certain: false, source });
    }
    let certain = address.certain_days().is_some_and(|(from, to)| from <= on && to.is_none_or(|last| on <= last));
    Ok(Standing { certain, ..plain(RegistrationState::Standing) })
}

/// Does the person hold a status beside which nobody registers a stay: a permit, whose card is the registration?
fn covered(pack: &Pack, record: &Record, on: NaiveDate, law_at: Option<NaiveDate>) -> bool {
    let held: Vec<&Status> = record.dossier.statuses.iter().filter(|status| is_held(status, on)).collect();
    let term = pack.deadline(REGISTRATION).and_then(|term| term.on(law_at.unwrap_or(on)));
    term.is_some_and(|version| !version.rule.runs_beside(&held))
}

/// The last day of the stay in which a registration was made, and the source where it is a term of the law; none if nothing says it.
fn stay_ends(
    pack: &Pack,
    record: &Record,
    from: NaiveDate,
    law_at: Option<NaiveDate>,
) -> Result<Option<(NaiveDate, Option<Names>)>, DeadlineError> {
    if let Some(last) = prolonged(record, from, None) {
        return Ok(Some((last, None)));
    }
    let in_it = |stay: &&crate::presence::Stay| stay.entry <= from && stay.exit.is_none_or(|exit| from <= exit);
    let Some(stay) = record.presence.stays.iter().find(in_it) else { return Ok(None) };
    if pack.deadline(VISA_FREE_END).is_none() {
        return Ok(None);
    }
    let term = law::deadline(pack, VISA_FREE_END, EventTime::Day(stay.entry), &[], law_at)?;
    let Some(EventTime::Day(last)) = term.due else { return Ok(None) };
    Ok(Some(match prolonged(record, from, Some(last)) {
        Some(later) => (later, None),
        None => (last, Some(term.source)),
    }))
}

/// The last day of the visas and extensions that join on to each other: the first one holds on the day `from`, or joins on to the day `after`.
fn prolonged(record: &Record, from: NaiveDate, after: Option<NaiveDate>) -> Option<NaiveDate> {
    let mut last = after;
    for status in record.dossier.statuses.iter().filter(|status| STAYS.contains(&status.kind.as_str())) {
        let joins = last.map_or(from, |last| last.succ_opt().unwrap_or(last));
        let end = status.to.map_or(NaiveDate::MAX, FactDate::latest);
        if status.from.earliest() <= joins && end >= joins {
            last = Some(end);
        }
    }
    last.filter(|last| after.is_none_or(|after| *last > after))
}
