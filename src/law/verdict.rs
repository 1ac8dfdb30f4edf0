//! Verdicts: the application dates on which each requirement of a pack is met, worked out once for all routes that ask.

use std::cell::OnceCell;
use std::sync::OnceLock;

use super::days::{Block, Spans};
use super::facts::{Facts, Side, Uncertain};
use super::limit::Limit;
use super::pack::Pack;
use super::requirement::{Met, Requirement};

/// The verdicts on one dossier.
#[derive(Debug)]
pub(crate) struct Verdicts<'a> {
    pub(crate) facts: Facts<'a>,
    range: Block,
    /// By the number that requirements with equal wording share.
    met: Vec<OnceCell<Met>>,
    /// With one fact decided by itself: the verdicts without that, and the fact. What does not hang on it stands as it was.
    plain: Option<(&'a Verdicts<'a>, Uncertain<'a>)>,
}

impl<'a> Verdicts<'a> {
    pub(crate) fn new(pack: &Pack, facts: Facts<'a>, range: Block) -> Self {
        Self { facts, range, met: cells(pack.verdicts()), plain: None }
    }

    /// The verdicts with one uncertain fact decided by itself.
    pub(crate) fn with_decided(&'a self, pack: &Pack, fact: Uncertain<'a>, side: Side) -> Self {
        let facts = self.facts.with_decided(fact, side, pack.slots());
        Self { facts, range: self.range, met: cells(pack.verdicts()), plain: Some((self, fact)) }
    }

    /// The application dates on which a requirement is met under the limits of a reading.
    pub(crate) fn of(&self, requirement: &Requirement, number: usize, limits: &[Limit]) -> &Met {
        static NEVER: OnceLock<Met> = OnceLock::new();
        if let Some((plain, fact)) = self.plain
            && !requirement.hangs_on(fact, limits)
        {
            return plain.of(requirement, number, limits);
        }
        match self.met.get(number) {
            Some(met) => met.get_or_init(|| requirement.met(&self.facts, limits, self.range)),
            None => NEVER.get_or_init(|| Met::certain(Spans::default())),
        }
    }
}

/// So many places to be filled once.
pub(crate) fn cells<T>(number: usize) -> Vec<OnceCell<T>> {
    std::iter::repeat_with(OnceCell::new).take(number).collect()
}
