//! One step of a sum as data: what it is, and every figure its sentence needs. `wording` says it in a language when it is
//! written out, so a figure that is missing here is missing to the compiler.

use std::borrow::Cow;
use std::fmt;

use chrono::NaiveDate;
use serde::{Serialize, Serializer};
use utoipa::openapi::schema::{Object, SchemaFormat, Type};
use utoipa::openapi::{KnownFormat, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::days::{self, Block, Day};
use super::dossier::{FactValue, Level};
use super::limit::{Amount, Counts, DayCount, Limit, Per};
use super::name::{Name, Names, Text};
use super::result::{EventTime, State};
use crate::calendar::Period;
use crate::calendar::iso::Iso;

/// A day of a step; a number until it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Date(pub(crate) Day);

impl Date {
    /// The last day of a block; `None` for an open end.
    pub(crate) fn end(day: Day) -> Option<Self> {
        (day < days::FAR).then_some(Self(day))
    }
}

impl From<NaiveDate> for Date {
    fn from(date: NaiveDate) -> Self {
        Self(days::day(date))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = days::date(self.0);
        match Iso::of(day) {
            Some(iso) => f.pad(iso.as_str()),
            None => day.fmt(f),
        }
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match Iso::of(days::date(self.0)) {
            Some(iso) => serializer.serialize_str(iso.as_str()),
            None => serializer.collect_str(self),
        }
    }
}

impl PartialSchema for Date {
    fn schema() -> RefOr<Schema> {
        let mut date = Object::with_type(Type::String);
        date.format = Some(SchemaFormat::KnownFormat(KnownFormat::Date));
        date.into()
    }
}

impl ToSchema for Date {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("LawDate")
    }
}

/// Half days: written as days, with `.5` for an odd number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Halves(pub(crate) i32);

impl Serialize for Halves {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 % 2 == 0 {
            serializer.serialize_i32(self.0 / 2)
        } else {
            serializer.serialize_f64(f64::from(self.0) / 2.0)
        }
    }
}

impl PartialSchema for Halves {
    fn schema() -> RefOr<Schema> {
        Object::with_type(Type::Number).into()
    }
}

impl ToSchema for Halves {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("LawCreditedDays")
    }
}

/// The most that a limit allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LawMost)]
pub(crate) enum Most {
    Days(i32),
    /// On one trip.
    Months(u32),
}

/// A limit as the pack states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LawLimit)]
pub(crate) struct Rule {
    pub(crate) most: Most,
    /// Reaching `most` is already a breach.
    pub(crate) reach: bool,
    /// `trip`, `rolling:P1Y`, `calendar_year`, `anniversary_year`, `window` or `last:P1Y`.
    #[serde(serialize_with = "per")]
    #[schema(value_type = String)]
    pub(crate) per: Per,
    /// Days of stay are counted, not days of absence.
    pub(crate) of_stay: bool,
}

impl From<&Limit> for Rule {
    fn from(limit: &Limit) -> Self {
        let most = match limit.amount {
            Amount::Days(days) => Most::Days(days),
            Amount::Months(months) => Most::Months(months),
        };
        Self { most, reach: limit.reach, per: limit.per, of_stay: limit.counts == Counts::Covered }
    }
}

fn per<S: Serializer>(per: &Per, serializer: S) -> Result<S::Ok, S::Error> {
    match per {
        Per::Trip => serializer.serialize_str("trip"),
        Per::Rolling(length) => serializer.collect_str(&format_args!("rolling:{}", length.period)),
        Per::CalendarYear => serializer.serialize_str("calendar_year"),
        Per::AnniversaryYear => serializer.serialize_str("anniversary_year"),
        Per::Window => serializer.serialize_str("window"),
        Per::Last(length) => serializer.collect_str(&format_args!("last:{}", length.period)),
    }
}

/// Whether the days of leaving and of return are days of absence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LawDayCount)]
pub(crate) struct Convention {
    pub(crate) exit_absent: bool,
    pub(crate) entry_absent: bool,
}

impl From<DayCount> for Convention {
    fn from(count: DayCount) -> Self {
        Self { exit_absent: count.exit_absent, entry_absent: count.entry_absent }
    }
}

/// A status as it was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LawHeldStatus)]
pub(crate) struct HeldStatus {
    pub(crate) kind: Name,
    pub(crate) ground: Option<Name>,
    pub(crate) from: Date,
    /// Last day by the record; null: open.
    pub(crate) to: Option<Date>,
    /// It is assumed to go on after that day.
    pub(crate) renewed: bool,
}

