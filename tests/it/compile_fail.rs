//! The promises the compiler keeps. Each file of `tests/compile_fail` breaks one and must be refused with the words in its
//! `//! expect:` lines; its twin of the same name in `tests/compile_pass` does the same thing rightly and must compile,
//! which shows that the first is refused for that reason and no other.
//!
//! A file may use `sakin` and the crates its `//! extern:` line names. What is compiled against is the library that was
//! built for this very test run, so that nothing is built twice.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One promise each (`DESIGN.md`: forgetting authorisation is a compile error). The list may only grow.
const PROMISES: &[&str] = &[
    "forged_audited",
    "handler_without_permission",
    "pool_opened_elsewhere",
    "record_inside_read",
    "write_on_read_permission",
    "write_without_event",
];

/// What the compiler said about one file: nothing if it took it.
fn compile(file: &Path) -> Result<(), String> {
    let text = fs::read_to_string(file).unwrap();
    let out = tempfile::tempdir().unwrap();
    let deps = deps_folder();
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc.args(["--edition=2024", "--crate-type=lib", "--crate-name=case", "--emit=metadata", "--cap-lints=allow"]);
    rustc.arg("--out-dir").arg(out.path()).arg("-L").arg(joined("dependency=", &deps));
    for name in header(&text, "extern").flat_map(str::split_whitespace).chain(["sakin"]) {
        rustc.arg("--extern").arg(joined(&format!("{name}="), &library(&deps, name)));
    }
    let output = rustc.arg(file).output().unwrap();
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

/// What is wrong with a file that must be refused, if anything.
fn refusal_fault(file: &Path) -> Option<String> {
    let text = fs::read_to_string(file).unwrap();
    let expected: Vec<&str> = header(&text, "expect").collect();
    if expected.is_empty() {
        return Some("has no `//! expect:` line".to_owned());
    }
    let Err(said) = compile(file) else { return Some("compiles: the promise is broken".to_owned()) };
    let missing = expected.into_iter().find(|words| !said.contains(words))?;
    Some(format!("is refused, but not with \"{missing}\":\n{said}"))
}

/// The values of the `//! name: value` lines.
fn header<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    let lines = text.lines().map_while(|line| line.strip_prefix("//!"));
    lines.filter_map(move |line| line.trim().strip_prefix(name)?.strip_prefix(':')).map(str::trim)
}

/// Where cargo put this test and the libraries it was linked with.
fn deps_folder() -> PathBuf {
    std::env::current_exe().unwrap().parent().unwrap().to_owned()
}

/// The newest build of a library; older ones may lie beside it.
fn library(deps: &Path, name: &str) -> PathBuf {
    let prefix = format!("lib{name}-");
    let builds = fs::read_dir(deps).unwrap().map(|entry| entry.unwrap().path()).filter(|path| {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        file.starts_with(&prefix) && path.extension().is_some_and(|e| e == "rlib" || e == "so")
    });
    builds
        .max_by_key(|path| fs::metadata(path).unwrap().modified().unwrap())
        .unwrap_or_else(|| panic!("no build of {name} in {}", deps.display()))
}

fn joined(prefix: &str, path: &Path) -> OsString {
    let mut text = OsString::from(prefix);
    text.push(path);
    text
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

fn names(folder: &Path) -> BTreeSet<String> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect()
}

#[test]
fn every_promise_has_a_breach_and_a_twin() {
    let promises: BTreeSet<String> = PROMISES.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(names(&folder("compile_fail")), promises);
    assert_eq!(names(&folder("compile_pass")), promises);
}

#[test]
fn every_breach_is_refused() {
    let faults: Vec<String> = PROMISES
        .iter()
        .map(|name| folder("compile_fail").join(format!("{name}.rs")))
        .filter_map(|file| refusal_fault(&file).map(|fault| format!("{} {fault}", file.display())))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_twin_compiles() {
    for name in PROMISES {
        let file = folder("compile_pass").join(format!("{name}.rs"));
        if let Err(said) = compile(&file) {
            panic!("{} must compile:\n{said}", file.display());
        }
    }
}

#[test]
fn a_breach_that_compiles_or_fails_otherwise_is_noticed() {
    let place = tempfile::tempdir().unwrap();
    let fault = |text: &str| {
        let file = place.path().join("case.rs");
        fs::write(&file, text).unwrap();
        refusal_fault(&file).unwrap_or_default()
    };
    assert!(fault("//! expect: anything\nuse sakin as _;").starts_with("compiles"));
    assert!(fault("//! expect: mismatched types\nfn f() { nothing() }").starts_with("is refused, but not with"));
    assert!(fault("fn f() { nothing() }").starts_with("has no"));
    assert_eq!(fault("//! expect: cannot find function\n//! expect: E0425\nfn f() { nothing() }"), "");
}
