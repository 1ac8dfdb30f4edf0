//! Deadlines: the last day of a term that runs from an event or back from it (engine contract, section 4).

use chrono::{Days, NaiveDate, TimeDelta};

use super::days::{self, Block, Spans};
use super::pack::{Deadline, DeadlineAmount, DeadlineTerm, Pack, Roll, Version};
use super::result::{DeadlineResult, EventTime};
use super::step::{Days as Stretch, DeadlineStep};
use super::trace::Trace;
use super::wording::Language;
use crate::calendar::working::Counted;

/// Why a deadline cannot be counted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeadlineError {
    /// The pack has no such deadline.
    #[error("the pack has no deadline `{0}`")]
    Unknown(String),
    /// A term in hours runs from an instant.
    #[error("`{0}` is counted in hours: give the event as an instant, such as 2026-11-13T10:00:00Z")]
    NeedsInstant(String),
    /// A pause ends before it begins.
    #[error("the pause from {0} to {1} ends before it begins")]
    ReversedPause(NaiveDate, NaiveDate),
}

/// Counts a deadline from its event. The version is that of the event's day in the pack's zone, or of `law_at`; if the law
/// had no such term then, the result has neither version nor day. Pauses hold on both their days.
pub fn deadline(
    pack: &Pack,
    id: &str,
    event: EventTime,
    pauses: &[(NaiveDate, NaiveDate)],
    law_at: Option<NaiveDate>,
) -> Result<DeadlineResult, DeadlineError> {
    let deadline = pack.deadline(id).ok_or_else(|| DeadlineError::Unknown(id.to_owned()))?;
    if let Some((from, to)) = pauses.iter().find(|(from, to)| to < from) {
        return Err(DeadlineError::ReversedPause(*from, *to));
    }
    let day = match event {
        EventTime::Day(day) => day,
        EventTime::Instant(instant) => instant.with_timezone(&pack.zone()).date_naive(),
    };
    let mut result = DeadlineResult {
        deadline: deadline.id().clone(),
        title: None,
        version: None,
        event_on: event,
        due: None,
        derivation: Vec::new(),
        provisional: false,
        consequence: None,
        source: super::name::Names::default(),
    };
    let law_date = law_at.unwrap_or(day);
    let Some(version) = deadline.on(law_date) else {
        // What the law says before or after is what shows that it says nothing then.
        let nearest = deadline.nearest(law_date).map(|version| version.source.clone()).unwrap_or_default();
        let mut trace = Trace::new(&nearest, Language::default());
        trace.say(DeadlineStep::NotApplicable { on: law_date.into() });
        result.derivation = trace.into_steps();
        return Ok(result);
    };
    let trace = Trace::new(&version.source, Language::default());
    let mut count = Count { pack, pauses, trace, provisional: false };
    count.trace.say(DeadlineStep::Event { event: version.rule.event.clone(), on: day.into(), at: event });
    result.due = Some(count.due(version, event, day).ok_or_else(|| DeadlineError::NeedsInstant(id.to_owned()))?);
    result.title.clone_from(&version.title);
    result.version = Some(version.in_force.from);
    result.consequence.clone_from(&version.rule.consequence);
    result.source = version.source.clone();
    result.provisional = count.provisional;
    result.derivation = count.trace.into_steps();
    Ok(result)
}

/// The number of working days after `on` up to and including `due`, and whether an announcement could still change it.
pub fn working_days_between(pack: &Pack, on: NaiveDate, due: NaiveDate) -> Counted<u32> {
    pack.calendar().count(on, due)
}

/// A count under way.
struct Count<'a> {
    pack: &'a Pack,
    pauses: &'a [(NaiveDate, NaiveDate)],
    trace: Trace<'a>,
    provisional: bool,
}

