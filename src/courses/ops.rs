//! What is done with courses.

pub(super) mod announcements;
mod attempts;
pub(super) mod attendance;
pub(super) mod calendar;
pub(super) mod calls;
pub(super) mod catalogue;
pub(super) mod clients;
pub(super) mod demand;
pub(super) mod enrolments;
pub(super) mod hours;
pub(super) mod moves;
pub(super) mod queue;
pub(super) mod results;

use crate::db::ReadTx;
use crate::error::{Code, Error, Result};
use crate::id::OrganisationId;

/// The caller's organisation.
pub(super) fn organisation(tx: &ReadTx<'_>) -> Result<OrganisationId> {
    tx.scope().organisation.ok_or_else(Error::not_found)
}

/// The state does not allow it; these it would.
pub(super) fn invalid_transition(state: &str, allowed: &[&str]) -> Error {
    Error::new(Code::InvalidTransition).with_member("state", state).with_member("allowed", allowed)
}
