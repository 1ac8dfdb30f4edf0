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

    /// The credited days for one application date, in half days, in the window or in its poorest part.
    pub(crate) fn halves_on(&self, on: Day, dates: &Dates<'_>) -> i32 {
        let absent = &dates.absent(self.day_count).set;
        let credited = self.credited(dates, absent);
        self.spare(on, &credited, absent) + self.needed()
    }

    /// Half days needed: with rounding up, half a day less than the number is enough.
    fn needed(&self) -> i32 {
        self.days * 2 - i32::from(self.round_up)
    }

    /// Half days above what is needed; negative if they are missing. With `each`, of the poorest part.
    fn spare(&self, on: Day, credited: &[Credited], absent: &DaySet) -> i32 {
        let window = self.window.before(on);
        let Some(each) = self.each else { return halves(window, credited, absent) - self.needed() };
        let end = window.to + 1;
        let mut poorest = i32::MAX;
        let mut newer = end;
        for i in 1.. {
            let from = days::first_reaching(end, each.times(i)).max(window.from);
            if from >= newer {
                break;
            }
            poorest = poorest.min(halves(Block::new(from, newer - 1), credited, absent));
            newer = from;
            if from == window.from {
                break;
            }
        }
        poorest.saturating_sub(self.needed())
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

/// Half days credited inside one window. A cap bounds the sum of its own credit in that window.
fn halves(window: Block, credited: &[Credited], absent: &DaySet) -> i32 {
    let one = |credit: &Credited| {
        let present = match &credit.days {
            None => window.len() - absent.count(window.from, window.to),
            Some((days, away)) => days.count(window.from, window.to) - away.count(window.from, window.to),
        };
        (present * credit.halves).min(credit.cap)
    };
    credited.iter().map(one).sum()
}
