//! People: who they are, under every name and spelling, and which office keeps the file.

pub mod model;
mod ops;
mod store;
mod web;

pub use self::model::{DocumentNumber, FileNumber, sort_key};
pub(crate) use self::ops::{Born, born, nationalities_on, visible_among};
pub(crate) use self::ops::{acquire_nationality, current_names, heading, register_searched};
pub use self::ops::{lock, visible};
pub(crate) use self::web::NewPersonInput;
pub use self::web::endpoints;
