//! The questions officers ask. Each is one look at the record, then pure computation.

use chrono::NaiveDate;

use super::model::{self, Due, Part, Record};
use super::store;
use crate::clock::Instant;
use crate::db::{Action, Event, ReadTx, Scope, Viewed};
use crate::error::{Error, Result};
use crate::id::PersonId;
use crate::law::{self, Dossier, DossierFault, Language, Pack, Question, ResidenceTime, RouteResult, WatchResult};

/// Whose citizenship the pack is about: the parameter that names it.
const OWN_NATIONALITY: &str = "citizenship.nationality";

/// Reads the record for a question. 404 for a person the caller may not know of, and before the file existed.
pub(super) fn look(tx: &mut ReadTx<'_>, person: PersonId, as_of: Instant, action: Action) -> Result<Viewed<Vec<Part>>> {
    let parts = store::dossier(tx, person, as_of)?;
    let scope = tx.scope();
    let own = |part: &Part| matches!(part, Part::Person { office, .. } if scope == Scope::Office(*office));
    if !parts.iter().any(own) {
        return Err(Error::not_found());
    }
    tx.viewed(&Event::about(action, person), parts)
}

/// What is asked of the record.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) on: NaiveDate,
    pub(super) law_at: Option<NaiveDate>,
    pub(super) route: Option<String>,
    pub(super) language: Language,
}

impl Asked {
    fn question(&self) -> Question {
        let (law_at, route, language) = (self.law_at, self.route.clone(), self.language);
        Question { law_at, route, language, ..Question::on(self.on) }
    }
}

/// Is the person a citizen of the pack's state on that day? No term and no limit applies to citizens.
pub(super) fn is_citizen(pack: &Pack, record: &Record, on: NaiveDate) -> bool {
    let own = pack.parameter(OWN_NATIONALITY, on).map(ToString::to_string);
    own.is_some_and(|code| record.holds(&code, on))
}

/// Every route under every reading.
pub(super) fn eligibility(pack: &Pack, dossier: &Dossier, asked: &Asked) -> Result<Vec<RouteResult>> {
    law::evaluate(pack, dossier, &asked.question()).map_err(|faults| unreadable(&faults))
}

/// Which years count for what.
pub(super) fn residence_time(pack: &Pack, dossier: &Dossier, asked: &Asked) -> Vec<ResidenceTime> {
    law::residence_time(pack, dossier, asked.on, asked.law_at)
}

/// The limits that threaten a status the person holds.
pub(super) fn watches(pack: &Pack, dossier: &Dossier, asked: &Asked) -> Result<Vec<WatchResult>> {
    law::watch(pack, dossier, &asked.question()).map_err(|faults| unreadable(&faults))
}

/// What is due by when.
pub(super) fn deadlines(pack: &Pack, record: &Record, asked: &Asked) -> Result<Vec<Due>> {
    let citizen = is_citizen(pack, record, asked.on);
    let mut due = model::deadlines(pack, record, asked.on, asked.law_at, citizen).map_err(Error::internal)?;
    due.iter_mut().for_each(|due| due.result.tell_in(asked.language));
    Ok(due)
}

/// The record keeps its own rules, so the engine must be able to read it. If it cannot, that is a defect; dates stay out of the log.
fn unreadable(faults: &[DossierFault]) -> Error {
    Error::internal(format!("the engine refused a recorded dossier: {} fault(s)", faults.len()))
}
