//! Buckets of tries per network and one for all (rows L1, L3, L5). They spare the machine, whatever address is tried; a
//! restart empties them.

use std::num::NonZero;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use governor::clock::Clock as Source;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::state::{InMemoryState, NotKeyed};
use governor::{NotUntil, Quota, RateLimiter};

#[cfg(test)]
use crate::clock::Clock;
use crate::config::Network;

/// Networks remembered at most: some 10 MB.
pub(super) const MAX_NETWORKS: usize = 100_000;

/// So many tries at once, then so many a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Tries at once, after a long pause.
    pub burst: NonZero<u32>,
    /// Tries a minute in the long run.
    pub per_minute: NonZero<u32>,
}

impl Rate {
    fn quota(self) -> Quota {
        Quota::per_minute(self.per_minute).allow_burst(self.burst)
    }
}

/// The buckets of one kind of request.
pub struct Buckets {
    each: Rate,
    clock: Ticks,
    networks: Mutex<PerNetwork>,
    all: RateLimiter<NotKeyed, InMemoryState, Ticks, NoOpMiddleware<Duration>>,
}

type PerNetwork = RateLimiter<Network, HashMapStateStore<Network>, Ticks, NoOpMiddleware<Duration>>;

impl Buckets {
    /// Full buckets: `each` network's and the one of `all` together.
    pub fn new(each: Rate, all: Rate) -> Self {
        Self::full(each, all, Ticks::Since(Instant::now()))
    }

    #[cfg(test)]
    pub(super) fn of_clock(each: Rate, all: Rate, clock: Clock) -> Self {
        Self::full(each, all, Ticks::Of(clock))
    }

    fn full(each: Rate, all: Rate, clock: Ticks) -> Self {
        let networks = Mutex::new(RateLimiter::hashmap_with_clock(each.quota(), clock.clone()));
        let all = RateLimiter::direct_with_clock(all.quota(), clock.clone());
        Self { each, clock, networks, all }
    }

    /// Takes one try out, or says how long to wait. The network's own bucket comes first: what it refuses does not use up
    /// the others' share.
    ///
    /// `network` is the client's as the trusted proxy tells it, never a header anybody may send.
    pub fn take(&self, network: Network) -> Result<(), Duration> {
        let now = self.clock.now();
        let wait = |refused: NotUntil<Duration>| refused.wait_time_from(now);
        // A panic between two statements here leaves the limiter whole.
        let mut networks = self.networks.lock().unwrap_or_else(PoisonError::into_inner);
        if networks.len() >= MAX_NETWORKS {
            networks.retain_recent();
            if networks.len() > MAX_NETWORKS / 2 {
                // So many networks at once are one attacker with a large IPv6 block, who has as many full buckets anyway: the
                // common bucket limits that. Refusing newcomers instead would let the attacker lock everybody out, and
                // sweeping again for each would let the sweep be the attack.
                *networks = RateLimiter::hashmap_with_clock(self.each.quota(), self.clock.clone());
            } else {
                networks.shrink_to_fit();
            }
        }
        networks.check_key(&network).map_err(wait)?;
        drop(networks);
        self.all.check().map_err(wait)
    }

    #[cfg(test)]
    pub(super) fn networks(&self) -> usize {
        self.networks.lock().unwrap().len()
    }
}

/// Time as governor reads it. It does not follow the clock on the wall: one that is set back would shut the doors until it has caught up.
#[derive(Clone, Debug)]
enum Ticks {
    Since(Instant),
    #[cfg(test)]
    Of(Clock),
}

impl Source for Ticks {
    type Instant = Duration;

    fn now(&self) -> Duration {
        match self {
            Self::Since(start) => start.elapsed(),
            #[cfg(test)]
            Self::Of(clock) => Duration::from_micros(clock.now().micros().try_into().unwrap_or(0)),
        }
    }
}
