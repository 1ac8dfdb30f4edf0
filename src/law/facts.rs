//! A dossier made definite: every date a number, every uncertainty decided one way (engine contract, sections 2 and 6).

use std::cell::OnceCell;
use std::rc::Rc;

use super::days::{self, Block, Day, DaySet, FAR, Spans};
use super::dossier::{Dossier, FactDate, FactValue, Level};
use super::limit::{CountedDays, DayCount, Trip};
use super::name::Mentioned;
use super::status::Covered;

/// Which way uncertain facts are decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Favourable,
    Unfavourable,
}

/// A fact of a dossier that is not certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Uncertain<'d> {
    StatusFrom(usize),
    StatusTo(usize),
    Exit(usize),
    Entry(usize),
    Presence(usize),
    EvidenceFrom(usize),
    EvidenceTo(usize),
    Birth,
    Fact(&'d str),
}

/// How each uncertain fact is decided.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Choice<'d> {
    pub(crate) absences: Side,
    pub(crate) others: Side,
    /// One fact decided by itself, to see what hangs on it.
    pub(crate) decided: Option<(Uncertain<'d>, Side)>,
}

impl Choice<'_> {
    pub(crate) const fn all(side: Side) -> Self {
        Self { absences: side, others: side, decided: None }
    }

    /// Watches warn: absences unfavourably, everything else favourably.
    pub(crate) const WARNING: Self = Self { absences: Side::Unfavourable, others: Side::Favourable, decided: None };

    pub(crate) fn of(&self, fact: Uncertain<'_>) -> Side {
        match self.decided {
            Some((decided, side)) if decided == fact => side,
            _ => match fact {
                Uncertain::Exit(_) | Uncertain::Entry(_) | Uncertain::Presence(_) => self.absences,
                _ => self.others,
            },
        }
    }

    /// The first possible day if the fact is decided `early`, else the last.
    fn day(&self, date: FactDate, fact: Uncertain<'_>, early: Side) -> Day {
        if date.is_exact() || self.of(fact) == early { date.first() } else { date.last() }
    }
}

/// A status as it is taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held<'d> {
    pub(crate) kind: &'d str,
    pub(crate) ground: Option<&'d str>,
    pub(crate) sponsor_ground: Option<&'d str>,
    pub(crate) days: Block,
    /// The last day by the record, if the status is assumed to go on after it.
    pub(crate) renewed_after: Option<Day>,
}

/// A proof as it is taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Proof<'d> {
    pub(crate) kind: &'d str,
    pub(crate) level: Option<Level>,
    pub(crate) days: Block,
}

/// The dates of a dossier under one choice.
#[derive(Debug)]
pub(crate) struct Dates<'d> {
    pub(crate) statuses: Vec<Held<'d>>,
    pub(crate) evidence: Vec<Proof<'d>>,
    /// Birth dates for a least and for a greatest age.
    pub(crate) birth: Option<(Day, Day)>,
    trips: Vec<(Day, Day)>,
    unknown: Vec<Block>,
    absent: [OnceCell<CountedDays>; 4],
    covered: Vec<OnceCell<DaySet>>,
    /// Names that steps of a trace share.
    pub(crate) mentioned: Mentioned,
}

/// How far the records go and what is assumed after them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Records {
    pub(crate) through: Day,
    pub(crate) renewal: bool,
}

