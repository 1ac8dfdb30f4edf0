//! One-time codes that a person carries from one place to another: activation and reset, and the recovery codes of a lost factor
//! (rows AU5, AU6, M5).
//!
//! A code is random symbols of Crockford's base32, 5 bits each, so its strength is that of its length. The database keeps only
//! SHA-256: of 112 random bits and more nothing is guessed from a hash, and a fast one lets the code itself find its row. That a
//! code is good once, and for how long, is the row's to say.

use std::array;
use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};
use subtle::{Choice, ConstantTimeEq as _};

use crate::keys::{random, sha256};

/// Activation, reset, first administrator: 28 symbols, 140 bits.
pub type OneTimeCode = Code<28>;
/// Instead of a lost factor: 24 symbols, 120 bits.
pub type RecoveryCode = Code<24>;

/// Recovery codes of one factor.
pub const RECOVERY_CODES: usize = 10;

/// Crockford's alphabet: digits and letters without I, L, O, which are misread, and U.
const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Symbols between two hyphens.
const GROUP: usize = 4;

/// A code of `N` symbols. It is shown once, by [`Code::shown`] alone.
pub struct Code<const N: usize>(SecretString);

impl<const N: usize> Code<N> {
    /// A new one from the operating system's generator.
    pub fn generate() -> Self {
        let symbols = random::<N>().map(|byte| symbol(byte % 32));
        Self(symbols.iter().collect::<String>().into())
    }

    /// What a person typed: case, spaces and hyphens do not matter, O is 0, I and L are 1. `None` if it cannot be a code.
    pub fn parse(typed: &str) -> Option<Self> {
        let mut code = String::with_capacity(N);
        for c in typed.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}')) {
            let meant = match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let known = u8::try_from(meant).is_ok_and(|byte| SYMBOLS.contains(&byte));
            if !known || code.len() == N {
                return None;
            }
            code.push(meant);
        }
        (code.len() == N).then(|| Self(code.into()))
    }

    /// For the person, in groups: `7K3M-…`.
    pub fn shown(&self) -> SecretString {
        let symbols = self.0.expose_secret();
        let mut shown = String::with_capacity(N + N / GROUP);
        for (i, symbol) in symbols.chars().enumerate() {
            if i > 0 && i % GROUP == 0 {
                shown.push('-');
            }
            shown.push(symbol);
        }
        shown.into()
    }

    /// What the database keeps: SHA-256 of the symbols without hyphens.
    pub fn digest(&self) -> [u8; 32] {
        sha256(&[self.0.expose_secret().as_bytes()])
    }

    /// Which of the stored digests is this code's. All of them are compared, so that the time does not tell which.
    pub fn position<D: AsRef<[u8]>>(&self, stored: &[D]) -> Option<usize> {
        let digest = self.digest();
        let mut found = None;
        for (i, candidate) in stored.iter().enumerate() {
            let equal: Choice = digest.as_slice().ct_eq(candidate.as_ref());
            if equal.into() {
                found = Some(i);
            }
        }
        found
    }
}

impl<const N: usize> fmt::Debug for Code<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

/// The recovery codes of a new factor, to be shown once. Earlier ones are to be deleted in the same transaction.
pub fn recovery_codes() -> [RecoveryCode; RECOVERY_CODES] {
    array::from_fn(|_| RecoveryCode::generate())
}

/// 256 is a multiple of 32: every symbol is equally likely.
fn symbol(value: u8) -> char {
    char::from(SYMBOLS.get(usize::from(value)).copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use super::*;

    fn typed(text: &str) -> Option<[u8; 32]> {
        OneTimeCode::parse(text).map(|code| code.digest())
    }

    #[test]
    fn codes_are_as_strong_as_they_must_be() {
        fn bits<const N: usize>(_: &Code<N>) -> usize {
            assert!(SYMBOLS.iter().collect::<HashSet<_>>().len() == 32, "five bits a symbol");
            5 * N
        }
        assert!(bits(&OneTimeCode::generate()) >= 128);
        let recovery = recovery_codes();
        assert_eq!(recovery.len(), 10);
        assert!(recovery.iter().all(|code| bits(code) >= 112));
        assert_eq!(recovery.iter().map(Code::digest).collect::<HashSet<_>>().len(), 10);
    }

    #[test]
    fn every_symbol_comes_equally_often() {
        let mut seen: HashMap<char, u32> = HashMap::new();
        for _ in 0..2_000 {
            for symbol in OneTimeCode::generate().0.expose_secret().chars() {
                *seen.entry(symbol).or_default() += 1;
            }
        }
        assert_eq!(seen.len(), 32);
        // 56,000 symbols, 1,750 of each expected, standard deviation 41.
        assert!(seen.values().all(|&n| (1_450..2_050).contains(&n)), "{seen:?}");
    }

    #[test]
    fn what_is_shown_can_be_typed_back() {
        let code = OneTimeCode::generate();
        let shown = code.shown();
        let shown = shown.expose_secret();
        assert_eq!((shown.len(), shown.split('-').count()), (34, 7));
        assert!(shown.split('-').all(|group| group.len() == 4));
        assert_eq!(typed(shown), Some(code.digest()));
        assert_eq!(RecoveryCode::generate().shown().expose_secret().len(), 29);
    }

    #[test]
    fn typing_is_forgiven_and_guessing_is_not() {
        let meant = typed("0A1B-CDEF-GHJK-MNPQ-RSTV-WXYZ-0119").unwrap();
        for same in [
            "0a1bcdefghjkmnpqrstvwxyz0119",
            " oAiB cdef ghjk mnpq rstv wxyz OIL9\n",
            "Oalb–cdef–ghjk–mnpq–rstv–wxyz–0Li9",
        ] {
            assert_eq!(typed(same), Some(meant), "{same}");
        }
        for wrong in [
            "",
            "0A1B-CDEF-GHJK-MNPQ-RSTV-WXYZ-011",
            "0A1B-CDEF-GHJK-MNPQ-RSTV-WXYZ-01190",
            "0A1B-CDEF-GHJK-MNPQ-RSTV-WXYZ-011U",
            "0A1B-CDEF-GHJK-MNPQ-RSTV-WXYZ-011Ə",
            "0A1B_CDEF_GHJK_MNPQ_RSTV_WXYZ_0119",
        ] {
            assert_eq!(typed(wrong), None, "{wrong}");
        }
        assert_ne!(typed("0A1B-CDEF-GHJK-MNPQ-RSTV-WXYZ-0118"), Some(meant));
        assert_eq!(typed(&"0".repeat(1_000_000)), None);
    }

    #[test]
    fn a_code_finds_its_digest_among_others() {
        let codes = recovery_codes();
        let stored: Vec<Vec<u8>> = codes.iter().map(|code| code.digest().to_vec()).collect();
        for (i, code) in codes.iter().enumerate() {
            assert_eq!(code.position(&stored), Some(i));
        }
        assert_eq!(RecoveryCode::generate().position(&stored), None);
        assert_eq!(codes[0].position(&[&codes[0].digest()[..31]]), None, "a truncated digest is nobody's");
    }

    #[test]
    fn debug_shows_no_code() {
        let code = OneTimeCode::parse("0A1B-CDEF-GHJK-MNPQ-RSTV-WXYZ-0119").unwrap();
        assert_eq!(format!("{code:?}"), "Code(…)");
        assert_eq!(format!("{:?}", Some(code.shown())).matches("0A1B").count(), 0);
    }
}
