//! How many need a course that does not exist, without telling who they are.

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

    proptest! {
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
