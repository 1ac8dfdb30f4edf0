//! Hosts and their consents over HTTP.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::access::policy::{ReadAddresses, RecordAddresses};
use crate::addresses::model::{ConsentEnd, ConsentState, HostConsent};
use crate::addresses::ops::consents::{self as ops, Cure, Shown};
use crate::addresses::store::consents::{self, ConsentRow};
use crate::clock::Instant;
use crate::db::ReadTx;
use crate::error::{Error, Result};
use crate::http::{
    Answer, Ctx, Done, Endpoint, Fields, Input, Json, Line, ListQuery, Method, OnVersion, Page, Path, Query, Record,
    endpoint,
};
use crate::id::{AddressId, HostConsentId, PersonId};
use crate::law::{EventTime, Name, Pack, Shared, Source};
use crate::people::DocumentNumber;

/// The operations on hosts' consents.
pub(super) fn endpoints() -> Vec<Endpoint> {
    let all = "/api/v1/people/{person_id}/host-consents";
    let one = "/api/v1/people/{person_id}/host-consents/{host_consent_id}";
    let steps = "/api/v1/people/{person_id}/host-consents/{host_consent_id}/transitions";
    vec![
        endpoint(Method::POST, all, "recordHostConsent", "Record a host's consent or refusal", record),
        endpoint(Method::GET, all, "listHostConsents", "List the consents of a person's hosts", list),
        endpoint(Method::GET, one, "showHostConsent", "Show a host's consent", show),
        endpoint(Method::POST, steps, "endHostConsent", "Record that a host takes a consent back", end)
            .refusing(&[409]),
        endpoint(Method::DELETE, one, "removeHostConsent", "Withdraw a consent recorded by mistake", withdraw),
    ]
}

/// The term to show another dwelling.
#[derive(Debug, Serialize, ToSchema)]
struct CureView {
    /// Its id in the law pack.
    deadline: Name,
    /// The last day.
    #[schema(value_type = Option<String>)]
    due: Option<EventTime>,
    /// A year involved has no announced days off yet.
    provisional: bool,
    /// What the law says, with articles.
    #[schema(value_type = Vec<Source>)]
    sources: Vec<Shared<Source>>,
    /// The first day of another dwelling, another right or a new consent; null: none is on record.
    #[schema(value_type = Option<String>, format = Date)]
    cured_on: Option<NaiveDate>,
}

/// A host's consent as officers see it.
#[derive(Debug, Serialize, ToSchema)]
struct HostConsentView {
    #[schema(value_type = String, format = Uuid)]
    id: HostConsentId,
    version: i32,
    /// Computed from the days below.
    state: ConsentState,
    /// The registration it is about; null: the host refused, and there is none.
    #[schema(value_type = Option<String>, format = Uuid)]
    address_id: Option<AddressId>,
    #[schema(value_type = Option<String>, format = Uuid)]
    host_person_id: Option<PersonId>,
    host_name: String,
    host_document_number: Option<String>,
    #[schema(value_type = Option<String>, format = Date)]
    given_on: Option<NaiveDate>,
    #[schema(value_type = Option<String>, format = Date)]
    refused_on: Option<NaiveDate>,
    #[schema(value_type = Option<String>, format = Date)]
    withdrawn_on: Option<NaiveDate>,
    /// The term that the withdrawal started; null: none.
    cure: Option<CureView>,
    /// Was the record made by mistake?
    withdrawn: bool,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Instant,
}

/// A consent, and the law that its cure is cited from.
struct Cited {
    shown: Shown,
    law: Arc<crate::http::Law>,
}

impl From<&Cited> for HostConsentView {
    fn from(cited: &Cited) -> Self {
        let cure = cited.shown.cure.as_ref().map(|cure| cure_view(&cited.law.pack, cure));
        Self { cure, ..Self::from(&cited.shown.row) }
    }
}

impl From<&ConsentRow> for HostConsentView {
    fn from(row: &ConsentRow) -> Self {
        let consent = row.consent();
        Self {
            id: row.id,
            version: row.version,
            state: consent.state(),
            address_id: row.address_id,
            host_person_id: row.host_person_id,
            host_name: consent.host_name,
            host_document_number: consent.host_document_number,
            given_on: row.given_on,
            refused_on: row.refused_on,
            withdrawn_on: row.withdrawn_on,
            cure: None,
            withdrawn: row.withdrawn,
            updated_at: row.recorded_at,
        }
    }
}

fn cure_view(pack: &Pack, Cure { term, cured_on }: &Cure) -> CureView {
    CureView {
        deadline: term.deadline.clone(),
        due: term.due,
        provisional: term.provisional,
        sources: term.source.iter().filter_map(|id| pack.source(id).cloned()).collect(),
        cured_on: *cured_on,
    }
}

impl Record for ConsentRow {
    fn version(&self) -> i32 {
        self.version
    }

    fn person(&self) -> Option<PersonId> {
        Some(self.person_id)
    }

    fn members_at(&self, tx: &mut ReadTx<'_>, version: i32) -> Result<Option<Value>> {
        let row = consents::version(tx, self.person_id, self.id, version)?;
        row.map(|row| serde_json::to_value(HostConsentView::from(&row)).map_err(Error::internal)).transpose()
    }
}

/// What a host said.
struct NewHostConsent {
    declared_on: NaiveDate,
    consent: HostConsent,
}

