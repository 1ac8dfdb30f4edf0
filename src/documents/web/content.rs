//! What is in documents.

use super::view::DocumentView;
use crate::access::policy::{ReadDocuments, RecordDocuments};
use crate::db::TextEnum;
use crate::documents::model::content::{self, ContentFault, MediaType};
use crate::documents::ops;
use crate::error::{Code, Error, Fault, Result};
use crate::http::{Answer, Ctx, Done, Download, Endpoint, File, Method, OnVersion, Path, Upload, endpoint};
use crate::id::{DocumentId, PersonId};
use crate::keys;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let content = "/api/v1/people/{person_id}/documents/{document_id}/content";
    vec![
        endpoint(Method::POST, content, "uploadContent", "Hand in what is in a document", upload),
        endpoint(Method::GET, content, "downloadContent", "Show what is in a document", download).refusing(&[410]),
    ]
}

/// 415 for a file that is not what it was declared to be, 422 for one that is not to be kept.
fn refusal(fault: ContentFault) -> Error {
    if fault == ContentFault::OtherType {
        let error = Error::new(Code::UnsupportedMediaType).with_member("expected", MediaType::TEXTS.join(", "));
        return error.with_detail("What is in the file is not what Content-Type says.");
    }
    Error::invalid(vec![Fault::at("", fault.code(), format!("Not taken: {fault}."))])
}

async fn upload(
    ctx: Ctx<RecordDocuments, OnVersion>,
    Path((person, document)): Path<(PersonId, DocumentId)>,
    file: Upload<MediaType>,
) -> Result<Answer<DocumentView>> {
    let Upload { media_type, mut bytes, mut sha256 } = file;
    let judged = bytes.clone();
    // On a thread of its own: others' requests need not wait while ten megabytes are looked through.
    let judging = tokio::task::spawn_blocking(move || {
        content::judge(media_type, &judged)?;
        let kept = content::without_traces(media_type, &judged)?;
        Ok(kept.map(|kept| (keys::sha256(&[&kept]), kept)))
    });
    if let Some((of_the_kept, kept)) = judging.await.map_err(Error::internal)?.map_err(refusal)? {
        (bytes, sha256) = (kept.into(), of_the_kept);
    }
    let today = ctx.today();
    ctx.change(
        move |tx| Ok((ops::live(tx, person, document)?, today)),
        move |tx, (before, _)| {
            let received = ops::receive_content(tx, &before, media_type, &bytes, sha256)?;
            Ok(received.map(|row| Done::changed(row.version, DocumentView::from(&(row, today)))))
        },
    )
    .await
}

async fn download(ctx: Ctx<ReadDocuments>, Path((person, document)): Path<(PersonId, DocumentId)>) -> Result<Download> {
    let ops::Content { media_type, sha256, bytes } =
        ctx.view(move |tx| ops::show_content(tx, person, document)).await?;
    let name = format!("{document}.{}", media_type.extension());
    Ok(Download::of(File { bytes: bytes.into(), sha256, name }))
}
