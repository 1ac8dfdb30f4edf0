//! Must a foreigner register at the place of stay, by when, and was it done?

use chrono::NaiveDate;

use super::Record;
use super::deadlines::{ENTRY, is_held};
use crate::addresses::AddressKind;
use crate::db::text_enum;
use crate::id::AddressId;
use crate::law::{self, DeadlineError, DeadlineResult, EventTime, Pack, Status};
use crate::presence::Stay;

/// Id of the term to register after an entry.
pub(super) const REGISTRATION: &str = "stay.registration";
/// Id of the term to register after a move.
pub(super) const ADDRESS_CHANGE: &str = "stay.address_change";
/// Kind of the event that a move is.
const MOVED: &str = "arrival_at_new_address";

text_enum! {
    /// Why there is a duty, or none.
    pub(in crate::eligibility) enum DutyReason {
        /// A stay that lasts longer than the term.
        Stay = "stay",
        /// A move to another place of stay.
        Moved = "moved",
        /// A citizen: nothing of this applies.
        Citizen = "citizen",
        /// A status whose card is the registration.
        HoldsStatus = "holds_status",
        /// The person is abroad.
        NotInCountry = "not_in_country",
        /// Nothing on record says since when the person is here.
        NoEntryOnRecord = "no_entry_on_record",
        /// The person left before the term was over.
        LeftInTime = "left_in_time",
        /// The law of that day has no such term.
        NoRule = "no_rule",
    }
}

text_enum! {
    /// Where the duty stands.
    pub(in crate::eligibility) enum DutyState {
        /// There is none.
        None = "none",
        /// There is one, and time is left.
        Due = "due",
        /// There is one, and the term is over.
        Overdue = "overdue",
        /// It was met.
        Met = "met",
    }
}

/// The duty to register.
#[derive(Clone, Debug)]
pub(in crate::eligibility) struct Duty {
    /// Why there is one, or none.
    pub(in crate::eligibility) reason: DutyReason,
    /// Where it stands.
    pub(in crate::eligibility) state: DutyState,
    /// The arrival from which it counts.
    pub(in crate::eligibility) since: Option<NaiveDate>,
    /// When it is due, and how that was counted.
    pub(in crate::eligibility) term: Option<DeadlineResult>,
    /// The registration that met it, and its day.
    pub(in crate::eligibility) met: Option<(AddressId, NaiveDate)>,
}

impl Duty {
    fn none(reason: DutyReason, since: Option<NaiveDate>) -> Self {
        Self { reason, state: DutyState::None, since, term: None, met: None }
    }
}

/// The first day of a stay on which a registration stands. One at a place of stay belongs to the stay in which it was made; one at a place of
/// residence outlasts trips.
pub(super) fn met_after_entry(record: &Record, entry: NaiveDate) -> Option<(AddressId, NaiveDate)> {
    let met = record.registrations.iter().filter_map(|(kind, dwelt)| match kind {
        AddressKind::Stay => (dwelt.from >= entry).then_some((dwelt.id, dwelt.from)),
        AddressKind::Residence => dwelt.to.is_none_or(|to| to >= entry).then_some((dwelt.id, dwelt.from.max(entry))),
    });
    met.min_by_key(|(_, day)| *day)
}

/// The first registration after a move.
pub(super) fn met_after_move(record: &Record, moved: NaiveDate) -> Option<(AddressId, NaiveDate)> {
    let later = record.registrations.iter().filter(|(_, dwelt)| dwelt.from >= moved);
    later.map(|(_, dwelt)| (dwelt.id, dwelt.from)).min_by_key(|(_, day)| *day)
}

/// The duty on a day, under the law of the arrival's day or of `law_at`. A duty that is not met comes before one that is, an earlier one before a
/// later one.
pub(in crate::eligibility) fn duty(
    pack: &Pack,
    record: &Record,
    on: NaiveDate,
    law_at: Option<NaiveDate>,
    citizen: bool,
) -> Result<Duty, DeadlineError> {
    if citizen {
        return Ok(Duty::none(DutyReason::Citizen, None));
    }
    let presence = &record.presence;
    let Some(stay) = presence.stays.iter().find(|stay| stay.entry <= on && stay.exit.is_none_or(|exit| exit > on))
    else {
        let left = presence.trips.iter().any(|trip| trip.exit <= on && trip.entry.is_none_or(|entry| entry > on));
        let reason = if left { DutyReason::NotInCountry } else { DutyReason::NoEntryOnRecord };
        return Ok(Duty::none(reason, None));
    };
    let asked = Asked { pack, record, stay, on, law_at };
    let entry = asked.after(ENTRY, REGISTRATION, stay.entry, met_after_entry(record, stay.entry))?;
    if !matches!(entry.state, DutyState::Met) {
        return Ok(entry);
    }
    let moves = record.events.iter().filter(|event| event.kind == MOVED && (stay.entry..=on).contains(&event.on));
    let mut last = entry;
    for moved in moves {
        let duty = asked.after(MOVED, ADDRESS_CHANGE, moved.on, met_after_move(record, moved.on))?;
        if matches!(duty.state, DutyState::Due | DutyState::Overdue) {
            return Ok(duty);
        }
        if matches!(duty.state, DutyState::Met) {
            last = duty;
        }
    }
    Ok(last)
}

/// What a duty is asked about.
struct Asked<'a> {
    pack: &'a Pack,
    record: &'a Record,
    stay: &'a Stay,
    on: NaiveDate,
    law_at: Option<NaiveDate>,
}

impl Asked<'_> {
    /// The duty that an arrival starts.
    fn after(
        &self,
        event: &str,
        term: &str,
        since: NaiveDate,
        met: Option<(AddressId, NaiveDate)>,
    ) -> Result<Duty, DeadlineError> {
        let none = |reason| Ok(Duty::none(reason, Some(since)));
        let found = self.pack.deadline(term).and_then(|found| found.on(self.law_at.unwrap_or(since)));
        let Some(version) = found.filter(|version| *version.rule.event() == *event) else {
            return none(DutyReason::NoRule);
        };
        let held = |day: NaiveDate| -> Vec<&Status> {
            self.record.dossier.statuses.iter().filter(|status| is_held(status, day)).collect()
        };
        if !version.rule.runs_beside(&held(since)) || !version.rule.runs_beside(&held(self.on)) {
            return none(DutyReason::HoldsStatus);
        }
        let result = law::deadline(self.pack, term, EventTime::Day(since), &[], self.law_at)?;
        let Some(EventTime::Day(last)) = result.due else { return none(DutyReason::NoRule) };
        let met = met.filter(|(_, day)| *day <= self.on);
        if met.is_none() && self.stay.exit.is_some_and(|exit| exit <= last) {
            return none(DutyReason::LeftInTime);
        }
        let state = match met {
            Some(_) => DutyState::Met,
            None if last < self.on => DutyState::Overdue,
            None => DutyState::Due,
        };
        let reason = if event == ENTRY { DutyReason::Stay } else { DutyReason::Moved };
        Ok(Duty { reason, state, since: Some(since), term: Some(result), met })
    }
}
