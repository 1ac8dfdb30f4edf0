//! The letter that tells a decision: what was decided, why, on which article, how to contest it and by when. A native speaker must read the
//! Azerbaijani before real use.

use std::fmt::Write as _;

use chrono::NaiveDate;

use super::decision::{Judged, Outcome};
use crate::law::Language;

/// What a letter tells.
#[derive(Clone, Debug)]
pub(in crate::cases) struct Letter<'a> {
    pub(in crate::cases) file_number: &'a str,
    pub(in crate::cases) name: &'a str,
    pub(in crate::cases) kind: &'a str,
    pub(in crate::cases) filed_on: NaiveDate,
    pub(in crate::cases) decided_on: NaiveDate,
    pub(in crate::cases) outcome: Outcome,
    pub(in crate::cases) reasons: &'a str,
    /// The articles, as the sources name them.
    pub(in crate::cases) articles: &'a [String],
    pub(in crate::cases) judged: &'a [Judged],
    /// What the requirements are called, in the order of `judged`.
    pub(in crate::cases) names: &'a [String],
    /// The ground on which it leaves what was computed.
    pub(in crate::cases) deviation: Option<&'a str>,
    pub(in crate::cases) computed_by: &'a str,
    /// Where it can be contested.
    pub(in crate::cases) review: &'a str,
    /// The last day to go to court.
    pub(in crate::cases) contest_by: Option<NaiveDate>,
}

/// The letter in a language.
pub(in crate::cases) fn write(letter: &Letter<'_>, language: Language) -> String {
    let words = match language {
        Language::Az => &AZ,
        Language::En => &EN,
    };
    let outcome = match letter.outcome {
        Outcome::Grant => words.granted,
        Outcome::Refuse => words.refused,
    };
    let mut text = String::new();
    let mut line = |name: &str, value: &str| text.extend([name, ": ", value, "\n"]);
    line(words.file, letter.file_number);
    line(words.person, letter.name);
    line(words.application, letter.kind);
    line(words.filed, &letter.filed_on.to_string());
    line(words.decided, &letter.decided_on.to_string());
    line(words.decision, outcome);
    line(words.articles, &letter.articles.join("; "));
    line(words.reasons, letter.reasons);
    if let Some(ground) = letter.deviation {
        line(words.deviation, ground);
    }
    line(words.computed, letter.computed_by);
    let _ = writeln!(text, "{}:", words.requirements);
    for (one, name) in letter.judged.iter().zip(letter.names) {
        let finding = match one.finding.as_str() {
            "met" => words.met,
            "not_met" => words.not_met,
            _ => words.not_proven,
        };
        let _ = writeln!(text, "- {name}: {finding}. {}", one.reason);
    }
    let _ = writeln!(text, "{}: {}", words.review, letter.review);
    if let Some(day) = letter.contest_by {
        let _ = writeln!(text, "{}: {day}", words.contest_by);
    }
    text
}

struct Words {
    file: &'static str,
    person: &'static str,
    application: &'static str,
    filed: &'static str,
    decided: &'static str,
    decision: &'static str,
    granted: &'static str,
    refused: &'static str,
    articles: &'static str,
    reasons: &'static str,
    deviation: &'static str,
    computed: &'static str,
    requirements: &'static str,
    met: &'static str,
    not_met: &'static str,
    not_proven: &'static str,
    review: &'static str,
    contest_by: &'static str,
}

const EN: Words = Words {
    file: "File",
    person: "Person",
    application: "Application",
    filed: "Filed on",
    decided: "Decided on",
    decision: "Decision",
    granted: "granted",
    refused: "refused",
    articles: "Legal basis",
    reasons: "Reasons",
    deviation: "Ground to depart from the computed result",
    computed: "Computed by",
    requirements: "Requirements",
    met: "met",
    not_met: "not met",
    not_proven: "not proven",
    review: "The decision can be contested before",
    contest_by: "Last day to go to court, if the decision was served on the day it was made",
};

const AZ: Words = Words {
    file: "İş",
    person: "Şəxs",
    application: "Müraciət",
    filed: "Verildiyi gün",
    decided: "Qərar günü",
    decision: "Qərar",
    granted: "təmin edilib",
    refused: "imtina edilib",
    articles: "Hüquqi əsas",
    reasons: "Səbəblər",
    deviation: "Hesablanmış nəticədən kənara çıxmanın əsası",
    computed: "Hesablanıb",
    requirements: "Tələblər",
    met: "yerinə yetirilib",
    not_met: "yerinə yetirilməyib",
    not_proven: "sübut edilməyib",
    review: "Qərardan şikayət verilə bilər",
    contest_by: "Qərar qəbul edildiyi gün təqdim olunubsa, məhkəməyə müraciətin son günü",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_says_what_was_decided_why_and_how_to_contest_it_in_both_languages() {
        let judged = [Judged {
            requirement: "residence".to_owned(),
            finding: "not_met".to_owned(),
            reason: "Four years and eleven months.".to_owned(),
            documents: Vec::new(),
            computed: Some("not_met".to_owned()),
        }];
        let articles = ["Law on Citizenship 14(1)".to_owned()];
        let letter = Letter {
            file_number: "7Q4M2KXDRZ",
            name: "Nümunə",
            kind: "Admission to citizenship",
            filed_on: NaiveDate::from_ymd_opt(2026, 11, 2).unwrap(),
            decided_on: NaiveDate::from_ymd_opt(2026, 11, 24).unwrap(),
            outcome: Outcome::Refuse,
            reasons: "The five years are not full.",
            articles: &articles,
            judged: &judged,
            names: &["Five years of residence".to_owned()],
            deviation: None,
            computed_by: "az, 0123",
            review: "the court",
            contest_by: NaiveDate::from_ymd_opt(2026, 12, 24),
        };
        let en = write(&letter, Language::En);
        for part in [
            "Decision: refused",
            "Law on Citizenship 14(1)",
            "- Five years of residence: not met. Four",
            "2026-12-24",
            "the court",
        ] {
            assert!(en.contains(part), "{part} in {en}");
        }
        let az = write(&letter, Language::Az);
        for part in ["Qərar: imtina edilib", "Nümunə", ": yerinə yetirilməyib. Four", "2026-12-24"] {
            assert!(az.contains(part), "{part} in {az}");
        }
        assert!(!en.contains("depart"));
    }
}
