//! Where in a JSON text a fault stands: its line and its key.

use std::fmt;
use std::path::Path;

use crate::law::DossierFault;

/// A fault with its place in the text.
#[derive(Debug)]
pub(super) struct InText {
    /// None: it is not in the text but in a flag, the key.
    line: Option<usize>,
    key: String,
    message: String,
}

impl InText {
    /// The fault as it reads when the whole text is line `number` of a list.
    pub(super) fn on_line(&self, number: usize) -> String {
        format!("line {number}: {}: {}", self.key, self.message)
    }

    /// The fault as it reads when the text is a file.
    pub(super) fn in_file(&self, file: &Path) -> String {
        match self.line {
            Some(_) => format!("{}:{self}", file.display()),
            None => self.to_string(),
        }
    }
}

impl fmt::Display for InText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "{line}: ")?;
        }
        write!(f, "{}: {}", self.key, self.message)
    }
}

/// A fault of the facts: the line of the value it points at, or of the nearest thing around it.
pub(super) fn fault(text: &str, fault: &DossierFault) -> InText {
    let flags = [("/supposed/trips/", "--trip"), ("/supposed/statuses/", "--status"), ("/supposed/exit", "--exit")];
    if let Some((_, flag)) = flags.iter().find(|(pointer, _)| fault.pointer.starts_with(pointer)) {
        return InText { line: None, key: (*flag).to_owned(), message: fault.message.clone() };
    }
    let places = places(text);
    let mut pointer = fault.pointer.as_str();
    let line = loop {
        if let Some(place) = places.iter().find(|place| place.pointer == pointer) {
            break place.line;
        }
        match pointer.rsplit_once('/') {
            Some((outer, _)) => pointer = outer,
            None => break 1,
        }
    };
    InText { line: Some(line), key: fault.pointer.clone(), message: fault.message.clone() }
}

/// A text that is no dossier. Where a member is missing, the key is that of the object it is missing from; else that of the last
/// value begun before the place the reader stopped at.
pub(super) fn syntax(text: &str, error: &serde_json::Error) -> InText {
    let stopped = (error.line(), error.column());
    let message = error.to_string();
    // The place stands in front already.
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    let places = places(text);
    if let Some(member) = message.strip_prefix("missing field ")
        && let Some(object) = places.iter().find(|place| place.end == Some(stopped))
    {
        let message = format!("{member} is missing; add it");
        return InText { line: Some(object.line), key: object.pointer.clone(), message };
    }
    let begun = places.iter().rev().find(|place| (place.line, place.column) <= stopped);
    let key = begun.map_or_else(|| "/".to_owned(), |place| place.pointer.clone());
    InText { line: Some(stopped.0), key, message: message.to_owned() }
}

/// A value (for members: its key) of the text.
struct Place {
    pointer: String,
    line: usize,
    column: usize,
    /// Line and column of the bracket that closes it.
    end: Option<(usize, usize)>,
}

/// An object or list that is being read.
struct Open {
    pointer: String,
    /// Its number among the places; `None` for the whole text.
    place: Option<usize>,
    /// The number of the next item; `None` in an object.
    next: Option<usize>,
}

/// Every member and item of a JSON text, as far as it is one. Wrong text only gives fewer places.
fn places(text: &str) -> Vec<Place> {
    let mut places = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let (mut line, mut line_start) = (1, 0);
    let mut member: Option<String> = None;
    let mut expects_value = true;
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        let begins = !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b',' | b':' | b']' | b'}');
        if begins
            && expects_value
            && let Some(list) = open.last_mut()
            && let Some(number) = list.next
        {
            member = Some(format!("{}/{number}", list.pointer));
            list.next = Some(number + 1);
            places.push(Place {
                pointer: member.clone().unwrap_or_default(),
                line,
                column: at - line_start + 1,
                end: None,
            });
            expects_value = false;
        }
        match byte {
            b'\n' => (line, line_start) = (line + 1, at + 1),
            b'"' => {
                let end = end_of_string(&mut bytes);
                let is_key = expects_value && open.last().is_some_and(|open| open.next.is_none());
                if let (true, Some(object)) = (is_key, open.last()) {
                    let pointer = format!("{}/{}", object.pointer, text.get(at + 1..end).unwrap_or_default());
                    places.push(Place { pointer: pointer.clone(), line, column: at - line_start + 1, end: None });
                    member = Some(pointer);
                    expects_value = false;
                }
            }
            b'{' | b'[' => {
                let next = (byte == b'[').then_some(0);
                // It is the value of the place that was begun last.
                let place = member.is_some().then(|| places.len().saturating_sub(1));
                open.push(Open { pointer: member.take().unwrap_or_default(), place, next });
                expects_value = true;
            }
            b'}' | b']' => {
                let closed = open.pop().and_then(|closed| closed.place);
                if let Some(place) = closed.and_then(|place| places.get_mut(place)) {
                    place.end = Some((line, at - line_start + 1));
                }
            }
            b',' => expects_value = true,
            _ => {}
        }
    }
    places
}

