//! The installation's secrets: token signing keys, the MAC key, the sealing keys. Each is one file that only its owner may
//! read (row K1); nothing in this module prints, serialises or compares one in variable time. Token keys are replaced while
//! the program runs (row S6), the others are not.

use std::fmt;
use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use aws_lc_rs::{digest, hmac, rand};
use secrecy::{ExposeSecret, SecretSlice};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::error::{Error, Result};

mod files;
mod kid;
mod rotation;
#[cfg(test)]
mod tests;

pub use files::KeysError;
pub(crate) use kid::Kid;
pub(crate) use rotation::{Described, Stage, TokenFolder};

/// Length in bytes of the MAC key and of every sealing key.
const KEY_LEN: usize = 32;
const KEY_ID_LEN: usize = size_of::<u32>();
/// Most token keys of an installation: the signing one, its predecessor, its successor, and room for one made by mistake
/// (row S2).
const MAX_TOKEN_KEYS: usize = 4;
const FIRST_SEALING_ID: u32 = 1;

/// All secrets of one installation, ready for use: the MAC and sealing contexts are built once, because every request
/// needs them several times. AWS-LC wipes those contexts when they are freed, `secrecy` the signing keys.
pub struct Keys {
    /// As they were at the start, in order of their names.
    token: Vec<TokenKey>,
    /// Where the token keys of later lie; none if these are never written.
    folder: Option<TokenFolder>,
    mac: hmac::Key,
    sealing: SealingKey,
    /// Earlier sealing keys: they open what they sealed and seal nothing more.
    opening: Vec<SealingKey>,
}

/// One Ed25519 key pair.
pub(super) struct TokenKey {
    pub(super) kid: Kid,
    pkcs8: SecretSlice<u8>,
    pub(super) public: [u8; 32],
}

struct SealingKey {
    id: u32,
    key: RandomizedNonceKey,
}

impl Keys {
    /// Reads the keys in `dir`, or makes a first set if the folder is missing or holds none.
    ///
    /// Files: `token-<kid>.ed25519` (PKCS#8; at most 4, the name says from when it signs), `mac.key`, `seal-<number>.key`
    /// (32 raw bytes; the highest number seals, all open). A set with a part missing is refused rather than completed: a
    /// new key in place of a lost one would make every earlier audit event or sealed field look forged.
    pub fn open_or_create(dir: &Path) -> Result<Self, KeysError> {
        files::open_or_create(dir)
    }

    /// Random keys that are never written anywhere: for tests and throw-away installations.
    pub fn ephemeral() -> Result<Self, KeysError> {
        let token = TokenKey::parse(Kid::first(), &TokenKey::generate()?).ok_or(KeysError::Generate)?;
        let mac = Zeroizing::new(random::<KEY_LEN>());
        let sealing = SealingKey::new(FIRST_SEALING_ID, &*Zeroizing::new(random::<KEY_LEN>()));
        Self::assemble(vec![token], None, &*mac, vec![sealing.ok_or(KeysError::Generate)?]).ok_or(KeysError::Generate)
    }

    /// `None` if there is no sealing key.
    fn assemble(
        token: Vec<TokenKey>,
        folder: Option<TokenFolder>,
        mac: &[u8],
        mut sealing: Vec<SealingKey>,
    ) -> Option<Self> {
        sealing.sort_by_key(|key| key.id);
        Some(Self {
            token,
            folder,
            mac: hmac::Key::new(hmac::HMAC_SHA256, mac),
            sealing: sealing.pop()?,
            opening: sealing,
        })
    }

    /// The token keys that were there at the start, oldest first.
    pub(super) fn token_keys(&self) -> &[TokenKey] {
        &self.token
    }

    /// Where to look for the token keys of later.
    pub(super) fn token_folder(&self) -> Option<&TokenFolder> {
        self.folder.as_ref()
    }

    /// HMAC-SHA-256 over `parts` for one purpose. Domain and parts are framed by their lengths, so that neither another
    /// domain nor another split of the same bytes gives the same value.
    pub fn mac(&self, domain: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.mac);
        for part in std::iter::once(&domain.as_bytes()).chain(parts) {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        array(context.sign().as_ref())
    }

    /// Whether `tag` is the MAC of `parts`, compared in constant time. A truncated tag is not.
    pub fn mac_matches(&self, domain: &str, parts: &[&[u8]], tag: &[u8]) -> bool {
        self.mac(domain, parts).as_slice().ct_eq(tag).into()
    }

    /// The number of the key that [`Keys::seal`] uses now.
    pub fn sealing_key_id(&self) -> u32 {
        self.sealing.id
    }

