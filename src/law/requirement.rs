//! The requirements of a route, and the application dates on which each is met (engine contract, section 4).

use super::days::{Block, Day, FAR, Spans, add};
use super::dossier::{FactValue, Level};
use super::facts::{Dates, Facts, Uncertain};
use super::limit::{DayCount, Length, Limit};
use super::name::{Name, Names, Text};
use super::presence::Presence;
use super::status::Covered;
use super::term::Term;
use crate::calendar::Period;

/// One requirement of a version of a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Requirement {
    pub(crate) id: Name,
    pub(crate) title: Option<Text>,
    pub(crate) kind: Kind,
    pub(crate) obtainable: bool,
    pub(crate) source: Names,
}

/// The kinds of the contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Term(Term),
    AbsenceLimit { window: Window, limit: Limit },
    Presence(Presence),
    HoldsStatus { status: Covered, last: Option<Length> },
    PresentOnStart { window: Window, day_count: DayCount },
    Evidence { kind: Name, min_level: Option<Level> },
    Age { min_years: Option<u32>, max_years: Option<u32> },
    Fact { fact: Name, equals: FactValue },
    Total { status: Covered, days: i32 },
    AnyOf(Vec<Requirement>),
}

/// A window of a fixed length before the application date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) length: Length,
    /// The application day itself is the last day of the window.
    pub(crate) with_application_day: bool,
}

impl Window {
    /// How many days the window of `D` lies later than one that ends the day before `D`.
    pub(crate) fn shift(&self) -> Day {
        Day::from(self.with_application_day)
    }

    /// The days of the window for the application date `on`.
    pub(crate) fn before(&self, on: Day) -> Block {
        let end = on + self.shift();
        Block::new(self.length.first_reaching(end), end - 1)
    }
}

impl Kind {
    /// The name of the kind in a pack.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Term(_) => "term",
            Self::AbsenceLimit { .. } => "absence_limit",
            Self::Presence(_) => "presence",
            Self::HoldsStatus { .. } => "holds_status",
            Self::PresentOnStart { .. } => "present_on_start",
            Self::Evidence { .. } => "evidence",
            Self::Age { .. } => "age",
            Self::Fact { .. } => "fact",
            Self::Total { .. } => "total",
            Self::AnyOf(_) => "any_of",
        }
    }

    /// Whether its sum is one of dates, and so is told once for each side of uncertain ones.
    pub(crate) const fn rests_on_dates(&self) -> bool {
        !matches!(self, Self::Fact { .. } | Self::AnyOf(_))
    }

    /// Whether days away matter to it.
    pub(crate) fn counts_presence(&self, limits: &[Limit]) -> bool {
        match self {
            Self::Term(_) => !limits.is_empty(),
            Self::AbsenceLimit { .. } | Self::Presence(_) | Self::PresentOnStart { .. } => true,
            Self::AnyOf(parts) => parts.iter().any(|part| part.kind.counts_presence(limits)),
            _ => false,
        }
    }

    /// Whether statuses matter to it.
    fn counts_statuses(&self) -> bool {
        match self {
            Self::Term(_) | Self::HoldsStatus { .. } | Self::Total { .. } => true,
            Self::Presence(presence) => !presence.credit.is_empty(),
            _ => false,
        }
    }

    /// Whether the limits of a reading matter to it.
    pub(crate) fn has_term(&self) -> bool {
        match self {
            Self::Term(_) => true,
            Self::AnyOf(parts) => parts.iter().any(|part| part.kind.has_term()),
            _ => false,
        }
    }

    /// Whether a fact that the dossier may not have, or the birth date, decides it.
    pub(crate) const fn asks_for_facts(&self) -> bool {
        matches!(self, Self::Fact { .. } | Self::Age { .. } | Self::AnyOf(_))
    }

    /// The rule of covered days it rests on, if any.
    pub(crate) fn covered(&self) -> Option<&Covered> {
        match self {
            Self::Term(term) => Some(&term.status),
            Self::HoldsStatus { status, .. } | Self::Total { status, .. } => Some(status),
            _ => None,
        }
    }
}

/// The application dates on which something is met, on each side of the uncertain facts and on both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Met {
    pub(crate) certain: Spans,
    /// (favourable, unfavourable), where they differ from `certain`.
    split: Option<Box<(Spans, Spans)>>,
}

impl Met {
    pub(crate) const fn certain(spans: Spans) -> Self {
        Self { certain: spans, split: None }
    }

    pub(crate) fn split(favourable: Spans, unfavourable: Spans) -> Self {
        if favourable == unfavourable {
            return Self::certain(favourable);
        }
        Self { certain: favourable.intersect(&unfavourable), split: Some(Box::new((favourable, unfavourable))) }
    }

    pub(crate) fn favourable(&self) -> &Spans {
        self.split.as_ref().map_or(&self.certain, |split| &split.0)
    }

    pub(crate) fn unfavourable(&self) -> &Spans {
        self.split.as_ref().map_or(&self.certain, |split| &split.1)
    }

    pub(crate) const fn is_split(&self) -> bool {
        self.split.is_some()
    }

    /// `self` or `other`, each judged by itself.
    fn or(&self, other: &Self) -> Self {
        let split = (self.is_split() || other.is_split()).then(|| {
            let favourable = self.favourable().union(other.favourable());
            Box::new((favourable, self.unfavourable().union(other.unfavourable())))
        });
        Self { certain: self.certain.union(&other.certain), split }
    }
}

