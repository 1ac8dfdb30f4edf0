//! English.

use std::fmt::{self, Display, Formatter};

use super::{Decimal, DecimalSummands, Language, StatusName, Summands, label, list, weight};
use crate::calendar::Period;
use crate::law::dossier::{FactValue, Level};
use crate::law::limit::Per;
use crate::law::name::{Name, Names, Text};
use crate::law::result::State;
use crate::law::step::{
    Convention, Date, Days, DeadlineStep, HeldStatus, LimitStep, Most, Part, PresenceStep, ProofStep, Rule, StatusStep,
    Step,
};
use crate::law::trace::Assumed;

pub(super) fn step(f: &mut Formatter<'_>, step: &Step) -> fmt::Result {
    match step {
        Step::Status(step) => status(f, step),
        Step::Limit(step) => limit(f, step),
        Step::Presence(step) => presence(f, step),
        Step::Proof(step) => proof(f, step),
        Step::Deadline(step) => deadline(f, step),
    }
}

fn status(f: &mut Formatter<'_>, step: &StatusStep) -> fmt::Result {
    match step {
        StatusStep::Run { from, to, statuses, gap_days } => {
            write!(f, "Counted from {from}, the first day of an unbroken run of {}", Kinds(statuses))?;
            if let Some(to) = to {
                write!(f, ", which lasts until {to}")?;
            }
            if *gap_days > 0 {
                write!(f, "; gaps of at most {} are counted in", Number(*gap_days, "day"))?;
            }
            Ok(())
        }
        StatusStep::NoRun { on, statuses } => write!(f, "No status that counts covers {on} ({})", Kinds(statuses)),
        StatusStep::Status { status } => {
            let renewed = if status.renewed { ", assumed to go on" } else { "" };
            write!(f, "{}{renewed}: counts", Held(status))
        }
        StatusStep::Outside { status, on } => {
            write!(f, "{}: would count, but is no part of an unbroken run that covers {on}", Held(status))
        }
        StatusStep::PassedOver { status } => write!(f, "{}: does not count here", Held(status)),
        StatusStep::DayAfter { from, on } => write!(f, "The first day, {from}, is not counted: counted from {on}"),
        StatusStep::NoStart { on } => write!(f, "No day of presence lies between the last breach and {on}"),
        StatusStep::Length { from, length, on } => write!(f, "{from} and {} is {on}", Length(*length)),
        StatusStep::Covered { from, to, length, covered_from } => {
            let (window, length) = (Span(*from, Some(*to)), Length(*length));
            match covered_from {
                Some(since) => write!(f, "{length}, {window}: covered since {since}"),
                None => write!(f, "{length}, {window}: not covered to the end"),
            }
        }
        StatusStep::Stretch { from, to, days } => write!(f, "{}: {}", Span(*from, Some(*to)), Number(*days, "day")),
        StatusStep::Total { parts, days, needed } => {
            write!(f, "{}{} in all; {needed} are needed", Summands(parts), Number(*days, "day"))
        }
    }
}

