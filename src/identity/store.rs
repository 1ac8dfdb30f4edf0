//! Tables `office` and `installation`. Accounts belong to `access`.

use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::schema::{installation, office};
use crate::db::{ReadTx, WriteTx};
use crate::error::Result;
use crate::id::OfficeId;

/// The office with a name.
pub(super) fn office_by_name(tx: &mut ReadTx<'_>, name: &str) -> Result<Option<OfficeId>> {
    Ok(office::table.filter(office::name.eq(name)).select(office::id).first(tx.conn()).optional()?)
}

/// The name of an office.
pub(super) fn office_name(tx: &mut ReadTx<'_>, id: OfficeId) -> Result<Option<String>> {
    Ok(office::table.find(id).select(office::name).first(tx.conn()).optional()?)
}

/// Stores a new office.
pub(super) fn insert_office(tx: &mut WriteTx<'_>, name: &str) -> Result<OfficeId> {
    let id = OfficeId::random();
    let now = tx.now();
    diesel::insert_into(office::table)
        .values((office::id.eq(id), office::name.eq(name), office::created_at.eq(now)))
        .execute(tx.conn())?;
    Ok(id)
}

/// Notes what this database is for.
pub(super) fn insert_installation(tx: &mut WriteTx<'_>, demo: bool) -> Result<()> {
    let now: Instant = tx.now();
    diesel::insert_into(installation::table)
        .values((installation::one.eq(1_i16), installation::demo.eq(demo), installation::created_at.eq(now)))
        .execute(tx.conn())?;
    Ok(())
}
