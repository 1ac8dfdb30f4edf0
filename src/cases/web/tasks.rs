//! Tasks of a case.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::acting;
use crate::access::policy::{ReadCases, RecordTasks};
use crate::cases::ops;
use crate::cases::store::files::CaseRow;
use crate::cases::store::tasks::{self, TaskRow};
use crate::clock::Instant;
use crate::db::ReadTx;
use crate::error::{Error, Result};
use crate::http::{
    Answer, Ctx, Done, Endpoint, Fields, Input, Json, Line, Method, OnVersion, Page, PageQuery, Patch, Path, Query,
    Record, endpoint,
};
use crate::id::{AccountId, CaseId, PersonId, TaskId};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let all = "/api/v1/cases/{case_id}/tasks";
    let one = "/api/v1/cases/{case_id}/tasks/{task_id}";
    vec![
        endpoint(Method::POST, all, "addCaseTask", "Add a task to a case", add),
        endpoint(Method::GET, all, "listCaseTasks", "List the tasks of a case", list),
        endpoint(Method::PATCH, one, "changeCaseTask", "Change a task, or say that it is done", change),
    ]
}

/// A task.
#[derive(Debug, Serialize, ToSchema)]
struct CaseTaskView {
    #[schema(value_type = String, format = Uuid)]
    id: TaskId,
    version: i32,
    title: String,
    #[schema(value_type = String, format = Date)]
    due_on: NaiveDate,
    #[schema(value_type = Option<String>, format = Uuid)]
    account_id: Option<AccountId>,
    #[schema(value_type = Option<String>, format = Date)]
    done_on: Option<NaiveDate>,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Instant,
}

impl From<&TaskRow> for CaseTaskView {
    fn from(row: &TaskRow) -> Self {
        Self {
            id: row.id,
            version: row.version,
            title: row.title.clone(),
            due_on: row.due_on,
            account_id: row.account_id,
            done_on: row.done_on,
            updated_at: row.recorded_at,
        }
    }
}

impl Record for (CaseRow, TaskRow) {
    fn version(&self) -> i32 {
        self.1.version
    }

    fn person(&self) -> Option<PersonId> {
        Some(self.1.person_id)
    }

    fn members_at(&self, tx: &mut ReadTx<'_>, version: i32) -> Result<Option<Value>> {
        let row = tasks::version(tx, self.1.person_id, self.1.id, version)?;
        row.map(|row| serde_json::to_value(CaseTaskView::from(&row)).map_err(Error::internal)).transpose()
    }
}

/// A new task.
#[derive(Clone)]
struct NewCaseTask {
    title: Line,
    due_on: NaiveDate,
    account_id: Option<AccountId>,
}

impl Input for NewCaseTask {
    const NAME: &'static str = "NewCaseTask";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let title = fields.required("title", "What is to be done, in one line.");
        let due_on = fields.required("due_on", "By when.");
        let account_id = fields.optional("account_id", "By whom; absent: by whoever keeps the case.");
        Some(Self { title: title?, due_on: due_on?, account_id })
    }
}

/// A change of a task.
#[derive(Clone)]
struct CaseTaskPatch {
    title: Option<Line>,
    due_on: Option<NaiveDate>,
    account_id: Patch<AccountId>,
    done_on: Patch<NaiveDate>,
}

impl Input for CaseTaskPatch {
    const NAME: &'static str = "CaseTaskPatch";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            title: fields.change("title", "What is to be done, in one line."),
            due_on: fields.change("due_on", "By when."),
            account_id: fields.patch("account_id", "By whom; null: by whoever keeps the case."),
            done_on: fields.patch("done_on", "The day it was done; null: it is not done."),
        })
    }
}

async fn add(
    ctx: Ctx<RecordTasks>,
    Path(case): Path<CaseId>,
    Json(new): Json<NewCaseTask>,
) -> Result<Answer<CaseTaskView>> {
    let acting = acting(&ctx)?;
    ctx.create(
        move |tx| ops::find(tx, case),
        move |tx, row| {
            let task = (new.title.0.clone(), new.due_on, new.account_id);
            let added = ops::add_task(tx, &row, acting.role, task)?;
            Ok(added.map(|task| {
                let location = format!("/api/v1/cases/{case}/tasks/{}", task.id);
                Done::created(location, task.version, CaseTaskView::from(&task))
            }))
        },
    )
    .await
}

async fn list(
    ctx: Ctx<ReadCases>,
    Path(case): Path<CaseId>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<Page<CaseTaskView>>> {
    let page = query.open(&ctx, format!("/api/v1/cases/{case}/tasks"))?;
    let (after, limit) = (page.after(), page.limit());
    let rows = ctx
        .view(move |tx| {
            let row = ops::find(tx, case)?;
            ops::list_tasks(tx, &row, after.as_ref(), limit)
        })
        .await?;
    page.answer(&rows, |row| (row.due_on, row.id))
}

async fn change(
    ctx: Ctx<RecordTasks, OnVersion>,
    Path((case, task)): Path<(CaseId, TaskId)>,
    Json(patch): Json<CaseTaskPatch>,
) -> Result<Answer<CaseTaskView>> {
    if let Patch::Set(day) = patch.done_on {
        ctx.refuse_future(Some(day), "done_on")?;
    }
    let acting = acting(&ctx)?;
    ctx.change(
        move |tx| {
            let row = ops::find(tx, case)?;
            ops::find_task(tx, row, task)
        },
        move |tx, before| {
            let row = &before.1;
            let after = TaskRow {
                title: patch.title.as_ref().map_or_else(|| row.title.clone(), |title| title.0.clone()),
                due_on: patch.due_on.unwrap_or(row.due_on),
                account_id: patch.account_id.apply(row.account_id),
                done_on: patch.done_on.apply(row.done_on),
                ..row.clone()
            };
            let changed = ops::change_task(tx, &before, acting.role, after)?;
            Ok(changed.map(|row| Done::changed(row.version, CaseTaskView::from(&row))))
        },
    )
    .await
}
