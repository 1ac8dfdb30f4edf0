//! What the service says about itself: health, the index, the problems, the document.

use std::sync::LazyLock;

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{Object, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::{BUILD_TIME, routes};
use crate::db::Target;
use crate::error::{Code, Error, Result};
use crate::http::{Answer, Endpoint, LawView, Method, Path, Public, endpoint, problem};
use crate::law::Language;

/// Operations about the service.
pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint(Method::GET, "/livez", "checkLiveness", "Does the process answer?", livez),
        endpoint(Method::GET, "/readyz", "checkReadiness", "Can the service work?", readyz),
        endpoint(Method::GET, "/api/v1", "showIndex", "Links, formats, limits and law packs", index),
        endpoint(Method::GET, "/api/v1/openapi.json", "showDocument", "The OpenAPI document", document),
        endpoint(Method::GET, "/problems/{code}", "showProblem", "What a problem means and what to do", show_problem),
    ]
}

/// How the service is.
#[derive(Debug, Serialize, ToSchema)]
struct HealthView {
    /// `ok`.
    status: &'static str,
}

/// Where a client begins.
#[derive(Debug, Serialize, ToSchema)]
struct IndexView {
    /// Name of the product.
    product: &'static str,
    /// Version of the product.
    version: &'static str,
    /// Addresses to go on from.
    links: Value,
    /// Limits of requests.
    limits: Value,
    /// Languages of texts.
    languages: Vec<&'static str>,
    /// The law in use.
    law: LawView,
    /// Operations that will end.
    deprecations: Vec<String>,
}

/// What a problem means and what to do.
#[derive(Debug, Serialize, ToSchema)]
struct ProblemView {
    /// The code in every answer that refuses for this reason.
    code: &'static str,
    status: u16,
    title: &'static str,
    cure: &'static str,
}

/// The OpenAPI document: JSON of a schema of its own.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct Document(&'static Value);

/// Made for whoever asks first: it takes longer to make than to send, and anybody may ask.
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| crate::http::document(&routes::endpoints()));

impl PartialSchema for Document {
    fn schema() -> RefOr<Schema> {
        Object::new().into()
    }
}

impl ToSchema for Document {}

async fn livez(_: Public) -> Result<Answer<HealthView>> {
    Answer::ok(&HealthView { status: "ok" })
}

/// Bytes that must be free where the data lies: an SQLite database needs room for its log before it has any for a row.
const LEAST_ROOM: u64 = 64 * 1024 * 1024;

async fn readyz(door: Public) -> Result<Answer<HealthView>> {
    let unready = |why: &str| Error::new(Code::Unavailable).with_log(why);
    if door.now().unix_seconds() < BUILD_TIME {
        return Err(unready("the clock stands before this program was built: no token is good"));
    }
    if let Target::Sqlite(path) = door.target()
        && room(path) < LEAST_ROOM
    {
        return Err(unready("the disk that holds the database is nearly full"));
    }
    door.database_answers().await?;
    Answer::ok(&HealthView { status: "ok" })
}

/// Bytes that are free beside a file; where that cannot be told, nothing is wrong with it.
fn room(path: &std::path::Path) -> u64 {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(std::path::Path::new("."));
    rustix::fs::statvfs(folder).map_or(u64::MAX, |found| found.f_bavail.saturating_mul(found.f_frsize))
}

async fn index(door: Public) -> Result<Answer<IndexView>> {
    Answer::ok(&IndexView {
        product: "sakin",
        version: env!("CARGO_PKG_VERSION"),
        links: json!({ "sign_in": "/api/v1/sign-in", "me": "/api/v1/me", "document": "/api/v1/openapi.json", "law_packs": "/api/v1/law/packs", "problems": "/problems/{code}" }),
        limits: json!({ "body_bytes": 65536, "upload_bytes": crate::http::MOST_UPLOADED, "array": 100, "text_bytes": 4096, "depth": 32, "page": 100 }),
        languages: Language::ALL.iter().map(|language| language.code()).collect(),
        law: door.law().view(),
        deprecations: Vec::new(),
    })
}

async fn document(_: Public) -> Result<Answer<Document>> {
    Answer::ok(&Document(&DOCUMENT))
}

async fn show_problem(_: Public, Path(code): Path<String>) -> Result<Answer<ProblemView>> {
    let code = Code::ALL.iter().find(|known| known.as_str() == code).ok_or_else(Error::not_found)?;
    let problem::Entry { status, title, cure } = problem::entry(*code);
    Answer::ok(&ProblemView { code: code.as_str(), status, title, cure })
}
