//! Groups of people for whom no course is given, of tables `language_need` and `course`.

use chrono::NaiveDate;
use diesel::dsl::{count_star, exists, not};
use diesel::prelude::*;

use crate::courses::model::certificate::STATE_LANGUAGE_TAG;
use crate::courses::model::demand::{GroupKey, VIABLE};
use crate::courses::model::{CefrLevel, CourseState};
use crate::db::ReadTx;
use crate::db::schema::{course, language_need};
use crate::error::Result;

/// Which groups are asked for.
#[derive(Clone, Debug, Default)]
pub(in crate::courses) struct Wanted {
    pub(in crate::courses) division: Option<String>,
    pub(in crate::courses) level: Option<CefrLevel>,
    pub(in crate::courses) language: Option<String>,
}

/// A page of the groups that are large enough for a course and for whom none takes people from today on; with the number of people. Groups are counted
/// in the order of an index, from the one after `after` on, until the page is full.
pub(in crate::courses) fn groups(
    tx: &mut ReadTx<'_>,
    wanted: &Wanted,
    today: NaiveDate,
    after: Option<&GroupKey>,
    limit: usize,
) -> Result<Vec<(GroupKey, i64)>> {
    let given = course::table
        .filter(course::division_code.eq(language_need::division_code.nullable()))
        .filter(course::level_from.eq(language_need::level))
        .filter(course::language_of_instruction.eq(language_need::language_of_instruction))
        .filter(course::taught_language.eq(STATE_LANGUAGE_TAG))
        .filter(course::state.eq(CourseState::Published).or(course::state.eq(CourseState::Running)))
        .filter(course::enrol_to.ge(today));
    let group = (language_need::division_code, language_need::level, language_need::language_of_instruction);
    let mut query = language_need::table
        .group_by(group)
        .having(count_star().ge(VIABLE).and(not(exists(given))))
        .select((group, count_star()))
        .order(group)
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .into_boxed()
        .filter(language_need::superseded_at.is_null())
        .filter(language_need::division_code.ge(after.map_or("", |key| &key.division)));
    if let Some(GroupKey { division, level, language }) = after {
        let in_level = language_need::level.eq(*level).and(language_need::language_of_instruction.gt(language));
        let in_division = language_need::division_code.eq(division).and(language_need::level.gt(*level).or(in_level));
        query = query.filter(language_need::division_code.gt(division).or(in_division));
    }
    if let Some(division) = &wanted.division {
        query = query.filter(language_need::division_code.eq(division));
    }
    if let Some(level) = wanted.level {
        query = query.filter(language_need::level.eq(level));
    }
    if let Some(language) = &wanted.language {
        query = query.filter(language_need::language_of_instruction.eq(language));
    }
    let found: Vec<((String, CefrLevel, String), i64)> = query.load(tx.conn())?;
    let key = |(division, level, language)| GroupKey { division, level, language };
    Ok(found.into_iter().map(|(group, people)| (key(group), people)).collect())
}

/// People of one group who say the same: the group, hours a week, childcare, how many.
pub(in crate::courses) type Answers = ((String, CefrLevel, String), i32, bool, i64);

/// What the people of these divisions said, counted.
pub(in crate::courses) fn answers(tx: &mut ReadTx<'_>, divisions: &[String]) -> Result<Vec<Answers>> {
    if divisions.is_empty() {
        return Ok(Vec::new());
    }
    let group = (language_need::division_code, language_need::level, language_need::language_of_instruction);
    Ok(language_need::table
        .filter(language_need::division_code.eq_any(divisions))
        .filter(language_need::superseded_at.is_null())
        .group_by((group, language_need::hours_per_week, language_need::childcare))
        .select((group, language_need::hours_per_week, language_need::childcare, count_star()))
        .load(tx.conn())?)
}

/// Drafts of courses in these divisions: division, level, language, how many.
pub(in crate::courses) type Drafts = (Option<String>, CefrLevel, String, i64);

/// How many drafts are in preparation in these divisions.
pub(in crate::courses) fn drafts(tx: &mut ReadTx<'_>, divisions: &[String]) -> Result<Vec<Drafts>> {
    if divisions.is_empty() {
        return Ok(Vec::new());
    }
    Ok(course::table
        .filter(course::division_code.eq_any(divisions))
        .filter(course::taught_language.eq(STATE_LANGUAGE_TAG))
        .filter(course::state.eq(CourseState::Draft))
        .group_by((course::division_code, course::level_from, course::language_of_instruction))
        .select((course::division_code, course::level_from, course::language_of_instruction, count_star()))
        .load(tx.conn())?)
}
