//! What people do with documents.

pub(super) mod receipts;

use serde_json::json;

use super::model::content::MediaType;
use super::model::{Document, Judgement, State};
use super::store::content;
use super::store::documents::{self as store, DocumentRow};
use crate::clock::Instant;
use crate::db::{Action, Audited, Event, Reach, ReadTx, TextEnum, Viewed, WriteTx};
use crate::error::{Code, Error, Result};
use crate::id::{DocumentId, PersonId};
use crate::{keys, people};

/// A document of a person the caller may see: 404 if there is none, 410 if it was withdrawn.
pub fn live(tx: &mut ReadTx<'_>, person: PersonId, id: DocumentId) -> Result<DocumentRow> {
    people::visible(tx, person)?;
    store::live(tx, person, id)
}

/// Records a document's particulars; its content is to follow.
pub(super) fn record(tx: &mut WriteTx<'_>, person: PersonId, document: Document) -> Result<Audited<DocumentRow>> {
    refuse_unknown_original(tx, person, &document)?;
    let row = store::insert(tx, DocumentRow::of(tx, person, DocumentId::random(), document))?;
    let details = json!({ "document": row.id, "kind": row.kind });
    tx.record(&Event::about(Action::DocumentRecorded, person).with(details), shown(tx, row))
}

/// Changes a document's particulars.
pub(super) fn change(tx: &mut WriteTx<'_>, before: &DocumentRow, document: Document) -> Result<Audited<DocumentRow>> {
    refuse_others(tx, before)?;
    refuse_accepted(before)?;
    refuse_unknown_original(tx, before.person_id, &document)?;
    let row = store::replace(tx, before, before.clone().with(document))?;
    let details = json!({ "document": row.id, "version": row.version });
    tx.record(&Event::about(Action::DocumentChanged, row.person_id).with(details), shown(tx, row))
}

/// Withdraws a document that was recorded by mistake: it counts nowhere any more, and its content is not shown.
pub(super) fn withdraw(tx: &mut WriteTx<'_>, before: &DocumentRow) -> Result<Audited<DocumentRow>> {
    refuse_others(tx, before)?;
    refuse_accepted(before)?;
    let row = store::replace(tx, before, DocumentRow { withdrawn: true, ..before.clone() })?;
    let details = json!({ "document": row.id, "version": row.version, "withdrawn": true });
    tx.record(&Event::about(Action::DocumentChanged, row.person_id).with(details), shown(tx, row))
}

/// Stores what was handed in, at a new version: what was there before stays as it was.
pub(super) fn receive_content(
    tx: &mut WriteTx<'_>,
    before: &DocumentRow,
    media_type: MediaType,
    bytes: &[u8],
    sha256: [u8; 32],
) -> Result<Audited<DocumentRow>> {
    // What the office waits for, the person may hand in, whoever wrote down that it is to come.
    if before.content_version.is_some() {
        refuse_others(tx, before)?;
    }
    refuse_accepted(before)?;
    let version = before.version.saturating_add(1);
    let after = DocumentRow {
        content_version: Some(version),
        media_type: Some(media_type),
        size_bytes: Some(i32::try_from(bytes.len()).map_err(Error::internal)?),
        sha256: Some(sha256.to_vec()),
        received_at: Some(tx.now()),
        received_from: tx.account(),
        ..before.clone().unjudged()
    };
    let row = store::replace(tx, before, after)?;
    let sealed = tx.keys().seal(&place(row.person_id, row.id, version), bytes)?;
    content::insert(tx, row.person_id, row.id, version, &sealed)?;
    let details = json!({ "document": row.id, "version": version, "sha256": keys::hex(&sha256) });
    tx.record(&Event::about(Action::ContentReceived, row.person_id).with(details), shown(tx, row))
}

/// Says whether a document is genuine, once for every case. Nobody accepts what they handed in themselves.
pub(super) fn judge(
    tx: &mut WriteTx<'_>,
    before: &DocumentRow,
    judgement: Judgement,
    reason: &str,
) -> Result<Audited<DocumentRow>> {
    if judgement == Judgement::Accepted && before.content_version.is_some() && before.received_from == tx.account() {
        let detail = "You handed this in yourself. Somebody else has to accept it.";
        return Err(Error::new(Code::ActionNotPermitted).with_detail(detail));
    }
    if before.content_version.is_none() || before.judgement == Some(judgement) {
        return Err(invalid_transition(before));
    }
    let after = DocumentRow {
        judgement: Some(judgement),
        judged_at: Some(tx.now()),
        judged_by: tx.account(),
        reason: Some(reason.to_owned()),
        ..before.clone()
    };
    let row = store::replace(tx, before, after)?;
    let details = json!({ "document": row.id, "version": row.version, "to": judgement });
    tx.record(&Event::about(Action::DocumentVerified, row.person_id).with(details), shown(tx, row))
}

