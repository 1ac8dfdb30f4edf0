//! Watches against a walk over single days: used, left, the first breach and the last safe day.

use std::collections::BTreeSet;

use chrono::{Datelike, Days, NaiveDate};
use proptest::prelude::*;
use serde_json::json;

use super::{HEAD, date, dossier, pack};
use crate::calendar::Period;
use crate::law::{Question, WatchState, watch};

const BEGIN: &str = "2020-02-29";

fn day(offset: u64) -> NaiveDate {
    date(BEGIN) + Days::new(offset)
}

/// The number of counted days in the window that ends on `t` or, for years, in the year of `t` up to `t`.
fn used(place: &str, counted: &BTreeSet<NaiveDate>, start: NaiveDate, t: NaiveDate) -> usize {
    let in_window = |u: NaiveDate| match place.strip_prefix("rolling:") {
        Some(length) => length.parse::<Period>().unwrap().after(u) > t,
        None if place == "calendar_year" => u.year() == t.year(),
        None => {
            let year = |day: NaiveDate| (0..100).find(|k| Period::years(k + 1).after(start) > day).unwrap();
            year(u) == year(t)
        }
    };
    counted.range(start..=t).filter(|u| in_window(**u)).count()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn watches_agree_with_a_walk_over_single_days(
        trips in prop::collection::vec((1_u64..60, 0_u64..40), 0..10),
        on in 1_u64..600,
        limit in 5_usize..29,
        place in prop::sample::select(vec!["rolling:P1M", "rolling:P180D", "rolling:P1Y", "calendar_year", "anniversary_year"]),
        covered: bool,
    ) {
        let mut at = 0;
        let stays: Vec<(NaiveDate, NaiveDate)> = trips
            .into_iter()
            .map(|(pause, days)| {
                let from = at + pause;
                at = from + days;
                (day(from), day(at))
            })
            .collect();
        let on = day(on);
        // Absent days lie between exit and entry; of a stay both days count.
        let between = |(from, to): &(NaiveDate, NaiveDate)| -> Vec<NaiveDate> {
            let days = from.iter_days().take_while(|day| day <= to);
            if covered { days.collect() } else { days.filter(|day| day > from && day < to).collect() }
        };
        let counted: BTreeSet<NaiveDate> = stays.iter().flat_map(between).collect();
        let start = if covered { counted.first().copied().unwrap_or(on) } else { date(BEGIN) };
        let facts = if covered {
            json!({"id": "w", "statuses": stays.iter().map(|(from, to)| json!({"kind": "s", "from": from, "to": to})).collect::<Vec<_>>()})
        } else {
            json!({"id": "w", "statuses": [{"kind": "s", "from": BEGIN, "to": null}],
                "absences": stays.iter().map(|(exit, entry)| json!({"exit": exit, "entry": entry})).collect::<Vec<_>>()})
        };
        let text = format!(
            "{HEAD}[[watch]]\nid = \"w\"\nstatus = [ {{ kind = \"s\" }} ]\nin_force = {{ from = 2000-01-01 }}\n\
             limit = {{ days = {limit}, per = \"{place}\", count = \"{}\" }}\n",
            if covered { "covered" } else { "absent" }
        );
        let question = Question { no_renewal: true, ..Question::on(on) };
        let results = watch(&pack(&text), &dossier(facts.clone()), &question).unwrap();
        if covered && counted.range(..=on).next().is_none() {
            prop_assert!(results.is_empty());
            return Ok(());
        }
        let found = &results[0];
        let n = used(place, &counted, start, on);
        let breach = start.iter_days().take_while(|t| *t <= on).find(|t| used(place, &counted, start, *t) > limit);
        prop_assert_eq!(usize::try_from(found.used).unwrap(), n, "{}", facts);
        prop_assert_eq!(usize::try_from(found.left).unwrap(), limit.saturating_sub(n));
        prop_assert_eq!(found.breached_on, breach, "on {} {} {}", on, text, facts);
        prop_assert_eq!(found.state == WatchState::Breached, breach.is_some());
        // From `on` for good: away from the day after it (or from the trip that lasts on it), or staying from it.
        let lasting = stays.iter().find(|(from, to)| *from <= on && on < *to);
        let first = match lasting {
            _ if covered => on,
            Some((exit, _)) => exit.succ_opt().unwrap(),
            None => on.succ_opt().unwrap(),
        };
        let mut supposed: BTreeSet<NaiveDate> = counted.range(..=on).copied().collect();
        supposed.extend(first.iter_days().take(800));
        let broken = start.iter_days().find(|t| used(place, &supposed, start, *t) > limit).unwrap();
        let safe = breach.is_none().then(|| broken.pred_opt().unwrap());
        prop_assert_eq!(found.safe_until, safe, "on {} {} {}", on, text, facts);
    }
}
