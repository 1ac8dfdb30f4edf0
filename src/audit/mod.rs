//! What the log tells, and whom: a person who looked at their file, an auditor what was done. It is written by `db/journal.rs`.

mod model;
mod ops;
mod store;
mod web;

pub use self::web::endpoints;
