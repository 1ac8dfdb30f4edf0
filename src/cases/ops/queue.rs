//! Work queues: filters over the cases one may see, some of them saved.

use chrono::NaiveDate;
use serde_json::json;

use crate::access::policy::Role;
use crate::cases::model::{State, catalogue};
use crate::cases::store::files::{self, CaseRow, Wanted};
use crate::cases::store::queues::{self, QueueRow};
use crate::db::{Action, Audited, Event, ReadTx, TextEnum, Viewed, WriteTx};
use crate::error::{Code, Error, Result};
use crate::id::{CaseId, PersonId, QueueId};
use crate::people;

/// Cases are counted up to here: nobody works through more, and the count stays cheap.
pub(in crate::cases) const COUNTED: usize = 1_000;
/// Saved filters an account may have, and an office may share.
const KEPT: i64 = 50;

/// A row of the queue with the name the person goes by.
pub(in crate::cases) type Listed = (CaseRow, String);

/// A page of the queue, the most urgent first, and how many there are if that is asked for.
pub(in crate::cases) fn list(
    tx: &mut ReadTx<'_>,
    wanted: &Wanted,
    after: Option<&(NaiveDate, CaseId)>,
    limit: usize,
    counted: bool,
) -> Result<Viewed<(Vec<Listed>, Option<usize>)>> {
    let rows = files::queue(tx, wanted, after, limit)?;
    let count = if counted { Some(size(tx, wanted)?) } else { None };
    let persons: Vec<PersonId> = rows.iter().map(|row| row.person_id).collect();
    let names = people::current_names(tx, &persons)?;
    let name = |person| {
        let found = names.iter().find(|(known, _)| *known == person);
        found.map_or_else(String::new, |(_, name)| name.clone())
    };
    let listed = rows
        .into_iter()
        .map(|row| {
            let name = name(row.person_id);
            (row, name)
        })
        .collect();
    tx.viewed(&Event::about_page(Action::CasesListed, persons, limit), (listed, count))
}

/// The states a queue shows: one, or those from which a role can move a case of some kind, or those of both.
pub(in crate::cases) fn states(state: Option<State>, waits_for: Option<Role>) -> Result<Vec<State>> {
    let moves = &catalogue()?.moves;
    let waiting = |state: &State| {
        waits_for.is_none_or(|role| moves.iter().any(|one| one.from.contains(state) && one.who.contains(&role)))
    };
    let all = State::TEXTS.iter().filter_map(|text| State::of(text));
    Ok(all.filter(|one| state.is_none_or(|state| state == *one)).filter(waiting).collect())
}

/// How many cases a filter has, counted up to [`COUNTED`].
pub(in crate::cases) fn size(tx: &mut ReadTx<'_>, wanted: &Wanted) -> Result<usize> {
    files::count(tx, wanted, COUNTED.saturating_add(1))
}

/// Saves a filter.
pub(in crate::cases) fn keep_queue(
    tx: &mut WriteTx<'_>,
    name: String,
    filter: String,
    shared: bool,
) -> Result<Audited<QueueRow>> {
    let account = tx.account().ok_or_else(|| Error::new(Code::ActionNotPermitted))?;
    let office = tx.scope().office;
    if queues::of_account(tx, account, None, KEPT)?.len() >= usize::try_from(KEPT).unwrap_or(usize::MAX) {
        return Err(Error::invalid_at("/name", "too_many", format!("{KEPT} filters are kept. Remove one first.")));
    }
    let row = QueueRow {
        id: QueueId::random(),
        account_id: account,
        office_id: office.filter(|_| shared),
        name,
        filter,
        recorded_at: tx.now(),
        ended_at: None,
    };
    queues::insert(tx, &row)?;
    tx.record(&Event::plain(Action::QueueChanged).with(json!({ "queue": row.id })), row)
}

/// Own saved filters and those the office shares, each with its count.
pub(in crate::cases) fn queues(tx: &mut ReadTx<'_>) -> Result<Vec<QueueRow>> {
    let Some(account) = tx.account() else { return Ok(Vec::new()) };
    let office = tx.scope().office;
    queues::of_account(tx, account, office, KEPT)
}

/// Binds a look at counts of cases to what shows them. No single file is shown.
pub(in crate::cases) fn queues_seen<T>(tx: &mut ReadTx<'_>, counted: T) -> Result<Viewed<T>> {
    tx.viewed(&Event::plain(Action::CasesListed), counted)
}

/// One of the caller's own filters.
pub(in crate::cases) fn own_queue(tx: &mut ReadTx<'_>, id: QueueId) -> Result<QueueRow> {
    let account = tx.account().ok_or_else(Error::not_found)?;
    queues::own(tx, account, id)
}

/// Removes a filter.
pub(in crate::cases) fn remove_queue(tx: &mut WriteTx<'_>, row: QueueRow) -> Result<Audited<QueueRow>> {
    let row = queues::end(tx, row)?;
    tx.record(&Event::plain(Action::QueueChanged).with(json!({ "queue": row.id, "ended": true })), row)
}
