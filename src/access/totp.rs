//! The second factor that changes every 30 seconds: TOTP of RFC 6238 (SHA-1, 6 digits, 30 s), rows M2, M3, M5.
//!
//! Row M3 wants a life of 30 s. A person who reads a code at its last moment needs a few more to send it: the code of the step
//! before is taken for 5 s after that step's end, and no other. SHA-1 is what authenticator apps know; HMAC does not rest on
//! the property that SHA-1 has lost.
//!
//! The guard against replay is the caller's, because it is a conditional UPDATE: set the factor's last step to the one that
//! [`Seed::accepts`] gave where it is smaller. No row changed: the code, or a later one, was used before.

use std::fmt;

use secrecy::SecretString;
use totp_rs::{Builder, Totp};
use zeroize::Zeroizing;

use crate::clock::Instant;
use crate::error::{Error, Result};
use crate::id::AccountId;
use crate::keys::{Keys, random};

/// Length in bytes of a seed: 160 bits, as RFC 4226 recommends.
const SEED_LEN: usize = 20;
/// Length of a step, RFC 6238's default.
const STEP_S: u64 = 30;
const STEP_MICROS: i64 = 30_000_000;
/// How long after its step's end a code is still taken.
const GRACE_MICROS: i64 = 5_000_000;

/// The secret that a person's authenticator and the server share.
pub struct Seed(Zeroizing<[u8; SEED_LEN]>);

impl Seed {
    /// A new one from the operating system's generator.
    pub fn generate() -> Self {
        Self(Zeroizing::new(random()))
    }

    /// For the database: sealed to this account, so that a copied row gives nobody another's factor.
    pub fn seal(&self, keys: &Keys, account: AccountId) -> Result<Vec<u8>> {
        keys.seal(&place(account), self.0.as_slice())
    }

    /// Reads what [`Seed::seal`] made for the same account.
    pub fn open(keys: &Keys, account: AccountId, sealed: &[u8]) -> Result<Self> {
        let plain = Zeroizing::new(keys.open(&place(account), sealed)?);
        let seed = plain.as_slice().try_into().map_err(|_| Error::internal("a sealed TOTP seed has another length"))?;
        Ok(Self(Zeroizing::new(seed)))
    }

    /// The `otpauth:` address that authenticators read, as a picture or typed: shown once, at enrolment.
    ///
    /// `issuer` is the installation's name, `email` the account's. A colon separates the two there, so neither keeps its own.
    pub fn uri(&self, issuer: &str, email: &str) -> Result<SecretString> {
        let plain = |text: &str| text.replace(':', " ").trim().to_owned();
        let builder = self.builder().with_issuer(Some(plain(issuer))).with_account_name(plain(email));
        let uri = builder.build().and_then(|totp| totp.to_url()).map_err(Error::internal)?;
        Ok(uri.into())
    }

    /// The number of the step whose code this is, if that code may be used at `now`. Spaces are ignored, as apps show
    /// `123 456`.
    pub fn accepts(&self, code: &str, now: Instant) -> Result<Option<i64>> {
        let code: Zeroizing<String> = Zeroizing::new(code.split_whitespace().collect());
        let totp = self.totp()?;
        let current = now.micros().div_euclid(STEP_MICROS);
        let age = now.micros().rem_euclid(STEP_MICROS);
        // Both are computed always: the time does not tell which one it was.
        let matches = [current, current - 1].map(|step| is_code_of(&totp, &code, step));
        Ok(match matches {
            [true, _] => Some(current),
            [false, true] if age <= GRACE_MICROS => Some(current - 1),
            _ => None,
        })
    }

    fn totp(&self) -> Result<Totp> {
        self.builder().build().map_err(Error::internal)
    }

    fn builder(&self) -> Builder {
        // Skew 0: which neighbouring step is taken, and for how long, is decided above.
        Builder::new().with_secret(*self.0).with_step_duration(STEP_S).with_skew(0)
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(…)")
    }
}

