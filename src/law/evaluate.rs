//! Routes: every reading judged on one day, with windows, earliest dates and what stands in the way.

use chrono::NaiveDate;

use super::days::{self, Block, Day, FAR, Spans};
use super::dossier::{Dossier, DossierFault};
use super::explain::Explain;
use super::facts::{Facts, Records};
use super::name::{Name, Names};
use super::pack::{Pack, Reading, Route, Version, Versioned};
use super::requirement::{Kind, Met, Requirement};
use super::result::{ClosedBy, Outcome, RequirementResult, RouteResult, Span, State};
use super::wording::Language;
use super::{explain, uncertain};
use crate::calendar::Period;

/// How far ahead windows and earliest dates are looked for.
const HORIZON: Period = Period::years(20);

/// What is asked about a dossier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The application date.
    pub on: NaiveDate,
    /// The day whose law applies; `None`: each application date has the law of that date.
    pub law_at: Option<NaiveDate>,
    /// One route only.
    pub route: Option<String>,
    /// Do not assume that statuses valid at the end of the records go on.
    pub no_renewal: bool,
    /// Leave out figures, traces and assumptions.
    pub brief: bool,
    /// The language of the sentences in traces and assumptions.
    pub language: Language,
}

impl Question {
    /// Everything about one day, under its own law.
    pub const fn on(on: NaiveDate) -> Self {
        Self { on, law_at: None, route: None, no_renewal: false, brief: false, language: Language::En }
    }

    pub(crate) fn records(&self, dossier: &Dossier) -> Records {
        Records { through: days::day(dossier.known_through.unwrap_or(self.on)), renewal: !self.no_renewal }
    }
}

/// Judges a dossier under every route and reading of a pack, in the pack's order. A route the pack does not have gives none.
pub fn evaluate(pack: &Pack, dossier: &Dossier, question: &Question) -> Result<Vec<RouteResult>, Vec<DossierFault>> {
    let faults = dossier.check();
    if !faults.is_empty() {
        return Err(faults);
    }
    let facts = Facts::new(dossier, question.records(dossier), pack.slots(), None);
    let judge = Judge::new(question, dossier);
    let mut results = Vec::new();
    for route in pack.routes() {
        if question.route.as_deref().is_some_and(|id| route.id() != id) {
            continue;
        }
        // Readings are those of the law that applies, or of the law nearest to the date if none does.
        let Some(shown) = judge.applying(route).or_else(|| route.nearest(judge.law_date())) else { continue };
        for reading in &shown.rule.readings {
            let judgement = judge.route(route, reading, &facts);
            results.push(judge.result(pack, route, shown, reading, &facts, &judgement));
        }
    }
    Ok(results)
}

/// The dates of a question, as numbers.
#[derive(Clone, Debug)]
pub(crate) struct Judge<'q> {
    question: &'q Question,
    pub(crate) on: Day,
    /// Every application date that matters; windows begin later if the first status does.
    pub(crate) range: Block,
    first_status: Day,
}

/// What is found out about a route under one reading.
#[derive(Clone, Debug)]
pub(crate) struct Judgement {
    /// Per requirement of the version that applies on the date.
    pub(crate) requirements: Vec<Met>,
    pub(crate) states: Vec<State>,
    pub(crate) outcome: Outcome,
    pub(crate) earliest: Option<Day>,
    pub(crate) latest: Option<Day>,
    pub(crate) clock_earliest: Option<Day>,
    pub(crate) eligible_since: Option<Day>,
    pub(crate) windows: Spans,
}

impl<'q> Judge<'q> {
    pub(crate) fn new(question: &'q Question, dossier: &Dossier) -> Self {
        let on = days::day(question.on);
        let first_status = dossier.statuses.iter().map(|status| status.from.first()).min().unwrap_or(on);
        let range = Block::new(first_status.min(on), days::add(on, HORIZON));
        Self { question, on, range, first_status }
    }

    fn law_date(&self) -> NaiveDate {
        self.question.law_at.unwrap_or(self.question.on)
    }

