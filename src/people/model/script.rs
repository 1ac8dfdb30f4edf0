//! From the scripts of the register to the letters its keys are made of. Ready-made transliteration knows neither the look-alikes
//! of ə, nor the Azerbaijani Cyrillic letters, nor that Arabic script writes a long vowel and a consonant with one letter.

use any_ascii::any_ascii_char;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// NFC and small letters by Azerbaijani rules: İ → i, I → ı; the look-alikes of ə become ə.
///
/// Rust's own `to_lowercase` makes two characters of İ; and U+01DD and Cyrillic U+04D9 stand for ə in older data.
pub(super) fn lower(text: &str) -> String {
    text.nfc()
        .flat_map(|c| match c {
            'İ' => 'i'.to_lowercase(),
            'I' => 'ı'.to_lowercase(),
            other => other.to_lowercase(),
        })
        .filter(|c| *c != '\u{307}')
        .map(|c| if matches!(c, '\u{1DD}' | '\u{4D9}') { 'ə' } else { c })
        .collect()
}

/// Is the text written without its short vowels?
pub(super) fn omits_vowels(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\u{600}'..='\u{6FF}'))
}

/// A name in small ASCII letters, its words apart by single spaces. Apostrophes and joiners bind, every other sign parts.
pub(super) fn ascii(name: &str) -> String {
    let text: Vec<char> = lower(name).chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut previous = None;
    for (index, c) in text.iter().copied().enumerate() {
        let next = text.get(index + 1).copied();
        if binds(c) {
            continue;
        }
        if let Some(letters) = own_table(c).or_else(|| by_position(c, previous, next)) {
            out.push_str(letters);
        } else if c.is_alphabetic() {
            out.extend(any_ascii_char(c).chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()));
        } else if !out.ends_with(' ') && !out.is_empty() {
            out.push(' ');
        }
        previous = Some(c);
    }
    out.truncate(out.trim_end().len());
    out
}

/// Signs that stand inside a word: apostrophes of every shape, joiners, marks, the Arabic stretching sign.
fn binds(c: char) -> bool {
    let apostrophe =
        matches!(c, '\'' | '`' | '´' | '\u{2BB}'..='\u{2BF}' | '\u{2018}' | '\u{2019}' | '\u{200C}' | '\u{200D}');
    apostrophe || c == '\u{640}' || is_combining_mark(c)
}

// Letters of one script, each with what it becomes.

/// The alphabet of 1958, where it is not the Russian one.
const AZERBAIJANI_CYRILLIC: &str = "ј=y ҹ=c ҝ=g ғ=g һ=h ө=o ү=u";
/// After ICAO Doc 9303-3, section 6, but ъ is silent.
const RUSSIAN: &str = "а=a б=b в=v г=g д=d е=e ё=yo ж=zh з=z и=i й=y к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch \
    ш=sh щ=shch ъ= ы=y ь= э=e ю=yu я=ya";
/// The national system of 2002, without its apostrophes.
const GEORGIAN: &str = "ა=a ბ=b გ=g დ=d ე=e ვ=v ზ=z თ=t ი=i კ=k ლ=l მ=m ნ=n ო=o პ=p ჟ=zh რ=r ს=s ტ=t უ=u ფ=p ქ=k ღ=gh ყ=q შ=sh \
    ჩ=ch ც=ts ძ=dz წ=ts ჭ=ch ხ=kh ჯ=j ჰ=h";
/// Arabic and Persian: letters that mean one thing wherever they stand.
const ARABIC: &str = "ا=a آ=a أ=a ع=a ة=a ى=a إ=i ي=y ی=y ئ=y ؤ=u ء= ب=b پ=p ت=t ط=t ث=s س=s ص=s ج=j چ=ch ح=h خ=kh د=d ذ=z ز=z ض=z \
    ظ=z ر=r ژ=zh ش=sh غ=gh ف=f ق=q ك=k ک=k گ=g ل=l م=m ن=n";

fn own_table(c: char) -> Option<&'static str> {
    let tables = [AZERBAIJANI_CYRILLIC, RUSSIAN, GEORGIAN, ARABIC];
    tables.iter().find_map(|letters| letters.split(' ').find_map(|entry| entry.strip_prefix(c)?.strip_prefix('=')))
}

/// و is a consonant at the beginning and before a vowel, else a vowel; ه is a vowel at the end, after a consonant.
fn by_position(c: char, previous: Option<char>, next: Option<char>) -> Option<&'static str> {
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    let is_vowel = |c: Option<char>| matches!(c, Some('ا' | 'آ' | 'و' | 'ی' | 'ي' | 'ى'));
    match c {
        'و' if !is_letter(previous) || is_vowel(next) => Some("v"),
        'و' => Some("u"),
        'ه' if is_letter(previous) && !is_vowel(previous) && !is_letter(next) => Some("a"),
        'ه' => Some("h"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_letters_are_azerbaijani_ones() {
        assert_eq!(lower("İSMAYILOV"), "ismayılov");
        assert_eq!(lower("I\u{307}SMAYILOV"), "ismayılov");
        assert_eq!(lower("ƏǝӘәƎ"), "əəəəə");
        assert_eq!("İ".to_lowercase().chars().count(), 2, "Rust's own rule, which is why there is ours");
    }

    #[test]
    fn words_are_ascii_and_apart_by_single_spaces() {
        for (name, written) in [
            ("Əliyev, Əli-Həsən  (Abbas)", "eliyev eli hesen abbas"),
            ("Mə'mun Mə’mun Məʼmun Məʿmun Mə`mun", "memun memun memun memun memun"),
            ("Şəhriyar Çingiz Ğ Ö Ü I İ", "sehriyar cingiz g o u i i"),
            ("А. Щукин-Объедков", "a shchukin obedkov"),
            ("Һүсејн Ҹаваншир Ҝөјчә", "huseyn cavanshir goyche"),
            ("ᲥᲐᲠᲗᲣᲚᲘ ჭყონია", "kartuli chqonia"),
            ("محمد علی", "mhmd aly"),
            ("علی\u{200C}اف", "alyaf"),
            ("داوود وحید فاطمه شاه", "davud vhyd fatma shah"),
            ("Nguyễn Łukasz Müller Žižek", "nguyen lukasz muller zizek"),
            ("123", ""),
            ("", ""),
        ] {
            assert_eq!(ascii(name), written, "{name}");
        }
    }
}
