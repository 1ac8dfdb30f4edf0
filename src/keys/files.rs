//! Keys on disk: one file per secret, made once, readable by the owner alone. A file is there as a whole or not at all:
//! it is written under another name and renamed.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{FIRST_SEALING_ID, KEY_LEN, Keys, Kid, MAX_TOKEN_KEYS, SealingKey, TokenFolder, TokenKey, random};

/// More than any key file holds; longer ones are not read to the end.
const MAX_FILE_LEN: usize = 1024;
const MAC_FILE: &str = "mac.key";
const LOCK_FILE: &str = ".lock";
/// How the names of files begin that are being written, or that a crash left half written.
const UNFINISHED: &str = ".new-";

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
    #[error("key file {} is open to other users (mode {mode:04o}): run chmod 400 on it, and make a new key if somebody may have copied it", path.display())]
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
    #[error("{} is no name for a key: token keys keep the name that `sakin keys rotate` gave them, the others are called seal-<number from 1>.key", path.display())]
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
    /// A new token key would be one too many.
    #[error("{} holds 4 token keys, the most there may be: run `sakin keys retire`; `sakin keys list` says when it can remove one", path.display())]
    NoRoom {
        /// The folder.
        path: PathBuf,
    },
    /// The new file would belong to somebody else than the folder, and the server could not read it.
    #[error("the key folder {} belongs to user {owner}, and this program runs as user {user}: run it as user {owner}, or the server cannot read the new key", path.display())]
    OtherUser {
        /// The folder.
        path: PathBuf,
        /// Its owner.
        owner: u32,
        /// Who runs the program.
        user: u32,
    },
    /// A key pair could not be made.
    #[error("no new key could be made: the operating system gives no randomness")]
    Generate,
}

impl KeysError {
    pub(super) fn no_token_key(dir: &Path) -> Self {
        Self::Incomplete { path: dir.to_owned(), missing: "token-*.ed25519" }
    }
}

/// What the folder holds, by name.
#[derive(Default)]
struct Listing {
    /// Oldest first.
    token: Vec<(Kid, PathBuf)>,
    mac: Option<PathBuf>,
    sealing: Vec<(u32, PathBuf)>,
}

pub(super) fn open_or_create(dir: &Path) -> Result<Keys, KeysError> {
    ensure_folder(dir)?;
    let mut listing = list(dir)?;
    if listing.is_empty() {
        create_set(dir)?;
        listing = list(dir)?;
    }
    load(dir, listing)
}

/// The names of the token keys and their files, oldest first.
pub(super) fn token_keys(dir: &Path) -> Result<Vec<(Kid, PathBuf)>, KeysError> {
    Ok(list(dir)?.token)
}

pub(super) fn token_file(kid: &Kid) -> String {
    format!("token-{}.ed25519", kid.as_str())
}

impl Listing {
    fn is_empty(&self) -> bool {
        self.token.is_empty() && self.mac.is_none() && self.sealing.is_empty()
    }
}

fn ensure_folder(dir: &Path) -> Result<(), KeysError> {
    if !dir.exists() {
        DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(|e| failed("create", dir, e))?;
        if let Some(parent) = dir.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            sync_folder(parent)?;
        }
    }
    ensure_private(dir)
}

pub(super) fn ensure_private(dir: &Path) -> Result<(), KeysError> {
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
            let Some(kid) = Kid::parse(kid) else { return Err(KeysError::Name { path }) };
            listing.token.push((kid, path));
        } else if let Some(number) = name.strip_prefix("seal-").and_then(|rest| rest.strip_suffix(".key")) {
            let Some(id) = sealing_id(number) else { return Err(KeysError::Name { path }) };
            listing.sealing.push((id, path));
        }
    }
    listing.token.sort();
    Ok(listing)
}

/// One spelling per number, so that no two files carry the same id.
fn sealing_id(text: &str) -> Option<u32> {
    text.parse().ok().filter(|id: &u32| *id > 0 && id.to_string() == text)
}

/// Two processes that start at once on an empty folder must not mix two sets.
fn create_set(dir: &Path) -> Result<(), KeysError> {
    let folder = Locked::take(dir)?;
    if !list(dir)?.is_empty() {
        return Ok(());
    }
    folder.create(MAC_FILE, &*Zeroizing::new(random::<KEY_LEN>()))?;
    folder.create(&format!("seal-{FIRST_SEALING_ID}.key"), &*Zeroizing::new(random::<KEY_LEN>()))?;
    folder.create(&token_file(&Kid::first()), &TokenKey::generate()?)
}

