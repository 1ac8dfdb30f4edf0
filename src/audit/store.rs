//! The tables of the log, for reading.

use diesel::prelude::*;

use super::model::Body;
use crate::db::ReadTx;
use crate::db::schema::{audit_body, audit_event, audit_subject};
use crate::error::{Error, Result};
use crate::id::{AuditEventId, PersonId};

/// An event, opened.
pub(super) type Opened = (AuditEventId, Body);

/// After every event.
pub(super) fn newest() -> AuditEventId {
    uuid::Uuid::max().into()
}

/// A page of the events about a person, newest first.
pub(super) fn about(tx: &mut ReadTx<'_>, person: PersonId, before: AuditEventId, limit: usize) -> Result<Vec<Opened>> {
    let tag = tx.subject_tag(person);
    let events: Vec<AuditEventId> = audit_subject::table
        .filter(audit_subject::subject_tag.eq(tag))
        .filter(audit_subject::event_id.lt(before))
        .order(audit_subject::event_id.desc())
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(audit_subject::event_id)
        .load(tx.conn())?;
    open(tx, &events)
}

/// A page of all events, newest first.
pub(super) fn all(tx: &mut ReadTx<'_>, before: AuditEventId, limit: usize) -> Result<Vec<Opened>> {
    let events: Vec<AuditEventId> = audit_event::table
        .filter(audit_event::event_id.lt(before))
        .order(audit_event::event_id.desc())
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(audit_event::event_id)
        .load(tx.conn())?;
    open(tx, &events)
}

fn open(tx: &mut ReadTx<'_>, events: &[AuditEventId]) -> Result<Vec<Opened>> {
    let sealed: Vec<(AuditEventId, Vec<u8>)> = audit_body::table
        .filter(audit_body::event_id.eq_any(events))
        .order(audit_body::event_id.desc())
        .select((audit_body::event_id, audit_body::body))
        .load(tx.conn())?;
    let opened = sealed.into_iter().map(|(id, body)| {
        let plain = tx.keys().open(&format!("audit_body|body|{id}"), &body)?;
        Ok((id, serde_json::from_slice(&plain).map_err(Error::internal)?))
    });
    opened.collect()
}
