//! Which uncertain facts an answer hangs on, most useful first (engine contract, section 6).

use super::days;
use super::dossier::Dossier;
use super::evaluate::{Judge, Judgement};
use super::facts::{Facts, Side, Uncertain, uncertain_dates};
use super::pack::{Pack, Reading, Route, Versioned};
use super::requirement::{Kind, Met, Requirement};
use super::result::UncertainFact;

/// The facts whose certainty would change the judgement. Each is decided once each way while the others stay as they are.
pub(crate) fn deciding(
    pack: &Pack,
    judge: &Judge<'_>,
    route: &Versioned<Route>,
    reading: &Reading,
    facts: &Facts<'_>,
    judgement: &Judgement,
) -> Vec<UncertainFact> {
    let unclear = judgement.requirements.iter().any(Met::is_split) || judgement.earliest != judgement.latest;
    if !unclear {
        return Vec::new();
    }
    let dossier = facts.dossier;
    let mut open: Vec<Uncertain<'_>> = uncertain_dates(dossier).collect();
    let stated = route.versions().iter().flat_map(|version| &version.rule.requirements);
    stated.for_each(|requirement| missing_facts(requirement, dossier, &mut open));
    let mut deciding: Vec<UncertainFact> = open
        .into_iter()
        .filter_map(|fact| {
            let decided = [Side::Favourable, Side::Unfavourable].map(|side| {
                let pinned = Facts::new(dossier, facts.records, pack.slots(), Some((fact, side)));
                judge.route(route, reading, &pinned)
            });
            let matters = decided.iter().any(|decided| !same_answer(decided, judgement));
            matters.then(|| {
                let narrowed =
                    decided.iter().map(|decided| width(judge, judgement) - width(judge, decided)).sum::<i32>();
                describe(fact, dossier, narrowed / 2)
            })
        })
        .collect();
    deciding.sort_by_key(|fact| std::cmp::Reverse(fact.narrows_days));
    deciding
}

/// Facts that requirements ask for and the dossier does not have, each once.
fn missing_facts<'p>(requirement: &'p Requirement, dossier: &Dossier, open: &mut Vec<Uncertain<'p>>) {
    let missing = match &requirement.kind {
        Kind::AnyOf(parts) => return parts.iter().for_each(|part| missing_facts(part, dossier, open)),
        Kind::Fact { fact, .. } if dossier.facts.get(fact.as_str()).is_none_or(Option::is_none) => {
            Uncertain::Fact(fact)
        }
        Kind::Age { .. } if dossier.birth_date.is_none() => Uncertain::Birth,
        _ => return,
    };
    if !open.contains(&missing) {
        open.push(missing);
    }
}

fn same_answer(one: &Judgement, other: &Judgement) -> bool {
    one.outcome == other.outcome
        && (one.earliest, one.latest) == (other.earliest, other.latest)
        && (one.clock_earliest, one.eligible_since) == (other.clock_earliest, other.eligible_since)
}

/// Days between earliest and latest; a date that never comes counts as the horizon.
fn width(judge: &Judge<'_>, judgement: &Judgement) -> i32 {
    let at = |day: Option<days::Day>| day.unwrap_or(judge.range.to);
    at(judgement.latest) - at(judgement.earliest)
}

fn describe(fact: Uncertain<'_>, dossier: &Dossier, narrows_days: i32) -> UncertainFact {
    let text = |date: Option<super::dossier::FactDate>| date.map(|date| date.to_string());
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
    UncertainFact { pointer, known, narrows_days }
}
