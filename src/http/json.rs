//! JSON with one meaning: duplicate members, a byte-order mark, numbers that do not fit and excessive shapes are refused before anything
//! reads the document.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::error::{Code, Error, Fault, Result};

/// Deepest nesting of arrays and objects.
const DEPTH: usize = 32;
/// Most elements of an array.
const ARRAY: usize = 100;
/// Longest string, bytes.
const STRING: usize = 4 * 1024;

/// Reads a body. 400 for what is not JSON or has no single meaning.
pub(super) fn parse(bytes: &[u8]) -> Result<Value> {
    let malformed = |detail: &str| Error::new(Code::MalformedJson).with_detail(detail);
    if bytes.starts_with(&[0xEF, 0xBB, 0xBF]) {
        return Err(malformed("The body begins with a byte-order mark. Send UTF-8 without one."));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| malformed("The body is not UTF-8."))?;
    if text.trim().is_empty() {
        return Err(malformed("The body is empty. This operation needs a JSON object."));
    }
    let refusal = RefCell::new(None);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let seed = Strict { pointer: String::new(), depth: 0, refusal: &refusal };
    let parsed = seed.deserialize(&mut deserializer).and_then(|value| deserializer.end().map(|()| value));
    parsed.map_err(|error| match refusal.take() {
        Some(fault) => {
            let error = Error::new(Code::MalformedJson).with_detail(fault.message.clone());
            error.with_faults(vec![fault])
        }
        // serde_json's own message may quote the body; line and column do not.
        None => malformed(&format!("The body is not JSON: line {}, column {}.", error.line(), error.column())),
    })
}

struct Strict<'a> {
    pointer: String,
    depth: usize,
    refusal: &'a RefCell<Option<Fault>>,
}

impl Strict<'_> {
    fn child(&self, segment: &str) -> Strict<'_> {
        Strict { pointer: join(&self.pointer, segment), depth: self.depth + 1, refusal: self.refusal }
    }

    fn refuse<E: serde::de::Error>(&self, pointer: &str, code: &'static str, message: &str) -> E {
        *self.refusal.borrow_mut() = Some(Fault::at(pointer, code, message));
        E::custom(code)
    }
}

/// Appends one segment to a JSON Pointer (RFC 6901).
pub(super) fn join(pointer: &str, segment: &str) -> String {
    format!("{pointer}/{}", segment.replace('~', "~0").replace('/', "~1"))
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        if self.depth > DEPTH {
            return Err(self.refuse(&self.pointer, "too_deep", "The document is nested deeper than 32 levels."));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        // An integer beyond 64 bits arrives here too, already rounded.
        match Number::from_f64(value) {
            Some(number) if value.abs() < 9_007_199_254_740_992.0 => Ok(Value::Number(number)),
            _ => Err(self.refuse(&self.pointer, "number_too_big", "The number does not fit into 64 bits.")),
        }
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        if value.len() > STRING {
            return Err(self.refuse(&self.pointer, "too_long", "A text is at most 4 KiB long."));
        }
        Ok(Value::String(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(self.child(&items.len().to_string()))? {
            if items.len() == ARRAY {
                return Err(self.refuse(&self.pointer, "too_many", "An array has at most 100 elements."));
            }
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            let value = map.next_value_seed(self.child(&name))?;
            if members.contains_key(&name) {
                let pointer = join(&self.pointer, &name);
                return Err(self.refuse(&pointer, "duplicate_member", "The member stands twice. Send it once."));
            }
            members.insert(name, value);
        }
        if members.len() > ARRAY {
            return Err(A::Error::custom("too many members"));
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(body: &[u8]) -> Error {
        parse(body).unwrap_err()
    }

    #[test]
    fn what_has_no_single_meaning_is_400_and_says_where() {
        let error = refused(br#"{"a": {"b": 1, "b": 2}}"#);
        assert_eq!(error.code, Code::MalformedJson);
        assert_eq!(error.faults, vec![Fault::at("/a/b", "duplicate_member", "The member stands twice. Send it once.")]);
        for body in [
            &b"\xEF\xBB\xBF{}"[..],
            b"",
            b"{\"a\": NaN}",
            b"{} {}",
            b"{\"a\": 18446744073709551616}",
            b"{\"a\": \"\xFF\"}",
            b"{\"a\": \"\\uD800\"}",
            b"{'a': 1}",
        ] {
            assert_eq!(refused(body).code, Code::MalformedJson, "{}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn shapes_have_limits() {
        let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(parse(deep(33).as_bytes()).is_ok());
        assert_eq!(refused(deep(34).as_bytes()).faults[0].code, "too_deep");
        let text = |length: usize| format!("[\"{}\"]", "x".repeat(length));
        assert!(parse(text(4096).as_bytes()).is_ok());
        assert_eq!(refused(text(4097).as_bytes()).faults[0].code, "too_long");
        let many = |count: usize| format!("[{}]", vec!["1"; count].join(","));
        assert!(parse(many(100).as_bytes()).is_ok());
        assert_eq!(refused(many(101).as_bytes()).faults[0].code, "too_many");
    }
}
