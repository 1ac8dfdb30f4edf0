//! Registrations at addresses, dwellings, divisions and hosts over HTTP.

mod consents;
mod divisions;
mod dwellings;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::model::{Address, AddressKind, Basis, Named, divisions as all_divisions};
use super::ops::{self, Registered};
use super::store::{self, AddressRow};
use crate::access::policy::{ReadAddresses, RecordAddresses};
use crate::calendar::partial::PartialDate;
use crate::clock::Instant;
use crate::db::ReadTx;
use crate::error::{Error, Result};
use crate::http::{
    Answer, BoundsView, Ctx, Done, Endpoint, Fields, Input, Json, Line, ListQuery, Method, OnVersion, Page, Patch,
    Path, Query, Record, WarningView, endpoint,
};
use crate::id::{AddressId, DwellingId, PersonId};

/// The operations of this slice.
pub fn endpoints() -> Vec<Endpoint> {
    let all = "/api/v1/people/{person_id}/addresses";
    let one = "/api/v1/people/{person_id}/addresses/{address_id}";
    let mut own = vec![
        endpoint(Method::POST, all, "registerAddress", "Register a person at an address", register),
        endpoint(Method::GET, all, "listAddresses", "List a person's registrations", list),
        endpoint(Method::GET, one, "showAddress", "Show a registration", show),
        endpoint(Method::PATCH, one, "changeAddress", "End or correct a registration", change),
        endpoint(Method::DELETE, one, "withdrawAddress", "Withdraw a registration recorded by mistake", withdraw),
    ];
    own.extend(dwellings::endpoints());
    own.extend(divisions::endpoints());
    own.extend(consents::endpoints());
    own
}

/// A registration as officers see it.
#[derive(Debug, Serialize, ToSchema)]
struct AddressView {
    #[schema(value_type = String, format = Uuid)]
    id: AddressId,
    version: i32,
    kind: AddressKind,
    basis: Basis,
    /// As it was given.
    division: String,
    /// Code of the division it names; null: none of the list.
    division_code: Option<String>,
    as_printed: String,
    /// The dwelling, the same for every spelling; null: recorded before dwellings were.
    #[schema(value_type = Option<String>, format = Uuid)]
    dwelling_id: Option<DwellingId>,
    /// EDTF: as exact as it is known.
    valid_from: String,
    valid_from_bounds: Option<BoundsView>,
    /// EDTF; null: it lasts.
    valid_to: Option<String>,
    valid_to_bounds: Option<BoundsView>,
    withdrawn: bool,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Instant,
    /// What is missing or unclear; nothing here stands in the way of the registration.
    warnings: Vec<WarningView>,
}

impl From<&Registered> for AddressView {
    fn from(Registered { row, consented }: &Registered) -> Self {
        Self {
            id: row.id,
            version: row.version,
            kind: row.kind,
            basis: row.basis,
            division: row.division.clone(),
            division_code: row.division_code.clone(),
            as_printed: row.as_printed.clone(),
            dwelling_id: row.dwelling_id,
            valid_from: row.valid_from.clone(),
            valid_from_bounds: BoundsView::of(Some(&row.valid_from)),
            valid_to: row.valid_to.clone(),
            valid_to_bounds: BoundsView::of(row.valid_to.as_deref()),
            withdrawn: row.withdrawn,
            updated_at: row.recorded_at,
            warnings: warnings(row, *consented),
        }
    }
}

