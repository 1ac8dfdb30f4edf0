//! Tables that are sent (RFC 4180, and what spreadsheets make of it: a byte-order mark, `;` between cells). Every row that cannot be read is
//! named by its line.

use csv::{ReaderBuilder, Trim};
use serde_json::{Map, Value};

use super::fields::properties;
use super::many::Item;
use crate::config::closest;
use crate::error::{Code, Error, Fault, Place, Result};

/// Most rows under the header.
pub(super) const ROWS: usize = 100;
/// Longest cell, bytes.
const CELL: usize = 4 * 1024;

/// The columns of a table that an operation takes.
#[derive(Debug)]
pub struct Columns {
    /// Members of an item, and whether they must have a column.
    pub(super) members: Vec<(&'static str, bool)>,
    /// Other names of columns, with the members they stand for where those have none of their own.
    aliases: &'static [(&'static str, &'static str)],
    /// Columns that may be there and say nothing here.
    passed_over: &'static [&'static str],
}

/// What the rows of a table say, and their lines.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) items: Vec<Value>,
    pub(super) lines: Vec<u64>,
}

/// A row as it stands, and its line.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    line: u64,
    cells: Vec<String>,
}

impl Columns {
    /// Columns of an item.
    pub(super) fn of<T: Item>() -> Self {
        let members = properties::<T>().into_iter().map(|member| (member.name, member.required)).collect();
        Self { members, aliases: T::ALIASES, passed_over: T::PASSED_OVER }
    }

    /// What a reader of the document should know of the table.
    pub(super) fn description(&self) -> String {
        let names = |wanted: bool| -> Vec<&str> {
            let members = self.members.iter().filter(|(_, required)| *required == wanted);
            members.map(|(member, _)| *member).collect()
        };
        let optional = match names(false).as_slice() {
            [] => String::new(),
            names => format!(" May have: {}.", names.join(", ")),
        };
        let aliases = self.aliases.iter().fold(String::new(), |text, (alias, member)| {
            format!("{text} {alias} stands for {member} where there is no column {member}.")
        });
        let passed_over = match self.passed_over {
            [] => String::new(),
            names => format!(" Passed over: {}.", names.join(", ")),
        };
        format!(
            "A header row and 1 to {ROWS} rows in UTF-8, with , or ; between cells. Must have the columns: {}.{optional}{aliases}{passed_over}",
            names(true).join(", ")
        )
    }

    /// For each column the member it is for, if it is for one.
    fn of_header(&self, header: &Row, faults: &mut Vec<Fault>) -> Vec<Option<&'static str>> {
        let named = |member: &str| header.cells.iter().any(|name| name == member);
        let mut found: Vec<Option<&'static str>> = Vec::with_capacity(header.cells.len());
        for name in &header.cells {
            let own = self.members.iter().map(|(member, _)| *member).find(|member| member == name);
            let alias = self.aliases.iter().find(|(alias, member)| alias == name && !named(member));
            let member = own.or_else(|| alias.map(|(_, member)| *member));
            let known =
                self.aliases.iter().any(|(alias, _)| alias == name) || self.passed_over.contains(&name.as_str());
            let fault = |code, message| cell_fault(header.line, name, code, message);
            if member.is_some() && found.contains(&member) {
                faults.push(fault("repeated", "The column stands twice. Send it once.".to_owned()));
            } else if member.is_none() && !known {
                let nearest = closest(name, self.members.iter().map(|(member, _)| *member));
                let hint = nearest.map_or_else(String::new, |known| format!(" Did you mean {known}?"));
                faults.push(fault("unknown_column", format!("This operation has no such column.{hint}")));
            }
            found.push(member);
        }
        for (member, _) in self.members.iter().filter(|(member, required)| *required && !found.contains(&Some(member)))
        {
            faults.push(cell_fault(header.line, member, "required", "This column is required.".to_owned()));
        }
        found
    }
}

fn cell_fault(line: u64, column: &str, code: &'static str, message: String) -> Fault {
    Fault { place: Place::Line(line, Some(column.to_owned())), code, message, value: None }
}

