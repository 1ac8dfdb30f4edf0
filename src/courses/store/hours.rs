//! Table `course_hours`: hours of courses that an office granted.

use diesel::prelude::*;

use crate::clock::Instant;
use crate::courses::model::hours::HoursReason;
use crate::db::schema::course_hours;
use crate::db::{ReadTx, WriteTx};
use crate::error::{Error, Result};
use crate::id::{AccountId, CourseHoursId, PersonId};

/// Hours that were granted.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = course_hours, treat_none_as_default_value = false)]
pub(in crate::courses) struct HoursRow {
    pub(in crate::courses) person_id: PersonId,
    pub(in crate::courses) id: CourseHoursId,
    pub(in crate::courses) hours: i32,
    pub(in crate::courses) reason: HoursReason,
    pub(in crate::courses) recorded_at: Instant,
    pub(in crate::courses) recorded_by: Option<AccountId>,
    pub(in crate::courses) ended_at: Option<Instant>,
    pub(in crate::courses) ended_by: Option<AccountId>,
}

/// Stores hours that were granted.
pub(in crate::courses) fn insert(tx: &mut WriteTx<'_>, row: &HoursRow) -> Result<()> {
    diesel::insert_into(course_hours::table).values(row).execute(tx.conn())?;
    Ok(())
}

/// A grant of a person's.
pub(in crate::courses) fn find(tx: &mut ReadTx<'_>, person: PersonId, id: CourseHoursId) -> Result<HoursRow> {
    Ok(course_hours::table.find((person, id)).select(HoursRow::as_select()).first(tx.conn())?)
}

/// Takes a grant back. Of two at once one finds it taken back.
pub(in crate::courses) fn end(tx: &mut WriteTx<'_>, row: &HoursRow) -> Result<HoursRow> {
    let (now, by) = (tx.now(), tx.account());
    let ended = diesel::update(course_hours::table.find((row.person_id, row.id)))
        .filter(course_hours::ended_at.is_null())
        .set((course_hours::ended_at.eq(now), course_hours::ended_by.eq(by)))
        .execute(tx.conn())?;
    if ended == 1 { Ok(HoursRow { ended_at: Some(now), ended_by: by, ..row.clone() }) } else { Err(Error::overtaken()) }
}

/// All that a person was granted, the earliest first; what was taken back, too.
pub(in crate::courses) fn of_person(tx: &mut ReadTx<'_>, person: PersonId) -> Result<Vec<HoursRow>> {
    Ok(course_hours::table
        .filter(course_hours::person_id.eq(person))
        .order((course_hours::recorded_at.asc(), course_hours::id.asc()))
        .select(HoursRow::as_select())
        .load(tx.conn())?)
}
