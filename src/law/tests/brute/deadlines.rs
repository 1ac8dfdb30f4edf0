//! Deadlines and working days, counted day by day (engine contract, section 4).

use std::collections::BTreeSet;

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use proptest::sample::select;

use super::days::{Day, P, day, text, ymd};
use crate::law::tests::{HEAD, date, pack};
use crate::law::{EventTime, deadline};

#[derive(Clone, Copy, Debug)]
enum Amount {
    Period(P),
    WorkingDays(usize),
}

#[derive(Clone, Debug)]
struct Term {
    amount: Amount,
    before: bool,
    event_day: bool,
    roll: &'static str,
}

#[derive(Clone, Debug)]
pub(super) struct Case {
    term: Term,
    /// Days of 2024 and 2025 by place in the year: off, and weekend days made working. 2026 is not announced.
    off: BTreeSet<i32>,
    swapped: BTreeSet<i32>,
    weekend: Vec<usize>,
    asked: Vec<(i32, Vec<(i32, i32)>)>,
}

const WEEK: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// Off in every year that is not announced.
const FIXED: [(u32, u32); 4] = [(1, 1), (1, 2), (3, 8), (12, 31)];

pub(super) fn cases(events: usize) -> impl Strategy<Value = Case> {
    let periods = vec![P(0, 0, 1), P(0, 0, 15), P(0, 0, 30), P(0, 1, 0), P(0, 3, 0), P(1, 0, 0), P(0, 1, 10)];
    let amount = prop_oneof![select(periods).prop_map(Amount::Period), (1..25_usize).prop_map(Amount::WorkingDays)];
    let roll = select(vec!["none", "next_working_day", "previous_working_day"]);
    let term = (amount, any::<bool>(), any::<bool>(), roll).prop_map(|(amount, before, event_day, roll)| Term {
        amount,
        before,
        event_day: event_day && !before,
        roll,
    });
    let pauses = prop_oneof![2 => Just(vec![]), 1 => vec((-20..60_i32, 0..25_i32), 1..3)];
    let weekend = select(vec![vec![5, 6], vec![6], vec![4, 5], vec![]]);
    // From a month before the announced years to a month after them.
    let asked = vec((-30..800_i32, pauses), events);
    (term, btree_set(0..731_i32, 0..40), btree_set(0..731_i32, 0..20), weekend, asked)
        .prop_map(|(term, off, swapped, weekend, asked)| Case { term, off, swapped, weekend, asked })
}

fn announced() -> Day {
    day(2024, 1, 1)
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
        let amount = match self.term.amount {
            Amount::Period(period) => format!("\"{}\"", period.text()),
            Amount::WorkingDays(n) => format!("{{ working_days = {n} }}"),
        };
        let (word, start) = match (self.term.before, self.term.event_day) {
            (true, _) => ("before", ""),
            (false, true) => ("within", "start = \"event_day\"\n"),
            (false, false) => ("within", ""),
        };
        format!(
            "fixed_non_working = [{}]\n{HEAD}{}{}[[deadline]]\nid = \"d\"\nevent = \"e\"\nin_force = {{ from = 2000-01-01 }}\n{word} = {amount}\n{start}roll = \"{}\"\n",
            fixed.join(", "),
            year(2024),
            year(2025),
            self.term.roll
        )
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

    fn due(&self, event: Day, pauses: &[(Day, Day)]) -> Day {
        let stands_still = |on: Day| pauses.iter().any(|(from, to)| (*from..=*to).contains(&on));
        let counts = |on: &Day| self.is_working(*on) && !stands_still(*on);
        let first = event + i32::from(!self.term.event_day);
        let last = match (self.term.amount, self.term.before) {
            (Amount::WorkingDays(n), false) => (first..first + 4_000).filter(counts).nth(n - 1).unwrap(),
            // The last day with n working days after it, up to and including the event.
            (Amount::WorkingDays(n), true) => (0..=event).rev().filter(counts).nth(n - 1).unwrap() - 1,
            (Amount::Period(period), true) => (0..=event).rev().find(|on| period.after(*on) <= event).unwrap(),
            (Amount::Period(period), false) => {
                // Every paused day from the first day on puts the end one day off, until the end is reached.
                let mut left = period.after(event) - i32::from(self.term.event_day) - first + 1;
                (first..first + 4_000)
                    .find(|on| {
                        left -= i32::from(!stands_still(*on));
                        left == 0
                    })
                    .unwrap()
            }
        };
        match self.term.roll {
            "next_working_day" => (last..last + 400).find(|on| self.is_working(*on)).unwrap(),
            "previous_working_day" => (0..=last).rev().find(|on| self.is_working(*on)).unwrap(),
            _ => last,
        }
    }
}

pub(super) fn check(case: &Case) -> Result<(), TestCaseError> {
    let rules = case.toml();
    let pack = pack(&rules);
    for (place, pauses) in &case.asked {
        let event = announced() + place;
        let pauses: Vec<_> = pauses.iter().map(|(from, days)| (event + from, event + from + days)).collect();
        let written: Vec<_> = pauses.iter().map(|(from, to)| (date(&text(*from)), date(&text(*to)))).collect();
        let found = deadline(&pack, "d", EventTime::Day(date(&text(event))), &written, None).unwrap();
        let due = case.due(event, &pauses);
        let context = || format!("event {} pauses {written:?}\n{rules}", text(event));
        prop_assert_eq!(found.due.unwrap().to_string(), text(due), "{}", context());
        // Only days of 2024 and 2025 are certain; a period that nothing moves needs no calendar.
        let counts_days = matches!(case.term.amount, Amount::WorkingDays(_)) || case.term.roll != "none";
        let known = |on: Day| (2024..=2025).contains(&ymd(on).0);
        if !counts_days || (known(event) && known(event + if case.term.before { -420 } else { 500 })) {
            prop_assert!(!found.provisional, "{}", context());
        }
        if counts_days && !known(due) && !(case.term.roll == "none" && case.term.before) {
            prop_assert!(found.provisional, "{}", context());
        }
    }
    Ok(())
}
