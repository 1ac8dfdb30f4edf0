//! Language courses: who gives them, who takes part, who waits, what came of it. An organisation sees of a person what the consent is for; what
//! the office does with the person's case is never here.

mod model;
mod ops;
mod store;
mod web;

pub use self::model::CefrLevel;
pub use self::web::endpoints;
