//! Passwords: which are acceptable, and argon2id on threads of its own (rows AU2, P1, P4, P5).
//!
//! A hash takes tens of milliseconds of a core and tens of megabytes. Unbounded, a burst of sign-ins takes the memory and
//! stalls every other request; here it takes at most `threads × m` and waits in a short queue.

use std::fmt;
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Block, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use tokio::sync::oneshot;
use tokio::time::timeout;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::blocklist::{self, Context};
use crate::error::{Code, Error, Result};
use crate::keys::random;

#[cfg(test)]
mod tests;

/// Fewest characters (code points in NFC) of a password that is the only factor (SP 800-63B-4 §3.1.1.2).
const MIN_CHARS: usize = 15;
/// The same beside a second factor.
const MIN_CHARS_WITH_FACTOR: usize = 8;
/// Most bytes of a password, as it was sent.
const MAX_BYTES: usize = 1024;
/// Jobs that may wait for a thread.
const QUEUE: usize = 32;
/// Longest wait for a thread.
const WAIT: Duration = Duration::from_secs(2);
/// Length in bytes of salt and hash.
const SALT_LEN: usize = 16;
const HASH_LEN: usize = 32;

/// Why a password may not be chosen. The text is for the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Longer than anybody needs.
    #[error("the password is longer than 1,024 bytes: choose a shorter one")]
    TooLong,
    /// A character that other programs end a text at.
    #[error("the password contains a NUL character: leave it out")]
    Nul,
    /// Too short, for an account with or without a second factor.
    #[error("the password is shorter than {0} characters: choose a longer one, such as several words")]
    TooShort(usize),
    /// A group of characters repeated, or a run of keys or letters.
    #[error("the password is a repetition or a run of keys: choose several unrelated words")]
    Pattern,
    /// Little more than words that belong to the account.
    #[error("the password is little more than a name, e-mail address, office or product: choose unrelated words")]
    Context,
    /// Among the first that are guessed, perhaps with digits and signs added.
    #[error("the password is a common or breached one, or a variant of one: choose several unrelated words")]
    Common,
}

/// Whether the password may be chosen; if not, every reason. Any Unicode but NUL, no composition rules, nothing is cut off.
/// Only for choosing: whoever signs in is told nothing about the form of a password.
pub fn acceptable(password: &str, second_factor: bool, context: &Context) -> Result<(), Vec<Refusal>> {
    let mut refusals = Vec::new();
    if password.len() > MAX_BYTES {
        // Nothing else is looked at: the work grows with the length.
        return Err(vec![Refusal::TooLong]);
    }
    if password.contains('\0') {
        refusals.push(Refusal::Nul);
    }
    let min = if second_factor { MIN_CHARS_WITH_FACTOR } else { MIN_CHARS };
    if password.nfc().count() < min {
        refusals.push(Refusal::TooShort(min));
    }
    refusals.extend(blocklist::refusals(password, context));
    if refusals.is_empty() { Ok(()) } else { Err(refusals) }
}

/// Cost of argon2id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Params {
    /// Memory in KiB.
    pub m_kib: u32,
    /// Passes over the memory.
    pub t: u32,
    /// Lanes. They are computed one after the other.
    pub p: u32,
}

impl fmt::Display for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "m = {} KiB, t = {}, p = {}", self.m_kib, self.t, self.p)
    }
}

impl Default for Params {
    fn default() -> Self {
        Self { m_kib: 65_536, t: 3, p: 1 }
    }
}

impl Params {
    /// The weakest that is allowed (OWASP).
    pub const FLOOR: Self = Self { m_kib: 19_456, t: 2, p: 1 };
    /// The costliest that is allowed, in a setting and in a stored hash: 1 GiB and some seconds.
    pub const CEILING: Self = Self { m_kib: 1_048_576, t: 16, p: 8 };

    fn reach(self, floor: Self) -> bool {
        self.m_kib >= floor.m_kib && self.t >= floor.t && self.p >= floor.p
    }
}

