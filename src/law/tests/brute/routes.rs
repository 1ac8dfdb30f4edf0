//! Routes: every field of a result against the walk (engine contract, sections 3 to 6).

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::days::{Day, P, of, text};
use super::facts::{Facts, Side};
use super::model::{Person, Version, toml};
use super::random::{Asked, asked, person, versions};
use super::walk::Ready;
use crate::law::tests::{date, dossier, pack};
use crate::law::{Dossier, Outcome, Question, RouteResult, State, evaluate};

/// Rules, and people with a question each.
pub(super) fn cases(people: usize) -> impl Strategy<Value = (Vec<Version>, Vec<(Person, Asked)>)> {
    (versions(), prop::collection::vec((person(), asked()), people))
}

pub(super) fn check((versions, people): &(Vec<Version>, Vec<(Person, Asked)>)) -> Result<(), TestCaseError> {
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
        let results = evaluate(&pack, &facts, &question)
            .map_err(|faults| TestCaseError::fail(format!("{faults:?}\n{}", context())))?;
        let walk = Walk { versions, person, asked };
        for result in &results {
            walk.compare(result)
                .map_err(|wrong| TestCaseError::fail(format!("{wrong} in {}\n{}", result.reading, context())))?;
        }
        if let Some(version) = walk.law(asked.on) {
            let readings: Vec<_> = results.iter().map(|result| result.reading.to_string()).collect();
            let mut stated: Vec<_> = (0..version.readings.len()).map(|i| format!("x{i}")).collect();
            if stated.is_empty() {
                stated.push("default".to_owned());
            }
            prop_assert_eq!(readings, stated, "{}", context());
        }
    }
    Ok(())
}

/// Met on one application date: with favourable, with unfavourable facts, and for certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Met {
    favourable: bool,
    unfavourable: bool,
    pub(super) certain: bool,
}

impl Met {
    const ALWAYS: Self = Self { favourable: true, unfavourable: true, certain: true };
    const NEVER: Self = Self { favourable: false, unfavourable: false, certain: false };

    fn and(self, other: Self) -> Self {
        Self {
            favourable: self.favourable && other.favourable,
            unfavourable: self.unfavourable && other.unfavourable,
            certain: self.certain && other.certain,
        }
    }

    fn state(self) -> State {
        match self {
            Self { certain: true, .. } => State::Met,
            Self { favourable: false, unfavourable: false, .. } => State::NotMet,
            _ => State::Undetermined,
        }
    }
}

/// The requirements of one version, made ready on both sides.
struct Stated<'a> {
    favourable: Vec<Ready<'a>>,
    unfavourable: Vec<Ready<'a>>,
}

struct Walk<'a> {
    versions: &'a [Version],
    person: &'a Person,
    asked: &'a Asked,
}

pub(super) fn met(favourable: &Ready<'_>, unfavourable: &Ready<'_>, sides: &[Facts<'_>; 2], on: Day) -> Met {
    let (one, other) = (favourable.met(&sides[0], on), unfavourable.met(&sides[1], on));
    // A choice is certain only if one of its parts is.
    let certain = match favourable.parts() {
        [] => one && other,
        parts => parts.iter().zip(unfavourable.parts()).any(|(one, other)| met(one, other, sides, on).certain),
    };
    Met { favourable: one, unfavourable: other, certain }
}

/// The version that applies on a date.
pub(super) fn law<'a>(versions: &'a [Version], asked: &Asked, on: Day) -> Option<&'a Version> {
    let on = asked.law_at.unwrap_or(on);
    versions.iter().find(|version| version.from <= on && version.to.is_none_or(|to| on <= to))
}

/// Says what is wrong if two values differ.
pub(super) fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, expected: &T) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{what}: the engine has {found:?}, the walk {expected:?}")) }
}

