//! People: who they are, under every name and spelling, and which office keeps the file.

pub mod model;
mod ops;
mod store;
mod web;

pub use self::ops::{lock, visible};
pub use self::web::endpoints;
