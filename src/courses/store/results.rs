//! Tables `placement` and `certificate`.

use chrono::NaiveDate;

use crate::courses::model::CefrLevel;
use crate::courses::model::certificate::CertificateState;
use crate::db::facts;
use crate::db::schema::placement;
use crate::id::{AccountId, CertificateId, CourseId, EnrolmentId, EvidenceId, OrganisationId, PlacementId};

facts!(versions certificate, CertificateRow, CertificateId);

/// A result for each skill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::courses) struct Skills {
    pub(in crate::courses) listening: CefrLevel,
    pub(in crate::courses) reading: CefrLevel,
    pub(in crate::courses) writing: CefrLevel,
    pub(in crate::courses) speaking: CefrLevel,
}

impl Skills {
    /// The lowest of them.
    pub(in crate::courses) fn lowest(self) -> CefrLevel {
        let all = [self.listening, self.reading, self.writing, self.speaking];
        all.into_iter().min_by_key(|level| level.rank()).unwrap_or(self.listening)
    }
}

/// The result of a placement test.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = placement, treat_none_as_default_value = false)]
pub(in crate::courses) struct PlacementRow {
    pub(in crate::courses) person_id: PersonId,
    pub(in crate::courses) id: PlacementId,
    pub(in crate::courses) organisation_id: OrganisationId,
    pub(in crate::courses) listening: CefrLevel,
    pub(in crate::courses) reading: CefrLevel,
    pub(in crate::courses) writing: CefrLevel,
    pub(in crate::courses) speaking: CefrLevel,
    pub(in crate::courses) placed_level: CefrLevel,
    pub(in crate::courses) deviation_reason: Option<String>,
    pub(in crate::courses) tested_on: NaiveDate,
    pub(in crate::courses) recorded_at: Instant,
    pub(in crate::courses) recorded_by: Option<AccountId>,
}

/// One version of a certificate.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = certificate, treat_none_as_default_value = false)]
pub(crate) struct CertificateRow {
    pub(in crate::courses) person_id: PersonId,
    pub(in crate::courses) id: CertificateId,
    pub(in crate::courses) version: i32,
    pub(in crate::courses) organisation_id: OrganisationId,
    pub(in crate::courses) course_id: CourseId,
    pub(in crate::courses) enrolment_id: EnrolmentId,
    pub(in crate::courses) number: String,
    pub(in crate::courses) level: CefrLevel,
    pub(in crate::courses) listening: CefrLevel,
    pub(in crate::courses) reading: CefrLevel,
    pub(in crate::courses) writing: CefrLevel,
    pub(in crate::courses) speaking: CefrLevel,
    pub(in crate::courses) issued_on: NaiveDate,
    pub(in crate::courses) issued_by: AccountId,
    pub(in crate::courses) sha256: String,
    pub(in crate::courses) state: CertificateState,
    pub(in crate::courses) reason: Option<String>,
    pub(in crate::courses) evidence_id: Option<EvidenceId>,
    pub(in crate::courses) withdrawn: bool,
    pub(in crate::courses) recorded_at: Instant,
    pub(in crate::courses) recorded_by: Option<AccountId>,
    pub(in crate::courses) superseded_at: Option<Instant>,
}

fn most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// Stores the result of a placement test.
pub(in crate::courses) fn insert_placement(tx: &mut WriteTx<'_>, row: &PlacementRow) -> Result<()> {
    diesel::insert_into(placement::table).values(row).execute(tx.conn())?;
    Ok(())
}

/// A page of a person's placements, of one organisation if one is named.
pub(in crate::courses) fn placements(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    organisation: Option<OrganisationId>,
    after: Option<PlacementId>,
    limit: usize,
) -> Result<Vec<PlacementRow>> {
    let mut query = placement::table
        .filter(placement::person_id.eq(person))
        .filter(placement::id.gt(after.unwrap_or(uuid::Uuid::nil().into())))
        .order(placement::id.asc())
        .limit(most(limit))
        .select(PlacementRow::as_select())
        .into_boxed();
    if let Some(organisation) = organisation {
        query = query.filter(placement::organisation_id.eq(organisation));
    }
    Ok(query.load(tx.conn())?)
}

/// A page of a person's certificates, of one organisation if one is named.
pub(in crate::courses) fn certificates(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    organisation: Option<OrganisationId>,
    after: Option<CertificateId>,
    limit: usize,
) -> Result<Vec<CertificateRow>> {
    let mut query = certificate::table
        .filter(certificate::person_id.eq(person))
        .filter(certificate::id.gt(after.unwrap_or(uuid::Uuid::nil().into())))
        .filter(certificate::superseded_at.is_null())
        .order(certificate::id.asc())
        .limit(most(limit))
        .select(CertificateRow::as_select())
        .into_boxed();
    if let Some(organisation) = organisation {
        query = query.filter(certificate::organisation_id.eq(organisation));
    }
    Ok(query.load(tx.conn())?)
}

/// A certificate of a person as it stands.
pub(in crate::courses) fn live(tx: &mut ReadTx<'_>, person: PersonId, id: CertificateId) -> Result<CertificateRow> {
    Ok(certificate::table
        .filter(certificate::person_id.eq(person))
        .filter(certificate::id.eq(id))
        .filter(certificate::superseded_at.is_null())
        .select(CertificateRow::as_select())
        .first(tx.conn())?)
}

/// The certificate that an enrolment came to, if it was not revoked.
pub(in crate::courses) fn of_enrolment(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    id: EnrolmentId,
) -> Result<Option<CertificateRow>> {
    Ok(certificate::table
        .filter(certificate::person_id.eq(person))
        .filter(certificate::enrolment_id.eq(id))
        .filter(certificate::superseded_at.is_null())
        .filter(certificate::state.ne(CertificateState::Revoked))
        .select(CertificateRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// The certificate of a number.
pub(in crate::courses) fn by_number(tx: &mut ReadTx<'_>, number: &str) -> Result<Option<CertificateRow>> {
    Ok(certificate::table
        .filter(certificate::number.eq(number))
        .filter(certificate::superseded_at.is_null())
        .select(CertificateRow::as_select())
        .first(tx.conn())
        .optional()?)
}
