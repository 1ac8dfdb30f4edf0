//! Folding SQLite's write-ahead log into the database, beside the writer instead of between its commits: whoever waits for a commit does
//! not wait for this.

use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender};
use diesel::connection::SimpleConnection;

use super::conn::{Target, Use};
use crate::error::{Error, Result};

/// After how many units the log is folded in: about the thousand pages at which SQLite would do it.
const UNITS: usize = 256;

/// The writer's side: it tells when there is something to do.
pub(super) struct Nudge {
    to: Sender<()>,
    units: usize,
}

impl Nudge {
    pub(super) fn new(to: Sender<()>) -> Self {
        Self { to, units: 0 }
    }

    /// So many units more are in the log.
    pub(super) fn committed(&mut self, units: usize) {
        self.units = self.units.saturating_add(units);
        // A nudge that finds one waiting adds nothing to it.
        if self.units >= UNITS && self.to.try_send(()).is_ok() {
            self.units = 0;
        }
    }
}

/// Starts the thread. It ends with the writer.
pub(super) fn start(target: &Target, nudged: Receiver<()>) -> Result<JoinHandle<()>> {
    let mut conn = target.open(Use::Write)?;
    let run = move || {
        while let Ok(()) = nudged.recv() {
            // PASSIVE waits for nobody and makes nobody wait.
            if let Err(error) = conn.batch_execute("PRAGMA wal_checkpoint(PASSIVE)") {
                tracing::warn!(%error, "a checkpoint failed; the writer does it when the log is long");
            }
        }
    };
    std::thread::Builder::new().name("db-checkpoint".to_owned()).spawn(run).map_err(Error::internal)
}