impl Count<'_> {
    fn keep(&mut self, counted: Counted<NaiveDate>) -> NaiveDate {
        self.provisional |= counted.provisional;
        counted.value
    }

    /// `None`: the term is in hours and the event is a day.
    fn due(&mut self, version: &Version<Deadline>, event: EventTime, day: NaiveDate) -> Option<EventTime> {
        let last = match version.rule.term {
            DeadlineTerm::WithinHours(hours) => {
                let EventTime::Instant(instant) = event else { return None };
                let due = instant.checked_add_signed(TimeDelta::hours(i64::from(hours)))?;
                let local = due.with_timezone(&self.pack.zone()).date_naive();
                let at = EventTime::Instant(due);
                self.trace.say(DeadlineStep::Hours { hours, on: local.into(), at });
                return Some(at);
            }
            DeadlineTerm::Within { amount, starts_on_event_day } => self.within(amount, starts_on_event_day, day),
            DeadlineTerm::Before(amount) => self.before(amount, day),
        };
        Some(EventTime::Day(self.roll(version.rule.roll, last)))
    }

    fn within(&mut self, amount: DeadlineAmount, starts_on_event_day: bool, event: NaiveDate) -> NaiveDate {
        let first = if starts_on_event_day { event } else { next(event) };
        self.trace.say(DeadlineStep::CountedFrom { on: first.into(), event_day: starts_on_event_day });
        match amount {
            DeadlineAmount::WorkingDays(n) => {
                let last = self.keep(self.pack.calendar().nth_from(first, n, |day| paused(self.pauses, day)));
                self.days_off(first, last);
                self.trace.say(DeadlineStep::WorkingDays { from: first.into(), days: n, on: last.into() });
                last
            }
            DeadlineAmount::Period(length) => {
                let whole = length.after(event);
                let last = if starts_on_event_day { whole.pred_opt().unwrap_or(whole) } else { whole };
                let (from, event_day, on) = (event.into(), starts_on_event_day, last.into());
                self.trace.say(DeadlineStep::Period { length, from, event_day, on });
                self.extended(first, last)
            }
        }
    }

    /// The days from one to another that are not counted.
    fn days_off(&mut self, from: NaiveDate, to: NaiveDate) {
        let calendar = self.pack.calendar();
        let off = |day: &NaiveDate| !calendar.is_working(*day);
        let spans = stretches(from, to, off);
        let paused = stretches(from, to, |day| !off(day) && paused(self.pauses, *day));
        if !spans.is_empty() || !paused.is_empty() {
            self.trace.say(DeadlineStep::DaysOff { spans, paused });
        }
    }

    /// Moves the end by the paused days inside the term, those inside the added days included.
    fn extended(&mut self, first: NaiveDate, last: NaiveDate) -> NaiveDate {
        let mut end = last;
        loop {
            let inside =
                first.iter_days().take_while(|day| *day <= end).filter(|day| paused(self.pauses, *day)).count();
            let moved = u64::try_from(inside).ok().and_then(|n| last.checked_add_days(Days::new(n))).unwrap_or(end);
            if moved <= end {
                break;
            }
            end = moved;
        }
        if end > last {
            let days = days::day(end) - days::day(last);
            let spans = stretches(first, end, |day| paused(self.pauses, *day));
            self.trace.say(DeadlineStep::Paused { days, spans, on: end.into() });
        }
        end
    }

    fn before(&mut self, amount: DeadlineAmount, event: NaiveDate) -> NaiveDate {
        match amount {
            DeadlineAmount::WorkingDays(n) => {
                let first = self.keep(self.pack.calendar().nth_back_from(event, n, |day| paused(self.pauses, day)));
                let last = first.pred_opt().unwrap_or(first);
                self.days_off(first, event);
                self.trace.say(DeadlineStep::WorkingDaysBefore { event_on: event.into(), days: n, on: last.into() });
                last
            }
            DeadlineAmount::Period(length) => {
                let last = length.last_within(event);
                self.trace.say(DeadlineStep::PeriodBefore { length, event_on: event.into(), on: last.into() });
                last
            }
        }
    }

    fn roll(&mut self, roll: Roll, last: NaiveDate) -> NaiveDate {
        let calendar = self.pack.calendar();
        let moved = match roll {
            Roll::None => return last,
            Roll::NextWorkingDay => self.keep(calendar.next_working(last)),
            Roll::PreviousWorkingDay => self.keep(calendar.previous_working(last)),
        };
        if moved != last {
            self.trace.say(DeadlineStep::Roll { from: last.into(), on: moved.into() });
        }
        moved
    }
}

fn next(day: NaiveDate) -> NaiveDate {
    day.succ_opt().unwrap_or(day)
}

fn paused(pauses: &[(NaiveDate, NaiveDate)], day: NaiveDate) -> bool {
    pauses.iter().any(|(from, to)| (*from..=*to).contains(&day))
}

/// The stretches of days from one to another that are picked.
fn stretches(from: NaiveDate, to: NaiveDate, picked: impl Fn(&NaiveDate) -> bool) -> Vec<Stretch> {
    let days = from.iter_days().take_while(|day| *day <= to).filter(picked).map(days::day);
    let spans = Spans::union_of(days.map(|day| Block::new(day, day)));
    spans.blocks().iter().map(|block| Stretch::from(*block)).collect()
}
