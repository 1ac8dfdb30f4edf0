//! No lost update: a change names the version it is based on, and a conflict names the fields.

use serde_json::{Map, Value, json};

use super::json::join;
use crate::db::ReadTx;
use crate::error::{Code, Error, Result};
use crate::id::PersonId;

/// A record that clients change on the basis of a version.
pub trait Record {
    /// Its present version.
    fn version(&self) -> i32;

    /// Whose file it stands in: whoever is shown it has looked at that file.
    fn person(&self) -> Option<PersonId>;

    /// Its members as clients see them at a version of the past; `None` if there was no such version.
    fn members_at(&self, tx: &mut ReadTx<'_>, version: i32) -> Result<Option<Value>>;
}

/// The version as a strong entity tag. It depends on neither token nor language.
pub(super) fn tag(version: i32) -> String {
    format!("\"v{version}\"")
}

/// Reads an `If-Match` header. `*` and lists are refused: a change is based on one version.
pub(super) fn parse(header: &str) -> Option<i32> {
    let version = header.strip_prefix("\"v")?.strip_suffix('"')?.parse().ok().filter(|version| *version > 0)?;
    // A tag is compared as it is written: "v01" is none of ours.
    (tag(version) == header).then_some(version)
}

/// Does an `If-None-Match` header name this entity tag? It may name several, any of them as a weak one, or whatever there is.
pub(super) fn named(header: &str, tag: &str) -> bool {
    header.split(',').map(str::trim).any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

/// A refusal that shows what somebody else changed, and whose file that is.
pub(super) struct Overtaken {
    pub(super) refusal: Error,
    pub(super) persons: Vec<PersonId>,
}

/// 428 without a version. A stale one is 412 with the conflicting fields, which is a look: it is not an error here, so that it can go into the
/// log. What never was a version has nothing to be compared with, and is shown nothing.
pub(super) fn expect<R: Record>(
    tx: &mut ReadTx<'_>,
    record: &R,
    if_match: Option<i32>,
    yours: &Value,
) -> Result<Option<Overtaken>> {
    let current = record.version();
    let version = if_match.ok_or_else(|| Error::new(Code::VersionRequired))?;
    if version == current {
        return Ok(None);
    }
    let refusal = Error::new(Code::VersionConflict).with_member("current_version", current);
    let Some(base) = record.members_at(tx, version)? else {
        let nothing = Value::Array(Vec::new());
        return Err(refusal.with_member("conflicts", nothing.clone()).with_member("changed", nothing));
    };
    let theirs = record.members_at(tx, current)?.unwrap_or(Value::Null);
    let (conflicts, changed) = compare(&base, &theirs, yours);
    let refusal = refusal.with_member("conflicts", conflicts).with_member("changed", changed);
    Ok(Some(Overtaken { refusal, persons: record.person().into_iter().collect() }))
}

/// Fields that both sides changed, and those that only the other side changed.
fn compare(base: &Value, theirs: &Value, yours: &Value) -> (Value, Value) {
    let empty = Map::new();
    let members = |value: &'_ Value| value.as_object().cloned().unwrap_or_default();
    let yours = yours.as_object().unwrap_or(&empty);
    let base = members(base);
    let mut conflicts = Vec::new();
    let mut changed = Vec::new();
    for (name, now) in &members(theirs) {
        let before = base.get(name).unwrap_or(&Value::Null);
        if before == now || matches!(name.as_str(), "version" | "updated_at") {
            continue;
        }
        let pointer = join("", name);
        match yours.get(name) {
            Some(wanted) if wanted != now => {
                conflicts.push(json!({ "pointer": pointer, "base": before, "theirs": now, "yours": wanted }));
            }
            _ => changed.push(Value::from(pointer)),
        }
    }
    (Value::Array(conflicts), Value::Array(changed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_found_among_several() {
        for header in ["\"v3\"", "W/\"v3\"", "\"v1\", \"v3\"", "*", " \"v3\" "] {
            assert!(named(header, "\"v3\""), "{header}");
        }
        for header in ["\"v2\"", "v3", "", "\"v33\"", "W/\"v2\",\"v1\""] {
            assert!(!named(header, "\"v3\""), "{header}");
        }
    }

    #[test]
    fn a_tag_is_one_version() {
        assert_eq!(parse(&tag(17)), Some(17));
        for refused in ["*", "v17", "\"17\"", "W/\"v17\"", "\"v0\"", "\"v1\", \"v2\"", "\"v-1\"", "\"v01\"", "\"v+2\""]
        {
            assert_eq!(parse(refused), None, "{refused}");
        }
    }

    #[test]
    fn a_conflict_is_what_both_sides_changed() {
        let base = json!({ "a": 1, "b": 1, "c": 1, "version": 1 });
        let theirs = json!({ "a": 2, "b": 2, "c": 1, "version": 2 });
        let (conflicts, changed) = compare(&base, &theirs, &json!({ "a": 3, "c": 3 }));
        assert_eq!(conflicts, json!([{ "pointer": "/a", "base": 1, "theirs": 2, "yours": 3 }]));
        assert_eq!(changed, json!(["/b"]));
    }
}