/// The right to change the folder: one at a time among all processes that share it. The system ends it with the process, so
/// a crash locks nobody out.
pub(super) struct Locked<'a> {
    dir: &'a Path,
    _lock: File,
}

impl<'a> Locked<'a> {
    /// Waits for whoever is changing the folder, and removes what a crash has left half written.
    pub(super) fn take(dir: &'a Path) -> Result<Self, KeysError> {
        ensure_private(dir)?;
        let path = dir.join(LOCK_FILE);
        let lock = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path);
        let lock = lock.and_then(|file| file.lock().map(|()| file)).map_err(|e| failed("lock", &path, e))?;
        for entry in fs::read_dir(dir).map_err(|e| failed("list", dir, e))? {
            let entry = entry.map_err(|e| failed("list", dir, e))?;
            if entry.file_name().as_encoded_bytes().starts_with(UNFINISHED.as_bytes()) {
                fs::remove_file(entry.path()).map_err(|e| failed("remove", &entry.path(), e))?;
            }
        }
        Ok(Self { dir, _lock: lock })
    }

    /// When this returns the file is there and stays, whatever happens to the machine.
    pub(super) fn create(&self, name: &str, secret: &[u8]) -> Result<(), KeysError> {
        let unfinished = self.dir.join(format!("{UNFINISHED}{name}"));
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o400)
            .open(&unfinished)
            .map_err(|e| failed("create", &unfinished, e))?;
        self.ensure_same_owner(&file)?;
        file.write_all(secret).and_then(|()| file.sync_all()).map_err(|e| failed("write", &unfinished, e))?;
        let path = self.dir.join(name);
        fs::rename(&unfinished, &path).map_err(|e| failed("create", &path, e))?;
        sync_folder(self.dir)
    }

    pub(super) fn remove(&self, name: &str) -> Result<(), KeysError> {
        let path = self.dir.join(name);
        fs::remove_file(&path).map_err(|e| failed("remove", &path, e))?;
        sync_folder(self.dir)
    }

    fn ensure_same_owner(&self, file: &File) -> Result<(), KeysError> {
        let owner = fs::metadata(self.dir).map_err(|e| failed("read", self.dir, e))?.uid();
        let user = file.metadata().map_err(|e| failed("read", self.dir, e))?.uid();
        if owner == user { Ok(()) } else { Err(KeysError::OtherUser { path: self.dir.to_owned(), owner, user }) }
    }
}

fn load(dir: &Path, listing: Listing) -> Result<Keys, KeysError> {
    let missing = |missing| KeysError::Incomplete { path: dir.to_owned(), missing };
    let mac_path = listing.mac.ok_or_else(|| missing(MAC_FILE))?;
    let token = load_token_keys(dir, listing.token)?;
    let mac = read(&mac_path)?;
    if mac.len() != KEY_LEN {
        return Err(malformed(mac_path, "a key of 32 bytes", &mac));
    }
    let sealing = listing.sealing.into_iter().map(|(id, path)| {
        let secret = read(&path)?;
        SealingKey::new(id, &secret).ok_or_else(|| malformed(path, "a key of 32 bytes", &secret))
    });
    Keys::assemble(token, Some(TokenFolder::new(dir)), &mac, sealing.collect::<Result<_, _>>()?)
        .ok_or_else(|| missing("seal-*.key"))
}

/// At least one and at most four.
pub(super) fn load_token_keys(dir: &Path, named: Vec<(Kid, PathBuf)>) -> Result<Vec<TokenKey>, KeysError> {
    if named.is_empty() {
        return Err(KeysError::no_token_key(dir));
    }
    if named.len() > MAX_TOKEN_KEYS {
        return Err(KeysError::TooManyTokenKeys { path: dir.to_owned(), found: named.len() });
    }
    let load = |(kid, path): (Kid, PathBuf)| {
        let secret = read(&path)?;
        TokenKey::parse(kid, &secret).ok_or_else(|| malformed(path, "an Ed25519 key in PKCS#8", &secret))
    };
    named.into_iter().map(load).collect()
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
