//! How many files an account gets to see (row L4). Whoever sells what the register holds has a valid account and looks at more files than
//! the work needs: from a first number an hour an alarm goes into the log, from a second one nothing more is shown.
//!
//! A file counts once an hour, however often it is opened, and a page of a list is as many looks as it has rows. Counted is in memory, so
//! each instance counts for itself, and a restart begins anew: the alarms are in the log, whichever instance raised them.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};

use crate::clock::Instant;
use crate::id::{AccountId, PersonId};

/// For so long a file counts, s.
const HOUR_S: i64 = 3_600;
/// For so long a search counts, s.
const MINUTE_S: i64 = 60;
/// Accounts remembered at most: some 50 MB with 200 files each.
const MOST: usize = 5_000;

/// How much is enough.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Distinct files an hour; more are not shown.
    pub files_per_hour: usize,
    /// Distinct files an hour; more raise an alarm.
    pub files_per_hour_soft: usize,
    /// Searches a minute.
    pub searches_per_minute: usize,
}

/// What must go into the log: each at most once an hour for an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// More files than usual were shown.
    Many,
    /// More files were asked for than are shown.
    Refused,
}

/// Refused; the next try may succeed after so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait(pub u64);

/// What accounts have looked at, as far as it still counts.
#[derive(Debug)]
pub struct Reads {
    limits: Limits,
    accounts: Mutex<HashMap<AccountId, Looks>>,
}

impl Reads {
    /// Nobody has looked at anything.
    pub fn new(limits: Limits) -> Self {
        Self { limits, accounts: Mutex::default() }
    }

    /// Counts the files that an answer shows. Refused, none of them counts: nothing is shown.
    pub fn show(&self, account: AccountId, persons: &[PersonId], now: Instant) -> Result<(), Wait> {
        self.looks(account, now, |looks| looks.show(persons, self.limits, now))
    }

    /// Counts a search.
    pub fn search(&self, account: AccountId, now: Instant) -> Result<(), Wait> {
        self.looks(account, now, |looks| looks.search(self.limits, now))
    }

    /// An alarm that is not in the log yet. Whoever takes it writes it, or returns it.
    pub fn take_alarm(&self, account: AccountId) -> Option<Alarm> {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        accounts.get_mut(&account)?.take_alarm()
    }

    /// The alarm could not be written.
    pub fn return_alarm(&self, account: AccountId, alarm: Alarm) {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(looks) = accounts.get_mut(&account) {
            looks.bell(alarm).due = true;
        }
    }

    fn looks<T>(&self, account: AccountId, now: Instant, act: impl FnOnce(&mut Looks) -> T) -> T {
        // A panic between two statements here leaves counts that are whole.
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if accounts.len() >= MOST && !accounts.contains_key(&account) {
            make_room(&mut accounts, now);
        }
        act(accounts.entry(account).or_default())
    }
}

/// Forgets who has not looked for an hour, or else the one who has not looked for longest.
fn make_room(accounts: &mut HashMap<AccountId, Looks>, now: Instant) {
    accounts.retain(|_, looks| looks.last.plus_seconds(HOUR_S) > now);
    if accounts.len() >= MOST
        && let Some(idle) = accounts.iter().min_by_key(|(_, looks)| looks.last).map(|(account, _)| *account)
    {
        accounts.remove(&idle);
    }
}

/// What one account has looked at.
#[derive(Debug)]
struct Looks {
    /// The files, in the order in which they were first shown within the hour.
    files: VecDeque<(Instant, PersonId)>,
    known: HashSet<PersonId>,
    searches: VecDeque<Instant>,
    many: Bell,
    refused: Bell,
    last: Instant,
}

/// Rings once an hour.
#[derive(Debug, Default)]
struct Bell {
    rung: Option<Instant>,
    due: bool,
}

impl Bell {
    fn ring(&mut self, now: Instant) {
        if self.rung.is_none_or(|rung| rung.plus_seconds(HOUR_S) <= now) {
            *self = Self { rung: Some(now), due: true };
        }
    }
}

impl Default for Looks {
    fn default() -> Self {
        let (many, refused) = (Bell::default(), Bell::default());
        let (files, searches) = (VecDeque::new(), VecDeque::new());
        Self { files, known: HashSet::new(), searches, many, refused, last: Instant::from_micros(0) }
    }
}

impl Looks {
    fn show(&mut self, persons: &[PersonId], limits: Limits, now: Instant) -> Result<(), Wait> {
        self.last = now;
        while let Some((_, gone)) = self.files.pop_front_if(|(since, _)| since.plus_seconds(HOUR_S) <= now) {
            self.known.remove(&gone);
        }
        let new: HashSet<PersonId> = persons.iter().copied().filter(|person| !self.known.contains(person)).collect();
        let after = self.known.len().saturating_add(new.len());
        if !new.is_empty() && after > limits.files_per_hour {
            self.refused.ring(now);
            // When so many of the oldest count no more that the new ones have room.
            let last_to_go = self.files.get(after - limits.files_per_hour - 1).map_or(now, |(since, _)| *since);
            return Err(wait(last_to_go.plus_seconds(HOUR_S), now));
        }
        self.files.extend(new.iter().map(|person| (now, *person)));
        self.known.extend(new);
        if self.known.len() > limits.files_per_hour_soft {
            self.many.ring(now);
        }
        Ok(())
    }

    fn search(&mut self, limits: Limits, now: Instant) -> Result<(), Wait> {
        self.last = now;
        while self.searches.pop_front_if(|at| at.plus_seconds(MINUTE_S) <= now).is_some() {}
        match self.searches.front() {
            Some(oldest) if self.searches.len() >= limits.searches_per_minute => {
                Err(wait(oldest.plus_seconds(MINUTE_S), now))
            }
            _ => {
                self.searches.push_back(now);
                Ok(())
            }
        }
    }

    fn bell(&mut self, alarm: Alarm) -> &mut Bell {
        match alarm {
            Alarm::Many => &mut self.many,
            Alarm::Refused => &mut self.refused,
        }
    }

    fn take_alarm(&mut self) -> Option<Alarm> {
        [Alarm::Many, Alarm::Refused].into_iter().find(|alarm| std::mem::take(&mut self.bell(*alarm).due))
    }
}

/// Whole seconds, rounded up: whoever waits so long is not refused for the rest of one.
fn wait(until: Instant, now: Instant) -> Wait {
    let micros = until.micros().saturating_sub(now.micros());
    Wait(u64::try_from(micros.saturating_add(999_999) / 1_000_000).unwrap_or(0).max(1))
}

#[cfg(test)]
mod tests;
