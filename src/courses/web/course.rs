//! The catalogue of courses over HTTP.

use chrono::NaiveDate;
use serde_json::Value;

use super::filter::{CoursesQuery, query_of};
use super::input::{CourseMove, CoursePatch, NewCourse};
use super::view::CourseView;
use crate::access::policy::{ManageCourses, ReadCourses};
use crate::courses::ops::catalogue::{self as ops, Shown};
use crate::db::ReadTx;
use crate::error::{Error, Result};
use crate::http::{Answer, Ctx, Done, Endpoint, Json, Method, OnVersion, Page, Path, Query, Record, endpoint};
use crate::id::{CourseId, PersonId};

const ALL: &str = "/api/v1/courses";
const ONE: &str = "/api/v1/courses/{course_id}";
const STEP: &str = "/api/v1/courses/{course_id}/transitions";

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint(Method::POST, ALL, "createCourse", "Make a course of one's organisation", create),
        endpoint(Method::GET, ALL, "listCourses", "List published courses and one's own", list),
        endpoint(Method::GET, ONE, "showCourse", "Show a course", show),
        endpoint(Method::PATCH, ONE, "changeCourse", "Change a course of one's organisation", change),
        endpoint(Method::POST, STEP, "moveCourse", "Publish, begin, end or cancel a course", step),
    ]
}

/// A course on the day on which it is asked for.
struct OnDay(Shown, NaiveDate);

impl Record for OnDay {
    fn version(&self) -> i32 {
        self.0.row.version
    }

    fn person(&self) -> Option<PersonId> {
        None
    }

    fn members_at(&self, tx: &mut ReadTx<'_>, version: i32) -> Result<Option<Value>> {
        let then = ops::at_version(tx, &self.0, version)?;
        let view = then.map(|then| serde_json::to_value(CourseView::of(&then, self.1)));
        view.transpose().map_err(Error::internal)
    }
}

async fn create(ctx: Ctx<ManageCourses>, Json(new): Json<NewCourse>) -> Result<Answer<CourseView>> {
    let today = ctx.today();
    ctx.create(
        |_| Ok(()),
        move |tx, ()| {
            let made = ops::create(tx, new.clone().on(today)?, today)?;
            Ok(made.map(|shown| {
                let location = format!("{ALL}/{}", shown.row.id);
                Done::created(location, shown.row.version, CourseView::of(&shown, today))
            }))
        },
    )
    .await
}

async fn list(ctx: Ctx<ReadCourses>, Query(query): Query<CoursesQuery>) -> Result<Answer<Page<CourseView>>> {
    let today = ctx.today();
    let wanted = query.filter.on(today)?;
    let page = query.page.open(&ctx, query_of(ALL, &wanted))?;
    let (after, limit) = (page.after(), page.limit());
    let rows = ctx.read(move |tx| ops::list(tx, &wanted, after, limit, today)).await?;
    let (rows, next) = page.cut(rows, |shown| shown.row.id)?;
    let items = rows.iter().map(|shown| CourseView::of(shown, today)).collect();
    Ok(Answer::ok(&Page { items, next: next.clone(), clock: None })?.with_next(next))
}

async fn show(ctx: Ctx<ReadCourses>, Path(course): Path<CourseId>) -> Result<Answer<CourseView>> {
    let today = ctx.today();
    let read = move |tx: &mut ReadTx<'_>| {
        let row = ops::find(tx, course)?;
        ops::show(tx, row, today)
    };
    let shown = ctx.read(read).await?;
    Ok(Answer::ok(&CourseView::of(&shown, today))?.with_version(shown.row.version))
}

fn found(tx: &mut ReadTx<'_>, course: CourseId, today: NaiveDate) -> Result<OnDay> {
    let row = ops::find_own(tx, course)?;
    Ok(OnDay(ops::show(tx, row, today)?, today))
}

async fn change(
    ctx: Ctx<ManageCourses, OnVersion>,
    Path(course): Path<CourseId>,
    Json(patch): Json<CoursePatch>,
) -> Result<Answer<CourseView>> {
    let today = ctx.today();
    ctx.change(
        move |tx| found(tx, course, today),
        move |tx, before| {
            let after = patch.apply(before.0.row.of.clone(), today)?;
            let changed = ops::change(tx, &before.0.row, after, today)?;
            Ok(changed.map(|shown| Done::changed(shown.row.version, CourseView::of(&shown, today))))
        },
    )
    .await
}

async fn step(
    ctx: Ctx<ManageCourses, OnVersion>,
    Path(course): Path<CourseId>,
    Json(CourseMove(to)): Json<CourseMove>,
) -> Result<Answer<CourseView>> {
    let today = ctx.today();
    ctx.change(
        move |tx| found(tx, course, today),
        move |tx, before| {
            let moved = ops::transition(tx, &before.0.row, to, today)?;
            Ok(moved.map(|shown| Done::changed(shown.row.version, CourseView::of(&shown, today))))
        },
    )
    .await
}
