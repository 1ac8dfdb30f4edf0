//! What if: facts that are only supposed, and what they move (engine contract, section 7).
//!
//! What is supposed is judged exactly as if it were on record. It does not move the end of the records: after
//! `known_through` a person is where the record leaves them but for the supposed trips, and only statuses valid on that day
//! are assumed to go on. So a supposed permit of the coming years ends when it is said to end, and an open one stays open.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::days;
use super::dossier::{Absence, Dossier, DossierFault, FactDate, Status, describe};
use super::evaluate::{Question, evaluate};
use super::judge::HORIZON;
use super::name::Name;
use super::pack::Pack;
use super::result::{Outcome, RouteResult, WatchResult, WatchState};
use super::watch::watch;

/// Facts that are supposed beside those of a dossier.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LawSupposed)]
pub struct Supposed {
    /// Trips.
    pub trips: Vec<SupposedTrip>,
    /// Statuses.
    pub statuses: Vec<SupposedStatus>,
}

/// A trip that is supposed. With the exit of a recorded trip without return it says when that one ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LawSupposedTrip)]
pub struct SupposedTrip {
    /// The day of leaving.
    #[schema(value_type = String, format = Date)]
    pub exit: NaiveDate,
    /// The day of return; null: none.
    #[schema(value_type = Option<String>, format = Date)]
    pub entry: Option<NaiveDate>,
}

/// A status that is supposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LawSupposedStatus)]
pub struct SupposedStatus {
    /// `temporary_residence_permit`, `permanent_residence_permit`, ….
    pub kind: String,
    /// The ground it is granted on.
    pub ground: Option<String>,
    /// The ground of the family member through whom the person gets it.
    pub sponsor_ground: Option<String>,
    /// First day.
    #[schema(value_type = String, format = Date)]
    pub from: NaiveDate,
    /// Last day; null: open.
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<NaiveDate>,
}

/// Answers with and without the supposed facts, and what moved.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WhatIf<R, M> {
    /// What was supposed.
    pub supposed: Supposed,
    /// The answers that are not the same; empty: nothing moved.
    pub moved: Vec<M>,
    /// The answers without the supposed facts.
    pub plain: Vec<R>,
    /// The answers with them.
    pub simulated: Vec<R>,
}

/// A route under a reading whose answer moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LawRouteMoved)]
pub struct RouteMoved {
    /// The route's id.
    pub route: Name,
    /// The reading's id.
    pub reading: Name,
    /// Without the supposed facts.
    pub before: RouteFigures,
    /// With them.
    pub after: RouteFigures,
}

/// What can move in the answer for a route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LawRouteFigures)]
#[expect(missing_docs, reason = "the same members as those of a route's result")]
pub struct RouteFigures {
    pub outcome: Outcome,
    #[schema(value_type = Option<String>, format = Date)]
    pub earliest: Option<NaiveDate>,
    #[schema(value_type = Option<String>, format = Date)]
    pub latest: Option<NaiveDate>,
    #[schema(value_type = Option<String>, format = Date)]
    pub clock_earliest: Option<NaiveDate>,
    #[schema(value_type = Option<String>, format = Date)]
    pub eligible_since: Option<NaiveDate>,
}

/// A watch under a reading whose answer moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LawWatchMoved)]
pub struct WatchMoved {
    /// The watch's id.
    pub watch: Name,
    /// The reading's id.
    pub reading: Name,
    /// Without the supposed facts.
    pub before: WatchFigures,
    /// With them.
    pub after: WatchFigures,
}

/// What can move in the answer for a watch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LawWatchFigures)]
pub struct WatchFigures {
    /// On the date of the question; null: the status is not held on it.
    pub state: Option<WatchState>,
    /// Days left on that date.
    pub left: Option<i32>,
    /// The last day the person could still be away, had they left on that date.
    #[schema(value_type = Option<String>, format = Date)]
    pub safe_until: Option<NaiveDate>,
    /// The first breach after that date by the trips of the coming time.
    #[schema(value_type = Option<String>, format = Date)]
    pub breach_ahead: Option<NaiveDate>,
}

/// A limit that is exceeded while a status is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Breached {
    pub(super) run: Run,
    pub(super) on: NaiveDate,
}

/// A watch under a reading, and the first day of the unbroken status it judges.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Run {
    pub(super) watch: Name,
    pub(super) reading: Name,
    pub(super) status_from: NaiveDate,
}

