//! The shipped program as a process of its own.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sakin::db::Target;

use super::Database;

/// How to start it: a data folder and nothing of the environment of whoever runs the tests.
#[derive(Clone)]
pub(crate) struct Program {
    pub(crate) data: PathBuf,
    environment: Vec<(String, String)>,
}

impl Program {
    /// On its own SQLite file in the data folder.
    pub(crate) fn on(data: &Path) -> Self {
        let program = Self { data: data.to_owned(), environment: Vec::new() };
        // The cheapest hash that production would accept.
        program.with("SAKIN_AUTH_ARGON2_M_KIB", "19456").with("SAKIN_AUTH_ARGON2_T", "2")
    }

    /// With one more variable; of two values for one name the later counts.
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    /// On a test's database.
    pub(crate) fn with_database(self, database: &Database) -> Self {
        let url = match database.serving() {
            Target::Sqlite(path) => format!("sqlite://{}", path.display()),
            Target::Postgres { url, .. } => url,
        };
        self.with("SAKIN_DATABASE_URL", url)
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sakin"));
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).current_dir(&self.data);
        command.env("SAKIN_DATA_DIR", &self.data).envs(self.environment.iter().cloned());
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end, which must come by itself.
    #[track_caller]
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        let mut process = self.command(arguments).spawn().unwrap();
        // What it says is a few lines, which fit the pipe.
        let end = Instant::now() + Duration::from_mins(1);
        while process.try_wait().unwrap().is_none() {
            if Instant::now() > end {
                process.kill().unwrap();
                let said = process.wait_with_output().unwrap();
                panic!("sakin {arguments:?} does not end: {}", String::from_utf8_lossy(&said.stderr));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        process.wait_with_output().unwrap()
    }

    /// Serves on a free port until dropped.
    #[track_caller]
    pub(crate) fn serve(&self) -> Served {
        let mut process = self.command(&["serve", "--bind", "127.0.0.1:0"]).spawn().unwrap();
        let mut reader = BufReader::new(process.stderr.take().unwrap());
        let mut said = String::new();
        let base = loop {
            let before = said.len();
            assert!(reader.read_line(&mut said).unwrap() > 0, "it ended: {said}");
            if let Some((_, rest)) = said[before..].split_once("listening  ") {
                break rest.split_whitespace().next().unwrap().to_owned();
            }
        };
        let said = Arc::new(Mutex::new(said.into_bytes()));
        let more = Arc::clone(&said);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(read @ 1..) = reader.read(&mut bytes) {
                more.lock().unwrap().extend(&bytes[..read]);
            }
        });
        Served { process, base, said }
    }
}

/// A running server.
pub(crate) struct Served {
    process: Child,
    /// `http://ADDRESS:PORT`, or `https://` with TLS.
    pub(crate) base: String,
    said: Arc<Mutex<Vec<u8>>>,
}

impl Served {
    /// All that it wrote to standard error so far: its first lines and the log.
    pub(crate) fn said(&self) -> String {
        String::from_utf8_lossy(&self.said.lock().unwrap()).into_owned()
    }

    /// Sends SIGHUP.
    pub(crate) fn hang_up(&self) {
        let sent = Command::new("kill").args(["-HUP", &self.process.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// A file of the kernel's about the process: `status`, `cmdline`, `environ`.
    pub(crate) fn proc(&self, file: &str) -> String {
        let bytes = std::fs::read(format!("/proc/{}/{file}", self.process.id())).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// A line of `/proc/PID/status` in MiB.
    pub(crate) fn mib(&self, label: &str) -> f64 {
        let status = self.proc("status");
        let line = status.lines().find_map(|line| line.strip_prefix(label)?.strip_prefix(':')).unwrap();
        line.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1024.0
    }

    /// How many of its threads have names that begin so.
    pub(crate) fn threads(&self, prefix: &str) -> usize {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.process.id())).unwrap();
        let name = |task: std::fs::DirEntry| std::fs::read_to_string(task.path().join("comm")).unwrap_or_default();
        tasks.flatten().map(name).filter(|name| name.starts_with(prefix)).count()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}
