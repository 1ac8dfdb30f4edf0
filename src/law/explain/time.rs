//! The steps of a `term`: the run, each restart, the limits with their sums, and the day on which the length is full.

use super::super::days::{self, Block, Day};
use super::super::facts::Dates;
use super::super::judge::HORIZON;
use super::super::limit::{CountedDays, Limit, OnBreach};
use super::super::pack::Reading;
use super::super::result::{Figure, Measured};
use super::super::step::{Date, LimitStep, Rule, StatusStep, Step};
use super::super::steps::Judged;
use super::super::term::{Stretch, Term};
use super::super::trace::Trace;

/// A term to be told on one side of the uncertain facts.
pub(super) struct Told<'a> {
    pub(super) rule: &'a Term,
    pub(super) reading: &'a Reading,
    pub(super) dates: &'a Dates<'a>,
    pub(super) on: Day,
}

impl Told<'_> {
    pub(super) fn retell(&self, trace: &mut Trace<'_>) -> Measured {
        let required = Some(Figure::Length(self.rule.length.period));
        let nothing = Measured { required: required.clone(), days: Some(0), ..Measured::default() };
        let Some(run) = super::run(&self.rule.status, self.dates, self.on - 1, trace) else { return nothing };
        if self.rule.starts_day_after {
            trace.say(StatusStep::DayAfter { from: Date(run.from), on: Date(run.from + 1) });
        }
        let Some(stretch) = self.last_stretch(run, trace) else {
            trace.say(StatusStep::NoStart { on: Date(self.on) });
            return nothing;
        };
        let full = self.rule.length.after(stretch.start);
        let mut measured = Measured {
            start: Some(days::date(stretch.start)),
            full_on: Some(days::date(full)),
            days: Some(self.on - stretch.start),
            required,
            ..Measured::default()
        };
        for (at, limit) in self.reading.limits.iter().enumerate() {
            self.with_judged(limit, stretch.start, self.judged_days(limit, stretch.start), |judged| {
                let most = judged.retell(trace);
                if at == 0 {
                    judged.measure(most, &mut measured);
                }
                if limit.on_breach == OnBreach::Lookback
                    && let Some(breach) = judged.seen_breach()
                {
                    let clear = limit.clear_of(breach.oldest, &self.rule.length);
                    judged.breach(breach, clear, trace);
                    // Others follow, so that it is the last in an unbroken row of them that decides.
                    let horizon = days::add(self.on, HORIZON);
                    let (counted, length) = (judged.counted, &self.rule.length);
                    if let Some(last) = limit.last_in_view(counted, stretch.start, Block::new(self.on, horizon), length)
                        && clear.is_some_and(|clear| limit.clear_of(last.oldest, length) > Some(clear))
                    {
                        judged.breach(last, limit.clear_of(last.oldest, length), trace);
                    }
                }
            });
        }
        let (from, length, on) = (Date(stretch.start), self.rule.length.period, Date(full));
        trace.say(StatusStep::Length { from, length, on });
        measured
    }

    /// Tells each restart before the date; gives the stretch the date lies in.
    fn last_stretch(&self, run: Block, trace: &mut Trace<'_>) -> Option<Stretch> {
        let mut current = None;
        self.rule.stretches(run, &self.reading.limits, self.dates, self.on, &mut |stretch| {
            if let Some(Step::Limit(LimitStep::Restart { next, .. })) = trace.last_mut() {
                *next = Some(Date(stretch.start));
            }
            if let Some((breach, limit)) = &stretch.breach
                && stretch.dates.to < self.on
            {
                let days = Block::new(stretch.start, breach.on);
                self.with_judged(limit, stretch.start, days, |judged| {
                    judged.retell(trace);
                });
                let (rule, from, on) = (Rule::from(limit), Date(stretch.start), Date(breach.on));
                trace.cite(&self.reading.source, LimitStep::Restart { rule, from, on, next: None });
            }
            current = stretch.dates.contains(self.on).then_some(stretch);
        });
        current
    }

    fn judged_days(&self, limit: &Limit, start: Day) -> Block {
        match limit.on_breach {
            OnBreach::Lookback => self.rule.judged(start, self.on),
            OnBreach::Restart => Block::new(start, self.on - 1),
        }
    }

    fn with_judged(&self, limit: &Limit, start: Day, days: Block, then: impl FnOnce(&Judged<'_>)) {
        let (convention, source) = (self.rule.convention(limit), &self.reading.source);
        self.rule.with_counted(limit, self.dates, |counted: &CountedDays| {
            then(&Judged { limit, counted, convention, start, days, source });
        });
    }
}
