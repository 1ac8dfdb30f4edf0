//! Offices and organisations over HTTP.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::ops::accounts::Administrator;
use super::super::ops::places as ops;
use super::super::store::Place;
use crate::access::policy::{ManagePlaces, ReadPlaces};
use crate::clock::Instant;
use crate::error::Result;
use crate::http::{Answer, Ctx, Done, Endpoint, Fields, Input, Json, Line, Method, Page, PageQuery, Query, endpoint};
use crate::id::{OfficeId, OrganisationId};

const OFFICES: &str = "/api/v1/offices";
const ORGANISATIONS: &str = "/api/v1/organisations";

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint(Method::POST, OFFICES, "createOffice", "Make an office", create_office),
        endpoint(Method::GET, OFFICES, "listOffices", "List offices", offices),
        endpoint(Method::POST, ORGANISATIONS, "createOrganisation", "Make an organisation", create_organisation),
        endpoint(Method::GET, ORGANISATIONS, "listOrganisations", "List organisations", organisations),
    ]
}

/// An office, or an organisation that enrols people in courses.
#[derive(Debug, Serialize, ToSchema)]
struct PlaceView {
    id: Uuid,
    name: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Instant,
}

impl From<&Place<OfficeId>> for PlaceView {
    fn from(office: &Place<OfficeId>) -> Self {
        Self { id: *office.id.uuid(), name: office.name.clone(), created_at: office.created_at }
    }
}

impl From<&Place<OrganisationId>> for PlaceView {
    fn from(organisation: &Place<OrganisationId>) -> Self {
        Self { id: *organisation.id.uuid(), name: organisation.name.clone(), created_at: organisation.created_at }
    }
}

/// A new office or organisation.
struct NewPlace {
    name: String,
}

impl Input for NewPlace {
    const NAME: &'static str = "NewPlace";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let name = fields.required::<Line>("name", "Its name; there is one of each name.");
        Some(Self { name: name?.0 })
    }
}

async fn create_office(ctx: Ctx<ManagePlaces>, Json(new): Json<NewPlace>) -> Result<Answer<PlaceView>> {
    let by = Administrator::of(ctx.standing())?;
    ctx.create(
        |_| Ok(()),
        move |tx, ()| {
            let made = ops::create_office(tx, &by, &new.name)?;
            Ok(made.map(|office| Done::added(None, PlaceView::from(&office))))
        },
    )
    .await
}

async fn offices(ctx: Ctx<ReadPlaces>, Query(query): Query<PageQuery>) -> Result<Answer<Page<PlaceView>>> {
    let by = Administrator::of(ctx.standing())?;
    let page = query.open::<_, _, (String, OfficeId)>(&ctx, OFFICES)?;
    let (after, limit) = (page.after(), page.limit());
    let rows = ctx.read(move |tx| ops::offices(tx, &by, after.as_ref().map(|(name, _)| name.as_str()), limit)).await?;
    page.answer(&rows, |office| (office.name.clone(), office.id))
}

async fn create_organisation(ctx: Ctx<ManagePlaces>, Json(new): Json<NewPlace>) -> Result<Answer<PlaceView>> {
    let by = Administrator::of(ctx.standing())?;
    ctx.create(
        |_| Ok(()),
        move |tx, ()| {
            let made = ops::create_organisation(tx, &by, &new.name)?;
            Ok(made.map(|organisation| Done::added(None, PlaceView::from(&organisation))))
        },
    )
    .await
}

async fn organisations(ctx: Ctx<ReadPlaces>, Query(query): Query<PageQuery>) -> Result<Answer<Page<PlaceView>>> {
    let by = Administrator::of(ctx.standing())?;
    let page = query.open::<_, _, (String, OrganisationId)>(&ctx, ORGANISATIONS)?;
    let (after, limit) = (page.after(), page.limit());
    let rows =
        ctx.read(move |tx| ops::organisations(tx, &by, after.as_ref().map(|(name, _)| name.as_str()), limit)).await?;
    page.answer(&rows, |organisation| (organisation.name.clone(), organisation.id))
}
