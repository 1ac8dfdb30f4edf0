//! What a person allows organisations.

use chrono::NaiveDate;
use serde_json::json;

use crate::access::scope::consent::{self, ConsentRow, Purpose};
use crate::clock::Instant;
use crate::db::{Action, Audited, Event, ReadTx, TextEnum, Viewed, WriteTx};
use crate::error::{Error, Result};
use crate::families::{self, Signing};
use crate::id::{ConsentId, OrganisationId, PersonId};
use crate::law::Pack;
use crate::{identity, keys, people};

/// A consent and the organisation's name.
pub(in crate::confidentiality) type Named = (ConsentRow, String);

/// What is put on record as a person's consent.
#[derive(Clone)]
pub(in crate::confidentiality) struct NewConsent {
    pub(in crate::confidentiality) organisation: OrganisationId,
    pub(in crate::confidentiality) purpose: Purpose,
    pub(in crate::confidentiality) expires_at: Instant,
    pub(in crate::confidentiality) name_as_wanted: Option<String>,
    pub(in crate::confidentiality) contact: Option<String>,
    pub(in crate::confidentiality) languages: Option<String>,
    pub(in crate::confidentiality) shares_needs: bool,
    pub(in crate::confidentiality) guardian: Option<PersonId>,
}

/// Records a consent. It takes the place of an earlier one to the same organisation for the same purpose.
pub(in crate::confidentiality) fn record(
    tx: &mut WriteTx<'_>,
    pack: &Pack,
    person: PersonId,
    new: NewConsent,
    today: NaiveDate,
) -> Result<Audited<Named>> {
    people::lock(tx, person)?;
    let Some(name) = identity::organisation_name(tx, new.organisation)? else {
        let message = "There is no such organisation.";
        return Err(Error::invalid_at("/organisation_id", "unknown_organisation", message));
    };
    refuse_signer(tx, pack, person, new.guardian, today)?;
    if let Some(earlier) = consent::of(tx, person, new.organisation, new.purpose)? {
        consent::end(tx, earlier)?;
    }
    let row = ConsentRow {
        person_id: person,
        id: ConsentId::random(),
        organisation_id: new.organisation,
        purpose: new.purpose,
        recorded_at: tx.now(),
        recorded_by: tx.account(),
        expires_at: new.expires_at,
        ended_at: None,
        ended_by: None,
        name_as_wanted: new.name_as_wanted,
        contact: new.contact,
        languages: new.languages,
        shares_needs: new.shares_needs,
        guardian_id: new.guardian,
    };
    consent::insert(tx, &row)?;
    let scope: Vec<&str> = row.scope().into_iter().map(TextEnum::text).collect();
    let details = json!({ "consent": row.id, "organisation": row.organisation_id, "purpose": row.purpose, "scope": scope,
        "guardian": row.guardian_id });
    tx.record(&Event::about(Action::ConsentRecorded, person).with(details), (row, name))
}

/// 422 if whoever consents may not sign for the person today.
fn refuse_signer(
    tx: &mut WriteTx<'_>,
    pack: &Pack,
    person: PersonId,
    guardian: Option<PersonId>,
    today: NaiveDate,
) -> Result<()> {
    if families::may_sign(tx, pack, person, guardian, today)? != Signing::No {
        return Ok(());
    }
    let (code, message) = match guardian {
        None => ("guardian_needed", "The person is too young to consent alone: name the parent or guardian who does."),
        Some(_) => (
            "may_not_sign",
            "On record this is no parent or guardian who may sign for the person today: see signatories.",
        ),
    };
    Err(Error::invalid_at("/guardian_id", code, message))
}

/// Withdraws a consent: the organisation knows of the person no longer.
pub(in crate::confidentiality) fn withdraw(tx: &mut WriteTx<'_>, row: ConsentRow) -> Result<Audited<Named>> {
    let row = consent::end(tx, row)?;
    let name = identity::organisation_name(tx, row.organisation_id)?.unwrap_or_default();
    let details = json!({ "consent": row.id, "organisation": row.organisation_id });
    tx.record(&Event::about(Action::ConsentWithdrawn, row.person_id).with(details), (row, name))
}

/// A person's consents, withdrawn ones too.
pub(in crate::confidentiality) fn list(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    after: Option<(i64, ConsentId)>,
    limit: usize,
) -> Result<Viewed<Vec<Named>>> {
    people::visible(tx, person)?;
    let rows = consent::page(tx, person, after, limit)?;
    let named = rows.into_iter().map(|row| {
        let name = identity::organisation_name(tx, row.organisation_id)?.unwrap_or_default();
        Ok((row, name))
    });
    let rows = named.collect::<Result<Vec<Named>>>()?;
    tx.viewed(&Event::about(Action::ConsentsViewed, person), rows)
}

/// A consent of a person the caller may know of.
pub(in crate::confidentiality) fn find(tx: &mut ReadTx<'_>, person: PersonId, id: ConsentId) -> Result<ConsentRow> {
    people::visible(tx, person)?;
    consent::standing(tx, person, id)
}

/// What the receipt's hash is taken over: whoever has the paper can see whether the record says the same.
pub(in crate::confidentiality) fn hash(row: &ConsentRow) -> String {
    let or_none = |text: &Option<String>| text.clone().unwrap_or_default();
    let scope = row.scope().into_iter().map(TextEnum::text).collect::<Vec<_>>().join(" ");
    let guardian = row.guardian_id.map(|id| id.to_string()).unwrap_or_default();
    let lines = [
        "sakin-consent-v1".to_owned(),
        row.id.to_string(),
        row.person_id.to_string(),
        guardian,
        row.organisation_id.to_string(),
        row.purpose.text().to_owned(),
        scope,
        or_none(&row.name_as_wanted),
        or_none(&row.contact),
        or_none(&row.languages),
        row.recorded_at.micros().to_string(),
        row.expires_at.micros().to_string(),
    ];
    keys::hex(&keys::sha256(&[lines.join("\n").as_bytes()]))
}
