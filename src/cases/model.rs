//! What a case is, apart from any clock, user or database.

mod catalogue;
mod decision;
mod letter;
mod machine;

use chrono::NaiveDate;

pub(super) use self::catalogue::{Catalogue, Effect, Kind, Paper, catalogue};
pub(super) use self::decision::{Finding, Judged, Outcome, Requirement, Verdict, weigh};
pub(super) use self::letter::{Letter, write as letter};
pub(super) use self::machine::{Event, Move, State};
use crate::db::text_enum;

text_enum! {
    /// Kinds of cases.
    pub enum CaseKind {
        /// Registration at the place of stay.
        StayRegistration = "stay_registration",
        /// Extension of a stay.
        StayExtension = "stay_extension",
        /// Temporary residence permit, its first grant and its extensions.
        TemporaryPermit = "temporary_permit",
        /// Permanent residence permit, its first grant and its extensions.
        PermanentPermit = "permanent_permit",
        /// Work permit.
        WorkPermit = "work_permit",
        /// Admission to citizenship.
        Citizenship = "citizenship",
        /// Determination of affiliation to citizenship.
        Affiliation = "affiliation",
        /// Restoration of citizenship.
        Restoration = "restoration",
        /// Request to correct the record.
        CorrectionRequest = "correction_request",
    }
}

text_enum! {
    /// Where a paper of the checklist stands.
    pub enum PaperState {
        /// The applicant was asked for it.
        Asked = "asked",
        /// It was handed in.
        Received = "received",
        /// It was looked at and serves.
        Accepted = "accepted",
        /// It was looked at and does not serve.
        Wrong = "wrong",
        /// The law does not ask for it in this case.
        NotNeeded = "not_needed",
    }
}

/// The day that stands where no term of the office is known, or while it does not run: queues sort by it.
pub(super) const NO_DUE: NaiveDate = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap();

/// A day on which a term ends; none if it has no known end.
pub(super) fn due(day: NaiveDate) -> Option<NaiveDate> {
    (day != NO_DUE).then_some(day)
}

/// The stretches in which the office's term did not run, from the moves since it began: each with its ground. The last may be open.
pub(super) fn pauses(moves: &[(Event, NaiveDate)]) -> Vec<(NaiveDate, Option<NaiveDate>)> {
    let mut found: Vec<(NaiveDate, Option<NaiveDate>)> = Vec::new();
    for (event, on) in moves {
        match event {
            Event::Suspend => found.push((*on, None)),
            Event::Resume => {
                if let Some((from, to @ None)) = found.last_mut() {
                    // The day of resuming counts again.
                    *to = Some(on.pred_opt().map_or(*from, |last| last.max(*from)));
                }
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_lasts_until_the_day_before_the_term_runs_again() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let moves = [
            (Event::Accept, day("2026-01-01")),
            (Event::Suspend, day("2026-01-05")),
            (Event::Resume, day("2026-01-10")),
            (Event::Suspend, day("2026-02-01")),
        ];
        assert_eq!(pauses(&moves), [(day("2026-01-05"), Some(day("2026-01-09"))), (day("2026-02-01"), None)]);
        let same_day = [(Event::Suspend, day("2026-01-05")), (Event::Resume, day("2026-01-05"))];
        assert_eq!(pauses(&same_day), [(day("2026-01-05"), Some(day("2026-01-05")))]);
    }
}
