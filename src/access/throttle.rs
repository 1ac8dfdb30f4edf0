//! How many guesses anybody gets (rows L1, L2, M4; the buckets of L3 and L5, and guesses at numbers, are next door).
//!
//! The soft lock is arithmetic over a [`Counter`] that the database keeps, so that several instances count together. An account
//! has one counter per way in ([`Path`]) and per known device: whoever guesses from a strange device slows strangers down and
//! never the user at the own desk. Addresses of nobody are counted alike, so that a lock tells nothing.
//!
//! For the caller: a locked try is not counted, or a stranger could keep the lock shut for ever; it is answered like a wrong
//! password. And many guesses may be under way before the first has failed, therefore look again in the transaction that
//! follows the proof: a counter locked *by then* refuses whatever was proved.

use std::fmt;

use chrono::{Days, NaiveTime, TimeZone as _};
use chrono_tz::Tz;

use crate::clock::Instant;
use crate::keys::Keys;

mod buckets;
mod guesses;
#[cfg(test)]
mod tests;

pub use buckets::{Buckets, Rate};
pub use guesses::Guesses;

/// Seconds of pause after fewer than this many failures of a day. From the last number on, until the day ends.
const PAUSES: [(i32, i64); 4] = [(3, 1), (9, 3), (25, 5), (100, 10)];
/// Failures after which one more code is taken per step. A step is a TOTP step's 30 seconds for every kind of code.
const CODES_AT_ONCE: i32 = 3;
const STEP_MICROS: i64 = 30_000_000;

/// A way to prove who one is. Each is counted by itself, so that failing at one cannot hide behind another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// The password, when signing in.
    Password,
    /// A TOTP code, when signing in.
    Totp,
    /// A recovery code, when signing in.
    RecoveryCode,
    /// A passkey, when signing in.
    Passkey,
    /// Any proof that refreshes a session for a sensitive act.
    StepUp,
}

impl Path {
    fn text(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Totp => "totp",
            Self::RecoveryCode => "recovery_code",
            Self::Passkey => "passkey",
            Self::StepUp => "step_up",
        }
    }
}

/// Failures of one key on the day of the last one. A success deletes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counter {
    /// How many there were.
    pub failures: i32,
    /// When the last one was.
    pub last: Instant,
}

impl Counter {
    /// The counter after one more failure. A new day begins at 1: no lock outlives its day.
    #[must_use]
    pub fn after_failure(before: Option<Self>, now: Instant, zone: Tz) -> Self {
        let of_today = before.filter(|counter| counter.last.date(zone) >= now.date(zone));
        Self { failures: of_today.map_or(1, |counter| counter.failures.saturating_add(1)), last: now }
    }

    /// Whether a try at `now` is refused unseen.
    pub fn is_locked(self, path: Path, now: Instant, zone: Tz) -> bool {
        now < self.open_from(path, zone)
    }

    /// The first instant at which the next try is taken. `zone` is where the day ends.
    pub fn open_from(self, path: Path, zone: Tz) -> Instant {
        let Some(pause) = PAUSES.iter().find(|(below, _)| self.failures < *below).map(|(_, pause)| *pause) else {
            return day_end(self.last, zone);
        };
        let opens = self.last.plus_seconds(pause);
        if path == Path::Password || self.failures < CODES_AT_ONCE {
            opens
        } else {
            let steps = self.last.micros().div_euclid(STEP_MICROS).saturating_add(1);
            Instant::from_micros(steps.saturating_mul(STEP_MICROS))
        }
    }
}

/// Names a counter without naming the account: the HMAC of e-mail, way in and device.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CounterKey([u8; 32]);

impl CounterKey {
    /// `device` is the id of a device from which the account has signed in before, if the server knows it to be that one.
    pub fn new(keys: &Keys, path: Path, email: &str, device: Option<&[u8]>) -> Self {
        // Written as the account's address is, so that spelling it otherwise opens no second counter.
        let email = email.trim().to_ascii_lowercase();
        let (path, email) = (path.text().as_bytes(), email.as_bytes());
        // The parts are framed: no device is another value than any device.
        Self(match device {
            None => keys.mac("throttle", &[path, email]),
            Some(device) => keys.mac("throttle", &[path, email, device]),
        })
    }

    /// For the database.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for CounterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CounterKey(…)")
    }
}

/// The first instant of the next civil day. Where clocks skip midnight the day begins later; a day's length is the fallback
/// at the calendar's end.
fn day_end(at: Instant, zone: Tz) -> Instant {
    let next = at.date(zone).checked_add_days(Days::new(1)).map(|day| day.and_time(NaiveTime::MIN));
    let begins = next.and_then(|midnight| {
        (0..=3).find_map(|hours| zone.from_local_datetime(&(midnight + chrono::TimeDelta::hours(hours))).earliest())
    });
    begins.map_or_else(|| at.plus_seconds(86_400), |begins| Instant::from(begins.to_utc()))
}
