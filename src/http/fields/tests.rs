use super::*;

#[derive(Debug, PartialEq)]
struct Stay {
    from: NaiveDate,
    to: Option<NaiveDate>,
}

impl Input for Stay {
    const NAME: &'static str = "Stay";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let from = fields.required("from", "First day.");
        let to = fields.optional("to", "Last day.");
        fields.in_order(from, to, "to");
        Some(Self { from: from?, to })
    }
}

struct Stays;

impl Input for Stays {
    const NAME: &'static str = "Stays";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        drop(fields.list::<Stay>("stays", 1, "Stays."));
        Some(Self)
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn pointers(faults: &[Fault]) -> Vec<(String, &str)> {
    let pointer = |fault: &Fault| match &fault.place {
        Place::Pointer(text) | Place::Parameter(text) | Place::Header(text) => text.clone(),
        Place::Line(line, column) => format!("{line} {column:?}"),
    };
    faults.iter().map(|fault| (pointer(fault), fault.code)).collect()
}

#[test]
fn every_fault_is_found_and_pointed_at() {
    let mut faults = Vec::new();
    let body = json!({ "stays": [ { "from": "2024-02-30", "fro": 1 }, { "from": "2024-03-02", "to": "2024-03-01" }, 7 ], "id": 1 });
    read_body::<Stays>(body, &mut faults);
    let expected = [
        ("/stays/0/from", "not_a_date"),
        ("/stays/0/fro", "unknown_member"),
        ("/stays/1/to", "before_start"),
        ("/stays/2", "not_an_object"),
        ("/id", "unknown_member"),
    ];
    assert_eq!(pointers(&faults), expected.map(|(at, code)| (at.to_owned(), code)));
    assert!(faults[1].message.ends_with("Did you mean from?"), "{}", faults[1].message);
}

#[test]
fn absent_and_null_are_the_same_where_a_member_is_optional() {
    for body in [json!({ "from": "2024-03-02" }), json!({ "from": "2024-03-02", "to": null })] {
        let mut faults = Vec::new();
        assert_eq!(read_body::<Stay>(body, &mut faults), Some(Stay { from: day("2024-03-02"), to: None }));
        assert!(faults.is_empty());
    }
}

#[test]
fn the_description_comes_from_the_reading_code() {
    assert_eq!(
        schema::<Stay>(),
        json!({
            "type": "object", "additionalProperties": false, "required": ["from"],
            "properties": {
                "from": { "type": "string", "format": "date", "description": "First day." },
                "to": { "type": ["string", "null"], "format": "date", "description": "Last day." },
            },
        })
    );
}
