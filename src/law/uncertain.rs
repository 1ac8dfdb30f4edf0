//! Which uncertain facts an answer hangs on, most useful first (engine contract, section 6).

use std::cell::OnceCell;
use std::sync::Arc;

use smallvec::SmallVec;

use super::days::Day;
use super::dossier::{Dossier, FactDate};
use super::facts::{Side, Uncertain, uncertain_dates};
use super::judge::{Answer, Judge, Judgement, Parts};
use super::name::Name;
use super::pack::{Asked, Pack};
use super::result::UncertainFact;
use super::verdict::{Verdicts, cells};

/// The facts of a dossier that are not certain, and what comes out if one of them is decided each way while the others stay
/// as they are.
pub(crate) struct Doubts<'a> {
    pack: &'a Pack,
    dossier: &'a Dossier,
    verdicts: &'a Verdicts<'a>,
    dates: Vec<Doubt<'a>>,
    /// Per fact that some route asks for: the doubt, if the dossier does not have the fact; looked up when it is asked for.
    missing: Vec<OnceCell<Option<Box<Doubt<'a>>>>>,
}

const SIDES: [Side; 2] = [Side::Favourable, Side::Unfavourable];

struct Doubt<'a> {
    fact: Uncertain<'a>,
    decided: [OnceCell<Box<Verdicts<'a>>>; 2],
    described: OnceCell<UncertainFact>,
}

impl<'a> Doubt<'a> {
    fn new(fact: Uncertain<'a>) -> Self {
        Self { fact, decided: [OnceCell::new(), OnceCell::new()], described: OnceCell::new() }
    }
}

impl<'a> Doubts<'a> {
    pub(crate) fn new(pack: &'a Pack, dossier: &'a Dossier, verdicts: &'a Verdicts<'a>) -> Self {
        Self {
            pack,
            dossier,
            verdicts,
            dates: uncertain_dates(dossier).into_iter().map(Doubt::new).collect(),
            missing: cells(pack.asked().len()),
        }
    }

    fn missing(&self, number: usize) -> Option<&Doubt<'a>> {
        let doubt = || {
            let fact = match self.pack.asked().get(number)? {
                Asked::Fact(name) => {
                    let known = self.dossier.facts.get(name.as_str()).is_some_and(Option::is_some);
                    (!known).then_some(Uncertain::Fact(name))
                }
                Asked::Birth => self.dossier.birth_date.is_none().then_some(Uncertain::Birth),
            };
            fact.map(|fact| Box::new(Doubt::new(fact)))
        };
        self.missing.get(number)?.get_or_init(doubt).as_deref()
    }

    /// Whether some date of the dossier, or presence on some days, is not certain.
    pub(crate) fn has_dates(&self) -> bool {
        !self.dates.is_empty()
    }

    /// The facts whose certainty would change the answer for one route and reading.
    pub(crate) fn deciding(&self, judge: &Judge, parts: &Parts<'_>, judgement: &Judgement) -> Arc<[UncertainFact]> {
        if !judgement.unclear {
            return Arc::default();
        }
        let mut asked: SmallVec<[usize; 8]> = SmallVec::new();
        if !Judge::is_closed_anyway(parts, judgement) {
            for rule in parts.iter().map(|part| part.rule) {
                for number in &rule.asks {
                    if !asked.contains(number) {
                        asked.push(*number);
                    }
                }
            }
        }
        let missing = asked.iter().filter_map(|number| self.missing(*number));
        let known = if asked.is_empty() { Vec::new() } else { judge.known(parts, self.verdicts) };
        let by_dates = self
            .dates
            .iter()
            .map(|doubt| (doubt, SIDES.map(|side| judge.judge(parts, self.decided(doubt, side)).answer)));
        let by_facts = missing.map(|doubt| {
            let answer = |side| {
                let quick = Judge::answer_with_fact(parts, &known, judgement, (doubt.fact, side));
                quick.unwrap_or_else(|| judge.answer_with(parts, &known, judgement, self.decided(doubt, side)))
            };
            (doubt, SIDES.map(answer))
        });
        let mut deciding: Vec<UncertainFact> = by_dates
            .chain(by_facts)
            .filter(|(_, answers)| answers.iter().any(|answer| *answer != judgement.answer))
            .map(|(doubt, answers)| {
                let width = |answer: &Answer| width(judge, answer);
                let narrowed = answers.iter().map(|answer| width(&judgement.answer) - width(answer)).sum::<i32>();
                let described = doubt.described.get_or_init(|| describe(doubt.fact, self.dossier));
                UncertainFact { narrows_days: narrowed / 2, ..described.clone() }
            })
            .collect();
        deciding.sort_by_key(|fact| std::cmp::Reverse(fact.narrows_days));
        deciding.into()
    }

    fn decided<'s>(&'s self, doubt: &'s Doubt<'a>, side: Side) -> &'s Verdicts<'a> {
        let [favourable, unfavourable] = &doubt.decided;
        let decided = if side == Side::Favourable { favourable } else { unfavourable };
        decided.get_or_init(|| Box::new(self.verdicts.with_decided(self.pack, doubt.fact, side)))
    }
}

/// Days between earliest and latest; a date that never comes counts as the horizon.
fn width(judge: &Judge, answer: &Answer) -> i32 {
    let at = |day: Option<Day>| day.unwrap_or(judge.range.to);
    at(answer.latest) - at(answer.earliest)
}

fn describe(fact: Uncertain<'_>, dossier: &Dossier) -> UncertainFact {
    let text = |date: Option<FactDate>| date.map(|date| date.to_string());
    let status = |i: usize| dossier.statuses.get(i);
    let trip = |i: usize| dossier.absences.get(i);
    let proof = |i: usize| dossier.evidence.get(i);
    let (pointer, known) = match fact {
        Uncertain::StatusFrom(i) => (format!("/statuses/{i}/from"), text(status(i).map(|one| one.from))),
        Uncertain::StatusTo(i) => (format!("/statuses/{i}/to"), text(status(i).and_then(|one| one.to))),
        Uncertain::Exit(i) => (format!("/absences/{i}/exit"), text(trip(i).map(|one| one.exit))),
        Uncertain::Entry(i) => (format!("/absences/{i}/entry"), text(trip(i).and_then(|one| one.entry))),
        Uncertain::EvidenceFrom(i) => (format!("/evidence/{i}/from"), text(proof(i).map(|one| one.from))),
        Uncertain::EvidenceTo(i) => (format!("/evidence/{i}/to"), text(proof(i).and_then(|one| one.to))),
        Uncertain::Presence(i) => {
            let unknown = dossier.presence_unknown.get(i);
            (format!("/presence_unknown/{i}"), unknown.map(|one| format!("unknown from {} to {}", one.from, one.to)))
        }
        Uncertain::Birth => ("/birth_date".to_owned(), text(dossier.birth_date)),
        Uncertain::Fact(name) => (format!("/facts/{name}"), None),
    };
    UncertainFact { pointer: pointer.as_str().into(), known: known.as_deref().map(Name::from), narrows_days: 0 }
}
