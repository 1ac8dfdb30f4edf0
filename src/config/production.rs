//! What `mode = "production"` refuses to start on, as far as the settings alone can tell.

use super::{Config, DatabaseUrl, SecondFactor, Source};

/// Least memory of Argon2id in production, in KiB, with [`ARGON2_T_FLOOR`] passes: 19 MiB, the minimum OWASP's Password
/// Storage Cheat Sheet gives for Argon2id.
const ARGON2_M_KIB_FLOOR: u32 = 19 * 1024;
/// Least passes of Argon2id in production.
const ARGON2_T_FLOOR: u32 = 2;

/// Every reason not to start in production, one clear line each: what is weak and what to set instead. Does not look at
/// `mode`: the caller decides whether a reason is fatal.
pub fn refusals(config: &Config) -> Vec<String> {
    let mut found = Vec::new();
    let server = &config.server;
    if !server.bind.ip().is_loopback() && server.tls_certificate.is_none() {
        found.push(format!(
            "server.bind = {} serves plain HTTP beyond this machine: set server.tls_certificate and server.tls_key, or bind \
             to 127.0.0.1 and put a TLS proxy in front",
            server.bind
        ));
    }
    if let Some(network) = server.trusted_proxies.everybody() {
        found.push(format!(
            "server.trusted_proxies = {network} lets everybody claim any address: name the proxies in front of this server"
        ));
    }
    if let DatabaseUrl::Postgres(url) = &config.database.url {
        if url.is_remote() && !url.is_verified() {
            found.push(format!("database.url = {url} leaves this machine unverified: add sslmode=verify-full"));
        }
        if url.has_password() && config.origins.get("database.url") == Some(&Source::Env(URL_VARIABLE.to_owned())) {
            found.push(format!(
                "{URL_VARIABLE} holds a password, and an environment is copied to children and dumps: name a file with \
                 the address in {URL_VARIABLE}_FILE"
            ));
        }
    }
    let auth = &config.auth;
    if auth.second_factor == SecondFactor::Offered {
        found.push("auth.second_factor = \"offered\" lets a stolen password in: set \"required\"".to_owned());
    }
    if auth.argon2_m_kib < ARGON2_M_KIB_FLOOR || auth.argon2_t < ARGON2_T_FLOOR {
        found.push(format!(
            "auth.argon2_m_kib = {}, auth.argon2_t = {} make passwords cheap to guess: set at least \
             {ARGON2_M_KIB_FLOOR} and {ARGON2_T_FLOOR}",
            auth.argon2_m_kib, auth.argon2_t
        ));
    }
    if let Some(directive) = config.log.filter.beyond_our_own() {
        found.push(format!(
            "log.filter = \"{directive}\" logs more than info of other modules than sakin, whose lines may hold people's \
             data: raise levels as in \"info,sakin=debug\""
        ));
    }
    for path in &config.exposed {
        found.push(format!("{0} holds a secret and everybody can read it: chmod 0400 {0}", path.display()));
    }
    found
}

/// The variable of the address itself, not of a file that holds it.
const URL_VARIABLE: &str = "SAKIN_DATABASE_URL";
