//! Answers in brief, for lists of many dossiers: what section 5 of the engine contract names, without figures and texts.

use chrono::{Datelike, NaiveDate};
use serde::{Serialize, Serializer};

use super::name::{Name, Names};
use super::result::{Outcome, RequirementResult, RouteResult, Span, State, UncertainFact};

/// Answers written in brief: no titles, figures, traces and assumptions, and no member that would be empty but the dates.
#[derive(Clone, Debug)]
pub struct InBrief(pub Vec<RouteResult>);

impl Serialize for InBrief {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Route::from))
    }
}

#[derive(Serialize)]
struct Route<'a> {
    route: &'a Name,
    reading: &'a Name,
    default: bool,
    version: Option<Date>,
    on: Date,
    outcome: Outcome,
    eligible_since: Option<Date>,
    earliest: Option<Date>,
    latest: Option<Date>,
    clock_earliest: Option<Date>,
    missing: &'a [Name],
    windows: Each<'a, Span, Window>,
    main_blocker: Option<&'a Name>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    uncertain: &'a [UncertainFact],
    requirements: Each<'a, std::sync::Arc<RequirementResult>, Requirement<'a>>,
}

impl<'a> From<&'a RouteResult> for Route<'a> {
    fn from(full: &'a RouteResult) -> Self {
        Self {
            route: &full.route,
            reading: &full.reading,
            default: full.default,
            version: full.version.map(Date),
            on: Date(full.on),
            outcome: full.outcome,
            eligible_since: full.eligible_since.map(Date),
            earliest: full.earliest.map(Date),
            latest: full.latest.map(Date),
            clock_earliest: full.clock_earliest.map(Date),
            missing: &full.missing,
            windows: Each(&full.windows, |span| Window { from: Date(span.from), to: span.to.map(Date) }),
            main_blocker: full.main_blocker.as_ref(),
            uncertain: &full.uncertain,
            requirements: Each(&full.requirements, |one| Requirement::from(&**one)),
        }
    }
}

#[derive(Serialize)]
struct Window {
    from: Date,
    to: Option<Date>,
}

#[derive(Serialize)]
struct Requirement<'a> {
    id: &'a Name,
    state: State,
    met_from: Option<Date>,
    source: &'a Names,
    #[serde(skip_serializing_if = "Each::is_empty")]
    of: Each<'a, RequirementResult, Requirement<'a>>,
}

impl<'a> From<&'a RequirementResult> for Requirement<'a> {
    fn from(full: &'a RequirementResult) -> Self {
        Self {
            id: &full.id,
            state: full.state,
            met_from: full.met_from.map(Date),
            source: &full.source,
            of: Each(&full.of, Requirement::from),
        }
    }
}

/// A list, each item written in brief.
struct Each<'a, T, B>(&'a [T], fn(&'a T) -> B);

impl<T, B> Each<'_, T, B> {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T, B: Serialize> Serialize for Each<'_, T, B> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(self.1))
    }
}

/// A date, written without the detour through `fmt`: an answer in brief is mostly dates.
#[derive(Clone, Copy)]
struct Date(NaiveDate);

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = *b"0000-00-00";
        let Ok(year) = u32::try_from(self.0.year()) else { return self.0.serialize(serializer) };
        if year > 9999 {
            return self.0.serialize(serializer);
        }
        let digits = [(year, 0, 4), (self.0.month(), 5, 2), (self.0.day(), 8, 2)];
        for (mut number, at, len) in digits {
            for place in text.iter_mut().skip(at).take(len).rev() {
                *place = b'0' + u8::try_from(number % 10).unwrap_or_default();
                number /= 10;
            }
        }
        match std::str::from_utf8(&text) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => self.0.serialize(serializer),
        }
    }
}
