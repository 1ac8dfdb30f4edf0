//! A second engine that walks single days, written from the contract alone, and random dossiers on which both must agree.

use std::fmt::Write as _;

use chrono::{Datelike, Days, NaiveDate};
use proptest::prelude::*;
use serde_json::json;

use super::{HEAD, date, dossier, pack};
use crate::calendar::Period;
use crate::law::{Question, evaluate};

/// A limit as the pack writes it.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "the options of a limit as the contract lists them")]
struct Limit {
    /// Days, or months per trip.
    amount: Result<i64, u32>,
    per: &'static str,
    restart: bool,
    reach: bool,
    exit_absent: bool,
    entry_absent: bool,
}

#[derive(Clone, Debug)]
struct Trip {
    exit: NaiveDate,
    entry: Option<NaiveDate>,
}

#[derive(Clone, Debug)]
struct Case {
    statuses: Vec<(NaiveDate, NaiveDate)>,
    trips: Vec<Trip>,
    length: &'static str,
    gap: u64,
    day_after: bool,
    limits: Vec<Limit>,
}

fn plus(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap()
}

fn period(text: &str) -> Period {
    text.parse().unwrap()
}

/// Facts laid out day by day.
struct Walker<'c> {
    case: &'c Case,
    first: NaiveDate,
    covered: Vec<bool>,
}

impl<'c> Walker<'c> {
    fn new(case: &'c Case, last: NaiveDate) -> Self {
        let first = case.statuses.iter().map(|(from, _)| *from).min().unwrap();
        let mut covered: Vec<bool> = first
            .iter_days()
            .take_while(|day| *day <= last)
            .map(|day| case.statuses.iter().any(|(from, to)| (*from..=*to).contains(&day)))
            .collect();
        // Fill gaps of at most `gap` days between covered days.
        let days: Vec<usize> = (0..covered.len()).filter(|i| covered[*i]).collect();
        for pair in days.windows(2) {
            if pair[1] - pair[0] - 1 <= usize::try_from(case.gap).unwrap() {
                (pair[0]..pair[1]).for_each(|i| covered[i] = true);
            }
        }
        Self { case, first, covered }
    }

    fn index(&self, day: NaiveDate) -> i64 {
        (day - self.first).num_days()
    }

    fn is_covered(&self, day: NaiveDate) -> bool {
        usize::try_from(self.index(day)).ok().and_then(|i| self.covered.get(i)).copied().unwrap_or(false)
    }

    /// The absent days of a trip, up to `last`.
    fn days_of(trip: &Trip, limit: &Limit, last: NaiveDate) -> Vec<NaiveDate> {
        let is_absent = |day: NaiveDate| match trip.entry {
            Some(entry) if entry == trip.exit => limit.exit_absent && limit.entry_absent,
            Some(entry) => (day > trip.exit || limit.exit_absent) && (day < entry || limit.entry_absent),
            None => day > trip.exit || limit.exit_absent,
        };
        let until = trip.entry.unwrap_or(last).min(last);
        trip.exit.iter_days().take_while(|day| *day <= until).filter(|day| is_absent(*day)).collect()
    }

    fn absent(&self, limit: &Limit, last: NaiveDate) -> std::collections::BTreeSet<NaiveDate> {
        self.case.trips.iter().flat_map(|trip| Self::days_of(trip, limit, last)).collect()
    }

