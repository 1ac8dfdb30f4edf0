//! The one wrapper of `jsonwebtoken` (rows S1–S6). The crate is lax by default — it reads `crit` and ignores it, checks
//! `iss` and `aud` only if present, allows a minute of leeway on its own clock — so it signs and checks signatures here and
//! decides nothing.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, crypto};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::{Code, Error, Result};
use crate::keys::{Keys, sha256};

mod ring;
mod verified;

#[cfg(test)]
mod tests;

use ring::{Current, Key};
use verified::Known;

/// Longest token that is looked at, in bytes.
const MAX_LEN: usize = 4096;
/// Tolerated difference between the clocks of two nodes, in seconds.
const LEEWAY_S: u64 = 5;
/// Length of a UUID in the only spelling that is accepted, with hyphens.
const UUID_LEN: usize = 36;
/// How long a key is accepted after its successor began to sign: until the last token it signed has ended.
pub(crate) const OVERLAP_S: u64 = Kind::LONGEST_LIFE_S + LEEWAY_S;

/// What a token is for. A token of one kind is refused wherever another is expected (row S4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Access to the interface (RFC 9068).
    Access,
    /// The password was right, the second factor is due: good for nothing but showing it (row M1).
    MfaPending,
}

/// What sets one kind apart from the others.
struct Rules {
    typ: &'static str,
    aud: &'static str,
    life_s: u64,
}

impl Kind {
    const LONGEST_LIFE_S: u64 = 600;

    const fn rules(self) -> Rules {
        match self {
            Self::Access => Rules { typ: "at+jwt", aud: "sakin:access", life_s: Self::LONGEST_LIFE_S },
            Self::MfaPending => Rules { typ: "mfa+jwt", aud: "sakin:mfa", life_s: 300 },
        }
    }

    /// Longest life of a token of this kind, in seconds.
    pub const fn life_s(self) -> u64 {
        self.rules().life_s
    }
}

/// What a token says. Times are seconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claims {
    /// The account.
    pub sub: Uuid,
    /// The session.
    pub sid: Uuid,
    /// The token itself, for the audit log.
    pub jti: Uuid,
    /// Issued at.
    pub iat: u64,
    /// Refused from this second on.
    pub exp: u64,
    /// Refused before this second.
    pub nbf: u64,
    /// The account's rights when the token was issued; older than the account's own is refused by the caller (row S9).
    pub authz_version: u32,
    /// When the person last proved who they are, for steps that need a fresh proof (row S11).
    pub auth_time: u64,
}

/// A token that is not accepted. There is one such error, so that nobody learns how close a forgery came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("token refused")]
pub struct Refused;

impl From<Refused> for Error {
    fn from(_: Refused) -> Self {
        Self::new(Code::AuthenticationRequired)
    }
}

/// The claims as they travel: every member required, none unknown, plain strings and unsigned integers only.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire<'a> {
    #[serde(borrow)]
    iss: Cow<'a, str>,
    aud: &'a str,
    sub: &'a str,
    sid: &'a str,
    jti: &'a str,
    iat: u64,
    nbf: u64,
    exp: u64,
    authz_version: u32,
    auth_time: u64,
}

/// Signs tokens with the installation's present key and accepts those of every key that may still have good ones. It
/// follows the key folder by itself.
pub struct KeyRing {
    issuer: String,
    build_time: u64,
    current: Current,
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

impl KeyRing {
    /// A ring over the installation's token keys. `issuer` is the `iss` of its tokens; `build_time` is in seconds since
    /// 1970: a clock that shows less is wrong, and no token can be judged by it.
    pub fn new(keys: &Keys, issuer: &str, build_time: u64) -> Self {
        Self { issuer: issuer.to_owned(), build_time, current: Current::new(keys) }
    }

    /// A token of `kind`, signed with the key of the second in which it is issued.
    ///
    /// Errors: `internal_error` if the claims allow more than the kind's life, which [`KeyRing::verify`] would refuse.
    pub fn sign(&self, kind: Kind, claims: &Claims) -> Result<String> {
        if !lives_as_allowed(kind, claims) {
            return Err(Error::internal(format_args!("{kind:?} token: exp − iat is not within 0..={}", kind.life_s())));
        }
        let wire = Wire {
            iss: Cow::Borrowed(&self.issuer),
            aud: kind.rules().aud,
            sub: &claims.sub.hyphenated().to_string(),
            sid: &claims.sid.hyphenated().to_string(),
            jti: &claims.jti.hyphenated().to_string(),
            iat: claims.iat,
            nbf: claims.nbf,
            exp: claims.exp,
            authz_version: claims.authz_version,
            auth_time: claims.auth_time,
        };
        let payload = serde_json::to_vec(&wire).map_err(Error::internal)?;
        let keys = self.current.at(claims.iat);
        let key = keys.signing(claims.iat).ok_or_else(|| Error::internal("the key ring is empty"))?;
        let message = format!("{}.{}", header(kind, key.kid.as_str()), URL_SAFE_NO_PAD.encode(payload));
        let signature = crypto::sign(message.as_bytes(), &key.private, Algorithm::EdDSA).map_err(Error::internal)?;
        Ok(format!("{message}.{signature}"))
    }

