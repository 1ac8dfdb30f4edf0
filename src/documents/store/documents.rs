//! Table `document`.

use chrono::NaiveDate;

use crate::db::facts;
use crate::documents::model::content::MediaType;
use crate::documents::model::{Document, DocumentKind, Grade, Judgement, State};
use crate::id::{AccountId, DocumentId};

facts!(document, DocumentRow, DocumentId, added_at: Instant);

/// One version of a document.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = document, treat_none_as_default_value = false)]
pub struct DocumentRow {
    pub(in crate::documents) person_id: PersonId,
    pub(in crate::documents) id: DocumentId,
    pub(in crate::documents) version: i32,
    pub(in crate::documents) kind: DocumentKind,
    pub(in crate::documents) grade: Grade,
    pub(in crate::documents) issuer: Option<String>,
    pub(in crate::documents) number: Option<String>,
    pub(in crate::documents) issued_on: Option<NaiveDate>,
    pub(in crate::documents) valid_from: Option<NaiveDate>,
    pub(in crate::documents) valid_to: Option<NaiveDate>,
    pub(in crate::documents) language: Option<String>,
    pub(in crate::documents) translation_of: Option<DocumentId>,
    pub(in crate::documents) content_version: Option<i32>,
    pub(in crate::documents) media_type: Option<MediaType>,
    pub(in crate::documents) size_bytes: Option<i32>,
    pub(in crate::documents) sha256: Option<Vec<u8>>,
    pub(in crate::documents) received_at: Option<Instant>,
    pub(in crate::documents) received_from: Option<AccountId>,
    pub(in crate::documents) judgement: Option<Judgement>,
    pub(in crate::documents) judged_at: Option<Instant>,
    pub(in crate::documents) judged_by: Option<AccountId>,
    pub(in crate::documents) reason: Option<String>,
    pub(in crate::documents) added_at: Instant,
    pub(in crate::documents) added_by: Option<AccountId>,
    pub(in crate::documents) withdrawn: bool,
    pub(in crate::documents) recorded_at: Instant,
    pub(in crate::documents) recorded_by: Option<AccountId>,
    pub(in crate::documents) superseded_at: Option<Instant>,
}

impl DocumentRow {
    /// A new document, whose content is still to come.
    pub(in crate::documents) fn of(tx: &WriteTx<'_>, person_id: PersonId, id: DocumentId, document: Document) -> Self {
        let Document { kind, grade, issuer, number, issued_on, valid_from, valid_to, language, translation_of } =
            document;
        Self {
            person_id,
            id,
            version: 1,
            kind,
            grade,
            issuer,
            number,
            issued_on,
            valid_from,
            valid_to,
            language,
            translation_of,
            content_version: None,
            media_type: None,
            size_bytes: None,
            sha256: None,
            received_at: None,
            received_from: None,
            judgement: None,
            judged_at: None,
            judged_by: None,
            reason: None,
            added_at: tx.now(),
            added_by: tx.account(),
            withdrawn: false,
            recorded_at: tx.now(),
            recorded_by: tx.account(),
            superseded_at: None,
        }
    }

    /// The same document with other particulars. Nobody has judged those.
    pub(in crate::documents) fn with(self, document: Document) -> Self {
        let Document { kind, grade, issuer, number, issued_on, valid_from, valid_to, language, translation_of } =
            document;
        let row =
            Self { kind, grade, issuer, number, issued_on, valid_from, valid_to, language, translation_of, ..self };
        row.unjudged()
    }

    /// The same document as if nobody had judged it.
    pub(in crate::documents) fn unjudged(self) -> Self {
        Self { judgement: None, judged_at: None, judged_by: None, reason: None, ..self }
    }

    /// The document's particulars.
    pub(in crate::documents) fn document(&self) -> Document {
        Document {
            kind: self.kind,
            grade: self.grade,
            issuer: self.issuer.clone(),
            number: self.number.clone(),
            issued_on: self.issued_on,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            language: self.language.clone(),
            translation_of: self.translation_of,
        }
    }

    /// How far it is.
    pub(in crate::documents) fn state(&self) -> State {
        match (self.content_version, self.judgement) {
            (None, _) => State::AwaitingContent,
            (Some(_), None) => State::Received,
            (Some(_), Some(Judgement::Accepted)) => State::Accepted,
            (Some(_), Some(Judgement::Rejected)) => State::Rejected,
        }
    }

    /// Its id.
    pub fn id(&self) -> DocumentId {
        self.id
    }

    /// Its kind.
    pub fn kind(&self) -> DocumentKind {
        self.kind
    }

    /// What it is worth as evidence.
    pub fn grade(&self) -> Grade {
        self.grade
    }

    /// The version that was read.
    pub fn version(&self) -> i32 {
        self.version
    }

    /// Was it judged genuine?
    pub fn is_accepted(&self) -> bool {
        self.state() == State::Accepted
    }

    /// Is one of its days this day, or does it have none?
    pub fn is_valid_on(&self, day: NaiveDate) -> bool {
        self.document().validity(day) == crate::documents::model::Validity::Valid
    }

    /// SHA-256 of its content; none while that is not there.
    pub fn sha256(&self) -> Option<&[u8]> {
        self.sha256.as_deref()
    }
}
