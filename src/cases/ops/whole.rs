//! A case as a whole, a file as a whole: what is there, what is missing, what moved.

use chrono::NaiveDate;
use serde_json::json;

use super::decide::requirements;
use super::papers::checked;
use super::{Clock, Opinion, clock, opinion};
use crate::cases::model::{PaperState, Requirement, catalogue};
use crate::cases::store::files::{self, CaseRow, EventRow};
use crate::cases::store::timeline::{self, EntryRow, Place};
use crate::clock::Instant;
use crate::db::{Action, Event, Reach, ReadTx, Viewed};
use crate::eligibility::{self, Moved};
use crate::error::Result;
use crate::id::PersonId;
use crate::law::{Language, Pack};
use crate::people;

/// A case with everything that belongs to it.
#[derive(Debug)]
pub(in crate::cases) struct CaseFile {
    pub(in crate::cases) row: CaseRow,
    pub(in crate::cases) events: Vec<EventRow>,
    pub(in crate::cases) clock: Clock,
    pub(in crate::cases) opinion: Option<Opinion>,
}

/// What a case still needs.
#[derive(Debug)]
pub(in crate::cases) struct Missing {
    pub(in crate::cases) row: CaseRow,
    /// Papers of the list that are not there, or do not serve.
    pub(in crate::cases) papers: Vec<(&'static str, Option<PaperState>, Option<String>)>,
    /// Requirements that the engine does not find met.
    pub(in crate::cases) requirements: Vec<Requirement>,
}

/// One entry of the timeline.
pub(in crate::cases) type Entry = EntryRow;

/// What moved since an instant.
#[derive(Debug)]
pub(in crate::cases) struct Tidings {
    pub(in crate::cases) figures: Vec<Moved>,
    /// Open cases, each with what moved for it on its own day.
    pub(in crate::cases) cases: Vec<(CaseRow, Vec<Moved>)>,
}

/// A case. Which colleague moved it is not for the person: the office answers for it.
pub(in crate::cases) fn whole(
    tx: &mut ReadTx<'_>,
    pack: &Pack,
    row: CaseRow,
    today: NaiveDate,
    language: Language,
) -> Result<CaseFile> {
    let mut events = files::events(tx, row.person_id, row.id)?;
    if tx.scope().reach == Reach::Own {
        events.iter_mut().for_each(|event| event.recorded_by = None);
    }
    let clock = clock(pack, &row, &events, language)?;
    let opinion = opinion(pack, &row, &events, today, language)?;
    Ok(CaseFile { row, events, clock, opinion })
}

/// A case.
pub(in crate::cases) fn show(
    tx: &mut ReadTx<'_>,
    pack: &Pack,
    row: CaseRow,
    today: NaiveDate,
    language: Language,
) -> Result<Viewed<CaseFile>> {
    let event = Event::about(Action::CaseViewed, row.person_id).with(json!({ "case": row.id }));
    let found = whole(tx, pack, row, today, language)?;
    tx.viewed(&event, found)
}

/// The cases of a person, the oldest first.
pub(in crate::cases) fn of_person(tx: &mut ReadTx<'_>, person: PersonId) -> Result<Viewed<Vec<CaseRow>>> {
    people::visible(tx, person)?;
    let rows = files::of_person(tx, person, false)?;
    tx.viewed(&Event::about(Action::CaseViewed, person), rows)
}

/// What is missing in each open case.
pub(in crate::cases) fn missing(tx: &mut ReadTx<'_>, pack: &Pack, person: PersonId) -> Result<Viewed<Vec<Missing>>> {
    people::visible(tx, person)?;
    let mut found = Vec::new();
    for row in files::of_person(tx, person, true)? {
        let papers = checked(tx, &row)?.into_iter().filter_map(|one| {
            let last = one.rows.last();
            let there = matches!(
                last.map(|last| last.state),
                Some(PaperState::Received | PaperState::Accepted | PaperState::NotNeeded)
            );
            let said =
                (one.paper.code.as_str(), last.map(|last| last.state), last.and_then(|last| last.reason.clone()));
            (!there).then_some(said)
        });
        let papers = papers.collect();
        let required = requirements(tx, pack, &row)?.requirements;
        let unmet = |one: &Requirement| one.computed.as_deref().is_some_and(|computed| computed != "met");
        found.push(Missing { row, papers, requirements: required.into_iter().filter(unmet).collect() });
    }
    tx.viewed(&Event::about(Action::CaseViewed, person).with(json!({ "missing": true })), found)
}

/// What was put on record in a file before a place in its order, the newest first.
pub(in crate::cases) fn timeline(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    before: &Place,
    limit: usize,
) -> Result<Viewed<Vec<Entry>>> {
    people::visible(tx, person)?;
    let rows = timeline::before(tx, person, before, limit)?;
    tx.viewed(&Event::about(Action::TimelineViewed, person), rows)
}

/// What changes of the record since an instant moved: every date and figure, and for each open case those of its route on its own day.
pub(in crate::cases) fn tidings(
    tx: &mut ReadTx<'_>,
    pack: &Pack,
    person: PersonId,
    since: Instant,
    today: NaiveDate,
) -> Result<Viewed<Tidings>> {
    people::visible(tx, person)?;
    let figures = eligibility::moved(tx, pack, person, since, today)?;
    let mut cases = Vec::new();
    for row in files::of_person(tx, person, true)? {
        let kind = catalogue()?.kind(row.kind)?;
        let route = kind.route(row.ground.as_deref(), row.permit_id.is_some());
        let moved = match route {
            Some(route) => {
                let mut moved = eligibility::moved(tx, pack, person, since, row.filed_on)?;
                moved.retain(|one| one.of == "route" && one.id == route);
                moved
            }
            None => Vec::new(),
        };
        cases.push((row, moved));
    }
    tx.viewed(&Event::about(Action::TidingsViewed, person), Tidings { figures, cases })
}
