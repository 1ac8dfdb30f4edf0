//! Placement tests and certificates.

use chrono::NaiveDate;
use serde_json::json;

use super::enrolments::Seen;
use super::invalid_transition;
use crate::access::policy::Role;
use crate::courses::model::certificate::{CertificateState, Number, STATE_LANGUAGE, STATE_LANGUAGE_TAG};
use crate::courses::model::{CefrLevel, EnrolmentState, Mover};
use crate::courses::store::catalogue as courses;
use crate::courses::store::results::{self as store, CertificateRow, PlacementRow, Skills};
use crate::db::{Action, Audited, Event, Reach, ReadTx, TextEnum, Viewed, WriteTx};
use crate::error::{Code, Error, Result};
use crate::grounds::{self, Evidence, LanguageLevel};
use crate::id::{CertificateId, OrganisationId, PersonId, PlacementId};
use crate::{keys, people};

/// Whose results the caller may know of: an organisation its own, everybody else the person's.
fn own(tx: &ReadTx<'_>) -> Result<Option<OrganisationId>> {
    if tx.scope().reach == Reach::Organisation { super::organisation(tx).map(Some) } else { Ok(None) }
}

/// Records the result of a placement test. Who is placed otherwise than the weakest skill says is told why.
pub(in crate::courses) fn place(
    tx: &mut WriteTx<'_>,
    person: PersonId,
    skills: Skills,
    placed_level: CefrLevel,
    deviation_reason: Option<String>,
    tested_on: NaiveDate,
) -> Result<Audited<PlacementRow>> {
    let lowest = skills.lowest();
    if placed_level != lowest && deviation_reason.is_none() {
        let message = format!("The weakest skill is {}. Say why the person is placed otherwise.", lowest.text());
        return Err(Error::invalid_at("/deviation_reason", "required", message));
    }
    let row = PlacementRow {
        person_id: person,
        id: PlacementId::random(),
        organisation_id: super::organisation(tx)?,
        listening: skills.listening,
        reading: skills.reading,
        writing: skills.writing,
        speaking: skills.speaking,
        placed_level,
        deviation_reason,
        tested_on,
        recorded_at: tx.now(),
        recorded_by: tx.account(),
    };
    store::insert_placement(tx, &row)?;
    tx.record(&Event::about(Action::PlacementRecorded, person).with(json!({ "placement": row.id })), row)
}

/// A page of a person's placements.
pub(in crate::courses) fn placements(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    after: Option<PlacementId>,
    limit: usize,
) -> Result<Viewed<Vec<PlacementRow>>> {
    people::visible(tx, person)?;
    let own = own(tx)?;
    let rows = store::placements(tx, person, own, after, limit)?;
    tx.viewed(&Event::about(Action::PlacementsViewed, person), rows)
}

/// What a certificate's hash is taken over.
fn canonical(row: &CertificateRow) -> String {
    let levels = [row.level, row.listening, row.reading, row.writing, row.speaking].map(TextEnum::text).join(" ");
    let (number, person, organisation, course) = (&row.number, row.person_id, row.organisation_id, row.course_id);
    format!("sakin-certificate-v1\n{number}\n{person}\n{organisation}\n{course}\n{levels}\n{}\n", row.issued_on)
}

