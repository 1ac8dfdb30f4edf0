//! One-time codes: what is handed to somebody so that they set their own password (rows AU5, AU6). The database keeps only a hash; a code is good
//! once and for minutes, and a new one for the same account ends the older ones.

use diesel::prelude::*;
use secrecy::{ExposeSecret as _, SecretString};

use super::codes::OneTimeCode;
use crate::clock::Instant;
use crate::db::schema::one_time_code;
use crate::db::{ReadTx, WriteTx, text_enum};
use crate::error::Result;
use crate::id::AccountId;

text_enum! {
    /// What a code is good for.
    pub enum Purpose {
        /// To make the first administrator of an installation.
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

/// A new code. It is shown once.
#[derive(Clone)]
pub(crate) struct Issued {
    pub(crate) code: SecretString,
    pub(crate) expires_at: Instant,
}

/// A stored code that is still good.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = one_time_code)]
pub(crate) struct Pending {
    code_hash: Vec<u8>,
    pub(crate) purpose: Purpose,
    pub(crate) account_id: Option<AccountId>,
    pub(crate) issued_by: Option<AccountId>,
}

/// Makes a code for an account, or for whoever becomes the first administrator. Earlier ones end.
pub(crate) fn issue_code(tx: &mut WriteTx<'_>, purpose: Purpose, account: Option<AccountId>) -> Result<Issued> {
    end_codes(tx, account)?;
    let code = OneTimeCode::generate();
    let (now, by) = (tx.now(), tx.account());
    let expires_at = now.plus_seconds(purpose.life_s());
    diesel::insert_into(one_time_code::table)
        .values((
            one_time_code::code_hash.eq(code.digest().to_vec()),
            one_time_code::purpose.eq(purpose),
            one_time_code::account_id.eq(account),
            one_time_code::issued_at.eq(now),
            one_time_code::issued_by.eq(by),
            one_time_code::expires_at.eq(expires_at),
        ))
        .execute(tx.conn())?;
    Ok(Issued { code: code.shown(), expires_at })
}

/// Ends the codes of an account that nobody used, or those for the first administrator.
pub(crate) fn end_codes(tx: &mut WriteTx<'_>, account: Option<AccountId>) -> Result<()> {
    let now = tx.now();
    let unused = one_time_code::used_at.is_null().and(one_time_code::expires_at.gt(now));
    let end = one_time_code::expires_at.eq(now);
    if let Some(id) = account {
        let of_account = one_time_code::table.filter(one_time_code::account_id.eq(id));
        diesel::update(of_account.filter(unused)).set(end).execute(tx.conn())?;
    } else {
        let of_nobody = one_time_code::table.filter(one_time_code::account_id.is_null());
        diesel::update(of_nobody.filter(unused)).set(end).execute(tx.conn())?;
    }
    Ok(())
}

/// The code, if it is good now. Only [`spend`] makes sure that it is good once.
pub(crate) fn pending(tx: &mut ReadTx<'_>, typed: &SecretString) -> Result<Option<Pending>> {
    let Some(code) = OneTimeCode::parse(typed.expose_secret()) else { return Ok(None) };
    let now = tx.now();
    Ok(one_time_code::table
        .find(code.digest().to_vec())
        .filter(one_time_code::used_at.is_null())
        .filter(one_time_code::expires_at.gt(now))
        .select(Pending::as_select())
        .first(tx.conn())
        .optional()?)
}

/// Uses a code up. False if somebody else was faster.
pub(crate) fn spend(tx: &mut WriteTx<'_>, pending: &Pending) -> Result<bool> {
    let now = tx.now();
    let unused = one_time_code::table
        .filter(one_time_code::code_hash.eq(&pending.code_hash))
        .filter(one_time_code::used_at.is_null());
    Ok(diesel::update(unused).set(one_time_code::used_at.eq(Some(now))).execute(tx.conn())? == 1)
}
