//! The day-walking engine for requirements on a window before the application date, and for uncertain facts.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{HEAD, date, dossier, pack};
use crate::calendar::Period;
use crate::law::{Question, Span, evaluate};

const BEGIN: &str = "2019-11-15";

fn period(text: &str) -> Period {
    text.parse().unwrap()
}

fn day(offset: u64) -> NaiveDate {
    date(BEGIN) + chrono::Days::new(offset)
}

/// The windows of a requirement for facts, as the engine gives them.
fn engine(requirement: &str, facts: Value) -> Vec<Span> {
    let text = format!(
        "{HEAD}[[route]]\nid = \"r\"\noutcome = \"o\"\nin_force = {{ from = 1990-01-01 }}\n[[route.requirement]]\nid = \"q\"\n{requirement}\n\
         [[route.reading]]\nid = \"x\"\ndefault = true\nlimits = [ {{ days = 20, per = \"rolling:P3M\" }} ]\n"
    );
    let question = Question { no_renewal: true, brief: true, ..Question::on(date(BEGIN)) };
    evaluate(&pack(&text), &dossier(facts), &question).unwrap().remove(0).windows
}

fn holds(windows: &[Span], on: NaiveDate) -> bool {
    windows.iter().any(|window| window.from <= on && window.to.is_none_or(|to| on <= to))
}

/// The window before `on`, day by day.
fn window(on: NaiveDate, length: &str, application_day: bool) -> Vec<NaiveDate> {
    let (length, end) = (period(length), if application_day { on } else { on.pred_opt().unwrap() });
    let mut days = Vec::new();
    let mut t = end;
    while if application_day { length.after(t) > on } else { length.after(t) >= on } {
        days.push(t);
        t = t.pred_opt().unwrap();
    }
    days.reverse();
    days
}

#[derive(Clone, Debug)]
struct Facts {
    /// Status A and status B: periods that may overlap.
    statuses: Vec<(bool, u64, u64)>,
    trips: Vec<(u64, u64)>,
}

prop_compose! {
    fn facts()(
        statuses in prop::collection::vec((any::<bool>(), 0_u64..700, 1_u64..500), 1..5),
        trips in prop::collection::vec((0_u64..90, 0_u64..50), 0..12),
    ) -> Facts {
        let mut at = 0;
        let trips = trips.into_iter().map(|(stay, away)| {
            let exit = at + stay;
            at = exit + away;
            (exit, at)
        });
        Facts { trips: trips.collect(), statuses: std::iter::once((true, 0, 1)).chain(statuses).collect() }
    }
}

impl Facts {
    fn json(&self) -> Value {
        let statuses = self.statuses.iter().map(
            |(a, from, days)| json!({"kind": if *a { "a" } else { "b" }, "from": day(*from), "to": day(from + days)}),
        );
        let trips = self.trips.iter().map(|(exit, entry)| json!({"exit": day(*exit), "entry": day(*entry)}));
        json!({"id": "w", "statuses": statuses.collect::<Vec<_>>(), "absences": trips.collect::<Vec<_>>()})
    }

    /// Days strictly inside trips, and with `exit_absent` the days of leaving for more than a day.
    fn absent(&self, exit_absent: bool) -> BTreeSet<NaiveDate> {
        let trips = self.trips.iter().filter(|(exit, entry)| exit < entry);
        trips.flat_map(|(exit, entry)| (exit + u64::from(!exit_absent)..*entry).map(day)).collect()
    }

    fn held(&self, a: bool) -> BTreeSet<NaiveDate> {
        let matching = self.statuses.iter().filter(|(kind, _, _)| *kind == a);
        matching.flat_map(|(_, from, days)| (*from..=from + days).map(day)).collect()
    }
}

fn check(requirement: &str, facts: &Facts, expected: impl Fn(NaiveDate) -> bool) -> Result<(), TestCaseError> {
    let windows = engine(requirement, facts.json());
    for on in (0..1500).map(day) {
        prop_assert_eq!(holds(&windows, on), expected(on), "on {} with\n{}\n{}", on, requirement, facts.json());
    }
    Ok(())
}

