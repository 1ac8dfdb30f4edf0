//! What if: supposed trips and permits beside the record. Nothing of them is stored but that somebody looked.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::view::{Basis, Cited, texts, warnings};
use super::{Door, Only, asked, record, unknown_names};
use crate::db::{Action, TextEnum};
use crate::eligibility::model::Record;
use crate::eligibility::ops::{self, Simulated, Supposition};
use crate::error::{Error, Fault, Place, Result};
use crate::http::{Answer, ClockView, Fields, Input, Json, Path, Spoken, Term, TimeQuery, WarningView};
use crate::id::PersonId;
use crate::law::{
    Language, Pack, RouteMoved, RouteResult, SafeReturn, Shared, Source, Supposed, SupposedStatus, SupposedTrip,
    WatchMoved, WatchResult, WhatIf,
};
use crate::permits::StatusKind;

/// The question and what is supposed.
pub(super) struct Simulation {
    time: TimeQuery,
    route: Option<String>,
    only: Only,
    what: Supposition,
}

impl Input for Simulation {
    const NAME: &'static str = "Simulation";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let time = TimeQuery::read(fields);
        let route = fields.optional::<Term>("route", "Only this route, for example citizenship.general.");
        let only = Only::read(fields);
        let trips = fields.list::<TripInput>("trips", 0, "Trips that are supposed beside the recorded ones.");
        let statuses =
            fields.list::<StatusInput>("statuses", 0, "Statuses that are supposed beside the recorded ones.");
        let exit = fields.optional("exit", "By when must somebody who leaves on this day be back?");
        let trips = trips.into_iter().map(|TripInput(trip)| trip).collect();
        let supposed = Supposed { trips, statuses: statuses.into_iter().map(|StatusInput(status)| status).collect() };
        Some(Self { time: time?, route: route.map(|term| term.0), only, what: Supposition { supposed, exit } })
    }
}

struct TripInput(SupposedTrip);

impl Input for TripInput {
    const NAME: &'static str = "SimulatedTrip";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let exit = fields.required("exit", "The day of leaving; of a recorded trip without return, its own.");
        let entry: Option<NaiveDate> = fields.optional("entry", "The day of return; absent: none.");
        if let (Some(exit), Some(entry)) = (exit, entry)
            && entry < exit
        {
            let message = format!("The return is before the exit, {exit}.");
            fields.fault_with_value("entry", "before_exit", message, entry.to_string());
        }
        Some(Self(SupposedTrip { exit: exit?, entry }))
    }
}

struct StatusInput(SupposedStatus);

impl Input for StatusInput {
    const NAME: &'static str = "SimulatedStatus";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let kind = fields.required::<StatusKind>("kind", "Kind of status.");
        let ground = fields.optional::<Term>("ground", "Article it is given on, for example 52.1.1.");
        let sponsor_ground =
            fields.optional::<Term>("sponsor_ground", "Ground of the family member through whom it is given.");
        let from = fields.required("from", "First day.");
        let to = fields.optional("to", "Last day; absent: open.");
        fields.in_order(from, to, "to");
        Some(Self(SupposedStatus {
            kind: kind?.text().to_owned(),
            ground: ground.map(|term| term.0),
            sponsor_ground: sponsor_ground.map(|term| term.0),
            from: from?,
            to,
        }))
    }
}

/// What moved.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = SimulationMoved)]
struct Moved {
    routes: Vec<RouteMoved>,
    watches: Vec<WatchMoved>,
}

/// Answers under one set of facts.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = SimulationAnswers)]
struct Answers {
    routes: Vec<RouteResult>,
    watches: Vec<WatchResult>,
}

/// What trips or statuses would change, and by when to be back.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SimulationView {
    #[schema(value_type = String, format = Uuid)]
    person_id: PersonId,
    basis: Basis,
    /// The answer in one sentence, by the default readings.
    statement: String,
    /// What was supposed.
    supposed: Supposed,
    /// Answers that are not the same; both lists empty: nothing moves.
    moved: Moved,
    /// By the record alone.
    plain: Answers,
    /// As if what is supposed were on record.
    simulated: Answers,
    /// If `exit` was given: the last entry that delays and breaches nothing, of all readings. The supposed facts count.
    safe_return: Option<SafeReturn>,
    /// Every source the answer cites.
    #[schema(value_type = Vec<Source>)]
    sources: Vec<Shared<Source>>,
    warnings: Vec<WarningView>,
    note: &'static str,
    clock: ClockView,
}

impl SimulationView {
    /// Trips and permits move nothing for a citizen.
    fn citizen(person_id: PersonId, supposed: Supposed, clock: ClockView, language: Language) -> Self {
        Self {
            person_id,
            basis: Basis::Citizen,
            statement: texts::citizen(language).to_owned(),
            supposed,
            moved: Moved::default(),
            plain: Answers::default(),
            simulated: Answers::default(),
            safe_return: None,
            sources: Vec::new(),
            warnings: Vec::new(),
            note: texts::note(language),
            clock,
        }
    }

    fn of(
        person_id: PersonId,
        pack: &Pack,
        found: Simulated,
        record: &Record,
        (clock, language): (ClockView, Language),
    ) -> Self {
        let statement = texts::moved(&found, language);
        let Simulated { routes, watches, safe_return } = found;
        let mut cited = Cited::default();
        routes.plain.iter().chain(&routes.simulated).for_each(|route| cited.route(route));
        watches.plain.iter().chain(&watches.simulated).for_each(|watch| cited.add(&watch.source));
        safe_return.iter().flat_map(|safe| &safe.routes).for_each(|route| cited.add(&route.source));
        let WhatIf { supposed, moved, plain, simulated } = routes;
        Self {
            person_id,
            basis: Basis::ResidenceTerm,
            statement,
            supposed,
            moved: Moved { routes: moved, watches: watches.moved },
            plain: Answers { routes: plain, watches: watches.plain },
            simulated: Answers { routes: simulated, watches: watches.simulated },
            safe_return,
            sources: cited.sources(pack),
            warnings: warnings(record, language),
            note: texts::note(language),
            clock,
        }
    }
}

pub(super) async fn simulate(
    ctx: Door,
    Path(person): Path<PersonId>,
    Json(simulation): Json<Simulation>,
    Spoken(language): Spoken,
) -> Result<Answer<SimulationView>> {
    let pack = &ctx.law().pack;
    let Simulation { time, route, only, what } = simulation;
    let names = unknown_names(pack, route.as_deref(), only.reading.as_deref());
    let mut faults: Vec<Fault> =
        names.into_iter().map(|(name, code, message)| Fault::at(format!("/{name}"), code, message)).collect();
    let clock = match time.fix(ctx.now(), ctx.law()) {
        Ok(clock) if faults.is_empty() => clock,
        Ok(_) => return Err(Error::invalid(faults)),
        Err(error) => {
            faults.extend(error.faults.into_iter().map(in_body));
            return Err(Error::invalid(faults));
        }
    };
    let record = record(&ctx, person, &clock, Action::EligibilitySimulated).await?;
    if ops::is_citizen(pack, &record, clock.valid_at) {
        return Answer::ok(&SimulationView::citizen(person, what.supposed, clock, language));
    }
    let found = ops::simulate(pack, &record.dossier, &asked(&clock, route, only, language), &what)?;
    Answer::ok(&SimulationView::of(person, pack, found, &record, (clock, language)))
}

/// The times are members of the body here, not parameters.
fn in_body(fault: Fault) -> Fault {
    match fault.place {
        Place::Parameter(name) => Fault { place: Place::Pointer(format!("/{name}")), ..fault },
        _ => fault,
    }
}
