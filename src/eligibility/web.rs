//! Eligibility, watches and deadlines over HTTP.

mod view;

use chrono::NaiveDate;

use self::view::{DeadlinesView, EligibilityView, WatchesView};
use super::model::Record;
use super::ops::{self, Asked};
use crate::access::policy::ReadEligibility;
use crate::db::Action;
use crate::error::{Code, Error, Fault, Result};
use crate::http::{
    Answer, ClockView, Ctx, Endpoint, Fields, Input, Method, Path, Query, Spoken, Term, TimeQuery, endpoint,
};
use crate::id::PersonId;
use crate::law::Language;

/// The operations of this slice.
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint(
            Method::GET,
            "/api/v1/people/{person_id}/eligibility",
            "showEligibility",
            "Has this person the years, since when, and why?",
            eligibility,
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
    ]
}

/// The three times, and the route if only one is asked for.
struct EligibilityQuery {
    time: TimeQuery,
    route: Option<String>,
}

impl Input for EligibilityQuery {
    const NAME: &'static str = "EligibilityQuery";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let route = fields.optional::<Term>("route", "Only this route, for example citizenship.general.");
        Some(Self { time: TimeQuery::read(fields)?, route: route.map(|term| term.0) })
    }
}

type Door = Ctx<ReadEligibility>;

/// Looks at the record as it stood, and makes of it what the engine takes.
async fn record(ctx: &Door, person: PersonId, clock: &ClockView, action: Action) -> Result<Record> {
    let as_of = clock.record;
    let parts = ctx.view_hot(move |tx| ops::look(tx, person, as_of, action)).await?;
    let known_through: NaiveDate = clock.as_of.date(ctx.law().zone);
    Ok(Record::of(&person.to_string(), parts, known_through))
}

fn asked(clock: &ClockView, route: Option<String>, language: Language) -> Asked {
    Asked { on: clock.valid_at, law_at: clock.law_at, route, language }
}

async fn eligibility(
    ctx: Door,
    Path(person): Path<PersonId>,
    Query(query): Query<EligibilityQuery>,
    Spoken(language): Spoken,
) -> Result<Answer<EligibilityView>> {
    let pack = &ctx.law().pack;
    if let Some(route) = &query.route
        && pack.route(route).is_none()
    {
        let known: Vec<&str> = pack.routes().iter().map(|route| route.id().as_str()).collect();
        let message = format!("The pack has no such route. It has {}.", known.join(", "));
        let fault = Fault::parameter("route", "unknown_route", message);
        return Err(Error::new(Code::InvalidQuery).with_faults(vec![fault]));
    }
    let clock = query.time.fix(ctx.now(), ctx.law())?;
    let record = record(&ctx, person, &clock, Action::EligibilityViewed).await?;
    if ops::is_citizen(pack, &record, clock.valid_at) {
        return Answer::ok(&EligibilityView::citizen(person, clock, language));
    }
    let asked = asked(&clock, query.route, language);
    let routes = ops::eligibility(pack, &record.dossier, &asked)?;
    let time = ops::residence_time(pack, &record.dossier, &asked);
    Answer::ok(&EligibilityView::of(person, pack, routes, &time, &record, (clock, language)))
}

async fn watches(
    ctx: Door,
    Path(person): Path<PersonId>,
    Query(time): Query<TimeQuery>,
    Spoken(language): Spoken,
) -> Result<Answer<WatchesView>> {
    let pack = &ctx.law().pack;
    let clock = time.fix(ctx.now(), ctx.law())?;
    let record = record(&ctx, person, &clock, Action::WatchesViewed).await?;
    let watches = if ops::is_citizen(pack, &record, clock.valid_at) {
        Vec::new()
    } else {
        ops::watches(pack, &record.dossier, &asked(&clock, None, language))?
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
    let due = ops::deadlines(pack, &record, &asked(&clock, None, language))?;
    Answer::ok(&DeadlinesView::of(pack, due, &record, clock, language))
}
