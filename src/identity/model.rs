//! What an account is made of.

use std::fmt;
use std::str::FromStr;

use secrecy::SecretString;

use crate::access::policy::Role;
use crate::db::Reach;
use crate::id::PersonId;

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
