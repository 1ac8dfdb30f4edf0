//! Table `work_queue`.

use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::schema::work_queue;
use crate::db::{ReadTx, WriteTx};
use crate::error::{Error, Result};
use crate::id::{AccountId, OfficeId, QueueId};

/// A saved filter.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = work_queue, treat_none_as_default_value = false)]
pub(in crate::cases) struct QueueRow {
    pub(in crate::cases) id: QueueId,
    pub(in crate::cases) account_id: AccountId,
    pub(in crate::cases) office_id: Option<OfficeId>,
    pub(in crate::cases) name: String,
    pub(in crate::cases) filter: String,
    pub(in crate::cases) recorded_at: Instant,
    pub(in crate::cases) ended_at: Option<Instant>,
}

impl QueueRow {
    /// 1 while it stands, 2 once it was removed.
    pub(in crate::cases) fn version(&self) -> i32 {
        if self.ended_at.is_none() { 1 } else { 2 }
    }
}

/// Stores a filter.
pub(in crate::cases) fn insert(tx: &mut WriteTx<'_>, row: &QueueRow) -> Result<()> {
    diesel::insert_into(work_queue::table).values(row).execute(tx.conn())?;
    Ok(())
}

/// The account's filters, and those that its office shares, by id: `most` at the most.
pub(in crate::cases) fn of_account(
    tx: &mut ReadTx<'_>,
    account: AccountId,
    office: Option<OfficeId>,
    most: i64,
) -> Result<Vec<QueueRow>> {
    let standing = || work_queue::table.filter(work_queue::ended_at.is_null()).order(work_queue::id).limit(most);
    let mut found: Vec<QueueRow> =
        standing().filter(work_queue::account_id.eq(account)).select(QueueRow::as_select()).load(tx.conn())?;
    if let Some(office) = office {
        let shared: Vec<QueueRow> =
            standing().filter(work_queue::office_id.eq(office)).select(QueueRow::as_select()).load(tx.conn())?;
        found.extend(shared.into_iter().filter(|row| row.account_id != account));
    }
    Ok(found)
}

/// One of the account's own filters.
pub(in crate::cases) fn own(tx: &mut ReadTx<'_>, account: AccountId, id: QueueId) -> Result<QueueRow> {
    Ok(work_queue::table
        .find(id)
        .filter(work_queue::account_id.eq(account))
        .filter(work_queue::ended_at.is_null())
        .select(QueueRow::as_select())
        .first(tx.conn())?)
}

/// Removes a filter.
pub(in crate::cases) fn end(tx: &mut WriteTx<'_>, mut row: QueueRow) -> Result<QueueRow> {
    let now = tx.now();
    let ended = diesel::update(work_queue::table.find(row.id))
        .set(work_queue::ended_at.eq(now))
        .filter(work_queue::ended_at.is_null())
        .execute(tx.conn())?;
    if ended != 1 {
        return Err(Error::overtaken());
    }
    row.ended_at = Some(now);
    Ok(row)
}