/// Steps about the days a status covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "step", rename_all = "snake_case")]
#[schema(as = LawStatusStep)]
pub(crate) enum StatusStep {
    /// The unbroken block of days that counts, made of statuses of these kinds.
    Run { from: Date, to: Option<Date>, statuses: Names, gap_days: i32 },
    /// No status that counts covers the day.
    NoRun { on: Date, statuses: Names },
    /// A status that is part of the run.
    Status { status: HeldStatus },
    /// A status of the right kind that is no part of the run on that day.
    Outside { status: HeldStatus, on: Date },
    /// A status that does not count for this requirement.
    PassedOver { status: HeldStatus },
    /// The first day of the run is not counted itself.
    DayAfter { from: Date, on: Date },
    /// After the last breach no day of presence lies before the date.
    NoStart { on: Date },
    /// The length is full on `on`.
    Length {
        from: Date,
        #[schema(value_type = String)]
        length: Period,
        on: Date,
    },
    /// The window that must be covered whole, and since when the days are covered.
    Covered {
        from: Date,
        to: Date,
        #[schema(value_type = String)]
        length: Period,
        covered_from: Option<Date>,
    },
    /// One block of covered days.
    Stretch { from: Date, to: Date, days: i32 },
    /// The covered days of all blocks.
    Total { parts: Vec<i32>, days: i32, needed: i32 },
}

/// Steps about limits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "step", rename_all = "snake_case")]
#[schema(as = LawLimitStep)]
pub(crate) enum LimitStep {
    /// The limit and the days it is judged on; `limit` is what it comes to in days.
    Limit { rule: Rule, from: Date, to: Date, limit: i32 },
    /// A trip, from the exit to the entry, and the days of it that count.
    Absence {
        from: Date,
        to: Option<Date>,
        counted_from: Date,
        counted_to: Date,
        /// Days outside the judged ones are left out.
        cut: bool,
        days: i32,
        day_count: Convention,
    },
    /// A period without record of presence, taken as absence.
    Unrecorded { from: Date, to: Date, counted_from: Date, counted_to: Date, cut: bool, days: i32 },
    /// A stay that is counted.
    Stay { from: Date, to: Date, days: i32 },
    /// No day that the limit counts.
    NothingCounted { from: Date, to: Date, of_stay: bool },
    /// The counted days of one window, block by block, against the limit.
    Sum { from: Date, to: Date, parts: Vec<i32>, days: i32, limit: i32 },
    /// A trip against a limit in months: `end` is the exit and so many months, `on` the return or the date judged.
    TripLength { from: Date, months: u32, end: Date, on: Date, days: i32, too_long: bool },
    /// The limit is breached on `on`; `from` is the oldest day that had to be counted, with months the last judged day of the
    /// trip. Applications from `clear` on do not look at it.
    Breach { rule: Rule, from: Date, on: Date, clear: Option<Date> },
    /// The limit is breached on `on`, counted from `from`; the count begins anew on `next`.
    Restart { rule: Rule, from: Date, on: Date, next: Option<Date> },
    /// The days used in the window that is looked at on `on`.
    Window { from: Date, to: Date, days: i32, on: Date },
    /// From `from` without a break the limit holds until `on`.
    SafeUntil { from: Date, on: Date },
}

/// Steps about days of presence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "step", rename_all = "snake_case")]
#[schema(as = LawPresenceStep)]
pub(crate) enum PresenceStep {
    /// The days that are looked at.
    PresenceWindow {
        from: Date,
        to: Date,
        #[schema(value_type = String)]
        length: Period,
    },
    /// Days of one stretch, those away among them, and those present. No `statuses`: every day counts.
    Present { from: Date, to: Date, statuses: Option<Names>, days: i32, absent: i32, present: i32 },
    /// What the present days of these statuses bring.
    Credit {
        statuses: Option<Names>,
        parts: Vec<i32>,
        present: i32,
        weight: Halves,
        cap: Option<i32>,
        credited: Halves,
    },
    /// The credits of one window together.
    Presence { from: Date, to: Date, parts: Vec<Halves>, credited: Halves, rounded_up: bool, days: i32, needed: i32 },
    /// The first day of the window and whether the person was away.
    FirstDay {
        on: Date,
        to: Date,
        #[schema(value_type = String)]
        length: Period,
        away: bool,
    },
}

