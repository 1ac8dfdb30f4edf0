//! Divisions of the country over HTTP.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::policy::ReadLaw;
use crate::addresses::model::{Division, DivisionKind, divisions, words};
use crate::error::{Code, Error, Fault, Result};
use crate::http::{Answer, Ctx, Endpoint, Fields, Input, Line, Method, Query, endpoint};

/// The operation on divisions.
pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint(Method::GET, "/api/v1/divisions", "listDivisions", "The divisions of the country on a day", list)]
}

/// A name that became another.
#[derive(Debug, Serialize, ToSchema)]
struct FormerDivisionView {
    code: &'static str,
    name_az: &'static str,
    name_en: &'static str,
    /// Last day of the name.
    #[schema(value_type = Option<String>, format = Date)]
    valid_to: Option<NaiveDate>,
}

/// A division under one name.
#[derive(Debug, Serialize, ToSchema)]
struct DivisionView {
    code: &'static str,
    kind: DivisionKind,
    name_az: &'static str,
    name_en: &'static str,
    /// Code of the division it lies in.
    parent: Option<&'static str>,
    /// First day of the name; null: before this register.
    #[schema(value_type = Option<String>, format = Date)]
    valid_from: Option<NaiveDate>,
    /// Last day of the name; null: it is today's.
    #[schema(value_type = Option<String>, format = Date)]
    valid_to: Option<NaiveDate>,
    /// Codes to use after that day.
    successors: &'static [String],
    /// Names that became this one.
    formerly: Vec<FormerDivisionView>,
}

/// The divisions of the country on a day.
#[derive(Debug, Serialize, ToSchema)]
struct DivisionsView {
    items: Vec<DivisionView>,
    /// All are on this page.
    next: Option<String>,
    #[schema(value_type = String, format = Date)]
    valid_at: NaiveDate,
}

/// Which divisions.
struct DivisionsQuery {
    valid_at: Option<NaiveDate>,
    parent: Option<Line>,
    q: Option<Line>,
}

impl Input for DivisionsQuery {
    const NAME: &'static str = "DivisionsQuery";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            valid_at: fields.optional("valid_at", "Divisions that have their name on that day; default today."),
            parent: fields.optional("parent", "Only what lies in the division of this code."),
            q: fields.optional("q", "Only what has this name, had it before, or begins like it."),
        })
    }
}

async fn list(ctx: Ctx<ReadLaw>, Query(query): Query<DivisionsQuery>) -> Result<Answer<DivisionsView>> {
    let all = divisions()?;
    let valid_at = query.valid_at.unwrap_or_else(|| ctx.today());
    let parent = query.parent.map(|Line(code)| code.trim().to_uppercase());
    if let Some(code) = parent.as_deref().filter(|code| all.by_code(code).is_none()) {
        let fault = Fault::parameter("parent", "unknown_division", "No division has this code.").with_value(code);
        return Err(Error::new(Code::InvalidQuery).with_faults(vec![fault]));
    }
    let wanted = query.q.map(|Line(text)| words(&text));
    let is_like = |division: &Division, wanted: &str| {
        division.is_like(wanted) || all.former(division).any(|former| former.is_like(wanted))
    };
    let found = all.all().iter().filter(|division| {
        division.is_valid(valid_at)
            && parent.as_ref().is_none_or(|parent| division.parent.as_ref() == Some(parent))
            && wanted.as_deref().is_none_or(|wanted| is_like(division, wanted))
    });
    let view = |division: &'static Division| {
        let formerly = all.former(division).map(|former| FormerDivisionView {
            code: &former.code,
            name_az: &former.name_az,
            name_en: &former.name_en,
            valid_to: former.valid_to,
        });
        DivisionView {
            code: &division.code,
            kind: division.kind,
            name_az: &division.name_az,
            name_en: &division.name_en,
            parent: division.parent.as_deref(),
            valid_from: division.valid_from,
            valid_to: division.valid_to,
            successors: &division.successors,
            formerly: formerly.collect(),
        }
    };
    Answer::ok(&DivisionsView { items: found.map(view).collect(), next: None, valid_at })
}
