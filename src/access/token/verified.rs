//! Tokens whose signature was found good, so that it is not computed again on each request of the same person.
//!
//! Why this is sound: signature, issuer, audience and form of a token depend only on its bytes, its kind and the ring's
//! keys. The bytes and the kind are the key here (as SHA-256, so that no usable token lies in memory), and the keys do not
//! change during the life of the ring that owns this store. What does change — the clock, the account's rights — is
//! checked after the look-up, every time. Only tokens that passed every check enter, so strangers cannot fill it.

use std::collections::HashMap;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Claims;

/// Entries of one generation; at most two generations are kept.
const GENERATION: usize = 2048;

type Digest = [u8; 32];

/// Bounded without a list of ages: a full generation becomes the old one, and what is still used moves to the young one.
#[derive(Default)]
pub(super) struct Verified(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    young: HashMap<Digest, Claims>,
    old: HashMap<Digest, Claims>,
}

impl Verified {
    pub(super) fn get(&self, digest: &Digest) -> Option<Claims> {
        let mut generations = self.lock();
        if let Some(claims) = generations.young.get(digest) {
            return Some(*claims);
        }
        let claims = generations.old.remove(digest)?;
        generations.insert(*digest, claims);
        Some(claims)
    }

    pub(super) fn remember(&self, digest: Digest, claims: Claims) {
        self.lock().insert(digest, claims);
    }

    pub(super) fn forget(&self, digest: &Digest) {
        let mut generations = self.lock();
        generations.young.remove(digest);
        generations.old.remove(digest);
    }

    /// Every change under the lock is whole, so a panic elsewhere leaves nothing broken behind.
    fn lock(&self) -> MutexGuard<'_, Generations> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        let generations = self.lock();
        generations.young.len() + generations.old.len()
    }
}

impl Generations {
    fn insert(&mut self, digest: Digest, claims: Claims) {
        if self.young.len() >= GENERATION {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(digest, claims);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn entry(n: u64) -> (Digest, Claims) {
        let mut digest = [0; 32];
        digest[..8].copy_from_slice(&n.to_be_bytes());
        let id = Uuid::from_u64_pair(0, n);
        (digest, Claims { sub: id, sid: id, jti: id, iat: 0, exp: 0, nbf: 0, authz_version: 0, auth_time: n })
    }

    #[test]
    fn it_is_bounded_and_keeps_what_is_used() {
        let store = Verified::default();
        let (favourite, claims) = entry(0);
        store.remember(favourite, claims);
        for n in 1..20_000 {
            let (digest, claims) = entry(n);
            store.remember(digest, claims);
            if n % 1000 == 0 {
                assert_eq!(store.get(&favourite), Some(claims_of(0)), "after {n}");
            }
            assert!(store.len() <= 2 * GENERATION);
        }
        assert_eq!(store.get(&entry(1).0), None);
        assert_eq!(store.get(&entry(19_999).0), Some(claims_of(19_999)));
        store.forget(&favourite);
        assert_eq!(store.get(&favourite), None);
    }

    fn claims_of(n: u64) -> Claims {
        entry(n).1
    }
}
