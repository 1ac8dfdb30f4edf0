//! Is an answer what the OpenAPI document says it is?

use std::sync::LazyLock;

use sakin::http::{Endpoint, document};
use sakin::web::endpoints;
use serde_json::{Map, Value};

use super::Answered;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| document(&endpoints()));

/// Fails the test unless the operation declares the status, and the body has the declared members and no others. A wrong method is not an
/// answer of the operation.
#[track_caller]
pub(crate) fn keeps_the_contract(endpoint: &Endpoint, answer: &Answered) {
    let method = endpoint.method.as_str().to_ascii_lowercase();
    let operation = &DOCUMENT["paths"][endpoint.path][&method];
    let (id, status) = (endpoint.operation_id, answer.status.as_u16());
    let declared = resolved(&operation["responses"][status.to_string()]);
    assert!(declared.is_object(), "{id} answers {status}, which it does not declare: {}", answer.text);
    let media = answer.headers["content-type"].to_str().unwrap();
    let media = media.split(';').next().unwrap();
    let schema = &declared["content"][media]["schema"];
    assert!(schema.is_object(), "{id} answers {status} as {media}, which it does not declare");
    if !media.ends_with("json") {
        return;
    }
    let mut found = Vec::new();
    // A code may add members of its own to a problem.
    check(schema, &answer.json(), "", !answer.status.is_success(), &mut found);
    assert!(found.is_empty(), "{id} answers {status} otherwise than it declares:\n{}", found.join("\n"));
}

fn resolved(schema: &Value) -> &Value {
    match schema["$ref"].as_str() {
        Some(reference) => DOCUMENT.pointer(reference.trim_start_matches('#')).unwrap(),
        None => schema,
    }
}

/// The members of several schemas together.
fn merged(parts: &[Value]) -> Value {
    let mut merged = Map::new();
    for part in parts {
        for (name, member) in resolved(part).as_object().unwrap() {
            match (merged.get_mut(name), member) {
                (Some(Value::Object(known)), Value::Object(more)) => known.extend(more.clone()),
                (Some(Value::Array(known)), Value::Array(more)) => known.extend(more.clone()),
                _ => drop(merged.insert(name.clone(), member.clone())),
            }
        }
    }
    Value::Object(merged)
}

fn check(schema: &Value, value: &Value, at: &str, open: bool, found: &mut Vec<String>) {
    let schema = resolved(schema);
    if let Some(parts) = schema["allOf"].as_array() {
        return check(&merged(parts), value, at, open, found);
    }
    if let Some(branches) = schema["oneOf"].as_array() {
        let fits = |branch: &&Value| {
            let mut faults = Vec::new();
            check(branch, value, "", open, &mut faults);
            faults.is_empty()
        };
        let count = branches.iter().filter(fits).count();
        if count != 1 {
            found.push(format!("{at}: {value} fits {count} of the branches, not one"));
        }
        return;
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !kinds.is_empty() && !kinds.iter().any(|kind| is_of(kind, value)) {
        found.push(format!("{at}: {value} is no {kinds:?}"));
        return;
    }
    if let Some(allowed) = schema["enum"].as_array()
        && !value.is_null()
        && !allowed.contains(value)
    {
        found.push(format!("{at}: {value} is not in the list"));
    }
    if let (Some(format), Some(text)) = (schema["format"].as_str(), value.as_str())
        && !has_format(format, text)
    {
        found.push(format!("{at}: {text:?} is no {format}"));
    }
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                check(&schema["items"], item, &format!("{at}/{index}"), open, found);
            }
        }
        Value::Object(members) => {
            for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                if !members.contains_key(name) {
                    found.push(format!("{at}/{name} is missing"));
                }
            }
            for (name, member) in members {
                let at = format!("{at}/{name}");
                match (&schema["properties"][name], &schema["additionalProperties"]) {
                    (Value::Null, Value::Object(_)) => check(&schema["additionalProperties"], member, &at, open, found),
                    (Value::Null, _) if !open && schema.get("properties").is_some() => {
                        found.push(format!("{at} is not in the document"));
                    }
                    (known, _) => check(known, member, &at, open, found),
                }
            }
        }
        _ => {}
    }
}

fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("the document has the type {other}"),
    }
}

fn has_format(format: &str, text: &str) -> bool {
    match format {
        "uuid" => text.parse::<uuid::Uuid>().is_ok(),
        "date" => text.parse::<chrono::NaiveDate>().is_ok() && text.len() == 10,
        "date-time" => text.ends_with('Z') && chrono::DateTime::parse_from_rfc3339(text).is_ok(),
        _ => true,
    }
}
