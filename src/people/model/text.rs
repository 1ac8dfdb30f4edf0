//! Which characters a name or a number may be written with.

use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

/// Longest text taken, bytes: a grapheme may carry any number of marks.
const MOST_BYTES: usize = 4096;

/// Why a text is not taken: a stable code and a message that names the place, not the content.
pub(super) type TextFault = (&'static str, String);

/// Checks a text of 1 to `most` graphemes and gives every reason against it.
pub(super) fn faults(text: &str, most: usize) -> Vec<TextFault> {
    let mut found = Vec::new();
    if text.is_empty() {
        found.push(("blank", "Give a value, or leave the member out.".to_owned()));
    }
    if text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace) {
        found.push(("surrounding_space", "Remove the spaces at the beginning and the end.".to_owned()));
    }
    let length = text.graphemes(true).count();
    if length > most || text.len() > MOST_BYTES {
        found.push((
            "too_long",
            format!("At most {most} characters and {MOST_BYTES} bytes are taken, not {length} and {}.", text.len()),
        ));
    }
    let hidden = text.chars().enumerate().find(|(_, c)| !is_visible(*c));
    if let Some((index, c)) = hidden {
        let message = format!(
            "Character {} (U+{:04X}) cannot be seen in print: remove it or type it again.",
            index + 1,
            u32::from(c)
        );
        found.push(("hidden_character", message));
    }
    found
}

/// Letters, marks, digits, punctuation, the plain space, and the two joiners that Persian spelling needs. Everything that a
/// reader would not see is out: controls, direction marks and overrides, private use, unassigned and non-characters.
fn is_visible(c: char) -> bool {
    // The standard library escapes exactly what has no printed form, and marks, which need a letter before them.
    let printed = c.escape_debug().eq([c]) || matches!(c, '\'' | '"' | '\\');
    printed || is_combining_mark(c) || matches!(c, '\u{200C}' | '\u{200D}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Vec<&'static str> {
        faults(text, 200).into_iter().map(|(code, _)| code).collect()
    }

    #[test]
    fn what_cannot_be_seen_is_refused() {
        let ranges = [0x00..=0x1F, 0x7F..=0x9F, 0x202A..=0x202E, 0x2066..=0x2069, 0xFDD0..=0xFDEF, 0xE000..=0xE010];
        let single = [
            0x00A0,
            0x00AD,
            0x061C,
            0x200B,
            0x200E,
            0x200F,
            0x2028,
            0x2029,
            0x2060,
            0xFEFF,
            0xFFFE,
            0xFFFF,
            0x0378,
            0x0010_FFFF,
            0x000E_0001,
        ];
        for code in ranges.into_iter().flatten().chain(single) {
            let c = char::from_u32(code).unwrap();
            assert_eq!(codes(&format!("Ay{c}a")), ["hidden_character"], "U+{code:04X}");
        }
    }

    #[test]
    fn what_names_are_written_with_is_taken() {
        for text in [
            "Ə",
            "O'Brien",
            "O’Brien",
            "Oʻzbek",
            "Sa`di",
            "Mə'mun",
            "Rəna-Gülnar",
            "I\u{307}lham",
            "علی\u{200C}اف",
            "ალიევი",
            "Мамед-заде",
            "Անի",
            "अनिल",
            "王小明",
            "Nguyễn Thị Ánh",
            "Mehmed II.",
            "A. \"Sasha\" \\ B",
        ] {
            assert_eq!(codes(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn length_is_counted_in_graphemes_and_bounded_in_bytes() {
        let letter = "ə\u{301}";
        assert_eq!(codes(&letter.repeat(200)), [""; 0]);
        assert_eq!(codes(&letter.repeat(201)), ["too_long"]);
        assert_eq!(codes(&format!("a{}", "\u{301}".repeat(2047))), [""; 0]);
        assert_eq!(codes(&format!("a{}", "\u{301}".repeat(2048))), ["too_long"]);
    }

    #[test]
    fn every_fault_is_found_at_once() {
        assert_eq!(codes(&format!("\t{}", "a".repeat(200))), ["surrounding_space", "too_long", "hidden_character"]);
        assert_eq!(codes(""), ["blank"]);
        assert_eq!(codes(" a"), ["surrounding_space"]);
        assert_eq!(codes("a "), ["surrounding_space"]);
    }
}
