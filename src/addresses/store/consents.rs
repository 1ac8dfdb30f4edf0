//! Table `host_consent`.

use chrono::NaiveDate;

use crate::addresses::model::{Consented, HostConsent};
use crate::db::facts;
use crate::id::{AccountId, AddressId, HostConsentId};

facts!(host_consent, ConsentRow, HostConsentId, declared_on: NaiveDate);

/// One version of a host's consent.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = host_consent, treat_none_as_default_value = false)]
pub(crate) struct ConsentRow {
    pub(in crate::addresses) person_id: PersonId,
    pub(in crate::addresses) id: HostConsentId,
    pub(in crate::addresses) version: i32,
    pub(in crate::addresses) address_id: Option<AddressId>,
    pub(in crate::addresses) host_person_id: Option<PersonId>,
    pub(in crate::addresses) host_name: String,
    pub(in crate::addresses) host_document_number: Option<String>,
    pub(in crate::addresses) declared_on: NaiveDate,
    pub(in crate::addresses) given_on: Option<NaiveDate>,
    pub(in crate::addresses) refused_on: Option<NaiveDate>,
    pub(in crate::addresses) withdrawn_on: Option<NaiveDate>,
    pub(in crate::addresses) withdrawn: bool,
    pub(in crate::addresses) recorded_at: Instant,
    pub(in crate::addresses) recorded_by: Option<AccountId>,
    pub(in crate::addresses) superseded_at: Option<Instant>,
}

impl ConsentRow {
    /// A row for a consent of which the host spoke first on a day; its version is given when it is stored.
    pub(in crate::addresses) fn of(
        tx: &WriteTx<'_>,
        person_id: PersonId,
        id: HostConsentId,
        declared_on: NaiveDate,
        consent: HostConsent,
    ) -> Self {
        let HostConsent { address_id, host_person_id, host_name, host_document_number, .. } = consent;
        let (given_on, refused_on, withdrawn_on) = (consent.given_on, consent.refused_on, consent.withdrawn_on);
        Self {
            person_id,
            id,
            version: 1,
            address_id,
            host_person_id,
            host_name,
            host_document_number,
            declared_on,
            given_on,
            refused_on,
            withdrawn_on,
            withdrawn: false,
            recorded_at: tx.now(),
            recorded_by: tx.account(),
            superseded_at: None,
        }
    }

    /// The consent.
    pub(in crate::addresses) fn consent(&self) -> HostConsent {
        HostConsent {
            address_id: self.address_id,
            host_person_id: self.host_person_id,
            host_name: self.host_name.clone(),
            host_document_number: self.host_document_number.clone(),
            given_on: self.given_on,
            refused_on: self.refused_on,
            withdrawn_on: self.withdrawn_on,
        }
    }

    /// The consent as far as it can make up for another one.
    pub(in crate::addresses) fn consented(&self) -> Option<Consented> {
        let (address, given_on) = (self.address_id?, self.given_on?);
        Some(Consented { address, given_on, ended_on: self.consent().ended_on() })
    }
}

/// Every consent of a person's hosts as the record stood at `as_of`.
pub(in crate::addresses) fn recorded(tx: &mut ReadTx<'_>, person: PersonId, as_of: Instant) -> Result<Vec<ConsentRow>> {
    Ok(host_consent::table
        .filter(host_consent::person_id.eq(person))
        .filter(host_consent::recorded_at.le(as_of))
        .filter(host_consent::superseded_at.is_null().or(host_consent::superseded_at.gt(as_of)))
        .filter(host_consent::withdrawn.eq(false))
        .order((host_consent::declared_on, host_consent::id))
        .select(ConsentRow::as_select())
        .load(tx.conn())?)
}
