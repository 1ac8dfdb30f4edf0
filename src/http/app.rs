//! What a running program has: made once by `web::server` or a test, shared by every request.

use std::sync::Arc;

use chrono::NaiveDate;
use chrono_tz::Tz;
use secrecy::SecretString;

#[cfg(feature = "passkeys")]
use crate::access::passkey::RelyingParty;
use crate::access::password::Hasher;
use crate::access::reads::{self, Reads};
use crate::access::standing::Standings;
use crate::access::throttle::{Buckets, Guesses};
use crate::access::token::KeyRing;
use crate::clock::Instant;
use crate::config::Networks;
use crate::db::{Audited, Caller, Db, ReadTx, WriteTx};
use crate::error::Result;
use crate::law::{Language, Pack};

/// The law in force for this installation.
pub struct Law {
    /// The pack.
    pub pack: Pack,
    /// SHA-256 over its files, lower-case hex: an answer names it, so that it can be computed again.
    pub hash: String,
    /// The zone in which its dates are civil dates.
    pub zone: Tz,
    /// Its files, name and text: what is kept beside a decision, so that the sum can be done again when the program has another pack.
    pub files: Vec<(String, String)>,
}

/// Settings that requests see.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Largest body, bytes.
    pub body_bytes: usize,
    /// Longest time for a body to arrive, s.
    pub body_timeout_s: u64,
    /// Life of an access token, s.
    pub access_token_s: u64,
    /// Must everybody but applicants have a second factor?
    pub second_factor_required: bool,
    /// Must it be a passkey for the roles that say so?
    pub passkey_required: bool,
    /// How much one account may look at.
    pub looks: reads::Limits,
    /// Name of this installation, as authenticators show it.
    pub installation: String,
    /// The site that passkeys are made for; none where they are switched off.
    #[cfg(feature = "passkeys")]
    pub(crate) relying_party: Option<RelyingParty>,
    /// Age at which a source of the law is overdue for verification, days.
    pub verify_within_days: u32,
    /// Language of sentences where a reader has not chosen one of ours.
    pub language: Language,
}

/// The program's parts.
pub struct App {
    pub(crate) db: Db,
    pub(crate) tokens: KeyRing,
    pub(crate) hasher: Hasher,
    pub(crate) standings: Standings,
    pub(crate) law: Arc<Law>,
    pub(crate) limits: Limits,
    /// Tries to prove who somebody is, per network and altogether.
    pub(crate) tries: Buckets,
    /// Guesses at numbers that anybody may look up.
    pub(crate) guesses: Guesses,
    /// What accounts have looked at.
    pub(crate) reads: Arc<Reads>,
    /// Proxies that say truly who called them.
    pub(crate) trusted_proxies: Networks,
    pub(crate) in_flight: super::idempotency::InFlight,
}

impl App {
    /// Puts the parts together.
    pub(crate) fn new(
        db: Db,
        tokens: KeyRing,
        hasher: Hasher,
        law: Arc<Law>,
        limits: Limits,
        tries: Buckets,
        trusted_proxies: Networks,
    ) -> Self {
        let (standings, in_flight) = (Standings::default(), super::idempotency::InFlight::default());
        let reads = Arc::new(Reads::new(limits.looks));
        let guesses = Guesses::default();
        Self { db, tokens, hasher, standings, law, limits, tries, guesses, reads, trusted_proxies, in_flight }
    }

    /// Where the data lives.
    pub fn target(&self) -> &crate::db::Target {
        self.db.target()
    }

    /// The law of this installation.
    pub fn law(&self) -> &Law {
        &self.law
    }

    /// Hashes a password on the hashing threads.
    pub(crate) async fn hash(&self, password: SecretString) -> Result<String> {
        self.hasher.hash(password).await
    }

    /// What the program itself reads, at its start or at the command line: accounts and settings, no file.
    pub(crate) async fn program_read<T, F>(&self, what: &'static str, act: F) -> Result<T>
    where
        F: Fn(&mut ReadTx<'_>) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        self.db.glance(Caller::program(what), act).await
    }

    /// What the program itself writes, at its start or at the command line.
    pub(crate) async fn program_write<T, F>(&self, caller: Caller, act: F) -> Result<T>
    where
        F: Fn(&mut WriteTx<'_>) -> Result<Audited<T>> + Send + 'static,
        T: Send + 'static,
    {
        self.db.write_patiently(caller, act).await
    }

    /// The present instant.
    pub fn now(&self) -> Instant {
        self.db.clock().now()
    }

    /// Today in the zone of the law.
    pub fn today(&self) -> NaiveDate {
        self.now().date(self.law.zone)
    }
}
