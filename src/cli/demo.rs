//! `sakin demo`: a throwaway database with invented people, and three calls to begin with.

mod load;

use std::path::Path;
use std::sync::Arc;

use super::log;
use super::open::{self, Setup, Stop};
use super::serve::start_lines;
use crate::access::policy::Role;
use crate::config::{Config, DatabaseUrl};
use crate::db::{self, Caller, Reach, TextEnum};
use crate::http::App;
use crate::identity::{self, NewAccount};
use crate::web::{self, Server};

/// The office of the demonstration.
const OFFICE: &str = "Bakı (demo)";
/// Roles that get an account.
const ROLES: &[Role] = &[Role::Caseworker, Role::Official, Role::NgoCoordinator, Role::Administrator];
/// The organisation whose coordinator can be tried out. It is invented.
const ORGANISATION: &str = "Dil Evi (demo)";
/// Whose five years the printed call asks for, and on which day.
const EXAMPLE: &str = "murat";
const ON: &str = "2026-11-23";

/// Serves the demonstration until told to stop.
pub(super) fn run(setup: &Setup) -> Result<(), Stop> {
    let mut config = setup.config()?;
    if setup.flags.iter().all(|(setting, _)| setting != "data.dir") {
        config.data.dir = "./demo-data".into();
    }
    config.database.url = DatabaseUrl::InDataDir;
    if !config.server.bind.ip().is_loopback() {
        let line = "the demonstration listens on this machine only: choose a loopback address with --bind";
        return Err(Stop::unsafe_to(vec![line.to_owned()]));
    }
    // It listens on this machine only, and the calls it prints are to work when pasted.
    (config.server.tls_certificate, config.server.tls_key) = (None, None);
    // The passwords are random and as strong as keys, so the cheapest hash protects them as well as the dearest.
    config.auth.argon2_m_kib = 19_456;
    config.auth.argon2_t = 2;
    log::start(&config.log);
    make_room(&config)?;
    let target = open::target(&config)?;
    open::schema(&target, true)?;
    let law = open::law(&config)?;
    let app = open::assemble(&config, target, law)?;
    actix_web::rt::System::new().block_on(async {
        let filled = fill(&app).await?;
        let server = Server::bind(Arc::clone(&app), &config, None).map_err(|error| {
            Stop::database(format!(
                "{} cannot be listened on: {error}. Choose another address with --bind.",
                config.server.bind
            ))
        })?;
        let address = server.address()?.to_string();
        for line in start_lines(&config, app.target(), true, &app, &address, None) {
            eprintln!("{line}");
        }
        for line in welcome(&address, &filled) {
            println!("{line}");
        }
        server.run(|_| ()).await?;
        Ok(())
    })
}

/// The demonstration begins fresh each time, and never in the place of a real database.
fn make_room(config: &Config) -> Result<(), Stop> {
    let target = open::target(config)?;
    let Some(path) = config.database.url.sqlite_path(&config.data.dir) else { return Ok(()) };
    if !path.exists() {
        return Ok(());
    }
    if !matches!(db::installation(&target), Ok(Some(true))) {
        let line = format!(
            "{} is no demonstration's database, so it is not touched: choose another folder with --data",
            path.display()
        );
        return Err(Stop::unsafe_to(vec![line]));
    }
    for suffix in ["", "-wal", "-shm"] {
        remove(Path::new(&format!("{}{suffix}", path.display())))?;
    }
    Ok(())
}

fn remove(path: &Path) -> Result<(), Stop> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// What the printed lines name.
struct Filled {
    passwords: Vec<(String, &'static str, String)>,
    example: String,
}

async fn fill(app: &App) -> Result<Filled, Stop> {
    app.program_write(Caller::program("demo"), |tx| identity::mark_installation(tx, true)).await?;
    let mut passwords = Vec::new();
    let mut accounts = Vec::new();
    for role in ROLES {
        let email = format!("{}@demo.example", role.text());
        let password = uuid::Uuid::new_v4().simple().to_string();
        let new = NewAccount {
            email: email.parse().map_err(|error: &str| Stop::usage(error))?,
            display_name: format!("Demo {}", role.text()),
            role: *role,
            reach: if role.reaches().contains(&Reach::Office) { Reach::Office } else { narrowest(*role) },
            office: (*role != Role::NgoCoordinator).then(|| OFFICE.to_owned()),
            organisation: (*role == Role::NgoCoordinator).then(|| ORGANISATION.to_owned()),
            person: None,
            password: password.clone().into(),
        };
        accounts.push(web::add_account(app, new).await?);
        passwords.push((email, role.text(), password));
    }
    let people = load::people().map_err(Stop::usage)?;
    let example = people.iter().position(|person| person.id == EXAMPLE).unwrap_or(0);
    let first = accounts.first().copied().ok_or_else(|| Stop::usage("the demonstration has no accounts"))?;
    let caseworker = app.program_read("demo", move |tx| identity::membership(tx, first)).await?;
    let office = caseworker.office_id.ok_or_else(|| Stop::usage("the demonstration has no office"))?;
    let ids = load::register(app, first, office, people).await?;
    let example = ids.get(example).map(ToString::to_string).unwrap_or_default();
    Ok(Filled { passwords, example })
}

fn narrowest(role: Role) -> Reach {
    role.reaches().first().copied().unwrap_or(Reach::None)
}

/// What to look at first. Goes to stdout: it is what the command is for.
fn welcome(address: &str, filled: &Filled) -> Vec<String> {
    let mut lines = vec![
        String::new(),
        "DEMONSTRATION. Every person in it is invented. Nothing you change here is kept.".to_owned(),
    ];
    for (email, role, password) in &filled.passwords {
        lines.push(format!("  {role:15} {email:28} password {password}"));
    }
    let base = format!("http://{address}/api/v1");
    let (email, _, password) = filled.passwords.first().cloned().unwrap_or_default();
    lines.push(String::new());
    lines.push("Sign in, find a person, ask for the five-year answer:".to_owned());
    lines.push(String::new());
    lines.push(format!(
        "TOKEN=$(curl -s {base}/sign-in -H 'Content-Type: application/json' -d '{{\"email\":\"{email}\",\"password\":\"{password}\"}}' | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')"
    ));
    lines.push(format!(
        "curl -s {base}/people/search -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' -d '{{\"name\":\"Murat\"}}'"
    ));
    lines.push(format!(
        "curl -s \"{base}/people/{}/eligibility?valid_at={ON}&route=citizenship.general\" -H \"Authorization: Bearer $TOKEN\"",
        filled.example
    ));
    lines.push(String::new());
    lines
}
