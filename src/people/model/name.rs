//! A name as its bearer's papers write it.
//!
//! Only the full name is required: people have one name, no surname, a patronymic, or four words whose order nobody here may
//! judge. Nothing is normalised, re-cased or corrected; keys for finding are made apart (see `search_key`).

use super::text::faults;
use crate::db::text_enum;

/// Most graphemes of a name.
const MOST: usize = 200;
/// Longest language tag: registered subtags never need more.
const LANGUAGE_TAG_MOST: usize = 35;

text_enum! {
    /// What a name is to the person.
    pub enum NameKind {
        /// Borne today.
        Current = "current",
        /// Given at birth.
        Birth = "birth",
        /// Taken by marriage.
        Married = "married",
        /// Borne before a change of name.
        Former = "former",
        /// Used beside the name in the papers.
        Alias = "alias",
        /// Another spelling found on a document.
        AsPrinted = "as_printed",
    }
}

text_enum! {
    /// How a patronymic is formed.
    pub enum PatronymicForm {
        /// "Həsən oğlu": son of.
        Oglu = "oglu",
        /// "Həsən qızı": daughter of.
        Qizi = "qizi",
        /// "Гасанович", "Гасановна".
        Russian = "russian",
        /// Any other way.
        Other = "other",
    }
}

/// What is wrong with one member: the member, a stable code, and what to do.
pub type NameFault = (&'static str, &'static str, String);

/// The parts of a name, as they come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameParts {
    /// What the name is to the person.
    pub kind: NameKind,
    /// The whole name in the order and spelling of the paper. The only part everyone has.
    pub full_name_as_printed: String,
    /// Given name or names.
    pub given: Option<String>,
    /// Surname.
    pub surname: Option<String>,
    /// Patronymic, without "oğlu" or "qızı".
    pub patronymic: Option<String>,
    /// How the patronymic is formed.
    pub patronymic_form: Option<PatronymicForm>,
    /// The person has no surname; not the same as "no surname was recorded".
    pub no_surname: bool,
    /// ISO 15924, `Latn`.
    pub script: Option<String>,
    /// BCP 47, `az-Cyrl`.
    pub language: Option<String>,
}

/// A checked name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonName(NameParts);

impl PersonName {
    /// Checks the parts; gives every fault, not the first.
    pub fn new(parts: NameParts) -> Result<Self, Vec<NameFault>> {
        let mut found = Vec::new();
        let texts = [
            ("full_name_as_printed", Some(&parts.full_name_as_printed)),
            ("given", parts.given.as_ref()),
            ("surname", parts.surname.as_ref()),
            ("patronymic", parts.patronymic.as_ref()),
        ];
        for (member, text) in texts {
            if let Some(text) = text {
                found.extend(name_faults(member, text));
            }
        }
        if parts.no_surname && parts.surname.is_some() {
            found.push((
                "no_surname",
                "contradiction",
                "A surname is given: leave it out, or set no_surname to false.".to_owned(),
            ));
        }
        if parts.patronymic_form.is_some() && parts.patronymic.is_none() {
            found.push((
                "patronymic_form",
                "contradiction",
                "A form without a patronymic: give the patronymic too.".to_owned(),
            ));
        }
        if parts.script.as_deref().is_some_and(|code| !is_script(code)) {
            found.push((
                "script",
                "invalid_script",
                "Write the script as in ISO 15924, for example Latn, Cyrl, Geor, Arab, Armn.".to_owned(),
            ));
        }
        if parts.language.as_deref().is_some_and(|tag| !is_language(tag)) {
            found.push((
                "language",
                "invalid_language",
                "Write the language as in BCP 47, for example az, az-Cyrl, ru, ka, fa.".to_owned(),
            ));
        }
        if found.is_empty() { Ok(Self(parts)) } else { Err(found) }
    }

    /// What the name is to the person.
    pub const fn kind(&self) -> NameKind {
        self.0.kind
    }

    /// The whole name, byte for byte as it was given.
    pub fn full_name_as_printed(&self) -> &str {
        &self.0.full_name_as_printed
    }

    /// Given name or names.
    pub fn given(&self) -> Option<&str> {
        self.0.given.as_deref()
    }

    /// Surname.
    pub fn surname(&self) -> Option<&str> {
        self.0.surname.as_deref()
    }

    /// Patronymic, without "oğlu" or "qızı".
    pub fn patronymic(&self) -> Option<&str> {
        self.0.patronymic.as_deref()
    }

    /// How the patronymic is formed.
    pub const fn patronymic_form(&self) -> Option<PatronymicForm> {
        self.0.patronymic_form
    }

    /// Is it known that the person has no surname?
    pub const fn no_surname(&self) -> bool {
        self.0.no_surname
    }

    /// ISO 15924 code of the script.
    pub fn script(&self) -> Option<&str> {
        self.0.script.as_deref()
    }

    /// BCP 47 tag of the language.
    pub fn language(&self) -> Option<&str> {
        self.0.language.as_deref()
    }
}

