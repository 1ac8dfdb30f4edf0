//! Our own number of a file: random, so that it tells nothing about the person, with a check character, so that a slip in dictation
//! is caught.

use std::fmt;
use std::str::FromStr;

/// Digits and consonants: without vowels no word comes out.
const ALPHABET: &[u8] = b"0123456789BCDFGHJKLMNPQRSTVWXYZ";
/// Characters before the check character: 31⁹ ≈ 2.6 · 10¹³ numbers.
const RANDOM_LEN: usize = 9;

/// Why a text is not a file number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileNumberError {
    /// Not ten digits and consonants.
    #[error("a file number has ten digits and consonants, for example 7Q4-M2K-XDRZ")]
    Shape,
    /// The last character does not fit the others.
    #[error("the check character does not fit: compare the number with the paper, character by character")]
    CheckCharacter,
}

/// A file number: nine random characters and their check character (ISO 7064 MOD 37,36).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileNumber(String);

impl FileNumber {
    /// Draws a number. `random` gives fresh bytes at every call and is called until they suffice: each byte gives a character
    /// with probability 31/32, and a number whose check character would be a vowel is drawn again.
    pub fn generate(mut random: impl FnMut() -> [u8; 16]) -> Self {
        loop {
            let drawn = random().into_iter().filter_map(|byte| ALPHABET.get(usize::from(byte & 31)));
            let number: String = drawn.take(RANDOM_LEN).map(|byte| char::from(*byte)).collect();
            if number.len() == RANDOM_LEN
                && let Some(check) = check_character(&number).filter(|check| is_in_alphabet(*check))
            {
                return Self(format!("{number}{check}"));
            }
        }
    }

    /// The ten characters without dashes: how the number is stored.
    pub fn compact(&self) -> &str {
        &self.0
    }
}

impl FromStr for FileNumber {
    type Err = FileNumberError;

    /// Takes the number with or without dashes, in capitals or small letters.
    fn from_str(text: &str) -> Result<Self, FileNumberError> {
        let compact = text.replace('-', "").to_ascii_uppercase();
        if compact.chars().count() != RANDOM_LEN + 1 || !compact.chars().all(is_in_alphabet) {
            return Err(FileNumberError::Shape);
        }
        let (number, check) = compact.split_at_checked(RANDOM_LEN).ok_or(FileNumberError::Shape)?;
        if check_character(number).is_some_and(|right| check.starts_with(right)) {
            Ok(Self(compact))
        } else {
            Err(FileNumberError::CheckCharacter)
        }
    }
}

impl fmt::Display for FileNumber {
    /// `XXX-XXX-XXXX`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, c) in self.0.chars().enumerate() {
            if matches!(index, 3 | 6) {
                f.write_str("-")?;
            }
            write!(f, "{c}")?;
        }
        Ok(())
    }
}

fn is_in_alphabet(c: char) -> bool {
    c.is_ascii() && ALPHABET.iter().any(|byte| char::from(*byte) == c)
}

/// ISO 7064, hybrid system MOD 37,36, over digits and capital letters; `None` for any other character.
fn check_character(number: &str) -> Option<char> {
    let mut product = 36;
    for c in number.chars() {
        let value = c.to_digit(36).filter(|_| !c.is_ascii_lowercase())?;
        let sum = (product + value) % 36;
        product = if sum == 0 { 36 } else { sum } * 2 % 37;
    }
    char::from_digit((37 - product) % 36, 36).map(|c| c.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn check_characters_are_those_of_the_standard() {
        for (number, check) in [("A12425GABC1234002", 'M'), ("7Q4M2KXDR", 'Z'), ("B0C1D2F3G", 'R')] {
            assert_eq!(check_character(number), Some(check), "{number}");
        }
        assert_eq!(check_character("7q4"), None);
        assert_eq!(check_character("7-4"), None);
    }

    #[test]
    fn it_is_shown_in_groups_and_read_in_every_usual_form() {
        let number: FileNumber = "7Q4M2KXDRZ".parse().unwrap();
        assert_eq!(number.to_string(), "7Q4-M2K-XDRZ");
        assert_eq!(number.compact(), "7Q4M2KXDRZ");
        for text in ["7Q4-M2K-XDRZ", "7q4-m2k-xdrz", "7q4m2kxdrz"] {
            assert_eq!(text.parse(), Ok(number.clone()), "{text}");
        }
    }

    #[test]
    fn slips_are_told_from_nonsense() {
        for (text, error) in [
            ("7Q4M2KXDRB", FileNumberError::CheckCharacter),
            ("7Q4M2KXRDZ", FileNumberError::CheckCharacter),
            ("", FileNumberError::Shape),
            ("7Q4M2KXDR", FileNumberError::Shape),
            ("7Q4M2KXDRZZ", FileNumberError::Shape),
            ("7A4M2KXDRZ", FileNumberError::Shape),
            (" 7Q4M2KXDRZ", FileNumberError::Shape),
            ("７Q4M2KXDRZ", FileNumberError::Shape),
            ("ſQ4M2KXDRZ", FileNumberError::Shape),
        ] {
            assert_eq!(text.parse::<FileNumber>(), Err(error), "{text:?}");
        }
    }

    #[test]
    fn bytes_outside_the_alphabet_and_vowel_checks_are_drawn_again() {
        assert_eq!(check_character("111111111"), Some('E'));
        // 31 is the one value of five bits without a character: seven of these bytes are too few.
        let too_few = *b"\x1F\xFF\x3F\x1F\x1F\x1F\x1F\x1F\x1F\x05\x05\x05\x05\x05\x05\x05";
        let mut draws = vec![[0; 16], [1; 16], too_few];
        let number = FileNumber::generate(|| draws.pop().unwrap());
        assert_eq!((number.to_string().as_str(), draws.len()), ("000-000-000V", 0));
    }

    proptest! {
        #[test]
        fn drawn_numbers_are_read_back(seed in any::<u64>()) {
            let mut state = seed;
            let number = FileNumber::generate(|| {
                std::array::from_fn(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    state.to_be_bytes()[0]
                })
            });
            prop_assert!(!number.compact().contains(['A', 'E', 'I', 'O', 'U']));
            prop_assert_eq!(number.to_string().parse(), Ok(number));
        }

        // Of swapped neighbours the standard catches most, not all: nothing is promised about them.
        #[test]
        fn every_single_slip_is_caught(number in "[0-9B-DF-HJ-NP-TV-Z]{9}", at in 0usize..10, other in "[0-9B-DF-HJ-NP-TV-Z]") {
            let right = format!("{number}{}", check_character(&number).unwrap());
            let slipped = format!("{}{other}{}", &right[..at], &right[at + 1..]);
            prop_assume!(slipped != right);
            prop_assert!(slipped.parse::<FileNumber>().is_err());
        }
    }
}
