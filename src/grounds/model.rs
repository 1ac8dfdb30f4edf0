//! What grounds are.

use chrono::NaiveDate;
use chrono_tz::Tz;

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

impl Event {
    /// Does the instant, if it is known, lie on the day? Terms count from the instant where there is one, so it must not belie the day.
    pub(crate) fn is_of_one_day(&self, zone: Tz) -> bool {
        self.happened_at.is_none_or(|at| at.date(zone) == self.happened_on)
    }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone, Utc};

    use super::*;

    #[test]
    fn the_instant_lies_on_the_day_in_the_zone_of_the_law() {
        let at = |hour| Some(Utc.with_ymd_and_hms(2026, 11, 20, hour, 0, 0).unwrap().into());
        let event = |on: &str, happened_at| Event {
            kind: "refusal_served".to_owned(),
            happened_on: on.parse().unwrap(),
            happened_at,
        };
        let zone = chrono_tz::Asia::Baku;
        assert!(event("2026-11-20", None).is_of_one_day(zone));
        assert!(event("2026-11-20", at(19)).is_of_one_day(zone));
        assert!(!event("2026-11-20", at(20)).is_of_one_day(zone), "in Baku it is midnight");
        assert!(event("2026-11-21", at(20)).is_of_one_day(zone));
    }
}
