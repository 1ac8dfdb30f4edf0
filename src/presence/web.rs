//! Crossings, trips and unknown stretches over HTTP.

mod bulk;
mod findings;
mod input;
mod view;

use self::input::{CrossingPatch, GapPatch, TripsQuery};
pub(crate) use self::input::{NewCrossing, NewGap, NewTrip};
use self::view::{CrossingView, GapView, TripRecordedView, TripsView};
use super::ops;
use super::store::crossings::{self, CrossingRow};
use super::store::gaps::{self, GapRow};
use crate::access::policy::{ReadPresence, RecordPresence};
use crate::db::ReadTx;
use crate::error::{Error, Fault, Result};
use crate::http::{
    Answer, Ctx, Done, Endpoint, Json, ListQuery, Method, OnVersion, Page, Path, Query, Record, endpoint,
};
use crate::id::{CrossingId, GapId, PersonId};

/// The operations of this slice.
pub fn endpoints() -> Vec<Endpoint> {
    let crossings = "/api/v1/people/{person_id}/crossings";
    let crossing = "/api/v1/people/{person_id}/crossings/{crossing_id}";
    let trips = "/api/v1/people/{person_id}/trips";
    let gaps = "/api/v1/people/{person_id}/presence-gaps";
    let gap = "/api/v1/people/{person_id}/presence-gaps/{gap_id}";
    let mut all = vec![
        endpoint(Method::POST, crossings, "recordCrossing", "Record a crossing of the border", record),
        endpoint(Method::GET, crossings, "listCrossings", "List a person's crossings", list),
        endpoint(Method::GET, crossing, "showCrossing", "Show a crossing", show),
        endpoint(Method::PATCH, crossing, "correctCrossing", "Correct a crossing", correct),
        endpoint(Method::DELETE, crossing, "withdrawCrossing", "Withdraw a crossing recorded by mistake", withdraw),
        endpoint(Method::POST, trips, "declareTrip", "Declare a trip: an exit and an entry", declare_trip),
        endpoint(Method::GET, trips, "showTrips", "Trips, stays and unknown stretches", show_trips),
        endpoint(Method::POST, gaps, "recordPresenceGap", "Record a stretch of unknown presence", record_gap),
        endpoint(Method::GET, gaps, "listPresenceGaps", "List a person's unknown stretches", list_gaps),
        endpoint(Method::PATCH, gap, "correctPresenceGap", "Correct a stretch of unknown presence", correct_gap),
        endpoint(Method::DELETE, gap, "withdrawPresenceGap", "Withdraw a stretch recorded by mistake", withdraw_gap),
    ];
    all.extend(bulk::endpoints());
    all.extend(findings::endpoints());
    all
}

impl Record for CrossingRow {
    fn version(&self) -> i32 {
        self.version
    }

    fn person(&self) -> Option<PersonId> {
        Some(self.person_id)
    }

    fn members_at(&self, tx: &mut ReadTx<'_>, version: i32) -> Result<Option<serde_json::Value>> {
        let row = crossings::version(tx, self.person_id, self.id, version)?;
        row.map(|row| serde_json::to_value(CrossingView::from(&row)).map_err(Error::internal)).transpose()
    }
}

impl Record for GapRow {
    fn version(&self) -> i32 {
        self.version
    }

    fn person(&self) -> Option<PersonId> {
        Some(self.person_id)
    }

    fn members_at(&self, tx: &mut ReadTx<'_>, version: i32) -> Result<Option<serde_json::Value>> {
        let row = gaps::version(tx, self.person_id, self.id, version)?;
        row.map(|row| serde_json::to_value(GapView::from(&row)).map_err(Error::internal)).transpose()
    }
}

async fn record(
    ctx: Ctx<RecordPresence>,
    Path(person): Path<PersonId>,
    Json(new): Json<NewCrossing>,
) -> Result<Answer<CrossingView>> {
    ctx.refuse_future(Some(new.0.crossed_on), "crossed_on")?;
    ctx.create(
        move |tx| crate::people::visible(tx, person),
        move |tx, ()| {
            let recorded = ops::record_crossing(tx, person, new.0.clone())?;
            Ok(recorded.map(|row| {
                let location = format!("/api/v1/people/{person}/crossings/{}", row.id);
                Done::created(location, row.version, CrossingView::from(&row))
            }))
        },
    )
    .await
}

async fn list(
    ctx: Ctx<ReadPresence>,
    Path(person): Path<PersonId>,
    Query(query): Query<ListQuery>,
) -> Result<Answer<Page<CrossingView>>> {
    let page = query.open(&ctx, &format!("/api/v1/people/{person}/crossings"))?;
    let (record, after, limit) = (page.record(), page.after(), page.limit());
    let rows = ctx.view(move |tx| ops::list(tx, person, record, after.as_ref(), limit)).await?;
    page.answer(&rows, |row| (row.crossed_on, row.id))
}

async fn show(
    ctx: Ctx<ReadPresence>,
    Path((person, crossing)): Path<(PersonId, CrossingId)>,
) -> Result<Answer<CrossingView>> {
    let row = ctx.view(move |tx| ops::show(tx, person, crossing)).await?;
    Ok(Answer::ok(&CrossingView::from(&row))?.with_version(row.version))
}