/// Why no hasher could be started. For the operator.
#[derive(Debug, thiserror::Error)]
pub enum HasherError {
    /// Parameters too weak to protect a stolen database, or too costly to sign anybody in.
    #[error(
        "password hashing with {0} is not allowed: set it between {low} and {high}",
        low = Params::FLOOR,
        high = Params::CEILING
    )]
    Params(Params),
    /// The system gave no thread.
    #[error("no thread for password hashing: {0}")]
    Thread(#[from] std::io::Error),
}

/// How far hashing threads step back (`nice(2)`).
const NICE: i32 = 10;

/// Hashes and checks passwords on max(1, cores / 2) threads. Dropping it ends them, after the hash they are at.
#[derive(Debug)]
pub struct Hasher {
    params: Params,
    wait: Duration,
    /// `None` only while being dropped.
    jobs: Option<Sender<Job>>,
    threads: Vec<JoinHandle<()>>,
}

/// A job owns all it needs: a client that goes away neither stops a running hash nor frees its place early.
type Job = Box<dyn FnOnce(&mut Memory) + Send>;

impl Hasher {
    /// Starts the threads. Their memory is taken at the first hash and kept.
    pub fn new(params: Params) -> Result<Self, HasherError> {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        Self::start(params, (cores / 2).max(1), WAIT)
    }

    fn start(params: Params, threads: usize, wait: Duration) -> Result<Self, HasherError> {
        if !params.reach(Params::FLOOR) || !Params::CEILING.reach(params) {
            return Err(HasherError::Params(params));
        }
        let (jobs, queue) = bounded(QUEUE);
        let start_one = |i| {
            let queue = queue.clone();
            thread::Builder::new().name(format!("password-{i}")).spawn(move || work_off(&queue))
        };
        let threads = (0..threads).map(start_one).collect::<Result<_, _>>()?;
        Ok(Self { params, wait, jobs: Some(jobs), threads })
    }

    /// The PHC string of the password with the current parameters and a new salt.
    ///
    /// Errors: `busy` if no thread was free within two seconds or 32 jobs are waiting already.
    pub async fn hash(&self, password: SecretString) -> Result<String> {
        let params = self.params;
        self.run(move |memory| {
            let salt = random::<SALT_LEN>();
            let hash = memory.argon2id(&password, &salt, params)?;
            Ok(phc(params, &salt, &hash))
        })
        .await
    }

    /// Whether the password is the one that `stored` was made from. `None`, for an account that does not exist or has no
    /// password, takes as long as a hash with the current parameters and is `false`.
    ///
    /// Errors: `busy` as for [`Hasher::hash`]; `internal_error` if `stored` is not an argon2id PHC string of allowed cost.
    pub async fn verify(&self, password: SecretString, stored: Option<String>) -> Result<bool> {
        let params = self.params;
        self.run(move |memory| {
            let real = stored.is_some();
            // The dummy's hash is random: nobody knows a password for it, and `real` excludes even a lucky one.
            let stored = stored.unwrap_or_else(|| phc(params, &random::<SALT_LEN>(), &random::<HASH_LEN>()));
            let stored = Stored::parse(&stored)?;
            let hash = memory.argon2id(&password, &stored.salt, stored.params)?;
            let equal: bool = hash.ct_eq(&stored.hash).into();
            Ok(equal & real)
        })
        .await
    }

    /// 503 if no more hashes can wait, so that nothing else is done for a sign-in that will be turned away.
    pub fn refuse_if_full(&self) -> Result<()> {
        if self.jobs.as_ref().is_some_and(Sender::is_full) { Err(busy()) } else { Ok(()) }
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce(&mut Memory) -> Result<T> + Send + 'static) -> Result<T> {
        let (announce, started) = oneshot::channel();
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |memory| {
            // Whoever gave up waiting has dropped the other end: no work for nobody.
            if announce.send(()).is_ok() {
                // The client may have gone since; its answer then has no reader.
                drop(answer.send(work(memory)));
            }
        });
        let jobs = self.jobs.as_ref().ok_or_else(stopped)?;
        jobs.try_send(job).map_err(|refused| match refused {
            TrySendError::Full(_) => busy(),
            TrySendError::Disconnected(_) => stopped(),
        })?;
        timeout(self.wait, started).await.map_err(|_| busy())?.map_err(|_| stopped())?;
        answered.await.map_err(|_| Error::internal("password hashing panicked"))?
    }
}