fn ends(application_day: bool) -> &'static str {
    if application_day { "application_day" } else { "day_before" }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn presence_agrees_day_for_day(
        facts in facts(),
        length in prop::sample::select(vec!["P1Y", "P2Y", "P100D", "P1Y1M"]),
        days in 20_i32..400, application_day: bool, exit_absent: bool, up: bool,
        cap in prop::option::of(5_i32..60),
    ) {
        let (absent, a, b) = (facts.absent(exit_absent), facts.held(true), facts.held(false));
        let cap_line = cap.map(|cap| format!(", cap = {cap}")).unwrap_or_default();
        let requirement = format!(
            "kind = \"presence\"\nwindow = \"{length}\"\nends = \"{}\"\ndays = {days}\nrounding = \"{}\"\nday_count = {{ exit = \"{}\" }}\n\
             credit = [ {{ status = {{ kind = \"a\" }} }}, {{ status = {{ kind = \"b\" }}, weight = \"1/2\"{cap_line} }} ]",
            ends(application_day), if up { "up" } else { "down" }, if exit_absent { "absent" } else { "present" },
        );
        check(&requirement, &facts, |on| {
            let present: Vec<_> = window(on, length, application_day).into_iter().filter(|day| !absent.contains(day)).collect();
            let whole = present.iter().filter(|day| a.contains(day)).count();
            let half = present.iter().filter(|day| !a.contains(day) && b.contains(day)).count();
            let half = f64::from(u32::try_from(half).unwrap()) / 2.0;
            let sum = f64::from(u32::try_from(whole).unwrap()) + cap.map_or(half, |cap| half.min(f64::from(cap)));
            (if up { sum.ceil() } else { sum.floor() }) >= f64::from(days)
        })?;
    }

    #[test]
    fn presence_in_each_year_agrees_day_for_day(facts in facts(), days in 200_usize..366, application_day: bool) {
        let absent = facts.absent(false);
        let requirement = format!("kind = \"presence\"\nwindow = \"P3Y\"\nends = \"{}\"\ndays = {days}\neach = \"P1Y\"", ends(application_day));
        check(&requirement, &facts, |on| {
            let all = window(on, "P3Y", application_day);
            let newer = |years: &str| all.len() - window(on, years, application_day).len();
            let starts = [0, newer("P2Y"), newer("P1Y"), all.len()];
            starts.windows(2).all(|year| all[year[0]..year[1]].iter().filter(|day| !absent.contains(day)).count() >= days)
        })?;
    }

    #[test]
    fn absence_limits_agree_day_for_day(
        facts in facts(), days in 5_usize..28, application_day: bool,
        place in prop::sample::select(vec!["window", "rolling:P2M", "last:P1M", "calendar_year"]),
    ) {
        use chrono::Datelike;
        let absent = facts.absent(false);
        let requirement = format!("kind = \"absence_limit\"\nwindow = \"P1Y\"\nends = \"{}\"\ndays = {days}\nper = \"{place}\"", ends(application_day));
        check(&requirement, &facts, |on| {
            let away: Vec<_> = window(on, "P1Y", application_day).into_iter().filter(|day| absent.contains(day)).collect();
            match place {
                "window" => away.len() <= days,
                "calendar_year" => (2018..2030).all(|year| away.iter().filter(|day| day.year() == year).count() <= days),
                "last:P1M" => {
                    let last = window(on, "P1M", application_day);
                    away.iter().filter(|day| last.contains(day)).count() <= days
                }
                _ => away.iter().all(|t| away.iter().filter(|u| *u <= t && period("P2M").after(**u) > *t).count() <= days),
            }
        })?;
    }

    #[test]
    fn the_first_day_the_last_year_and_the_total_agree_day_for_day(facts in facts(), application_day: bool, days in 1_usize..600) {
        let (absent, held) = (facts.absent(false), facts.held(true));
        let start = format!("kind = \"present_on_start\"\nwindow = \"P1Y\"\nends = \"{}\"", ends(application_day));
        check(&start, &facts, |on| !absent.contains(&window(on, "P1Y", application_day)[0]))?;
        let last = "kind = \"holds_status\"\nstatus = [ { kind = \"a\" } ]\nlast = \"P3M\"";
        check(last, &facts, |on| window(on, "P3M", true).iter().all(|day| held.contains(day)))?;
        let total = format!("kind = \"total\"\nstatus = [ {{ kind = \"a\" }} ]\ndays = {days}");
        check(&total, &facts, |on| held.range(..on).count() >= days)?;
    }

    #[test]
    fn adding_a_day_of_presence_never_hurts(facts in facts(), which in any::<prop::sample::Index>()) {
        prop_assume!(!facts.trips.is_empty());
        let mut fewer = facts.clone();
        fewer.trips.remove(which.index(facts.trips.len()));
        for requirement in [
            "kind = \"presence\"\nwindow = \"P1Y\"\ndays = 200",
            "kind = \"absence_limit\"\nwindow = \"P1Y\"\ndays = 20\nper = \"rolling:P3M\"",
        ] {
            let (with, without) = (engine(requirement, facts.json()), engine(requirement, fewer.json()));
            for on in (0..1500).map(day) {
                prop_assert!(!holds(&with, on) || holds(&without, on), "on {on}, {requirement}");
            }
        }
    }

    /// What is certain of a dossier with months for days is what both dossiers of the contract's table agree on.
    #[test]
    fn uncertain_dates_are_the_two_dossiers_of_the_table(from in 0_u64..40, length in 200_u64..500, trip in 60_u64..120, away in 0_u64..60) {
        let requirement = "kind = \"term\"\nlength = \"P6M\"\nstatus = [ { kind = \"a\" } ]";
        let month = |date: NaiveDate| date.format("%Y-%m").to_string();
        let first = |date: NaiveDate| date.format("%Y-%m-01").to_string();
        let last = |date: NaiveDate| (super::date(&first(date)) + chrono::Months::new(1)).pred_opt().unwrap().to_string();
        let (begin, end, exit, entry) = (day(from), day(from + length), day(trip), day(trip + away));
        let facts = |from: String, to: String, exit: String, entry: String, trip: bool| {
            let trips = if trip { json!([{"exit": exit, "entry": entry}]) } else { json!([]) };
            json!({"id": "w", "statuses": [{"kind": "c", "from": "2019-11-01", "to": null}, {"kind": "a", "from": from, "to": to}], "absences": trips})
        };
        let uncertain = engine(requirement, facts(month(begin), month(end), month(exit), month(entry), true));
        let kept = last(exit) < first(entry);
        let favourable = engine(requirement, facts(first(begin), last(end), last(exit), first(entry), kept));
        let unfavourable = engine(requirement, facts(last(begin), first(end), first(exit), last(entry), true));
        for on in (0..1500).map(day) {
            prop_assert_eq!(holds(&uncertain, on), holds(&favourable, on) && holds(&unfavourable, on), "on {}", on);
        }
    }
}
