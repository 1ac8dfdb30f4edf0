//! What is decided, and how far it follows from what was computed.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::db::{TextEnum, text_enum};

text_enum! {
    /// What is decided.
    #[schema(as = DecisionOutcome)]
    pub enum Outcome {
        /// The application is granted.
        Grant = "grant",
        /// The application is refused.
        Refuse = "refuse",
    }
}

text_enum! {
    /// What a second official says to a proposed decision.
    #[schema(as = DecisionVerdict)]
    pub enum Verdict {
        /// It stands, and is the decision.
        Approved = "approved",
        /// It goes back to whoever works on the case.
        Returned = "returned",
    }
}

text_enum! {
    /// What was found about a requirement.
    #[schema(as = RequirementFinding)]
    pub enum Finding {
        /// It is met.
        Met = "met",
        /// It is not met.
        NotMet = "not_met",
        /// It was not proven either way.
        NotProven = "not_proven",
    }
}

/// One requirement as the official found it, beside what the engine computed of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = JudgedRequirement)]
pub(in crate::cases) struct Judged {
    /// Its id in the route of the law pack, or a requirement of the kind of case.
    pub(in crate::cases) requirement: String,
    /// `met`, `not_met`, `not_proven`.
    pub(in crate::cases) finding: String,
    /// Why.
    pub(in crate::cases) reason: String,
    /// The documents of the file it rests on.
    pub(in crate::cases) documents: Vec<String>,
    /// What the engine says: `met`, `not_met`, `undetermined`; null: no rule computes it.
    pub(in crate::cases) computed: Option<String>,
}

/// A requirement that a decision must judge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cases) struct Requirement {
    pub(in crate::cases) id: String,
    pub(in crate::cases) computed: Option<String>,
}

impl Judged {
    fn finding(&self) -> Option<Finding> {
        Finding::of(&self.finding)
    }

    /// Does the finding say something else than the engine? What the engine leaves open, the official may find either way.
    fn departs(&self) -> bool {
        match (self.computed.as_deref(), self.finding()) {
            (Some("met"), Some(finding)) => finding != Finding::Met,
            (Some("not_met"), Some(finding)) => finding == Finding::Met,
            _ => false,
        }
    }
}

/// How a proposed decision stands to its own findings and to what was computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::cases) struct Weighed {
    /// It grants although a requirement is not found met, or refuses although every one is.
    pub(in crate::cases) against_findings: bool,
    /// It leaves what was computed: a ground is needed, and it is counted.
    pub(in crate::cases) deviates: bool,
}

/// Weighs an outcome. `computed` is the engine's outcome for the route, where a route judges the case.
pub(in crate::cases) fn weigh(outcome: Outcome, judged: &[Judged], computed: Option<&str>) -> Weighed {
    let all_met = judged.iter().all(|one| one.finding() == Some(Finding::Met));
    let against_findings = match outcome {
        Outcome::Grant => !all_met,
        Outcome::Refuse => all_met,
    };
    let against_the_engine = computed.is_some_and(|computed| (computed == "eligible") != (outcome == Outcome::Grant));
    Weighed { against_findings, deviates: against_the_engine || judged.iter().any(Judged::departs) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(finding: &str, computed: Option<&str>) -> Judged {
        Judged {
            requirement: "residence".to_owned(),
            finding: finding.to_owned(),
            reason: "so".to_owned(),
            documents: Vec::new(),
            computed: computed.map(str::to_owned),
        }
    }

    #[test]
    fn every_way_to_leave_what_was_computed_is_a_deviation() {
        for (outcome, computed, finding, of_engine, against, deviates) in [
            (Outcome::Grant, Some("eligible"), "met", Some("met"), false, false),
            (Outcome::Grant, Some("not_yet"), "met", Some("not_met"), false, true),
            (Outcome::Grant, Some("undetermined"), "met", Some("undetermined"), false, true),
            (Outcome::Grant, None, "met", None, false, false),
            (Outcome::Grant, None, "not_proven", None, true, false),
            (Outcome::Refuse, Some("eligible"), "not_met", Some("met"), false, true),
            (Outcome::Refuse, Some("eligible"), "not_proven", None, false, true),
            (Outcome::Refuse, Some("not_yet"), "not_met", Some("not_met"), false, false),
            (Outcome::Refuse, Some("needs_evidence"), "met", Some("met"), true, false),
            (Outcome::Refuse, None, "not_proven", None, false, false),
        ] {
            let weighed = weigh(outcome, &[judged(finding, of_engine)], computed);
            let expected = Weighed { against_findings: against, deviates };
            assert_eq!(weighed, expected, "{outcome:?} {computed:?} {finding} {of_engine:?}");
        }
    }
}
