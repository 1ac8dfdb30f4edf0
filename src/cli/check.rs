//! `sakin check`: named checks, each with a state.

use std::process::ExitCode;

use serde_json::json;

use super::open::{self, Setup};
use super::print;
use crate::clock::Clock;
use crate::config;
use crate::db::{self, sqlite_version};
use crate::http::Law;
use crate::web::{self, BUILD_TIME};

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
        Err(stop) => return vec![("config", Err(format!("{stop:?}")))],
    };
    let refusals = config::refusals(&config);
    let production = if refusals.is_empty() {
        Ok("nothing that production would refuse".to_owned())
    } else {
        Err(refusals.join("; "))
    };
    let clock = if Clock::system().now().unix_seconds() < BUILD_TIME {
        Err("the clock stands before this program was built".to_owned())
    } else {
        Ok("after the build".to_owned())
    };
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
    ];
    found.push(("schema", schema(&config)));
    if config.mode == config::Mode::Production {
        found.push(("production", production));
    }
    found
}

/// Sources that nobody has compared with the official text for too long.
fn overdue(law: &Law, within_days: u32) -> usize {
    let before = Law::overdue_before(Clock::system().now().date(law.zone), within_days);
    law.pack.sources().filter(|source| source.verified_on < before).count()
}

fn schema(config: &config::Config) -> Outcome {
    let target = open::target(config).map_err(|stop| format!("{stop:?}"))?;
    let schema = db::schema_status(&target).map_err(|error| error.to_string())?;
    if schema.pending.is_empty() && schema.unknown.is_empty() {
        Ok(format!("{} migrations", schema.applied.len()))
    } else {
        Err(format!("pending: {}; unknown: {}", schema.pending.join(", "), schema.unknown.join(", ")))
    }
}
