//! What a certificate says, and where it stands.

use std::fmt;

use crate::access::policy::Role;
use crate::db::{TextEnum, text_enum};
use crate::people::FileNumber;

/// What a certificate proves, as law packs name it.
pub(in crate::courses) const STATE_LANGUAGE: &str = "state_language";

/// The state language as a tag of BCP 47: Azerbaijani, by Article 21 of the Constitution. Law packs name the proof and not the language.
pub(in crate::courses) const STATE_LANGUAGE_TAG: &str = "az";

text_enum! {
    /// Where a certificate stands.
    pub(crate) enum CertificateState {
        /// It is good, and no proof for the authority: its organisation was not accredited.
        Issued = "issued",
        /// It is good, and becomes a proof when an official accepts it.
        Pending = "pending",
        /// It is a proof.
        Accepted = "accepted",
        /// It is not good any more.
        Revoked = "revoked",
    }
}

/// The moves of a certificate: from, to, who.
const MOVES: &[(CertificateState, CertificateState, &[Role])] = &[
    (CertificateState::Issued, CertificateState::Revoked, &[Role::NgoCoordinator, Role::Official]),
    (CertificateState::Pending, CertificateState::Accepted, &[Role::Official]),
    (CertificateState::Pending, CertificateState::Revoked, &[Role::NgoCoordinator, Role::Official]),
    (CertificateState::Accepted, CertificateState::Revoked, &[Role::NgoCoordinator, Role::Official]),
];

impl CertificateState {
    /// The states that can follow by an act of this role.
    pub(in crate::courses) fn moves(self, by: Option<Role>) -> Vec<&'static str> {
        let open = MOVES.iter().filter(|(from, _, who)| *from == self && by.is_some_and(|role| who.contains(&role)));
        open.map(|(_, to, _)| to.text()).collect()
    }
}

/// The number printed on a certificate: drawn and checked like that of a file, and never taken for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::courses) struct Number(FileNumber);

impl Number {
    /// Draws a number.
    pub(in crate::courses) fn generate(random: impl FnMut() -> [u8; 16]) -> Self {
        Self(FileNumber::generate(random))
    }

    /// As it is stored.
    pub(in crate::courses) fn compact(&self) -> &str {
        self.0.compact()
    }

    /// A number that somebody read off a paper; none if its check character does not fit.
    pub(in crate::courses) fn read(text: &str) -> Option<Self> {
        let bare = text.strip_prefix("C-").or_else(|| text.strip_prefix("c-")).unwrap_or(text);
        bare.parse().ok().map(Self)
    }
}

impl fmt::Display for Number {
    /// `C-XXX-XXX-XXXX`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "C-{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_in_a_number_is_caught() {
        let number = Number::generate(|| [7; 16]);
        assert_eq!(Number::read(&number.to_string()), Some(number.clone()));
        assert_eq!(Number::read(number.compact()), Some(number.clone()));
        assert_eq!(Number::read(&number.to_string().replacen(&number.compact()[..1], "Z", 1)), None);
    }

    #[test]
    fn only_an_official_accepts() {
        assert_eq!(CertificateState::Pending.moves(Some(Role::NgoCoordinator)), ["revoked"]);
        assert_eq!(CertificateState::Pending.moves(Some(Role::Official)), ["accepted", "revoked"]);
        assert!(CertificateState::Issued.moves(Some(Role::Official)).contains(&"revoked"));
        assert!(CertificateState::Revoked.moves(Some(Role::Official)).is_empty());
        assert!(CertificateState::Accepted.moves(None).is_empty());
    }
}
