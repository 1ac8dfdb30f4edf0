//! Second factors: time-based one-time passwords and the recovery codes for when the authenticator is lost. A code of either works once,
//! and the database sees to it. Passkeys are next door, in `passkey.rs`.

use diesel::dsl::count_star;
use diesel::prelude::*;
use secrecy::{ExposeSecret as _, SecretString};

use super::codes::{RecoveryCode, recovery_codes};
use super::totp::Seed;
use crate::clock::Instant;
use crate::db::schema::{passkey, recovery_code, totp};
use crate::db::{AnyConn, ReadTx, WriteTx, on};
use crate::error::Result;
use crate::id::{AccountId, PasskeyId};

/// A proof of possession.
#[derive(Clone, Debug)]
pub(crate) enum Proof {
    /// The code an authenticator shows.
    Totp(SecretString),
    /// One of the codes handed out with the factor.
    RecoveryCode(SecretString),
}

/// What came of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proved {
    /// It is not one of this account's, or was used before.
    No,
    /// It is.
    Yes,
    /// It is, and it was the first of a new factor, which counts from now on.
    NewFactor,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = totp)]
struct Row {
    seed: Option<Vec<u8>>,
    next_seed: Option<Vec<u8>>,
    last_step: i64,
}

/// Has the account a second factor that counts?
pub(crate) fn exists(tx: &mut ReadTx<'_>, account: AccountId) -> Result<bool> {
    Ok(has_totp(tx, account)? || has_passkey(tx, account)?)
}

fn has_totp(tx: &mut ReadTx<'_>, account: AccountId) -> Result<bool> {
    let confirmed: Option<Option<Instant>> =
        totp::table.find(account).select(totp::confirmed_at).first(tx.conn()).optional()?;
    Ok(confirmed.flatten().is_some())
}

/// Has the account a passkey? A program that was built without passkeys asks, too: there the recovery codes are left, and a password alone
/// still opens nothing.
pub(crate) fn has_passkey(tx: &mut ReadTx<'_>, account: AccountId) -> Result<bool> {
    let of_account = passkey::table.filter(passkey::account_id.eq(account)).select(passkey::created_at);
    let found: Option<Instant> = of_account.first(tx.conn()).optional()?;
    Ok(found.is_some())
}

/// A passkey as its holder sees it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = passkey)]
pub(crate) struct PasskeyRow {
    pub(crate) id: PasskeyId,
    pub(crate) name: Option<String>,
    pub(crate) created_at: Instant,
    pub(crate) used_at: Option<Instant>,
}

/// What an account can prove with beside its password.
#[derive(Clone, Debug)]
pub(crate) struct Factors {
    pub(crate) totp: bool,
    /// How many were not used yet.
    pub(crate) recovery_codes: i64,
    pub(crate) passkeys: Vec<PasskeyRow>,
}

/// What an account can prove with, the oldest passkey first.
pub(crate) fn all(tx: &mut ReadTx<'_>, account: AccountId) -> Result<Factors> {
    Ok(Factors {
        totp: has_totp(tx, account)?,
        recovery_codes: recovery_code::table
            .filter(recovery_code::account_id.eq(account))
            .filter(recovery_code::used_at.is_null())
            .select(count_star())
            .get_result(tx.conn())?,
        passkeys: passkey::table
            .filter(passkey::account_id.eq(account))
            .order((passkey::created_at.asc(), passkey::id.asc()))
            .select(PasskeyRow::as_select())
            .load(tx.conn())?,
    })
}

/// Removes a passkey of an account.
pub(crate) fn remove_passkey(tx: &mut WriteTx<'_>, account: AccountId, id: PasskeyId) -> Result<()> {
    let own = passkey::table.filter(passkey::account_id.eq(account)).filter(passkey::id.eq(id));
    diesel::delete(own).execute(tx.conn())?;
    Ok(())
}

