//! Table `receipt`. Its rows are never changed.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::schema::receipt;
use crate::db::{ReadTx, WriteTx, on};
use crate::documents::model::receipt::{Channel, Clock, Receipt};
use crate::error::{Error, Result};
use crate::id::{AccountId, PersonId, ReceiptId};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = receipt, treat_none_as_default_value = false)]
struct ReceiptRow {
    person_id: PersonId,
    id: ReceiptId,
    reference: String,
    channel: Channel,
    /// JSON.
    items: String,
    deadline: Option<String>,
    due_on: Option<NaiveDate>,
    due_at: Option<Instant>,
    /// JSON.
    sources: Option<String>,
    recorded_at: Instant,
    recorded_by: Option<AccountId>,
}

impl ReceiptRow {
    fn receipt(self) -> Result<Receipt> {
        let clock = match (self.deadline, self.due_on, self.sources) {
            (Some(deadline), Some(due_on), Some(sources)) => {
                let sources = serde_json::from_str(&sources).map_err(Error::internal)?;
                Some(Clock { deadline, due_on, due_at: self.due_at, sources })
            }
            _ => None,
        };
        Ok(Receipt {
            person: self.person_id,
            id: self.id,
            reference: self.reference,
            at: self.recorded_at,
            channel: self.channel,
            items: serde_json::from_str(&self.items).map_err(Error::internal)?,
            clock,
        })
    }
}

/// Stores a receipt.
pub(in crate::documents) fn insert(tx: &mut WriteTx<'_>, of: &Receipt) -> Result<()> {
    let clock = of.clock.as_ref();
    let row = ReceiptRow {
        person_id: of.person,
        id: of.id,
        reference: of.reference.clone(),
        channel: of.channel,
        items: serde_json::to_string(&of.items).map_err(Error::internal)?,
        deadline: clock.map(|clock| clock.deadline.clone()),
        due_on: clock.map(|clock| clock.due_on),
        due_at: clock.and_then(|clock| clock.due_at),
        sources: clock.map(|clock| serde_json::to_string(&clock.sources)).transpose().map_err(Error::internal)?,
        recorded_at: of.at,
        recorded_by: tx.account(),
    };
    on!(tx.conn(), c => diesel::insert_into(receipt::table).values(&row).execute(c))?;
    Ok(())
}

/// A page of a person's receipts, oldest first.
pub(in crate::documents) fn page(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    after: Option<(Instant, ReceiptId)>,
    limit: usize,
) -> Result<Vec<Receipt>> {
    let mut query = receipt::table
        .filter(receipt::person_id.eq(person))
        .order((receipt::recorded_at, receipt::id))
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(ReceiptRow::as_select())
        .into_boxed();
    if let Some((at, id)) = after {
        let here = receipt::recorded_at.eq(at).and(receipt::id.gt(id));
        query = query.filter(receipt::recorded_at.gt(at).or(here));
    }
    let rows: Vec<ReceiptRow> = query.load(tx.conn())?;
    rows.into_iter().map(ReceiptRow::receipt).collect()
}

/// One receipt: 404 if there is none.
pub(in crate::documents) fn one(tx: &mut ReadTx<'_>, person: PersonId, id: ReceiptId) -> Result<Receipt> {
    let row: ReceiptRow = receipt::table.find((person, id)).select(ReceiptRow::as_select()).first(tx.conn())?;
    row.receipt()
}
