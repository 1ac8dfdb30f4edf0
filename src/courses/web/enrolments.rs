//! Places in courses over HTTP.

use serde_json::Value;

use super::input::{EnrolmentMove, NewEnrolment};
use super::view::EnrolmentView;
use crate::access::policy::{EnrolPeople, MoveEnrolments, ReadEnrolments};
use crate::courses::ops::enrolments::{self as ops, Seen};
use crate::courses::ops::{catalogue, moves};
use crate::courses::store::enrolments as store;
use crate::db::ReadTx;
use crate::error::{Error, Result};
use crate::http::{
    Answer, Ctx, Done, Endpoint, Fields, Input, Json, Method, OnVersion, Page, PageQuery, Path, Query, Record, endpoint,
};
use crate::id::{CourseId, EnrolmentId, PersonId};

const OF_COURSE: &str = "/api/v1/courses/{course_id}/enrolments";
const OF_PERSON: &str = "/api/v1/people/{person_id}/enrolments";
const ONE: &str = "/api/v1/people/{person_id}/enrolments/{enrolment_id}";
const TRANSFER: &str = "/api/v1/people/{person_id}/enrolments/{enrolment_id}/transfers";
const STEP: &str = "/api/v1/people/{person_id}/enrolments/{enrolment_id}/transitions";

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint(Method::POST, OF_COURSE, "enrolPerson", "Enrol a client in a course", enrol),
        endpoint(Method::GET, OF_COURSE, "listCourseEnrolments", "List who takes part in a course", of_course),
        endpoint(Method::GET, OF_PERSON, "listEnrolments", "List a person's courses", of_person),
        endpoint(Method::GET, ONE, "showEnrolment", "Show a person's place in a course", show),
        endpoint(Method::POST, TRANSFER, "transferEnrolment", "Carry a place over to another course", transfer),
        endpoint(Method::POST, STEP, "moveEnrolment", "Take, decline, leave or complete a course", step),
    ]
}

impl Record for Seen {
    fn version(&self) -> i32 {
        self.row.version
    }

    fn person(&self) -> Option<PersonId> {
        Some(self.row.person_id)
    }

    fn members_at(&self, tx: &mut ReadTx<'_>, version: i32) -> Result<Option<Value>> {
        // What the clock alone moved is not stored yet.
        let row = if version == self.row.version {
            Some(self.row.clone())
        } else {
            store::version(tx, self.row.person_id, self.row.id, version)?
        };
        let seen = row.map(|row| Seen { row, ahead: None, ..self.clone() });
        seen.map(|seen| serde_json::to_value(EnrolmentView::from(&seen))).transpose().map_err(Error::internal)
    }
}

fn address(seen: &Seen) -> String {
    format!("/api/v1/people/{}/enrolments/{}", seen.row.person_id, seen.row.id)
}

async fn enrol(
    ctx: Ctx<EnrolPeople>,
    Path(course): Path<CourseId>,
    Json(NewEnrolment(person)): Json<NewEnrolment>,
) -> Result<Answer<EnrolmentView>> {
    let zone = ctx.law().zone;
    ctx.create(
        move |tx| catalogue::find_own(tx, course),
        move |tx, _| {
            let made = ops::enrol(tx, course, person, zone)?;
            Ok(made.map(|seen| Done::created(address(&seen), seen.row.version, EnrolmentView::from(&seen))))
        },
    )
    .await
}

async fn of_course(
    ctx: Ctx<ReadEnrolments>,
    Path(course): Path<CourseId>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<Page<EnrolmentView>>> {
    let page = query.open::<_, _, (i64, EnrolmentId)>(&ctx, format!("/api/v1/courses/{course}/enrolments"))?;
    let (after, limit) = (page.after().map(|(position, _)| position), page.limit());
    let rows = ctx.view(move |tx| ops::of_course(tx, course, after, limit)).await?;
    page.answer(&rows, |seen| (seen.row.position, seen.row.id))
}

async fn of_person(
    ctx: Ctx<ReadEnrolments>,
    Path(person): Path<PersonId>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<Page<EnrolmentView>>> {
    let page = query.open(&ctx, format!("/api/v1/people/{person}/enrolments"))?;
    let (after, limit) = (page.after(), page.limit());
    let rows = ctx.view(move |tx| ops::of_person(tx, person, after, limit)).await?;
    page.answer(&rows, |seen| seen.row.id)
}

async fn show(
    ctx: Ctx<ReadEnrolments>,
    Path((person, enrolment)): Path<(PersonId, EnrolmentId)>,
) -> Result<Answer<EnrolmentView>> {
    let seen = ctx.view(move |tx| ops::show(tx, person, enrolment)).await?;
    Ok(Answer::ok(&EnrolmentView::from(&seen))?.with_version(seen.row.version))
}

/// Where a place shall be carried over to.
struct NewTransfer(CourseId);

impl Input for NewTransfer {
    const NAME: &'static str = "NewTransfer";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        fields.required("course_id", "Another course of your organisation, with a free seat.").map(Self)
    }
}

async fn transfer(
    ctx: Ctx<EnrolPeople>,
    Path((person, enrolment)): Path<(PersonId, EnrolmentId)>,
    Json(NewTransfer(course)): Json<NewTransfer>,
) -> Result<Answer<EnrolmentView>> {
    let zone = ctx.law().zone;
    ctx.create(
        move |tx| ops::find(tx, person, enrolment),
        move |tx, before| {
            let made = moves::transfer(tx, &before, course, zone)?;
            Ok(made.map(|seen| Done::created(address(&seen), seen.row.version, EnrolmentView::from(&seen))))
        },
    )
    .await
}

async fn step(
    ctx: Ctx<MoveEnrolments, OnVersion>,
    Path((person, enrolment)): Path<(PersonId, EnrolmentId)>,
    Json(EnrolmentMove { to, reason }): Json<EnrolmentMove>,
) -> Result<Answer<EnrolmentView>> {
    let zone = ctx.law().zone;
    ctx.change(
        move |tx| ops::find(tx, person, enrolment),
        move |tx, before| {
            let reason = reason.as_ref().map(|line| line.0.as_str());
            let moved = moves::transition(tx, &before, to, reason, zone)?;
            Ok(moved.map(|seen| Done::changed(seen.row.version, EnrolmentView::from(&seen))))
        },
    )
    .await
}
