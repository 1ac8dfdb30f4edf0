//! Steps of a sum that traces share: trips counted, windows summed.

use super::days::{self, Block, Day, FAR};
use super::limit::{
    Amount, Breach, CountedDays, Counts, DayCount, Length, Limit, Per, Trip, anniversary_year, calendar_year,
};
use super::name::Names;
use super::result::Measured;
use super::step::{Date, LimitStep, Rule};
use super::trace::Trace;
use crate::calendar::Period;

/// A limit being judged on some days.
pub(crate) struct Judged<'a> {
    pub(crate) limit: &'a Limit,
    pub(crate) counted: &'a CountedDays,
    pub(crate) convention: DayCount,
    /// The first day of the counting.
    pub(crate) start: Day,
    pub(crate) days: Block,
    /// What the limit rests on.
    pub(crate) source: &'a Names,
}

impl Judged<'_> {
    /// The limit, each trip (or stay) with the days that count, and the sums. Gives the largest sum.
    pub(crate) fn retell(&self, trace: &mut Trace<'_>) -> i32 {
        let Block { from, to } = self.days;
        let (rule, limit) = (Rule::from(self.limit), self.allowed(self.start));
        trace.cite(self.source, LimitStep::Limit { rule, from: Date(from), to: Date(to), limit });
        self.trips(trace);
        if self.counted.set.count(from, to) == 0 {
            let of_stay = self.limit.counts == Counts::Covered;
            trace.cite(self.source, LimitStep::NothingCounted { from: Date(from), to: Date(to), of_stay });
            return 0;
        }
        let mut most = 0;
        let mut tell = |days: i32, step: LimitStep| {
            most = most.max(days);
            trace.cite(self.source, step);
        };
        if let Amount::Months(months) = self.limit.amount {
            for trip in &self.counted.trips {
                let days = trip.days.meet(self.days);
                if !days.is_empty() {
                    tell(days.len(), self.trip_length(trip, months, days.len()));
                }
            }
        } else {
            for window in self.windows() {
                let blocks = self.counted.set.spans().clip(window);
                let parts: Vec<i32> = blocks.blocks().iter().map(|block| block.len()).collect();
                let (days, limit) = (parts.iter().sum(), self.limit.allowed_days(window.from));
                tell(days, LimitStep::Sum { from: Date(window.from), to: Date(window.to), parts, days, limit });
            }
        }
        most
    }

    /// The first breach that an application on the day after the judged days looks at.
    pub(crate) fn seen_breach(&self) -> Option<Breach> {
        let seen = match self.limit.per {
            Per::Last(_) => self.limit.window_at(self.counted, self.start, self.days.to).meet(self.days),
            _ => self.days,
        };
        self.limit.first_breach(self.counted, seen)
    }

    /// A breach, and the first application date that no longer looks at it.
    pub(crate) fn breach(&self, breach: Breach, clear: Option<Day>, trace: &mut Trace<'_>) {
        // A trip without return is judged up to the last day that is.
        let oldest = if breach.oldest >= FAR { self.days.to } else { breach.oldest };
        let (rule, from, on) = (Rule::from(self.limit), Date(oldest), Date(breach.on));
        trace.cite(self.source, LimitStep::Breach { rule, from, on, clear: clear.map(Date) });
    }

    /// Days used in the window that ends with the judged days or contains their last; per trip, on the longest. `most`: the
    /// largest sum.
    pub(crate) fn measure(&self, most: i32, measured: &mut Measured) {
        let window = self.limit.window_at(self.counted, self.start, self.days.to).meet(self.days);
        let used = if self.limit.per == Per::Trip { most } else { self.counted.set.count(window.from, window.to) };
        let allowed = self.allowed(window.from);
        measured.used = Some(used);
        measured.most_used = Some(most);
        measured.limit = Some(allowed);
        measured.left = Some((allowed - used).max(0));
    }

    /// The largest number of days that is allowed in a window. Months are as long as they are from the exit of the trip with the most days, and
    /// the days on which somebody leaves and returns count only where they are days of absence.
    fn allowed(&self, from: Day) -> i32 {
        let Amount::Months(months) = self.limit.amount else { return self.limit.allowed_days(from) };
        let of_trip = |trip: &&Trip| trip.days.meet(self.days).len();
        let longest = self.counted.trips.iter().filter(|trip| of_trip(trip) > 0).max_by_key(of_trip);
        let exit = longest.map_or(from, |trip| trip.exit);
        let returned = longest.is_none_or(|trip| trip.entry <= self.days.to);
        let days = days::add(exit, Period::months(months)) - exit - 1 - i32::from(self.limit.reach);
        days + i32::from(self.convention.exit_absent) + i32::from(self.convention.entry_absent && returned)
    }

    fn trips(&self, trace: &mut Trace<'_>) {
        for trip in &self.counted.trips {
            let inside = trip.days.meet(self.days);
            if inside.is_empty() {
                continue;
            }
            let step = match self.limit.counts {
                Counts::Absent => absence(trip, inside, self.convention),
                Counts::Covered => LimitStep::Stay { from: Date(inside.from), to: Date(inside.to), days: inside.len() },
            };
            trace.cite(self.source, step);
        }
    }

    /// The windows that show how near the limit is: each year with days in it, the longest trip, the fullest window or the last.
    fn windows(&self) -> Vec<Block> {
        let windows = match &self.limit.per {
            Per::CalendarYear => self.years(calendar_year),
            Per::AnniversaryYear => self.years(|first| anniversary_year(self.start, first)),
            Per::Window => vec![self.days],
            Per::Trip => {
                let days = self.counted.trips.iter().map(|trip| trip.days.meet(self.days));
                days.max_by_key(|days| days.len()).into_iter().collect()
            }
            Per::Rolling(length) => fullest(length, self.counted, self.days).into_iter().collect(),
            Per::Last(_) => vec![self.limit.window_at(self.counted, self.start, self.days.to)],
        };
        windows.into_iter().map(|window| window.meet(self.days)).collect()
    }

    fn years(&self, year: impl Fn(Day) -> Block) -> Vec<Block> {
        let mut found = Vec::new();
        let mut next = self.days.from;
        while let Some(first) = self.counted.set.first_from(next).filter(|first| *first <= self.days.to) {
            let block = year(first);
            found.push(block);
            next = block.to + 1;
        }
        found
    }

    fn trip_length(&self, trip: &Trip, months: u32, days: i32) -> LimitStep {
        let end = days::add(trip.exit, Period::months(months));
        let back = trip.entry.min(self.days.to + 1);
        let too_long = if self.limit.reach { end <= back } else { end < back };
        LimitStep::TripLength { from: Date(trip.exit), months, end: Date(end), on: Date(back), days, too_long }
    }
}

