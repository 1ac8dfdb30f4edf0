//! Meetings of courses over HTTP.

use chrono_tz::Tz;
use serde_json::Value;

use super::view::MeetingView;
use crate::access::policy::{ManageCourses, ReadCourses};
use crate::clock::Instant;
use crate::courses::ops::catalogue as ops;
use crate::courses::store::catalogue::MeetingRow;
use crate::db::ReadTx;
use crate::error::{Error, Result};
use crate::http::{
    Answer, Ctx, Done, Endpoint, Fields, Input, Json, Method, OnVersion, Page, PageQuery, Path, Query, Record, endpoint,
};
use crate::id::{CourseId, MeetingId, PersonId};

const ALL: &str = "/api/v1/courses/{course_id}/meetings";
const ONE: &str = "/api/v1/courses/{course_id}/meetings/{meeting_id}";

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint(Method::POST, ALL, "planMeeting", "Plan a meeting of a course", plan),
        endpoint(Method::GET, ALL, "listMeetings", "List the meetings of a course", list),
        endpoint(Method::DELETE, ONE, "cancelMeeting", "Cancel a meeting of a course", cancel),
    ]
}

/// A meeting in the country's zone.
struct InZone(MeetingRow, Tz);

impl Record for InZone {
    fn version(&self) -> i32 {
        self.0.version
    }

    fn person(&self) -> Option<PersonId> {
        None
    }

    /// One that was cancelled is not found any more, so the first version is the present one.
    fn members_at(&self, _: &mut ReadTx<'_>, version: i32) -> Result<Option<Value>> {
        let view = (version == self.0.version).then(|| serde_json::to_value(MeetingView::of(&self.0, self.1)));
        view.transpose().map_err(Error::internal)
    }
}

struct NewMeeting {
    starts_at: Instant,
    ends_at: Instant,
}

impl Input for NewMeeting {
    const NAME: &'static str = "NewMeeting";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let starts_at = fields.required::<Instant>("starts_at", "When it begins.");
        let ends_at = fields.required::<Instant>("ends_at", "When it ends.");
        if let (Some(start), Some(end)) = (starts_at, ends_at)
            && end <= start
        {
            fields.fault("ends_at", "before_start", "A meeting ends after it began.");
        }
        Some(Self { starts_at: starts_at?, ends_at: ends_at? })
    }
}

async fn plan(
    ctx: Ctx<ManageCourses>,
    Path(course): Path<CourseId>,
    Json(NewMeeting { starts_at, ends_at }): Json<NewMeeting>,
) -> Result<Answer<MeetingView>> {
    let zone = ctx.law().zone;
    ctx.create(
        move |tx| ops::find_own(tx, course),
        move |tx, course| {
            let planned = ops::plan(tx, &course, starts_at, ends_at)?;
            Ok(planned.map(|row| Done::added(None, MeetingView::of(&row, zone))))
        },
    )
    .await
}

async fn list(
    ctx: Ctx<ReadCourses>,
    Path(course): Path<CourseId>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<Page<MeetingView>>> {
    let zone = ctx.law().zone;
    let page = query.open::<_, _, (i64, MeetingId)>(&ctx, format!("/api/v1/courses/{course}/meetings"))?;
    let (after, limit) = (page.after().map(|(at, id)| (Instant::from_micros(at), id)), page.limit());
    let rows = ctx.read(move |tx| ops::meetings(tx, course, after, limit)).await?;
    let (rows, next) = page.cut(rows, |row| (row.starts_at.micros(), row.id))?;
    let items = rows.iter().map(|row| MeetingView::of(row, zone)).collect();
    Ok(Answer::ok(&Page { items, next: next.clone(), clock: None })?.with_next(next))
}

async fn cancel(
    ctx: Ctx<ManageCourses, OnVersion>,
    Path((course, meeting)): Path<(CourseId, MeetingId)>,
) -> Result<Answer<MeetingView>> {
    let zone = ctx.law().zone;
    ctx.change(
        move |tx| Ok(InZone(ops::find_meeting(tx, course, meeting)?, zone)),
        move |tx, InZone(row, zone)| {
            let cancelled = ops::cancel(tx, &row)?;
            Ok(cancelled.map(|row| Done::changed(row.version, MeetingView::of(&row, zone))))
        },
    )
    .await
}
