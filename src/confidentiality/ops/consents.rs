//! What a person allows organisations.

use serde_json::json;

use crate::access::scope::consent::{self, ConsentRow, Purpose};
use crate::clock::Instant;
use crate::db::{Action, Audited, Event, ReadTx, Viewed, WriteTx};
use crate::error::{Error, Result};
use crate::id::{ConsentId, OrganisationId, PersonId};
use crate::{identity, people};

/// Records a consent. It takes the place of an earlier one to the same organisation for the same purpose.
pub(in crate::confidentiality) fn record(
    tx: &mut WriteTx<'_>,
    person: PersonId,
    organisation: OrganisationId,
    purpose: Purpose,
    expires_at: Instant,
) -> Result<Audited<ConsentRow>> {
    people::lock(tx, person)?;
    if identity::organisation_name(tx, organisation)?.is_none() {
        let message = "There is no such organisation.";
        return Err(Error::invalid_at("/organisation_id", "unknown_organisation", message));
    }
    if let Some(earlier) = consent::of(tx, person, organisation, purpose)? {
        consent::end(tx, earlier)?;
    }
    let row = ConsentRow {
        person_id: person,
        id: ConsentId::random(),
        organisation_id: organisation,
        purpose,
        recorded_at: tx.now(),
        recorded_by: tx.account(),
        expires_at,
        ended_at: None,
        ended_by: None,
    };
    consent::insert(tx, &row)?;
    let details = json!({ "consent": row.id, "organisation": organisation, "purpose": purpose });
    tx.record(&Event::about(Action::ConsentRecorded, person).with(details), row)
}

/// Withdraws a consent: the organisation knows of the person no longer.
pub(in crate::confidentiality) fn withdraw(tx: &mut WriteTx<'_>, row: ConsentRow) -> Result<Audited<ConsentRow>> {
    let row = consent::end(tx, row)?;
    let details = json!({ "consent": row.id, "organisation": row.organisation_id });
    tx.record(&Event::about(Action::ConsentWithdrawn, row.person_id).with(details), row)
}

/// A person's consents, withdrawn ones too.
pub(in crate::confidentiality) fn list(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    after: Option<(i64, ConsentId)>,
    limit: usize,
) -> Result<Viewed<Vec<ConsentRow>>> {
    people::visible(tx, person)?;
    let rows = consent::page(tx, person, after, limit)?;
    tx.viewed(&Event::about(Action::ConsentsViewed, person), rows)
}

/// A consent of a person the caller may know of.
pub(in crate::confidentiality) fn find(tx: &mut ReadTx<'_>, person: PersonId, id: ConsentId) -> Result<ConsentRow> {
    people::visible(tx, person)?;
    consent::standing(tx, person, id)
}
