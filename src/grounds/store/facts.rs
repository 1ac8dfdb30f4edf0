//! Table `rule_fact`.

use crate::db::facts;
use crate::grounds::model::Fact;
use crate::id::{AccountId, FactId};

facts!(rule_fact, FactRow, FactId, name: String);

/// One version of a fact.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = rule_fact, treat_none_as_default_value = false)]
pub(crate) struct FactRow {
    pub(in crate::grounds) person_id: PersonId,
    pub(in crate::grounds) id: FactId,
    pub(in crate::grounds) version: i32,
    pub(in crate::grounds) name: String,
    pub(in crate::grounds) value: bool,
    pub(in crate::grounds) withdrawn: bool,
    pub(in crate::grounds) recorded_at: Instant,
    pub(in crate::grounds) recorded_by: Option<AccountId>,
    pub(in crate::grounds) superseded_at: Option<Instant>,
}

impl FactRow {
    /// A row for a fact; its version is given when it is stored.
    pub(in crate::grounds) fn of(tx: &WriteTx<'_>, person_id: PersonId, id: FactId, fact: Fact) -> Self {
        Self {
            person_id,
            id,
            version: 1,
            name: fact.name,
            value: fact.value,
            withdrawn: false,
            recorded_at: tx.now(),
            recorded_by: tx.account(),
            superseded_at: None,
        }
    }
}

/// The live fact of a name.
pub(in crate::grounds) fn named(tx: &mut ReadTx<'_>, person: PersonId, name: &str) -> Result<Option<FactId>> {
    Ok(rule_fact::table
        .filter(rule_fact::person_id.eq(person))
        .filter(rule_fact::name.eq(name))
        .filter(rule_fact::superseded_at.is_null())
        .filter(rule_fact::withdrawn.eq(false))
        .select(rule_fact::id)
        .first(tx.conn())
        .optional()?)
}
