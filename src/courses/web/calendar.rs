//! Calendars over HTTP.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::access::policy::{KeepCalendars, ManageCourses, ReadEnrolments, ReadOwnCourses};
use crate::clock::Instant;
use crate::courses::model::calendar::calendar;
use crate::courses::ops::calendar as ops;
use crate::courses::store::calendar::{FeedRow, Of};
use crate::db::{Audited, ReadTx, WriteTx};
use crate::error::{Error, Result};
use crate::http::{
    Answer, Ctx, Done, Endpoint, Method, OnVersion, Page, PageQuery, Path, Public, Query, Record, Rendered, Reply,
    ReplySpec, endpoint,
};
use crate::id::{AccountId, CalendarFeedId, CourseId, PersonId};
use crate::keys::{hex, sha256};

const OF_COURSE: &str = "/api/v1/courses/{course_id}/calendar-feeds";
const ONE_OF_COURSE: &str = "/api/v1/courses/{course_id}/calendar-feeds/{course_feed_id}";
const OF_LEARNER: &str = "/api/v1/people/{person_id}/calendar-feeds";
const ONE_OF_LEARNER: &str = "/api/v1/people/{person_id}/calendar-feeds/{learner_feed_id}";
const CALENDAR: &str = "/api/v1/calendars/{secret}";
const MEDIA_TYPE: &str = "text/calendar";

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint(Method::POST, OF_COURSE, "makeCourseFeed", "Make a calendar address of a course", make_of_course),
        endpoint(Method::GET, OF_COURSE, "listCourseFeeds", "List calendar addresses of a course", list_of_course),
        endpoint(Method::DELETE, ONE_OF_COURSE, "endCourseFeed", "End a calendar address of a course", end_of_course),
        endpoint(Method::POST, OF_LEARNER, "makeLearnerFeed", "Make a calendar address of a learner", make_of_learner),
        endpoint(Method::GET, OF_LEARNER, "listLearnerFeeds", "List calendar addresses of a learner", list_of_learner),
        endpoint(
            Method::DELETE,
            ONE_OF_LEARNER,
            "endLearnerFeed",
            "End a calendar address of a learner",
            end_of_learner,
        ),
        endpoint(Method::GET, CALENDAR, "readCalendar", "The meetings at a calendar address", read),
    ]
}

/// An address under which a calendar is read.
#[derive(Debug, Serialize, ToSchema)]
struct CalendarFeedView {
    #[schema(value_type = String, format = Uuid)]
    id: CalendarFeedId,
    version: i32,
    /// Where the calendar is read by whoever knows it. Told once, when it is made; null ever after.
    path: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Instant,
    #[schema(value_type = Option<String>, format = Uuid)]
    created_by: Option<AccountId>,
    /// The last day on which a calendar was read there.
    #[schema(value_type = Option<String>, format = Date)]
    read_on: Option<NaiveDate>,
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Instant>,
}

impl From<&FeedRow> for CalendarFeedView {
    fn from(row: &FeedRow) -> Self {
        Self {
            id: row.id,
            version: row.version(),
            path: None,
            created_at: row.created_at,
            created_by: row.created_by,
            read_on: row.read_on,
            ended_at: row.ended_at,
        }
    }
}

/// It is only ever ended: two cannot change it differently.
impl Record for FeedRow {
    fn version(&self) -> i32 {
        if self.ended_at.is_none() { 1 } else { 2 }
    }

    fn person(&self) -> Option<PersonId> {
        self.person_id
    }

    fn members_at(&self, _: &mut ReadTx<'_>, _: i32) -> Result<Option<Value>> {
        Ok(None)
    }
}

fn make(tx: &mut WriteTx<'_>, of: Of) -> Result<Audited<Done<CalendarFeedView>>> {
    let made = ops::make(tx, of)?;
    Ok(made.map(|(row, secret)| {
        let path = Some(format!("/api/v1/calendars/{secret}"));
        Done::added(None, CalendarFeedView { path, ..CalendarFeedView::from(&row) })
    }))
}

