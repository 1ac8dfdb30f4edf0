//! What a person allows organisations, and the receipt for it.

use std::sync::Arc;

use chrono::{Months, NaiveDate};
use chrono_tz::Tz;
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::policy::{ReadConsents, RecordConsents};
use crate::access::scope::consent::{Purpose, Shared};
use crate::clock::Instant;
use crate::confidentiality::ops::consents::{self as ops, Named};
use crate::error::{Error, Result};
use crate::http::{
    Answer, Ctx, Done, Endpoint, Fields, Input, Json, LanguageTag, Line, Method, OnVersion, Page, PageQuery, Path,
    Query, Several, endpoint,
};
use crate::id::{ConsentId, OrganisationId, PersonId};

/// Longest time a consent may run before the person is asked again.
const MOST: Months = Months::new(24);

pub(super) fn endpoints() -> Vec<Endpoint> {
    let all = "/api/v1/people/{person_id}/consents";
    let one = "/api/v1/people/{person_id}/consents/{consent_id}";
    vec![
        endpoint(Method::POST, all, "recordConsent", "Record a person's consent", record),
        endpoint(Method::GET, all, "listConsents", "List a person's consents", list),
        endpoint(Method::DELETE, one, "withdrawConsent", "Withdraw a consent", withdraw),
    ]
}

/// What a person allows one organisation for one purpose.
#[derive(Debug, Serialize, ToSchema)]
struct ConsentView {
    #[schema(value_type = String, format = Uuid)]
    id: ConsentId,
    version: i32,
    #[schema(value_type = String, format = Uuid)]
    organisation_id: OrganisationId,
    purpose: Purpose,
    /// What of the file the organisation sees, and nothing else.
    scope: Vec<Shared>,
    name_as_wanted: Option<String>,
    contact: Option<String>,
    /// BCP 47.
    languages: Vec<String>,
    /// Who consented for the person.
    #[schema(value_type = Option<String>, format = Uuid)]
    guardian_id: Option<PersonId>,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Instant,
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Instant>,
    receipt: ConsentReceiptView,
}

/// What the person is given to keep.
#[derive(Debug, Serialize, ToSchema)]
struct ConsentReceiptView {
    az: String,
    en: String,
    /// SHA-256 over what was consented to, lower-case hex.
    sha256: String,
}

impl ConsentView {
    fn of((row, organisation): &Named, zone: Tz) -> Self {
        let scope = row.scope();
        let (az, en) = receipt(&scope, organisation, row.expires_at.date(zone));
        Self {
            id: row.id,
            version: row.version(),
            organisation_id: row.organisation_id,
            purpose: row.purpose,
            scope,
            name_as_wanted: row.name_as_wanted.clone(),
            contact: row.contact.clone(),
            languages: row.tags(),
            guardian_id: row.guardian_id,
            recorded_at: row.recorded_at,
            expires_at: row.expires_at,
            ended_at: row.ended_at,
            receipt: ConsentReceiptView { az, en, sha256: ops::hash(row) },
        }
    }
}

/// The receipt's sentences: what the organisation sees, until when, how it ends.
fn receipt(scope: &[Shared], organisation: &str, last: NaiveDate) -> (String, String) {
    let words = |shared: &Shared| match shared {
        Shared::Name => ("istədiyiniz ad", "the name you want"),
        Shared::Contact => ("əlaqə vasitəniz", "how to reach you"),
        Shared::Languages => ("bildiyiniz dillər", "the languages you speak"),
        Shared::Needs => ("hansı kursa ehtiyacınız olduğu", "what course you need"),
    };
    let covered = |of: fn((&'static str, &'static str)) -> &'static str| {
        scope.iter().map(|shared| of(words(shared))).collect::<Vec<_>>().join(", ")
    };
    let az = format!(
        "Dil kursu üçün «{organisation}» təşkilatı {last} tarixinədək bunları görə bilər: {}. Başqa heç nə görmür: nə sənədlərinizi, nə \
         ünvanınızı, nə də işinizi. Razılığı istənilən vaxt geri götürə bilərsiniz; həmin an təşkilat sizi daha görmür və bunun heç bir \
         nəticəsi yoxdur.",
        covered(|(az, _)| az)
    );
    let en = format!(
        "For a language course {organisation} may see until {last}: {}. It sees nothing else: no document, no address, no case of yours. You \
         can withdraw the consent at any time; from that moment the organisation does not see you any more, and nothing follows from it.",
        covered(|(_, en)| en)
    );
    (az, en)
}

