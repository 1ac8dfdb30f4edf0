//! Tasks of a case.

use chrono::NaiveDate;
use serde_json::json;

use super::moves::refuse_conflict;
use crate::access::policy::Role;
use crate::cases::store::files::CaseRow;
use crate::cases::store::tasks::{self, TaskRow};
use crate::db::{Action, Audited, Event, ReadTx, Viewed, WriteTx};
use crate::error::{Error, Result};
use crate::families;
use crate::id::{AccountId, TaskId};
use crate::people;

/// Adds a task.
pub(in crate::cases) fn add_task(
    tx: &mut WriteTx<'_>,
    case: &CaseRow,
    role: Role,
    task: (String, NaiveDate, Option<AccountId>),
) -> Result<Audited<TaskRow>> {
    let (title, due_on, account_id) = task;
    refuse_conflict(tx, case, role)?;
    refuse_owner(tx, case, account_id)?;
    let row = TaskRow {
        person_id: case.person_id,
        id: TaskId::random(),
        version: 1,
        case_id: case.id,
        title,
        due_on,
        account_id,
        done_on: None,
        withdrawn: false,
        recorded_at: tx.now(),
        recorded_by: tx.account(),
        superseded_at: None,
    };
    let row = tasks::insert(tx, row)?;
    let details = json!({ "case": case.id, "task": row.id });
    tx.record(&Event::about(Action::CaseTaskRecorded, case.person_id).with(details), row)
}

/// Changes a task, or says that it is done.
pub(in crate::cases) fn change_task(
    tx: &mut WriteTx<'_>,
    before: &(CaseRow, TaskRow),
    role: Role,
    after: TaskRow,
) -> Result<Audited<TaskRow>> {
    let (case, before) = before;
    refuse_conflict(tx, case, role)?;
    if after.account_id != before.account_id {
        refuse_owner(tx, case, after.account_id)?;
    }
    let row = tasks::replace(tx, before, after)?;
    let details = json!({ "case": case.id, "task": row.id, "version": row.version });
    tx.record(&Event::about(Action::CaseTaskRecorded, case.person_id).with(details), row)
}

/// A task of a case.
pub(in crate::cases) fn find_task(tx: &mut ReadTx<'_>, case: CaseRow, id: TaskId) -> Result<(CaseRow, TaskRow)> {
    people::visible(tx, case.person_id)?;
    let row = tasks::live(tx, case.person_id, id)?;
    if row.case_id == case.id { Ok((case, row)) } else { Err(Error::not_found()) }
}

/// A page of the tasks of a case, the most urgent first.
pub(in crate::cases) fn list_tasks(
    tx: &mut ReadTx<'_>,
    case: &CaseRow,
    after: Option<&(NaiveDate, TaskId)>,
    limit: usize,
) -> Result<Viewed<Vec<TaskRow>>> {
    let rows = tasks::of_case(tx, case.id, after, limit)?;
    let details = json!({ "case": case.id, "tasks": true });
    tx.viewed(&Event::about(Action::CaseViewed, case.person_id).with(details), rows)
}

fn refuse_owner(tx: &mut ReadTx<'_>, case: &CaseRow, owner: Option<AccountId>) -> Result<()> {
    let Some(owner) = owner else { return Ok(()) };
    let live = crate::access::membership::live(tx, owner)?;
    let of_office = live.is_some_and(|live| live.office_id == Some(case.office_id));
    if !of_office || families::keeps_away(tx, owner, case.person_id)?.is_some() {
        let message = "A task is done by a colleague of the office who need not keep away from the file.";
        return Err(Error::invalid_at("/account_id", "not_in_office", message));
    }
    Ok(())
}
