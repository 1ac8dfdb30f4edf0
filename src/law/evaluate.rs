//! Routes: every reading judged on one day, with windows, earliest dates and what stands in the way.

use std::cell::OnceCell;
use std::sync::Arc;

use chrono::NaiveDate;

use super::days::{self, Block, Day};
use super::dossier::{Dossier, DossierFault};
use super::explain::{self, Explain};
use super::facts::{Facts, Records};
use super::judge::{Judge, Judgement, Parts};
use super::name::Name;
use super::pack::{Numbers, Pack, Reading, Route, Version, Versioned};
use super::requirement::{Kind, Requirement};
use super::result::{ClosedBy, Outcome, RequirementResult, RouteResult, Span, State, UncertainFact};
use super::shared::Shared;
use super::uncertain::Doubts;
use super::verdict::{Verdict, Verdicts, cells};
use super::wording::Language;

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
    /// Leave out titles, parts, figures, traces, assumptions and what closes a route.
    pub brief: bool,
    /// Take absences that are not certain as absences and every other uncertain fact favourably, as warnings do.
    pub cautious: bool,
    /// The language of the sentences in traces and assumptions.
    pub language: Language,
}

impl Question {
    /// Everything about one day, under its own law.
    pub const fn on(on: NaiveDate) -> Self {
        Self { on, law_at: None, route: None, no_renewal: false, brief: false, cautious: false, language: Language::En }
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
    let judge = Judge::new(question, dossier);
    let records = question.records(dossier);
    let facts = if question.cautious {
        Facts::cautious(dossier, records, pack.slots())
    } else {
        Facts::new(dossier, records, pack.slots())
    };
    let verdicts = Verdicts::new(pack, facts, judge.on, judge.range);
    let doubts = Doubts::new(pack, dossier, &verdicts);
    let answers = Answers { question, judge, verdicts: &verdicts, stated: cells(pack.statements()) };
    let mut results: Vec<RouteResult> = Vec::with_capacity(pack.readings());
    for route in pack.routes() {
        if question.route.as_deref().is_some_and(|id| route.id() != id) {
            continue;
        }
        // Readings are those of the law that applies, or of the law nearest to the date if none does.
        let Some(shown) = judge.applying(route).or_else(|| route.nearest(judge.law_date())) else { continue };
        let mut found: Vec<Found<'_>> = Vec::with_capacity(shown.rule.readings.len());
        for reading in &shown.rule.readings {
            let parts = judge.parts(route, &reading.id);
            // Readings mostly agree: only what differs is worked out anew. Where dates are uncertain two readings may agree
            // on the whole and still hang on different ones.
            let known = found.iter().find(|known| Judge::agree(&known.parts, &parts, &verdicts));
            let same = known.filter(|_| question.brief && !doubts.has_dates()).and_then(|known| results.get(known.at));
            if let Some(same) = same {
                // In brief the steps are left out, and only they differ.
                let (id, default, source) = (reading.id.clone(), reading.default, reading.cited.clone());
                let result = RouteResult { reading: id, default, source, ..same.clone() };
                results.push(result);
                continue;
            }
            let judgement = known.map_or_else(|| judge.judge(&parts, &verdicts), |known| known.judgement.clone());
            let uncertain = match known.filter(|_| !doubts.has_dates()) {
                // Caution has decided the uncertain dates already.
                _ if question.cautious => Arc::default(),
                Some(known) => known.uncertain.clone(),
                None => doubts.deciding(&judge, &parts, &judgement),
            };
            let one = Found { parts, judgement, uncertain, at: results.len() };
            results.push(answers.result(route, shown, reading, &one));
            found.push(one);
        }
    }
    Ok(results)
}

/// What is found out about a route under one reading.
struct Found<'p> {
    parts: Parts<'p>,
    judgement: Judgement,
    uncertain: Arc<[UncertainFact]>,
    /// The place of its result.
    at: usize,
}

/// The answers to one question about one dossier.
struct Answers<'a> {
    question: &'a Question,
    judge: Judge,
    verdicts: &'a Verdicts<'a>,
    /// The result of each different statement of the pack, for all routes that make it.
    stated: Vec<OnceCell<Shared<RequirementResult>>>,
}

