//! The shipped program as a process of its own: how soon it answers, how much memory it holds when idle.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Result;
use crate::client::{Connection, get, runtime};

/// What a start took.
pub(crate) struct Started {
    /// Until the first answer.
    pub(crate) took: Duration,
    /// Resident memory after a second without a request, MiB.
    pub(crate) resident_mib: f64,
}

/// Starts `sakin COMMAND` on a data folder, asks it once, lets it idle, stops it.
pub(crate) fn start(command: &str, data: &Path) -> Result<Started> {
    let begin = Instant::now();
    // Neither the settings of whoever runs the bench nor a file in the working directory.
    let mut process = Command::new(env!("CARGO_BIN_EXE_sakin"))
        .env_clear()
        .current_dir(data)
        .args([command, "--bind", "127.0.0.1:0", "--data"])
        .arg(data)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let measured = watch(&mut process, begin);
    // An orderly stop: the next start shall not have to recover the log.
    Command::new("kill").arg(process.id().to_string()).status()?;
    process.wait()?;
    measured
}

fn watch(process: &mut Child, begin: Instant) -> Result<Started> {
    let mut lines = BufReader::new(process.stderr.take().ok_or("no standard error")?).lines();
    let address = loop {
        let line = lines.next().ok_or("it ended before it listened")??;
        if let Some((_, rest)) = line.split_once("listening  http://") {
            break rest.split_whitespace().next().unwrap_or_default().parse()?;
        }
    };
    std::thread::spawn(move || lines.for_each(drop));
    runtime()?.block_on(async { Connection::open(address).await?.json(&get("/livez", None)).await })?;
    let took = begin.elapsed();
    std::thread::sleep(Duration::from_secs(1));
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib: u32 = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).ok_or("no VmRSS")?;
    Ok(Started { took, resident_mib: f64::from(kib) / 1024.0 })
}
