//! What other slices put on record about a person, or at the head of a letter.

use chrono::NaiveDate;

use super::{DatedNationality, PersonFile, add_nationality, current_names, store};
use crate::db::{Audited, ReadTx, WriteTx};
use crate::error::{Error, Result};
use crate::id::PersonId;
use crate::people::model::FileNumber;

/// The file number and the name the person goes by. 404 for a person the caller may not know of.
pub(crate) fn heading(tx: &mut ReadTx<'_>, person: PersonId) -> Result<(String, String)> {
    super::visible(tx, person)?;
    let number: FileNumber = store::file_number(tx, person)?.parse().map_err(Error::internal)?;
    let name = current_names(tx, &[person])?.into_iter().next().map_or_else(String::new, |(_, name)| name);
    Ok((number.to_string(), name))
}

/// Puts on record that the person acquired a nationality on a day.
pub(crate) fn acquire_nationality(
    tx: &mut WriteTx<'_>,
    person: PersonId,
    code: &str,
    from: NaiveDate,
) -> Result<Audited<()>> {
    let code = code.parse().map_err(Error::internal)?;
    let nationality = DatedNationality { code, valid_from: Some(from), valid_to: None };
    let before = store::live_record(tx, person)?;
    Ok(add_nationality(tx, before, &nationality)?.map(|_: PersonFile| ()))
}
