//! Which files a caller may know of, as SQL. There is one predicate, and every query of persons carries it: what it leaves out is absent
//! from files, lists, searches and counts alike, and answers like an id that does not exist.
//!
//! Its text is the same for every caller, so that a statement is prepared once; who asks stands in its parameters. Lists add a condition that
//! an index answers (`people/store.rs`).

pub(crate) mod assignment;
pub(crate) mod consent;
mod entries;
pub(crate) mod exclusion;
pub(crate) mod grant;
pub(crate) mod protection;

use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Binary, Bool, HasSqlType};
use uuid::Uuid;

use crate::clock::Instant;
/// The table that the predicate speaks of: where rows of another slice are shown to whoever may see the person, they are joined with it.
pub(crate) use crate::db::schema::person;
use crate::db::{Reach, ReadTx, Scope, text_enum};
use crate::error::Result;
use crate::id::{AccountId, OfficeId, OrganisationId, PersonId};

/// True for the rows of `person` the caller may know of. The table must stand in the query under its own name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visible {
    account: AccountId,
    /// Whose file is the caller's own, where that is all the caller sees.
    own: PersonId,
    /// Whose files are near.
    office: OfficeId,
    /// Is every file near?
    national: bool,
    /// Does an assignment count wherever the file is?
    anywhere: bool,
    /// Whose clients are near.
    organisation: OrganisationId,
    /// Whose grants count.
    holder: AccountId,
    now: Instant,
}

/// The predicate for a transaction's caller. An id the caller has none of, or that does not count at this reach, is one that no row has.
pub(crate) fn visible(tx: &ReadTx<'_>) -> Visible {
    let Scope { reach, account, office, organisation, person } = tx.scope();
    Visible {
        account: account.unwrap_or(Uuid::nil().into()),
        own: person.filter(|_| reach == Reach::Own).unwrap_or(Uuid::nil().into()),
        office: office.filter(|_| reach == Reach::Office).unwrap_or(Uuid::nil().into()),
        national: reach == Reach::National,
        anywhere: matches!(reach, Reach::Assigned | Reach::National),
        organisation: organisation.filter(|_| reach == Reach::Organisation).unwrap_or(Uuid::nil().into()),
        holder: account.filter(|_| tx.holds_grant()).unwrap_or(Uuid::nil().into()),
        now: tx.now(),
    }
}

/// A piece of the predicate.
enum Piece {
    Text(&'static str),
    Account,
    Own,
    Office,
    National,
    Anywhere,
    Organisation,
    Holder,
    Now,
}

use Piece::{Account, Anywhere, Holder, National, Now, Office, Organisation, Own, Text};

/// The predicate in the order of its text. An excluded account sees a file in no way at all. Else the caller sees the own file; what is near or
/// granted, unless it is protected; and what is assigned, protected or not. Each look into another table is one look-up by key, and stands here
/// once, because PostgreSQL prepares each anew for every run: `OFFSET 0` keeps it from reading the whole table into a hash instead.
const PREDICATE: &[Piece] = &[
    Text("(NOT EXISTS (SELECT 1 FROM exclusion WHERE exclusion.person_id = person.id AND exclusion.account_id = "),
    Account,
    Text(" AND exclusion.ended_at IS NULL LIMIT 1 OFFSET 0) AND (person.id = "),
    Own,
    Text(" OR (person.office_id = "),
    Office,
    Text(" OR "),
    National,
    Text(" OR EXISTS (SELECT 1 FROM consent WHERE consent.person_id = person.id AND consent.organisation_id = "),
    Organisation,
    Text(" AND consent.ended_at IS NULL AND consent.expires_at > "),
    Now,
    Text(
        " LIMIT 1 OFFSET 0) OR EXISTS (SELECT 1 FROM access_grant WHERE access_grant.person_id = person.id AND access_grant.account_id = ",
    ),
    Holder,
    Text(" AND access_grant.expires_at > "),
    Now,
    Text(
        " LIMIT 1 OFFSET 0)) AND NOT EXISTS (SELECT 1 FROM protection WHERE protection.person_id = person.id AND protection.ended_at IS NULL \
         LIMIT 1 OFFSET 0) OR (person.office_id = ",
    ),
    Office,
    Text(" OR "),
    Anywhere,
    Text(") AND EXISTS (SELECT 1 FROM assignment WHERE assignment.person_id = person.id AND assignment.account_id = "),
    Account,
    Text(" AND assignment.ended_at IS NULL LIMIT 1 OFFSET 0)))"),
];

impl<DB> QueryFragment<DB> for Visible
where
    DB: Backend + HasSqlType<Binary> + HasSqlType<BigInt> + HasSqlType<Bool>,
    AccountId: diesel::serialize::ToSql<Binary, DB>,
    OfficeId: diesel::serialize::ToSql<Binary, DB>,
    OrganisationId: diesel::serialize::ToSql<Binary, DB>,
    PersonId: diesel::serialize::ToSql<Binary, DB>,
    Instant: diesel::serialize::ToSql<BigInt, DB>,
    bool: diesel::serialize::ToSql<Bool, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        for piece in PREDICATE {
            match piece {
                Text(text) => out.push_sql(text),
                Account => out.push_bind_param::<Binary, _>(&self.account)?,
                Own => out.push_bind_param::<Binary, _>(&self.own)?,
                Office => out.push_bind_param::<Binary, _>(&self.office)?,
                National => out.push_bind_param::<Bool, _>(&self.national)?,
                Anywhere => out.push_bind_param::<Bool, _>(&self.anywhere)?,
                Organisation => out.push_bind_param::<Binary, _>(&self.organisation)?,
                Holder => out.push_bind_param::<Binary, _>(&self.holder)?,
                Now => out.push_bind_param::<BigInt, _>(&self.now)?,
            }
        }
        Ok(())
    }
}

