//! Table `evidence`.

use chrono::NaiveDate;

use crate::db::facts;
use crate::grounds::model::{Evidence, LanguageLevel};
use crate::id::{AccountId, EvidenceId};

facts!(evidence, EvidenceRow, EvidenceId, valid_from: NaiveDate);

/// One version of a proof.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = evidence, treat_none_as_default_value = false)]
pub(crate) struct EvidenceRow {
    pub(in crate::grounds) person_id: PersonId,
    pub(in crate::grounds) id: EvidenceId,
    pub(in crate::grounds) version: i32,
    pub(in crate::grounds) kind: String,
    pub(in crate::grounds) level: Option<LanguageLevel>,
    pub(in crate::grounds) valid_from: NaiveDate,
    pub(in crate::grounds) valid_to: Option<NaiveDate>,
    pub(in crate::grounds) withdrawn: bool,
    pub(in crate::grounds) recorded_at: Instant,
    pub(in crate::grounds) recorded_by: Option<AccountId>,
    pub(in crate::grounds) superseded_at: Option<Instant>,
}

impl EvidenceRow {
    /// A row for a proof; its version is given when it is stored.
    pub(in crate::grounds) fn of(tx: &WriteTx<'_>, person_id: PersonId, id: EvidenceId, proof: Evidence) -> Self {
        let Evidence { kind, level, valid_from, valid_to } = proof;
        Self {
            person_id,
            id,
            version: 1,
            kind,
            level,
            valid_from,
            valid_to,
            withdrawn: false,
            recorded_at: tx.now(),
            recorded_by: tx.account(),
            superseded_at: None,
        }
    }

    /// The proof.
    pub(in crate::grounds) fn evidence(&self) -> Evidence {
        let Self { level, valid_from, valid_to, .. } = *self;
        Evidence { kind: self.kind.clone(), level, valid_from, valid_to }
    }
}
