//! The questions officers ask. Each is one look at the record, then pure computation.

mod frozen;
mod moved;

use chrono::NaiveDate;
use serde_json::json;

pub(crate) use self::frozen::{Calculation, Computed, again, calculate};
pub(crate) use self::moved::{Moved, moved};
use super::model::{self, Due, Duty, Part, Record, Renewal, Standing};
use super::store;
use crate::addresses::{self, Address};
use crate::clock::Instant;
use crate::db::{Action, Event, ReadTx, Viewed};
use crate::error::{Error, Fault, Result};
use crate::id::{AddressId, PersonId};
use crate::law::{
    self, Dossier, DossierFault, Language, Pack, Question, ResidenceTime, RouteMoved, RouteResult, SafeReturn,
    Supposed, WatchMoved, WatchResult, WhatIf,
};

/// Whose citizenship the pack is about: the parameter that names it.
const OWN_NATIONALITY: &str = "citizenship.nationality";

/// Reads the record for a question. 404 for a person the caller may not know of, and before the file existed.
pub(super) fn look(tx: &mut ReadTx<'_>, person: PersonId, as_of: Instant, action: Action) -> Result<Viewed<Vec<Part>>> {
    let parts = store::dossier(tx, person, as_of)?;
    if !parts.iter().any(|part| matches!(part, Part::Person { .. })) {
        return Err(Error::not_found());
    }
    tx.viewed(&Event::about(action, person), parts)
}

/// The same with one registration. 404 for a registration that is not this person's.
pub(super) fn look_at_registration(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    registration: AddressId,
    as_of: Instant,
) -> Result<Viewed<(Address, Vec<Part>)>> {
    let address = addresses::found(tx, person, registration, as_of)?;
    let parts = store::dossier(tx, person, as_of)?;
    let details = json!({ "address": registration });
    tx.viewed(&Event::about(Action::AddressStatusViewed, person).with(details), (address, parts))
}

/// What is asked of the record.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) on: NaiveDate,
    pub(super) law_at: Option<NaiveDate>,
    pub(super) route: Option<String>,
    pub(super) reading: Option<String>,
    pub(super) no_renewal: bool,
    pub(super) language: Language,
}

impl Asked {
    fn question(&self) -> Question {
        let (law_at, route, no_renewal, language) = (self.law_at, self.route.clone(), self.no_renewal, self.language);
        Question { law_at, route, no_renewal, language, ..Question::on(self.on) }
    }

    /// Is an answer of this reading asked for?
    fn wants(&self, reading: &str) -> bool {
        self.reading.as_deref().is_none_or(|wanted| wanted == reading)
    }
}

/// What is supposed beside the record.
#[derive(Clone, Debug)]
pub(super) struct Supposition {
    /// Trips and statuses.
    pub(super) supposed: Supposed,
    /// By when must somebody who leaves on that day be back?
    pub(super) exit: Option<NaiveDate>,
}

/// Answers with and without what is supposed.
#[derive(Debug)]
pub(super) struct Simulated {
    pub(super) routes: WhatIf<RouteResult, RouteMoved>,
    pub(super) watches: WhatIf<WatchResult, WatchMoved>,
    pub(super) safe_return: Option<SafeReturn>,
}

/// Is the person a citizen of the pack's state on that day? No term and no limit applies to citizens.
pub(super) fn is_citizen(pack: &Pack, record: &Record, on: NaiveDate) -> bool {
    // The state had citizens before its law on citizenship named them.
    let parameter = pack.parameters().iter().find(|parameter| *parameter.id() == *OWN_NATIONALITY);
    let own = parameter.and_then(|parameter| parameter.on(on).or_else(|| parameter.versions().first()));
    own.is_some_and(|version| record.holds(&version.rule.to_string(), on))
}

/// Every route under every reading.
pub(super) fn eligibility(pack: &Pack, dossier: &Dossier, asked: &Asked) -> Result<Vec<RouteResult>> {
    let mut routes = law::evaluate(pack, dossier, &asked.question()).map_err(|faults| unreadable(&faults))?;
    routes.retain(|route| asked.wants(&route.reading));
    Ok(routes)
}

/// Which years count for what.
pub(super) fn residence_time(pack: &Pack, dossier: &Dossier, asked: &Asked) -> Vec<ResidenceTime> {
    law::residence_time(pack, dossier, asked.on, asked.law_at)
}