impl<'d> Dates<'d> {
    /// `slots`: the number of different status rules of the pack, whose covered days are kept once found.
    pub(crate) fn new(dossier: &'d Dossier, choice: Choice<'_>, records: Records, slots: usize) -> Self {
        let (early, late) = (Side::Favourable, Side::Unfavourable);
        let statuses = dossier.statuses.iter().enumerate().map(|(i, status)| {
            let from = choice.day(status.from, Uncertain::StatusFrom(i), early);
            let to = status.to.map_or(FAR, |to| choice.day(to, Uncertain::StatusTo(i), late));
            let goes_on = records.renewal && to < FAR && Block::new(from, to).contains(records.through);
            Held {
                kind: &status.kind,
                ground: status.ground.as_deref(),
                sponsor_ground: status.sponsor_ground.as_deref(),
                days: Block::new(from, if goes_on { FAR } else { to }),
                renewed_after: goes_on.then_some(to),
            }
        });
        let evidence = dossier.evidence.iter().enumerate().map(|(i, item)| {
            let from = choice.day(item.from, Uncertain::EvidenceFrom(i), early);
            let to = item.to.map_or(FAR, |to| choice.day(to, Uncertain::EvidenceTo(i), late));
            Proof { kind: &item.kind, level: item.level, days: Block::new(from, to) }
        });
        let trips = dossier.absences.iter().enumerate().filter_map(|(i, trip)| {
            let exit = choice.day(trip.exit, Uncertain::Exit(i), late);
            let entry = trip.entry.map_or(FAR, |entry| choice.day(entry, Uncertain::Entry(i), early));
            let certain = trip.exit.is_exact() && trip.entry.is_none_or(FactDate::is_exact);
            (certain || exit < entry).then_some((exit, entry))
        });
        let unknown = dossier.presence_unknown.iter().enumerate().filter_map(|(i, unknown)| {
            let absent = choice.of(Uncertain::Presence(i)) == Side::Unfavourable;
            absent.then(|| Block::new(days::day(unknown.from), days::day(unknown.to)))
        });
        let birth = dossier
            .birth_date
            .map(|birth| (choice.day(birth, Uncertain::Birth, early), choice.day(birth, Uncertain::Birth, late)));
        let mut trips: Vec<_> = trips.collect();
        trips.sort_unstable();
        Self {
            statuses: statuses.collect(),
            evidence: evidence.collect(),
            birth,
            trips,
            unknown: unknown.collect(),
            absent: Default::default(),
            covered: std::iter::repeat_with(OnceCell::new).take(slots).collect(),
            mentioned: Mentioned::default(),
        }
    }

    /// The exit of a trip without return, if there is one.
    pub(crate) fn open_absence(&self) -> Option<Day> {
        self.trips.iter().find(|(_, entry)| *entry == FAR).map(|(exit, _)| *exit)
    }

    /// The absent days by a convention.
    pub(crate) fn absent(&self, convention: DayCount) -> &CountedDays {
        match self.absent.get(convention.slot()) {
            Some(cell) => cell.get_or_init(|| self.count_absent(convention, &self.trips)),
            None => self.absent(DayCount::default()),
        }
    }

    /// The absent days had the person left on `on` for good, or stayed away from a trip that lasts on that day.
    pub(crate) fn absent_from(&self, on: Day, convention: DayCount) -> CountedDays {
        let current = self.trips.iter().find(|(exit, entry)| *exit <= on && on < *entry);
        let exit = current.map_or(on, |(exit, _)| *exit);
        let past = self.trips.iter().filter(|(_, entry)| *entry <= on);
        let trips: Vec<_> = past.copied().chain([(exit, FAR)]).collect();
        self.count_absent(convention, &trips)
    }

    fn count_absent(&self, convention: DayCount, trips: &[(Day, Day)]) -> CountedDays {
        let of_trip = |&(exit, entry): &(Day, Day)| {
            let from = exit + i32::from(!convention.exit_absent);
            let to = if entry == FAR { FAR } else { entry - i32::from(!convention.entry_absent) };
            Trip { exit, entry, days: Block::new(from, to), unrecorded: false }
        };
        // A period without record counts as a trip that is away on every day of it, whatever the convention.
        let of_unknown = |days: &Block| Trip { exit: days.from - 1, entry: days.to + 1, days: *days, unrecorded: true };
        let mut trips: Vec<Trip> = trips
            .iter()
            .map(of_trip)
            .chain(self.unknown.iter().map(of_unknown))
            .filter(|trip| !trip.days.is_empty())
            .collect();
        trips.sort_unstable_by_key(|trip| trip.days);
        let set = Spans::union_of(trips.iter().map(|trip| trip.days));
        CountedDays { set: set.into(), trips }
    }

    /// The days covered by statuses that match.
    pub(crate) fn covered(&self, rule: &Covered) -> &DaySet {
        static NONE: std::sync::OnceLock<DaySet> = std::sync::OnceLock::new();
        match self.covered.get(rule.slot) {
            Some(cell) => cell.get_or_init(|| rule.days(&self.statuses).into()),
            None => NONE.get_or_init(DaySet::default),
        }
    }
}

