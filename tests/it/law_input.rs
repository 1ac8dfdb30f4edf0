//! Bad input to `sakin law`: exit 2, and a message that says where (file, line, key), what and what to do.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn law(arguments: &[&str], input: &str) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_sakin"));
    program.arg("law").args(arguments).env_clear();
    program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = program.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// A dossier of one member a line: the line and key of its fault, and words of the message.
#[track_caller]
fn refused(members: &[&str], place: &str, words: &[&str]) {
    let dossier = format!("{{\n{}\n}}\n", members.join(",\n"));
    let output = law(&["evaluate", "--facts", "-", "--on", "2026-11-23"], &dossier);
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{dossier}{message}");
    assert!(output.stdout.is_empty(), "{dossier}");
    assert!(message.lines().any(|line| line.starts_with(&format!("-:{place}: "))), "expected -:{place}, got {message}");
    for word in words {
        assert!(message.contains(word), "expected `{word}` in {message}");
    }
}

#[test]
fn each_mistake_in_a_dossier_is_told_with_line_key_and_remedy() {
    let id = "\"id\": \"x\"";
    refused(&[id, "\"name\": \"y\""], "3: /name", &["unknown field `name`", "statuses"]);
    refused(&[id, id], "3: /id", &["duplicate field `id`"]);
    refused(&[id, "\"birth_date\": \"1987-02-29\""], "3: /birth_date", &["write a date that exists as YYYY-MM-DD"]);
    refused(&[id, "\"birth_date\": 1987"], "3: /birth_date", &["invalid type", "a date as text"]);
    refused(&[id, "\"known_through\": \"2024-02-30\""], "3: /known_through", &[]);
    refused(&[id, "\"statuses\": {}"], "3: /statuses", &["invalid type"]);
    refused(&[id, "\"statuses\": [\n{\"kind\": \"s\"}]"], "4: /statuses/0", &["`from` is missing; add it"]);
    refused(
        &[id, "\"statuses\": [\n{\"kind\": \"s\", \"from\": \"2020-01-01\",\n\"to\": \"2019-12-31\"}]"],
        "5: /statuses/0/to",
        &["`to` 2019-12-31 is before `from` 2020-01-01: correct one of them"],
    );
    refused(
        &[id, "\"evidence\": [ {\"kind\": \"l\", \"from\": \"2020\",\n\"level\": \"D1\"} ]"],
        "4: /evidence/0/level",
        &["unknown variant `D1`", "B1"],
    );
    refused(
        &[id, "\"evidence\": [ {\"kind\": \"l\", \"from\": \"2020-02\", \"to\": \"2020-01\"} ]"],
        "3: /evidence/0/to",
        &["is before"],
    );
    refused(
        &[id, "\"presence_unknown\": [ {\"from\": \"2020-02-02\", \"to\": \"2020-02-01\"} ]"],
        "3: /presence_unknown/0/to",
        &["is before"],
    );
    refused(
        &[id, "\"absences\": [ {\"exit\": \"2020-02-02\", \"entry\": \"2020-02-01\"} ]"],
        "3: /absences/0/entry",
        &["`entry` 2020-02-01 is before `exit` 2020-02-02"],
    );
    refused(
        &[
            id,
            "\"absences\": [\n{\"exit\": \"2020-01-01\", \"entry\": \"2020-02-01\"},\n{\"exit\": \"2020-01-31\", \"entry\": null}\n]",
        ],
        "5: /absences/1",
        &[
            "the trip 2020-01-31 without return overlaps the trip 2020-01-01 to 2020-02-01 at /absences/0",
            "correct one",
        ],
    );
    refused(
        &[id, "\"facts\": {\"f\": [1]}"],
        "3: /facts/f",
        &["invalid type: sequence, expected true, false, a whole number or a text, or null if it is not known"],
    );
    refused(
        &[id, "\"facts\": {\"f\": true,\n\"f\": false}"],
        "4: /facts/f",
        &["the fact `f` stands here twice: keep one"],
    );
    refused(&[id, "\"facts\": []"], "3: /facts", &["invalid type: sequence, expected facts by name"]);
    refused(&[id, "\"facts\": "], "4: /facts", &[]);
}

