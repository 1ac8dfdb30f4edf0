//! What follows from ties: rights, whose rights end with a tie, who may sign.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::json;

use super::{Seen, concerned, shown};
use crate::db::{Action, Event, Reach, ReadTx, Viewed, text_enum};
use crate::error::{Error, Result};
use crate::families::model::{Known, Listed, Sponsor, Stand, TieKind, is_citizen, judge, younger_than};
use crate::families::store;
use crate::id::PersonId;
use crate::law::{Pack, Value};
use crate::people::{self, Born};
use crate::permits::{self, Held};

/// From which birthday on somebody signs for themselves: the parameter that says so.
const OWN_AGE: &str = "signature.own_age";

/// A tie that holds on the day, and the lists it meets.
#[derive(Debug)]
pub(in crate::families) struct OfTie {
    pub(in crate::families) seen: Seen,
    /// What the person is to the other: the direction in which lists are read.
    pub(in crate::families) own_kind: TieKind,
    pub(in crate::families) lists: Vec<Listed>,
}

/// A right that ends for somebody with a tie, and the permits on that ground, which want a review.
#[derive(Debug)]
pub(in crate::families) struct Affected {
    pub(in crate::families) person: PersonId,
    pub(in crate::families) name: Option<String>,
    pub(in crate::families) right: Listed,
    pub(in crate::families) permits: Vec<Held>,
}

/// What a person's ties give on a day.
pub(in crate::families) fn family_rights(
    tx: &mut ReadTx<'_>,
    pack: &Pack,
    person: PersonId,
    on: NaiveDate,
) -> Result<Viewed<Vec<OfTie>>> {
    people::visible(tx, person)?;
    let ties = ties_on(tx, person, on)?;
    let found = judged(tx, pack, person, on, &ties)?;
    let event = Event::about_all(Action::FamilyRightsViewed, concerned(person, &ties));
    tx.viewed(&event.with(json!({ "valid_at": on })), found)
}

/// Whose rights a tie gave on its last day, and no other tie gives: of both persons. Nothing ends by itself; permits want a review.
pub(in crate::families) fn affected(
    tx: &mut ReadTx<'_>,
    pack: &Pack,
    tie: &Seen,
    last: NaiveDate,
) -> Result<Vec<Affected>> {
    let person = tie.row.person_id;
    let own_name = people::current_names(tx, &[person])?.pop().map(|(_, name)| name);
    let from_there = Seen { kind: tie.kind.inverse(), other: person, name: own_name, row: tie.row.clone() };
    let mut found = Vec::new();
    for (me, seen, name) in [(person, tie, &from_there.name), (tie.other, &from_there, &tie.name)] {
        let given = judged(tx, pack, me, last, std::slice::from_ref(seen))?;
        let mut others = ties_on(tx, me, last)?;
        others.retain(|other| other.row.id != tie.row.id);
        let kept = judged(tx, pack, me, last, &others)?;
        let keeps = |right: &Listed| {
            let mut all = kept.iter().flat_map(|of| &of.lists);
            all.any(|other| other.is_right && other.id == right.id && other.stand == Stand::Met)
        };
        let permits = permits::not_ended_before(tx, &[me], last)?;
        for right in given.into_iter().flat_map(|of| of.lists).filter(|right| right.is_right && !keeps(right)) {
            let on_it = |held: &&Held| held.permit.ground.as_deref() == Some(right.id.as_str());
            let permits: Vec<Held> = permits.iter().filter(on_it).cloned().collect();
            // Where nobody knows whether the other is a citizen, only somebody's use of the right says that there is one.
            if right.knows_sponsor() || !permits.is_empty() {
                found.push(Affected { person: me, name: name.clone(), right, permits });
            }
        }
    }
    Ok(found)
}

/// The ties of a person that hold on a day and that the caller may know of.
fn ties_on(tx: &mut ReadTx<'_>, person: PersonId, on: NaiveDate) -> Result<Vec<Seen>> {
    let mut rows = store::all(tx, person)?;
    rows.retain(|row| row.tie().holds_on(on));
    shown(tx, person, rows)
}

/// The lists that these ties of a person meet on a day.
fn judged(tx: &mut ReadTx<'_>, pack: &Pack, person: PersonId, on: NaiveDate, ties: &[Seen]) -> Result<Vec<OfTie>> {
    let born = people::born(tx, person)?;
    let own = people::nationalities_on(tx, &[person], on)?.into_iter().map(|(_, code)| code);
    let is_citizen = is_citizen(pack, on, &own.collect::<Vec<_>>());
    let sponsors = sponsors(tx, ties, on)?;
    let found = ties.iter().map(|seen| {
        let known = Known { born, is_citizen, sponsor: sponsors.get(&seen.other) };
        let own_kind = seen.kind.inverse();
        OfTie { seen: seen.clone(), own_kind, lists: judge(pack, on, own_kind, known) }
    });
    Ok(found.collect())
}

