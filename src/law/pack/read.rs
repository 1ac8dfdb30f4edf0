//! Reading TOML tables so that a mistake is told with its file, line and key, and all mistakes at once.

use std::cell::RefCell;
use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::Value;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::PackFault;
use crate::calendar::Period;
use crate::law::name::{Name, Text};

/// A file and the faults found so far in all of them.
pub(in crate::law) struct File<'t> {
    name: &'t str,
    line_starts: Vec<usize>,
    faults: &'t RefCell<Vec<PackFault>>,
}

impl<'t> File<'t> {
    pub(in crate::law) fn new(name: &'t str, text: &str, faults: &'t RefCell<Vec<PackFault>>) -> Self {
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { name, line_starts, faults }
    }

    pub(in crate::law) fn line(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset)
    }

    pub(in crate::law) fn fault(&self, line: usize, key: &str, message: impl Into<String>) {
        let (file, key, message) = (self.name.to_owned(), key.to_owned(), message.into());
        self.faults.borrow_mut().push(PackFault { file, line, key, message });
    }
}

/// Where something stands, for faults found later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::law) struct Place {
    pub(in crate::law) file: String,
    pub(in crate::law) line: usize,
    pub(in crate::law) key: String,
}

impl Place {
    pub(in crate::law) fn fault(&self, message: impl Into<String>) -> PackFault {
        PackFault { file: self.file.clone(), line: self.line, key: self.key.clone(), message: message.into() }
    }
}

/// One table: keys are taken by name, and what is left over at the end is unknown.
pub(in crate::law) struct Table<'t> {
    file: &'t File<'t>,
    path: String,
    line: usize,
    keys: &'t DeTable<'t>,
    taken: Vec<&'static str>,
}

/// A value with the key it stands under.
#[derive(Clone)]
pub(in crate::law) struct Entry<'t> {
    file: &'t File<'t>,
    pub(in crate::law) path: String,
    pub(in crate::law) line: usize,
    pub(in crate::law) value: &'t DeValue<'t>,
}

impl<'t> Entry<'t> {
    pub(in crate::law) fn fault(&self, message: impl Into<String>) {
        self.file.fault(self.line, &self.path, message);
    }

    fn wrong<T>(&self, wanted: &str) -> Option<T> {
        self.fault(format!("is {}; write {wanted}", self.value.type_str()));
        None
    }

    pub(in crate::law) fn place(&self) -> Place {
        Place { file: self.file.name.to_owned(), line: self.line, key: self.path.clone() }
    }

    pub(in crate::law) fn text(&self) -> Option<&'t str> {
        match self.value.as_str() {
            Some("") => {
                self.fault("is empty; write a text or leave the key out");
                None
            }
            Some(text) => Some(text),
            None => self.wrong("a text"),
        }
    }

    pub(in crate::law) fn one_of<T: Copy>(&self, words: &[(&str, T)]) -> Option<T> {
        let text = self.text()?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            self.fault(format!("`{text}` is unknown here; write one of: {}", known.join(", ")));
        }
        found
    }

    pub(in crate::law) fn boolean(&self) -> Option<bool> {
        self.value.as_bool().or_else(|| self.wrong("true or false"))
    }

    pub(in crate::law) fn integer(&self) -> Option<i64> {
        let number = self.value.as_integer().and_then(|n| i64::from_str_radix(n.as_str(), n.radix()).ok());
        number.or_else(|| self.wrong("a whole number"))
    }

    pub(in crate::law) fn number(&self, least: u32) -> Option<u32> {
        let number = self.integer()?;
        let found = u32::try_from(number).ok().filter(|n| (least..=99_999).contains(n));
        if found.is_none() {
            self.fault(format!("{number} is out of range; write a number from {least} to 99999"));
        }
        found
    }

    pub(in crate::law) fn period(&self) -> Option<Period> {
        match self.text()?.parse() {
            Ok(period) => Some(period),
            Err(error) => {
                self.fault(format!("{error}"));
                None
            }
        }
    }

    pub(in crate::law) fn date(&self) -> Option<NaiveDate> {
        let date = match self.value {
            DeValue::Datetime(date) => match (date.date, date.time, date.offset) {
                (Some(date), None, None) => {
                    NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into())
                }
                _ => None,
            },
            DeValue::String(text) => NaiveDate::parse_from_str(text, "%Y-%m-%d").ok(),
            _ => None,
        };
        if date.is_none() {
            self.fault("is no date that exists; write it like 2026-11-23, without a time");
        }
        date
    }

    /// The items of a list; a single value is not one.
    pub(in crate::law) fn items(&self) -> Vec<Self> {
        let Some(items) = self.value.as_array() else {
            return self.wrong::<Vec<Self>>("a list in square brackets").unwrap_or_default();
        };
        items.iter().map(|item| self.item(item)).collect()
    }

    fn item(&self, item: &'t Spanned<DeValue<'t>>) -> Self {
        let line = self.file.line(item.span().start);
        Self { file: self.file, path: self.path.clone(), line, value: item.get_ref() }
    }

    pub(in crate::law) fn names(&self) -> Vec<(Name, Place)> {
        self.items().iter().filter_map(|item| Some((Name::from(item.text()?), item.place()))).collect()
    }

    pub(in crate::law) fn table(&self) -> Option<Table<'t>> {
        match self.value.as_table() {
            Some(table) => Some(Table::new(self.file, self.path.clone(), self.line, table)),
            None => self.wrong("a table, { key = value, … }"),
        }
    }

    /// A text by language.
    pub(in crate::law) fn languages(&self) -> Option<Text> {
        let table = self.value.as_table().or_else(|| self.wrong("a text by language, { en = \"…\" }"))?;
        let mut texts = BTreeMap::new();
        for (language, text) in table {
            let code = language.get_ref();
            match text.get_ref().as_str() {
                Some(text) if code.len() == 2 && code.bytes().all(|b| b.is_ascii_lowercase()) => {
                    texts.insert(code.to_string(), text.to_owned());
                }
                _ => self.fault(format!("`{code}` is no text of a language; write two-letter codes, {{ en = \"…\" }}")),
            }
        }
        Some(texts.into())
    }
}

