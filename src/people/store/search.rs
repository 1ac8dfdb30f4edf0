//! Finding persons by our own key columns, among those the caller may know of.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::PersonRow;
use crate::access::scope::visible;
use crate::db::ReadTx;
use crate::db::schema::{person, person_name_key, person_record};
use crate::error::Result;
use crate::id::PersonId;

/// A person some of whose names may be the one looked for.
#[derive(Clone, Debug)]
pub(in crate::people) struct Candidate {
    pub(in crate::people) person: PersonId,
    pub(in crate::people) file_number: String,
}

/// Rows of a key are counted up to here: a key that has more is no better a beginning than another that has.
const COMMON: i64 = 500;

diesel::alias!(const OTHER_KEY: Alias<OtherKey> = person_name_key as other_key);

/// Persons the caller may know of with a name that has all these keys of one kind.
///
/// The rarest key leads to the persons, and each of the others is looked up for each of them: half of a country is somebody's son ("oğlu"),
/// and no plan that begins there ends.
pub(in crate::people) fn by_keys(
    tx: &mut ReadTx<'_>,
    kind: &str,
    keys: &[String],
    limit: usize,
) -> Result<Vec<Candidate>> {
    let keys = rarest_first(tx, kind, keys)?;
    let Some((rarest, others)) = keys.split_first() else { return Ok(Vec::new()) };
    let own = visible(tx);
    let mut query = person_name_key::table
        .filter(person_name_key::kind.eq(kind))
        .filter(person_name_key::name_key.eq(rarest))
        .select(person_name_key::person_id)
        .distinct()
        .order(person_name_key::person_id)
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .into_boxed();
    for key in others {
        // OFFSET 0 keeps PostgreSQL from reading all of the other key's persons instead.
        query = query.filter(exists(
            OTHER_KEY
                .filter(OTHER_KEY.field(person_name_key::kind).eq(kind))
                .filter(OTHER_KEY.field(person_name_key::name_key).eq(key))
                .filter(OTHER_KEY.field(person_name_key::person_id).eq(person_name_key::person_id))
                .limit(1)
                .offset(0),
        ));
    }
    let of_scope = person::table.filter(person::id.eq(person_name_key::person_id)).filter(own).limit(1).offset(0);
    let persons: Vec<PersonId> = query.filter(exists(of_scope)).load(tx.conn())?;
    let rows: Vec<PersonRow> = person::table
        .filter(person::id.eq_any(persons))
        .order(person::file_number)
        .select(PersonRow::as_select())
        .load(tx.conn())?;
    Ok(rows.into_iter().map(|row| Candidate { person: row.id, file_number: row.file_number }).collect())
}

/// The keys by how many names have them, as far as it is counted.
fn rarest_first(tx: &mut ReadTx<'_>, kind: &str, keys: &[String]) -> Result<Vec<String>> {
    let mut counted = Vec::with_capacity(keys.len());
    for key in keys {
        let found: Vec<PersonId> = person_name_key::table
            .filter(person_name_key::kind.eq(kind))
            .filter(person_name_key::name_key.eq(key))
            .select(person_name_key::person_id)
            .limit(COMMON)
            .load(tx.conn())?;
        counted.push((found.len(), key.clone()));
    }
    counted.sort_unstable();
    Ok(counted.into_iter().map(|(_, key)| key).collect())
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
