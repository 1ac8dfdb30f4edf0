//! Table `exclusion`: who must keep away from a file.

use super::entries::entries;
use crate::db::text_enum;
use crate::id::ExclusionId;

entries!(exclusion, ExclusionRow, ExclusionId);

text_enum! {
    /// Why somebody must keep away.
    pub enum Ground {
        /// The file is their own.
        OwnFile = "own_file",
        /// They are related.
        Kin = "kin",
        /// They live together.
        Household = "household",
        /// Another reason to doubt that they are impartial.
        Other = "other",
    }
}

/// An exclusion.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = exclusion, treat_none_as_default_value = false)]
pub(crate) struct ExclusionRow {
    pub(crate) person_id: PersonId,
    pub(crate) id: ExclusionId,
    pub(crate) account_id: AccountId,
    pub(crate) ground: Ground,
    pub(crate) recorded_at: Instant,
    pub(crate) recorded_by: Option<AccountId>,
    pub(crate) ended_at: Option<Instant>,
    pub(crate) ended_by: Option<AccountId>,
}

/// Must the account keep away from the file?
pub(crate) fn is_live(tx: &mut ReadTx<'_>, person: PersonId, account: AccountId) -> Result<bool> {
    let found: Option<ExclusionId> = exclusion::table
        .filter(exclusion::person_id.eq(person))
        .filter(exclusion::account_id.eq(account))
        .filter(exclusion::ended_at.is_null())
        .select(exclusion::id)
        .first(tx.conn())
        .optional()?;
    Ok(found.is_some())
}