/// The facts of a dossier under both choices. The second is absent where no date is uncertain: both are then the same.
#[derive(Debug)]
pub(crate) struct Facts<'d> {
    pub(crate) dossier: &'d Dossier,
    pub(crate) favourable: Rc<Dates<'d>>,
    pub(crate) unfavourable: Option<Rc<Dates<'d>>>,
    pub(crate) records: Records,
    /// One fact decided by itself, to see what hangs on it.
    decided: Option<(Uncertain<'d>, Side)>,
}

impl<'d> Facts<'d> {
    pub(crate) fn new(dossier: &'d Dossier, records: Records, slots: usize) -> Self {
        Self::decide(dossier, records, slots, None)
    }

    fn decide(dossier: &'d Dossier, records: Records, slots: usize, decided: Option<(Uncertain<'d>, Side)>) -> Self {
        let dates = |side| Rc::new(Dates::new(dossier, Choice { decided, ..Choice::all(side) }, records, slots));
        Self {
            dossier,
            favourable: dates(Side::Favourable),
            unfavourable: (!uncertain_dates(dossier).is_empty()).then(|| dates(Side::Unfavourable)),
            records,
            decided,
        }
    }

    /// The same facts with an uncertain one decided by itself.
    pub(crate) fn with_decided(&self, fact: Uncertain<'d>, side: Side, slots: usize) -> Self {
        let decided = Some((fact, side));
        if self.is_date(fact) {
            return Self::decide(self.dossier, self.records, slots, decided);
        }
        // What the dossier does not say at all has no place among its dates.
        let (favourable, unfavourable) = (Rc::clone(&self.favourable), self.unfavourable.clone());
        Self { dossier: self.dossier, favourable, unfavourable, records: self.records, decided }
    }

    fn is_date(&self, fact: Uncertain<'_>) -> bool {
        match fact {
            Uncertain::Fact(_) => false,
            Uncertain::Birth => self.dossier.birth_date.is_some(),
            _ => true,
        }
    }

    /// One choice only, that of warnings: both sides differ in missing facts alone.
    pub(crate) fn cautious(dossier: &'d Dossier, records: Records, slots: usize) -> Self {
        let favourable = Rc::new(Dates::new(dossier, Choice::WARNING, records, slots));
        Self { dossier, favourable, unfavourable: None, records, decided: None }
    }

    /// Whether a named fact has the required value on each side: (favourable, unfavourable).
    pub(crate) fn fact(&self, name: &str, required: &FactValue) -> (bool, bool) {
        match self.dossier.facts.get(name).and_then(Option::as_ref) {
            Some(value) => (value == required, value == required),
            None => self.missing(Uncertain::Fact(name)),
        }
    }

    /// What stands for something the dossier does not say.
    pub(crate) fn missing(&self, fact: Uncertain<'_>) -> (bool, bool) {
        match self.decided {
            Some((decided, side)) if decided == fact => (side == Side::Favourable, side == Side::Favourable),
            _ => (true, false),
        }
    }
}

/// The uncertain dates and presences of a dossier, in its order.
pub(crate) fn uncertain_dates(dossier: &Dossier) -> Vec<Uncertain<'_>> {
    let open = |date: Option<FactDate>, fact| date.filter(|date| !date.is_exact()).and(Some(fact));
    // One list after the other: most dossiers have nothing to be found in them, and all are looked through.
    let mut found = Vec::new();
    for (i, status) in dossier.statuses.iter().enumerate() {
        found.extend(open(Some(status.from), Uncertain::StatusFrom(i)));
        found.extend(open(status.to, Uncertain::StatusTo(i)));
    }
    for (i, trip) in dossier.absences.iter().enumerate() {
        found.extend(open(Some(trip.exit), Uncertain::Exit(i)));
        found.extend(open(trip.entry, Uncertain::Entry(i)));
    }
    found.extend((0..dossier.presence_unknown.len()).map(Uncertain::Presence));
    for (i, item) in dossier.evidence.iter().enumerate() {
        found.extend(open(Some(item.from), Uncertain::EvidenceFrom(i)));
        found.extend(open(item.to, Uncertain::EvidenceTo(i)));
    }
    found.extend(open(dossier.birth_date, Uncertain::Birth));
    found
}