impl Run {
    pub(super) fn of(result: &WatchResult) -> Self {
        Self { watch: result.watch.clone(), reading: result.reading.clone(), status_from: result.status_from }
    }
}

impl Supposed {
    /// Whether nothing is supposed.
    pub fn is_empty(&self) -> bool {
        self.trips.is_empty() && self.statuses.is_empty()
    }

    /// The dossier as if these facts were on record. Faults of what is supposed point below `/supposed`.
    pub fn added_to(&self, dossier: &Dossier, on: NaiveDate) -> Result<Dossier, Vec<DossierFault>> {
        let mut faults = dossier.check();
        let mut with = with_known_through(dossier, on);
        for (i, trip) in self.trips.iter().enumerate() {
            let added = Absence { exit: trip.exit.into(), entry: trip.entry.map(Into::into) };
            if trip.entry.is_some_and(|entry| entry < trip.exit) {
                let message = format!("the return is before the exit {}: correct one of them", trip.exit);
                faults.push(supposed_fault(&format!("trips/{i}/entry"), message));
            } else if let Some(open) = open_since(&mut with.absences, trip.exit) {
                open.entry = added.entry;
            } else if let Some((j, other)) = overlapping(&with.absences, &added) {
                let place = if j < dossier.absences.len() { "on record" } else { "supposed, too" };
                let (trip, other) = (describe(&added), describe(other));
                let message = format!("the supposed trip {trip} overlaps the trip {other}, {place}: suppose another");
                faults.push(supposed_fault(&format!("trips/{i}"), message));
            } else {
                with.absences.push(added);
            }
        }
        for (i, status) in self.statuses.iter().enumerate() {
            if status.to.is_some_and(|to| to < status.from) {
                let message = format!("the last day is before the first, {}: correct one of them", status.from);
                faults.push(supposed_fault(&format!("statuses/{i}/to"), message));
            }
            with.statuses.push(Status {
                kind: status.kind.clone(),
                ground: status.ground.clone(),
                sponsor_ground: status.sponsor_ground.clone(),
                from: status.from.into(),
                to: status.to.map(Into::into),
            });
        }
        if faults.is_empty() { Ok(with) } else { Err(faults) }
    }
}

/// [`evaluate`] with and without supposed facts.
pub fn evaluate_if(
    pack: &Pack,
    dossier: &Dossier,
    supposed: &Supposed,
    question: &Question,
) -> Result<WhatIf<RouteResult, RouteMoved>, Vec<DossierFault>> {
    let with = supposed.added_to(dossier, question.on)?;
    let (plain, simulated) = (evaluate(pack, dossier, question)?, evaluate(pack, &with, question)?);
    // Which routes and readings there are depends on the question alone: both lists have the same ones.
    let moved = plain.iter().zip(&simulated).filter_map(|(plain, simulated)| {
        let (before, after) = (RouteFigures::of(plain), RouteFigures::of(simulated));
        let (route, reading) = (plain.route.clone(), plain.reading.clone());
        (before != after).then_some(RouteMoved { route, reading, before, after })
    });
    Ok(WhatIf { supposed: supposed.clone(), moved: moved.collect(), plain, simulated })
}

/// [`watch`] with and without supposed facts. Trips that begin after the date of the question move nothing on that date, so
/// the breaches they lead to are looked for on the days ahead.
pub fn watch_if(
    pack: &Pack,
    dossier: &Dossier,
    supposed: &Supposed,
    question: &Question,
) -> Result<WhatIf<WatchResult, WatchMoved>, Vec<DossierFault>> {
    let with = supposed.added_to(dossier, question.on)?;
    let (plain, simulated) = (watch(pack, dossier, question)?, watch(pack, &with, question)?);
    let before = figures(&plain, &breaches(pack, &with_known_through(dossier, question.on), question)?, question.on);
    let after = figures(&simulated, &breaches(pack, &with, question)?, question.on);
    let mut ids: Vec<&(Name, Name)> = before.iter().chain(&after).map(|(id, _)| id).collect();
    let mut seen = Vec::new();
    ids.retain(|id| !seen.contains(id) && (seen.push(*id), true).1);
    let of = |all: &[((Name, Name), WatchFigures)], id: &(Name, Name)| {
        all.iter().find(|(known, _)| known == id).map(|(_, figures)| figures.clone()).unwrap_or_default()
    };
    let moved = ids.into_iter().filter_map(|id| {
        let (before, after) = (of(&before, id), of(&after, id));
        (before != after).then(|| WatchMoved { watch: id.0.clone(), reading: id.1.clone(), before, after })
    });
    Ok(WhatIf { supposed: supposed.clone(), moved: moved.collect(), plain, simulated })
}

