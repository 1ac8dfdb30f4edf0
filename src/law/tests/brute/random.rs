//! Random rules and random facts: month ends, leap days, touching and same-day trips, gaps and partial dates are frequent.

use proptest::collection::vec;
use proptest::option::{self, weighted};
use proptest::prelude::*;
use proptest::sample::select;

use super::days::{Day, P, day};
use super::model::{
    Amount, Convention, Credit, Date, Fact, Kind, Limit, Per, Person, Proof, Requirement, Selector, Status, Version,
};

/// The first day on which something happens: shortly before a leap day.
pub(super) fn base() -> Day {
    day(2019, 11, 20)
}

fn convention() -> impl Strategy<Value = Option<Convention>> {
    option::of((any::<bool>(), any::<bool>()))
}

pub(super) fn selector() -> impl Strategy<Value = Selector> {
    let grounds = || select(vec![vec!["1"], vec!["2"], vec!["1", "2"]]);
    let not = |names: Vec<&'static str>| prop_oneof![5 => Just(vec![]), 1 => Just(names)];
    (select(vec!["a", "a", "b"]), weighted(0.2, grounds()), not(vec!["2"]), not(vec!["8"])).prop_map(
        |(kind, grounds, not_grounds, not_sponsor_grounds)| Selector {
            kind,
            grounds,
            not_grounds,
            not_sponsor_grounds,
        },
    )
}

pub(super) fn status() -> impl Strategy<Value = Vec<Selector>> {
    vec(selector(), 1..3)
}

fn window() -> impl Strategy<Value = P> {
    select(vec![P(0, 1, 0), P(0, 2, 0), P(0, 0, 90), P(0, 6, 0), P(1, 0, 0), P(1, 1, 0), P(0, 1, 15)])
}

/// A limit for a place where limits are judged. Every amount is lower than the shortest place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Where {
    Term,
    Window,
    Watch,
}

pub(super) fn limit(place: Where) -> impl Strategy<Value = Limit> {
    let short = select(vec![P(0, 0, 30), P(0, 1, 0), P(0, 2, 0), P(0, 6, 0), P(1, 0, 0), P(0, 1, 10)]);
    let last = select(vec![P(0, 1, 0), P(0, 3, 0), P(0, 0, 45)]);
    let years = if place == Where::Window { Per::CalendarYear } else { Per::AnniversaryYear };
    let last = if place == Where::Watch {
        prop_oneof![last.prop_map(Per::Rolling)].boxed()
    } else {
        last.prop_map(Per::Last).boxed()
    };
    let per = prop_oneof![
        2 => Just(Per::Trip),
        3 => short.prop_map(Per::Rolling),
        1 => Just(Per::CalendarYear),
        2 => Just(years),
        1 => Just(Per::Window),
        1 => last,
    ];
    let (months, covered) = (option::of(1..3_i32), prop::bool::weighted(0.2));
    (per, 1..25_i32, months, any::<bool>(), any::<bool>(), covered, convention()).prop_map(
        move |(per, days, months, reach, restart, covered, day_count)| {
            // An `absence_limit` has neither.
            let covered = covered && place != Where::Window;
            let months = months.filter(|_| per == Per::Trip && place != Where::Window && !covered);
            let amount = months.map_or(Amount::Days(days), Amount::Months);
            Limit { amount, per, reach, restart: restart && place == Where::Term, covered, day_count }
        },
    )
}

fn term() -> impl Strategy<Value = Kind> {
    let length = select(vec![P(0, 2, 0), P(0, 6, 0), P(1, 0, 0), P(1, 1, 0), P(0, 0, 400), P(2, 0, 0)]);
    (length, status(), any::<bool>(), 0..6_i32, convention()).prop_map(|(length, status, day_after, gap, day_count)| {
        Kind::Term { length, status, day_after, gap, day_count }
    })
}

