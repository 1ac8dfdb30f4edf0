//! What a grant puts on record: said with the proposal, applied with the approval.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::addresses::{self, Address, AddressKind, Basis};
use crate::calendar::partial::PartialDate;
use crate::cases::model::{Effect, Kind, catalogue};
use crate::cases::store::files::CaseRow;
use crate::db::{TextEnum, WriteTx};
use crate::error::{Error, Fault, Result};
use crate::law::{Pack, Value};
use crate::people;
use crate::permits::{self, Permit, StatusKind};

/// The parameter of a law pack that names its state's nationality.
const OWN_NATIONALITY: &str = "citizenship.nationality";

/// What a grant shall put on record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = DecisionEffect)]
pub(in crate::cases) struct Wish {
    /// First day of the permit, the registration or the nationality.
    #[schema(value_type = Option<String>, format = Date)]
    pub(in crate::cases) valid_from: Option<NaiveDate>,
    /// Last day; null: open.
    #[schema(value_type = Option<String>, format = Date)]
    pub(in crate::cases) valid_to: Option<NaiveDate>,
    /// Number of the permit's document.
    pub(in crate::cases) document_number: Option<String>,
    /// Ground of the family member through whom the permit is given.
    pub(in crate::cases) sponsor_ground: Option<String>,
    /// Basis of the registration.
    pub(in crate::cases) basis: Option<String>,
    /// District or town of the registration.
    pub(in crate::cases) division: Option<String>,
    /// The address as it is printed.
    pub(in crate::cases) as_printed: Option<String>,
}

impl Wish {
    /// What is missing or does not belong to a grant of this kind.
    pub(in crate::cases) fn faults(&self, pack: &Pack, kind: &Kind, case: &CaseRow) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut check = |name: &str, given: bool, wanted: Option<bool>| match (given, wanted) {
            (false, Some(true)) => {
                faults.push(Fault::at(format!("/effect/{name}"), "required", "A grant of this kind needs it."));
            }
            (true, None) => {
                faults.push(Fault::at(format!("/effect/{name}"), "not_expected", "A grant of this kind has none."));
            }
            _ => {}
        };
        let (permit, address) = (status(kind.effect).is_some(), kind.effect == Effect::StayAddress);
        let permit_or_address =
            (permit || address).then_some(kind.effect != Effect::PermanentResidencePermit && permit);
        check("valid_from", self.valid_from.is_some(), (kind.effect != Effect::None).then_some(true));
        check("valid_to", self.valid_to.is_some(), permit_or_address);
        check("document_number", self.document_number.is_some(), permit.then_some(false));
        check("sponsor_ground", self.sponsor_ground.is_some(), permit.then_some(false));
        check("basis", self.basis.is_some(), address.then_some(true));
        check("division", self.division.is_some(), address.then_some(true));
        check("as_printed", self.as_printed.is_some(), address.then_some(true));
        if let (Some(from), Some(to)) = (self.valid_from, self.valid_to)
            && to < from
        {
            faults.push(Fault::at("/effect/valid_to", "before_start", format!("It is before the first day, {from}.")));
        }
        // Nobody has had since before they asked for it what a grant gives: such days would count as lawful residence.
        if let Some(from) = self.valid_from.filter(|from| *from < case.filed_on && !address) {
            let message = format!("{from} is before the case was filed, on {}.", case.filed_on);
            faults.push(Fault::at("/effect/valid_from", "before_filing", message));
        }
        faults.extend(self.too_long(pack, kind, case));
        if let (Some(division), Some(Ok(from))) = (&self.division, self.valid_from.map(partial))
            && let Err((code, message)) = addresses::division_code(division, &from)
        {
            faults.push(Fault::at("/effect/division", code, message));
        }
        if self.basis.as_deref().is_some_and(|basis| Basis::of(basis).is_none()) {
            let message = format!("One of {} is expected here.", Basis::TEXTS.join(", "));
            faults.push(Fault::at("/effect/basis", "not_in_list", message));
        }
        faults
    }
}

impl Wish {
    /// A permit is not given for longer than the law of its first day lets it.
    fn too_long(&self, pack: &Pack, kind: &Kind, case: &CaseRow) -> Option<Fault> {
        let (from, to) = (self.valid_from?, self.valid_to?);
        let parameter = kind.longest(case.ground.as_deref(), case.permit_id.is_some())?;
        let Some(Value::Period(longest)) = pack.parameter(parameter, from) else { return None };
        let last = longest.after(from).pred_opt()?;
        let message = || format!("From {from} it is given to {last} at the latest ({parameter}: {longest}).");
        (to > last).then(|| Fault::at("/effect/valid_to", "too_long", message()))
    }
}

/// Puts on record what was granted. A clash with the record refuses the whole approval and names the other row.
pub(super) fn apply(tx: &mut WriteTx<'_>, pack: &Pack, case: &CaseRow, effect: &str) -> Result<()> {
    let wish: Wish = serde_json::from_str(effect).map_err(Error::internal)?;
    let kind = catalogue()?.kind(case.kind)?;
    let person = case.person_id;
    let Some(valid_from) = wish.valid_from else { return Ok(()) };
    if let Some(status) = status(kind.effect) {
        let permit = Permit {
            kind: status,
            ground: case.ground.clone(),
            sponsor_ground: wish.sponsor_ground,
            document_number: wish.document_number,
            valid_from,
            valid_to: wish.valid_to,
        };
        permits::record(tx, person, permit)?;
    } else if kind.effect == Effect::StayAddress {
        let basis = wish.basis.as_deref().and_then(Basis::of).unwrap_or(Basis::Other);
        let division = wish.division.unwrap_or_default();
        let division_code = addresses::division_code(&division, &partial(valid_from)?).unwrap_or_default();
        let address = Address {
            kind: AddressKind::Stay,
            basis,
            division,
            division_code,
            as_printed: wish.as_printed.unwrap_or_default(),
            valid_from: partial(valid_from)?,
            valid_to: wish.valid_to.map(partial).transpose()?,
        };
        addresses::register(tx, person, address)?;
    } else if kind.effect == Effect::Nationality {
        let own = pack.parameter(OWN_NATIONALITY, valid_from).map(ToString::to_string);
        let own = own.ok_or_else(|| Error::internal("the law pack names no nationality of its own"))?;
        people::acquire_nationality(tx, person, &own, valid_from)?;
    }
    Ok(())
}

fn partial(day: NaiveDate) -> Result<PartialDate> {
    day.to_string().parse().map_err(Error::internal)
}

/// The status that a grant gives.
const fn status(effect: Effect) -> Option<StatusKind> {
    match effect {
        Effect::StayExtension => Some(StatusKind::StayExtension),
        Effect::TemporaryResidencePermit => Some(StatusKind::TemporaryResidencePermit),
        Effect::PermanentResidencePermit => Some(StatusKind::PermanentResidencePermit),
        Effect::WorkPermit => Some(StatusKind::WorkPermit),
        Effect::StayAddress | Effect::Nationality | Effect::None => None,
    }
}
