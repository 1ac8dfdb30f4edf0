//! Deadlines: the last day of a term that runs from an event or back from it (engine contract, section 4).

use chrono::{Days, NaiveDate, TimeDelta};

use super::pack::{Deadline, DeadlineAmount, DeadlineTerm, Pack, Roll, Version};
use super::result::{DeadlineResult, EventTime, TraceStep};
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
    let Some(version) = deadline.on(law_at.unwrap_or(day)) else {
        let text = format!("No version of this term was in force on {}", law_at.unwrap_or(day));
        result.derivation.push(TraceStep { step: "not_applicable", text, ..TraceStep::default() });
        return Ok(result);
    };
    let mut count = Count { pack, pauses, steps: Vec::new(), provisional: false };
    count.note("event", format!("{} on {event}", version.rule.event), day);
    result.due = Some(count.due(version, event, day).ok_or_else(|| DeadlineError::NeedsInstant(id.to_owned()))?);
    result.title.clone_from(&version.title);
    result.version = Some(version.in_force.from);
    result.consequence.clone_from(&version.rule.consequence);
    result.source = version.source.clone();
    result.provisional = count.provisional;
    result.derivation = count.steps;
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
    steps: Vec<TraceStep>,
    provisional: bool,
}

impl Count<'_> {
    fn note(&mut self, step: &'static str, text: String, on: NaiveDate) {
        self.steps.push(TraceStep { step, text, on: Some(on), ..TraceStep::default() });
    }

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
                self.note("hours", format!("{hours} hours later, {}", EventTime::Instant(due)), local);
                return Some(EventTime::Instant(due));
            }
            DeadlineTerm::Within { amount, starts_on_event_day } => self.within(amount, starts_on_event_day, day),
            DeadlineTerm::Before(amount) => self.before(amount, day),
        };
        Some(EventTime::Day(self.roll(version.rule.roll, last)))
    }

    fn within(&mut self, amount: DeadlineAmount, starts_on_event_day: bool, event: NaiveDate) -> NaiveDate {
        let first = if starts_on_event_day { event } else { next(event) };
        let rule = if starts_on_event_day { "the day of the event" } else { "the day after the event" };
        self.note("first_day", format!("Counted from {first}, {rule}"), first);
        match amount {
            DeadlineAmount::WorkingDays(n) => {
                let last = self.keep(self.pack.calendar().nth_from(first, n, |day| paused(self.pauses, day)));
                self.note("working_days", format!("Working day {n} is {last}{}", self.pause_words()), last);
                last
            }
            DeadlineAmount::Period(period) => {
                let whole = period.after(event);
                let last = if starts_on_event_day { whole.pred_opt().unwrap_or(whole) } else { whole };
                self.note("period", format!("{period} ends on {last}"), last);
                self.extended(first, last)
            }
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
            let days = (end - last).num_days();
            self.note("paused", format!("{days} paused days inside the term: it ends on {end}"), end);
        }
        end
    }

    fn before(&mut self, amount: DeadlineAmount, event: NaiveDate) -> NaiveDate {
        match amount {
            DeadlineAmount::WorkingDays(n) => {
                let first = self.keep(self.pack.calendar().nth_back_from(event, n, |day| paused(self.pauses, day)));
                let last = first.pred_opt().unwrap_or(first);
                let words = self.pause_words();
                self.note(
                    "working_days",
                    format!("{last} is the last day with {n} working days after it{words}"),
                    last,
                );
                last
            }
            DeadlineAmount::Period(period) => {
                let last = period.last_within(event);
                self.note(
                    "period",
                    format!("{last} is the last day from which {period} reaches no further than {event}"),
                    last,
                );
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
            self.note("roll", format!("{last} is no working day: moved to {moved}"), moved);
        }
        moved
    }

    fn pause_words(&self) -> &'static str {
        if self.pauses.is_empty() { "" } else { ", paused days not counted" }
    }
}

fn next(day: NaiveDate) -> NaiveDate {
    day.succ_opt().unwrap_or(day)
}

fn paused(pauses: &[(NaiveDate, NaiveDate)], day: NaiveDate) -> bool {
    pauses.iter().any(|(from, to)| (*from..=*to).contains(&day))
}
