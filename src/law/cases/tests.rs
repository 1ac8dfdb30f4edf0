//! The reader of cases refuses every slip by file, line and key, and the comparison can fail.

use super::{Case, read_cases};
use crate::law::Pack;

const PACK: &str = r#"
[pack]
id = "t"
title = { en = "Test" }
zone = "Asia/Baku"
draft = true

[[route]]
id = "r"
outcome = "o"
in_force = { from = 2000-01-01 }
  [[route.requirement]]
  id = "residence"
  kind = "term"
  length = "P5Y"
  status = [ { kind = "p" } ]
  [[route.requirement]]
  id = "either"
  kind = "any_of"
  of = [ { id = "paper", kind = "evidence", evidence = "paper" }, { id = "old", kind = "age", min_years = 60 } ]
  [[route.reading]]
  id = "strict"
  default = true
  limits = [ { days = 10, per = "calendar_year", on_breach = "lookback" } ]
  [[route.reading]]
  id = "mild"
  limits = []

[[watch]]
id = "w"
status = [ { kind = "p", not_grounds = ["free"] } ]
limit = { days = 10, per = "calendar_year" }
in_force = { from = 2000-01-01 }

[[deadline]]
id = "d"
event = "e"
within = { working_days = 3 }
start = "day_after"
consequence = { en = "Silence means no objection" }
in_force = { from = 2000-01-01 }

[[deadline]]
id = "h"
event = "e"
within = { hours = 48 }
in_force = { from = 2000-01-01 }
"#;

fn pack() -> Pack {
    Pack::from_files(&[("t.toml".into(), PACK.into())]).unwrap()
}

/// The facts stand on line 4 of the text; expectations begin on line 8.
fn case(expectations: &str) -> String {
    format!(
        r#"[[case]]
name = "one"
why = "because"
dossier.statuses = [ {{ kind = "p", from = 2015-03-01 }} ]
dossier.absences = [ {{ exit = 2018-06-01, entry = "2018-06-21" }} ]
on = 2020-06-01
[[case.expect]]
{expectations}"#
    )
}