async fn correct(
    ctx: Ctx<RecordPresence, OnVersion>,
    Path((person, crossing)): Path<(PersonId, CrossingId)>,
    Json(patch): Json<CrossingPatch>,
) -> Result<Answer<CrossingView>> {
    ctx.refuse_future(patch.crossed_on, "crossed_on")?;
    ctx.change(
        move |tx| ops::find(tx, person, crossing),
        move |tx, before| {
            let corrected = ops::correct(tx, &before, patch.apply(before.crossing()))?;
            Ok(corrected.map(|row| Done::changed(row.version, CrossingView::from(&row))))
        },
    )
    .await
}

async fn withdraw(
    ctx: Ctx<RecordPresence, OnVersion>,
    Path((person, crossing)): Path<(PersonId, CrossingId)>,
) -> Result<Answer<CrossingView>> {
    ctx.change(
        move |tx| ops::find(tx, person, crossing),
        move |tx, before| {
            let withdrawn = ops::withdraw(tx, &before)?;
            Ok(withdrawn.map(|row| Done::changed(row.version, CrossingView::from(&row))))
        },
    )
    .await
}

async fn declare_trip(
    ctx: Ctx<RecordPresence>,
    Path(person): Path<PersonId>,
    Json(new): Json<NewTrip>,
) -> Result<Answer<TripRecordedView>> {
    let NewTrip { trip, source } = new;
    let days = [(Some(trip.exit), "exit"), (trip.entry, "entry")];
    let refused = days.into_iter().filter_map(|(day, member)| ctx.refuse_future(day, member).err());
    let faults: Vec<Fault> = refused.flat_map(|error| error.faults).collect();
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    ctx.create(
        move |tx| crate::people::visible(tx, person),
        move |tx, ()| {
            let declared = ops::declare_trip(tx, person, trip, source)?;
            Ok(declared.map(|(exit, entry)| {
                let location = format!("/api/v1/people/{person}/crossings/{}", exit.id);
                Done::created(location, exit.version, TripRecordedView::of(&exit, entry.as_ref()))
            }))
        },
    )
    .await
}

async fn show_trips(
    ctx: Ctx<ReadPresence>,
    Path(person): Path<PersonId>,
    Query(query): Query<TripsQuery>,
) -> Result<Answer<TripsView>> {
    let clock = query.0.fix(ctx.now(), ctx.law())?;
    let (record, on) = (clock.record, clock.valid_at);
    let presence = ctx.view(move |tx| ops::trips(tx, person, record, on)).await?;
    Answer::ok(&TripsView::of(presence, clock))
}

async fn record_gap(
    ctx: Ctx<RecordPresence>,
    Path(person): Path<PersonId>,
    Json(new): Json<NewGap>,
) -> Result<Answer<GapView>> {
    ctx.refuse_future(Some(new.0.valid_to), "valid_to")?;
    ctx.create(
        move |tx| crate::people::visible(tx, person),
        move |tx, ()| {
            let recorded = ops::record_gap(tx, person, new.0)?;
            Ok(recorded.map(|row| {
                let location = format!("/api/v1/people/{person}/presence-gaps/{}", row.id);
                Done::created(location, row.version, GapView::from(&row))
            }))
        },
    )
    .await
}

async fn list_gaps(
    ctx: Ctx<ReadPresence>,
    Path(person): Path<PersonId>,
    Query(query): Query<ListQuery>,
) -> Result<Answer<Page<GapView>>> {
    let page = query.open(&ctx, &format!("/api/v1/people/{person}/presence-gaps"))?;
    let (record, after, limit) = (page.record(), page.after(), page.limit());
    let rows = ctx.view(move |tx| ops::list_gaps(tx, person, record, after.as_ref(), limit)).await?;
    page.answer(&rows, |row| (row.valid_from, row.id))
}

async fn correct_gap(
    ctx: Ctx<RecordPresence, OnVersion>,
    Path((person, gap)): Path<(PersonId, GapId)>,
    Json(patch): Json<GapPatch>,
) -> Result<Answer<GapView>> {
    ctx.refuse_future(patch.valid_to, "valid_to")?;
    ctx.change(
        move |tx| ops::find_gap(tx, person, gap),
        move |tx, before| {
            let corrected = ops::correct_gap(tx, &before, patch.apply(&before)?)?;
            Ok(corrected.map(|row| Done::changed(row.version, GapView::from(&row))))
        },
    )
    .await
}

async fn withdraw_gap(
    ctx: Ctx<RecordPresence, OnVersion>,
    Path((person, gap)): Path<(PersonId, GapId)>,
) -> Result<Answer<GapView>> {
    ctx.change(
        move |tx| ops::find_gap(tx, person, gap),
        move |tx, before| {
            let withdrawn = ops::withdraw_gap(tx, &before)?;
            Ok(withdrawn.map(|row| Done::changed(row.version, GapView::from(&row))))
        },
    )
    .await
}
