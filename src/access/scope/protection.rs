//! Table `protection`: files that are absent for everybody they are not assigned to.

use super::entries::entries;
use crate::id::ProtectionId;

entries!(protection, ProtectionRow, ProtectionId);

/// A protection.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = protection, treat_none_as_default_value = false)]
pub(crate) struct ProtectionRow {
    pub(crate) person_id: PersonId,
    pub(crate) id: ProtectionId,
    pub(crate) recorded_at: Instant,
    pub(crate) recorded_by: Option<AccountId>,
    pub(crate) ended_at: Option<Instant>,
    pub(crate) ended_by: Option<AccountId>,
}

/// Is the file protected?
pub(crate) fn is_live(tx: &mut ReadTx<'_>, person: PersonId) -> Result<bool> {
    let found: Option<ProtectionId> = protection::table
        .filter(protection::person_id.eq(person))
        .filter(protection::ended_at.is_null())
        .select(protection::id)
        .first(tx.conn())
        .optional()?;
    Ok(found.is_some())
}
