//! What the end of a permit starts: terms that run from it, and terms that would run from what may follow.

use chrono::NaiveDate;

use super::grounds::end_list;
use super::{End, StatusKind};
use crate::error::{Error, Result};
use crate::law::{self, DeadlineError, EventTime, ListMember, Name, Names, Pack, Status, Text};

/// A term that an end starts or may start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::permits) struct Consequence {
    /// What is to be done.
    pub(in crate::permits) what: Option<Text>,
    /// Where it stands, in the words of the sources.
    pub(in crate::permits) article: String,
    /// Ids of the sources.
    pub(in crate::permits) source: Names,
    /// Id of the term.
    pub(in crate::permits) deadline: Name,
    /// The kind of event from which it runs.
    pub(in crate::permits) event: Name,
    /// Does it run from this end? Otherwise from an event that may follow.
    pub(in crate::permits) starts_now: bool,
    /// The last day; none: the term does not run yet, or is counted in hours.
    pub(in crate::permits) due: Option<NaiveDate>,
    /// What follows when it passes.
    pub(in crate::permits) otherwise: Option<Text>,
}

/// Terms that start with an end on a ground, then terms that may follow; `held` are the statuses of its day.
pub(in crate::permits) fn after_end(
    pack: &Pack,
    kind: StatusKind,
    (end, ground): (&End, Option<&ListMember>),
    held: &[Status],
) -> Result<Vec<Consequence>> {
    let mut found = Vec::new();
    if let Some(event) = ground.and_then(|member| member.event.as_ref()) {
        found.extend(started_by(pack, event, end.on, held)?);
    }
    for event in end_list(pack, kind, end.on).into_iter().flat_map(|list| list.rule.may_follow()) {
        let follow = started_by(pack, event, end.on, held)?.into_iter();
        found.extend(follow.map(|term| Consequence { starts_now: false, due: None, ..term }));
    }
    Ok(found)
}

/// Terms that an event on a day starts.
pub(in crate::permits) fn started_by(
    pack: &Pack,
    event: &Name,
    on: NaiveDate,
    held: &[Status],
) -> Result<Vec<Consequence>> {
    let held: Vec<&Status> = held.iter().collect();
    let mut found = Vec::new();
    for term in pack.deadlines() {
        let Some(version) = term.on(on).filter(|version| version.rule.event() == event) else { continue };
        if !version.rule.runs_beside(&held) {
            continue;
        }
        let due = match law::deadline(pack, term.id(), EventTime::Day(on), &[], None) {
            Ok(result) => match result.due {
                Some(EventTime::Day(day)) => Some(day),
                Some(EventTime::Instant(_)) | None => None,
            },
            // The day is known, not the hour.
            Err(DeadlineError::NeedsInstant(_)) => None,
            Err(error) => return Err(Error::internal(error)),
        };
        let articles = version.source.iter().filter_map(|id| pack.source(id)).map(|source| source.article.as_str());
        found.push(Consequence {
            what: version.title.clone(),
            article: articles.collect::<Vec<_>>().join("; "),
            source: version.source.clone(),
            deadline: term.id().clone(),
            event: event.clone(),
            starts_now: true,
            due,
            otherwise: version.rule.consequence().cloned(),
        });
    }
    Ok(found)
}