fn warnings(row: &AddressRow, consented: bool) -> Vec<WarningView> {
    let mut found = Vec::new();
    if row.division_code.is_none() {
        let several =
            all_divisions().ok().zip(row.valid_from.parse().ok()).map(|(all, from)| all.named(&row.division, &from));
        found.push(match several {
            Some(Named::Several(several)) => {
                let codes: Vec<&str> = several.iter().map(|one| one.code.as_str()).collect();
                let message = format!(
                    "Several divisions have this name. Give the code of the one that is meant: {}.",
                    codes.join(", ")
                );
                WarningView::new("ambiguous_division", message)
            }
            _ => WarningView::new(
                "unknown_division",
                "No division of the list has this name; it is kept as it was given.",
            ),
        });
    }
    if row.basis == Basis::Host && !consented {
        let message =
            "No consent of a host to this registration holds. Record it, or what else the registration rests on.";
        found.push(WarningView::new("host_consent_missing", message));
    }
    found
}

impl Record for AddressRow {
    fn version(&self) -> i32 {
        self.version
    }

    fn person(&self) -> Option<PersonId> {
        Some(self.person_id)
    }

    fn members_at(&self, tx: &mut ReadTx<'_>, version: i32) -> Result<Option<Value>> {
        let row = store::version(tx, self.person_id, self.id, version)?;
        let Some(row) = row else { return Ok(None) };
        let consented = ops::is_consented(tx, &row)?;
        serde_json::to_value(AddressView::from(&Registered { row, consented })).map(Some).map_err(Error::internal)
    }
}

/// A new registration.
pub(crate) struct NewAddress(pub(crate) Address);

impl Input for NewAddress {
    const NAME: &'static str = "NewAddress";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let kind = fields.required("kind", "Place of stay or of residence.");
        let basis = fields.required("basis", "By what right. No basis is worth more than another.");
        let division =
            fields.required::<Line>("division", "District or town: its name or its code. See the list of divisions.");
        let as_printed = fields.required::<Line>("as_printed", "The address as it is printed.");
        let valid_from = fields.required("valid_from", "First day, as exact as it is known.");
        let valid_to = fields.optional("valid_to", "Last day, as exact as it is known; absent: it lasts.");
        let named = division.as_ref().zip(valid_from.as_ref()).map(|(Line(text), from)| division_code(text, from));
        let division_code = match named {
            Some(Err((code, message))) => {
                fields.fault("division", code, message);
                None
            }
            Some(Ok(code)) => code,
            None => None,
        };
        let address = Address {
            kind: kind?,
            basis: basis?,
            division: division?.0,
            division_code,
            as_printed: as_printed?.0,
            valid_from: valid_from?,
            valid_to,
        };
        if address.is_reversed() {
            fields.fault(
                "valid_to",
                "before_start",
                format!("The last day is before the first, {}.", address.valid_from),
            );
        }
        Some(Self(address))
    }
}

/// The code of the division that a text names for a registration that begins then; a fault if the name had ended by then.
fn division_code(text: &str, from: &PartialDate) -> Result<Option<String>, (&'static str, String)> {
    // The list is inside the program: without it every text is one that names nothing.
    let Ok(all) = all_divisions() else { return Ok(None) };
    match all.named(text, from) {
        Named::One(division) => Ok(Some(division.code.clone())),
        Named::Several(_) | Named::None => Ok(None),
        Named::Ended { division, successors } => {
            let today: Vec<String> = successors.iter().map(|one| format!("{} ({})", one.name_az, one.code)).collect();
            let last = division.valid_to.map(|day| day.to_string()).unwrap_or_default();
            let message = format!("{} ended on {last}. Use {}.", division.name_az, today.join(" or "));
            Err(("ended_division", message))
        }
    }
}

/// A change of a registration. The kind stays: another kind is another registration.
struct AddressPatch {
    basis: Option<Basis>,
    division: Option<Line>,
    as_printed: Option<Line>,
    valid_from: Option<PartialDate>,
    valid_to: Patch<PartialDate>,
}

impl Input for AddressPatch {
    const NAME: &'static str = "AddressPatch";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            basis: fields.change("basis", "By what right."),
            division: fields.change("division", "District or town."),
            as_printed: fields.change("as_printed", "The address as it is printed."),
            valid_from: fields.change("valid_from", "First day, as exact as it is known."),
            valid_to: fields.patch("valid_to", "Last day, as exact as it is known; null: it lasts."),
        })
    }
}

