//! `sakin law`: the engine on the command line. JSON on stdout, faults on stderr with file, line and key.

mod locate;
mod suppose;
mod test;

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::json;

use crate::law::{self, Brief, Dossier, DossierFault, EventTime, Language, Pack, Question, SafeReturn};

/// Bad usage or a bad input file.
const BAD_INPUT: u8 = 2;

/// Ask the law engine; see `--help` of each command.
#[derive(Args, Debug)]
pub(super) struct LawArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Check a rule pack: every mistake with file, line and key.
    ///
    /// Example: sakin law check config/law/az
    Check {
        /// The pack's folder, or its only file; the built-in pack if left out.
        pack: Option<PathBuf>,
    },
    /// Run the tests beside a pack: `tests/*.toml` in its folder.
    ///
    /// Exits with 1 if an answer is not the expected one, with 2 if a file is faulty.
    ///
    /// Example: sakin law test config/law
    Test {
        /// A pack's folder, or a folder of packs; the built-in pack if left out.
        dir: Option<PathBuf>,
    },
    /// Judge a person's facts under every route and reading.
    ///
    /// Example: sakin law evaluate --facts facts.json --on 2026-11-23
    Evaluate {
        #[command(flatten)]
        facts: Facts,
        /// One route only.
        #[arg(long)]
        route: Option<String>,
        #[command(flatten)]
        suppose: suppose::Suppose,
    },
    /// How near a person is to limits that threaten a status.
    ///
    /// Example: sakin law watch --facts facts.json --trip 2026-12-01:2027-05-01
    Watch {
        #[command(flatten)]
        facts: Facts,
        #[command(flatten)]
        suppose: suppose::Suppose,
    },
    /// By when to be back from a trip that delays no route and breaches no watch.
    ///
    /// Example: sakin law safe-return --facts facts.json --exit 2026-12-01
    SafeReturn {
        #[command(flatten)]
        facts: Facts,
        /// The day of leaving; of a trip on record without return, its own.
        #[arg(long, value_name = "DATE")]
        exit: NaiveDate,
        /// One route only; watches always count.
        #[arg(long)]
        route: Option<String>,
        #[command(flatten)]
        suppose: suppose::Suppose,
    },
    /// Count a deadline from its event.
    ///
    /// Example: sakin law deadline --id stay.registration --event 2026-11-15
    Deadline {
        /// The pack's folder, or its only file; the built-in pack if left out.
        #[arg(long)]
        pack: Option<PathBuf>,
        /// The deadline's id.
        #[arg(long)]
        id: String,
        /// The day of the event, or for terms in hours the instant: 2026-11-13T10:00:00Z.
        #[arg(long, value_parser = event_time)]
        event: EventTime,
        /// A period that does not count, both days included. May be repeated.
        #[arg(long, value_name = "FROM:TO", value_parser = pause)]
        pause: Vec<(NaiveDate, NaiveDate)>,
        /// The day whose law applies, instead of the event's day.
        #[arg(long)]
        law_at: Option<NaiveDate>,
        /// The language of the sentences: en or az.
        #[arg(long, default_value = "en")]
        lang: Language,
    },
}

#[derive(Args, Debug)]
struct Facts {
    /// The pack's folder, or its only file; the built-in pack if left out.
    #[arg(long)]
    pack: Option<PathBuf>,
    /// A dossier as JSON; `-` reads it from stdin.
    #[arg(long = "facts", value_name = "FILE|-", conflicts_with = "jsonl", required_unless_present = "jsonl")]
    file: Option<PathBuf>,
    /// One dossier a line on stdin, one answer a line on stdout.
    #[arg(long)]
    jsonl: bool,
    /// The application date; today if left out. A dossier's own `on` wins.
    #[arg(long)]
    on: Option<NaiveDate>,
    /// The day whose law applies, instead of each application date's own.
    #[arg(long)]
    law_at: Option<NaiveDate>,
    /// Do not assume that statuses valid at the end of the records go on.
    #[arg(long)]
    no_renewal: bool,
    /// Leave out figures, traces and assumptions.
    #[arg(long)]
    brief: bool,
    /// The language of the sentences: en or az.
    #[arg(long, default_value = "en")]
    lang: Language,
}

