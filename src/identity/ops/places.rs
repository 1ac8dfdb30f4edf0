//! Offices, and organisations that enrol people in courses.

use serde_json::json;

use super::super::store::{self, Place};
use super::accounts::Administrator;
use crate::db::{Action, Audited, Event, ReadTx, WriteTx};
use crate::error::{Code, Error, Result};
use crate::id::{OfficeId, OrganisationId};

/// A page of offices by name. An office's administrator sees that office.
pub(in crate::identity) fn offices(
    tx: &mut ReadTx<'_>,
    by: &Administrator,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<Place<OfficeId>>> {
    match by.office() {
        None => store::offices(tx, after, limit),
        Some(own) => {
            let found = store::office(tx, own)?;
            Ok(found.into_iter().filter(|office| after.is_none_or(|after| office.name.as_str() > after)).collect())
        }
    }
}

/// A page of organisations by name. They belong to no office, so an office's administrator sees none.
pub(in crate::identity) fn organisations(
    tx: &mut ReadTx<'_>,
    by: &Administrator,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<Place<OrganisationId>>> {
    if by.is_national() { store::organisations(tx, after, limit) } else { Ok(Vec::new()) }
}

/// Makes an office. 422 if there is one of that name.
pub(in crate::identity) fn create_office(
    tx: &mut WriteTx<'_>,
    by: &Administrator,
    name: &str,
) -> Result<Audited<Place<OfficeId>>> {
    only_national(by)?;
    if store::office_by_name(tx, name)?.is_some() {
        return Err(taken());
    }
    let id = store::insert_office(tx, name)?;
    let made = Place { id, name: name.to_owned(), created_at: tx.now() };
    tx.record(&Event::plain(Action::OfficeCreated).with(json!({ "office": id })), made)
}

/// Makes an organisation. 422 if there is one of that name.
pub(in crate::identity) fn create_organisation(
    tx: &mut WriteTx<'_>,
    by: &Administrator,
    name: &str,
) -> Result<Audited<Place<OrganisationId>>> {
    only_national(by)?;
    if store::organisation_by_name(tx, name)?.is_some() {
        return Err(taken());
    }
    let id = store::insert_organisation(tx, name)?;
    let made = Place { id, name: name.to_owned(), created_at: tx.now() };
    tx.record(&Event::plain(Action::OrganisationCreated).with(json!({ "organisation": id })), made)
}

fn only_national(by: &Administrator) -> Result<()> {
    if by.is_national() {
        Ok(())
    } else {
        Err(Error::new(Code::ActionNotPermitted).with_detail("Administrators of the whole service do this."))
    }
}

fn taken() -> Error {
    Error::invalid_at("/name", "taken", "There is one of this name already.")
}
