//! Order of names in lists: the Azerbaijani alphabet, then Cyrillic, then every other script. Kept as bytes, so that both databases
//! sort alike.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::script::lower;

/// The alphabet of 1991, as decreed: ə after e, x after h, q after k; w, which only foreign names have, after v.
const LATIN: &str = "abcçdeəfgğhxıijkqlmnoöprsştuüvwyz";
/// Russian with the Azerbaijani letters where their sounds belong.
const CYRILLIC: &str = "абвгғдеёжзийјкҝлмноөпрстуүфхһцчҹшщъыьэюя";

/// Ends the letters: a shorter name comes before a longer one.
const END: u8 = 0;
/// Between words: "Əli Vəli" before "Əliağa".
const BETWEEN_WORDS: u8 = 1;
const LATIN_FIRST: u8 = 0x10;
const CYRILLIC_FIRST: u8 = 0x40;
const OTHERS: u8 = 0x80;

/// The key by which a name sorts. Case, apostrophes and foreign accents count only between names that are equal without them.
pub fn sort_key(name: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(name.len() * 2);
    for c in lower(name).chars() {
        push(&mut key, c);
    }
    key.push(END);
    key.extend(name.bytes());
    key
}

/// Adds what a character weighs. Apostrophes, marks and other signs weigh nothing: the name itself, at the end, breaks the tie.
fn push(key: &mut Vec<u8>, c: char) {
    if let Some(weight) = weight(c) {
        key.push(weight);
    } else if c.is_whitespace() || c == '-' {
        if key.last() != Some(&BETWEEN_WORDS) {
            key.push(BETWEEN_WORDS);
        }
    } else if c.is_alphanumeric() && !is_combining_mark(c) {
        // A letter with a foreign accent sorts as the letter: "José" among the J, not after the Cyrillic names.
        if let Some(weight) = std::iter::once(c).nfd().next().and_then(weight) {
            key.push(weight);
        } else {
            key.push(OTHERS);
            key.extend(u32::from(c).to_be_bytes());
        }
    }
}

fn weight(c: char) -> Option<u8> {
    let place = |alphabet: &str, first: u8| {
        let index = alphabet.chars().position(|letter| letter == c)?;
        u8::try_from(index).ok()?.checked_add(first)
    };
    place(LATIN, LATIN_FIRST).or_else(|| place(CYRILLIC, CYRILLIC_FIRST))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_order(names: &[&str]) {
        for pair in names.windows(2) {
            assert!(sort_key(pair[0]) < sort_key(pair[1]), "{} before {}", pair[0], pair[1]);
        }
    }

    #[test]
    fn names_stand_in_the_order_of_the_alphabet() {
        assert_order(&[
            "Cavad", "Çingiz", "Elçin", "Əli", "Fərid", "Həsən", "Xəlil", "Iğdır", "İlham", "Jalə", "Kamran", "Qadir",
            "Lalə", "Oqtay", "Ömər", "Samir", "Şamil", "Ulvi", "Ürfan", "Zaur",
        ]);
    }

    #[test]
    fn letters_come_in_the_order_of_their_scripts() {
        for alphabet in [LATIN, CYRILLIC] {
            let letters: Vec<String> = alphabet.chars().map(String::from).collect();
            assert_order(&letters.iter().map(String::as_str).collect::<Vec<_>>());
        }
        assert_order(&["Zaur", "Алиев", "Ялчин", "محمد", "ალიევი"]);
    }

    #[test]
    fn the_shorter_word_comes_first() {
        assert_order(&["Əli", "Əli Vəli", "Əliağa", "Əliyev"]);
        assert_order(&["Əli-Ağa", "Əli Bəy"]);
    }

    #[test]
    fn case_accents_and_look_alikes_decide_only_between_equals() {
        assert_order(&["jose a", "José B", "jose c"]);
        assert_order(&["əli a", "ƏLİ B", "\u{1DD}li c"]);
        assert_order(&["Mə’mun a", "Məmun b", "Mə'mun c"]);
        assert_ne!(sort_key("Jose"), sort_key("José"));
    }
}
