//! Limits on absent (or covered) days, and where they are breached.
//!
//! Every kind of limit is the same question. A count of more than `N` days inside one window means that two days of the
//! set, `N` days of the set apart, lie in that window. So a limit is the list of such pairs `(x, t)`: it is breached from
//! the day `t` on, for as long as `x` is still looked at. No window is ever slid over the calendar.

use std::ops::ControlFlow;

use chrono::Datelike;

use super::days::{self, Block, Day, DaySet, Pairs};
use crate::calendar::Period;

/// A period with the shortest and longest number of days it takes, wherever it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Length {
    pub(crate) period: Period,
    shortest: i32,
    pub(crate) longest: i32,
}

impl Length {
    pub(crate) fn new(period: Period) -> Self {
        // Sixteen years without a century see every month end and as many leap days as a period can hold. A skipped leap
        // year (1900, 2100) makes a period at most two days shorter, hence the margin below.
        let begins = 735_600..735_600 + 16 * 366;
        let lengths = begins.map(|begin| days::add(begin, period) - begin);
        let (shortest, longest) = lengths.fold((i32::MAX, 0), |(low, high), n| (low.min(n), high.max(n)));
        let margin = if period.only_days().is_some() { 0 } else { 2 + shortest / 36_000 };
        Self { period, shortest: shortest - margin, longest }
    }

    /// `day ⊕ period`.
    pub(crate) fn after(&self, day: Day) -> Day {
        days::add(day, self.period)
    }

    /// The first day `t` with `t ⊕ period ≥ on`.
    pub(crate) fn first_reaching(&self, on: Day) -> Day {
        days::first_reaching(on, self.period)
    }

    fn keep(&self, pairs: Pairs, visit: &mut dyn FnMut(Pairs) -> ControlFlow<()>) -> ControlFlow<()> {
        pairs.within(self.period, self.shortest, self.longest, visit)
    }
}

/// Whether the days of leaving and of return are days of absence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct DayCount {
    pub(crate) exit_absent: bool,
    pub(crate) entry_absent: bool,
}

impl DayCount {
    /// A number below four, to keep the absent days of each convention apart.
    pub(crate) fn slot(self) -> usize {
        usize::from(self.exit_absent) * 2 + usize::from(self.entry_absent)
    }
}

/// What is too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Amount {
    Days(i32),
    /// Only for limits per trip.
    Months(u32),
}

/// Where the days are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Per {
    Trip,
    Rolling(Length),
    CalendarYear,
    AnniversaryYear,
    Window,
    Last(Length),
}

/// What a breach does to the clock of a `term`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum OnBreach {
    #[default]
    Lookback,
    Restart,
}

/// Which days are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Counts {
    #[default]
    Absent,
    Covered,
}

/// A limit of a reading, a watch or an `absence_limit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limit {
    pub(crate) amount: Amount,
    pub(crate) per: Per,
    /// Breached when the amount is reached, not only when it is exceeded.
    pub(crate) reach: bool,
    pub(crate) on_breach: OnBreach,
    pub(crate) day_count: Option<DayCount>,
    pub(crate) counts: Counts,
}

/// A trip, or with covered days a stay, with the days it contributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Trip {
    pub(crate) exit: Day,
    pub(crate) entry: Day,
    pub(crate) days: Block,
    /// Not a trip but a period without any record of presence.
    pub(crate) unrecorded: bool,
}

/// The days a limit counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CountedDays {
    pub(crate) set: DaySet,
    pub(crate) trips: Vec<Trip>,
}

/// A breach: the day it happens, and the oldest day that had to be counted for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Breach {
    pub(crate) oldest: Day,
    pub(crate) on: Day,
}

