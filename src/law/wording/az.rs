//! Azerbaijani. The endings of dates and numbers depend on how they are read, so sentences are shaped to need none: the ending
//! goes to a word after them (`2019-01-10 tarixindən`), or the date stands after a colon.

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
            write!(f, "Sayılır: {from} tarixindən, fasiləsiz dövrün ilk günü ({})", Kinds(statuses))?;
            if let Some(to) = to {
                write!(f, "; dövrün son günü: {to}")?;
            }
            if *gap_days > 0 {
                write!(f, "; ən çoxu {gap_days} günlük fasilələr də sayılır")?;
            }
            Ok(())
        }
        StatusStep::NoRun { on, statuses } => {
            write!(f, "{on}: nəzərə alınan heç bir status bu günü əhatə etmir ({})", Kinds(statuses))
        }
        StatusStep::Status { status } => {
            let renewed = if status.renewed { ", davam edəcəyi güman edilir" } else { "" };
            write!(f, "{}{renewed}: nəzərə alınır", Held(status))
        }
        StatusStep::Outside { status, on } => {
            write!(f, "{}: növü uyğundur, lakin bu günü əhatə edən fasiləsiz dövrə daxil deyil: {on}", Held(status))
        }
        StatusStep::PassedOver { status } => write!(f, "{}: burada nəzərə alınmır", Held(status)),
        StatusStep::DayAfter { from, on } => write!(f, "İlk gün ({from}) sayılmır; sayılır: {on} tarixindən"),
        StatusStep::NoStart { on } => {
            write!(f, "Son pozuntudan sonra {on} tarixinədək ölkədə olma günü yoxdur")
        }
        StatusStep::Length { from, length, on } => write!(f, "{from}, üstəgəl {}: {on}", Length(*length)),
        StatusStep::Covered { from, to, length, covered_from } => {
            let (window, length) = (Span(*from, Some(*to)), Length(*length));
            match covered_from {
                Some(since) => write!(f, "{length}, {window}: {since} tarixindən əhatə olunub"),
                None => write!(f, "{length}, {window}: sonadək əhatə olunmayıb"),
            }
        }
        StatusStep::Stretch { from, to, days } => write!(f, "{}: {days} gün", Span(*from, Some(*to))),
        StatusStep::Total { parts, days, needed } => {
            write!(f, "Cəmi: {}{days} gün; tələb olunur: {needed} gün", Summands(parts))
        }
    }
}

fn limit(f: &mut Formatter<'_>, step: &LimitStep) -> fmt::Result {
    match step {
        LimitStep::Limit { rule, from, to, limit } => {
            write!(f, "Hədd: {}; yoxlanılan günlər: {}", Limit(rule), Span(*from, Some(*to)))?;
            // Months and limits that must not be reached do not show the number that the days are compared with.
            if rule.reach || matches!(rule.most, Most::Months(_)) {
                write!(f, "; bu, ən çoxu {limit} gündür")?;
            }
            Ok(())
        }
        LimitStep::Absence { from, to, counted_from, counted_to, cut, days, day_count } => {
            match to {
                Some(entry) => write!(f, "Ölkədən kənarda: çıxış {from}, giriş {entry}: ")?,
                None => write!(f, "Ölkədən kənarda: çıxış {from}, giriş yoxdur: ")?,
            }
            write!(f, "{days} gün{} ({})", Cut(*cut, *counted_from, *counted_to), convention(*day_count))
        }
        LimitStep::Unrecorded { from, to, counted_from, counted_to, cut, days } => {
            let cut = Cut(*cut, *counted_from, *counted_to);
            let span = Span(*from, Some(*to));
            write!(f, "Ölkədə olma qeydə alınmayıb, kənarda olma hesab edilir: {span}: {days} gün{cut}")
        }
        LimitStep::Stay { from, to, days } => write!(f, "Ölkədə qalma: {}: {days} gün", Span(*from, Some(*to))),
        LimitStep::NothingCounted { from, to, of_stay } => {
            let what = if *of_stay { "ölkədə qalma günü" } else { "ölkədən kənarda keçən gün" };
            write!(f, "Yoxlanılan günlərdə {what} yoxdur: {}", Span(*from, Some(*to)))
        }
        LimitStep::Sum { from, to, parts, days, limit } => {
            let verdict = if days > limit { "aşılıb" } else { "aşılmayıb" };
            let span = Span(*from, Some(*to));
            write!(f, "{span}: {}{days} gün; hədd {limit} gün: {verdict}", Summands(parts))
        }
        LimitStep::TripLength { from, months, end, on, days, too_long } => {
            let verdict = if *too_long { "hədd aşılıb" } else { "hədd aşılmayıb" };
            write!(f, "Çıxış {from}, üstəgəl {months} ay: {end}; giriş və ya yoxlanılan gün: {on}, ")?;
            write!(f, "sayılan {days} gün: {verdict}")
        }
        LimitStep::Breach { rule, from, on, clear } => {
            write!(f, "Hədd pozulub: {on} ({}); ", Limit(rule))?;
            match rule.most {
                Most::Days(_) => write!(f, "geriyə {from} tarixinədək sayılıb")?,
                Most::Months(_) => write!(f, "səfərin yoxlanılan son günü: {from}")?,
            }
            match clear {
                Some(clear) => write!(f, "; {clear} tarixindən əvvəlki hər müraciətdə nəzərə alınır"),
                None => Ok(()),
            }
        }
        LimitStep::Restart { rule, from, on, next } => {
            write!(f, "Hədd pozulub: {on} ({}); {from} tarixindən sayılıb. Müddət yenidən başlanır", Limit(rule))?;
            match next {
                Some(next) => write!(f, ": {next}, ölkədə olmanın növbəti günü"),
                None => f.write_str(": ölkədə olmanın növbəti günü"),
            }
        }
        LimitStep::Window { from, to, days, on } => {
            write!(f, "{}: {on} tarixinə {days} gün istifadə olunub", Span(*from, Some(*to)))
        }
        LimitStep::SafeUntil { from, on } => {
            write!(f, "{from} tarixindən fasiləsiz davam edərsə, həddin pozulmadığı son gün: {on}")
        }
    }
}