    /// The version that applies on the date of the question.
    pub(crate) fn applying<'p>(&self, route: &'p Versioned<Route>) -> Option<&'p Version<Route>> {
        route.on(self.law_date())
    }

    /// The application dates for which a version is the law.
    fn scope(&self, version: &Version<Route>) -> Block {
        if self.question.law_at.is_some() {
            return self.range;
        }
        let to = version.in_force.to.map_or(FAR, days::day);
        Block::new(days::day(version.in_force.from), to).meet(self.range)
    }

    pub(crate) fn route(&self, route: &Versioned<Route>, reading: &Reading, facts: &Facts<'_>) -> Judgement {
        let applying = self.applying(route);
        let mut judgement = Judgement::not_applicable();
        let (mut all, mut clock): (Option<Met>, Option<Met>) = (None, None);
        for version in route.versions() {
            let is_applying = applying.is_some_and(|applying| applying.in_force == version.in_force);
            let scope = self.scope(version);
            if scope.is_empty() || (self.question.law_at.is_some() && !is_applying) {
                continue;
            }
            let limits = version.rule.reading(&reading.id).map_or(&[][..], |reading| &reading.limits);
            // What the applying version demands is also asked of dates after its end (`met_from`).
            let range = if is_applying { self.range } else { scope };
            let requirements: Vec<Met> =
                version.rule.requirements.iter().map(|one| one.met(facts, limits, range)).collect();
            let everywhere = || Met::certain(Spans::one(scope.from, scope.to));
            let met_by = |wanted: &dyn Fn(&Requirement) -> bool| {
                let chosen = version.rule.requirements.iter().zip(&requirements).filter(|(one, _)| wanted(one));
                chosen.fold(everywhere(), |met, (_, one)| met.and(one))
            };
            let (version_all, version_clock) = (met_by(&|_| true), met_by(&|one| !one.obtainable));
            all = Some(all.map_or_else(|| version_all.clone(), |met| met.or(&version_all)));
            clock = Some(clock.map_or_else(|| version_clock.clone(), |met| met.or(&version_clock)));
            if is_applying {
                judgement.states = requirements.iter().map(|met| self.state(met)).collect();
                judgement.requirements = requirements;
            }
        }
        let first = |spans: &Spans| spans.first_from(self.on);
        if let Some(all) = all {
            let (one, other) = (first(all.favourable()), first(all.unfavourable()));
            // A date that never comes is the latest of all.
            let later = one.zip(other).map(|(one, other)| one.max(other));
            (judgement.earliest, judgement.latest) = (one.into_iter().chain(other).min(), later);
            judgement.windows = all.certain.clip(Block::new(self.first_status, self.range.to));
            judgement.eligible_since = judgement.windows.block_at(self.on).map(|window| window.from);
        }
        judgement.clock_earliest = clock.and_then(|clock| first(clock.favourable()));
        if let Some(version) = applying {
            judgement.outcome = outcome(&version.rule.requirements, &judgement);
        }
        judgement
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

    fn result(
        &self,
        pack: &Pack,
        route: &Versioned<Route>,
        shown: &Version<Route>,
        reading: &Reading,
        facts: &Facts<'_>,
        judgement: &Judgement,
    ) -> RouteResult {
        let applying = self.applying(route);
        let date = |day: Option<Day>| day.map(days::date);
        let stated = applying.map_or(&[][..], |version| &version.rule.requirements);
        let requirements: Vec<_> = stated
            .iter()
            .zip(&judgement.requirements)
            .map(|(one, met)| self.requirement(one, met, reading, facts))
            .collect();
        let missing =
            stated.iter().zip(&judgement.states).filter(|(one, state)| one.obtainable && **state == State::NotMet);
        let main_blocker = main_blocker(&requirements);
        RouteResult {
            route: route.id().clone(),
            title: shown.title.clone(),
            leads_to: shown.rule.outcome.clone(),
            reading: reading.id.clone(),
            reading_title: reading.title.clone(),
            default: reading.default,
            version: applying.map(|version| version.in_force.from),
            version_ends: shown.in_force.to,
            source: joined(&shown.source, &reading.source),
            on: self.question.on,
            outcome: judgement.outcome,
            eligible_since: date(judgement.eligible_since),
            earliest: date(judgement.earliest),
            latest: date(judgement.latest),
            clock_earliest: date(judgement.clock_earliest),
            missing: missing.map(|(one, _)| one.id.clone()).collect(),
            windows: judgement.windows.blocks().iter().map(|window| self.window(*window)).collect(),
            closed_by: self.closed_by(route, applying, judgement, &requirements),
            main_blocker,
            requirements,
            uncertain: uncertain::deciding(pack, self, route, reading, facts, judgement),
            assumptions: (!self.question.brief)
                .then(|| explain::assumptions(stated, &reading.limits, facts, self.question.language)),
        }
    }

    fn window(&self, window: Block) -> Span {
        Span { from: days::date(window.from), to: (window.to < self.range.to).then(|| days::date(window.to)) }
    }

    fn requirement(&self, stated: &Requirement, met: &Met, reading: &Reading, facts: &Facts<'_>) -> RequirementResult {
        let of = match &stated.kind {
            Kind::AnyOf(parts) => parts
                .iter()
                .map(|part| {
                    let met = part.met(facts, &reading.limits, self.range);
                    self.requirement(part, &met, reading, facts)
                })
                .collect(),
            _ => Vec::new(),
        };
        let explained = (!self.question.brief).then(|| {
            let explain = Explain { reading, facts, on: self.on, language: self.question.language };
            explain.requirement(stated, met, self.state(met), &of)
        });
        let (measured, trace) = explained.unzip();
        let block = met.certain.block_at(self.on).map(|block| self.window(block));
        RequirementResult {
            id: stated.id.clone(),
            title: stated.title.clone(),
            kind: stated.kind.name(),
            state: self.state(met),
            met_from: met.certain.first_from(self.on).map(days::date),
            met_since: block.map(|block| block.from),
            met_until: block.and_then(|block| block.to),
            obtainable: stated.obtainable,
            source: stated.source.clone(),
            measured,
            of,
            trace,
        }
    }

    /// The requirement that closes a route, and the oldest version that has demanded it ever since.
    fn closed_by(
        &self,
        route: &Versioned<Route>,
        applying: Option<&Version<Route>>,
        judgement: &Judgement,
        requirements: &[RequirementResult],
    ) -> Option<ClosedBy> {
        if judgement.outcome != Outcome::Closed {
            return None;
        }
        let applying = applying?;
        // What no waiting and no paper helps with; failing that, whatever blocks.
        let hopeless = requirements.iter().zip(&judgement.requirements).find(|(one, met)| {
            one.state == State::NotMet && !one.obtainable && met.favourable().first_from(self.on).is_none()
        });
        let id = hopeless.map(|(one, _)| one.id.clone()).or_else(|| main_blocker(requirements))?;
        let demanded = |version: &&Version<Route>| version.rule.requirements.iter().any(|one| one.id == id);
        let until_now = route.versions().iter().rev().skip_while(|version| version.in_force != applying.in_force);
        let first = until_now.take_while(demanded).last()?;
        let source = first.rule.requirements.iter().find(|one| one.id == id)?.source.clone();
        Some(ClosedBy { requirement: id, since: first.in_force.from, source })
    }
}

