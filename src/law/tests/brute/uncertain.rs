//! What an answer hangs on: each uncertain fact decided each way while the others stay (engine contract, section 6).

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::days::{Day, P, text};
use super::facts::{Doubt, Facts, Side};
use super::model::{Person, Version, toml};
use super::random::{Asked, asked, person, versions};
use super::routes::{Met, law, met, outcome, same};
use super::walk::Ready;
use crate::law::tests::{date, dossier, pack};
use crate::law::{Outcome, Question, RouteResult, evaluate};

/// More would take too long: every one is a walk over twenty years for each way it can turn out.
const MOST_DOUBTS: usize = 2;

pub(super) fn cases() -> impl Strategy<Value = (Vec<Version>, Person, Asked)> {
    let doubtful = person()
        .prop_filter("is uncertain, but not in everything", |one| (1..=MOST_DOUBTS).contains(&Doubt::all(one).len()));
    (versions(), doubtful, asked())
}

pub(super) fn check((versions, person, asked): &(Vec<Version>, Person, Asked)) -> Result<(), TestCaseError> {
    let rules = toml(versions);
    let question = Question {
        law_at: asked.law_at.map(|day| date(&text(day))),
        no_renewal: asked.no_renewal,
        brief: true,
        ..Question::on(date(&text(asked.on)))
    };
    let context = || format!("{asked:?} on {}\n{rules}\n{}", text(asked.on), person.json());
    let results = evaluate(&pack(&rules), &dossier(person.json()), &question)
        .map_err(|faults| TestCaseError::fail(format!("{faults:?}\n{}", context())))?;
    for result in &results {
        compare(result, &Decided { versions, person, asked, reading: &result.reading })
            .map_err(|wrong| TestCaseError::fail(format!("{wrong} in {}\n{}", result.reading, context())))?;
    }
    Ok(())
}

fn compare(result: &RouteResult, decided: &Decided<'_>) -> Result<(), String> {
    let plain = decided.answer(None);
    let horizon = decided.horizon();
    let mut expected: BTreeMap<String, i32> = BTreeMap::new();
    for doubt in Doubt::all(decided.person) {
        let ways = [true, false].map(|well| decided.answer(Some((doubt, well))));
        if ways.iter().any(|answer| *answer != plain) {
            let narrowed = ways.iter().map(|answer| plain.width(horizon) - answer.width(horizon)).sum();
            expected.insert(doubt.pointer(), narrowed);
        }
    }
    let mut found: Vec<String> = result.uncertain.iter().map(|one| one.pointer.to_string()).collect();
    found.sort();
    same("uncertain", &found, &expected.keys().cloned().collect())?;
    for one in result.uncertain.iter() {
        // The average over both ways, in whole days.
        let narrowed = expected[one.pointer.as_str()];
        same(
            &format!("narrows_days of {} is half of {narrowed}", one.pointer),
            &((narrowed - 2 * one.narrows_days).abs() <= 1),
            &true,
        )?;
    }
    let most_first = result.uncertain.is_sorted_by(|one, next| one.narrows_days >= next.narrows_days);
    same("the most useful comes first", &most_first, &true)
}

/// What a person learns about a route.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    outcome: Outcome,
    earliest: Option<Day>,
    latest: Option<Day>,
    clock_earliest: Option<Day>,
    eligible_since: Option<Day>,
}

impl Answer {
    /// A date that never comes is the horizon.
    fn width(&self, horizon: Day) -> i32 {
        self.latest.unwrap_or(horizon) - self.earliest.unwrap_or(horizon)
    }
}

/// Answers about one person under one reading.
struct Decided<'a> {
    versions: &'a [Version],
    person: &'a Person,
    asked: &'a Asked,
    reading: &'a str,
}

/// The requirements of one version: whether each is obtainable, and itself on both sides.
type Stated<'a> = Vec<(bool, Ready<'a>, Ready<'a>)>;

impl Decided<'_> {
    fn horizon(&self) -> Day {
        P(20, 0, 0).after(self.asked.on)
    }

    fn answer(&self, alone: Option<(Doubt, bool)>) -> Answer {
        let (on, horizon) = (self.asked.on, self.horizon());
        let facts = |side| Facts::decided(self.person, (side, alone), on, !self.asked.no_renewal, horizon + 3);
        let sides = [facts(Side::Favourable), facts(Side::Unfavourable)];
        let mut laws: BTreeMap<Day, Stated<'_>> = BTreeMap::new();
        for version in self.versions {
            let limits = version.limits(self.reading);
            let ready = |side: usize, one| Ready::new(one, limits, &sides[side], horizon);
            let stated = version.requirements.iter().map(|one| (one.obtainable(), ready(0, one), ready(1, one)));
            laws.insert(version.from, stated.collect());
        }
        let stated = |day: Day| law(self.versions, self.asked, day).map(|version| &laws[&version.from]);
        let (mut favourable, mut unfavourable, mut clock) = (None, None, None);
        for day in on..=horizon {
            let Some(each) = stated(day) else { continue };
            if favourable.is_none() {
                let lasting = each.iter().filter(|one| !one.0).all(|one| one.1.met(&sides[0], day));
                if lasting {
                    clock = clock.or(Some(day));
                    favourable =
                        Some(day).filter(|_| each.iter().filter(|one| one.0).all(|one| one.1.met(&sides[0], day)));
                }
            }
            if unfavourable.is_none() {
                unfavourable = Some(day).filter(|_| each.iter().all(|one| one.2.met(&sides[1], day)));
            }
            if favourable.is_some() && unfavourable.is_some() {
                break;
            }
        }
        let each = |day: Day| -> Option<Vec<Met>> {
            Some(stated(day)?.iter().map(|one| met(&one.1, &one.2, &sides, day)).collect())
        };
        let certain = |day: &Day| each(*day).is_some_and(|each| each.iter().all(|met| met.certain));
        let first_status = self.person.statuses.iter().map(|status| status.from.first()).min().unwrap_or(on);
        let eligible_since = (first_status..=on).rev().take_while(certain).last();
        let outcome = match (law(self.versions, self.asked, on), each(on)) {
            (Some(version), Some(today)) => outcome(version, &today, clock.is_some()),
            _ => Outcome::NotApplicable,
        };
        Answer {
            outcome,
            earliest: favourable.into_iter().chain(unfavourable).min(),
            latest: favourable.zip(unfavourable).map(|(one, other)| one.max(other)),
            clock_earliest: clock,
            eligible_since,
        }
    }
}
