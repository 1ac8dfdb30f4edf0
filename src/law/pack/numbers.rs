//! Numbers for what routes have in common, so that the engine works each out once for a dossier.

use super::super::limit::Limit;
use super::super::name::{Name, Names};
use super::super::requirement::{Kind, Requirement};
use super::{Route, Versioned};

/// The numbers of a requirement under one reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Numbers {
    /// Shared by requirements that are met on the same days whatever the dossier says.
    pub(crate) verdict: usize,
    /// Shared by requirements that read the same in a result.
    pub(crate) statement: usize,
}

/// A fact that decides a requirement and may be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Fact(Name),
    Birth,
}

/// How many numbers a pack gives out, and the facts it asks for.
#[derive(Clone, Debug)]
pub(crate) struct Numbered {
    pub(crate) verdicts: usize,
    pub(crate) statements: usize,
    pub(crate) readings: usize,
    pub(crate) asked: Vec<Asked>,
}

/// What makes a verdict: limits only where a term is judged by them.
type Verdict = (Kind, Vec<Limit>);
/// What makes a statement: the verdict, the wording, and the sources of the limits.
type Statement = (usize, Requirement, Names);

impl Numbered {
    /// Numbers the requirements of all routes.
    pub(super) fn new(routes: &mut [Versioned<Route>]) -> Self {
        let mut verdicts: Vec<Verdict> = Vec::new();
        let mut statements: Vec<Statement> = Vec::new();
        let mut asked = Vec::new();
        for version in routes.iter_mut().flat_map(|route| &mut route.versions) {
            let rule = &mut version.rule;
            let mut asks = Vec::new();
            rule.requirements.iter().for_each(|one| facts_asked(one, &mut asks));
            rule.asks = asks.into_iter().map(|fact| place(&mut asked, fact)).collect();
            for reading in &mut rule.readings {
                let number = |requirement: &Requirement| {
                    let judged = requirement.kind.has_term();
                    let limits = if judged { reading.limits.clone() } else { Vec::new() };
                    let verdict = place(&mut verdicts, (requirement.kind.clone(), limits));
                    let source = if judged { reading.source.clone() } else { Names::default() };
                    Numbers { verdict, statement: place(&mut statements, (verdict, requirement.clone(), source)) }
                };
                reading.numbers = rule.requirements.iter().map(number).collect();
            }
        }
        let most = |route: &Versioned<Route>| route.versions.iter().map(|version| version.rule.readings.len()).max();
        let readings = routes.iter().filter_map(most).sum();
        Self { verdicts: verdicts.len(), statements: statements.len(), readings, asked }
    }
}

/// The place of an item in a list, at its end if it is new.
fn place<T: PartialEq>(list: &mut Vec<T>, item: T) -> usize {
    list.iter().position(|known| *known == item).unwrap_or_else(|| {
        list.push(item);
        list.len() - 1
    })
}

fn facts_asked(requirement: &Requirement, asked: &mut Vec<Asked>) {
    let one = match &requirement.kind {
        Kind::AnyOf(parts) => return parts.iter().for_each(|part| facts_asked(part, asked)),
        Kind::Fact { fact, .. } => Asked::Fact(fact.clone()),
        Kind::Age { .. } => Asked::Birth,
        _ => return,
    };
    place(asked, one);
}
