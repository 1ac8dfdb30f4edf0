//! How the threads of PostgreSQL share out what waits: the writes of a share are one transaction.

use crossbeam_channel::Receiver;
use diesel::connection::SimpleConnection as _;

use super::{Link, Worker, copy, log, run_group};
use crate::db::conn::{AnyConn, Target};
use crate::db::unit::{Mode, Unit, Work};
use crate::error::{Code, Error, Result};

/// Most units of a share. Each is there until the last is done.
const SHARE: usize = 16;
/// Begins a group of writes on PostgreSQL. None of them waits for long with the locks of the others in hand: two groups that wait for each
/// other would stand still for a second, until the server looks for deadlocks. Whoever has waited so many milliseconds is undone, and run later.
const BEGIN_SHARE: &str = "BEGIN; SET LOCAL lock_timeout=20";

impl Link {
    /// Runs one unit, or the writes that follow each other from it on, up to `more` of those that wait.
    pub(super) fn share(&mut self, first: Work, work: &Receiver<Work>, more: usize) {
        let mut writes = Vec::new();
        let mut next = Some(first);
        let other = loop {
            match next {
                Some(Work::Unit(unit)) if unit.mode() == Mode::Write => writes.push(unit),
                other => break other,
            }
            if writes.len() > more || writes.len() == SHARE {
                break None;
            }
            next = work.try_recv().ok();
        };
        let blocked = if writes.len() > 1 { self.together(writes) } else { writes };
        if let Some(other) = other {
            self.each(other);
        }
        // Most have only waited for another share, which is through by now. The rest wait for as long as they may, nobody with them.
        let blocked = if blocked.len() > 1 { self.together(blocked) } else { blocked };
        blocked.into_iter().for_each(|unit| self.unit(unit));
    }

    /// Commits writes together. Answers with those that others keep from their work; if the commit is not reached, with all of them.
    fn together(&mut self, units: Vec<Box<dyn Unit>>) -> Vec<Box<dyn Unit>> {
        let (mut rest, abandoned): (Vec<_>, Vec<_>) = units.into_iter().partition(|unit| !unit.abandoned());
        abandoned.into_iter().for_each(|unit| unit.finish(Err(Error::new(Code::Busy))));
        let mut blocked = Vec::new();
        while !rest.is_empty() {
            let Some((end, run)) = self.commit_together(&mut rest) else {
                blocked.append(&mut rest);
                break;
            };
            // Whatever was kept waits no longer for the one that waits.
            let mut later = rest.split_off(run).into_iter();
            rest.into_iter().for_each(|unit| unit.finish(copy(&end)));
            blocked.extend(later.next());
            rest = later.collect();
        }
        blocked
    }

    /// Answers with how the commit ended, and how many units are part of it; with nothing if there was none.
    fn commit_together(&mut self, units: &mut [Box<dyn Unit>]) -> Option<(Result<()>, usize)> {
        self.connect().ok()?;
        let conn = self.conn.as_mut()?;
        let written = write_share(conn, units, &self.worker);
        let end = conn.batch_execute(if written.is_ok() { "COMMIT" } else { "ROLLBACK" }).map_err(Error::from);
        if end.is_err() {
            self.conn = None;
        }
        Some((end, written.ok()?))
    }
}

/// Runs units up to one that others keep from its work, and writes their events. Answers with how many were run. The log is
/// waited for as long as ever: what could not be written would leave a gap in the numbers of its events.
fn write_share(conn: &mut AnyConn, units: &mut [Box<dyn Unit>], worker: &Worker) -> Result<usize> {
    conn.batch_execute(BEGIN_SHARE)?;
    let (kept, run) = run_group(conn, units, worker)?;
    if let Target::Postgres { lock_timeout_ms, .. } = worker.target {
        conn.batch_execute(&format!("SET LOCAL lock_timeout={lock_timeout_ms}"))?;
    }
    log(conn, worker, &kept.iter().collect::<Vec<_>>())?;
    Ok(run)
}
