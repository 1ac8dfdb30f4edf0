//! Who consented to the caller's organisation, and of them no more than the consent covers.

use std::collections::BTreeMap;

use crate::access::scope::consent::{self, ConsentRow};
use crate::courses::store::needs::{self, NeedRow};
use crate::db::{Action, Event, ReadTx, Viewed};
use crate::error::{Error, Result};
use crate::id::PersonId;
use crate::people;

/// Somebody who consented.
#[derive(Clone, Debug)]
pub(in crate::courses) struct Client {
    pub(in crate::courses) consent: ConsentRow,
    /// The name by which the person wants to be known here.
    pub(in crate::courses) name: String,
    /// What course they need, if they let it be seen.
    pub(in crate::courses) need: Option<NeedRow>,
}

/// A page of the organisation's clients.
pub(in crate::courses) fn list(
    tx: &mut ReadTx<'_>,
    after: Option<PersonId>,
    limit: usize,
) -> Result<Viewed<Vec<Client>>> {
    let rows = consent::clients(tx, after, limit)?;
    let persons: Vec<PersonId> = rows.iter().map(|row| row.person_id).collect();
    let clients = clients(tx, rows)?;
    tx.viewed(&Event::about_page(Action::ClientsViewed, persons, limit), clients)
}

/// One client. Without a consent that runs there is no such person.
pub(in crate::courses) fn show(tx: &mut ReadTx<'_>, person: PersonId) -> Result<Viewed<Client>> {
    people::visible(tx, person)?;
    let organisation = super::organisation(tx)?;
    let row = consent::running(tx, person, organisation)?.ok_or_else(Error::not_found)?;
    let client = clients(tx, vec![row])?.pop().ok_or_else(Error::not_found)?;
    tx.viewed(&Event::about(Action::ClientsViewed, person), client)
}

fn clients(tx: &mut ReadTx<'_>, rows: Vec<ConsentRow>) -> Result<Vec<Client>> {
    let persons: Vec<PersonId> = rows.iter().map(|row| row.person_id).collect();
    let sharing: Vec<PersonId> = rows.iter().filter(|row| row.shares_needs).map(|row| row.person_id).collect();
    let mut names: BTreeMap<PersonId, String> = people::current_names(tx, &persons)?.into_iter().collect();
    let needs = needs::standing(tx, &sharing)?;
    let mut needs: BTreeMap<PersonId, NeedRow> = needs.into_iter().map(|row| (row.person_id, row)).collect();
    let clients = rows.into_iter().map(|consent| {
        let person = consent.person_id;
        Client { consent, name: names.remove(&person).unwrap_or_default(), need: needs.remove(&person) }
    });
    Ok(clients.collect())
}
