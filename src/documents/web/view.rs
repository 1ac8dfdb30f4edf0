//! Documents as they are shown.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::clock::Instant;
use crate::db::ReadTx;
use crate::documents::model::content::MediaType;
use crate::documents::model::{DocumentKind, Grade, State, Validity};
use crate::documents::ops;
use crate::documents::store::documents::DocumentRow;
use crate::error::{Error, Result};
use crate::http::Record;
use crate::id::{AccountId, DocumentId, PersonId};
use crate::keys::hex;

/// A document, and the day on which it is looked at.
pub(super) type Dated = (DocumentRow, NaiveDate);

/// What is in a document.
#[derive(Debug, Serialize, ToSchema)]
struct ContentView {
    /// The document's version at which it came.
    version: i32,
    media_type: MediaType,
    size_bytes: i32,
    /// Lower-case hex.
    sha256: String,
    #[schema(value_type = String, format = DateTime)]
    received_at: Instant,
}

/// Who judged a document, when and how.
#[derive(Debug, Serialize, ToSchema)]
struct VerificationView {
    #[schema(value_type = String, format = DateTime)]
    at: Instant,
    /// Not shown to the person: the office answers for it.
    #[schema(value_type = Option<String>, format = Uuid)]
    by: Option<AccountId>,
    /// How it was checked, or what is wrong.
    reason: String,
}

/// A document that was handed in.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DocumentView {
    #[schema(value_type = String, format = Uuid)]
    id: DocumentId,
    version: i32,
    state: State,
    /// How its days stand to today.
    validity: Validity,
    kind: DocumentKind,
    grade: Grade,
    issuer: Option<String>,
    number: Option<String>,
    #[schema(value_type = Option<String>, format = Date)]
    issued_on: Option<NaiveDate>,
    #[schema(value_type = Option<String>, format = Date)]
    valid_from: Option<NaiveDate>,
    #[schema(value_type = Option<String>, format = Date)]
    valid_to: Option<NaiveDate>,
    language: Option<String>,
    #[schema(value_type = Option<String>, format = Uuid)]
    translation_of: Option<DocumentId>,
    content: Option<ContentView>,
    verification: Option<VerificationView>,
    withdrawn: bool,
    #[schema(value_type = String, format = DateTime)]
    added_at: Instant,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Instant,
}

impl From<&Dated> for DocumentView {
    fn from((row, today): &Dated) -> Self {
        let document = row.document();
        Self {
            id: row.id,
            version: row.version,
            state: row.state(),
            validity: document.validity(*today),
            kind: document.kind,
            grade: document.grade,
            issuer: document.issuer,
            number: document.number,
            issued_on: document.issued_on,
            valid_from: document.valid_from,
            valid_to: document.valid_to,
            language: document.language,
            translation_of: document.translation_of,
            content: content(row),
            verification: verification(row),
            withdrawn: row.withdrawn,
            added_at: row.added_at,
            updated_at: row.recorded_at,
        }
    }
}

fn content(row: &DocumentRow) -> Option<ContentView> {
    Some(ContentView {
        version: row.content_version?,
        media_type: row.media_type?,
        size_bytes: row.size_bytes?,
        sha256: hex(row.sha256.as_deref()?),
        received_at: row.received_at?,
    })
}

fn verification(row: &DocumentRow) -> Option<VerificationView> {
    Some(VerificationView { at: row.judged_at?, by: row.judged_by, reason: row.reason.clone()? })
}

impl Record for Dated {
    fn version(&self) -> i32 {
        self.0.version
    }

    fn person(&self) -> Option<PersonId> {
        Some(self.0.person_id)
    }

    fn members_at(&self, tx: &mut ReadTx<'_>, version: i32) -> Result<Option<Value>> {
        let row = ops::at_version(tx, &self.0, version)?;
        let view = row.map(|row| DocumentView::from(&(row, self.1)));
        view.map(|view| serde_json::to_value(view).map_err(Error::internal)).transpose()
    }
}
