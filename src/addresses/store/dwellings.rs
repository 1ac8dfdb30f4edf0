//! Table `dwelling`, and who is registered in one.

use chrono::NaiveDate;
use diesel::dsl::{exists, not};
use diesel::prelude::*;

use crate::addresses::model::{Address, dwelling_key};
use crate::clock::Instant;
use crate::db::schema::{address, dwelling, protection};
use crate::db::{ReadTx, WriteTx};
use crate::error::Result;
use crate::id::{AccountId, DwellingId, PersonId};

/// A dwelling. It never changes.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = dwelling, treat_none_as_default_value = false)]
pub(crate) struct DwellingRow {
    pub(in crate::addresses) id: DwellingId,
    pub(in crate::addresses) division_code: Option<String>,
    pub(in crate::addresses) division: String,
    pub(in crate::addresses) as_printed: String,
    pub(in crate::addresses) key: String,
    pub(in crate::addresses) created_at: Instant,
    pub(in crate::addresses) created_by: Option<AccountId>,
}

/// A dwelling, if there is one.
pub(in crate::addresses) fn by_id(tx: &mut ReadTx<'_>, id: DwellingId) -> Result<DwellingRow> {
    Ok(dwelling::table.find(id).select(DwellingRow::as_select()).first(tx.conn())?)
}

/// The dwelling of a registration: the one on record, under whatever spelling, or a new one. Of two writers at once the later one finds what
/// the first made when it is run again.
pub(in crate::addresses) fn of(tx: &mut WriteTx<'_>, registered: &Address) -> Result<DwellingId> {
    let Address { division_code, division, as_printed, .. } = registered;
    let key = dwelling_key(division_code.as_deref(), division, as_printed)?;
    let known: Option<DwellingId> =
        dwelling::table.filter(dwelling::key.eq(&key)).select(dwelling::id).first(tx.conn()).optional()?;
    if let Some(known) = known {
        return Ok(known);
    }
    let row = DwellingRow {
        id: DwellingId::random(),
        division_code: division_code.clone(),
        division: division.clone(),
        as_printed: as_printed.clone(),
        key,
        created_at: tx.now(),
        created_by: tx.account(),
    };
    diesel::insert_into(dwelling::table).values(&row).execute(tx.conn())?;
    Ok(row.id)
}

/// Some of those who are or were registered in a dwelling, by their ids, after one of them.
pub(in crate::addresses) fn registered(
    tx: &mut ReadTx<'_>,
    id: DwellingId,
    after: PersonId,
    limit: usize,
) -> Result<Vec<PersonId>> {
    Ok(address::table
        .filter(address::dwelling_id.eq(id))
        .filter(address::superseded_at.is_null())
        .filter(address::person_id.gt(after))
        .filter(address::withdrawn.eq(false))
        .order(address::person_id)
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(address::person_id)
        .load(tx.conn())?)
}

/// How many registrations certainly stand in a dwelling on a day. Protected files count nowhere.
pub(in crate::addresses) fn occupancy(tx: &mut ReadTx<'_>, id: DwellingId, on: NaiveDate) -> Result<i64> {
    let protected =
        protection::table.filter(protection::person_id.eq(address::person_id)).filter(protection::ended_at.is_null());
    Ok(address::table
        .filter(address::dwelling_id.eq(id))
        .filter(address::superseded_at.is_null())
        .filter(address::withdrawn.eq(false))
        .filter(address::certain_from.le(on))
        .filter(address::certain_to.is_null().or(address::certain_to.ge(on)))
        .filter(not(exists(protected)))
        .count()
        .get_result(tx.conn())?)
}
