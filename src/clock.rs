//! The only place that reads the clock. Everywhere else time is an argument: `now` is fixed once per transaction, and pure
//! functions take civil dates.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, NaiveDate, SecondsFormat, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Serialize, Serializer};

/// An instant in microseconds since 1970-01-01T00:00:00Z. On the wire RFC 3339 in UTC, in both databases a 64-bit integer.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::BigInt)]
pub struct Instant(i64);

impl Instant {
    /// Later than every recorded instant: "as the record stands".
    pub const END: Self = Self(i64::MAX);

    /// From microseconds since the Unix epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the Unix epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The same, borrowed, because a bind parameter borrows.
    pub(crate) const fn micros_ref(&self) -> &i64 {
        &self.0
    }

    /// Whole seconds since the Unix epoch, 0 before it.
    pub fn unix_seconds(self) -> u64 {
        u64::try_from(self.0.div_euclid(1_000_000)).unwrap_or(0)
    }

    /// This instant, or the first one after `other` if it is not later: versions of a record stay in order when the clock
    /// steps back.
    #[must_use]
    pub fn after(self, other: Self) -> Self {
        Self(self.0.max(other.0.saturating_add(1)))
    }

    /// The instant `seconds` later.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// The civil date in a zone.
    pub fn date(self, zone: Tz) -> NaiveDate {
        self.utc().with_timezone(&zone).date_naive()
    }

    /// RFC 3339 in UTC with microseconds.
    pub fn rfc3339(self) -> String {
        self.utc().to_rfc3339_opts(SecondsFormat::Micros, true)
    }

    /// As a chrono value; instants outside chrono's range become its bounds.
    pub fn utc(self) -> DateTime<Utc> {
        Utc.timestamp_micros(self.0).single().unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

impl From<DateTime<Utc>> for Instant {
    fn from(value: DateTime<Utc>) -> Self {
        Self(value.timestamp_micros())
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.rfc3339())
    }
}

/// A source of instants that never goes back while the process lives.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Source>);

#[derive(Debug)]
enum Source {
    System { latest: AtomicI64 },
    Manual(AtomicI64),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Arc::new(Source::System { latest: AtomicI64::new(i64::MIN) }))
    }

    /// A clock that stands still until it is set: for tests and for the demonstration's evaluation date.
    pub fn manual(start: Instant) -> Self {
        Self(Arc::new(Source::Manual(AtomicI64::new(start.0))))
    }

    /// The present instant.
    pub fn now(&self) -> Instant {
        match &*self.0 {
            Source::System { latest } => {
                #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
                let now = Utc::now().timestamp_micros();
                Instant(latest.fetch_max(now, Ordering::Relaxed).max(now))
            }
            Source::Manual(at) => Instant(at.load(Ordering::Relaxed)),
        }
    }

    /// Moves a manual clock; the system's clock stays as it is.
    pub fn set(&self, to: Instant) {
        if let Source::Manual(at) = &*self.0 {
            at.store(to.0, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_always_later_than_the_one_before() {
        let before = Instant::from_micros(100);
        assert_eq!(Instant::from_micros(50).after(before), Instant::from_micros(101));
        assert_eq!(Instant::from_micros(150).after(before), Instant::from_micros(150));
    }

    #[test]
    fn the_civil_date_is_the_zone_s() {
        let late = Instant::from(Utc.with_ymd_and_hms(2026, 11, 22, 21, 0, 0).unwrap());
        assert_eq!(late.date(chrono_tz::Asia::Baku), NaiveDate::from_ymd_opt(2026, 11, 23).unwrap());
        assert_eq!(late.date(Tz::UTC), NaiveDate::from_ymd_opt(2026, 11, 22).unwrap());
    }
}
