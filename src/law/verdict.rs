//! Verdicts: the application dates on which each requirement of a pack is met, worked out once for all routes that ask.

use std::cell::OnceCell;
use std::sync::OnceLock;

use super::days::{Block, Day, Spans};
use super::facts::{Facts, Side, Uncertain};
use super::limit::Limit;
use super::pack::Pack;
use super::requirement::{Met, Requirement};
use super::result::State;

/// When one requirement is met, and its state on the date of the question.
#[derive(Clone, Debug)]
pub(crate) struct Verdict {
    pub(crate) met: Met,
    pub(crate) state: State,
}

impl Verdict {
    pub(crate) fn new(met: Met, on: Day) -> Self {
        let state = if met.certain.contains(on) {
            State::Met
        } else if met.favourable().contains(on) || met.unfavourable().contains(on) {
            State::Undetermined
        } else {
            State::NotMet
        };
        Self { met, state }
    }
}

/// The verdicts on one dossier.
#[derive(Debug)]
pub(crate) struct Verdicts<'a> {
    pub(crate) facts: Facts<'a>,
    on: Day,
    range: Block,
    /// By the number that requirements with equal wording share.
    found: Vec<OnceCell<Verdict>>,
    /// With one fact decided by itself: the verdicts without that, and the fact. What does not hang on it stands as it was.
    plain: Option<(&'a Verdicts<'a>, Uncertain<'a>)>,
}

impl<'a> Verdicts<'a> {
    pub(crate) fn new(pack: &Pack, facts: Facts<'a>, on: Day, range: Block) -> Self {
        Self { facts, on, range, found: cells(pack.verdicts()), plain: None }
    }

    /// The verdicts with one uncertain fact decided by itself.
    pub(crate) fn with_decided(&'a self, pack: &Pack, fact: Uncertain<'a>, side: Side) -> Self {
        let facts = self.facts.with_decided(fact, side, pack.slots());
        Self { facts, on: self.on, range: self.range, found: cells(pack.verdicts()), plain: Some((self, fact)) }
    }

    /// The verdict on a requirement under the limits of a reading.
    pub(crate) fn of(&self, requirement: &Requirement, number: usize, limits: &[Limit]) -> &Verdict {
        static NEVER: OnceLock<Verdict> = OnceLock::new();
        if let Some((plain, fact)) = self.plain
            && !requirement.hangs_on(fact, limits)
        {
            return plain.of(requirement, number, limits);
        }
        match self.found.get(number) {
            Some(found) => found.get_or_init(|| self.judge(requirement, limits)),
            None => NEVER.get_or_init(|| Verdict::new(Met::certain(Spans::default()), self.on)),
        }
    }

    /// The same without a place to keep it, for the parts of a requirement.
    pub(crate) fn judge(&self, requirement: &Requirement, limits: &[Limit]) -> Verdict {
        Verdict::new(requirement.met(&self.facts, limits, self.range), self.on)
    }
}

/// So many places to be filled once.
pub(crate) fn cells<T>(number: usize) -> Vec<OnceCell<T>> {
    std::iter::repeat_with(OnceCell::new).take(number).collect()
}
