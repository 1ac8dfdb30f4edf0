//! Legal answers as officers see them: the figures, the steps, the sources, and what they do not say.

pub(super) mod texts;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::eligibility::model::{Due, Record};
use crate::http::{ClockView, WarningView};
use crate::id::PersonId;
use crate::law::{
    DeadlineResult, EventTime, Language, Name, Names, Pack, RequirementResult, ResidencePeriod, ResidenceTime,
    RouteResult, Shared, Source, TraceStep, WatchResult,
};

/// Why there is a clock, or none.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = EligibilityBasis)]
pub(super) enum Basis {
    /// A foreigner's term of residence.
    ResidenceTerm,
    /// A citizen: no term applies.
    Citizen,
}

/// Time on statuses by what it counts for.
#[derive(Debug, Serialize, ToSchema)]
struct ResidenceTimeView {
    /// What the routes lead to.
    outcome: Name,
    /// Days that count toward it.
    counting_days: i32,
    counting: Vec<ResidencePeriod>,
    /// Days on statuses that never count toward anything.
    never_counting_days: i32,
    never_counting: Vec<ResidencePeriod>,
}

/// Has this person the years, since when, and exactly why?
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EligibilityView {
    #[schema(value_type = String, format = Uuid)]
    person_id: PersonId,
    basis: Basis,
    /// The answer in one sentence.
    statement: String,
    /// Every route under every reading.
    routes: Vec<RouteResult>,
    /// Which years count for what.
    residence_time: Vec<ResidenceTimeView>,
    /// Every source the answer cites.
    #[schema(value_type = Vec<Source>)]
    sources: Vec<Shared<Source>>,
    warnings: Vec<WarningView>,
    note: &'static str,
    clock: ClockView,
}

impl EligibilityView {
    /// A citizen has no clock.
    pub(super) fn citizen(person_id: PersonId, clock: ClockView, language: Language) -> Self {
        Self {
            person_id,
            basis: Basis::Citizen,
            statement: texts::citizen(language).to_owned(),
            routes: Vec::new(),
            residence_time: Vec::new(),
            sources: Vec::new(),
            warnings: Vec::new(),
            note: texts::note(language),
            clock,
        }
    }

    pub(super) fn of(
        person_id: PersonId,
        pack: &Pack,
        routes: Vec<RouteResult>,
        time: &[ResidenceTime],
        record: &Record,
        (clock, language): (ClockView, Language),
    ) -> Self {
        let mut cited = Cited::default();
        routes.iter().for_each(|route| cited.route(route));
        Self {
            person_id,
            basis: Basis::ResidenceTerm,
            statement: texts::statement(&routes, clock.valid_at, language),
            residence_time: by_outcome(time),
            sources: cited.sources(pack),
            warnings: warnings(record, language),
            note: texts::note(language),
            routes,
            clock,
        }
    }
}

fn by_outcome(time: &[ResidenceTime]) -> Vec<ResidenceTimeView> {
    let never = time.iter().find(|time| time.outcome.is_none());
    let counting = time.iter().filter_map(|time| Some((time.outcome.clone()?, time)));
    counting
        .map(|(outcome, time)| ResidenceTimeView {
            outcome,
            counting_days: time.days,
            counting: time.periods.clone(),
            never_counting_days: never.map_or(0, |never| never.days),
            never_counting: never.map(|never| never.periods.clone()).unwrap_or_default(),
        })
        .collect()
}

/// How near this person is to limits that threaten a status.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WatchesView {
    watches: Vec<WatchResult>,
    #[schema(value_type = Vec<Source>)]
    sources: Vec<Shared<Source>>,
    warnings: Vec<WarningView>,
    note: &'static str,
    clock: ClockView,
}

impl WatchesView {
    pub(super) fn of(
        pack: &Pack,
        watches: Vec<WatchResult>,
        record: &Record,
        clock: ClockView,
        language: Language,
    ) -> Self {
        let mut cited = Cited::default();
        watches.iter().for_each(|watch| cited.add(&watch.source));
        let sources = cited.sources(pack);
        Self { watches, sources, warnings: warnings(record, language), note: texts::note(language), clock }
    }
}

