//! Confidentiality over HTTP.

mod activations;
mod assignments;
mod consents;
mod exclusions;
mod grants;
mod protections;

use serde_json::Value;

use crate::access::scope::assignment::AssignmentRow;
use crate::access::scope::consent::ConsentRow;
use crate::access::scope::exclusion::ExclusionRow;
use crate::access::scope::protection::ProtectionRow;
use crate::db::ReadTx;
use crate::error::Result;
use crate::http::{Endpoint, Record};
use crate::id::PersonId;

/// The operations of this slice.
pub fn endpoints() -> Vec<Endpoint> {
    let parts = [
        assignments::endpoints(),
        exclusions::endpoints(),
        consents::endpoints(),
        activations::endpoints(),
        grants::endpoints(),
        protections::endpoints(),
    ];
    parts.into_iter().flatten().collect()
}

/// What is only ever ended has nothing in it that two could change differently.
macro_rules! only_ended {
    ($($row:ty),+) => {$(
        impl Record for $row {
            fn version(&self) -> i32 {
                self.version()
            }

            fn person(&self) -> Option<PersonId> {
                Some(self.person_id)
            }

            fn members_at(&self, _: &mut ReadTx<'_>, _: i32) -> Result<Option<Value>> {
                Ok(None)
            }
        }
    )+};
}

only_ended!(AssignmentRow, ExclusionRow, ConsentRow, ProtectionRow);
