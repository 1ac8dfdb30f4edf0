//! `sakin migrate`.

use clap::Subcommand;

use super::open::{self, Setup, Stop};
use super::print;
use crate::db;

#[derive(Subcommand, Debug)]
pub(super) enum MigrateCommand {
    /// Print which migrations have run
    #[command(after_help = "Example: sakin migrate status")]
    Status {
        /// Print JSON: {"applied", "pending", "unknown"}
        #[arg(long)]
        json: bool,
    },
    /// Run the migrations that have not run yet
    #[command(after_help = "Example: sakin migrate run")]
    Run,
}

pub(super) fn run(setup: &Setup, command: &MigrateCommand) -> Result<(), Stop> {
    let target = open::target(&setup.config()?)?;
    match command {
        MigrateCommand::Status { json } => {
            let schema = db::schema_status(&target)?;
            if *json {
                let value = serde_json::json!({ "applied": schema.applied, "pending": schema.pending, "unknown": schema.unknown });
                print(&format!("{value}\n"));
            } else {
                let lines = [("applied", schema.applied), ("pending", schema.pending), ("unknown", schema.unknown)];
                for (state, names) in lines {
                    names.iter().for_each(|name| print(&format!("{state:8} {name}\n")));
                }
            }
        }
        MigrateCommand::Run => {
            for name in db::migrate(&target)? {
                print(&format!("ran {name}\n"));
            }
        }
    }
    Ok(())
}
