use std::collections::HashSet;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::num::NonZero;
use std::time::Duration;

use chrono::{TimeZone as _, Utc};
use chrono_tz::Asia::Baku;
use chrono_tz::Tz;

use super::buckets::MAX_NETWORKS;
use super::*;
use crate::clock::Clock;
use crate::config::Network;

const PATHS: [Path; 5] = [Path::Password, Path::Totp, Path::RecoveryCode, Path::Passkey, Path::StepUp];

fn morning() -> Instant {
    Utc.with_ymd_and_hms(2026, 11, 23, 4, 0, 0).unwrap().into()
}

fn counter(failures: i32) -> Counter {
    Counter { failures, last: morning() }
}

/// Seconds from the last failure to the next try that is taken.
fn pause(failures: i32, path: Path) -> i64 {
    (counter(failures).open_from(path, Baku).micros() - morning().micros()) / 1_000_000
}

#[test]
fn the_steps_of_the_soft_lock() {
    for (failures, seconds) in [(1, 1), (2, 1), (3, 3), (8, 3), (9, 5), (24, 5), (25, 10), (99, 10)] {
        assert_eq!(pause(failures, Path::Password), seconds, "{failures}");
    }
    let midnight = Instant::from(Baku.with_ymd_and_hms(2026, 11, 24, 0, 0, 0).unwrap().to_utc());
    for failures in [100, 101, i32::MAX] {
        for path in PATHS {
            assert_eq!(counter(failures).open_from(path, Baku), midnight, "{failures} {path:?}");
        }
    }
    assert!(counter(1).is_locked(Path::Password, morning(), Baku));
    assert!(!counter(1).is_locked(Path::Password, morning().plus_seconds(1), Baku));
}

#[test]
fn a_lock_ends_with_its_day_wherever_that_is() {
    let at = |zone: Tz, y, mo, d, h| Instant::from(zone.with_ymd_and_hms(y, mo, d, h, 0, 0).unwrap().to_utc());
    for (zone, failed, opens) in [
        (Tz::UTC, at(Tz::UTC, 2026, 11, 23, 23), at(Tz::UTC, 2026, 11, 24, 0)),
        (Baku, at(Tz::UTC, 2026, 11, 23, 23), at(Baku, 2026, 11, 25, 0)),
        // Clocks went from 0:00 to 1:00: that day began at 1:00.
        (chrono_tz::Asia::Beirut, at(Tz::UTC, 2025, 3, 29, 12), at(Tz::UTC, 2025, 3, 29, 22)),
    ] {
        let lock = Counter { failures: 100, last: failed };
        assert_eq!(lock.open_from(Path::Password, zone), opens, "{zone}");
        let next = Counter::after_failure(Some(lock), opens, zone);
        assert_eq!(next, Counter { failures: 1, last: opens }, "{zone}: a new day, a new count");
    }
}

#[test]
fn failures_of_a_day_add_up() {
    let (first, second) = (morning(), morning().plus_seconds(3_600));
    let one = Counter::after_failure(None, first, Baku);
    assert_eq!(one, Counter { failures: 1, last: first });
    assert_eq!(Counter::after_failure(Some(one), second, Baku), Counter { failures: 2, last: second });
    let ahead = Counter { failures: 7, last: morning().plus_seconds(86_400) };
    assert_eq!(Counter::after_failure(Some(ahead), first, Baku).failures, 8, "a clock set back forgives nothing");
}

/// Tries as often as `every` allows and counts those that were taken.
fn guesses(path: Path, tries: u32, every: Duration, until: Instant) -> u32 {
    let clock = Clock::manual(morning());
    let (mut counter, mut taken) = (None::<Counter>, 0);
    for _ in 0..tries {
        let now = clock.now();
        if now >= until {
            break;
        }
        if !counter.is_some_and(|counter| counter.is_locked(path, now, Baku)) {
            counter = Some(Counter::after_failure(counter, now, Baku));
            taken += 1;
        }
        clock.set(Instant::from_micros(now.micros() + i64::try_from(every.as_micros()).unwrap()));
    }
    taken
}

#[test]
fn of_ten_thousand_tries_a_day_a_hundred_are_taken() {
    let midnight = counter(100).open_from(Path::Password, Baku);
    for path in PATHS {
        for every in
            [Duration::from_millis(1), Duration::from_millis(100), Duration::from_secs(1), Duration::from_secs(7)]
        {
            let taken = guesses(path, 10_000, every, midnight);
            assert!((3..=100).contains(&taken), "{path:?} every {every:?}: {taken}");
        }
    }
    assert_eq!(guesses(Path::Password, 10_000, Duration::from_secs(1), midnight), 100, "the limit is reached");
}