#[test]
fn a_bad_line_is_answered_on_its_line_and_the_rest_goes_on() {
    let lines = "{\"id\": \"a\"}\n{\"id\": \"b\", \"name\": 1}\nnot json\n\
                 {\"id\": \"c\", \"absences\": [{\"exit\": \"2020-02-02\", \"entry\": \"2020-02-01\"}]}\n{\"id\": \"d\"}\n";
    let output = law(&["evaluate", "--jsonl", "--brief", "--on", "2026-11-23"], lines);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let answers: Vec<&str> = text(&output.stdout).lines().collect();
    assert_eq!(answers.len(), 5);
    assert!(answers[0].starts_with("[{") && answers[4] == answers[0]);
    for (answer, expected) in [
        (answers[1], "line 2: /name: unknown field `name`"),
        (answers[2], "line 3: /: "),
        (answers[3], "line 4: /absences/0/entry: `entry` 2020-02-01 is before `exit` 2020-02-02"),
    ] {
        let error: serde_json::Value = serde_json::from_str(answer).unwrap();
        let message = error["error"].as_str().unwrap();
        assert!(message.starts_with(expected), "expected {expected}, got {message}");
    }
}

#[test]
fn a_bad_pack_is_refused_with_file_line_and_key() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.toml");
    let head = "[pack]\nid = \"t\"\ntitle = { en = \"T\" }\nzone = \"Asia/Baku\"\n";
    let source =
        "[[source]]\nid = \"s\"\nact = \"A\"\narticle = \"1\"\nverified_on = 2026-01-01\nconfidence = \"press\"\n";
    let check = |text_of_pack: &str| {
        fs::write(&file, text_of_pack).unwrap();
        let output = law(&["check", folder.path().to_str().unwrap()], "");
        (output.status.code(), text(&output.stderr).replace(&format!("{}", folder.path().join("").display()), ""))
    };
    assert_eq!(check(&format!("{head}{source}")).0, Some(0));
    let (code, message) = check(head);
    assert_eq!(code, Some(2));
    assert!(message.contains("declares no source; add a [[source]] for every rule and cite it"), "{message}");
    let (code, message) = check(&format!("{head}colour = 1\n"));
    assert_eq!(code, Some(2));
    assert!(
        message.starts_with(
            "a.toml:5: pack.colour: is unknown here; correct or remove it (known: draft, id, title, zone)"
        ),
        "{message}"
    );
    // A rule of every kind without a source.
    for (kind, rule) in [
        ("route", "outcome = \"o\"\n[[route.requirement]]\nid = \"q\"\nkind = \"fact\"\nfact = \"f\"\n"),
        ("watch", "status = [ { kind = \"s\" } ]\nlimit = { days = 9, per = \"trip\" }\n"),
        ("deadline", "event = \"e\"\nwithin = \"P9D\"\n"),
        ("parameter", "value = 9\n"),
    ] {
        let stated = format!("[[{kind}]]\nid = \"r\"\nin_force = {{ from = 2020-01-01 }}\n{rule}");
        let (code, message) = check(&format!("{head}{source}{stated}"));
        assert_eq!(code, Some(2), "{kind} without a source");
        assert!(message.contains(&format!("a.toml:11: {kind}: cites no source")), "{message}");
        let cited = stated.replacen("id = \"r\"\n", "id = \"r\"\nsource = [\"s\"]\n", 1);
        assert_eq!(check(&format!("{head}{source}{cited}")), (Some(0), String::new()), "{kind}");
    }
    // A source without a confidence is none.
    let (code, message) = check(&format!("{head}{}", source.replace("confidence = \"press\"\n", "")));
    assert_eq!((code, message.trim_end()), (Some(2), "a.toml:5: source.confidence: is missing; add it"));
    let missing = Path::new("no/such/pack");
    let output = law(&["check", missing.to_str().unwrap()], "");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("name the folder or file of a pack"));
}
