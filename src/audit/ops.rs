//! Who looked at a file, and what was done.

use std::collections::HashMap;

use super::model::Body;
use super::store::{self, Opened};
use crate::db::{Action, Event, ReadTx, Viewed};
use crate::error::Result;
use crate::id::{AuditEventId, PersonId};
use crate::{identity, people};

/// A look at a file, or a change of it, as its subject may know it.
#[derive(Clone, Debug)]
pub(super) struct Access {
    pub(super) event: AuditEventId,
    pub(super) body: Body,
    /// Name of the office or organisation for which it was done.
    pub(super) by: Option<String>,
    /// Was the file seen by a grant alone?
    pub(super) under_grant: bool,
}

/// A page of the looks at a person's file and its changes, newest first.
pub(super) fn accesses(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    before: Option<AuditEventId>,
    limit: usize,
) -> Result<Viewed<Vec<Access>>> {
    people::visible(tx, person)?;
    let mut names = Names::default();
    let mut accesses = Vec::new();
    for (event, body) in store::about(tx, person, before.unwrap_or_else(store::newest), limit)? {
        let by = names.of(tx, &body)?;
        let under_grant = body.granted.contains(&person.to_string());
        accesses.push(Access { event, body, by, under_grant });
    }
    tx.viewed(&Event::about(Action::AccessesViewed, person), accesses)
}

/// A page of all events, newest first.
pub(super) fn events(tx: &mut ReadTx<'_>, before: Option<AuditEventId>, limit: usize) -> Result<Viewed<Vec<Opened>>> {
    let events = store::all(tx, before.unwrap_or_else(store::newest), limit)?;
    tx.viewed(&Event::plain(Action::EventsViewed), events)
}

/// Names of offices and organisations: a page has few of them.
#[derive(Default)]
struct Names(HashMap<String, Option<String>>);

impl Names {
    fn of(&mut self, tx: &mut ReadTx<'_>, body: &Body) -> Result<Option<String>> {
        let Some(id) = body.organisation.as_ref().or(body.office.as_ref()) else { return Ok(None) };
        if let Some(known) = self.0.get(id) {
            return Ok(known.clone());
        }
        let name = match (&body.organisation, &body.office) {
            (Some(id), _) => id.parse().ok().map(|id| identity::organisation_name(tx, id)).transpose()?,
            (None, Some(id)) => id.parse().ok().map(|id| identity::office_name(tx, id)).transpose()?,
            (None, None) => None,
        };
        let name = name.flatten();
        self.0.insert(id.clone(), name.clone());
        Ok(name)
    }
}
