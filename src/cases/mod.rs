//! Cases: an application, what may be asked for, the office's own terms, and the decision, which one proposes and another approves.

mod model;
mod ops;
mod store;
mod web;

pub(crate) use self::web::NewCase;
pub use self::web::endpoints;
