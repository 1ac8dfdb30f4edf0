//! Table `course_version`: every version of a course. The live one stands in `course`, too.

use diesel::prelude::*;

use super::catalogue::{CourseRow, Particulars};
use crate::clock::Instant;
use crate::courses::model::CourseState;
use crate::db::schema::{course, course_version};
use crate::db::{ReadTx, WriteTx};
use crate::error::Result;
use crate::id::{AccountId, CourseId};

/// The columns of a table that are [`Particulars`], in their order.
macro_rules! particulars {
    ($table:ident) => {
        (
            $table::title,
            $table::level_from,
            $table::level_to,
            $table::taught_language,
            $table::language_of_instruction,
            $table::target_group,
            $table::division_code,
            $table::place,
            $table::mode,
            $table::price_qepik,
            $table::childcare,
            $table::step_free,
            $table::capacity,
            $table::enrol_from,
            $table::enrol_to,
            $table::order_rule,
            $table::offer_hours,
            $table::required_share,
            $table::teacher_id,
        )
    };
}

/// One version of a course.
#[derive(Clone, Debug, Queryable)]
pub(in crate::courses) struct VersionRow {
    pub(in crate::courses) version: i32,
    pub(in crate::courses) of: Particulars,
    pub(in crate::courses) state: CourseState,
    pub(in crate::courses) recorded_at: Instant,
    pub(in crate::courses) recorded_by: Option<AccountId>,
    pub(in crate::courses) superseded_at: Option<Instant>,
}

/// Keeps the present version of a course beside those before it.
pub(super) fn keep(tx: &mut WriteTx<'_>, id: CourseId) -> Result<()> {
    course::table
        .find(id)
        .select((
            course::id,
            course::version,
            particulars!(course),
            course::state,
            course::updated_at,
            course::updated_by,
        ))
        .insert_into(course_version::table)
        .into_columns((
            course_version::course_id,
            course_version::version,
            particulars!(course_version),
            course_version::state,
            course_version::recorded_at,
            course_version::recorded_by,
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Closes a version of a course that another one follows.
pub(super) fn close(tx: &mut WriteTx<'_>, before: &CourseRow, now: Instant) -> Result<()> {
    diesel::update(course_version::table.find((before.id, before.version)))
        .set(course_version::superseded_at.eq(now))
        .execute(tx.conn())?;
    Ok(())
}

/// A page of a course's versions, the first one first.
pub(in crate::courses) fn page(tx: &mut ReadTx<'_>, of: CourseId, after: i32, limit: usize) -> Result<Vec<VersionRow>> {
    Ok(course_version::table
        .filter(course_version::course_id.eq(of))
        .filter(course_version::version.gt(after))
        .order(course_version::version.asc())
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select((
            course_version::version,
            particulars!(course_version),
            course_version::state,
            course_version::recorded_at,
            course_version::recorded_by,
            course_version::superseded_at,
        ))
        .load(tx.conn())?)
}