#[test]
fn of_codes_at_most_thirty_are_taken_in_ten_minutes() {
    for path in [Path::Totp, Path::RecoveryCode, Path::Passkey, Path::StepUp] {
        let taken = guesses(path, 600_000, Duration::from_millis(50), morning().plus_seconds(600));
        assert_eq!(taken, 22, "{path:?}: three in the first step, one in each of the other nineteen");
    }
}

#[test]
fn every_account_way_and_device_has_a_counter_of_its_own() {
    let keys = Keys::ephemeral().unwrap();
    let key = |path, email: &str, device: Option<&[u8]>| {
        *CounterKey::new(&keys, path, email, device).as_bytes().first_chunk::<32>().unwrap()
    };
    let mut different: HashSet<_> = PATHS.map(|path| key(path, "a@office.example", None)).into();
    different.insert(key(Path::Password, "b@office.example", None));
    for device in [b"".as_slice(), b"1", b"2"] {
        different.insert(key(Path::Password, "a@office.example", Some(device)));
    }
    assert_eq!(different.len(), 9);
    assert_eq!(key(Path::Totp, " A@Office.Example ", None), key(Path::Totp, "a@office.example", None));
    let other = CounterKey::new(&Keys::ephemeral().unwrap(), Path::Totp, "a@office.example", None);
    assert!(!different.contains(other.as_bytes()), "without the key nobody finds an address in the table");
    assert_eq!(format!("{other:?}"), "CounterKey(…)");
}

fn rate(burst: u32, per_minute: u32) -> Rate {
    Rate { burst: NonZero::new(burst).unwrap(), per_minute: NonZero::new(per_minute).unwrap() }
}

fn network(text: &str) -> Network {
    Network::of_client(text.parse().unwrap())
}

#[test]
fn a_network_has_one_bucket_that_fills_again() {
    let clock = Clock::manual(morning());
    let buckets = Buckets::of_clock(rate(3, 60), rate(1_000, 1_000), clock.clone());
    for (address, same_network, other) in [
        ("192.0.2.7", "::ffff:192.0.2.7", "192.0.2.8"),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:3::1"),
    ] {
        buckets.take(network(address)).unwrap();
        buckets.take(network(same_network)).unwrap();
        buckets.take(network(address)).unwrap();
        assert_eq!(buckets.take(network(same_network)), Err(Duration::from_secs(1)));
        buckets.take(network(other)).unwrap();
    }
    clock.set(morning().plus_seconds(1));
    buckets.take(network("192.0.2.7")).unwrap();
    assert!(buckets.take(network("192.0.2.7")).is_err());
}

#[test]
fn all_networks_share_one_bucket_and_a_refused_one_takes_nothing_of_it() {
    let clock = Clock::manual(morning());
    let buckets = Buckets::of_clock(rate(2, 1), rate(4, 60), clock.clone());
    for _ in 0..10 {
        let _counted_below = buckets.take(network("192.0.2.1"));
    }
    buckets.take(network("192.0.2.2")).unwrap();
    buckets.take(network("192.0.2.3")).unwrap();
    assert_eq!(buckets.take(network("192.0.2.4")), Err(Duration::from_secs(1)));
    clock.set(morning().plus_seconds(1));
    buckets.take(network("192.0.2.4")).unwrap();
}

#[test]
fn the_memory_of_networks_is_bounded() {
    let clock = Clock::manual(morning());
    let buckets = Buckets::of_clock(rate(1, 60), rate(u32::MAX, u32::MAX), clock.clone());
    let address = |i: u32| Network::of_client(Ipv4Addr::from_bits(i).into());
    let full = u32::try_from(MAX_NETWORKS).unwrap();
    for i in 0..full {
        buckets.take(address(i)).unwrap();
    }
    assert_eq!(buckets.networks(), MAX_NETWORKS);
    // A minute later nobody's bucket tells anything: the sweep forgets them.
    clock.set(morning().plus_seconds(60));
    buckets.take(address(full)).unwrap();
    assert_eq!(buckets.networks(), 1);
    // A flood within one second cannot be swept. It is forgotten, too, and nobody is refused for it.
    for i in 0..250_000_u128 {
        buckets.take(Network::of_client(Ipv6Addr::from_bits(i << 64 | 1).into())).unwrap();
        assert!(buckets.networks() <= MAX_NETWORKS);
    }
    assert!(
        buckets.take(Network::of_client(Ipv6Addr::from_bits(249_999_u128 << 64 | 2).into())).is_err(),
        "the latest are still known"
    );
}
