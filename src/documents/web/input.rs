//! What clients send about documents.

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::documents::model::receipt::Channel;
use crate::documents::model::{Document, Grade, Judgement};
use crate::error::{Error, Result};
use crate::http::{Fields, Input, Line, Member, Patch, Term, text};
use crate::id::DocumentId;
use crate::people::DocumentNumber;

/// A language of ISO 639.
#[derive(Clone)]
pub(super) struct LanguageCode(String);

impl Member for LanguageCode {
    const ECHO: bool = true;

    fn parse(value: &Value) -> Result<Self, (&'static str, String)> {
        let text = text(value)?;
        if !matches!(text.len(), 2 | 3) || !text.bytes().all(|byte| byte.is_ascii_lowercase()) {
            let message = "The two or three letters of ISO 639 are expected here, for example az, ru, ka.";
            return Err(("invalid_language", message.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }

    fn schema() -> Value {
        json!({ "type": "string", "pattern": "^[a-z]{2,3}$" })
    }
}

/// A new document.
#[derive(Clone)]
pub(super) struct NewDocument(pub(super) Document);

impl Input for NewDocument {
    const NAME: &'static str = "NewDocument";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let kind = fields.required("kind", "Kind of document.");
        let grade = fields.required("grade", "What was shown: the original or something in its place.");
        let issuer = fields.optional::<Line>("issuer", "Who gave it out, as it is printed.");
        let number = fields.optional::<DocumentNumber>("number", "Number printed on it.");
        let issued_on = fields.optional("issued_on", "Day on which it was given out.");
        let valid_from = fields.optional("valid_from", "First day of validity; absent: it says none.");
        let valid_to = fields.optional("valid_to", "Last day of validity; absent: it does not end.");
        let language = fields.optional::<LanguageCode>("language", "Its language, ISO 639, for example az or ka.");
        let translation_of = fields.optional("translation_of", "Id of the document in this file that it translates.");
        fields.in_order(valid_from, valid_to, "valid_to");
        Some(Self(Document {
            kind: kind?,
            grade: grade?,
            issuer: issuer.map(|line| line.0),
            number: number.map(|number| number.to_string()),
            issued_on,
            valid_from,
            valid_to,
            language: language.map(|code| code.0),
            translation_of,
        }))
    }
}

/// A change of a document's particulars. The kind stays: another kind is another document.
#[derive(Clone)]
pub(super) struct DocumentPatch {
    grade: Option<Grade>,
    issuer: Patch<Line>,
    number: Patch<DocumentNumber>,
    pub(super) issued_on: Patch<NaiveDate>,
    valid_from: Patch<NaiveDate>,
    valid_to: Patch<NaiveDate>,
    language: Patch<LanguageCode>,
    translation_of: Patch<DocumentId>,
}

impl Input for DocumentPatch {
    const NAME: &'static str = "DocumentPatch";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            grade: fields.change("grade", "What was shown: the original or something in its place."),
            issuer: fields.patch("issuer", "Who gave it out, as it is printed."),
            number: fields.patch("number", "Number printed on it."),
            issued_on: fields.patch("issued_on", "Day on which it was given out."),
            valid_from: fields.patch("valid_from", "First day of validity; null: it says none."),
            valid_to: fields.patch("valid_to", "Last day of validity; null: it does not end."),
            language: fields.patch("language", "Its language, ISO 639."),
            translation_of: fields.patch("translation_of", "Id of the document in this file that it translates."),
        })
    }
}

impl DocumentPatch {
    /// The particulars after the change of a document with this id.
    pub(super) fn apply(&self, id: DocumentId, before: Document) -> Result<Document> {
        let after = Document {
            kind: before.kind,
            grade: self.grade.unwrap_or(before.grade),
            issuer: self.issuer.apply(before.issuer.map(Line)).map(|line| line.0),
            number: match &self.number {
                Patch::Keep => before.number,
                Patch::Clear => None,
                Patch::Set(number) => Some(number.to_string()),
            },
            issued_on: self.issued_on.apply(before.issued_on),
            valid_from: self.valid_from.apply(before.valid_from),
            valid_to: self.valid_to.apply(before.valid_to),
            language: self.language.apply(before.language.map(LanguageCode)).map(|code| code.0),
            translation_of: self.translation_of.apply(before.translation_of),
        };
        if let (Some(first), Some(last)) = (after.valid_from, after.valid_to)
            && last < first
        {
            return Err(Error::days_out_of_order("/valid_to", first));
        }
        if after.translation_of == Some(id) {
            let message = "A document does not translate itself.";
            return Err(Error::invalid_at("/translation_of", "itself", message));
        }
        Ok(after)
    }
}

/// What became of a document's check, and why.
pub(super) struct Step {
    pub(super) to: Judgement,
    pub(super) reason: Line,
}

impl Input for Step {
    const NAME: &'static str = "DocumentTransition";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let to = fields.required("to", "What the check came to.");
        let reason = fields.required("reason", "How it was checked, or what is wrong. The person can read it.");
        Some(Self { to: to?, reason: reason? })
    }
}

/// A document that was handed in.
struct HandedIn(DocumentId);

impl Input for HandedIn {
    const NAME: &'static str = "HandedIn";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        fields.required("document_id", "Id of the document.").map(Self)
    }
}

/// What a receipt is asked for.
pub(super) struct NewReceipt {
    pub(super) documents: Vec<DocumentId>,
    pub(super) channel: Channel,
    pub(super) application: Option<Term>,
}

impl Input for NewReceipt {
    const NAME: &'static str = "NewReceipt";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let documents = fields.list::<HandedIn>("documents", 1, "What was handed in.");
        let channel = fields.required("channel", "How it came in.");
        let application = fields.optional(
            "application",
            "The law pack's deadline that an application of this kind starts, for example trp.decision.",
        );
        let documents = documents.into_iter().map(|one| one.0).collect();
        Some(Self { documents, channel: channel?, application })
    }
}