fn presence(f: &mut Formatter<'_>, step: &PresenceStep) -> fmt::Result {
    match step {
        PresenceStep::PresenceWindow { from, to, length } => {
            write!(f, "Yoxlanılan müddət: {}, {}", Length(*length), Span(*from, Some(*to)))
        }
        PresenceStep::Present { from, to, statuses, days, absent, present } => {
            Span(*from, Some(*to)).fmt(f)?;
            if let Some(statuses) = statuses {
                write!(f, ", {}", Kinds(statuses))?;
            }
            write!(f, ": {days} gün, ölkədən kənarda {absent} gün, ölkədə {present} gün")
        }
        PresenceStep::Credit { statuses, parts, present, weight: halves, cap, credited } => {
            if let Some(statuses) = statuses {
                write!(f, "{}: ", Kinds(statuses))?;
            }
            write!(f, "ölkədə {}{present} gün × {}", Summands(parts), weight(*halves))?;
            if let Some(cap) = cap {
                write!(f, ", ən çoxu {cap} gün")?;
            }
            write!(f, " = {} gün hesablanır", Decimal(*credited, ','))
        }
        PresenceStep::Presence { from, to, parts, credited, rounded_up, days, needed } => {
            let span = Span(*from, Some(*to));
            write!(f, "{span}: {}{} gün hesablanıb", DecimalSummands(parts, ','), Decimal(*credited, ','))?;
            if credited.0 % 2 != 0 {
                write!(f, ", {} yuvarlaqlaşdırılır: {days} gün", if *rounded_up { "yuxarı" } else { "aşağı" })?;
            }
            write!(f, "; tələb olunur: {needed} gün")
        }
        PresenceStep::FirstDay { on, to, length, away } => {
            let state = if *away { "ölkədən kənarda" } else { "ölkədə" };
            write!(f, "Müddətin ({}, {}) ilk günü {on}: {state}", Length(*length), Span(*on, Some(*to)))
        }
    }
}

