//! What the search for the last safe day of return answers.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::law::name::{Name, Names, Text};
use crate::law::trace::Assumption;

/// By when to be back from a trip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LawSafeReturn)]
pub struct SafeReturn {
    /// The day of leaving.
    #[schema(value_type = String, format = Date)]
    pub exit: NaiveDate,
    /// Whether the trip is on record already, without return.
    pub on_record: bool,
    /// The strictest answer of all routes, readings and watches.
    pub state: SafeState,
    /// With `limited`: the last day of return that does no harm.
    #[schema(value_type = Option<String>, format = Date)]
    pub last_entry: Option<NaiveDate>,
    /// Where that answer comes from.
    pub binding: Vec<Binding>,
    /// No entry after this day was tried: the next recorded trip begins, or the horizon.
    #[schema(value_type = String, format = Date)]
    pub searched_to: NaiveDate,
    /// Each route under each reading.
    pub routes: Vec<SafeRoute>,
    /// Each watch under each reading.
    pub watches: Vec<SafeWatch>,
    /// What is assumed about the time after the records; not in brief answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub assumptions: Option<Vec<Assumption>>,
}

/// What a trip can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LawSafeState)]
pub enum SafeState {
    /// It does harm if it lasts longer than to `last_entry`.
    Limited,
    /// No entry up to `searched_to` does harm.
    NoLimit,
    /// Even the shortest trip does harm.
    Never,
    /// There is nothing to be harmed: the route has no date up to the horizon, or the watch is breached without this trip.
    NothingToLose,
}

/// A route or a watch, with the reading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LawBinding)]
pub struct Binding {
    /// The route's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<Name>,
    /// The watch's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub watch: Option<Name>,
    /// The reading's id.
    pub reading: Name,
}

/// By when to be back for a route under a reading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LawSafeRoute)]
pub struct SafeRoute {
    /// The route's id.
    pub route: Name,
    /// The reading's id.
    pub reading: Name,
    /// What the reading says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reading_title: Option<Text>,
    /// Whether it is the default reading.
    pub default: bool,
    /// The answer.
    pub state: SafeState,
    /// With `limited`: the last day of return that delays nothing.
    #[schema(value_type = Option<String>, format = Date)]
    pub last_entry: Option<NaiveDate>,
    /// The date that must not be delayed; null: there is none.
    #[schema(value_type = Option<String>, format = Date)]
    pub date: Option<NaiveDate>,
    /// Which date that is: `earliest`, or `clock_earliest` where something that can be obtained is still missing.
    pub measured_by: &'static str,
    /// That date after a return one day later; null: not up to the horizon, or no harm is done.
    #[schema(value_type = Option<String>, format = Date)]
    pub delayed_to: Option<NaiveDate>,
    /// Ids of the sources.
    pub source: Names,
}

/// By when to be back for a watch under a reading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LawSafeWatch)]
pub struct SafeWatch {
    /// The watch's id.
    pub watch: Name,
    /// The reading's id.
    pub reading: Name,
    /// First day of the status, without a gap.
    #[schema(value_type = String, format = Date)]
    pub status_from: NaiveDate,
    /// The answer.
    pub state: SafeState,
    /// With `limited`: the last day of return that breaches nothing.
    #[schema(value_type = Option<String>, format = Date)]
    pub last_entry: Option<NaiveDate>,
    /// The day of breach after a return one day later, or without this trip.
    #[schema(value_type = Option<String>, format = Date)]
    pub breached_on: Option<NaiveDate>,
}
