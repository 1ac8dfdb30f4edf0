//! What the program does by itself while it serves: it removes what is not to be kept for ever.

use std::sync::Arc;
use std::time::Duration;

use crate::access::session;
use crate::db::{Audited, Caller, ReadTx, WriteTx};
use crate::error::Result;
use crate::http::{App, idempotency};

/// How often.
const EVERY: Duration = Duration::from_mins(10);

/// Something that is kept for a time only, and removed some at a time.
struct Kept {
    what: &'static str,
    any_old: fn(&mut ReadTx<'_>) -> Result<bool>,
    forget_some: fn(&mut WriteTx<'_>) -> Result<Audited<usize>>,
}

const KEPT: [Kept; 2] = [
    Kept { what: "answers", any_old: idempotency::any_old, forget_some: idempotency::forget_some },
    Kept { what: "sessions", any_old: session::any_old, forget_some: session::forget_some },
];

/// Looks after the house until the server ends. What fails is tried again the next time.
pub(super) async fn keep(app: Arc<App>) {
    loop {
        for kept in &KEPT {
            match forget(&app, kept).await {
                Ok(0) => (),
                Ok(count) => tracing::info!(count, "old {} were removed", kept.what),
                Err(error) => {
                    tracing::warn!(%error, "old {} were not removed; ten minutes later it is tried again", kept.what);
                }
            }
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Removes all that is kept no longer, at once. Answers with how much of what there was.
pub async fn tidy(app: &App) -> Result<Vec<(&'static str, usize)>> {
    let mut removed = Vec::new();
    for kept in &KEPT {
        removed.push((kept.what, forget(app, kept).await?));
    }
    Ok(removed)
}

async fn forget(app: &App, kept: &Kept) -> Result<usize> {
    let mut forgotten = 0;
    while app.program_read("housekeeping", kept.any_old).await? {
        forgotten += app.program_write(Caller::program("housekeeping"), kept.forget_some).await?;
    }
    Ok(forgotten)
}
