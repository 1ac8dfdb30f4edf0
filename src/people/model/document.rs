//! Numbers that others gave: of passports and cards, and the personal identification number (FİN).

use std::fmt;
use std::str::FromStr;

use super::text::faults;

/// Most characters of a document number.
const MOST: usize = 30;

/// Why a text is not a document number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentNumberError {
    /// Empty, too long, with spaces around it, or with characters nobody sees.
    #[error("{0}")]
    Text(String),
    /// Only dashes, spaces or other signs.
    #[error("a document number has at least one letter or digit")]
    NothingToCompare,
}

/// A number printed on a document, kept as it was given.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DocumentNumber(String);

impl DocumentNumber {
    /// As it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// For finding and comparing: without spaces and dashes, ASCII letters as capitals. O and 0 stay apart.
    pub fn key(&self) -> String {
        key(&self.0)
    }
}

fn key(number: &str) -> String {
    // Hyphen-minus, the hyphens and dashes U+2010–2015, the minus sign.
    let is_dash = |c: char| matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}');
    number.chars().filter(|c| !c.is_whitespace() && !is_dash(*c)).map(|c| c.to_ascii_uppercase()).collect()
}

impl FromStr for DocumentNumber {
    type Err = DocumentNumberError;

    fn from_str(text: &str) -> Result<Self, DocumentNumberError> {
        if let Some((_, message)) = faults(text, MOST).into_iter().next() {
            return Err(DocumentNumberError::Text(message));
        }
        if !key(text).contains(char::is_alphanumeric) {
            return Err(DocumentNumberError::NothingToCompare);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for DocumentNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn document_numbers_are_kept_and_compared_by_their_key() {
        for (text, key) in [
            ("C 01234567", "C01234567"),
            ("aze-01234567", "AZE01234567"),
            ("12–34 № 567890", "1234№567890"),
            ("МР1234567", "МР1234567"),
            ("iı", "Iı"),
            ("0O", "0O"),
        ] {
            let number: DocumentNumber = text.parse().unwrap();
            assert_eq!((number.to_string().as_str(), number.key().as_str()), (text, key));
        }
    }

    #[test]
    fn document_numbers_have_bounds() {
        assert!("1".repeat(30).parse::<DocumentNumber>().is_ok());
        for text in ["", " 1", "1 ", "1\u{202E}2", "1\n2", "12\u{0}", &"1".repeat(31)] {
            assert!(matches!(text.parse::<DocumentNumber>(), Err(DocumentNumberError::Text(_))), "{text:?}");
        }
        assert_eq!("- –".parse::<DocumentNumber>(), Err(DocumentNumberError::NothingToCompare));
        assert_eq!("№.".parse::<DocumentNumber>(), Err(DocumentNumberError::NothingToCompare));
    }
}