impl Answers<'_> {
    fn result(
        &self,
        route: &Versioned<Route>,
        shown: &Version<Route>,
        reading: &Reading,
        found: &Found<'_>,
    ) -> RouteResult {
        let judgement = &found.judgement;
        let answer = &judgement.answer;
        let applying = self.judge.applying(route);
        let date = |day: Option<Day>| day.map(days::date);
        let stated = applying.map_or(&[][..], |version| &version.rule.requirements);
        let requirements: Arc<[_]> = applying.map_or_else(Arc::default, |version| self.requirements(version, reading));
        let missing =
            stated.iter().zip(&judgement.states).filter(|(one, state)| one.obtainable && **state == State::NotMet);
        let (full, facts) = (!self.question.brief, &self.verdicts.facts);
        RouteResult {
            route: route.id().clone(),
            title: shown.title.as_ref().filter(|_| full).cloned(),
            leads_to: shown.rule.outcome.clone(),
            reading: reading.id.clone(),
            reading_title: reading.title.as_ref().filter(|_| full).cloned(),
            default: reading.default,
            version: applying.map(|version| version.in_force.from),
            version_ends: shown.in_force.to,
            source: reading.cited.clone(),
            on: self.question.on,
            outcome: answer.outcome,
            eligible_since: date(answer.eligible_since),
            earliest: date(answer.earliest),
            latest: date(answer.latest),
            clock_earliest: date(answer.clock_earliest),
            missing: missing.map(|(one, _)| one.id.clone()).collect(),
            windows: judgement.windows.blocks().iter().map(|window| self.window(*window)).collect(),
            closed_by: if full { self.closed_by(route, applying, judgement, reading, &requirements) } else { None },
            main_blocker: main_blocker(&requirements),
            requirements,
            uncertain: found.uncertain.clone(),
            assumptions: full.then(|| explain::assumptions(stated, &reading.limits, facts, self.question.language)),
        }
    }

    fn window(&self, window: Block) -> Span {
        Span { from: days::date(window.from), to: (window.to < self.judge.range.to).then(|| days::date(window.to)) }
    }

    fn requirements(&self, version: &Version<Route>, reading: &Reading) -> Arc<[Shared<RequirementResult>]> {
        let stated = version.rule.requirements.iter().zip(&reading.numbers);
        let result = |(stated, numbers): (&Requirement, &Numbers)| {
            let verdict = self.verdicts.of(stated, numbers.verdict, &reading.limits);
            let result = || {
                let result = self.requirement(stated, verdict, reading);
                Shared::new(RequirementResult { statement: numbers.statement, ..result })
            };
            match self.stated.get(numbers.statement) {
                Some(known) => known.get_or_init(result).clone(),
                None => result(),
            }
        };
        stated.map(result).collect()
    }

    fn requirement(&self, stated: &Requirement, verdict: &Verdict, reading: &Reading) -> RequirementResult {
        let (judge, facts, met) = (&self.judge, &self.verdicts.facts, &verdict.met);
        let full = !self.question.brief;
        let of = match &stated.kind {
            Kind::AnyOf(parts) if full => parts
                .iter()
                .map(|part| self.requirement(part, &self.verdicts.judge(part, &reading.limits), reading))
                .collect(),
            _ => Vec::new(),
        };
        let explained = full.then(|| {
            let explain = Explain { reading, facts, on: judge.on, language: self.question.language };
            explain.requirement(stated, met, verdict.state, &of)
        });
        let (measured, trace) = explained.unzip();
        let block = met.certain.block_at(judge.on).map(|block| self.window(block));
        RequirementResult {
            statement: 0,
            id: stated.id.clone(),
            title: stated.title.as_ref().filter(|_| full).cloned(),
            kind: stated.kind.name(),
            state: verdict.state,
            met_from: met.certain.first_from(judge.on).map(days::date),
            met_since: block.map(|block| block.from),
            met_until: block.and_then(|block| block.to),
            obtainable: stated.obtainable,
            source: stated.source.clone(),
            measured: measured.map(Box::new),
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
        reading: &Reading,
        requirements: &[Shared<RequirementResult>],
    ) -> Option<ClosedBy> {
        if judgement.answer.outcome != Outcome::Closed {
            return None;
        }
        let applying = applying?;
        // What no waiting and no paper helps with; failing that, whatever blocks.
        let stated = applying.rule.requirements.iter().zip(&reading.numbers);
        let hopeless = stated.zip(&judgement.states).find(|((one, numbers), state)| {
            let met = &self.verdicts.of(one, numbers.verdict, &reading.limits).met;
            **state == State::NotMet && !one.obtainable && met.favourable().first_from(self.judge.on).is_none()
        });
        let id = hopeless.map(|((one, _), _)| one.id.clone()).or_else(|| main_blocker(requirements))?;
        let demanded = |version: &&Version<Route>| version.rule.requirements.iter().any(|one| one.id == id);
        let until_now = route.versions().iter().rev().skip_while(|version| version.in_force != applying.in_force);
        let first = until_now.take_while(demanded).last()?;
        let source = first.rule.requirements.iter().find(|one| one.id == id)?.source.clone();
        Some(ClosedBy { requirement: id, since: first.in_force.from, source })
    }
}

/// Of the requirements not met, the one met last; the first of them if several never are.
fn main_blocker(requirements: &[Shared<RequirementResult>]) -> Option<Name> {
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