/// The limits that threaten a status the person holds.
pub(super) fn watches(pack: &Pack, dossier: &Dossier, asked: &Asked) -> Result<Vec<WatchResult>> {
    let mut watches = law::watch(pack, dossier, &asked.question()).map_err(|faults| unreadable(&faults))?;
    watches.retain(|watch| asked.wants(&watch.reading));
    Ok(watches)
}

/// What would be if the supposed trips and statuses were on record, and by when to be back. 422 if that cannot be beside the record.
pub(super) fn simulate(pack: &Pack, dossier: &Dossier, asked: &Asked, what: &Supposition) -> Result<Simulated> {
    let question = asked.question();
    let faults = dossier.check();
    if !faults.is_empty() {
        return Err(unreadable(&faults));
    }
    let supposed = &what.supposed;
    let (with, mut faults) = match supposed.added_to(dossier, asked.on) {
        Ok(with) => (with, Vec::new()),
        Err(faults) => (dossier.clone(), faults),
    };
    let safe_return = what.exit.map(|exit| law::safe_return(pack, &with, &question, exit)).transpose();
    faults.extend(safe_return.as_ref().err().into_iter().flatten().cloned());
    let (true, Ok(safe_return)) = (faults.is_empty(), safe_return) else { return Err(impossible(&faults)) };
    let mut routes = law::evaluate_if(pack, dossier, supposed, &question).map_err(|faults| impossible(&faults))?;
    let watches = law::watch_if(pack, dossier, supposed, &question).map_err(|faults| impossible(&faults))?;
    // The reading is that of routes. Watches and the safe return warn: they show every one.
    routes.moved.retain(|moved| asked.wants(&moved.reading));
    routes.plain.retain(|route| asked.wants(&route.reading));
    routes.simulated.retain(|route| asked.wants(&route.reading));
    Ok(Simulated { routes, watches, safe_return })
}

/// What is due by when.
pub(super) fn deadlines(pack: &Pack, record: &Record, asked: &Asked) -> Result<Vec<Due>> {
    let citizen = is_citizen(pack, record, asked.on);
    let mut due = model::deadlines(pack, record, asked.on, asked.law_at, citizen).map_err(Error::internal)?;
    due.iter_mut().for_each(|due| due.result.tell_in(asked.language));
    Ok(due)
}

/// Must the person register on a day, by when, and was it done?
pub(super) fn duty(pack: &Pack, record: &Record, asked: &Asked) -> Result<Duty> {
    let citizen = is_citizen(pack, record, asked.on);
    let mut duty = model::duty(pack, record, asked.on, asked.law_at, citizen).map_err(Error::internal)?;
    duty.term.iter_mut().for_each(|term| term.tell_in(asked.language));
    Ok(duty)
}

/// Does a registration stand on a day?
pub(super) fn standing(pack: &Pack, record: &Record, address: &Address, asked: &Asked) -> Result<Standing> {
    model::standing(pack, record, address, asked.on, asked.law_at).map_err(Error::internal)
}

/// What must be renewed by when; nothing of a citizen's.
pub(super) fn renewals(pack: &Pack, record: &Record, asked: &Asked) -> Result<Vec<Renewal>> {
    if is_citizen(pack, record, asked.on) {
        return Ok(Vec::new());
    }
    let mut renewals = model::renewals(pack, record, asked.on, asked.law_at).map_err(Error::internal)?;
    renewals.iter_mut().for_each(|renewal| renewal.result.tell_in(asked.language));
    Ok(renewals)
}

/// The record keeps its own rules, so the engine must be able to read it. If it cannot, that is a defect; dates stay out of the log.
fn unreadable(faults: &[DossierFault]) -> Error {
    Error::internal(format!("the engine refused a recorded dossier: {} fault(s)", faults.len()))
}

/// What is supposed cannot be beside the record: the faults of the request.
fn impossible(faults: &[DossierFault]) -> Error {
    let fault = |fault: &DossierFault| {
        let pointer = fault.pointer.trim_start_matches("/supposed");
        Fault::at(pointer, "overlaps", format!("{}.", capitalised(&fault.message)))
    };
    Error::invalid(faults.iter().map(fault).collect())
}

fn capitalised(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}
