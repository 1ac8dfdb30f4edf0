//! Guesses at what anybody may look up who knows its number, such as a certificate. Whoever holds the paper hits; whoever walks through numbers
//! misses, and soon gets no answer at all, which would tell a hit from a miss.
//!
//! There is no common limit for all networks: whoever has many would close the door for everybody with it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::buckets::MAX_NETWORKS;
use crate::config::Network;

/// Misses that one network has in an hour: an office that reads badly written numbers off papers needs fewer.
const MOST: u32 = 30;
const HOUR: Duration = Duration::from_hours(1);

/// What networks have guessed, as far as it still counts. A restart forgets it.
#[derive(Debug)]
pub struct Guesses {
    /// Time does not follow the clock on the wall: one that is set back would keep everybody out until it has caught up.
    start: Instant,
    networks: Mutex<HashMap<Network, Hour>>,
}

/// The hour of a network, from its first guess on.
#[derive(Clone, Copy, Debug)]
struct Hour {
    began: Duration,
    guesses: u32,
}

impl Default for Guesses {
    /// Nobody has guessed.
    fn default() -> Self {
        Self { start: Instant::now(), networks: Mutex::default() }
    }
}

impl Guesses {
    /// Takes a guess before anything is looked for, so that many at once are no more than one after the other; or says how long to wait.
    pub fn take(&self, network: Network) -> Result<(), Duration> {
        self.take_at(network, self.start.elapsed())
    }

    fn take_at(&self, network: Network, now: Duration) -> Result<(), Duration> {
        // A panic between two statements here leaves counts that are whole.
        let mut networks = self.networks.lock().unwrap_or_else(PoisonError::into_inner);
        if networks.len() >= MAX_NETWORKS {
            networks.retain(|_, hour| hour.began + HOUR > now);
            if networks.len() > MAX_NETWORKS / 2 {
                // So many at once are one guesser with a large block, who has as many fresh networks anyway. Sweeping again for each would let
                // the sweep be the attack.
                networks.clear();
            }
        }
        let hour = networks.entry(network).or_insert(Hour { began: now, guesses: 0 });
        if hour.began + HOUR <= now {
            *hour = Hour { began: now, guesses: 0 };
        }
        if hour.guesses >= MOST {
            return Err((hour.began + HOUR).saturating_sub(now));
        }
        hour.guesses += 1;
        Ok(())
    }

    /// The guess was right: it counts no more.
    pub fn give_back(&self, network: Network) {
        let mut networks = self.networks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(hour) = networks.get_mut(&network) {
            hour.guesses = hour.guesses.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(last: u8) -> Network {
        Network::of_client([192, 0, 2, last].into())
    }

    #[test]
    fn misses_count_for_an_hour_and_hits_do_not() {
        let (guesses, begin) = (Guesses::default(), Duration::from_secs(5));
        for _ in 0..2 * MOST {
            guesses.take_at(network(1), begin).unwrap();
            guesses.give_back(network(1));
        }
        for _ in 0..MOST {
            guesses.take_at(network(1), begin).unwrap();
        }
        assert_eq!(guesses.take_at(network(1), begin), Err(HOUR));
        guesses.take_at(network(2), begin).unwrap();
        let second = Duration::from_secs(1);
        assert_eq!(guesses.take_at(network(1), begin + Duration::from_secs(3_599)), Err(second));
        guesses.take_at(network(1), begin + HOUR).unwrap();
    }

    #[test]
    fn the_memory_is_bounded() {
        let guesses = Guesses::default();
        for number in 0..u32::try_from(MAX_NETWORKS + 10).unwrap() {
            guesses.take_at(Network::of_client(number.to_be_bytes().into()), Duration::ZERO).unwrap();
        }
        assert!(guesses.networks.lock().unwrap().len() <= MAX_NETWORKS);
    }
}
