//! One route under one reading: the application dates on which all of it is met, and what follows from them.

use chrono::NaiveDate;
use smallvec::SmallVec;

use super::days::{self, Block, Day, FAR, Spans};
use super::dossier::Dossier;
use super::evaluate::Question;
use super::name::Name;
use super::pack::{InForce, Numbers, Reading, Route, Version, Versioned};
use super::requirement::{Met, Requirement};
use super::result::{Outcome, State};
use super::verdict::Verdicts;
use crate::calendar::Period;

/// How far ahead windows and earliest dates are looked for.
const HORIZON: Period = Period::years(20);

/// The dates of a question, as numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Judge {
    pub(crate) on: Day,
    law_at: Option<NaiveDate>,
    law_date: NaiveDate,
    /// Every application date that matters; windows begin later if the first status does.
    pub(crate) range: Block,
    first_status: Day,
}

/// A version of a route, read one way, on the application dates for which it is the law.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<'p> {
    pub(crate) rule: &'p Route,
    pub(crate) reading: &'p Reading,
    scope: Block,
    /// Whether it is the law on the date of the question.
    applying: bool,
}

/// The parts of a route in order of time.
pub(crate) type Parts<'p> = SmallVec<[Part<'p>; 4]>;

impl<'p> Part<'p> {
    fn stated(&self) -> impl Iterator<Item = (&'p Requirement, Numbers)> {
        self.rule.requirements.iter().zip(self.reading.numbers.iter().copied())
    }
}

/// What a person learns about a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) outcome: Outcome,
    pub(crate) earliest: Option<Day>,
    pub(crate) latest: Option<Day>,
    pub(crate) clock_earliest: Option<Day>,
    pub(crate) eligible_since: Option<Day>,
}

/// The answer with what it follows from.
#[derive(Clone, Debug)]
pub(crate) struct Judgement {
    pub(crate) answer: Answer,
    /// Per requirement of the version that applies on the date.
    pub(crate) states: SmallVec<[State; 12]>,
    pub(crate) windows: Spans,
    /// Whether something hangs on facts that are not certain.
    pub(crate) unclear: bool,
}

/// The application dates on which a part is met.
#[derive(Clone, Debug)]
struct Open {
    /// If uncertain facts turn out well.
    favourable: Spans,
    /// If they turn out badly.
    unfavourable: Spans,
    /// If they turn out well, leaving aside what can be obtained without waiting.
    clock: Spans,
}

impl Open {
    fn all(scope: Block) -> Self {
        let days = Spans::one(scope.from, scope.to);
        Self { favourable: days.clone(), unfavourable: days.clone(), clock: days }
    }

    fn demand(&mut self, met: &Met, obtainable: bool, scope: Block) {
        narrow(&mut self.favourable, met.favourable(), scope);
        narrow(&mut self.unfavourable, met.unfavourable(), scope);
        if !obtainable {
            narrow(&mut self.clock, met.favourable(), scope);
        }
    }
}

fn narrow(days: &mut Spans, to: &Spans, scope: Block) {
    if !days.is_empty() && !to.covers(scope) {
        *days = days.intersect(to);
    }
}

/// The parts of a route without the requirements that a missing fact decides, and those requirements.
pub(crate) struct Known<'p> {
    parts: SmallVec<[(Open, Undecided<'p>); 4]>,
}

type Undecided<'p> = SmallVec<[(usize, &'p Requirement, Numbers); 8]>;

impl Judge {
    pub(crate) fn new(question: &Question, dossier: &Dossier) -> Self {
        let on = days::day(question.on);
        let first_status = dossier.statuses.iter().map(|status| status.from.first()).min().unwrap_or(on);
        let range = Block::new(first_status.min(on), days::add(on, HORIZON));
        let law_date = question.law_at.unwrap_or(question.on);
        Self { on, law_at: question.law_at, law_date, range, first_status }
    }

    pub(crate) const fn law_date(&self) -> NaiveDate {
        self.law_date
    }

