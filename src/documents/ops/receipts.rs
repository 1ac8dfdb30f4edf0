//! Whatever is handed in gets a receipt.

use serde_json::json;

use super::is_absent;
use crate::clock::Instant;
use crate::db::{Action, Audited, Event, Reach, ReadTx, TextEnum, Viewed, WriteTx};
use crate::documents::model::receipt::{Channel, Clock, Item, Receipt, Reference};
use crate::documents::store::documents::{self, DocumentRow};
use crate::documents::store::receipts as store;
use crate::error::{Error, Fault, Result};
use crate::id::{DocumentId, PersonId, ReceiptId};
use crate::keys::{self, hex};
use crate::people;

/// Gives a receipt for documents of a person, and says which clock they started. Faults point into a body whose `documents` are these.
pub fn receive(
    tx: &mut WriteTx<'_>,
    person: PersonId,
    handed_in: &[DocumentId],
    channel: Channel,
    clock: Option<Clock>,
) -> Result<Audited<Receipt>> {
    people::visible(tx, person)?;
    if tx.scope().reach == Reach::Own && channel != Channel::Online {
        let message = "What people hand in through their own account comes online.";
        return Err(Error::invalid_at("/channel", "not_online", message));
    }
    let (mut items, mut faults) = (Vec::new(), Vec::new());
    for (index, id) in handed_in.iter().enumerate() {
        let at = format!("/documents/{index}/document_id");
        if handed_in.iter().take(index).any(|before| before == id) {
            faults.push(Fault::at(at, "repeated", "The document stands in the list twice."));
            continue;
        }
        match documents::live(tx, person, *id) {
            Ok(row) => match item(&row) {
                Some(item) => items.push(item),
                None => faults.push(Fault::at(at, "no_content", "Hand in what is in the document first.")),
            },
            Err(error) if is_absent(&error) => {
                faults.push(Fault::at(at, "unknown_document", "The file has no such document."));
            }
            Err(error) => return Err(error),
        }
    }
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    let receipt = Receipt {
        person,
        id: ReceiptId::random(),
        reference: Reference::generate(keys::random).to_string(),
        at: tx.now(),
        channel,
        items,
        clock,
    };
    store::insert(tx, &receipt)?;
    let hashes: Vec<&str> = receipt.items.iter().map(|item| item.sha256.as_str()).collect();
    let details = json!({ "receipt": receipt.id, "reference": receipt.reference, "sha256": hashes });
    tx.record(&Event::about(Action::ReceiptGiven, person).with(details), receipt)
}

/// None while nobody knows what is in it.
fn item(row: &DocumentRow) -> Option<Item> {
    Some(Item {
        document_id: *row.id.uuid(),
        version: row.version,
        kind: row.kind.text().to_owned(),
        sha256: hex(row.sha256.as_deref()?),
        size_bytes: row.size_bytes?,
    })
}

/// A page of a person's receipts, oldest first.
pub(in crate::documents) fn list(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    after: Option<(Instant, ReceiptId)>,
    limit: usize,
) -> Result<Viewed<Vec<Receipt>>> {
    people::visible(tx, person)?;
    let receipts = store::page(tx, person, after, limit)?;
    tx.viewed(&Event::about(Action::ReceiptsViewed, person), receipts)
}

/// One receipt.
pub(in crate::documents) fn show(tx: &mut ReadTx<'_>, person: PersonId, id: ReceiptId) -> Result<Viewed<Receipt>> {
    people::visible(tx, person)?;
    let receipt = store::one(tx, person, id)?;
    tx.viewed(&Event::about(Action::ReceiptsViewed, person).with(json!({ "receipt": id })), receipt)
}
