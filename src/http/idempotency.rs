//! Retries. A key commits in the same transaction as its effect, with the answer beside it, sealed; what had no effect leaves no key.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::answer::Rendered;
use crate::clock::Instant;
use crate::db::schema::idempotency;
use crate::db::{Action, Audited, Event, ReadTx, WriteTx, on};
use crate::error::{Code, Error, Result};
use crate::id::{AccountId, PersonId};

/// How long an answer is kept for retries, seconds: api.md 38. Afterwards the key is a new one.
const KEPT_S: i64 = 72 * 60 * 60;
/// Answers that one transaction removes.
const BATCH: i64 = 500;

/// An answer as it is kept: with whose files it shows, because a retry looks at them again.
#[derive(Serialize, Deserialize)]
struct Kept<R> {
    #[serde(flatten)]
    rendered: R,
    #[serde(default)]
    persons: Vec<Uuid>,
}

/// A key in use: whose, which, and what the request was.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    /// The caller.
    pub(super) account: AccountId,
    /// As sent, without quotes.
    pub(super) text: Arc<str>,
    /// SHA-256 of method, path, query and body.
    pub(super) fingerprint: [u8; 32],
}

impl Key {
    fn context(&self) -> String {
        format!("idempotency|answer|{}|{}", self.account, self.text)
    }

    /// The answer given before under this key, and whose files it shows. Another request under the same key is refused.
    pub(crate) fn replay(&self, tx: &mut ReadTx<'_>) -> Result<Option<(Rendered, Vec<PersonId>)>> {
        let row: Option<(Vec<u8>, Vec<u8>)> = on!(tx.conn(), c => idempotency::table
            .find((self.account, &*self.text))
            .select((idempotency::fingerprint, idempotency::answer))
            .first(c)
            .optional())?;
        let Some((fingerprint, answer)) = row else { return Ok(None) };
        if fingerprint != self.fingerprint {
            return Err(Error::new(Code::IdempotencyKeyReused));
        }
        let answer = tx.keys().open(&self.context(), &answer)?;
        let Kept::<Rendered> { mut rendered, persons } = serde_json::from_slice(&answer).map_err(Error::internal)?;
        rendered.replayed = true;
        Ok(Some((rendered, persons.into_iter().map(PersonId::from).collect())))
    }

    /// Keeps the answer, in the effect's own transaction. Of two at once the later one finds the key taken and is run again, which
    /// replays.
    pub(crate) fn keep(&self, tx: &mut WriteTx<'_>, rendered: &Rendered) -> Result<()> {
        let persons = tx.subjects().iter().map(|person| *person.uuid()).collect();
        let answer = serde_json::to_vec(&Kept { rendered, persons }).map_err(Error::internal)?;
        let answer = tx.keys().seal(&self.context(), &answer)?;
        let now: Instant = tx.now();
        on!(tx.conn(), c => diesel::insert_into(idempotency::table)
            .values((
                idempotency::account_id.eq(self.account),
                idempotency::idempotency_key.eq(&*self.text),
                idempotency::fingerprint.eq(self.fingerprint.as_slice()),
                idempotency::answer.eq(&answer),
                idempotency::created_at.eq(now),
            ))
            .execute(c))?;
        Ok(())
    }
}

/// Is an answer older than those that are kept?
pub(crate) fn any_old(tx: &mut ReadTx<'_>) -> Result<bool> {
    let old = idempotency::table.filter(idempotency::created_at.lt(tx.now().plus_seconds(-KEPT_S)));
    let one: Option<Instant> = on!(tx.conn(), c => old.select(idempotency::created_at).first(c).optional())?;
    Ok(one.is_some())
}

/// Removes some of the answers that are kept no longer. Several instances may do it at once.
pub(crate) fn forget_some(tx: &mut WriteTx<'_>) -> Result<Audited<usize>> {
    let end = tx.now().plus_seconds(-KEPT_S);
    let old = idempotency::table.filter(idempotency::created_at.lt(end));
    let last = old.select(idempotency::created_at).order(idempotency::created_at).offset(BATCH - 1).limit(1);
    let last: Option<Instant> = on!(tx.conn(), c => last.first(c).optional())?;
    let some = old.filter(idempotency::created_at.le(last.unwrap_or(end)));
    let forgotten = on!(tx.conn(), c => diesel::delete(some).execute(c))?;
    tx.record(&Event::plain(Action::AnswersForgotten).with(json!({ "answers": forgotten })), forgotten)
}

/// Whose key, and which.
type Name = (AccountId, Arc<str>);
/// The fingerprint of each request that is being worked on.
type Working = Arc<Mutex<HashMap<Name, [u8; 32]>>>;

/// Keys whose first request is being worked on in this process.
#[derive(Debug, Default)]
pub(crate) struct InFlight(Working);

/// Holds a key while its request is worked on, also when the client goes away.
#[derive(Debug)]
pub(crate) struct Held {
    working: Working,
    name: Name,
}

impl InFlight {
    /// Takes the key, or says that it is taken: by another request (422) or by the same one (409).
    pub(crate) fn hold(&self, key: &Key) -> Result<Held> {
        let name = (key.account, Arc::clone(&key.text));
        let Ok(mut keys) = self.0.lock() else {
            return Err(Error::internal("the table of keys in flight is poisoned"));
        };
        match keys.get(&name) {
            Some(fingerprint) if *fingerprint != key.fingerprint => Err(Error::new(Code::IdempotencyKeyReused)),
            Some(_) => Err(Error::new(Code::IdempotencyInProgress).with_member("retry_after_s", 1)),
            None => {
                keys.insert(name.clone(), key.fingerprint);
                Ok(Held { working: Arc::clone(&self.0), name })
            }
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Ok(mut keys) = self.working.lock() {
            keys.remove(&self.name);
        }
    }
}
