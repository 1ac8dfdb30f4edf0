//! What courses are.

pub(super) mod attendance;
pub(super) mod calendar;
pub(super) mod certificate;
pub(super) mod demand;
pub(super) mod hours;
pub(super) mod queue;
pub(super) mod words;

use crate::db::{TextEnum, text_enum};

text_enum! {
    /// Levels of the Common European Framework of Reference for Languages.
    pub enum CefrLevel {
        /// Before the first level.
        PreA1 = "Pre-A1",
        /// Breakthrough.
        A1 = "A1",
        /// Waystage.
        A2 = "A2",
        /// Threshold.
        B1 = "B1",
        /// Vantage.
        B2 = "B2",
        /// Effective operational proficiency.
        C1 = "C1",
        /// Mastery.
        C2 = "C2",
    }
}

impl CefrLevel {
    /// Its place among the levels, the lowest first.
    pub(super) fn rank(self) -> usize {
        Self::TEXTS.iter().position(|text| *text == self.text()).unwrap_or_default()
    }
}

text_enum! {
    /// Where the learners are.
    pub(super) enum Mode {
        /// In a room.
        Classroom = "classroom",
        /// At home.
        Online = "online",
        /// Sometimes here, sometimes there.
        Mixed = "mixed",
    }
}

text_enum! {
    /// Who gets a seat.
    pub(super) enum OrderRule {
        /// Who comes first; whoever finds the course full is refused.
        FirstCome = "first_come",
        /// Who comes first; whoever finds the course full waits, and is offered the next free seat in the order of applications.
        WaitingList = "waiting_list",
    }
}

text_enum! {
    /// Where a course stands.
    pub(super) enum CourseState {
        /// Only its organisation sees it.
        Draft = "draft",
        /// Everybody sees it; enrolment is open in its window.
        Published = "published",
        /// It meets; enrolment is open as long as its window is.
        Running = "running",
        /// The last meeting is over.
        Finished = "finished",
        /// Nothing is left to do.
        Archived = "archived",
        /// It does not take place.
        Cancelled = "cancelled",
    }
}

/// The moves of a course: from, to.
const MOVES: &[(CourseState, CourseState)] = &[
    (CourseState::Draft, CourseState::Published),
    (CourseState::Draft, CourseState::Cancelled),
    (CourseState::Published, CourseState::Running),
    (CourseState::Published, CourseState::Cancelled),
    (CourseState::Running, CourseState::Finished),
    (CourseState::Running, CourseState::Cancelled),
    (CourseState::Finished, CourseState::Archived),
    (CourseState::Cancelled, CourseState::Archived),
];

impl CourseState {
    /// The states that can follow.
    pub(super) fn moves(self) -> Vec<&'static str> {
        MOVES.iter().filter(|(from, _)| *from == self).map(|(_, to)| to.text()).collect()
    }

    /// Can the state follow?
    pub(super) fn leads_to(self, to: Self) -> bool {
        MOVES.contains(&(self, to))
    }

    /// Does the course take place, or shall it?
    pub(super) const fn is_alive(self) -> bool {
        matches!(self, Self::Draft | Self::Published | Self::Running)
    }

    /// Are seats given out, as far as the days let?
    pub(super) const fn takes_people(self) -> bool {
        matches!(self, Self::Published | Self::Running)
    }
}

text_enum! {
    /// Where somebody stands with a course.
    pub(crate) enum EnrolmentState {
        /// A seat is kept for them until the offer ends.
        Offered = "offered",
        /// They have a seat.
        Enrolled = "enrolled",
        /// They wait for a seat.
        Waiting = "waiting",
        /// They did not want the seat.
        Declined = "declined",
        /// They gave the seat back, or lost it.
        Left = "left",
        /// They took part to the end.
        Completed = "completed",
        /// The offer ended without an answer.
        Expired = "expired",
    }
}

/// Who moves somebody's place in a course.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mover {
    /// The person.
    Learner,
    /// The organisation that gives the course.
    Provider,
}

/// The moves of a place: from, to, may the learner make it?
const PLACE_MOVES: &[(EnrolmentState, EnrolmentState, bool)] = &[
    (EnrolmentState::Offered, EnrolmentState::Enrolled, true),
    (EnrolmentState::Offered, EnrolmentState::Declined, true),
    (EnrolmentState::Waiting, EnrolmentState::Declined, true),
    (EnrolmentState::Enrolled, EnrolmentState::Left, true),
    (EnrolmentState::Enrolled, EnrolmentState::Completed, false),
];

impl EnrolmentState {
    /// The states that can follow by an act of this mover.
    pub(super) fn moves(self, by: Mover) -> Vec<&'static str> {
        let open = PLACE_MOVES.iter().filter(|(from, _, learner)| *from == self && (*learner || by == Mover::Provider));
        open.map(|(_, to, _)| to.text()).collect()
    }

    /// Can the state follow by an act of this mover?
    pub(super) fn leads_to(self, to: Self, by: Mover) -> bool {
        self.moves(by).contains(&to.text())
    }

    /// Does it hold a seat?
    pub(super) const fn holds_a_seat(self) -> bool {
        matches!(self, Self::Offered | Self::Enrolled | Self::Completed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_in_order() {
        let ranks = CefrLevel::TEXTS.iter().map(|text| CefrLevel::of(text).unwrap().rank());
        assert!(ranks.eq(0..7));
    }

    #[test]
    fn every_move_of_a_course_is_a_step_forward() {
        let order = |state: CourseState| CourseState::TEXTS.iter().position(|text| *text == state.text()).unwrap();
        for (from, to) in MOVES {
            assert!(order(*from) < order(*to) || *from == CourseState::Cancelled, "{from:?} {to:?}");
            assert!(from.leads_to(*to));
        }
        assert!(CourseState::Archived.moves().is_empty());
        assert!(!CourseState::Draft.leads_to(CourseState::Running));
    }

    #[test]
    fn nobody_says_of_themselves_that_they_completed_a_course() {
        assert!(!EnrolmentState::Enrolled.leads_to(EnrolmentState::Completed, Mover::Learner));
        assert!(EnrolmentState::Enrolled.leads_to(EnrolmentState::Completed, Mover::Provider));
        assert!(EnrolmentState::Expired.moves(Mover::Provider).is_empty());
    }
}
