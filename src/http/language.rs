//! The language of an answer's sentences: the reader's (`Accept-Language`, RFC 9110), else the office's. Codes, figures and entity
//! tags do not depend on it.

use super::call::Parts;
use super::endpoint::{Extract, Spec};
use crate::error::Fault;
use crate::law::Language;

/// The language to speak. An operation that takes it answers with `Content-Language` and `Vary`.
#[derive(Clone, Copy, Debug)]
pub struct Spoken(pub Language);

impl Extract for Spoken {
    fn describe(spec: &mut Spec) {
        spec.speaks = true;
    }

    fn extract(parts: &mut Parts, _: &mut Vec<Fault>) -> Option<Self> {
        Some(Self(parts.language))
    }
}

impl Spoken {
    /// What stands in both languages, in the one to speak.
    pub fn choose<T>(self, az: T, en: T) -> T {
        match self.0 {
            Language::Az => az,
            Language::En => en,
        }
    }
}

/// The best of our languages for a header's ranges; the office's where none of them is wanted, for an answer in another
/// language is better than none.
pub(super) fn preferred(header: &str, office: Language) -> Language {
    let mut ranges: Vec<(&str, u16)> = header.split(',').filter_map(range).collect();
    let refused = |language: Language| ranges.iter().any(|(tag, q)| *q == 0 && is(tag, language));
    let any = [office].iter().chain(Language::ALL).copied().find(|language| !refused(*language)).unwrap_or(office);
    // Stable: of equal weights the first named wins.
    ranges.sort_by_key(|(_, q)| std::cmp::Reverse(*q));
    let wanted = ranges.iter().filter(|(_, q)| *q > 0).find_map(|(tag, _)| {
        let named = Language::ALL.iter().copied().find(|language| is(tag, *language));
        if *tag == "*" { Some(any) } else { named }
    });
    wanted.unwrap_or(office)
}

/// Does a range such as `az-Latn-AZ` mean a language?
fn is(tag: &str, language: Language) -> bool {
    tag.split('-').next().is_some_and(|primary| primary.eq_ignore_ascii_case(language.code()))
}

/// A range with its weight; `None` for a weight that is none.
fn range(text: &str) -> Option<(&str, u16)> {
    let (tag, parameter) = text.split_once(';').unwrap_or((text, "q=1"));
    let (name, value) = parameter.trim().split_once('=')?;
    let weight = weight(value.trim())?;
    name.trim().eq_ignore_ascii_case("q").then_some((tag.trim(), weight))
}

/// A weight (RFC 9110, 12.4.2) in thousandths.
pub(super) fn weight(text: &str) -> Option<u16> {
    let weight: f32 = text.parse().ok().filter(|weight| (0.0..=1.0).contains(weight))?;
    (0..=1000).rev().find(|n| f32::from(*n) <= weight * 1000.0 + 0.01)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_of_our_languages_wins_and_else_the_offices() {
        use Language::{Az, En};
        for (header, office, expected) in [
            ("az", En, Az),
            ("AZ-Latn-AZ, en;q=0.5", En, Az),
            ("en;q=0.4, az;q=0.9", En, Az),
            ("az;q=0.2, en;q=0.20", En, Az),
            ("ru, az;q=0.3", En, Az),
            ("ru", En, En),
            ("ru", Az, Az),
            ("ru, *;q=0.1", Az, Az),
            ("*, az;q=0", Az, En),
            ("az;q=0", En, En),
            ("az;q=2, en;q=0.1", Az, En),
            ("aze", En, En),
            ("en;q=0.001, az;q=0.002", En, Az),
            ("", Az, Az),
            (";;;,=,q=1,az ; q = 0.5", En, Az),
        ] {
            assert_eq!(preferred(header, office), expected, "{header:?}, office {office:?}");
        }
    }
}
