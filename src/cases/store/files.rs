//! Tables `case_file` and `case_event`.

use chrono::NaiveDate;

use crate::access::scope::{person, visible};
use crate::cases::model::{CaseKind, Event, State};
use crate::db::schema::case_event;
use crate::db::{Reach, Scope, TextEnum, facts};
use crate::documents::Channel;
use crate::id::{AccountId, CaseId, DecisionId, OfficeId, PermitId};

facts!(versions case_file, CaseRow, CaseId);

/// One version of a case.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = case_file, treat_none_as_default_value = false)]
pub(crate) struct CaseRow {
    pub(in crate::cases) person_id: PersonId,
    pub(in crate::cases) id: CaseId,
    pub(in crate::cases) version: i32,
    pub(in crate::cases) kind: CaseKind,
    pub(in crate::cases) state: State,
    pub(in crate::cases) closed: bool,
    pub(in crate::cases) office_id: OfficeId,
    pub(in crate::cases) ground: Option<String>,
    pub(in crate::cases) channel: Channel,
    pub(in crate::cases) filed_on: NaiveDate,
    pub(in crate::cases) term: Option<String>,
    pub(in crate::cases) clock_from: NaiveDate,
    pub(in crate::cases) due_on: NaiveDate,
    pub(in crate::cases) extended_to: Option<NaiveDate>,
    pub(in crate::cases) permit_id: Option<PermitId>,
    pub(in crate::cases) assigned_to: Option<AccountId>,
    pub(in crate::cases) offered_to: Option<AccountId>,
    pub(in crate::cases) decision_id: Option<DecisionId>,
    pub(in crate::cases) withdrawn: bool,
    pub(in crate::cases) recorded_at: Instant,
    pub(in crate::cases) recorded_by: Option<AccountId>,
    pub(in crate::cases) superseded_at: Option<Instant>,
}

/// What moved a case; `seq` is the version it made.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = case_event, treat_none_as_default_value = false)]
pub(crate) struct EventRow {
    pub(in crate::cases) person_id: PersonId,
    pub(in crate::cases) case_id: CaseId,
    pub(in crate::cases) seq: i32,
    /// A move of the catalogue, or `file`, `assign`, `offer`.
    pub(in crate::cases) event: String,
    pub(in crate::cases) to_state: State,
    pub(in crate::cases) happened_on: NaiveDate,
    pub(in crate::cases) reason: Option<String>,
    pub(in crate::cases) note: Option<String>,
    pub(in crate::cases) until: Option<NaiveDate>,
    pub(in crate::cases) recorded_at: Instant,
    pub(in crate::cases) recorded_by: Option<AccountId>,
}

impl EventRow {
    /// The move of the catalogue, if it is one.
    pub(in crate::cases) fn event(&self) -> Option<Event> {
        Event::of(&self.event)
    }
}

/// The case with an id, of a person the caller may know of.
pub(in crate::cases) fn by_id(tx: &mut ReadTx<'_>, id: CaseId) -> Result<CaseRow> {
    let own = visible(tx);
    Ok(case_file::table
        .inner_join(person::table.on(person::id.eq(case_file::person_id)))
        .filter(case_file::id.eq(id))
        .filter(case_file::superseded_at.is_null())
        .filter(own)
        .select(CaseRow::as_select())
        .first(tx.conn())?)
}

/// What a queue shows.
#[derive(Clone, Debug, Default)]
pub(in crate::cases) struct Wanted {
    pub(in crate::cases) closed: bool,
    pub(in crate::cases) kind: Option<CaseKind>,
    /// Some: in one of these states.
    pub(in crate::cases) states: Option<Vec<State>>,
    pub(in crate::cases) due_before: Option<NaiveDate>,
    /// Some: kept by this account.
    pub(in crate::cases) keeper: Option<AccountId>,
    pub(in crate::cases) unassigned: bool,
    pub(in crate::cases) office: Option<OfficeId>,
}