#[derive(Clone)]
struct NewConsent {
    organisation: OrganisationId,
    purpose: Purpose,
    expires_on: NaiveDate,
    name_as_wanted: Option<Line>,
    contact: Option<Line>,
    languages: Option<Several<LanguageTag>>,
    shares_needs: bool,
    guardian: Option<PersonId>,
}

impl Input for NewConsent {
    const NAME: &'static str = "NewConsent";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let organisation = fields.required("organisation_id", "Whom the person allows it.");
        let purpose = fields.required("purpose", "What for.");
        let expires_on = fields.required("expires_on", "Last day; at most two years from today.");
        let name = "Name by which the organisation shall know the person; absent: the one they go by.";
        let name_as_wanted = fields.optional("name_as_wanted", name);
        let contact = fields.optional("contact", "How it reaches the person; absent: it does not learn that.");
        let languages = fields.optional("languages", "What the person speaks, BCP 47; absent: it does not learn that.");
        let shares_needs = fields.optional("shares_needs", "May it see what course the person needs? Absent: no.");
        let guardian = fields.optional("guardian_id", "File of the parent or guardian who consents for the person.");
        Some(Self {
            organisation: organisation?,
            purpose: purpose?,
            expires_on: expires_on?,
            name_as_wanted,
            contact,
            languages,
            shares_needs: shares_needs.unwrap_or(false),
            guardian,
        })
    }
}

impl NewConsent {
    fn on_record(self, expires_at: Instant) -> ops::NewConsent {
        let tags =
            |Several(tags): Several<LanguageTag>| tags.into_iter().map(|tag| tag.0).collect::<Vec<_>>().join(" ");
        ops::NewConsent {
            organisation: self.organisation,
            purpose: self.purpose,
            expires_at,
            name_as_wanted: self.name_as_wanted.map(|line| line.0),
            contact: self.contact.map(|line| line.0),
            languages: self.languages.map(tags),
            shares_needs: self.shares_needs,
            guardian: self.guardian,
        }
    }
}

/// 422 for a last day that is over, or too far away.
fn refuse_day(day: NaiveDate, today: NaiveDate) -> Result<()> {
    let last = today.checked_add_months(MOST).unwrap_or(today);
    if (today..=last).contains(&day) {
        return Ok(());
    }
    Err(Error::invalid_at("/expires_on", "out_of_range", format!("A day from {today} to {last} is expected here.")))
}

async fn record(
    ctx: Ctx<RecordConsents>,
    Path(person): Path<PersonId>,
    Json(new): Json<NewConsent>,
) -> Result<Answer<ConsentView>> {
    let (today, expires_at) = (ctx.today(), ctx.end_of(new.expires_on));
    let law = Arc::clone(ctx.law());
    ctx.create(
        move |tx| crate::people::visible(tx, person),
        move |tx, ()| {
            refuse_day(new.expires_on, today)?;
            let recorded = ops::record(tx, &law.pack, person, new.clone().on_record(expires_at), today)?;
            let zone = law.zone;
            Ok(recorded.map(|named| {
                let location = format!("/api/v1/people/{person}/consents/{}", named.0.id);
                Done::created(location, named.0.version(), ConsentView::of(&named, zone))
            }))
        },
    )
    .await
}

async fn list(
    ctx: Ctx<ReadConsents>,
    Path(person): Path<PersonId>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<Page<ConsentView>>> {
    let page = query.open(&ctx, format!("/api/v1/people/{person}/consents"))?;
    let (after, limit) = (page.after(), page.limit());
    let rows = ctx.view(move |tx| ops::list(tx, person, after, limit)).await?;
    let zone = ctx.law().zone;
    let (rows, next) = page.cut(rows, |(row, _)| (row.recorded_at.micros(), row.id))?;
    let items = rows.iter().map(|named| ConsentView::of(named, zone)).collect();
    Ok(Answer::ok(&Page { items, next: next.clone(), clock: None })?.with_next(next))
}

async fn withdraw(
    ctx: Ctx<RecordConsents, OnVersion>,
    Path((person, consent)): Path<(PersonId, ConsentId)>,
) -> Result<Answer<ConsentView>> {
    let zone = ctx.law().zone;
    ctx.change(
        move |tx| ops::find(tx, person, consent),
        move |tx, row| {
            let withdrawn = ops::withdraw(tx, row)?;
            Ok(withdrawn.map(|named| Done::changed(named.0.version(), ConsentView::of(&named, zone))))
        },
    )
    .await
}
