//! Refresh tokens (row S7): opaque, single use, kept as SHA-256 only. Every one belongs to a session, and the session is the family: a spent token
//! that is shown again betrays that somebody copied it, and ends the session.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diesel::prelude::*;
use secrecy::{ExposeSecret as _, SecretString};

use crate::clock::Instant;
use crate::db::schema::refresh_token;
use crate::db::{ReadTx, WriteTx};
use crate::error::Result;
use crate::id::SessionId;
use crate::keys;

/// Random bytes of a token: 256 bits.
const LENGTH: usize = 32;
/// For this long after a token was spent, whoever shows it again lost a race: two windows of one browser do that. Seconds.
const RACE_S: i64 = 2;

/// What came of showing a refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spent {
    /// It was good and is spent now.
    Good(SessionId),
    /// Somebody else spent it a moment ago.
    Raced,
    /// It was spent before: there is a copy.
    Reused(SessionId),
    /// Nobody here made it.
    Unknown,
}

/// A fresh token of a session. It is shown once and kept nowhere.
pub(crate) fn issue(tx: &mut WriteTx<'_>, session: SessionId) -> Result<SecretString> {
    let token = URL_SAFE_NO_PAD.encode(keys::random::<LENGTH>());
    let now = tx.now();
    diesel::insert_into(refresh_token::table)
        .values((
            refresh_token::token_hash.eq(hash(&token)),
            refresh_token::session_id.eq(session),
            refresh_token::issued_at.eq(now),
        ))
        .execute(tx.conn())?;
    Ok(token.into())
}

/// Spends a token. Of several at once one succeeds: the database decides.
pub(crate) fn spend(tx: &mut WriteTx<'_>, token: &SecretString) -> Result<Spent> {
    let (hash, now) = (hash(token.expose_secret()), tx.now());
    let spent = diesel::update(refresh_token::table.find(&hash))
        .set(refresh_token::spent_at.eq(now))
        .filter(refresh_token::spent_at.is_null())
        .execute(tx.conn())?;
    Ok(match (found(tx, &hash)?, spent) {
        (None, _) => Spent::Unknown,
        (Some((session, _)), 1) => Spent::Good(session),
        (Some((_, Some(before))), _) if now < before.plus_seconds(RACE_S) => Spent::Raced,
        (Some((session, _)), _) => Spent::Reused(session),
    })
}

/// The session a token prolongs, if it is not spent.
pub(crate) fn session_of(tx: &mut ReadTx<'_>, token: &SecretString) -> Result<Option<SessionId>> {
    let found = found(tx, &hash(token.expose_secret()))?;
    Ok(found.filter(|(_, spent)| spent.is_none()).map(|(session, _)| session))
}

fn found(tx: &mut ReadTx<'_>, hash: &[u8]) -> Result<Option<(SessionId, Option<Instant>)>> {
    Ok(refresh_token::table
        .find(hash)
        .select((refresh_token::session_id, refresh_token::spent_at))
        .first(tx.conn())
        .optional()?)
}

fn hash(token: &str) -> Vec<u8> {
    keys::sha256(&[b"refresh-token", token.as_bytes()]).to_vec()
}
