//! Grounds: what rules ask for besides permits and days. Proofs (a language certificate), facts (a yes or no that someone established) and
//! events that start a term. What a proof proves is kept, never its content.

mod model;
mod ops;
mod store;
mod web;

pub(crate) use self::model::{Evidence, LanguageLevel};
pub(crate) use self::ops::{disprove, prove};
pub(crate) use self::ops::{events, record_event, record_evidence, record_fact, start_term, stop_term};
pub use self::web::endpoints;
pub(crate) use self::web::{NewEvent, NewEvidence, NewFact};
