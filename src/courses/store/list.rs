//! The catalogue as it is listed, of table `course`.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::catalogue::CourseRow;
use crate::courses::model::{CefrLevel, CourseState, Mode};
use crate::db::ReadTx;
use crate::db::schema::course;
use crate::error::Result;
use crate::id::{CourseId, OrganisationId};

/// Which courses a catalogue shows.
#[derive(Clone, Debug, Default)]
pub(in crate::courses) struct Wanted {
    pub(in crate::courses) level: Option<CefrLevel>,
    pub(in crate::courses) language: Option<String>,
    pub(in crate::courses) division: Option<String>,
    pub(in crate::courses) mode: Option<Mode>,
    pub(in crate::courses) childcare: Option<bool>,
    pub(in crate::courses) step_free: Option<bool>,
    /// Some: with a price of nothing, or with another one.
    pub(in crate::courses) free: Option<bool>,
    /// Some: open for enrolment today, or not.
    pub(in crate::courses) open: Option<bool>,
    pub(in crate::courses) organisation: Option<OrganisationId>,
    pub(in crate::courses) state: Option<CourseState>,
}

/// A page of the courses an organisation may see: its own, and what others have published.
pub(in crate::courses) fn page(
    tx: &mut ReadTx<'_>,
    own: Option<OrganisationId>,
    wanted: &Wanted,
    today: NaiveDate,
    after: Option<CourseId>,
    limit: usize,
) -> Result<Vec<CourseRow>> {
    let own = own.unwrap_or(uuid::Uuid::nil().into());
    let mut query = course::table
        .filter(course::id.gt(after.unwrap_or(uuid::Uuid::nil().into())))
        .filter(course::state.ne(CourseState::Draft).or(course::organisation_id.eq(own)))
        .order(course::id.asc())
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(CourseRow::as_select())
        .into_boxed();
    if let Some(level) = wanted.level {
        query = query.filter(course::level_from.eq(level));
    }
    if let Some(language) = &wanted.language {
        query = query.filter(course::language_of_instruction.eq(language));
    }
    if let Some(division) = &wanted.division {
        query = query.filter(course::division_code.eq(division));
    }
    if let Some(mode) = wanted.mode {
        query = query.filter(course::mode.eq(mode));
    }
    if let Some(childcare) = wanted.childcare {
        query = query.filter(course::childcare.eq(childcare));
    }
    if let Some(step_free) = wanted.step_free {
        query = query.filter(course::step_free.eq(step_free));
    }
    match wanted.free {
        Some(true) => query = query.filter(course::price_qepik.eq(0)),
        Some(false) => query = query.filter(course::price_qepik.gt(0)),
        None => {}
    }
    // As `CourseRow::is_open` has it.
    let takes_people = || course::state.eq(CourseState::Published).or(course::state.eq(CourseState::Running));
    match wanted.open {
        Some(true) => {
            query = query.filter(takes_people().and(course::enrol_from.le(today)).and(course::enrol_to.ge(today)));
        }
        Some(false) => {
            let closed = course::enrol_from.gt(today).or(course::enrol_to.lt(today));
            query = query.filter(diesel::dsl::not(takes_people()).or(closed));
        }
        None => {}
    }
    if let Some(organisation) = wanted.organisation {
        query = query.filter(course::organisation_id.eq(organisation));
    }
    if let Some(state) = wanted.state {
        query = query.filter(course::state.eq(state));
    }
    Ok(query.load(tx.conn())?)
}