impl<'a> Walk<'a> {
    fn law(&self, on: Day) -> Option<&'a Version> {
        law(self.versions, self.asked, on)
    }

    /// The days looked at: those the answer names with the days around them, and random ones.
    fn days(&self, result: &RouteResult, first: Day, horizon: Day) -> Vec<Day> {
        let spans = result.windows.iter().flat_map(|span| [Some(span.from), span.to]);
        let named = [result.earliest, result.latest, result.clock_earliest, result.eligible_since];
        let alone = result.requirements.iter().flat_map(|one| [one.met_from, one.met_since, one.met_until]);
        let around = spans.chain(named).chain(alone).flatten().map(of).flat_map(|day| [day - 1, day, day + 1]);
        let law = self
            .versions
            .iter()
            .flat_map(|version| [Some(version.from), version.to])
            .flatten()
            .flat_map(|day| [day, day + 1]);
        let mut days: Vec<_> = around.chain(law).chain(self.asked.days.iter().copied()).collect();
        days.extend([first, self.asked.on, self.asked.on + 1, horizon]);
        days.retain(|day| (first..=horizon).contains(day));
        days.sort_unstable();
        days.dedup();
        days
    }

    fn compare(&self, result: &RouteResult) -> Result<(), String> {
        let on = self.asked.on;
        let horizon = P(20, 0, 0).after(on);
        let first_status = self.person.statuses.iter().map(|status| status.from.first()).min().unwrap_or(on);
        let first = first_status.min(on);
        let days = self.days(result, first, horizon);
        // A few days more, for windows that end on the last application date.
        let facts = |side| Facts::new(self.person, side, on, !self.asked.no_renewal, horizon + 3);
        let sides = [facts(Side::Favourable), facts(Side::Unfavourable)];
        let last = *days.last().unwrap();
        let ready = |version: &'a Version, side: usize| -> Vec<Ready<'_>> {
            let limits = version.limits(&result.reading);
            version.requirements.iter().map(|one| Ready::new(one, limits, &sides[side], last)).collect()
        };
        let ready = |version| Stated { favourable: ready(version, 0), unfavourable: ready(version, 1) };
        let mut laws: BTreeMap<Day, Stated<'_>> = BTreeMap::new();
        for version in days.iter().filter_map(|day| self.law(*day)).chain(self.law(on)) {
            laws.entry(version.from).or_insert_with(|| ready(version));
        }
        let requirements = |version: &Version, day: Day| -> Vec<Met> {
            let stated = &laws[&version.from];
            stated
                .favourable
                .iter()
                .zip(&stated.unfavourable)
                .map(|(one, other)| met(one, other, &sides, day))
                .collect()
        };
        let (mut all, mut clock, mut alone) = (Vec::new(), Vec::new(), Vec::new());
        for day in &days {
            let whole = self.law(*day).map_or((Met::NEVER, Met::NEVER), |version| {
                let each = requirements(version, *day);
                let lasting = version.requirements.iter().zip(&each).filter(|(one, _)| !one.obtainable());
                (
                    each.iter().copied().fold(Met::ALWAYS, Met::and),
                    lasting.map(|(_, met)| *met).fold(Met::ALWAYS, Met::and),
                )
            });
            all.push(whole.0);
            clock.push(whole.1);
            alone.push(self.law(on).filter(|_| *day >= on).map(|version| requirements(version, *day)));
        }
        let seen = Seen { on, first_status, horizon, days: &days, all: &all, clock: &clock, alone: &alone };
        seen.dates(result)?;
        seen.windows(result)?;
        seen.requirements(result, self.law(on))
    }
}

/// What the walk has seen on each of its days.
struct Seen<'a> {
    on: Day,
    first_status: Day,
    horizon: Day,
    days: &'a [Day],
    all: &'a [Met],
    clock: &'a [Met],
    /// The requirements of the version in force on the date of the question, one by one, from that date on.
    alone: &'a [Option<Vec<Met>>],
}

