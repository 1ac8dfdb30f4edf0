//! A whole population in one run: all routes and readings for each person, one after the other.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use sakin::law::evaluate;

use crate::{az, people, question};

const PEOPLE: u64 = 1_000_000;

pub(crate) fn run(count: Option<u64>) {
    let (count, pack, question) = (count.unwrap_or(PEOPLE), az(), question(true));
    let mut outcomes: BTreeMap<(String, &str), u64> = BTreeMap::new();
    let (begin, mut judging) = (Instant::now(), Duration::ZERO);
    for number in 0..count {
        // One in ten has facts that are not certain.
        let dossier = if number % 10 == 9 { people::uncertain(number) } else { people::typical(number) };
        let start = Instant::now();
        let results = evaluate(&pack, &dossier, &question).expect("a sound dossier");
        judging += start.elapsed();
        for result in results.iter().filter(|result| result.default) {
            *outcomes.entry((result.route.to_string(), result.outcome.text())).or_default() += 1;
        }
        if (number + 1) % 100_000 == 0 {
            println!("{:9} people, {:.1?}", number + 1, begin.elapsed());
        }
    }
    println!("\nDefault readings on {}", people::today());
    for ((route, outcome), people) in &outcomes {
        println!("{route:40} {outcome:16} {people:9}");
    }
    let mean = judging.as_secs_f64() * 1e6 / f64::from(u32::try_from(count).expect("fewer than four thousand million"));
    println!("\n{count} people in {:.1?}, of which judging {judging:.1?}: {mean:.1} µs a person", begin.elapsed());
}
