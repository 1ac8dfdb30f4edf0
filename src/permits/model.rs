//! What a permit is.

use chrono::NaiveDate;

use crate::db::text_enum;

text_enum! {
    /// Kinds of status, named as the law pack names them.
    pub enum StatusKind {
        /// Temporary residence permit.
        TemporaryResidencePermit = "temporary_residence_permit",
        /// Permanent residence permit.
        PermanentResidencePermit = "permanent_residence_permit",
        /// Refugee status in force. Nothing of its grounds is kept.
        RefugeeStatus = "refugee_status",
        /// Residence that a court established (Law on Citizenship, 14(4)).
        CourtEstablishedResidence = "court_established_residence",
        /// Stay on a visa.
        VisaStay = "visa_stay",
        /// Stay without a visa.
        VisaFreeStay = "visa_free_stay",
        /// Extension of a stay.
        StayExtension = "stay_extension",
        /// Work permit.
        WorkPermit = "work_permit",
        /// Immigrant status of the law before 2013-08-01.
        ImmigrantStatus = "immigrant_status",
    }
}

/// A permit's particulars.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permit {
    /// Kind of status.
    pub kind: StatusKind,
    /// Article it was given on, `45.1.1`.
    pub ground: Option<String>,
    /// Ground of the family member through whom it was given.
    pub sponsor_ground: Option<String>,
    /// Number printed on the document.
    pub document_number: Option<String>,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day; none: open.
    pub valid_to: Option<NaiveDate>,
}