    /// Whether the limit is breached in the days `[from, on − 1]` for the application date `on`.
    fn breached(&self, limit: &Limit, start: NaiveDate, from: NaiveDate, on: NaiveDate) -> bool {
        let last = on.pred_opt().unwrap();
        let too_many = |n: usize| {
            let n = i64::try_from(n).unwrap();
            limit.amount.is_ok_and(|days| if limit.reach { n >= days } else { n > days })
        };
        let absent: Vec<NaiveDate> = self.absent(limit, last).into_iter().filter(|day| *day >= from).collect();
        let group_of = |keys: Vec<i64>| {
            let mut sizes = std::collections::BTreeMap::new();
            for key in keys {
                *sizes.entry(key).or_insert(0) += 1;
            }
            sizes.into_values().any(too_many)
        };
        if let Some(text) = limit.per.strip_prefix("rolling:") {
            let length = period(text);
            return absent
                .iter()
                .any(|t| too_many(absent.iter().filter(|u| **u <= *t && length.after(**u) > *t).count()));
        }
        if let Some(text) = limit.per.strip_prefix("last:") {
            return too_many(absent.iter().filter(|u| period(text).after(**u) >= on).count());
        }
        match limit.per {
            "trip" => self.case.trips.iter().any(|trip| {
                let days = Self::days_of(trip, limit, last).into_iter().filter(|day| *day >= from).count();
                match limit.amount {
                    Ok(_) => too_many(days),
                    Err(months) => {
                        let (end, back) = (Period::months(months).after(trip.exit), trip.entry.unwrap_or(on).min(on));
                        days > 0 && (end < back || (limit.reach && end == back))
                    }
                }
            }),
            "calendar_year" => group_of(absent.iter().map(|day| i64::from(day.year())).collect()),
            "anniversary_year" => {
                let year = |day: NaiveDate| (0..1000).find(|k| Period::years(k + 1).after(start) > day).unwrap();
                group_of(absent.iter().map(|day| i64::from(year(*day))).collect())
            }
            _ => too_many(absent.len()),
        }
    }

    /// The starts of a run: each with the first application date it is valid for, in order.
    fn starts(&self, run: NaiveDate, last: NaiveDate) -> Vec<(NaiveDate, NaiveDate)> {
        let restarts: Vec<&Limit> = self.case.limits.iter().filter(|limit| limit.restart).collect();
        let mut start = plus(run, u64::from(self.case.day_after));
        let mut starts = vec![(start, run)];
        let mut day = start;
        while day <= last && !restarts.is_empty() {
            let next = plus(day, 1);
            let breached: Vec<_> = restarts.iter().filter(|limit| self.breached(limit, start, start, next)).collect();
            if breached.is_empty() {
                day = next;
                continue;
            }
            let is_absent = |day: NaiveDate| breached.iter().any(|limit| self.absent(limit, day).contains(&day));
            let Some(present) = next.iter_days().take_while(|d| *d <= last).find(|d| !is_absent(*d)) else {
                starts.push((NaiveDate::MAX, next));
                return starts;
            };
            start = present;
            starts.push((start, next));
            day = start;
        }
        starts
    }

    fn met(&self, on: NaiveDate, starts: &[(NaiveDate, NaiveDate)]) -> bool {
        let (start, _) = *starts.iter().rev().find(|(_, valid)| *valid <= on).unwrap();
        let length = period(self.case.length);
        if start >= on || length.after(start) > on {
            return false;
        }
        let from = start.iter_days().find(|t| length.after(*t) >= on).unwrap();
        let lookbacks = self.case.limits.iter().filter(|limit| !limit.restart);
        lookbacks.into_iter().all(|limit| !self.breached(limit, start, from, on))
    }
}

fn toml(case: &Case) -> String {
    let mut text = format!(
        "{HEAD}[[route]]\nid = \"r\"\noutcome = \"o\"\nin_force = {{ from = 1990-01-01 }}\n[[route.requirement]]\nid = \"q\"\nkind = \"term\"\n\
         length = \"{}\"\nstatus = [ {{ kind = \"s\" }} ]\ngap_days = {}\nfirst_day = \"{}\"\n[[route.reading]]\nid = \"x\"\ndefault = true\nlimits = [",
        case.length,
        case.gap,
        if case.day_after { "day_after" } else { "grant" }
    );
    let word = |absent: bool| if absent { "absent" } else { "present" };
    for limit in &case.limits {
        let amount = match limit.amount {
            Ok(days) => format!("days = {days}"),
            Err(months) => format!("months = {months}"),
        };
        write!(
            text,
            "{{ {amount}, per = \"{}\", on_breach = \"{}\", reach = {}, day_count = {{ exit = \"{}\", entry = \"{}\" }} }}, ",
            limit.per,
            if limit.restart { "restart" } else { "lookback" },
            limit.reach,
            word(limit.exit_absent),
            word(limit.entry_absent)
        )
        .unwrap();
    }
    text + "]\n"
}

