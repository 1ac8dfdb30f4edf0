//! The duty to register, and whether a registration stands, over HTTP.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::view::{Cited, texts, warnings};
use super::{Only, asked, record};
use crate::access::policy::ReadAddresses;
use crate::db::Action;
use crate::eligibility::model::{DutyReason, DutyState, Record, RegistrationState};
use crate::eligibility::ops;
use crate::error::Result;
use crate::http::{Answer, ClockView, Ctx, Endpoint, Method, Path, Query, Spoken, TimeQuery, WarningView, endpoint};
use crate::id::{AddressId, PersonId};
use crate::law::{EventTime, Name, Pack, Shared, Source, TraceStep, Value};

/// The parameter that says who files.
const FILER: &str = "stay.registration_filer";
/// The parameter that says whether the foreigner may file alone.
const SELF_FILING: &str = "stay.registration_self_filing";

/// The operations on registrations that the law decides.
pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint(
            Method::GET,
            "/api/v1/people/{person_id}/registration-duty",
            "showRegistrationDuty",
            "Must this person register, who files, and by when?",
            duty,
        ),
        endpoint(
            Method::GET,
            "/api/v1/people/{person_id}/addresses/{address_id}/status",
            "showAddressStatus",
            "Does this registration stand on a day?",
            status,
        ),
    ]
}

/// The duty to register at the place of stay.
#[derive(Debug, Serialize, ToSchema)]
struct RegistrationDutyView {
    #[schema(value_type = String, format = Uuid)]
    person_id: PersonId,
    /// Is there a duty on that day, met or not?
    duty: bool,
    state: DutyState,
    overdue: bool,
    /// Why there is one, or none.
    reason: DutyReason,
    /// The arrival from which it counts: in the country, or at a new place of stay.
    #[schema(value_type = Option<String>, format = Date)]
    since: Option<NaiveDate>,
    /// Id of the term in the law pack.
    deadline: Option<Name>,
    /// First day of the version of the law that applies.
    #[schema(value_type = Option<String>, format = Date)]
    version: Option<NaiveDate>,
    /// The last day.
    #[schema(value_type = Option<String>)]
    due: Option<EventTime>,
    /// The steps from the arrival to the last day.
    derivation: Vec<TraceStep>,
    /// The non-working days of a year involved are not announced.
    provisional: bool,
    /// Who files, in the words of the law pack.
    filed_by: Option<String>,
    /// May the foreigner file without them?
    may_file_oneself: Option<bool>,
    /// The registration that met it.
    #[schema(value_type = Option<String>, format = Uuid)]
    met_by: Option<AddressId>,
    #[schema(value_type = Option<String>, format = Date)]
    met_on: Option<NaiveDate>,
    #[schema(value_type = Vec<Source>)]
    sources: Vec<Shared<Source>>,
    warnings: Vec<WarningView>,
    note: &'static str,
    clock: ClockView,
}

/// Where a registration stands on a day.
#[derive(Debug, Serialize, ToSchema)]
struct AddressStatusView {
    #[schema(value_type = String, format = Uuid)]
    address_id: AddressId,
    state: RegistrationState,
    /// The last day on which it stood; null: it stands, or has not begun.
    #[schema(value_type = Option<String>, format = Date)]
    last_day: Option<NaiveDate>,
    /// Is the day certainly one of its days? False where its days are known only roughly.
    certain: bool,
    /// What says so, if it ended by law.
    #[schema(value_type = Vec<Source>)]
    sources: Vec<Shared<Source>>,
    warnings: Vec<WarningView>,
    note: &'static str,
    clock: ClockView,
}

async fn duty(
    ctx: Ctx<ReadAddresses>,
    Path(person): Path<PersonId>,
    Query(time): Query<TimeQuery>,
    Spoken(language): Spoken,
) -> Result<Answer<RegistrationDutyView>> {
    let pack = &ctx.law().pack;
    let clock = time.fix(ctx.now(), ctx.law())?;
    let record = record(&ctx, person, &clock, Action::RegistrationDutyViewed).await?;
    let duty = ops::duty(pack, &record, &asked(&clock, None, Only::default(), language))?;
    let mut cited = Cited::default();
    duty.term.iter().for_each(|term| cited.add(&term.source));
    let is_one = duty.state != DutyState::None;
    let (filed_by, may_file_oneself) = match duty.since.filter(|_| is_one) {
        Some(since) => filing(pack, clock.law_at.unwrap_or(since), &mut cited),
        None => (None, None),
    };
    let met = duty.met.unzip();
    let (deadline, version, due, derivation, provisional) = match duty.term {
        Some(term) => (Some(term.deadline), term.version, term.due, term.derivation, term.provisional),
        None => (None, None, None, Vec::new(), false),
    };
    Answer::ok(&RegistrationDutyView {
        person_id: person,
        duty: is_one,
        state: duty.state,
        overdue: duty.state == DutyState::Overdue,
        reason: duty.reason,
        since: duty.since,
        deadline,
        version,
        due,
        derivation,
        provisional,
        filed_by,
        may_file_oneself,
        met_by: met.0,
        met_on: met.1,
        sources: cited.sources(pack),
        warnings: warnings(&record, language),
        note: texts::note(language),
        clock,
    })
}

/// Who files under the law of a day, and whether the foreigner may alone.
fn filing(pack: &Pack, on: NaiveDate, cited: &mut Cited) -> (Option<String>, Option<bool>) {
    let mut said = |id| {
        let version = pack.parameter_version(id, on)?;
        cited.add(&version.source);
        Some(version.rule.clone())
    };
    let filer = said(FILER).map(|value| value.to_string());
    let alone = said(SELF_FILING).map(|value| value == Value::Boolean(true));
    (filer, alone)
}

async fn status(
    ctx: Ctx<ReadAddresses>,
    Path((person, address)): Path<(PersonId, AddressId)>,
    Query(time): Query<TimeQuery>,
    Spoken(language): Spoken,
) -> Result<Answer<AddressStatusView>> {
    let pack = &ctx.law().pack;
    let clock = time.fix(ctx.now(), ctx.law())?;
    let as_of = clock.record;
    let (registration, parts) = ctx.view(move |tx| ops::look_at_registration(tx, person, address, as_of)).await?;
    let record = Record::of(&person.to_string(), parts, clock.as_of.date(ctx.law().zone));
    let asked = asked(&clock, None, Only::default(), language);
    let standing = ops::standing(pack, &record, &registration, &asked)?;
    let mut cited = Cited::default();
    cited.add(&standing.source);
    Answer::ok(&AddressStatusView {
        address_id: address,
        state: standing.state,
        last_day: standing.last_day,
        certain: standing.certain,
        sources: cited.sources(pack),
        warnings: warnings(&record, language),
        note: texts::note(language),
        clock,
    })
}
