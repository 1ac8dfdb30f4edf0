//! Tables `accreditation`, `course` and `course_meeting`: nobody's data.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::versions;
use crate::clock::Instant;
use crate::courses::model::{CefrLevel, CourseState, Mode, OrderRule};
use crate::db::schema::{accreditation, course, course_meeting};
use crate::db::{AnyConn, ReadTx, WriteTx};
use crate::error::{Error, Fault, Result};
use crate::id::{AccountId, AccreditationId, CourseId, MeetingId, OrganisationId};

/// What lets an organisation give courses that count.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = accreditation, treat_none_as_default_value = false)]
pub(in crate::courses) struct AccreditationRow {
    pub(in crate::courses) id: AccreditationId,
    pub(in crate::courses) organisation_id: OrganisationId,
    pub(in crate::courses) number: String,
    pub(in crate::courses) valid_from: NaiveDate,
    pub(in crate::courses) valid_to: Option<NaiveDate>,
    pub(in crate::courses) recorded_at: Instant,
    pub(in crate::courses) recorded_by: Option<AccountId>,
    pub(in crate::courses) superseded_at: Option<Instant>,
}

/// What its organisation says of a course.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = course, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(in crate::courses) struct Particulars {
    pub(in crate::courses) title: String,
    pub(in crate::courses) level_from: CefrLevel,
    pub(in crate::courses) level_to: CefrLevel,
    pub(in crate::courses) taught_language: String,
    pub(in crate::courses) language_of_instruction: String,
    pub(in crate::courses) target_group: Option<String>,
    pub(in crate::courses) division_code: Option<String>,
    pub(in crate::courses) place: Option<String>,
    pub(in crate::courses) mode: Mode,
    pub(in crate::courses) price_qepik: i32,
    pub(in crate::courses) childcare: bool,
    pub(in crate::courses) step_free: bool,
    pub(in crate::courses) capacity: i32,
    pub(in crate::courses) enrol_from: NaiveDate,
    pub(in crate::courses) enrol_to: NaiveDate,
    pub(in crate::courses) order_rule: OrderRule,
    pub(in crate::courses) offer_hours: i32,
    pub(in crate::courses) required_share: i32,
    pub(in crate::courses) teacher_id: Option<AccountId>,
}

impl Particulars {
    /// What contradicts itself.
    pub(in crate::courses) fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.level_to.rank() < self.level_from.rank() {
            faults.push(Fault::at(
                "/level_to",
                "before_start",
                "A course leads to no lower level than it begins with.",
            ));
        }
        if self.enrol_to < self.enrol_from {
            let message = format!("The last day is before the first day, {}.", self.enrol_from);
            faults.push(Fault::at("/enrol_to", "before_start", message));
        }
        faults
    }
}

/// A course.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = course, treat_none_as_default_value = false)]
pub(in crate::courses) struct CourseRow {
    pub(in crate::courses) id: CourseId,
    pub(in crate::courses) version: i32,
    pub(in crate::courses) organisation_id: OrganisationId,
    #[diesel(embed)]
    pub(in crate::courses) of: Particulars,
    pub(in crate::courses) state: CourseState,
    pub(in crate::courses) last_position: i64,
    pub(in crate::courses) created_at: Instant,
    pub(in crate::courses) created_by: Option<AccountId>,
    pub(in crate::courses) updated_at: Instant,
    pub(in crate::courses) updated_by: Option<AccountId>,
}

impl CourseRow {
    /// Does it take people on that day?
    pub(in crate::courses) fn is_open(&self, today: NaiveDate) -> bool {
        self.state.takes_people() && (self.of.enrol_from..=self.of.enrol_to).contains(&today)
    }
}

/// A meeting of a course.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = course_meeting, treat_none_as_default_value = false)]
pub(in crate::courses) struct MeetingRow {
    pub(in crate::courses) course_id: CourseId,
    pub(in crate::courses) id: MeetingId,
    pub(in crate::courses) version: i32,
    pub(in crate::courses) starts_at: Instant,
    pub(in crate::courses) ends_at: Instant,
    pub(in crate::courses) cancelled: bool,
    pub(in crate::courses) recorded_at: Instant,
    pub(in crate::courses) recorded_by: Option<AccountId>,
    pub(in crate::courses) cancelled_at: Option<Instant>,
    pub(in crate::courses) cancelled_by: Option<AccountId>,
}

