//! Tables `relationship` and `staff_person`.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::model::{EndGround, Tie, TieKind};
use crate::db::facts;
use crate::db::schema::staff_person;
use crate::id::{AccountId, RelationshipId};

facts!(relationship, RelationshipRow, RelationshipId, valid_from: NaiveDate);

/// One version of a tie: what the other is to the person of the file.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = relationship, treat_none_as_default_value = false)]
pub(crate) struct RelationshipRow {
    pub(super) person_id: PersonId,
    pub(super) id: RelationshipId,
    pub(super) version: i32,
    pub(super) kind: TieKind,
    pub(super) other_person_id: PersonId,
    pub(super) scope: Option<String>,
    pub(super) evidence: Option<String>,
    pub(super) valid_from: NaiveDate,
    pub(super) valid_to: Option<NaiveDate>,
    pub(super) end_ground: Option<EndGround>,
    pub(super) withdrawn: bool,
    pub(super) recorded_at: Instant,
    pub(super) recorded_by: Option<AccountId>,
    pub(super) superseded_at: Option<Instant>,
}

impl RelationshipRow {
    /// A row for a tie; its version is given when it is stored.
    pub(super) fn of(tx: &WriteTx<'_>, person_id: PersonId, id: RelationshipId, tie: Tie) -> Self {
        let Tie { kind, other, scope, evidence, valid_from, valid_to, end_ground } = tie;
        Self {
            person_id,
            id,
            version: 1,
            kind,
            other_person_id: other,
            scope,
            evidence,
            valid_from,
            valid_to,
            end_ground,
            withdrawn: false,
            recorded_at: tx.now(),
            recorded_by: tx.account(),
            superseded_at: None,
        }
    }

    /// The tie's particulars, as its file states them.
    pub(super) fn tie(&self) -> Tie {
        Tie {
            kind: self.kind,
            other: self.other_person_id,
            scope: self.scope.clone(),
            evidence: self.evidence.clone(),
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            end_ground: self.end_ground,
        }
    }
}

/// The same as [`page`], of the rows in others' files that name the person.
fn page_of_others(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    as_of: Instant,
    after: Option<&(NaiveDate, RelationshipId)>,
    limit: usize,
) -> Result<Vec<RelationshipRow>> {
    let mut query = relationship::table
        .filter(relationship::other_person_id.eq(person))
        .filter(relationship::recorded_at.le(as_of))
        .filter(relationship::superseded_at.is_null().or(relationship::superseded_at.gt(as_of)))
        .filter(relationship::withdrawn.eq(false))
        .order((relationship::valid_from.asc(), relationship::id.asc()))
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(RelationshipRow::as_select())
        .into_boxed();
    if let Some((key, id)) = after {
        let here = relationship::valid_from.eq(*key).and(relationship::id.gt(*id));
        query = query.filter(relationship::valid_from.gt(*key).or(here));
    }
    Ok(query.load(tx.conn())?)
}

/// A page of a person's ties, those of others' files too, as the record stood at `as_of`.
pub(super) fn page_of_both(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    as_of: Instant,
    after: Option<&(NaiveDate, RelationshipId)>,
    limit: usize,
) -> Result<Vec<RelationshipRow>> {
    let mut rows = page(tx, person, as_of, after, limit)?;
    rows.extend(page_of_others(tx, person, as_of, after, limit)?);
    rows.sort_by_key(|row| (row.valid_from, row.id));
    rows.truncate(limit);
    Ok(rows)
}

/// Every tie of a person as the record stands, ended ones too. Nobody has so many that they would not fit.
pub(super) fn all(tx: &mut ReadTx<'_>, person: PersonId) -> Result<Vec<RelationshipRow>> {
    page_of_both(tx, person, Instant::END, None, usize::MAX)
}

/// Everybody a person is or was tied to, in whichever file it stands.
pub(super) fn neighbours(tx: &mut ReadTx<'_>, person: PersonId) -> Result<BTreeSet<PersonId>> {
    let rows = all(tx, person)?;
    let others = rows.iter().map(|row| if row.person_id == person { row.other_person_id } else { row.person_id });
    Ok(others.collect())
}

/// Which file is a colleague's.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = staff_person, treat_none_as_default_value = false)]
pub(crate) struct StaffPersonRow {
    pub(super) account_id: AccountId,
    pub(super) person_id: PersonId,
    pub(super) recorded_at: Instant,
    pub(super) recorded_by: Option<AccountId>,
}

/// The file of a colleague, if it is known.
pub(super) fn file_of(tx: &mut ReadTx<'_>, account: AccountId) -> Result<Option<StaffPersonRow>> {
    Ok(staff_person::table.find(account).select(StaffPersonRow::as_select()).first(tx.conn()).optional()?)
}

/// Says whose file is a colleague's, instead of what was said before.
pub(super) fn link(tx: &mut WriteTx<'_>, account_id: AccountId, person_id: PersonId) -> Result<StaffPersonRow> {
    unlink(tx, account_id)?;
    let row = StaffPersonRow { account_id, person_id, recorded_at: tx.now(), recorded_by: tx.account() };
    diesel::insert_into(staff_person::table).values(&row).execute(tx.conn())?;
    Ok(row)
}

/// Forgets whose file is a colleague's.
pub(super) fn unlink(tx: &mut WriteTx<'_>, account: AccountId) -> Result<()> {
    diesel::delete(staff_person::table.find(account)).execute(tx.conn())?;
    Ok(())
}