fn proof(f: &mut Formatter<'_>, step: &ProofStep) -> fmt::Result {
    match step {
        ProofStep::Evidence { evidence, title, from, to, level, min_level, enough } => {
            write!(f, "{}, {}", named(title.as_ref(), evidence), Span(*from, *to))?;
            match level {
                Some(level) => write!(f, ", səviyyə {level:?}")?,
                None if min_level.is_some() => f.write_str(", səviyyə göstərilməyib")?,
                None => {}
            }
            at_least(f, *min_level)?;
            if min_level.is_some() {
                f.write_str(if *enough { ": kifayətdir" } else { ": kifayət deyil" })
            } else {
                Ok(())
            }
        }
        ProofStep::NoEvidence { evidence, title, min_level } => {
            write!(f, "Sənəd yoxdur: {}", named(title.as_ref(), evidence))?;
            at_least(f, *min_level)
        }
        ProofStep::AgeReached { born, years, on } => {
            write!(f, "Doğum tarixi {born}: {years} yaşın tamam olduğu gün: {on}")
        }
        ProofStep::AgeUnder { born, years, on } => {
            write!(f, "Doğum tarixi {born}: {years} yaşın tamam olmadığı son gün: {on}")
        }
        ProofStep::NoBirthDate { min_years, max_years } => {
            f.write_str("Doğum tarixi məlum deyil; tələb olunur: ")?;
            match (min_years, max_years) {
                (Some(min), Some(max)) => write!(f, "{min} yaş tamam olmalı, {max} yaş tamam olmamalıdır"),
                (Some(min), None) => write!(f, "{min} yaş tamam olmalıdır"),
                (None, Some(max)) => write!(f, "{max} yaş tamam olmamalıdır"),
                (None, None) => f.write_str("yaş"),
            }
        }
        ProofStep::Fact { fact, title, value, required } => {
            let (name, required) = (named(title.as_ref(), fact), Value(required));
            match value {
                Some(value) => write!(f, "{name}: {}; tələb olunur: {required}", Value(value)),
                None => write!(f, "{name}: məlum deyil; tələb olunur: {required}"),
            }
        }
        ProofStep::AnyOf { of } => {
            f.write_str("Bunlardan biri kifayətdir: ")?;
            list(f, of, "; ", part)
        }
        ProofStep::Result { on, state, met_from } => match (state, met_from) {
            (State::Met, _) => write!(f, "{on}: tələb yerinə yetirilib"),
            (State::Undetermined, _) => write!(f, "{on}: dəqiq məlum olmayan faktlardan asılıdır"),
            (State::NotMet, Some(first)) => {
                write!(f, "{on}: tələb yerinə yetirilməyib; {first} tarixindən yerinə yetirilmiş olacaq")
            }
            (State::NotMet, None) => {
                write!(f, "{on}: tələb yerinə yetirilməyib və baxılan müddətin heç bir günündə yerinə yetirilmir")
            }
        },
    }
}

fn deadline(f: &mut Formatter<'_>, step: &DeadlineStep) -> fmt::Result {
    match step {
        DeadlineStep::NotApplicable { on } => write!(f, "{on}: bu müddət barədə qüvvədə olan norma yoxdur"),
        DeadlineStep::Event { event, on: _, at } => write!(f, "Hadisə: {event}, {at}"),
        DeadlineStep::Hours { hours, on: _, at } => write!(f, "{hours} saat sonra: {at}"),
        DeadlineStep::CountedFrom { on, event_day } => {
            let rule = if *event_day { "hadisə günündən" } else { "hadisədən sonrakı gündən" };
            write!(f, "Sayılır: {on} tarixindən, {rule}")
        }
        DeadlineStep::DaysOff { spans, paused } => {
            if !spans.is_empty() {
                write!(f, "İş günü olmayan günlər: {}", Spans(spans))?;
            }
            if !paused.is_empty() {
                let begin = if spans.is_empty() { "Dayandırılmış" } else { "; dayandırılmış" };
                write!(f, "{begin} günlər: {}", Spans(paused))?;
            }
            Ok(())
        }
        DeadlineStep::WorkingDays { from, days, on } => {
            write!(f, "{from} tarixindən sayılmaqla {days} iş gününün sonuncusu: {on}")
        }
        DeadlineStep::WorkingDaysBefore { event_on, days, on } => {
            write!(f, "{on}: ondan sonra {event_on} tarixinədək (bu gün daxil olmaqla) {days} iş günü qalan son gün")
        }
        DeadlineStep::Period { length, from, event_day, on } => {
            let less = if *event_day { ", hadisə günü sayıldığı üçün bir gün az" } else { "" };
            write!(f, "{from}, üstəgəl {}{less}: son gün {on}", Length(*length))
        }
        DeadlineStep::PeriodBefore { length, event_on, on } => {
            write!(f, "{on}: üstəgəl {} hesablandıqda {event_on} tarixini keçməyən son gün", Length(*length))
        }
        DeadlineStep::Paused { days, spans, on } => {
            write!(f, "Müddət daxilində {days} dayandırılmış gün ({}): müddətin son günü: {on}", Spans(spans))
        }
        DeadlineStep::Roll { from, on } => write!(f, "{from} iş günü deyil; {on} tarixinə keçirilir"),
    }
}

