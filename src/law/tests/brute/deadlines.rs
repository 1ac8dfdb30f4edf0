//! Deadlines and working days, counted day by day (engine contract, section 4).

use std::collections::BTreeSet;

use proptest::collection::{btree_set, vec};
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;

use super::days::{Day, P, day, of, text, ymd};
use crate::law::tests::{HEAD, date, pack};
use crate::law::{DeadlineError, EventTime, deadline};

#[derive(Clone, Copy, Debug)]
enum Amount {
    Period(P),
    WorkingDays(usize),
    Hours(i32),
}

#[derive(Clone, Debug)]
struct Term {
    amount: Amount,
    before: bool,
    event_day: bool,
    roll: &'static str,
}

/// A version of the deadline.
#[derive(Clone, Debug)]
struct Version {
    from: Day,
    to: Option<Day>,
    term: Term,
}

/// What happened, by place from the first announced day; the minute of the day if it is known.
#[derive(Clone, Debug)]
struct Event {
    place: i32,
    minute: Option<i32>,
    law_at: Option<i32>,
    pauses: Vec<(i32, i32)>,
}

#[derive(Clone, Debug)]
pub(super) struct Case {
    versions: Vec<Version>,
    /// Days of 2024 and 2025 by place in the year: off, and weekend days made working. 2026 is not announced.
    off: BTreeSet<i32>,
    swapped: BTreeSet<i32>,
    weekend: Vec<usize>,
    asked: Vec<Event>,
}

const WEEK: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// Off in every year that is not announced.
const FIXED: [(u32, u32); 4] = [(1, 1), (1, 2), (3, 8), (12, 31)];

pub(super) fn cases(events: usize) -> impl Strategy<Value = Case> {
    let periods = vec![P(0, 0, 1), P(0, 0, 15), P(0, 0, 30), P(0, 1, 0), P(0, 3, 0), P(1, 0, 0), P(0, 1, 10)];
    let amount = prop_oneof![
        2 => select(periods).prop_map(Amount::Period),
        2 => (1..25_usize).prop_map(Amount::WorkingDays),
        1 => (1..100_i32).prop_map(Amount::Hours),
    ];
    let roll = select(vec!["none", "next_working_day", "previous_working_day"]);
    let term = (amount, any::<bool>(), any::<bool>(), roll).prop_map(|(amount, before, event_day, roll)| {
        // Hours only run on, from an instant to an instant.
        let hours = matches!(amount, Amount::Hours(_));
        let (before, roll) = (before && !hours, if hours { "none" } else { roll });
        Term { amount, before, event_day: event_day && !before && !hours, roll }
    });
    // Versions with or without time between them; the first is mostly older than any event, the last mostly open.
    let version = (term, 100..500_i32, prop_oneof![2 => Just(0), 1 => 1..100_i32]);
    let versions = (vec(version, 1..4), prop_oneof![2 => Just(-400), 1 => 0..400_i32], prop::bool::weighted(0.7));
    let versions = versions.prop_map(|(all, begin, open)| {
        let (count, mut from) = (all.len(), announced() + begin);
        let make = |(i, (term, days, pause)): (usize, (Term, i32, i32))| {
            let to = from + days;
            let version = Version { from, to: (i + 1 < count || !open).then_some(to), term };
            from = to + 1 + pause;
            version
        };
        all.into_iter().enumerate().map(make).collect()
    });
    let pauses = prop_oneof![2 => Just(vec![]), 1 => vec((-20..60_i32, 0..25_i32), 1..3)];
    let weekend = select(vec![vec![5, 6], vec![6], vec![4, 5], vec![]]);
    // From a month before the announced years to a month after them.
    let event = (-30..800_i32, weighted(0.7, 0..1_440_i32), weighted(0.2, -400..1_000_i32), pauses)
        .prop_map(|(place, minute, law_at, pauses)| Event { place, minute, law_at, pauses });
    (versions, btree_set(0..731_i32, 0..40), btree_set(0..731_i32, 0..20), weekend, vec(event, events))
        .prop_map(|(versions, off, swapped, weekend, asked)| Case { versions, off, swapped, weekend, asked })
}

fn announced() -> Day {
    day(2024, 1, 1)
}

impl Version {
    fn toml(&self) -> String {
        let Term { amount, before, event_day, roll } = &self.term;
        let amount = match amount {
            Amount::Period(period) => format!("\"{}\"", period.text()),
            Amount::WorkingDays(n) => format!("{{ working_days = {n} }}"),
            Amount::Hours(n) => format!("{{ hours = {n} }}"),
        };
        let word = if *before { "before" } else { "within" };
        let start = if *event_day { "start = \"event_day\"\n" } else { "" };
        let to = self.to.map(|to| format!(", to = {}", text(to))).unwrap_or_default();
        let from = text(self.from);
        format!(
            "[[deadline]]\nid = \"d\"\nevent = \"e\"\nin_force = {{ from = {from}{to} }}\n{word} = {amount}\n{start}roll = \"{roll}\"\n"
        )
    }
}

/// An instant by the clock of the pack's zone, four hours ahead all year.
fn instant(on: Day, minute: i32) -> EventTime {
    let text = format!("{}T{:02}:{:02}:00+04:00", text(on), minute / 60, minute % 60);
    EventTime::Instant(text.parse().unwrap())
}