impl Judgement {
    fn not_applicable() -> Self {
        Self {
            requirements: Vec::new(),
            states: Vec::new(),
            outcome: Outcome::NotApplicable,
            earliest: None,
            latest: None,
            clock_earliest: None,
            eligible_since: None,
            windows: Spans::default(),
        }
    }
}

fn outcome(requirements: &[Requirement], judgement: &Judgement) -> Outcome {
    let states = &judgement.states;
    let lasting = requirements.iter().zip(states).filter(|(one, _)| !one.obtainable);
    if states.iter().all(|state| *state == State::Met) {
        Outcome::Eligible
    } else if !states.contains(&State::NotMet) {
        Outcome::Undetermined
    } else if lasting.into_iter().all(|(_, state)| *state == State::Met) {
        Outcome::NeedsEvidence
    } else if judgement.clock_earliest.is_some() {
        Outcome::NotYet
    } else {
        Outcome::Closed
    }
}

/// Of the requirements not met, the one met last; the first of them if several never are.
fn main_blocker(requirements: &[RequirementResult]) -> Option<Name> {
    let mut blocker: Option<&RequirementResult> = None;
    for one in requirements.iter().filter(|one| one.state == State::NotMet) {
        let later = |known: &RequirementResult| match (one.met_from, known.met_from) {
            (None, Some(_)) => true,
            (Some(one), Some(known)) => one > known,
            (_, None) => false,
        };
        if blocker.is_none_or(later) {
            blocker = Some(one);
        }
    }
    blocker.map(|one| one.id.clone())
}

fn joined(one: &Names, other: &Names) -> Names {
    if other.is_empty() || one == other {
        return one.clone();
    }
    let new = other.iter().filter(|name| !one.iter().any(|known| known == *name));
    one.iter().chain(new).cloned().collect()
}