pub(super) fn assumed(f: &mut Formatter<'_>, assumed: &Assumed) -> fmt::Result {
    match assumed {
        Assumed::Renewal { status, from, ends } => {
            write!(f, "{status} ({from} tarixindən, son günü {ends}) fasiləsiz uzadılır")
        }
        Assumed::StaysAway { exit, after } => {
            write!(f, "{exit} tarixində başlamış ölkədən kənarda olma {after} tarixindən sonra da davam edir")
        }
        Assumed::NoOtherAbsence { after } => {
            write!(f, "{after} tarixindən sonra qeydə alınmış səfərlərdən başqa səfər yoxdur")
        }
    }
}

/// Two days; an open end needs no word of its own.
struct Span(Date, Option<Date>);

impl Display for Span {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.1 {
            Some(to) => write!(f, "{} – {to}", self.0),
            None => write!(f, "{} tarixindən", self.0),
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
        if self.0 { write!(f, ", yoxlanılan günlər üzrə: {}", Span(self.1, Some(self.2))) } else { Ok(()) }
    }
}

/// Nouns stay in the singular after a number.
struct Length(Period);

impl Display for Length {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let units = self.0.parts().into_iter().zip(["il", "ay", "gün"]).filter(|(number, _)| *number > 0);
        list(f, units, " ", |f, (number, noun)| write!(f, "{number} {noun}"))
    }
}

struct Limit<'a>(&'a Rule);

impl Display for Limit<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Rule { most, reach, per, of_stay } = self.0;
        f.write_str(if *of_stay { "ölkədə qalma " } else { "ölkədən kənarda olma " })?;
        match per {
            Per::Trip => f.write_str("bir səfərdə")?,
            Per::Rolling(length) => write!(f, "istənilən {} ərzində", Length(length.period))?,
            Per::CalendarYear => f.write_str("hər təqvim ilində")?,
            Per::AnniversaryYear => f.write_str("başlanğıc gündən hesablanan hər ildə")?,
            Per::Window => f.write_str("bütün müddətdə")?,
            Per::Last(length) => write!(f, "son {} ərzində", Length(length.period))?,
        }
        match (most, reach) {
            (Most::Days(days), false) => write!(f, " ən çoxu {days} gün"),
            (Most::Days(days), true) => write!(f, " {days} gündən az"),
            (Most::Months(months), false) => write!(f, " ən çoxu {months} təqvim ayı"),
            (Most::Months(months), true) => write!(f, " {months} təqvim ayından az"),
        }
    }
}

const fn convention(count: Convention) -> &'static str {
    match (count.exit_absent, count.entry_absent) {
        (false, false) => "çıxış və giriş günləri ölkədə sayılır",
        (true, false) => "çıxış günü kənarda, giriş günü ölkədə sayılır",
        (false, true) => "çıxış günü ölkədə, giriş günü kənarda sayılır",
        (true, true) => "çıxış və giriş günləri kənarda sayılır",
    }
}

/// Kinds of status.
struct Kinds<'a>(&'a Names);

impl Display for Kinds<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        list(f, self.0, " və ya ", |f, kind| kind.fmt(f))
    }
}

/// A status with its days by the record.
struct Held<'a>(&'a HeldStatus);

impl Display for Held<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", StatusName(self.0, "əsas:"), Span(self.0.from, self.0.to))
    }
}

struct Value<'a>(&'a FactValue);

impl Display for Value<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            FactValue::Boolean(true) => f.write_str("bəli"),
            FactValue::Boolean(false) => f.write_str("xeyr"),
            other => other.fmt(f),
        }
    }
}

fn named<'a>(title: Option<&'a Text>, code: &'a Name) -> &'a str {
    label(title, code, Language::Az)
}

fn at_least(f: &mut Formatter<'_>, min_level: Option<Level>) -> fmt::Result {
    match min_level {
        Some(level) => write!(f, ", tələb olunan səviyyə {level:?}"),
        None => Ok(()),
    }
}

/// A part of an `any_of` with its state.
fn part(f: &mut Formatter<'_>, part: &Part) -> fmt::Result {
    let state = match part.state {
        State::Met => "yerinə yetirilib",
        State::NotMet => "yerinə yetirilməyib",
        State::Undetermined => "dəqiq məlum deyil",
    };
    write!(f, "{} ({state})", named(part.title.as_ref(), &part.id))
}
