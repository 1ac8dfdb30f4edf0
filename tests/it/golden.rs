//! Checked-in tables and documents: what changed is reviewed as a diff. `SAKIN_BLESS=1 cargo test --test it golden` writes them anew.

use std::fmt::Write as _;
use std::path::Path;

use sakin::access::policy::{Grant, Role};
use sakin::access::session::Limits;
use sakin::db::{Reach, TextEnum};
use sakin::http::{Door, document, is_open, problem};
use sakin::web::endpoints;

/// Fails unless the checked-in file has this text; with `SAKIN_BLESS` it gets it.
pub(crate) fn same(path: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("SAKIN_BLESS").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, text).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    let changed = kept.lines().zip(text.lines()).find(|(kept, new)| kept != new);
    assert!(
        kept == text,
        "{path} is out of date, first at {changed:?}. If the change is meant: SAKIN_BLESS=1 cargo test --test it golden"
    );
}

#[test]
fn the_policy() {
    let width = Grant::ALL.iter().map(|grant| grant.name().len()).max().unwrap();
    let mut table = String::new();
    let mut row = |name: &str, cell: &dyn Fn(Role) -> String| {
        let mut line = format!("{name:width$}");
        for role in Role::ALL {
            write!(line, "  {:1$}", cell(*role), role.text().len().max(9)).unwrap();
        }
        writeln!(table, "{}", line.trim_end()).unwrap();
    };
    row("", &|role| role.text().to_owned());
    for grant in Grant::ALL {
        // A fresh proof of who it is.
        let allowed = if grant.is_sensitive() { "fresh" } else { "yes" };
        row(grant.name(), &|role| if role.may(*grant) { allowed } else { "-" }.to_owned());
    }
    for reach in Reach::TEXTS {
        let reach = Reach::of(reach).unwrap();
        let name = format!("reach: {}", reach.text());
        row(&name, &|role| if role.reaches().contains(&reach) { "yes" } else { "-" }.to_owned());
    }
    let factor = |role: Role| match (role.needs_second_factor(), role.needs_passkey()) {
        (_, true) => "passkey",
        (needed, false) => {
            if needed {
                "any"
            } else {
                "-"
            }
        }
    };
    row("second factor", &|role| factor(role).to_owned());
    row("session: idle, min", &|role| (Limits::of(Some(role)).idle_s / 60).to_string());
    row("session: at most, h", &|role| (Limits::of(Some(role)).absolute_s / 3600).to_string());
    same("tests/golden/policy.txt", &table);
}

#[test]
fn the_operations() {
    let lines: String = endpoints().iter().map(|endpoint| endpoint.line() + "\n").collect();
    same("openapi/operations.txt", &lines);
}

#[test]
fn the_operations_without_sign_in_may_only_shrink() {
    let open: Vec<_> = endpoints().into_iter().filter(|endpoint| is_open(endpoint)).collect();
    let lines: Vec<String> = open.iter().map(|endpoint| format!("{} {}", endpoint.method, endpoint.path)).collect();
    same("openapi/public.txt", &(lines.join("\n") + "\n"));
    let anybody = open.iter().filter(|endpoint| endpoint.door == Door::Public).count();
    // The sixth says of the number of a certificate whether it is good: whoever is shown one must be able to ask. The seventh is a calendar, whose
    // address is its key, because calendar programs cannot sign in.
    assert!(anybody <= 7, "no further operation is open to everybody; those left over prove who somebody is");
}

#[test]
fn the_document_and_the_problems() {
    same("openapi/problems.json", &format!("{:#}\n", problem::catalogue()));
    same("openapi/v1.json", &format!("{:#}\n", document(&endpoints())));
}
