//! Counts that a supervisor answers for: demands beyond the list, and decisions that left what was computed.

use crate::cases::model::{CaseKind, Outcome};
use crate::cases::store::figures;
use crate::clock::Instant;
use crate::db::ReadTx;
use crate::error::{Code, Error, Result};

/// The counts of an office.
#[derive(Debug)]
pub(in crate::cases) struct Figures {
    pub(in crate::cases) demands: Vec<(CaseKind, String, i64)>,
    pub(in crate::cases) deviations: Vec<(Outcome, Option<String>, i64)>,
}

/// The counts of the caller's office since an instant.
pub(in crate::cases) fn figures(tx: &mut ReadTx<'_>, since: Instant) -> Result<Figures> {
    let office = tx.scope().office.ok_or_else(|| Error::new(Code::ActionNotPermitted))?;
    Ok(Figures { demands: figures::demands(tx, office, since)?, deviations: figures::deviations(tx, office, since)? })
}