fn read(text: &str) -> Vec<Case> {
    read_cases("c.toml", text, &pack()).unwrap_or_else(|faults| {
        panic!("{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
    })
}

fn refused(text: &str, expected: &str) {
    let faults = read_cases("c.toml", text, &pack()).err().unwrap_or_default();
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert!(faults.iter().any(|fault| fault.starts_with(expected)), "expected `{expected}…`, got {faults:#?}\n{text}");
}

/// The members that come out otherwise, as `key: expected, came`.
fn differences(expectations: &str) -> Vec<String> {
    let cases = read(&case(expectations));
    let failures = cases.iter().flat_map(|case| case.run(&pack()));
    failures.flat_map(|one| one.differences).map(|one| format!("{}: {}, {}", one.key, one.expected, one.came)).collect()
}

#[test]
fn what_is_named_is_compared_and_nothing_else() {
    let right = r#"
route = "r"
outcome = "not_yet"
clock_earliest = 2023-06-11
eligible_since = "none"
missing = []
windows = []
main_blocker = "either"
requirements.either = { state = "undetermined", of = { paper = "not_met", old = "undetermined" } }
requirements.residence = { state = "not_met", measured = { start = 2015-03-01 } }
"#;
    let found = differences(right);
    assert_eq!(found, ["main_blocker: \"either\", \"residence\""], "what is not known does not block");
    assert_eq!(differences("route = \"r\"\nreading = \"mild\"\nclock_earliest = 2020-06-01"), Vec::<String>::new());
}

#[test]
fn each_of_several_readings_must_answer_so() {
    let found = differences("route = \"r\"\nreading = [\"strict\", \"mild\"]\nclock_earliest = 2020-06-01");
    assert_eq!(found, ["clock_earliest: \"2020-06-01\", \"2023-06-11\""]);
}

#[test]
fn watches_answer_or_do_not_apply() {
    assert_eq!(differences("watch = \"w\"\nused = 0\nreported = true\nwindow.from = 2020-01-01"), Vec::<String>::new());
    assert_eq!(differences("watch = \"w\"\nused = 3\nreported = false"), ["reported: false, true", "used: 3, 0"]);
    let exempt = case("watch = \"w\"\nused = 0").replace("kind = \"p\",", "kind = \"p\", ground = \"free\",");
    let failures = read(&exempt)[0].run(&pack());
    assert_eq!(failures[0].differences[0].came, "no answer, it does not apply");
    let exempt = exempt.replace("used = 0", "reported = false");
    assert_eq!(read(&exempt)[0].run(&pack()), []);
}

#[test]
fn deadlines_take_days_instants_and_pauses() {
    assert_eq!(
        differences("deadline = \"d\"\nevent = 2024-03-01\ndue = 2024-03-06\nprovisional = true"),
        Vec::<String>::new()
    );
    assert_eq!(
        differences(
            "deadline = \"d\"\nevent = \"2024-03-01\"\npause = [ { from = 2024-03-04, to = 2024-03-05 } ]\ndue = 2024-03-08"
        ),
        Vec::<String>::new()
    );
    assert_eq!(
        differences("deadline = \"h\"\nevent = 2024-03-01T10:00:00Z\ndue = 2024-03-03T14:00:00+04:00"),
        Vec::<String>::new()
    );
    assert_eq!(
        differences("deadline = \"d\"\nevent = 2024-03-01\nconsequence.en = \"Silence means no objection\""),
        Vec::<String>::new()
    );
    assert_eq!(differences("deadline = \"h\"\nevent = 2024-03-01\ndue = 2024-03-03").len(), 1, "hours need an instant");
}

#[test]
fn facts_that_all_cases_share_stand_once_and_a_case_may_replace_them() {
    let text = format!(
        "[dossier]\nbirth_date = 1950\nfacts = {{ a = true }}\n{}",
        case("route = \"r\"\nrequirements.either = \"met\"")
    );
    let text = text.replace("birth_date = 1950", "birth_date = \"1950\"");
    assert_eq!(read(&text)[0].run(&pack()), []);
    let replaced = text.replace("dossier.statuses", "dossier.birth_date = \"1990\"\ndossier.statuses");
    assert_eq!(read(&replaced)[0].run(&pack()).len(), 1);
}

#[test]
fn unknown_keys_and_ids_are_refused_by_file_line_and_key() {
    let route = "route = \"r\"\noutcome = \"not_yet\"\n";
    refused(&case(&format!("{route}outcom = \"eligible\"")), "c.toml:10: case.expect.outcom: is unknown here");
    refused(&case(&format!("{route}due = 2020-01-01")), "c.toml:10: case.expect.due: is unknown here");
    refused(
        &case(&format!("{route}requirements.residence.stat = \"met\"")),
        "c.toml:10: case.expect.requirements.residence.stat: is unknown",
    );
    refused(
        &case(&format!("{route}requirements.income = \"met\"")),
        "c.toml:10: case.expect.requirements.income: the route has no requirement",
    );
    refused(
        &case(&format!("{route}requirements.either.of.young = \"met\"")),
        "c.toml:10: case.expect.requirements.either.of.young: the route has no",
    );
    refused(
        &case("route = \"x\"\noutcome = \"closed\""),
        "c.toml:8: case.expect.route: the pack t has no route `x`; it has: r",
    );
    refused(
        &case(&format!("{route}reading = \"milder\"")),
        "c.toml:10: case.expect.reading: there is no reading `milder`",
    );
    refused(&case("deadline = \"d\"\nevent = \"soon\"\ndue = 2020-01-01"), "c.toml:9: case.expect.event: is no event");
    refused(&case("deadline = \"d\"\nwatch = \"w\""), "c.toml:7: case.expect: asks nothing or too much");
    refused(&case("watch = \"w\"\n"), "c.toml:7: case.expect: expects nothing");
    refused(&case(route).replace("on = 2020-06-01\n", ""), "c.toml:7: case.expect.route: is asked on no day");
    refused(&case(route).replace("why = \"because\"\n", ""), "c.toml:1: case.why: is missing");
    refused(
        &case(route).replace("why", "source = [\"s\"]\nwhy"),
        "c.toml:3: case.source: the pack declares no source `s`",
    );
    refused(&(case(route) + &case(route)), "c.toml:11: case.name: two cases of this file are called `one`");
    refused("[[cases]]\nname = \"x\"\n", "c.toml:1: cases: is unknown here");
}

#[test]
fn facts_that_are_no_dossier_are_refused_where_they_stand() {
    let route = "route = \"r\"\noutcome = \"not_yet\"\n";
    refused(
        &case(route).replace("dossier.statuses", "dossier.on = 2020-01-01\ndossier.statuses"),
        "c.toml:1: case.dossier.on: is the day of a question",
    );
    refused(&case(route).replace("exit =", "exits ="), "c.toml:5: case.dossier.absences.exits: unknown field `exits`");
    refused(
        &case(route).replace("2018-06-21", "2018-06-31"),
        "c.toml:5: case.dossier.absences.entry: write a date that exists",
    );
    refused(
        &case(route).replace("2018-06-21", "2018-05-21"),
        "c.toml:1: case.dossier.absences.0.entry: `entry` 2018-05-21 is before",
    );
}
