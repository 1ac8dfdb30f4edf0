//! Memberships: what an account acts as, where, and how far it sees. An account has one at a time; it counts from its confirmation until it is
//! ended. Whoever wears two hats has two accounts, so that no session can do both.

use diesel::dsl::{exists, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::policy::Role;
use crate::clock::Instant;
use crate::db::schema::{account, membership};
use crate::db::{Reach, ReadTx, WriteTx, text_enum};
use crate::error::{Error, Result};
use crate::id::{AccountId, MembershipId, OfficeId, OrganisationId, PersonId};

text_enum! {
    /// How far a membership has come.
    #[schema(as = MembershipState)]
    pub enum State {
        /// Somebody was invited and has not come yet.
        Invited = "invited",
        /// They came and proved who they are; nobody confirmed them yet.
        Accepted = "accepted",
        /// It counts.
        Confirmed = "confirmed",
        /// It is over.
        Ended = "ended",
    }
}

/// A membership.
#[derive(Clone, Debug, Queryable, Insertable, Selectable, AsChangeset)]
#[diesel(table_name = membership, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct Membership {
    /// Its id.
    pub id: MembershipId,
    /// Its version.
    pub version: i32,
    /// Whose.
    pub account_id: AccountId,
    /// What the account acts as.
    pub role: Role,
    /// How far it sees.
    pub reach: Reach,
    /// In which office.
    pub office_id: Option<OfficeId>,
    /// In which organisation.
    pub organisation_id: Option<OrganisationId>,
    /// Whose own file.
    pub person_id: Option<PersonId>,
    /// When it was offered.
    pub invited_at: Instant,
    /// By whom; none for the operator.
    pub invited_by: Option<AccountId>,
    /// When the person came and set a password.
    pub accepted_at: Option<Instant>,
    /// Since when it counts.
    pub confirmed_at: Option<Instant>,
    /// Who confirmed it.
    pub confirmed_by: Option<AccountId>,
    /// When it was ended.
    pub ended_at: Option<Instant>,
    /// Who ended it.
    pub ended_by: Option<AccountId>,
}

impl Membership {
    /// A membership that an account is offered, nowhere in particular yet.
    pub(crate) fn offered(tx: &WriteTx<'_>, account: AccountId, role: Role, reach: Reach) -> Self {
        Self {
            id: MembershipId::random(),
            version: 1,
            account_id: account,
            role,
            reach,
            office_id: None,
            organisation_id: None,
            person_id: None,
            invited_at: tx.now(),
            invited_by: tx.account(),
            accepted_at: None,
            confirmed_at: None,
            confirmed_by: None,
            ended_at: None,
            ended_by: None,
        }
    }

    /// How far it has come.
    pub const fn state(&self) -> State {
        match (self.ended_at, self.confirmed_at, self.accepted_at) {
            (Some(_), ..) => State::Ended,
            (_, Some(_), _) => State::Confirmed,
            (_, _, Some(_)) => State::Accepted,
            _ => State::Invited,
        }
    }
}

/// The account's membership that is not ended.
pub(crate) fn live(tx: &mut ReadTx<'_>, account: AccountId) -> Result<Option<Membership>> {
    Ok(membership::table
        .filter(membership::account_id.eq(account))
        .filter(membership::ended_at.is_null())
        .select(Membership::as_select())
        .first(tx.conn())
        .optional()?)
}

/// The membership of the person concerned, if they have an account.
pub(crate) fn of_person(tx: &mut ReadTx<'_>, person: PersonId) -> Result<Option<Membership>> {
    Ok(membership::table
        .filter(membership::person_id.eq(person))
        .filter(membership::ended_at.is_null())
        .select(Membership::as_select())
        .first(tx.conn())
        .optional()?)
}

/// Stores a membership. The database refuses a second one beside a live one.
pub(crate) fn insert(tx: &mut WriteTx<'_>, new: &Membership) -> Result<()> {
    diesel::insert_into(membership::table).values(new).execute(tx.conn())?;
    Ok(())
}

/// The membership with an id.
pub(crate) fn by_id(tx: &mut ReadTx<'_>, id: MembershipId) -> Result<Option<Membership>> {
    Ok(membership::table.find(id).select(Membership::as_select()).first(tx.conn()).optional()?)
}

/// What an account acts as, or acted as last.
pub(crate) fn last(tx: &mut ReadTx<'_>, account: AccountId) -> Result<Option<Membership>> {
    Ok(membership::table
        .filter(membership::account_id.eq(account))
        .order(membership::invited_at.desc())
        .select(Membership::as_select())
        .first(tx.conn())
        .optional()?)
}

/// A page of what an account acted as, the first offer first.
pub(crate) fn history(
    tx: &mut ReadTx<'_>,
    account: AccountId,
    after: Option<Instant>,
    limit: usize,
) -> Result<Vec<Membership>> {
    Ok(membership::table
        .filter(membership::account_id.eq(account))
        .filter(membership::invited_at.gt(after.unwrap_or(Instant::from_micros(i64::MIN))))
        .order(membership::invited_at)
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(Membership::as_select())
        .load(tx.conn())?)
}

/// Is anybody an administrator, or about to be one?
pub(crate) fn has_administrator(tx: &mut ReadTx<'_>) -> Result<bool> {
    let live = membership::table.filter(of_administrator()).filter(membership::ended_at.is_null());
    let found: Option<MembershipId> = live.select(membership::id).first(tx.conn()).optional()?;
    Ok(found.is_some())
}

/// Is there an administrator beside this one who could confirm somebody of the office, or of no office?
pub(crate) fn has_other_administrator(tx: &mut ReadTx<'_>, but: AccountId, office: Option<OfficeId>) -> Result<bool> {
    let active = account::table.filter(account::id.eq(membership::account_id)).filter(account::disabled_at.is_null());
    let others = membership::table
        .filter(of_administrator())
        .filter(membership::ended_at.is_null())
        .filter(membership::confirmed_at.is_not_null())
        .filter(membership::account_id.ne(but))
        .filter(exists(active))
        .select(membership::id);
    let national: Option<MembershipId> =
        others.clone().filter(membership::office_id.is_null()).first(tx.conn()).optional()?;
    if let (None, Some(office)) = (national, office) {
        let of_office: Option<MembershipId> =
            others.filter(membership::office_id.eq(office)).first(tx.conn()).optional()?;
        return Ok(of_office.is_some());
    }
    Ok(national.is_some())
}

/// A constant in the text, so that the index of administrators serves.
fn of_administrator() -> SqlLiteral<Bool> {
    sql("membership.role = 'administrator'")
}

/// Stores what became of a membership; its version goes up. Somebody else's change in between runs the unit of work again.
pub(crate) fn replace(tx: &mut WriteTx<'_>, before: &Membership, mut after: Membership) -> Result<Membership> {
    after.version = before.version + 1;
    let unchanged =
        membership::table.filter(membership::id.eq(before.id)).filter(membership::version.eq(before.version));
    match diesel::update(unchanged).set(&after).execute(tx.conn())? {
        1 => Ok(after),
        _ => Err(Error::overtaken()),
    }
}
