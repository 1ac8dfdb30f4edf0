//! The few sentences around the engine's answers, in each of its languages.

use std::fmt::{self, Display, Formatter};

use chrono::NaiveDate;

use crate::eligibility::ops::Simulated;
use crate::law::{Language, Outcome, RouteMoved, RouteResult, SafeReturn, SafeState, State};
use crate::presence::{Direction, PresenceWarning};

/// Under every legal answer.
pub(in crate::eligibility::web) const fn note(language: Language) -> &'static str {
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
pub(in crate::eligibility::web) const fn citizen(language: Language) -> &'static str {
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

/// The default readings in a sentence each; where only another reading was asked for, that one.
pub(super) fn statement(routes: &[RouteResult], on: NaiveDate, language: Language) -> String {
    let in_force = || routes.iter().filter(|route| route.version.is_some());
    let by_default = in_force().any(|route| route.default);
    let told = in_force().filter(|route| route.default || !by_default);
    let told: Vec<_> = told.map(|route| Told { route, on, language }.to_string()).collect();
    match language {
        _ if !told.is_empty() => told.join("; "),
        Language::En => format!("no law that was asked for was in force on {on}"),
        Language::Az => format!("soruşulan qanunvericilik {on} tarixində qüvvədə deyildi"),
    }
}

struct Told<'a> {
    route: &'a RouteResult,
    on: NaiveDate,
    language: Language,
}

impl Display for Told<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { route, on, language } = self;
        let ahead = |day: Option<NaiveDate>| day.filter(|from| from > on);
        write!(f, "{}: {}", route.route, outcome(route.outcome, *language))?;
        if let Some(since) = route.eligible_since {
            match language {
                Language::En => write!(f, " since {since}")?,
                Language::Az => write!(f, ", {since} tarixindən")?,
            }
        }
        match (ahead(route.earliest), ahead(route.clock_earliest), language) {
            (Some(earliest), _, Language::En) => write!(f, ", earliest {earliest}")?,
            (Some(earliest), _, Language::Az) => write!(f, ", ən erkən {earliest}")?,
            // What can be obtained is missing: without it there is no day on which all is met.
            (None, Some(clock), Language::En) => write!(f, ", all but the missing evidence met from {clock}")?,
            (None, Some(clock), Language::Az) => {
                write!(f, ", çatışmayan sübutlardan başqa hər şey {clock} tarixindən")?;
            }
            (None, None, _) => (),
        }
        // What is met and will not stay so: whoever waits for a paper should know until when it is worth it.
        let met = route.requirements.iter().filter(|one| one.state == State::Met);
        let closing = met.filter_map(|one| Some((one.met_until?, &one.id))).min();
        match closing.filter(|_| matches!(route.outcome, Outcome::Eligible | Outcome::NeedsEvidence)) {
            Some((until, id)) if *language == Language::En => write!(f, ", {id} met until {until}")?,
            Some((until, id)) => write!(f, ", {id} {until} tarixinədək yerinə yetirilir")?,
            None => (),
        }
        match (&route.main_blocker, language) {
            (None, _) => Ok(()),
            (Some(blocker), Language::En) => write!(f, ", main blocker {blocker}"),
            (Some(blocker), Language::Az) => write!(f, ", əsas maneə {blocker}"),
        }
    }
}

/// What moves, in words: routes by their default readings, watches by every one, and the safe return.
pub(in crate::eligibility::web) fn moved(found: &Simulated, language: Language) -> String {
    let is_default = |moved: &&RouteMoved| {
        let same = |route: &&RouteResult| route.route == moved.route && route.reading == moved.reading;
        found.routes.plain.iter().find(same).is_some_and(|route| route.default)
    };
    let routes = found.routes.moved.iter().filter(is_default).map(|moved| route_moved(moved, language));
    let watches = found.watches.moved.iter().filter_map(|moved| {
        let breach = moved.after.breach_ahead.filter(|_| moved.before.breach_ahead.is_none())?;
        let (watch, reading) = (&moved.watch, &moved.reading);
        Some(match language {
            Language::En => format!("{watch} ({reading}): breached on {breach}"),
            Language::Az => format!("{watch} ({reading}): {breach} tarixində pozulur"),
        })
    });
    let mut said: Vec<String> = routes.chain(watches).collect();
    if said.is_empty() {
        said.push(match language {
            Language::En => "nothing moves in the default readings".to_owned(),
            Language::Az => "əsas oxunuşlarda heç nə dəyişmir".to_owned(),
        });
    }
    said.extend(found.safe_return.as_ref().map(|safe| back_by(safe, language)));
    said.join("; ")
}

fn route_moved(moved: &RouteMoved, language: Language) -> String {
    let (before, after) = (&moved.before, &moved.after);
    let (was, is) = (outcome(before.outcome, language), outcome(after.outcome, language));
    let day = |day: Option<NaiveDate>| match (day, language) {
        (Some(day), _) => day.to_string(),
        (None, Language::En) => "never".to_owned(),
        (None, Language::Az) => "heç vaxt".to_owned(),
    };
    let (from, to) = (day(before.earliest), day(after.earliest));
    match language {
        Language::En => format!("{}: {was}, earliest {from}, becomes {is}, {to}", moved.route),
        Language::Az => format!("{}: {was}, ən erkən {from}; dəyişiklikdən sonra {is}, {to}", moved.route),
    }
}

fn back_by(safe: &SafeReturn, language: Language) -> String {
    let (exit, searched) = (safe.exit, safe.searched_to);
    match (safe.state, safe.last_entry, language) {
        (SafeState::Limited, Some(last), Language::En) => format!("leaving on {exit}: be back by {last}"),
        (SafeState::Limited, Some(last), Language::Az) => format!("çıxış {exit}: ən gec qayıdış {last}"),
        (SafeState::Never, _, Language::En) => format!("leaving on {exit}: even the shortest trip does harm"),
        (SafeState::Never, _, Language::Az) => format!("çıxış {exit}: ən qısa səfər də zərər verir"),
        (_, _, Language::En) => format!("leaving on {exit}: no return up to {searched} does harm"),
        (_, _, Language::Az) => format!("çıxış {exit}: {searched} tarixinədək heç bir qayıdış zərər vermir"),
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