fn limit(f: &mut Formatter<'_>, step: &LimitStep) -> fmt::Result {
    match step {
        LimitStep::Limit { rule, from, to, limit } => {
            write!(f, "Limit: {}, judged from {}", Limit(rule), Span(*from, Some(*to)))?;
            // Months and limits that must not be reached do not show the number that the days are compared with.
            if rule.reach || matches!(rule.most, Most::Months(_)) {
                write!(f, "; that is at most {}", Number(*limit, "day"))?;
            }
            Ok(())
        }
        LimitStep::Absence { from, to, counted_from, counted_to, cut, days, day_count } => {
            match to {
                Some(entry) => write!(f, "Away, exit {from}, entry {entry}: ")?,
                None => write!(f, "Away since {from} without return: ")?,
            }
            let cut = Cut(*cut, *counted_from, *counted_to);
            write!(f, "{}{cut} ({})", Number(*days, "day"), convention(*day_count))
        }
        LimitStep::Unrecorded { from, to, counted_from, counted_to, cut, days } => {
            let cut = Cut(*cut, *counted_from, *counted_to);
            let (span, days) = (Span(*from, Some(*to)), Number(*days, "day"));
            write!(f, "Presence from {span} is not recorded and taken as absence: {days}{cut}")
        }
        LimitStep::Stay { from, to, days } => write!(f, "Stay, {}: {}", Span(*from, Some(*to)), Number(*days, "day")),
        LimitStep::NothingCounted { from, to, of_stay } => {
            let what = if *of_stay { "stay" } else { "absence" };
            write!(f, "No day of {what} in the judged days {}", Span(*from, Some(*to)))
        }
        LimitStep::Sum { from, to, parts, days, limit } => {
            let verdict = if days > limit { "more than" } else { "within" };
            let (span, days) = (Span(*from, Some(*to)), Number(*days, "day"));
            write!(f, "{span}: {}{days}, {verdict} {limit}", Summands(parts))
        }
        LimitStep::TripLength { from, months, end, on, days, too_long } => {
            let verdict = if *too_long { "too long" } else { "within the limit" };
            let (months, days) = (Number(*months, "month"), Number(*days, "day"));
            write!(f, "Exit {from} and {months} is {end}; return or date judged {on}, {days} counted: {verdict}")
        }
        LimitStep::Breach { rule, from, on, clear } => {
            write!(f, "On {on} the limit ({}) is breached, ", Limit(rule))?;
            match rule.most {
                Most::Days(_) => write!(f, "counted back to {from}")?,
                Most::Months(_) => write!(f, "by a trip that is judged up to {from}")?,
            }
            match clear {
                Some(clear) => write!(f, "; every application before {clear} looks at that day"),
                None => Ok(()),
            }
        }
        LimitStep::Restart { rule, from, on, next } => {
            write!(f, "On {on} the limit ({}) is breached, counted from {from}: the count begins anew", Limit(rule))?;
            match next {
                Some(next) => write!(f, " on {next}, the next day of presence"),
                None => f.write_str(" on the next day of presence"),
            }
        }
        LimitStep::Window { from, to, days, on } => {
            write!(f, "{}: {} used on {on}", Span(*from, Some(*to)), Number(*days, "day"))
        }
        LimitStep::SafeUntil { from, on } => write!(f, "From {from} without a break the limit holds until {on}"),
    }
}

fn presence(f: &mut Formatter<'_>, step: &PresenceStep) -> fmt::Result {
    match step {
        PresenceStep::PresenceWindow { from, to, length } => {
            write!(f, "Looked at: {}, {}", Length(*length), Span(*from, Some(*to)))
        }
        PresenceStep::Present { from, to, statuses, days, absent, present } => {
            Span(*from, Some(*to)).fmt(f)?;
            if let Some(statuses) = statuses {
                write!(f, ", {}", Kinds(statuses))?;
            }
            write!(f, ": {} less {absent} away is {present} present", Number(*days, "day"))
        }
        PresenceStep::Credit { statuses, parts, present, weight: halves, cap, credited } => {
            if let Some(statuses) = statuses {
                write!(f, "{}: ", Kinds(statuses))?;
            }
            write!(f, "{}{} present × {}", Summands(parts), Number(*present, "day"), weight(*halves))?;
            if let Some(cap) = cap {
                write!(f, ", at most {cap}")?;
            }
            write!(f, " = {} credited", Decimal(*credited, '.'))
        }
        PresenceStep::Presence { from, to, parts, credited, rounded_up, days, needed } => {
            let span = Span(*from, Some(*to));
            write!(f, "{span}: {}{} credited days", DecimalSummands(parts, '.'), Decimal(*credited, '.'))?;
            if credited.0 % 2 != 0 {
                write!(f, ", rounded {} to {days}", if *rounded_up { "up" } else { "down" })?;
            }
            write!(f, "; {needed} are needed")
        }
        PresenceStep::FirstDay { on, to, length, away } => {
            let state = if *away { "away" } else { "present" };
            write!(f, "{on} is the first day of {} to {to}: {state}", Length(*length))
        }
    }
}

