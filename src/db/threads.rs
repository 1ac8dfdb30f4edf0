//! Database threads. Each owns one connection and takes units of work from a bounded channel. On SQLite one thread writes and commits up to
//! [`GROUP`] units at once. On PostgreSQL the threads share out what waits, and each commits the writes of its share at once; one writes the
//! events of looks in groups.

mod share;
#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender};
use diesel::backend::Backend;
use diesel::connection::SimpleConnection;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::{QueryResult, RunQueryDsl};

use super::conn::{AnyConn, Target, Use};
use super::journal::{Entry, Journal, write};
use super::unit::{Look, Mode, Unit, Verdict, Work};
use crate::clock::Clock;
use crate::error::{Code, Error, Result};

/// Most units that share one commit. With more, all clients wait for one commit and then ask at once, while the writer waits for them; so
/// half of them ask while the others are written.
const GROUP: usize = 32;
/// A group of so many looks tells that more are on their way.
const CROWD: usize = 4;
/// How long they are waited for. A statement that writes thirty events takes PostgreSQL little longer than one that writes three.
const GATHERING: Duration = Duration::from_millis(1);
/// How often a unit is run again after a deadlock or serialization failure.
const RETRIES: u32 = 3;

/// What every thread knows.
#[derive(Clone)]
pub(super) struct Worker {
    pub(super) target: Target,
    pub(super) purpose: Use,
    pub(super) clock: Clock,
    pub(super) journal: Arc<Journal>,
}

/// How a thread commits.
pub(super) enum Commit {
    Each,
    /// Writes in groups, when more units wait than there are threads like this one: so many.
    Shared(usize),
    /// In groups, for which a crowd is given time to gather.
    Gathered,
    /// In groups, and each commit leaves pages in a write-ahead log that another thread folds.
    Logged(Sender<()>),
}

impl Worker {
    /// Starts a thread with an open connection, or says why the connection cannot be opened.
    pub(super) fn start(self, name: &str, commit: Commit, work: Receiver<Work>) -> Result<JoinHandle<()>> {
        let mut link = Link { conn: Some(self.target.open(self.purpose)?), worker: self };
        let run = move || {
            match commit {
                Commit::Each => {
                    while let Ok(next) = work.recv() {
                        link.each(next);
                    }
                }
                Commit::Shared(threads) => {
                    while let Ok(first) = work.recv() {
                        link.share(first, &work, work.len() / threads);
                    }
                }
                Commit::Gathered => {
                    let mut last = 0;
                    while let Ok(first) = work.recv() {
                        if last >= CROWD {
                            std::thread::sleep(GATHERING);
                        }
                        last = link.group(first, &work);
                    }
                }
                Commit::Logged(committed) => {
                    while let Ok(first) = work.recv() {
                        link.group(first, &work);
                        // Full: the other thread has yet to look at the last one.
                        let _ = committed.try_send(());
                    }
                    link.close();
                }
            }
        };
        std::thread::Builder::new().name(name.to_owned()).spawn(run).map_err(Error::internal)
    }
}

/// A thread's connection, reopened when it is lost.
struct Link {
    conn: Option<AnyConn>,
    worker: Worker,
}

impl Link {
    fn each(&mut self, next: Work) {
        match next {
            Work::Unit(unit) => self.unit(unit),
            Work::Look(look) => self.grouped(vec![Work::Look(look)]),
        }
    }

    /// Runs one unit in its own transaction.
    fn unit(&mut self, mut unit: Box<dyn Unit>) {
        if unit.abandoned() {
            return unit.finish(Err(Error::new(Code::Busy)));
        }
        for attempt in 0..=RETRIES {
            let end = match self.attempt(unit.as_mut()) {
                Ok(Verdict::Keep(_)) => self.end(unit.mode(), "COMMIT"),
                Ok(Verdict::Again) if attempt < RETRIES => {
                    drop(self.end(unit.mode(), "ROLLBACK"));
                    std::thread::sleep(pause(attempt));
                    continue;
                }
                Ok(Verdict::Undo | Verdict::Blocked | Verdict::Again) => self.end(unit.mode(), "ROLLBACK"),
                // Nothing was committed, so the unit may run once more on a fresh connection.
                Ok(Verdict::Lost) | Err(_) if attempt == 0 => {
                    self.conn = None;
                    continue;
                }
                Ok(Verdict::Lost) => Err(Error::new(Code::Unavailable)),
                Err(error) => Err(error),
            };
            if end.is_err() {
                self.conn = None;
            }
            return unit.finish(end);
        }
    }