impl Input for NewHostConsent {
    const NAME: &'static str = "NewHostConsent";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let address_id = fields.optional("address_id", "The registration; may be absent if the host refused.");
        let host_person_id = fields.optional("host_person_id", "The host's own file, if there is one.");
        let host_name = fields.required::<Line>("host_name", "The host's name.");
        let number = fields.optional::<DocumentNumber>("host_document_number", "Number of the host's document.");
        let given_on = fields.optional("given_on", "The day of the consent.");
        let refused_on = fields.optional("refused_on", "The day of the refusal. Give this or given_on.");
        let declared_on = match (given_on, refused_on) {
            (Some(day), None) | (None, Some(day)) => Some(day),
            (None, None) => {
                fields.fault("given_on", "required", "Give the day of the consent, or of the refusal.");
                None
            }
            (Some(_), Some(_)) => {
                fields.fault("refused_on", "either_or", "A host consents or refuses. Give one of the two days.");
                None
            }
        };
        if given_on.is_some() && address_id.is_none() {
            fields.fault("address_id", "required", "A consent is to a registration. Name it.");
        }
        Some(Self {
            declared_on: declared_on?,
            consent: HostConsent {
                address_id,
                host_person_id,
                host_name: host_name?.0,
                host_document_number: number.map(|number| number.to_string()),
                given_on,
                refused_on,
                withdrawn_on: None,
            },
        })
    }
}

/// How a consent ends.
struct HostConsentStep {
    to: ConsentEnd,
    on: NaiveDate,
    reason: String,
}

impl Input for HostConsentStep {
    const NAME: &'static str = "HostConsentStep";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let to =
            fields.required("to", "Withdrawn: a term to show another dwelling begins. Refused: there was no consent.");
        let on = fields.required("on", "The day on which the host said so.");
        let reason = fields.required::<Line>("reason", "How that is known, in a few words. It stands in the log.");
        Some(Self { to: to?, on: on?, reason: reason?.0 })
    }
}

async fn record(
    ctx: Ctx<RecordAddresses>,
    Path(person): Path<PersonId>,
    Json(new): Json<NewHostConsent>,
) -> Result<Answer<HostConsentView>> {
    ctx.refuse_future(new.consent.given_on, "given_on")?;
    ctx.refuse_future(new.consent.refused_on, "refused_on")?;
    ctx.create(
        move |tx| crate::people::visible(tx, person),
        move |tx, ()| {
            let recorded = ops::record(tx, person, new.declared_on, new.consent.clone())?;
            Ok(recorded.map(|row| {
                let location = format!("/api/v1/people/{person}/host-consents/{}", row.id);
                Done::created(location, row.version, HostConsentView::from(&row))
            }))
        },
    )
    .await
}

async fn list(
    ctx: Ctx<ReadAddresses>,
    Path(person): Path<PersonId>,
    Query(query): Query<ListQuery>,
) -> Result<Answer<Page<HostConsentView>>> {
    let page = query.open(&ctx, &format!("/api/v1/people/{person}/host-consents"))?;
    let (record, after, limit) = (page.record(), page.after(), page.limit());
    let law = Arc::clone(ctx.law());
    let shown = ctx.view(move |tx| ops::list(tx, &law.pack, person, record, after.as_ref(), limit)).await?;
    let rows: Vec<Cited> = shown.into_iter().map(|shown| Cited { shown, law: Arc::clone(ctx.law()) }).collect();
    page.answer(&rows, |Cited { shown, .. }| (shown.row.declared_on, shown.row.id))
}

async fn show(
    ctx: Ctx<ReadAddresses>,
    Path((person, consent)): Path<(PersonId, HostConsentId)>,
) -> Result<Answer<HostConsentView>> {
    let law = Arc::clone(ctx.law());
    let shown = ctx.view(move |tx| ops::show(tx, &law.pack, person, consent)).await?;
    let version = shown.row.version;
    Ok(Answer::ok(&HostConsentView::from(&Cited { shown, law: Arc::clone(ctx.law()) }))?.with_version(version))
}

async fn end(
    ctx: Ctx<RecordAddresses, OnVersion>,
    Path((person, consent)): Path<(PersonId, HostConsentId)>,
    Json(step): Json<HostConsentStep>,
) -> Result<Answer<HostConsentView>> {
    ctx.refuse_future(Some(step.on), "on")?;
    let law = Arc::clone(ctx.law());
    ctx.change(
        move |tx| ops::find(tx, person, consent),
        move |tx, before| {
            let ended = ops::end(tx, &before, step.to, step.on, &step.reason)?;
            // The answer shows the term that has begun.
            let row = ops::find(tx, person, consent)?;
            let shown = ops::with_cure(tx, &law.pack, row)?;
            let cited = Cited { shown, law: Arc::clone(&law) };
            Ok(ended.map(|row| Done::changed(row.version, HostConsentView::from(&cited))))
        },
    )
    .await
}

async fn withdraw(
    ctx: Ctx<RecordAddresses, OnVersion>,
    Path((person, consent)): Path<(PersonId, HostConsentId)>,
) -> Result<Answer<HostConsentView>> {
    ctx.change(
        move |tx| ops::find(tx, person, consent),
        move |tx, before| {
            let withdrawn = ops::withdraw(tx, &before)?;
            Ok(withdrawn.map(|row| Done::changed(row.version, HostConsentView::from(&row))))
        },
    )
    .await
}