impl Seen<'_> {
    fn first<T>(&self, list: &[T], met: impl Fn(&T) -> bool) -> Option<Day> {
        self.days.iter().zip(list).find(|(day, one)| **day >= self.on && met(one)).map(|(day, _)| *day)
    }

    fn dates(&self, result: &RouteResult) -> Result<(), String> {
        let one = self.first(self.all, |met| met.favourable);
        let other = self.first(self.all, |met| met.unfavourable);
        // A day that never comes is later than any.
        let in_order = |day: Option<Day>| day.unwrap_or(Day::MAX);
        let (earliest, latest) = if in_order(one) <= in_order(other) { (one, other) } else { (other, one) };
        same("earliest", &result.earliest.map(of), &earliest)?;
        same("latest", &result.latest.map(of), &latest)?;
        same("clock_earliest", &result.clock_earliest.map(of), &self.first(self.clock, |met| met.favourable))
    }

    fn windows(&self, result: &RouteResult) -> Result<(), String> {
        let windows: Vec<(Day, Day)> =
            result.windows.iter().map(|span| (of(span.from), span.to.map_or(self.horizon, of))).collect();
        for (day, met) in self.days.iter().zip(self.all) {
            let inside = windows.iter().any(|(from, to)| from <= day && day <= to);
            same(&format!("windows on {}", text(*day)), &inside, &(met.certain && *day >= self.first_status))?;
        }
        for (one, next) in windows.iter().zip(windows.iter().skip(1)) {
            same("windows are in order and apart", &(one.1 + 1 < next.0), &true)?;
        }
        let bounded = result
            .windows
            .iter()
            .all(|span| span.from <= span.to.unwrap_or(span.from) && span.to.is_none_or(|to| of(to) < self.horizon));
        same("windows end before the horizon", &bounded, &true)?;
        let since = windows.iter().find(|(from, to)| *from <= self.on && self.on <= *to).map(|(from, _)| *from);
        same("eligible_since", &result.eligible_since.map(of), &since)
    }

    fn requirements(&self, result: &RouteResult, version: Option<&Version>) -> Result<(), String> {
        same("version", &result.version.map(of), &version.map(|version| version.from))?;
        let Some(version) = version else {
            same("outcome", &result.outcome, &Outcome::NotApplicable)?;
            return same("requirements", &result.requirements.len(), &0);
        };
        let today = self.days.iter().position(|day| *day == self.on).unwrap();
        let today = self.alone[today].as_ref().unwrap();
        same("number of requirements", &result.requirements.len(), &version.requirements.len())?;
        let mut blocker: Option<(Day, String)> = None;
        let mut missing = Vec::new();
        for (i, (found, stated)) in result.requirements.iter().zip(&version.requirements).enumerate() {
            same("id", &found.id.to_string(), &format!("q{i}"))?;
            let state = today[i].state();
            let met_from = self.first(self.alone, |each| each.as_ref().is_some_and(|each| each[i].certain));
            same(&format!("state of q{i}"), &found.state, &state)?;
            same(&format!("met_from of q{i}"), &found.met_from.map(of), &met_from)?;
            same(&format!("obtainable of q{i}"), &found.obtainable, &stated.obtainable())?;
            if state == State::NotMet {
                let met_from = met_from.unwrap_or(Day::MAX);
                if blocker.as_ref().is_none_or(|(known, _)| met_from > *known) {
                    blocker = Some((met_from, format!("q{i}")));
                }
                if stated.obtainable() {
                    missing.push(format!("q{i}"));
                }
            }
        }
        same("missing", &result.missing.iter().map(ToString::to_string).collect::<Vec<_>>(), &missing)?;
        same("main_blocker", &result.main_blocker.as_ref().map(ToString::to_string), &blocker.map(|(_, id)| id))?;
        let clock = self.first(self.clock, |met| met.favourable).is_some();
        same("outcome", &result.outcome, &outcome(version, today, clock))
    }
}

/// The outcome by what is met on the date of the question. `clock`: `clock_earliest` exists.
pub(super) fn outcome(version: &Version, today: &[Met], clock: bool) -> Outcome {
    let states: Vec<_> = today.iter().map(|met| met.state()).collect();
    let mut lasting = version.requirements.iter().zip(&states).filter(|(one, _)| !one.obtainable());
    if states.iter().all(|state| *state == State::Met) {
        Outcome::Eligible
    } else if !states.contains(&State::NotMet) {
        Outcome::Undetermined
    } else if lasting.all(|(_, state)| *state == State::Met) {
        Outcome::NeedsEvidence
    } else if clock {
        Outcome::NotYet
    } else {
        Outcome::Closed
    }
}
