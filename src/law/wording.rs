//! Steps in sentences, one module per language. A sentence is a function of the step alone, so it proves that the figures
//! suffice to redo the sum. Each module matches every kind of step: one without a sentence in some language does not compile.

mod az;
mod en;

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use super::name::{Name, Text};
use super::step::{Halves, HeldStatus, Step};
use super::trace::Assumed;

/// A language of sentences. Codes and figures do not depend on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Azerbaijani.
    Az,
}

impl Language {
    /// All of them.
    pub const ALL: &[Self] = &[Self::En, Self::Az];

    /// The two-letter code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Az => "az",
        }
    }
}

/// A text that names no language of sentences.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no language of answers: write en or az")]
pub struct LanguageError(String);

impl FromStr for Language {
    type Err = LanguageError;

    fn from_str(text: &str) -> Result<Self, LanguageError> {
        let known = Self::ALL.iter().find(|language| language.code() == text);
        known.copied().ok_or_else(|| LanguageError(text.to_owned()))
    }
}

/// A step in a language.
pub(super) struct Said<'a> {
    pub(super) step: &'a Step,
    pub(super) language: Language,
}

impl Display for Said<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let say = match self.language {
            Language::En => en::step,
            Language::Az => az::step,
        };
        say(f, self.step)
    }
}

/// An assumption in a language.
pub(super) struct SaidAssumed<'a> {
    pub(super) assumed: &'a Assumed,
    pub(super) language: Language,
}

impl Display for SaidAssumed<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let say = match self.language {
            Language::En => en::assumed,
            Language::Az => az::assumed,
        };
        say(f, self.assumed)
    }
}

/// Items with something between them.
fn list<T>(
    f: &mut Formatter<'_>,
    items: impl IntoIterator<Item = T>,
    between: &str,
    say: impl Fn(&mut Formatter<'_>, T) -> fmt::Result,
) -> fmt::Result {
    for (i, item) in items.into_iter().enumerate() {
        if i > 0 {
            f.write_str(between)?;
        }
        say(f, item)?;
    }
    Ok(())
}

/// The summands of a sum, if there are several: `69 + 31 = `.
struct Summands<'a>(&'a [i32]);

impl Display for Summands<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.0.len() < 2 {
            return Ok(());
        }
        list(f, self.0, " + ", |f, part| part.fmt(f))?;
        f.write_str(" = ")
    }
}

/// Half days as days, with the language's decimal sign.
#[derive(Clone, Copy)]
struct Decimal(Halves, char);

impl Display for Decimal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(Halves(halves), sign) = self;
        write!(f, "{}", halves / 2)?;
        if halves % 2 == 0 { Ok(()) } else { write!(f, "{sign}5") }
    }
}

/// The same for summands.
struct DecimalSummands<'a>(&'a [Halves], char);

impl Display for DecimalSummands<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.0.len() < 2 {
            return Ok(());
        }
        list(f, self.0, " + ", |f, part| Decimal(*part, self.1).fmt(f))?;
        f.write_str(" = ")
    }
}

/// The weight of a credit.
fn weight(halves: Halves) -> &'static str {
    if halves == Halves(1) { "1/2" } else { "1" }
}

/// What the pack calls something in a language, else its code.
fn label<'a>(title: Option<&'a Text>, code: &'a Name, language: Language) -> &'a str {
    title.and_then(|title| title.get(language.code())).unwrap_or(code)
}

/// A status with its ground: `kind (on ground)`.
struct StatusName<'a>(&'a HeldStatus, &'static str);

impl Display for StatusName<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(HeldStatus { kind, ground, .. }, on) = self;
        match ground {
            Some(ground) => write!(f, "{kind} ({on} {ground})"),
            None => kind.fmt(f),
        }
    }
}
