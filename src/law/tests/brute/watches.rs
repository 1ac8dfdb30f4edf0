//! Watches: used, left, the window, the first breach and the last safe day, by walking (engine contract, sections 3 to 6).

use std::fmt::Write as _;

use proptest::prelude::*;

use super::count::Counter;
use super::days::{Day, P, day, of, text, ymd};
use super::facts::{Facts, Side, Trip};
use super::model::{Amount, Limit, Per, Person, Selector, limit as keys, selectors};
use super::random::{Asked, Where, asked, base, limit, person, status};
use crate::law::tests::{HEAD, date, dossier, pack};
use crate::law::{Dossier, Question, WatchResult, WatchState, watch};

/// A version of the watch, with a reading for each limit.
#[derive(Clone, Debug)]
pub(super) struct Version {
    from: Day,
    to: Option<Day>,
    status: Vec<Selector>,
    limits: Vec<Limit>,
}

/// A watch, and people with a question each.
type Case = (Vec<Version>, Vec<(Person, Asked)>);

pub(super) fn cases(people: usize) -> impl Strategy<Value = Case> {
    let version = (status(), prop::collection::vec(limit(Where::Watch), 1..4), 100..700_i32, 0..60_i32);
    let versions = (prop::collection::vec(version, 1..3), prop_oneof![3 => Just(-4_000), 1 => 0..400_i32]);
    let versions = versions.prop_map(|(all, begin)| {
        let (count, mut from) = (all.len(), base() + begin);
        let make = |(i, (status, limits, days, pause)): (usize, (_, _, i32, i32))| {
            let to = if i == 0 && begin < 0 { base() + days } else { from + days };
            let version = Version { from, to: (i + 1 < count).then_some(to), status, limits };
            from = to + 1 + pause;
            version
        };
        all.into_iter().enumerate().map(make).collect()
    });
    (versions, prop::collection::vec((person(), asked()), people))
}

fn toml(versions: &[Version]) -> String {
    let mut rules = HEAD.to_owned();
    for version in versions {
        let to = version.to.map(|to| format!(", to = {}", text(to))).unwrap_or_default();
        let (from, status) = (text(version.from), selectors(&version.status));
        write!(rules, "[[watch]]\nid = \"w\"\nin_force = {{ from = {from}{to} }}\n{status}\n").unwrap();
        for (i, limit) in version.limits.iter().enumerate() {
            let (default, limit) = (i == 0, keys(limit).join(", "));
            write!(rules, "[[watch.reading]]\nid = \"x{i}\"\ndefault = {default}\nlimit = {{ {limit} }}\n").unwrap();
        }
    }
    rules
}

pub(super) fn check((versions, people): &Case) -> Result<(), TestCaseError> {
    let rules = toml(versions);
    let pack = pack(&rules);
    for (person, asked) in people {
        let facts: Dossier = dossier(person.json());
        let question = Question {
            law_at: asked.law_at.map(|day| date(&text(day))),
            no_renewal: asked.no_renewal,
            brief: true,
            ..Question::on(date(&text(asked.on)))
        };
        let context = || format!("{asked:?} on {}\n{rules}\n{}", text(asked.on), person.json());
        let results = watch(&pack, &facts, &question)
            .map_err(|faults| TestCaseError::fail(format!("{faults:?}\n{}", context())))?;
        let law = asked.law_at.unwrap_or(asked.on);
        let version = versions.iter().find(|version| version.from <= law && version.to.is_none_or(|to| law <= to));
        let Some(version) = version else {
            prop_assert!(results.is_empty(), "{}", context());
            continue;
        };
        let last = asked.on + 3_000;
        let facts = Facts::new(person, Side::Warning, asked.on, !asked.no_renewal, last);
        for (i, limit) in version.limits.iter().enumerate() {
            let found = results.iter().find(|result| *result.reading == *format!("x{i}"));
            prop_assert!(found.is_none_or(|found| of(found.version) == version.from), "{}", context());
            compare(found, limit, &version.status, &facts, asked.on)
                .map_err(|wrong| TestCaseError::fail(format!("{wrong} in x{i}\n{}", context())))?;
        }
        prop_assert!(results.len() <= version.limits.len(), "{}", context());
    }
    Ok(())
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, expected: &T) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{what}: the engine has {found:?}, the walk {expected:?}")) }
}

