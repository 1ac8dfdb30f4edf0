//! Tables `office`, `organisation` and `installation`. Accounts belong to `access`.

use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::schema::{installation, office, organisation};
use crate::db::{ReadTx, WriteTx};
use crate::error::Result;
use crate::id::{OfficeId, OrganisationId};

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

/// The organisation with a name.
pub(super) fn organisation_by_name(tx: &mut ReadTx<'_>, name: &str) -> Result<Option<OrganisationId>> {
    let named = organisation::table.filter(organisation::name.eq(name));
    Ok(named.select(organisation::id).first(tx.conn()).optional()?)
}

/// The name of an organisation.
pub(super) fn organisation_name(tx: &mut ReadTx<'_>, id: OrganisationId) -> Result<Option<String>> {
    Ok(organisation::table.find(id).select(organisation::name).first(tx.conn()).optional()?)
}

/// Stores a new organisation.
pub(super) fn insert_organisation(tx: &mut WriteTx<'_>, name: &str) -> Result<OrganisationId> {
    let id = OrganisationId::random();
    let now = tx.now();
    diesel::insert_into(organisation::table)
        .values((organisation::id.eq(id), organisation::name.eq(name), organisation::created_at.eq(now)))
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
