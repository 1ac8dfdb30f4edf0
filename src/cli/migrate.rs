//! `sakin migrate`.

use clap::Subcommand;

use super::open::{self, Setup, Stop};
use super::print;
use crate::db::{self, Unfit};

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
    #[command(after_help = "Example: sakin migrate run --role sakin_server")]
    Run {
        /// PostgreSQL: the role that the server connects as. It gets the rows, but of the log only new ones, and no change of the schema
        #[arg(long)]
        role: Option<String>,
    },
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
        MigrateCommand::Run { role } => {
            for name in db::migrate(&target)? {
                print(&format!("ran {name}\n"));
            }
            if let Some(role) = role {
                db::grant(&target, role)?.map_err(|unfit| Stop::usage(refused(role, unfit)))?;
                print(&format!("{role} may serve\n"));
            }
        }
    }
    Ok(())
}

fn refused(role: &str, unfit: Unfit) -> String {
    match unfit {
        Unfit::NoRoles => "--role is for PostgreSQL: SQLite has no roles".to_owned(),
        Unfit::Unknown => format!("the database server knows no role {role}: CREATE ROLE {role} LOGIN first"),
        Unfit::Owner => {
            format!("{role} owns the tables or is a superuser, so nothing can be kept from it: name another role")
        }
    }
}
