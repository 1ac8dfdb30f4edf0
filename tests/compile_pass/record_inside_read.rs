use sakin::db::{Action, Event, ReadTx, Viewed};
use sakin::error::Result;
use sakin::id::PersonId;

pub fn look(tx: &mut ReadTx<'_>, person: PersonId) -> Result<Viewed<i32>> {
    tx.viewed(&Event::about(Action::PersonViewed, person), 1)
}
