//! The requirement `term`: a length of time in one run of a status, with limits on absence.

use super::days::{Block, Day, Spans};
use super::facts::Dates;
use super::limit::{Breach, CountedDays, Counts, DayCount, Length, Limit, OnBreach, Trip};
use super::status::Covered;

/// Parameters of a `term`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Term {
    pub(crate) length: Length,
    pub(crate) status: Covered,
    /// The day of the grant is not counted itself.
    pub(crate) starts_day_after: bool,
    /// The convention for limits that have none of their own.
    pub(crate) day_count: DayCount,
}

/// A stretch of application dates for which the counting starts on one day.
#[derive(Clone, Debug)]
pub(crate) struct Stretch {
    /// `S`: the first day that counts.
    pub(crate) start: Day,
    /// The application dates judged from this start.
    pub(crate) dates: Block,
    /// The breach that ends the stretch, and the limit that is breached.
    pub(crate) breach: Option<(Breach, Limit)>,
}

impl Term {
    /// The application dates inside `range` on which the term is met.
    pub(crate) fn met(&self, limits: &[Limit], dates: &Dates<'_>, range: Block) -> Spans {
        let mut met = Vec::new();
        let mut forbidden = Vec::new();
        for run in dates.covered(&self.status).spans().blocks() {
            self.stretches(*run, limits, dates, range.to, &mut |stretch| {
                let open = Block::new(self.length.after(stretch.start), stretch.dates.to).meet(range);
                if open.is_empty() {
                    return;
                }
                forbidden.clear();
                for limit in limits.iter().filter(|limit| limit.on_breach == OnBreach::Lookback) {
                    self.with_counted(limit, dates, |counted| {
                        limit.forbidden(counted, stretch.start, open.to, &self.length, &mut forbidden);
                    });
                }
                let free = Spans::union_of(forbidden.drain(..)).complement(open);
                met.extend_from_slice(free.blocks());
            });
        }
        Spans::union_of(met)
    }

    /// Walks the stretches of one run in order, up to the application date `until`.
    pub(crate) fn stretches(
        &self,
        run: Block,
        limits: &[Limit],
        dates: &Dates<'_>,
        until: Day,
        visit: &mut dyn FnMut(Stretch),
    ) {
        let last = run.to.saturating_add(1).min(until);
        let mut start = run.from + Day::from(self.starts_day_after);
        while start < last {
            let broken = self.first_restart(limits, dates, Block::new(start, last - 1));
            let to = broken.map_or(last, |(breach, _)| breach.on);
            visit(Stretch { start, dates: Block::new(start + 1, to), breach: broken });
            let Some((breach, _)) = broken else { return };
            start = self.next_present(limits, dates, Block::new(start, last - 1), breach.on);
        }
    }

    /// The first breach of a limit that restarts the clock.
    fn first_restart(&self, limits: &[Limit], dates: &Dates<'_>, range: Block) -> Option<(Breach, Limit)> {
        let restarts = limits.iter().filter(|limit| limit.on_breach == OnBreach::Restart);
        restarts
            .filter_map(|limit| {
                let breach = self.with_counted(limit, dates, |counted| limit.first_breach(counted, range))?;
                Some((breach, *limit))
            })
            .min_by_key(|(breach, _)| breach.on)
    }

    /// The first day after a breach on `on` that is not absent by the conventions of the limits breached on that day.
    fn next_present(&self, limits: &[Limit], dates: &Dates<'_>, range: Block, on: Day) -> Day {
        let breached: Vec<DayCount> = limits
            .iter()
            .filter(|limit| limit.on_breach == OnBreach::Restart)
            .filter(|limit| {
                let first = self.with_counted(limit, dates, |counted| limit.first_breach(counted, range));
                first.is_some_and(|breach| breach.on == on)
            })
            .map(|limit| self.convention(limit))
            .collect();
        let mut next = on + 1;
        while let Some(away) = breached.iter().find_map(|c| dates.absent(*c).set.spans().block_at(next)) {
            next = away.to.saturating_add(1);
        }
        next
    }

    /// The day convention that holds for a limit.
    pub(crate) fn convention(&self, limit: &Limit) -> DayCount {
        limit.day_count.unwrap_or(self.day_count)
    }

    /// Calls `then` with the days the limit counts.
    pub(crate) fn with_counted<T>(&self, limit: &Limit, dates: &Dates<'_>, then: impl FnOnce(&CountedDays) -> T) -> T {
        match limit.counts {
            Counts::Absent => then(dates.absent(self.convention(limit))),
            Counts::Covered => then(&stays(dates, &self.status)),
        }
    }

    /// The days judged by lookback limits for the application date `on`.
    pub(crate) fn judged(&self, start: Day, on: Day) -> Block {
        Block::new(start.max(self.length.first_reaching(on)), on - 1)
    }
}

/// Covered days as days to count: each run is one stay.
pub(crate) fn stays(dates: &Dates<'_>, status: &Covered) -> CountedDays {
    let set = dates.covered(status);
    let trips = set.spans().blocks().iter().map(|run| Trip {
        exit: run.from,
        entry: run.to.saturating_add(1),
        days: *run,
        unrecorded: false,
    });
    CountedDays { trips: trips.collect(), set: set.clone() }
}
