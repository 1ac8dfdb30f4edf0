//! Table `attendance`. The id of a row is its meeting's: a person has one mark of each.

use diesel::prelude::*;

use crate::clock::Instant;
use crate::courses::model::attendance::Status;
use crate::db::schema::attendance;
use crate::db::{ReadTx, WriteTx};
use crate::error::{Error, Result};
use crate::id::{AccountId, CourseId, MeetingId, PersonId};

/// One version of a mark.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = attendance, treat_none_as_default_value = false)]
pub(in crate::courses) struct AttendanceRow {
    pub(in crate::courses) person_id: PersonId,
    pub(in crate::courses) id: MeetingId,
    pub(in crate::courses) version: i32,
    pub(in crate::courses) course_id: CourseId,
    pub(in crate::courses) status: Status,
    pub(in crate::courses) reason: Option<String>,
    pub(in crate::courses) withdrawn: bool,
    pub(in crate::courses) recorded_at: Instant,
    pub(in crate::courses) recorded_by: Option<AccountId>,
    pub(in crate::courses) superseded_at: Option<Instant>,
    /// Was it said before the meeting?
    pub(in crate::courses) announced: bool,
}

/// The mark of a meeting as it stands.
pub(in crate::courses) fn live(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    meeting: MeetingId,
) -> Result<Option<AttendanceRow>> {
    Ok(attendance::table
        .filter(attendance::person_id.eq(person))
        .filter(attendance::id.eq(meeting))
        .filter(attendance::superseded_at.is_null())
        .select(AttendanceRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// Every version of a person's marks in a course, the latest of each meeting last.
pub(in crate::courses) fn all(tx: &mut ReadTx<'_>, person: PersonId, course: CourseId) -> Result<Vec<AttendanceRow>> {
    Ok(attendance::table
        .filter(attendance::person_id.eq(person))
        .filter(attendance::course_id.eq(course))
        .order((attendance::id.asc(), attendance::version.asc()))
        .select(AttendanceRow::as_select())
        .load(tx.conn())?)
}

/// The meetings from which a person is excused.
pub(in crate::courses) fn excused(tx: &mut ReadTx<'_>, person: PersonId) -> Result<Vec<MeetingId>> {
    Ok(attendance::table
        .filter(attendance::person_id.eq(person))
        .filter(attendance::superseded_at.is_null())
        .filter(attendance::status.eq(Status::Excused))
        .select(attendance::id)
        .load(tx.conn())?)
}

/// The marks of these persons in a course as they stand.
pub(in crate::courses) fn of_learners(
    tx: &mut ReadTx<'_>,
    course: CourseId,
    persons: &[PersonId],
) -> Result<Vec<AttendanceRow>> {
    if persons.is_empty() {
        return Ok(Vec::new());
    }
    Ok(attendance::table
        .filter(attendance::person_id.eq_any(persons))
        .filter(attendance::course_id.eq(course))
        .filter(attendance::superseded_at.is_null())
        .select(AttendanceRow::as_select())
        .load(tx.conn())?)
}

/// Stores the first version of a mark.
pub(in crate::courses) fn insert(tx: &mut WriteTx<'_>, row: AttendanceRow) -> Result<AttendanceRow> {
    diesel::insert_into(attendance::table).values(&row).execute(tx.conn())?;
    Ok(row)
}

/// Closes a version of a mark and stores the next one. Of two at once one finds the version closed.
pub(in crate::courses) fn replace(
    tx: &mut WriteTx<'_>,
    before: &AttendanceRow,
    after: AttendanceRow,
) -> Result<AttendanceRow> {
    let now = tx.now().after(before.recorded_at);
    let closed = diesel::update(attendance::table.find((before.person_id, before.id, before.version)))
        .set(attendance::superseded_at.eq(now))
        .filter(attendance::superseded_at.is_null())
        .execute(tx.conn())?;
    if closed != 1 {
        return Err(Error::overtaken());
    }
    insert(tx, AttendanceRow { version: before.version.saturating_add(1), recorded_at: now, ..after })
}
