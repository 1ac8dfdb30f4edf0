//! Table `language_need`.

use diesel::dsl::count_star;
use diesel::prelude::*;

use crate::clock::Instant;
use crate::courses::model::certificate::STATE_LANGUAGE_TAG;
use crate::courses::model::demand::TimeOfWeek;
use crate::courses::model::{CefrLevel, CourseState};
use crate::db::schema::{course, language_need};
use crate::db::{ReadTx, TextEnum, WriteTx};
use crate::error::Result;
use crate::id::{AccountId, LanguageNeedId, PersonId};

/// What course somebody needs.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = language_need, treat_none_as_default_value = false)]
pub(in crate::courses) struct NeedRow {
    pub(in crate::courses) person_id: PersonId,
    pub(in crate::courses) id: LanguageNeedId,
    pub(in crate::courses) level: CefrLevel,
    pub(in crate::courses) language_of_instruction: String,
    pub(in crate::courses) division_code: String,
    pub(in crate::courses) hours_per_week: i32,
    pub(in crate::courses) childcare: bool,
    pub(in crate::courses) recorded_at: Instant,
    pub(in crate::courses) recorded_by: Option<AccountId>,
    pub(in crate::courses) superseded_at: Option<Instant>,
    /// Times of the week, separated by spaces.
    pub(in crate::courses) availability: String,
}

impl NeedRow {
    /// When the person has time; empty: they did not say.
    pub(in crate::courses) fn times(&self) -> Vec<TimeOfWeek> {
        self.availability.split(' ').filter_map(TimeOfWeek::of).collect()
    }
}

/// Records what course somebody needs, in place of what they said before.
pub(in crate::courses) fn record(tx: &mut WriteTx<'_>, row: &NeedRow) -> Result<()> {
    let now = tx.now();
    diesel::update(language_need::table)
        .filter(language_need::person_id.eq(row.person_id))
        .filter(language_need::superseded_at.is_null())
        .set(language_need::superseded_at.eq(now))
        .execute(tx.conn())?;
    diesel::insert_into(language_need::table).values(row).execute(tx.conn())?;
    Ok(())
}

/// A page of what somebody said, what was replaced too.
pub(in crate::courses) fn page(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    after: Option<LanguageNeedId>,
    limit: usize,
) -> Result<Vec<NeedRow>> {
    Ok(language_need::table
        .filter(language_need::person_id.eq(person))
        .filter(language_need::id.gt(after.unwrap_or(uuid::Uuid::nil().into())))
        .order(language_need::id.asc())
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(NeedRow::as_select())
        .load(tx.conn())?)
}

/// What these persons need, as it stands.
pub(in crate::courses) fn standing(tx: &mut ReadTx<'_>, persons: &[PersonId]) -> Result<Vec<NeedRow>> {
    if persons.is_empty() {
        return Ok(Vec::new());
    }
    Ok(language_need::table
        .filter(language_need::person_id.eq_any(persons))
        .filter(language_need::superseded_at.is_null())
        .select(NeedRow::as_select())
        .load(tx.conn())?)
}

/// A group of people who need the same: level, language of instruction, how many.
pub(in crate::courses) type Group = (CefrLevel, String, i64);

/// How many need what in a division.
pub(in crate::courses) fn groups(tx: &mut ReadTx<'_>, division: &str) -> Result<Vec<Group>> {
    Ok(language_need::table
        .filter(language_need::division_code.eq(division))
        .filter(language_need::superseded_at.is_null())
        .group_by((language_need::level, language_need::language_of_instruction))
        .select((language_need::level, language_need::language_of_instruction, count_star()))
        .load(tx.conn())?)
}

/// What courses of the state language in a division that take people begin with.
pub(in crate::courses) fn offered(tx: &mut ReadTx<'_>, division: &str) -> Result<Vec<(CefrLevel, String)>> {
    Ok(course::table
        .filter(course::division_code.eq(division))
        .filter(course::taught_language.eq(STATE_LANGUAGE_TAG))
        .filter(course::state.eq(CourseState::Published).or(course::state.eq(CourseState::Running)))
        .select((course::level_from, course::language_of_instruction))
        .load(tx.conn())?)
}