fn compare(
    found: Option<&WatchResult>,
    limit: &Limit,
    status: &[Selector],
    facts: &Facts<'_>,
    on: Day,
) -> Result<(), String> {
    let covered = facts.covered(status, 0);
    let held = |day: Day| facts.has(&covered, day);
    // The last day up to `on` that counts as held: `on` itself unless covered days are counted.
    let shown =
        if limit.covered { (facts.first..=on).rev().find(|day| held(*day)) } else { Some(on).filter(|on| held(*on)) };
    same("whether it is reported", &found.is_some(), &shown.is_some())?;
    let (Some(found), Some(shown)) = (found, shown) else { return Ok(()) };
    let run_from = (facts.first..=shown).rev().take_while(|day| held(*day)).last().unwrap();
    same("status_from", &of(found.status_from), &run_from)?;
    let start = if limit.covered { (facts.first..=on).find(|day| held(*day)).unwrap() } else { run_from };
    let convention = limit.day_count.unwrap_or_default();
    let days = if limit.covered { &covered } else { facts.absent(convention) };
    let mut counter = Counter::new(limit, facts, days, &facts.trips, convention, start);
    let breached_on = (start..=on).find(|day| counter.step(*day).1);
    same("breached_on", &found.breached_on.map(of), &breached_on)?;
    same("state", &(found.state == WatchState::Breached), &breached_on.is_some())?;
    if limit.per == Per::Trip {
        trip_under_way(found, limit, facts, &covered, (start, on))?;
    } else {
        let window = window(limit.per, start, on);
        same("window", &(of(found.window.from), found.window.to.map(of)), &(window.0, Some(window.1)))?;
        let used = (window.0.max(start)..=on.min(window.1)).filter(|day| facts.has(days, *day)).count();
        same("used", &usize::try_from(found.used).unwrap(), &used)?;
        let Amount::Days(most) = limit.amount else { unreachable!("months are per trip") };
        let most = most - i32::from(limit.reach);
        same("limit", &found.limit, &most)?;
        same("left", &found.left, &(most - found.used).max(0))?;
    }
    let safe = breached_on.is_none().then(|| safe_until(limit, facts, &covered, start, on)).flatten();
    same("safe_until", &found.safe_until.map(of), &safe)
}

/// `used`, `limit` and `left` per trip: the days of the trip (or stay) that lasts on the date or ends on it; without one nothing is
/// used. Trips whose dates are uncertain may overlap: then any of those under way.
fn trip_under_way(
    found: &WatchResult,
    limit: &Limit,
    facts: &Facts<'_>,
    covered: &[bool],
    (start, on): (Day, Day),
) -> Result<(), String> {
    let convention = limit.day_count.unwrap_or_default();
    let allowed = |exit: Day| match limit.amount {
        Amount::Days(days) => days - i32::from(limit.reach),
        Amount::Months(months) => P(0, months, 0).after(exit) - exit - i32::from(limit.reach),
    };
    let days = |counts: &dyn Fn(Day) -> bool| i32::try_from((start..=on).filter(|day| counts(*day)).count()).unwrap();
    let mut possible: Vec<(i32, i32)> = if limit.covered {
        let stay = (facts.first..=on).rev().take_while(|day| facts.has(covered, *day)).count();
        vec![(i32::try_from(stay).unwrap(), allowed(on))]
    } else {
        let lasts = |trip: &&Trip| {
            trip.is_absent(on, convention) || (trip.exit <= on && trip.entry.is_none_or(|entry| on < entry))
        };
        let trips = facts.trips.iter().filter(lasts);
        trips.map(|trip| (days(&|day| trip.is_absent(day, convention)), allowed(trip.exit))).collect()
    };
    if possible.is_empty() {
        possible.push((0, allowed(on)));
    }
    let told = (found.used, found.limit);
    if !possible.contains(&told) {
        return Err(format!("used and limit: the engine has {told:?}, the walk one of {possible:?}"));
    }
    same("left", &found.left, &(found.limit - found.used).max(0))
}

