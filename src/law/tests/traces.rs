//! Traces as readers get them: whole, in every language, each step with its figures and sources. The golden files are under
//! `tests/golden/trace`; `SAKIN_BLESS=1 cargo test --lib traces` writes them anew.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use utoipa::PartialSchema;

use super::biographies::{ON, az};
use super::trace_cases::{CASES, Case, DEADLINES};
use super::{date, dossier, pack};
use crate::law::{
    Dossier, EventTime, Language, Pack, Question, RequirementResult, RouteResult, TraceStep, deadline, evaluate, watch,
};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Compares a text with its checked-in file, or writes it anew.
fn same(name: &str, text: &str) {
    let file = Path::new(ROOT).join("tests/golden/trace").join(format!("{name}.txt"));
    if std::env::var_os("SAKIN_BLESS").is_some() {
        std::fs::write(&file, text).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    let changed = kept.lines().zip(text.lines()).find(|(kept, new)| kept != new);
    assert!(
        kept == text,
        "{} is out of date, first at {changed:?}. If the change is meant: SAKIN_BLESS=1 cargo test --lib traces",
        file.display()
    );
}

/// The figures of a step without its sentence.
fn figures(step: &TraceStep) -> Value {
    let mut written = json!(step);
    let members = written.as_object_mut().unwrap();
    members.shift_remove("text").unwrap();
    written
}

fn write_steps(out: &mut String, steps: &[TraceStep]) {
    for step in steps {
        let mut figures = figures(step);
        let members = figures.as_object_mut().unwrap();
        let (kind, source) = (members.shift_remove("step").unwrap(), members.shift_remove("source").unwrap());
        let side = members.shift_remove("assuming").map(|side| format!(", {}", side.as_str().unwrap()));
        writeln!(out, "  {}{} {source}", kind.as_str().unwrap(), side.unwrap_or_default()).unwrap();
        for language in Language::ALL {
            writeln!(out, "    {}  {}", language.code(), step.said(*language)).unwrap();
        }
        writeln!(out, "    {figures}").unwrap();
    }
}

fn write_requirement(out: &mut String, one: &RequirementResult) {
    writeln!(out, "{} ({}): {}, {}", one.id, one.kind, json!(one.state), json!(one.measured)).unwrap();
    write_steps(out, one.trace.as_ref().unwrap());
    one.of.iter().for_each(|part| write_requirement(out, part));
}

fn write_route(out: &mut String, result: &RouteResult) {
    writeln!(out, "\n{} on {}: {}", result.reading, result.on, result.outcome.text()).unwrap();
    result.requirements.iter().for_each(|one| write_requirement(out, one));
    for assumption in result.assumptions.iter().flatten() {
        writeln!(out, "  assumed").unwrap();
        for language in Language::ALL {
            writeln!(out, "    {}  {}", language.code(), assumption.said(*language)).unwrap();
        }
    }
}

fn asked(case: &Case) -> (Pack, Dossier) {
    (pack(&case.pack()), dossier(serde_json::from_str(case.dossier).unwrap()))
}

#[test]
fn every_kind_of_requirement_in_every_language() {
    for case in CASES {
        let (pack, dossier) = asked(case);
        let mut out = format!("{}\n\n{}\n{}\n", case.about, case.rules.trim(), case.dossier.trim());
        let question = Question::on(date(case.on));
        evaluate(&pack, &dossier, &question).unwrap().iter().for_each(|result| write_route(&mut out, result));
        for result in watch(&pack, &dossier, &question).unwrap() {
            writeln!(out, "\n{} on {}: {}", result.watch, result.on, json!(result.state)).unwrap();
            write_steps(&mut out, result.trace.as_ref().unwrap());
        }
        same(case.name, &out);
    }
}

#[test]
fn deadlines_in_every_language() {
    let pack = pack(DEADLINES);
    let mut out = DEADLINES.to_owned();
    let pauses = [(date("2026-11-18"), date("2026-11-22"))];
    for term in pack.deadlines() {
        for (event, pauses) in
            [("2026-11-13", &[][..]), ("2026-11-13", &pauses), ("2019-12-31", &[]), ("2026-11-13T21:00:00Z", &[])]
        {
            let event = event.parse().map_or_else(|_| EventTime::Instant(event.parse().unwrap()), EventTime::Day);
            let Ok(result) = deadline(&pack, term.id(), event, pauses, None) else { continue };
            writeln!(out, "\n{} from {event}, paused {pauses:?}: due {}", term.id(), json!(result.due)).unwrap();
            write_steps(&mut out, &result.derivation);
        }
    }
    same("deadlines", &out);
}

/// The people of the demonstration as dossiers.
fn people() -> Vec<Dossier> {
    let text = std::fs::read_to_string(Path::new(ROOT).join("config/demo/people.toml")).unwrap();
    let file: Value = toml::from_str(&text).unwrap();
    let list = |person: &Value, name: &str| person[name].as_array().cloned().unwrap_or_default();
    file["person"]
        .as_array()
        .unwrap()
        .iter()
        .map(|person| {
            let days = |one: &Value| json!({ "from": one["valid_from"], "to": one["valid_to"] });
            let with = |mut to: Value, from: &Value, names: &[&str]| {
                names.iter().for_each(|name| to[name] = from[name].clone());
                to
            };
            let statuses = list(person, "permits")
                .into_iter()
                .map(|one| with(days(&one), &one, &["kind", "ground", "sponsor_ground"]));
            let evidence = list(person, "evidence").into_iter().map(|one| with(days(&one), &one, &["kind", "level"]));
            let facts = list(person, "facts")
                .into_iter()
                .map(|one| (one["name"].as_str().unwrap().to_owned(), one["value"].clone()));
            // Between two stays the person was away.
            let stays = list(person, "stays");
            let between = stays.windows(2).map(|two| json!({ "exit": two[0]["exit"], "entry": two[1]["entry"] }));
            dossier(json!({
                "id": person["id"], "birth_date": person["birth_date"], "statuses": statuses.collect::<Vec<_>>(),
                "absences": list(person, "trips").into_iter().chain(between).collect::<Vec<_>>(),
                "presence_unknown": list(person, "presence_unknown"), "evidence": evidence.collect::<Vec<_>>(),
                "facts": facts.collect::<serde_json::Map<_, _>>(),
            }))
        })
        .collect()
}

/// What every step must have: sources the pack declares, and a sentence in every language that says nothing but its figures.
fn is_whole(pack: &Pack, step: &TraceStep) {
    assert!(!step.source.is_empty(), "without a source: {step:?}");
    step.source.iter().for_each(|id| assert!(pack.source(id).is_some(), "{id} is not declared"));
    let said: Vec<String> = Language::ALL.iter().map(|language| step.said(*language).to_string()).collect();
    assert!(said.iter().all(|text| !text.trim().is_empty() && !text.contains("  ")), "{said:?}");
    assert_eq!(said.iter().collect::<BTreeSet<_>>().len(), said.len(), "the same in two languages: {said:?}");
    let figures = figures(step).to_string();
    for text in said {
        // A weight is written as a decimal.
        let text = text.replace("1/2", "0.5");
        for number in text.split(|c: char| !c.is_ascii_digit() && c != '-').filter(|number| !number.is_empty()) {
            assert!(figures.contains(number), "{number} of {text:?} is no figure of {figures}");
        }
    }
}

fn walk(requirement: &RequirementResult, see: &mut impl FnMut(&TraceStep)) {
    let trace = requirement.trace.as_ref().unwrap();
    assert!(!trace.is_empty(), "{}", requirement.id);
    trace.iter().for_each(&mut *see);
    requirement.of.iter().for_each(|part| walk(part, see));
}

/// Every step of every answer about a dossier.
fn walk_all(pack: &Pack, dossier: &Dossier, on: &str, see: &mut impl FnMut(&TraceStep)) {
    let question = Question::on(date(on));
    for result in evaluate(pack, dossier, &question).unwrap() {
        result.requirements.iter().for_each(|one| walk(one, see));
        for assumption in result.assumptions.iter().flatten() {
            let [en, az] = [Language::En, Language::Az].map(|language| assumption.said(language).to_string());
            assert!(!en.is_empty() && !az.is_empty() && en != az, "{en}");
        }
    }
    watch(pack, dossier, &question).unwrap().iter().flat_map(|one| one.trace.iter().flatten()).for_each(&mut *see);
}

#[test]
fn every_step_has_sources_figures_and_a_sentence_in_every_language() {
    let mut kinds = BTreeSet::new();
    let mut count = 0;
    let mut see = |pack: &Pack, step: &TraceStep| {
        is_whole(pack, step);
        count += 1;
        kinds.insert(json!(step)["step"].as_str().unwrap().to_owned());
    };
    let law = az();
    let people = people();
    assert!(people.len() > 20 && people.iter().filter(|person| !person.statuses.is_empty()).count() > 5);
    for person in &people {
        for on in [ON, "2016-08-05", "2010-01-01"] {
            walk_all(&law, person, on, &mut |step| see(&law, step));
        }
    }
    for case in CASES {
        let (pack, dossier) = asked(case);
        walk_all(&pack, &dossier, case.on, &mut |step| see(&pack, step));
    }
    for pack in [law.clone(), pack(DEADLINES)] {
        for term in pack.deadlines() {
            for event in ["2026-11-13T21:00:00Z", "1990-01-01T00:00:00Z", "2026-10-30T08:00:00Z"] {
                let pauses = [(date("2026-11-14"), date("2026-11-20"))];
                let result = deadline(&pack, term.id(), EventTime::Instant(event.parse().unwrap()), &pauses, None);
                result.unwrap().derivation.iter().for_each(|step| see(&pack, step));
            }
        }
    }
    assert!(count > 1_000, "{count}");
    assert_eq!(kinds, declared(), "a kind of step that no test has seen, or that the document does not declare");
}

/// The kinds of step that the API's document declares.
fn declared() -> BTreeSet<String> {
    let schema = json!(TraceStep::schema());
    let kinds = schema["oneOf"].as_array().unwrap().iter().map(|kind| &kind["properties"]["step"]["enum"][0]);
    kinds.map(|kind| kind.as_str().unwrap_or_else(|| panic!("{schema:#}")).to_owned()).collect()
}
