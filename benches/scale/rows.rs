//! Rows as text that one of the databases reads.

use std::fmt::Write as _;

use chrono::NaiveDate;
use uuid::Uuid;

/// How values stand in the text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Lines of PostgreSQL's COPY.
    Copy,
    /// What follows VALUES in SQLite.
    Values,
}

/// Rows that are to be written.
pub(crate) struct Rows {
    pub(crate) text: String,
    pub(crate) count: u64,
    form: Form,
    begun: bool,
}

impl Rows {
    pub(crate) fn new(form: Form) -> Self {
        Self { text: String::new(), count: 0, form, begun: false }
    }

    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.count = 0;
    }

    fn next(&mut self) {
        if self.begun {
            self.text.push(if self.form == Form::Copy { '\t' } else { ',' });
        } else if self.form == Form::Values {
            self.text.push_str(if self.count > 0 { ",(" } else { "(" });
        }
        self.begun = true;
    }

    pub(crate) fn id(&mut self, id: &Uuid) -> &mut Self {
        self.next();
        let id = id.as_simple();
        let _ = match self.form {
            Form::Copy => write!(self.text, "\\\\x{id}"),
            Form::Values => write!(self.text, "x'{id}'"),
        };
        self
    }

    /// The texts here need no escapes.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.next();
        let _ = match self.form {
            Form::Copy => write!(self.text, "{text}"),
            Form::Values => write!(self.text, "'{text}'"),
        };
        self
    }

    pub(crate) fn number(&mut self, number: i64) -> &mut Self {
        self.next();
        let _ = write!(self.text, "{number}");
        self
    }

    pub(crate) fn day(&mut self, day: NaiveDate) -> &mut Self {
        self.text(&day.to_string())
    }

    pub(crate) fn none(&mut self) -> &mut Self {
        self.next();
        self.text.push_str(if self.form == Form::Copy { "\\N" } else { "NULL" });
        self
    }

    pub(crate) fn maybe<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T) -> &mut Self) -> &mut Self {
        match value {
            Some(value) => write(self, value),
            None => self.none(),
        }
    }

    pub(crate) fn flag(&mut self, flag: bool) -> &mut Self {
        self.number(i64::from(flag))
    }

    /// Not withdrawn, put on record then, by nobody that is left, and live.
    pub(crate) fn recorded(&mut self, at: i64) {
        self.flag(false).number(at).none().none().end();
    }

    pub(crate) fn end(&mut self) {
        self.text.push(if self.form == Form::Copy { '\n' } else { ')' });
        self.begun = false;
        self.count += 1;
    }
}