impl RouteFigures {
    fn of(result: &RouteResult) -> Self {
        Self {
            outcome: result.outcome,
            earliest: result.earliest,
            latest: result.latest,
            clock_earliest: result.clock_earliest,
            eligible_since: result.eligible_since,
        }
    }
}

/// The figures of each watch and reading on a date and ahead of it.
fn figures(results: &[WatchResult], breaches: &[Breached], on: NaiveDate) -> Vec<((Name, Name), WatchFigures)> {
    let mut found: Vec<((Name, Name), WatchFigures)> = results
        .iter()
        .map(|result| {
            let figures = WatchFigures {
                state: Some(result.state),
                left: Some(result.left),
                safe_until: result.safe_until,
                breach_ahead: None,
            };
            ((result.watch.clone(), result.reading.clone()), figures)
        })
        .collect();
    for breach in breaches.iter().filter(|breach| breach.on > on) {
        let id = (breach.run.watch.clone(), breach.run.reading.clone());
        let at = found.iter().position(|(known, _)| *known == id).unwrap_or_else(|| {
            found.push((id, WatchFigures::default()));
            found.len() - 1
        });
        if let Some((_, figures)) = found.get_mut(at) {
            figures.breach_ahead = Some(figures.breach_ahead.map_or(breach.on, |first| first.min(breach.on)));
        }
    }
    found
}

/// The dossier with the end of its records written down, so that the question can be put for later days without moving it.
pub(super) fn with_known_through(dossier: &Dossier, on: NaiveDate) -> Dossier {
    Dossier { known_through: Some(dossier.known_through.unwrap_or(on)), ..dossier.clone() }
}

/// The first breach of each watch in each run of its status that is held on the date of the question or later. A watch is
/// reported while its status is held, so a breach is looked for where trips and statuses end, and on the horizon.
pub(super) fn breaches(
    pack: &Pack,
    dossier: &Dossier,
    question: &Question,
) -> Result<Vec<Breached>, Vec<DossierFault>> {
    let horizon = days::date(days::add(days::day(question.on), HORIZON));
    let ends = dossier.absences.iter().map(|trip| trip.entry.map_or(horizon, FactDate::latest));
    let ends = ends.chain(dossier.presence_unknown.iter().map(|unknown| unknown.to));
    let ends = ends.chain(dossier.statuses.iter().filter_map(|status| status.to.map(FactDate::latest)));
    let mut ends: Vec<NaiveDate> = ends.filter(|end| *end > question.on).chain([question.on, horizon]).collect();
    ends.sort_unstable();
    ends.dedup();
    let mut found: Vec<Breached> = Vec::new();
    for on in ends {
        let question = Question { on, brief: true, ..question.clone() };
        for result in watch(pack, dossier, &question)? {
            let run = Run::of(&result);
            if let Some(on) = result.breached_on
                && !found.iter().any(|known| known.run == run)
            {
                found.push(Breached { run, on });
            }
        }
    }
    Ok(found)
}

/// The recorded trip without return that began on a day.
pub(super) fn open_since(absences: &mut [Absence], exit: NaiveDate) -> Option<&mut Absence> {
    absences.iter_mut().find(|trip| trip.entry.is_none() && trip.exit.exact() == Some(exit))
}

/// A trip that shares a day with another one, however partial dates are read. Trips may touch.
pub(super) fn overlapping<'d>(absences: &'d [Absence], added: &Absence) -> Option<(usize, &'d Absence)> {
    let ends = |trip: &Absence| (trip.exit.last(), trip.entry.map_or(days::FAR, FactDate::first));
    let (exit, entry) = ends(added);
    absences.iter().enumerate().find(|(_, other)| {
        let (other_exit, other_entry) = ends(other);
        other_exit <= other_entry && exit < other_entry && other_exit < entry
    })
}

pub(super) fn supposed_fault(at: &str, message: String) -> DossierFault {
    DossierFault { pointer: format!("/supposed/{at}"), message }
}
