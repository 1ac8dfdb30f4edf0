//! A dossier laid out day by day, with every uncertain fact decided one way (engine contract, sections 2 and 6).

use std::cell::OnceCell;

use super::days::{Day, day};
use super::model::{Convention, Date, Fact, Person, Selector};

/// How uncertain facts are decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Favourable,
    Unfavourable,
    /// As watches take them: absences unfavourably, everything else favourably.
    Warning,
}

/// A fact that is not certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    StatusFrom(usize),
    StatusTo(usize),
    Exit(usize),
    Entry(usize),
    Presence(usize),
    ProofFrom(usize),
    ProofTo(usize),
    Birth,
    Fact(&'static str),
}

impl Doubt {
    /// Everything about a person that is not certain.
    pub(super) fn all(person: &Person) -> Vec<Self> {
        let open = |date: Option<Date>| date.is_some_and(|date| !date.is_exact());
        let mut all = Vec::new();
        let mut add = |doubt, uncertain: bool| all.extend(uncertain.then_some(doubt));
        for (i, one) in person.statuses.iter().enumerate() {
            add(Self::StatusFrom(i), open(Some(one.from)));
            add(Self::StatusTo(i), open(one.to));
        }
        for (i, (exit, entry)) in person.trips.iter().enumerate() {
            add(Self::Exit(i), open(Some(*exit)));
            add(Self::Entry(i), open(*entry));
        }
        for i in 0..person.unknown.len() {
            add(Self::Presence(i), true);
        }
        for (i, one) in person.evidence.iter().enumerate() {
            add(Self::ProofFrom(i), open(Some(one.from)));
            add(Self::ProofTo(i), open(one.to));
        }
        add(Self::Birth, person.birth.is_none_or(|birth| !birth.is_exact()));
        for (name, value) in &person.facts {
            add(Self::Fact(name), matches!(value, Fact::Missing | Fact::Null));
        }
        all
    }

    /// Where the dossier says it, or does not.
    pub(super) fn pointer(self) -> String {
        match self {
            Self::StatusFrom(i) => format!("/statuses/{i}/from"),
            Self::StatusTo(i) => format!("/statuses/{i}/to"),
            Self::Exit(i) => format!("/absences/{i}/exit"),
            Self::Entry(i) => format!("/absences/{i}/entry"),
            Self::Presence(i) => format!("/presence_unknown/{i}"),
            Self::ProofFrom(i) => format!("/evidence/{i}/from"),
            Self::ProofTo(i) => format!("/evidence/{i}/to"),
            Self::Birth => "/birth_date".to_owned(),
            Self::Fact(name) => format!("/facts/{name}"),
        }
    }
}

/// A trip out of the country, or a period without record taken as one: its absent days are between exit and entry.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trip {
    pub(super) exit: Day,
    /// `None`: not yet back.
    pub(super) entry: Option<Day>,
    /// A period without record is absent on every day of it, whatever the convention.
    unknown: bool,
}

impl Trip {
    pub(super) const fn new(exit: Day, entry: Option<Day>) -> Self {
        Self { exit, entry, unknown: false }
    }

    /// Not a period without record.
    pub(super) const fn is_trip(&self) -> bool {
        !self.unknown
    }

    pub(super) fn is_absent(&self, on: Day, (exit_absent, entry_absent): Convention) -> bool {
        if self.unknown {
            return on > self.exit && self.entry.is_some_and(|entry| on < entry);
        }
        match self.entry {
            Some(entry) if entry == self.exit => on == entry && exit_absent && entry_absent,
            Some(entry) => {
                (self.exit < on && on < entry)
                    || (on == self.exit && exit_absent && self.exit < entry)
                    || (on == entry && entry_absent && self.exit < entry)
            }
            None => on > self.exit || (on == self.exit && exit_absent),
        }
    }
}

/// Which way each uncertain fact turns out.
#[derive(Clone, Copy, Debug)]
struct Decide {
    side: Side,
    /// One of them decided by itself: whether it turns out well.
    alone: Option<(Doubt, bool)>,
}

impl Decide {
    fn well(self, doubt: Doubt) -> bool {
        match (self.alone, self.side) {
            (Some((alone, well)), _) if alone == doubt => well,
            (_, Side::Warning) => !matches!(doubt, Doubt::Exit(_) | Doubt::Entry(_) | Doubt::Presence(_)),
            (_, side) => side == Side::Favourable,
        }
    }

    /// The first possible day if it turns out well.
    fn early(self, date: Date, doubt: Doubt) -> Day {
        if self.well(doubt) { date.first() } else { date.last() }
    }

    /// The last possible day if it turns out well.
    fn late(self, date: Date, doubt: Doubt) -> Day {
        if self.well(doubt) { date.last() } else { date.first() }
    }
}

/// The facts on one side, for the days `[first, last]`.
pub(super) struct Facts<'p> {
    person: &'p Person,
    decide: Decide,
    pub(super) first: Day,
    pub(super) last: Day,
    /// Whether each status of the person is held, as (first day, last day).
    held: Vec<(Day, Day)>,
    pub(super) trips: Vec<Trip>,
    absent: [OnceCell<Vec<bool>>; 4],
}