/// The event a term runs from, or back from.
#[derive(Debug, Serialize, ToSchema)]
struct EventView {
    kind: String,
    #[schema(value_type = String, format = Date)]
    on: NaiveDate,
    /// The status that ends, for terms that count back.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
}

/// A term that runs.
#[derive(Debug, Serialize, ToSchema)]
struct DueView {
    deadline: Name,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<std::collections::BTreeMap<String, String>>)]
    title: Option<crate::law::Text>,
    event: EventView,
    /// First day of the version of the law that applies.
    #[schema(value_type = Option<String>, format = Date)]
    version: Option<NaiveDate>,
    /// The last day, or the instant.
    #[schema(value_type = Option<String>)]
    due: Option<EventTime>,
    /// `due` or `overdue`; `met` where the record shows that it was done. Of most terms it does not show that.
    state: &'static str,
    /// The day on which it was done, as far as the record shows that.
    #[schema(value_type = Option<String>, format = Date)]
    met_on: Option<NaiveDate>,
    /// Working days after the day of the question up to and including the last day.
    working_days_left: Option<u32>,
    /// The steps from the event to the last day.
    derivation: Vec<TraceStep>,
    /// The non-working days of a year involved are not announced.
    provisional: bool,
    source: Names,
}

/// What is due for this person, soonest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DeadlinesView {
    items: Vec<DueView>,
    /// Always null: all of them are on the page.
    next: Option<String>,
    #[schema(value_type = Vec<Source>)]
    sources: Vec<Shared<Source>>,
    warnings: Vec<WarningView>,
    note: &'static str,
    clock: ClockView,
}

impl DeadlinesView {
    pub(super) fn of(pack: &Pack, due: Vec<Due>, record: &Record, clock: ClockView, language: Language) -> Self {
        let mut cited = Cited::default();
        due.iter().for_each(|due| cited.add(&due.result.source));
        let items = due.into_iter().map(|due| {
            let Due { event, event_on, status, result, working_days_left, met_on, overdue } = due;
            let DeadlineResult { deadline, title, version, due, derivation, provisional, source, .. } = result;
            DueView {
                deadline,
                title,
                event: EventView { kind: event, on: event_on, status },
                version,
                due,
                state: match (met_on, overdue) {
                    (Some(_), _) => "met",
                    (None, true) => "overdue",
                    (None, false) => "due",
                },
                met_on,
                working_days_left,
                derivation,
                provisional,
                source,
            }
        });
        let items = items.collect();
        Self {
            items,
            next: None,
            sources: cited.sources(pack),
            warnings: warnings(record, language),
            note: texts::note(language),
            clock,
        }
    }
}

/// Faults of the record that the answer rests on.
pub(super) fn warnings(record: &Record, language: Language) -> Vec<WarningView> {
    let from_presence = record.presence.warnings.iter();
    from_presence.map(|warning| WarningView::new(warning.code, texts::warning(warning, language))).collect()
}

/// Ids of cited sources, each once.
#[derive(Default)]
pub(super) struct Cited {
    ids: BTreeSet<Name>,
    /// The requirements that were looked through: routes share them.
    seen: BTreeSet<usize>,
}

impl Cited {
    pub(super) fn route(&mut self, route: &RouteResult) {
        self.add(&route.source);
        for requirement in route.requirements.iter() {
            if self.seen.insert(requirement.address()) {
                self.requirement(requirement);
            }
        }
        route.closed_by.iter().for_each(|closed| self.add(&closed.source));
    }

    pub(super) fn add(&mut self, names: &Names) {
        self.ids.extend(names.iter().cloned());
    }

    fn requirement(&mut self, requirement: &RequirementResult) {
        self.add(&requirement.source);
        requirement.trace.iter().flatten().for_each(|step| self.add(&step.source));
        requirement.of.iter().for_each(|part| self.requirement(part));
    }

    pub(super) fn sources(self, pack: &Pack) -> Vec<Shared<Source>> {
        self.ids.iter().filter_map(|id| pack.source(id).cloned()).collect()
    }
}
