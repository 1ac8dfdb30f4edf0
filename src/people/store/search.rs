//! Finding persons by our own key columns, among those the caller may know of.

use diesel::connection::SimpleConnection as _;
use diesel::dsl::{count, exists};
use diesel::prelude::*;

use super::PersonRow;
use crate::access::scope::visible;
use crate::db::schema::{person, person_name_key, person_record};
use crate::db::{AnyConn, ReadTx};
use crate::error::Result;
use crate::id::PersonId;

/// A person some of whose names may be the one looked for.
#[derive(Clone, Debug)]
pub(in crate::people) struct Candidate {
    pub(in crate::people) person: PersonId,
    pub(in crate::people) file_number: String,
}

/// Persons the caller may know of with a name that has all these keys of one kind.
pub(in crate::people) fn by_keys(
    tx: &mut ReadTx<'_>,
    kind: &str,
    keys: &[String],
    limit: usize,
) -> Result<Vec<Candidate>> {
    if let AnyConn::Postgres(conn) = tx.conn() {
        // How common the names are decides how they are best looked for, so this one is planned with the values at hand.
        conn.batch_execute("SET LOCAL plan_cache_mode = force_custom_plan")?;
    }
    let own = visible(tx);
    let wanted = i64::try_from(keys.len()).unwrap_or(i64::MAX);
    let persons: Vec<PersonId> = person_name_key::table
        .filter(person_name_key::kind.eq(kind))
        .filter(person_name_key::name_key.eq_any(keys))
        .filter(exists(person::table.filter(person::id.eq(person_name_key::person_id)).filter(own)))
        .group_by(person_name_key::person_id)
        .having(count(person_name_key::name_key).aggregate_distinct().ge(wanted))
        .order(person_name_key::person_id)
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(person_name_key::person_id)
        .load(tx.conn())?;
    let rows: Vec<PersonRow> = person::table
        .filter(person::id.eq_any(persons))
        .order(person::file_number)
        .select(PersonRow::as_select())
        .load(tx.conn())?;
    Ok(rows.into_iter().map(|row| Candidate { person: row.id, file_number: row.file_number }).collect())
}

/// The person with a file number, if the caller may know of them.
pub(in crate::people) fn by_file_number(tx: &mut ReadTx<'_>, number: &str) -> Result<Option<Candidate>> {
    let own = visible(tx);
    let row: Option<PersonRow> = person::table
        .filter(person::file_number.eq(number))
        .filter(own)
        .select(PersonRow::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(|row| Candidate { person: row.id, file_number: row.file_number }))
}

/// The live birth dates of several persons.
pub(in crate::people) fn birth_dates(
    tx: &mut ReadTx<'_>,
    persons: &[PersonId],
) -> Result<Vec<(PersonId, Option<String>)>> {
    Ok(person_record::table
        .filter(person_record::person_id.eq_any(persons))
        .filter(person_record::superseded_at.is_null())
        .select((person_record::person_id, person_record::birth_date))
        .load(tx.conn())?)
}
