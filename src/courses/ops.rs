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
pub(super) mod sheet;

use crate::db::{ReadTx, WriteTx};
use crate::error::{Code, Error, Result};
use crate::id::{OrganisationId, PersonId};
use crate::people;

/// Does each as if alone, in the order of the list. With `all`, the first refusal refuses the whole.
pub(super) fn each<T, R>(items: &[T], all: bool, mut act: impl FnMut(&T) -> Result<R>) -> Result<Vec<Result<R>>> {
    let mut results = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        match act(item) {
            Ok(done) => results.push(Ok(done)),
            // What the database gave up is no verdict on the item.
            Err(error) if error.transient || !is_refusal(error.code) => return Err(error),
            Err(error) if all => return Err(error.with_member("index", index)),
            Err(error) => results.push(Err(error)),
        }
    }
    Ok(results)
}

/// Does the code say that this cannot be done with the item, and no more?
const fn is_refusal(code: Code) -> bool {
    matches!(
        code,
        Code::ValidationFailed
            | Code::SeatTaken
            | Code::OverlappingMeetings
            | Code::HoursExhausted
            | Code::InvalidTransition
    )
}

/// Locks those whom the caller may know of, always in the same order: two lists at once wait for each other, and not each for the other.
pub(super) fn lock_in_order(tx: &mut WriteTx<'_>, persons: &[PersonId]) -> Result<()> {
    let mut sorted = people::visible_among(tx, persons)?;
    sorted.sort_unstable();
    for person in sorted {
        people::lock(tx, person)?;
    }
    Ok(())
}

/// The caller's organisation.
pub(super) fn organisation(tx: &ReadTx<'_>) -> Result<OrganisationId> {
    tx.scope().organisation.ok_or_else(Error::not_found)
}

/// The state does not allow it; these it would.
pub(super) fn invalid_transition(state: &str, allowed: &[&str]) -> Error {
    Error::new(Code::InvalidTransition).with_member("state", state).with_member("allowed", allowed)
}