impl Requirement {
    /// Whether deciding an uncertain fact can change it.
    pub(crate) fn hangs_on(&self, fact: Uncertain<'_>, limits: &[Limit]) -> bool {
        match (&self.kind, fact) {
            (Kind::AnyOf(parts), _) => parts.iter().any(|part| part.hangs_on(fact, limits)),
            (Kind::Fact { fact: own, .. }, Uncertain::Fact(name)) => *own == name,
            (Kind::Age { .. }, Uncertain::Birth)
            | (Kind::Evidence { .. }, Uncertain::EvidenceFrom(_) | Uncertain::EvidenceTo(_)) => true,
            (kind, Uncertain::StatusFrom(_) | Uncertain::StatusTo(_)) => kind.counts_statuses(),
            (kind, Uncertain::Exit(_) | Uncertain::Entry(_) | Uncertain::Presence(_)) => kind.counts_presence(limits),
            _ => false,
        }
    }

    /// The application dates inside `range` on which the requirement is met; `limits` are those of the reading.
    pub(crate) fn met(&self, facts: &Facts<'_>, limits: &[Limit], range: Block) -> Met {
        let everywhere = |met: bool| if met { Spans::one(range.from, range.to) } else { Spans::default() };
        let by_sides = |(favourable, unfavourable)| {
            if favourable == unfavourable {
                return Met::certain(everywhere(favourable));
            }
            Met::split(everywhere(favourable), everywhere(unfavourable))
        };
        match &self.kind {
            Kind::AnyOf(parts) => parts
                .iter()
                .map(|part| part.met(facts, limits, range))
                .reduce(|all, part| all.or(&part))
                .unwrap_or_else(|| Met::certain(Spans::default())),
            Kind::Fact { fact, equals } => by_sides(facts.fact(fact, equals)),
            Kind::Age { .. } if facts.favourable.birth.is_none() => by_sides(facts.missing(Uncertain::Birth)),
            _ => {
                let favourable = self.met_by(&facts.favourable, limits, range);
                match &facts.unfavourable {
                    None => Met::certain(favourable),
                    Some(dates) => Met::split(favourable, self.met_by(dates, limits, range)),
                }
            }
        }
    }

    fn met_by(&self, dates: &Dates<'_>, limits: &[Limit], range: Block) -> Spans {
        match &self.kind {
            Kind::Term(term) => term.met(limits, dates, range),
            Kind::AbsenceLimit { window, limit } => within_limit(window, limit, dates, range),
            Kind::Presence(presence) => presence.met(dates, range),
            Kind::PresentOnStart { window, day_count } => present_on_start(window, *day_count, dates, range),
            Kind::HoldsStatus { status, last } => holds_status(status, last.as_ref(), dates, range),
            Kind::Evidence { kind, min_level } => evidence(kind, *min_level, dates).clip(range),
            Kind::Age { min_years, max_years } => match dates.birth {
                Some(birth) => Spans::one(range.from, range.to).clip(age(*min_years, *max_years, birth)),
                None => Spans::default(),
            },
            Kind::Total { status, days } => match dates.covered(status).nth(*days) {
                Some(last) if last < range.to => Spans::one(range.from.max(last + 1), range.to),
                _ => Spans::default(),
            },
            Kind::Fact { .. } | Kind::AnyOf(_) => Spans::default(),
        }
    }
}

/// The days on which a person born on these dates (for the least age, for the greatest) is of the age.
pub(crate) fn age(min_years: Option<u32>, max_years: Option<u32>, (for_min, for_max): (Day, Day)) -> Block {
    let from = min_years.map_or(super::days::PAST, |years| add(for_min, Period::years(years)));
    let to = max_years.map_or(FAR, |years| add(for_max, Period::years(years)) - 1);
    Block::new(from, to)
}

fn evidence(kind: &Name, min_level: Option<Level>, dates: &Dates<'_>) -> Spans {
    let enough = |level: Option<Level>| min_level.is_none_or(|min| level.is_some_and(|level| level >= min));
    let items = dates.evidence.iter().filter(|item| *kind == item.kind && enough(item.level));
    Spans::union_of(items.map(|item| item.days))
}

fn holds_status(status: &Covered, last: Option<&Length>, dates: &Dates<'_>, range: Block) -> Spans {
    let held = dates.covered(status).spans();
    let Some(last) = last else { return held.clip(range) };
    // The window that ends on D lies inside a run from the first D on that the day before the run has left the window.
    let blocks = held.blocks().iter().map(|run| Block::new(last.after(run.from - 1), run.to).meet(range));
    Spans::union_of(blocks)
}

fn present_on_start(window: &Window, day_count: DayCount, dates: &Dates<'_>, range: Block) -> Spans {
    let absent = &dates.absent(day_count).set;
    // The first day of the window is in [a, b] for the D with (a − 1) ⊕ P < D ≤ b ⊕ P.
    let forbidden = absent.spans().blocks().iter().map(|away| {
        Block::new(
            window.length.after(away.from - 1) + 1 - window.shift(),
            window.length.after(away.to) - window.shift(),
        )
    });
    Spans::union_of(forbidden).complement(range)
}

fn within_limit(window: &Window, limit: &Limit, dates: &Dates<'_>, range: Block) -> Spans {
    let counted = dates.absent(limit.day_count.unwrap_or_default());
    let mut forbidden = Vec::new();
    limit.forbidden(counted, super::days::PAST, range.to + window.shift(), &window.length, &mut forbidden);
    let moved = forbidden.into_iter().map(|block| Block::new(block.from - window.shift(), block.to - window.shift()));
    Spans::union_of(moved).complement(range)
}
