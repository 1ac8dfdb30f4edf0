//! Members that are lists of values, and tags of languages.

use serde_json::{Value, json};

use super::{Member, text};

/// At most this many values in one list.
const MOST: usize = 20;

/// A list of different values, each of one kind. It is not empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Several<T>(pub Vec<T>);

impl<T: Member + PartialEq> Member for Several<T> {
    fn parse(value: &Value) -> Result<Self, (&'static str, String)> {
        let Value::Array(items) = value else {
            return Err(("not_an_array", "A JSON array is expected here.".to_owned()));
        };
        if items.is_empty() || items.len() > MOST {
            return Err(("length", format!("1 to {MOST} values are expected here, not {}.", items.len())));
        }
        let mut values = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let value = T::parse(item).map_err(|(code, message)| (code, format!("Value {index}: {message}")))?;
            if values.contains(&value) {
                return Err(("given_twice", format!("Value {index} stands there already.")));
            }
            values.push(value);
        }
        Ok(Self(values))
    }

    fn schema() -> Value {
        json!({ "type": "array", "minItems": 1, "maxItems": MOST, "uniqueItems": true, "items": T::schema() })
    }
}

/// A language tag of BCP 47: `az`, `ka`, `az-Arab`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LanguageTag(pub String);

impl Member for LanguageTag {
    const ECHO: bool = true;

    fn parse(value: &Value) -> Result<Self, (&'static str, String)> {
        let text = text(value)?;
        let mut parts = text.split('-');
        let primary = parts.next().unwrap_or_default();
        let fits = matches!(primary.len(), 2 | 3) && primary.bytes().all(|byte| byte.is_ascii_lowercase());
        let subtag =
            |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if text.len() > 35 || !fits || !parts.all(subtag) {
            let message = "A language tag of BCP 47 is expected here, for example az, ka, az-Arab.";
            return Err(("invalid_language", message.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }

    fn schema() -> Value {
        json!({ "type": "string", "pattern": "^[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$", "maxLength": 35 })
    }
}
