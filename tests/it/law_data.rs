//! Law is data: no legal number stands in Rust code, and every value of the shipped pack is cited.

use std::fs;
use std::path::{Path, PathBuf};

/// Numbers that could be a term of law: days, months or years of waiting, staying, answering, and ages.
const LEGAL: &[u64] = &[
    3, 5, 6, 7, 8, 9, 10, 14, 15, 18, 20, 21, 28, 30, 45, 60, 90, 91, 120, 121, 180, 183, 240, 270, 300, 330, 360, 364,
    365, 366, 450, 540, 730, 731, 900, 1095, 1096, 1825, 1826, 1827, 2190, 3650, 3652,
];

/// Where such a number is no law: a part of the line it stands in, and why.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("law/judge.rs", "const HORIZON: Period = Period::years(20);", "how far ahead the contract looks, section 5"),
    ("law/judge.rs", "SmallVec<[Part<'p>; 3]>", "room for the versions of a route"),
    ("law/judge.rs", "SmallVec<[usize; 6]>", "room for the places of requirements"),
    ("law/limit.rs", "let begins = 735_600..735_600 + 16 * 366;", "calendar: sixteen years see every month end"),
    ("law/brief.rs", "Option<[u8; 10]>", "length of the text of a date"),
    ("law/brief.rs", "b'0' + number / 10", "the base of written numbers"),
    ("law/dossier.rs", "digit(tens)? * 10", "the base of written numbers"),
    ("law/pack/build.rs", "weekend.len() > 6", "calendar: a week has seven days"),
    ("law/pack/build.rs", "const WEEK: [(&str, Weekday); 7]", "calendar: a week has seven days"),
    ("law/pack/parts.rs", "const KINDS: [&str; 10]", "the number of kinds of requirement"),
    ("law/pack/parts.rs", "Per::CalendarYear | Per::AnniversaryYear => 366", "calendar: no year is longer"),
    ("law/uncertain.rs", "SmallVec<[usize; 8]>", "room for the facts a route asks for"),
    ("law/presence.rs", "const LARGEST_STEP: i32 = 8;", "calendar: how far a window can jump"),
    ("eligibility/store.rs", "3 => {", "the number of a part of the query"),
    ("eligibility/store.rs", "5 => Part::", "the number of a part of the query"),
    ("eligibility/store.rs", "6 => Part::", "the number of a part of the query"),
    ("eligibility/store.rs", "7 => Part::", "the number of a part of the query"),
    ("eligibility/store.rs", "8 => Part::", "the number of a part of the query"),
    ("eligibility/store.rs", "9 => {", "the number of a part of the query"),
];

/// Every line of code with a number that could be law, and is not excepted: (line, its text).
fn legal_numbers(file: &str, text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if line.starts_with("mod tests") {
            break;
        }
        let code = line.split("//").next().unwrap_or_default();
        let excepted = EXCEPTIONS.iter().any(|(known, part, _)| *known == file && code.contains(part));
        if !excepted && numbers(code).iter().any(|number| LEGAL.contains(number)) {
            found.push((at + 1, line.trim().to_owned()));
        }
    }
    found
}

/// The integer literals of a line. Of texts only periods count, such as "P5Y".
fn numbers(code: &str) -> Vec<u64> {
    let bytes = code.as_bytes();
    let (mut found, mut at, mut in_text) = (Vec::new(), 0, false);
    while at < bytes.len() {
        if bytes[at] == b'"' && (at == 0 || bytes[at - 1] != b'\\') {
            in_text = !in_text;
        }
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let before = at.checked_sub(1).map_or(b' ', |before| bytes[before]);
        let begin = at;
        while at < bytes.len() && (bytes[at].is_ascii_digit() || bytes[at] == b'_') {
            at += 1;
        }
        // Digits of a name, such as i32, are no number.
        let counts = if in_text { before == b'P' } else { !before.is_ascii_alphabetic() && before != b'_' };
        if counts {
            found.extend(code[begin..at].replace('_', "").parse::<u64>().ok());
        }
    }
    found
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "tests") {
                rust_files(&path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && path.file_name().is_some_and(|name| name != "tests.rs")
        {
            found.push(path);
        }
    }
}

