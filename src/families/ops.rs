//! What is done with ties.

mod rights;
mod staff;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde_json::json;

pub(super) use self::rights::{Affected, OfTie, Signatory, affected, family_rights, signatories};
pub(crate) use self::rights::{Signing, may_sign};
pub use self::staff::keeps_away;
pub(super) use self::staff::{colleague, conflict, link, unlink};
use super::model::{Tie, TieKind};
use super::store::{self, RelationshipRow};
use crate::access::scope::protection;
use crate::clock::Instant;
use crate::db::{Action, Audited, Event, Reach, ReadTx, Viewed, WriteTx};
use crate::error::{Code, Error, Fault, Result};
use crate::id::{PersonId, RelationshipId};
use crate::law::Pack;
use crate::people;

/// A tie as it is seen from one of its two persons.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(super) row: RelationshipRow,
    /// What the other is to the person.
    pub(super) kind: TieKind,
    pub(super) other: PersonId,
    /// The name the other goes by; none where it is not for the caller.
    pub(super) name: Option<String>,
}

impl Seen {
    fn from(person: PersonId, row: RelationshipRow) -> Self {
        let (kind, other) =
            if row.person_id == person { (row.kind, row.other_person_id) } else { (row.kind.inverse(), row.person_id) };
        Self { row, kind, other, name: None }
    }
}

/// Records a tie between two persons the caller may know of. 409 if it cannot be beside what is on record.
pub(crate) fn record(tx: &mut WriteTx<'_>, person: PersonId, tie: Tie, today: NaiveDate) -> Result<Audited<Seen>> {
    let mut faults = tie.faults(person, today);
    if people::visible_among(tx, &[tie.other])?.is_empty() {
        faults.push(Fault::at("/other_person_id", "unknown_person", "There is no such person."));
    }
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    lock_both(tx, person, tie.other)?;
    let id = RelationshipId::random();
    refuse_contradiction(tx, person, id, &tie)?;
    let row = RelationshipRow::of(tx, person, id, tie);
    let row = store::insert(tx, row)?;
    let seen = one_shown(tx, person, row)?;
    let details = json!({ "relationship": id, "kind": seen.kind });
    tx.record(&Event::about_all(Action::RelationshipRecorded, vec![person, seen.other]).with(details), seen)
}

/// Changes a tie's record, or ends the tie; with whose rights end by it.
pub(super) fn change(
    tx: &mut WriteTx<'_>,
    pack: &Pack,
    before: &Seen,
    tie: Tie,
    today: NaiveDate,
) -> Result<Audited<(Seen, Vec<Affected>)>> {
    let person = before.row.person_id;
    let faults = tie.faults(person, today);
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    lock_both(tx, person, before.other)?;
    refuse_contradiction(tx, person, before.row.id, &tie)?;
    let ended = tie.valid_to.filter(|last| before.row.valid_to.is_none_or(|known| *last < known));
    let affected = match ended {
        Some(last) => affected(tx, pack, before, last)?,
        None => Vec::new(),
    };
    let after = RelationshipRow::of(tx, person, before.row.id, tie);
    replaced(tx, before, after, affected)
}

/// Withdraws a tie recorded by mistake: it counts nowhere any more, its versions stay readable.
pub(super) fn withdraw(
    tx: &mut WriteTx<'_>,
    pack: &Pack,
    before: &Seen,
    today: NaiveDate,
) -> Result<Audited<(Seen, Vec<Affected>)>> {
    lock_both(tx, before.row.person_id, before.other)?;
    let day = before.row.valid_to.map_or(today, |last| last.min(today)).max(before.row.valid_from);
    let affected = affected(tx, pack, before, day)?;
    let after = RelationshipRow { withdrawn: true, ..before.row.clone() };
    replaced(tx, before, after, affected)
}

fn replaced(
    tx: &mut WriteTx<'_>,
    before: &Seen,
    after: RelationshipRow,
    affected: Vec<Affected>,
) -> Result<Audited<(Seen, Vec<Affected>)>> {
    let row = store::replace(tx, &before.row, after)?;
    let details = json!({ "relationship": row.id, "version": row.version, "withdrawn": row.withdrawn,
        "ended_on": row.valid_to });
    let event = Event::about_all(Action::RelationshipChanged, vec![row.person_id, before.other]).with(details);
    tx.record(&event, (Seen { row, ..before.clone() }, affected))
}

/// A page of a person's ties from both sides, first day first.
pub(super) fn list(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    as_of: Instant,
    after: Option<&(NaiveDate, RelationshipId)>,
    limit: usize,
) -> Result<Viewed<Vec<Seen>>> {
    people::visible(tx, person)?;
    let (mut found, mut after) = (Vec::new(), after.copied());
    // A tie to somebody the caller may not know of is absent, and the page is full all the same.
    loop {
        let rows = store::page_of_both(tx, person, as_of, after.as_ref(), limit)?;
        let more = rows.len() == limit;
        after = rows.last().map(|row| (row.valid_from, row.id));
        found.extend(shown(tx, person, rows)?);
        if !more || found.len() >= limit {
            break;
        }
    }
    found.truncate(limit);
    let on_page = found.get(..limit.saturating_sub(1)).unwrap_or(&found);
    let event = Event::about_all(Action::RelationshipsViewed, concerned(person, on_page));
    tx.viewed(&event, found)
}

