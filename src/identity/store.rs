//! Tables `office`, `organisation` and `installation`. Accounts belong to `access`.

use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::schema::{installation, office, organisation};
use crate::db::{ReadTx, WriteTx};
use crate::error::Result;
use crate::id::{OfficeId, OrganisationId};

/// An office or an organisation.
#[derive(Clone, Debug)]
pub(super) struct Place<I> {
    pub(super) id: I,
    pub(super) name: String,
    pub(super) created_at: Instant,
}

fn place<I>((id, name, created_at): (I, String, Instant)) -> Place<I> {
    Place { id, name, created_at }
}

/// A page of offices by name.
pub(super) fn offices(tx: &mut ReadTx<'_>, after: Option<&str>, limit: usize) -> Result<Vec<Place<OfficeId>>> {
    let rows: Vec<(OfficeId, String, Instant)> = office::table
        .filter(office::name.gt(after.unwrap_or_default()))
        .order(office::name)
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select((office::id, office::name, office::created_at))
        .load(tx.conn())?;
    Ok(rows.into_iter().map(place).collect())
}

/// An office.
pub(super) fn office(tx: &mut ReadTx<'_>, id: OfficeId) -> Result<Option<Place<OfficeId>>> {
    let found = office::table.find(id).select((office::id, office::name, office::created_at));
    let row: Option<(OfficeId, String, Instant)> = found.first(tx.conn()).optional()?;
    Ok(row.map(place))
}

/// A page of organisations by name.
pub(super) fn organisations(
    tx: &mut ReadTx<'_>,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<Place<OrganisationId>>> {
    let rows: Vec<(OrganisationId, String, Instant)> = organisation::table
        .filter(organisation::name.gt(after.unwrap_or_default()))
        .order(organisation::name)
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select((organisation::id, organisation::name, organisation::created_at))
        .load(tx.conn())?;
    Ok(rows.into_iter().map(place).collect())
}

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