    /// The claims of a token of `kind` that this installation signed and that is valid at `now` (seconds since 1970).
    ///
    /// The checks are numbered as in the security requirements; the eighth, whether the account still has the rights the
    /// token was issued for, is the caller's and is due on every request.
    pub fn verify(&self, kind: Kind, token: &str, now: u64) -> Result<Claims, Refused> {
        // 1: a clock that cannot be right, or a token nobody here made
        if now < self.build_time || token.len() > MAX_LEN {
            return Err(Refused);
        }
        let keys = self.current.at(now);
        let digest = sha256(&[&[kind as u8], token.as_bytes()]);
        let remembered = keys.verified.get(&digest);
        let known = match remembered {
            Some(known) => known,
            None => self.authenticate(kind, token, keys.keys())?,
        };
        // 4, as far as time changes it: the key's end; 6: within its time; 7: no longer than its kind may live
        let Known { claims, key_ends_at } = known;
        if now >= key_ends_at || !is_current(&claims, now) || !lives_as_allowed(kind, &claims) {
            keys.verified.forget(&digest);
            return Err(Refused);
        }
        if remembered.is_none() {
            keys.verified.remember(digest, known);
        }
        Ok(claims)
    }

    /// Checks 2 to 5: everything about a token that time does not change.
    fn authenticate(&self, kind: Kind, token: &str, keys: &[Key]) -> Result<Known, Refused> {
        let (message, signature) = token.rsplit_once('.').ok_or(Refused)?;
        let (head, payload) = message.split_once('.').ok_or(Refused)?;
        // 2, 3, 4: the header must be, byte for byte, the one this ring writes for the kind and one of its keys. That leaves
        // no room for another `alg` or `typ`, for `crit`, `zip`, `jku`, a member given twice, or a parser to be confused.
        let key = keys.iter().find(|key| header(kind, key.kid.as_str()) == head).ok_or(Refused)?;
        // 5: the signature first; the payload is not parsed before it is known to be ours
        if !matches!(crypto::verify(signature, message.as_bytes(), &key.public, Algorithm::EdDSA), Ok(true)) {
            return Err(Refused);
        }
        let payload = URL_SAFE_NO_PAD.decode(payload).map_err(|_| Refused)?;
        // serde would also read a struct from an array of its members
        if payload.first() != Some(&b'{') {
            return Err(Refused);
        }
        let wire: Wire = serde_json::from_slice(&payload).map_err(|_| Refused)?;
        if wire.iss != self.issuer || wire.aud != kind.rules().aud {
            return Err(Refused);
        }
        let claims = Claims {
            sub: uuid(wire.sub)?,
            sid: uuid(wire.sid)?,
            jti: uuid(wire.jti)?,
            iat: wire.iat,
            exp: wire.exp,
            nbf: wire.nbf,
            authz_version: wire.authz_version,
            auth_time: wire.auth_time,
        };
        Ok(Known { claims, key_ends_at: key.ends_at })
    }
}

/// The first segment of a token. `typ` and `kid` need no escaping: neither can hold a quote or a backslash.
fn header(kind: Kind, key_id: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"EdDSA","typ":"{}","kid":"{key_id}"}}"#, kind.rules().typ))
}

fn uuid(text: &str) -> Result<Uuid, Refused> {
    if text.len() == UUID_LEN { Uuid::try_parse(text).map_err(|_| Refused) } else { Err(Refused) }
}

/// RFC 7519 §4.1.4 and §4.1.5: not on or after `exp`, not before `nbf`, with the leeway on both sides.
fn is_current(claims: &Claims, now: u64) -> bool {
    now < claims.exp.saturating_add(LEEWAY_S) && now.saturating_add(LEEWAY_S) >= claims.nbf
}

fn lives_as_allowed(kind: Kind, claims: &Claims) -> bool {
    claims.exp.checked_sub(claims.iat).is_some_and(|life| life <= kind.life_s())
}