fn name_faults(member: &'static str, text: &str) -> Vec<NameFault> {
    let mut found: Vec<NameFault> =
        faults(text, MOST).into_iter().map(|(code, message)| (member, code, message)).collect();
    if !text.is_empty() && !text.contains(char::is_alphabetic) {
        found.push((
            member,
            "no_letter",
            "A name has at least one letter. If the name is not known, leave the member out.".to_owned(),
        ));
    }
    found
}

/// The shape of an ISO 15924 code: four letters, the first a capital.
fn is_script(code: &str) -> bool {
    code.len() == 4
        && code.chars().all(|c| c.is_ascii_alphabetic())
        && code.chars().enumerate().all(|(index, c)| c.is_ascii_uppercase() == (index == 0))
}

/// The shape of a BCP 47 tag: a language of two or three letters, then subtags. Whether they are registered is not looked up.
fn is_language(tag: &str) -> bool {
    let mut subtags = tag.split('-');
    let language = subtags.next().unwrap_or_default();
    tag.len() <= LANGUAGE_TAG_MOST
        && matches!(language.len(), 2 | 3)
        && language.chars().all(|c| c.is_ascii_lowercase())
        && subtags.all(|subtag| matches!(subtag.len(), 2..=8) && subtag.chars().all(|c| c.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full(name: &str) -> NameParts {
        NameParts {
            kind: NameKind::Current,
            full_name_as_printed: name.to_owned(),
            given: None,
            surname: None,
            patronymic: None,
            patronymic_form: None,
            no_surname: false,
            script: None,
            language: None,
        }
    }

    fn refused(parts: NameParts) -> Vec<(&'static str, &'static str)> {
        PersonName::new(parts).unwrap_err().into_iter().map(|(member, code, _)| (member, code)).collect()
    }

    #[test]
    fn a_full_name_is_enough() {
        for name in ["Ə", "Suharto", "Əli Həsən oğlu", "Nino O’Brien-Məmmədova", "علی\u{200C}اف", "ჰუსეინოვი", "Մարիամ"]
        {
            assert_eq!(PersonName::new(full(name)).unwrap().full_name_as_printed(), name);
        }
    }

    #[test]
    fn bytes_are_kept() {
        for name in ["I\u{307}smayılov", "İsmayılov", "\u{1DD}liyev", "Əli  Həsən"] {
            assert_eq!(PersonName::new(full(name)).unwrap().full_name_as_printed().as_bytes(), name.as_bytes());
        }
    }

    #[test]
    fn all_parts_are_read_back() {
        let parts = NameParts {
            kind: NameKind::Birth,
            given: Some("Əli".to_owned()),
            surname: Some("Məmmədov".to_owned()),
            patronymic: Some("Həsən".to_owned()),
            patronymic_form: Some(PatronymicForm::Oglu),
            script: Some("Latn".to_owned()),
            language: Some("az-Latn".to_owned()),
            ..full("Məmmədov Əli Həsən oğlu")
        };
        let name = PersonName::new(parts.clone()).unwrap();
        assert_eq!((name.given(), name.surname(), name.patronymic()), (Some("Əli"), Some("Məmmədov"), Some("Həsən")));
        assert_eq!((name.kind(), name.patronymic_form()), (NameKind::Birth, Some(PatronymicForm::Oglu)));
        assert_eq!((name.script(), name.language(), name.no_surname()), (Some("Latn"), Some("az-Latn"), false));
    }

    #[test]
    fn every_fault_is_named_with_its_member() {
        let parts = NameParts {
            given: Some(String::new()),
            surname: Some("Əliyev\u{202E}".to_owned()),
            patronymic_form: Some(PatronymicForm::Qizi),
            no_surname: true,
            script: Some("latin".to_owned()),
            language: Some("Azerbaijani".to_owned()),
            ..full(" 12 ")
        };
        assert_eq!(
            refused(parts),
            [
                ("full_name_as_printed", "surrounding_space"),
                ("full_name_as_printed", "no_letter"),
                ("given", "blank"),
                ("surname", "hidden_character"),
                ("no_surname", "contradiction"),
                ("patronymic_form", "contradiction"),
                ("script", "invalid_script"),
                ("language", "invalid_language"),
            ]
        );
    }

    #[test]
    fn names_end_at_200_graphemes() {
        assert!(PersonName::new(full(&"Ə".repeat(200))).is_ok());
        assert_eq!(refused(full(&"Ə".repeat(201))), [("full_name_as_printed", "too_long")]);
    }

    #[test]
    fn script_and_language_have_their_shapes() {
        for (script, good) in [
            ("Latn", true),
            ("Arab", true),
            ("latn", false),
            ("LATN", false),
            ("Lat", false),
            ("Latín", false),
            ("La1n", false),
        ] {
            assert_eq!(is_script(script), good, "{script}");
        }
        for (tag, good) in [
            ("az", true),
            ("az-Cyrl", true),
            ("tly", true),
            ("zh-Hant-TW", true),
            ("az_Cyrl", false),
            ("AZ", false),
            ("a", false),
            ("az-", false),
            ("az-ə", false),
            ("azerbaijani", false),
            ("az-Cyrl-verylongsubtag", false),
        ] {
            assert_eq!(is_language(tag), good, "{tag}");
        }
    }
}
