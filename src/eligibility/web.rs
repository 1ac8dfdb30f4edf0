//! Eligibility, watches and deadlines over HTTP.

mod registration;
mod renewals;
mod simulation;
mod view;

use std::collections::BTreeSet;

use chrono::NaiveDate;

use self::view::{DeadlinesView, EligibilityView, WatchesView};
use super::model::Record;
use super::ops::{self, Asked};
use crate::access::policy::{ReadEligibility, Views};
use crate::db::Action;
use crate::error::{Code, Error, Fault, Result};
use crate::http::{
    Answer, ClockView, Ctx, Endpoint, Fields, Input, Method, Path, Query, Spoken, Term, TimeQuery, endpoint,
};
use crate::id::PersonId;
use crate::law::{Language, Name, Pack, Versioned};

/// The operations of this slice.
pub fn endpoints() -> Vec<Endpoint> {
    let mut own = vec![
        endpoint(
            Method::GET,
            "/api/v1/people/{person_id}/eligibility",
            "showEligibility",
            "Has this person the years, since when, and why?",
            eligibility,
        ),
        endpoint(
            Method::POST,
            "/api/v1/people/{person_id}/simulations",
            "simulateEligibility",
            "What would trips or another permit change?",
            simulation::simulate,
        ),
        endpoint(
            Method::GET,
            "/api/v1/people/{person_id}/watches",
            "showWatches",
            "How near is this person to a limit of absence?",
            watches,
        ),
        endpoint(
            Method::GET,
            "/api/v1/people/{person_id}/deadlines",
            "showDeadlines",
            "What is due for this person, and by when?",
            deadlines,
        ),
        endpoint(
            Method::GET,
            "/api/v1/people/{person_id}/renewals",
            "showRenewals",
            "What must this person renew, and by when?",
            renewals::renewals,
        ),
    ];
    own.extend(registration::endpoints());
    own
}

/// The three times, and which answers are wanted.
struct EligibilityQuery {
    time: TimeQuery,
    route: Option<String>,
    only: Only,
}

/// The three times, and which watches are wanted.
struct WatchesQuery {
    time: TimeQuery,
    only: Only,
}

/// What eligibility and watches are asked with alike.
#[derive(Default)]
struct Only {
    reading: Option<String>,
    no_renewal: bool,
}

impl Input for EligibilityQuery {
    const NAME: &'static str = "EligibilityQuery";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let route = fields.optional::<Term>("route", "Only this route, for example citizenship.general.");
        let (time, only) = (TimeQuery::read(fields), Only::read(fields));
        Some(Self { time: time?, route: route.map(|term| term.0), only })
    }
}

impl Input for WatchesQuery {
    const NAME: &'static str = "WatchesQuery";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let (time, only) = (TimeQuery::read(fields), Only::read(fields));
        Some(Self { time: time?, only })
    }
}

impl Only {
    fn read(fields: &mut Fields<'_>) -> Self {
        let reading = fields.optional::<Term>("reading", "Only this reading of the law, for example anniversary.");
        let no_renewal = "Do not assume that permits valid today are renewed; default false.";
        Self {
            reading: reading.map(|term| term.0),
            no_renewal: fields.optional("no_renewal", no_renewal).unwrap_or(false),
        }
    }
}

type Door = Ctx<ReadEligibility>;

/// Looks at the record as it stood, and makes of it what the engine takes.
async fn record<P: Views>(ctx: &Ctx<P>, person: PersonId, clock: &ClockView, action: Action) -> Result<Record> {
    let as_of = clock.record;
    let parts = ctx.view_hot(move |tx| ops::look(tx, person, as_of, action)).await?;
    let known_through: NaiveDate = clock.as_of.date(ctx.law().zone);
    Ok(Record::of(&person.to_string(), parts, known_through))
}

fn asked(clock: &ClockView, route: Option<String>, only: Only, language: Language) -> Asked {
    let Only { reading, no_renewal } = only;
    Asked { on: clock.valid_at, law_at: clock.law_at, route, reading, no_renewal, language }
}

