//! Permits and other statuses a person held: recorded, never overwritten. Whether one is valid on a day is computed from its days when
//! asked; no column says it. A permit that ends before its time keeps the day of the end apart from the day on which it was recorded.

mod model;
mod ops;
mod store;
mod web;

pub(crate) use self::model::{APPLICATION_CLOSED, APPLICATION_FILED};
pub use self::model::{EndKind, Permit, StatusKind};
pub(crate) use self::ops::{Held, find, not_ended_before, record, recorded};
pub(crate) use self::web::NewPermit;
pub use self::web::endpoints;