/// A page of a person's documents in the order in which they were recorded.
pub(super) fn list(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    as_of: Instant,
    after: Option<&(Instant, DocumentId)>,
    limit: usize,
) -> Result<Viewed<Vec<DocumentRow>>> {
    people::visible(tx, person)?;
    let rows = store::page(tx, person, as_of, after, limit)?;
    let rows = rows.into_iter().map(|row| shown(tx, row)).collect();
    tx.viewed(&Event::about(Action::DocumentsViewed, person), rows)
}

/// One document.
pub(super) fn show(tx: &mut ReadTx<'_>, person: PersonId, id: DocumentId) -> Result<Viewed<DocumentRow>> {
    let row = live(tx, person, id)?;
    let row = shown(tx, row);
    tx.viewed(&Event::about(Action::DocumentsViewed, person).with(json!({ "document": id })), row)
}

/// A version of a document as the caller may see it.
pub(super) fn at_version(tx: &mut ReadTx<'_>, of: &DocumentRow, version: i32) -> Result<Option<DocumentRow>> {
    let row = store::version(tx, of.person_id, of.id, version)?;
    Ok(row.map(|row| shown(tx, row)))
}

/// A file as it was handed in.
pub(super) struct Content {
    pub(super) media_type: MediaType,
    pub(super) sha256: [u8; 32],
    pub(super) bytes: Vec<u8>,
}

/// What is in a document. 404 while that is not there.
pub(super) fn show_content(tx: &mut ReadTx<'_>, person: PersonId, id: DocumentId) -> Result<Viewed<Content>> {
    let row = live(tx, person, id)?;
    let (Some(version), Some(media_type), Some(sha256)) = (row.content_version, row.media_type, row.sha256) else {
        return Err(Error::not_found());
    };
    let sealed = content::sealed(tx, person, id, version)?;
    let bytes = tx.keys().open(&place(person, id, version), &sealed)?;
    let digest = keys::sha256(&[&bytes]);
    if digest != *sha256 {
        return Err(Error::internal("a document's content is not the one whose hash is recorded"));
    }
    let details = json!({ "document": id, "version": version });
    let found = Content { media_type, sha256: digest, bytes };
    tx.viewed(&Event::about(Action::ContentViewed, person).with(details), found)
}

/// Where a content lives: sealed there, it opens nowhere else.
fn place(person: PersonId, id: DocumentId, version: i32) -> String {
    format!("document_content|content|{person}|{id}|{version}")
}

/// Which officer it was that judged is not for the person: the office answers for it.
fn shown(tx: &ReadTx<'_>, row: DocumentRow) -> DocumentRow {
    if tx.scope().reach == Reach::Own { DocumentRow { judged_by: None, ..row } } else { row }
}

/// People change what they recorded themselves. What the office recorded in their file is the office's.
fn refuse_others(tx: &ReadTx<'_>, row: &DocumentRow) -> Result<()> {
    if tx.scope().reach == Reach::Own && row.added_by != tx.account() {
        let detail = "The office recorded this document. Hand in another one, or ask the office.";
        return Err(Error::new(Code::ActionNotPermitted).with_detail(detail));
    }
    Ok(())
}

/// Cases rely on what was accepted: it stays as it is until it is rejected after all.
fn refuse_accepted(row: &DocumentRow) -> Result<()> {
    if row.is_accepted() { Err(invalid_transition(row)) } else { Ok(()) }
}

/// 409 with what would be possible.
fn invalid_transition(row: &DocumentRow) -> Error {
    let allowed: &[&str] = match row.state() {
        State::AwaitingContent => &[],
        State::Received => &["accepted", "rejected"],
        State::Accepted => &["rejected"],
        State::Rejected => &["accepted"],
    };
    let allowed: Vec<_> =
        allowed.iter().map(|transition| json!({ "transition": transition, "who": "documents.verify" })).collect();
    Error::new(Code::InvalidTransition).with_member("state", row.state().text()).with_member("allowed", allowed)
}

/// 422 for a translation of what is not in the file.
fn refuse_unknown_original(tx: &mut ReadTx<'_>, person: PersonId, document: &Document) -> Result<()> {
    let Some(original) = document.translation_of else { return Ok(()) };
    match store::live(tx, person, original) {
        Ok(_) => Ok(()),
        Err(error) if is_absent(&error) => {
            let message = "The file has no such document.";
            Err(Error::invalid_at("/translation_of", "unknown_document", message))
        }
        Err(error) => Err(error),
    }
}

/// Is it that there is no such document, or none any more?
fn is_absent(error: &Error) -> bool {
    matches!(error.code, Code::NotFound | Code::Gone)
}
