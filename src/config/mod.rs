//! Settings. One table below names every setting once: its type, its default and the text an operator reads about it. The
//! structs, the configuration file, the environment variables, `config show` and `config/default.toml` all come from it.
//!
//! Precedence: flag > environment > file > default. Every value knows where it came from. Every fault of a configuration
//! is reported at once, and a name nobody knows is a fault. Secrets never print.

mod database_url;
mod layers;
mod networks;
mod passkey_origin;
mod production;
mod sample;
mod suggest;
mod value;

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

pub(crate) use database_url::leaves_machine;
pub use database_url::{DatabaseUrl, PostgresUrl};
pub use layers::environment;
pub use networks::{Network, Networks};
pub use passkey_origin::PasskeyOrigin;
pub use production::refusals;
pub use sample::example;
pub(crate) use suggest::closest;
pub use value::{Language, LogFilter, LogFormat, Mode, SecondFactor};

use value::Setting;

/// What the table says about one setting beside its value.
pub(crate) struct Spec {
    /// `section.key`, or `key` for the settings above all sections.
    path: &'static str,
    /// What an operator reads about it, line by line.
    doc: &'static [&'static str],
    /// For numbers: the one range allowed, if there is one.
    limits: &'static [RangeInclusive<u64>],
}

impl Spec {
    /// The section (empty for the settings above all sections) and the key in it.
    fn parts(&self) -> (&'static str, &'static str) {
        self.path.split_once('.').unwrap_or(("", self.path))
    }
}

