//! What grounds are.

use chrono::NaiveDate;

use crate::clock::Instant;
use crate::db::text_enum;

text_enum! {
    /// Levels of the Common European Framework of Reference for Languages.
    pub enum LanguageLevel {
        /// Breakthrough.
        A1 = "A1",
        /// Waystage.
        A2 = "A2",
        /// Threshold.
        B1 = "B1",
        /// Vantage.
        B2 = "B2",
        /// Effective operational proficiency.
        C1 = "C1",
        /// Mastery.
        C2 = "C2",
    }
}

/// A proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Evidence {
    /// What it proves, as the law pack names it: `state_language`.
    pub(crate) kind: String,
    /// The level it states, if it states one.
    pub(crate) level: Option<LanguageLevel>,
    /// First day on which it proves it.
    pub(crate) valid_from: NaiveDate,
    /// Last day; none: for good.
    pub(crate) valid_to: Option<NaiveDate>,
}

/// A yes or no that someone established.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fact {
    /// As the law pack names it: `lawful_income`.
    pub(crate) name: String,
    /// Yes or no.
    pub(crate) value: bool,
}

/// Something that happened and starts a term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    /// As the law pack names it: `refusal_served`.
    pub(crate) kind: String,
    /// The day.
    pub(crate) happened_on: NaiveDate,
    /// The instant, for terms in hours.
    pub(crate) happened_at: Option<Instant>,
}