/// One tie, from the file it stands in.
pub(super) fn show(tx: &mut ReadTx<'_>, person: PersonId, id: RelationshipId) -> Result<Viewed<Seen>> {
    let seen = find(tx, person, id)?;
    let event = Event::about_all(Action::RelationshipsViewed, vec![person, seen.other]);
    tx.viewed(&event.with(json!({ "relationship": id })), seen)
}

/// A tie that stands in the file of a person the caller may know of, to another such person.
pub(super) fn find(tx: &mut ReadTx<'_>, person: PersonId, id: RelationshipId) -> Result<Seen> {
    people::visible(tx, person)?;
    let row = store::live(tx, person, id)?;
    one_shown(tx, person, row)
}

/// A version of a tie, for what conflicts.
pub(super) fn at_version(tx: &mut ReadTx<'_>, seen: &Seen, version: i32) -> Result<Option<Seen>> {
    let row = store::version(tx, seen.row.person_id, seen.row.id, version)?;
    Ok(row.map(|row| Seen { row, ..seen.clone() }))
}

/// The person and everybody these ties show, each once.
fn concerned(person: PersonId, ties: &[Seen]) -> Vec<PersonId> {
    let others: BTreeSet<PersonId> = ties.iter().map(|seen| seen.other).filter(|other| *other != person).collect();
    std::iter::once(person).chain(others).collect()
}

fn one_shown(tx: &mut ReadTx<'_>, person: PersonId, row: RelationshipRow) -> Result<Seen> {
    shown(tx, person, vec![row])?.pop().ok_or_else(Error::not_found)
}

/// Those of the ties that the caller may know of, with the other's name.
///
/// Whoever sees a file may know of ties to persons whose file they see as well. The person concerned knows what stands in the own file, by
/// the other's name alone; not the name of somebody who is protected, perhaps from them.
fn shown(tx: &mut ReadTx<'_>, person: PersonId, rows: Vec<RelationshipRow>) -> Result<Vec<Seen>> {
    let mut ties: Vec<Seen> = rows.into_iter().map(|row| Seen::from(person, row)).collect();
    let others: BTreeSet<PersonId> = ties.iter().map(|seen| seen.other).collect();
    let mut known: Vec<PersonId> = others.into_iter().collect();
    if tx.scope().reach == Reach::Own {
        ties.retain(|seen| seen.row.person_id == person);
        let mut open = Vec::new();
        for other in known {
            if !protection::is_live(tx, other)? {
                open.push(other);
            }
        }
        known = open;
    } else {
        known = people::visible_among(tx, &known)?;
        ties.retain(|seen| known.contains(&seen.other));
    }
    let names: BTreeMap<PersonId, String> = people::current_names(tx, &known)?.into_iter().collect();
    ties.iter_mut().for_each(|seen| seen.name = names.get(&seen.other).cloned());
    Ok(ties)
}

/// One writer at a time in both files, always in the same order.
fn lock_both(tx: &mut WriteTx<'_>, one: PersonId, other: PersonId) -> Result<()> {
    people::lock(tx, one.min(other))?;
    people::lock(tx, one.max(other))
}

/// 409 for what cannot be: a second marriage on the same days, the same tie twice, somebody who is one's ancestor and one's descendant.
/// Names the other ties; those in files the caller may not know of are as if they were not there.
fn refuse_contradiction(tx: &mut ReadTx<'_>, person: PersonId, id: RelationshipId, tie: &Tie) -> Result<()> {
    let new = (tie.kind, tie.other);
    let mut faults = Vec::new();
    for (me, partner) in [(person, tie.other), (tie.other, person)] {
        let mut rows = store::all(tx, me)?;
        let files: Vec<PersonId> = rows.iter().map(|row| row.person_id).collect();
        let open = people::visible_among(tx, &files)?;
        rows.retain(|row| row.id != id && open.contains(&row.person_id));
        for row in rows {
            let (days, known) = (row.tie(), Seen::from(me, row));
            let same_pair = known.other == partner;
            let together = days.shares_a_day_with(tie);
            let spouses = tie.kind == TieKind::Spouse && known.kind == TieKind::Spouse && together;
            // The pair's own rows are the same from both sides.
            let (code, why) = if same_pair && me != person {
                continue;
            } else if same_pair && together && (known.kind, known.other) == new {
                ("already_recorded", "says the same of these days")
            } else if same_pair && known.kind.excludes(tie.kind) {
                (
                    "own_ancestor",
                    "says that the one is the other's ancestor, and this one that it is the other way round",
                )
            } else if spouses {
                ("second_spouse", "is a marriage on some of these days")
            } else {
                continue;
            };
            faults.push(Fault::at("/kind", code, format!("Relationship {} {why}.", known.row.id)));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::new(Code::ContradictingTie).with_faults(faults)) }
}
