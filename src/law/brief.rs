//! Answers in brief, for lists of many dossiers: what section 5 of the engine contract names, without figures and texts.
//!
//! Dossiers of a list are answered by the same routes, whose requirements mostly come out in a few ways. So what was written once
//! is kept and copied.

use std::ops::Range;

use chrono::{Datelike, NaiveDate};
use serde::{Serialize, Serializer};

use super::name::{Name, Names};
use super::result::{Outcome, RequirementResult, RouteResult, Span, State, UncertainFact};

/// Writes the answers of one pack in brief.
#[derive(Debug, Default)]
pub struct Brief {
    /// Headings by place in the list, with what they name.
    headings: Vec<(Name, Name, Box<[u8]>)>,
    /// By the number of the statement: the ways it has come out.
    requirements: Vec<Vec<Stated>>,
}

/// A requirement as it was written.
#[derive(Debug)]
struct Stated {
    state: State,
    met_from: Option<NaiveDate>,
    text: Box<[u8]>,
}

/// So many ways of one requirement are kept; dates are too many to keep them all.
const WAYS: usize = 8;

impl Brief {
    /// Appends answers to `out` as one JSON list, without titles, figures, traces, assumptions and what closes a route.
    pub fn write(&mut self, results: &[RouteResult], out: &mut Vec<u8>) -> serde_json::Result<()> {
        let mut answers: Vec<(Answer<'_>, Range<usize>)> = Vec::new();
        out.push(b'[');
        for (i, result) in results.iter().enumerate() {
            if i > 0 {
                out.push(b',');
            }
            self.heading(i, result, out)?;
            let (answer, begin) = (Answer::from(result), out.len());
            if let Some((_, written)) = answers.iter().find(|(known, _)| *known == answer) {
                out.extend_from_within(written.clone());
            } else {
                write_members(&answer, out)?;
                answers.push((answer, begin..out.len()));
            }
            out.extend_from_slice(b",\"requirements\":[");
            for (i, requirement) in result.requirements.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                self.requirement(requirement, out)?;
            }
            out.extend_from_slice(b"]}");
        }
        out.push(b']');
        Ok(())
    }

    /// The opening brace, the names and a comma.
    fn heading(&mut self, at: usize, result: &RouteResult, out: &mut Vec<u8>) -> serde_json::Result<()> {
        match self.headings.get(at) {
            Some((route, reading, text)) if *route == result.route && *reading == result.reading => {
                out.extend_from_slice(text);
                return Ok(());
            }
            _ => {}
        }
        let begin = out.len();
        out.push(b'{');
        write_members(&Heading { route: &result.route, reading: &result.reading, default: result.default }, out)?;
        out.push(b',');
        if let (true, Some(text)) = (self.headings.len() == at, out.get(begin..)) {
            self.headings.push((result.route.clone(), result.reading.clone(), text.into()));
        }
        Ok(())
    }

    fn requirement(&mut self, result: &RequirementResult, out: &mut Vec<u8>) -> serde_json::Result<()> {
        if self.requirements.len() <= result.statement {
            self.requirements.resize_with(result.statement + 1, Vec::new);
        }
        let Some(ways) = self.requirements.get_mut(result.statement) else { return Ok(()) };
        let (state, met_from) = (result.state, result.met_from);
        if let Some(known) = ways.iter().find(|known| known.state == state && known.met_from == met_from) {
            out.extend_from_slice(&known.text);
            return Ok(());
        }
        let begin = out.len();
        serde_json::to_writer(&mut *out, &Requirement::from(result))?;
        if let (true, Some(text)) = (ways.len() < WAYS, out.get(begin..)) {
            ways.push(Stated { state, met_from, text: text.into() });
        }
        Ok(())
    }
}

/// The members of an object without its braces.
fn write_members(object: &impl Serialize, out: &mut Vec<u8>) -> serde_json::Result<()> {
    let begin = out.len();
    serde_json::to_writer(&mut *out, object)?;
    out.pop();
    out.remove(begin);
    Ok(())
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
