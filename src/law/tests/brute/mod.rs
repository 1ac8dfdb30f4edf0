//! A second engine that walks single days, written from the contract alone, and random rules and facts on which both must agree.
//!
//! Its dates are its own (`days`); of the engine it uses only the door: a pack as text, a dossier as JSON, the answer. `random` makes
//! rules and people, `model` writes them down, `facts` lays a person out day by day, `walk` and `count` judge requirements and limits.
//!
//! `cargo test` runs some thousand cases; `SAKIN_CASES=1000000 cargo test --release --lib brute::long_run -- --ignored --nocapture` runs as
//! many as it says. Every run prints its seed, also when it fails; `SAKIN_SEED` repeats it. Failures shrink.

mod count;
mod days;
mod deadlines;
mod facts;
mod model;
mod monotone;
mod random;
mod routes;
mod uncertain;
mod walk;
mod watches;

use std::hash::{BuildHasher as _, Hasher as _};

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// A number out of the environment.
fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name}={text}: write a number")))
}

/// The seed of this run: `SAKIN_SEED`, else another one each time.
fn seed() -> u64 {
    number("SAKIN_SEED").unwrap_or_else(|| std::hash::RandomState::new().build_hasher().finish() >> 16)
}

/// Runs `check` on so many random values; a failure names the seed and the smallest value that fails.
fn agree<S: Strategy>(
    name: &str,
    seed: u64,
    cases: u64,
    strategy: &S,
    check: impl Fn(&S::Value) -> Result<(), TestCaseError>,
) {
    let config = Config {
        cases: u32::try_from(cases).unwrap(),
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..Config::default()
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let done = runner.run(strategy, |value| check(&value));
    if let Err(error) = done {
        let text = match error {
            proptest::test_runner::TestError::Fail(reason, _) => reason.to_string(),
            other @ proptest::test_runner::TestError::Abort(_) => other.to_string(),
        };
        panic!("{name}: SAKIN_SEED={seed}\n{text}");
    }
}

#[test]
fn routes_agree() {
    agree("routes", seed(), 160, &routes::cases(4), routes::check);
}

#[test]
fn uncertain_facts_agree() {
    agree("uncertain", seed(), 10, &uncertain::cases(), uncertain::check);
}

#[test]
fn watches_agree() {
    agree("watches", seed(), 150, &watches::cases(4), watches::check);
}

#[test]
fn deadlines_agree() {
    agree("deadlines", seed(), 150, &deadlines::cases(8), deadlines::check);
}

#[test]
fn more_presence_and_more_evidence_never_hurt() {
    agree("monotone", seed(), 60, &monotone::cases(), monotone::check);
}

/// The long run: as many cases as `SAKIN_CASES` says.
#[test]
#[ignore = "long: SAKIN_CASES=1000000 cargo test --release --lib brute::long_run -- --ignored --nocapture"]
fn long_run() {
    let (seed, cases) = (seed(), number("SAKIN_CASES").unwrap_or(100_000));
    let begin = std::time::Instant::now();
    println!("SAKIN_SEED={seed}, {cases} cases");
    let (mut done, mut part) = (0, 0);
    while done < cases {
        // Of eight cases six are routes, one is a watch, one a deadline; what an answer hangs on is walked in full, so it is rarer.
        agree("routes", seed.wrapping_add(part), 750, &routes::cases(8), routes::check);
        agree("watches", seed.wrapping_add(part), 125, &watches::cases(8), watches::check);
        agree("deadlines", seed.wrapping_add(part), 125, &deadlines::cases(8), deadlines::check);
        agree("uncertain", seed.wrapping_add(part), 10, &uncertain::cases(), uncertain::check);
        done += 8_010;
        part += 1;
        println!("{done:9} cases, {:.0?}", begin.elapsed());
    }
    println!("engine and walk agree: {done} cases from SAKIN_SEED={seed}, {:.0?}", begin.elapsed());
}
