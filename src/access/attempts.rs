//! Failed tries, counted in the database so that several instances count together, and the devices from which somebody signed in before.
//! `throttle.rs` knows what a count means.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono_tz::Tz;
use diesel::prelude::*;
use secrecy::{ExposeSecret as _, SecretString};

use super::notices;
use super::throttle::{Counter, CounterKey, Path};
use crate::clock::Instant;
use crate::db::schema::{device, failed_try};
use crate::db::{AnyConn, ReadTx, WriteTx, on};
use crate::error::Result;
use crate::id::AccountId;
use crate::keys;

/// Random bytes of a device's token: 256 bits.
const LENGTH: usize = 32;
/// How long a counter is kept after its last failure: the day it belongs to is over in every zone. Seconds.
const KEPT_S: i64 = 2 * 86_400;
/// So many failures before a success are told to the account's holder.
const TELLING: i32 = 3;

/// Whose tries of which kind are counted: known devices apart, so that strangers do not lock the user out.
pub(crate) fn key(tx: &ReadTx<'_>, path: Path, email: &str, device: Option<&Device>) -> CounterKey {
    CounterKey::new(tx.keys(), path, email, device.map(|device| device.0.as_slice()))
}

/// Is the next try refused unseen? Keeps other tries of the same name waiting until the transaction ends, so that many at once are counted
/// one by one.
pub(crate) fn is_locked(tx: &mut WriteTx<'_>, key: &CounterKey, path: Path, zone: Tz) -> Result<bool> {
    let now = tx.now();
    Ok(counter(tx, key)?.is_some_and(|counter| counter.is_locked(path, now, zone)))
}

fn counter(tx: &mut WriteTx<'_>, key: &CounterKey) -> Result<Option<Counter>> {
    let row = failed_try::table.find(key.as_bytes()).select((failed_try::failures, failed_try::last_at));
    let found: Option<(i32, Instant)> = match tx.conn() {
        AnyConn::Postgres(conn) => row.for_update().first(conn).optional()?,
        AnyConn::Sqlite(conn) => row.first(conn).optional()?,
    };
    Ok(found.map(|(failures, last)| Counter { failures, last }))
}

/// Counts a failure. Counters of days gone by go on the way.
pub(crate) fn count(tx: &mut WriteTx<'_>, key: &CounterKey, zone: Tz) -> Result<()> {
    let counter = Counter::after_failure(counter(tx, key)?, tx.now(), zone);
    store(tx, key, counter)
}

/// Counts nothing, in the time that counting takes: a locked try is not to be told from a wrong one.
pub(crate) fn pretend_to_count(tx: &mut WriteTx<'_>, key: &CounterKey) -> Result<()> {
    match counter(tx, key)? {
        Some(counter) => store(tx, key, counter),
        None => Ok(()),
    }
}

fn store(tx: &mut WriteTx<'_>, key: &CounterKey, Counter { failures, last }: Counter) -> Result<()> {
    let now = tx.now();
    on!(tx.conn(), c => diesel::insert_into(failed_try::table)
        .values((
            failed_try::counter.eq(key.as_bytes()),
            failed_try::failures.eq(failures),
            failed_try::last_at.eq(last),
        ))
        .on_conflict(failed_try::counter)
        .do_update()
        .set((failed_try::failures.eq(failures), failed_try::last_at.eq(last)))
        .execute(c))?;
    let old = failed_try::table.filter(failed_try::last_at.lt(now.plus_seconds(-KEPT_S)));
    diesel::delete(old).execute(tx.conn())?;
    Ok(())
}

/// A success ends the count. After several failures the account's holder learns of it: it may be somebody else's success.
pub(crate) fn clear(tx: &mut WriteTx<'_>, key: &CounterKey, account: AccountId) -> Result<()> {
    if counter(tx, key)?.is_some_and(|counter| counter.failures >= TELLING) {
        notices::note(tx, account, notices::Kind::SignInAfterFailures)?;
    }
    diesel::delete(failed_try::table.find(key.as_bytes())).execute(tx.conn())?;
    Ok(())
}

/// A device from which the account signed in before: the SHA-256 of its token.
#[derive(Clone, Debug)]
pub(crate) struct Device(Vec<u8>);

/// The device of a token, if it is one of the account's.
pub(crate) fn device(tx: &mut ReadTx<'_>, account: AccountId, token: &SecretString) -> Result<Option<Device>> {
    let hash = hash(token.expose_secret());
    let owner: Option<AccountId> = device::table.find(&hash).select(device::account_id).first(tx.conn()).optional()?;
    Ok((owner == Some(account)).then_some(Device(hash)))
}

/// Notes that the account signed in from a device: the known one, or a new one, whose token is shown once.
pub(crate) fn remember(
    tx: &mut WriteTx<'_>,
    account: AccountId,
    known: Option<&Device>,
) -> Result<Option<SecretString>> {
    let now = tx.now();
    if let Some(Device(hash)) = known {
        diesel::update(device::table.find(hash)).set(device::used_at.eq(now)).execute(tx.conn())?;
        return Ok(None);
    }
    let token = URL_SAFE_NO_PAD.encode(keys::random::<LENGTH>());
    diesel::insert_into(device::table)
        .values((
            device::token_hash.eq(hash(&token)),
            device::account_id.eq(account),
            device::created_at.eq(now),
            device::used_at.eq(now),
        ))
        .execute(tx.conn())?;
    Ok(Some(token.into()))
}

fn hash(token: &str) -> Vec<u8> {
    keys::sha256(&[b"device", token.as_bytes()]).to_vec()
}
