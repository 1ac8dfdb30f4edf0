//! Tables `address`, `dwelling` and `host_consent`.

pub(super) mod consents;
pub(super) mod dwellings;

use chrono::NaiveDate;

use super::model::{Address, AddressKind, Basis, Dwelt, dwelling_key};
use crate::db::facts;
use crate::id::{AccountId, AddressId, DwellingId};

facts!(address, AddressRow, AddressId, valid_from: String);

/// One version of a registration.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = address, treat_none_as_default_value = false)]
pub(crate) struct AddressRow {
    pub(super) person_id: PersonId,
    pub(super) id: AddressId,
    pub(super) version: i32,
    pub(super) kind: AddressKind,
    pub(super) basis: Basis,
    pub(super) division: String,
    pub(super) as_printed: String,
    pub(super) valid_from: String,
    pub(super) valid_to: Option<String>,
    pub(super) certain_from: Option<NaiveDate>,
    pub(super) certain_to: Option<NaiveDate>,
    pub(super) withdrawn: bool,
    pub(super) recorded_at: Instant,
    pub(super) recorded_by: Option<AccountId>,
    pub(super) superseded_at: Option<Instant>,
    pub(super) division_code: Option<String>,
    pub(super) dwelling_id: Option<DwellingId>,
}

impl AddressRow {
    /// A row for a registration in a dwelling; its version is given when it is stored.
    pub(super) fn of(
        tx: &WriteTx<'_>,
        person_id: PersonId,
        id: AddressId,
        dwelling: DwellingId,
        address: Address,
    ) -> Self {
        let (certain_from, certain_to) = address.certain_days().map_or((None, None), |(from, to)| (Some(from), to));
        let Address { kind, basis, division, division_code, as_printed, valid_from, valid_to } = address;
        Self {
            person_id,
            id,
            version: 1,
            kind,
            basis,
            division,
            as_printed,
            valid_from: valid_from.to_string(),
            valid_to: valid_to.map(|date| date.to_string()),
            certain_from,
            certain_to,
            withdrawn: false,
            recorded_at: tx.now(),
            recorded_by: tx.account(),
            superseded_at: None,
            division_code,
            dwelling_id: Some(dwelling),
        }
    }

    /// The registration as far as it can make up for a dwelling that was lost; none if no day of it is certain.
    pub(super) fn dwelt(&self) -> Result<Option<Dwelt>> {
        let Some(from) = self.certain_from else { return Ok(None) };
        let key = dwelling_key(self.division_code.as_deref(), &self.division, &self.as_printed)?;
        let by_host = self.basis == Basis::Host;
        Ok(Some(Dwelt { id: self.id, by_host, key, from, to: self.certain_to }))
    }

    /// The registration's particulars.
    pub(super) fn address(&self) -> Result<Address> {
        let date = |text: &str| text.parse().map_err(Error::internal);
        Ok(Address {
            kind: self.kind,
            basis: self.basis,
            division: self.division.clone(),
            division_code: self.division_code.clone(),
            as_printed: self.as_printed.clone(),
            valid_from: date(&self.valid_from)?,
            valid_to: self.valid_to.as_deref().map(date).transpose()?,
        })
    }
}

/// Live registrations of the same kind that certainly share a day with these.
pub(super) fn overlapping(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    except: AddressId,
    kind: AddressKind,
    (from, to): (NaiveDate, Option<NaiveDate>),
) -> Result<Vec<AddressRow>> {
    let mut query = address::table
        .filter(address::person_id.eq(person))
        .filter(address::superseded_at.is_null())
        .filter(address::withdrawn.eq(false))
        .filter(address::kind.eq(kind))
        .filter(address::id.ne(except))
        .filter(address::certain_from.is_not_null())
        .filter(address::certain_to.is_null().or(address::certain_to.ge(from)))
        .order((address::certain_from, address::id))
        .limit(10)
        .select(AddressRow::as_select())
        .into_boxed();
    if let Some(last) = to {
        query = query.filter(address::certain_from.le(last));
    }
    Ok(query.load(tx.conn())?)
}

/// Every registration of a person as the record stood at `as_of`.
pub(super) fn recorded(tx: &mut ReadTx<'_>, person: PersonId, as_of: Instant) -> Result<Vec<AddressRow>> {
    Ok(address::table
        .filter(address::person_id.eq(person))
        .filter(address::recorded_at.le(as_of))
        .filter(address::superseded_at.is_null().or(address::superseded_at.gt(as_of)))
        .filter(address::withdrawn.eq(false))
        .order((address::valid_from, address::id))
        .select(AddressRow::as_select())
        .load(tx.conn())?)
}
