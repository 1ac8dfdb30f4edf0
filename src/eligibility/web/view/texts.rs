//! The few sentences around the engine's answers, in each of its languages.

use std::fmt::{self, Display, Formatter};

use chrono::NaiveDate;

use crate::law::{Language, Outcome, RouteResult};
use crate::presence::{Direction, PresenceWarning};

/// Under every legal answer.
pub(super) const fn note(language: Language) -> &'static str {
    match language {
        Language::En => {
            "Computed from the record and the cited law; information, not a decision. The decision and its reasons are the authority's."
        }
        Language::Az => {
            "Reyestrdəki məlumatlar və istinad edilən qanunvericilik əsasında hesablanıb; məlumat xarakteri daşıyır, qərar deyil. Qərarı və onun əsaslandırılmasını səlahiyyətli orqan verir."
        }
    }
}

/// The answer about a citizen.
pub(super) const fn citizen(language: Language) -> &'static str {
    match language {
        Language::En => "citizen: no residence term applies",
        Language::Az => "vətəndaş: yaşama müddəti tələbi tətbiq edilmir",
    }
}

/// What is wrong with the crossings and what to do.
pub(super) fn warning(warning: &PresenceWarning, language: Language) -> String {
    let (before, on) = warning.days;
    match (language, warning.direction) {
        (Language::En, _) => warning.message.clone(),
        (Language::Az, Direction::Exit) => {
            format!(
                "Ardıcıl iki çıxış: {before} və {on}; aralarında giriş yoxdur. Girişi qeyd edin və ya birini geri götürün."
            )
        }
        (Language::Az, Direction::Entry) => {
            format!(
                "Ardıcıl iki giriş: {before} və {on}; aralarında çıxış yoxdur. Çıxışı qeyd edin və ya birini geri götürün."
            )
        }
    }
}

/// The default readings in a sentence each.
pub(super) fn statement(routes: &[RouteResult], on: NaiveDate, language: Language) -> String {
    let told = routes.iter().filter(|route| route.default && route.version.is_some());
    told.map(|route| Told { route, on, language }.to_string()).collect::<Vec<_>>().join("; ")
}

struct Told<'a> {
    route: &'a RouteResult,
    on: NaiveDate,
    language: Language,
}

impl Display for Told<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { route, on, language } = self;
        let earliest = route.earliest.or(route.clock_earliest).filter(|from| from > on);
        write!(f, "{}: {}", route.route, outcome(route.outcome, *language))?;
        if let Some(since) = route.eligible_since {
            match language {
                Language::En => write!(f, " since {since}")?,
                Language::Az => write!(f, ", {since} tarixindən")?,
            }
        }
        if let Some(earliest) = earliest {
            match language {
                Language::En => write!(f, ", earliest {earliest}")?,
                Language::Az => write!(f, ", ən erkən {earliest}")?,
            }
        }
        match (&route.main_blocker, language) {
            (None, _) => Ok(()),
            (Some(blocker), Language::En) => write!(f, ", main blocker {blocker}"),
            (Some(blocker), Language::Az) => write!(f, ", əsas maneə {blocker}"),
        }
    }
}

const fn outcome(outcome: Outcome, language: Language) -> &'static str {
    match (language, outcome) {
        (Language::En, _) => outcome.text(),
        (Language::Az, Outcome::NotApplicable) => "tətbiq edilmir",
        (Language::Az, Outcome::Eligible) => "tələblər yerinə yetirilib",
        (Language::Az, Outcome::Undetermined) => "məlumat kifayət etmir",
        (Language::Az, Outcome::NeedsEvidence) => "sübut edən sənəd çatışmır",
        (Language::Az, Outcome::NotYet) => "müddət hələ tamam olmayıb",
        (Language::Az, Outcome::Closed) => "gözləməklə yerinə yetirilə bilmir",
    }
}
