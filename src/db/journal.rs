//! The write path of the audit log: an event is hashed, sealed and given its MAC here, and stands in four rows (event, body, subjects, pending).
//! No head is read and no row is shared, so writers do not wait for each other. Sequencing and proofs read these rows later.

mod action;
mod rows;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};

use serde::Serialize;
use serde_json::Value;

pub use self::action::Action;
pub(super) use self::rows::write;
use crate::clock::Instant;
use crate::error::Result;
use crate::id::{AccountId, AuditEventId, OfficeId, OrganisationId, PersonId};
use crate::keys::{self, Keys};

/// An act or a look, before it is bound to who, when and where.
#[derive(Debug)]
pub struct Event {
    /// What.
    pub action: Action,
    /// The persons whose file it concerns: they can learn of it.
    pub subjects: Vec<PersonId>,
    /// What else belongs to the trace (record id, version, terms of a search). Sealed, never in a leaf.
    pub details: Value,
}

impl Event {
    /// An event about one person.
    pub fn about(action: Action, person: PersonId) -> Self {
        Self { action, subjects: vec![person], details: Value::Null }
    }

    /// An event about no person's file.
    pub fn plain(action: Action) -> Self {
        Self { action, subjects: Vec::new(), details: Value::Null }
    }

    /// An event about several persons at once (a page of a list). Whoever stands on the page twice is one subject.
    pub fn about_all(action: Action, mut subjects: Vec<PersonId>) -> Self {
        let mut seen = BTreeSet::new();
        subjects.retain(|person| seen.insert(*person));
        Self { action, subjects, details: Value::Null }
    }

    /// An event about a page of a list, of which one row more was loaded than is shown: it only tells that there is a next page.
    pub fn about_page(action: Action, mut loaded: Vec<PersonId>, limit: usize) -> Self {
        loaded.truncate(limit.saturating_sub(1));
        Self::about_all(action, loaded)
    }

    /// The same event with details.
    #[must_use]
    pub fn with(mut self, details: Value) -> Self {
        self.details = details;
        self
    }
}

/// Who acts, in the words of the log.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The account; none for the program itself.
    pub account: Option<AccountId>,
    /// The role in which it acts.
    pub role: &'static str,
    /// The office for which it acts.
    pub office: Option<OfficeId>,
    /// The organisation for which it acts.
    pub organisation: Option<OrganisationId>,
    /// The request the act belongs to.
    pub request_id: Arc<str>,
    /// The stated purpose, a code of the processing register.
    pub purpose: Option<Arc<str>>,
}

impl Actor {
    /// The program itself.
    pub fn program(what: &'static str) -> Self {
        Self { account: None, role: what, office: None, organisation: None, request_id: Arc::from(what), purpose: None }
    }
}

/// What stands, sealed, in an event's body.
#[derive(Serialize)]
struct Body<'a> {
    action: &'static str,
    at: Instant,
    account: Option<AccountId>,
    role: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    office: Option<OfficeId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organisation: Option<OrganisationId>,
    request_id: &'a str,
    subjects: &'a [PersonId],
    #[serde(skip_serializing_if = "Option::is_none")]
    via: Option<&'static str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    granted: &'a [PersonId],
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<&'a str>,
    #[serde(skip_serializing_if = "Value::is_null")]
    details: &'a Value,
}

/// An event ready to be written: the bytes that are hashed are the bytes that are stored.
#[derive(Debug)]
pub struct Entry {
    id: AuditEventId,
    at: Instant,
    action: i16,
    /// Binds the body to the leaf without showing it.
    commit: [u8; 32],
    salt: Vec<u8>,
    key_id: i32,
    body: Vec<u8>,
    subjects: Vec<Vec<u8>>,
    /// Its place in the writer's sequence, from when it is written for the first time.
    wseq: OnceLock<i64>,
}

/// An entry in its place.
struct Leaf<'a> {
    entry: &'a Entry,
    writer: i64,
    wseq: i64,
    bytes: Vec<u8>,
    mac: Vec<u8>,
}

const LEAF_LENGTH: usize = 75;
const SUBJECT_TAG_LENGTH: usize = 16;

/// Makes entries. One per process: its writer number and sequence show a gap when an event disappears.
#[derive(Debug)]
pub struct Journal {
    keys: Arc<Keys>,
    writer: i64,
    next: AtomicI64,
}

impl Journal {
    /// A journal with a fresh writer number.
    pub fn new(keys: Arc<Keys>) -> Self {
        Self { keys, writer: i64::from_be_bytes(keys::random()) & i64::MAX, next: AtomicI64::new(1) }
    }

    /// Hashes and seals an event; `granted` are the subjects whose file the actor sees by a grant alone.
    pub fn entry(&self, event: &Event, actor: &Actor, granted: &[PersonId], at: Instant) -> Result<Entry> {
        let id = AuditEventId::in_order(u64::try_from(at.micros() / 1_000).unwrap_or(0));
        let body = Body {
            action: event.action.name(),
            at,
            account: actor.account,
            role: actor.role,
            office: actor.office,
            organisation: actor.organisation,
            request_id: &actor.request_id,
            subjects: &event.subjects,
            via: (!granted.is_empty()).then_some("access_grant"),
            granted,
            purpose: actor.purpose.as_deref(),
            details: &event.details,
        };
        let body = serde_json::to_vec(&body).map_err(crate::error::Error::internal)?;
        let salt: [u8; 32] = keys::random();
        let commit = keys::sha256(&[b"audit-body-v1", &salt, &body]);
        let subjects = event.subjects.iter().map(|person| self.subject_tag(*person)).collect();
        Ok(Entry {
            id,
            at,
            action: event.action.number(),
            commit,
            body: self.keys.seal(&format!("audit_body|body|{id}"), &body)?,
            key_id: i32::try_from(self.keys.sealing_key_id()).unwrap_or(i32::MAX),
            salt: salt.to_vec(),
            subjects,
            wseq: OnceLock::new(),
        })
    }

    /// Gives an entry its place. Not before it is written: what was undone until then has no place that would be missed. An entry that is
    /// written again, because the connection was lost, keeps its place.
    fn leaf<'a>(&self, entry: &'a Entry) -> Leaf<'a> {
        let wseq = *entry.wseq.get_or_init(|| self.next.fetch_add(1, Ordering::Relaxed));
        let mut bytes = Vec::with_capacity(LEAF_LENGTH);
        bytes.push(1);
        bytes.extend_from_slice(entry.id.uuid().as_bytes());
        bytes.extend_from_slice(&self.writer.to_be_bytes());
        bytes.extend_from_slice(&wseq.to_be_bytes());
        bytes.extend_from_slice(&entry.at.micros().to_be_bytes());
        bytes.extend_from_slice(&entry.action.to_be_bytes());
        bytes.extend_from_slice(&entry.commit);
        let mac = self.keys.mac("audit-leaf", &[&bytes]).to_vec();
        Leaf { entry, writer: self.writer, wseq, bytes, mac }
    }

    /// The pseudonym under which a person's events are found.
    pub fn subject_tag(&self, person: PersonId) -> Vec<u8> {
        let mut tag = self.keys.mac("audit-subject", &[person.uuid().as_bytes()]).to_vec();
        tag.truncate(SUBJECT_TAG_LENGTH);
        tag
    }

    /// The keys, for what else a transaction signs or seals.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }
}