/// The window that ends on the day, or the year that contains it.
fn window(per: Per, start: Day, on: Day) -> (Day, Day) {
    match per {
        Per::Rolling(length) | Per::Last(length) => (length.first_reaching(on + 1), on),
        Per::CalendarYear => (day(ymd(on).0, 1, 1), day(ymd(on).0, 12, 31)),
        Per::AnniversaryYear => {
            let year = (0..100).find(|k| P(k + 1, 0, 0).after(start) > on).unwrap();
            (P(year, 0, 0).after(start), P(year + 1, 0, 0).after(start) - 1)
        }
        Per::Window | Per::Trip => (start, on),
    }
}

/// The day before the first breach, had the person left on `on` or stayed away (for covered days: stayed on) for good.
fn safe_until(limit: &Limit, facts: &Facts<'_>, covered: &[bool], start: Day, on: Day) -> Option<Day> {
    let convention = limit.day_count.unwrap_or_default();
    // No status and no record of presence lasts longer than a year in which the limit must break.
    let until = facts.last - 10;
    let place = |day: Day| usize::try_from(day - facts.first).unwrap();
    let (mut days, mut trips) = (covered.to_vec(), facts.trips.clone());
    if limit.covered {
        days[place(on)..].fill(true);
    } else {
        // Trips whose dates are uncertain may overlap here: away since the earliest of them.
        let current =
            trips.iter().filter(|trip| trip.is_trip() && trip.exit <= on && trip.entry.is_none_or(|entry| on < entry));
        let exit = current.map(|trip| trip.exit).min().unwrap_or(on);
        trips.retain(|trip| !trip.is_trip() || trip.entry.is_some_and(|entry| entry <= on));
        trips.push(Trip::new(exit, None));
        days = facts.absent_on(&trips, convention);
    }
    let end =
        if limit.covered { until } else { (on..=until).take_while(|day| facts.has(covered, *day)).last().unwrap() };
    let mut counter = Counter::new(limit, facts, &days, &trips, convention, start);
    match (start..=end).find(|day| counter.step(*day).1) {
        Some(breach) => Some(breach - 1),
        // The status ends first; a status without end cannot outlast a limit on days away.
        None => Some(end).filter(|end| *end < until),
    }
}

#[test]
fn on_a_day_of_return_that_is_absent_the_whole_trip_is_used() {
    let rules = |entry: &str| {
        format!(
            "{HEAD}[[watch]]\nid = \"w\"\nstatus = [ {{ kind = \"s\" }} ]\nin_force = {{ from = 2000-01-01 }}\n\
             limit = {{ days = 20, per = \"trip\", day_count = {{ entry = \"{entry}\" }} }}\n"
        )
    };
    let facts = dossier(serde_json::json!({"id": "x", "statuses": [{"kind": "s", "from": "2024-01-01", "to": null}],
        "absences": [{"exit": "2024-03-01", "entry": "2024-03-11"}]}));
    let used = |entry: &str, on: &str| {
        let found = watch(&pack(&rules(entry)), &facts, &Question::on(date(on))).unwrap();
        (found[0].used, found[0].left)
    };
    assert_eq!([used("absent", "2024-03-10"), used("absent", "2024-03-11")], [(9, 11), (10, 10)]);
    assert_eq!([used("present", "2024-03-10"), used("present", "2024-03-11")], [(9, 11), (0, 20)]);
    assert_eq!(used("absent", "2024-03-12"), (0, 20));
}
