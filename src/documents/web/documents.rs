//! Documents: their particulars, and what their check came to.

use super::input::{DocumentPatch, NewDocument, Step};
use super::view::{Dated, DocumentView};
use crate::access::policy::{ReadDocuments, RecordDocuments, VerifyDocuments};
use crate::clock::Instant;
use crate::documents::ops;
use crate::error::Result;
use crate::http::{
    Answer, Ctx, Done, Endpoint, Json, ListQuery, Method, OnVersion, Page, Patch, Path, Query, endpoint,
};
use crate::id::{DocumentId, PersonId};

const ONE: &str = "/api/v1/people/{person_id}/documents/{document_id}";

pub(super) fn endpoints() -> Vec<Endpoint> {
    let all = "/api/v1/people/{person_id}/documents";
    let transitions = "/api/v1/people/{person_id}/documents/{document_id}/transitions";
    vec![
        endpoint(Method::POST, all, "recordDocument", "Record a document; its content follows", record),
        endpoint(Method::GET, all, "listDocuments", "List a person's documents", list),
        endpoint(Method::GET, ONE, "showPersonDocument", "Show a document", show).refusing(&[410]),
        endpoint(Method::PATCH, ONE, "changeDocument", "Change a document's particulars", change),
        endpoint(Method::POST, transitions, "verifyDocument", "Accept or reject a document", verify),
    ]
}

/// Listed last, because nothing can be done with a document afterwards.
pub(super) fn withdrawal() -> Endpoint {
    endpoint(Method::DELETE, ONE, "withdrawDocument", "Withdraw a document recorded by mistake", withdraw)
}

async fn record(
    ctx: Ctx<RecordDocuments>,
    Path(person): Path<PersonId>,
    Json(new): Json<NewDocument>,
) -> Result<Answer<DocumentView>> {
    ctx.refuse_future(new.0.issued_on, "issued_on")?;
    let today = ctx.today();
    ctx.create(
        move |tx| crate::people::visible(tx, person),
        move |tx, ()| {
            let recorded = ops::record(tx, person, new.0.clone())?;
            Ok(recorded.map(|row| {
                let location = format!("/api/v1/people/{person}/documents/{}", row.id);
                Done::created(location, row.version, DocumentView::from(&(row, today)))
            }))
        },
    )
    .await
}

async fn list(
    ctx: Ctx<ReadDocuments>,
    Path(person): Path<PersonId>,
    Query(query): Query<ListQuery>,
) -> Result<Answer<Page<DocumentView>>> {
    let page = query.open::<_, _, (i64, DocumentId)>(&ctx, &format!("/api/v1/people/{person}/documents"))?;
    let (as_of, limit) = (page.record(), page.limit());
    let after = page.after().map(|(micros, id)| (Instant::from_micros(micros), id));
    let rows = ctx.view(move |tx| ops::list(tx, person, as_of, after.as_ref(), limit)).await?;
    let today = ctx.today();
    let rows: Vec<Dated> = rows.into_iter().map(|row| (row, today)).collect();
    page.answer(&rows, |(row, _)| (row.added_at.micros(), row.id))
}

async fn show(
    ctx: Ctx<ReadDocuments>,
    Path((person, document)): Path<(PersonId, DocumentId)>,
) -> Result<Answer<DocumentView>> {
    let row = ctx.view(move |tx| ops::show(tx, person, document)).await?;
    let version = row.version;
    Ok(Answer::ok(&DocumentView::from(&(row, ctx.today())))?.with_version(version))
}

async fn change(
    ctx: Ctx<RecordDocuments, OnVersion>,
    Path((person, document)): Path<(PersonId, DocumentId)>,
    Json(patch): Json<DocumentPatch>,
) -> Result<Answer<DocumentView>> {
    if let Patch::Set(day) = patch.issued_on {
        ctx.refuse_future(Some(day), "issued_on")?;
    }
    let today = ctx.today();
    ctx.change(
        move |tx| Ok((ops::live(tx, person, document)?, today)),
        move |tx, (before, _)| {
            let changed = ops::change(tx, &before, patch.apply(document, before.document())?)?;
            Ok(changed.map(|row| Done::changed(row.version, DocumentView::from(&(row, today)))))
        },
    )
    .await
}

async fn verify(
    ctx: Ctx<VerifyDocuments, OnVersion>,
    Path((person, document)): Path<(PersonId, DocumentId)>,
    Json(step): Json<Step>,
) -> Result<Answer<DocumentView>> {
    let today = ctx.today();
    ctx.change(
        move |tx| Ok((ops::live(tx, person, document)?, today)),
        move |tx, (before, _)| {
            let judged = ops::judge(tx, &before, step.to, &step.reason.0)?;
            Ok(judged.map(|row| Done::changed(row.version, DocumentView::from(&(row, today)))))
        },
    )
    .await
}

async fn withdraw(
    ctx: Ctx<RecordDocuments, OnVersion>,
    Path((person, document)): Path<(PersonId, DocumentId)>,
) -> Result<Answer<DocumentView>> {
    let today = ctx.today();
    ctx.change(
        move |tx| Ok((ops::live(tx, person, document)?, today)),
        move |tx, (before, _)| {
            let withdrawn = ops::withdraw(tx, &before)?;
            Ok(withdrawn.map(|row| Done::changed(row.version, DocumentView::from(&(row, today)))))
        },
    )
    .await
}
