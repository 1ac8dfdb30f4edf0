//! expect: cannot initialize a tuple struct which contains private fields

use sakin::db::{Audited, WriteTx};
use sakin::error::Result;

pub fn act(_: &mut WriteTx<'_>) -> Result<Audited<i32>> {
    Ok(Audited(1))
}
