//! Limits, counted by walking from day to day (engine contract, section 4).

use std::collections::VecDeque;

use super::days::{Day, P, ymd};
use super::facts::{Facts, Trip};
use super::model::{Amount, Convention, Limit, Per};

/// A limit that is counted from a first day on, one day after the other.
pub(super) struct Counter<'a> {
    limit: &'a Limit,
    facts: &'a Facts<'a>,
    /// The days that are counted.
    days: &'a [bool],
    trips: &'a [Trip],
    convention: Convention,
    start: Day,
    n: i32,
    /// Days still inside a rolling window.
    seen: VecDeque<Day>,
    year: i32,
    year_ends: Day,
    per_trip: Vec<i32>,
}

impl<'a> Counter<'a> {
    /// `start`: the day from which years are counted. With `covered`, `days` are the covered ones.
    pub(super) fn new(
        limit: &'a Limit,
        facts: &'a Facts<'a>,
        days: &'a [bool],
        trips: &'a [Trip],
        convention: Convention,
        start: Day,
    ) -> Self {
        Self {
            limit,
            facts,
            days,
            trips,
            convention,
            start,
            n: 0,
            seen: VecDeque::new(),
            year: 0,
            year_ends: Day::MIN,
            per_trip: vec![0; trips.len()],
        }
    }

    fn too_many(&self, n: i32) -> bool {
        match self.limit.amount {
            Amount::Days(days) if self.limit.reach => n >= days,
            Amount::Days(days) => n > days,
            Amount::Months(_) => false,
        }
    }

    /// Goes on to the day `t`. The number counted with it, in the window that ends on it, and whether the limit is breached.
    pub(super) fn step(&mut self, t: Day) -> (i32, bool) {
        let counts = self.facts.has(self.days, t);
        match self.limit.per {
            Per::Trip if self.limit.covered => self.n = if counts { self.n + 1 } else { 0 },
            Per::Trip => return self.trips(t),
            Per::Rolling(length) | Per::Last(length) => self.roll(t, length, counts),
            Per::CalendarYear => {
                let year = ymd(t).0;
                self.n = if year == self.year { self.n } else { 0 } + i32::from(counts);
                self.year = year;
            }
            Per::AnniversaryYear => {
                while self.year_ends <= t {
                    self.n = 0;
                    self.year += 1;
                    self.year_ends = P(self.year, 0, 0).after(self.start);
                }
                self.n += i32::from(counts);
            }
            Per::Window => self.n += i32::from(counts),
        }
        (self.n, self.too_many(self.n))
    }

    fn roll(&mut self, t: Day, length: P, counts: bool) {
        while self.seen.front().is_some_and(|u| length.after(*u) <= t) {
            self.seen.pop_front();
        }
        if counts {
            self.seen.push_back(t);
        }
        self.n = i32::try_from(self.seen.len()).unwrap();
    }

    /// Each trip by itself; `t` is the last judged day, the application date the day after it.
    fn trips(&mut self, t: Day) -> (i32, bool) {
        let (mut most, mut breached) = (0, false);
        for (trip, n) in self.trips.iter().zip(&mut self.per_trip) {
            *n += i32::from(trip.is_absent(t, self.convention));
            most = most.max(*n);
            if let Amount::Months(months) = self.limit.amount {
                let (end, back) = (P(0, months, 0).after(trip.exit), trip.entry.unwrap_or(t + 1).min(t + 1));
                breached |= *n > 0 && (end < back || (self.limit.reach && end == back));
            }
        }
        (most, breached || self.too_many(most))
    }
}

/// Whether the limit is breached in the days `[from, to]`, when the application date is the day after.
pub(super) fn is_breached(mut counter: Counter<'_>, from: Day, to: Day) -> bool {
    let only_at_the_end = matches!(counter.limit.per, Per::Last(_));
    let mut found = false;
    for t in from..=to {
        let breached = counter.step(t).1;
        found = if only_at_the_end { breached } else { found || breached };
    }
    found
}
