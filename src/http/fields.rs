//! Reading a request's members into domain types, all faults at once. The same function that reads a body also describes it: run over
//! a describing [`Fields`] it leaves the JSON Schema, so the document cannot say what the code does not do.

use chrono::{DateTime, NaiveDate};
use serde_json::{Map, Value, json};

mod several;

pub use self::several::{LanguageTag, Several};
use super::json::join;
use crate::calendar::partial::{PartialDate, parse_day};
use crate::clock::Instant;
use crate::config::closest;
use crate::db::TextEnum;
use crate::error::{Fault, Place};

/// What a request's body or query is read into.
pub trait Input: Sized + Send + 'static {
    /// Name of the schema in the OpenAPI document.
    const NAME: &'static str;

    /// Reads every member before it gives up on any, so that all faults are found.
    fn read(fields: &mut Fields<'_>) -> Option<Self>;
}

/// No members.
impl Input for () {
    const NAME: &'static str = "Nothing";

    fn read(_: &mut Fields<'_>) -> Option<Self> {
        Some(())
    }
}

/// A value of one member.
pub trait Member: Sized {
    /// The value, or a fault's code and message.
    fn parse(value: &Value) -> Result<Self, (&'static str, String)>;

    /// JSON Schema of the value.
    fn schema() -> Value;

    /// May the offending value be echoed? Not where it could be personal.
    const ECHO: bool = false;

    /// May the value stand as a text in the query alone, which has nothing else?
    const TEXT_IN_QUERY_ALONE: bool = false;
}

/// What a merge patch says of one member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Patch<T> {
    /// Absent: unchanged.
    Keep,
    /// `null`: cleared.
    Clear,
    /// A new value.
    Set(T),
}

impl<T: Clone> Patch<T> {
    /// The value after the patch.
    pub fn apply(&self, before: Option<T>) -> Option<T> {
        match self {
            Self::Keep => before,
            Self::Clear => None,
            Self::Set(value) => Some(value.clone()),
        }
    }
}

/// One described member.
#[derive(Debug)]
pub struct Property {
    /// Its name.
    pub name: &'static str,
    /// JSON Schema of its value.
    pub schema: Value,
    /// Must it be there?
    pub required: bool,
}

enum Mode<'a> {
    Reading { members: Map<String, Value>, faults: &'a mut Vec<Fault> },
    Describing(&'a mut Vec<Property>),
}

/// A member as it was found.
enum Taken {
    Absent,
    Null,
    Value(Value),
    /// There is nothing to read: the input is being described.
    Undecided,
}

/// Where faults of these members point.
#[derive(Clone, Debug)]
enum Base {
    Body(String),
    Query,
}

/// The members of an object or of a query string.
pub struct Fields<'a> {
    mode: Mode<'a>,
    base: Base,
    known: Vec<&'static str>,
}

/// Reads a JSON object into an input, adding to `faults` what is wrong.
pub fn read_body<T: Input>(value: Value, faults: &mut Vec<Fault>) -> Option<T> {
    read_object(value, String::new(), faults)
}

/// Reads a query string's members.
pub(super) fn read_query<T: Input>(members: Map<String, Value>, faults: &mut Vec<Fault>) -> Option<T> {
    let mut fields = Fields { mode: Mode::Reading { members, faults }, base: Base::Query, known: Vec::new() };
    let read = T::read(&mut fields);
    fields.refuse_unknown();
    read
}

fn read_object<T: Input>(value: Value, pointer: String, faults: &mut Vec<Fault>) -> Option<T> {
    let Value::Object(members) = value else {
        faults.push(Fault::at(pointer, "not_an_object", "A JSON object is expected here."));
        return None;
    };
    let mut fields = Fields { mode: Mode::Reading { members, faults }, base: Base::Body(pointer), known: Vec::new() };
    let read = T::read(&mut fields);
    fields.refuse_unknown();
    read
}

/// The members an input has.
pub(super) fn properties<T: Input>() -> Vec<Property> {
    let mut found = Vec::new();
    let mut fields = Fields { mode: Mode::Describing(&mut found), base: Base::Body(String::new()), known: Vec::new() };
    // Describing has no values to give: only the calls matter.
    drop(T::read(&mut fields));
    found
}

/// JSON Schema of an input.
pub(super) fn schema<T: Input>() -> Value {
    let found = properties::<T>();
    let required: Vec<&str> = found.iter().filter(|member| member.required).map(|member| member.name).collect();
    let members: Map<String, Value> = found.into_iter().map(|member| (member.name.to_owned(), member.schema)).collect();
    let mut schema = json!({ "type": "object", "additionalProperties": false, "properties": members });
    if let (Value::Object(schema), false) = (&mut schema, required.is_empty()) {
        schema.insert("required".to_owned(), json!(required));
    }
    schema
}