/// Runs a command. `embedded`: the files of the built-in pack, name and text; `today`: the date if none is given.
pub(super) fn run(args: LawArgs, embedded: &[(String, String)], today: NaiveDate) -> ExitCode {
    let done = match args.command {
        Command::Check { pack } => check(pack.as_deref(), embedded),
        Command::Test { dir } => return test::run(dir.as_deref(), embedded),
        Command::Evaluate { facts, route, suppose } => {
            answer(&facts, embedded, today, route.as_deref(), |pack, dossier, question| {
                suppose.evaluate(pack, dossier, question)
            })
        }
        Command::Watch { facts, suppose } => {
            answer(&facts, embedded, today, None, |pack, dossier, question| suppose.watch(pack, dossier, question))
        }
        Command::SafeReturn { facts, exit, route, suppose } => {
            answer(&facts, embedded, today, route.as_deref(), |pack, dossier, question| {
                suppose.safe_return(pack, dossier, question, exit)
            })
        }
        Command::Deadline { pack, id, event, pause, law_at, lang } => {
            load(pack.as_deref(), embedded).and_then(|pack| {
                let mut result = law::deadline(&pack, &id, event, &pause, law_at).map_err(|error| error.to_string())?;
                result.tell_in(lang);
                print(&result)
            })
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            // A closed stderr leaves nobody to tell.
            let _ = writeln!(io::stderr(), "{message}");
            ExitCode::from(BAD_INPUT)
        }
    }
}

fn check(path: Option<&Path>, embedded: &[(String, String)]) -> Result<(), String> {
    let pack = load(path, embedded)?;
    if !pack.is_draft() && pack.sources().next().is_none() {
        let message = "declares no source; add a [[source]] for every rule and cite it, or set draft = true";
        return Err(format!("{}: {message}", path.unwrap_or(Path::new(pack.id())).display()));
    }
    print(&json!({
        "pack": pack.id(),
        "draft": pack.is_draft(),
        "verified_on": pack.verified_on(),
        "sources": pack.sources().count(),
        "routes": pack.routes().len(),
        "watches": pack.watches().len(),
        "deadlines": pack.deadlines().len(),
        "parameters": pack.parameters().len(),
        "lists": pack.lists().len(),
    }))
}

/// The pack of a folder or file, or the built-in one. The error is the list of faults, a line each.
fn load(path: Option<&Path>, embedded: &[(String, String)]) -> Result<Pack, String> {
    let files = match path {
        Some(path) => read_pack(path)
            .map_err(|error| format!("{}: {error}; name the folder or file of a pack", path.display()))?,
        None => embedded.to_vec(),
    };
    Pack::from_files(&files).map_err(|faults| lines(&faults))
}

fn read_pack(path: &Path) -> io::Result<Vec<(String, String)>> {
    if path.is_file() {
        return Ok(vec![(path.display().to_string(), fs::read_to_string(path)?)]);
    }
    let mut paths: Vec<PathBuf> =
        fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<_>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    paths.into_iter().map(|path| Ok((path.display().to_string(), fs::read_to_string(&path)?))).collect()
}