fn presence() -> impl Strategy<Value = Kind> {
    let credit =
        (status(), any::<bool>(), option::of(5..80_i32)).prop_map(|(status, half, cap)| Credit { status, half, cap });
    let credit = prop_oneof![1 => Just(vec![]), 2 => vec(credit, 1..3)];
    let rest = (any::<bool>(), 1..101_i32, convention(), credit, option::of(any::<bool>()));
    let whole = select(vec![P(1, 0, 0), P(2, 0, 0), P(3, 0, 0)]);
    // Windows that their parts do not fill: the oldest part is what is left.
    let broken = select(vec![P(1, 0, 0), P(1, 6, 0), P(2, 1, 0), P(0, 0, 100), P(0, 11, 20)]);
    let parts = select(vec![P(1, 0, 0), P(0, 6, 0), P(0, 0, 30), P(0, 1, 0)]);
    let windows = prop_oneof![
        4 => window().prop_map(|length| (length, None)),
        1 => whole.prop_map(|length| (length, Some(P(1, 0, 0)))),
        2 => (broken, parts).prop_map(|(length, each)| (length, Some(each))),
    ];
    (windows, rest).prop_map(|((window, each), (application_day, share, day_count, credit, round_up))| {
        let days_of = |length: P| length.0 * 365 + length.1 * 30 + length.2;
        // Mostly near what can be reached; now and then in the shortest part, too.
        let left = each.map_or(0, |each| days_of(window) % days_of(each)).max(1);
        let all = if each.is_some() && share % 4 == 0 { left } else { days_of(each.unwrap_or(window)) };
        let days = (all * (40 + share * 6 / 10) / 100).max(1);
        Kind::Presence { window, application_day, days, day_count, each, credit, round_up }
    })
}

fn simple() -> impl Strategy<Value = Kind> {
    let fact = prop_oneof![
        2 => any::<bool>().prop_map(Fact::Is),
        1 => (0..3_i64).prop_map(Fact::Number),
        1 => select(vec!["x", "y"]).prop_map(Fact::Word),
    ];
    prop_oneof![
        4 => term(),
        3 => (window(), any::<bool>(), limit(Where::Window))
            .prop_map(|(window, application_day, limit)| Kind::AbsenceLimit { window, application_day, limit }),
        3 => presence(),
        2 => (status(), option::of(window())).prop_map(|(status, last)| Kind::HoldsStatus { status, last }),
        2 => (window(), any::<bool>(), convention())
            .prop_map(|(window, application_day, day_count)| Kind::PresentOnStart { window, application_day, day_count }),
        2 => (select(vec!["l", "m"]), option::of(0..6_usize)).prop_map(|(kind, min_level)| Kind::Evidence { kind, min_level }),
        1 => (18..21_i32, 1..4_i32, 0..3_u8).prop_map(|(least, more, which)| Kind::Age {
            min: (which != 1).then_some(least),
            max: (which != 0).then_some(least + more),
        }),
        2 => (select(vec!["f", "g"]), fact).prop_map(|(fact, equals)| Kind::Fact { fact, equals }),
        1 => (status(), 1..700_i32).prop_map(|(status, days)| Kind::Total { status, days }),
    ]
}

pub(super) fn requirement() -> impl Strategy<Value = Requirement> {
    let one =
        || (weighted(0.3, any::<bool>()), simple()).prop_map(|(obtainable, kind)| Requirement { obtainable, kind });
    let any_of = (weighted(0.2, any::<bool>()), vec(one(), 2..4))
        .prop_map(|(obtainable, parts)| Requirement { obtainable, kind: Kind::AnyOf(parts) });
    prop_oneof![6 => one(), 1 => any_of]
}

/// One to three versions of a route, with or without time between them.
pub(super) fn versions() -> impl Strategy<Value = Vec<Version>> {
    let readings = prop_oneof![1 => Just(vec![]), 3 => vec(vec(limit(Where::Term), 0..3), 1..3)];
    let version = (
        vec(requirement(), 1..4),
        readings,
        any::<prop::sample::Index>(),
        100..700_i32,
        prop_oneof![2 => Just(0), 1 => 1..200_i32],
    );
    (vec(version, 1..4), prop_oneof![1 => Just(-4_000), 1 => 0..400_i32], any::<bool>()).prop_map(
        |(all, begin, open)| {
            let count = all.len();
            let mut from = base() + begin;
            let make = |(i, (requirements, readings, default, days, pause)): (
                usize,
                (_, Vec<Vec<Limit>>, prop::sample::Index, _, _),
            )| {
                // The first version of law that has always been there ends in the middle of the story.
                let to = if i == 0 && begin < 0 { base() + days } else { from + days };
                let default = if readings.is_empty() { 0 } else { default.index(readings.len()) };
                let version =
                    Version { from, to: (i + 1 < count || !open).then_some(to), requirements, readings, default };
                from = to + 1 + pause;
                version
            };
            all.into_iter().enumerate().map(make).collect()
        },
    )
}

/// A date, now and then only its month or year.
fn date(on: Day, how: u8) -> Date {
    match how {
        0 => Date::Year(on),
        1..=4 => Date::Month(on),
        _ => Date::Day(on),
    }
}

