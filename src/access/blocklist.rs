//! Passwords that are guessed first: breached and common ones, runs of keys, and words of the account's surroundings (row AU3).
//! Everything is in the program; nothing is asked over a network.
//!
//! The list is 190,000 fingerprints of 30 bits (`blocklist/README.md` says whence), in order, each as its distance from the one
//! before: two bytes apiece. A look-up reads them all, some millisecond beside a hash of tens of them, and needs no
//! filter library. Perhaps one innocent password in a thousand is refused: another one is chosen.

use any_ascii::any_ascii_char;

use super::password::Refusal;
use crate::keys::sha256;

#[cfg(test)]
mod tests;

/// Written by `tests::rebuild`.
const COMMON: &[u8] = include_bytes!("blocklist/common.bin");
const FINGERPRINT_BITS: u32 = 30;
/// Shorter words are no evidence: what surrounds them carries the strength.
const MIN_WORD: usize = 4;
/// Letters that must be left without the words of the surroundings.
const MIN_BESIDE: usize = 8;
/// Ends of a word that are tried, counted from its last letter: a bound on the work for a long row of digits.
const MAX_TAIL: usize = 32;
/// Longest group whose repetition is a pattern whatever it is; a longer one is looked up.
const MAX_PATTERN: usize = 4;
/// Keys and letters in the order in which fingers and memory walk them, endlessly and both ways: Latin with the Azerbaijani
/// additions, Russian, columns of keys.
const RUNS: [&str; 8] = [
    "1234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qüertyuiopöğasdfghjklıəzxcvbnmçş",
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "йцукенгшщзхъфывапролджэячсмитьбю",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
    "!qaz@wsx#edc$rfv%tgb^yhn&ujm*ik<(ol>)p:?",
];

/// Words that whoever knows the account tries first.
#[derive(Debug)]
pub struct Context(Vec<String>);

impl Context {
    /// The words of the account's e-mail and name, its office and installation. The product's name is always one.
    pub fn new(texts: &[&str]) -> Self {
        let words = texts.iter().flat_map(|text| text.split(|c: char| !c.is_alphabetic()));
        let mut words: Vec<String> = words.chain(["sakin"]).map(key).filter(|word| word.len() >= 3).collect();
        // The longest first: "ali" must not leave "yev" of "aliyev" behind.
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        words.dedup();
        Self(words)
    }
}

/// Why the password is among the first to be guessed.
pub(super) fn refusals(password: &str, context: &Context) -> Vec<Refusal> {
    let lower = password.to_lowercase();
    let core = lower.trim_matches(|c: char| !c.is_alphabetic());
    let mut cores = vec![lower.as_str(), core];
    let mut found = Vec::new();
    for whole in [&lower, core] {
        if let Some(unit) = repeated(whole) {
            if unit.chars().count() <= MAX_PATTERN {
                found.push(Refusal::Pattern);
            }
            cores.push(unit);
        }
        if is_run(whole) {
            found.push(Refusal::Pattern);
        }
    }
    let rest = beside(&key(core), context);
    if rest.as_ref().is_some_and(|rest| rest.len() < MIN_BESIDE || is_listed([rest.clone()])) {
        found.push(Refusal::Context);
    }
    if is_listed(cores.into_iter().flat_map(words)) {
        found.push(Refusal::Common);
    }
    found.dedup();
    found
}

/// What is left without the words of the surroundings, if there were any.
fn beside(key: &str, context: &Context) -> Option<String> {
    let rest = context.0.iter().fold(key.to_owned(), |rest, word| rest.replace(word, ""));
    (rest.len() < key.len()).then_some(rest)
}

/// The form in which variants of a password are equal: small ASCII letters and digits, letters written as digits or signs
/// turned back. i, l, 1 and ! are one, for 1 stands for both.
fn key(text: &str) -> String {
    let ascii = text.chars().flat_map(|c| any_ascii_char(c).chars());
    let meant = ascii.filter_map(|c| match c.to_ascii_lowercase() {
        '4' | '@' => Some('a'),
        '3' => Some('e'),
        '1' | '!' | '|' | 'l' => Some('i'),
        '0' => Some('o'),
        '5' | '$' => Some('s'),
        '7' => Some('t'),
        other => other.is_ascii_alphanumeric().then_some(other),
    });
    meant.collect()
}

/// The keys of a text with less and less of what follows its last letter: `pa$$2026!` is `pass` when `2026!` is gone, not when
/// all signs are. Then the same without what precedes the first letter. A number is one word: most of its beginnings are
/// somebody's password.
fn words(text: &str) -> impl Iterator<Item = String> {
    let strange = |c: char| !c.is_alphabetic();
    let mut keys = vec![key(text)];
    for text in [text, text.trim_start_matches(strange)] {
        let end = text.trim_end_matches(strange).len();
        if end > 0 {
            let ends = text.char_indices().map(|(i, _)| i).filter(|i| *i >= end).take(MAX_TAIL);
            keys.extend(ends.filter_map(|end| text.get(..end).map(key)));
            keys.push(key(text));
        }
    }
    keys.into_iter().filter(|key| key.len() >= MIN_WORD)
}

/// The shortest text that, again and again, is this one; the last time may be cut short.
fn repeated(text: &str) -> Option<&str> {
    let chars: Vec<char> = text.chars().collect();
    let fits = |period: &usize| chars.iter().skip(*period).eq(chars.iter().take(chars.len() - period));
    let period = (1..=chars.len() / 2).find(fits)?;
    let (end, _) = text.char_indices().nth(period)?;
    text.get(..end)
}

/// Whether the text walks along one of [`RUNS`].
fn is_run(text: &str) -> bool {
    let length = text.chars().count();
    length >= MIN_BESIDE
        && RUNS.iter().any(|run| {
            let forth: String = run.chars().cycle().take(length + run.chars().count()).collect();
            let back: String = run.chars().rev().cycle().take(length + run.chars().count()).collect();
            forth.contains(text) || back.contains(text)
        })
}

/// Whether one of the keys is in the list.
fn is_listed(keys: impl IntoIterator<Item = String>) -> bool {
    let mut wanted: Vec<u32> = keys.into_iter().map(|key| fingerprint(&key)).collect();
    wanted.sort_unstable();
    let mut wanted = wanted.into_iter().peekable();
    listed().any(|fingerprint| {
        while wanted.next_if(|wanted| *wanted < fingerprint).is_some() {}
        wanted.peek() == Some(&fingerprint)
    })
}

/// The list in order: distances in bytes of 7 bits, the lowest first, the last without the top bit.
fn listed() -> impl Iterator<Item = u32> {
    let (mut fingerprint, mut distance, mut shift) = (0_u32, 0_u32, 0);
    COMMON.iter().filter_map(move |byte| {
        distance |= u32::from(byte & 0x7F) << shift;
        shift += 7;
        (byte & 0x80 == 0).then(|| {
            fingerprint += distance;
            (distance, shift) = (0, 0);
            fingerprint
        })
    })
}

fn fingerprint(key: &str) -> u32 {
    let [a, b, c, d, ..] = sha256(&[key.as_bytes()]);
    u32::from_be_bytes([a, b, c, d]) >> (u32::BITS - FINGERPRINT_BITS)
}
