//! People: who they are, under every name and spelling, and which office keeps the file.

pub mod model;
mod ops;
mod store;
mod web;

pub use self::model::{DocumentNumber, FileNumber};
pub(crate) use self::ops::visible_among;
pub(crate) use self::ops::{current_names, register_searched};
pub use self::ops::{lock, visible};
pub(crate) use self::web::NewPersonInput;
pub use self::web::endpoints;
