//! When two written addresses are one dwelling.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::divisions::{Divisions, divisions};
use crate::error::Result;

/// What the parts of an address are called, each with its abbreviations; the first stands in keys.
const PARTS: &[&[&str]] = &[
    &["kuc", "kucesi", "kuce", "street", "str"],
    &["pr", "prospekti", "prospekt", "avenue", "ave"],
    &["men", "menzil", "menz", "m", "apartment", "apt"],
    &["bina", "b", "building", "bld"],
    &["ev", "house"],
    &["mehelle", "mehellesi", "meh"],
    &["qes", "qesebesi", "qesebe"],
    &["kend", "kendi"],
    &["don", "dongesi", "donge"],
];

/// A text in small letters without marks, its words apart by single spaces: what is written differently by habit, keyboard or old data is
/// written alike. A letter behind a number is a word of its own, as in "12 A".
pub(crate) fn words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.chars().flat_map(char::to_lowercase).nfd().filter(|c| !is_combining_mark(*c)) {
        let c = match c {
            // Schwa, the look-alikes that old data has for it, and the dotless i.
            'ə' | '\u{1DD}' | '\u{4D9}' => 'e',
            'ı' => 'i',
            other => other,
        };
        if c.is_alphanumeric() {
            if !out.is_empty() && (before == ' ' || before.is_numeric() != c.is_numeric()) {
                out.push(' ');
            }
            out.push(c);
            before = c;
        } else if !matches!(c, '\'' | '’' | '‘' | 'ʼ') {
            before = ' ';
        }
    }
    out
}

/// The key of a dwelling: two addresses that are spelt differently have the same. A renamed division counts as what it is called today.
pub(crate) fn dwelling_key(division_code: Option<&str>, division: &str, as_printed: &str) -> Result<String> {
    Ok(key_of(divisions()?, division_code, division, as_printed))
}

fn key_of(all: &Divisions, division_code: Option<&str>, division: &str, as_printed: &str) -> String {
    let place = division_code.and_then(|code| all.by_code(code));
    let present = place.map(|place| all.present(place));
    let where_it_is = match present.as_deref() {
        Some([one]) => one.code.clone(),
        // Split into several: nobody knows in which part it lies.
        _ => division_code.map_or_else(|| words(division), str::to_owned),
    };
    let written = words(as_printed);
    let mut rest = written.as_str();
    // "Bakı, Nümunə küçəsi 3" in Bakı is "Nümunə küçəsi 3".
    let names = place.map_or_else(Vec::new, |place| vec![words(&place.name_az), words(&place.name_en)]);
    for name in names.iter().map(String::as_str).chain([words(division).as_str()]) {
        if let Some(after) = rest.strip_prefix(name).and_then(|after| after.strip_prefix(' ')) {
            rest = after;
            break;
        }
    }
    for kind in ["seheri ", "seher ", "rayonu ", "rayon "] {
        rest = rest.strip_prefix(kind).unwrap_or(rest);
    }
    let parts: Vec<&str> = rest.split(' ').map(part).collect();
    format!("{where_it_is}|{}", parts.join(" "))
}

/// A word of an address without its abbreviation.
fn part(word: &str) -> &str {
    let known = PARTS.iter().find(|names| names.contains(&word));
    known.and_then(|names| names.first()).copied().unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(code: Option<&str>, division: &str, text: &str) -> String {
        dwelling_key(code, division, text).unwrap()
    }

    #[test]
    fn two_spellings_are_one_dwelling() {
        let one = key(Some("AZ-BA"), "Bakı", "Bakı, Nümunə küçəsi 18, mənzil 33");
        for text in [
            "Nümunə küçəsi 18, mənzil 33",
            "NÜMUNƏ KÜÇƏSİ 18, MƏNZİL 33",
            "Nümun\u{1DD} küç. 18 m.33",
            "Numune kucesi 18 menz. 33",
            "Bakı şəhəri, Nümunə küç.18, mənz.33",
        ] {
            assert_eq!(key(Some("AZ-BA"), "Bakı", text), one, "{text}");
        }
        for text in ["Nümunə küçəsi 18, mənzil 34", "Nümunə küçəsi 183, mənzil 3", "Nümunə küçəsi 18"]
        {
            assert_ne!(key(Some("AZ-BA"), "Bakı", text), one, "{text}");
        }
        assert_ne!(key(Some("AZ-GA"), "Gəncə", "Nümunə küçəsi 18, mənzil 33"), one);
        assert_eq!(key(Some("AZ-BA"), "Bakı", "Nümunə 12A"), key(Some("AZ-BA"), "Baku", "Nümunə 12 a"));
    }

    #[test]
    fn a_house_stays_where_it_is_when_its_district_is_renamed() {
        assert_eq!(
            key(Some("AZ-XAN"), "Xanlar", "Xanlar, Nümunə 1"),
            key(Some("AZ-GYG"), "Göygöl", "Göygöl, Nümunə 1")
        );
    }

    #[test]
    fn a_place_that_is_no_division_is_compared_by_its_text() {
        assert_eq!(key(None, "Marneuli", "Nümunə 1"), key(None, "MARNEULİ", "Nümunə, 1"));
        assert_ne!(key(None, "Marneuli", "Nümunə 1"), key(None, "Rustavi", "Nümunə 1"));
        assert_eq!(key(None, "Bakı", "Bakı"), "baki|baki", "an address that is only its division");
    }
}
