//! Names a pack declares, shared between the pack and every result that mentions them.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use serde::{Serialize, Serializer};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::shared::Shared;

/// An id, kind or title out of a pack. Cloning it copies no text: a result names dozens of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Arc<str>);

impl Name {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl PartialSchema for Name {
    fn schema() -> RefOr<Schema> {
        String::schema()
    }
}

impl ToSchema for Name {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("LawName")
    }
}

/// Texts of a dossier that steps mention, each made shareable once.
#[derive(Debug, Default)]
pub(crate) struct Mentioned(RefCell<Vec<Name>>);

impl Mentioned {
    /// The name of a text; there are few of them.
    pub(crate) fn name(&self, text: &str) -> Name {
        let mut known = self.0.borrow_mut();
        if let Some(name) = known.iter().find(|name| ***name == *text) {
            return name.clone();
        }
        let name = Name::from(text);
        known.push(name.clone());
        name
    }
}

/// A list of source ids, shared like [`Name`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names(Arc<[Name]>);

impl Names {
    /// Whether the list is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names in the order the pack gives them.
    pub fn iter(&self) -> std::slice::Iter<'_, Name> {
        self.0.iter()
    }

    /// These names, then those of `other` that are not among them.
    pub(crate) fn and_also(&self, other: &Self) -> Self {
        let new = other.iter().filter(|name| !self.iter().any(|known| known == *name));
        self.iter().chain(new).cloned().collect()
    }
}

impl Default for Names {
    fn default() -> Self {
        Self(Arc::new([]))
    }
}

impl FromIterator<Name> for Names {
    fn from_iter<I: IntoIterator<Item = Name>>(names: I) -> Self {
        Self(names.into_iter().collect())
    }
}

impl<'a> IntoIterator for &'a Names {
    type Item = &'a Name;
    type IntoIter = std::slice::Iter<'a, Name>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl std::borrow::Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl Serialize for Names {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter())
    }
}

impl PartialSchema for Names {
    fn schema() -> RefOr<Schema> {
        Vec::<String>::schema()
    }
}

impl ToSchema for Names {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("LawSources")
    }
}

/// A text in several languages, by two-letter language code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text(Shared<BTreeMap<String, String>>);

impl Text {
    /// The text in a language.
    pub fn get(&self, language: &str) -> Option<&str> {
        self.0.get(language).map(String::as_str)
    }

    /// The languages and their texts.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(language, text)| (language.as_str(), text.as_str()))
    }
}

impl From<BTreeMap<String, String>> for Text {
    fn from(texts: BTreeMap<String, String>) -> Self {
        Self(Shared::new(texts))
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl PartialSchema for Text {
    fn schema() -> RefOr<Schema> {
        BTreeMap::<String, String>::schema()
    }
}

impl ToSchema for Text {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("LawText")
    }
}
