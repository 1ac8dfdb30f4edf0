//! A host's consent, and what makes up for one that was withdrawn.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::db::text_enum;
use crate::id::{AddressId, PersonId};

text_enum! {
    /// Where a host's consent stands. Computed from its days.
    pub enum ConsentState {
        /// The host consented.
        Given = "given",
        /// The host refused.
        Refused = "refused",
        /// The host consented and took it back.
        Withdrawn = "withdrawn",
    }
}

text_enum! {
    /// How a consent can end.
    pub enum ConsentEnd {
        /// The host says that there was none.
        Refused = "refused",
        /// The host takes it back: a term to show another dwelling begins.
        Withdrawn = "withdrawn",
    }
}

/// A host's consent. Of the host only what the law asks for is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HostConsent {
    /// The registration it is about; none: the host refused, and there is none.
    pub(crate) address_id: Option<AddressId>,
    /// The host's own file.
    pub(crate) host_person_id: Option<PersonId>,
    /// The host's name.
    pub(crate) host_name: String,
    /// Number of the host's document.
    pub(crate) host_document_number: Option<String>,
    /// The day of the consent.
    pub(crate) given_on: Option<NaiveDate>,
    /// The day of the refusal.
    pub(crate) refused_on: Option<NaiveDate>,
    /// The day on which it was taken back.
    pub(crate) withdrawn_on: Option<NaiveDate>,
}

impl HostConsent {
    /// Where it stands.
    pub(crate) fn state(&self) -> ConsentState {
        match (self.withdrawn_on, self.refused_on) {
            (Some(_), _) => ConsentState::Withdrawn,
            (None, Some(_)) => ConsentState::Refused,
            (None, None) => ConsentState::Given,
        }
    }

    /// The day on which it stopped to hold.
    pub(crate) fn ended_on(&self) -> Option<NaiveDate> {
        self.withdrawn_on.or(self.refused_on)
    }
}

/// A registration as far as it can make up for a dwelling that was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dwelt {
    /// The registration.
    pub(crate) id: AddressId,
    /// Does it rest on a host's consent?
    pub(crate) by_host: bool,
    /// The dwelling's key, the same for every spelling.
    pub(crate) key: String,
    /// First day on which it certainly stood.
    pub(crate) from: NaiveDate,
    /// Last such day; none: open.
    pub(crate) to: Option<NaiveDate>,
}

/// A consent as far as it can make up for another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Consented {
    /// The registration.
    pub(crate) address: AddressId,
    /// The day of the consent.
    pub(crate) given_on: NaiveDate,
    /// The day on which it stopped to hold.
    pub(crate) ended_on: Option<NaiveDate>,
}

impl Dwelt {
    fn stands(&self, on: NaiveDate) -> bool {
        self.from <= on && self.to.is_none_or(|to| on <= to)
    }
}

/// The day on which a withdrawn consent was made up for: the first on which a later registration certainly stands in another dwelling, or in
/// the same one by another right or a new consent. `lost`: the registration whose consent was withdrawn; none: those that stood on that day.
pub(crate) fn cured_on(
    withdrawn_on: NaiveDate,
    lost: Option<AddressId>,
    dwelt: &[Dwelt],
    consented: &[Consented],
) -> Option<NaiveDate> {
    let stood = |one: &&Dwelt| one.from < withdrawn_on && one.stands(withdrawn_on);
    let left: Vec<&Dwelt> = match lost {
        Some(id) => dwelt.iter().filter(|one| one.id == id).collect(),
        None => dwelt.iter().filter(stood).collect(),
    };
    let keys: BTreeSet<&str> = left.iter().map(|one| one.key.as_str()).collect();
    let holds =
        |one: &&Consented| one.given_on >= withdrawn_on && one.ended_on.is_none_or(|ended| ended > one.given_on);
    let new: Vec<&Consented> = consented.iter().filter(holds).collect();
    let is_left = |id: AddressId| left.iter().any(|old| old.id == id);
    let makes_up = |one: &&Dwelt| {
        let otherwise = !one.by_host || new.iter().any(|consent| consent.address == one.id);
        one.from >= withdrawn_on && !is_left(one.id) && (otherwise || !keys.contains(one.key.as_str()))
    };
    let moved = dwelt.iter().filter(makes_up).map(|one| one.from);
    let renewed = new.iter().filter(|consent| is_left(consent.address)).map(|consent| consent.given_on);
    moved.chain(renewed).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn dwelt(key: &str, by_host: bool, from: &str, to: Option<&str>) -> Dwelt {
        Dwelt { id: AddressId::random(), by_host, key: key.to_owned(), from: day(from), to: to.map(day) }
    }

    #[test]
    fn another_dwelling_another_right_or_a_new_consent_make_up_for_a_withdrawn_one() {
        let lost = dwelt("Nümunə 1", true, "2019-09-20", None);
        let withdrawn = day("2026-11-16");
        let cured = |others: &[Dwelt], consents: &[(AddressId, &str, Option<&str>)]| {
            let all: Vec<Dwelt> = [lost.clone()].into_iter().chain(others.iter().cloned()).collect();
            let consents: Vec<Consented> = consents
                .iter()
                .map(|(address, given, ended)| Consented {
                    address: *address,
                    given_on: day(given),
                    ended_on: ended.map(day),
                })
                .collect();
            let by_id = cured_on(withdrawn, Some(lost.id), &all, &consents);
            assert_eq!(by_id, cured_on(withdrawn, None, &all, &consents));
            by_id
        };
        let first = (lost.id, "2019-09-20", Some("2026-11-16"));
        assert_eq!(cured(&[], &[first]), None);
        assert_eq!(cured(&[dwelt("Nümunə 2", true, "2026-11-20", None)], &[first]), Some(day("2026-11-20")));
        assert_eq!(cured(&[dwelt("Nümunə 1", true, "2026-11-20", None)], &[first]), None, "the same dwelling");
        assert_eq!(cured(&[dwelt("Nümunə 1", false, "2026-11-21", None)], &[first]), Some(day("2026-11-21")));
        assert_eq!(cured(&[dwelt("Nümunə 2", true, "2015-01-01", Some("2018-01-01"))], &[first]), None, "earlier");
        let renewed = (lost.id, "2026-11-23", None);
        assert_eq!(cured(&[], &[first, renewed]), Some(day("2026-11-23")));
        assert_eq!(cured(&[], &[first, (lost.id, "2026-11-23", Some("2026-11-23"))]), None, "taken back at once");
    }
}
