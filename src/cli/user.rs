//! `sakin user`: accounts from the command line, on the machine of the database.

use std::io::{BufRead as _, IsTerminal as _};

use clap::Subcommand;
use secrecy::{ExposeSecret as _, SecretString};

use super::open::{self, Setup, Stop, block_on};
use super::print;
use crate::access::blocklist::Context;
use crate::access::password::{Refusal, acceptable};
use crate::access::policy::Role;
use crate::db::{self, Reach, TextEnum};
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
        /// How far it sees: assigned, office, national, organisation or none; left out, the narrowest of the role
        #[arg(long)]
        reach: Option<String>,
        /// Office it belongs to; made if there is none of that name
        #[arg(long)]
        office: Option<String>,
        /// Organisation it belongs to (NGO coordinators); made if there is none of that name
        #[arg(long)]
        organisation: Option<String>,
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
        UserCommand::Create { email, name, role, reach, office, organisation } => {
            let email: Email = email.parse().map_err(|error: &str| Stop::usage(format!("--email: {error}")))?;
            let role = Role::of(&role)
                .ok_or_else(|| Stop::usage(format!("--role: one of {} is expected", Role::TEXTS.join(", "))))?;
            let reach = reach.map_or_else(|| narrowest(role), |text| reach_of(&text))?;
            let words = [
                &email.to_string(),
                &name,
                office.as_deref().unwrap_or_default(),
                organisation.as_deref().unwrap_or_default(),
            ];
            let password = read_password(&Context::new(&words))?;
            let new =
                NewAccount { email, display_name: name, role, reach, office, organisation, person: None, password };
            let id = block_on(web::add_account(&app, new))?.map_err(|error| {
                let messages: Vec<&str> = error.faults.iter().map(|fault| fault.message.as_str()).collect();
                if messages.is_empty() { Stop::from(error) } else { Stop::usage(messages.join(" ")) }
            })?;
            print(&format!("{id}\n"));
        }
        UserCommand::List { json } => {
            let accounts = block_on(app.program_read("command_line", identity::accounts))??;
            for (account, membership) in accounts {
                let role = membership.as_ref().map_or("none", |membership| membership.role.text());
                let (email, state) = (&account.email, account.state().text());
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

fn narrowest(role: Role) -> Result<Reach, Stop> {
    role.reaches().first().copied().ok_or_else(|| Stop::usage("--role: the role sees nothing"))
}

fn reach_of(text: &str) -> Result<Reach, Stop> {
    Reach::of(text).ok_or_else(|| Stop::usage(format!("--reach: one of {} is expected", Reach::TEXTS.join(", "))))
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
