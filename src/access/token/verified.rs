//! Tokens whose signature was found good, so that it is not computed again on each request of the same person.
//!
//! Why this is sound: signature, issuer, audience and form of a token depend only on its bytes, its kind and the installation's
//! keys. The bytes and the kind are the key here (as SHA-256, so that no usable token lies in memory), and the set of keys
//! that owns this store does not change: other keys are another set with an empty store. What does change — the clock, the
//! account's rights — is checked after the look-up, every time. Only tokens that passed every check enter, so strangers
//! cannot fill it.

use std::collections::HashMap;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Claims;

/// Entries of one generation; at most two generations are kept.
const GENERATION: usize = 2048;

type Digest = [u8; 32];

/// What is known of a token whatever the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) claims: Claims,
    /// The second from which the key that signed it is not accepted.
    pub(super) key_ends_at: u64,
}

/// Bounded without a list of ages: a full generation becomes the old one, and what is still used moves to the young one.
#[derive(Default)]
pub(super) struct Verified(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    young: HashMap<Digest, Known>,
    old: HashMap<Digest, Known>,
}

impl Verified {
    pub(super) fn get(&self, digest: &Digest) -> Option<Known> {
        let mut generations = self.lock();
        if let Some(known) = generations.young.get(digest) {
            return Some(*known);
        }
        let known = generations.old.remove(digest)?;
        generations.insert(*digest, known);
        Some(known)
    }

    pub(super) fn remember(&self, digest: Digest, known: Known) {
        self.lock().insert(digest, known);
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
    fn insert(&mut self, digest: Digest, known: Known) {
        if self.young.len() >= GENERATION {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(digest, known);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn entry(n: u64) -> (Digest, Known) {
        let mut digest = [0; 32];
        digest[..8].copy_from_slice(&n.to_be_bytes());
        let id = Uuid::from_u64_pair(0, n);
        let claims = Claims { sub: id, sid: id, jti: id, iat: 0, exp: 0, nbf: 0, authz_version: 0, auth_time: n };
        (digest, Known { claims, key_ends_at: n })
    }

    #[test]
    fn it_is_bounded_and_keeps_what_is_used() {
        let store = Verified::default();
        let (favourite, known) = entry(0);
        store.remember(favourite, known);
        for n in 1..20_000 {
            let (digest, known) = entry(n);
            store.remember(digest, known);
            if n % 1000 == 0 {
                assert_eq!(store.get(&favourite), Some(known_of(0)), "after {n}");
            }
            assert!(store.len() <= 2 * GENERATION);
        }
        assert_eq!(store.get(&entry(1).0), None);
        assert_eq!(store.get(&entry(19_999).0), Some(known_of(19_999)));
        store.forget(&favourite);
        assert_eq!(store.get(&favourite), None);
    }

    fn known_of(n: u64) -> Known {
        entry(n).1
    }
}