fn end(tx: &mut WriteTx<'_>, row: &FeedRow) -> Result<Audited<Done<CalendarFeedView>>> {
    let ended = ops::end(tx, row)?;
    Ok(ended.map(|row| Done::changed(row.version(), CalendarFeedView::from(&row))))
}

async fn make_of_course(ctx: Ctx<ManageCourses>, Path(course): Path<CourseId>) -> Result<Answer<CalendarFeedView>> {
    ctx.create(move |tx| ops::of_course(tx, course), make).await
}

async fn make_of_learner(ctx: Ctx<KeepCalendars>, Path(person): Path<PersonId>) -> Result<Answer<CalendarFeedView>> {
    ctx.create(move |tx| ops::of_learner(tx, person), make).await
}

async fn list_of_course(
    ctx: Ctx<ReadOwnCourses>,
    Path(course): Path<CourseId>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<Page<CalendarFeedView>>> {
    let page = query.open(&ctx, format!("/api/v1/courses/{course}/calendar-feeds"))?;
    let (after, limit) = (page.after(), page.limit());
    let rows = ctx.read(move |tx| ops::list_of_course(tx, course, after, limit)).await?;
    page.answer(&rows, |row| row.id)
}

async fn list_of_learner(
    ctx: Ctx<ReadEnrolments>,
    Path(person): Path<PersonId>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<Page<CalendarFeedView>>> {
    let page = query.open(&ctx, format!("/api/v1/people/{person}/calendar-feeds"))?;
    let (after, limit) = (page.after(), page.limit());
    let rows = ctx.view(move |tx| ops::list_of_learner(tx, person, after, limit)).await?;
    page.answer(&rows, |row| row.id)
}

async fn end_of_course(
    ctx: Ctx<ManageCourses, OnVersion>,
    Path((course, feed)): Path<(CourseId, CalendarFeedId)>,
) -> Result<Answer<CalendarFeedView>> {
    let find = move |tx: &mut ReadTx<'_>| {
        let of = ops::of_course(tx, course)?;
        ops::find(tx, of, feed)
    };
    ctx.change(find, |tx, row| end(tx, &row)).await
}

async fn end_of_learner(
    ctx: Ctx<KeepCalendars, OnVersion>,
    Path((person, feed)): Path<(PersonId, CalendarFeedId)>,
) -> Result<Answer<CalendarFeedView>> {
    let find = move |tx: &mut ReadTx<'_>| {
        let of = ops::of_learner(tx, person)?;
        ops::find(tx, of, feed)
    };
    ctx.change(find, |tx, row| end(tx, &row)).await
}

/// A calendar as a program of the learner's reads it.
#[derive(Debug)]
struct CalendarFile(Rendered);

impl Reply for CalendarFile {
    fn spec(status: u16) -> ReplySpec {
        ReplySpec::of_file(status, "Calendar", MEDIA_TYPE)
    }

    fn into_rendered(self) -> Rendered {
        self.0
    }
}

async fn read(public: Public, Path(secret): Path<String>) -> Result<CalendarFile> {
    let zone = public.law().zone;
    // Nobody walks through 256 bits. A phone that still asks at an address that was ended must not use up its network's guesses at certificates.
    let found = public.glance(move |tx| ops::read(tx, &secret, zone)).await?;
    let (row, entries) = found.ok_or_else(Error::not_found)?;
    let today = public.today();
    if row.read_on != Some(today) {
        public.leave(move |tx| ops::note(tx, &row, today)).await?;
    }
    let body = calendar(&entries, zone);
    let tag = hex(&sha256(&[body.as_bytes()]));
    let answer = Answer::ok(&())?.with_tag(tag);
    Ok(CalendarFile(Rendered { body, content_type: format!("{MEDIA_TYPE}; charset=utf-8"), ..answer.into_rendered() }))
}
