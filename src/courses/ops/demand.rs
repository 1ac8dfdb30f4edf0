//! What courses people need, and where none is given.

use serde_json::json;

use crate::courses::model::CefrLevel;
use crate::courses::model::demand::{Told, told};
use crate::courses::store::needs::{self as store, NeedRow};
use crate::db::{Action, Audited, Event, ReadTx, Viewed, WriteTx};
use crate::error::Result;
use crate::id::{LanguageNeedId, PersonId};
use crate::people;

/// Records what course somebody needs.
pub(in crate::courses) fn record(tx: &mut WriteTx<'_>, row: NeedRow) -> Result<Audited<NeedRow>> {
    people::lock(tx, row.person_id)?;
    store::record(tx, &row)?;
    tx.record(&Event::about(Action::LanguageNeedRecorded, row.person_id).with(json!({ "need": row.id })), row)
}

/// A page of what somebody said they need.
pub(in crate::courses) fn list(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    after: Option<LanguageNeedId>,
    limit: usize,
) -> Result<Viewed<Vec<NeedRow>>> {
    people::visible(tx, person)?;
    let rows = store::page(tx, person, after, limit)?;
    tx.viewed(&Event::about(Action::LanguageNeedsViewed, person), rows)
}

/// People who need the same course.
#[derive(Clone, Debug)]
pub(in crate::courses) struct Group {
    pub(in crate::courses) level: CefrLevel,
    pub(in crate::courses) language: String,
    pub(in crate::courses) people: Told,
    /// How many courses begin there in this language.
    pub(in crate::courses) courses: usize,
}

/// What is needed in a division; no group is told that is small enough to recognise somebody in it.
pub(in crate::courses) fn demand(tx: &mut ReadTx<'_>, division: &str) -> Result<(Vec<Group>, Told)> {
    let mut groups = store::groups(tx, division)?;
    groups.sort_by(|one, other| (one.0.rank(), &one.1).cmp(&(other.0.rank(), &other.1)));
    let offered = store::offered(tx, division)?;
    let counts: Vec<i64> = groups.iter().map(|(.., count)| *count).collect();
    let (cells, sum) = told(&counts);
    let groups = groups.into_iter().zip(cells).map(|((level, language, _), people)| {
        let fits = |course: &&(CefrLevel, String)| course.0 == level && course.1 == language;
        let courses = offered.iter().filter(fits).count();
        Group { level, language, people, courses }
    });
    Ok((groups.collect(), sum))
}