    fn attempt(&mut self, unit: &mut dyn Unit) -> Result<Verdict> {
        let begin = match (&self.worker.target, unit.mode()) {
            (_, Mode::Glance) => None,
            (Target::Sqlite(_), Mode::Write) => Some("BEGIN IMMEDIATE"),
            (Target::Postgres { .. }, Mode::Read) => Some("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
            (Target::Sqlite(_), Mode::Read) | (Target::Postgres { .. }, Mode::Write) => Some("BEGIN"),
        };
        self.connect()?;
        let Some(conn) = self.conn.as_mut() else { return Err(Error::new(Code::Unavailable)) };
        if let Some(begin) = begin {
            conn.batch_execute(begin)?;
        }
        let verdict = guarded(unit, conn, &self.worker);
        if let Verdict::Keep(entries) = &verdict
            && let Err(error) = log(conn, &self.worker, &entries.iter().collect::<Vec<_>>())
        {
            return if error.transient { Ok(Verdict::Again) } else { Err(error) };
        }
        Ok(verdict)
    }

    fn end(&mut self, mode: Mode, how: &str) -> Result<()> {
        match self.conn.as_mut() {
            Some(conn) if mode != Mode::Glance => Ok(conn.batch_execute(how)?),
            _ => Ok(()),
        }
    }

    fn connect(&mut self) -> Result<()> {
        if self.conn.is_none() {
            self.conn = Some(self.worker.target.open(self.worker.purpose)?);
        }
        Ok(())
    }

    /// Takes what waits, up to [`GROUP`], and commits it together. Answers with how many that were.
    fn group(&mut self, first: Work, work: &Receiver<Work>) -> usize {
        let mut batch = Vec::with_capacity(GROUP);
        batch.push(first);
        while batch.len() < GROUP
            && let Ok(next) = work.try_recv()
        {
            batch.push(next);
        }
        let size = batch.len();
        self.grouped(batch);
        size
    }

    fn grouped(&mut self, batch: Vec<Work>) {
        let mut units = Vec::new();
        let mut looks = Vec::new();
        for work in batch {
            match work {
                Work::Unit(unit) if unit.abandoned() => unit.finish(Err(Error::new(Code::Busy))),
                Work::Unit(unit) => units.push(unit),
                Work::Look(look) => looks.push(look),
            }
        }
        let mut end = self.commit_group(&mut units, &looks);
        // Looks have no effect but their event: on a lost connection they are written once more. Units may have been
        // committed without our knowing, so they are not.
        if lost(&end) && units.is_empty() {
            self.conn = None;
            end = self.commit_group(&mut units, &looks);
        }
        if lost(&end) {
            self.conn = None;
        }
        for unit in units {
            unit.finish(copy(&end));
        }
        for look in looks {
            (look.done)(copy(&end));
        }
    }

    fn commit_group(&mut self, units: &mut [Box<dyn Unit>], looks: &[Look]) -> Result<()> {
        self.connect()?;
        let Some(conn) = self.conn.as_mut() else { return Err(Error::new(Code::Unavailable)) };
        conn.batch_execute(match self.worker.target {
            Target::Sqlite(_) => "BEGIN IMMEDIATE",
            Target::Postgres { .. } => "BEGIN",
        })?;
        let written = write_group(conn, units, looks, &self.worker);
        if let Err(error) = conn.batch_execute(if written.is_ok() { "COMMIT" } else { "ROLLBACK" }) {
            // Whatever kept it from ending, the transaction may still be open.
            self.conn = None;
            return Err(error.into());
        }
        written
    }

    /// Folds the write-ahead log into the database, so that the file alone is whole after an orderly stop.
    fn close(&mut self) {
        if let (Some(conn), Target::Sqlite(_)) = (self.conn.as_mut(), &self.worker.target)
            && let Err(error) = conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")
        {
            tracing::warn!(%error, "the last checkpoint failed; the next start does it");
        }
    }
}

/// Runs units one after the other; one is undone alone. On PostgreSQL it ends at one that gives up for a passing reason. Answers with the
/// events of those that are kept, and how many were run.
fn run_group(conn: &mut AnyConn, units: &mut [Box<dyn Unit>], worker: &Worker) -> Result<(Vec<Entry>, usize)> {
    let sqlite = matches!(conn, AnyConn::Sqlite(_));
    let mut kept = Vec::with_capacity(units.len());
    for (number, unit) in units.iter_mut().enumerate() {
        Savepoint.execute(conn)?;
        let verdict = guarded(unit.as_mut(), conn, worker);
        match verdict {
            Verdict::Keep(entries) => {
                // PostgreSQL releases all of them with the commit; for SQLite each that is open is work with every page.
                if sqlite {
                    Release.execute(conn)?;
                }
                kept.extend(entries);
            }
            Verdict::Undo | Verdict::Blocked | Verdict::Again | Verdict::Lost => {
                conn.batch_execute("ROLLBACK TO unit; RELEASE unit")?;
                if !sqlite && !matches!(verdict, Verdict::Undo) {
                    return Ok((kept, number));
                }
            }
        }
    }
    Ok((kept, units.len()))
}

/// Runs units and writes their events and those of looks.
fn write_group(conn: &mut AnyConn, units: &mut [Box<dyn Unit>], looks: &[Look], worker: &Worker) -> Result<()> {
    let (kept, _) = run_group(conn, units, worker)?;
    let entries: Vec<_> = kept.iter().chain(looks.iter().map(|look| &look.entry)).collect();
    log(conn, worker, &entries)
}

/// Writes events into the log. What is not logged does not happen, and whoever asked for it is told why.
fn log(conn: &mut AnyConn, worker: &Worker, entries: &[&Entry]) -> Result<()> {
    write(conn, &worker.journal, entries).map_err(|error| match error {
        error if error.transient || error.code == Code::StorageFull => error,
        error => Error::new(Code::AuditUnavailable).with_log(error),
    })
}

/// Begins what one unit does in the group. Prepared once, as it runs for each.
#[derive(QueryId)]
struct Savepoint;
/// Makes what the unit did a part of the group.
#[derive(QueryId)]
struct Release;

impl<DB: Backend> QueryFragment<DB> for Savepoint {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("SAVEPOINT unit");
        Ok(())
    }
}