/// Whether and how dates are uncertain: in half of the dossiers none is.
fn how() -> impl Strategy<Value = u8> {
    0..24_u8
}

/// Lengths of stays and trips: touching and very short ones are frequent, month ends too.
fn days(most: i32) -> impl Strategy<Value = i32> {
    prop_oneof![2 => Just(0), 1 => 1..3_i32, 4 => 0..most, 1 => select(vec![28, 29, 30, 31, 59, 60])]
}

pub(super) fn person() -> impl Strategy<Value = Person> {
    let ground = || option::of(select(vec!["1", "2"]));
    let status = (
        (select(vec!["a", "a", "a", "b"]), ground(), weighted(0.2, Just("8"))),
        (prop_oneof![3 => Just(1), 2 => 2..9_i32, 1 => -60..0_i32], 20..500_i32, how(), how()),
    );
    let trip = (days(70), days(50), how(), how());
    let proof = (select(vec!["l", "m"]), option::of(0..6_usize), 0..900_i32, option::of(0..500_i32), how(), how());
    let fact = prop_oneof![
        2 => Just(Fact::Missing),
        1 => Just(Fact::Null),
        3 => any::<bool>().prop_map(Fact::Is),
        1 => (0..3_i64).prop_map(Fact::Number),
        1 => select(vec!["x", "y"]).prop_map(Fact::Word),
    ];
    let unknown = vec((0..900_i32, days(40)), 0..3);
    let birth = weighted(0.8, (1999..2004_i32, 1..13_u32, select(vec![1_u32, 15, 28, 29, 31]), how()));
    (
        (vec(status, 0..6), any::<bool>(), -40..40_i32),
        (vec(trip, 0..10), prop::bool::weighted(0.2)),
        (prop_oneof![3 => Just(vec![]), 1 => unknown], vec(proof, 0..3), (fact.clone(), fact)),
        (birth, weighted(0.3, 0..1_300_i32), any::<bool>()),
    )
        .prop_map(
            |((statuses, open, begin), (trips, away), (unknown, evidence, (f, g)), (birth, through, certain))| {
                let date = |on: Day, how: u8| if certain { Date::Day(on) } else { date(on, how) };
                let mut from = base();
                let held = statuses.into_iter().map(|((kind, ground, sponsor), (pause, days, first, last))| {
                    let (begin, end) = (from, from + days);
                    from = end + pause;
                    Status { kind, ground, sponsor, from: date(begin, first), to: Some(date(end, last)) }
                });
                let mut statuses: Vec<_> = held.collect();
                if let Some(last) = statuses.last_mut().filter(|_| open) {
                    last.to = None;
                }
                let mut at = base() + begin;
                let taken = trips.into_iter().map(|(home, away, first, last)| {
                    let exit = at + home;
                    at = exit + away;
                    (date(exit, first), Some(date(at, last)))
                });
                let mut trips: Vec<_> = taken.collect();
                if let Some(last) = trips.last_mut().filter(|_| away) {
                    last.1 = None;
                }
                let unknown = unknown.into_iter().map(|(from, days)| (base() + from, base() + from + days));
                let proof = |(kind, level, from, days, first, last): (_, _, i32, Option<i32>, _, _)| {
                    let from = base() + from;
                    Proof { kind, level, from: date(from, first), to: days.map(|days| date(from + days, last)) }
                };
                Person {
                    birth: birth.map(|(year, month, on, how)| date(day(year, month, on), how)),
                    known_through: through.map(|days| base() + days),
                    statuses,
                    trips,
                    unknown: unknown.collect(),
                    evidence: evidence.into_iter().map(proof).collect(),
                    facts: vec![("f", f), ("g", g)],
                }
            },
        )
}

/// A question about a person, and days to look at beside those the answer names.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) on: Day,
    pub(super) law_at: Option<Day>,
    pub(super) no_renewal: bool,
    pub(super) days: Vec<Day>,
}

pub(super) fn asked() -> impl Strategy<Value = Asked> {
    let days = vec(prop_oneof![6 => -20..1_600_i32, 1 => 1_600..7_000_i32], 12);
    (-100..1_500_i32, weighted(0.25, -200..1_500_i32), any::<bool>(), days).prop_map(
        |(on, law_at, no_renewal, days)| Asked {
            on: base() + on,
            law_at: law_at.map(|days| base() + days),
            no_renewal,
            days: days.into_iter().map(|days| base() + days).collect(),
        },
    )
}
