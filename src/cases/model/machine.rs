//! States and moves. Which move leads where, and whose it is, stands in `config/cases/types.toml`.

use super::CaseKind;
use super::catalogue::Catalogue;
use crate::access::policy::Role;
use crate::db::text_enum;

text_enum! {
    /// Where a case stands.
    #[schema(as = CaseState)]
    pub enum State {
        /// Handed in; the office's term runs.
        Filed = "filed",
        /// Somebody works on it.
        UnderReview = "under_review",
        /// The office's term stands still, on a ground of the law.
        Suspended = "suspended",
        /// A decision is proposed and waits for a second official.
        Proposed = "proposed",
        /// Granted.
        Granted = "granted",
        /// Refused, with reasons.
        Refused = "refused",
        /// Taken back by the applicant.
        Withdrawn = "withdrawn",
        /// Granted, but cancelled because the fee was not paid.
        Lapsed = "lapsed",
        /// Refused, and the refusal is contested.
        Appealed = "appealed",
    }
}

text_enum! {
    /// What moves a case.
    #[schema(as = CaseTransitionName)]
    pub enum Event {
        /// The office begins to work on it.
        Accept = "accept",
        /// Another authority is asked for its opinion.
        RequestOpinion = "request_opinion",
        /// Its opinion came.
        ReceiveOpinion = "receive_opinion",
        /// The office's term stands still.
        Suspend = "suspend",
        /// The office's term runs again.
        Resume = "resume",
        /// The office's term is lengthened.
        Extend = "extend",
        /// A decision is proposed.
        Propose = "propose",
        /// The proposed decision is sent back.
        Return = "return",
        /// A second official approves a grant.
        Grant = "grant",
        /// A second official approves a refusal.
        Refuse = "refuse",
        /// The applicant takes the application back.
        Withdraw = "withdraw",
        /// The fee was not paid in its term.
        Lapse = "lapse",
        /// The refusal is contested.
        Appeal = "appeal",
        /// The refusal stands.
        Uphold = "uphold",
        /// The refusal falls, and the case is decided anew.
        Remit = "remit",
        /// A closed case is taken up again.
        Reopen = "reopen",
    }
}

/// A move: who may make it, and where it leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cases) struct Move {
    pub(in crate::cases) event: Event,
    pub(in crate::cases) from: Vec<State>,
    pub(in crate::cases) to: State,
    pub(in crate::cases) who: Vec<Role>,
    /// The kinds of cases that have it; empty: all.
    pub(in crate::cases) only: Vec<CaseKind>,
}

impl State {
    /// Is there nothing left to do unless somebody takes the case up again?
    pub(in crate::cases) const fn is_closed(self) -> bool {
        matches!(self, Self::Granted | Self::Refused | Self::Withdrawn | Self::Lapsed)
    }
}

impl Event {
    /// Does the office's term begin anew?
    pub(in crate::cases) const fn restarts(self) -> bool {
        matches!(self, Self::Remit | Self::Reopen)
    }

    /// Is it made with a decision, and by no other request?
    pub(in crate::cases) const fn is_decision(self) -> bool {
        matches!(self, Self::Propose | Self::Return | Self::Grant | Self::Refuse)
    }
}

impl Catalogue {
    /// The moves of a kind of case from a state, in the order of the catalogue.
    pub(in crate::cases) fn moves(&self, kind: CaseKind, state: State) -> impl Iterator<Item = &Move> {
        let of_kind = move |one: &&Move| one.only.is_empty() || one.only.contains(&kind);
        self.moves.iter().filter(of_kind).filter(move |one| one.from.contains(&state))
    }

    /// Where an event leads; none if the state does not allow it.
    pub(in crate::cases) fn step(&self, kind: CaseKind, state: State, event: Event) -> Option<&Move> {
        self.moves(kind, state).find(|one| one.event == event)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::catalogue;
    use super::*;
    use crate::db::TextEnum;

    fn all<T: TextEnum>() -> impl Iterator<Item = T> {
        T::TEXTS.iter().map(|text| T::of(text).unwrap())
    }

    /// Written down here a second time, by hand: state, event, next state.
    const TABLE: &[(&str, &str, &str)] = &[
        ("filed", "accept", "under_review"),
        ("filed", "suspend", "suspended"),
        ("filed", "withdraw", "withdrawn"),
        ("under_review", "request_opinion", "under_review"),
        ("under_review", "receive_opinion", "under_review"),
        ("under_review", "suspend", "suspended"),
        ("under_review", "extend", "under_review"),
        ("under_review", "propose", "proposed"),
        ("under_review", "withdraw", "withdrawn"),
        ("suspended", "resume", "under_review"),
        ("suspended", "withdraw", "withdrawn"),
        ("proposed", "return", "under_review"),
        ("proposed", "grant", "granted"),
        ("proposed", "refuse", "refused"),
        ("granted", "lapse", "lapsed"),
        ("granted", "reopen", "under_review"),
        ("refused", "appeal", "appealed"),
        ("refused", "reopen", "under_review"),
        ("withdrawn", "reopen", "under_review"),
        ("lapsed", "reopen", "under_review"),
        ("appealed", "uphold", "refused"),
        ("appealed", "remit", "under_review"),
    ];

    const PERMITS_ONLY: &[&str] = &["request_opinion", "receive_opinion", "lapse"];

    #[test]
    fn every_pair_of_state_and_event_of_every_kind_leads_where_the_table_says() {
        let catalogue = catalogue().unwrap();
        for kind in all::<CaseKind>() {
            let has_permits = ["temporary_permit", "permanent_permit", "work_permit"].contains(&kind.text());
            for state in all::<State>() {
                for event in all::<Event>() {
                    let expected = TABLE
                        .iter()
                        .find(|(from, by, _)| (*from, *by) == (state.text(), event.text()))
                        .filter(|_| has_permits || !PERMITS_ONLY.contains(&event.text()))
                        .map(|(_, _, to)| *to);
                    let found = catalogue.step(kind, state, event).map(|one| one.to.text());
                    assert_eq!(found, expected, "{} {} {}", kind.text(), state.text(), event.text());
                }
            }
        }
    }

    #[test]
    fn a_decision_is_reached_through_a_proposal_alone_and_every_state_can_be_reached() {
        let catalogue = catalogue().unwrap();
        for one in &catalogue.moves {
            if matches!(one.to, State::Granted) || matches!(one.event, Event::Grant | Event::Refuse) {
                assert_eq!(one.from, [State::Proposed], "{}", one.event.text());
            }
            assert!(!one.who.is_empty());
        }
        for kind in all::<CaseKind>() {
            let mut reached = BTreeSet::from(["filed"]);
            for _ in State::TEXTS {
                for state in reached.clone() {
                    reached.extend(catalogue.moves(kind, State::of(state).unwrap()).map(|one| one.to.text()));
                }
            }
            let missing: Vec<_> = State::TEXTS.iter().filter(|state| !reached.contains(**state)).collect();
            assert!(missing.is_empty() || missing == [&"lapsed"], "{}: {missing:?}", kind.text());
        }
    }
}
