//! One route under one reading: the application dates on which all of it is met, and what follows from them.

use chrono::NaiveDate;
use smallvec::SmallVec;

use super::days::{self, Block, Day, FAR, Spans};
use super::dossier::Dossier;
use super::evaluate::Question;
use super::facts::{Side, Uncertain};
use super::name::Name;
use super::pack::{InForce, Numbers, Reading, Route, Version, Versioned};
use super::requirement::{Kind, Met, Requirement};
use super::result::{Outcome, State};
use super::verdict::Verdicts;
use crate::calendar::Period;

/// How far ahead windows and earliest dates are looked for.
pub(crate) const HORIZON: Period = Period::years(20);

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
pub(crate) type Parts<'p> = SmallVec<[Part<'p>; 3]>;

impl<'p> Part<'p> {
    fn stated(&self) -> impl Iterator<Item = (&'p Requirement, Numbers)> {
        self.rule.requirements.iter().zip(self.reading.numbers.iter().copied())
    }

    fn at(&self, place: usize) -> Option<(&'p Requirement, Numbers)> {
        self.rule.requirements.get(place).zip(self.reading.numbers.get(place).copied())
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

/// The state of each requirement of the version that applies.
pub(crate) type States = SmallVec<[State; 12]>;

/// The answer with what it follows from.
#[derive(Clone, Debug)]
pub(crate) struct Judgement {
    pub(crate) answer: Answer,
    pub(crate) states: States,
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
    /// However they turn out, requirement by requirement: fewer days than those of both sides where each side meets another part
    /// of an `any_of`.
    certain: Spans,
    /// If they turn out well, leaving aside what can be obtained without waiting.
    clock: Spans,
}

impl Open {
    fn all(scope: Block) -> Self {
        let days = Spans::one(scope.from, scope.to);
        Self { favourable: days.clone(), unfavourable: days.clone(), certain: days.clone(), clock: days }
    }

    fn demand(&mut self, met: &Met, obtainable: bool, scope: Block) {
        // What is met whenever asked, as facts of the dossier are, narrows nothing.
        if met.certain.covers(scope) && !met.is_split() {
            return;
        }
        narrow(&mut self.favourable, met.favourable(), scope);
        narrow(&mut self.unfavourable, met.unfavourable(), scope);
        narrow(&mut self.certain, &met.certain, scope);
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

/// A part with what is known of it, whatever the missing facts are.
pub(crate) struct Known {
    /// Met but for the requirements that are still undecided.
    certain: Open,
    /// The first days on which it is met but for the facts asked for by themselves, and whether the date is one.
    first: First,
    on_date: bool,
    /// The requirements that are a missing fact, by place.
    facts: Places,
    /// The others that a missing fact decides.
    others: Places,
}

type Places = SmallVec<[usize; 6]>;

/// The first application date from the date of the question on, for each set of [`Open`].
#[derive(Clone, Copy, Debug, Default)]
struct First {
    favourable: Option<Day>,
    unfavourable: Option<Day>,
    clock: Option<Day>,
}

impl First {
    fn of(open: &Open, on: Day) -> Self {
        Self {
            favourable: open.favourable.first_from(on),
            unfavourable: open.unfavourable.first_from(on),
            clock: open.clock.first_from(on),
        }
    }

    /// The earlier of both, set by set.
    fn or(self, other: Self) -> Self {
        let earlier = |one: Option<Day>, other: Option<Day>| one.into_iter().chain(other).min();
        Self {
            favourable: earlier(self.favourable, other.favourable),
            unfavourable: earlier(self.unfavourable, other.unfavourable),
            clock: earlier(self.clock, other.clock),
        }
    }

    fn answer(self) -> Answer {
        let (one, other) = (self.favourable, self.unfavourable);
        Answer {
            outcome: Outcome::NotApplicable,
            earliest: one.into_iter().chain(other).min(),
            // A date that never comes is the latest of all.
            latest: one.zip(other).map(|(one, other)| one.max(other)),
            clock_earliest: self.clock,
            eligible_since: None,
        }
    }
}

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
                    first.met == verdicts.of(second, b.verdict, &other.reading.limits).met
                }
            })
        })
    }

    pub(crate) fn judge(&self, parts: &[Part<'_>], verdicts: &Verdicts<'_>) -> Judgement {
        let mut states = States::new();
        let (mut unclear, mut unclear_before) = (false, false);
        let mut open: SmallVec<[Open; 2]> = SmallVec::with_capacity(parts.len());
        for part in parts {
            let mut met = Open::all(part.scope);
            for (requirement, numbers) in part.stated() {
                let verdict = verdicts.of(requirement, numbers.verdict, &part.reading.limits);
                met.demand(&verdict.met, requirement.obtainable, part.scope);
                if part.applying {
                    states.push(verdict.state);
                }
                if part.scope.to >= self.on {
                    unclear |= verdict.met.is_split();
                } else {
                    unclear_before |= verdict.met.is_split();
                }
            }
            open.push(met);
        }
        let windows = self.windows(&open);
        let mut answer = self.first(&open).answer();
        answer.eligible_since = windows.block_at(self.on).map(|window| window.from);
        answer.outcome = outcome(parts, &states, &answer);
        unclear |= answer.earliest != answer.latest;
        // What was the law once decides no date to come, only since when somebody has been eligible.
        let may_be_met = |open: &Open| open.favourable.contains(self.on) || open.unfavourable.contains(self.on);
        unclear |= unclear_before && open.iter().any(may_be_met);
        Judgement { answer, states, windows, unclear }
    }

    /// Whether the route stays closed whatever the missing facts are. Every date on which something is met counts them as
    /// favourable already; so what is not met on any such date, nor will be, no fact opens.
    pub(crate) fn is_closed_anyway(parts: &[Part<'_>], judgement: &Judgement) -> bool {
        let answer = &judgement.answer;
        let lasting = |part: &Part<'_>| {
            let mut states = part.rule.requirements.iter().zip(&judgement.states);
            states.any(|(one, state)| !one.obtainable && *state == State::NotMet)
        };
        answer.earliest.is_none()
            && answer.clock_earliest.is_none()
            && parts.iter().find(|part| part.applying).is_none_or(lasting)
    }

    /// What stands whatever the missing facts are, part by part.
    pub(crate) fn known(&self, parts: &[Part<'_>], verdicts: &Verdicts<'_>) -> Vec<Known> {
        let known = |part: &Part<'_>| {
            let mut certain = Open::all(part.scope);
            let (mut facts, mut others) = (Places::new(), Places::new());
            for (at, (requirement, numbers)) in part.stated().enumerate() {
                let met = &verdicts.of(requirement, numbers.verdict, &part.reading.limits).met;
                if !met.is_split() || !requirement.kind.asks_for_facts() {
                    certain.demand(met, requirement.obtainable, part.scope);
                } else if matches!(requirement.kind, Kind::Fact { .. }) {
                    facts.push(at);
                } else {
                    others.push(at);
                }
            }
            let mut open = certain.clone();
            for (requirement, numbers) in others.iter().filter_map(|at| part.at(*at)) {
                let met = &verdicts.of(requirement, numbers.verdict, &part.reading.limits).met;
                open.demand(met, requirement.obtainable, part.scope);
            }
            let on_date = open.certain.contains(self.on);
            Known { first: First::of(&open, self.on), certain, on_date, facts, others }
        };
        parts.iter().map(known).collect()
    }

    /// The answer had a missing fact been decided, where it only decides requirements that are that fact: then nothing has to
    /// be intersected. `None`: more hangs on it.
    pub(crate) fn answer_with_fact(
        parts: &[Part<'_>],
        known: &[Known],
        plain: &Judgement,
        (fact, side): (Uncertain<'_>, Side),
    ) -> Option<Answer> {
        let mut states = plain.states.clone();
        let mut first = First::default();
        for (part, known) in parts.iter().zip(known) {
            let hangs = |at: &usize| part.at(*at).is_some_and(|(one, _)| one.hangs_on(fact, &part.reading.limits));
            if known.others.iter().any(hangs) {
                return None;
            }
            let mut of_part = known.first;
            for at in &known.facts {
                let decided = hangs(at).then_some(side);
                if decided != Some(Side::Favourable) {
                    of_part.unfavourable = None;
                }
                if decided == Some(Side::Unfavourable) {
                    of_part.favourable = None;
                    if part.at(*at).is_some_and(|(one, _)| !one.obtainable) {
                        of_part.clock = None;
                    }
                }
                if let (true, Some(side), Some(state)) = (part.applying, decided, states.get_mut(*at)) {
                    *state = if side == Side::Favourable { State::Met } else { State::NotMet };
                }
            }
            if known.on_date && of_part.favourable.is_some() && of_part.unfavourable.is_some() {
                return None;
            }
            first = first.or(of_part);
        }
        let mut answer = first.answer();
        answer.outcome = outcome(parts, &states, &answer);
        Some(answer)
    }

    /// The answer had a missing fact been decided, whatever hangs on it.
    pub(crate) fn answer_with(
        &self,
        parts: &[Part<'_>],
        known: &[Known],
        plain: &Judgement,
        decided: &Verdicts<'_>,
    ) -> Answer {
        let mut states = plain.states.clone();
        let mut open: SmallVec<[Open; 2]> = SmallVec::with_capacity(parts.len());
        for (part, known) in parts.iter().zip(known) {
            let mut met = known.certain.clone();
            for at in known.facts.iter().chain(&known.others) {
                let Some((requirement, numbers)) = part.at(*at) else { continue };
                let verdict = decided.of(requirement, numbers.verdict, &part.reading.limits);
                met.demand(&verdict.met, requirement.obtainable, part.scope);
                if let (true, Some(state)) = (part.applying, states.get_mut(*at)) {
                    *state = verdict.state;
                }
            }
            open.push(met);
        }
        let mut answer = self.first(&open).answer();
        if open.iter().any(|open| open.certain.contains(self.on)) {
            answer.eligible_since = self.windows(&open).block_at(self.on).map(|window| window.from);
        }
        answer.outcome = outcome(parts, &states, &answer);
        answer
    }

    fn first(&self, open: &[Open]) -> First {
        open.iter().fold(First::default(), |first, open| first.or(First::of(open, self.on)))
    }

    /// The days from the first status on, on which everything is met however uncertain facts turn out.
    fn windows(&self, open: &[Open]) -> Spans {
        let from_first = Block::new(self.first_status, self.range.to);
        let mut windows = Spans::default();
        for open in open.iter().filter(|open| !open.certain.is_empty()) {
            windows = if windows.is_empty() { open.certain.clone() } else { windows.union(&open.certain) };
        }
        windows.clip(from_first)
    }
}

/// The outcome by the states of the version that applies.
fn outcome(parts: &[Part<'_>], states: &[State], answer: &Answer) -> Outcome {
    let Some(part) = parts.iter().find(|part| part.applying) else { return Outcome::NotApplicable };
    let mut lasting = part.rule.requirements.iter().zip(states).filter(|(one, _)| !one.obtainable);
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