impl QueryId for Visible {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Expression for Visible {
    type SqlType = Bool;
}

impl ValidGrouping<()> for Visible {
    type IsAggregate = is_aggregate::No;
}

impl<QS> AppearsOnTable<QS> for Visible {}

/// Those of the persons whose file the caller sees by a grant alone.
pub(crate) fn under_grant(tx: &mut ReadTx<'_>, persons: &[PersonId]) -> Result<Vec<PersonId>> {
    let Some(account) = tx.account() else { return Ok(Vec::new()) };
    let granted = grant::held_for(tx, account, persons)?;
    if granted.is_empty() {
        return Ok(granted);
    }
    let otherwise = Visible { holder: Uuid::nil().into(), ..visible(tx) };
    let seen: Vec<PersonId> =
        person::table.filter(person::id.eq_any(&granted)).filter(otherwise).select(person::id).load(tx.conn())?;
    Ok(granted.into_iter().filter(|person| !seen.contains(person)).collect())
}

text_enum! {
    /// What lets a caller see a file.
    pub enum Via {
        /// It is the caller's own.
        Own = "own",
        /// The caller keeps it.
        Assignment = "assignment",
        /// It belongs to the caller's office.
        Office = "office",
        /// The caller sees every file.
        National = "national",
        /// The person consented.
        Consent = "consent",
        /// The caller broke the glass.
        AccessGrant = "access_grant",
    }
}

/// Why a caller sees a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Access {
    /// By what.
    pub(crate) via: Via,
    /// How far the caller sees in general.
    pub(crate) reach: Reach,
    /// Until when, where that is known.
    pub(crate) until: Option<Instant>,
}

/// Why the caller sees a file that it sees: the nearest reason.
pub(crate) fn explain(tx: &mut ReadTx<'_>, person: PersonId) -> Result<Access> {
    let Scope { reach, account, organisation, .. } = tx.scope();
    let (via, until) = if reach == Reach::Own {
        (Via::Own, None)
    } else if let (Reach::Organisation, Some(organisation)) = (reach, organisation) {
        (Via::Consent, consent::running(tx, person, organisation)?.map(|row| row.expires_at))
    } else if let Some(account) = account
        && assignment::is_live(tx, person, account)?
    {
        (Via::Assignment, None)
    } else if let Some(until) = granted_until(tx, person)? {
        (Via::AccessGrant, Some(until))
    } else if reach == Reach::National {
        (Via::National, None)
    } else {
        (Via::Office, None)
    };
    Ok(Access { via, reach, until })
}

/// Until when the caller sees a file by a grant alone.
fn granted_until(tx: &mut ReadTx<'_>, person: PersonId) -> Result<Option<Instant>> {
    match tx.account() {
        Some(account) if tx.holds_grant() && !under_grant(tx, &[person])?.is_empty() => {
            grant::held_until(tx, account, person)
        }
        _ => Ok(None),
    }
}

/// The office a file belongs to.
pub(crate) fn office_of(tx: &mut ReadTx<'_>, person: PersonId) -> Result<OfficeId> {
    Ok(person::table.find(person).select(person::office_id).first(tx.conn())?)
}
