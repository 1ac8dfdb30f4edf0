//! The requirement `presence`: enough credited days of presence in a window before the application date.

use super::days::{self, Block, Day, DaySet, Spans};
use super::facts::Dates;
use super::limit::DayCount;
use super::requirement::Window;
use super::status::Covered;
use crate::calendar::Period;

/// Parameters of a `presence` requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Presence {
    pub(crate) window: Window,
    pub(crate) days: i32,
    pub(crate) day_count: DayCount,
    /// The days must be reached in each period of this length inside the window.
    pub(crate) each: Option<Period>,
    pub(crate) credit: Vec<Credit>,
    pub(crate) round_up: bool,
}

/// How much a day of a status weighs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Credit {
    pub(crate) status: Covered,
    /// Weight in half days: 2 or 1.
    pub(crate) halves: i32,
    /// The most days this credit may bring.
    pub(crate) cap: Option<i32>,
}

/// The present days one credit counts.
struct Credited {
    /// Days of the status that no earlier credit takes, and the absent ones among them. `None`: every day.
    days: Option<(DaySet, DaySet)>,
    halves: i32,
    cap: i32,
}

/// A window's count changes by at most so many half days from one application date to the next: each of its ends moves
/// by at most four days (over the end of a February), each day weighing two halves.
const LARGEST_STEP: i32 = 8;

impl Presence {
    /// The application dates inside `range` on which enough days are credited.
    ///
    /// The count is not taken for every date: while it is `n` half days off the mark it cannot cross it sooner than
    /// `n / LARGEST_STEP` days later, so those are skipped.
    pub(crate) fn met(&self, dates: &Dates<'_>, range: Block) -> Spans {
        let absent = &dates.absent(self.day_count).set;
        let credited = self.credited(dates, absent);
        let mut met: Vec<Block> = Vec::new();
        let mut on = range.from;
        while on <= range.to {
            let spare = self.spare(on, &credited, absent);
            let off_the_mark = if spare >= 0 { spare } else { -spare - 1 };
            let next = on + 1 + off_the_mark / LARGEST_STEP;
            if spare >= 0 {
                met.push(Block::new(on, (next - 1).min(range.to)));
            }
            on = next;
        }
        Spans::union_of(met)
    }

    /// Half days needed: with rounding up, half a day less than the number is enough.
    fn needed(&self) -> i32 {
        self.days * 2 - i32::from(self.round_up)
    }

    /// Half days above what is needed; negative if they are missing. With `each`, of the poorest part.
    fn spare(&self, on: Day, credited: &[Credited], absent: &DaySet) -> i32 {
        let poorest = self.windows(on).map(|window| halves(window, credited, absent)).min();
        poorest.unwrap_or(i32::MAX).saturating_sub(self.needed())
    }

    /// The windows in each of which the days must be reached: the one before the date, or with `each` its parts, newest first.
    fn windows(&self, on: Day) -> impl Iterator<Item = Block> {
        let whole = self.window.before(on);
        let (mut newer, mut i) = (whole.to + 1, 0);
        std::iter::from_fn(move || {
            i += 1;
            let from = self.each.map_or(whole.from, |each| days::first_reaching(whole.to + 1, each.times(i)));
            let part = Block::new(from.max(whole.from), newer - 1);
            newer = part.from;
            (!part.is_empty()).then_some(part)
        })
    }

    /// The sums for one application date, window by window and credit by credit.
    pub(crate) fn sums(&self, on: Day, dates: &Dates<'_>) -> Vec<WindowSum> {
        let absent = &dates.absent(self.day_count).set;
        let credited = self.credited(dates, absent);
        let sum = |window: Block| {
            let credits = credited.iter().map(|credit| credit.sum(window, absent)).collect();
            WindowSum { window, credits, halves: halves(window, &credited, absent) }
        };
        self.windows(on).map(sum).collect()
    }

    /// Half days as whole days.
    pub(crate) fn rounded(&self, halves: i32) -> i32 {
        let half = if self.round_up { halves % 2 } else { 0 };
        halves / 2 + half
    }

    fn credited(&self, dates: &Dates<'_>, absent: &DaySet) -> Vec<Credited> {
        if self.credit.is_empty() {
            return vec![Credited { days: None, halves: 2, cap: i32::MAX }];
        }
        let mut taken = Spans::default();
        let mut credited = Vec::with_capacity(self.credit.len());
        for credit in &self.credit {
            let matching = dates.covered(&credit.status).spans();
            let free = taken.complement(Block::new(days::PAST, days::FAR)).intersect(matching);
            taken = taken.union(matching);
            let away = free.intersect(absent.spans());
            credited.push(Credited {
                days: Some((free.into(), away.into())),
                halves: credit.halves,
                cap: credit.cap.map_or(i32::MAX, |days| days.saturating_mul(2)),
            });
        }
        credited
    }
}

/// What one window comes to.
pub(crate) struct WindowSum {
    pub(crate) window: Block,
    /// In the order of the credits.
    pub(crate) credits: Vec<CreditSum>,
    pub(crate) halves: i32,
}

/// What one credit brings in one window.
pub(crate) struct CreditSum {
    /// Its stretches with the absent days in each.
    pub(crate) stretches: Vec<(Block, i32)>,
    pub(crate) halves: i32,
}

impl Credited {
    fn sum(&self, window: Block, absent: &DaySet) -> CreditSum {
        let stretches = match &self.days {
            None => vec![(window, absent.count(window.from, window.to))],
            Some((days, away)) => {
                let inside = days.spans().clip(window);
                inside.blocks().iter().map(|block| (*block, away.count(block.from, block.to))).collect()
            }
        };
        CreditSum { stretches, halves: self.halves_in(window, absent) }
    }

    /// Half days it brings in a window. The cap bounds its sum there.
    fn halves_in(&self, window: Block, absent: &DaySet) -> i32 {
        let present = match &self.days {
            None => window.len() - absent.count(window.from, window.to),
            Some((days, away)) => days.count(window.from, window.to) - away.count(window.from, window.to),
        };
        (present * self.halves).min(self.cap)
    }
}

/// Half days credited inside one window.
fn halves(window: Block, credited: &[Credited], absent: &DaySet) -> i32 {
    credited.iter().map(|credit| credit.halves_in(window, absent)).sum()
}
