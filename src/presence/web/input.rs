//! What clients send about presence.

use chrono::NaiveDate;

use crate::error::{Error, Result};
use crate::http::{Fields, Input, Item, Line, Patch, TimeQuery};
use crate::presence::model::{Confidence, Crossing, CrossingSource, Direction, Gap, Trip};
use crate::presence::store::gaps::GapRow;

/// A new crossing.
#[derive(Clone)]
pub(crate) struct NewCrossing(pub(crate) Crossing);

impl Input for NewCrossing {
    const NAME: &'static str = "NewCrossing";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let direction = fields.required("direction", "Out of the country or into it.");
        let crossed_on = fields.required("crossed_on", "The day.");
        let place = fields.optional::<Line>("place", "The checkpoint. Never the destination.");
        let source: Option<CrossingSource> = fields.required("source", "Who says so.");
        let confidence = fields.optional("confidence", "How sure it is; absent: as sure as its source usually is.");
        let source = source?;
        Some(Self(Crossing {
            direction: direction?,
            crossed_on: crossed_on?,
            place: place.map(|line| line.0),
            source,
            confidence: confidence.unwrap_or_else(|| source.confidence()),
        }))
    }
}

impl Item for NewCrossing {
    const MANY: &'static str = "NewCrossings";
    const ITEMS: &'static str = "The crossings, 1 to 100.";
}

/// A correction of a crossing.
pub(super) struct CrossingPatch {
    direction: Option<Direction>,
    pub(super) crossed_on: Option<NaiveDate>,
    place: Patch<Line>,
    source: Option<CrossingSource>,
    confidence: Option<Confidence>,
}

impl Input for CrossingPatch {
    const NAME: &'static str = "CrossingPatch";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            direction: fields.change("direction", "Out of the country or into it."),
            crossed_on: fields.change("crossed_on", "The day."),
            place: fields.patch("place", "The checkpoint. Never the destination."),
            source: fields.change("source", "Who says so."),
            confidence: fields.change("confidence", "How sure it is."),
        })
    }
}

impl CrossingPatch {
    pub(super) fn apply(&self, before: Crossing) -> Crossing {
        Crossing {
            direction: self.direction.unwrap_or(before.direction),
            crossed_on: self.crossed_on.unwrap_or(before.crossed_on),
            place: self.place.apply(before.place.map(Line)).map(|line| line.0),
            source: self.source.unwrap_or(before.source),
            confidence: self.confidence.unwrap_or(before.confidence),
        }
    }
}

/// A trip: an exit and, unless it is not over, an entry.
pub(crate) struct NewTrip {
    pub(crate) trip: Trip,
    pub(crate) source: CrossingSource,
}

impl Input for NewTrip {
    const NAME: &'static str = "NewTrip";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let exit: Option<NaiveDate> = fields.required("exit", "The day the person left.");
        let entry: Option<NaiveDate> = fields.optional("entry", "The day of return; absent: not yet.");
        let source = fields.required("source", "Who says so.");
        if let (Some(exit), Some(entry)) = (exit, entry)
            && entry < exit
        {
            fields.fault_with_value(
                "entry",
                "before_exit",
                format!("The return is before the exit, {exit}."),
                entry.to_string(),
            );
        }
        Some(Self { trip: Trip { exit: exit?, entry }, source: source? })
    }
}

/// A new stretch of unknown presence.
pub(crate) struct NewGap(pub(crate) Gap);

impl Input for NewGap {
    const NAME: &'static str = "NewPresenceGap";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let valid_from = fields.required("valid_from", "First day.");
        let valid_to = fields.required("valid_to", "Last day.");
        fields.in_order(valid_from, valid_to, "valid_to");
        Some(Self(Gap { valid_from: valid_from?, valid_to: valid_to? }))
    }
}

/// A correction of a stretch.
pub(super) struct GapPatch {
    valid_from: Option<NaiveDate>,
    pub(super) valid_to: Option<NaiveDate>,
}

impl Input for GapPatch {
    const NAME: &'static str = "PresenceGapPatch";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            valid_from: fields.change("valid_from", "First day."),
            valid_to: fields.change("valid_to", "Last day."),
        })
    }
}

impl GapPatch {
    pub(super) fn apply(&self, before: &GapRow) -> Result<Gap> {
        let valid_from = self.valid_from.unwrap_or(before.valid_from);
        let valid_to = self.valid_to.unwrap_or(before.valid_to);
        if valid_to < valid_from {
            return Err(Error::days_out_of_order("/valid_to", valid_from));
        }
        Ok(Gap { valid_from, valid_to })
    }
}

/// The day up to which trips are wanted, and the record of which instant.
pub(super) struct TripsQuery(pub(super) TimeQuery);

impl Input for TripsQuery {
    const NAME: &'static str = "TripsQuery";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        TimeQuery::read(fields).map(Self)
    }
}