fn proof(f: &mut Formatter<'_>, step: &ProofStep) -> fmt::Result {
    match step {
        ProofStep::Evidence { evidence, title, from, to, level, min_level, enough } => {
            write!(f, "{}, {}", named(title.as_ref(), evidence), Span(*from, *to))?;
            match level {
                Some(level) => write!(f, ", level {level:?}")?,
                None if min_level.is_some() => f.write_str(", no level stated")?,
                None => {}
            }
            at_least(f, *min_level)?;
            if min_level.is_some() { f.write_str(if *enough { ": enough" } else { ": not enough" }) } else { Ok(()) }
        }
        ProofStep::NoEvidence { evidence, title, min_level } => {
            write!(f, "Nothing in the dossier for: {}", named(title.as_ref(), evidence))?;
            at_least(f, *min_level)
        }
        ProofStep::AgeReached { born, years, on } => write!(f, "Born {born}: {} old on {on}", Number(*years, "year")),
        ProofStep::AgeUnder { born, years, on } => {
            write!(f, "Born {born}: under {} until {on}", Number(*years, "year"))
        }
        ProofStep::NoBirthDate { min_years, max_years } => {
            f.write_str("The birth date is not known; required: ")?;
            match (min_years, max_years) {
                (Some(min), Some(max)) => write!(f, "at least {min} and under {}", Number(*max, "year")),
                (Some(min), None) => write!(f, "at least {}", Number(*min, "year")),
                (None, Some(max)) => write!(f, "under {}", Number(*max, "year")),
                (None, None) => f.write_str("an age"),
            }
        }
        ProofStep::Fact { fact, title, value, required } => {
            let (name, required) = (named(title.as_ref(), fact), Value(required));
            match value {
                Some(value) => write!(f, "{name}: {}; required: {required}", Value(value)),
                None => write!(f, "{name}: not known; required: {required}"),
            }
        }
        ProofStep::AnyOf { of } => {
            f.write_str("One of these is enough: ")?;
            list(f, of, "; ", part)
        }
        ProofStep::Result { on, state, met_from } => match (state, met_from) {
            (State::Met, _) => write!(f, "Met on {on}"),
            (State::Undetermined, _) => write!(f, "On {on} it depends on facts that are not certain"),
            (State::NotMet, Some(first)) => write!(f, "Not met on {on}; met from {first}"),
            (State::NotMet, None) => write!(f, "Not met on {on}, nor on any day up to the horizon"),
        },
    }
}

fn deadline(f: &mut Formatter<'_>, step: &DeadlineStep) -> fmt::Result {
    match step {
        DeadlineStep::NotApplicable { on } => write!(f, "No version of this term was in force on {on}"),
        DeadlineStep::Event { event, on: _, at } => write!(f, "{event} on {at}"),
        DeadlineStep::Hours { hours, on: _, at } => write!(f, "{} later: {at}", Number(*hours, "hour")),
        DeadlineStep::CountedFrom { on, event_day } => {
            let rule = if *event_day { "the day of the event" } else { "the day after the event" };
            write!(f, "Counted from {on}, {rule}")
        }
        DeadlineStep::DaysOff { spans, paused } => {
            if !spans.is_empty() {
                write!(f, "No working days: {}", Spans(spans))?;
            }
            if !paused.is_empty() {
                let begin = if spans.is_empty() { "Paused" } else { "; paused" };
                write!(f, "{begin}: {}", Spans(paused))?;
            }
            Ok(())
        }
        DeadlineStep::WorkingDays { from, days, on } => write!(f, "Working day {days} from {from} is {on}"),
        DeadlineStep::WorkingDaysBefore { event_on, days, on } => {
            let days = Number(*days, "working day");
            write!(f, "{on} is the last day with {days} after it up to and including {event_on}")
        }
        DeadlineStep::Period { length, from, event_day, on } => {
            let less = if *event_day { ", one day less since the day of the event counts" } else { "" };
            write!(f, "{from} and {}{less}: the last day is {on}", Length(*length))
        }
        DeadlineStep::PeriodBefore { length, event_on, on } => {
            write!(f, "{on} is the last day to which {} can be added without passing {event_on}", Length(*length))
        }
        DeadlineStep::Paused { days, spans, on } => {
            let days = Number(*days, "paused day");
            write!(f, "{days} inside the term ({}): it ends on {on}", Spans(spans))
        }
        DeadlineStep::Roll { from, on } => write!(f, "{from} is no working day: moved to {on}"),
    }
}