/// Names that the pack does not have: member, code and message of each fault.
fn unknown_names(pack: &Pack, route: Option<&str>, reading: Option<&str>) -> Vec<(&'static str, &'static str, String)> {
    let mut faults = Vec::new();
    if let Some(route) = route
        && pack.route(route).is_none()
    {
        let known: Vec<&str> = pack.routes().iter().map(|route| route.id().as_str()).collect();
        faults.push(("route", "unknown_route", format!("The pack has no such route. It has {}.", known.join(", "))));
        return faults;
    }
    let routes = pack.routes().iter().filter(|one| route.is_none_or(|route| one.id() == route));
    let readings = routes.flat_map(Versioned::versions).flat_map(|version| version.rule.readings());
    faults.extend(unknown_reading(readings, reading).map(|message| ("reading", "unknown_reading", message)));
    faults
}

fn unknown_reading<'p>(readings: impl Iterator<Item = &'p Name>, reading: Option<&str>) -> Option<String> {
    let known: BTreeSet<&str> = readings.map(Name::as_str).collect();
    let unknown = !known.contains(reading?);
    let known = known.into_iter().collect::<Vec<_>>().join(", ");
    unknown.then(|| format!("The pack has no such reading here. It has {known}."))
}

fn refuse_query(faults: Vec<(&'static str, &'static str, String)>) -> Result<()> {
    if faults.is_empty() {
        return Ok(());
    }
    let faults = faults.into_iter().map(|(name, code, message)| Fault::parameter(name, code, message));
    Err(Error::new(Code::InvalidQuery).with_faults(faults.collect()))
}

async fn eligibility(
    ctx: Door,
    Path(person): Path<PersonId>,
    Query(query): Query<EligibilityQuery>,
    Spoken(language): Spoken,
) -> Result<Answer<EligibilityView>> {
    let pack = &ctx.law().pack;
    refuse_query(unknown_names(pack, query.route.as_deref(), query.only.reading.as_deref()))?;
    let clock = query.time.fix(ctx.now(), ctx.law())?;
    let record = record(&ctx, person, &clock, Action::EligibilityViewed).await?;
    if ops::is_citizen(pack, &record, clock.valid_at) {
        return Answer::ok(&EligibilityView::citizen(person, clock, language));
    }
    let asked = asked(&clock, query.route, query.only, language);
    let routes = ops::eligibility(pack, &record.dossier, &asked)?;
    let time = ops::residence_time(pack, &record.dossier, &asked);
    Answer::ok(&EligibilityView::of(person, pack, routes, &time, &record, (clock, language)))
}

async fn watches(
    ctx: Door,
    Path(person): Path<PersonId>,
    Query(WatchesQuery { time, only }): Query<WatchesQuery>,
    Spoken(language): Spoken,
) -> Result<Answer<WatchesView>> {
    let pack = &ctx.law().pack;
    let readings = pack.watches().iter().flat_map(Versioned::versions).flat_map(|version| version.rule.readings());
    let unknown = unknown_reading(readings, only.reading.as_deref());
    refuse_query(unknown.map(|message| ("reading", "unknown_reading", message)).into_iter().collect())?;
    let clock = time.fix(ctx.now(), ctx.law())?;
    let record = record(&ctx, person, &clock, Action::WatchesViewed).await?;
    let watches = if ops::is_citizen(pack, &record, clock.valid_at) {
        Vec::new()
    } else {
        ops::watches(pack, &record.dossier, &asked(&clock, None, only, language))?
    };
    Answer::ok(&WatchesView::of(pack, watches, &record, clock, language))
}

async fn deadlines(
    ctx: Door,
    Path(person): Path<PersonId>,
    Query(time): Query<TimeQuery>,
    Spoken(language): Spoken,
) -> Result<Answer<DeadlinesView>> {
    let pack = &ctx.law().pack;
    let clock = time.fix(ctx.now(), ctx.law())?;
    let record = record(&ctx, person, &clock, Action::DeadlinesViewed).await?;
    let due = ops::deadlines(pack, &record, &asked(&clock, None, Only::default(), language))?;
    Answer::ok(&DeadlinesView::of(pack, due, &record, clock, language))
}
