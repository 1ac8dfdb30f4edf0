//! Keys under which a name is found across scripts, spellings and eighty years of clerks.
//!
//! Four keys from strict to loose: `exact` (the letters), `fold` (sounds that transcriptions confuse), `stem` (without the ending of
//! the surname), `skel` (the consonants: all that Arabic script writes down). Keys propose candidates; they never merge two people.
//!
//! The words of a name stand in any order ("Əliyev Murad", "Murad Əliyev"), so keys are made for each word, and a name is found if
//! every word looked for is one of its words. The rules are a draft by a non-speaker: whoever reads Azerbaijani, Russian and Georgian
//! should own them.

use std::collections::BTreeSet;

use super::script::{ascii, omits_vowels};

#[cfg(test)]
mod tests;

/// Least similarity of two words that share only their consonants. With less, "Quliyev" would propose "Xəlilov".
const SIMILAR: f64 = 0.88;

/// Spellings of one sound, the longest first.
const SOUNDS: &[(&str, char)] = &[
    ("shch", 's'),
    ("sch", 's'),
    ("dzh", 'c'),
    ("sh", 's'),
    ("dj", 'c'),
    ("ch", 'c'),
    ("zh", 'z'),
    ("kh", 'h'),
    ("gh", 'g'),
    ("j", 'c'),
    ("x", 'h'),
    ("q", 'g'),
    ("w", 'v'),
    ("e", 'a'),
    ("u", 'o'),
    ("y", 'i'),
];

/// Endings of surnames and patronymics, the longest first.
const ENDINGS: &[&str] = &[
    "shvili", "oglu", "ogly", "qizi", "gizi", "kyzy", "zade", "adze", "dze", "yeva", "yev", "ova", "eva", "ov", "ev",
    "li", "lu", "ly",
];
/// Fewest letters that stay when an ending goes: "Əli" is a name, not an ending.
const STAYING: usize = 3;

/// "Son of" and "daughter of" as words of their own, each with all its spellings (folded).
const PARTICLES: &[(&str, &[&str])] = &[("oglo", &["oglo", "ogli"]), ("gizi", &["gizi", "kizi"])];

/// Which key two names have in common, the strictest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MatchedOn {
    /// The same letters.
    Exact,
    /// The same sounds.
    Fold,
    /// The same before the ending.
    Stem,
    /// The same consonants, and similar.
    Skel,
}

impl MatchedOn {
    /// All, the strictest first.
    pub const ALL: [Self; 4] = [Self::Exact, Self::Fold, Self::Stem, Self::Skel];

    /// The name in answers and in the table of keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Fold => "fold",
            Self::Stem => "stem",
            Self::Skel => "skel",
        }
    }
}

/// The four keys of a word, or of a whole name with its words apart by spaces. Small ASCII letters; `skel` may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    /// The letters in ASCII.
    pub exact: String,
    /// The sounds.
    pub fold: String,
    /// The sounds without the ending of a surname; those of the whole word, if it has none.
    pub stem: String,
    /// The consonants.
    pub skel: String,
    omits_vowels: bool,
}

impl Keys {
    /// The keys of a whole name, words in the order given.
    pub fn of(full: &str) -> Self {
        let words = words(full);
        let joined = |key: MatchedOn| words.iter().map(|word| word.key(key)).collect::<Vec<_>>().join(" ");
        Self {
            exact: joined(MatchedOn::Exact),
            fold: joined(MatchedOn::Fold),
            stem: joined(MatchedOn::Stem),
            skel: joined(MatchedOn::Skel),
            omits_vowels: omits_vowels(full),
        }
    }

    /// One of the four.
    pub fn key(&self, kind: MatchedOn) -> &str {
        match kind {
            MatchedOn::Exact => &self.exact,
            MatchedOn::Fold => &self.fold,
            MatchedOn::Stem => &self.stem,
            MatchedOn::Skel => &self.skel,
        }
    }

    fn of_word(exact: &str, omits_vowels: bool) -> Self {
        let fold = fold(exact);
        Self { stem: stem(exact, &fold), skel: skel(&fold), exact: exact.to_owned(), fold, omits_vowels }
    }

    /// 1 for the same sounds, less for less. What the keys have already forgiven is not counted again: consonants that `skel` does not
    /// tell apart are equal ("Qasımov", "Kasumov").
    fn similarity(&self, other: &Self) -> f64 {
        let merged = |word: &Self| word.fold.chars().map(consonant_class).collect::<String>();
        jaro_winkler(&merged(self), &merged(other))
    }

    fn meets(&self, other: &Self, kind: MatchedOn) -> bool {
        let same = !self.key(kind).is_empty() && self.key(kind) == other.key(kind);
        // Vowels that one of the two never writes cannot speak against it.
        same && (kind != MatchedOn::Skel
            || self.omits_vowels
            || other.omits_vowels
            || self.similarity(other) >= SIMILAR)
    }
}

/// The keys of each word of a name, in the order given. Words of another script than the letters known here have keys, too, as far
/// as they can be transliterated; a name of signs only has none.
pub fn words(full: &str) -> Vec<Keys> {
    // Transliterated as a whole and cut afterwards: a hyphen parts words as a space does.
    ascii(full).split(' ').filter(|word| !word.is_empty()).map(|word| Keys::of_word(word, omits_vowels(full))).collect()
}

