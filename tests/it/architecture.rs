//! Who may know whom. The tables below are the architecture; the tests hold every source file to them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each module and the modules it may use. A slice that uses another slice sees only what that slice's `mod.rs` re-exports.
/// `web`, `cli` and the two crate roots put everything together and are not listed.
const MAY_USE: &[(&str, &[&str])] = &[
    // Kernel, from the ground up.
    ("error", &[]),
    ("config", &["error"]),
    ("keys", &["error"]),
    ("clock", &["error", "calendar"]),
    ("calendar", &["error", "clock"]),
    ("id", &["error", "clock"]),
    ("law", &["calendar", "id"]),
    ("db", &["error", "config", "keys", "clock", "calendar", "id"]),
    ("access", &["error", "config", "keys", "clock", "calendar", "id", "db"]),
    ("http", &["error", "config", "keys", "clock", "calendar", "id", "db", "access", "law"]),
    // Slices, from the ground up: each may use the kernel, and below are the slices it may use.
    ("identity", &[]),
    ("people", &["identity"]),
    ("audit", &["identity", "people"]),
    ("families", &["identity", "people", "permits", "law"]),
    ("confidentiality", &["identity", "people", "families", "law"]),
    ("documents", &["identity", "people", "law"]),
    ("presence", &["identity", "people"]),
    ("grounds", &["identity", "people"]),
    ("addresses", &["identity", "people", "permits", "grounds", "law"]),
    ("permits", &["identity", "people", "grounds", "law"]),
    ("courses", &["identity", "people", "addresses", "grounds"]),
    ("eligibility", &["identity", "people", "addresses", "presence", "permits", "grounds", "law"]),
    (
        "cases",
        &[
            "identity",
            "people",
            "families",
            "documents",
            "addresses",
            "presence",
            "permits",
            "grounds",
            "courses",
            "eligibility",
            "law",
        ],
    ),
];

/// What every slice may use.
const KERNEL: &[&str] = &["error", "config", "keys", "clock", "calendar", "id", "db", "access", "http"];

/// The slices: every module of [`MAY_USE`] that is not listed here is kernel.
const SLICES: &[&str] = &[
    "identity",
    "people",
    "audit",
    "confidentiality",
    "families",
    "addresses",
    "presence",
    "permits",
    "grounds",
    "courses",
    "documents",
    "eligibility",
    "cases",
];

/// Modules that put everything together.
const ASSEMBLY: &[&str] = &["web", "cli", "lib", "main"];

/// Layers of a slice; each may use itself and those before it.
const LAYERS: &[&str] = &["model", "store", "ops", "web"];

/// Calls that read the system's clock, and the one file that may.
const CLOCK_CALLS: &[&str] = &["Utc::now", "Local::now", "SystemTime::now"];
const CLOCK_FILE: &str = "clock.rs";

/// A file longer than this is two files.
const MOST_LINES: usize = 600;

/// Every fault of one source file; `file` is its path below `src`.
fn faults(file: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let lines = text.lines().count();
    if lines > MOST_LINES {
        found.push(format!("{lines} lines, at most {MOST_LINES}: split it by topic"));
    }
    let code = code_of(text);
    for call in CLOCK_CALLS {
        if file != CLOCK_FILE && code.contains(call) {
            found.push(format!("{call} reads the clock: take the time as an argument"));
        }
    }
    let dense: String = code.split_whitespace().collect();
    if dense.contains("sql_query(format!") || dense.contains("sql_query(&format!") {
        found.push("SQL put together from text: bind the values".to_owned());
    }
    if is_test(file) {
        return found;
    }
    let here = module_of(file);
    for path in paths(before_tests(&code), &here) {
        found.extend(refused(&here, &path).map(|why| format!("{}: {why}", path.join("::"))));
    }
    found
}

/// Why the module `here` may not use `path` (both from the crate's root), if it may not.
fn refused(here: &[String], path: &[String]) -> Option<String> {
    let module = here.first().map(String::as_str)?;
    let other = path.first().map(String::as_str)?;
    let layer = here.get(1).map_or("", String::as_str);
    let inner = path.get(1).map_or("", String::as_str);
    let rank = |layer: &str| LAYERS.iter().position(|name| *name == layer);
    if module == other {
        let upwards =
            SLICES.contains(&module) && rank(layer).zip(rank(inner)).is_some_and(|(ours, theirs)| theirs > ours);
        return upwards.then(|| format!("{layer} may not use {inner}; the order is web, ops, store, model"));
    }
    if SLICES.contains(&other) && LAYERS.contains(&inner) {
        return Some(format!("only what {other}/mod.rs re-exports may be used from outside"));
    }
    if ASSEMBLY.contains(&module) {
        return None;
    }
    let slice = SLICES.contains(&module);
    if slice && other == "db" && inner == "schema" && layer != "store" {
        return Some("tables are named in store alone".to_owned());
    }
    if slice && other == "http" && layer != "web" {
        return Some("HTTP is spoken in web alone".to_owned());
    }
    let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == module) else {
        return Some(format!("{module} has no line in the table of tests/it/architecture.rs"));
    };
    let known = allowed.contains(&other) || (slice && KERNEL.contains(&other));
    // A name that is no module is an item of the crate's root, such as a macro.
    let exists = MAY_USE.iter().any(|(name, _)| *name == other) || ASSEMBLY.contains(&other);
    (exists && !known).then(|| format!("{module} may not use {other}"))
}