impl Drop for Hasher {
    fn drop(&mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            // A thread that panicked has ended, too.
            drop(thread.join());
        }
    }
}

fn busy() -> Error {
    Error::new(Code::Busy).with_member("retry_after_s", WAIT.as_secs())
}

fn stopped() -> Error {
    Error::internal("the password threads have stopped")
}

/// A thread's life. A panic in one job must not take the thread, and with it all sign-ins, away.
fn work_off(queue: &Receiver<Job>) {
    give_way();
    let mut memory = Memory::default();
    for job in queue {
        drop(catch_unwind(AssertUnwindSafe(|| job(&mut memory))));
    }
}

/// A hash is tens of milliseconds of a core, and whoever is signed in already waits for less than one: the scheduler lets the others go first.
/// Without it, a crowd that signs in is felt by everybody. A system that refuses has a slower tail and works.
fn give_way() {
    let this = rustix::thread::gettid();
    if let Err(error) = rustix::process::setpriority_process(Some(this), NICE) {
        tracing::debug!(%error, "hashing threads run like all others");
    }
}

/// One thread's working memory, reused: taking 64 MiB anew for each hash costs page faults. What a hash leaves in it
/// tells no more about the password than the stored hash does, so it is not wiped in between.
#[derive(Default)]
struct Memory(Vec<Block>);

impl Memory {
    fn argon2id(&mut self, password: &SecretString, salt: &[u8], params: Params) -> Result<[u8; HASH_LEN]> {
        let Params { m_kib, t, p } = params;
        let params = argon2::Params::new(m_kib, t, p, Some(HASH_LEN)).map_err(Error::internal)?;
        self.0.resize(params.block_count(), Block::new());
        // One stored hash of a higher cost must not raise the thread's memory for good.
        self.0.shrink_to_fit();
        // The same password typed on another system may arrive decomposed. The form reserves up front what NFC can grow
        // to (three times), so that no copy is left behind by growing.
        let mut normal = Zeroizing::new(String::with_capacity(3 * password.expose_secret().len()));
        normal.extend(password.expose_secret().nfc());
        let mut hash = [0; HASH_LEN];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(normal.as_bytes(), salt, &mut hash, &mut self.0)
            .map_err(Error::internal)?;
        Ok(hash)
    }
}

/// The parts of a stored PHC string.
struct Stored {
    params: Params,
    salt: Vec<u8>,
    hash: [u8; HASH_LEN],
}

impl Stored {
    /// The cost has no floor here, so that accounts outlive a raised one; the ceiling keeps a tampered row from taking the
    /// memory.
    fn parse(text: &str) -> Result<Self> {
        let unreadable = || Error::internal("a stored password hash is not argon2id v19 of allowed cost");
        let phc = PasswordHash::new(text).map_err(|_| unreadable())?;
        let cost = argon2::Params::try_from(&phc.params).map_err(|_| unreadable())?;
        let params = Params { m_kib: cost.m_cost(), t: cost.t_cost(), p: cost.p_cost() };
        let known = phc.algorithm.as_str() == Algorithm::Argon2id.as_str()
            && phc.version == Some(Version::V0x13.into())
            && Params::CEILING.reach(params);
        let salt = phc.salt.filter(|_| known).ok_or_else(unreadable)?;
        let hash = phc.hash.and_then(|hash| hash.as_bytes().try_into().ok()).ok_or_else(unreadable)?;
        Ok(Self { params, salt: salt.to_vec(), hash })
    }
}

fn phc(params: Params, salt: &[u8], hash: &[u8]) -> String {
    let Params { m_kib, t, p } = params;
    let (salt, hash) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash));
    format!("$argon2id$v=19$m={m_kib},t={t},p={p}${salt}${hash}")
}
