//! The pure law engine: what a person's days come to under dated, cited rules.
//!
//! Law is data: no number of days, ground or article stands here. A [`Pack`] says them, a [`Dossier`] states the facts of one
//! person, a [`Question`] the day. [`evaluate`] judges every route under every reading, [`watch`] the limits that threaten a
//! status, [`deadline`] counts a term, [`residence_time`] shows which years count for what; [`evaluate_if`], [`watch_if`] and
//! [`safe_return`] ask about trips and statuses that are only supposed. No clock, no database, no HTTP.
//!
//! How it works: dates become day numbers and sets of days become sorted blocks (`days`). Every uncertainty is decided twice,
//! once each way (`facts`). Each requirement gives the blocks of application dates on which it is met (`requirement`, `term`,
//! `presence`); limits are lists of pairs of absent days that must not be seen together (`limit`). The answer is the
//! intersection (`evaluate`), and `explain` retells it step by step: a `step` is data with every figure it needs, and `wording`
//! says it in a language when it is written out.

mod brief;
mod cases;
mod days;
mod deadline;
mod dossier;
mod evaluate;
mod explain;
mod facts;
mod judge;
mod limit;
mod name;
mod pack;
mod presence;
mod requirement;
mod residence;
mod result;
mod safe_return;
mod shared;
mod status;
mod step;
mod steps;
mod term;
mod trace;
mod uncertain;
mod verdict;
mod watch;
mod what_if;
mod wording;

#[cfg(test)]
mod tests;

pub use brief::Brief;
pub use cases::{Ask, Case, Difference, Failure, read_cases};
pub use deadline::{DeadlineError, deadline, working_days_between};
pub use dossier::{
    Absence, Dossier, DossierFault, Event, Evidence, FactDate, FactDateError, FactValue, Level, Status, UnknownPresence,
};
pub use evaluate::{Question, evaluate};
pub use name::{Name, Names, Text};
pub use pack::{
    Confidence, Deadline, HeldBy, InForce, KINDS_OF_KIN, Kin, Kinship, List, ListMember, Pack, PackFault, Route,
    Source, Through, Value, Version, Versioned, Watch,
};
pub use residence::residence_time;
pub use result::{
    ClosedBy, DeadlineResult, EventTime, Figure, Measured, Outcome, RequirementResult, ResidencePeriod, ResidenceTime,
    RouteResult, Span, State, UncertainFact, WatchResult, WatchState,
};
pub use safe_return::{Binding, SafeReturn, SafeRoute, SafeState, SafeWatch, safe_return};
pub use shared::Shared;
pub use trace::{Assumption, TraceStep};
pub use watch::watch;
pub use what_if::{
    RouteFigures, RouteMoved, Supposed, SupposedStatus, SupposedTrip, WatchFigures, WatchMoved, WhatIf, evaluate_if,
    watch_if,
};
pub use wording::{Language, LanguageError};
