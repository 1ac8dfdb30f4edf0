//! From crossings to trips. A trip is never typed in as a number of days: it is what lies between two crossings.

mod findings;

use std::cmp::Ordering;

use chrono::NaiveDate;

pub(super) use self::findings::{Finding, FindingKind, Repair, Seen, findings};
use crate::db::text_enum;

text_enum! {
    /// Which way the border was crossed.
    pub enum Direction {
        /// Out of the country.
        Exit = "exit",
        /// Into the country.
        Entry = "entry",
    }
}

text_enum! {
    /// Who says so.
    pub enum CrossingSource {
        /// The border authority's data.
        Border = "border",
        /// A stamp or document.
        Document = "document",
        /// The person's own word.
        Declared = "declared",
    }
}

text_enum! {
    /// How sure a crossing is.
    pub enum Confidence {
        /// Nobody doubts it.
        Certain = "certain",
        /// It is likely.
        Probable = "probable",
        /// It may be otherwise.
        Doubtful = "doubtful",
    }
}

impl CrossingSource {
    /// How sure a crossing is that comes from here, unless somebody says otherwise.
    pub(super) const fn confidence(self) -> Confidence {
        match self {
            Self::Border | Self::Document => Confidence::Certain,
            Self::Declared => Confidence::Probable,
        }
    }
}

/// A trip out of the country.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trip {
    /// The day the person left.
    pub exit: NaiveDate,
    /// The day of return; none: not yet.
    pub entry: Option<NaiveDate>,
}

/// A stay in the country.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stay {
    /// The day the person came.
    pub entry: NaiveDate,
    /// The day the person left; none: not yet.
    pub exit: Option<NaiveDate>,
}

/// Something in the crossings that cannot be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresenceWarning {
    /// Stable code.
    pub code: &'static str,
    /// The direction of two crossings in a row.
    pub direction: Direction,
    /// Their days.
    pub days: (NaiveDate, NaiveDate),
    /// What is wrong and what to do.
    pub message: String,
}

/// What the crossings come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Presence {
    /// Trips, oldest first; only the last can be open.
    pub trips: Vec<Trip>,
    /// Stays that began with an entry on record, oldest first.
    pub stays: Vec<Stay>,
    /// Stretches for which nobody knows where the person was, first and last day.
    pub unknown: Vec<(NaiveDate, NaiveDate)>,
    /// What to repair.
    pub warnings: Vec<PresenceWarning>,
}

/// Derives trips and stays. On one day the crossings are taken in the order that alternates with what came before. Two crossings in the same
/// direction mean that one between them is missing: where the person was between them is unknown.
pub fn derive(crossings: &[(NaiveDate, Direction)], gaps: &[(NaiveDate, NaiveDate)]) -> Presence {
    let mut found = Presence { unknown: gaps.to_vec(), ..Presence::default() };
    let mut last: Option<(NaiveDate, Direction)> = None;
    for (on, direction) in in_order(crossings, |crossing| *crossing) {
        match last {
            Some((before, same)) if same == direction => {
                found.unknown.push((before, on));
                found.warnings.push(missing(before, on, direction));
            }
            Some((exit, Direction::Exit)) => found.trips.push(Trip { exit, entry: Some(on) }),
            Some((entry, Direction::Entry)) => found.stays.push(Stay { entry, exit: Some(on) }),
            // Before the first entry nobody was here; before the first exit somebody was, since when is not on record.
            None => {}
        }
        last = Some((on, direction));
    }
    match last {
        Some((exit, Direction::Exit)) => found.trips.push(Trip { exit, entry: None }),
        Some((entry, Direction::Entry)) => found.stays.push(Stay { entry, exit: None }),
        None => {}
    }
    found.unknown.sort_unstable();
    found
}

