//! Rule packs: dated, cited law as data (engine contract, section 3).
//!
//! A pack is a folder of TOML files, read as if they were one: each may hold any tables, exactly one holds `[pack]`.

mod build;
mod kinship;
mod lists;
mod numbers;
mod parts;
pub(super) mod read;

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::Serialize;
use utoipa::ToSchema;

use super::dossier::Status;
use super::limit::Limit;
use super::name::{Name, Names, Text};
use super::requirement::{Kind, Requirement};
use super::shared::Shared;
use super::status::{Covered, Selector};
use crate::calendar::{Period, WorkingCalendar};

pub use kinship::{HeldBy, KINDS_OF_KIN, Kin, Kinship, Through};
pub use lists::{List, ListMember};
use numbers::Numbered;
pub(crate) use numbers::{Asked, Numbers};

/// The law of one country as far as the engine computes it. Read once, then only looked at.
#[derive(Clone, Debug)]
pub struct Pack {
    id: Name,
    title: Text,
    zone: Tz,
    draft: bool,
    sources: BTreeMap<Name, Shared<Source>>,
    routes: Vec<Versioned<Route>>,
    watches: Vec<Versioned<Watch>>,
    deadlines: Vec<Versioned<Deadline>>,
    parameters: Vec<Versioned<Value>>,
    kinships: Vec<Versioned<Kinship>>,
    lists: Vec<Versioned<List>>,
    calendar: WorkingCalendar,
    slots: usize,
    numbered: Numbered,
}

/// A mistake in a pack: where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, thiserror::Error)]
#[error("{file}:{line}: {key}: {message}")]
pub struct PackFault {
    /// The file, as it was named to [`Pack::from_files`].
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The key with its tables, such as `route.requirement.length`.
    pub key: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// A citation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LawSource)]
pub struct Source {
    /// The id that rules cite.
    #[schema(value_type = String)]
    pub id: Name,
    /// The act.
    pub act: String,
    /// The article.
    pub article: String,
    /// Where it can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The day someone last compared the value with the source.
    #[schema(value_type = String, format = Date)]
    pub verified_on: NaiveDate,
    /// What kind of source it is.
    pub confidence: Confidence,
    /// What it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<std::collections::BTreeMap<String, String>>)]
    pub text: Option<Text>,
}

/// How sure a value is, surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = LawConfidence)]
pub enum Confidence {
    /// The statute or a page of a state body.
    Official,
    /// A mission's text.
    Embassy,
    /// Press or legal news.
    Press,
    /// Concluded from marked facts.
    Inferred,
    /// Recalled, unconfirmed; only in drafts.
    Recalled,
}

/// When a version applies: both days included, `to = None` for the law in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[schema(as = LawInForce)]
pub struct InForce {
    /// First day.
    #[schema(value_type = String, format = Date)]
    pub from: NaiveDate,
    /// Last day.
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<NaiveDate>,
}

impl InForce {
    /// Whether `on` lies in it.
    pub fn contains(&self, on: NaiveDate) -> bool {
        self.from <= on && self.to.is_none_or(|to| on <= to)
    }
}

/// Something that has one id and a version for each time.
#[derive(Clone, Debug)]
pub struct Versioned<T> {
    id: Name,
    versions: Vec<Version<T>>,
}

impl<T> Versioned<T> {
    /// The id.
    pub fn id(&self) -> &Name {
        &self.id
    }

    /// The versions in order of time.
    pub fn versions(&self) -> &[Version<T>] {
        &self.versions
    }

    /// The version in force on a day.
    pub fn on(&self, date: NaiveDate) -> Option<&Version<T>> {
        self.versions.iter().find(|version| version.in_force.contains(date))
    }

    /// The version that was in force last before `date`, or else the first one after it.
    pub fn nearest(&self, date: NaiveDate) -> Option<&Version<T>> {
        let before = self.versions.iter().rev().find(|version| version.in_force.from <= date);
        before.or_else(|| self.versions.first())
    }
}

/// One version of a rule.
#[derive(Clone, Debug)]
pub struct Version<T> {
    /// When it applies.
    pub in_force: InForce,
    /// What it is called.
    pub title: Option<Text>,
    /// Ids of the sources.
    pub source: Names,
    /// What else the pack says of it, in its own words and keys.
    pub stated: serde_json::Value,
    /// What it says.
    pub rule: T,
}

/// What a person must meet to get something.
#[derive(Clone, Debug)]
pub struct Route {
    pub(crate) outcome: Name,
    pub(crate) requirements: Vec<Requirement>,
    pub(crate) readings: Vec<Reading>,
    /// The facts its requirements ask for, each once: places in [`Pack::asked`].
    pub(crate) asks: Vec<usize>,
}

impl Route {
    /// What the route leads to: `citizenship`, `permanent_residence`, ….
    pub fn outcome(&self) -> &Name {
        &self.outcome
    }

