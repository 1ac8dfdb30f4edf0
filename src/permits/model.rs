//! What a permit is.

mod card;
mod chain;
mod grounds;
mod state;
mod terms;

use chrono::NaiveDate;

pub(super) use self::card::{Card, CardEvent, CardEventKind, card};
pub(crate) use self::chain::{APPLICATION_CLOSED, APPLICATION_FILED};
pub(super) use self::chain::{Bridge, Chain, ChainGap, Joins, Link, Overlap, Stretch, chain};
pub(super) use self::grounds::{end_ground, grant_doubt};
pub use self::state::EndKind;
pub(super) use self::state::{PermitState, Standing, after, moves};
pub(super) use self::terms::{Consequence, after_end, started_by};
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

impl StatusKind {
    /// Does it let its holder live here, and not only stay or work?
    pub(super) const fn is_residence(self) -> bool {
        matches!(
            self,
            Self::TemporaryResidencePermit
                | Self::PermanentResidencePermit
                | Self::RefugeeStatus
                | Self::CourtEstablishedResidence
                | Self::ImmigrantStatus
        )
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

/// An end before the time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct End {
    /// What kind of end.
    pub(crate) kind: EndKind,
    /// First day on which the permit is valid no more.
    pub(crate) on: NaiveDate,
    /// Article it rests on, `50.1.8`.
    pub(crate) ground: Option<String>,
    /// A short remark.
    pub(crate) note: Option<String>,
}

/// The days of a permit, from which its state on any day follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Validity {
    /// First day.
    pub(super) from: NaiveDate,
    /// Last day; none: open.
    pub(super) to: Option<NaiveDate>,
    /// Its end before the time: what kind, and the first day on which it was valid no more.
    pub(super) end: Option<(EndKind, NaiveDate)>,
}
