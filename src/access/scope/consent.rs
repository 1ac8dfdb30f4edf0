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

text_enum! {
    /// What an organisation sees of a person by a consent.
    pub enum Shared {
        /// The name by which the person wants to be known to it.
        Name = "name",
        /// How it reaches the person.
        Contact = "contact",
        /// What the person speaks.
        Languages = "languages",
        /// What course the person needs: level, language of instruction, district, hours, times, childcare.
        Needs = "needs",
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
    /// By which name the organisation shall know the person; none: by the one they go by.
    pub(crate) name_as_wanted: Option<String>,
    /// How the organisation reaches the person.
    pub(crate) contact: Option<String>,
    /// What the person speaks: tags of BCP 47, separated by spaces.
    pub(crate) languages: Option<String>,
    /// May the organisation see what course the person needs?
    pub(crate) shares_needs: bool,
    /// Who consented for the person.
    pub(crate) guardian_id: Option<PersonId>,
}

impl ConsentRow {
    /// The fields that the organisation sees.
    pub(crate) fn scope(&self) -> Vec<Shared> {
        let parts = [
            (true, Shared::Name),
            (self.contact.is_some(), Shared::Contact),
            (self.languages.is_some(), Shared::Languages),
            (self.shares_needs, Shared::Needs),
        ];
        parts.into_iter().filter(|(covered, _)| *covered).map(|(_, shared)| shared).collect()
    }

    /// The languages one by one.
    pub(crate) fn tags(&self) -> Vec<String> {
        self.languages.iter().flat_map(|tags| tags.split(' ')).map(str::to_owned).collect()
    }
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

/// The names by which the persons want to be known to an organisation, as far as they named any.
pub(crate) fn wanted_names(
    tx: &mut ReadTx<'_>,
    organisation: OrganisationId,
    persons: &[PersonId],
) -> Result<Vec<(PersonId, String)>> {
    let rows: Vec<(PersonId, Option<String>)> = consent::table
        .filter(consent::person_id.eq_any(persons))
        .filter(consent::organisation_id.eq(organisation))
        .filter(consent::purpose.eq(Purpose::LanguageCourse))
        .filter(consent::ended_at.is_null())
        .filter(consent::name_as_wanted.is_not_null())
        .select((consent::person_id, consent::name_as_wanted))
        .load(tx.conn())?;
    Ok(rows.into_iter().filter_map(|(person, name)| Some((person, name?))).collect())
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
