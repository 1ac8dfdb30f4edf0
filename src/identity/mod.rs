//! Identity: offices and accounts, signing in, and what one's own account is.

mod model;
mod ops;
mod store;
mod web;

pub use self::model::{Email, NewAccount};
pub(crate) use self::ops::accounts::{has_administrator, issue_setup_code};
pub(crate) use self::ops::{accounts, create_account, mark_installation, membership, office_name, organisation_name};
pub use self::web::endpoints;