/// Hands out a new factor, which counts once a code of it is shown; until then the present one does.
pub(crate) fn offer(tx: &mut WriteTx<'_>, account: AccountId) -> Result<Seed> {
    let seed = Seed::generate();
    let sealed = seed.seal(tx.keys(), account)?;
    on!(tx.conn(), c => diesel::insert_into(totp::table)
        .values((totp::account_id.eq(account), totp::next_seed.eq(&sealed), totp::last_step.eq(0_i64)))
        .on_conflict(totp::account_id)
        .do_update()
        .set(totp::next_seed.eq(&sealed))
        .execute(c))?;
    Ok(seed)
}

/// Shows a proof. Of several at once with one code, one succeeds.
pub(crate) fn prove(tx: &mut WriteTx<'_>, account: AccountId, proof: &Proof) -> Result<Proved> {
    match proof {
        Proof::Totp(code) => prove_by_totp(tx, account, code),
        Proof::RecoveryCode(code) => prove_by_recovery_code(tx, account, code),
    }
}

fn prove_by_totp(tx: &mut WriteTx<'_>, account: AccountId, code: &SecretString) -> Result<Proved> {
    let row = totp::table.find(account);
    let found: Option<Row> = match tx.conn() {
        AnyConn::Postgres(conn) => row.select(Row::as_select()).for_update().first(conn).optional()?,
        AnyConn::Sqlite(conn) => row.select(Row::as_select()).first(conn).optional()?,
    };
    let Some(Row { seed, next_seed, last_step }) = found else { return Ok(Proved::No) };
    let now = tx.now();
    let accepts = |sealed: &Option<Vec<u8>>, tx: &WriteTx<'_>| -> Result<Option<i64>> {
        let Some(sealed) = sealed else { return Ok(None) };
        Seed::open(tx.keys(), account, sealed)?.accepts(code.expose_secret(), now)
    };
    if let Some(step) = accepts(&seed, tx)?.filter(|step| *step > last_step) {
        let spent = diesel::update(totp::table.find(account))
            .set(totp::last_step.eq(step))
            .filter(totp::last_step.lt(step))
            .execute(tx.conn())?;
        return Ok(if spent == 1 { Proved::Yes } else { Proved::No });
    }
    let Some(step) = accepts(&next_seed, tx)? else { return Ok(Proved::No) };
    let confirmed = diesel::update(totp::table.find(account))
        .set((
            totp::seed.eq(&next_seed),
            totp::next_seed.eq(None::<Vec<u8>>),
            totp::confirmed_at.eq(now),
            totp::last_step.eq(step),
        ))
        .filter(totp::next_seed.eq(&next_seed))
        .execute(tx.conn())?;
    Ok(if confirmed == 1 { Proved::NewFactor } else { Proved::No })
}

fn prove_by_recovery_code(tx: &mut WriteTx<'_>, account: AccountId, code: &SecretString) -> Result<Proved> {
    let Some(code) = RecoveryCode::parse(code.expose_secret()) else { return Ok(Proved::No) };
    let now = tx.now();
    let used = diesel::update(recovery_code::table.find((account, code.digest().as_slice())))
        .set(recovery_code::used_at.eq(now))
        .filter(recovery_code::used_at.is_null())
        .execute(tx.conn())?;
    Ok(if used == 1 { Proved::Yes } else { Proved::No })
}

/// Fresh recovery codes, to be shown once; earlier ones end.
pub(crate) fn renew_recovery_codes(tx: &mut WriteTx<'_>, account: AccountId) -> Result<Vec<SecretString>> {
    diesel::delete(recovery_code::table.filter(recovery_code::account_id.eq(account))).execute(tx.conn())?;
    let codes = recovery_codes();
    for code in &codes {
        diesel::insert_into(recovery_code::table)
            .values((recovery_code::account_id.eq(account), recovery_code::code_hash.eq(code.digest().as_slice())))
            .execute(tx.conn())?;
    }
    Ok(codes.iter().map(RecoveryCode::shown).collect())
}
