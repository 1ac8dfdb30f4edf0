//! What the engine answers (engine contract, section 5): plain data, ready to be written as JSON.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use super::dossier::{FactValue, Level};
use super::name::{Name, Names, Text};
use super::shared::Shared;
use super::trace::{Assumption, TraceStep};
use super::wording::Language;
use crate::calendar::Period;

/// The answer for one route under one reading.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = LawRouteResult)]
pub struct RouteResult {
    /// The route's id.
    pub route: Name,
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// What it leads to: `citizenship`, `permanent_residence`, ….
    pub leads_to: Name,
    /// The reading's id; `default` where the law is not ambiguous.
    pub reading: Name,
    /// What the reading says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reading_title: Option<Text>,
    /// Whether it is the reading the pack takes by default.
    pub default: bool,
    /// The first day of the version that applies; null if none does.
    #[schema(value_type = Option<String>, format = Date)]
    pub version: Option<NaiveDate>,
    /// The last day of the version that applies, or with `not_applicable` of the last one that did; null: still in force.
    #[schema(value_type = Option<String>, format = Date)]
    pub version_ends: Option<NaiveDate>,
    /// The sources of the route and of the reading.
    pub source: Names,
    /// The application date that is judged.
    #[schema(value_type = String, format = Date)]
    pub on: NaiveDate,
    /// The answer on that date.
    pub outcome: Outcome,
    /// First day of the window that contains `on`.
    #[schema(value_type = Option<String>, format = Date)]
    pub eligible_since: Option<NaiveDate>,
    /// First date from `on` on which everything is met if uncertain facts turn out well.
    #[schema(value_type = Option<String>, format = Date)]
    pub earliest: Option<NaiveDate>,
    /// The same if they turn out badly.
    #[schema(value_type = Option<String>, format = Date)]
    pub latest: Option<NaiveDate>,
    /// First date from `on` on which everything is met that cannot be obtained without waiting.
    #[schema(value_type = Option<String>, format = Date)]
    pub clock_earliest: Option<NaiveDate>,
    /// Obtainable requirements that are not met on `on`.
    pub missing: Vec<Name>,
    /// The blocks of application dates on which everything is met.
    pub windows: Vec<Span>,
    /// The requirement that keeps the person waiting longest.
    pub main_blocker: Option<Name>,
    /// With `closed`: the requirement that closes the route, and since when the law demands it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_by: Option<ClosedBy>,
    /// Each requirement of the version that applies. Routes that state the same share the result.
    #[schema(value_type = Vec<RequirementResult>)]
    pub requirements: Arc<[Shared<RequirementResult>]>,
    /// Uncertain facts that the answer depends on, most useful first.
    #[schema(value_type = Vec<UncertainFact>)]
    pub uncertain: Arc<[UncertainFact]>,
    /// What is assumed about the time after the records; not in brief answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub assumptions: Option<Vec<Assumption>>,
}

/// The answer on one day, the first that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LawOutcome)]
pub enum Outcome {
    /// No version is in force.
    NotApplicable,
    /// Everything is met.
    Eligible,
    /// Nothing is known to be missing, but not everything is known.
    Undetermined,
    /// Only something that can be obtained is missing.
    NeedsEvidence,
    /// Time is missing.
    NotYet,
    /// Waiting does not help.
    Closed,
}

impl Outcome {
    /// The outcome as it is written.
    pub const fn text(self) -> &'static str {
        match self {
            Self::NotApplicable => "not_applicable",
            Self::Eligible => "eligible",
            Self::Undetermined => "undetermined",
            Self::NeedsEvidence => "needs_evidence",
            Self::NotYet => "not_yet",
            Self::Closed => "closed",
        }
    }
}

/// The state of one requirement on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LawState)]
pub enum State {
    /// Met however uncertain facts turn out.
    Met,
    /// Not met however they turn out.
    NotMet,
    /// It depends on them.
    Undetermined,
}

