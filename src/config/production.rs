//! What `mode = "production"` refuses to start on, as far as the settings alone can tell.

use super::{Config, DatabaseUrl};

/// Least memory of Argon2id in production, in KiB, with [`ARGON2_T_FLOOR`] passes: 19 MiB, the minimum OWASP's Password
/// Storage Cheat Sheet gives for Argon2id.
const ARGON2_M_KIB_FLOOR: u32 = 19 * 1024;
/// Least passes of Argon2id in production.
const ARGON2_T_FLOOR: u32 = 2;

/// Every reason not to start in production, one clear line each: what is weak and what to set instead. Does not look at
/// `mode`: the caller decides whether a reason is fatal.
pub fn refusals(config: &Config) -> Vec<String> {
    let mut found = Vec::new();
    if !config.server.bind.ip().is_loopback() {
        found.push(format!(
            "server.bind = {} serves plain HTTP beyond this machine: bind to 127.0.0.1 and put a TLS proxy in front",
            config.server.bind
        ));
    }
    if let DatabaseUrl::Postgres(url) = &config.database.url
        && url.is_remote()
        && !url.is_verified()
    {
        found.push(format!("database.url = {url} leaves this machine unverified: add sslmode=verify-full"));
    }
    let auth = &config.auth;
    if auth.argon2_m_kib < ARGON2_M_KIB_FLOOR || auth.argon2_t < ARGON2_T_FLOOR {
        found.push(format!(
            "auth.argon2_m_kib = {}, auth.argon2_t = {} make passwords cheap to guess: set at least \
             {ARGON2_M_KIB_FLOOR} and {ARGON2_T_FLOOR}",
            auth.argon2_m_kib, auth.argon2_t
        ));
    }
    for path in &config.exposed {
        found.push(format!("{0} holds a secret and everybody can read it: chmod 0400 {0}", path.display()));
    }
    found
}
