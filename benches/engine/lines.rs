//! The shipped program on a list of dossiers, from file to file, kept on one core.

use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::people;

const DOSSIERS: u64 = 20_000;
const RUNS: usize = 3;

pub(crate) fn run() {
    let folder = tempfile::tempdir().expect("a folder for the lists");
    for (name, person) in [("typical", people::typical as fn(u64) -> _), ("uncertain", people::uncertain)] {
        let (dossiers, answers) = (folder.path().join("dossiers.jsonl"), folder.path().join("answers.jsonl"));
        let mut list = BufWriter::new(File::create(&dossiers).expect("a file"));
        for number in 0..DOSSIERS {
            serde_json::to_writer(&mut list, &person(number)).expect("a dossier as JSON");
            list.write_all(b"\n").expect("a line");
        }
        list.flush().expect("the list");
        let best = (0..RUNS).map(|_| once(&dossiers, &answers)).min().expect("a run");
        let lines = BufReader::new(File::open(&answers).expect("answers")).lines().map(|line| line.expect("a line"));
        let answered = lines.filter(|line| line.starts_with('[')).count();
        assert_eq!(u64::try_from(answered), Ok(DOSSIERS), "every dossier is answered");
        let per_second = f64::from(u32::try_from(DOSSIERS).expect("few")) / best.as_secs_f64();
        println!(
            "--jsonl --brief, {name:9} {per_second:8.0} dossiers a second ({DOSSIERS} in {best:.2?}, best of {RUNS})"
        );
    }
}

/// One run of the program, start included.
fn once(dossiers: &Path, answers: &Path) -> Duration {
    let mut program = on_one_core(env!("CARGO_BIN_EXE_sakin"));
    program.args(["law", "evaluate", "--pack"]).arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("config/law/az"));
    program.args(["--jsonl", "--brief", "--on", &people::today().to_string()]);
    program.stdin(Stdio::from(File::open(dossiers).expect("the list")));
    program.stdout(Stdio::from(File::create(answers).expect("a file")));
    let begin = Instant::now();
    assert!(program.status().expect("the program runs").success());
    begin.elapsed()
}

/// Where `taskset` is installed it sees to it that the program has one core.
fn on_one_core(program: &str) -> Command {
    if Command::new("taskset").arg("--version").stdout(Stdio::null()).status().is_err() {
        return Command::new(program);
    }
    let mut pinned = Command::new("taskset");
    pinned.args(["--cpu-list", "0", program]);
    pinned
}