/// Steps about proofs, ages and facts, and what all comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "step", rename_all = "snake_case")]
#[schema(as = LawProofStep)]
pub(crate) enum ProofStep {
    /// A proof of that kind, and whether its level is enough.
    Evidence {
        evidence: Name,
        title: Option<Text>,
        from: Date,
        to: Option<Date>,
        #[schema(value_type = Option<String>)]
        level: Option<Level>,
        #[schema(value_type = Option<String>)]
        min_level: Option<Level>,
        enough: bool,
    },
    /// None of that kind.
    NoEvidence {
        evidence: Name,
        title: Option<Text>,
        #[schema(value_type = Option<String>)]
        min_level: Option<Level>,
    },
    /// Born on `born`, so many years old on `on`.
    AgeReached { born: Date, years: u32, on: Date },
    /// Born on `born`, under so many years until `on`.
    AgeUnder { born: Date, years: u32, on: Date },
    /// The birth date is not known.
    NoBirthDate { min_years: Option<u32>, max_years: Option<u32> },
    /// What the dossier says, null if nothing, and what is required.
    Fact {
        fact: Name,
        title: Option<Text>,
        #[schema(value_type = serde_json::Value)]
        value: Option<FactValue>,
        #[schema(value_type = serde_json::Value)]
        required: FactValue,
    },
    /// One of the parts is enough.
    AnyOf { of: Vec<Part> },
    /// What the steps come to on the date.
    Result { on: Date, state: State, met_from: Option<Date> },
}

/// A part of an `any_of` and its state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LawPart)]
pub(crate) struct Part {
    pub(crate) id: Name,
    pub(crate) title: Option<Text>,
    pub(crate) state: State,
}

/// Steps from an event to the end of a term.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "step", rename_all = "snake_case")]
#[schema(as = LawDeadlineStep)]
pub(crate) enum DeadlineStep {
    /// The law has no such term on the day.
    NotApplicable { on: Date },
    /// What happened, and when.
    Event {
        event: Name,
        on: Date,
        #[schema(value_type = String)]
        at: EventTime,
    },
    /// So many hours later.
    Hours {
        hours: u32,
        on: Date,
        #[schema(value_type = String)]
        at: EventTime,
    },
    /// The first day that counts: the day of the event, or the day after it.
    CountedFrom { on: Date, event_day: bool },
    /// Days from one to another that are no working days, or are paused.
    DaysOff { spans: Vec<Days>, paused: Vec<Days> },
    /// The last of so many working days.
    WorkingDays { from: Date, days: u32, on: Date },
    /// The last day with so many working days after it up to and including the event.
    WorkingDaysBefore { event_on: Date, days: u32, on: Date },
    /// The last day of a period counted from the event; a day earlier if the day of the event counts.
    Period {
        #[schema(value_type = String)]
        length: Period,
        from: Date,
        event_day: bool,
        on: Date,
    },
    /// The last day from which a period reaches no further than the event.
    PeriodBefore {
        #[schema(value_type = String)]
        length: Period,
        event_on: Date,
        on: Date,
    },
    /// Paused days inside the term move its end.
    Paused { days: i32, spans: Vec<Days>, on: Date },
    /// The last day is no working day and moves.
    Roll { from: Date, on: Date },
}

/// Days from one to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LawDays)]
pub(crate) struct Days {
    pub(crate) from: Date,
    pub(crate) to: Date,
}

impl From<Block> for Days {
    fn from(block: Block) -> Self {
        Self { from: Date(block.from), to: Date(block.to) }
    }
}

/// A step of any kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum Step {
    Status(StatusStep),
    Limit(LimitStep),
    Presence(PresenceStep),
    Proof(ProofStep),
    Deadline(DeadlineStep),
}

macro_rules! kinds {
    ($($kind:ident($steps:ident))+) => {
        $(impl From<$steps> for Step {
            fn from(step: $steps) -> Self {
                Self::$kind(step)
            }
        })+

        impl Step {
            /// The schemas of the steps of each group, and of what they consist of.
            pub(super) fn schemas() -> (Vec<RefOr<Schema>>, Vec<(String, RefOr<Schema>)>) {
                let mut parts = Vec::new();
                $($steps::schemas(&mut parts);)+
                (vec![$($steps::schema()),+], parts)
            }
        }
    };
}

kinds! { Status(StatusStep) Limit(LimitStep) Presence(PresenceStep) Proof(ProofStep) Deadline(DeadlineStep) }
