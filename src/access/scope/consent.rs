//! Table `consent`: what a person allowed one organisation for one purpose.

use super::entries::entries;
use super::visible;
use crate::db::schema::person;
use crate::db::text_enum;
use crate::id::{ConsentId, OrganisationId};

entries!(consent, ConsentRow, ConsentId);

text_enum! {
    /// What a consent is for.
    pub enum Purpose {
        /// Enrolment in a language course.
        LanguageCourse = "language_course",
    }
}

/// A consent.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = consent, treat_none_as_default_value = false)]
pub(crate) struct ConsentRow {
    pub(crate) person_id: PersonId,
    pub(crate) id: ConsentId,
    pub(crate) organisation_id: OrganisationId,
    pub(crate) purpose: Purpose,
    pub(crate) recorded_at: Instant,
    pub(crate) recorded_by: Option<AccountId>,
    pub(crate) expires_at: Instant,
    pub(crate) ended_at: Option<Instant>,
    pub(crate) ended_by: Option<AccountId>,
}

/// The consent to one organisation and purpose that was not withdrawn; it may have lapsed.
pub(crate) fn of(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    organisation: OrganisationId,
    purpose: Purpose,
) -> Result<Option<ConsentRow>> {
    Ok(consent::table
        .filter(consent::person_id.eq(person))
        .filter(consent::organisation_id.eq(organisation))
        .filter(consent::purpose.eq(purpose))
        .filter(consent::ended_at.is_null())
        .select(ConsentRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// The consent by which an organisation may know of the person now.
pub(crate) fn running(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    organisation: OrganisationId,
) -> Result<Option<ConsentRow>> {
    let now = tx.now();
    Ok(of(tx, person, organisation, Purpose::LanguageCourse)?.filter(|row| row.expires_at > now))
}

/// From when until when each of the persons allowed an organisation to know of them, ended consents too.
pub(crate) fn stretches(
    tx: &mut ReadTx<'_>,
    organisation: OrganisationId,
    persons: &[PersonId],
) -> Result<Vec<(PersonId, Instant, Instant)>> {
    if persons.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<ConsentRow> = consent::table
        .filter(consent::person_id.eq_any(persons))
        .filter(consent::organisation_id.eq(organisation))
        .filter(consent::purpose.eq(Purpose::LanguageCourse))
        .select(ConsentRow::as_select())
        .load(tx.conn())?;
    let until = |row: &ConsentRow| row.ended_at.map_or(row.expires_at, |ended| ended.min(row.expires_at));
    Ok(rows.into_iter().map(|row| (row.person_id, row.recorded_at, until(&row))).collect())
}

/// A page of the running consents to the caller's organisation, of persons it may know of.
pub(crate) fn clients(tx: &mut ReadTx<'_>, after: Option<PersonId>, limit: usize) -> Result<Vec<ConsentRow>> {
    let Some(organisation) = tx.scope().organisation else { return Ok(Vec::new()) };
    let now = tx.now();
    let known = person::table.filter(person::id.eq(consent::person_id)).filter(visible(tx));
    Ok(consent::table
        .filter(consent::organisation_id.eq(organisation))
        .filter(consent::person_id.gt(after.unwrap_or(uuid::Uuid::nil().into())))
        .filter(consent::purpose.eq(Purpose::LanguageCourse))
        .filter(consent::ended_at.is_null())
        .filter(consent::expires_at.gt(now))
        .filter(diesel::dsl::exists(known))
        .order(consent::person_id.asc())
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(ConsentRow::as_select())
        .load(tx.conn())?)
}