impl Fields<'_> {
    /// A member that must be there.
    pub fn required<T: Member>(&mut self, name: &'static str, description: &str) -> Option<T> {
        self.describe::<T>(name, description, true, false);
        match self.take(name) {
            Taken::Absent | Taken::Null => {
                self.fault(name, "required", "This member is required.");
                None
            }
            Taken::Value(value) => self.parse(name, &value),
            Taken::Undecided => None,
        }
    }

    /// A member that may be absent or `null`.
    pub fn optional<T: Member>(&mut self, name: &'static str, description: &str) -> Option<T> {
        self.describe::<T>(name, description, false, true);
        match self.take(name) {
            Taken::Value(value) => self.parse(name, &value),
            Taken::Absent | Taken::Null | Taken::Undecided => None,
        }
    }

    /// A member of a merge patch whose value may be cleared.
    pub fn patch<T: Member>(&mut self, name: &'static str, description: &str) -> Patch<T> {
        self.describe::<T>(name, description, false, true);
        match self.take(name) {
            Taken::Null => Patch::Clear,
            Taken::Value(value) => self.parse(name, &value).map_or(Patch::Keep, Patch::Set),
            Taken::Absent | Taken::Undecided => Patch::Keep,
        }
    }

    /// A member of a merge patch whose value can be changed but not cleared.
    pub fn change<T: Member>(&mut self, name: &'static str, description: &str) -> Option<T> {
        self.describe::<T>(name, description, false, false);
        match self.take(name) {
            Taken::Null => {
                self.fault(name, "not_clearable", "This member can be changed, not cleared.");
                None
            }
            Taken::Value(value) => self.parse(name, &value),
            Taken::Absent | Taken::Undecided => None,
        }
    }

    /// An object that must be there.
    pub fn object<T: Input>(&mut self, name: &'static str, description: &str) -> Option<T> {
        if let Mode::Describing(found) = &mut self.mode {
            let mut schema = schema::<T>();
            if let Value::Object(schema) = &mut schema {
                schema.insert("description".to_owned(), Value::from(description));
            }
            found.push(Property { name, schema, required: true });
        }
        match self.take(name) {
            Taken::Absent | Taken::Null => {
                self.fault(name, "required", "This member is required.");
                None
            }
            Taken::Value(value) => {
                let pointer = self.pointer(name);
                let Mode::Reading { faults, .. } = &mut self.mode else { return None };
                read_object(value, pointer, faults)
            }
            Taken::Undecided => None,
        }
    }

    /// An object that may be absent or `null`.
    pub fn maybe_object<T: Input>(&mut self, name: &'static str, description: &str) -> Option<T> {
        if let Mode::Describing(found) = &mut self.mode {
            let mut schema = schema::<T>();
            if let Value::Object(schema) = &mut schema {
                schema.insert("type".to_owned(), json!(["object", "null"]));
                schema.insert("description".to_owned(), Value::from(description));
            }
            found.push(Property { name, schema, required: false });
        }
        match self.take(name) {
            Taken::Value(value) => {
                let pointer = self.pointer(name);
                let Mode::Reading { faults, .. } = &mut self.mode else { return None };
                read_object(value, pointer, faults)
            }
            Taken::Absent | Taken::Null | Taken::Undecided => None,
        }
    }

    /// An array of objects.
    pub fn list<T: Input>(&mut self, name: &'static str, at_least: usize, description: &str) -> Vec<T> {
        if let Mode::Describing(found) = &mut self.mode {
            let schema = json!({ "type": "array", "minItems": at_least, "maxItems": 100,
                "description": description, "items": schema::<T>() });
            found.push(Property { name, schema, required: at_least > 0 });
        }
        let items = match self.take(name) {
            Taken::Value(Value::Array(items)) => items,
            Taken::Absent | Taken::Null => Vec::new(),
            Taken::Value(_) => {
                self.fault(name, "not_an_array", "A JSON array is expected here.");
                return Vec::new();
            }
            Taken::Undecided => return Vec::new(),
        };
        if items.len() < at_least {
            self.fault(name, "required", format!("At least {at_least} must be given."));
        }
        let pointer = self.pointer(name);
        let Mode::Reading { faults, .. } = &mut self.mode else { return Vec::new() };
        let read = items.into_iter().enumerate();
        read.filter_map(|(index, item)| read_object(item, join(&pointer, &index.to_string()), faults)).collect()
    }

    /// An array of objects that is not empty; each is given with what is wrong with it, and a fault of one is no fault of the whole.
    pub fn each<T: Input>(&mut self, name: &'static str, description: &str) -> Vec<Result<T, Vec<Fault>>> {
        if let Mode::Describing(found) = &mut self.mode {
            let schema = json!({ "type": "array", "minItems": 1, "maxItems": 100,
                "description": description, "items": schema::<T>() });
            found.push(Property { name, schema, required: true });
        }
        let items = match self.take(name) {
            Taken::Value(Value::Array(items)) if !items.is_empty() => items,
            Taken::Value(Value::Array(_)) | Taken::Absent | Taken::Null => {
                self.fault(name, "required", "At least 1 must be given.");
                return Vec::new();
            }
            Taken::Value(_) => {
                self.fault(name, "not_an_array", "A JSON array is expected here.");
                return Vec::new();
            }
            Taken::Undecided => return Vec::new(),
        };
        let pointer = self.pointer(name);
        let read = items.into_iter().enumerate().map(|(index, item)| {
            let mut faults = Vec::new();
            let read = read_object(item, join(&pointer, &index.to_string()), &mut faults);
            read.filter(|_| faults.is_empty()).ok_or(faults)
        });
        read.collect()
    }

    /// Was anything wrong so far?
    pub fn is_faulty(&self) -> bool {
        matches!(&self.mode, Mode::Reading { faults, .. } if !faults.is_empty())
    }

    /// A fault of a member, or of several members together.
    pub fn fault(&mut self, name: &str, code: &'static str, message: impl Into<String>) {
        let place = self.place(name);
        if let Mode::Reading { faults, .. } = &mut self.mode {
            faults.push(Fault { place, code, message: message.into(), value: None });
        }
    }

    /// A fault of a member with the offending value, which must not be personal.
    pub fn fault_with_value(
        &mut self,
        name: &str,
        code: &'static str,
        message: impl Into<String>,
        value: impl Into<String>,
    ) {
        let place = self.place(name);
        if let Mode::Reading { faults, .. } = &mut self.mode {
            faults.push(Fault { place, code, message: message.into(), value: Some(value.into()) });
        }
    }

    /// The last day must not come before the first: adds the fault if it does.
    pub fn in_order(&mut self, first: Option<NaiveDate>, last: Option<NaiveDate>, last_name: &str) {
        if let (Some(first), Some(last)) = (first, last)
            && last < first
        {
            self.fault(last_name, "before_start", format!("The last day is before the first day, {first}."));
        }
    }

    fn describe<T: Member>(&mut self, name: &'static str, description: &str, required: bool, nullable: bool) {
        if let Mode::Describing(found) = &mut self.mode {
            let mut schema = T::schema();
            if let Value::Object(schema) = &mut schema {
                if nullable && let Some(Value::String(kind)) = schema.get("type").cloned() {
                    schema.insert("type".to_owned(), json!([kind, "null"]));
                    if let Some(Value::Array(values)) = schema.get_mut("enum") {
                        values.push(Value::Null);
                    }
                }
                schema.insert("description".to_owned(), Value::from(description));
            }
            found.push(Property { name, schema, required });
        }
    }

    fn take(&mut self, name: &'static str) -> Taken {
        self.known.push(name);
        match &mut self.mode {
            Mode::Reading { members, .. } => match members.remove(name) {
                None => Taken::Absent,
                Some(Value::Null) => Taken::Null,
                Some(value) => Taken::Value(value),
            },
            Mode::Describing(_) => Taken::Undecided,
        }
    }

    fn parse<T: Member>(&mut self, name: &str, value: &Value) -> Option<T> {
        let as_text = T::TEXT_IN_QUERY_ALONE && value.is_string() && matches!(self.base, Base::Body(_));
        match T::parse(if as_text { &Value::Null } else { value }) {
            Ok(parsed) => Some(parsed),
            Err((code, message)) => {
                let place = self.place(name);
                let echo = if T::ECHO { value.as_str().map(str::to_owned) } else { None };
                if let Mode::Reading { faults, .. } = &mut self.mode {
                    faults.push(Fault { place, code, message, value: echo });
                }
                None
            }
        }
    }

    fn pointer(&self, name: &str) -> String {
        match &self.base {
            Base::Body(pointer) => join(pointer, name),
            Base::Query => name.to_owned(),
        }
    }

    fn place(&self, name: &str) -> Place {
        match &self.base {
            Base::Body(pointer) => Place::Pointer(join(pointer, name)),
            Base::Query => Place::Parameter(name.to_owned()),
        }
    }

    fn refuse_unknown(&mut self) {
        let Mode::Reading { members, .. } = &mut self.mode else { return };
        let unknown: Vec<String> = members.keys().cloned().collect();
        for name in unknown {
            let nearest = closest(&name, self.known.iter().copied());
            let hint = nearest.map_or_else(String::new, |known| format!(" Did you mean {known}?"));
            let (code, what) = match self.base {
                Base::Body(_) => ("unknown_member", "member"),
                Base::Query => ("unknown_parameter", "parameter"),
            };
            self.fault(&name, code, format!("This operation has no such {what}.{hint}"));
        }
    }
}