impl<'p> Facts<'p> {
    /// `on`: the day of the question; `renewal`: statuses valid at the end of the records go on.
    pub(super) fn new(person: &'p Person, side: Side, on: Day, renewal: bool, last: Day) -> Self {
        Self::decided(person, (side, None), on, renewal, last)
    }

    /// The same with one uncertain fact decided by itself: whether it turns out well.
    pub(super) fn decided(
        person: &'p Person,
        (side, alone): (Side, Option<(Doubt, bool)>),
        on: Day,
        renewal: bool,
        last: Day,
    ) -> Self {
        let first = day(2010, 1, 1);
        let decide = Decide { side, alone };
        let through = person.known_through.unwrap_or(on);
        let held = person.statuses.iter().enumerate().map(|(i, status)| {
            let from = decide.early(status.from, Doubt::StatusFrom(i));
            let to = status.to.map_or(last, |to| decide.late(to, Doubt::StatusTo(i)));
            let goes_on = renewal && from <= through && through <= to;
            (from, if goes_on { last } else { to })
        });
        let trips = person.trips.iter().enumerate().filter_map(|(i, (exit, entry))| {
            let certain = exit.is_exact() && entry.is_none_or(Date::is_exact);
            let exit = decide.late(*exit, Doubt::Exit(i));
            let entry = entry.map(|entry| decide.early(entry, Doubt::Entry(i)));
            let dropped = !certain && entry.is_some_and(|entry| entry <= exit);
            (!dropped).then_some(Trip::new(exit, entry))
        });
        let unknown = person.unknown.iter().enumerate().filter(|(i, _)| !decide.well(Doubt::Presence(*i)));
        let unknown = unknown.map(|(_, (from, to))| Trip { exit: from - 1, entry: Some(to + 1), unknown: true });
        Self {
            person,
            decide,
            first,
            last,
            held: held.collect(),
            trips: trips.chain(unknown).collect(),
            absent: Default::default(),
        }
    }

    fn place(&self, on: Day) -> Option<usize> {
        usize::try_from(on - self.first).ok()
    }

    fn no_days(&self) -> Vec<bool> {
        vec![false; usize::try_from(self.last - self.first + 1).unwrap()]
    }

    /// A list of days by place.
    pub(super) fn has(&self, days: &[bool], on: Day) -> bool {
        self.place(on).and_then(|place| days.get(place)).copied().unwrap_or(false)
    }

    /// The absent days of all trips.
    pub(super) fn absent(&self, convention: Convention) -> &[bool] {
        self.absent[usize::from(convention.0) * 2 + usize::from(convention.1)]
            .get_or_init(|| self.absent_on(&self.trips, convention))
    }

    /// The absent days of these trips.
    pub(super) fn absent_on(&self, trips: &[Trip], convention: Convention) -> Vec<bool> {
        let mut absent = self.no_days();
        for trip in trips {
            let end = trip.entry.unwrap_or(self.last).min(self.last);
            for on in trip.exit..=end {
                if trip.is_absent(on, convention) {
                    absent[self.place(on).unwrap()] = true;
                }
            }
        }
        absent
    }

    /// The days covered by a status that matches, gaps of at most `gap` days between covered days filled.
    pub(super) fn covered(&self, status: &[Selector], gap: i32) -> Vec<bool> {
        let mut covered = self.no_days();
        for (held, (from, to)) in self.person.statuses.iter().zip(&self.held) {
            let among = |names: &[&str], ground: Option<&str>| ground.is_some_and(|ground| names.contains(&ground));
            let matches = status.iter().any(|one| {
                one.kind == held.kind
                    && one.grounds.as_ref().is_none_or(|grounds| among(grounds, held.ground))
                    && !among(&one.not_grounds, held.ground)
                    && !among(&one.not_sponsor_grounds, held.sponsor)
            });
            if matches && from <= to {
                let to = self.place((*to).min(self.last)).unwrap();
                covered[self.place(*from).unwrap()..=to].fill(true);
            }
        }
        let mut before: Option<usize> = None;
        for place in 0..covered.len() {
            if covered[place] {
                if let Some(before) = before
                    && place - before - 1 <= usize::try_from(gap).unwrap()
                {
                    covered[before..place].fill(true);
                }
                before = Some(place);
            }
        }
        covered
    }

    /// Whether an item of evidence of the kind, of at least the level, is valid.
    pub(super) fn evidence(&self, kind: &str, min_level: Option<usize>, on: Day) -> bool {
        self.person.evidence.iter().enumerate().any(|(i, proof)| {
            let from = self.decide.early(proof.from, Doubt::ProofFrom(i));
            let to = proof.to.map(|to| self.decide.late(to, Doubt::ProofTo(i)));
            let enough = min_level.is_none_or(|min| proof.level.is_some_and(|level| level >= min));
            proof.kind == kind && enough && from <= on && to.is_none_or(|to| on <= to)
        })
    }

    /// The birth date for a least age and for a greatest age; `None` if it is missing.
    pub(super) fn birth(&self) -> Option<(Day, Day)> {
        let birth = self.person.birth?;
        Some((self.decide.early(birth, Doubt::Birth), self.decide.late(birth, Doubt::Birth)))
    }

    /// Whether an uncertain fact turns out well.
    pub(super) fn well(&self, doubt: Doubt) -> bool {
        self.decide.well(doubt)
    }

    pub(super) fn person(&self) -> &'p Person {
        self.person
    }
}
