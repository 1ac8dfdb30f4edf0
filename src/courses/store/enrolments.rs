//! Table `enrolment`.

use chrono::NaiveDate;

use crate::access::scope::{person, visible};
use crate::courses::model::EnrolmentState;
use crate::db::facts;
use crate::id::{AccountId, CourseId, EnrolmentId, OrganisationId};

facts!(versions enrolment, EnrolmentRow, EnrolmentId);

/// One version of somebody's place in a course.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = enrolment, treat_none_as_default_value = false)]
pub(crate) struct EnrolmentRow {
    pub(in crate::courses) person_id: PersonId,
    pub(in crate::courses) id: EnrolmentId,
    pub(in crate::courses) version: i32,
    pub(in crate::courses) course_id: CourseId,
    pub(in crate::courses) organisation_id: OrganisationId,
    pub(in crate::courses) state: EnrolmentState,
    pub(in crate::courses) reason: Option<String>,
    pub(in crate::courses) position: i64,
    pub(in crate::courses) seat: Option<i32>,
    pub(in crate::courses) offered_until: Option<Instant>,
    pub(in crate::courses) enrolled_on: Option<NaiveDate>,
    pub(in crate::courses) withdrawn: bool,
    pub(in crate::courses) recorded_at: Instant,
    pub(in crate::courses) recorded_by: Option<AccountId>,
    pub(in crate::courses) superseded_at: Option<Instant>,
}

fn most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// The live row of a person's place.
pub(in crate::courses) fn live(tx: &mut ReadTx<'_>, person: PersonId, id: EnrolmentId) -> Result<EnrolmentRow> {
    Ok(enrolment::table
        .filter(enrolment::person_id.eq(person))
        .filter(enrolment::id.eq(id))
        .filter(enrolment::superseded_at.is_null())
        .select(EnrolmentRow::as_select())
        .first(tx.conn())?)
}

/// A page of a person's places, of one organisation if one is named.
pub(in crate::courses) fn of_person(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    organisation: Option<OrganisationId>,
    after: Option<EnrolmentId>,
    limit: usize,
) -> Result<Vec<EnrolmentRow>> {
    let mut query = enrolment::table
        .filter(enrolment::person_id.eq(person))
        .filter(enrolment::id.gt(after.unwrap_or(uuid::Uuid::nil().into())))
        .filter(enrolment::superseded_at.is_null())
        .order(enrolment::id.asc())
        .limit(most(limit))
        .select(EnrolmentRow::as_select())
        .into_boxed();
    if let Some(organisation) = organisation {
        query = query.filter(enrolment::organisation_id.eq(organisation));
    }
    Ok(query.load(tx.conn())?)
}

/// A page of a course's places in the order of applications, of persons the caller may know of.
pub(in crate::courses) fn of_course(
    tx: &mut ReadTx<'_>,
    course: CourseId,
    after: Option<i64>,
    limit: usize,
) -> Result<Vec<EnrolmentRow>> {
    let own = visible(tx);
    Ok(enrolment::table
        .inner_join(person::table.on(person::id.eq(enrolment::person_id)))
        .filter(enrolment::course_id.eq(course))
        .filter(enrolment::position.gt(after.unwrap_or_default()))
        .filter(enrolment::superseded_at.is_null())
        .filter(own)
        .order(enrolment::position.asc())
        .limit(most(limit))
        .select(EnrolmentRow::as_select())
        .load(tx.conn())?)
}

/// Who holds a seat of the course.
pub(in crate::courses) fn seated(tx: &mut ReadTx<'_>, course: CourseId) -> Result<Vec<EnrolmentRow>> {
    Ok(enrolment::table
        .filter(enrolment::course_id.eq(course))
        .filter(enrolment::superseded_at.is_null())
        .filter(enrolment::seat.is_not_null())
        .order(enrolment::position.asc())
        .select(EnrolmentRow::as_select())
        .load(tx.conn())?)
}

