//! Which years count for what, shown apart: the time on statuses up to a day, by outcome of the routes.

use chrono::NaiveDate;

use super::days::{self, Block, Spans};
use super::dossier::Dossier;
use super::facts::{Choice, Dates, Held, Records, Side};
use super::name::Name;
use super::pack::Pack;
use super::requirement::{Kind, Requirement};
use super::result::{ResidencePeriod, ResidenceTime};
use super::status::Covered;

/// The periods up to `on` that count toward a term of each outcome, by the law of `law_at` (or of `on`), one entry per
/// outcome of the pack; and last, without an outcome, the periods of residence statuses that count toward none. A residence
/// status is one whose kind any term of any version names. Partial dates are taken as long as they can be.
pub fn residence_time(pack: &Pack, dossier: &Dossier, on: NaiveDate, law_at: Option<NaiveDate>) -> Vec<ResidenceTime> {
    let records = Records { through: days::day(on), renewal: false };
    let dates = Dates::new(dossier, Choice::all(Side::Favourable), records, pack.slots());
    let until = days::day(on);
    let mut residence_kinds: Vec<&Name> = Vec::new();
    let mut counting: Vec<(&Name, Vec<&Covered>)> = Vec::new();
    for route in pack.routes() {
        for version in route.versions() {
            let mut terms = Vec::new();
            version.rule.requirements.iter().for_each(|one| status_rules(one, &mut terms));
            residence_kinds.extend(terms.iter().flat_map(|rule| &rule.selectors).map(|selector| &selector.kind));
            if !version.in_force.contains(law_at.unwrap_or(on)) {
                terms.clear();
            }
            match counting.iter_mut().find(|(outcome, _)| *outcome == version.rule.outcome()) {
                Some((_, rules)) => rules.extend(terms),
                None => counting.push((version.rule.outcome(), terms)),
            }
        }
    }
    let counts = |held: &Held<'_>, rules: &[&Covered]| rules.iter().any(|rule| rule.matches(held));
    let mut times: Vec<ResidenceTime> = counting
        .iter()
        .map(|(outcome, rules)| time(Some((*outcome).clone()), &dates, until, |held| counts(held, rules)))
        .collect();
    times.push(time(None, &dates, until, |held| {
        residence_kinds.iter().any(|kind| **kind == *held.kind)
            && !counting.iter().any(|(_, rules)| counts(held, rules))
    }));
    times
}

fn status_rules<'p>(requirement: &'p Requirement, rules: &mut Vec<&'p Covered>) {
    match &requirement.kind {
        Kind::Term(term) => rules.push(&term.status),
        Kind::AnyOf(parts) => parts.iter().for_each(|part| status_rules(part, rules)),
        _ => {}
    }
}

fn time(
    outcome: Option<Name>,
    dates: &Dates<'_>,
    until: days::Day,
    counts: impl Fn(&Held<'_>) -> bool,
) -> ResidenceTime {
    let held = dates.statuses.iter().filter(|held| counts(held));
    let mut held: Vec<(Block, &Held<'_>)> =
        held.map(|held| (Block::new(held.days.from, held.days.to.min(until)), held)).collect();
    held.retain(|(days, _)| !days.is_empty());
    held.sort_by_key(|(days, _)| *days);
    let each_once = Spans::union_of(held.iter().map(|(days, _)| *days));
    ResidenceTime {
        outcome,
        days: each_once.blocks().iter().map(|block| block.len()).sum(),
        periods: held
            .into_iter()
            .map(|(days, held)| ResidencePeriod {
                from: days::date(days.from),
                to: days::date(days.to),
                days: days.len(),
                kind: held.kind.to_owned(),
                ground: held.ground.map(str::to_owned),
            })
            .collect(),
    }
}
