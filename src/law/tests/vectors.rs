//! The public vectors in `tests/law/vectors`: worked figures of the law and published examples.

use std::path::Path;

use serde_json::{Value, json};

use crate::law::{Dossier, EventTime, Pack, Question, deadline, evaluate, watch};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/law/vectors");

fn pack(path: &str) -> Pack {
    let text = std::fs::read_to_string(Path::new(FOLDER).join(path)).unwrap();
    Pack::from_files(&[(path.to_owned(), text)]).unwrap_or_else(|faults| {
        panic!("{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
    })
}

fn question(options: &Value) -> Question {
    let date = |key: &str| options.get(key).map(|date| serde_json::from_value(date.clone()).unwrap());
    Question {
        law_at: date("law_at"),
        no_renewal: options.get("no_renewal").is_some_and(|value| value == true),
        ..Question::on(date("on").unwrap())
    }
}

/// The answer of one case as the vectors write it: the expected members only.
fn answer(case: &Value) -> Value {
    let pack = pack(case["pack"].as_str().unwrap());
    let options = &case["options"];
    let expected_members = |result: Value, expected: &Value| -> Value {
        expected
            .as_object()
            .unwrap()
            .keys()
            .map(|key| (key.clone(), result[key].clone()))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let dossier = || -> Dossier { serde_json::from_value(case["dossier"].clone()).unwrap() };
    match case["verb"].as_str().unwrap() {
        "evaluate" => {
            let results = evaluate(&pack, &dossier(), &question(options)).unwrap();
            let first = |result: &crate::law::RouteResult| result.windows.first().map(|window| window.from);
            results
                .iter()
                .map(|r| (r.reading.to_string(), json!({"first_window_from": first(r)})))
                .collect::<serde_json::Map<_, _>>()
                .into()
        }
        "watch" => {
            let results = watch(&pack, &dossier(), &question(options)).unwrap();
            let named = |r: &crate::law::WatchResult| {
                let name = format!("{}/{}", r.watch, r.reading);
                let expected = case["expect"].get(&name).unwrap_or_else(|| panic!("{name} is not expected"));
                (name, expected_members(serde_json::to_value(r).unwrap(), expected))
            };
            results.iter().map(named).collect::<serde_json::Map<_, _>>().into()
        }
        _ => {
            let event = options["event"].as_str().unwrap();
            let event = event.parse().map_or_else(|_| EventTime::Instant(event.parse().unwrap()), EventTime::Day);
            let pauses = options.get("pause").and_then(Value::as_array).cloned().unwrap_or_default();
            let pauses: Vec<_> = pauses
                .iter()
                .map(|pause| pause.as_str().unwrap().split_once(':').unwrap())
                .map(|(from, to)| (from.parse().unwrap(), to.parse().unwrap()))
                .collect();
            let result = deadline(&pack, options["id"].as_str().unwrap(), event, &pauses, None).unwrap();
            expected_members(serde_json::to_value(result).unwrap(), &case["expect"])
        }
    }
}

#[test]
fn every_vector_gives_its_figures() {
    let text = std::fs::read_to_string(Path::new(FOLDER).join("cases.json")).unwrap();
    let cases: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert!(cases.len() >= 25, "the list of cases is cut short");
    let mut wrong = Vec::new();
    for case in &cases {
        let (expected, answer) = (&case["expect"], answer(case));
        // `preserve_order` makes the order of members part of a map, so compare member by member.
        let expected_members = expected.as_object().unwrap();
        let same = expected_members.len() == answer.as_object().unwrap().len()
            && expected_members.iter().all(|(key, value)| answer.get(key) == Some(value));
        if !same {
            wrong.push(format!("{}: expected {expected}\n   got {answer}", case["name"]));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
