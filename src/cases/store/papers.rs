//! Tables `case_paper` and `refused_demand`.

use diesel::prelude::*;

use crate::cases::model::{CaseKind, PaperState};
use crate::clock::Instant;
use crate::db::schema::{case_paper, refused_demand};
use crate::db::{ReadTx, WriteTx};
use crate::error::Result;
use crate::id::{AccountId, AuditEventId, CaseId, DocumentId, OfficeId, PersonId};

/// What was done about a paper; the last of a paper is where it stands.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = case_paper, treat_none_as_default_value = false)]
pub(in crate::cases) struct PaperRow {
    pub(in crate::cases) person_id: PersonId,
    pub(in crate::cases) case_id: CaseId,
    pub(in crate::cases) paper: String,
    pub(in crate::cases) seq: i32,
    pub(in crate::cases) state: PaperState,
    pub(in crate::cases) document_id: Option<DocumentId>,
    pub(in crate::cases) reason: Option<String>,
    pub(in crate::cases) recorded_at: Instant,
    pub(in crate::cases) recorded_by: Option<AccountId>,
}

/// A demand that no list allows.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = refused_demand, treat_none_as_default_value = false)]
pub(in crate::cases) struct DemandRow {
    /// Time-ordered, like the events of the log: nothing but a count is ever shown of it.
    pub(in crate::cases) id: AuditEventId,
    pub(in crate::cases) office_id: OfficeId,
    pub(in crate::cases) account_id: AccountId,
    pub(in crate::cases) kind: CaseKind,
    pub(in crate::cases) paper: String,
    pub(in crate::cases) recorded_at: Instant,
}

/// Everything that was done about the papers of a case, in order.
pub(in crate::cases) fn of_case(tx: &mut ReadTx<'_>, person: PersonId, case: CaseId) -> Result<Vec<PaperRow>> {
    Ok(case_paper::table
        .filter(case_paper::person_id.eq(person))
        .filter(case_paper::case_id.eq(case))
        .order((case_paper::paper, case_paper::seq))
        .select(PaperRow::as_select())
        .load(tx.conn())?)
}

/// Stores what was done about a paper.
pub(in crate::cases) fn insert(tx: &mut WriteTx<'_>, row: &PaperRow) -> Result<()> {
    diesel::insert_into(case_paper::table).values(row).execute(tx.conn())?;
    Ok(())
}

/// Counts a demand that was refused.
pub(in crate::cases) fn count_demand(tx: &mut WriteTx<'_>, row: &DemandRow) -> Result<()> {
    diesel::insert_into(refused_demand::table).values(row).execute(tx.conn())?;
    Ok(())
}
