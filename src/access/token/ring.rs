//! The token keys in memory, and how they follow the key folder while the program runs (row S6).
//!
//! Nothing has to be told that keys have changed: whoever signs or judges a token in a new second looks at the folder first,
//! and everybody else of that second waits for that look. A new key signs only some seconds after it is there, so a token
//! is never met before its key. And as a token cannot cause a second look in a second, forged names of keys read no disk.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use jsonwebtoken::{DecodingKey, EncodingKey};

use super::OVERLAP_S;
use super::verified::Verified;
use crate::keys::{Keys, Kid, TokenFolder, TokenKey};

/// A set of keys that stays as it is: other keys make another set. What was verified with it goes with it.
pub(super) struct KeySet {
    /// Oldest first, at least one.
    keys: Vec<Key>,
    pub(super) verified: Verified,
}

/// Every key is Ed25519.
pub(super) struct Key {
    pub(super) kid: Kid,
    pub(super) private: EncodingKey,
    pub(super) public: DecodingKey,
    /// The second from which none of its tokens is accepted.
    pub(super) ends_at: u64,
}

impl KeySet {
    fn new(keys: &[TokenKey]) -> Self {
        let successors = keys.iter().skip(1).map(|key| Some(&key.kid)).chain([None]);
        let keys = keys.iter().zip(successors).map(|(key, successor)| Key {
            kid: key.kid.clone(),
            private: EncodingKey::from_ed_der(key.private()),
            public: DecodingKey::from_ed_der(&key.public),
            ends_at: Kid::ends_at(successor, OVERLAP_S),
        });
        Self { keys: keys.collect(), verified: Verified::default() }
    }

    pub(super) fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// The key that signs at `now`: the newest whose time has come, or the oldest if its predecessors were taken away.
    pub(super) fn signing(&self, now: u64) -> Option<&Key> {
        self.keys.iter().rfind(|key| key.kid.signs_from() <= now).or_else(|| self.keys.first())
    }
}

/// The keys of the moment.
pub(super) struct Current {
    set: RwLock<Arc<KeySet>>,
    /// None if the keys are never written: then they never change.
    folder: Option<TokenFolder>,
    /// The last second in which the folder was looked at.
    looked_at: AtomicU64,
    /// Held while looking: why the last look failed, so that the log says it once and not every second.
    looking: Mutex<Option<String>>,
}

impl Current {
    pub(super) fn new(keys: &Keys) -> Self {
        Self {
            set: RwLock::new(Arc::new(KeySet::new(keys.token_keys()))),
            folder: keys.token_folder().cloned(),
            looked_at: AtomicU64::new(0),
            looking: Mutex::default(),
        }
    }

    /// The keys as they lie in the folder in the second `now`.
    pub(super) fn at(&self, now: u64) -> Arc<KeySet> {
        if let Some(folder) = &self.folder
            && self.looked_at.load(Ordering::Acquire) < now
        {
            let mut failure = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
            if self.looked_at.load(Ordering::Acquire) < now {
                self.look(folder, &mut failure);
                self.looked_at.store(now, Ordering::Release);
            }
        }
        self.get()
    }

    /// A folder that cannot be read, or holds something wrong, changes nothing: tokens stay good while somebody repairs it.
    fn look(&self, folder: &TokenFolder, failure: &mut Option<String>) {
        let known = self.get();
        match folder.changed(known.keys.iter().map(|key| &key.kid)) {
            Ok(None) => *failure = None,
            Ok(Some(keys)) => {
                let set = Arc::new(KeySet::new(&keys));
                tracing::info!(keys = set.keys.len(), "token keys have changed");
                *self.set.write().unwrap_or_else(PoisonError::into_inner) = set;
                *failure = None;
            }
            Err(error) => {
                let error = error.to_string();
                if failure.as_ref() != Some(&error) {
                    tracing::error!(error, "token keys stay as they are");
                }
                *failure = Some(error);
            }
        }
    }

    fn get(&self) -> Arc<KeySet> {
        Arc::clone(&self.set.read().unwrap_or_else(PoisonError::into_inner))
    }
}