/// Days from one to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LawSpan)]
pub struct Span {
    /// First day.
    #[schema(value_type = String, format = Date)]
    pub from: NaiveDate,
    /// Last day; null: no end in sight.
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<NaiveDate>,
}

/// Why a route is closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LawClosedBy)]
pub struct ClosedBy {
    /// The requirement that is never met again.
    pub requirement: Name,
    /// The first day of the oldest version that has demanded it without a break.
    #[schema(value_type = String, format = Date)]
    pub since: NaiveDate,
    /// The sources of the requirement in that version.
    pub source: Names,
}

/// One requirement on one day.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = LawRequirementResult)]
pub struct RequirementResult {
    /// The number of its wording in the pack; parts of an `any_of` have none of their own.
    #[serde(skip)]
    pub(crate) statement: usize,
    /// Its id in the route.
    pub id: Name,
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// `term`, `evidence`, ….
    pub kind: &'static str,
    /// Its state on `on`.
    pub state: State,
    /// First date from `on` on which it is met, by itself.
    #[schema(value_type = Option<String>, format = Date)]
    pub met_from: Option<NaiveDate>,
    /// If met on `on`: since when without a break.
    #[schema(value_type = Option<String>, format = Date)]
    pub met_since: Option<NaiveDate>,
    /// If met on `on`: the last date it stays so; null: no end in sight.
    #[schema(value_type = Option<String>, format = Date)]
    pub met_until: Option<NaiveDate>,
    /// Whether a person can usually get what is missing without waiting.
    pub obtainable: bool,
    /// Ids of the sources.
    pub source: Names,
    /// The figures; not in brief answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measured: Option<Box<Measured>>,
    /// The parts of an `any_of`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion)]
    pub of: Vec<RequirementResult>,
    /// The steps of the sum; not in brief answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace: Option<Vec<TraceStep>>,
}

/// The figures of one requirement on `on`; each kind has some of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LawMeasured)]
pub struct Measured {
    /// First day that counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub start: Option<NaiveDate>,
    /// The day on which the length is full, absences aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub full_on: Option<NaiveDate>,
    /// Days that counted before `on`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<i32>,
    /// Days that are needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needed: Option<i32>,
    /// Days used of the limit: in the window that ends the day before `on` or contains it; per trip, on the longest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used: Option<i32>,
    /// The most days used in any judged window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most_used: Option<i32>,
    /// The most days allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i32>,
    /// Days left of the limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<i32>,
    /// What the dossier says.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub value: Option<Figure>,
    /// What is required: `P5Y`, `state_language B1`, `18..65` (from 18 and under 65 years of age), a fact's value.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub required: Option<Figure>,
}

/// What stands in `value` and `required`: written as a text, the same in every language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Figure {
    /// A length of time: `P5Y`.
    Length(Period),
    /// A date.
    Day(NaiveDate),
    /// A proof and its least level: `state_language B1`.
    Evidence(Name, Option<Level>),
    /// At least and under so many years of age: `18..65`.
    Age(Option<u32>, Option<u32>),
    /// The value of a fact.
    Fact(FactValue),
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length(period) => period.fmt(f),
            Self::Day(date) => date.fmt(f),
            Self::Evidence(kind, None) => kind.fmt(f),
            Self::Evidence(kind, Some(level)) => write!(f, "{kind} {level:?}"),
            Self::Age(min, max) => {
                min.map_or(Ok(()), |years| years.fmt(f))?;
                f.write_str("..")?;
                max.map_or(Ok(()), |years| years.fmt(f))
            }
            Self::Fact(value) => value.fmt(f),
        }
    }
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// An uncertain fact on which the answer hangs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LawUncertainFact)]
pub struct UncertainFact {
    /// JSON pointer into the dossier, such as `/absences/3/entry` or `/facts/lawful_income`.
    pub pointer: Name,
    /// What is known; null if nothing.
    pub known: Option<Name>,
    /// By how many days knowing it would bring `earliest` and `latest` together, on average over the two ways it can turn out.
    pub narrows_days: i32,
}

