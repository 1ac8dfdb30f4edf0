//! How far somebody has come with the meetings that must be attended. Nobody answers for meetings before the day of enrolment.

use chrono::NaiveDate;

use crate::db::text_enum;

text_enum! {
    /// Was somebody there?
    pub(in crate::courses) enum Status {
        /// Yes.
        Present = "present",
        /// Yes, but not from the beginning.
        Late = "late",
        /// No, with a reason that counts. It may be announced before.
        Excused = "excused",
        /// No.
        Absent = "absent",
    }
}

text_enum! {
    /// What somebody should know in time.
    pub(in crate::courses) enum Warning {
        /// Nothing.
        None = "none",
        /// Another absence is one too many.
        LastChance = "last_chance",
        /// The share cannot be reached any more.
        OutOfReach = "out_of_reach",
    }
}

/// A meeting that takes place, and what was noted of the learner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::courses) struct Meeting {
    pub(in crate::courses) day: NaiveDate,
    pub(in crate::courses) mark: Option<Status>,
}

/// How far somebody has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::courses) struct Attendance {
    /// Meetings to attend.
    pub(in crate::courses) required: usize,
    pub(in crate::courses) attended: usize,
    pub(in crate::courses) excused: usize,
    pub(in crate::courses) missed: usize,
    /// Meetings of which nothing is noted yet.
    pub(in crate::courses) still_possible: usize,
    pub(in crate::courses) can_reach: bool,
    pub(in crate::courses) warning: Warning,
}

/// Does a meeting count for somebody who was enrolled on a day?
pub(in crate::courses) fn applies(day: NaiveDate, enrolled_from: NaiveDate) -> bool {
    day >= enrolled_from
}

/// How far somebody has come who was enrolled on a day; `required_share` is in percent. Excused meetings count neither for nor against.
pub(in crate::courses) fn attendance(
    meetings: &[Meeting],
    enrolled_from: NaiveDate,
    required_share: usize,
) -> Attendance {
    let own = || meetings.iter().filter(|meeting| applies(meeting.day, enrolled_from));
    let with = |wanted: &[Option<Status>]| own().filter(|meeting| wanted.contains(&meeting.mark)).count();
    let attended = with(&[Some(Status::Present), Some(Status::Late)]);
    let excused = with(&[Some(Status::Excused)]);
    let missed = with(&[Some(Status::Absent)]);
    let still_possible = with(&[None]);
    let required = (attended + missed + still_possible).saturating_mul(required_share).div_ceil(100);
    let can_reach = attended + still_possible >= required;
    let warning = if !can_reach {
        Warning::OutOfReach
    } else if attended < required && attended + still_possible == required {
        Warning::LastChance
    } else {
        Warning::None
    };
    Attendance { required, attended, excused, missed, still_possible, can_reach, warning }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(number: u32) -> NaiveDate {
        NaiveDate::from_num_days_from_ce_opt(730_000 + i32::try_from(number).unwrap()).unwrap()
    }

    fn meeting() -> impl Strategy<Value = Meeting> {
        let marks = [None, Some(Status::Present), Some(Status::Late), Some(Status::Excused), Some(Status::Absent)];
        (0_u32..40, prop::sample::select(marks.to_vec())).prop_map(|(number, mark)| Meeting { day: day(number), mark })
    }

    #[test]
    fn the_warning_comes_before_it_is_too_late() {
        let meetings = |marks: &[Option<Status>]| -> Vec<Meeting> {
            marks.iter().map(|mark| Meeting { day: day(1), mark: *mark }).collect()
        };
        let of = |marks: &[Option<Status>]| attendance(&meetings(marks), day(0), 80);
        let (here, away, free) = (Some(Status::Present), Some(Status::Absent), None);
        assert_eq!(of(&[here, free, free, free, free]).warning, Warning::None);
        let last = of(&[away, free, free, free, free]);
        assert_eq!((last.required, last.warning, last.can_reach), (4, Warning::LastChance, true));
        assert_eq!(of(&[away, away, free, free, free]).warning, Warning::OutOfReach);
        assert_eq!(of(&[away, here, here, here, here]).warning, Warning::None);
        assert_eq!(of(&[Some(Status::Excused), here, here, here, here]).required, 4);
        assert!(of(&[]).can_reach);
    }

    proptest! {
        /// Nobody is punished for what was before the enrolment; the parts are the whole; being there never harms.
        #[test]
        fn attendance_is_fair(
            meetings in prop::collection::vec(meeting(), 0..30), from in 0_u32..40, share in 1_usize..=100, which in 0_usize..30,
        ) {
            let found = attendance(&meetings, day(from), share);
            let own: Vec<Meeting> = meetings.iter().filter(|one| one.day >= day(from)).copied().collect();
            prop_assert_eq!(found, attendance(&own, day(0), share));
            prop_assert_eq!(found.attended + found.excused + found.missed + found.still_possible, own.len());
            prop_assert!(found.required <= found.attended + found.missed + found.still_possible);
            prop_assert_eq!(found.can_reach, found.warning != Warning::OutOfReach);
            if found.missed == 0 {
                prop_assert!(found.can_reach);
            }
            if let Some(changed) = own.get(which).filter(|one| one.mark == Some(Status::Absent)) {
                let mut better = own.clone();
                better[which] = Meeting { mark: Some(Status::Late), ..*changed };
                let better = attendance(&better, day(0), share);
                prop_assert!(better.can_reach || !found.can_reach);
                prop_assert_eq!(better.required, found.required);
            }
        }
    }
}
