//! `sakin check`: named checks, each with a state.

use std::process::ExitCode;

use serde_json::json;

use super::open::{self, Setup};
use super::{print, production};
use crate::clock::Clock;
use crate::config::{Config, Mode};
use crate::db::{self, sqlite_version};
use crate::http::Law;
use crate::keys::Keys;
use crate::web::{self, Tls};

/// OK, or why not.
type Outcome = Result<String, String>;

pub(super) fn run(setup: &Setup, json: bool) -> ExitCode {
    let mut failed = false;
    for (name, outcome) in checks(setup) {
        let (state, text) = match &outcome {
            Ok(text) => ("OK", text),
            Err(text) => ("FAIL", text),
        };
        failed |= outcome.is_err();
        if json {
            print(&format!("{}\n", json!({ "name": name, "state": state, "text": text })));
        } else {
            print(&format!("{state:5} {name:14} {text}\n"));
        }
    }
    ExitCode::from(u8::from(failed))
}

fn checks(setup: &Setup) -> Vec<(&'static str, Outcome)> {
    let config = match setup.config() {
        Ok(config) => config,
        Err(stop) => return stop.lines().iter().map(|line| ("config", Err(line.clone()))).collect(),
    };
    let now = Clock::system().now();
    let in_production = config.mode == Mode::Production;
    // Before the data folder is made for the rest of the checks.
    let mut refusals = if in_production { production::refusals(&config, now) } else { Vec::new() };
    let clock = production::clock_fault(now).map_or_else(|| Ok("after the build".to_owned()), Err);
    let law = web::law::load(config.law.dir.as_deref(), &config.law.pack)
        .map(|law| {
            let overdue = overdue(&law, config.law.verify_within_days);
            let (id, verified, hash) = (law.pack.id(), law.verified_on(), &law.hash);
            format!("{id}, verified {verified}, {overdue} sources overdue for verification, sha256 {hash}")
        })
        .map_err(|error| error.to_string());
    let mut found = vec![
        ("config", Ok("read".to_owned())),
        ("clock", clock),
        ("law", law),
        ("sqlite", sqlite_version().map_err(|error| error.to_string())),
        ("keys", keys(&config)),
        ("tls", tls(&config)),
        ("schema", schema(&config)),
    ];
    if in_production {
        refusals.extend(of_the_database(&config));
        if refusals.is_empty() {
            found.push(("production", Ok("nothing that production would refuse".to_owned())));
        }
        found.extend(refusals.into_iter().map(|reason| ("production", Err(reason))));
    }
    found
}

/// What production refuses about the database. One that cannot be opened is reported with its schema.
fn of_the_database(config: &Config) -> Vec<String> {
    let Ok(target) = open::target(config) else { return Vec::new() };
    if !target.is_there() {
        return Vec::new();
    }
    let mut found = db::refusals(&target).unwrap_or_default();
    if matches!(db::installation(&target), Ok(Some(true))) {
        found.push(production::DEMONSTRATION.to_owned());
    }
    found
}

/// Whether the keys can be used, if there are any: none are made here.
fn keys(config: &Config) -> Outcome {
    let folder = open::key_folder(config);
    let none = std::fs::read_dir(&folder).map_or(!folder.exists(), |mut files| files.next().is_none());
    if none {
        return Ok("none yet, the first start makes them".to_owned());
    }
    Keys::open_or_create(&folder).map(|_| "read".to_owned()).map_err(|error| error.to_string())
}

fn tls(config: &Config) -> Outcome {
    Ok(if Tls::of(&config.server)?.is_some() { "certificate and key read" } else { "none: plain HTTP" }.to_owned())
}

/// Sources that nobody has compared with the official text for too long.
fn overdue(law: &Law, within_days: u32) -> usize {
    let before = Law::overdue_before(Clock::system().now().date(law.zone), within_days);
    law.pack.sources().filter(|source| source.verified_on < before).count()
}

fn schema(config: &Config) -> Outcome {
    let target = open::target(config).map_err(|stop| stop.lines().join("; "))?;
    if !target.is_there() {
        return Ok("no database yet, the first start makes it".to_owned());
    }
    let schema = db::schema_status(&target).map_err(|error| error.to_string())?;
    if schema.pending.is_empty() && schema.unknown.is_empty() {
        Ok(format!("{} migrations", schema.applied.len()))
    } else {
        Err(format!("pending: {}; unknown: {}", schema.pending.join(", "), schema.unknown.join(", ")))
    }
}