impl<DB: Backend> QueryFragment<DB> for Release {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("RELEASE unit");
        Ok(())
    }
}

impl<Conn> RunQueryDsl<Conn> for Savepoint {}
impl<Conn> RunQueryDsl<Conn> for Release {}

/// A panic in a unit answers 500 to that unit and touches nothing else.
fn guarded(unit: &mut dyn Unit, conn: &mut AnyConn, worker: &Worker) -> Verdict {
    catch_unwind(AssertUnwindSafe(|| unit.run(conn, &worker.clock, &worker.journal))).unwrap_or_else(|_| {
        tracing::error!("a unit of work panicked; it was undone");
        unit.panicked();
        Verdict::Undo
    })
}

/// Is the connection not to be trusted any more? One that waited in vain for a lock is.
fn lost(end: &Result<()>) -> bool {
    end.as_ref().is_err_and(|error| error.code != Code::Busy)
}

fn copy(end: &Result<()>) -> Result<()> {
    match end {
        Ok(()) => Ok(()),
        Err(error) => {
            let told = matches!(error.code, Code::StorageFull | Code::AuditUnavailable | Code::Busy);
            let mut copy = Error::new(if told { error.code } else { Code::Unavailable }).with_log(error);
            copy.members.clone_from(&error.members);
            Err(copy)
        }
    }
}

/// Jitter without a random source: the threads' addresses differ.
fn pause(attempt: u32) -> Duration {
    let here = 0_u8;
    let jitter = (std::ptr::from_ref(&here).addr() >> 8) % 8;
    Duration::from_millis(2_u64.pow(attempt) * 4 + u64::try_from(jitter).unwrap_or(0))
}