/// The queue's rows from a day on, as a boxed query of some columns. A macro, because the type of such a query cannot be written down.
macro_rules! queue_of {
    ($tx:expr, $wanted:expr, $from:expr, $columns:expr) => {{
        let own = visible($tx);
        let mut query = case_file::table
            .inner_join(person::table.on(person::id.eq(case_file::person_id)))
            .filter(case_file::superseded_at.is_null())
            .filter(case_file::closed.eq($wanted.closed))
            .filter(case_file::due_on.ge($from))
            .filter(own)
            .select($columns)
            .into_boxed();
        if let Some(kind) = $wanted.kind {
            query = query.filter(case_file::kind.eq(kind));
        }
        if let Some(states) = $wanted.states.clone() {
            query = query.filter(case_file::state.eq_any(states));
        }
        if let Some(day) = $wanted.due_before {
            query = query.filter(case_file::due_on.lt(day));
        }
        if let Some(keeper) = $wanted.keeper {
            query = query.filter(case_file::assigned_to.eq(keeper));
        }
        if $wanted.unassigned {
            query = query.filter(case_file::assigned_to.is_null());
        }
        if let Some(office) = $wanted.office {
            query = query.filter(case_file::office_id.eq(office));
        }
        query
    }};
}

/// No term of any office ends before this day.
const FIRST: NaiveDate = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap();

/// A page of the queue, the most urgent first.
pub(in crate::cases) fn queue(
    tx: &mut ReadTx<'_>,
    wanted: &Wanted,
    after: Option<&(NaiveDate, CaseId)>,
    limit: usize,
) -> Result<Vec<CaseRow>> {
    let wanted = within_reach(tx, wanted.clone());
    let mut query = queue_of!(tx, wanted, after.map_or(FIRST, |(day, _)| *day), CaseRow::as_select());
    if let Some((day, id)) = after {
        query = query.filter(case_file::due_on.gt(*day).or(case_file::id.gt(*id)));
    }
    query = query.order((case_file::due_on, case_file::id)).limit(i64::try_from(limit).unwrap_or(i64::MAX));
    Ok(query.load(tx.conn())?)
}

/// How many cases the queue has, counted up to `most`.
pub(in crate::cases) fn count(tx: &mut ReadTx<'_>, wanted: &Wanted, most: usize) -> Result<usize> {
    let wanted = within_reach(tx, wanted.clone());
    let query = queue_of!(tx, wanted, FIRST, case_file::id);
    let found: Vec<CaseId> = query
        .order((case_file::due_on, case_file::id))
        .limit(i64::try_from(most).unwrap_or(i64::MAX))
        .load(tx.conn())?;
    Ok(found.len())
}

/// What the predicate of rows says already, once more in the form that an index answers.
fn within_reach(tx: &ReadTx<'_>, mut wanted: Wanted) -> Wanted {
    let Scope { reach, account, office, .. } = tx.scope();
    if reach == Reach::Office && wanted.keeper.is_none() {
        wanted.office = wanted.office.or(office);
    }
    if reach == Reach::Assigned {
        wanted.keeper = account;
    }
    wanted
}

/// A page of a person's cases, the oldest first.
pub(in crate::cases) fn of_person(tx: &mut ReadTx<'_>, person: PersonId, open_only: bool) -> Result<Vec<CaseRow>> {
    let mut query = case_file::table
        .filter(case_file::person_id.eq(person))
        .filter(case_file::superseded_at.is_null())
        .filter(case_file::withdrawn.eq(false))
        .order((case_file::filed_on, case_file::id))
        .select(CaseRow::as_select())
        .into_boxed();
    if open_only {
        query = query.filter(case_file::closed.eq(false));
    }
    Ok(query.load(tx.conn())?)
}

/// Stores what moved a case.
pub(in crate::cases) fn keep_event(tx: &mut WriteTx<'_>, row: &EventRow) -> Result<()> {
    diesel::insert_into(case_event::table).values(row).execute(tx.conn())?;
    Ok(())
}

/// What moved a case, in order.
pub(in crate::cases) fn events(tx: &mut ReadTx<'_>, person: PersonId, case: CaseId) -> Result<Vec<EventRow>> {
    Ok(case_event::table
        .filter(case_event::person_id.eq(person))
        .filter(case_event::case_id.eq(case))
        .order(case_event::seq)
        .select(EventRow::as_select())
        .load(tx.conn())?)
}

/// Did the account ever keep the case?
pub(in crate::cases) fn was_kept_by(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    case: CaseId,
    account: AccountId,
) -> Result<bool> {
    let kept: Option<i32> = case_file::table
        .filter(case_file::person_id.eq(person))
        .filter(case_file::id.eq(case))
        .filter(case_file::assigned_to.eq(account))
        .select(case_file::version)
        .first(tx.conn())
        .optional()?;
    Ok(kept.is_some())
}