/// By day; within a day so that directions alternate as long as they can.
fn in_order<T: Copy>(crossings: &[T], of: impl Fn(&T) -> (NaiveDate, Direction)) -> Vec<T> {
    let mut left = crossings.to_vec();
    left.sort_by_key(|crossing| of(crossing).0);
    let begins_with = first_direction(&left.iter().map(&of).collect::<Vec<_>>());
    let mut ordered: Vec<T> = Vec::with_capacity(left.len());
    while let Some((day, _)) = left.first().map(&of) {
        let wanted = match ordered.last().map(|crossing| of(crossing).1) {
            Some(Direction::Exit) => Direction::Entry,
            Some(Direction::Entry) => Direction::Exit,
            None => begins_with,
        };
        let same_day = left.iter().map(&of).take_while(|(on, _)| *on == day);
        let fitting = same_day.enumerate().find(|(_, (_, direction))| *direction == wanted);
        ordered.push(left.remove(fitting.map_or(0, |(at, _)| at)));
    }
    ordered
}

/// The direction of the first crossing, of crossings sorted by day. A day with as many exits as entries leaves the person on the side where
/// it found them, so the first day with more of one direction tells. If none does, somebody who was here left and came back: a declared trip.
fn first_direction(by_day: &[(NaiveDate, Direction)]) -> Direction {
    let surplus = |day: &[(NaiveDate, Direction)]| {
        let entries = day.iter().filter(|(_, direction)| *direction == Direction::Entry).count();
        (2 * entries).cmp(&day.len())
    };
    match by_day.chunk_by(|a, b| a.0 == b.0).map(surplus).find(|surplus| surplus.is_ne()) {
        Some(Ordering::Greater) => Direction::Entry,
        _ => Direction::Exit,
    }
}

fn missing(before: NaiveDate, on: NaiveDate, direction: Direction) -> PresenceWarning {
    let (seen, absent) = match direction {
        Direction::Exit => ("exits", "entry"),
        Direction::Entry => ("entries", "exit"),
    };
    let message = format!(
        "Two {seen} in a row, on {before} and {on}: an {absent} between them is missing. Record it, or withdraw one of the two."
    );
    PresenceWarning { code: "missing_crossing", direction, days: (before, on), message }
}

/// Days absent on a trip under each convention. `through`: the last day that counts of a trip that is not over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DaysAbsent {
    /// Neither the day of exit nor the day of entry.
    pub exclusive: i64,
    /// One of them.
    pub one: i64,
    /// Both.
    pub both: i64,
}

impl Trip {
    /// Days absent; a trip that is not over is counted through `through`, on which its bearer is away.
    pub fn days_absent(&self, through: NaiveDate) -> DaysAbsent {
        match self.entry {
            // Gone and back on one day: absent only if both days count.
            Some(entry) if entry == self.exit => DaysAbsent { exclusive: 0, one: 0, both: 1 },
            Some(entry) => {
                let between = (entry - self.exit).num_days() - 1;
                DaysAbsent { exclusive: between, one: between + 1, both: between + 2 }
            }
            None => {
                let after = (through - self.exit).num_days().max(0);
                DaysAbsent { exclusive: after, one: after + 1, both: after + 1 }
            }
        }
    }
}

impl Stay {
    /// Days in the country, both ends included; a stay that is not over is counted through `through`.
    pub fn days(&self, through: NaiveDate) -> i64 {
        (self.exit.unwrap_or(through) - self.entry).num_days() + 1
    }
}

/// A crossing's particulars.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Crossing {
    /// Which way.
    pub direction: Direction,
    /// The day.
    pub crossed_on: NaiveDate,
    /// The checkpoint; never the destination.
    pub place: Option<String>,
    /// Who says so.
    pub source: CrossingSource,
    /// How sure it is.
    pub confidence: Confidence,
}

/// A stretch for which nobody knows where the person was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gap {
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day.
    pub valid_to: NaiveDate,
}

/// The recorded trip that shares a day abroad with another one, if there is one. Trips may touch: back and off again on one day.
pub(super) fn overlap(trips: &[Trip], other: Trip) -> Option<Trip> {
    let before = |first: &Trip, second: &Trip| first.entry.is_some_and(|entry| entry <= second.exit);
    trips.iter().find(|trip| !before(trip, &other) && !before(&other, trip)).copied()
}

#[cfg(test)]
mod tests {
    use super::Direction::{Entry, Exit};
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn trip(exit: &str, entry: &str) -> Trip {
        Trip { exit: day(exit), entry: Some(day(entry)) }
    }

