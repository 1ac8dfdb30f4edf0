//! Table `case_task`.

use chrono::NaiveDate;

use crate::db::facts;
use crate::id::{AccountId, CaseId, TaskId};

facts!(versions case_task, TaskRow, TaskId);

/// One version of a task.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = case_task, treat_none_as_default_value = false)]
pub(crate) struct TaskRow {
    pub(in crate::cases) person_id: PersonId,
    pub(in crate::cases) id: TaskId,
    pub(in crate::cases) version: i32,
    pub(in crate::cases) case_id: CaseId,
    pub(in crate::cases) title: String,
    pub(in crate::cases) due_on: NaiveDate,
    pub(in crate::cases) account_id: Option<AccountId>,
    pub(in crate::cases) done_on: Option<NaiveDate>,
    pub(in crate::cases) withdrawn: bool,
    pub(in crate::cases) recorded_at: Instant,
    pub(in crate::cases) recorded_by: Option<AccountId>,
    pub(in crate::cases) superseded_at: Option<Instant>,
}

/// The live row of a task.
pub(in crate::cases) fn live(tx: &mut ReadTx<'_>, person: PersonId, id: TaskId) -> Result<TaskRow> {
    Ok(case_task::table
        .filter(case_task::person_id.eq(person))
        .filter(case_task::id.eq(id))
        .filter(case_task::superseded_at.is_null())
        .select(TaskRow::as_select())
        .first(tx.conn())?)
}

/// A page of the tasks of a case, the most urgent first.
pub(in crate::cases) fn of_case(
    tx: &mut ReadTx<'_>,
    case: CaseId,
    after: Option<&(NaiveDate, TaskId)>,
    limit: usize,
) -> Result<Vec<TaskRow>> {
    let mut query = case_task::table
        .filter(case_task::case_id.eq(case))
        .filter(case_task::superseded_at.is_null())
        .filter(case_task::withdrawn.eq(false))
        .order((case_task::due_on, case_task::id))
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(TaskRow::as_select())
        .into_boxed();
    if let Some((day, id)) = after {
        let here = case_task::due_on.eq(*day).and(case_task::id.gt(*id));
        query = query.filter(case_task::due_on.gt(*day).or(here));
    }
    Ok(query.load(tx.conn())?)
}
