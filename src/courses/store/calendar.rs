//! Table `calendar_feed`.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::schema::calendar_feed;
use crate::db::{MultiBackend, ReadTx, WriteTx};
use crate::error::{Error, Result};
use crate::id::{AccountId, CalendarFeedId, CourseId, OrganisationId, PersonId};

/// An address under which a calendar is read.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = calendar_feed, treat_none_as_default_value = false)]
pub(in crate::courses) struct FeedRow {
    pub(in crate::courses) id: CalendarFeedId,
    pub(in crate::courses) secret_sha256: Vec<u8>,
    pub(in crate::courses) course_id: Option<CourseId>,
    pub(in crate::courses) person_id: Option<PersonId>,
    pub(in crate::courses) organisation_id: Option<OrganisationId>,
    pub(in crate::courses) created_at: Instant,
    pub(in crate::courses) created_by: Option<AccountId>,
    pub(in crate::courses) read_on: Option<NaiveDate>,
    pub(in crate::courses) ended_at: Option<Instant>,
    pub(in crate::courses) ended_by: Option<AccountId>,
}

/// Whose feeds.
#[derive(Clone, Copy, Debug)]
pub(in crate::courses) enum Of {
    /// A course's.
    Course(CourseId),
    /// A learner's: those of one organisation if one is named.
    Learner(PersonId, Option<OrganisationId>),
}

impl Of {
    fn rows(self) -> calendar_feed::BoxedQuery<'static, MultiBackend> {
        let query = calendar_feed::table.into_boxed();
        match self {
            Self::Course(course) => query.filter(calendar_feed::course_id.eq(course)),
            Self::Learner(person, None) => query.filter(calendar_feed::person_id.eq(person)),
            Self::Learner(person, Some(organisation)) => query
                .filter(calendar_feed::person_id.eq(person))
                .filter(calendar_feed::organisation_id.eq(organisation)),
        }
    }
}

/// Stores a new feed.
pub(in crate::courses) fn insert(tx: &mut WriteTx<'_>, row: &FeedRow) -> Result<()> {
    diesel::insert_into(calendar_feed::table).values(row).execute(tx.conn())?;
    Ok(())
}

/// The feed that stands at an address.
pub(in crate::courses) fn by_secret(tx: &mut ReadTx<'_>, sha256: &[u8]) -> Result<Option<FeedRow>> {
    Ok(calendar_feed::table
        .filter(calendar_feed::secret_sha256.eq(sha256))
        .filter(calendar_feed::ended_at.is_null())
        .select(FeedRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// A page of feeds, ended ones too.
pub(in crate::courses) fn page(
    tx: &mut ReadTx<'_>,
    of: Of,
    after: Option<CalendarFeedId>,
    limit: usize,
) -> Result<Vec<FeedRow>> {
    Ok(of
        .rows()
        .filter(calendar_feed::id.gt(after.unwrap_or(uuid::Uuid::nil().into())))
        .order(calendar_feed::id.asc())
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(FeedRow::as_select())
        .load(tx.conn())?)
}

/// How many feeds stand.
pub(in crate::courses) fn standing(tx: &mut ReadTx<'_>, of: Of) -> Result<i64> {
    Ok(of.rows().filter(calendar_feed::ended_at.is_null()).count().get_result(tx.conn())?)
}

/// One feed.
pub(in crate::courses) fn find(tx: &mut ReadTx<'_>, of: Of, id: CalendarFeedId) -> Result<FeedRow> {
    Ok(of.rows().filter(calendar_feed::id.eq(id)).select(FeedRow::as_select()).first(tx.conn())?)
}

/// Ends a feed. Of two at once one finds it ended.
pub(in crate::courses) fn end(tx: &mut WriteTx<'_>, row: &FeedRow) -> Result<FeedRow> {
    let (now, by) = (tx.now(), tx.account());
    let ended = diesel::update(calendar_feed::table.find(row.id))
        .filter(calendar_feed::ended_at.is_null())
        .set((calendar_feed::ended_at.eq(now), calendar_feed::ended_by.eq(by)))
        .execute(tx.conn())?;
    if ended == 1 { Ok(FeedRow { ended_at: Some(now), ended_by: by, ..row.clone() }) } else { Err(Error::overtaken()) }
}

/// Notes the day on which a feed was read.
pub(in crate::courses) fn read_on(tx: &mut WriteTx<'_>, id: CalendarFeedId, day: NaiveDate) -> Result<()> {
    diesel::update(calendar_feed::table.find(id)).set(calendar_feed::read_on.eq(day)).execute(tx.conn())?;
    Ok(())
}
