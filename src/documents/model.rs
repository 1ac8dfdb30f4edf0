//! What a document is.

pub(super) mod content;
pub(super) mod receipt;

use chrono::NaiveDate;

use crate::db::text_enum;
use crate::id::DocumentId;

text_enum! {
    /// Kinds of document that an act of the authority asks for.
    pub enum DocumentKind {
        /// Passport or other travel document.
        Passport = "passport",
        /// Certificate of birth.
        BirthCertificate = "birth_certificate",
        /// Certificate of marriage.
        MarriageCertificate = "marriage_certificate",
        /// What shows the right to a dwelling: title, lease, order.
        DwellingDocument = "dwelling_document",
        /// Application of the host for a registration in their dwelling.
        HostApplication = "host_application",
        /// Copy of the host's identity card.
        HostIdCopy = "host_id_copy",
        /// Certificate that the examination took place. Nothing of its result is recorded.
        HealthCertificate = "health_certificate",
        /// Photograph.
        Photo = "photo",
        /// Proof that a fee was paid.
        FeeReceipt = "fee_receipt",
        /// Proof of the ground on which a permit is asked for.
        ProofOfGround = "proof_of_ground",
        /// Certificate of the state language.
        LanguageCertificate = "language_certificate",
        /// Proof of lawful income.
        ProofOfIncome = "proof_of_income",
        /// Application form.
        ApplicationForm = "application_form",
        /// Questionnaire.
        Questionnaire = "questionnaire",
        /// Autobiography.
        Autobiography = "autobiography",
        /// Copy of a residence permit.
        ResidencePermitCopy = "residence_permit_copy",
        /// Judgment of a court.
        CourtJudgment = "court_judgment",
        /// Consent of a relative.
        ConsentOfRelative = "consent_of_relative",
        /// Consent of a child.
        ConsentOfChild = "consent_of_child",
        /// Certificate that no citizenship is held.
        NoCitizenshipCertificate = "no_citizenship_certificate",
        /// Page of a house book.
        HouseBookPage = "house_book_page",
        /// Form A of the passport desks of before.
        FormA = "form_a",
        /// Documents of the parents.
        ParentsDocuments = "parents_documents",
        /// Papers of an adoption.
        AdoptionPapers = "adoption_papers",
        /// Petition of an employer.
        EmployerPetition = "employer_petition",
        /// Contract of employment.
        EmploymentContract = "employment_contract",
        /// Certificate of another state's authority.
        OtherStateCertificate = "other_state_certificate",
        /// Translation of another document.
        Translation = "translation",
        /// Another document.
        Other = "other",
    }
}

text_enum! {
    /// What the document that was shown is worth as evidence.
    pub enum Grade {
        /// The original.
        Original = "original",
        /// A copy that somebody entitled to do so certified.
        CertifiedCopy = "certified_copy",
        /// A copy.
        Copy = "copy",
        /// A statement in place of a document.
        Statement = "statement",
    }
}

text_enum! {
    /// What became of a document's check.
    pub enum Judgement {
        /// It is taken as genuine.
        Accepted = "accepted",
        /// It is not.
        Rejected = "rejected",
    }
}

text_enum! {
    /// How far a document is.
    pub enum State {
        /// Its particulars are known; what is in it is not there yet.
        AwaitingContent = "awaiting_content",
        /// Its content is there, and nobody has judged it.
        Received = "received",
        /// It was judged genuine.
        Accepted = "accepted",
        /// It was judged not to be genuine, or of no use.
        Rejected = "rejected",
    }
}

text_enum! {
    /// How a document's days stand to a day.
    pub enum Validity {
        /// The day is one of its days, or it has none.
        Valid = "valid",
        /// Its last day is over.
        Expired = "expired",
        /// Its first day is to come.
        NotYetValid = "not_yet_valid",
    }
}

/// A document's particulars.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Document {
    pub(super) kind: DocumentKind,
    pub(super) grade: Grade,
    /// Who gave it out, as it is printed.
    pub(super) issuer: Option<String>,
    /// Number printed on it.
    pub(super) number: Option<String>,
    pub(super) issued_on: Option<NaiveDate>,
    /// First day; none: it says none.
    pub(super) valid_from: Option<NaiveDate>,
    /// Last day; none: it does not end.
    pub(super) valid_to: Option<NaiveDate>,
    /// ISO 639.
    pub(super) language: Option<String>,
    /// The document that this one translates.
    pub(super) translation_of: Option<DocumentId>,
}

impl Document {
    /// Whether it is valid on a day.
    pub(super) fn validity(&self, on: NaiveDate) -> Validity {
        if self.valid_to.is_some_and(|last| last < on) {
            Validity::Expired
        } else if self.valid_from.is_some_and(|first| first > on) {
            Validity::NotYetValid
        } else {
            Validity::Valid
        }
    }
}
