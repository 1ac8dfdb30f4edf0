//! Answers in brief, for lists of many dossiers: what section 5 of the engine contract names, without figures and texts.
//!
//! Routes state the same requirements and readings mostly agree. So each requirement is written once for an answer and copied
//! where it comes again, and so is everything but the name of a reading that agrees with the one before it.

use std::ops::Range;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use serde::{Serialize, Serializer};

use super::name::{Name, Names};
use super::result::{Outcome, RequirementResult, RouteResult, Span, State, UncertainFact};

/// Appends answers to `out` as one JSON list, without titles, figures, traces, assumptions and what closes a route.
pub fn write_brief(results: &[RouteResult], out: &mut Vec<u8>) -> serde_json::Result<()> {
    let mut stated = Stated::default();
    let mut before: Option<(Rest<'_>, Range<usize>)> = None;
    out.push(b'[');
    for result in results {
        let heading = Heading { route: &result.route, reading: &result.reading, default: result.default };
        serde_json::to_writer(&mut *out, &heading)?;
        // The brace that closes the heading makes room for the rest of the object.
        out.pop();
        out.push(b',');
        let (rest, begin) = (Rest::from(result), out.len());
        match before.filter(|(known, _)| *known == rest) {
            Some((_, written)) => out.extend_from_within(written),
            None => rest.write(&mut stated, out)?,
        }
        before = Some((rest, begin..out.len()));
        out.push(b',');
    }
    if !results.is_empty() {
        out.pop();
    }
    out.push(b']');
    Ok(())
}

#[derive(Serialize)]
struct Heading<'a> {
    route: &'a Name,
    reading: &'a Name,
    default: bool,
}

/// An answer but for its heading.
#[derive(PartialEq)]
struct Rest<'a> {
    answer: Answer<'a>,
    requirements: &'a [Arc<RequirementResult>],
}

#[derive(PartialEq, Serialize)]
struct Answer<'a> {
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
}

impl<'a> From<&'a RouteResult> for Rest<'a> {
    fn from(full: &'a RouteResult) -> Self {
        let answer = Answer {
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
        };
        Self { answer, requirements: &full.requirements }
    }
}

impl Rest<'_> {
    /// Writes the members and the brace that closes the object.
    fn write(&self, stated: &mut Stated, out: &mut Vec<u8>) -> serde_json::Result<()> {
        let begin = out.len();
        serde_json::to_writer(&mut *out, &self.answer)?;
        // Of the answer's own braces the first goes and the last is written again at the end.
        out.pop();
        out.remove(begin);
        out.extend_from_slice(b",\"requirements\":[");
        for requirement in self.requirements {
            stated.write(requirement, out)?;
            out.push(b',');
        }
        if !self.requirements.is_empty() {
            out.pop();
        }
        out.extend_from_slice(b"]}");
        Ok(())
    }
}

/// Where each different statement of a requirement has been written.
#[derive(Default)]
struct Stated(Vec<Option<Range<usize>>>);

impl Stated {
    fn write(&mut self, requirement: &RequirementResult, out: &mut Vec<u8>) -> serde_json::Result<()> {
        let number = requirement.statement;
        if self.0.len() <= number {
            self.0.resize(number + 1, None);
        }
        if let Some(Some(written)) = self.0.get(number) {
            out.extend_from_within(written.clone());
            return Ok(());
        }
        let begin = out.len();
        serde_json::to_writer(&mut *out, &Requirement::from(requirement))?;
        if let Some(place) = self.0.get_mut(number) {
            *place = Some(begin..out.len());
        }
        Ok(())
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
}

impl<'a> From<&'a RequirementResult> for Requirement<'a> {
    fn from(full: &'a RequirementResult) -> Self {
        Self { id: &full.id, state: full.state, met_from: full.met_from.map(Date), source: &full.source }
    }
}

/// A list, each item written in brief.
struct Each<'a, T, B>(&'a [T], fn(&'a T) -> B);

impl<T: PartialEq, B> PartialEq for Each<'_, T, B> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T, B: Serialize> Serialize for Each<'_, T, B> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(self.1))
    }
}

/// A date, written without the detour through `fmt`: an answer in brief is mostly dates.
#[derive(Clone, Copy, PartialEq)]
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