impl Limit {
    /// The first breach inside `range`, whose first day is the start of the counting.
    pub(crate) fn first_breach(&self, counted: &CountedDays, range: Block) -> Option<Breach> {
        let mut first: Option<Breach> = None;
        // Trips that touch may share a day, so the first pair found is the first breach except per trip.
        let _ = self.breaches(counted, range, &mut |pairs| {
            let breach = Breach { oldest: pairs.x, on: pairs.t };
            if first.is_none_or(|known| breach.on < known.on) {
                first = Some(breach);
            }
            if self.per == Per::Trip { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        first
    }

    /// The application dates `D` up to `until` on which the limit is breached in the days `t` with
    /// `start ≤ t < D` and `t ⊕ length ≥ D`.
    pub(crate) fn forbidden(
        &self,
        counted: &CountedDays,
        start: Day,
        until: Day,
        length: &Length,
        out: &mut Vec<Block>,
    ) {
        self.seen(counted, start, until, length, &mut |seen, _| out.push(seen));
    }

    /// The breaches of [`Self::forbidden`], with the application dates that look at them.
    fn seen(
        &self,
        counted: &CountedDays,
        start: Day,
        until: Day,
        length: &Length,
        visit: &mut dyn FnMut(Block, Breach),
    ) {
        let _ = self.breaches(counted, Block::new(start, until - 1), &mut |pairs| {
            length.keep(pairs, &mut |pairs| {
                let more = pairs.len - 1;
                let last = Breach { oldest: pairs.x + more, on: pairs.t + more };
                visit(Block::new(pairs.t + 1, self.last_look(last.oldest, length)), last);
                ControlFlow::Continue(())
            })
        });
    }

    /// The last application date that looks at a breach.
    fn last_look(&self, oldest: Day, length: &Length) -> Day {
        let seen = length.after(oldest);
        if let Per::Last(part) = &self.per { seen.min(part.after(oldest)) } else { seen }
    }

    /// The first application date that does not look at a breach; none while a trip has no end.
    pub(crate) fn clear_of(&self, oldest: Day, length: &Length) -> Option<Day> {
        Some(self.last_look(oldest, length)).filter(|last| *last < days::FAR).map(|last| last + 1)
    }

    /// The breach that is looked at longest, among those of which one or another is looked at on each day from the first of `dates` on. None
    /// if that goes on to the last.
    pub(crate) fn last_in_view(
        &self,
        counted: &CountedDays,
        start: Day,
        dates: Block,
        length: &Length,
    ) -> Option<Breach> {
        let mut found = Vec::new();
        self.seen(counted, start, dates.to, length, &mut |seen, breach| found.push((seen, breach)));
        found.sort_by_key(|(seen, _)| seen.from);
        let (mut reached, mut last) = (dates.from - 1, None);
        for (seen, breach) in found {
            if seen.from > reached + 1 {
                break;
            }
            if seen.to > reached {
                (reached, last) = (seen.to, Some(breach));
            }
        }
        last.filter(|_| reached < dates.to)
    }

    /// Every pair of days that breaches the limit inside `range`. The order is that of `t`, except between trips.
    fn breaches(
        &self,
        counted: &CountedDays,
        range: Block,
        visit: &mut dyn FnMut(Pairs) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let distance = match self.amount {
            Amount::Days(days) => days - i32::from(self.reach),
            Amount::Months(months) => return self.long_trips(counted, range, months, visit),
        };
        let set = &counted.set;
        match &self.per {
            Per::Window => set.pairs(range.from, range.to, distance, visit),
            Per::Rolling(length) | Per::Last(length) => {
                set.pairs(range.from, range.to, distance, &mut |pairs| length.keep(pairs, visit))
            }
            Per::CalendarYear => Self::blocks(set, range, distance, |first| calendar_year(first).to, visit),
            Per::AnniversaryYear => {
                let mut years = 1;
                let mut end = days::add(range.from, Period::years(years)) - 1;
                let year_end = |first: Day| {
                    while end < first {
                        years += 1;
                        end = days::add(range.from, Period::years(years)) - 1;
                    }
                    end
                };
                Self::blocks(set, range, distance, year_end, visit)
            }
            Per::Trip => {
                for trip in &counted.trips {
                    let days = trip.days.meet(range);
                    let t = days.from.saturating_add(distance);
                    if t <= days.to {
                        visit(Pairs { x: days.from, t, len: days.to - t + 1 })?;
                    }
                }
                ControlFlow::Continue(())
            }
        }
    }

    /// The pairs that lie in one year: `year_end` gives the last day of the year a day lies in, and is asked in order.
    fn blocks(
        set: &DaySet,
        range: Block,
        distance: i32,
        mut year_end: impl FnMut(Day) -> Day,
        visit: &mut dyn FnMut(Pairs) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let mut next = range.from;
        while let Some(first) = set.first_from(next).filter(|first| *first <= range.to) {
            let end = year_end(first).min(range.to);
            if set.count(first, end) > distance {
                set.pairs(first, end, distance, visit)?;
            }
            next = end + 1;
        }
        ControlFlow::Continue(())
    }

    /// Trips longer than a number of months: from the day that is seen on, until the trip's last day is out of sight.
    fn long_trips(
        &self,
        counted: &CountedDays,
        range: Block,
        months: u32,
        visit: &mut dyn FnMut(Pairs) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        for trip in &counted.trips {
            let end = days::add(trip.exit, Period::months(months));
            let too_long = if self.reach { end <= trip.entry } else { end < trip.entry };
            let judged = trip.days.meet(Block::new(range.from, days::FAR));
            let t = judged.from.max(end - i32::from(self.reach));
            if too_long && !judged.is_empty() && t <= range.to {
                visit(Pairs { x: judged.to, t, len: 1 })?;
            }
        }
        ControlFlow::Continue(())
    }

    /// The days of the window that ends on `on`, or of the year that contains it, when counting starts on `start`.
    pub(crate) fn window_at(&self, counted: &CountedDays, start: Day, on: Day) -> Block {
        match &self.per {
            Per::Window => Block::new(start, on),
            Per::Rolling(length) | Per::Last(length) => Block::new(length.first_reaching(on + 1), on),
            Per::CalendarYear => calendar_year(on),
            Per::AnniversaryYear => anniversary_year(start, on),
            Per::Trip => current_trip(counted, on).map_or(Block::new(on, on), |trip| trip.days),
        }
    }

    /// The largest number of days that is allowed; for months, what they come to for a trip that began on `exit`.
    pub(crate) fn allowed_days(&self, exit: Day) -> i32 {
        match self.amount {
            Amount::Days(days) => days - i32::from(self.reach),
            Amount::Months(months) => days::add(exit, Period::months(months)) - exit - i32::from(self.reach),
        }
    }
}

/// The trip during which `on` lies. Its last day is the day of return only where that day is absent.
pub(crate) fn current_trip(counted: &CountedDays, on: Day) -> Option<Trip> {
    let mut trips = counted.trips.iter().copied();
    let away = trips.clone().find(|trip| trip.exit <= on && on < trip.entry);
    away.or_else(|| trips.find(|trip| trip.days.contains(on)))
}

/// The calendar year of a day.
pub(crate) fn calendar_year(on: Day) -> Block {
    let begin = |year: i32| chrono::NaiveDate::from_ymd_opt(year, 1, 1).map_or(days::FAR, days::day);
    let year = days::date(on).year();
    Block::new(begin(year), begin(year + 1) - 1)
}

/// The year counted from `start` in which `on` lies: `[start ⊕ kY, start ⊕ (k+1)Y)`.
pub(crate) fn anniversary_year(start: Day, on: Day) -> Block {
    let from = |k: u32| days::add(start, Period::years(k));
    let guess = days::date(on).year() - days::date(start).year();
    let mut k = u32::try_from(guess).unwrap_or(0);
    if k > 0 && from(k) > on {
        k -= 1;
    }
    Block::new(from(k), from(k + 1) - 1)
}
