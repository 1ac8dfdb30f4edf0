//! Which time somebody takes a course that leads to a level.

use std::collections::BTreeMap;

use crate::clock::Instant;
use crate::courses::model::CefrLevel;
use crate::courses::model::queue::{COURSE_CANCELLED, TRANSFERRED};
use crate::courses::store::catalogue as courses;
use crate::courses::store::enrolments::{self as store, EnrolmentRow};
use crate::db::ReadTx;
use crate::error::Result;
use crate::id::{CourseId, EnrolmentId, OrganisationId, PersonId};

/// A place, its level, and when somebody asked for it.
struct Try {
    row: EnrolmentRow,
    level: CefrLevel,
    since: Instant,
}

impl Try {
    /// Did they take part? What was carried over is tried elsewhere, and what was called off nobody could try.
    fn counts(&self) -> bool {
        let reason = self.row.reason.as_deref();
        self.row.enrolled_on.is_some() && reason != Some(TRANSFERRED) && reason != Some(COURSE_CANCELLED)
    }
}

/// Which time it is for each place of these persons, 1 for the first. Of one organisation, if one is named: it does not learn where else somebody
/// tried.
pub(super) fn attempts(
    tx: &mut ReadTx<'_>,
    persons: &[PersonId],
    own: Option<OrganisationId>,
) -> Result<BTreeMap<EnrolmentId, usize>> {
    let versions = store::versions_of(tx, persons, own)?;
    let since: BTreeMap<EnrolmentId, Instant> =
        versions.iter().filter(|row| row.version == 1).map(|row| (row.id, row.recorded_at)).collect();
    let live: Vec<EnrolmentRow> = versions.into_iter().filter(|row| row.superseded_at.is_none()).collect();
    let mut ids: Vec<CourseId> = live.iter().map(|row| row.course_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let levels: BTreeMap<CourseId, CefrLevel> =
        courses::among(tx, &ids)?.into_iter().map(|course| (course.id, course.of.level_to)).collect();
    let tries = live
        .into_iter()
        .filter_map(|row| Some(Try { level: *levels.get(&row.course_id)?, since: *since.get(&row.id)?, row }));
    let tries: Vec<Try> = tries.collect();
    let before = |one: &Try| {
        let of_it = tries.iter().filter(|other| other.row.person_id == one.row.person_id && other.level == one.level);
        of_it.filter(|other| other.counts() && (other.since, other.row.id) < (one.since, one.row.id)).count()
    };
    Ok(tries.iter().map(|one| (one.row.id, before(one) + 1)).collect())
}
