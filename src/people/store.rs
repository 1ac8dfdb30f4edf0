//! Tables `person`, `person_record`, `person_name`, `person_name_key` and `nationality`.

mod file;
mod names;
mod search;

use diesel::prelude::*;

pub(super) use self::file::{FilePart, file};
pub(super) use self::names::{
    NameKey, NameRow, NationalityRow, close_name, name, names_of, nationalities, nationalities_of, store_name,
    store_nationality,
};
pub(super) use self::search::{Candidate, birth_dates, by_file_number, by_keys};
use crate::access::scope::visible;
use crate::clock::Instant;
use crate::db::schema::{assignment, consent, person, person_record};
use crate::db::{AnyConn, Reach, ReadTx, Scope, WriteTx, on};
use crate::error::{Error, Result};
use crate::id::{AccountId, OfficeId, PersonId};

/// The anchor of a file: what never changes.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = person, treat_none_as_default_value = false)]
pub(super) struct PersonRow {
    pub(super) id: PersonId,
    pub(super) file_number: String,
    pub(super) office_id: OfficeId,
    pub(super) created_at: Instant,
}

/// One version of the particulars that are one value each.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = person_record, treat_none_as_default_value = false)]
pub(super) struct RecordRow {
    pub(super) person_id: PersonId,
    pub(super) version: i32,
    pub(super) birth_date: Option<String>,
    pub(super) sex: i16,
    pub(super) reason: Option<String>,
    pub(super) recorded_at: Instant,
    pub(super) recorded_by: Option<AccountId>,
    pub(super) superseded_at: Option<Instant>,
}

/// Is the person in the caller's scope?
pub(super) fn is_visible(tx: &mut ReadTx<'_>, id: PersonId) -> Result<bool> {
    let own = visible(tx);
    let found: Option<PersonId> =
        on!(tx.conn(), c => person::table.find(id).filter(own).select(person::id).first(c)).optional()?;
    Ok(found.is_some())
}

/// Those of these persons in the caller's scope.
pub(super) fn visible_among(tx: &mut ReadTx<'_>, persons: &[PersonId]) -> Result<Vec<PersonId>> {
    let own = visible(tx);
    Ok(person::table.filter(person::id.eq_any(persons)).filter(own).select(person::id).load(tx.conn())?)
}

/// Keeps other writers away from the person's file until the transaction ends: rules over several rows of one file hold. SQLite has one
/// writer anyway.
pub(super) fn lock(tx: &mut WriteTx<'_>, id: PersonId) -> Result<()> {
    if let AnyConn::Postgres(conn) = tx.conn() {
        person::table.find(id).select(person::created_at).for_update().first::<Instant>(conn)?;
    }
    Ok(())
}

/// The number of a file.
pub(super) fn file_number(tx: &mut ReadTx<'_>, id: PersonId) -> Result<String> {
    Ok(person::table.find(id).select(person::file_number).first(tx.conn())?)
}

/// Stores a new file.
pub(super) fn insert(tx: &mut WriteTx<'_>, row: &PersonRow) -> Result<()> {
    diesel::insert_into(person::table).values(row).execute(tx.conn())?;
    Ok(())
}

/// Stores a version of the particulars.
pub(super) fn insert_record(tx: &mut WriteTx<'_>, row: &RecordRow) -> Result<()> {
    diesel::insert_into(person_record::table).values(row).execute(tx.conn())?;
    Ok(())
}

/// Closes a version of the particulars. Of two at once one finds it closed.
pub(super) fn close_record(tx: &mut WriteTx<'_>, row: &RecordRow, at: Instant) -> Result<()> {
    let closed = diesel::update(person_record::table.find((row.person_id, row.version)))
        .set(person_record::superseded_at.eq(at))
        .filter(person_record::superseded_at.is_null())
        .execute(tx.conn())?;
    if closed == 1 { Ok(()) } else { Err(Error::overtaken()) }
}

/// The live particulars.
pub(super) fn live_record(tx: &mut ReadTx<'_>, id: PersonId) -> Result<RecordRow> {
    let live =
        person_record::table.filter(person_record::person_id.eq(id)).filter(person_record::superseded_at.is_null());
    Ok(live.select(RecordRow::as_select()).first(tx.conn())?)
}

/// Versions of the particulars, newest first, below a version.
pub(super) fn records(tx: &mut ReadTx<'_>, id: PersonId, below: i32, limit: usize) -> Result<Vec<RecordRow>> {
    Ok(person_record::table
        .filter(person_record::person_id.eq(id))
        .filter(person_record::version.lt(below))
        .order(person_record::version.desc())
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(RecordRow::as_select())
        .load(tx.conn())?)
}

/// One version of the particulars.
pub(super) fn record_version(tx: &mut ReadTx<'_>, id: PersonId, version: i32) -> Result<Option<RecordRow>> {
    Ok(person_record::table.find((id, version)).select(RecordRow::as_select()).first(tx.conn()).optional()?)
}

/// A page of the files the caller may know of, by file number. What an account was let see for a while is no part of its lists.
pub(super) fn page(tx: &mut ReadTx<'_>, after: Option<&str>, limit: usize) -> Result<Vec<PersonRow>> {
    let Scope { reach, account, office, organisation, person: own } = tx.scope();
    let mut page = person::table
        .filter(person::file_number.gt(after.unwrap_or_default()))
        .filter(visible(tx))
        .order(person::file_number)
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(PersonRow::as_select())
        .into_boxed();
    // What the predicate says already, once more in the form an index answers.
    page = match reach {
        Reach::None => return Ok(Vec::new()),
        Reach::National => page,
        Reach::Office => page.filter(person::office_id.nullable().eq(office)),
        Reach::Own => page.filter(person::id.nullable().eq(own)),
        Reach::Assigned => {
            let kept = assignment::table
                .filter(assignment::account_id.nullable().eq(account))
                .filter(assignment::ended_at.is_null());
            page.filter(person::id.eq_any(kept.select(assignment::person_id)))
        }
        Reach::Organisation => {
            let clients = consent::table
                .filter(consent::organisation_id.nullable().eq(organisation))
                .filter(consent::ended_at.is_null());
            page.filter(person::id.eq_any(clients.select(consent::person_id)))
        }
    };
    Ok(page.load(tx.conn())?)
}
