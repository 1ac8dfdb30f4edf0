//! Presence: crossings of the border, the trips and stays they come to, and the stretches nobody knows of.

mod model;
mod ops;
mod store;
mod web;

pub use self::model::{Direction, Presence, PresenceWarning, Stay, Trip, derive};
pub(crate) use self::ops::{declare_trip, record_crossing, record_gap};
pub use self::web::endpoints;
pub(crate) use self::web::{NewCrossing, NewGap, NewTrip};