impl AddressPatch {
    fn apply(&self, before: Address) -> Result<Address> {
        let line = |patch: &Option<Line>, before: String| patch.clone().map_or(before, |line| line.0);
        let mut after = Address {
            kind: before.kind,
            basis: self.basis.unwrap_or(before.basis),
            division: line(&self.division, before.division),
            division_code: before.division_code,
            as_printed: line(&self.as_printed, before.as_printed),
            valid_from: self.valid_from.clone().unwrap_or(before.valid_from),
            valid_to: self.valid_to.apply(before.valid_to),
        };
        // What was recorded before there was a list can still be ended.
        if self.division.is_some() || self.valid_from.is_some() {
            after.division_code = division_code(&after.division, &after.valid_from)
                .map_err(|(code, message)| Error::invalid_at("/division", code, message))?;
        }
        if after.is_reversed() {
            let message = format!("The last day is before the first, {}.", after.valid_from);
            return Err(Error::invalid_at("/valid_to", "before_start", message));
        }
        Ok(after)
    }
}

async fn register(
    ctx: Ctx<RecordAddresses>,
    Path(person): Path<PersonId>,
    Json(new): Json<NewAddress>,
) -> Result<Answer<AddressView>> {
    ctx.create(
        move |tx| crate::people::visible(tx, person),
        move |tx, ()| {
            // Nobody can have consented to what is only now on record.
            let registered = ops::register(tx, person, new.0.clone())?;
            Ok(registered.map(|row| {
                let location = format!("/api/v1/people/{person}/addresses/{}", row.id);
                Done::created(location, row.version, AddressView::from(&Registered { row, consented: false }))
            }))
        },
    )
    .await
}

async fn list(
    ctx: Ctx<ReadAddresses>,
    Path(person): Path<PersonId>,
    Query(query): Query<ListQuery>,
) -> Result<Answer<Page<AddressView>>> {
    let page = query.open(&ctx, &format!("/api/v1/people/{person}/addresses"))?;
    let (record, after, limit) = (page.record(), page.after(), page.limit());
    let rows = ctx.view(move |tx| ops::list(tx, person, record, after.as_ref(), limit)).await?;
    page.answer(&rows, |Registered { row, .. }| (row.valid_from.clone(), row.id))
}

async fn show(
    ctx: Ctx<ReadAddresses>,
    Path((person, address)): Path<(PersonId, AddressId)>,
) -> Result<Answer<AddressView>> {
    let shown = ctx.view(move |tx| ops::show(tx, person, address)).await?;
    Ok(Answer::ok(&AddressView::from(&shown))?.with_version(shown.row.version))
}

async fn change(
    ctx: Ctx<RecordAddresses, OnVersion>,
    Path((person, address)): Path<(PersonId, AddressId)>,
    Json(patch): Json<AddressPatch>,
) -> Result<Answer<AddressView>> {
    ctx.change(
        move |tx| ops::find(tx, person, address),
        move |tx, before| {
            let consented = ops::is_consented(tx, &before)?;
            let changed = ops::change(tx, &before, patch.apply(before.address()?)?)?;
            Ok(changed.map(|row| Done::changed(row.version, AddressView::from(&Registered { row, consented }))))
        },
    )
    .await
}

async fn withdraw(
    ctx: Ctx<RecordAddresses, OnVersion>,
    Path((person, address)): Path<(PersonId, AddressId)>,
) -> Result<Answer<AddressView>> {
    ctx.change(
        move |tx| ops::find(tx, person, address),
        move |tx, before| {
            let consented = ops::is_consented(tx, &before)?;
            let withdrawn = ops::withdraw(tx, &before)?;
            Ok(withdrawn.map(|row| Done::changed(row.version, AddressView::from(&Registered { row, consented }))))
        },
    )
    .await
}
