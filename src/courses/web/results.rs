//! Placement tests and certificates over HTTP.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::access::policy::{IssueCertificates, MoveCertificates, ReadCertificates, ReadEnrolments, RecordPlacements};
use crate::clock::Instant;
use crate::courses::model::CefrLevel;
use crate::courses::model::certificate::{CertificateState, Number};
use crate::courses::ops::{enrolments, results as ops};
use crate::courses::store::results::{self as store, CertificateRow, PlacementRow, Skills};
use crate::db::ReadTx;
use crate::error::{Error, Result};
use crate::http::{
    Answer, Ctx, Done, Endpoint, Fields, Input, Json, Line, Method, OnVersion, Page, PageQuery, Path, Public, Query,
    Record, endpoint,
};
use crate::id::{AccountId, CertificateId, CourseId, EnrolmentId, OrganisationId, PersonId, PlacementId};

const PLACEMENTS: &str = "/api/v1/people/{person_id}/placements";
const ISSUE: &str = "/api/v1/people/{person_id}/enrolments/{enrolment_id}/certificates";
const ALL: &str = "/api/v1/people/{person_id}/certificates";
const ONE: &str = "/api/v1/people/{person_id}/certificates/{certificate_id}";
const STEP: &str = "/api/v1/people/{person_id}/certificates/{certificate_id}/transitions";
const CHECK: &str = "/api/v1/certificates/{number}";

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint(Method::POST, PLACEMENTS, "recordPlacement", "Record the result of a placement test", place),
        endpoint(Method::GET, PLACEMENTS, "listPlacements", "List a person's placement tests", placements),
        endpoint(Method::POST, ISSUE, "issueCertificate", "Issue the certificate of a completed course", issue),
        endpoint(Method::GET, ALL, "listCertificates", "List a person's certificates", certificates),
        endpoint(Method::GET, ONE, "showCertificate", "Show a certificate", show),
        endpoint(Method::POST, STEP, "moveCertificate", "Accept or revoke a certificate", step),
        endpoint(Method::GET, CHECK, "checkCertificate", "Is the certificate of this number good?", check)
            .refusing(&[429]),
    ]
}

fn skills(fields: &mut Fields<'_>) -> Option<Skills> {
    let listening = fields.required("listening", "Level of listening.");
    let reading = fields.required("reading", "Level of reading.");
    let writing = fields.required("writing", "Level of writing.");
    let speaking = fields.required("speaking", "Level of speaking.");
    Some(Skills { listening: listening?, reading: reading?, writing: writing?, speaking: speaking? })
}

#[derive(Clone)]
struct NewPlacement {
    skills: Skills,
    placed_level: CefrLevel,
    deviation_reason: Option<Line>,
    tested_on: NaiveDate,
}

impl Input for NewPlacement {
    const NAME: &'static str = "NewPlacement";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let skills = skills(fields);
        let placed_level = fields.required("placed_level", "Level of the course that fits.");
        let reason = fields.optional("deviation_reason", "Why it is not the level of the weakest skill.");
        let tested_on = fields.required("tested_on", "Day of the test.");
        Some(Self { skills: skills?, placed_level: placed_level?, deviation_reason: reason, tested_on: tested_on? })
    }
}

/// The result of a placement test.
#[derive(Debug, Serialize, ToSchema)]
struct PlacementView {
    #[schema(value_type = String, format = Uuid)]
    id: PlacementId,
    listening: CefrLevel,
    reading: CefrLevel,
    writing: CefrLevel,
    speaking: CefrLevel,
    placed_level: CefrLevel,
    deviation_reason: Option<String>,
    #[schema(value_type = String, format = Date)]
    tested_on: NaiveDate,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
    /// Who tested.
    #[schema(value_type = Option<String>, format = Uuid)]
    assessor_id: Option<AccountId>,
}

impl From<&PlacementRow> for PlacementView {
    fn from(row: &PlacementRow) -> Self {
        Self {
            id: row.id,
            listening: row.listening,
            reading: row.reading,
            writing: row.writing,
            speaking: row.speaking,
            placed_level: row.placed_level,
            deviation_reason: row.deviation_reason.clone(),
            tested_on: row.tested_on,
            recorded_at: row.recorded_at,
            assessor_id: row.recorded_by,
        }
    }
}

async fn place(
    ctx: Ctx<RecordPlacements>,
    Path(person): Path<PersonId>,
    Json(new): Json<NewPlacement>,
) -> Result<Answer<PlacementView>> {
    let today = ctx.today();
    ctx.create(
        move |tx| crate::people::visible(tx, person),
        move |tx, ()| {
            let NewPlacement { skills, placed_level, deviation_reason, tested_on } = new.clone();
            if tested_on > today {
                let message = format!("{tested_on} is after today, {today}.");
                return Err(Error::invalid_at("/tested_on", "in_the_future", message));
            }
            let reason = deviation_reason.map(|line| line.0);
            let made = ops::place(tx, person, skills, placed_level, reason, tested_on)?;
            Ok(made.map(|row| Done::added(None, PlacementView::from(&row))))
        },
    )
    .await
}

async fn placements(
    ctx: Ctx<ReadEnrolments>,
    Path(person): Path<PersonId>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<Page<PlacementView>>> {
    let page = query.open(&ctx, format!("/api/v1/people/{person}/placements"))?;
    let (after, limit) = (page.after(), page.limit());
    let rows = ctx.view(move |tx| ops::placements(tx, person, after, limit)).await?;
    page.answer(&rows, |row| row.id)
}

#[derive(Clone)]
struct NewCertificate {
    level: CefrLevel,
    skills: Skills,
}

impl Input for NewCertificate {
    const NAME: &'static str = "NewCertificate";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let level = fields.required("level", "Level that was reached: at most that of the weakest skill.");
        let skills = skills(fields);
        Some(Self { level: level?, skills: skills? })
    }
}