fn lines<T: ToString>(items: &[T]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn print(value: &impl Serialize) -> Result<(), String> {
    // What is shared between answers is kept as it stands in a line; as a value it is set like the rest.
    let value = serde_json::to_value(value).map_err(|error| error.to_string())?;
    let text = serde_json::to_string_pretty(&value).map_err(|error| error.to_string())?;
    writeln!(io::stdout(), "{text}").map_err(|error| format!("cannot write the answer: {error}"))
}

/// Answers for one dossier, or for one a line.
fn answer<T: Answer>(
    facts: &Facts,
    embedded: &[(String, String)],
    today: NaiveDate,
    route: Option<&str>,
    ask: impl Fn(&Pack, &Dossier, &Question) -> Result<T, Vec<DossierFault>>,
) -> Result<(), String> {
    let pack = load(facts.pack.as_deref(), embedded)?;
    if let Some(id) = route
        && pack.route(id).is_none()
    {
        let known: Vec<_> = pack.routes().iter().map(|route| route.id().as_str()).collect();
        return Err(format!("the pack has no route `{id}`; it has: {}", known.join(", ")));
    }
    let question = |dossier: &Dossier| Question {
        law_at: facts.law_at,
        route: route.map(str::to_owned),
        no_renewal: facts.no_renewal,
        brief: facts.brief,
        language: facts.lang,
        ..Question::on(dossier.on.or(facts.on).unwrap_or(today))
    };
    let results = |text: &str| -> Result<T, Vec<locate::InText>> {
        let dossier: Dossier = serde_json::from_str(text).map_err(|error| vec![locate::syntax(text, &error)])?;
        let asked = ask(&pack, &dossier, &question(&dossier));
        asked.map_err(|faults| faults.iter().map(|fault| locate::fault(text, fault)).collect())
    };
    let Some(file) = &facts.file else { return answer_lines(results) };
    let text = read_facts(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let results =
        results(&text).map_err(|faults| lines(&faults.iter().map(|fault| fault.in_file(file)).collect::<Vec<_>>()))?;
    // Through the same words as a line of a list, so that an answer in brief has one form.
    let mut written = Vec::new();
    let answer = results
        .write(&mut Brief::default(), &mut written)
        .and_then(|()| serde_json::from_slice::<serde_json::Value>(&written));
    print(&answer.map_err(|error| error.to_string())?)
}

fn read_facts(file: &Path) -> io::Result<String> {
    if file.as_os_str() != "-" {
        return fs::read_to_string(file);
    }
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    Ok(text)
}

/// One line in, one line out, in order; a bad line is answered by its faults and the rest goes on.
fn answer_lines<T: Answer>(results: impl Fn(&str) -> Result<T, Vec<locate::InText>>) -> Result<(), String> {
    let write_failed = |error: &dyn std::fmt::Display| format!("cannot write the answer: {error}");
    let mut out = io::stdout().lock();
    let (mut line, mut answers) = (String::new(), Vec::with_capacity(2 * WRITTEN_AT_ONCE));
    let mut brief = Brief::default();
    let mut input = BufReader::with_capacity(READ_AT_ONCE, io::stdin().lock());
    for number in 1.. {
        line.clear();
        let read = input.read_line(&mut line).map_err(|error| format!("line {number}: cannot be read: {error}"))?;
        if read == 0 {
            break;
        }
        if line.trim().is_empty() {
            continue;
        }
        let written = match results(&line) {
            Ok(results) => results.write(&mut brief, &mut answers),
            Err(faults) => {
                let message: Vec<_> = faults.iter().map(|fault| fault.on_line(number)).collect();
                serde_json::to_writer(&mut answers, &json!({ "error": message.join("; ") }))
            }
        };
        written.map_err(|error| write_failed(&error))?;
        answers.push(b'\n');
        // Whoever talks line by line gets each answer at once; who sends many lines waits for none.
        if answers.len() >= WRITTEN_AT_ONCE || input.buffer().is_empty() {
            out.write_all(&answers).and_then(|()| out.flush()).map_err(|error| write_failed(&error))?;
            answers.clear();
        }
    }
    out.write_all(&answers).and_then(|()| out.flush()).map_err(|error| write_failed(&error))
}

/// So many bytes are read with one call.
const READ_AT_ONCE: usize = 64 * 1024;

/// So many bytes are written with one call. Measured on files: a quarter of a mebibyte took the system less time than 64 KiB in most
/// runs, and longer writes took no less.
const WRITTEN_AT_ONCE: usize = 256 * 1024;

/// An answer on one line.
trait Answer: Serialize {
    /// `brief` keeps what answers in brief have in common.
    fn write(&self, _brief: &mut Brief, out: &mut Vec<u8>) -> serde_json::Result<()> {
        serde_json::to_writer(out, self)
    }
}

impl Answer for SafeReturn {}

fn event_time(text: &str) -> Result<EventTime, String> {
    let day = text.parse().map(EventTime::Day).ok();
    let instant = || text.parse().map(EventTime::Instant).ok();
    day.or_else(instant).ok_or_else(|| "write a date, 2026-11-13, or an instant, 2026-11-13T10:00:00Z".to_owned())
}

fn pause(text: &str) -> Result<(NaiveDate, NaiveDate), String> {
    let days = text.split_once(':').and_then(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)));
    days.ok_or_else(|| "write two dates, FROM:TO, such as 2026-11-18:2026-11-24".to_owned())
}
