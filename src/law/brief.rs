//! Answers in brief, for lists of many dossiers: what section 5 of the engine contract names, without figures and texts.
//!
//! Dossiers of a list are answered by the same routes, whose requirements mostly come out in a few ways. So what was written once
//! is kept and copied.

use std::ops::Range;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};

use super::name::Name;
use super::result::{RequirementResult, RouteResult, State};

/// Writes the answers of one pack in brief.
#[derive(Debug, Default)]
pub struct Brief {
    /// Headings by place in the list, with what they name.
    headings: Vec<(Name, Name, Box<[u8]>)>,
    /// By the number of the statement: the ways it has come out, which are few where the date is left aside.
    requirements: Vec<Vec<Stated>>,
}

/// A requirement as it was written.
#[derive(Debug)]
struct Stated {
    state: State,
    text: Box<[u8]>,
    /// Where its date stands, if it has one; every other is as long.
    date_at: Option<usize>,
}

impl Brief {
    /// Appends answers to `out` as one JSON list, without titles, figures, traces, assumptions and what closes a route.
    pub fn write(&mut self, results: &[RouteResult], out: &mut Vec<u8>) -> serde_json::Result<()> {
        let mut written: Vec<(&RouteResult, Range<usize>)> = Vec::with_capacity(results.len());
        out.push(b'[');
        for (i, result) in results.iter().enumerate() {
            if i > 0 {
                out.push(b',');
            }
            self.heading(i, result, out)?;
            let begin = out.len();
            if let Some((_, body)) = written.iter().rev().find(|(known, _)| agree(known, result)) {
                out.extend_from_within(body.clone());
            } else {
                self.body(result, out)?;
                written.push((result, begin..out.len()));
            }
        }
        out.push(b']');
        Ok(())
    }

    /// The opening brace and the names.
    fn heading(&mut self, at: usize, result: &RouteResult, out: &mut Vec<u8>) -> serde_json::Result<()> {
        match self.headings.get(at) {
            Some((route, reading, text)) if *route == result.route && *reading == result.reading => {
                out.extend_from_slice(text);
                return Ok(());
            }
            _ => {}
        }
        let begin = out.len();
        out.extend_from_slice(b"{\"route\":");
        serde_json::to_writer(&mut *out, &result.route)?;
        out.extend_from_slice(b",\"reading\":");
        serde_json::to_writer(&mut *out, &result.reading)?;
        out.extend_from_slice(b",\"default\":");
        serde_json::to_writer(&mut *out, &result.default)?;
        if let (true, Some(text)) = (self.headings.len() == at, out.get(begin..)) {
            self.headings.push((result.route.clone(), result.reading.clone(), text.into()));
        }
        Ok(())
    }

    /// The other members and the closing brace.
    fn body(&mut self, result: &RouteResult, out: &mut Vec<u8>) -> serde_json::Result<()> {
        write_answer(result, out)?;
        out.extend_from_slice(b",\"requirements\":[");
        for (i, requirement) in result.requirements.iter().enumerate() {
            if i > 0 {
                out.push(b',');
            }
            self.requirement(requirement, out)?;
        }
        out.extend_from_slice(b"]}");
        Ok(())
    }

    fn requirement(&mut self, result: &RequirementResult, out: &mut Vec<u8>) -> serde_json::Result<()> {
        if self.requirements.len() <= result.statement {
            self.requirements.resize_with(result.statement + 1, Vec::new);
        }
        let Some(ways) = self.requirements.get_mut(result.statement) else { return Ok(()) };
        let date = match result.met_from.map(digits) {
            // A year of five digits would need more room than is kept.
            Some(None) => return write_requirement(result, out).map(|_| ()),
            date => date.flatten(),
        };
        let begin = out.len();
        let known = ways.iter().find(|way| way.state == result.state && way.date_at.is_some() == date.is_some());
        if let Some(known) = known {
            out.extend_from_slice(&known.text);
            let place = known.date_at.and_then(|at| out.get_mut(begin + at..)?.first_chunk_mut());
            if let Some((place, date)) = place.zip(date) {
                *place = date;
            }
            return Ok(());
        }
        let date_at = date.and(Some(write_requirement(result, out)? - begin));
        if let Some(text) = out.get(begin..) {
            ways.push(Stated { state: result.state, text: text.into(), date_at });
        }
        Ok(())
    }
}

