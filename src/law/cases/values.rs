//! Values of TOML as the answers and the dossier write them.

use chrono::{DateTime, Utc};
use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::law::pack::read::Entry;

/// A value as the answers write it. TOML has no null: "none" says it; a window without `to` is open.
pub(super) fn expected(entry: &Entry<'_>) -> Value {
    let Some(items) = entry.value.as_array() else {
        return if entry.value.as_str() == Some("none") { Value::Null } else { plain(entry.value) };
    };
    let item = |item: &Spanned<DeValue<'_>>| {
        let mut value = plain(item.get_ref());
        if let Value::Object(window) = &mut value {
            window.entry("to").or_insert(Value::Null);
        }
        value
    };
    items.iter().map(item).collect()
}

/// TOML as JSON, dates as text, instants in UTC.
pub(super) fn plain(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::from(text.as_ref()),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).map_or(Value::Null, Value::from)
        }
        DeValue::Float(number) => number.as_str().parse::<f64>().map_or(Value::Null, Value::from),
        DeValue::Boolean(switch) => Value::from(*switch),
        DeValue::Datetime(date) => {
            let text = date.to_string();
            let instant = text.parse::<DateTime<Utc>>().ok().and_then(|instant| serde_json::to_value(instant).ok());
            instant.unwrap_or(Value::String(text))
        }
        DeValue::Array(items) => items.iter().map(|item| plain(item.get_ref())).collect(),
        DeValue::Table(table) => {
            table.iter().map(|(key, value)| (key.get_ref().to_string(), plain(value.get_ref()))).collect()
        }
    }
}

/// The same value with its dates as the text that a dossier takes, so that a case may write either.
pub(super) fn dates_as_text<'t>(value: &DeValue<'t>) -> DeValue<'t> {
    let inner = |one: &Spanned<DeValue<'t>>| Spanned::new(one.span(), dates_as_text(one.get_ref()));
    match value {
        DeValue::Datetime(date) => DeValue::String(date.to_string().into()),
        DeValue::Array(items) => DeValue::Array(items.iter().map(inner).collect()),
        DeValue::Table(table) => DeValue::Table(table.iter().map(|(key, value)| (key.clone(), inner(value))).collect()),
        other => other.clone(),
    }
}

/// The innermost key whose name or value stands at a place of the text. Headers do not enclose what follows them, so every
/// table is looked into.
pub(super) fn key_at(table: &DeTable<'_>, at: usize) -> Option<String> {
    table.iter().find_map(|(name, value)| {
        let inner = match value.get_ref() {
            DeValue::Table(table) => key_at(table, at),
            DeValue::Array(items) => {
                items.iter().find_map(|item| item.get_ref().as_table().and_then(|table| key_at(table, at)))
            }
            _ => None,
        };
        let here = || (name.span().contains(&at) || value.span().contains(&at)).then(String::new);
        let below = inner.or_else(here)?;
        let name = name.get_ref().as_ref();
        Some(if below.is_empty() { name.to_owned() } else { format!("{name}.{below}") })
    })
}