/// A trip, with the days of it that count inside some days.
pub(crate) fn absence(trip: &Trip, inside: Block, convention: DayCount) -> LimitStep {
    let (counted_from, counted_to, days) = (Date(inside.from), Date(inside.to), inside.len());
    // An open trip counts up to the last judged day as a matter of course.
    let whole = Block::new(trip.days.from, if trip.entry >= FAR { inside.to } else { trip.days.to });
    let cut = inside != whole;
    if trip.unrecorded {
        let (from, to) = (Date(trip.days.from), Date(trip.days.to));
        return LimitStep::Unrecorded { from, to, counted_from, counted_to, cut, days };
    }
    let (from, to, day_count) = (Date(trip.exit), Date::end(trip.entry), convention.into());
    LimitStep::Absence { from, to, counted_from, counted_to, cut, days, day_count }
}

/// The window `{ u : u ≤ on, u ⊕ length > on }` with the most counted days, `on` being any of `judged`, the other days left out.
///
/// Moving `on` over uncounted days adds nothing, and over counted ones a day for each; a window loses no more than a day at its
/// old end for that, unless several days of the end of a month leave it at once (the 28th to 31st of January, plus a month, are
/// all the 28th of February). So the fullest ends with a block of counted days, or with `judged`, or just before such a leap.
fn fullest(length: &Length, counted: &CountedDays, judged: Block) -> Option<Block> {
    let window = |on: Day| Block::new(length.first_reaching(on + 1), on).meet(judged);
    let blocks = counted.set.spans().clip(judged);
    let before_leaps = blocks.blocks().iter().flat_map(|block| {
        let leaps = if length.period.only_days().is_some() { Block::new(1, 0) } else { *block };
        months_after(leaps).map(|first| length.after(first - 1) - 1)
    });
    let ends = blocks.blocks().iter().map(|block| block.to).chain(before_leaps).chain([judged.to]);
    let windows = ends.filter(|on| judged.contains(*on)).map(window);
    windows.max_by_key(|window| (counted.set.count(window.from, window.to), std::cmp::Reverse(window.to)))
}

/// The first days of months that have days of a block among the last four days before them: no period makes more fall together.
fn months_after(block: Block) -> impl Iterator<Item = Day> {
    let mut on = block.from;
    std::iter::from_fn(move || {
        (!block.is_empty() && on <= block.to).then(|| {
            let first = days::next_month(on);
            on = first;
            first
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::days::Spans;

    /// A plain generator, so that a failure can be repeated.
    struct Random(u64);

    impl Random {
        fn below(&mut self, n: i32) -> i32 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            i32::try_from((self.0 >> 33) % u64::try_from(n).unwrap()).unwrap()
        }
    }

    #[test]
    fn the_fullest_window_is_that_of_a_walk_over_every_day() {
        let mut random = Random(17);
        for case in 0..3_000 {
            let period: Period =
                ["P1M", "P3M", "P1Y", "P180D", "P1Y2M3D", "P30D"][usize::try_from(case % 6).unwrap()].parse().unwrap();
            let length = Length::new(period);
            let begin = days::day(chrono::NaiveDate::from_ymd_opt(2019, 1, 1).unwrap());
            let blocks = (0..=random.below(8)).map(|_| {
                let from = begin + random.below(1_600);
                let longest = if random.below(4) == 0 { 400 } else { 20 };
                Block::new(from, from + random.below(longest))
            });
            let counted = CountedDays { set: Spans::union_of(blocks).into(), trips: Vec::new() };
            let from = begin + random.below(800);
            let judged = Block::new(from, from + random.below(1_200));
            let days = |window: Block| counted.set.count(window.from, window.to);
            let walked = (judged.from..=judged.to)
                .map(|on| days(Block::new(length.first_reaching(on + 1), on).meet(judged)))
                .max()
                .unwrap();
            let found = fullest(&length, &counted, judged).unwrap();
            assert_eq!(days(found), walked, "case {case}: {period}, {judged:?}, {counted:?}");
            assert_eq!(found, Block::new(length.first_reaching(found.to + 1), found.to).meet(judged), "case {case}");
        }
    }
}
