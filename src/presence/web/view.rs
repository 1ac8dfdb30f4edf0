//! Presence as officers see it.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::clock::Instant;
use crate::http::{ClockView, WarningView};
use crate::id::{CrossingId, GapId};
use crate::presence::model::{Confidence, CrossingSource, Direction, Presence};
use crate::presence::store::crossings::CrossingRow;
use crate::presence::store::gaps::GapRow;

/// A crossing of the border.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CrossingView {
    #[schema(value_type = String, format = Uuid)]
    id: CrossingId,
    version: i32,
    direction: Direction,
    #[schema(value_type = String, format = Date)]
    crossed_on: NaiveDate,
    /// The checkpoint.
    place: Option<String>,
    source: CrossingSource,
    confidence: Confidence,
    withdrawn: bool,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Instant,
}

impl From<&CrossingRow> for CrossingView {
    fn from(row: &CrossingRow) -> Self {
        Self {
            id: row.id,
            version: row.version,
            direction: row.direction,
            crossed_on: row.crossed_on,
            place: row.place.clone(),
            source: row.source,
            confidence: row.confidence,
            withdrawn: row.withdrawn,
            updated_at: row.recorded_at,
        }
    }
}

impl CrossingView {
    /// The crossing's id.
    pub(super) fn id(&self) -> CrossingId {
        self.id
    }
}

/// The crossings of a declared trip.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TripRecordedView {
    exit: CrossingView,
    /// Null while the trip is not over.
    entry: Option<CrossingView>,
}

impl TripRecordedView {
    pub(super) fn of(exit: &CrossingRow, entry: Option<&CrossingRow>) -> Self {
        Self { exit: exit.into(), entry: entry.map(Into::into) }
    }
}

/// A stretch for which nobody knows where the person was.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PresenceGapView)]
pub(super) struct GapView {
    #[schema(value_type = String, format = Uuid)]
    id: GapId,
    version: i32,
    #[schema(value_type = String, format = Date)]
    valid_from: NaiveDate,
    #[schema(value_type = String, format = Date)]
    valid_to: NaiveDate,
    withdrawn: bool,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Instant,
}

impl From<&GapRow> for GapView {
    fn from(row: &GapRow) -> Self {
        Self {
            id: row.id,
            version: row.version,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            withdrawn: row.withdrawn,
            updated_at: row.recorded_at,
        }
    }
}

/// Days absent under each convention in use.
#[derive(Debug, Serialize, ToSchema)]
struct DaysAbsentView {
    /// Neither the day of exit nor the day of entry counts.
    exclusive: i64,
    /// One of them counts.
    one: i64,
    /// Both count.
    both: i64,
}

/// A trip out of the country, derived from the crossings.
#[derive(Debug, Serialize, ToSchema)]
struct TripView {
    #[schema(value_type = String, format = Date)]
    exit: NaiveDate,
    /// Null while the trip is not over.
    #[schema(value_type = Option<String>, format = Date)]
    entry: Option<NaiveDate>,
    /// A trip that is not over is counted up to the day of the question.
    days_absent: DaysAbsentView,
}

/// A stay in the country, derived from the crossings.
#[derive(Debug, Serialize, ToSchema)]
struct StayView {
    #[schema(value_type = String, format = Date)]
    entry: NaiveDate,
    /// Null while the stay is not over.
    #[schema(value_type = Option<String>, format = Date)]
    exit: Option<NaiveDate>,
    /// Days, both ends included.
    days: i64,
}

/// First and last day.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StretchView {
    #[schema(value_type = String, format = Date)]
    pub(super) from: NaiveDate,
    #[schema(value_type = String, format = Date)]
    pub(super) to: NaiveDate,
}

/// Where the person was, as far as the record knows.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TripsView {
    trips: Vec<TripView>,
    stays: Vec<StayView>,
    /// Stretches for which nobody knows.
    unknown: Vec<StretchView>,
    warnings: Vec<WarningView>,
    clock: ClockView,
}

impl TripsView {
    pub(super) fn of(presence: Presence, clock: ClockView) -> Self {
        let on = clock.valid_at;
        let trips = presence.trips.iter().map(|trip| {
            let days = trip.days_absent(on);
            let days_absent = DaysAbsentView { exclusive: days.exclusive, one: days.one, both: days.both };
            TripView { exit: trip.exit, entry: trip.entry, days_absent }
        });
        let stays =
            presence.stays.iter().map(|stay| StayView { entry: stay.entry, exit: stay.exit, days: stay.days(on) });
        Self {
            trips: trips.collect(),
            stays: stays.collect(),
            unknown: presence.unknown.iter().map(|(from, to)| StretchView { from: *from, to: *to }).collect(),
            warnings: presence
                .warnings
                .into_iter()
                .map(|warning| WarningView::new(warning.code, warning.message))
                .collect(),
            clock,
        }
    }
}
