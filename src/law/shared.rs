//! A part of an answer that stands in several places, or in many answers.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

/// A value with several owners, which is turned into JSON once: routes of a pack share most of their requirements, and the traces of those
/// are nearly all of an answer; the texts of a pack stand in every answer. Serializes as the value itself.
pub struct Shared<T>(Arc<Inner<T>>);

struct Inner<T> {
    value: T,
    json: OnceLock<Box<RawValue>>,
}

impl<T> Shared<T> {
    /// The first owner of a value.
    pub fn new(value: T) -> Self {
        Self(Arc::new(Inner { value, json: OnceLock::new() }))
    }

    /// The same for all owners of one value, and for no other value while one of them is there.
    pub fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.value
    }
}

impl<T: PartialEq> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || **self == **other
    }
}

impl<T: Eq> Eq for Shared<T> {}

impl<T: fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: Serialize> Serialize for Shared<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if Arc::strong_count(&self.0) == 1 {
            return self.0.value.serialize(serializer);
        }
        if let Some(json) = self.0.json.get() {
            return json.serialize(serializer);
        }
        let json = to_raw_value(&self.0.value).map_err(S::Error::custom)?;
        self.0.json.get_or_init(|| json).serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use serde_json::{json, to_string, to_value};

    use super::*;

    /// Counts how often it is turned into something.
    #[derive(Default)]
    struct Counted {
        times: Cell<u32>,
    }

    impl Serialize for Counted {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            self.times.set(self.times.get() + 1);
            json!({ "b": 1, "a": "ə \"q\"" }).serialize(serializer)
        }
    }

    #[test]
    fn it_is_turned_into_json_once_and_reads_like_the_value() {
        let one = Shared::new(Counted::default());
        let alone = to_string(&one).unwrap();
        assert_eq!((alone.as_str(), one.times.get()), (r#"{"b":1,"a":"ə \"q\""}"#, 1), "an only owner keeps no copy");
        let all = vec![one.clone(), one.clone(), one.clone()];
        assert_eq!(to_string(&all).unwrap(), format!("[{alone},{alone},{alone}]"));
        assert_eq!(one.times.get(), 2);
        assert_eq!(to_value(&one).unwrap(), json!({ "b": 1, "a": "ə \"q\"" }));
        assert_eq!(one.times.get(), 2);
    }

    #[test]
    fn an_address_tells_one_value_from_another() {
        let (one, other) = (Shared::new(7), Shared::new(7));
        assert_eq!(one.address(), one.clone().address());
        assert_ne!(one.address(), other.address());
        assert!(one == other && one != Shared::new(8));
    }
}
