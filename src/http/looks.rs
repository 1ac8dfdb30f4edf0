//! Looks are counted where all of them pass: after an act has said whose files it shows, and before anything of it leaves.

use std::sync::Arc;

use super::app::App;
use crate::access::policy::Role;
use crate::access::reads::{Alarm, Wait};
use crate::access::standing::Standing;
use crate::db::{Action, Caller, Event, ReadTx, Viewed};
use crate::error::{Code, Error, Result};
use crate::id::{AccountId, PersonId};

/// The count of the account that asks. Whoever may see the own file alone looks as often as they like.
pub(super) struct Looks<'a> {
    app: &'a App,
    account: Option<AccountId>,
}

impl<'a> Looks<'a> {
    pub(super) fn of(app: &'a App, standing: &Standing) -> Self {
        let counts = standing.role() != Some(Role::Applicant);
        Self { app, account: counts.then_some(standing.account.id) }
    }

    /// 429 for one search too many.
    pub(super) fn search(&self) -> Result<()> {
        let Some(account) = self.account else { return Ok(()) };
        self.app.reads.search(account, self.app.now()).map_err(too_many)
    }

    /// Counts files that a write's answer shows: 429 if they are too many.
    pub(super) async fn count(&self, persons: &[PersonId], caller: impl Fn() -> Caller) -> Result<()> {
        let Some(account) = self.account else { return Ok(()) };
        let counted = self.app.reads.show(account, persons, self.app.now()).map_err(too_many);
        self.sound_alarms(caller).await?;
        counted
    }

    /// The act, refused if it shows too many files: then no look goes into the log, because there is none.
    pub(super) fn counting<T, F>(&self, act: F) -> impl Fn(&mut ReadTx<'_>) -> Result<Viewed<T>> + Send + use<T, F>
    where
        F: Fn(&mut ReadTx<'_>) -> Result<Viewed<T>> + Send + 'static,
    {
        let (reads, account) = (Arc::clone(&self.app.reads), self.account);
        move |tx| {
            let viewed = act(tx)?;
            if let Some(account) = account {
                reads.show(account, viewed.subjects(), tx.now()).map_err(too_many)?;
            }
            Ok(viewed)
        }
    }

    /// Writes the alarms that the account's looks have raised. What raised them is not answered before.
    pub(super) async fn sound_alarms(&self, caller: impl Fn() -> Caller) -> Result<()> {
        let Some(account) = self.account else { return Ok(()) };
        while let Some(alarm) = self.app.reads.take_alarm(account) {
            let action = match alarm {
                Alarm::Many => Action::ManyFilesShown,
                Alarm::Refused => Action::FilesRefused,
            };
            let sounded = self.app.db.write(caller(), move |tx| tx.record(&Event::plain(action), ())).await;
            sounded.inspect_err(|_| self.app.reads.return_alarm(account, alarm))?;
        }
        Ok(())
    }
}

fn too_many(Wait(seconds): Wait) -> Error {
    Error::new(Code::RateLimited).with_member("retry_after_s", seconds)
}
