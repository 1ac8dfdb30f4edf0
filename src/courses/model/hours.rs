//! How many hours of courses somebody has used, and how many are kept for them: a pure function of stays, meetings and the clock. All in minutes.

use chrono::NaiveDate;

use super::attendance::applies;
use crate::clock::Instant;
use crate::db::text_enum;

text_enum! {
    /// Why hours are granted.
    pub(in crate::courses) enum HoursReason {
        /// For the way to a level.
        First = "first",
        /// For a level that was not reached before.
        Repeat = "repeat",
    }
}

/// How long somebody had a place in a course.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::courses) struct Stay {
    /// Day of enrolment.
    pub(in crate::courses) from: NaiveDate,
    /// When the place was left; none: they take part.
    pub(in crate::courses) until: Option<Instant>,
}

/// A meeting of the course, as far as it matters for the hours of one learner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::courses) struct Session {
    /// Its day in the country.
    pub(in crate::courses) day: NaiveDate,
    pub(in crate::courses) starts_at: Instant,
    pub(in crate::courses) ends_at: Instant,
    pub(in crate::courses) cancelled: bool,
    pub(in crate::courses) excused: bool,
}

impl Session {
    fn minutes(&self) -> i64 {
        self.ends_at.micros().saturating_sub(self.starts_at.micros()).max(0) / 60_000_000
    }

    /// Is it an hour of the learner's at all?
    fn counts(&self, stays: &[Stay]) -> bool {
        let within = |stay: &Stay| applies(self.day, stay.from) && stay.until.is_none_or(|left| self.starts_at < left);
        !self.cancelled && !self.excused && stays.iter().any(within)
    }
}

/// What a course takes of somebody's hours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::courses) struct Taken {
    /// Meetings that count.
    pub(in crate::courses) meetings: usize,
    /// Minutes of meetings that have begun.
    pub(in crate::courses) used: i64,
    /// Minutes of meetings to come.
    pub(in crate::courses) reserved: i64,
}

/// What the meetings of one course take of somebody's hours. A meeting counts once, however often the place was left and taken again.
pub(in crate::courses) fn taken(now: Instant, stays: &[Stay], sessions: &[Session]) -> Taken {
    let mut sum = Taken::default();
    for session in sessions.iter().filter(|session| session.counts(stays)) {
        sum.meetings += 1;
        let minutes = session.minutes();
        let part = if session.starts_at > now { &mut sum.reserved } else { &mut sum.used };
        *part = part.saturating_add(minutes);
    }
    sum
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOUR: i64 = 3_600_000_000;

    fn at(hours: i64) -> Instant {
        Instant::from_micros(hours * HOUR)
    }

    fn day(hours: i64) -> NaiveDate {
        at(hours).date(chrono_tz::UTC)
    }

    fn session(from: i64, hours: i64) -> Session {
        Session { day: day(from), starts_at: at(from), ends_at: at(from + hours), cancelled: false, excused: false }
    }

    fn stay(from: i64, until: Option<i64>) -> Stay {
        Stay { from: day(from), until: until.map(at) }
    }

    #[test]
    fn hours_are_used_once_they_have_begun_and_reserved_before() {
        // Days of two hours from 10 o'clock on.
        let days: Vec<Session> = (0..5).map(|number| session(24 * number + 10, 2)).collect();
        let takes_part = [stay(24, None)];
        assert_eq!(taken(at(58), &takes_part, &days), Taken { meetings: 4, used: 240, reserved: 240 });
        assert_eq!(taken(at(57), &takes_part, &days), Taken { meetings: 4, used: 120, reserved: 360 });
        // Who left on the third day, after its meeting had begun.
        let left = [stay(24, Some(59))];
        assert_eq!(taken(at(200), &left, &days), Taken { meetings: 2, used: 240, reserved: 0 });
        // Left and taken again on one day: its meeting counts once.
        let again = [stay(24, Some(59)), stay(59, None)];
        assert_eq!(taken(at(200), &again, &days), Taken { meetings: 4, used: 480, reserved: 0 });
        assert_eq!(taken(at(200), &[], &days), Taken::default());
    }

    fn sessions() -> impl Strategy<Value = Vec<Session>> {
        let one = (0_i64..400, 0_i64..5, any::<bool>(), any::<bool>());
        let one =
            one.prop_map(|(from, hours, cancelled, excused)| Session { cancelled, excused, ..session(from, hours) });
        prop::collection::vec(one, 0..30)
    }

    fn stays() -> impl Strategy<Value = Vec<Stay>> {
        let one = (0_i64..400, prop::option::of(0_i64..400));
        prop::collection::vec(one.prop_map(|(from, until)| stay(from, until)), 0..4)
    }

    proptest! {
        /// Nothing before the enrolment counts, nor what was excused or cancelled; no sum is negative; a later look finds the same together unless
        /// somebody has done something.
        #[test]
        fn only_own_hours_count(all in sessions(), stays in stays(), now in 0_i64..500, later in 0_i64..100) {
            let found = taken(at(now), &stays, &all);
            let first = stays.iter().map(|stay| stay.from).min();
            let own: Vec<Session> = all
                .iter()
                .filter(|one| !one.excused && !one.cancelled && first.is_some_and(|first| one.day >= first))
                .copied()
                .collect();
            prop_assert_eq!(found, taken(at(now), &stays, &own));
            prop_assert!(found.used >= 0 && found.reserved >= 0);
            prop_assert!(found.meetings <= own.len());
            let then = taken(at(now + later), &stays, &all);
            prop_assert_eq!(found.used + found.reserved, then.used + then.reserved);
            prop_assert!(then.used >= found.used);
            // Each meeting by itself comes to the same as all together.
            let single: i64 = all.iter().map(|one| taken(at(now), &stays, &[*one])).map(|one| one.used + one.reserved).sum();
            prop_assert_eq!(single, found.used + found.reserved);
        }
    }
}
