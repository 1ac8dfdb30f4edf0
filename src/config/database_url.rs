//! The address of the database: which kind, where, and never a password in print.

use std::fmt;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};

use super::value::Setting;

/// What stands in for a secret.
const MASK: &str = "••••";

/// Which database; holds the password of PostgreSQL if the address has one.
#[derive(Clone, Debug)]
pub enum DatabaseUrl {
    /// SQLite in the data folder.
    InDataDir,
    /// SQLite in this file.
    Sqlite(PathBuf),
    /// A PostgreSQL server.
    Postgres(PostgresUrl),
}

impl DatabaseUrl {
    /// SQLite's file, given the data folder; `None` for PostgreSQL.
    pub fn sqlite_path(&self, data_dir: &Path) -> Option<PathBuf> {
        match self {
            Self::InDataDir => Some(data_dir.join("sakin.db")),
            Self::Sqlite(path) => Some(path.clone()),
            Self::Postgres(_) => None,
        }
    }
}

impl Setting for DatabaseUrl {
    fn set(&mut self, text: &str, _: &[RangeInclusive<u64>]) -> Result<(), String> {
        // Not a byte of the text goes into the message: it may hold a password.
        *self = match text.split_once("://") {
            None if text.is_empty() => Self::InDataDir,
            Some(("sqlite", "")) => return Err("must name a file after sqlite://".to_owned()),
            Some(("sqlite", path)) => Self::Sqlite(PathBuf::from(path)),
            Some(("postgres" | "postgresql", rest)) => Self::Postgres(PostgresUrl::parse(text, rest)?),
            _ => {
                return Err("must be sqlite://PATH or postgres://USER@HOST/DATABASE, or empty for SQLite in data.dir"
                    .to_owned());
            }
        };
        Ok(())
    }

    fn show(&self) -> String {
        match self {
            Self::InDataDir => String::new(),
            Self::Sqlite(path) => format!("sqlite://{}", path.display()),
            Self::Postgres(url) => url.to_string(),
        }
    }

    fn is_secret(&self) -> bool {
        matches!(self, Self::Postgres(url) if url.has_password)
    }
}

/// Address of a PostgreSQL server. Prints with the password masked.
#[derive(Clone)]
pub struct PostgresUrl {
    whole: SecretString,
    masked: String,
    has_password: bool,
    remote: bool,
    verified: bool,
}

impl PostgresUrl {
    /// The whole address with its password, for the connection alone.
    pub fn expose(&self) -> &str {
        self.whole.expose_secret()
    }

    /// Whether the traffic leaves this machine.
    pub fn is_remote(&self) -> bool {
        self.remote
    }

    /// Whether the address holds a password.
    pub fn has_password(&self) -> bool {
        self.has_password
    }

    /// Whether the server has to prove who it is (`sslmode=verify-full`).
    pub fn is_verified(&self) -> bool {
        self.verified
    }

    /// Reads `whole`, whose part after the scheme is `rest`.
    fn parse(whole: &str, rest: &str) -> Result<Self, String> {
        let (before, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = before.split_once('/').unwrap_or((before, ""));
        // A bare "/", "?" or "@" in a password would shift every part after it, and the password would print.
        if database.contains('@') || query.contains('@') || authority.matches('@').count() > 1 {
            return Err(
                "has a \"/\", \"?\" or \"@\" in the user name or password: write it as %2F, %3F or %40".to_owned()
            );
        }
        let (login, hosts) = authority.split_once('@').unwrap_or(("", authority));
        let (user, password) = login.split_once(':').map_or((login, None), |(user, password)| (user, Some(password)));
        let parameters: Vec<(&str, &str)> =
            query.split('&').filter(|p| !p.is_empty()).map(|p| p.split_once('=').unwrap_or((p, ""))).collect();
        let secret = |name: &str| matches!(name, "password" | "sslpassword");
        let value = |name: &'static str| parameters.iter().filter(move |p| p.0 == name).map(|p| p.1);

        let mut masked = whole.split_once("://").map_or(String::new(), |(scheme, _)| format!("{scheme}://{user}"));
        masked.push_str(if password.is_some() { ":" } else { "" });
        masked.push_str(password.map_or("", |_| MASK));
        masked.push_str(if login.is_empty() { "" } else { "@" });
        masked.push_str(hosts);
        masked.push_str(before.get(authority.len()..).unwrap_or_default());
        for (i, (name, value)) in parameters.iter().enumerate() {
            let value = if secret(name) { MASK } else { value };
            masked.extend([if i == 0 { "?" } else { "&" }, name, "=", value]);
        }
        Ok(Self {
            has_password: password.is_some() || parameters.iter().any(|p| secret(p.0)),
            // A service names its host in a file of libpq's: who knows where that is.
            remote: value("service").next().is_some()
                || hosts.split(',').chain(value("host")).chain(value("hostaddr")).any(|host| !is_local(host)),
            verified: value("sslmode").next_back() == Some("verify-full"),
            whole: whole.into(),
            masked,
        })
    }
}

/// Whether what goes to a PostgreSQL address leaves this machine; said of one that cannot be read, too.
pub(crate) fn leaves_machine(url: &str) -> bool {
    let read = url.split_once("://").and_then(|(_, rest)| PostgresUrl::parse(url, rest).ok());
    read.is_none_or(|url| url.is_remote())
}

/// Whether a host of a PostgreSQL address (with or without a port) is this machine: a socket or the loopback.
fn is_local(host: &str) -> bool {
    let name = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _port)) => address,
        // More than one colon: a bare IPv6 address, which has no port.
        None if host.matches(':').count() > 1 => host,
        None => host.split(':').next().unwrap_or_default(),
    };
    let socket = name.is_empty() || name.starts_with('/') || name.to_ascii_uppercase().starts_with("%2F");
    socket || name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked)
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked)
    }
}