impl<'t> Table<'t> {
    pub(in crate::law) fn new(file: &'t File<'t>, path: String, line: usize, keys: &'t DeTable<'t>) -> Self {
        Self { file, path, line, keys, taken: Vec::new() }
    }

    pub(in crate::law) fn place(&self) -> Place {
        Place { file: self.file.name.to_owned(), line: self.line, key: self.path.clone() }
    }

    /// The table as it is written, without some of its keys.
    pub(super) fn stated(&self, without: &[&str]) -> Value {
        let rest = self.keys.iter().filter(|(name, _)| !without.contains(&name.get_ref().as_ref()));
        rest.map(|(name, value)| (name.get_ref().to_string(), json(value.get_ref()))).collect()
    }

    /// A fault of the table as a whole.
    pub(in crate::law) fn fault(&self, message: impl Into<String>) {
        self.file.fault(self.line, &self.path, message);
    }

    fn key(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// The value of a key, if it is there.
    pub(in crate::law) fn get(&mut self, key: &'static str) -> Option<Entry<'t>> {
        self.taken.push(key);
        let (name, value) = self.keys.get_key_value(key)?;
        let line = self.file.line(name.span().start);
        Some(Entry { file: self.file, path: self.key(key), line, value: value.get_ref() })
    }

    /// The value of a key that must be there.
    pub(in crate::law) fn need(&mut self, key: &'static str) -> Option<Entry<'t>> {
        let found = self.get(key);
        if found.is_none() {
            self.file.fault(self.line, &self.key(key), "is missing; add it");
        }
        found
    }

    /// The tables of a list of tables, `[[key]]`.
    pub(in crate::law) fn tables(&mut self, key: &'static str) -> Vec<Self> {
        let Some(entry) = self.get(key) else { return Vec::new() };
        let found = entry.value.as_array().map(|items: &DeArray<'_>| {
            let tables = items.iter().filter_map(|item| {
                let line = self.file.line(item.span().start);
                Some(Self::new(self.file, self.key(key), line, item.get_ref().as_table()?))
            });
            tables.collect::<Vec<_>>()
        });
        match found {
            Some(tables) if tables.len() == entry.value.as_array().map_or(0, |items| items.len()) => tables,
            _ => {
                entry.fault(format!("is no list of tables; write [[{}]]", self.key(key)));
                Vec::new()
            }
        }
    }

    /// Every key with its value, for tables whose keys are names of the pack. Nothing is left for [`Self::finish`].
    pub(in crate::law) fn entries(self) -> Vec<(&'t str, Entry<'t>)> {
        let entries = self.keys.iter().map(|(name, value)| {
            let key = name.get_ref().as_ref();
            let line = self.file.line(name.span().start);
            (key, Entry { file: self.file, path: self.key(key), line, value: value.get_ref() })
        });
        entries.collect()
    }

    /// Ends the reading: every key nobody asked for is a fault.
    pub(in crate::law) fn finish(self) {
        for name in self.keys.keys() {
            let key = name.get_ref().as_ref();
            if !self.taken.contains(&key) {
                let mut known = self.taken.clone();
                known.sort_unstable();
                known.dedup();
                let message = format!("is unknown here; correct or remove it (known: {})", known.join(", "));
                self.file.fault(self.file.line(name.span().start), &self.key(key), message);
            }
        }
    }
}

fn json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::from(text.as_ref()),
        DeValue::Boolean(value) => Value::from(*value),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok().into(),
        DeValue::Float(number) => number.as_str().parse::<f64>().ok().into(),
        DeValue::Datetime(date) => Value::from(date.to_string()),
        DeValue::Array(items) => items.iter().map(|item| json(item.get_ref())).collect(),
        DeValue::Table(keys) => {
            keys.iter().map(|(name, value)| (name.get_ref().to_string(), json(value.get_ref()))).collect()
        }
    }
}
