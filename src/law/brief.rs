//! Answers in brief, for lists of many dossiers: what section 5 of the engine contract names, without figures and texts.
//!
//! Routes state the same requirements and readings mostly agree. So each requirement is written once for a dossier and copied
//! where it comes again, and so is what was answered before.

use std::ops::Range;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use serde::{Serialize, Serializer};

use super::name::{Name, Names};
use super::result::{Outcome, RequirementResult, RouteResult, Span, State, UncertainFact};

/// Appends answers to `out` as one JSON list, without titles, figures, traces, assumptions and what closes a route.
pub fn write_brief(results: &[RouteResult], out: &mut Vec<u8>) -> serde_json::Result<()> {
    let mut written = Written::default();
    out.push(b'[');
    for (i, result) in results.iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        let heading = Heading { route: &result.route, reading: &result.reading, default: result.default };
        serde_json::to_writer(&mut *out, &heading)?;
        // The brace that closes the heading makes room for the rest of the object.
        out.pop();
        out.push(b',');
        written.answer(result, out)?;
        out.extend_from_slice(b",\"requirements\":");
        written.requirements(&result.requirements, out)?;
        out.push(b'}');
    }
    out.push(b']');
    Ok(())
}

type Requirements = Arc<[Arc<RequirementResult>]>;

/// Where in the output something stands already.
#[derive(Default)]
struct Written<'a> {
    answers: Vec<(Answer<'a>, Range<usize>)>,
    lists: Vec<(&'a Requirements, Range<usize>)>,
    /// By the number of the statement.
    requirements: Vec<Option<Range<usize>>>,
}

impl<'a> Written<'a> {
    /// The members of an answer, without braces.
    fn answer(&mut self, result: &'a RouteResult, out: &mut Vec<u8>) -> serde_json::Result<()> {
        let answer = Answer::from(result);
        if let Some((_, written)) = self.answers.iter().find(|(known, _)| *known == answer) {
            out.extend_from_within(written.clone());
            return Ok(());
        }
        let begin = out.len();
        serde_json::to_writer(&mut *out, &answer)?;
        out.pop();
        out.remove(begin);
        self.answers.push((answer, begin..out.len()));
        Ok(())
    }

    fn requirements(&mut self, list: &'a Requirements, out: &mut Vec<u8>) -> serde_json::Result<()> {
        if let Some((_, written)) = self.lists.iter().find(|(known, _)| Arc::ptr_eq(known, list)) {
            out.extend_from_within(written.clone());
            return Ok(());
        }
        let begin = out.len();
        out.push(b'[');
        for (i, requirement) in list.iter().enumerate() {
            if i > 0 {
                out.push(b',');
            }
            self.requirement(requirement, out)?;
        }
        out.push(b']');
        self.lists.push((list, begin..out.len()));
        Ok(())
    }

    fn requirement(&mut self, result: &RequirementResult, out: &mut Vec<u8>) -> serde_json::Result<()> {
        let number = result.statement;
        if self.requirements.len() <= number {
            self.requirements.resize(number + 1, None);
        }
        let Some(place) = self.requirements.get_mut(number) else { return Ok(()) };
        if let Some(written) = place {
            out.extend_from_within(written.clone());
            return Ok(());
        }
        let begin = out.len();
        serde_json::to_writer(&mut *out, &Requirement::from(result))?;
        *place = Some(begin..out.len());
        Ok(())
    }
}

#[derive(Serialize)]
struct Heading<'a> {
    route: &'a Name,
    reading: &'a Name,
    default: bool,
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

impl<'a> From<&'a RouteResult> for Answer<'a> {
    fn from(full: &'a RouteResult) -> Self {
        Self {
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
