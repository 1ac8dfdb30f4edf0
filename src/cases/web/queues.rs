//! Work queues: filters with counts, some of them saved.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::case::CaseSummary;
use crate::access::policy::{KeepQueues, ReadQueues, Role};
use crate::cases::model::{CaseKind, State};
use crate::cases::ops;
use crate::cases::store::files::{CaseRow, Wanted};
use crate::cases::store::queues::QueueRow;
use crate::db::{ReadTx, text_enum};
use crate::error::{Error, Result};
use crate::http::{
    Answer, Ctx, Done, Endpoint, Fields, Input, Json, Line, Method, OnVersion, PageQuery, Path, Query, Record,
    endpoint, read_body,
};
use crate::id::{AccountId, OfficeId, PersonId, QueueId};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let queues = "/api/v1/queues";
    vec![
        endpoint(Method::GET, "/api/v1/cases", "listCases", "The work queue: cases by urgency", list),
        endpoint(Method::POST, queues, "keepQueue", "Save a filter of the work queue", keep),
        endpoint(Method::GET, queues, "listQueues", "List saved filters with their counts", saved),
        endpoint(Method::DELETE, "/api/v1/queues/{queue_id}", "removeQueue", "Remove a saved filter", remove),
    ]
}

text_enum! {
    /// Whose cases a queue shows.
    #[schema(as = CaseKeeper)]
    pub enum Keeper {
        /// One's own.
        Me = "me",
        /// Those that nobody keeps.
        Nobody = "nobody",
    }
}

text_enum! {
    /// Are rows counted?
    #[schema(as = CaseCountKind)]
    pub enum Count {
        /// Counted, up to two hundred.
        Exact = "exact",
    }
}

/// A filter of the work queue.
#[derive(Clone, Debug, Default)]
struct CaseFilter {
    kind: Option<CaseKind>,
    state: Option<State>,
    closed: bool,
    due_before: Option<NaiveDate>,
    assigned_to: Option<Keeper>,
    waits_for: Option<Role>,
    office_id: Option<OfficeId>,
}

impl Input for CaseFilter {
    const NAME: &'static str = "CaseFilter";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let kind = fields.optional("kind", "Only this kind of case.");
        let state: Option<State> = fields.optional("state", "Only this state; default every open one.");
        let closed = fields.optional("closed", "Closed cases instead of open ones; default false.").unwrap_or(false);
        let due_before = fields.optional("due_before", "Only cases whose term ends before this day.");
        let assigned_to = fields.optional("assigned_to", "me: one's own; nobody: those that nobody keeps.");
        let waits_for = fields.optional("waits_for", "Only cases in a state from which this role can move them.");
        let office_id = fields.optional("office_id", "Only cases of this office.");
        // A state says by itself whether the case is closed.
        let closed = state.map_or(closed, State::is_closed);
        Some(Self { kind, state, closed, due_before, assigned_to, waits_for, office_id })
    }
}

impl CaseFilter {
    fn wanted(&self, account: AccountId) -> Result<Wanted> {
        let states = match (self.state, self.waits_for) {
            (None, None) => None,
            (state, waits_for) => Some(ops::states(state, waits_for)?),
        };
        Ok(Wanted {
            closed: self.closed,
            kind: self.kind,
            states,
            due_before: self.due_before,
            keeper: (self.assigned_to == Some(Keeper::Me)).then_some(account),
            unassigned: self.assigned_to == Some(Keeper::Nobody),
            office: self.office_id,
        })
    }

    /// The filter as the members of a query string.
    fn members(&self) -> Map<String, Value> {
        use crate::db::TextEnum;
        let mut members = Map::new();
        let mut put = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                members.insert(name.to_owned(), Value::from(value));
            }
        };
        put("kind", self.kind.map(|kind| kind.text().to_owned()));
        put("state", self.state.map(|state| state.text().to_owned()));
        put("closed", self.closed.then(|| "true".to_owned()));
        put("due_before", self.due_before.map(|day| day.to_string()));
        put("assigned_to", self.assigned_to.map(|keeper| keeper.text().to_owned()));
        put("waits_for", self.waits_for.map(|role| role.text().to_owned()));
        put("office_id", self.office_id.map(|office| office.to_string()));
        members
    }

    /// Address of the queue with this filter.
    fn href(&self) -> String {
        let members = self.members();
        let parts: Vec<String> =
            members.iter().map(|(name, value)| format!("{name}={}", value.as_str().unwrap_or_default())).collect();
        if parts.is_empty() { "/api/v1/cases".to_owned() } else { format!("/api/v1/cases?{}", parts.join("&")) }
    }
}

/// A page of the queue.
struct CasesQuery {
    page: PageQuery,
    filter: CaseFilter,
    counted: bool,
}

impl Input for CasesQuery {
    const NAME: &'static str = "CasesQuery";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let (page, filter) = (PageQuery::read(fields), CaseFilter::read(fields));
        let count: Option<Count> = fields.optional("count", "Also count the cases, up to two hundred.");
        Some(Self { page: page?, filter: filter?, counted: count.is_some() })
    }
}

/// A case of the queue.
#[derive(Debug, Serialize, ToSchema)]
struct QueuedCaseView {
    /// The name the person goes by.
    person_name: String,
    #[serde(flatten)]
    case: CaseSummary,
}

/// How many cases there are.
#[derive(Debug, Serialize, ToSchema)]
struct CaseCountView {
    value: usize,
    /// `exact`, or `at_least` where there are more than are counted.
    kind: &'static str,
}

impl CaseCountView {
    fn of(found: usize) -> Self {
        let more = found > ops::COUNTED;
        Self { value: found.min(ops::COUNTED), kind: if more { "at_least" } else { "exact" } }
    }
}

