//! New token keys beside the old ones, and the end of the old. Whoever shares the folder learns of both by looking at it.

use std::path::{Path, PathBuf};

use super::files::{self, Locked};
use super::{KeysError, Kid, MAX_TOKEN_KEYS, TokenKey};

/// How long a new key waits before it signs: every instance looks at the folder at least once in that time, or before the
/// first token that it judges afterwards. So nobody meets a token of a key that it could not know.
const WAIT_S: u64 = 10;

/// The folder of token keys, which changes while the program runs. Its other keys do not.
#[derive(Clone, Debug)]
pub(crate) struct TokenFolder(PathBuf);

/// A token key at a given second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// New: accepted, but does not sign yet.
    Waiting,
    /// Signs.
    Signing,
    /// Its successor signs; its own tokens are still good.
    Ending,
    /// None of its tokens can be good.
    Ended,
}

/// A token key as its name tells.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Described {
    pub(crate) kid: Kid,
    pub(crate) stage: Stage,
    /// [`Kid::ends_at`].
    pub(crate) ends_at: u64,
}

impl TokenFolder {
    pub(crate) fn new(dir: &Path) -> Self {
        Self(dir.to_owned())
    }

    /// The keys that lie there now, unless they are those of `known`. A name is never used for a second key, so names say
    /// enough, and the usual answer costs no more than listing a handful of them.
    pub(crate) fn changed<'a>(&self, known: impl Iterator<Item = &'a Kid>) -> Result<Option<Vec<TokenKey>>, KeysError> {
        let named = files::token_keys(&self.0)?;
        if named.iter().map(|(kid, _)| kid).eq(known) {
            return Ok(None);
        }
        files::ensure_private(&self.0)?;
        files::load_token_keys(&self.0, named).map(Some)
    }

    /// The keys by name, oldest first. `overlap_s` is how long a key is accepted after its successor began to sign.
    pub(crate) fn describe(&self, now: u64, overlap_s: u64) -> Result<Vec<Described>, KeysError> {
        let kids: Vec<Kid> = files::token_keys(&self.0)?.into_iter().map(|(kid, _)| kid).collect();
        let successors = kids.iter().skip(1).map(Some).chain([None]);
        let described = kids.iter().zip(successors).map(|(kid, successor)| {
            let ends_at = Kid::ends_at(successor, overlap_s);
            let stage = if ends_at <= now {
                Stage::Ended
            } else if successor.is_some_and(|next| next.signs_from() <= now) {
                Stage::Ending
            } else if kid.signs_from() <= now {
                Stage::Signing
            } else {
                Stage::Waiting
            };
            Described { kid: kid.clone(), stage, ends_at }
        });
        Ok(described.collect())
    }

    /// Makes a new key that will sign from a few seconds after `now`, and later than every other.
    pub(crate) fn rotate(&self, now: u64) -> Result<Kid, KeysError> {
        let folder = Locked::take(&self.0)?;
        let named = files::token_keys(&self.0)?;
        let (newest, _) = named.last().ok_or_else(|| KeysError::no_token_key(&self.0))?;
        if named.len() >= MAX_TOKEN_KEYS {
            return Err(KeysError::NoRoom { path: self.0.clone() });
        }
        let kid = Kid::fresh((now + WAIT_S).max(newest.signs_from() + 1));
        folder.create(&files::token_file(&kid), &TokenKey::generate()?)?;
        Ok(kid)
    }

    /// Removes the keys that have ended. The one that signs never has.
    pub(crate) fn retire(&self, now: u64, overlap_s: u64) -> Result<Vec<Kid>, KeysError> {
        let folder = Locked::take(&self.0)?;
        let ended = self.describe(now, overlap_s)?.into_iter().filter(|key| key.stage == Stage::Ended);
        let kids: Vec<Kid> = ended.map(|key| key.kid).collect();
        for kid in &kids {
            folder.remove(&files::token_file(kid))?;
        }
        Ok(kids)
    }
}
