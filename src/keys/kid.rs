//! Names of token keys. A name says from when its key signs, so that every process that sees the folder comes to the same
//! answer without being told, and a copy or a backup of the folder keeps it.

use super::random;

/// The key of a new installation, which signs from the beginning.
const FIRST: &str = "0001";
/// Enough for every second until the year 2286; a fixed number of digits leaves one spelling per key.
const SECOND_DIGITS: usize = 10;
/// Two keys for the same second are still two keys.
const RANDOM_DIGITS: usize = 2 * size_of::<u32>();

/// The name of a token key, at most 64 characters of `[A-Za-z0-9_-]` (row S2). In order of the time from which they sign.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Kid {
    signs_from: u64,
    text: String,
}

impl Kid {
    pub(super) fn first() -> Self {
        Self { signs_from: 0, text: FIRST.to_owned() }
    }

    /// The name of a new key: `<second since 1970 from which it signs>-<random>`.
    pub(super) fn fresh(signs_from: u64) -> Self {
        let random = u32::from_be_bytes(random());
        Self { signs_from, text: format!("{signs_from:010}-{random:08x}") }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        if text == FIRST {
            return Some(Self::first());
        }
        let (second, random) = text.split_once('-')?;
        let plain = second.len() == SECOND_DIGITS
            && random.len() == RANDOM_DIGITS
            && second.bytes().all(|b| b.is_ascii_digit())
            && random.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let signs_from = second.parse().ok().filter(|_| plain)?;
        Some(Self { signs_from, text: text.to_owned() })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The second from which the key signs. It is accepted as soon as it is there.
    pub(crate) fn signs_from(&self) -> u64 {
        self.signs_from
    }

    /// The second from which the key is not accepted any more: `overlap_s` after its successor began to sign, when the
    /// last of its tokens has ended. A key without a successor has no such second.
    pub(crate) fn ends_at(successor: Option<&Self>, overlap_s: u64) -> u64 {
        successor.map_or(u64::MAX, |next| next.signs_from.saturating_add(overlap_s))
    }
}
