//! Types of settings, how each is read from text and shown as text.

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use super::layers::Raw;

/// A value that can be set from the text of any layer.
pub(crate) trait Setting {
    /// Takes the value from its text, or says what is wrong with it ("must be …").
    fn set(&mut self, text: &str, limits: &[RangeInclusive<u64>]) -> Result<(), String>;

    /// The text that would set this value; a password in it is masked.
    fn show(&self) -> String;

    /// Written in quotes in the file.
    fn quoted(&self) -> bool {
        true
    }

    /// Holds something that must not print.
    fn is_secret(&self) -> bool {
        false
    }

    /// Takes the value from a layer.
    fn set_from(&mut self, raw: &Raw, limits: &[RangeInclusive<u64>]) -> Result<(), String> {
        match raw.quoted {
            Some(false) if self.quoted() => return Err("must be written in quotes".to_owned()),
            Some(true) if !self.quoted() => return Err("must be a number, without quotes".to_owned()),
            _ => {}
        }
        self.set(&raw.text, limits)?;
        if self.is_secret() && raw.in_argv() {
            return Err(
                "holds a password, and every user of this machine can read command lines: set it in a file or \
                        in the environment"
                    .to_owned(),
            );
        }
        Ok(())
    }
}

/// Reads a number and holds it to its range.
fn number<T: TryFrom<u64>>(text: &str, limits: &[RangeInclusive<u64>]) -> Result<T, String> {
    let number = text.parse::<u64>().ok().filter(|n| limits.iter().all(|range| range.contains(n)));
    number.and_then(|n| T::try_from(n).ok()).ok_or_else(|| match limits {
        [range] if range.start() == range.end() => format!("must be {}, not \"{text}\"", range.start()),
        [range] => format!("must be a number from {} to {}, not \"{text}\"", range.start(), range.end()),
        _ => format!("must be a whole number, not \"{text}\""),
    })
}

/// The settings that are numbers.
macro_rules! numbers {
    ($($type:ty)+) => {$(
        impl Setting for $type {
            fn set(&mut self, text: &str, limits: &[RangeInclusive<u64>]) -> Result<(), String> {
                *self = number(text, limits)?;
                Ok(())
            }

            fn show(&self) -> String {
                self.to_string()
            }

            fn quoted(&self) -> bool {
                false
            }
        }
    )+};
}

numbers! { u32 u64 usize }

/// Text enums: the settings that are one word of a short list.
macro_rules! choices {
    ($($(#[doc = $doc:literal])+ $name:ident { $($(#[doc = $variant_doc:literal])+ $variant:ident = $word:literal,)+ })+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[doc = $variant_doc])+ $variant,)+ }

        impl $name {
            /// The word in the configuration.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl Setting for $name {
            fn set(&mut self, text: &str, _: &[RangeInclusive<u64>]) -> Result<(), String> {
                *self = match text {
                    $($word => Self::$variant,)+
                    _ => return Err(format!("must be one of {}, not \"{text}\"", [$($word),+].join(", "))),
                };
                Ok(())
            }

            fn show(&self) -> String {
                self.as_str().to_owned()
            }
        }
    )+};
}

choices! {
    /// How strict the program is about its own settings.
    Mode {
        /// Looking around; weak settings are allowed.
        Trial = "trial",
        /// Real people's files; weak settings are refused.
        Production = "production",
    }
    /// Who signs in with a second factor.
    SecondFactor {
        /// Whoever wants to.
        Offered = "offered",
        /// Everybody but applicants.
        Required = "required",
    }
    /// How the log is written.
    LogFormat {
        /// Text on a terminal, JSON otherwise.
        Auto = "auto",
        /// Lines for people.
        Text = "text",
        /// One JSON object per line.
        Json = "json",
    }
    /// Languages of the program's own texts.
    Language {
        /// Azerbaijani.
        Az = "az",
        /// English.
        En = "en",
        /// Russian.
        Ru = "ru",
    }
}

impl Setting for SocketAddr {
    fn set(&mut self, text: &str, _: &[RangeInclusive<u64>]) -> Result<(), String> {
        *self = text.parse().map_err(|_| {
            format!("must be an IP address and a port such as 127.0.0.1:8080 or [::1]:8080, not \"{text}\"")
        })?;
        Ok(())
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Setting for String {
    fn set(&mut self, text: &str, _: &[RangeInclusive<u64>]) -> Result<(), String> {
        if text.is_empty() || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err("must be a name without blanks".to_owned());
        }
        text.clone_into(self);
        Ok(())
    }

    fn show(&self) -> String {
        self.clone()
    }
}

impl Setting for PathBuf {
    fn set(&mut self, text: &str, _: &[RangeInclusive<u64>]) -> Result<(), String> {
        if text.is_empty() {
            return Err("must name a path".to_owned());
        }
        *self = Self::from(text);
        Ok(())
    }

    fn show(&self) -> String {
        self.display().to_string()
    }
}

impl Setting for Option<PathBuf> {
    fn set(&mut self, text: &str, _: &[RangeInclusive<u64>]) -> Result<(), String> {
        *self = Some(text).filter(|text| !text.is_empty()).map(PathBuf::from);
        Ok(())
    }

    fn show(&self) -> String {
        self.as_ref().map(|path| path.display().to_string()).unwrap_or_default()
    }
}

/// What the log shows, in the syntax of `RUST_LOG`; can always be parsed by [`EnvFilter`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFilter(String);

impl LogFilter {
    /// The directives.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first directive that shows more than `info` of anything but this program's own modules, whose lines hold nobody's
    /// data. A directive for spans is one: which modules it shows, their names do not say.
    pub(super) fn beyond_our_own(&self) -> Option<&str> {
        self.0.split(',').map(str::trim).find(|directive| {
            let (target, level) = directive.rsplit_once('=').map_or_else(
                // One word: a level of everything, or a module at the most verbose level.
                || directive.parse().map_or((*directive, LevelFilter::TRACE), |level| ("", level)),
                |(target, level)| (target, level.parse().unwrap_or(LevelFilter::TRACE)),
            );
            let ours = target == "sakin" || target.starts_with("sakin::") && !target.contains('[');
            level > LevelFilter::INFO && !ours
        })
    }
}

impl Default for LogFilter {
    fn default() -> Self {
        Self("info".to_owned())
    }
}

impl Setting for LogFilter {
    fn set(&mut self, text: &str, _: &[RangeInclusive<u64>]) -> Result<(), String> {
        // `EnvFilter` reads a lone unknown word as the name of a module, so that a misspelt level would silence the log.
        let levels = ["off", "error", "warn", "info", "debug", "trace"];
        let stray =
            text.split(',').map(str::trim).find(|part| !part.contains(['=', ':', '[']) && !levels.contains(part));
        if let Some(word) = stray {
            return Err(format!("must be a level ({}) or module=level, not \"{word}\"", levels.join(", ")));
        }
        EnvFilter::from_str(text).map_err(|e| format!("must be levels such as \"info,sakin::db=debug\": {e}"))?;
        text.clone_into(&mut self.0);
        Ok(())
    }

    fn show(&self) -> String {
        self.0.clone()
    }
}
