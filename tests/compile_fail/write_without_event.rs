//! expect: mismatched types
//! expect: expected `Audited<Done<_>>`

use sakin::access::policy::RecordPermits;
use sakin::error::Result;
use sakin::http::{Answer, Ctx, Done};

pub async fn record(ctx: Ctx<RecordPermits>) -> Result<Answer<i32>> {
    ctx.create(|_| Ok(()), |_tx, ()| Ok(Done::created("/permits/1", 1, 1))).await
}
