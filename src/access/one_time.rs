//! One-time codes that somebody carries from one place to another. The database keeps only their hashes; a code is good once and for a while.

use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::schema::one_time_code;
use crate::db::{WriteTx, text_enum};
use crate::error::Result;
use crate::id::AccountId;
use crate::keys;

text_enum! {
    /// What a code is for.
    pub enum Purpose {
        /// To set up the installation's first administrator.
        FirstAdministrator = "first_administrator",
        /// To set the first password of an account.
        Activation = "activation",
        /// To set a new password.
        Reset = "reset",
    }
}

impl Purpose {
    /// How long a code is good, in seconds.
    const fn life_s(self) -> i64 {
        match self {
            Self::FirstAdministrator => 3600,
            Self::Activation | Self::Reset => 600,
        }
    }
}

/// Crockford's base32: nothing in it is misread.
const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Symbols of a code, 5 bits each.
const LENGTH: usize = 28;

/// Makes a code for an account, and ends the unused ones it had for the same purpose. The code is shown once: nothing can tell it again.
pub(crate) fn issue_code(tx: &mut WriteTx<'_>, purpose: Purpose, account: AccountId) -> Result<String> {
    let symbols = keys::random::<LENGTH>().map(|byte| SYMBOLS.get(usize::from(byte % 32)).copied().unwrap_or(b'0'));
    let code: String = symbols.iter().map(|symbol| char::from(*symbol)).collect();
    let (now, by) = (tx.now(), tx.account());
    diesel::update(one_time_code::table)
        .filter(one_time_code::account_id.eq(account))
        .filter(one_time_code::purpose.eq(purpose))
        .filter(one_time_code::used_at.is_null())
        .set(one_time_code::used_at.eq(now))
        .execute(tx.conn())?;
    diesel::insert_into(one_time_code::table)
        .values((
            one_time_code::code_hash.eq(keys::sha256(&[code.as_bytes()]).to_vec()),
            one_time_code::purpose.eq(purpose),
            one_time_code::account_id.eq(account),
            one_time_code::issued_at.eq(now),
            one_time_code::issued_by.eq(by),
            one_time_code::expires_at.eq(expiry(purpose, now)),
            one_time_code::used_at.eq(None::<Instant>),
        ))
        .execute(tx.conn())?;
    Ok(code)
}

/// When a code issued now ends.
pub(crate) fn expiry(purpose: Purpose, now: Instant) -> Instant {
    now.plus_seconds(purpose.life_s())
}
