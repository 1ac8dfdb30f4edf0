//! Who must keep away from a file.

use serde_json::json;

use crate::access::account;
use crate::access::scope::assignment;
use crate::access::scope::exclusion::{self, ExclusionRow, Ground};
use crate::db::{Action, Audited, Event, ReadTx, Viewed, WriteTx};
use crate::error::{Error, Result};
use crate::id::{AccountId, ExclusionId, PersonId};
use crate::people;

/// Keeps an account away from the file from now on: it keeps the file no longer, and the file is absent for it.
pub(in crate::confidentiality) fn record(
    tx: &mut WriteTx<'_>,
    person: PersonId,
    account: AccountId,
    ground: Ground,
) -> Result<Audited<ExclusionRow>> {
    people::lock(tx, person)?;
    if account::by_id(tx, account)?.is_none() {
        return Err(Error::invalid_at("/account_id", "unknown_account", "There is no such account."));
    }
    if exclusion::is_live(tx, person, account)? {
        return Err(Error::invalid_at(
            "/account_id",
            "already_excluded",
            "The account keeps away from the file already.",
        ));
    }
    if let Some(assigned) = assignment::of(tx, person, account)? {
        super::refuse_orphan(tx, person, account)?;
        assignment::end(tx, assigned)?;
    }
    let row = ExclusionRow {
        person_id: person,
        id: ExclusionId::random(),
        account_id: account,
        ground,
        recorded_at: tx.now(),
        recorded_by: tx.account(),
        ended_at: None,
        ended_by: None,
    };
    exclusion::insert(tx, &row)?;
    let details = json!({ "exclusion": row.id, "account": account, "ground": ground });
    tx.record(&Event::about(Action::ExclusionRecorded, person).with(details), row)
}

/// Lets an account see the file again. Nobody lifts the own exclusion: the file is absent for them.
pub(in crate::confidentiality) fn lift(tx: &mut WriteTx<'_>, row: ExclusionRow) -> Result<Audited<ExclusionRow>> {
    let row = exclusion::end(tx, row)?;
    let details = json!({ "exclusion": row.id, "account": row.account_id });
    tx.record(&Event::about(Action::ExclusionLifted, row.person_id).with(details), row)
}

/// Who must keep away from the file, and who had to.
pub(in crate::confidentiality) fn list(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    after: Option<(i64, ExclusionId)>,
    limit: usize,
) -> Result<Viewed<Vec<ExclusionRow>>> {
    people::visible(tx, person)?;
    let rows = exclusion::page(tx, person, after, limit)?;
    tx.viewed(&Event::about(Action::ExclusionsViewed, person), rows)
}

/// An exclusion from a file the caller may know of.
pub(in crate::confidentiality) fn find(tx: &mut ReadTx<'_>, person: PersonId, id: ExclusionId) -> Result<ExclusionRow> {
    people::visible(tx, person)?;
    exclusion::standing(tx, person, id)
}
