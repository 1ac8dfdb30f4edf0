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
use diesel::sql_types::{BigInt, Binary, Bool, HasSqlType, SmallInt};
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
    reach: i16,
    account: AccountId,
    office: OfficeId,
    organisation: OrganisationId,
    person: PersonId,
    /// Whose grants count.
    holder: AccountId,
    now: Instant,
}

/// The predicate for a transaction's caller. An id the caller has none of is one that no row has.
pub(crate) fn visible(tx: &ReadTx<'_>) -> Visible {
    let Scope { reach, account, office, organisation, person } = tx.scope();
    Visible {
        reach: number(reach),
        account: account.unwrap_or(Uuid::nil().into()),
        office: office.unwrap_or(Uuid::nil().into()),
        organisation: organisation.unwrap_or(Uuid::nil().into()),
        person: person.unwrap_or(Uuid::nil().into()),
        holder: account.filter(|_| tx.holds_grant()).unwrap_or(Uuid::nil().into()),
        now: tx.now(),
    }
}

/// The numbers of the cases in [`PREDICATE`].
const fn number(reach: Reach) -> i16 {
    match reach {
        Reach::None => 0,
        Reach::Own => 1,
        Reach::Assigned => 2,
        Reach::Office => 3,
        Reach::National => 4,
        Reach::Organisation => 5,
    }
}

/// A piece of the predicate. Each look into another table is one look-up by key: `OFFSET 0` keeps PostgreSQL from reading the whole table into a
/// hash instead.
enum Piece {
    Text(&'static str),
    Reach,
    Account,
    Office,
    Organisation,
    Person,
    Holder,
    Now,
}

use Piece::{Account, Holder, Now, Office, Organisation, Person, Text};

const EXCLUDED: [Piece; 3] = [
    Text("EXISTS (SELECT 1 FROM exclusion WHERE exclusion.person_id = person.id AND exclusion.account_id = "),
    Account,
    Text(" AND exclusion.ended_at IS NULL LIMIT 1 OFFSET 0)"),
];
const ASSIGNED: [Piece; 3] = [
    Text("EXISTS (SELECT 1 FROM assignment WHERE assignment.person_id = person.id AND assignment.account_id = "),
    Account,
    Text(" AND assignment.ended_at IS NULL LIMIT 1 OFFSET 0)"),
];
const OPEN: [Piece; 1] = [Text(
    "NOT EXISTS (SELECT 1 FROM protection WHERE protection.person_id = person.id AND protection.ended_at IS NULL LIMIT 1 OFFSET 0)",
)];
const CONSENTED: [Piece; 5] = [
    Text("EXISTS (SELECT 1 FROM consent WHERE consent.person_id = person.id AND consent.organisation_id = "),
    Organisation,
    Text(" AND consent.ended_at IS NULL AND consent.expires_at > "),
    Now,
    Text(" LIMIT 1 OFFSET 0)"),
];
const GRANTED: [Piece; 5] = [
    Text("EXISTS (SELECT 1 FROM access_grant WHERE access_grant.person_id = person.id AND access_grant.account_id = "),
    Holder,
    Text(" AND access_grant.expires_at > "),
    Now,
    Text(" LIMIT 1 OFFSET 0)"),
];

/// The predicate in the order of its text. A protected file is absent for everybody but those it is assigned to, and the person; an excluded
/// account sees it in no way at all.
const PREDICATE: &[&[Piece]] = &[
    &[Text("(NOT ")],
    &EXCLUDED,
    &[
        Text(" AND (CASE CAST("),
        Piece::Reach,
        Text(" AS SMALLINT) WHEN 1 THEN person.id = "),
        Person,
        Text(" WHEN 2 THEN "),
    ],
    &ASSIGNED,
    &[Text(" WHEN 3 THEN person.office_id = "), Office, Text(" AND (")],
    &OPEN,
    &[Text(" OR ")],
    &ASSIGNED,
    &[Text(") WHEN 4 THEN (")],
    &OPEN,
    &[Text(" OR ")],
    &ASSIGNED,
    &[Text(") WHEN 5 THEN ")],
    &CONSENTED,
    &[Text(" AND ")],
    &OPEN,
    &[Text(" ELSE 1 = 0 END OR ")],
    &GRANTED,
    &[Text(" AND ")],
    &OPEN,
    &[Text("))")],
];

impl<DB> QueryFragment<DB> for Visible
where
    DB: Backend + HasSqlType<Binary> + HasSqlType<BigInt> + HasSqlType<SmallInt>,
    AccountId: diesel::serialize::ToSql<Binary, DB>,
    OfficeId: diesel::serialize::ToSql<Binary, DB>,
    OrganisationId: diesel::serialize::ToSql<Binary, DB>,
    PersonId: diesel::serialize::ToSql<Binary, DB>,
    Instant: diesel::serialize::ToSql<BigInt, DB>,
    i16: diesel::serialize::ToSql<SmallInt, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        for piece in PREDICATE.iter().copied().flatten() {
            match piece {
                Text(text) => out.push_sql(text),
                Piece::Reach => out.push_bind_param::<SmallInt, _>(&self.reach)?,
                Account => out.push_bind_param::<Binary, _>(&self.account)?,
                Office => out.push_bind_param::<Binary, _>(&self.office)?,
                Organisation => out.push_bind_param::<Binary, _>(&self.organisation)?,
                Person => out.push_bind_param::<Binary, _>(&self.person)?,
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