fn most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// A page of accreditations as they stand.
pub(in crate::courses) fn accreditations(
    tx: &mut ReadTx<'_>,
    after: Option<AccreditationId>,
    limit: usize,
) -> Result<Vec<AccreditationRow>> {
    Ok(accreditation::table
        .filter(accreditation::id.gt(after.unwrap_or(uuid::Uuid::nil().into())))
        .filter(accreditation::superseded_at.is_null())
        .order(accreditation::id.asc())
        .limit(most(limit))
        .select(AccreditationRow::as_select())
        .load(tx.conn())?)
}

/// Records an accreditation, in place of what was recorded under its number before.
pub(in crate::courses) fn accredit(tx: &mut WriteTx<'_>, new: &AccreditationRow) -> Result<()> {
    let now = tx.now();
    diesel::update(accreditation::table)
        .filter(accreditation::organisation_id.eq(new.organisation_id))
        .filter(accreditation::number.eq(&new.number))
        .filter(accreditation::superseded_at.is_null())
        .set(accreditation::superseded_at.eq(now))
        .execute(tx.conn())?;
    diesel::insert_into(accreditation::table).values(new).execute(tx.conn())?;
    Ok(())
}

/// Those of the organisations that are accredited on a day.
pub(in crate::courses) fn accredited_among(
    tx: &mut ReadTx<'_>,
    organisations: &[OrganisationId],
    on: NaiveDate,
) -> Result<Vec<OrganisationId>> {
    if organisations.is_empty() {
        return Ok(Vec::new());
    }
    Ok(accreditation::table
        .filter(accreditation::organisation_id.eq_any(organisations))
        .filter(accreditation::superseded_at.is_null())
        .filter(accreditation::valid_from.le(on))
        .filter(accreditation::valid_to.is_null().or(accreditation::valid_to.ge(on)))
        .select(accreditation::organisation_id)
        .load(tx.conn())?)
}

/// A course.
pub(in crate::courses) fn by_id(tx: &mut ReadTx<'_>, id: CourseId) -> Result<CourseRow> {
    Ok(course::table.find(id).select(CourseRow::as_select()).first(tx.conn())?)
}

/// Those courses.
pub(in crate::courses) fn among(tx: &mut ReadTx<'_>, ids: &[CourseId]) -> Result<Vec<CourseRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(course::table.filter(course::id.eq_any(ids)).select(CourseRow::as_select()).load(tx.conn())?)
}

/// The same with its row locked: one writer at a time gives out its seats. An SQLite file has one writer anyway.
pub(in crate::courses) fn lock(tx: &mut WriteTx<'_>, id: CourseId) -> Result<CourseRow> {
    match tx.conn() {
        AnyConn::Postgres(conn) => {
            Ok(course::table.find(id).select(CourseRow::as_select()).for_update().first(conn)?)
        }
        AnyConn::Sqlite(conn) => Ok(course::table.find(id).select(CourseRow::as_select()).first(conn)?),
    }
}

/// Stores a new course.
pub(in crate::courses) fn insert(tx: &mut WriteTx<'_>, row: &CourseRow) -> Result<()> {
    diesel::insert_into(course::table).values(row).execute(tx.conn())?;
    versions::keep(tx, row.id)
}

/// Stores the next version of a course. The one before stays.
pub(in crate::courses) fn replace(
    tx: &mut WriteTx<'_>,
    before: &CourseRow,
    of: Particulars,
    state: CourseState,
) -> Result<CourseRow> {
    let now = tx.now().after(before.updated_at);
    let (version, by) = (before.version.saturating_add(1), tx.account());
    let changed = diesel::update(course::table.find(before.id))
        .filter(course::version.eq(before.version))
        .set((
            &of,
            course::state.eq(state),
            course::version.eq(version),
            course::updated_at.eq(now),
            course::updated_by.eq(by),
        ))
        .execute(tx.conn())?;
    if changed != 1 {
        return Err(Error::overtaken());
    }
    versions::close(tx, before, now)?;
    versions::keep(tx, before.id)?;
    Ok(CourseRow { of, state, version, updated_at: now, updated_by: by, ..before.clone() })
}

