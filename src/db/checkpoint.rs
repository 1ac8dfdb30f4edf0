//! Folds SQLite's write-ahead log into the database beside the writing thread, not between its commits.
//!
//! A checkpoint copies each page of the log once, however often it was written, and waits for the disk. So it pays to let the log grow,
//! and to fold what is left when nobody writes.

use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError};
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Integer;

use super::conn::{AnyConn, Target, Use};
use crate::error::{Error, Result};

/// Pages in the log that are worth a checkpoint while there are writes.
const MANY: i32 = 16_000;
/// Without a commit for so long, whatever is in the log is folded.
const QUIET: Duration = Duration::from_secs(1);

/// Starts the thread. It ends with the last sender of `committed`.
pub(super) fn start(target: &Target, committed: Receiver<()>) -> Result<JoinHandle<()>> {
    let mut conn = target.open(Use::Checkpoint)?;
    let run = move || {
        while committed.recv().is_ok() {
            fold_or_warn(&mut conn, MANY);
            loop {
                match committed.recv_timeout(QUIET) {
                    Ok(()) => fold_or_warn(&mut conn, MANY),
                    Err(RecvTimeoutError::Timeout) => break fold_or_warn(&mut conn, 1),
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            }
        }
    };
    std::thread::Builder::new().name("db-checkpoint".to_owned()).spawn(run).map_err(Error::internal)
}

fn fold_or_warn(conn: &mut AnyConn, worth: i32) {
    if let Err(error) = fold(conn, worth) {
        tracing::warn!(%error, "a checkpoint failed; the next one does its work");
    }
}

/// Folds the log if it holds so many pages that are not in the database yet.
fn fold(conn: &mut AnyConn, worth: i32) -> Result<()> {
    if let AnyConn::Sqlite(conn) = conn {
        let (_, logged, folded): (i32, i32, i32) = checkpoint("NOOP").get_result(conn)?;
        if logged.saturating_sub(folded) >= worth {
            checkpoint("PASSIVE").get_result::<(i32, i32, i32)>(conn)?;
        }
    }
    Ok(())
}

/// Answers with: was it kept from its work, pages in the log, those of them that are in the database.
fn checkpoint(how: &str) -> SqlLiteral<(Integer, Integer, Integer)> {
    sql(&format!("PRAGMA wal_checkpoint({how})"))
}