/// No step before 1970 has a code.
fn is_code_of(totp: &Totp, code: &str, step: i64) -> bool {
    u64::try_from(step).is_ok_and(|step| totp.check(code, step.saturating_mul(STEP_S)).is_some())
}

/// Where a seed lives, for [`Keys::seal`].
fn place(account: AccountId) -> String {
    format!("totp.seed.{account}")
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;
    use crate::error::Code;

    fn rfc() -> Seed {
        Seed(Zeroizing::new(*b"12345678901234567890"))
    }

    fn at(seconds: i64) -> Instant {
        Instant::from_micros(0).plus_seconds(seconds)
    }

    fn code(seed: &Seed, seconds: u64) -> String {
        seed.totp().unwrap().generate(seconds).to_string()
    }

    #[test]
    fn the_vectors_of_rfc_6238() {
        // Appendix B, SHA-1; the last six of its eight digits.
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(rfc().accepts(code, at(seconds)).unwrap(), Some(seconds / 30), "{seconds}");
        }
    }

    #[test]
    fn the_step_before_is_taken_for_five_seconds_and_no_other() {
        let seed = rfc();
        let start: u64 = 1_800_000_000;
        let step = i64::try_from(start / 30).unwrap();
        let now = at(step * 30);
        let (earlier, before, current, next) =
            (code(&seed, start - 31), code(&seed, start - 1), code(&seed, start), code(&seed, start + 30));
        assert_ne!(before, current);
        assert_eq!(seed.accepts(&earlier, now).unwrap(), None, "−31 s");
        assert_eq!(seed.accepts(&before, now).unwrap(), Some(step - 1), "−1 s");
        assert_eq!(seed.accepts(&before, now.plus_seconds(5)).unwrap(), Some(step - 1));
        assert_eq!(seed.accepts(&before, Instant::from_micros(now.micros() + 5_000_001)).unwrap(), None);
        assert_eq!(seed.accepts(&before, now.plus_seconds(6)).unwrap(), None, "+6 s");
        for seconds in [0, 5, 6, 29] {
            assert_eq!(seed.accepts(&current, now.plus_seconds(seconds)).unwrap(), Some(step));
            assert_eq!(seed.accepts(&next, now.plus_seconds(seconds)).unwrap(), None);
        }
    }

    #[test]
    fn only_six_digits_are_a_code() {
        let now = at(59);
        assert_eq!(rfc().accepts(" 287 082 ", now).unwrap(), Some(1));
        for wrong in ["", "28708", "2870820", "94287082", "+87082", "28708２", "287083", "287-082"] {
            assert_eq!(rfc().accepts(wrong, now).unwrap(), None, "{wrong}");
        }
        assert_eq!(rfc().accepts("287082", Instant::from_micros(i64::MIN)).unwrap(), None);
        assert_eq!(rfc().accepts("287082", Instant::END).unwrap(), None);
    }

    #[test]
    fn a_sealed_seed_opens_for_its_account_alone() {
        let keys = Keys::ephemeral().unwrap();
        let (account, other) = (AccountId::random(), AccountId::random());
        let seed = Seed::generate();
        let sealed = seed.seal(&keys, account).unwrap();
        assert!(!sealed.windows(SEED_LEN).any(|part| part == seed.0.as_slice()));
        assert_eq!(*Seed::open(&keys, account, &sealed).unwrap().0, *seed.0);
        assert_eq!(Seed::open(&keys, other, &sealed).unwrap_err().code, Code::InternalError);
        let short = keys.seal(&place(account), b"too short").unwrap();
        assert!(Seed::open(&keys, account, &short).is_err());
    }

    #[test]
    fn the_enrolment_address_names_installation_and_account() {
        let uri = rfc().uri("Sakin: Bakı", "a@office.example").unwrap();
        assert_eq!(
            uri.expose_secret(),
            "otpauth://totp/Sakin%20%20Bak%C4%B1:a%40office.example\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Sakin%20%20Bak%C4%B1"
        );
        assert_eq!(format!("{:?}", rfc()), "Seed(…)");
    }
}
