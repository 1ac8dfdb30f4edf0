//! What the holder of an account should know happened to it (row AU7). A notice is written in the transaction of what it tells of, and holds
//! nothing personal: what and when.

use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::schema::notice;
use crate::db::{ReadTx, WriteTx, text_enum};
use crate::error::Result;
use crate::id::{AccountId, NoticeId};

text_enum! {
    /// What happened.
    pub enum Kind {
        /// Somebody signed in from a device that the account had not been used on.
        NewDevice = "new_device",
        /// A password or code was right after several that were wrong.
        SignInAfterFailures = "sign_in_after_failures",
        /// A second factor began to count.
        FactorChanged = "factor_changed",
        /// The password was changed.
        PasswordChanged = "password_changed",
    }
}

/// A notice.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = notice)]
pub struct Notice {
    /// Its id, in the order of time.
    pub id: NoticeId,
    /// What happened.
    pub kind: Kind,
    /// When.
    pub at: Instant,
    /// When the holder put it away.
    pub read_at: Option<Instant>,
}

/// Tells the holder of an account.
pub(crate) fn note(tx: &mut WriteTx<'_>, account: AccountId, kind: Kind) -> Result<()> {
    let now = tx.now();
    let id = NoticeId::in_order(u64::try_from(now.micros() / 1_000).unwrap_or(0));
    diesel::insert_into(notice::table)
        .values((notice::account_id.eq(account), notice::id.eq(id), notice::kind.eq(kind), notice::at.eq(now)))
        .execute(tx.conn())?;
    Ok(())
}

/// An account's notices, the newest first, from the one after `after` on.
pub(crate) fn list(
    tx: &mut ReadTx<'_>,
    account: AccountId,
    after: Option<NoticeId>,
    limit: i64,
) -> Result<Vec<Notice>> {
    // Later than every id there is.
    let after = after.unwrap_or(uuid::Uuid::max().into());
    let older = notice::table.filter(notice::account_id.eq(account)).filter(notice::id.lt(after));
    Ok(older.order(notice::id.desc()).limit(limit).select(Notice::as_select()).load(tx.conn())?)
}

/// One notice of an account.
pub(crate) fn by_id(tx: &mut ReadTx<'_>, account: AccountId, id: NoticeId) -> Result<Option<Notice>> {
    Ok(notice::table.find((account, id)).select(Notice::as_select()).first(tx.conn()).optional()?)
}

/// How many the holder has not put away.
pub(crate) fn unread(tx: &mut ReadTx<'_>, account: AccountId) -> Result<i64> {
    let unread = notice::table.filter(notice::account_id.eq(account)).filter(notice::read_at.is_null());
    Ok(unread.count().get_result(tx.conn())?)
}

/// Puts a notice away. One that was put away before keeps its time.
pub(crate) fn put_away(tx: &mut WriteTx<'_>, account: AccountId, before: &Notice) -> Result<Notice> {
    let now = tx.now();
    diesel::update(notice::table.find((account, before.id)))
        .set(notice::read_at.eq(now))
        .filter(notice::read_at.is_null())
        .execute(tx.conn())?;
    Ok(Notice { read_at: before.read_at.or(Some(now)), ..*before })
}