/// What to store for a name: kind and key of each word, none twice, none empty.
pub fn keys_of(full: &str) -> Vec<(&'static str, String)> {
    let mut stored = BTreeSet::new();
    for word in words(full) {
        for kind in MatchedOn::ALL {
            stored.insert((kind.as_str(), word.key(kind).to_owned()));
        }
    }
    stored.into_iter().filter(|(_, key)| !key.is_empty()).collect()
}

/// Whether every word looked for is a word of the candidate's name; which key the weakest of them has in common, and how similar they
/// are on average, 0 to 1. Words the candidate has beside them do not count.
pub fn rank(query: &[Keys], candidate: &[Keys]) -> Option<(MatchedOn, f64)> {
    let mut wanted: Vec<&Keys> = query.iter().collect();
    let mut offered: Vec<&Keys> = candidate.iter().collect();
    let mut weakest = None;
    let mut total = 0.0;
    for kind in MatchedOn::ALL {
        wanted.retain(|word| {
            let meeting = offered.iter().enumerate().filter(|(_, other)| word.meets(other, kind));
            let best = meeting.map(|(place, other)| (place, word.similarity(other))).max_by(|a, b| a.1.total_cmp(&b.1));
            if let Some((place, similarity)) = best {
                offered.swap_remove(place);
                weakest = Some(kind);
                total += similarity;
            }
            best.is_none()
        });
    }
    weakest.filter(|_| wanted.is_empty()).map(|kind| (kind, total / count(query.len())))
}

fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y')
}

/// Sounds of a word: a run of vowels counts as its first, a doubled consonant as one.
fn fold(exact: &str) -> String {
    let mut out = String::with_capacity(exact.len());
    let mut rest = exact;
    while let Some(first) = rest.chars().next() {
        let spelled = SOUNDS.iter().find_map(|(spelling, sound)| Some((rest.strip_prefix(spelling)?, *sound)));
        let (after, sound) = spelled.unwrap_or_else(|| (rest.strip_prefix(first).unwrap_or_default(), first));
        if !out.chars().next_back().is_some_and(|last| last == sound || (is_vowel(last) && is_vowel(sound))) {
            out.push(sound);
        }
        rest = after;
    }
    out
}

/// k, g and h are one consonant here, and v, f and p another: Georgian has no f, and Russian no h.
fn consonant_class(sound: char) -> char {
    match sound {
        'k' | 'h' => 'g',
        'v' | 'p' => 'f',
        other => other,
    }
}

fn skel(fold: &str) -> String {
    let mut consonants: Vec<char> = fold.chars().filter(|c| !is_vowel(*c)).map(consonant_class).collect();
    consonants.dedup();
    consonants.into_iter().collect()
}

fn stem(exact: &str, folded: &str) -> String {
    if let Some((particle, _)) = PARTICLES.iter().find(|(_, spellings)| spellings.contains(&folded)) {
        return (*particle).to_owned();
    }
    // Georgian ends the nominative of a foreign surname in -i: "Alievi".
    let georgian = exact.strip_suffix('i').filter(|rest| rest.ends_with("ov") || rest.ends_with("ev"));
    let word = georgian.unwrap_or(exact);
    let without = ENDINGS.iter().filter_map(|ending| word.strip_suffix(ending)).find(|rest| rest.len() >= STAYING);
    fold(without.unwrap_or(word))
}

/// Jaro's similarity with Winkler's bonus for the same beginning (up to four letters, a tenth each). 1 is the same, 0 is nothing in common.
///
/// Letters in the same place are paired first. Pairing each with the first in reach, as the usual implementations do, sets "mohamad" and
/// "mahamad" apart by a tenth for the order of their a.
fn jaro_winkler(one: &str, other: &str) -> f64 {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let reach = (one.len().max(other.len()) / 2).saturating_sub(1);
    let mut taken: Vec<bool> = other.iter().enumerate().map(|(place, letter)| one.get(place) == Some(letter)).collect();
    let mut paired = Vec::new();
    for (place, letter) in one.iter().enumerate() {
        let in_reach = other
            .iter()
            .zip(&mut taken)
            .enumerate()
            .skip(place.saturating_sub(reach))
            .take_while(|(at, _)| *at <= place + reach);
        let free = in_reach.map(|(_, pair)| pair).find(|(found, taken)| *found == letter && !**taken);
        if other.get(place) == Some(letter) {
            paired.push(letter);
        } else if let Some((_, taken)) = free {
            *taken = true;
            paired.push(letter);
        }
    }
    if paired.is_empty() {
        return 0.0;
    }
    let theirs = other.iter().zip(&taken).filter(|(_, taken)| **taken).map(|(letter, _)| letter);
    let moved = paired.iter().zip(theirs).filter(|(a, b)| **a != *b).count() / 2;
    let same = count(paired.len());
    let jaro = (same / count(one.len()) + same / count(other.len()) + (same - count(moved)) / same) / 3.0;
    let beginning = one.iter().zip(&other).take(4).take_while(|(a, b)| a == b).count();
    (count(beginning) * 0.1).mul_add(1.0 - jaro, jaro)
}

/// Lengths of names: far below the point where a float loses whole numbers.
fn count(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::INFINITY, f64::from)
}