#[test]
fn no_legal_number_stands_in_rust_code() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    for slice in ["law", "eligibility", "families", "cases", "cli/law"] {
        let folder = source.join(slice);
        if folder.is_dir() {
            rust_files(&folder, &mut files);
        }
    }
    assert!(files.iter().any(|file| file.ends_with("law/term.rs")), "the engine is not where it was: {files:?}");
    let mut faults = Vec::new();
    let mut used = vec![false; EXCEPTIONS.len()];
    for path in &files {
        let file = path.strip_prefix(&source).unwrap().to_str().unwrap();
        let text = fs::read_to_string(path).unwrap();
        for (known, (_, part, _)) in used.iter_mut().zip(EXCEPTIONS).filter(|(_, (of, _, _))| *of == file) {
            *known |= text.contains(part);
        }
        let lines = legal_numbers(file, &text);
        faults.extend(lines.iter().map(|(line, text)| format!("src/{file}:{line}: {text}")));
    }
    assert!(
        faults.is_empty(),
        "law belongs into a pack; if a number is none, except it with a reason:\n{}",
        faults.join("\n")
    );
    let stale: Vec<_> = EXCEPTIONS.iter().zip(used).filter(|(_, used)| !used).map(|(exception, _)| exception).collect();
    assert!(stale.is_empty(), "exceptions that nothing needs: {stale:?}");
}

#[test]
fn a_legal_number_would_be_found() {
    for (code, found) in [
        ("let years = 5;", true),
        ("if days > 1_095 {", true),
        ("Period::days(90)", true),
        ("let term = \"P5Y\";", true),
        ("let x = y.max(365i32);", true),
        ("let x: i32 = 1; // 90 days", false),
        ("let x = u64::from(n) * 2;", false),
        ("let v30 = a_60;", false),
        ("fault(\"write at most 90 days\")", false),
    ] {
        assert_eq!(!legal_numbers("law/term.rs", code).is_empty(), found, "{code}");
    }
    assert_eq!(legal_numbers("law/term.rs", "a\nmod tests {\nlet x = 90;"), []);
}

/// The files of the shipped pack.
fn az() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/law/az");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    paths
        .iter()
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(path).unwrap()))
        .collect()
}

/// Keys that hold a legal value: a table with one of them needs a source, its own or that of the rule it stands in.
const VALUES: &[&str] = &[
    "length",
    "window",
    "days",
    "months",
    "last",
    "each",
    "min_years",
    "under_age",
    "max_years",
    "within",
    "before",
    "value",
    "limits",
    "limit",
    "status",
    "grounds",
    "not_grounds",
    "not_sponsor_grounds",
    "credit",
    "cap",
    "weight",
    "min_level",
    "gap_days",
    "non_working",
    "working",
    "of",
];

/// Walks a TOML value; `cited`: what the tables around it cite.
fn uncited(
    path: &str,
    value: &toml::Value,
    cited: bool,
    sources: &[String],
    found: &mut Vec<String>,
    seen: &mut usize,
) {
    match value {
        toml::Value::Table(table) => {
            let own = table.get("source").and_then(toml::Value::as_array);
            for name in own.into_iter().flatten() {
                if !name.as_str().is_some_and(|name| sources.iter().any(|known| known == name)) {
                    found.push(format!("{path} cites {name}, which is not declared"));
                }
            }
            let cited = cited || own.is_some_and(|names| !names.is_empty());
            for (key, inner) in table {
                if VALUES.contains(&key.as_str()) {
                    *seen += 1;
                    if !cited {
                        found.push(format!("{path}.{key} = {inner} has no source"));
                    }
                }
                uncited(&format!("{path}.{key}"), inner, cited, sources, found, seen);
            }
        }
        toml::Value::Array(items) => {
            items.iter().for_each(|item| uncited(path, item, cited, sources, found, seen));
        }
        _ => {}
    }
}

#[test]
fn every_value_of_the_pack_has_a_source_with_a_confidence() {
    let files = az();
    let tables: Vec<toml::Table> = files.iter().map(|(_, text)| text.parse().unwrap()).collect();
    let mut sources = Vec::new();
    for source in tables.iter().filter_map(|table| table.get("source")?.as_array()).flatten() {
        let text = |key: &str| source.get(key).and_then(toml::Value::as_str).unwrap_or_default();
        assert!(["official", "embassy", "press", "inferred"].contains(&text("confidence")), "{source}");
        assert!(
            source.get("verified_on").is_some() && !text("act").is_empty() && !text("article").is_empty(),
            "{source}"
        );
        sources.push(text("id").to_owned());
    }
    let (mut found, mut seen) = (Vec::new(), 0);
    for ((name, _), table) in files.iter().zip(&tables) {
        for (key, value) in table.iter().filter(|(key, _)| !["pack", "source"].contains(&key.as_str())) {
            // Days off every year are tables with their source, which the pack's reader demands.
            if value.as_array().is_some_and(|items| items.iter().all(toml::Value::is_str)) {
                continue;
            }
            uncited(&format!("{name}: {key}"), value, false, &sources, &mut found, &mut seen);
        }
    }
    assert!(seen > 250, "only {seen} values were looked at: the keys of packs have changed");
    assert!(found.is_empty(), "{}", found.join("\n"));
}
