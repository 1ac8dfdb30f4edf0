//! Tests of the engine as a whole.

mod bad_packs;
mod bad_rules;
mod biographies;
mod brief;
mod brute;
mod contract;
mod safe_return;
mod trace_cases;
mod traces;
mod vectors;
mod what_if;

use super::{Dossier, Pack};

/// A pack out of one text; the faults as text if it is refused.
fn pack(text: &str) -> Pack {
    Pack::from_files(&[("test.toml".into(), text.into())]).unwrap_or_else(|faults| {
        panic!("{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
    })
}

fn dossier(json: serde_json::Value) -> Dossier {
    serde_json::from_value(json).unwrap()
}

fn date(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

/// The head of a draft pack, to be followed by rules.
const HEAD: &str = "[pack]\nid = \"t\"\ntitle = { en = \"Test\" }\nzone = \"Asia/Baku\"\ndraft = true\n";