fn row_fault(line: u64, code: &'static str, message: impl Into<String>) -> Fault {
    Fault { place: Place::Line(line, None), code, message: message.into(), value: None }
}

/// Reads a table. 400 names every line that cannot be read.
pub(super) fn parse(bytes: &[u8], columns: &Columns) -> Result<Table> {
    let refused = |faults: Vec<Fault>| Error::new(Code::MalformedCsv).with_faults(faults);
    let text = text_of(bytes).map_err(|fault| refused(vec![fault]))?;
    // Names of columns have neither sign, so the first line tells which one is between cells.
    let separator = if text.lines().next().is_some_and(|line| line.contains(';')) { b';' } else { b',' };
    let mut rows = rows(text, separator).map_err(refused)?.into_iter();
    let mut faults = Vec::new();
    let Some(header) = rows.next() else {
        return Err(refused(vec![row_fault(1, "required", "A header row is expected: the names of the columns.")]));
    };
    let members = columns.of_header(&header, &mut faults);
    let mut table = Table::default();
    for row in rows {
        if table.items.len() == ROWS {
            faults.push(row_fault(row.line, "too_many", format!("At most {ROWS} rows are taken at once.")));
            break;
        }
        table.items.push(item(&row, &members, &mut faults));
        table.lines.push(row.line);
    }
    if table.items.is_empty() {
        faults.push(row_fault(header.line, "required", "At least one row is expected under the header."));
    }
    if faults.is_empty() { Ok(table) } else { Err(refused(faults)) }
}

/// A row as the object that JSON would be. An empty cell is an absent member.
fn item(row: &Row, members: &[Option<&'static str>], faults: &mut Vec<Fault>) -> Value {
    if row.cells.len() != members.len() {
        let message = format!("The row has {} cells, the header {}.", row.cells.len(), members.len());
        faults.push(row_fault(row.line, "wrong_number_of_cells", message));
    }
    let mut object = Map::new();
    for (cell, member) in row.cells.iter().zip(members) {
        let Some(member) = member.filter(|_| !cell.is_empty()) else { continue };
        if cell.len() > CELL {
            faults.push(cell_fault(row.line, member, "too_long", "A text is at most 4 KiB long.".to_owned()));
        }
        object.insert(member.to_owned(), Value::from(cell.as_str()));
    }
    Value::Object(object)
}

fn text_of(bytes: &[u8]) -> Result<&str, Fault> {
    let bytes = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes);
    let line = |bytes: &[u8]| u64::try_from(bytes.split(|byte| *byte == b'\n').count()).unwrap_or(u64::MAX);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        row_fault(line(before), "not_utf8", "The table is not UTF-8. Save it as CSV UTF-8.")
    })?;
    match text.split_once('\0') {
        Some((before, _)) => Err(row_fault(line(before.as_bytes()), "control_character", "The table has a NUL.")),
        None => Ok(text),
    }
}

/// The rows that are not blank; cells are without the spaces around them. Each line is read by itself, so that a quote left open spoils its own
/// line and swallows no other; no member of an item goes over several lines.
fn rows(text: &str, separator: u8) -> Result<Vec<Row>, Vec<Fault>> {
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    for (line, text) in (1..).zip(text.lines()) {
        if text.matches('"').count() % 2 == 1 {
            faults.push(row_fault(
                line,
                "open_quote",
                "A quote is left open on this line. No cell goes over several lines.",
            ));
            continue;
        }
        let cells = cells(text, separator).map_err(|error| vec![row_fault(line, "unreadable", error.to_string())])?;
        if cells.iter().any(|cell| !cell.is_empty()) {
            rows.push(Row { line, cells });
        }
    }
    if faults.is_empty() { Ok(rows) } else { Err(faults) }
}

/// The cells of one line.
fn cells(line: &str, separator: u8) -> csv::Result<Vec<String>> {
    let mut reader =
        ReaderBuilder::new().has_headers(false).delimiter(separator).trim(Trim::All).from_reader(line.as_bytes());
    let record = reader.records().next().transpose()?;
    Ok(record.iter().flatten().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests;