/// Whether two answers differ in nothing but their headings. Readings of a route that agree share their requirements, so what is
/// not shared is not looked at.
fn agree(one: &RouteResult, other: &RouteResult) -> bool {
    Arc::ptr_eq(&one.requirements, &other.requirements)
        && Arc::ptr_eq(&one.uncertain, &other.uncertain)
        && (one.version, one.on, one.outcome) == (other.version, other.on, other.outcome)
        && (one.eligible_since, one.earliest, one.latest) == (other.eligible_since, other.earliest, other.latest)
        && (one.clock_earliest, &one.main_blocker) == (other.clock_earliest, &other.main_blocker)
        && (&one.missing, &one.windows) == (&other.missing, &other.windows)
}

/// The members of an answer between its heading and its requirements.
fn write_answer(full: &RouteResult, out: &mut Vec<u8>) -> serde_json::Result<()> {
    out.extend_from_slice(b",\"version\":");
    write_date(full.version, out)?;
    out.extend_from_slice(b",\"on\":");
    write_date(Some(full.on), out)?;
    out.extend_from_slice(b",\"outcome\":");
    serde_json::to_writer(&mut *out, &full.outcome)?;
    out.extend_from_slice(b",\"eligible_since\":");
    write_date(full.eligible_since, out)?;
    out.extend_from_slice(b",\"earliest\":");
    write_date(full.earliest, out)?;
    out.extend_from_slice(b",\"latest\":");
    write_date(full.latest, out)?;
    out.extend_from_slice(b",\"clock_earliest\":");
    write_date(full.clock_earliest, out)?;
    out.extend_from_slice(b",\"missing\":");
    serde_json::to_writer(&mut *out, &full.missing)?;
    out.extend_from_slice(b",\"windows\":[");
    for (i, window) in full.windows.iter().enumerate() {
        out.extend_from_slice(if i > 0 { b",{\"from\":" } else { b"{\"from\":" });
        write_date(Some(window.from), out)?;
        out.extend_from_slice(b",\"to\":");
        write_date(window.to, out)?;
        out.push(b'}');
    }
    out.extend_from_slice(b"],\"main_blocker\":");
    serde_json::to_writer(&mut *out, &full.main_blocker)?;
    if !full.uncertain.is_empty() {
        out.extend_from_slice(b",\"uncertain\":");
        serde_json::to_writer(&mut *out, &full.uncertain)?;
    }
    Ok(())
}

/// Writes a requirement and tells where in `out` the digits of its date begin, if it has one.
fn write_requirement(full: &RequirementResult, out: &mut Vec<u8>) -> serde_json::Result<usize> {
    out.extend_from_slice(b"{\"id\":");
    serde_json::to_writer(&mut *out, &full.id)?;
    out.extend_from_slice(b",\"state\":");
    serde_json::to_writer(&mut *out, &full.state)?;
    out.extend_from_slice(b",\"met_from\":");
    let date_at = out.len() + 1;
    write_date(full.met_from, out)?;
    out.extend_from_slice(b",\"source\":");
    serde_json::to_writer(&mut *out, &full.source)?;
    out.push(b'}');
    Ok(date_at)
}

/// A date or null, without the detour through `fmt`: an answer in brief is mostly dates.
fn write_date(date: Option<NaiveDate>, out: &mut Vec<u8>) -> serde_json::Result<()> {
    let Some(date) = date else {
        out.extend_from_slice(b"null");
        return Ok(());
    };
    let Some(digits) = digits(date) else { return serde_json::to_writer(out, &date) };
    out.push(b'"');
    out.extend_from_slice(&digits);
    out.push(b'"');
    Ok(())
}

/// `YYYY-MM-DD`, if the year has four digits.
fn digits(date: NaiveDate) -> Option<[u8; 10]> {
    let year = u32::try_from(date.year()).ok()?;
    let two = |number: u32| {
        let number = u8::try_from(number).ok().filter(|number| *number < 100)?;
        Some([b'0' + number / 10, b'0' + number % 10])
    };
    let ([y1, y2], [y3, y4]) = (two(year / 100)?, two(year % 100)?);
    let ([m1, m2], [d1, d2]) = (two(date.month())?, two(date.day())?);
    Some([y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2])
}
