//! `sakin keys`: the keys that sign tokens, replaced while servers run.

use chrono::{DateTime, SecondsFormat};
use clap::Subcommand;
use serde_json::json;

use super::open::{self, Setup, Stop, block_on};
use super::print;
use super::production::clock_fault;
use crate::access::token::OVERLAP_S;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Action, Event};
use crate::keys::{Described, KeysError, Kid, Stage, TokenFolder};
use crate::web;

#[derive(Subcommand, Debug)]
pub(super) enum KeysCommand {
    /// Make a new key that signs tokens; running servers use it by themselves a few seconds later
    #[command(after_help = "Example: sakin keys retire && sakin keys rotate")]
    Rotate,
    /// List the keys that sign tokens, oldest first
    #[command(after_help = "Example: sakin keys list --json")]
    List {
        /// Print JSON lines: {"kid", "stage", `"signs_from"`, `"ends_at"`}
        #[arg(long)]
        json: bool,
    },
    /// Remove the keys whose last token has ended
    #[command(after_help = "Example: sakin keys retire")]
    Retire,
}

pub(super) fn run(setup: &Setup, command: &KeysCommand) -> Result<(), Stop> {
    let config = setup.config()?;
    let dir = open::key_folder(&config);
    if !dir.is_dir() {
        let line = format!("{} does not exist: the first start (sakin serve) makes it and its keys", dir.display());
        return Err(Stop::usage(line));
    }
    let now = Clock::system().now();
    Stop::if_any(clock_fault(now).into_iter().collect())?;
    let folder = TokenFolder::new(&dir);
    let done = act(&folder, command, now.unix_seconds()).map_err(|error| Stop::unsafe_to(vec![error.to_string()]))?;
    // A key that leaked must go even where the database is away, so the log comes second.
    done.map_or(Ok(()), |event| log(&config, event))
}

/// Does what was asked for. Answers with what the log should know.
fn act(folder: &TokenFolder, command: &KeysCommand, now: u64) -> Result<Option<Event>, KeysError> {
    Ok(match command {
        KeysCommand::Rotate => {
            let kid = folder.rotate(now)?;
            print(&format!("{}\n", kid.as_str()));
            eprintln!("It signs from {}. Servers on this folder need no restart.", time(kid.signs_from()));
            Some(Event::plain(Action::KeyMade).with(json!({ "kid": kid.as_str() })))
        }
        KeysCommand::List { json } => {
            for key in folder.describe(now, OVERLAP_S)? {
                print(&if *json { json_line(&key) } else { line(&key) });
            }
            None
        }
        KeysCommand::Retire => {
            let kids = folder.retire(now, OVERLAP_S)?;
            kids.iter().for_each(|kid| print(&format!("removed {}\n", kid.as_str())));
            if kids.is_empty() {
                eprintln!("Nothing to remove: each key signs, will sign, or has tokens that are still good.");
            }
            let kids: Vec<&str> = kids.iter().map(Kid::as_str).collect();
            (!kids.is_empty()).then(|| Event::plain(Action::KeysRemoved).with(json!({ "kids": kids })))
        }
    })
}

fn log(config: &Config, event: Event) -> Result<(), Stop> {
    let written = || {
        let target = open::target(config)?;
        open::schema(&target, false)?;
        let app = open::assemble(config, target, open::law(config)?)?;
        block_on(web::log_of_operator(&app, event))??;
        Ok(())
    };
    written().map_err(|stop: Stop| {
        let why = stop.lines().join("; ");
        Stop::database(format!("the keys are as said, but the log does not tell of it: {why}"))
    })
}

fn line(key: &Described) -> String {
    let stage = match key.stage {
        Stage::Waiting => format!("signs from {}", time(key.kid.signs_from())),
        Stage::Signing => "signs".to_owned(),
        Stage::Ending => format!("accepted until {}", time(key.ends_at)),
        Stage::Ended => "not accepted any more; `sakin keys retire` removes it".to_owned(),
    };
    format!("{}\t{stage}\n", key.kid.as_str())
}

fn json_line(key: &Described) -> String {
    let stage = match key.stage {
        Stage::Waiting => "waiting",
        Stage::Signing => "signing",
        Stage::Ending => "ending",
        Stage::Ended => "ended",
    };
    let signs_from = (key.kid.signs_from() > 0).then(|| time(key.kid.signs_from()));
    let ends_at = (key.ends_at < u64::MAX).then(|| time(key.ends_at));
    let value = json!({ "kid": key.kid.as_str(), "stage": stage, "signs_from": signs_from, "ends_at": ends_at });
    format!("{value}\n")
}

/// A name holds ten digits of seconds, so every one of them is a time.
fn time(second: u64) -> String {
    let time = i64::try_from(second).ok().and_then(|second| DateTime::from_timestamp(second, 0));
    time.unwrap_or_default().to_rfc3339_opts(SecondsFormat::Secs, true)
}
