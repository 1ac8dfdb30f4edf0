//! Dwellings over HTTP.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::policy::ReadAddresses;
use crate::addresses::ops::dwellings as ops;
use crate::error::Result;
use crate::http::{Answer, Ctx, Endpoint, Fields, Input, Method, Path, Query, endpoint};
use crate::id::DwellingId;

/// The operation on dwellings.
pub(super) fn endpoints() -> Vec<Endpoint> {
    let one = "/api/v1/dwellings/{dwelling_id}";
    vec![endpoint(Method::GET, one, "showDwelling", "How many registrations stand in a dwelling?", show)]
}

/// A dwelling. Who is registered there stands in the files of those who are.
#[derive(Debug, Serialize, ToSchema)]
struct DwellingView {
    #[schema(value_type = String, format = Uuid)]
    id: DwellingId,
    /// As it was first given.
    division: String,
    division_code: Option<String>,
    /// As it was first given.
    as_printed: String,
    #[schema(value_type = String, format = Date)]
    valid_at: NaiveDate,
    /// Registrations that certainly stand on that day; a number, never who. Protected files are not counted.
    occupancy: i64,
}

/// Which day.
struct DwellingQuery {
    valid_at: Option<NaiveDate>,
}

impl Input for DwellingQuery {
    const NAME: &'static str = "DwellingQuery";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            valid_at: fields.optional("valid_at", "Who was registered on that day is counted; default today."),
        })
    }
}

async fn show(
    ctx: Ctx<ReadAddresses>,
    Path(dwelling): Path<DwellingId>,
    Query(query): Query<DwellingQuery>,
) -> Result<Answer<DwellingView>> {
    let valid_at = query.valid_at.unwrap_or_else(|| ctx.today());
    let (row, occupancy) = ctx.view(move |tx| ops::show(tx, dwelling, valid_at)).await?;
    Answer::ok(&DwellingView {
        id: row.id,
        division: row.division,
        division_code: row.division_code,
        as_printed: row.as_printed,
        valid_at,
        occupancy,
    })
}
