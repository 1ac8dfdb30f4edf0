//! The origin that passkeys are made for.

use std::net::IpAddr;
use std::ops::RangeInclusive;

use super::value::Setting;

/// Where browsers reach this installation, such as `https://sakin.example`; empty where passkeys are switched off. A passkey is good for this
/// host and no other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PasskeyOrigin(String);

impl PasskeyOrigin {
    /// The origin as a browser writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its host: the relying party's id. None where passkeys are switched off.
    pub fn host(&self) -> Option<&str> {
        host(&self.0)
    }
}

/// The host of an origin that passkeys can be made for: https, or this machine by name.
fn host(origin: &str) -> Option<&str> {
    let (scheme, rest) = origin.split_once("://")?;
    let (host, port) = rest.split_once(':').map_or((rest, None), |(host, port)| (host, Some(port)));
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
    let named = !host.is_empty() && host.chars().all(fits) && host.parse::<IpAddr>().is_err();
    let safe = scheme == "https" || (scheme == "http" && host == "localhost");
    let ports = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
    (named && safe && ports).then_some(host)
}

impl Setting for PasskeyOrigin {
    fn set(&mut self, text: &str, _: &[RangeInclusive<u64>]) -> Result<(), String> {
        if !text.is_empty() {
            if !cfg!(feature = "passkeys") {
                return Err(
                    "needs a program that was built with passkeys (cargo build --features passkeys), and this one \
                            was not: leave it empty or build anew"
                        .to_owned(),
                );
            }
            if host(text).is_none() {
                return Err(format!(
                    "must be an origin such as https://sakin.example: https (or http://localhost), a host's name in lower \
                     case, no path, not \"{text}\""
                ));
            }
        }
        text.clone_into(&mut self.0);
        Ok(())
    }

    fn show(&self) -> String {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_name_over_https() {
        for (origin, name) in [
            ("https://sakin.example", "sakin.example"),
            ("https://sakin.example:8443", "sakin.example"),
            ("http://localhost:8080", "localhost"),
        ] {
            assert_eq!(host(origin), Some(name), "{origin}");
        }
        for refused in [
            "",
            "sakin.example",
            "http://sakin.example",
            "https://",
            "https://Sakin.example",
            "https://sakin.example/",
            "https://sakin.example/app",
            "https://sakin.example:0",
            "https://sakin.example:https",
            "https://user@sakin.example",
            "https://127.0.0.1",
            "http://127.0.0.1:8080",
            "https://[::1]",
            "ftp://localhost",
        ] {
            assert_eq!(host(refused), None, "{refused}");
        }
    }

    #[test]
    fn only_a_program_that_knows_passkeys_takes_an_origin() {
        let mut origin = PasskeyOrigin::default();
        assert_eq!(origin.set("", &[]), Ok(()));
        assert_eq!(origin.host(), None);
        let set = origin.set("https://sakin.example", &[]);
        if cfg!(feature = "passkeys") {
            assert_eq!((set, origin.host()), (Ok(()), Some("sakin.example")));
            assert!(origin.set("https://sakin.example/", &[]).unwrap_err().contains("no path"));
        } else {
            assert!(set.unwrap_err().contains("--features passkeys"));
            assert_eq!(origin.host(), None);
        }
    }
}
