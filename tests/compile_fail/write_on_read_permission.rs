//! expect: the method `create` exists
//! expect: ReadPermits: Writes

use sakin::access::policy::ReadPermits;
use sakin::db::{Action, Event};
use sakin::error::Result;
use sakin::http::{Answer, Ctx, Done};

pub async fn record(ctx: Ctx<ReadPermits>) -> Result<Answer<i32>> {
    let event = || Event::plain(Action::PermitRecorded);
    ctx.create(|_| Ok(()), move |tx, ()| tx.record(&event(), Done::created("/permits/1", 1, 1))).await
}