    /// The ids of the readings, the default one included; `default` if the law is not ambiguous.
    pub fn readings(&self) -> impl Iterator<Item = &Name> {
        self.readings.iter().map(|reading| &reading.id)
    }

    /// The ids of the requirements in the order of the pack.
    pub fn requirements(&self) -> impl Iterator<Item = &Name> {
        self.requirements.iter().map(|requirement| &requirement.id)
    }

    pub(crate) fn reading(&self, id: &str) -> Option<&Reading> {
        self.readings.iter().find(|reading| reading.id == id).or_else(|| self.readings.iter().find(|r| r.default))
    }
}

/// One way to read an ambiguous statute.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    pub(crate) id: Name,
    pub(crate) title: Option<Text>,
    pub(crate) default: bool,
    pub(crate) limits: Vec<Limit>,
    pub(crate) source: Names,
    /// The sources of the version and of the reading.
    pub(crate) cited: Names,
    /// Per requirement of a route.
    pub(crate) numbers: Vec<Numbers>,
}

/// A limit that threatens a status the person holds. Each reading has exactly one limit.
#[derive(Clone, Debug)]
pub struct Watch {
    pub(crate) status: Covered,
    pub(crate) consequence: Option<Text>,
    pub(crate) readings: Vec<Reading>,
}

impl Watch {
    /// The status kinds it threatens.
    pub fn kinds(&self) -> impl Iterator<Item = &Name> {
        self.status.selectors.iter().map(|selector| &selector.kind)
    }

    /// What a breach may lead to.
    pub fn consequence(&self) -> Option<&Text> {
        self.consequence.as_ref()
    }

    /// The ids of the readings, the default one included; `default` if the law is not ambiguous.
    pub fn readings(&self) -> impl Iterator<Item = &Name> {
        self.readings.iter().map(|reading| &reading.id)
    }
}

fn picks(selector: &Selector, status: &Status) -> bool {
    selector.picks(&status.kind, status.ground.as_deref(), status.sponsor_ground.as_deref())
}

/// A term that runs from an event, or back from one.
#[derive(Clone, Debug)]
pub struct Deadline {
    pub(crate) event: Name,
    pub(crate) term: DeadlineTerm,
    pub(crate) roll: Roll,
    pub(crate) consequence: Option<Text>,
    /// The statuses it is about; none: it does not depend on one.
    pub(crate) status: Vec<Selector>,
    /// The statuses beside which it does not run.
    pub(crate) unless_status: Vec<Selector>,
}

impl Deadline {
    /// Whether the end of this status starts it.
    pub fn concerns(&self, ended: &Status) -> bool {
        self.status.iter().any(|selector| picks(selector, ended))
    }

    /// Whether it runs for someone who holds these statuses on the day of the event.
    pub fn runs_beside(&self, held: &[&Status]) -> bool {
        let holds =
            |selectors: &[Selector]| selectors.iter().any(|selector| held.iter().any(|status| picks(selector, status)));
        (self.status.is_empty() || holds(&self.status)) && !holds(&self.unless_status)
    }

    /// The kind of event it runs from or back from.
    pub fn event(&self) -> &Name {
        &self.event
    }

    /// Whether it counts back from the event.
    pub fn is_backward(&self) -> bool {
        matches!(self.term, DeadlineTerm::Before(_))
    }

    /// Whether the event must be given as an instant.
    pub fn is_in_hours(&self) -> bool {
        matches!(self.term, DeadlineTerm::WithinHours(_))
    }

    /// What happens when it passes.
    pub fn consequence(&self) -> Option<&Text> {
        self.consequence.as_ref()
    }
}

/// How a deadline is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DeadlineTerm {
    Within { amount: DeadlineAmount, starts_on_event_day: bool },
    WithinHours(u32),
    Before(DeadlineAmount),
}

/// The length of a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DeadlineAmount {
    Period(Period),
    WorkingDays(u32),
}

/// What happens when the last day is no working day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Roll {
    None,
    NextWorkingDay,
    PreviousWorkingDay,
}

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// A calendar period.
    Period(Period),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction.
    Number(f64),
    /// A switch.
    Boolean(bool),
    /// A word.
    Text(String),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Period(value) => value.fmt(f),
            Self::Integer(value) => value.fmt(f),
            Self::Number(value) => value.fmt(f),
            Self::Boolean(value) => value.fmt(f),
            Self::Text(value) => value.fmt(f),
        }
    }
}

impl Pack {
    /// Reads the files of one pack, `(name, text)` each; the names only serve the messages.
    ///
    /// Gives every fault at once, in order of file and line. A rule that cites nothing, nor stands in one that does, is a
    /// fault unless the pack is a draft or declares no source at all (a bare example).
    pub fn from_files(files: &[(String, String)]) -> Result<Self, Vec<PackFault>> {
        build::pack(files)
    }