/// Issues the certificate of a course that somebody completed. Not by who taught it: the database sees to that, too.
pub(in crate::courses) fn issue(
    tx: &mut WriteTx<'_>,
    seen: &Seen,
    level: CefrLevel,
    skills: Skills,
    today: NaiveDate,
) -> Result<Audited<CertificateRow>> {
    let (place, course) = (&seen.row, &seen.course);
    people::lock(tx, place.person_id)?;
    if place.state != EnrolmentState::Completed {
        return Err(invalid_transition(place.state.text(), &place.state.moves(Mover::Provider)));
    }
    let issuer = tx.account().ok_or_else(|| Error::new(Code::ActionNotPermitted))?;
    if course.of.teacher_id == Some(issuer) {
        let why = "Whoever teaches a course does not issue its certificates: a colleague does.";
        return Err(Error::new(Code::FourEyes).with_detail(why));
    }
    if level.rank() > skills.lowest().rank() {
        let message = format!("The weakest skill is {}.", skills.lowest().text());
        return Err(Error::invalid_at("/level", "above_a_skill", message));
    }
    if store::of_enrolment(tx, place.person_id, place.id)?.is_some() {
        return Err(invalid_transition("certified", &[]).with_detail("There is a certificate. Revoke it first."));
    }
    let accredited = !courses::accredited_among(tx, &[course.organisation_id], today)?.is_empty();
    let of_state = course.of.taught_language == STATE_LANGUAGE_TAG;
    let is_proof = of_state && accredited && LanguageLevel::of(level.text()).is_some();
    let mut row = CertificateRow {
        person_id: place.person_id,
        id: CertificateId::random(),
        version: 1,
        organisation_id: course.organisation_id,
        course_id: course.id,
        enrolment_id: place.id,
        number: Number::generate(keys::random).compact().to_owned(),
        level,
        listening: skills.listening,
        reading: skills.reading,
        writing: skills.writing,
        speaking: skills.speaking,
        issued_on: today,
        issued_by: issuer,
        sha256: String::new(),
        state: if is_proof { CertificateState::Pending } else { CertificateState::Issued },
        reason: None,
        evidence_id: None,
        withdrawn: false,
        recorded_at: tx.now(),
        recorded_by: tx.account(),
        superseded_at: None,
    };
    row.sha256 = keys::hex(&keys::sha256(&[canonical(&row).as_bytes()]));
    let row = store::insert(tx, row)?;
    tx.record(&Event::about(Action::CertificateIssued, row.person_id).with(json!({ "certificate": row.id })), row)
}

/// A page of a person's certificates.
pub(in crate::courses) fn certificates(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    after: Option<CertificateId>,
    limit: usize,
) -> Result<Viewed<Vec<CertificateRow>>> {
    people::visible(tx, person)?;
    let own = own(tx)?;
    let rows = store::certificates(tx, person, own, after, limit)?;
    tx.viewed(&Event::about(Action::CertificatesViewed, person), rows)
}

/// A certificate of a person the caller may know of.
pub(in crate::courses) fn find(tx: &mut ReadTx<'_>, person: PersonId, id: CertificateId) -> Result<CertificateRow> {
    people::visible(tx, person)?;
    let own = own(tx)?;
    let row = store::live(tx, person, id)?;
    if own.is_some_and(|own| own != row.organisation_id) { Err(Error::not_found()) } else { Ok(row) }
}

/// One certificate.
pub(in crate::courses) fn show(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    id: CertificateId,
) -> Result<Viewed<CertificateRow>> {
    let row = find(tx, person, id)?;
    tx.viewed(&Event::about(Action::CertificatesViewed, person).with(json!({ "certificate": id })), row)
}

/// Accepts or revokes a certificate. Accepted, it is a proof from the day on which it was issued; revoked, it never was one.
pub(in crate::courses) fn transition(
    tx: &mut WriteTx<'_>,
    before: &CertificateRow,
    to: CertificateState,
    reason: Option<String>,
    by: Option<Role>,
) -> Result<Audited<CertificateRow>> {
    let person = before.person_id;
    people::lock(tx, person)?;
    let open = before.state.moves(by);
    if !open.contains(&to.text()) {
        return Err(invalid_transition(before.state.text(), &open));
    }
    let mut after = CertificateRow { state: to, reason, ..before.clone() };
    if to == CertificateState::Accepted {
        let proof = Evidence {
            kind: STATE_LANGUAGE.to_owned(),
            level: LanguageLevel::of(before.level.text()),
            valid_from: before.issued_on,
            valid_to: None,
        };
        after.evidence_id = Some(grounds::prove(tx, person, proof)?);
    } else if after.reason.is_none() {
        return Err(Error::invalid_at("/reason", "required", "Say why it is not good any more."));
    } else if let Some(evidence) = before.evidence_id {
        grounds::disprove(tx, person, evidence)?;
    }
    let row = store::replace(tx, before, after)?;
    let details = json!({ "certificate": row.id, "version": row.version, "state": row.state,
        "evidence": row.evidence_id });
    tx.record(&Event::about(Action::CertificateChanged, person).with(details), row)
}

/// What anybody may know of a number: whether it is good, its level and its day.
pub(in crate::courses) fn check(tx: &mut ReadTx<'_>, number: &str) -> Result<Option<CertificateRow>> {
    match Number::read(number) {
        Some(number) => store::by_number(tx, number.compact()),
        None => Ok(None),
    }
}