macro_rules! settings {
    (
        { $($(#[doc = $top_doc:literal])+ $top:ident: $top_type:ty = $top_default:expr $(, in $top_range:expr)?;)+ }
        $($(#[doc = $section_doc:literal])+ [$section:ident: $struct:ident]
          { $($(#[doc = $doc:literal])+ $key:ident: $type:ty = $default:expr $(, in $range:expr)?;)+ })+
    ) => {
        /// The settings in force.
        #[derive(Clone, Debug)]
        pub struct Config {
            $($(#[doc = $top_doc])+ pub $top: $top_type,)+
            $($(#[doc = $section_doc])+ pub $section: $struct,)+
            /// The file that was read, if there was one.
            pub file: Option<PathBuf>,
            /// Files with a secret in them that every user of the machine can read.
            exposed: Vec<PathBuf>,
            origins: BTreeMap<&'static str, Source>,
        }

        $($(#[doc = $section_doc])+
        #[derive(Clone, Debug)]
        pub struct $struct { $($(#[doc = $doc])+ pub $key: $type,)+ })+

        impl Default for Config {
            fn default() -> Self {
                Self {
                    $($top: $top_default,)+
                    $($section: $struct { $($key: $default,)+ },)+
                    file: None,
                    exposed: Vec::new(),
                    origins: BTreeMap::new(),
                }
            }
        }

        /// Every setting in the order of the sample file.
        const SPECS: &[Spec] = &[
            $(Spec { path: stringify!($top), doc: &[$($top_doc),+], limits: &[$($top_range)?] },)+
            $($(Spec {
                path: concat!(stringify!($section), ".", stringify!($key)),
                doc: &[$($doc),+],
                limits: &[$($range)?],
            },)+)+
        ];

        /// Every section and what an operator reads about it.
        const SECTIONS: &[(&str, &[&str])] = &[$((stringify!($section), &[$($section_doc),+]),)+];

        impl Config {
            /// Every value, in the order of [`SPECS`].
            fn values(&self) -> Vec<&dyn Setting> {
                vec![$(&self.$top,)+ $($(&self.$section.$key,)+)+]
            }

            /// Every value to be set, in the order of [`SPECS`].
            fn values_mut(&mut self) -> Vec<&mut dyn Setting> {
                vec![$(&mut self.$top,)+ $($(&mut self.$section.$key,)+)+]
            }
        }
    };
}

settings! {
    {
        /// Version of this file's format.
        config_version: u32 = 1, in 1..=1;
        /// "trial" for looking around, "production" for real people's files. Production refuses to start on weak settings;
        /// `sakin config check` lists what it would refuse.
        mode: Mode = Mode::Trial;
    }

    /// The HTTP server.
    [server: Server] {
        /// Address and port to listen on. Beyond this machine set `tls_certificate` and `tls_key`, or put a TLS proxy in front.
        bind: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 8080));
        /// Certificate chain in PEM format, the server's own first. With it the port speaks TLS only; SIGHUP reads it anew.
        tls_certificate: Option<PathBuf> = None;
        /// Its private key in PEM format. A secret: only this program's user may read the file.
        tls_key: Option<PathBuf> = None;
        /// Proxies whose `X-Forwarded-For` is believed, as addresses or networks separated by commas: "127.0.0.1, 10.1.0.0/16".
        /// Empty: a request comes from whoever opened the connection.
        trusted_proxies: Networks = Networks::default();
        /// Worker threads; 0 is one per core.
        workers: usize = 0, in 0..=1024;
        /// Connections open at a time; more wait in the kernel's queue.
        max_connections: usize = 2000, in 1..=1_000_000;
        /// Largest request body, in bytes.
        body_limit_bytes: usize = 65_536, in 1024..=16_777_216;
        /// Seconds a request body may take to arrive.
        body_timeout_s: u64 = 10, in 1..=600;
        /// Seconds that requests in flight get to finish when the server stops.
        shutdown_s: u64 = 30, in 0..=600;
    }

    /// Where this server keeps its files.
    [data: Data] {
        /// Folder of the database and the documents; made if missing. A relative path starts at the working directory.
        dir: PathBuf = PathBuf::from("./data");
    }

    /// The database.
    [database: Database] {
        /// Empty: SQLite in `data.dir`. Else `sqlite://PATH` or `postgres://USER@HOST/DATABASE?sslmode=verify-full`.
        /// A secret if it holds a password: then better `url_file`, a file with the address and nothing else.
        url: DatabaseUrl = DatabaseUrl::InDataDir;
        /// PostgreSQL: database threads, each with one connection; 0 is eight per core, or one more than cores if the server is on this
        /// machine.
        postgres_threads: usize = 0, in 0..=1024;
        /// SQLite: reading threads; beside them there is always one that writes.
        sqlite_readers: usize = 2, in 1..=64;
        /// Units of work that may wait for a database thread; one more is answered 503.
        queue: usize = 1024, in 1..=65_536;
        /// PostgreSQL: milliseconds a statement may run.
        statement_timeout_ms: u64 = 5000, in 100..=600_000;
        /// PostgreSQL: milliseconds a statement may wait for a lock.
        lock_timeout_ms: u64 = 2000, in 100..=600_000;
    }

    /// The law that questions are answered by.
    [law: Law] {
        /// Folder of rule packs; empty: the packs inside this program.
        dir: Option<PathBuf> = None;
        /// Name of the pack in force.
        pack: String = "az".to_owned();
        /// Days after which a source of the pack should be compared with the official text again: older ones show as overdue.
        verify_within_days: u32 = 365, in 1..=36_500;
    }

    /// Signing in.
    [auth: Auth] {
        /// Name of this installation inside access tokens (`iss`).
        issuer: String = "sakin".to_owned();
        /// "required": everybody but applicants signs in with a second factor. "offered": whoever wants one has one; production
        /// refuses that.
        second_factor: SecondFactor = SecondFactor::Offered;
        /// Where browsers reach this installation, such as `https://sakin.example`: passkeys are made for that name and for no
        /// other. Empty: no passkeys. Needs a program that was built with them (README).
        passkey_origin: PasskeyOrigin = PasskeyOrigin::default();
        /// Tries to sign in that one network has in a minute; ten times as many for all together. More are answered 429.
        tries_per_minute: u32 = 120, in 1..=1_000_000;
        /// Argon2id: memory of one password check, in KiB. Not below 19456 in production.
        argon2_m_kib: u32 = 65_536, in 1024..=4_194_304;
        /// Argon2id: passes over the memory. Not below 2 in production.
        argon2_t: u32 = 3, in 1..=100;
        /// Argon2id: lanes.
        argon2_p: u32 = 1, in 1..=16;
        /// Seconds an access token lives.
        access_token_s: u64 = 600, in 30..=600;
    }

    /// How much one account may look at. Each instance of the service counts for itself.
    [limits: Limits] {
        /// Different files that one account is shown within an hour, rows of lists and searches included. More are answered 429, and
        /// the log has an alarm.
        files_per_hour: usize = 200, in 1..=100_000;
        /// Different files within an hour from which on the log has an alarm, once an hour for an account. Nothing is refused yet.
        files_per_hour_soft: usize = 60, in 1..=100_000;
        /// Searches that one account makes within a minute. More are answered 429.
        searches_per_minute: usize = 30, in 1..=100_000;
    }

    /// What this program writes about its own work. Never names, numbers, bodies or tokens.
    [log: Log] {
        /// "text", "json" (one object per line), or "auto": text on a terminal, JSON otherwise.
        format: LogFormat = LogFormat::Auto;
        /// What is written: a level (error, warn, info, debug, trace), or levels per module as in `info,sakin::db=debug`.
        filter: LogFilter = LogFilter::default();
    }

    /// The office that runs this server.
    [office: Office] {
        /// Language of texts where a reader has not chosen one: az, en or ru.
        language: Language = Language::En;
    }
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Nobody set it.
    Default,
    /// A line (from 1) of the configuration file.
    File(PathBuf, usize),
    /// An environment variable.
    Env(String),
    /// A command-line flag, by the setting it sets.
    Flag(String),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path, line) => write!(f, "{}:{line}", path.display()),
            Self::Env(name) => write!(f, "env {name}"),
            Self::Flag(path) => write!(f, "flag {path}"),
        }
    }
}

/// One thing wrong with a configuration. Prints as one line: where, what, what to do. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFault {
    /// Where it stands.
    pub source: Source,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for ConfigFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.source, self.message)
    }
}

/// One setting as `config show` prints it; a secret's value is masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// `section.key`.
    pub path: &'static str,
    /// The value in force.
    pub value: String,
    /// Where it came from.
    pub source: Source,
}

impl Config {
    /// Reads all layers. `file` is what `--config` named; without it the file is `SAKIN_CONFIG`'s, else `./config.toml` if
    /// there is one. `flags` are pairs of setting and value (`server.bind`), `env` comes from [`environment`].
    ///
    /// # Errors
    /// Every fault of every layer.
    pub fn load(
        file: Option<&Path>,
        flags: &[(String, String)],
        env: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, Vec<ConfigFault>> {
        let env: Vec<_> = env.collect();
        let mut faults = Vec::new();
        let text = layers::find_file(file, &env, &mut faults);
        let layers = layers::Layers::read(text, flags, &env, &mut faults);
        let mut config = Self { file: layers.file, exposed: layers.exposed, ..Self::default() };
        let mut origins = BTreeMap::new();
        for (spec, value) in SPECS.iter().zip(config.values_mut()) {
            let Some(raw) = layers.values.get(spec.path) else { continue };
            if let Err(reason) = value.set_from(raw, spec.limits) {
                faults.push(ConfigFault { source: raw.source.clone(), message: format!("{} {reason}", spec.path) });
            }
            origins.insert(spec.path, raw.source.clone());
        }
        config.origins = origins;
        if faults.is_empty() { Ok(config) } else { Err(faults) }
    }

    /// Every setting, its value and where that came from, in the order of the sample file.
    pub fn sources(&self) -> Vec<Shown> {
        SPECS
            .iter()
            .zip(self.values())
            .map(|(spec, value)| Shown {
                path: spec.path,
                value: value.show(),
                source: self.origins.get(spec.path).cloned().unwrap_or(Source::Default),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
