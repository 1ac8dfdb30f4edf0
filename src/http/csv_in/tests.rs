//! The reader by itself, and beside the writer.

use csv::{Terminator, WriterBuilder};
use proptest::prelude::*;
use serde_json::json;

use super::*;

fn columns() -> Columns {
    let members = vec![("person_id", true), ("mark", true), ("reason", false)];
    Columns { members, aliases: &[("id", "person_id")], passed_over: &["name"] }
}

fn read(text: &str) -> Vec<(u64, Value)> {
    let table = parse(text.as_bytes(), &columns()).unwrap_or_else(|error| panic!("{error}"));
    table.lines.into_iter().zip(table.items).collect()
}

/// Line, column and code of each fault.
fn faults(bytes: &[u8]) -> Vec<(u64, String, &'static str)> {
    let error = parse(bytes, &columns()).unwrap_err();
    assert_eq!(error.code, Code::MalformedCsv);
    let place = |fault: &Fault| match &fault.place {
        Place::Line(line, column) => (*line, column.clone().unwrap_or_default(), fault.code),
        other => panic!("{other:?}"),
    };
    error.faults.iter().map(place).collect()
}

#[test]
fn a_table_is_read_however_a_spreadsheet_wrote_it() {
    let expected = vec![
        (2, json!({ "person_id": "a", "mark": "late", "reason": "Avtobus, \"yol\"" })),
        (3, json!({ "person_id": "b", "mark": "present" })),
    ];
    for text in [
        "person_id,mark,reason\r\na,late,\"Avtobus, \"\"yol\"\"\"\r\nb,present,\r\n",
        "\u{FEFF}person_id;mark;reason;name\na;late;\"Avtobus, \"\"yol\"\"\";Əli\nb;present;;",
        "\"person_id\",mark , reason\n a ,late,\"Avtobus, \"\"yol\"\"\"\nb,present,",
        "name,id,reason,mark\n,a,\"Avtobus, \"\"yol\"\"\",late\n,b,,present\n,,,\n\n",
    ] {
        assert_eq!(read(text), expected, "{text:?}");
    }
}

#[test]
fn rows_are_known_by_their_lines() {
    let text = "person_id,mark,reason\r\n\r\na,late,\r\n,,\r\nb,late,\r\n";
    let lines: Vec<u64> = read(text).into_iter().map(|(line, _)| line).collect();
    assert_eq!(lines, [3, 5]);
}

#[test]
fn an_id_is_the_person_s_only_where_no_column_says_so() {
    assert_eq!(read("id,person_id,mark\nx,a,late\n"), [(2, json!({ "person_id": "a", "mark": "late" }))]);
}

#[test]
fn every_line_that_cannot_be_read_is_named() {
    let found = faults(b"person_id,mark,mark,nmae\na,late\nb,late,,,,\n");
    let expected = [
        (1, "mark", "repeated"),
        (1, "nmae", "unknown_column"),
        (2, "", "wrong_number_of_cells"),
        (3, "", "wrong_number_of_cells"),
    ];
    assert_eq!(found, expected.map(|(line, column, code)| (line, column.to_owned(), code)));
    let one = |text: &str| faults(text.as_bytes()).into_iter().map(|(line, _, code)| (line, code)).collect::<Vec<_>>();
    assert_eq!(one("mark\nlate\n"), [(1, "required")]);
    assert_eq!(one("person_id,mark\n"), [(1, "required")]);
    assert_eq!(one(""), [(1, "required")]);
    assert_eq!(
        one("person_id,mark\na,late\nb,\"late\nc,\"la\nte\"\n"),
        [(3, "open_quote"), (4, "open_quote"), (5, "open_quote")]
    );
    assert_eq!(one(&format!("person_id,mark\n{},late\n", "x".repeat(CELL + 1))), [(2, "too_long")]);
    assert_eq!(one("person_id,mark\na,late\nb,la\0te\n"), [(3, "control_character")]);
    assert_eq!(faults(b"person_id,mark\na,late\nb,\xE7\n"), [(3, String::new(), "not_utf8")]);
}

#[test]
fn a_table_has_a_hundred_rows_at_most() {
    let text = |rows: usize| format!("person_id,mark\n{}", "a,late\n".repeat(rows));
    assert_eq!(read(&text(ROWS)).len(), ROWS);
    assert_eq!(faults(text(ROWS + 5).as_bytes()), [(102, String::new(), "too_many")]);
}

proptest! {
    /// What a writer writes is read as it was, whatever stands in the cells.
    #[test]
    fn what_is_written_is_read(cells in prop::collection::vec("[a\",;'= ə]{0,6}", 1..12), semicolon: bool) {
        let separator = if semicolon { b';' } else { b',' };
        let mut writer = WriterBuilder::new()
            .delimiter(separator)
            .terminator(Terminator::CRLF)
            .from_writer(Vec::new());
        for pair in cells.chunks_exact(2) {
            writer.write_record(pair).unwrap();
        }
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        let read: Vec<Vec<String>> = rows(&text, separator).unwrap().into_iter().map(|row| row.cells).collect();
        let trimmed = cells.chunks_exact(2).map(|pair| pair.iter().map(|cell| cell.trim().to_owned()).collect::<Vec<_>>());
        let expected: Vec<Vec<String>> = trimmed.filter(|pair| pair.iter().any(|cell| !cell.is_empty())).collect();
        prop_assert_eq!(read, expected);
    }
}
