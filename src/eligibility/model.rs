//! From the record to what the engine takes.

mod deadlines;
mod duty;
mod standing;
mod renewals;

use chrono::NaiveDate;

pub(super) use self::deadlines::{Due, deadlines};
pub(super) use self::duty::{Duty, DutyReason, DutyState, duty};
pub(super) use self::standing::{RegistrationState, Standing, standing};
use crate::addresses::{AddressKind, Consented, Dwelt};
pub(super) use self::renewals::{Renewal, renewals};
use crate::calendar::partial::PartialDate;
use crate::clock::Instant;
use crate::law::{Absence, Dossier, Evidence, FactDate, FactValue, Level, Status, UnknownPresence};
use crate::presence::{Direction, Presence, derive};

/// One thing the record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The date of birth: there is a file that the caller may know of.
    Person { birth_date: Option<String> },
    /// A nationality.
    Nationality { code: String, from: Option<NaiveDate>, to: Option<NaiveDate> },
    /// A permit or other status.
    Status {
        kind: String,
        ground: Option<String>,
        sponsor_ground: Option<String>,
        from: NaiveDate,
        to: Option<NaiveDate>,
    },
    /// A crossing of the border.
    Crossing { exit: bool, on: NaiveDate },
    /// A stretch of unknown presence.
    Gap { from: NaiveDate, to: NaiveDate },
    /// A proof.
    Evidence { kind: String, level: Option<String>, from: NaiveDate, to: Option<NaiveDate> },
    /// A yes or no.
    Fact { name: String, value: bool },
    /// An event that starts a term.
    Event { kind: String, on: NaiveDate, at: Option<Instant> },
    /// A registration; without days if none is certain.
    Registration { kind: AddressKind, dwelt: Option<Dwelt> },
    /// A host's consent; none: a refusal.
    Consent(Option<Consented>),
}

/// A person's record, ready to be asked.
#[derive(Clone, Debug)]
pub(super) struct Record {
    /// What the engine takes.
    pub(super) dossier: Dossier,
    /// Trips, stays and unknown stretches, derived from the crossings.
    pub(super) presence: Presence,
    /// Events that start terms.
    pub(super) events: Vec<RecordedEvent>,
    /// Nationalities with their days.
    pub(super) nationalities: Vec<(String, Option<NaiveDate>, Option<NaiveDate>)>,
    /// Registrations whose days are certain, with what they are for.
    pub(super) registrations: Vec<(AddressKind, Dwelt)>,
    /// Consents that hosts gave.
    pub(super) consents: Vec<Consented>,
}

/// An event that starts a term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RecordedEvent {
    pub(super) kind: String,
    pub(super) on: NaiveDate,
    pub(super) at: Option<Instant>,
}

impl Record {
    /// Puts the parts together. `known_through` is the last day the record covers.
    pub(super) fn of(id: &str, parts: Vec<Part>, known_through: NaiveDate) -> Self {
        let mut dossier = Dossier { id: id.to_owned(), known_through: Some(known_through), ..Dossier::default() };
        let (mut crossings, mut gaps, mut events, mut nationalities) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut registrations, mut consents) = (Vec::new(), Vec::new());
        for part in parts {
            match part {
                Part::Person { birth_date } => dossier.birth_date = birth_date.as_deref().and_then(fact_date),
                Part::Nationality { code, from, to } => nationalities.push((code, from, to)),
                Part::Status { kind, ground, sponsor_ground, from, to } => {
                    dossier.statuses.push(Status {
                        kind,
                        ground,
                        sponsor_ground,
                        from: from.into(),
                        to: to.map(Into::into),
                    });
                }
                Part::Crossing { exit, on } => {
                    crossings.push((on, if exit { Direction::Exit } else { Direction::Entry }));
                }
                Part::Gap { from, to } => gaps.push((from, to)),
                Part::Evidence { kind, level, from, to } => {
                    let level = level.as_deref().and_then(level_of);
                    dossier.evidence.push(Evidence { kind, level, from: from.into(), to: to.map(Into::into) });
                }
                Part::Fact { name, value } => {
                    dossier.facts.insert(name, Some(FactValue::Boolean(value)));
                }
                Part::Event { kind, on, at } => events.push(RecordedEvent { kind, on, at }),
                Part::Registration { kind, dwelt } => registrations.extend(dwelt.map(|dwelt| (kind, dwelt))),
                Part::Consent(consent) => consents.extend(consent),
            }
        }
        // One statement gives the rows in no order of its own.
        dossier.statuses.sort_by_key(|status| (status.from.earliest(), status.kind.clone()));
        dossier.evidence.sort_by_key(|item| (item.from.earliest(), item.kind.clone()));
        events.sort_by(|a: &RecordedEvent, b| (a.on, &a.kind).cmp(&(b.on, &b.kind)));
        let presence = derive(&crossings, &gaps);
        let absence =
            |trip: &crate::presence::Trip| Absence { exit: trip.exit.into(), entry: trip.entry.map(Into::into) };
        dossier.absences = presence.trips.iter().map(absence).collect();
        dossier.presence_unknown =
            presence.unknown.iter().map(|(from, to)| UnknownPresence { from: *from, to: *to }).collect();
        Self { dossier, presence, events, nationalities, registrations, consents }
    }

    /// Does the person hold a nationality on a day?
    pub(super) fn holds(&self, code: &str, on: NaiveDate) -> bool {
        self.nationalities
            .iter()
            .any(|(held, from, to)| held == code && from.is_none_or(|from| from <= on) && to.is_none_or(|to| on <= to))
    }
}

/// The narrowest day, month or year that covers a partial date; wider ones reach the engine as missing.
fn fact_date(text: &str) -> Option<FactDate> {
    let date: PartialDate = text.parse().ok()?;
    FactDate::try_from(&date).ok()
}

fn level_of(text: &str) -> Option<Level> {
    let levels = [Level::A1, Level::A2, Level::B1, Level::B2, Level::C1, Level::C2];
    ["A1", "A2", "B1", "B2", "C1", "C2"].iter().zip(levels).find(|(name, _)| **name == text).map(|(_, level)| level)
}