/// Draws the next place in the order of applications. The course's row is locked.
pub(in crate::courses) fn next_position(tx: &mut WriteTx<'_>, course: &mut CourseRow) -> Result<i64> {
    let next = course.last_position.saturating_add(1);
    let drawn = diesel::update(course::table.find(course.id))
        .filter(course::last_position.eq(course.last_position))
        .set(course::last_position.eq(next))
        .execute(tx.conn())?;
    if drawn != 1 {
        return Err(Error::overtaken());
    }
    course.last_position = next;
    Ok(next)
}

/// A page of a course's meetings, the first one first.
pub(in crate::courses) fn meetings(
    tx: &mut ReadTx<'_>,
    of: CourseId,
    after: Option<(Instant, MeetingId)>,
    limit: usize,
) -> Result<Vec<MeetingRow>> {
    let mut query = course_meeting::table
        .filter(course_meeting::course_id.eq(of))
        .order((course_meeting::starts_at.asc(), course_meeting::id.asc()))
        .limit(most(limit))
        .select(MeetingRow::as_select())
        .into_boxed();
    if let Some((at, id)) = after {
        let here = course_meeting::starts_at.eq(at).and(course_meeting::id.gt(id));
        query = query.filter(course_meeting::starts_at.gt(at).or(here));
    }
    Ok(query.load(tx.conn())?)
}

/// The meetings of these courses that take place and are not over.
pub(in crate::courses) fn coming_meetings(tx: &mut ReadTx<'_>, of: &[CourseId]) -> Result<Vec<MeetingRow>> {
    let now = tx.now();
    Ok(course_meeting::table
        .filter(course_meeting::course_id.eq_any(of))
        .filter(course_meeting::cancelled.eq(false))
        .filter(course_meeting::ends_at.gt(now))
        .select(MeetingRow::as_select())
        .load(tx.conn())?)
}

/// The meetings of these courses that took place or will.
pub(in crate::courses) fn held_meetings(tx: &mut ReadTx<'_>, of: &[CourseId]) -> Result<Vec<MeetingRow>> {
    if of.is_empty() {
        return Ok(Vec::new());
    }
    Ok(course_meeting::table
        .filter(course_meeting::course_id.eq_any(of))
        .filter(course_meeting::cancelled.eq(false))
        .select(MeetingRow::as_select())
        .load(tx.conn())?)
}

/// A meeting of a course.
pub(in crate::courses) fn meeting(tx: &mut ReadTx<'_>, of: CourseId, id: MeetingId) -> Result<MeetingRow> {
    Ok(course_meeting::table.find((of, id)).select(MeetingRow::as_select()).first(tx.conn())?)
}

/// Stores a new meeting.
pub(in crate::courses) fn insert_meeting(tx: &mut WriteTx<'_>, row: &MeetingRow) -> Result<()> {
    diesel::insert_into(course_meeting::table).values(row).execute(tx.conn())?;
    Ok(())
}

/// Notes that a meeting does not take place. What it was before stands in the row, too: nothing else of a meeting changes.
pub(in crate::courses) fn cancel_meeting(tx: &mut WriteTx<'_>, row: &MeetingRow) -> Result<MeetingRow> {
    let version = row.version.saturating_add(1);
    let (cancelled_at, cancelled_by) = (Some(tx.now().after(row.recorded_at)), tx.account());
    let changed = diesel::update(course_meeting::table.find((row.course_id, row.id)))
        .filter(course_meeting::version.eq(row.version))
        .set((
            course_meeting::cancelled.eq(true),
            course_meeting::version.eq(version),
            course_meeting::cancelled_at.eq(cancelled_at),
            course_meeting::cancelled_by.eq(cancelled_by),
        ))
        .execute(tx.conn())?;
    if changed != 1 {
        return Err(Error::overtaken());
    }
    Ok(MeetingRow { cancelled: true, version, cancelled_at, cancelled_by, ..row.clone() })
}
