//! How many need a course that does not exist, without telling who they are.

use super::CefrLevel;
use crate::db::text_enum;

text_enum! {
    /// When somebody has time for a course.
    pub(in crate::courses) enum TimeOfWeek {
        /// Monday to Friday before noon.
        WeekdayMorning = "weekday_morning",
        /// Monday to Friday after noon.
        WeekdayAfternoon = "weekday_afternoon",
        /// Monday to Friday after work.
        WeekdayEvening = "weekday_evening",
        /// Saturday and Sunday.
        Weekend = "weekend",
    }
}

/// Groups smaller than this are not told: their members could be recognised.
pub(in crate::courses) const SMALLEST_TOLD: i64 = 5;

/// The least group for which a course is called. No rule sets it: a class of eight is still one when a third of it does not come. It is not smaller
/// than what is told, so that a call tells no count that is hidden elsewhere.
pub(in crate::courses) const VIABLE: i64 = 8;
const _: () = assert!(VIABLE >= SMALLEST_TOLD);

/// What a group of people needs alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::courses) struct GroupKey {
    /// Code of the division.
    pub(in crate::courses) division: String,
    pub(in crate::courses) level: CefrLevel,
    /// Language of instruction, BCP 47.
    pub(in crate::courses) language: String,
}

/// What a row of counts tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::courses) enum Told {
    /// So many.
    Count(i64),
    /// Not told.
    Suppressed,
}

impl Told {
    fn of(count: i64) -> Self {
        if count < SMALLEST_TOLD { Self::Suppressed } else { Self::Count(count) }
    }
}

/// How many of a group share something: told if neither they nor the others are few.
pub(in crate::courses) fn part(count: i64, group: i64) -> Told {
    if group.saturating_sub(count) < SMALLEST_TOLD { Told::Suppressed } else { Told::of(count) }
}

/// The most hours a week for which at least half of a group has time; given are hours and how many people have so many.
pub(in crate::courses) fn median_hours(group: &[(i32, i64)]) -> Option<i32> {
    let mut sorted = group.to_vec();
    sorted.sort_unstable_by(|one, other| other.cmp(one));
    let all: i64 = sorted.iter().map(|(_, people)| people).sum();
    let mut so_far = 0;
    let reached = sorted.into_iter().find(|(_, people)| {
        so_far += people;
        so_far * 2 >= all
    });
    reached.map(|(hours, _)| hours)
}

/// The counts that are told, and their sum if nobody can work out a suppressed one from it: the sum is told if nothing is suppressed, or if what is
/// suppressed is more than one count and together as large as one that is told.
pub(in crate::courses) fn told(counts: &[i64]) -> (Vec<Told>, Told) {
    let cells: Vec<Told> = counts.iter().map(|count| Told::of(*count)).collect();
    let hidden: Vec<i64> = counts.iter().copied().filter(|count| *count < SMALLEST_TOLD).collect();
    let recognisable = !hidden.is_empty() && (hidden.len() < 2 || hidden.iter().sum::<i64>() < SMALLEST_TOLD);
    let sum: i64 = counts.iter().sum();
    (cells, if recognisable { Told::Suppressed } else { Told::of(sum) })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn no_small_group_is_told() {
        use Told::{Count, Suppressed};
        assert_eq!(told(&[7, 5]), (vec![Count(7), Count(5)], Count(12)));
        assert_eq!(told(&[7, 4]), (vec![Count(7), Suppressed], Suppressed));
        assert_eq!(told(&[7, 4, 1]), (vec![Count(7), Suppressed, Suppressed], Count(12)));
        assert_eq!(told(&[7, 1, 1]).1, Suppressed);
        assert_eq!(told(&[]), (vec![], Suppressed));
    }

    #[test]
    fn half_of_a_group_has_time_for_the_median() {
        assert_eq!(median_hours(&[(2, 3), (4, 2), (8, 3)]), Some(4));
        assert_eq!(median_hours(&[(8, 4), (2, 4)]), Some(8));
        assert_eq!(median_hours(&[(2, 8), (40, 1)]), Some(2));
        assert_eq!(median_hours(&[]), None);
    }

    proptest! {
        /// A part of a group is told only if it and the rest of it would be told by themselves.
        #[test]
        fn no_small_part_of_a_group_is_told(group in VIABLE..40, count in 0_i64..40) {
            let count = count.min(group);
            let told = matches!(part(count, group), Told::Count(_));
            prop_assert_eq!(told, count >= SMALLEST_TOLD && group - count >= SMALLEST_TOLD);
        }

        /// Whoever subtracts what is told from the sum learns of no group that is too small.
        #[test]
        fn no_small_group_can_be_worked_out(counts in prop::collection::vec(1_i64..12, 0..8)) {
            let (cells, sum) = told(&counts);
            if let Told::Count(sum) = sum {
                let known: i64 = cells.iter().map(|cell| if let Told::Count(count) = cell { *count } else { 0 }).sum();
                let rest = sum - known;
                prop_assert!(rest == 0 || rest >= SMALLEST_TOLD);
                let hidden = cells.iter().filter(|cell| **cell == Told::Suppressed).count();
                prop_assert!(hidden != 1);
            }
        }
    }
}
