//! Table `access_grant`: breaking the glass.

use diesel::dsl::{count_star, exists};
use diesel::prelude::*;

use super::{Visible, visible};
use crate::clock::Instant;
use crate::db::schema::{access_grant, person};
use crate::db::{ReadTx, WriteTx, text_enum};
use crate::error::{Error, Result};
use crate::id::{AccessGrantId, AccountId, OfficeId, PersonId};

text_enum! {
    /// What a reviewer says of a grant.
    pub enum Outcome {
        /// There was good reason.
        Justified = "justified",
        /// There was none.
        Unjustified = "unjustified",
    }
}

/// A grant.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = access_grant, treat_none_as_default_value = false)]
pub(crate) struct GrantRow {
    pub(crate) person_id: PersonId,
    pub(crate) id: AccessGrantId,
    pub(crate) version: i32,
    pub(crate) account_id: AccountId,
    pub(crate) office_id: Option<OfficeId>,
    pub(crate) purpose: String,
    pub(crate) reason: String,
    pub(crate) recorded_at: Instant,
    pub(crate) expires_at: Instant,
    pub(crate) reviewed_at: Option<Instant>,
    pub(crate) reviewed_by: Option<AccountId>,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) note: Option<String>,
}

/// The person with a file number whose glass the caller may break: neither protected from them nor closed to them. 404 otherwise, alike for
/// every reason.
pub(crate) fn breakable(tx: &mut ReadTx<'_>, number: &str) -> Result<PersonId> {
    let open = unclosed(tx);
    Ok(person::table.filter(person::file_number.eq(number)).filter(open).select(person::id).first(tx.conn())?)
}

/// True for the rows of `person` that are kept from the caller neither by a protection nor by an exclusion, in whatever office they are.
fn unclosed(tx: &ReadTx<'_>) -> Visible {
    Visible { national: true, anywhere: true, ..visible(tx) }
}

/// Stores a new grant.
pub(crate) fn insert(tx: &mut WriteTx<'_>, row: &GrantRow) -> Result<()> {
    diesel::insert_into(access_grant::table).values(row).execute(tx.conn())?;
    Ok(())
}

/// Stores what became of a grant: its end, or its review. Of two at once one finds another version.
pub(crate) fn update(tx: &mut WriteTx<'_>, before: &GrantRow, mut after: GrantRow) -> Result<GrantRow> {
    after.version = before.version.saturating_add(1);
    let changed = diesel::update(access_grant::table.find((before.person_id, before.id)))
        .set((
            access_grant::version.eq(after.version),
            access_grant::expires_at.eq(after.expires_at),
            access_grant::reviewed_at.eq(after.reviewed_at),
            access_grant::reviewed_by.eq(after.reviewed_by),
            access_grant::outcome.eq(after.outcome),
            access_grant::note.eq(&after.note),
        ))
        .filter(access_grant::version.eq(before.version))
        .execute(tx.conn())?;
    if changed == 1 { Ok(after) } else { Err(Error::overtaken()) }
}

/// The grant with an id. A grant for a file that has been closed to the caller since is absent like the file, here and in lists.
pub(crate) fn by_id(tx: &mut ReadTx<'_>, id: AccessGrantId) -> Result<GrantRow> {
    let known = person::table.filter(person::id.eq(access_grant::person_id)).filter(unclosed(tx));
    Ok(access_grant::table
        .filter(access_grant::id.eq(id))
        .filter(exists(known))
        .select(GrantRow::as_select())
        .first(tx.conn())?)
}

/// How many grants the account made since an instant.
pub(crate) fn made_since(tx: &mut ReadTx<'_>, account: AccountId, since: Instant) -> Result<i64> {
    Ok(access_grant::table
        .filter(access_grant::account_id.eq(account))
        .filter(access_grant::recorded_at.gt(since))
        .select(count_star())
        .get_result(tx.conn())?)
}

/// A page of an account's own grants.
pub(crate) fn own(
    tx: &mut ReadTx<'_>,
    account: AccountId,
    after: Option<AccessGrantId>,
    limit: usize,
) -> Result<Vec<GrantRow>> {
    let known = person::table.filter(person::id.eq(access_grant::person_id)).filter(unclosed(tx));
    Ok(access_grant::table
        .filter(access_grant::account_id.eq(account))
        .filter(exists(known))
        .filter(access_grant::id.gt(after.unwrap_or(uuid::Uuid::nil().into())))
        .order(access_grant::id.asc())
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(GrantRow::as_select())
        .load(tx.conn())?)
}

/// A page of the grants that nobody has judged yet: an office's, or all.
pub(crate) fn open(
    tx: &mut ReadTx<'_>,
    office: Option<OfficeId>,
    after: Option<AccessGrantId>,
    limit: usize,
) -> Result<Vec<GrantRow>> {
    let known = person::table.filter(person::id.eq(access_grant::person_id)).filter(unclosed(tx));
    let mut query = access_grant::table
        .filter(access_grant::reviewed_at.is_null())
        .filter(exists(known))
        .filter(access_grant::id.gt(after.unwrap_or(uuid::Uuid::nil().into())))
        .order(access_grant::id.asc())
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(GrantRow::as_select())
        .into_boxed();
    if let Some(office) = office {
        query = query.filter(access_grant::office_id.eq(office));
    }
    Ok(query.load(tx.conn())?)
}

/// Does the account hold a grant now?
pub(crate) fn is_held(tx: &mut ReadTx<'_>, account: AccountId) -> Result<bool> {
    let now = tx.now();
    let held: Option<AccessGrantId> = access_grant::table
        .filter(access_grant::account_id.eq(account))
        .filter(access_grant::expires_at.gt(now))
        .select(access_grant::id)
        .first(tx.conn())
        .optional()?;
    Ok(held.is_some())
}

/// Those of the persons for whose file the account holds a grant now.
pub(crate) fn held_for(tx: &mut ReadTx<'_>, account: AccountId, persons: &[PersonId]) -> Result<Vec<PersonId>> {
    let now = tx.now();
    Ok(access_grant::table
        .filter(access_grant::account_id.eq(account))
        .filter(access_grant::person_id.eq_any(persons))
        .filter(access_grant::expires_at.gt(now))
        .select(access_grant::person_id)
        .distinct()
        .load(tx.conn())?)
}

/// Until when the account holds a grant for a file.
pub(crate) fn held_until(tx: &mut ReadTx<'_>, account: AccountId, person: PersonId) -> Result<Option<Instant>> {
    let now = tx.now();
    Ok(access_grant::table
        .filter(access_grant::account_id.eq(account))
        .filter(access_grant::person_id.eq(person))
        .filter(access_grant::expires_at.gt(now))
        .order(access_grant::expires_at.desc())
        .select(access_grant::expires_at)
        .first(tx.conn())
        .optional()?)
}
