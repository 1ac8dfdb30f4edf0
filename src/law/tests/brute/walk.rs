//! Requirements, judged for one application date by looking at each day (engine contract, section 4).

use super::count::{Counter, is_breached};
use super::days::{Day, P};
use super::facts::{Doubt, Facts};
use super::model::{Convention, Credit, Fact, Kind, Limit, Requirement};

/// A requirement made ready for many application dates.
pub(super) enum Ready<'a> {
    Term(Term<'a>),
    Covered(&'a Kind, Vec<bool>),
    Credits(&'a Kind, Vec<Vec<bool>>),
    AnyOf(Vec<Ready<'a>>),
    Plain(&'a Kind),
}

impl<'a> Ready<'a> {
    /// `last`: no application date is later.
    pub(super) fn new(one: &'a Requirement, limits: &'a [Limit], facts: &'a Facts<'a>, last: Day) -> Self {
        match &one.kind {
            Kind::Term { length, status, day_after, gap, day_count } => {
                let convention = day_count.unwrap_or_default();
                Self::Term(Term::new(
                    (*length, *day_after, convention),
                    facts.covered(status, *gap),
                    limits,
                    facts,
                    last,
                ))
            }
            Kind::HoldsStatus { status, .. } | Kind::Total { status, .. } => {
                Self::Covered(&one.kind, facts.covered(status, 0))
            }
            Kind::Presence { credit, .. } => {
                let covered = |credit: &Credit| facts.covered(&credit.status, 0);
                Self::Credits(&one.kind, credit.iter().map(covered).collect())
            }
            Kind::AnyOf(parts) => Self::AnyOf(parts.iter().map(|part| Self::new(part, limits, facts, last)).collect()),
            _ => Self::Plain(&one.kind),
        }
    }

    /// Whether the requirement is met by the application date `on`.
    pub(super) fn met(&self, facts: &Facts<'_>, on: Day) -> bool {
        match self {
            Self::Term(term) => term.met(facts, on),
            Self::AnyOf(parts) => parts.iter().any(|part| part.met(facts, on)),
            Self::Covered(kind, covered) => held(kind, covered, facts, on),
            Self::Credits(kind, covered) => present(kind, covered, facts, on),
            Self::Plain(kind) => plain(kind, facts, on),
        }
    }

    /// The parts of an `any_of`.
    pub(super) fn parts(&self) -> &[Ready<'a>] {
        if let Self::AnyOf(parts) = self { parts } else { &[] }
    }
}

fn plain(kind: &Kind, facts: &Facts<'_>, on: Day) -> bool {
    match kind {
        Kind::AbsenceLimit { window, application_day, limit } => {
            let (from, to) = window.window(on, *application_day);
            let convention = limit.day_count.unwrap_or_default();
            let counter = Counter::new(limit, facts, facts.absent(convention), &facts.trips, convention, from);
            !is_breached(counter, from, to)
        }
        Kind::PresentOnStart { window, application_day, day_count } => {
            let (first, _) = window.window(on, *application_day);
            !facts.has(facts.absent(day_count.unwrap_or_default()), first)
        }
        Kind::Evidence { kind, min_level } => facts.evidence(kind, *min_level, on),
        Kind::Age { min, max } => match facts.birth() {
            None => facts.well(Doubt::Birth),
            Some((for_min, for_max)) => {
                min.is_none_or(|min| P(min, 0, 0).after(for_min) <= on)
                    && max.is_none_or(|max| on < P(max, 0, 0).after(for_max))
            }
        },
        Kind::Fact { fact, equals } => {
            let stated =
                facts.person().facts.iter().find(|(name, _)| name == fact).map_or(Fact::Missing, |(_, value)| *value);
            match stated {
                Fact::Missing | Fact::Null => facts.well(Doubt::Fact(fact)),
                value => value == *equals,
            }
        }
        _ => unreachable!("made ready in another way"),
    }
}

fn held(kind: &Kind, covered: &[bool], facts: &Facts<'_>, on: Day) -> bool {
    match kind {
        Kind::HoldsStatus { last: None, .. } => facts.has(covered, on),
        Kind::HoldsStatus { last: Some(last), .. } => {
            let (from, to) = last.window(on, true);
            (from..=to).all(|day| facts.has(covered, day))
        }
        Kind::Total { days, .. } => {
            let before = (facts.first..on).filter(|day| facts.has(covered, *day)).take(usize::try_from(*days).unwrap());
            i32::try_from(before.count()).unwrap() >= *days
        }
        _ => unreachable!("made ready in another way"),
    }
}

fn present(kind: &Kind, covered: &[Vec<bool>], facts: &Facts<'_>, on: Day) -> bool {
    let Kind::Presence { window, application_day, days, day_count, each, credit, round_up } = kind else {
        unreachable!("made ready in another way")
    };
    let absent = facts.absent(day_count.unwrap_or_default());
    let (from, to) = window.window(on, *application_day);
    let enough = |from: Day, to: Day| {
        let here = (from..=to).filter(|day| !facts.has(absent, *day));
        if credit.is_empty() {
            return i32::try_from(here.count()).unwrap() >= *days;
        }
        let mut sums = vec![0.0_f64; credit.len()];
        for day in here {
            if let Some(first) = covered.iter().position(|covered| facts.has(covered, day)) {
                sums[first] += if credit[first].half { 0.5 } else { 1.0 };
            }
        }
        let capped =
            sums.iter().zip(credit).map(|(sum, credit)| credit.cap.map_or(*sum, |cap| sum.min(f64::from(cap))));
        let total: f64 = capped.sum();
        let rounded = match round_up {
            None => total,
            Some(true) => total.ceil(),
            Some(false) => total.floor(),
        };
        rounded >= f64::from(*days)
    };
    let Some(each) = each else { return enough(from, to) };
    // b(0) = D, b(i) = the first t with t ⊕ i·P ≥ D; part i is [b(i + 1), b(i) − 1], as far as it lies in the window.
    let end = to + 1;
    let (mut newer, mut i) = (end, 0);
    while from < newer {
        i += 1;
        let begin = P(each.0 * i, each.1 * i, each.2 * i).first_reaching(end).max(from);
        if !enough(begin, newer - 1) {
            return false;
        }
        newer = begin;
    }
    true
}

/// A `term` with the starts of its runs.
pub(super) struct Term<'a> {
    length: P,
    convention: Convention,
    limits: &'a [Limit],
    covered: Vec<bool>,
    /// For each application date: the day `S`, `None` without a run. Indexed from the first day of the facts.
    starts: Vec<Option<Day>>,
}

impl<'a> Term<'a> {
    fn new(
        (length, day_after, convention): (P, bool, Convention),
        covered: Vec<bool>,
        limits: &'a [Limit],
        facts: &Facts<'_>,
        last: Day,
    ) -> Self {
        let mut term = Self { length, convention, limits, covered, starts: Vec::new() };
        let mut starts = vec![None; usize::try_from(last - facts.first + 1).unwrap()];
        let mut on = facts.first + 1;
        while on <= last {
            if facts.has(&term.covered, on - 1) {
                on = term.run(on - 1, day_after, facts, &mut starts, last) + 1;
            }
            on += 1;
        }
        term.starts = starts;
        term
    }

    fn counted<'f>(&'f self, limit: &Limit, facts: &'f Facts<'f>) -> (&'f [bool], Convention) {
        let convention = limit.day_count.unwrap_or(self.convention);
        (if limit.covered { &self.covered } else { facts.absent(convention) }, convention)
    }

    fn counters<'f>(&'f self, restart: bool, facts: &'f Facts<'f>, start: Day) -> Vec<Counter<'f>> {
        let limits = self.limits.iter().filter(|limit| limit.restart == restart);
        let counter = |limit: &'f Limit| {
            let (days, convention) = self.counted(limit, facts);
            Counter::new(limit, facts, days, &facts.trips, convention, start)
        };
        limits.map(counter).collect()
    }

    /// Walks the run that begins on `first`, restarting on every breach. Gives the last day of the run.
    fn run(&self, first: Day, day_after: bool, facts: &Facts<'_>, starts: &mut [Option<Day>], last: Day) -> Day {
        let mut start = first + i32::from(day_after);
        let mut counters = self.counters(true, facts, start);
        let mut t = first;
        while t < last && facts.has(&self.covered, t) {
            // The application date t + 1 sees the breaches up to t.
            let judged = |counter: &mut Counter<'_>| t >= start && counter.step(t).1;
            let breached: Vec<bool> = counters.iter_mut().map(judged).collect();
            if breached.contains(&true) {
                let limits =
                    self.limits.iter().filter(|limit| limit.restart).zip(&breached).filter(|(_, breached)| **breached);
                let conventions: Vec<_> = limits.map(|(limit, _)| limit.day_count.unwrap_or(self.convention)).collect();
                let away = |day: Day| conventions.iter().any(|convention| facts.has(facts.absent(*convention), day));
                start = (t + 1..=facts.last).find(|day| !away(*day)).unwrap_or(Day::MAX);
                counters = self.counters(true, facts, start);
            }
            starts[usize::try_from(t + 1 - facts.first).unwrap()] = Some(start).filter(|start| *start <= t);
            t += 1;
        }
        t - 1
    }

    fn met(&self, facts: &Facts<'_>, on: Day) -> bool {
        let place = usize::try_from(on - facts.first).unwrap();
        let Some(start) = self.starts.get(place).copied().flatten() else { return false };
        if self.length.after(start) > on {
            return false;
        }
        let from = self.length.first_reaching(on).max(start);
        self.counters(false, facts, start).into_iter().all(|counter| !is_breached(counter, from, on - 1))
    }
}
