//! The table by itself.

use serde_json::{Value, json};

use super::*;

fn schemas() -> Vec<(String, Value)> {
    let reference = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    let page = json!({ "properties": { "items": { "type": "array", "items": reference("Row") }, "next": {} } });
    let row = json!({
        "required": ["id", "title", "place", "tags"],
        "properties": {
            "tags": { "type": "array", "items": { "type": "string" } }, "title": { "type": "string" }, "id": { "type": "integer" },
            "place": reference("Place"), "note": { "type": ["string", "null"] },
            "before": { "oneOf": [{ "type": "null" }, reference("Place")] },
            "either": { "oneOf": [reference("Place"), reference("Row")] }, "any": { "type": "object" },
        },
    });
    let place =
        json!({ "required": ["town"], "properties": { "town": { "type": "string" }, "again": reference("Place") } });
    let result = json!({ "required": ["index", "status"], "properties": { "index": {}, "status": {}, "made": reference("Place"),
        "problem": { "type": ["object", "null"] } } });
    let results = json!({ "properties": { "items": { "type": "array", "items": reference("Result") } } });
    [("RowPage", page), ("Row", row), ("Place", place), ("Result", result), ("Results", results)]
        .map(|(name, schema)| (name.to_owned(), schema))
        .to_vec()
}

fn one_column() -> Sheet {
    Sheet(vec![("a".to_owned(), Cell::Member(vec!["a".to_owned()]))])
}

/// The one cell of a table, as it stands there.
fn written(value: &Value) -> String {
    let table = one_column().write(&[json!({ "a": value })], false).unwrap();
    table.strip_prefix("a\r\n").unwrap().strip_suffix("\r\n").unwrap().to_owned()
}

#[test]
fn columns_are_those_of_the_schema_in_the_order_in_which_they_are_shown() {
    let sheet = Sheet::of_list("RowPage", &schemas()).unwrap();
    let header: Vec<&str> = sheet.header().collect();
    assert_eq!(
        header,
        [
            "id",
            "title",
            "place.town",
            "place.again.town",
            "place.again.again",
            "tags",
            "any",
            "before.town",
            "before.again.town",
            "before.again.again",
            "either",
            "note"
        ]
    );
    assert_eq!(sheet.write(&[], false).unwrap(), format!("{}\r\n", header.join(",")));
    assert_eq!(Sheet::of_list("Row", &schemas()), None);
    assert_eq!(Sheet::of_list("Results", &schemas()), None, "it has no next");
}

#[test]
fn values_stand_under_their_columns_and_nulls_are_empty() {
    let sheet = Sheet::of_list("RowPage", &schemas()).unwrap();
    let row = json!({ "id": 7, "title": "Axşam", "place": { "town": "Gəncə" }, "tags": ["a", "b"], "before": null, "note": null,
        "any": { "k": 1 }, "hidden": "not in the schema" });
    let table = sheet.write(&[row], true).unwrap();
    assert!(table.starts_with('\u{FEFF}'), "{table}");
    assert_eq!(table.lines().nth(1), Some("7,Axşam,Gəncə,,,a; b,\"{\"\"k\"\":1}\",,,,,"));
}

#[test]
fn what_a_spreadsheet_would_compute_is_text() {
    for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\0x"] {
        assert_eq!(written(&json!(text)), format!("'{text}"));
    }
    assert_eq!(written(&json!("\r=1")), "\"'\r=1\"");
    assert_eq!(written(&json!(["=1", "2"])), "'=1; 2");
    assert_eq!(written(&json!(-3)), "-3", "a number is no formula");
    for harmless in ["1=1", "a-b", " =1", "'=1"] {
        assert_eq!(written(&json!(harmless)), harmless);
    }
}

#[test]
fn quotes_commas_and_line_ends_stay_in_their_cell() {
    assert_eq!(written(&json!("a,b")), "\"a,b\"");
    assert_eq!(written(&json!("\"Ə\"")), "\"\"\"Ə\"\"\"");
    assert_eq!(written(&json!("a\r\nb")), "\"a\r\nb\"");
    assert_eq!(written(&json!([{ "a": 1 }])), "\"[{\"\"a\"\":1}]\"");
    assert_eq!(written(&json!(true)), "true");
    assert_eq!(written(&json!("")), "\"\"", "a row of one empty cell is no blank line");
}

#[test]
fn results_say_why_in_codes_and_sentences() {
    let sheet = Sheet::of_results("Results", &schemas()).unwrap();
    let items = [
        json!({ "index": 0, "status": 201, "made": { "town": "Bakı" }, "problem": null }),
        json!({ "index": 1, "status": 422, "made": null, "problem": { "code": "validation_failed", "detail": "x",
            "errors": [{ "code": "required", "message": "Say it." }, { "code": "not_an_id", "message": "Give an id." }] } }),
        json!({ "index": 2, "status": 409, "problem": { "code": "seat_taken", "detail": "No seat." } }),
    ];
    let table = sheet.write(&items, false).unwrap();
    assert_eq!(
        table,
        "index,status,code,what_to_do\r\n0,201,,\r\n1,422,required; not_an_id,Say it. Give an id.\r\n2,409,seat_taken,No seat.\r\n"
    );
}
