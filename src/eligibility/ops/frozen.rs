//! A sum with everything that is needed to do it again: the facts as they were, the day, and what came out.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::unreadable;
use crate::clock::Instant;
use crate::db::ReadTx;
use crate::eligibility::model::{Part, Record};
use crate::eligibility::store;
use crate::error::{Error, Result};
use crate::id::PersonId;
use crate::law::{self, Dossier, Outcome, Pack, Question};

/// A sum that can be done again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Calculation {
    /// The day of the application that was judged.
    pub(crate) on: NaiveDate,
    /// The route that judges it; none: no rule of the pack does.
    pub(crate) route: Option<String>,
    /// The facts.
    pub(crate) facts: Dossier,
    /// What came out for the route, under each reading.
    pub(crate) routes: Value,
    /// What came out for the limits of absence.
    pub(crate) watches: Value,
}

/// What a sum says of a route under the usual reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Computed {
    /// `eligible`, `not_yet`, ….
    pub(crate) outcome: &'static str,
    /// Requirements with `met`, `not_met`, `undetermined`.
    pub(crate) requirements: Vec<(String, &'static str)>,
    /// The sources of the route and its requirements.
    pub(crate) sources: Vec<String>,
}

/// Does the sum of a person's record for a day, under the law of that day.
pub(crate) fn calculate(
    tx: &mut ReadTx<'_>,
    pack: &Pack,
    person: PersonId,
    on: NaiveDate,
    route: Option<&str>,
) -> Result<(Calculation, Option<Computed>)> {
    let parts = store::dossier(tx, person, Instant::END)?;
    if !parts.iter().any(|part| matches!(part, Part::Person { .. })) {
        return Err(Error::not_found());
    }
    let known_through = tx.now().date(pack.zone());
    let record = Record::of(&person.to_string(), parts, known_through);
    sum(pack, record.dossier, on, route.map(str::to_owned))
}

/// The same sum from the same facts, by the pack that is given.
pub(crate) fn again(pack: &Pack, before: &Calculation) -> Result<Calculation> {
    let Calculation { on, route, facts, .. } = before.clone();
    sum(pack, facts, on, route).map(|(calculation, _)| calculation)
}

fn sum(pack: &Pack, facts: Dossier, on: NaiveDate, route: Option<String>) -> Result<(Calculation, Option<Computed>)> {
    let question = Question { route: route.clone(), ..Question::on(on) };
    let judged = match &route {
        Some(_) => law::evaluate(pack, &facts, &question).map_err(|faults| unreadable(&faults))?,
        None => Vec::new(),
    };
    let watches = law::watch(pack, &facts, &question).map_err(|faults| unreadable(&faults))?;
    let computed = judged.iter().find(|one| one.default).map(|one| Computed {
        outcome: one.outcome.text(),
        requirements: one.requirements.iter().map(|part| (part.id.to_string(), state(part.state))).collect(),
        sources: one
            .source
            .iter()
            .chain(one.requirements.iter().flat_map(|part| part.source.iter()))
            .map(ToString::to_string)
            .collect(),
    });
    // A route that the law of the day does not have judges nothing.
    let computed = computed.filter(|computed| computed.outcome != Outcome::NotApplicable.text());
    let routes = serde_json::to_value(&judged).map_err(Error::internal)?;
    let watches = serde_json::to_value(&watches).map_err(Error::internal)?;
    Ok((Calculation { on, route, facts, routes, watches }, computed))
}

const fn state(state: law::State) -> &'static str {
    match state {
        law::State::Met => "met",
        law::State::NotMet => "not_met",
        law::State::Undetermined => "undetermined",
    }
}
