//! Tables `decision`, `decision_verdict` and `law_archive`.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::cases::model::{Outcome, Verdict};
use crate::clock::Instant;
use crate::db::schema::{decision, decision_verdict, law_archive};
use crate::db::{ReadTx, WriteTx, on};
use crate::error::{Error, Result};
use crate::id::{AccountId, CaseId, DecisionId, OfficeId, PersonId};

/// A proposed decision. JSON stands as the text that was hashed.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = decision, treat_none_as_default_value = false)]
pub(in crate::cases) struct DecisionRow {
    pub(in crate::cases) person_id: PersonId,
    pub(in crate::cases) id: DecisionId,
    pub(in crate::cases) case_id: CaseId,
    pub(in crate::cases) seq: i32,
    pub(in crate::cases) office_id: OfficeId,
    pub(in crate::cases) outcome: Outcome,
    pub(in crate::cases) proposed_on: NaiveDate,
    pub(in crate::cases) reasons: String,
    pub(in crate::cases) requirements: String,
    pub(in crate::cases) effect: String,
    pub(in crate::cases) computed: Option<String>,
    pub(in crate::cases) deviation: Option<String>,
    pub(in crate::cases) deviation_note: Option<String>,
    pub(in crate::cases) calculation: String,
    pub(in crate::cases) calculation_hash: Vec<u8>,
    pub(in crate::cases) pack: String,
    pub(in crate::cases) pack_version: String,
    pub(in crate::cases) pack_hash: String,
    pub(in crate::cases) recorded_at: Instant,
    pub(in crate::cases) recorded_by: AccountId,
}

/// What a second official said.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = decision_verdict, treat_none_as_default_value = false)]
pub(in crate::cases) struct VerdictRow {
    pub(in crate::cases) person_id: PersonId,
    pub(in crate::cases) decision_id: DecisionId,
    pub(in crate::cases) verdict: Verdict,
    pub(in crate::cases) note: Option<String>,
    pub(in crate::cases) letter_az: Option<String>,
    pub(in crate::cases) letter_en: Option<String>,
    pub(in crate::cases) recorded_at: Instant,
    pub(in crate::cases) recorded_by: AccountId,
}

#[derive(Insertable)]
#[diesel(table_name = law_archive)]
struct Archived<'a> {
    hash: &'a str,
    pack: &'a str,
    files: &'a str,
    recorded_at: Instant,
}

/// Stores a proposed decision.
pub(in crate::cases) fn insert(tx: &mut WriteTx<'_>, row: &DecisionRow) -> Result<()> {
    diesel::insert_into(decision::table).values(row).execute(tx.conn())?;
    Ok(())
}

/// Stores what a second official said.
pub(in crate::cases) fn judge(tx: &mut WriteTx<'_>, row: &VerdictRow) -> Result<()> {
    diesel::insert_into(decision_verdict::table).values(row).execute(tx.conn())?;
    Ok(())
}

/// The decisions of a case with what was said to them, in order.
pub(in crate::cases) fn of_case(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    case: CaseId,
) -> Result<Vec<(DecisionRow, Option<VerdictRow>)>> {
    let rows: Vec<DecisionRow> = decision::table
        .filter(decision::person_id.eq(person))
        .filter(decision::case_id.eq(case))
        .order(decision::seq)
        .select(DecisionRow::as_select())
        .load(tx.conn())?;
    let ids: Vec<DecisionId> = rows.iter().map(|row| row.id).collect();
    let said: Vec<VerdictRow> = decision_verdict::table
        .filter(decision_verdict::person_id.eq(person))
        .filter(decision_verdict::decision_id.eq_any(ids))
        .select(VerdictRow::as_select())
        .load(tx.conn())?;
    let verdict = |id| said.iter().find(|verdict| verdict.decision_id == id).cloned();
    let with_verdict = |row: DecisionRow| {
        let verdict = verdict(row.id);
        (row, verdict)
    };
    Ok(rows.into_iter().map(with_verdict).collect())
}

/// How many decisions were proposed in a case.
pub(in crate::cases) fn count(tx: &mut ReadTx<'_>, person: PersonId, case: CaseId) -> Result<i32> {
    let last: Option<i32> = decision::table
        .filter(decision::person_id.eq(person))
        .filter(decision::case_id.eq(case))
        .select(diesel::dsl::max(decision::seq))
        .first(tx.conn())?;
    Ok(last.unwrap_or(0))
}

/// Did the account propose a decision of the case?
pub(in crate::cases) fn was_proposed_by(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    case: CaseId,
    account: AccountId,
) -> Result<bool> {
    let found: Option<DecisionId> = decision::table
        .filter(decision::person_id.eq(person))
        .filter(decision::case_id.eq(case))
        .filter(decision::recorded_by.eq(account))
        .select(decision::id)
        .first(tx.conn())
        .optional()?;
    Ok(found.is_some())
}

/// What was said to a decision, if anything was.
pub(in crate::cases) fn verdict(tx: &mut ReadTx<'_>, person: PersonId, id: DecisionId) -> Result<Option<VerdictRow>> {
    Ok(decision_verdict::table.find((person, id)).select(VerdictRow::as_select()).first(tx.conn()).optional()?)
}

/// A decision by its id alone: whose it is must still be visible to the caller.
pub(in crate::cases) fn by_id(tx: &mut ReadTx<'_>, id: DecisionId) -> Result<DecisionRow> {
    Ok(decision::table.filter(decision::id.eq(id)).select(DecisionRow::as_select()).first(tx.conn())?)
}

/// Keeps the files of a law pack, once.
pub(in crate::cases) fn archive(tx: &mut WriteTx<'_>, hash: &str, pack: &str, files: &str) -> Result<()> {
    let row = Archived { hash, pack, files, recorded_at: tx.now() };
    on!(tx.conn(), c => diesel::insert_into(law_archive::table).values(&row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// The files of a law pack that a decision was computed by.
pub(in crate::cases) fn archived(tx: &mut ReadTx<'_>, hash: &str) -> Result<Vec<(String, String)>> {
    let files: String = law_archive::table.find(hash).select(law_archive::files).first(tx.conn())?;
    serde_json::from_str(&files).map_err(Error::internal)
}
