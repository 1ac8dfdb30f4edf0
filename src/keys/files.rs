//! Keys on disk: one file per secret, made once, readable by the owner alone.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{FIRST_KID, FIRST_SEALING_ID, KEY_LEN, Keys, SealingKey, TokenKey, random};

/// Most token keys of an installation: the signing one, its predecessor, and room for a botched rotation (row S2).
const MAX_TOKEN_KEYS: usize = 4;
/// More than any key file holds; longer ones are not read to the end.
const MAX_FILE_LEN: usize = 1024;
const MAC_FILE: &str = "mac.key";

/// Why the keys cannot be used: what, where, what to do. For the operator at start-up, never for a client.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The operating system refused.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io {
        /// What was being done: `read`, `create` …
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Others than the owner may read or change a key file.
    #[error("key file {} is open to other users (mode {mode:04o}): run chmod 600 on it, and make a new key if somebody may have copied it", path.display())]
    FileOpenToOthers {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Others than the owner may put files into the key folder.
    #[error("other users may change the key folder {} (mode {mode:04o}): run chmod 700 on it", path.display())]
    FolderOpenToOthers {
        /// The folder.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Not the content a key file of this name has.
    #[error("{} is not {expected}, it has {found} bytes: restore it from the backup of the keys", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What it must be.
        expected: &'static str,
        /// Its length, at most 1,025.
        found: usize,
    },
    /// A token or sealing key whose file name does not follow the rule.
    #[error("{} is no name for a key: use token-<1 to 64 of A-Z a-z 0-9 _ ->.ed25519 or seal-<number from 1>.key", path.display())]
    Name {
        /// The file.
        path: PathBuf,
    },
    /// More token keys than a ring holds.
    #[error("{} holds {found} token keys, at most 4 are allowed: remove the oldest token-*.ed25519", path.display())]
    TooManyTokenKeys {
        /// The folder.
        path: PathBuf,
        /// How many.
        found: usize,
    },
    /// Some keys are there, others are not.
    #[error(
        "{} holds keys, but no {missing}: restore it from the backup of the keys, or empty the folder if this installation has no data yet",
        path.display()
    )]
    Incomplete {
        /// The folder.
        path: PathBuf,
        /// The file that is missing.
        missing: &'static str,
    },
    /// A key pair could not be made.
    #[error("no new key could be made: the operating system gives no randomness")]
    Generate,
}

/// What the folder holds, by name.
#[derive(Default)]
struct Listing {
    token: Vec<(String, PathBuf)>,
    mac: Option<PathBuf>,
    sealing: Vec<(u32, PathBuf)>,
}

pub(super) fn open_or_create(dir: &Path) -> Result<Keys, KeysError> {
    ensure_folder(dir)?;
    let mut listing = list(dir)?;
    if listing.token.is_empty() && listing.mac.is_none() && listing.sealing.is_empty() {
        create_set(dir)?;
        listing = list(dir)?;
    }
    load(dir, listing)
}

fn ensure_folder(dir: &Path) -> Result<(), KeysError> {
    if !dir.exists() {
        DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(|e| failed("create", dir, e))?;
        if let Some(parent) = dir.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            sync_folder(parent)?;
        }
    }
    let mode = fs::metadata(dir).map_err(|e| failed("read", dir, e))?.mode() & 0o7777;
    // Whoever may add a file here can give the installation a signing key of their own.
    if mode & 0o022 != 0 {
        return Err(KeysError::FolderOpenToOthers { path: dir.to_owned(), mode });
    }
    Ok(())
}

/// Files of other names are left alone, but a key with a slip in its name is an error: silence would drop it from the ring.
fn list(dir: &Path) -> Result<Listing, KeysError> {
    let mut listing = Listing::default();
    for entry in fs::read_dir(dir).map_err(|e| failed("list", dir, e))? {
        let path = entry.map_err(|e| failed("list", dir, e))?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if name == MAC_FILE {
            listing.mac = Some(path);
        } else if let Some(kid) = name.strip_prefix("token-").and_then(|rest| rest.strip_suffix(".ed25519")) {
            if !is_kid(kid) {
                return Err(KeysError::Name { path });
            }
            listing.token.push((kid.to_owned(), path));
        } else if let Some(number) = name.strip_prefix("seal-").and_then(|rest| rest.strip_suffix(".key")) {
            let Some(id) = sealing_id(number) else { return Err(KeysError::Name { path }) };
            listing.sealing.push((id, path));
        }
    }
    Ok(listing)
}