/// Reads to the end of a string and gives the place of its closing quote.
fn end_of_string(bytes: &mut impl Iterator<Item = (usize, u8)>) -> usize {
    let mut escaped = false;
    let mut last = 0;
    for (at, byte) in bytes {
        last = at;
        match byte {
            b'"' if !escaped => break,
            b'\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::Dossier;

    const TEXT: &str = "{\n  \"id\": \"a\\\"b\",\n  \"absences\": [\n    {\"exit\": \"2020-01-01\", \"entry\": \"2020-02-01\"},\n    {\"exit\": \"2020-03-01\",\n     \"entry\": \"2020-13-01\"}\n  ],\n  \"facts\": {\"x\": true}\n}";

    #[test]
    fn every_member_has_its_line() {
        let found: Vec<_> = places(TEXT).into_iter().map(|place| (place.pointer, place.line)).collect();
        for (pointer, line) in [
            ("/id", 2),
            ("/absences", 3),
            ("/absences/0", 4),
            ("/absences/1", 5),
            ("/absences/1/entry", 6),
            ("/facts/x", 8),
        ] {
            assert!(found.contains(&(pointer.to_owned(), line)), "{pointer} on {line} in {found:?}");
        }
    }

    #[test]
    fn a_text_that_is_no_dossier_names_line_and_key() {
        let error = serde_json::from_str::<Dossier>(TEXT).unwrap_err();
        let shown = syntax(TEXT, &error).to_string();
        assert!(shown.starts_with("6: /absences/1/entry: write a date that exists"), "{shown}");
        let unknown = "{\n \"id\": \"x\",\n \"name\": \"y\"\n}";
        let error = serde_json::from_str::<Dossier>(unknown).unwrap_err();
        let shown = syntax(unknown, &error).to_string();
        assert!(shown.starts_with("3: /name: unknown field `name`"), "{shown}");
    }

    #[test]
    fn a_missing_member_names_the_object_it_is_missing_from() {
        let told = |text: &str| syntax(text, &serde_json::from_str::<Dossier>(text).unwrap_err()).to_string();
        // The object, not the member that was read last, nor an object inside or around it.
        let text = "{\n \"evidence\": [{\"kind\": \"e\", \"from\": \"2020\"}],\n \"statuses\": [\n  {\"from\": \"2020\", \"kind\": \"s\"},\n  {\"ground\": null,\n   \"kind\": \"s\"\n  } ]\n}";
        assert_eq!(told(text), "5: /statuses/1: `from` is missing; add it");
        assert_eq!(told("{\"absences\": [{}]}"), "1: /absences/0: `exit` is missing; add it");
        assert_eq!(
            told("{\"events\": [{\"on\": \"2020\"}, {\"on\": \"2021\"}]}"),
            "1: /events/0: `kind` is missing; add it"
        );
    }

    #[test]
    fn a_fact_is_told_what_it_may_be_and_stands_once() {
        let told = |facts: &str| {
            let text = format!("{{\n\"facts\": {{\n{facts}\n}} }}");
            serde_json::from_str::<Dossier>(&text).err().map(|error| syntax(&text, &error).to_string())
        };
        let wanted = "expected true, false, a whole number or a text, or null if it is not known";
        for (fact, place) in [("[1]", "sequence"), ("{\"a\": 1}", "map"), ("1.5", "floating point `1.5`")] {
            let expected = format!("3: /facts/f: invalid type: {place}, {wanted}");
            assert_eq!(told(&format!("\"f\": {fact}")), Some(expected));
        }
        assert_eq!(
            told("\"f\": 9223372036854775808").unwrap(),
            "3: /facts/f: the number 9223372036854775808 is too large: write at most 9223372036854775807"
        );
        assert_eq!(
            told("\"f\": true,\n\"g\": 1,\n\"f\": true").unwrap(),
            "5: /facts/f: the fact `f` stands here twice: keep one"
        );
        assert_eq!(told("\"f\": true, \"g\": -1, \"h\": \"x\", \"i\": null"), None);
    }

    #[test]
    fn a_fault_of_the_facts_names_line_and_pointer() {
        let text = TEXT.replace("2020-13-01", "2020-02-01");
        let dossier: Dossier = serde_json::from_str(&text).unwrap();
        let faults = dossier.check();
        assert_eq!(
            fault(&text, &faults[0]).to_string().split(": ").take(2).collect::<Vec<_>>(),
            ["6", "/absences/1/entry"]
        );
    }
}
