//! Has this person the years, since when, and exactly why? Answers are computed when asked, from the record and the law as data; nothing of
//! them is stored.

mod model;
mod ops;
mod store;
mod web;

pub(crate) use self::ops::{Calculation, Computed, Moved, again, calculate, moved};
pub use self::web::endpoints;
