//! `sakin user`: accounts from the command line, on the machine of the database.

use std::io::{BufRead as _, IsTerminal as _};

use clap::Subcommand;
use secrecy::{ExposeSecret as _, SecretString};

use super::open::{self, Setup, Stop, block_on};
use super::print;
use crate::access::blocklist::Context;
use crate::access::password::{Refusal, acceptable};
use crate::access::policy::Role;
use crate::db::{self, TextEnum};
use crate::identity::{self, Email, NewAccount};
use crate::web;

#[derive(Subcommand, Debug)]
pub(super) enum UserCommand {
    /// Make an account; the password is read from stdin, never from an argument
    #[command(
        after_help = "Example: sakin user create --role caseworker --office Bakı --email a@office.example --name \"A. B.\" < password.txt"
    )]
    Create {
        /// Name to sign in with
        #[arg(long)]
        email: String,
        /// How colleagues see it
        #[arg(long)]
        name: String,
        /// administrator, official, caseworker, supervisor, `ngo_coordinator`, auditor or applicant
        #[arg(long)]
        role: String,
        /// Office whose files it may know of; made if there is none of that name
        #[arg(long)]
        office: Option<String>,
    },
    /// List the accounts
    #[command(after_help = "Example: sakin user list --json")]
    List {
        /// Print JSON: [{"email", "name", "role", "state"}]
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(setup: &Setup, command: UserCommand) -> Result<(), Stop> {
    let config = setup.config()?;
    let target = open::target(&config)?;
    open::schema(&target, false)?;
    let used = db::installation(&target)?;
    let app = open::assemble(&config, target, open::law(&config)?)?;
    block_on(open::mark_real(&app, used))??;
    match command {
        UserCommand::Create { email, name, role, office } => {
            let email: Email = email.parse().map_err(|error: &str| Stop::usage(format!("--email: {error}")))?;
            let role = Role::of(&role)
                .ok_or_else(|| Stop::usage(format!("--role: one of {} is expected", Role::TEXTS.join(", "))))?;
            let context = Context::new(&[&email.to_string(), &name, office.as_deref().unwrap_or_default()]);
            let password = read_password(&context)?;
            let new = NewAccount { email, display_name: name, role, office, password };
            let id = block_on(web::add_account(&app, new))?.map_err(|error| match error.faults.first() {
                Some(fault) => Stop::usage(fault.message.clone()),
                None => Stop::from(error),
            })?;
            print(&format!("{id}\n"));
        }
        UserCommand::List { json } => {
            let accounts = block_on(app.program_read("command_line", identity::accounts))??;
            for account in accounts {
                let (email, role, state) = (&account.email, account.role.text(), account.state.text());
                let name = &account.display_name;
                if json {
                    let line = serde_json::json!({ "email": email, "name": name, "role": role, "state": state });
                    print(&format!("{line}\n"));
                } else {
                    print(&format!("{email}\t{role}\t{state}\t{name}\n"));
                }
            }
        }
    }
    Ok(())
}

/// One line of stdin. On a terminal the prompt says that it is shown while typed.
fn read_password(context: &Context) -> Result<SecretString, Stop> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        eprint!("password (15 characters or more; shown while you type): ");
    }
    let mut line = String::new();
    stdin.lock().read_line(&mut line)?;
    let password = SecretString::from(line.trim_end_matches(['\r', '\n']));
    // Whether the account will have a second factor is not known yet.
    acceptable(password.expose_secret(), false, context).map_err(|reasons| {
        let reasons: Vec<String> = reasons.iter().map(Refusal::to_string).collect();
        Stop::usage(format!("refused: {}", reasons.join("; ")))
    })?;
    Ok(password)
}