/// What is on record of the others on a day. The person concerned learns nothing of them but their names.
fn sponsors(tx: &mut ReadTx<'_>, ties: &[Seen], on: NaiveDate) -> Result<BTreeMap<PersonId, Sponsor>> {
    if tx.scope().reach == Reach::Own {
        return Ok(BTreeMap::new());
    }
    let mut found: BTreeMap<PersonId, Sponsor> = ties.iter().map(|seen| (seen.other, Sponsor::default())).collect();
    let others: Vec<PersonId> = found.keys().copied().collect();
    for (person, code) in people::nationalities_on(tx, &others, on)? {
        found.entry(person).or_default().nationalities.push(code);
    }
    for held in permits::not_ended_before(tx, &others, on)? {
        if held.permit.valid_from <= on {
            found.entry(held.person).or_default().permits.push(held.permit);
        }
    }
    Ok(found)
}

text_enum! {
    /// May somebody sign?
    #[schema(as = MaySign)]
    pub enum Signing {
        /// Yes.
        Yes = "yes",
        /// No.
        No = "no",
        /// What is on record does not tell.
        Unknown = "unknown",
    }
}

/// Somebody who may sign for a person, or may not any more or not yet.
#[derive(Debug)]
pub(in crate::families) struct Signatory {
    /// None: the person themselves.
    pub(in crate::families) seen: Option<Seen>,
    pub(in crate::families) may_sign: Signing,
}

/// Who may sign for a person on a day: the person by age, parents while the person is a minor, guardians and representatives within their
/// scope.
pub(in crate::families) fn signatories(
    tx: &mut ReadTx<'_>,
    pack: &Pack,
    person: PersonId,
    on: NaiveDate,
) -> Result<Viewed<Vec<Signatory>>> {
    people::visible(tx, person)?;
    let found = signings(tx, pack, person, on)?;
    let ties: Vec<Seen> = found.iter().filter_map(|signatory| signatory.seen.clone()).collect();
    let event = Event::about_all(Action::SignatoriesViewed, concerned(person, &ties));
    tx.viewed(&event.with(json!({ "valid_at": on })), found)
}

/// May this relative sign for a person on a day, or the person themselves if none is named?
pub(crate) fn may_sign(
    tx: &mut ReadTx<'_>,
    pack: &Pack,
    person: PersonId,
    signer: Option<PersonId>,
    on: NaiveDate,
) -> Result<Signing> {
    let found = signings(tx, pack, person, on)?;
    let theirs = found.iter().filter(|signatory| signatory.seen.as_ref().map(|seen| seen.other) == signer);
    // Who is a parent and a guardian may sign if either lets them.
    let verdicts: Vec<Signing> = theirs.map(|signatory| signatory.may_sign).collect();
    let best = [Signing::Yes, Signing::Unknown].into_iter().find(|verdict| verdicts.contains(verdict));
    Ok(best.unwrap_or(Signing::No))
}

fn signings(tx: &mut ReadTx<'_>, pack: &Pack, person: PersonId, on: NaiveDate) -> Result<Vec<Signatory>> {
    let is_minor = is_minor(pack, people::born(tx, person)?, on)?;
    let of_minor = match is_minor {
        Some(true) => Signing::Yes,
        Some(false) => Signing::No,
        None => Signing::Unknown,
    };
    let own = match of_minor {
        Signing::Yes => Signing::No,
        Signing::No => Signing::Yes,
        Signing::Unknown => Signing::Unknown,
    };
    let mut ties = ties_on(tx, person, on)?;
    ties.retain(|seen| seen.kind == TieKind::Parent || seen.kind.acts_for());
    let mut found = vec![Signatory { seen: None, may_sign: own }];
    found.extend(ties.into_iter().map(|seen| {
        let may_sign = if seen.kind == TieKind::Parent { of_minor } else { Signing::Yes };
        Signatory { seen: Some(seen), may_sign }
    }));
    Ok(found)
}

/// Is somebody too young to sign? A pack that names no age leaves it open.
fn is_minor(pack: &Pack, born: Born, on: NaiveDate) -> Result<Option<bool>> {
    match pack.parameter(OWN_AGE, on) {
        None => Ok(None),
        Some(Value::Integer(years)) => {
            let years = u32::try_from(*years).map_err(Error::internal)?;
            Ok(younger_than(years, born, on))
        }
        Some(other) => Err(Error::internal(format!("{OWN_AGE} is {other}, and no number of years"))),
    }
}
