//! Answers in brief say what the full ones say.

use serde_json::{Value, json};

use super::biographies::{az, permit, trip};
use super::{date, dossier};
use crate::law::{Brief, Question, evaluate};

/// The members of section 5 of the contract, and the uncertain facts where there are any.
const MEMBERS: [&str; 13] = [
    "route",
    "reading",
    "default",
    "version",
    "on",
    "outcome",
    "eligible_since",
    "earliest",
    "latest",
    "clock_earliest",
    "missing",
    "windows",
    "main_blocker",
];

#[test]
fn brief_answers_are_the_full_ones_without_texts() {
    let pack = az();
    let mut brief = Brief::default();
    // Dates of many kinds, and all of them again from what is kept by then.
    for months in (0..24).chain(0..24) {
        let (from, facts) = (format!("20{:02}-03-15", 16 + months / 4), json!({"lawful_income": months % 3 == 0}));
        let away = [trip(&format!("2021-0{}-02", 1 + months % 9), &format!("2021-1{}-28", months % 3))];
        let on = date("2026-11-23");
        let dossier = dossier(json!({"id": "x", "birth_date": "1980", "facts": facts, "absences": away, "statuses": [
            permit("temporary_residence_permit", "45.1.5", "2013-09-01", "2016-03-14"),
            permit("permanent_residence_permit", "45.1.5", &from, "2031-03-14")]}));
        let full = evaluate(&pack, &dossier, &Question::on(on)).unwrap();
        let short = evaluate(&pack, &dossier, &Question { brief: true, ..Question::on(on) }).unwrap();
        let mut written = Vec::new();
        brief.write(&short, &mut written).unwrap();
        let written: Vec<Value> = serde_json::from_slice(&written).unwrap();
        assert_eq!(written.len(), full.len());
        for (written, full) in written.iter().zip(&full) {
            assert_eq!(*written, shortened(&json!(full)), "permit from {from}");
        }
    }
}

fn shortened(full: &Value) -> Value {
    let member = |from: &Value, name: &str| (name.to_owned(), from[name].clone());
    let mut brief: serde_json::Map<String, Value> = MEMBERS.iter().map(|name| member(full, name)).collect();
    if full["uncertain"] != json!([]) {
        brief.insert("uncertain".to_owned(), full["uncertain"].clone());
    }
    let one = |full: &Value| -> Value {
        ["id", "state", "met_from", "source"].map(|name| member(full, name)).into_iter().collect()
    };
    let requirements: Value = full["requirements"].as_array().unwrap().iter().map(one).collect();
    brief.insert("requirements".to_owned(), requirements);
    brief.into()
}
