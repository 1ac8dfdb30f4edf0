//! What a registration is.

mod consent;
mod divisions;
mod dwelling;

use chrono::NaiveDate;

pub(super) use self::consent::{ConsentEnd, ConsentState, HostConsent};
pub(crate) use self::consent::{Consented, Dwelt, cured_on};
pub(super) use self::divisions::{Division, DivisionKind, Named, divisions};
pub(super) use self::dwelling::{dwelling_key, words};
use crate::calendar::partial::PartialDate;
use crate::db::text_enum;

text_enum! {
    /// What a person is registered for.
    pub enum AddressKind {
        /// Place of stay.
        Stay = "stay",
        /// Place of residence.
        Residence = "residence",
    }
}

text_enum! {
    /// By what right. Ownership is one of several; none is worth more than another.
    pub enum Basis {
        /// The person's own dwelling.
        Owner = "owner",
        /// Lease or rent.
        Lease = "lease",
        /// A host's consent.
        Host = "host",
        /// An order.
        Order = "order",
        /// Another lawful basis.
        Other = "other",
    }
}

/// A registration's particulars.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// What for.
    pub kind: AddressKind,
    /// By what right.
    pub basis: Basis,
    /// District or town, as it was given.
    pub division: String,
    /// Code of the division, if the text names one.
    pub division_code: Option<String>,
    /// The address as it is printed.
    pub as_printed: String,
    /// First day, as exactly as it is known.
    pub valid_from: PartialDate,
    /// Last day; none: it lasts.
    pub valid_to: Option<PartialDate>,
}

impl Address {
    /// The days on which the registration certainly stood: from the last possible first day to the first possible last day (none: open).
    /// None if there is no such day. Only these can clash with another registration.
    pub fn certain_days(&self) -> Option<(NaiveDate, Option<NaiveDate>)> {
        let from = self.valid_from.latest()?;
        match &self.valid_to {
            None => Some((from, None)),
            Some(to) => {
                let to = to.earliest()?;
                (from <= to).then_some((from, Some(to)))
            }
        }
    }

    /// Did it certainly end before it began?
    pub fn is_reversed(&self) -> bool {
        self.valid_to.as_ref().is_some_and(|to| to.is_before(&self.valid_from) == Some(true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(from: &str, to: Option<&str>) -> Address {
        Address {
            kind: AddressKind::Residence,
            basis: Basis::Host,
            division: "Bakı".to_owned(),
            division_code: None,
            as_printed: "Nümunə küçəsi 1".to_owned(),
            valid_from: from.parse().unwrap(),
            valid_to: to.map(|to| to.parse().unwrap()),
        }
    }

    #[test]
    fn only_certain_days_can_clash() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(address("1978", None).certain_days(), Some((day("1978-12-31"), None)));
        assert_eq!(address("1978", Some("1982")).certain_days(), Some((day("1978-12-31"), Some(day("1982-01-01")))));
        assert_eq!(address("1978", Some("1978")).certain_days(), None);
        assert_eq!(
            address("2020-01-01", Some("2020-01-01")).certain_days(),
            Some((day("2020-01-01"), Some(day("2020-01-01"))))
        );
    }

    #[test]
    fn only_a_certain_contradiction_is_one() {
        assert!(address("1982", Some("1981")).is_reversed());
        assert!(!address("1982-05", Some("1982")).is_reversed());
    }
}