/// Module path of a file: `people/store/file.rs` is `people::store::file`.
fn module_of(file: &str) -> Vec<String> {
    let path = file.trim_end_matches(".rs");
    path.split('/').filter(|part| *part != "mod").map(str::to_owned).collect()
}

/// Whether a whole file is test code, which may use what it likes.
fn is_test(file: &str) -> bool {
    file.ends_with("/tests.rs") || file.contains("/tests/")
}

/// The code before a file's own test module, which stands last.
fn before_tests(code: &str) -> &str {
    code.split("#[cfg(test)]\nmod tests").next().unwrap_or(code)
}

/// The text without comments and without the inside of string literals.
fn code_of(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(hashes) = raw_string(rest) {
            let close = format!("\"{}", "#".repeat(hashes));
            let open = hashes + 2;
            rest[open..].find(&close).map_or(rest.len(), |end| open + end + close.len())
        } else if c == '"' {
            string_end(rest)
        } else if rest.starts_with("'\"'") {
            3
        } else {
            code.push(c);
            c.len_utf8()
        };
        rest = &rest[skipped..];
    }
    code
}

/// If a raw string literal begins here, the number of its hashes.
fn raw_string(text: &str) -> Option<usize> {
    let after = text.strip_prefix('r')?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    after[hashes..].starts_with('"').then_some(hashes)
}

/// Length of the string literal that begins here.
fn string_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Every path in the code that begins with `crate`, `super` or `self`, from the crate's root; braces are multiplied out.
fn paths(code: &str, here: &[String]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("::") {
        let head = code[..at].trim_end();
        let start =
            head.rfind(|c: char| !is_word(c)).map_or(0, |i| i + head[i..].chars().next().map_or(0, char::len_utf8));
        let up = match &head[start..] {
            "crate" => here.len(),
            "self" => 0,
            "super" => 1,
            _ => continue,
        };
        // `super::super` is read from its first word.
        if head[..start].trim_end().ends_with("::") {
            continue;
        }
        let base = here[..here.len().saturating_sub(up)].to_vec();
        tree(&mut code[at + 2..].chars().peekable(), base, &mut found);
    }
    found
}

/// Reads what follows `::` in a path: a name, its tail, or a group in braces.
fn tree(code: &mut std::iter::Peekable<std::str::Chars<'_>>, mut base: Vec<String>, found: &mut Vec<Vec<String>>) {
    let skip =
        |code: &mut std::iter::Peekable<std::str::Chars<'_>>| while code.next_if(|c| c.is_whitespace()).is_some() {};
    skip(code);
    if code.next_if_eq(&'{').is_some() {
        loop {
            skip(code);
            if code.next_if_eq(&'}').is_some() || code.peek().is_none() {
                return;
            }
            tree(code, base.clone(), found);
            // Whatever else stands before the next comma, such as `as name`.
            while code.next_if(|c| !matches!(c, ',' | '}')).is_some() {}
            code.next_if_eq(&',');
        }
    }
    let mut name = String::new();
    while let Some(c) = code.next_if(|c| is_word(*c)) {
        name.push(c);
    }
    match name.as_str() {
        "super" => drop(base.pop()),
        "" | "self" => {}
        _ => base.push(name),
    }
    skip(code);
    let mut ahead = code.clone();
    if ahead.next() == Some(':') && ahead.next() == Some(':') {
        *code = ahead;
        tree(code, base, found);
    } else {
        found.push(base);
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Every source file: its path below `src`, its text.
fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, root: &Path, into: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, into);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
                into.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&root, &root, &mut found);
    found.sort();
    found
}

