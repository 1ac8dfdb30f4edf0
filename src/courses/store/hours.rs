//! Table `course_hours`: hours of courses that an office granted.

use diesel::prelude::*;

use crate::clock::Instant;
use crate::courses::model::hours::HoursReason;
use crate::db::schema::course_hours;
use crate::db::{ReadTx, WriteTx};
use crate::error::Result;
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
}

/// Stores hours that were granted.
pub(in crate::courses) fn insert(tx: &mut WriteTx<'_>, row: &HoursRow) -> Result<()> {
    diesel::insert_into(course_hours::table).values(row).execute(tx.conn())?;
    Ok(())
}

/// All that a person was granted, the earliest first.
pub(in crate::courses) fn of_person(tx: &mut ReadTx<'_>, person: PersonId) -> Result<Vec<HoursRow>> {
    Ok(course_hours::table
        .filter(course_hours::person_id.eq(person))
        .order((course_hours::recorded_at.asc(), course_hours::id.asc()))
        .select(HoursRow::as_select())
        .load(tx.conn())?)
}
