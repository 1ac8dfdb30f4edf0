//! What officers ask of dwellings.

use chrono::NaiveDate;
use serde_json::json;
use uuid::Uuid;

use crate::addresses::store::dwellings::{self, DwellingRow};
use crate::db::{Action, Event, Reach, ReadTx, Viewed};
use crate::error::{Error, Result};
use crate::id::{DwellingId, PersonId};
use crate::people;

/// How many of those registered in a dwelling are looked up at a time.
const AT_ONCE: usize = 100;

/// A dwelling, and how many registrations stand in it on a day. 404 unless somebody is registered there whose file the caller may see; a person
/// concerned sees the own address, and asks nothing of others'.
pub(in crate::addresses) fn show(
    tx: &mut ReadTx<'_>,
    id: DwellingId,
    on: NaiveDate,
) -> Result<Viewed<(DwellingRow, i64)>> {
    if tx.scope().reach == Reach::Own || !is_visible(tx, id)? {
        return Err(Error::not_found());
    }
    let row = dwellings::by_id(tx, id)?;
    let occupancy = dwellings::occupancy(tx, id, on)?;
    tx.viewed(&Event::plain(Action::DwellingViewed).with(json!({ "dwelling": id })), (row, occupancy))
}

fn is_visible(tx: &mut ReadTx<'_>, id: DwellingId) -> Result<bool> {
    let mut after: PersonId = Uuid::nil().into();
    loop {
        let persons = dwellings::registered(tx, id, after, AT_ONCE)?;
        if !people::visible_among(tx, &persons)?.is_empty() {
            return Ok(true);
        }
        match persons.last() {
            Some(last) if persons.len() == AT_ONCE => after = *last,
            _ => return Ok(false),
        }
    }
}