/// The text of a member whose own type knows the rest.
pub fn text(value: &Value) -> Result<&str, (&'static str, String)> {
    value.as_str().ok_or_else(|| ("not_text", "A text is expected here.".to_owned()))
}

impl Member for bool {
    const ECHO: bool = true;
    const TEXT_IN_QUERY_ALONE: bool = true;

    fn parse(value: &Value) -> Result<Self, (&'static str, String)> {
        match value {
            Value::Bool(value) => Ok(*value),
            // Query strings have only texts.
            Value::String(value) if value == "true" => Ok(true),
            Value::String(value) if value == "false" => Ok(false),
            _ => Err(("not_a_boolean", "true or false is expected here.".to_owned())),
        }
    }

    fn schema() -> Value {
        json!({ "type": "boolean" })
    }
}

impl Member for NaiveDate {
    const ECHO: bool = true;

    fn parse(value: &Value) -> Result<Self, (&'static str, String)> {
        parse_day(text(value)?).map_err(|error| ("not_a_date", error.to_string()))
    }

    fn schema() -> Value {
        json!({ "type": "string", "format": "date" })
    }
}

impl Member for PartialDate {
    fn parse(value: &Value) -> Result<Self, (&'static str, String)> {
        text(value)?
            .parse()
            .map_err(|error: crate::calendar::partial::PartialDateError| ("not_a_date", error.to_string()))
    }

