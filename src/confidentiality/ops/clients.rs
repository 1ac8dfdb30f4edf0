//! Who consented to the caller's organisation, and of them no more than the consent is for.

use crate::access::scope::consent::{self, ConsentRow};
use crate::db::{Action, Event, ReadTx, Viewed};
use crate::error::{Error, Result};
use crate::id::PersonId;
use crate::people;

/// A consent and the name of who gave it.
pub(in crate::confidentiality) type Client = (ConsentRow, String);

/// A page of the organisation's clients.
pub(in crate::confidentiality) fn list(
    tx: &mut ReadTx<'_>,
    after: Option<PersonId>,
    limit: usize,
) -> Result<Viewed<Vec<Client>>> {
    let rows = consent::clients(tx, after, limit)?;
    let persons: Vec<PersonId> = rows.iter().map(|row| row.person_id).collect();
    let names = people::current_names(tx, &persons)?;
    let clients = rows.into_iter().map(|row| {
        let name = names.iter().find(|(person, _)| *person == row.person_id).map(|(_, name)| name.clone());
        (row, name.unwrap_or_default())
    });
    let clients = clients.collect();
    tx.viewed(&Event::about_page(Action::ClientsViewed, persons, limit), clients)
}

/// One client. Without a consent that runs there is no such person.
pub(in crate::confidentiality) fn show(tx: &mut ReadTx<'_>, person: PersonId) -> Result<Viewed<Client>> {
    people::visible(tx, person)?;
    let organisation = tx.scope().organisation.ok_or_else(Error::not_found)?;
    let row = consent::running(tx, person, organisation)?.ok_or_else(Error::not_found)?;
    let name = people::current_names(tx, &[person])?.pop().map(|(_, name)| name).unwrap_or_default();
    tx.viewed(&Event::about(Action::ClientsViewed, person), (row, name))
}
