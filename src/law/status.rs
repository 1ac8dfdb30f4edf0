//! Which statuses count: selectors, and the days they cover.

use super::days::Spans;
use super::facts::Held;
use super::name::{Name, Names};

/// Picks statuses by kind and ground.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Selector {
    pub(crate) kind: Name,
    /// The grounds that count; `None`: all.
    pub(crate) grounds: Option<Vec<Name>>,
    pub(crate) not_grounds: Vec<Name>,
    pub(crate) not_sponsor_grounds: Vec<Name>,
}

impl Selector {
    pub(crate) fn matches(&self, status: &Held<'_>) -> bool {
        self.picks(status.kind, status.ground, status.sponsor_ground)
    }

    pub(crate) fn picks(&self, kind: &str, ground: Option<&str>, sponsor_ground: Option<&str>) -> bool {
        let among = |names: &[Name], ground: Option<&str>| ground.is_some_and(|g| names.iter().any(|name| *name == g));
        self.kind == *kind
            && self.grounds.as_ref().is_none_or(|grounds| among(grounds, ground))
            && !among(&self.not_grounds, ground)
            && !among(&self.not_sponsor_grounds, sponsor_ground)
    }
}

/// A rule which statuses count as covered days. Equal rules of a pack share a slot, so each is worked out once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Covered {
    pub(crate) selectors: Vec<Selector>,
    /// The kinds the selectors name, each once; for traces.
    pub(crate) kinds: Names,
    /// Gaps of at most so many days between periods count as covered.
    pub(crate) gap_days: i32,
    pub(crate) slot: usize,
}

impl Covered {
    pub(crate) fn matches(&self, status: &Held<'_>) -> bool {
        self.selectors.iter().any(|selector| selector.matches(status))
    }

    pub(crate) fn days(&self, statuses: &[Held<'_>]) -> Spans {
        let matching = statuses.iter().filter(|status| self.matches(status));
        Spans::with_gaps_filled(matching.map(|status| status.days), self.gap_days)
    }

    /// The kinds that selectors name, each once.
    pub(crate) fn kinds_of(selectors: &[Selector]) -> Names {
        let kinds = selectors.iter().enumerate();
        let first = kinds.filter(|(i, one)| !selectors.iter().take(*i).any(|known| known.kind == one.kind));
        first.map(|(_, one)| one.kind.clone()).collect()
    }
}