fn is_kid(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

/// One spelling per number, so that no two files carry the same id.
fn sealing_id(text: &str) -> Option<u32> {
    text.parse().ok().filter(|id: &u32| *id > 0 && id.to_string() == text)
}

fn create_set(dir: &Path) -> Result<(), KeysError> {
    create(&dir.join(MAC_FILE), &*Zeroizing::new(random::<KEY_LEN>()))?;
    create(&dir.join(format!("seal-{FIRST_SEALING_ID}.key")), &*Zeroizing::new(random::<KEY_LEN>()))?;
    create(&dir.join(format!("token-{FIRST_KID}.ed25519")), &TokenKey::generate()?)?;
    sync_folder(dir)
}

/// `create_new` is `O_EXCL`: a key that another process made in the meantime is never overwritten.
fn create(path: &Path, secret: &[u8]) -> Result<(), KeysError> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(|e| failed("create", path, e))?;
    file.write_all(secret).and_then(|()| file.sync_all()).map_err(|e| failed("write", path, e))
}

fn load(dir: &Path, listing: Listing) -> Result<Keys, KeysError> {
    let missing = |missing| KeysError::Incomplete { path: dir.to_owned(), missing };
    let mac_path = listing.mac.ok_or_else(|| missing(MAC_FILE))?;
    if listing.token.len() > MAX_TOKEN_KEYS {
        return Err(KeysError::TooManyTokenKeys { path: dir.to_owned(), found: listing.token.len() });
    }
    if listing.token.is_empty() {
        return Err(missing("token-*.ed25519"));
    }
    let token = listing.token.into_iter().map(|(kid, path)| {
        let secret = read(&path)?;
        TokenKey::parse(&kid, &secret).ok_or_else(|| malformed(path, "an Ed25519 key in PKCS#8", &secret))
    });
    let mac = read(&mac_path)?;
    if mac.len() != KEY_LEN {
        return Err(malformed(mac_path, "a key of 32 bytes", &mac));
    }
    let sealing = listing.sealing.into_iter().map(|(id, path)| {
        let secret = read(&path)?;
        SealingKey::new(id, &secret).ok_or_else(|| malformed(path, "a key of 32 bytes", &secret))
    });
    let (token, sealing) = (token.collect::<Result<_, _>>()?, sealing.collect::<Result<_, _>>()?);
    Keys::assemble(token, &mac, sealing).ok_or_else(|| missing("seal-*.key"))
}

/// Rights are read from the opened file, not from its name, which could be swapped in between.
fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, KeysError> {
    let file = File::open(path).map_err(|e| failed("open", path, e))?;
    let mode = file.metadata().map_err(|e| failed("read", path, e))?.mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(KeysError::FileOpenToOthers { path: path.to_owned(), mode });
    }
    // The buffer never grows: growing would leave a copy behind that nobody wipes.
    let mut secret = Zeroizing::new(Vec::with_capacity(MAX_FILE_LEN + 64));
    file.take(MAX_FILE_LEN as u64 + 1).read_to_end(&mut secret).map_err(|e| failed("read", path, e))?;
    Ok(secret)
}

fn sync_folder(dir: &Path) -> Result<(), KeysError> {
    File::open(dir).and_then(|folder| folder.sync_all()).map_err(|e| failed("sync", dir, e))
}

fn failed(doing: &'static str, path: &Path, source: io::Error) -> KeysError {
    KeysError::Io { doing, path: path.to_owned(), source }
}

fn malformed(path: PathBuf, expected: &'static str, secret: &[u8]) -> KeysError {
    KeysError::Malformed { path, expected, found: secret.len() }
}
