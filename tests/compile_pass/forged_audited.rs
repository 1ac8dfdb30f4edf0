use sakin::db::{Action, Audited, Event, WriteTx};
use sakin::error::Result;

pub fn act(tx: &mut WriteTx<'_>) -> Result<Audited<i32>> {
    tx.record(&Event::plain(Action::PermitRecorded), 1)
}