/// Who has a seat of the course and is known to the caller, in the order of applications.
pub(in crate::courses) fn seated_and_visible(tx: &mut ReadTx<'_>, course: CourseId) -> Result<Vec<EnrolmentRow>> {
    let own = visible(tx);
    Ok(enrolment::table
        .inner_join(person::table.on(person::id.eq(enrolment::person_id)))
        .filter(enrolment::course_id.eq(course))
        .filter(enrolment::superseded_at.is_null())
        .filter(enrolment::seat.is_not_null())
        .filter(own)
        .order(enrolment::position.asc())
        .select(EnrolmentRow::as_select())
        .load(tx.conn())?)
}

/// Who waits for a seat of the course.
pub(in crate::courses) fn waiting(tx: &mut ReadTx<'_>, course: CourseId) -> Result<Vec<EnrolmentRow>> {
    Ok(enrolment::table
        .filter(enrolment::course_id.eq(course))
        .filter(enrolment::superseded_at.is_null())
        .filter(enrolment::state.eq(EnrolmentState::Waiting))
        .order(enrolment::position.asc())
        .select(EnrolmentRow::as_select())
        .load(tx.conn())?)
}

/// How many wait before a place in the order of applications.
pub(in crate::courses) fn waiting_before(tx: &mut ReadTx<'_>, course: CourseId, position: i64) -> Result<i64> {
    Ok(enrolment::table
        .filter(enrolment::course_id.eq(course))
        .filter(enrolment::position.lt(position))
        .filter(enrolment::superseded_at.is_null())
        .filter(enrolment::state.eq(EnrolmentState::Waiting))
        .count()
        .get_result(tx.conn())?)
}

/// The places a person has or waits for, wherever.
pub(in crate::courses) fn open_of_person(tx: &mut ReadTx<'_>, person: PersonId) -> Result<Vec<EnrolmentRow>> {
    let open = [EnrolmentState::Offered, EnrolmentState::Enrolled, EnrolmentState::Waiting];
    Ok(enrolment::table
        .filter(enrolment::person_id.eq(person))
        .filter(enrolment::superseded_at.is_null())
        .filter(enrolment::state.eq_any(open))
        .select(EnrolmentRow::as_select())
        .load(tx.conn())?)
}

/// The places in which a person takes part or took part, wherever.
pub(in crate::courses) fn had_by_person(tx: &mut ReadTx<'_>, person: PersonId) -> Result<Vec<EnrolmentRow>> {
    Ok(enrolment::table
        .filter(enrolment::person_id.eq(person))
        .filter(enrolment::superseded_at.is_null())
        .filter(enrolment::enrolled_on.is_not_null())
        .select(EnrolmentRow::as_select())
        .load(tx.conn())?)
}

/// Every version of the places of these persons, of one organisation if one is named.
pub(in crate::courses) fn versions_of(
    tx: &mut ReadTx<'_>,
    persons: &[PersonId],
    organisation: Option<OrganisationId>,
) -> Result<Vec<EnrolmentRow>> {
    if persons.is_empty() {
        return Ok(Vec::new());
    }
    let mut query =
        enrolment::table.filter(enrolment::person_id.eq_any(persons)).select(EnrolmentRow::as_select()).into_boxed();
    if let Some(organisation) = organisation {
        query = query.filter(enrolment::organisation_id.eq(organisation));
    }
    Ok(query.load(tx.conn())?)
}

/// The place of somebody who takes part in the course, or did to its end.
pub(in crate::courses) fn taking_part(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    course: CourseId,
) -> Result<Option<EnrolmentRow>> {
    let taking_part = [EnrolmentState::Enrolled, EnrolmentState::Completed];
    Ok(enrolment::table
        .filter(enrolment::person_id.eq(person))
        .filter(enrolment::course_id.eq(course))
        .filter(enrolment::superseded_at.is_null())
        .filter(enrolment::state.eq_any(taking_part))
        .order(enrolment::position.desc())
        .select(EnrolmentRow::as_select())
        .first(tx.conn())
        .optional()?)
}
