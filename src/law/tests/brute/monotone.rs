//! What can only help (engine contract, section 9): a day more in the country, a document more.

use proptest::prelude::*;

use super::days::{P, of, text};
use super::model::{Date, Kind, Person, Proof, Requirement, Version, toml};
use super::random::{Asked, asked, base, person, requirement, versions};
use crate::law::tests::{date, dossier, pack};
use crate::law::{Question, RouteResult, evaluate};

pub(super) type Case = (Vec<Version>, Vec<Requirement>, Person, Asked, prop::sample::Index, i32);

pub(super) fn cases() -> impl Strategy<Value = Case> {
    let counting = requirement()
        .prop_filter("counts days", |one| matches!(one.kind, Kind::AbsenceLimit { .. } | Kind::Presence { .. }));
    (versions(), prop::collection::vec(counting, 1..3), person(), asked(), any::<prop::sample::Index>(), 0..800_i32)
}

fn answers(versions: &[Version], person: &Person, asked: &Asked) -> Vec<RouteResult> {
    let question = Question { no_renewal: asked.no_renewal, brief: true, ..Question::on(date(&text(asked.on))) };
    evaluate(&pack(&toml(versions)), &dossier(person.json()), &question).unwrap()
}

/// Every date on which the poorer person may apply is one for the richer, and none comes later.
fn helps(versions: &[Version], poorer: &Person, richer: &Person, asked: &Asked) -> Result<(), TestCaseError> {
    let horizon = P(20, 0, 0).after(asked.on);
    for (before, after) in answers(versions, poorer, asked).iter().zip(&answers(versions, richer, asked)) {
        let context = || format!("{}\n{}\n{}", toml(versions), poorer.json(), richer.json());
        for window in &before.windows {
            let inside = after.windows.iter().any(|wider| {
                wider.from <= window.from && wider.to.map_or(horizon, of) >= window.to.map_or(horizon, of)
            });
            prop_assert!(inside, "{window:?} is lost in {:?}\n{}", after.windows, context());
        }
        for (what, before, after) in [
            ("earliest", before.earliest, after.earliest),
            ("latest", before.latest, after.latest),
            ("clock_earliest", before.clock_earliest, after.clock_earliest),
        ] {
            let later = before.is_some_and(|before| after.is_none_or(|after| after > before));
            prop_assert!(!later, "{what} moves from {before:?} to {after:?}\n{}", context());
        }
    }
    Ok(())
}

/// The person, back in the country on one day of a trip.
fn back_for_a_day(person: &Person, which: prop::sample::Index, offset: i32) -> Option<Person> {
    let place = which.index(person.trips.len().max(1));
    let (Date::Day(exit), Some(Date::Day(entry))) = *person.trips.get(place)? else { return None };
    let day = exit + 1 + offset % (entry - exit - 1).max(1);
    if day >= entry {
        return None;
    }
    let mut richer = person.clone();
    richer.trips[place].1 = Some(Date::Day(day));
    richer.trips.insert(place + 1, (Date::Day(day), Some(Date::Day(entry))));
    Some(richer)
}

pub(super) fn check((versions, counting, person, asked, which, offset): &Case) -> Result<(), TestCaseError> {
    if let Some(richer) = back_for_a_day(person, *which, *offset) {
        let only = Version { requirements: counting.clone(), to: None, ..versions[0].clone() };
        helps(&[only], person, &richer, asked)?;
    }
    let mut richer = person.clone();
    let kind = if offset % 2 == 0 { "l" } else { "m" };
    let level = Some(which.index(6));
    richer.evidence.push(Proof { kind, level, from: Date::Day(base() + offset), to: None });
    helps(versions, person, &richer, asked)
}
