//! Lists as tables for spreadsheets (RFC 4180). A table is made of the answer that JSON gives, so what the one does not show the other
//! cannot show.

use csv::{Terminator, WriterBuilder};
use serde_json::{Map, Value};

use super::answer::Rendered;
use crate::error::{Error, Result};

/// Media type of tables.
pub(super) const MEDIA_TYPE: &str = "text/csv";
const CONTENT_TYPE: &str = "text/csv; charset=utf-8; header=present";
/// Objects within objects; what lies deeper is one cell.
const DEPTH: usize = 3;

/// What stands in a column.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Cell {
    /// The member to which this path leads.
    Member(Vec<String>),
    /// Why an item of many was refused: codes.
    Code,
    /// The same in sentences.
    WhatToDo,
}

/// How an answer becomes a table: names of columns and what stands in them. It is read off the schema of the answer, so that an empty list
/// has the header of a full one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet(Vec<(String, Cell)>);

impl Sheet {
    /// The table of a list: whatever has `items` and `next`.
    pub(super) fn of_list(name: &str, schemas: &[(String, Value)]) -> Option<Self> {
        let list = properties(name, schemas)?;
        list.contains_key("next").then(|| Self::of_items(list, schemas))?
    }

    /// The table of what became of many: each item's own members, without the records that were made, and why it was refused.
    pub(super) fn of_results(name: &str, schemas: &[(String, Value)]) -> Option<Self> {
        let Self(mut columns) = Self::of_items(properties(name, schemas)?, schemas)?;
        columns.retain(|(name, _)| !name.contains('.') && name != "problem");
        // Which item it was, then what became of it.
        columns.sort_by_key(|(name, _)| name == "status");
        columns.push(("code".to_owned(), Cell::Code));
        columns.push(("what_to_do".to_owned(), Cell::WhatToDo));
        Some(Self(columns))
    }

    fn of_items(list: &Map<String, Value>, schemas: &[(String, Value)]) -> Option<Self> {
        let mut columns = Vec::new();
        collect(list.get("items")?.get("items")?, schemas, &mut Vec::new(), &mut columns);
        Some(Self(columns))
    }

    /// What a reader of the document should know of the table.
    pub(super) fn description(&self) -> String {
        let columns = self.header().collect::<Vec<_>>().join(", ");
        format!(
            "The items as a table (RFC 4180). Null is an empty cell; texts of a list are joined by \"; \", other lists are JSON. A text \
             that a spreadsheet would compute has a ' before it. The next page is in the header Link. Asked for as text/csv;bom=true, \
             it begins with a byte-order mark. Columns: {columns}."
        )
    }

    /// Names of the columns.
    pub fn header(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// The same answer as a table.
    pub(super) fn apply(&self, mut rendered: Rendered, bom: bool) -> Result<Rendered> {
        let list: Value = serde_json::from_str(&rendered.body).map_err(Error::internal)?;
        let items = list.get("items").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        rendered.body = self.write(items, bom)?;
        CONTENT_TYPE.clone_into(&mut rendered.content_type);
        // A strong tag names the bytes, and these are others.
        rendered.tag = None;
        if rendered.next.is_none() {
            rendered.next = list.get("next").and_then(Value::as_str).map(str::to_owned);
        }
        Ok(rendered)
    }

    fn write(&self, items: &[Value], bom: bool) -> Result<String> {
        let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
        writer.write_record(self.header()).map_err(Error::internal)?;
        for item in items {
            writer.write_record(self.0.iter().map(|(_, cell)| cell.of(item))).map_err(Error::internal)?;
        }
        let bytes = writer.into_inner().map_err(Error::internal)?;
        let table = String::from_utf8(bytes).map_err(Error::internal)?;
        Ok(if bom { format!("\u{FEFF}{table}") } else { table })
    }
}

impl Cell {
    fn of(&self, item: &Value) -> String {
        let problem = item.get("problem");
        match self {
            Self::Member(path) => cell(path.iter().try_fold(item, |here, name| here.get(name)).unwrap_or(&Value::Null)),
            Self::Code => why(problem, "code", "code", "; "),
            Self::WhatToDo => why(problem, "message", "detail", " "),
        }
    }
}

/// What each fault of a problem says, or where it has none what the problem says.
fn why(problem: Option<&Value>, of_fault: &str, of_problem: &str, between: &str) -> String {
    let Some(problem) = problem.filter(|problem| !problem.is_null()) else { return String::new() };
    let faults = problem.get("errors").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let said: Vec<&str> = faults.iter().filter_map(|fault| fault.get(of_fault)?.as_str()).collect();
    if said.is_empty() { cell(problem.get(of_problem).unwrap_or(&Value::Null)) } else { harmless(&said.join(between)) }
}

/// A value as it stands in a cell. Numbers are no texts: a negative one stays one.
fn cell(value: &Value) -> String {
    let is_plain = |value: &Value| !value.is_array() && !value.is_object();
    match value {
        Value::Null => String::new(),
        Value::String(text) => harmless(text),
        Value::Array(values) if values.iter().all(is_plain) => {
            let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            harmless(&values.iter().map(plain).collect::<Vec<_>>().join("; "))
        }
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

/// A text that no spreadsheet takes for a formula.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\0']) { format!("'{text}") } else { text.to_owned() }
}

fn properties<'a>(name: &str, schemas: &'a [(String, Value)]) -> Option<&'a Map<String, Value>> {
    schemas.iter().find(|(known, _)| known == name)?.1.get("properties")?.as_object()
}

/// Adds the columns of a schema: members that must be there in the order in which they are shown, then the others by name. An object is
/// spread over columns with dots; an array, a union and what has no members is one cell.
fn collect(schema: &Value, schemas: &[(String, Value)], path: &mut Vec<String>, columns: &mut Vec<(String, Cell)>) {
    let schema = resolved(schema, schemas);
    if let Some(Value::Array(parts)) = schema.get("allOf") {
        parts.iter().for_each(|part| collect(part, schemas, path, columns));
        return;
    }
    let Some(members) = schema.get("properties").and_then(Value::as_object).filter(|_| path.len() < DEPTH) else {
        columns.push((path.join("."), Cell::Member(path.clone())));
        return;
    };
    let required: Vec<&str> = match schema.get("required") {
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let mut others: Vec<&str> = members.keys().map(String::as_str).filter(|name| !required.contains(name)).collect();
    others.sort_unstable();
    for name in required.iter().chain(&others) {
        let Some(member) = members.get(*name) else { continue };
        path.push((*name).to_owned());
        collect(member, schemas, path, columns);
        path.pop();
    }
}

/// The schema behind a reference, also behind one that may be null.
fn resolved<'a>(schema: &'a Value, schemas: &'a [(String, Value)]) -> &'a Value {
    let one_of = schema.get("oneOf").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut branches = one_of.iter().filter(|branch| branch.get("type").is_none_or(|kind| kind != "null"));
    let schema = match (branches.next(), branches.next()) {
        (Some(only), None) => only,
        _ => schema,
    };
    let name = schema.get("$ref").and_then(Value::as_str).and_then(|reference| reference.rsplit('/').next());
    let named = name.and_then(|name| schemas.iter().find(|(known, _)| known == name));
    named.map_or(schema, |(_, schema)| schema)
}

#[cfg(test)]
mod tests;
