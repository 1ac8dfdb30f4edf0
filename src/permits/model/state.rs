//! The states of a permit and the moves between them, as a table. Time alone leads from one to the next, or an end before the time.

use chrono::NaiveDate;

use super::Validity;
use crate::db::text_enum;

text_enum! {
    /// What a permit is on a day.
    pub enum PermitState {
        /// Its first day is still to come.
        NotYet = "not_yet",
        /// It is valid.
        Valid = "valid",
        /// Its last day is over.
        Expired = "expired",
        /// The authority took it.
        Revoked = "revoked",
        /// It was annulled.
        Cancelled = "cancelled",
        /// Its holder gave it back.
        Returned = "returned",
        /// It ended by law.
        Lapsed = "lapsed",
    }
}

text_enum! {
    /// How a permit ends before its time.
    pub enum EndKind {
        /// The authority takes it.
        Revoked = "revoked",
        /// It is annulled.
        Cancelled = "cancelled",
        /// Its holder gives it back.
        Returned = "returned",
        /// It ends by law.
        Lapsed = "lapsed",
    }
}

/// From a state, by an end, to a state.
type Move = (PermitState, EndKind, PermitState);

/// Every move that there is. What has ended does not end again.
const MOVES: &[Move] = &[
    (PermitState::NotYet, EndKind::Revoked, PermitState::Revoked),
    (PermitState::NotYet, EndKind::Cancelled, PermitState::Cancelled),
    (PermitState::NotYet, EndKind::Returned, PermitState::Returned),
    (PermitState::NotYet, EndKind::Lapsed, PermitState::Lapsed),
    (PermitState::Valid, EndKind::Revoked, PermitState::Revoked),
    (PermitState::Valid, EndKind::Cancelled, PermitState::Cancelled),
    (PermitState::Valid, EndKind::Returned, PermitState::Returned),
    (PermitState::Valid, EndKind::Lapsed, PermitState::Lapsed),
];

/// The state to which an end leads; none: it is not possible from there.
pub(in crate::permits) fn after(from: PermitState, end: EndKind) -> Option<PermitState> {
    MOVES.iter().find(|(state, by, _)| (*state, *by) == (from, end)).map(|(_, _, to)| *to)
}

/// The ends that are possible from a state.
pub(in crate::permits) fn moves(from: PermitState) -> impl Iterator<Item = EndKind> {
    MOVES.iter().filter(move |(state, _, _)| *state == from).map(|(_, end, _)| *end)
}

/// How a permit stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::permits) struct Standing {
    /// What it is.
    pub(in crate::permits) state: PermitState,
    /// Since when; none before its first day.
    pub(in crate::permits) since: Option<NaiveDate>,
    /// Last day on which it is valid; none: open, or never valid.
    pub(in crate::permits) last_day: Option<NaiveDate>,
    /// Days after this one on which it is valid; none unless it is valid and has a last day.
    pub(in crate::permits) days_left: Option<i64>,
}

impl EndKind {
    const fn state(self) -> PermitState {
        match self {
            Self::Revoked => PermitState::Revoked,
            Self::Cancelled => PermitState::Cancelled,
            Self::Returned => PermitState::Returned,
            Self::Lapsed => PermitState::Lapsed,
        }
    }
}

impl Validity {
    /// How the permit stands on a day.
    pub(in crate::permits) fn standing(&self, on: NaiveDate) -> Standing {
        let never_valid = self.end.is_some_and(|(_, ended_on)| ended_on <= self.from);
        let last_day = self.to.filter(|_| !never_valid);
        let of = |state, since| Standing { state, since, last_day, days_left: None };
        match (self.end, last_day) {
            (Some((kind, ended_on)), _) if ended_on <= on => of(kind.state(), Some(ended_on)),
            _ if on < self.from => of(PermitState::NotYet, None),
            (_, Some(last)) if last < on => of(PermitState::Expired, last.succ_opt()),
            (_, last) => {
                let days_left = last.map(|last| (last - on).num_days());
                Standing { days_left, ..of(PermitState::Valid, Some(self.from)) }
            }
        }
    }

    /// The state that an end on this day would leave. What has ended, whenever, does not end again.
    pub(in crate::permits) fn state_before_end(&self, on: NaiveDate) -> PermitState {
        self.end.map_or_else(|| self.standing(on).state, |(kind, _)| kind.state())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::TextEnum;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn states() -> impl Iterator<Item = PermitState> {
        PermitState::TEXTS.iter().map(|text| PermitState::of(text).unwrap())
    }

    fn ends() -> impl Iterator<Item = EndKind> {
        EndKind::TEXTS.iter().map(|text| EndKind::of(text).unwrap())
    }

    /// Worked out by hand, not from the table: only what has not ended can end, and the state is then named like the end.
    #[test]
    fn every_pair_of_state_and_end() {
        let mut pairs = 0;
        for from in states() {
            for end in ends() {
                let open = matches!(from, PermitState::NotYet | PermitState::Valid);
                let to = after(from, end);
                assert_eq!(to.map(TextEnum::text), open.then(|| end.text()), "{from:?} {end:?}");
                assert_eq!(moves(from).any(|one| one == end), open, "{from:?} {end:?}");
                pairs += 1;
            }
        }
        assert_eq!(pairs, 28);
        assert_eq!(MOVES.len(), 8, "no move stands twice");
    }

    #[test]
    fn the_state_follows_from_the_days() {
        let (from, to) = (day("2024-01-10"), Some(day("2025-01-09")));
        let permit = Validity { from, to, end: None };
        let state = |on: &str| permit.standing(day(on));
        assert_eq!(state("2024-01-09").state, PermitState::NotYet);
        assert_eq!(state("2024-01-09").since, None);
        let first = Standing { state: PermitState::Valid, since: Some(from), last_day: to, days_left: Some(365) };
        assert_eq!(state("2024-01-10"), first);
        assert_eq!(state("2025-01-09").days_left, Some(0));
        assert_eq!(state("2025-01-10").state, PermitState::Expired);
        assert_eq!(state("2025-01-10").since, Some(day("2025-01-10")));
        let open = Validity { to: None, ..permit };
        assert_eq!((open.standing(day("2090-01-01")).state, open.standing(from).days_left), (PermitState::Valid, None));
    }

    #[test]
    fn an_end_counts_from_its_day_on() {
        let end = Some((EndKind::Revoked, day("2024-06-01")));
        let permit = Validity { from: day("2024-01-10"), to: Some(day("2024-05-31")), end };
        assert_eq!(permit.standing(day("2024-05-31")).state, PermitState::Valid);
        assert_eq!(permit.standing(day("2024-06-01")).state, PermitState::Revoked);
        assert_eq!(permit.standing(day("2030-01-01")).since, Some(day("2024-06-01")));
        assert_eq!(permit.state_before_end(day("2024-02-01")), PermitState::Revoked, "it ends once");

        let never = Validity { from: day("2024-06-01"), to: Some(day("2025-05-31")), end };
        assert_eq!(never.standing(day("2024-05-31")).state, PermitState::NotYet);
        assert_eq!(never.standing(day("2024-06-01")).state, PermitState::Revoked);
        assert_eq!(never.standing(day("2024-07-01")).last_day, None);
    }
}