prop_compose! {
    fn limits()(
        place in prop::sample::select(vec!["trip", "months", "rolling:P30D", "rolling:P2M", "rolling:P1Y", "calendar_year", "anniversary_year", "window", "last:P3M"]),
        days in 1_i64..29,
        restart: bool, reach: bool, exit_absent: bool, entry_absent: bool,
    ) -> Limit {
        let months = place == "months";
        let (amount, per) = (if months { Err(1) } else { Ok(days) }, if months { "trip" } else { place });
        Limit { amount, per, restart, reach, exit_absent, entry_absent }
    }
}

prop_compose! {
    fn cases()(
        // Beginnings around month ends and a leap day.
        begin in prop::sample::select(vec!["2019-12-31", "2020-01-30", "2020-02-28", "2020-02-29", "2020-03-01", "2019-08-31"]),
        runs in prop::collection::vec((0_u64..12, 60_u64..500), 1..4),
        trips in prop::collection::vec((0_u64..70, 0_u64..60), 0..9),
        open: bool,
        length in prop::sample::select(vec!["P2M", "P6M", "P1Y", "P1Y1M", "P400D"]),
        gap in 0_u64..8,
        day_after: bool,
        limits in prop::collection::vec(limits(), 0..3),
    ) -> Case {
        let begin = date(begin);
        let mut next = begin;
        let mut statuses = Vec::new();
        for (pause, days) in runs {
            let from = plus(next, pause);
            statuses.push((from, plus(from, days)));
            next = plus(from, days + 1);
        }
        let mut at = begin;
        let mut out = Vec::new();
        let count = trips.len();
        for (i, (stay, away)) in trips.into_iter().enumerate() {
            let exit = plus(at, stay);
            let entry = plus(exit, away);
            out.push(Trip { exit, entry: (!open || i + 1 < count).then_some(entry) });
            at = entry;
        }
        Case { statuses, trips: out, length, gap, day_after, limits }
    }
}

fn check(case: &Case) -> Result<(), TestCaseError> {
    let facts = dossier(json!({
        "id": "w",
        "statuses": case.statuses.iter().map(|(from, to)| json!({"kind": "s", "from": from, "to": to})).collect::<Vec<_>>(),
        "absences": case.trips.iter().map(|trip| json!({"exit": trip.exit, "entry": trip.entry})).collect::<Vec<_>>(),
    }));
    let first = case.statuses[0].0;
    let question = Question { no_renewal: true, brief: true, ..Question::on(first) };
    let text = toml(case);
    let results = evaluate(&pack(&text), &facts, &question).unwrap();
    let windows = &results[0].windows;
    let last = plus(case.statuses.last().unwrap().1, 3);
    let walker = Walker::new(case, last);
    let mut starts: Option<(NaiveDate, Vec<(NaiveDate, NaiveDate)>)> = None;
    for on in first.iter_days().take_while(|day| *day <= last) {
        let before = on.pred_opt().unwrap();
        let expected = walker.is_covered(before) && {
            let mut run = before;
            while run.pred_opt().is_some_and(|day| walker.is_covered(day)) {
                run = run.pred_opt().unwrap();
            }
            if starts.as_ref().is_none_or(|(known, _)| *known != run) {
                let end = run.iter_days().take_while(|day| walker.is_covered(*day)).last().unwrap();
                starts = Some((run, walker.starts(run, end)));
            }
            walker.met(on, &starts.as_ref().unwrap().1)
        };
        let found = windows.iter().any(|window| window.from <= on && window.to.is_none_or(|to| on <= to));
        prop_assert_eq!(found, expected, "on {} with\n{}\n{}", on, text, serde_json::to_string(&facts).unwrap());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_engine_agrees_with_a_walk_over_single_days(case in cases()) {
        check(&case)?;
    }
}