/// How near a person is to a limit that threatens a status.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = LawWatchResult)]
pub struct WatchResult {
    /// The watch's id.
    pub watch: Name,
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// The reading's id.
    pub reading: Name,
    /// What the reading says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reading_title: Option<Text>,
    /// Whether it is the default reading.
    pub default: bool,
    /// The first day of the version that applies.
    #[schema(value_type = String, format = Date)]
    pub version: NaiveDate,
    /// The day that is judged.
    #[schema(value_type = String, format = Date)]
    pub on: NaiveDate,
    /// First day of the status, without a gap.
    #[schema(value_type = String, format = Date)]
    pub status_from: NaiveDate,
    /// Days counted in `window`.
    pub used: i32,
    /// The most days allowed.
    pub limit: i32,
    /// Days left.
    pub left: i32,
    /// The window that ends on `on`, or the year that contains it.
    pub window: Span,
    /// Whether the limit has been breached in this run of the status.
    pub state: WatchState,
    /// The first day of breach.
    #[schema(value_type = Option<String>, format = Date)]
    pub breached_on: Option<NaiveDate>,
    /// The last day the person could still be away (or stay) without a breach, from `on` without a break; null once breached.
    #[schema(value_type = Option<String>, format = Date)]
    pub safe_until: Option<NaiveDate>,
    /// What a breach may lead to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consequence: Option<Text>,
    /// Ids of the sources.
    pub source: Names,
    /// What is assumed about the time after the records; not in brief answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub assumptions: Option<Vec<Assumption>>,
    /// The steps of the sum; not in brief answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace: Option<Vec<TraceStep>>,
}

/// Whether a limit holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LawWatchState)]
pub enum WatchState {
    /// It holds.
    Ok,
    /// It does not.
    Breached,
}

/// A day, or an instant for terms in hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum EventTime {
    /// A civil date.
    Day(NaiveDate),
    /// An instant.
    Instant(DateTime<Utc>),
}

impl fmt::Display for EventTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(date) => date.fmt(f),
            Self::Instant(instant) => instant.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true).fmt(f),
        }
    }
}

/// When something is due, and how that was counted.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = LawDeadlineResult)]
pub struct DeadlineResult {
    /// The deadline's id.
    pub deadline: Name,
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// The first day of the version that applies; null if the law had no such term then.
    #[schema(value_type = Option<String>, format = Date)]
    pub version: Option<NaiveDate>,
    /// The event.
    #[schema(value_type = String)]
    pub event_on: EventTime,
    /// The last day, or the instant; null without a version.
    #[schema(value_type = Option<String>)]
    pub due: Option<EventTime>,
    /// The steps from the event to the result.
    pub derivation: Vec<TraceStep>,
    /// Whether the non-working days of a year involved are not loaded.
    pub provisional: bool,
    /// What happens when it passes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consequence: Option<Text>,
    /// Ids of the sources.
    pub source: Names,
}

impl DeadlineResult {
    /// Turns its derivation into a language.
    pub fn tell_in(&mut self, language: Language) {
        self.derivation.iter_mut().for_each(|step| step.language = language);
    }
}

/// Time on statuses, by what it counts for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LawResidenceTime)]
pub struct ResidenceTime {
    /// What the time counts toward; null: it counts toward nothing.
    pub outcome: Option<Name>,
    /// Days, each once.
    pub days: i32,
    /// The periods in order.
    pub periods: Vec<ResidencePeriod>,
}

/// One period of a status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LawResidencePeriod)]
pub struct ResidencePeriod {
    /// First day.
    #[schema(value_type = String, format = Date)]
    pub from: NaiveDate,
    /// Last day up to the evaluation date.
    #[schema(value_type = String, format = Date)]
    pub to: NaiveDate,
    /// Days, both ends included.
    pub days: i32,
    /// The status.
    pub kind: String,
    /// Its ground.
    pub ground: Option<String>,
}
