//! Table `document_content`: what is in documents, sealed.

use diesel::prelude::*;

use crate::db::schema::document_content;
use crate::db::{ReadTx, WriteTx, on};
use crate::error::Result;
use crate::id::{DocumentId, PersonId};

/// Stores what came at a version of a document.
pub(in crate::documents) fn insert(
    tx: &mut WriteTx<'_>,
    person: PersonId,
    document: DocumentId,
    version: i32,
    sealed: &[u8],
) -> Result<()> {
    on!(tx.conn(), c => diesel::insert_into(document_content::table)
        .values((
            document_content::person_id.eq(person),
            document_content::document_id.eq(document),
            document_content::version.eq(version),
            document_content::content.eq(sealed),
        ))
        .execute(c))?;
    Ok(())
}

/// What came at a version of a document.
pub(in crate::documents) fn sealed(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    document: DocumentId,
    version: i32,
) -> Result<Vec<u8>> {
    let row = document_content::table.find((person, document, version)).select(document_content::content);
    Ok(row.first(tx.conn())?)
}
