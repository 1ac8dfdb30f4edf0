//! Identity: offices and accounts, signing in, and what one's own account is.

mod model;
mod ops;
mod store;
mod web;

pub use self::model::{Email, NewAccount};
pub(crate) use self::ops::{account, accounts, create_account, mark_installation};
pub use self::web::endpoints;