/// A page of the work queue.
#[derive(Debug, Serialize, ToSchema)]
struct CaseQueueView {
    items: Vec<QueuedCaseView>,
    next: Option<String>,
    count: Option<CaseCountView>,
    /// Why there is nothing to do here; null: there is.
    empty_because: Option<&'static str>,
}

async fn list(ctx: Ctx<ReadQueues>, Query(query): Query<CasesQuery>) -> Result<Answer<CaseQueueView>> {
    let CasesQuery { page, filter, counted } = query;
    let page = page.open::<_, _, (NaiveDate, crate::id::CaseId)>(&ctx, filter.href())?;
    let (after, limit) = (page.after(), page.limit());
    let wanted = filter.wanted(ctx.standing().account.id)?;
    let first = after.is_none();
    let (rows, count) = ctx.view(move |tx| ops::list(tx, &wanted, after.as_ref(), limit, counted)).await?;
    let (rows, next) = page.cut(rows, |(row, _): &(CaseRow, String)| (row.due_on, row.id))?;
    let items: Vec<QueuedCaseView> = rows
        .into_iter()
        .map(|(row, person_name)| QueuedCaseView { person_name, case: CaseSummary::from(&row) })
        .collect();
    let filtered = !filter.members().is_empty();
    let empty_because = match (items.is_empty() && first, filtered) {
        (false, _) => None,
        (true, true) => Some("No case that you may see fits this filter."),
        (true, false) => Some("No case that you may see is open."),
    };
    let view = CaseQueueView { items, next: next.clone(), count: count.map(CaseCountView::of), empty_because };
    Ok(Answer::ok(&view)?.with_next(next))
}

/// A saved filter.
#[derive(Debug, Serialize, ToSchema)]
struct QueueView {
    #[schema(value_type = String, format = Uuid)]
    id: QueueId,
    version: i32,
    name: String,
    /// Shared with the office.
    shared: bool,
    /// Address of the queue.
    href: String,
    /// Null right after it was saved.
    count: Option<CaseCountView>,
}

impl QueueView {
    fn of(row: &QueueRow, count: Option<usize>) -> Result<Self> {
        let filter = filter_of(row)?;
        Ok(Self {
            id: row.id,
            version: row.version(),
            name: row.name.clone(),
            shared: row.office_id.is_some(),
            href: filter.href(),
            count: count.map(CaseCountView::of),
        })
    }
}

/// Saved filters.
#[derive(Debug, Serialize, ToSchema)]
struct QueuesView {
    items: Vec<QueueView>,
    next: Option<String>,
}

impl Record for QueueRow {
    fn version(&self) -> i32 {
        Self::version(self)
    }

    fn person(&self) -> Option<PersonId> {
        None
    }

    fn members_at(&self, _: &mut ReadTx<'_>, version: i32) -> Result<Option<Value>> {
        let view = (version == 1).then(|| QueueView::of(self, None)).transpose()?;
        view.map(|view| serde_json::to_value(view).map_err(Error::internal)).transpose()
    }
}

fn filter_of(row: &QueueRow) -> Result<CaseFilter> {
    let members: Value = serde_json::from_str(&row.filter).map_err(Error::internal)?;
    read_body(members, &mut Vec::new()).ok_or_else(|| Error::internal("a saved filter cannot be read"))
}

/// A filter that is to be saved.
#[derive(Clone)]
struct NewQueue {
    name: Line,
    filter: CaseFilter,
    shared: bool,
}

impl Input for NewQueue {
    const NAME: &'static str = "NewQueue";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let name = fields.required("name", "What the queue is called.");
        let filter = fields.object("filter", "The filter, with the members of GET /api/v1/cases.");
        let shared = fields.optional("shared", "Share it with the office; default false.").unwrap_or(false);
        Some(Self { name: name?, filter: filter?, shared })
    }
}

async fn keep(ctx: Ctx<KeepQueues>, Json(new): Json<NewQueue>) -> Result<Answer<QueueView>> {
    let filter = Value::Object(new.filter.members()).to_string();
    ctx.create(
        |_| Ok(()),
        move |tx, ()| {
            let kept = ops::keep_queue(tx, new.name.0.clone(), filter.clone(), new.shared)?;
            let mut view = Err(Error::internal("a queue without a view"));
            let kept = kept.map(|row| {
                view = QueueView::of(&row, None);
                (format!("/api/v1/queues/{}", row.id), row.version())
            });
            let view = view?;
            Ok(kept.map(|(location, version)| Done::created(location, version, view)))
        },
    )
    .await
}

async fn saved(ctx: Ctx<ReadQueues>) -> Result<Answer<QueuesView>> {
    let account = ctx.standing().account.id;
    let counted = ctx
        .view(move |tx| {
            let mut counted = Vec::new();
            for row in ops::queues(tx)? {
                let wanted = filter_of(&row)?.wanted(account)?;
                let size = ops::size(tx, &wanted)?;
                counted.push((row, size));
            }
            ops::queues_seen(tx, counted)
        })
        .await?;
    let items = counted.iter().map(|(row, size)| QueueView::of(row, Some(*size))).collect::<Result<_>>()?;
    Answer::ok(&QueuesView { items, next: None })
}

async fn remove(ctx: Ctx<KeepQueues, OnVersion>, Path(queue): Path<QueueId>) -> Result<Answer<QueueView>> {
    ctx.change(
        move |tx| ops::own_queue(tx, queue),
        move |tx, row| {
            let view = QueueView::of(&row, None)?;
            Ok(ops::remove_queue(tx, row)?
                .map(|row| Done::changed(row.version(), QueueView { version: row.version(), ..view })))
        },
    )
    .await
}