    /// The version that applies on the date of the question.
    pub(crate) fn applying<'p>(&self, route: &'p Versioned<Route>) -> Option<&'p Version<Route>> {
        route.on(self.law_date)
    }

    /// The versions that are the law on some application date. A reading that a version does not have is its default.
    pub(crate) fn parts<'p>(&self, route: &'p Versioned<Route>, reading: &Name) -> Parts<'p> {
        let part = |version: &'p Version<Route>| {
            let applying = version.in_force.contains(self.law_date);
            let scope = self.scope(version.in_force, applying);
            let reading = version.rule.reading(reading)?;
            (!scope.is_empty()).then_some(Part { rule: &version.rule, reading, scope, applying })
        };
        route.versions().iter().filter_map(part).collect()
    }

    /// The application dates for which a version is the law.
    fn scope(&self, in_force: InForce, applying: bool) -> Block {
        match self.law_at {
            Some(_) if applying => self.range,
            Some(_) => Block::new(FAR, days::PAST),
            None => Block::new(days::day(in_force.from), in_force.to.map_or(FAR, days::day)).meet(self.range),
        }
    }

    /// Whether two readings of a route say the same of this dossier.
    pub(crate) fn agree(one: &[Part<'_>], other: &[Part<'_>], verdicts: &Verdicts<'_>) -> bool {
        let mut pairs = one.iter().zip(other);
        pairs.all(|(one, other)| {
            one.stated().zip(other.stated()).all(|((first, a), (second, b))| {
                a.verdict == b.verdict || {
                    let first = verdicts.of(first, a.verdict, &one.reading.limits);
                    *first == *verdicts.of(second, b.verdict, &other.reading.limits)
                }
            })
        })
    }

    pub(crate) fn judge(&self, parts: &[Part<'_>], verdicts: &Verdicts<'_>) -> Judgement {
        let open: SmallVec<[Open; 4]> = parts.iter().map(|part| open(part, verdicts)).collect();
        let mut judgement = Judgement {
            answer: self.dates(&open),
            states: SmallVec::new(),
            windows: self.windows(&open),
            unclear: false,
        };
        judgement.answer.eligible_since = judgement.windows.block_at(self.on).map(|window| window.from);
        judgement.unclear = judgement.answer.earliest != judgement.answer.latest;
        for part in parts.iter().filter(|part| part.applying) {
            for (requirement, numbers) in part.stated() {
                let met = verdicts.of(requirement, numbers.verdict, &part.reading.limits);
                judgement.states.push(self.state(met));
                judgement.unclear |= met.is_split();
            }
            judgement.answer.outcome = outcome(&part.rule.requirements, &judgement.states, &judgement.answer);
        }
        judgement
    }

    /// What stands whatever the missing facts are.
    pub(crate) fn known<'p>(parts: &[Part<'p>], verdicts: &Verdicts<'_>) -> Known<'p> {
        let known = parts.iter().map(|part| {
            let mut open = Open::all(part.scope);
            let mut undecided = Undecided::new();
            for (at, (requirement, numbers)) in part.stated().enumerate() {
                let met = verdicts.of(requirement, numbers.verdict, &part.reading.limits);
                if met.is_split() && requirement.kind.asks_for_facts() {
                    undecided.push((at, requirement, numbers));
                } else {
                    open.demand(met, requirement.obtainable, part.scope);
                }
            }
            (open, undecided)
        });
        Known { parts: known.collect() }
    }

    /// The answer had a missing fact been decided, with the states the plain judgement gave.
    pub(crate) fn answer_with(
        &self,
        parts: &[Part<'_>],
        known: &Known<'_>,
        plain: &Judgement,
        decided: &Verdicts<'_>,
    ) -> Answer {
        let mut states = plain.states.clone();
        let open: SmallVec<[Open; 4]> = parts
            .iter()
            .zip(&known.parts)
            .map(|(part, (open, undecided))| {
                let mut open = open.clone();
                for (at, requirement, numbers) in undecided {
                    let met = decided.of(requirement, numbers.verdict, &part.reading.limits);
                    open.demand(met, requirement.obtainable, part.scope);
                    if let (true, Some(state)) = (part.applying, states.get_mut(*at)) {
                        *state = self.state(met);
                    }
                }
                open
            })
            .collect();
        let mut answer = self.dates(&open);
        let eligible =
            open.iter().any(|open| open.favourable.contains(self.on) && open.unfavourable.contains(self.on));
        if eligible {
            answer.eligible_since = self.windows(&open).block_at(self.on).map(|window| window.from);
        }
        for part in parts.iter().filter(|part| part.applying) {
            answer.outcome = outcome(&part.rule.requirements, &states, &answer);
        }
        answer
    }

    /// Earliest and latest dates; outcome and window are still to be found.
    fn dates(&self, open: &[Open]) -> Answer {
        let first = |of: fn(&Open) -> &Spans| open.iter().filter_map(|open| of(open).first_from(self.on)).min();
        let (one, other) = (first(|open| &open.favourable), first(|open| &open.unfavourable));
        Answer {
            outcome: Outcome::NotApplicable,
            earliest: one.into_iter().chain(other).min(),
            // A date that never comes is the latest of all.
            latest: one.zip(other).map(|(one, other)| one.max(other)),
            clock_earliest: first(|open| &open.clock),
            eligible_since: None,
        }
    }

    /// The days from the first status on, on which everything is met however uncertain facts turn out.
    fn windows(&self, open: &[Open]) -> Spans {
        let from_first = Block::new(self.first_status, self.range.to);
        let certain: SmallVec<[Spans; 4]> =
            open.iter().map(|open| open.favourable.intersect(&open.unfavourable)).collect();
        Spans::union_of(certain.iter().flat_map(Spans::blocks).copied()).clip(from_first)
    }

    pub(crate) fn state(&self, met: &Met) -> State {
        if met.certain.contains(self.on) {
            State::Met
        } else if met.favourable().contains(self.on) || met.unfavourable().contains(self.on) {
            State::Undetermined
        } else {
            State::NotMet
        }
    }
}

fn open(part: &Part<'_>, verdicts: &Verdicts<'_>) -> Open {
    let mut open = Open::all(part.scope);
    for (requirement, numbers) in part.stated() {
        let met = verdicts.of(requirement, numbers.verdict, &part.reading.limits);
        open.demand(met, requirement.obtainable, part.scope);
    }
    open
}

fn outcome(requirements: &[Requirement], states: &[State], answer: &Answer) -> Outcome {
    let mut lasting = requirements.iter().zip(states).filter(|(one, _)| !one.obtainable);
    if states.iter().all(|state| *state == State::Met) {
        Outcome::Eligible
    } else if !states.contains(&State::NotMet) {
        Outcome::Undetermined
    } else if lasting.all(|(_, state)| *state == State::Met) {
        Outcome::NeedsEvidence
    } else if answer.clock_earliest.is_some() {
        Outcome::NotYet
    } else {
        Outcome::Closed
    }
}
