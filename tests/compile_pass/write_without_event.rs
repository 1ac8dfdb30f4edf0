use sakin::access::policy::RecordPermits;
use sakin::db::{Action, Event};
use sakin::error::Result;
use sakin::http::{Answer, Ctx, Done};

pub async fn record(ctx: Ctx<RecordPermits>) -> Result<Answer<i32>> {
    let event = || Event::plain(Action::PermitRecorded);
    ctx.create(|_| Ok(()), move |tx, ()| tx.record(&event(), Done::created("/permits/1", 1, 1))).await
}
