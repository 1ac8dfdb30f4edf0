//! Table `assignment`: whose file it is to keep.

use super::entries::entries;
use crate::id::AssignmentId;

entries!(assignment, AssignmentRow, AssignmentId);

/// An assignment.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = assignment, treat_none_as_default_value = false)]
pub(crate) struct AssignmentRow {
    pub(crate) person_id: PersonId,
    pub(crate) id: AssignmentId,
    pub(crate) account_id: AccountId,
    pub(crate) recorded_at: Instant,
    pub(crate) recorded_by: Option<AccountId>,
    pub(crate) ended_at: Option<Instant>,
    pub(crate) ended_by: Option<AccountId>,
}

/// Gives an account a file to keep.
pub(crate) fn assign(tx: &mut WriteTx<'_>, person: PersonId, account: AccountId) -> Result<AssignmentRow> {
    let row = AssignmentRow {
        person_id: person,
        id: AssignmentId::random(),
        account_id: account,
        recorded_at: tx.now(),
        recorded_by: tx.account(),
        ended_at: None,
        ended_by: None,
    };
    insert(tx, &row)?;
    Ok(row)
}

/// The account's standing assignment to a file.
pub(crate) fn of(tx: &mut ReadTx<'_>, person: PersonId, account: AccountId) -> Result<Option<AssignmentRow>> {
    Ok(assignment::table
        .filter(assignment::person_id.eq(person))
        .filter(assignment::account_id.eq(account))
        .filter(assignment::ended_at.is_null())
        .select(AssignmentRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// Does the account keep the file?
pub(crate) fn is_live(tx: &mut ReadTx<'_>, person: PersonId, account: AccountId) -> Result<bool> {
    Ok(of(tx, person, account)?.is_some())
}

/// Does anybody but `except` keep the file?
pub(crate) fn any(tx: &mut ReadTx<'_>, person: PersonId, except: Option<AccountId>) -> Result<bool> {
    let keepers: Vec<AccountId> = assignment::table
        .filter(assignment::person_id.eq(person))
        .filter(assignment::ended_at.is_null())
        .select(assignment::account_id)
        .load(tx.conn())?;
    Ok(keepers.into_iter().any(|keeper| Some(keeper) != except))
}
