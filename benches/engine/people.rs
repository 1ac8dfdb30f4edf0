//! Invented people. The same number gives the same person, on every machine.

use chrono::{Days, NaiveDate};
use sakin::law::{Absence, Dossier, Evidence, FactValue, Level, Status, UnknownPresence};

/// The day on which everybody is judged.
pub(crate) fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 23).expect("a date")
}

/// The generator `SplitMix64`: a few lines that give the same numbers everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number in `[least, most]`.
    fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.next() % (most - least + 1)
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.next().is_multiple_of(n)
    }

    fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        let length = u64::try_from(list.len()).expect("a short list");
        list[usize::try_from(self.next() % length).expect("a place in a short list")]
    }
}

/// Ten statuses and forty trips in ten years: visas, a chain of yearly temporary permits, then mostly permanent ones. The language document
/// and about half of the facts are there.
pub(crate) fn typical(number: u64) -> Dossier {
    let mut random = Random(number);
    let arrival = today() - Days::new(random.between(3_500, 3_900));
    let mut dossier = Dossier { id: format!("invented-{number}"), ..Dossier::default() };
    dossier.birth_date = Some((arrival - Days::new(random.between(7_300, 18_000))).into());
    dossier.statuses = statuses(&mut random, arrival);
    dossier.absences = trips(&mut random, arrival, 40, (30, 120), (2, 25));
    dossier.evidence = papers(&mut random, arrival);
    for fact in FACTS {
        if random.one_in(2) {
            dossier.facts.insert((*fact).to_owned(), Some(FactValue::Boolean(!random.one_in(4))));
        }
    }
    dossier
}

/// A typical dossier in which two dates are known to the month only and the presence in two weeks is not known.
pub(crate) fn uncertain(number: u64) -> Dossier {
    let mut dossier = typical(number);
    let month = |date: NaiveDate| date.format("%Y-%m").to_string().parse().expect("a month");
    dossier.statuses[7].from = month(dossier.statuses[7].from.earliest());
    dossier.absences[5].exit = month(dossier.absences[5].exit.earliest());
    let gap = dossier.absences[30].entry.expect("a trip with a return").latest();
    dossier.presence_unknown = vec![UnknownPresence { from: gap + Days::new(5), to: gap + Days::new(18) }];
    dossier
}

/// A hundred trips a year for thirty years, on one permanent permit after temporary ones.
pub(crate) fn heavy() -> Dossier {
    let mut random = Random(30);
    let arrival = today() - Days::new(30 * 365);
    let mut dossier = typical(30);
    dossier.statuses = statuses(&mut random, arrival);
    let last = &mut dossier.statuses[9];
    "permanent_residence_permit".clone_into(&mut last.kind);
    last.ground = Some("52.1.1".to_owned());
    last.to = Some((today() + Days::new(400)).into());
    dossier.absences = trips(&mut random, arrival, 3_000, (1, 4), (0, 2));
    dossier
}

/// A dossier with so many short trips, everything else the same.
pub(crate) fn with_trips(count: usize) -> Dossier {
    let mut dossier = heavy();
    let skipped = dossier.absences.len() - count;
    dossier.absences.drain(..skipped);
    dossier
}

const FACTS: &[&str] = &[
    "lawful_income",
    "constitution_undertaking",
    "no_bar_cl14",
    "no_bar_mc55",
    "dwelling_basis",
    "means_or_support",
    "test_exemption_document",
    "relative_52_1_1",
    "specialist",
    "former_citizen",
    "arrived_before_2006",
];

fn statuses(random: &mut Random, arrival: NaiveDate) -> Vec<Status> {
    let mut from = arrival;
    let mut held = Vec::with_capacity(10);
    let mut grant = |kind: &str, ground: Option<&str>, days: u64, pause: u64| {
        let to = from + Days::new(days - 1);
        let (kind, ground) = (kind.to_owned(), ground.map(str::to_owned));
        held.push(Status { kind, ground, sponsor_ground: None, from: from.into(), to: Some(to.into()) });
        from = to + Days::new(1 + pause);
    };
    grant("visa_free_stay", None, 60, 20);
    grant("visa_stay", None, 80, random.between(0, 3));
    let ground = random.pick(&["45.1.1", "45.1.3", "45.1.5", "45.1.6", "45.1.8"]);
    // One in three is still on temporary permits.
    let temporary = if random.one_in(3) { 8 } else { 6 };
    for _ in 0..temporary {
        let pause = if random.one_in(8) { 5 } else { 0 };
        grant("temporary_residence_permit", Some(ground), 365, pause);
    }
    let permanent = random.pick(&["52.1.1", "52.1.2", "52.1.7"]);
    for days in [1_300, 1_826].into_iter().skip(temporary - 6) {
        grant("permanent_residence_permit", Some(permanent), days, 0);
    }
    held
}

/// Trips one after the other, a stay at home before each.
fn trips(random: &mut Random, arrival: NaiveDate, count: usize, home: (u64, u64), away: (u64, u64)) -> Vec<Absence> {
    let mut exit = arrival;
    let mut trips = Vec::with_capacity(count);
    for _ in 0..count {
        exit = exit + Days::new(random.between(home.0, home.1));
        let days = if random.one_in(12) { away.1 * 4 } else { random.between(away.0, away.1) };
        let entry = exit + Days::new(days);
        trips.push(Absence { exit: exit.into(), entry: Some(entry.into()) });
        exit = entry;
    }
    trips
}

fn papers(random: &mut Random, arrival: NaiveDate) -> Vec<Evidence> {
    let kinds = [("state_language", Some(Level::B1)), ("prp_knowledge", None)];
    let held = kinds.into_iter().filter(|_| random.one_in(2));
    let paper = |(kind, level): (&str, Option<Level>)| Evidence {
        kind: kind.to_owned(),
        level,
        from: (arrival + Days::new(1_500)).into(),
        to: None,
    };
    held.collect::<Vec<_>>().into_iter().map(paper).collect()
}