impl Case {
    fn toml(&self) -> String {
        let days = |places: &BTreeSet<i32>, year: i32| {
            let days = places.iter().map(|place| announced() + place).filter(|day| ymd(*day).0 == year);
            days.map(text).collect::<Vec<_>>().join(", ")
        };
        let weekend: Vec<_> = self.weekend.iter().map(|day| format!("\"{}\"", WEEK[*day])).collect();
        let year = |year: i32| {
            format!(
                "[[calendar]]\nyear = {year}\nnon_working = [{}]\nworking = [{}]\nweekend = [{}]\n",
                days(&self.off, year),
                days(&self.swapped, year),
                weekend.join(", ")
            )
        };
        let fixed: Vec<_> = FIXED.iter().map(|(month, day)| format!("\"{month:02}-{day:02}\"")).collect();
        let rules: String = self.versions.iter().map(Version::toml).collect();
        format!("fixed_non_working = [{}]\n{HEAD}{}{}{rules}", fixed.join(", "), year(2024), year(2025))
    }

    fn is_working(&self, on: Day) -> bool {
        let (year, month, date) = ymd(on);
        // 1 January 2024 was a Monday.
        let weekday = usize::try_from((on - announced()).rem_euclid(7)).unwrap();
        if !(2024..=2025).contains(&year) {
            return weekday < 5 && !FIXED.contains(&(month, date));
        }
        let place = on - announced();
        self.swapped.contains(&place) || !(self.weekend.contains(&weekday) || self.off.contains(&place))
    }

    fn due(&self, term: &Term, event: Day, pauses: &[(Day, Day)]) -> Day {
        let stands_still = |on: Day| pauses.iter().any(|(from, to)| (*from..=*to).contains(&on));
        let counts = |on: &Day| self.is_working(*on) && !stands_still(*on);
        let first = event + i32::from(!term.event_day);
        let last = match (term.amount, term.before) {
            (Amount::WorkingDays(n), false) => (first..first + 4_000).filter(counts).nth(n - 1).unwrap(),
            // The last day with n working days after it, up to and including the event.
            (Amount::WorkingDays(n), true) => (0..=event).rev().filter(counts).nth(n - 1).unwrap() - 1,
            (Amount::Hours(_), _) => unreachable!("hours end at an instant"),
            (Amount::Period(period), true) => (0..=event).rev().find(|on| period.after(*on) <= event).unwrap(),
            (Amount::Period(period), false) => {
                // Every paused day from the first day on puts the end one day off, until the end is reached.
                let mut left = period.after(event) - i32::from(term.event_day) - first + 1;
                (first..first + 4_000)
                    .find(|on| {
                        left -= i32::from(!stands_still(*on));
                        left == 0
                    })
                    .unwrap()
            }
        };
        match term.roll {
            "next_working_day" => (last..last + 400).find(|on| self.is_working(*on)).unwrap(),
            "previous_working_day" => (0..=last).rev().find(|on| self.is_working(*on)).unwrap(),
            _ => last,
        }
    }
}

pub(super) fn check(case: &Case) -> Result<(), TestCaseError> {
    let rules = case.toml();
    let pack = pack(&rules);
    for Event { place, minute, law_at, pauses } in &case.asked {
        let event = announced() + place;
        let pauses: Vec<_> = pauses.iter().map(|(from, days)| (event + from, event + from + days)).collect();
        let written: Vec<_> = pauses.iter().map(|(from, to)| (date(&text(*from)), date(&text(*to)))).collect();
        let law_at = law_at.map(|place| announced() + place);
        let on = law_at.unwrap_or(event);
        let at = minute.map_or_else(|| EventTime::Day(date(&text(event))), |minute| instant(event, minute));
        let found = deadline(&pack, "d", at, &written, law_at.map(|day| date(&text(day))));
        let context = || format!("event {at} law {} pauses {written:?}\n{rules}", text(on));
        let version = case.versions.iter().find(|version| version.from <= on && version.to.is_none_or(|to| on <= to));
        let hours = version.and_then(|version| match version.term.amount {
            Amount::Hours(hours) => Some(hours),
            _ => None,
        });
        if hours.is_some() && minute.is_none() {
            prop_assert_eq!(found, Err(DeadlineError::NeedsInstant("d".into())), "{}", context());
            continue;
        }
        let found = found.unwrap();
        prop_assert_eq!(found.version.map(of), version.map(|version| version.from), "{}", context());
        let Some(Version { term, .. }) = version else {
            prop_assert_eq!((found.due, found.provisional), (None, false), "{}", context());
            continue;
        };
        if let (Some(hours), Some(minute)) = (hours, minute) {
            let end = minute + hours * 60;
            let due = instant(event + end / 1_440, end % 1_440);
            prop_assert_eq!((found.due, found.provisional), (Some(due), false), "{}", context());
            continue;
        }
        let due = case.due(term, event, &pauses);
        prop_assert_eq!(found.due.unwrap().to_string(), text(due), "{}", context());
        // Only days of 2024 and 2025 are certain; a period that nothing moves needs no calendar.
        let counts_days = matches!(term.amount, Amount::WorkingDays(_)) || term.roll != "none";
        let known = |on: Day| (2024..=2025).contains(&ymd(on).0);
        if !counts_days || (known(event) && known(event + if term.before { -420 } else { 500 })) {
            prop_assert!(!found.provisional, "{}", context());
        }
        if counts_days && !known(due) && !(term.roll == "none" && term.before) {
            prop_assert!(found.provisional, "{}", context());
        }
    }
    Ok(())
}
