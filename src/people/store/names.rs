//! Names and nationalities of a person, with every version.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::schema::{nationality, person_name, person_name_key};
use crate::db::{ReadTx, WriteTx};
use crate::error::{Error, Result};
use crate::id::{AccountId, NameId, NationalityId, PersonId};

/// One version of a name.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = person_name, treat_none_as_default_value = false)]
pub(in crate::people) struct NameRow {
    pub(in crate::people) person_id: PersonId,
    pub(in crate::people) id: NameId,
    pub(in crate::people) version: i32,
    pub(in crate::people) kind: String,
    pub(in crate::people) full_name_as_printed: String,
    pub(in crate::people) given: Option<String>,
    pub(in crate::people) surname: Option<String>,
    pub(in crate::people) patronymic: Option<String>,
    pub(in crate::people) patronymic_form: Option<String>,
    pub(in crate::people) no_surname: bool,
    pub(in crate::people) script: Option<String>,
    pub(in crate::people) language: Option<String>,
    pub(in crate::people) valid_from: Option<NaiveDate>,
    pub(in crate::people) valid_to: Option<NaiveDate>,
    pub(in crate::people) withdrawn: bool,
    pub(in crate::people) recorded_at: Instant,
    pub(in crate::people) recorded_by: Option<AccountId>,
    pub(in crate::people) superseded_at: Option<Instant>,
}

/// One version of a nationality.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = nationality, treat_none_as_default_value = false)]
pub(in crate::people) struct NationalityRow {
    pub(in crate::people) person_id: PersonId,
    pub(in crate::people) id: NationalityId,
    pub(in crate::people) version: i32,
    pub(in crate::people) code: String,
    pub(in crate::people) valid_from: Option<NaiveDate>,
    pub(in crate::people) valid_to: Option<NaiveDate>,
    pub(in crate::people) withdrawn: bool,
    pub(in crate::people) recorded_at: Instant,
    pub(in crate::people) recorded_by: Option<AccountId>,
    pub(in crate::people) superseded_at: Option<Instant>,
}

/// A search key of a live name: kind and key.
pub(in crate::people) type NameKey = (&'static str, String);

/// Stores a name's version and the keys under which it is found from now on.
pub(in crate::people) fn store_name(tx: &mut WriteTx<'_>, row: &NameRow, keys: &[NameKey]) -> Result<()> {
    diesel::insert_into(person_name::table).values(row).execute(tx.conn())?;
    for (kind, key) in keys {
        diesel::insert_into(person_name_key::table)
            .values((
                person_name_key::kind.eq(*kind),
                person_name_key::name_key.eq(key),
                person_name_key::person_id.eq(row.person_id),
                person_name_key::name_id.eq(row.id),
            ))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Closes a name's version and forgets its keys.
pub(in crate::people) fn close_name(tx: &mut WriteTx<'_>, row: &NameRow, at: Instant) -> Result<()> {
    let closed = diesel::update(person_name::table.find((row.person_id, row.id, row.version)))
        .set(person_name::superseded_at.eq(at))
        .filter(person_name::superseded_at.is_null())
        .execute(tx.conn())?;
    if closed != 1 {
        return Err(Error::overtaken());
    }
    diesel::delete(person_name_key::table)
        .filter(person_name_key::person_id.eq(row.person_id))
        .filter(person_name_key::name_id.eq(row.id))
        .execute(tx.conn())?;
    Ok(())
}

/// Stores a nationality.
pub(in crate::people) fn store_nationality(tx: &mut WriteTx<'_>, row: &NationalityRow) -> Result<()> {
    diesel::insert_into(nationality::table).values(row).execute(tx.conn())?;
    Ok(())
}

/// A live name.
pub(in crate::people) fn name(tx: &mut ReadTx<'_>, person: PersonId, id: NameId) -> Result<NameRow> {
    Ok(person_name::table
        .filter(person_name::person_id.eq(person))
        .filter(person_name::id.eq(id))
        .filter(person_name::superseded_at.is_null())
        .select(NameRow::as_select())
        .first(tx.conn())?)
}

/// Live names of several persons: the current ones that a list shows.
pub(in crate::people) fn names_of(tx: &mut ReadTx<'_>, persons: &[PersonId]) -> Result<Vec<NameRow>> {
    Ok(person_name::table
        .filter(person_name::person_id.eq_any(persons))
        .filter(person_name::superseded_at.is_null())
        .filter(person_name::withdrawn.eq(false))
        .order((person_name::person_id, person_name::recorded_at, person_name::id))
        .select(NameRow::as_select())
        .load(tx.conn())?)
}

/// A person's live nationalities.
pub(in crate::people) fn nationalities(tx: &mut ReadTx<'_>, person: PersonId) -> Result<Vec<NationalityRow>> {
    Ok(nationality::table
        .filter(nationality::person_id.eq(person))
        .filter(nationality::superseded_at.is_null())
        .filter(nationality::withdrawn.eq(false))
        .order((nationality::valid_from, nationality::id))
        .select(NationalityRow::as_select())
        .load(tx.conn())?)
}

/// The live nationalities of several persons.
pub(in crate::people) fn nationalities_of(tx: &mut ReadTx<'_>, persons: &[PersonId]) -> Result<Vec<NationalityRow>> {
    Ok(nationality::table
        .filter(nationality::person_id.eq_any(persons))
        .filter(nationality::superseded_at.is_null())
        .filter(nationality::withdrawn.eq(false))
        .order((nationality::person_id, nationality::id))
        .select(NationalityRow::as_select())
        .load(tx.conn())?)
}