    /// The id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The title.
    pub fn title(&self) -> &Text {
        &self.title
    }

    /// The zone whose days the law means.
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// Whether the pack calls itself a draft.
    pub fn is_draft(&self) -> bool {
        self.draft
    }

    /// The day all of it had been verified: the oldest of its sources. `None` without sources.
    pub fn verified_on(&self) -> Option<NaiveDate> {
        self.sources.values().map(|source| source.verified_on).min()
    }

    /// A source by id.
    pub fn source(&self, id: &str) -> Option<&Shared<Source>> {
        self.sources.get(id)
    }

    /// All sources, by id.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.sources.values().map(|source| &**source)
    }

    /// All routes in the order of the pack.
    pub fn routes(&self) -> &[Versioned<Route>] {
        &self.routes
    }

    /// A route by id.
    pub fn route(&self, id: &str) -> Option<&Versioned<Route>> {
        self.routes.iter().find(|route| route.id == id)
    }

    /// All watches in the order of the pack.
    pub fn watches(&self) -> &[Versioned<Watch>] {
        &self.watches
    }

    /// All deadlines in the order of the pack.
    pub fn deadlines(&self) -> &[Versioned<Deadline>] {
        &self.deadlines
    }

    /// A deadline by id.
    pub fn deadline(&self, id: &str) -> Option<&Versioned<Deadline>> {
        self.deadlines.iter().find(|deadline| deadline.id == id)
    }

    /// All parameters in the order of the pack.
    pub fn parameters(&self) -> &[Versioned<Value>] {
        &self.parameters
    }

    /// The value of a parameter on a day.
    pub fn parameter(&self, id: &str, on: NaiveDate) -> Option<&Value> {
        self.parameter_version(id, on).map(|version| &version.rule)
    }

    /// The version of a parameter on a day, with its sources.
    pub fn parameter_version(&self, id: &str, on: NaiveDate) -> Option<&Version<Value>> {
        self.parameters.iter().find(|parameter| parameter.id == id)?.on(on)
    }

    /// All lists of relatives in the order of the pack.
    pub fn kinships(&self) -> &[Versioned<Kinship>] {
        &self.kinships
    }

    /// A list of relatives as it stood on a day.
    pub fn kinship(&self, id: &str, on: NaiveDate) -> Option<&Version<Kinship>> {
        self.kinships.iter().find(|kinship| kinship.id == id)?.on(on)
    }

    /// The members of a list of relatives on a day, its own or those of the list it names.
    pub fn members<'p>(&'p self, kinship: &'p Kinship, on: NaiveDate) -> &'p [Kin] {
        match kinship.other_list() {
            None => kinship.own_members(),
            Some(list) => self.kinship(list, on).map_or(&[], |version| version.rule.own_members()),
        }
    }

    /// The working days.
    pub fn calendar(&self) -> &WorkingCalendar {
        &self.calendar
    }

    /// The number of different rules of covered days.
    pub(crate) fn slots(&self) -> usize {
        self.slots
    }

    /// The largest number of routes and readings an answer can have.
    pub(crate) fn readings(&self) -> usize {
        self.numbered.readings
    }

    /// The number of requirements that can come out differently.
    pub(crate) fn verdicts(&self) -> usize {
        self.numbered.verdicts
    }

    /// The number of requirements that can read differently.
    pub(crate) fn statements(&self) -> usize {
        self.numbered.statements
    }

    /// Does some requirement, now or once, ask for this fact?
    pub fn asks_for_fact(&self, name: &str) -> bool {
        self.asked().iter().any(|asked| matches!(asked, Asked::Fact(fact) if *fact == *name))
    }

    /// Does some requirement, now or once, ask for a proof of this kind?
    pub fn asks_for_evidence(&self, name: &str) -> bool {
        fn asks(requirement: &Requirement, name: &str) -> bool {
            match &requirement.kind {
                Kind::AnyOf(parts) => parts.iter().any(|part| asks(part, name)),
                Kind::Evidence { kind, .. } => *kind == *name,
                _ => false,
            }
        }
        let mut versions = self.routes.iter().flat_map(Versioned::versions);
        versions.any(|version| version.rule.requirements.iter().any(|one| asks(one, name)))
    }

    /// Does a term, now or once, run from this kind of event?
    pub fn has_term_from(&self, event: &str) -> bool {
        let mut versions = self.deadlines.iter().flat_map(Versioned::versions);
        versions.any(|version| *version.rule.event() == *event)
    }

    /// Every fact that some requirement asks for, each once.
    pub(crate) fn asked(&self) -> &[Asked] {
        &self.numbered.asked
    }
}