    fn schema() -> Value {
        json!({ "type": "string", "description": "EDTF: 1961, 1961-05, 1961-05-03, 196X, 1961~, 1961/1963, ../1992-12-31" })
    }
}

impl Member for Instant {
    const ECHO: bool = true;

    fn parse(value: &Value) -> Result<Self, (&'static str, String)> {
        let instant = DateTime::parse_from_rfc3339(text(value)?).map(|instant| instant.to_utc().into());
        instant.map_err(|_| ("not_an_instant", "An instant such as 2026-11-23T10:00:00Z is expected here.".to_owned()))
    }

    fn schema() -> Value {
        json!({ "type": "string", "format": "date-time" })
    }
}

impl<T: TextEnum> Member for T {
    const ECHO: bool = true;

    fn parse(value: &Value) -> Result<Self, (&'static str, String)> {
        T::of(text(value)?).ok_or_else(|| ("not_in_list", format!("One of {} is expected here.", T::TEXTS.join(", "))))
    }

    fn schema() -> Value {
        json!({ "type": "string", "enum": T::TEXTS })
    }
}

macro_rules! ids {
    ($($name:ty),+) => {$(
        impl Member for $name {
            fn parse(value: &Value) -> Result<Self, (&'static str, String)> {
                let parsed = text(value)?.parse();
                parsed.map_err(|_| ("not_an_id", "The id of a record is expected here.".to_owned()))
            }

            fn schema() -> Value {
                json!({ "type": "string", "format": "uuid" })
            }
        }
    )+};
}

ids!(
    crate::id::AccountId,
    crate::id::OfficeId,
    crate::id::OrganisationId,
    crate::id::PermitId,
    crate::id::DocumentId,
    crate::id::CourseId,
    crate::id::MeetingId,
    crate::id::PersonId,
    crate::id::AddressId
);

/// A text of one line, 1 to 200 characters, as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line(pub String);

impl Member for Line {
    fn parse(value: &Value) -> Result<Self, (&'static str, String)> {
        let text = text(value)?;
        if text.trim().is_empty() {
            return Err(("blank", "Give a value, or leave the member out.".to_owned()));
        }
        let count = text.chars().count();
        if count > 200 {
            return Err(("length", format!("1 to 200 characters are expected here, not {count}.")));
        }
        if text.chars().any(is_hostile) {
            return Err(("control_character", "Control and direction characters are not accepted.".to_owned()));
        }
        Ok(Self(text.to_owned()))
    }

    fn schema() -> Value {
        json!({ "type": "string", "minLength": 1, "maxLength": 200 })
    }
}

/// Controls, and the characters that reorder what a reader sees.
fn is_hostile(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A short name of the law's vocabulary: a ground (`45.1.6-1`), a fact (`lawful_income`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term(pub String);

impl Member for Term {
    const ECHO: bool = true;

    fn parse(value: &Value) -> Result<Self, (&'static str, String)> {
        let text = text(value)?;
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '.' | '-');
        if text.is_empty() || text.len() > 64 || !text.chars().all(fits) {
            return Err(("not_a_code", "1 to 64 of a-z, 0-9, '.', '_' and '-' are expected here.".to_owned()));
        }
        Ok(Self(text.to_owned()))
    }

    fn schema() -> Value {
        json!({ "type": "string", "pattern": "^[a-z0-9._-]{1,64}$" })
    }
}

#[cfg(test)]
mod tests;