pub(super) fn assumed(f: &mut Formatter<'_>, assumed: &Assumed) -> fmt::Result {
    match assumed {
        Assumed::Renewal { status, from, ends } => {
            write!(f, "{status} of {from}, which ends on {ends}, is renewed without a gap")
        }
        Assumed::StaysAway { exit, after } => write!(f, "the absence that began on {exit} goes on after {after}"),
        Assumed::NoOtherAbsence { after } => write!(f, "no absence after {after} but those recorded"),
    }
}

/// A number with its noun.
struct Number<N>(N, &'static str);

impl<N: Display + PartialEq + From<u8>> Display for Number<N> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(number, noun) = self;
        let plural = if *number == N::from(1) { "" } else { "s" };
        write!(f, "{number} {noun}{plural}")
    }
}

/// Two days; an open end is "on".
struct Span(Date, Option<Date>);

impl Display for Span {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.1 {
            Some(to) => write!(f, "{} to {to}", self.0),
            None => write!(f, "{} on", self.0),
        }
    }
}

/// Several stretches of days, each from one day to another or one day.
struct Spans<'a>(&'a [Days]);

impl Display for Spans<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        list(f, self.0, ", ", |f, days| {
            if days.from == days.to { days.from.fmt(f) } else { Span(days.from, Some(days.to)).fmt(f) }
        })
    }
}

/// The part of a trip that is judged, if not all of it is.
struct Cut(bool, Date, Date);

impl Display for Cut {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.0 { write!(f, " in the judged days {}", Span(self.1, Some(self.2))) } else { Ok(()) }
    }
}

struct Length(Period);

impl Display for Length {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let units = self.0.parts().into_iter().zip(["year", "month", "day"]).filter(|(number, _)| *number > 0);
        list(f, units, " ", |f, (number, noun)| Number(number, noun).fmt(f))
    }
}

struct Limit<'a>(&'a Rule);

impl Display for Limit<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Rule { most, reach, per, of_stay } = self.0;
        f.write_str(if *reach { "fewer than " } else { "at most " })?;
        match most {
            Most::Days(days) => write!(f, "{}", Number(*days, "day"))?,
            Most::Months(months) => write!(f, "{}", Number(*months, "calendar month"))?,
        }
        f.write_str(if *of_stay { " of stay " } else { " away " })?;
        match per {
            Per::Trip => f.write_str("on one trip"),
            Per::Rolling(length) => write!(f, "in any {}", Length(length.period)),
            Per::CalendarYear => f.write_str("in each calendar year"),
            Per::AnniversaryYear => f.write_str("in each year counted from the start"),
            Per::Window => f.write_str("in all"),
            Per::Last(length) => write!(f, "in the last {}", Length(length.period)),
        }
    }
}

const fn convention(count: Convention) -> &'static str {
    match (count.exit_absent, count.entry_absent) {
        (false, false) => "exit and entry days are present",
        (true, false) => "the exit day is absent, the entry day present",
        (false, true) => "the exit day is present, the entry day absent",
        (true, true) => "exit and entry days are absent",
    }
}

/// Kinds of status.
struct Kinds<'a>(&'a Names);

impl Display for Kinds<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        list(f, self.0, " or ", |f, kind| kind.fmt(f))
    }
}

/// A status with its days by the record.
struct Held<'a>(&'a HeldStatus);

impl Display for Held<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", StatusName(self.0, "on"), Span(self.0.from, self.0.to))
    }
}

struct Value<'a>(&'a FactValue);

impl Display for Value<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            FactValue::Boolean(true) => f.write_str("yes"),
            FactValue::Boolean(false) => f.write_str("no"),
            other => other.fmt(f),
        }
    }
}

fn named<'a>(title: Option<&'a Text>, code: &'a Name) -> &'a str {
    label(title, code, Language::En)
}

fn at_least(f: &mut Formatter<'_>, min_level: Option<Level>) -> fmt::Result {
    match min_level {
        Some(level) => write!(f, ", at least {level:?} required"),
        None => Ok(()),
    }
}

/// A part of an `any_of` with its state.
fn part(f: &mut Formatter<'_>, part: &Part) -> fmt::Result {
    let state = match part.state {
        State::Met => "met",
        State::NotMet => "not met",
        State::Undetermined => "not certain",
    };
    write!(f, "{} ({state})", named(part.title.as_ref(), &part.id))
}