    /// Encrypts a field with AES-256-GCM-SIV: `key id (4, big-endian) ‖ nonce (12) ‖ ciphertext ‖ tag (16)`.
    ///
    /// `context` says where the value lives (table‖column‖row): together with the key id it is authenticated, so a
    /// ciphertext moved to another place does not open (row D1).
    ///
    /// Random nonces: SIV degrades gently, a repeated nonce shows only that two plaintexts of one context are equal, so
    /// the 2³² values per key of plain GCM are not a cliff here.
    pub fn seal(&self, context: &str, plain: &[u8]) -> Result<Vec<u8>> {
        let id = self.sealing.id.to_be_bytes();
        let mut text = Vec::with_capacity(plain.len() + AES_256_GCM_SIV.tag_len());
        text.extend_from_slice(plain);
        let nonce = self
            .sealing
            .key
            .seal_in_place_append_tag(bound_to(context, id), &mut text)
            .map_err(|_| Error::internal("a field could not be sealed: too long, or no randomness"))?;
        Ok([id.as_slice(), nonce.as_ref(), &text].concat())
    }

    /// Opens what [`Keys::seal`] made for the same context.
    ///
    /// Errors: `internal_error` if the value was changed, moved, cut, or sealed with a key this installation lacks. The log
    /// says which of the last two or "changed or moved", never the context or the content.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>> {
        let parts = sealed.split_first_chunk::<KEY_ID_LEN>();
        let Some((id, Some((nonce, text)))) = parts.map(|(id, rest)| (id, rest.split_first_chunk::<NONCE_LEN>()))
        else {
            return Err(Error::internal("a sealed field is cut short: restore it from a backup"));
        };
        let number = u32::from_be_bytes(*id);
        let Some(key) = std::iter::once(&self.sealing).chain(&self.opening).find(|key| key.id == number) else {
            return Err(Error::internal(format_args!("no sealing key {number}: restore seal-{number}.key")));
        };
        let mut text = text.to_vec();
        let length = key
            .key
            .open_in_place(Nonce::assume_unique_for_key(*nonce), bound_to(context, *id), &mut text)
            .map_err(|_| Error::internal("a sealed field was changed or moved to another row"))?
            .len();
        text.truncate(length);
        Ok(text)
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").finish_non_exhaustive()
    }
}

impl TokenKey {
    fn generate() -> Result<Zeroizing<Vec<u8>>, KeysError> {
        let document = Ed25519KeyPair::generate_pkcs8(&rand::SystemRandom::new()).map_err(|_| KeysError::Generate)?;
        Ok(Zeroizing::new(document.as_ref().to_vec()))
    }

    /// `None` if the bytes are not an Ed25519 key pair in PKCS#8, or hold a public key that is not the private key's.
    fn parse(kid: Kid, pkcs8: &[u8]) -> Option<Self> {
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8).ok()?;
        let public = pair.public_key().as_ref().try_into().ok()?;
        Some(Self { kid, pkcs8: SecretSlice::from(pkcs8.to_vec()), public })
    }

    /// The private half, for the token wrapper alone.
    pub(super) fn private(&self) -> &[u8] {
        self.pkcs8.expose_secret()
    }
}

impl SealingKey {
    /// `None` if the key is not 32 bytes long.
    fn new(id: u32, key: &[u8]) -> Option<Self> {
        Some(Self { id, key: RandomizedNonceKey::new(&AES_256_GCM_SIV, key).ok()? })
    }
}

/// The key id has a fixed length and comes last, so context and id cannot be confused.
fn bound_to(context: &str, key_id: [u8; KEY_ID_LEN]) -> Aad<Vec<u8>> {
    Aad::from([context.as_bytes(), &key_id].concat())
}

/// SHA-256 of the parts one after the other. They are *not* framed, as the published formats of the audit log demand: the
/// caller gives every part but the last a fixed length.
pub fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(part);
    }
    array(context.finish().as_ref())
}

/// Bytes as lower-case hex digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or_default();
        text.extend([digit(byte >> 4), digit(byte & 15)]);
        text
    })
}

/// Bytes of the operating system's generator, for keys, salts and one-time codes.
///
/// # Panics
/// If the operating system gives none.
#[expect(clippy::expect_used, reason = "without randomness no secret may be made: stopping is the only safe answer")]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).expect("the operating system gives no random bytes");
    bytes
}

/// SHA-256 and HMAC-SHA-256 give 32 bytes.
fn array(bytes: &[u8]) -> [u8; 32] {
    let mut array = [0; 32];
    array.copy_from_slice(bytes);
    array
}