    #[test]
    fn trips_lie_between_crossings_in_whatever_order_they_were_recorded() {
        let found = derive(&[(day("2024-03-01"), Entry), (day("2024-02-01"), Exit), (day("2024-05-01"), Exit)], &[]);
        assert_eq!(found.trips, [trip("2024-02-01", "2024-03-01"), Trip { exit: day("2024-05-01"), entry: None }]);
        assert_eq!(found.stays, [Stay { entry: day("2024-03-01"), exit: Some(day("2024-05-01")) }]);
        assert!(found.warnings.is_empty());
    }

    #[test]
    fn on_one_day_the_order_that_alternates_is_taken() {
        let touching = [
            (day("2024-02-01"), Exit),
            (day("2024-03-01"), Exit),
            (day("2024-03-01"), Entry),
            (day("2024-04-01"), Entry),
        ];
        let found = derive(&touching, &[]);
        assert_eq!(found.trips, [trip("2024-02-01", "2024-03-01"), trip("2024-03-01", "2024-04-01")]);
        let day_trip = derive(&[(day("2024-02-01"), Entry), (day("2024-02-01"), Exit)], &[]);
        assert_eq!(day_trip.trips, [trip("2024-02-01", "2024-02-01")]);
    }

    #[test]
    fn a_first_day_of_coming_and_going_is_ordered_by_what_follows() {
        let transit = [(day("2020-01-10"), Entry), (day("2020-01-10"), Exit)];
        let back = derive(&[&transit[..], &[(day("2021-06-01"), Entry)]].concat(), &[]);
        assert_eq!(back.trips, [trip("2020-01-10", "2021-06-01")]);
        assert_eq!(back.stays[0], Stay { entry: day("2020-01-10"), exit: Some(day("2020-01-10")) });
        assert!(back.unknown.is_empty() && back.warnings.is_empty(), "{back:?}");

        let left = derive(&[&transit[..], &[(day("2021-06-01"), Exit)]].concat(), &[]);
        assert_eq!(left.trips, [trip("2020-01-10", "2020-01-10"), Trip { exit: day("2021-06-01"), entry: None }]);
        assert!(left.unknown.is_empty() && left.warnings.is_empty(), "{left:?}");

        let twice = derive(&[&transit[..], &[(day("2020-01-10"), Entry)]].concat(), &[]);
        assert_eq!(twice.stays.len(), 2);
        assert!(twice.warnings.is_empty(), "{twice:?}");
    }

    #[test]
    fn a_missing_crossing_leaves_a_stretch_unknown_and_says_so() {
        let found =
            derive(&[(day("2024-02-01"), Exit), (day("2024-05-01"), Exit)], &[(day("2020-01-01"), day("2020-02-01"))]);
        assert_eq!(found.unknown, [(day("2020-01-01"), day("2020-02-01")), (day("2024-02-01"), day("2024-05-01"))]);
        assert_eq!(found.warnings[0].code, "missing_crossing");
        assert!(found.warnings[0].message.contains("2024-02-01") && found.warnings[0].message.contains("2024-05-01"));
    }

    #[test]
    fn one_trip_shows_its_days_under_each_convention() {
        let days = |exclusive, one, both| DaysAbsent { exclusive, one, both };
        assert_eq!(trip("2022-03-01", "2022-05-31").days_absent(day("2024-01-01")), days(90, 91, 92));
        assert_eq!(trip("2022-03-01", "2022-03-01").days_absent(day("2024-01-01")), days(0, 0, 1));
        let open = Trip { exit: day("2026-10-01"), entry: None };
        assert_eq!(open.days_absent(day("2026-11-23")), days(53, 54, 54));
    }

    #[test]
    fn trips_may_touch_but_not_overlap() {
        let recorded = [trip("2024-02-01", "2024-03-01"), Trip { exit: day("2024-06-01"), entry: None }];
        assert_eq!(overlap(&recorded, trip("2024-03-01", "2024-04-01")), None);
        assert_eq!(overlap(&recorded, trip("2024-01-01", "2024-02-01")), None);
        assert_eq!(overlap(&recorded, trip("2024-02-10", "2024-02-11")), Some(recorded[0]));
        assert_eq!(overlap(&recorded, trip("2024-07-01", "2024-07-02")), Some(recorded[1]));
        assert_eq!(overlap(&recorded, Trip { exit: day("2024-05-01"), entry: None }), Some(recorded[1]));
    }
}
