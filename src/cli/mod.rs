//! The command line. Data on stdout, messages on stderr; exit codes: 0 done, 1 a check failed, 2 wrong usage, 3 configuration refused,
//! 4 database unreachable or outdated, 5 refused for safety.

mod check;
mod config;
mod demo;
mod keys;
mod law;
mod log;
mod migrate;
mod open;
mod production;
mod serve;
mod user;

use std::path::PathBuf;
use std::process::ExitCode;

pub use self::log::subscriber as log_subscriber;

use clap::{Args, Parser, Subcommand};

use crate::clock::Clock;
use crate::web;

/// Register and case management for immigrants.
#[derive(Parser, Debug)]
#[command(name = "sakin", version, max_term_width = 120)]
#[command(after_help = "First look: sakin demo\nFirst start: sakin serve")]
struct Cli {
    /// Configuration file; default: config.toml in the working directory, if there is one
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How to log: auto, text or json
    #[arg(long, global = true, value_name = "FORMAT")]
    log_format: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Answer requests
    #[command(after_help = "Example: sakin serve --bind 127.0.0.1:8080 --data ./data")]
    Serve {
        #[command(flatten)]
        place: Place,
        /// Bring an outdated schema up to date first
        #[arg(long)]
        migrate: bool,
    },
    /// Look around: a throwaway database with invented people
    #[command(after_help = "Example: sakin demo --bind 127.0.0.1:8080")]
    Demo {
        #[command(flatten)]
        place: Place,
    },
    /// The database's schema
    Migrate {
        #[command(subcommand)]
        command: migrate::MigrateCommand,
        #[command(flatten)]
        place: Data,
    },
    /// Accounts
    User {
        #[command(subcommand)]
        command: user::UserCommand,
        #[command(flatten)]
        place: Data,
    },
    /// Keys that sign tokens
    Keys {
        #[command(subcommand)]
        command: keys::KeysCommand,
        #[command(flatten)]
        place: Data,
    },
    /// Law packs: check them, ask them
    Law(law::LawArgs),
    /// Settings
    Config(config::ConfigArgs),
    /// Check configuration, database, law pack and clock
    #[command(after_help = "Example: sakin check --json")]
    Check {
        /// Print JSON: [{"name", "state", "text"}]
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Data,
    },
    /// Print every operation: method, path, name, permission, audit kind
    #[command(after_help = "Example: sakin routes | grep permits")]
    Routes,
    /// Print the OpenAPI document
    #[command(after_help = "Example: sakin openapi > openapi.json")]
    Openapi,
}

/// Where to listen and where the data is.
#[derive(Args, Debug)]
struct Place {
    /// Address and port to listen on
    #[arg(long, value_name = "ADDR")]
    bind: Option<String>,
    #[command(flatten)]
    data: Data,
}

/// Where the data is.
#[derive(Args, Debug)]
struct Data {
    /// Folder of the data
    #[arg(long, value_name = "DIR")]
    data: Option<String>,
}

/// Runs the program.
pub fn run() -> ExitCode {
    let Cli { config, log_format, command } = Cli::parse();
    let mut flags: Vec<(String, String)> = Vec::new();
    let mut flag = |setting: &str, value: Option<String>| {
        flags.extend(value.map(|value| (setting.to_owned(), value)));
    };
    flag("log.format", log_format);
    match &command {
        Command::Serve { place, .. } | Command::Demo { place } => {
            flag("server.bind", place.bind.clone());
            flag("data.dir", place.data.data.clone());
        }
        Command::Migrate { place, .. }
        | Command::User { place, .. }
        | Command::Keys { place, .. }
        | Command::Check { place, .. } => {
            flag("data.dir", place.data.clone());
        }
        Command::Law(_) | Command::Config(_) | Command::Routes | Command::Openapi => {}
    }
    let setup = open::Setup { file: config, flags };
    match command {
        Command::Serve { migrate, .. } => open::finish(serve::run(&setup, migrate)),
        Command::Demo { .. } => open::finish(demo::run(&setup)),
        Command::Migrate { command, .. } => open::finish(migrate::run(&setup, &command)),
        Command::User { command, .. } => open::finish(user::run(&setup, command)),
        Command::Keys { command, .. } => open::finish(keys::run(&setup, &command)),
        Command::Check { json, .. } => check::run(&setup, json),
        Command::Config(args) => config::run(args, setup.file.as_deref(), &setup.flags),
        Command::Law(args) => {
            let today = Clock::system().now().date(chrono_tz::Asia::Baku);
            law::run(args, &web::law::embedded("az"), today)
        }
        Command::Routes => {
            print(&web::endpoints().iter().map(|endpoint| endpoint.line() + "\n").collect::<String>());
            ExitCode::SUCCESS
        }
        Command::Openapi => {
            print(&format!("{:#}\n", crate::http::document(&web::endpoints())));
            ExitCode::SUCCESS
        }
    }
}

/// Prints data. A reader that closed the pipe has all it wanted.
fn print(text: &str) {
    use std::io::Write as _;
    drop(std::io::stdout().write_all(text.as_bytes()));
}
