//! Accreditations over HTTP.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::policy::{ReadCourses, RecordAccreditations};
use crate::clock::Instant;
use crate::courses::ops::catalogue as ops;
use crate::courses::store::catalogue::{self as store, AccreditationRow};
use crate::error::{Code, Error, Result};
use crate::http::{Answer, Ctx, Done, Endpoint, Fields, Input, Json, Line, Method, Page, PageQuery, Query, endpoint};
use crate::id::{AccreditationId, OrganisationId};

const PATH: &str = "/api/v1/accreditations";

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint(Method::POST, PATH, "recordAccreditation", "Record an organisation's accreditation", record),
        endpoint(Method::GET, PATH, "listAccreditations", "List accreditations of organisations", list),
    ]
}

/// What lets an organisation give courses that count.
#[derive(Debug, Serialize, ToSchema)]
struct AccreditationView {
    #[schema(value_type = String, format = Uuid)]
    id: AccreditationId,
    #[schema(value_type = String, format = Uuid)]
    organisation_id: OrganisationId,
    number: String,
    #[schema(value_type = String, format = Date)]
    valid_from: NaiveDate,
    #[schema(value_type = Option<String>, format = Date)]
    valid_to: Option<NaiveDate>,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
}

impl From<&AccreditationRow> for AccreditationView {
    fn from(row: &AccreditationRow) -> Self {
        Self {
            id: row.id,
            organisation_id: row.organisation_id,
            number: row.number.clone(),
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            recorded_at: row.recorded_at,
        }
    }
}

#[derive(Clone)]
struct NewAccreditation {
    organisation: OrganisationId,
    number: Line,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
}

impl Input for NewAccreditation {
    const NAME: &'static str = "NewAccreditation";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let organisation = fields.required("organisation_id", "The organisation.");
        let number = fields.required("number", "Its number; the same number again corrects what was recorded.");
        let valid_from = fields.required("valid_from", "First day.");
        let valid_to = fields.optional("valid_to", "Last day; absent: it does not end.");
        fields.in_order(valid_from, valid_to, "valid_to");
        Some(Self { organisation: organisation?, number: number?, valid_from: valid_from?, valid_to })
    }
}

async fn record(
    ctx: Ctx<RecordAccreditations>,
    Json(new): Json<NewAccreditation>,
) -> Result<Answer<AccreditationView>> {
    if ctx.standing().scope().office.is_some() {
        return Err(Error::new(Code::ActionNotPermitted).with_detail("Administrators of the whole service do this."));
    }
    ctx.create(
        |_| Ok(()),
        move |tx, ()| {
            let new = new.clone();
            let made = ops::accredit(tx, new.organisation, new.number.0, new.valid_from, new.valid_to)?;
            Ok(made.map(|row| Done::added(None, AccreditationView::from(&row))))
        },
    )
    .await
}

async fn list(ctx: Ctx<ReadCourses>, Query(query): Query<PageQuery>) -> Result<Answer<Page<AccreditationView>>> {
    let page = query.open(&ctx, PATH)?;
    let (after, limit) = (page.after(), page.limit());
    let rows = ctx.read(move |tx| store::accreditations(tx, after, limit)).await?;
    page.answer(&rows, |row| row.id)
}
