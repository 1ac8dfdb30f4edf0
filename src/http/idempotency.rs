//! Retries. A key commits in the same transaction as its effect, with the answer beside it, sealed; what had no effect leaves no key.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use diesel::prelude::*;

use super::answer::Rendered;
use crate::clock::Instant;
use crate::db::schema::idempotency;
use crate::db::{ReadTx, WriteTx, on};
use crate::error::{Code, Error, Result};
use crate::id::AccountId;

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

    /// The answer given before under this key. Another request under the same key is refused.
    pub(crate) fn replay(&self, tx: &mut ReadTx<'_>) -> Result<Option<Rendered>> {
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
        let mut rendered: Rendered = serde_json::from_slice(&answer).map_err(Error::internal)?;
        rendered.replayed = true;
        Ok(Some(rendered))
    }

    /// Keeps the answer, in the effect's own transaction. Of two at once the later one finds the key taken and is run again, which
    /// replays.
    pub(crate) fn keep(&self, tx: &mut WriteTx<'_>, answer: &Rendered) -> Result<()> {
        let answer = serde_json::to_vec(answer).map_err(Error::internal)?;
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