/// A certificate of a course.
#[derive(Debug, Serialize, ToSchema)]
struct CertificateView {
    #[schema(value_type = String, format = Uuid)]
    id: CertificateId,
    version: i32,
    /// The number printed on it, with a check character.
    number: String,
    state: CertificateState,
    reason: Option<String>,
    level: CefrLevel,
    listening: CefrLevel,
    reading: CefrLevel,
    writing: CefrLevel,
    speaking: CefrLevel,
    #[schema(value_type = String, format = Date)]
    issued_on: NaiveDate,
    #[schema(value_type = String, format = Uuid)]
    issued_by: AccountId,
    #[schema(value_type = String, format = Uuid)]
    organisation_id: OrganisationId,
    #[schema(value_type = String, format = Uuid)]
    course_id: CourseId,
    /// SHA-256 over what it says, lower-case hex.
    sha256: String,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Instant,
}

impl From<&CertificateRow> for CertificateView {
    fn from(row: &CertificateRow) -> Self {
        let number = Number::read(&row.number).map_or_else(|| row.number.clone(), |number| number.to_string());
        Self {
            id: row.id,
            version: row.version,
            number,
            state: row.state,
            reason: row.reason.clone(),
            level: row.level,
            listening: row.listening,
            reading: row.reading,
            writing: row.writing,
            speaking: row.speaking,
            issued_on: row.issued_on,
            issued_by: row.issued_by,
            organisation_id: row.organisation_id,
            course_id: row.course_id,
            sha256: row.sha256.clone(),
            updated_at: row.recorded_at,
        }
    }
}

impl Record for CertificateRow {
    fn version(&self) -> i32 {
        self.version
    }

    fn person(&self) -> Option<PersonId> {
        Some(self.person_id)
    }

    fn members_at(&self, tx: &mut ReadTx<'_>, version: i32) -> Result<Option<Value>> {
        let row = store::version(tx, self.person_id, self.id, version)?;
        row.map(|row| serde_json::to_value(CertificateView::from(&row))).transpose().map_err(Error::internal)
    }
}

async fn issue(
    ctx: Ctx<IssueCertificates>,
    Path((person, enrolment)): Path<(PersonId, EnrolmentId)>,
    Json(NewCertificate { level, skills }): Json<NewCertificate>,
) -> Result<Answer<CertificateView>> {
    let today = ctx.today();
    ctx.create(
        move |tx| enrolments::find(tx, person, enrolment),
        move |tx, seen| {
            let issued = ops::issue(tx, &seen, level, skills, today)?;
            Ok(issued.map(|row| {
                let location = format!("/api/v1/people/{person}/certificates/{}", row.id);
                Done::created(location, row.version, CertificateView::from(&row))
            }))
        },
    )
    .await
}

async fn certificates(
    ctx: Ctx<ReadCertificates>,
    Path(person): Path<PersonId>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<Page<CertificateView>>> {
    let page = query.open(&ctx, format!("/api/v1/people/{person}/certificates"))?;
    let (after, limit) = (page.after(), page.limit());
    let rows = ctx.view(move |tx| ops::certificates(tx, person, after, limit)).await?;
    page.answer(&rows, |row| row.id)
}

async fn show(
    ctx: Ctx<ReadCertificates>,
    Path((person, certificate)): Path<(PersonId, CertificateId)>,
) -> Result<Answer<CertificateView>> {
    let row = ctx.view(move |tx| ops::show(tx, person, certificate)).await?;
    Ok(Answer::ok(&CertificateView::from(&row))?.with_version(row.version))
}

/// The state a certificate shall have.
#[derive(Clone)]
struct CertificateMove {
    to: CertificateState,
    reason: Option<Line>,
}

impl Input for CertificateMove {
    const NAME: &'static str = "CertificateMove";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let to = fields.required("to", "The state it shall have: accepted, revoked.");
        let reason = fields.optional("reason", "Why. Needed to revoke it.");
        Some(Self { to: to?, reason })
    }
}

async fn step(
    ctx: Ctx<MoveCertificates, OnVersion>,
    Path((person, certificate)): Path<(PersonId, CertificateId)>,
    Json(CertificateMove { to, reason }): Json<CertificateMove>,
) -> Result<Answer<CertificateView>> {
    let role = ctx.standing().role();
    ctx.change(
        move |tx| ops::find(tx, person, certificate),
        move |tx, before| {
            let reason = reason.clone().map(|line| line.0);
            let moved = ops::transition(tx, &before, to, reason, role)?;
            Ok(moved.map(|row| Done::changed(row.version, CertificateView::from(&row))))
        },
    )
    .await
}

/// What anybody may know of a certificate: nothing of whose it is.
#[derive(Debug, Serialize, ToSchema)]
struct CertificateCheckView {
    /// `valid`, `not_valid` or `revoked`.
    result: &'static str,
    level: Option<CefrLevel>,
    #[schema(value_type = Option<String>, format = Date)]
    issued_on: Option<NaiveDate>,
}

async fn check(public: Public, Path(number): Path<String>) -> Result<Answer<CertificateCheckView>> {
    let found = public.guess(move |tx| ops::check(tx, &number)).await?;
    let (level, issued_on) = found.as_ref().map(|row| (row.level, row.issued_on)).unzip();
    let result = match found.map(|row| row.state) {
        None => "not_valid",
        Some(CertificateState::Revoked) => "revoked",
        Some(CertificateState::Issued | CertificateState::Pending | CertificateState::Accepted) => "valid",
    };
    Answer::ok(&CertificateCheckView { result, level, issued_on })
}
