//! What is decided about who may know of a file.

pub(super) mod activations;
pub(super) mod assignments;
pub(super) mod consents;
pub(super) mod exclusions;
pub(super) mod grants;
pub(super) mod protections;

use crate::access::scope::{assignment, protection};
use crate::db::WriteTx;
use crate::error::{Code, Error, Result};
use crate::id::{AccountId, PersonId};

/// Refuses to take a protected file from the last account it is assigned to: nobody at all would see it.
fn refuse_orphan(tx: &mut WriteTx<'_>, person: PersonId, leaving: AccountId) -> Result<()> {
    if protection::is_live(tx, person)? && !assignment::any(tx, person, Some(leaving))? {
        let detail = "The file is protected and assigned to nobody else: assign it to somebody else first.";
        return Err(Error::new(Code::InvalidTransition).with_detail(detail).with_member("state", "protected"));
    }
    Ok(())
}