#[test]
fn every_file_keeps_to_the_tables() {
    let found: Vec<String> = sources()
        .iter()
        .flat_map(|(file, text)| faults(file, text).into_iter().map(move |fault| format!("src/{file}: {fault}")))
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn no_slice_lends_out_its_store() {
    for (file, text) in sources() {
        let Some(slice) = file.strip_suffix("/mod.rs").filter(|name| SLICES.contains(name)) else { continue };
        let code = code_of(&text);
        let lent = code.split(';').map(str::trim).find(|item| item.starts_with("pub") && item.contains("store"));
        assert_eq!(lent, None, "{slice}/mod.rs");
    }
}

#[test]
fn one_table_has_one_owner() {
    let mut owners: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (file, text) in sources() {
        let here = module_of(&file);
        if is_test(&file) || !SLICES.contains(&here[0].as_str()) {
            continue;
        }
        for path in paths(before_tests(&code_of(&text)), &here) {
            if let [db, schema, table, ..] = path.as_slice()
                && (db.as_str(), schema.as_str()) == ("db", "schema")
            {
                owners.entry(table.clone()).or_default().insert(here[0].clone());
            }
        }
    }
    owners.retain(|_, slices| slices.len() > 1);
    assert!(owners.is_empty(), "tables that two slices touch: {owners:?}");
}

#[test]
fn every_module_of_the_crate_has_a_line_in_the_table() {
    let known = |name: &str| MAY_USE.iter().any(|(module, _)| *module == name) || ASSEMBLY.contains(&name);
    let strangers: BTreeSet<String> =
        sources().iter().map(|(file, _)| module_of(file)[0].clone()).filter(|m| !known(m)).collect();
    assert!(strangers.is_empty(), "add to MAY_USE: {strangers:?}");
}

#[test]
fn forbidden_lines_are_refused() {
    for (file, line, expected) in [
        ("people/ops.rs", "use crate::permits::Permit;", "people may not use permits"),
        ("people/ops.rs", "use crate::{error::Error, cases};", "people may not use cases"),
        ("permits/ops.rs", "use crate::people::store;", "only what people/mod.rs re-exports"),
        ("permits/ops.rs", "use crate::people::{visible, ops::lock};", "only what people/mod.rs re-exports"),
        ("permits/ops.rs", "fn f() { super::super::people::store::all() }", "only what people/mod.rs re-exports"),
        ("web/routes.rs", "use crate::people::store;", "only what people/mod.rs re-exports"),
        ("people/store.rs", "use super::ops::register;", "store may not use ops"),
        ("people/store/file.rs", "use super::super::web;", "store may not use web"),
        ("people/model/name.rs", "use crate::people::store;", "model may not use store"),
        ("people/ops.rs", "use crate::http::Json;", "HTTP is spoken in web alone"),
        ("people/ops.rs", "use crate::db::{ReadTx, schema::person};", "tables are named in store alone"),
        ("db/mod.rs", "use crate::http::Ctx;", "db may not use http"),
        ("law/limit.rs", "use crate::clock::Clock;", "law may not use clock"),
        ("law/limit.rs", "pub(crate) fn f() -> crate :: db :: Db { }", "law may not use db"),
        ("error.rs", "fn f() { crate::cli::run() }", "error may not use cli"),
        ("mystery/mod.rs", "use crate::error::Error;", "mystery has no line in the table"),
        ("people/ops.rs", "let now = chrono::Utc::now();", "reads the clock"),
        ("people/tests.rs", "let now = SystemTime::now();", "reads the clock"),
        ("people/store.rs", "sql_query(\n    &format!(\"select {x}\"))", "bind the values"),
        ("people/store.rs", "sql_query(format!(\"select {x}\"))", "bind the values"),
        ("error.rs", &"\n".repeat(601), "601 lines"),
    ] {
        let found = faults(file, line);
        assert_eq!(found.len(), 1, "{file}: {line}: {found:?}");
        assert!(found[0].contains(expected), "{file}: {line}: {found:?}");
    }
}

#[test]
fn allowed_lines_pass() {
    for (file, line) in [
        ("permits/ops.rs", "use crate::people::{self, lock, visible as seen};"),
        ("permits/web.rs", "use crate::http::{Ctx, Json};\nuse super::{model::Permit, ops};"),
        ("people/store/file.rs", "use super::names;\nuse crate::people::model::Name;"),
        ("people/store.rs", "use crate::db::schema::person;\nuse self::names::all;"),
        (
            "people/ops.rs",
            "// use crate::cases;\n/* crate::cases */ let x = \"crate::cases\"; let y = r#\"crate::cases \"\"#;",
        ),
        ("people/ops.rs", "let q = '\"'; // crate::cases \"\nuse crate::error::Error;"),
        ("people/ops.rs", "/// [`crate::permits::Permit`]\nfn f() {}\n#[cfg(test)]\nmod tests { use crate::permits; }"),
        ("people/tests.rs", "use crate::permits::store;"),
        ("web/routes.rs", "crate::permits::endpoints()"),
        ("clock.rs", "chrono::Utc::now()"),
        ("people/store.rs", "sql_query(\"select 1\")"),
        ("error.rs", &"\n".repeat(600)),
    ] {
        assert_eq!(faults(file, line), Vec::<String>::new(), "{file}: {line}");
    }
}
