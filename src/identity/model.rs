//! What an account is made of.

use std::fmt;
use std::str::FromStr;

use secrecy::SecretString;

use crate::access::policy::Role;
use crate::db::{Reach, TextEnum as _};
use crate::id::{OfficeId, OrganisationId, PersonId};

/// An e-mail address as a name to sign in with: ASCII, lower case. Nothing is sent to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

impl FromStr for Email {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_graphic() && b != b'@');
        match text.split_once('@') {
            Some((name, host)) if fits(name) && fits(host) && text.len() <= 254 => Ok(Self(text.to_ascii_lowercase())),
            _ => Err("an e-mail address is NAME@HOST in ASCII, at most 254 characters"),
        }
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An account about to be made.
#[derive(Debug)]
pub struct NewAccount {
    /// Name to sign in with.
    pub email: Email,
    /// How colleagues see it.
    pub display_name: String,
    /// What it acts as.
    pub role: Role,
    /// How far it sees.
    pub reach: Reach,
    /// The office it belongs to, by name.
    pub office: Option<String>,
    /// The organisation it belongs to, by name.
    pub organisation: Option<String>,
    /// Whose own file, for the person concerned.
    pub person: Option<PersonId>,
    /// Password: hashed before it gets here.
    pub password: SecretString,
}

/// What somebody is to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Appointment {
    pub(super) role: Role,
    pub(super) reach: Reach,
    pub(super) office: Option<OfficeId>,
    pub(super) organisation: Option<OrganisationId>,
}

/// What of a membership does not fit its role: the member (`reach`, `office`, `organisation`, `role`), a code, a sentence.
pub(super) fn misfits(
    role: Role,
    reach: Reach,
    office: bool,
    organisation: bool,
    person: bool,
) -> Vec<(&'static str, &'static str, String)> {
    let mut found = Vec::new();
    let reaches = role.reaches();
    if !reaches.contains(&reach) {
        let possible = reaches.iter().map(|reach| reach.text()).collect::<Vec<_>>().join(" or ");
        found.push(("reach", "not_allowed", format!("The reach of the role {} is {possible}.", role.text())));
    }
    if matches!(reach, Reach::Assigned | Reach::Office) && !office {
        found.push(("office", "required", format!("With the reach {} an office is needed.", reach.text())));
    }
    if (role == Role::NgoCoordinator) != organisation {
        let message = "An organisation belongs to NGO coordinators, and to them alone.";
        found.push(("organisation", "not_allowed", message.to_owned()));
    }
    if (role == Role::Applicant) != person {
        let message = "An immigrant's account is made from the file, with a code that the office hands over.";
        found.push(("role", "not_allowed", message.to_owned()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_name_whatever_its_case() {
        assert_eq!("Officer@Office.Example".parse::<Email>().unwrap().to_string(), "officer@office.example");
        for refused in ["", "officer", "@host", "name@", "a b@host", "ə@host", "a@b@c"] {
            assert!(refused.parse::<Email>().is_err(), "{refused}");
        }
    }
}
