//! Many items in one request, each with its own result: as JSON, or as a table whose rows are known by their lines.

use serde_json::{Value, json};

use super::call::Parts;
use super::csv_in::Columns;
use super::endpoint::{Extract, Spec};
use super::fields::{Fields, Input, Property, read_body, schema};
use super::problem;
use crate::db::{TextEnum, text_enum};
use crate::error::{Error, Fault, Place, Result};
use crate::id::PersonId;

text_enum! {
    /// What becomes of the others when one item is refused.
    pub enum Atomic {
        /// Nothing is done.
        All = "all",
        /// The others are done.
        Item = "item",
    }
}

/// An item of which many can be sent at once.
pub trait Item: Input + Clone {
    /// Name of the schema of many.
    const MANY: &'static str;
    /// What the items are, and what their order means.
    const ITEMS: &'static str;
    /// Columns that other lists call otherwise: their name, and the member.
    const ALIASES: &'static [(&'static str, &'static str)] = &[];
    /// Columns of other lists that say nothing here.
    const PASSED_OVER: &'static [&'static str] = &[];
}

/// Many items, each with what is wrong with it.
#[derive(Debug)]
pub struct Many<T> {
    items: Vec<Result<T, Vec<Fault>>>,
    /// Whom each is about, as far as it could be read.
    persons: Vec<Option<PersonId>>,
    atomic: Atomic,
    /// Where each stands in the table; none: it was no table.
    lines: Option<Vec<u64>>,
}

/// What became of one item.
#[derive(Debug)]
pub struct Outcome<R> {
    /// Its place in the request, from 0.
    pub index: usize,
    /// Its line in the table that was sent.
    pub line: Option<u64>,
    /// Whom it is about, as far as it could be read.
    pub person: Option<PersonId>,
    /// What it would have been answered with alone.
    pub status: u16,
    /// What was done; none: it was refused.
    pub done: Option<R>,
    /// Why it was refused.
    pub problem: Option<Value>,
}

/// The body as JSON has it.
struct Body<T> {
    items: Vec<Result<T, Vec<Fault>>>,
    atomic: Atomic,
}

const ATOMIC: &str = "all: if one is refused, nothing is done. item: the others are done.";

impl<T: Item> Input for Body<T> {
    const NAME: &'static str = T::MANY;

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let items = fields.each("items", T::ITEMS);
        let atomic = fields.required("atomic", ATOMIC);
        Some(Self { items, atomic: atomic? })
    }
}

impl<T: Item> Extract for Many<T> {
    fn describe(spec: &mut Spec) {
        spec.body = Some((T::MANY, schema::<Body<T>>));
        spec.table = Some(Columns::of::<T>());
        let schema = json!({ "type": "string", "enum": Atomic::TEXTS,
            "description": format!("With a table, which has no other place for it. {ATOMIC}") });
        spec.query.push(Property { name: "atomic", schema, required: false });
    }

    fn extract(parts: &mut Parts, faults: &mut Vec<Fault>) -> Option<Self> {
        let body = parts.body.take().unwrap_or(Value::Null);
        let lines = parts.lines.take();
        let items = body.get("items").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let persons = items.iter().map(|item| item.get("person_id")?.as_str()?.parse().ok()).collect();
        let mut found = Vec::new();
        let read = read_body::<Body<T>>(body, &mut found);
        let in_query = |fault: Fault| Fault { place: Place::Parameter("atomic".to_owned()), ..fault };
        faults.extend(found.into_iter().map(|fault| if lines.is_some() { in_query(fault) } else { fault }));
        let Body { items, atomic } = read?;
        let mut many = Self { items, persons, atomic, lines };
        let lines = many.lines.clone();
        for (index, item) in many.items.iter_mut().enumerate() {
            if let Err(faults) = item {
                faults.iter_mut().for_each(|fault| locate(fault, index, line_of(lines.as_deref(), index)));
            }
        }
        Some(many)
    }
}

fn line_of(lines: Option<&[u64]>, index: usize) -> Option<u64> {
    lines?.get(index).copied()
}

/// In a table a fault is at a line and in a column; in JSON it is in one of the items, also where the act knew of that one alone.
fn locate(fault: &mut Fault, index: usize, line: Option<u64>) {
    let Place::Pointer(pointer) = &fault.place else { return };
    if let Some(line) = line {
        let column = pointer.rsplit('/').next().filter(|column| !column.is_empty()).map(str::to_owned);
        fault.place = Place::Line(line, column);
    } else if !pointer.starts_with("/items/") {
        fault.place = Place::Pointer(format!("/items/{index}{pointer}"));
    }
}

impl<T: Clone> Many<T> {
    /// Is nothing done if one is refused?
    pub fn all_or_none(&self) -> bool {
        self.atomic == Atomic::All
    }

    /// The same with what only the operation can see in an item.
    #[must_use]
    pub fn judged<U>(self, judge: impl Fn(usize, T) -> Result<U, Vec<Fault>>) -> Many<U> {
        let Self { items, persons, atomic, lines } = self;
        let judged = items.into_iter().enumerate().map(|(index, item)| {
            judge(index, item?).map_err(|mut faults| {
                faults.iter_mut().for_each(|fault| locate(fault, index, line_of(lines.as_deref(), index)));
                faults
            })
        });
        Many { items: judged.collect(), persons, atomic, lines }
    }

    /// Those that can be tried, in their order. 422 with every fault there is, if none is to be done without the faulty ones.
    pub fn good(&self) -> Result<Vec<T>> {
        let faults: Vec<Fault> = self.items.iter().filter_map(|item| item.as_ref().err()).flatten().cloned().collect();
        if self.all_or_none() && !faults.is_empty() {
            return Err(Error::invalid(faults));
        }
        Ok(self.items.iter().filter_map(|item| item.as_ref().ok()).cloned().collect())
    }

    /// A refusal of the whole for the item at its `index`, with the place of that item.
    pub fn located(&self, mut error: Error) -> Error {
        let index = error.members.get("index").and_then(Value::as_u64).and_then(|index| usize::try_from(index).ok());
        let Some(index) = index else { return error };
        let line = line_of(self.lines.as_deref(), index);
        error.faults.iter_mut().for_each(|fault| locate(fault, index, line));
        match line {
            Some(line) => error.with_member("line", line),
            None => error,
        }
    }

    /// What became of each item, given what became of the good ones.
    pub fn outcomes<R>(&self, results: Vec<Result<R>>) -> Vec<Outcome<R>> {
        let mut results = results.into_iter();
        let each = self.items.iter().enumerate().map(|(index, item)| {
            let result = match item {
                Ok(_) => results.next().unwrap_or_else(|| Err(Error::internal("an item without a result"))),
                Err(faults) => Err(Error::invalid(faults.clone())),
            };
            self.outcome(index, result)
        });
        each.collect()
    }

    fn outcome<R>(&self, index: usize, result: Result<R>) -> Outcome<R> {
        let line = line_of(self.lines.as_deref(), index);
        let person = self.persons.get(index).copied().flatten();
        match result {
            Ok(done) => Outcome { index, line, person, status: 201, done: Some(done), problem: None },
            Err(mut error) => {
                error.faults.iter_mut().for_each(|fault| locate(fault, index, line));
                let (status, problem) = (problem::entry(error.code).status, problem::of_item(&error));
                Outcome { index, line, person, status, done: None, problem: Some(problem) }
            }
        }
    }
}
