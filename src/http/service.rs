//! The endpoints as an actix service, and everything that is the same for every operation: the order of refusals, the headers, the log line.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::Poll;

use actix_web::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    CROSS_ORIGIN_RESOURCE_POLICY, ETAG, HeaderName, HeaderValue, IF_NONE_MATCH, LINK, LOCATION, REFERRER_POLICY,
    RETRY_AFTER, STRICT_TRANSPORT_SECURITY, VARY, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::accept::Form;
use super::answer::Rendered;
use super::app::App;
use super::call::{Call, REQUEST_ID};
use super::ctx::{Door, authenticate, note_denial};
use super::endpoint::Endpoint;
use super::router::{Found, Router};
use super::{etag, problem, upload};
use crate::db::{Action, Caller, Event};
use crate::error::{Code, Error, Result};
use crate::law::Language;

/// Sent with every answer, errors included: personal data is not stored by anybody on the way, and nothing here is a page.
static ALWAYS: [(HeaderName, HeaderValue); 6] = [
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
    (CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("same-origin")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000; includeSubDomains")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
];

/// Answers every request by its operation. actix's own routes would be tried one after the other, with an expression for each, in each worker.
pub fn configure(config: &mut ServiceConfig, app: &Arc<App>, router: &Arc<Router>) {
    let (app, router) = (Arc::clone(app), Arc::clone(router));
    let handler = move |http: HttpRequest, payload: web::Payload| {
        let found = router.find(http.method(), http.match_info().as_str());
        let app = Arc::clone(&app);
        async move {
            match found {
                Found::Operation(endpoint, path) => handle(http, payload, app, endpoint, path).await,
                Found::OtherMethods(allow) => method_not_allowed(&Call::new(http, app, Vec::new()), &allow),
                Found::Nothing => nowhere(Call::new(http, app, Vec::new())).await,
            }
        }
    };
    config.default_service(web::to(handler));
}

async fn handle(
    http: HttpRequest,
    payload: web::Payload,
    app: Arc<App>,
    endpoint: Arc<Endpoint>,
    path: Vec<String>,
) -> HttpResponse {
    let call = Call::new(http.clone(), Arc::clone(&app), path);
    let request_id = Arc::clone(call.request_id());
    let operation = endpoint.operation_id;
    let form = match call.check_media(&endpoint) {
        Ok(form) => form,
        Err(error) => return refuse(&error, &request_id, Some(operation)),
    };
    let spoken = endpoint.spec.speaks.then(|| call.language());
    let answered = run(call, Arc::clone(&endpoint), payload).await;
    match answered.and_then(|rendered| written(rendered, form, &endpoint)) {
        Ok(rendered) => answer(&http, rendered, &endpoint, spoken, &request_id),
        Err(error) => {
            if !is_open(&endpoint) {
                note_denial(&Call::again(http, app, Arc::clone(&request_id)), operation, &error).await;
            }
            refuse(&error, &request_id, Some(operation))
        }
    }
}

/// What comes of a request. A panic in it is this request's failure: it is in the log like every act, and no other request feels it (row G4).
async fn run(call: Call, endpoint: Arc<Endpoint>, payload: web::Payload) -> Result<Rendered> {
    let (app, request_id, operation) = (Arc::clone(call.app()), Arc::clone(call.request_id()), endpoint.operation_id);
    let mut running = (endpoint.run)(call, Arc::clone(&endpoint), payload);
    let ended = poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| running.as_mut().poll(context)));
        polled.map_or_else(|_| Poll::Ready(None), |polled| polled.map(Some))
    });
    match ended.await {
        Some(Err(error)) if error.panicked => {}
        Some(ended) => return ended,
        None => {}
    }
    let mut caller = Caller::program("request");
    caller.actor.request_id = request_id;
    let event = Event::plain(Action::RequestPanicked).with(json!({ "operation": operation }));
    if let Err(error) = app.db.write(caller, move |tx| tx.record(&event, ())).await {
        tracing::error!(%error, operation, "a panic could not be put into the log");
    }
    Err(Error::panicked())
}

/// The answer in the form in which it is wanted.
fn written(rendered: Rendered, form: Form, endpoint: &Endpoint) -> Result<Rendered> {
    match (form, endpoint.sheet()) {
        (Form::Table { bom }, Some(sheet)) => sheet.apply(rendered, bom),
        _ => Ok(rendered),
    }
}

fn method_not_allowed(call: &Call, allow: &str) -> HttpResponse {
    let mut response = refuse(&Error::new(Code::MethodNotAllowed), call.request_id(), None);
    if let Ok(value) = HeaderValue::from_str(allow) {
        response.headers_mut().insert(ALLOW, value);
    }
    response
}

/// No operation has this path. Outsiders get no map: for them every such path needs a sign-in.
async fn nowhere(call: Call) -> HttpResponse {
    let error = match authenticate(&call).await {
        Ok(_) => Error::not_found(),
        Err(error) => error,
    };
    refuse(&error, call.request_id(), None)
}

fn answer(
    http: &HttpRequest,
    rendered: Rendered,
    endpoint: &Endpoint,
    spoken: Option<Language>,
    request_id: &str,
) -> HttpResponse {
    let tag = rendered.version.map(etag::tag).or_else(|| rendered.tag.as_ref().map(|tag| format!("\"{tag}\"")));
    let sent = http.headers().get(IF_NONE_MATCH).and_then(|sent| sent.to_str().ok());
    let unchanged =
        http.method() == Method::GET && tag.as_deref().zip(sent).is_some_and(|(tag, sent)| etag::named(sent, tag));
    let status = if unchanged { StatusCode::NOT_MODIFIED } else { status(rendered.status) };
    let mut response = begin(status, request_id);
    if let Some(tag) = &tag {
        response.insert_header((ETAG, tag.as_str()));
    }
    if let Some(language) = spoken {
        response.insert_header((CONTENT_LANGUAGE, language.code()));
        response.append_header((VARY, "accept-language"));
    }
    if endpoint.sheet().is_some() {
        response.append_header((VARY, "accept"));
    }
    if let Some(style) = &rendered.style {
        let policy =
            format!("default-src 'none'; style-src 'sha256-{}'; frame-ancestors 'none'", STANDARD.encode(style));
        response.insert_header((CONTENT_SECURITY_POLICY, policy));
    }
    if let Some(location) = &rendered.location {
        response.insert_header((LOCATION, location.as_str()));
    }
    if let Some(next) = &rendered.next {
        response.insert_header((LINK, format!("<{next}>; rel=\"next\"")));
    }
    if rendered.replayed {
        response.insert_header(("idempotent-replayed", "true"));
    }
    if unchanged {
        return response.finish();
    }
    response.insert_header((CONTENT_TYPE, rendered.content_type.as_str()));
    let Some(file) = rendered.file else { return response.body(rendered.body) };
    response.insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", file.name)));
    response.insert_header((upload::REPR_DIGEST.clone(), upload::digest_of(&file.sha256)));
    response.body(file.bytes)
}

/// An error as the client gets it, and as the log keeps it.
pub(crate) fn refuse(error: &Error, request_id: &str, operation: Option<&'static str>) -> HttpResponse {
    let (status, body) = problem::render(error, request_id);
    if status.is_server_error() {
        let log = error.log.as_deref().unwrap_or_default();
        tracing::error!(request_id, operation, code = %error.code, log, "request failed");
    } else {
        tracing::debug!(request_id, operation, code = %error.code, "request refused");
    }
    let mut response = begin(status, request_id);
    response.insert_header((CONTENT_TYPE, problem::MEDIA_TYPE));
    response.insert_header((CONTENT_LANGUAGE, "en"));
    if status == StatusCode::UNAUTHORIZED {
        response.insert_header((WWW_AUTHENTICATE, challenge(error)));
    }
    if let Some(seconds) = problem::retry_after(error) {
        response.insert_header((RETRY_AFTER, seconds));
    }
    response.body(body)
}

/// RFC 6750; for a proof that is too old, RFC 9470.
fn challenge(error: &Error) -> String {
    match error.members.get("max_age") {
        Some(age) => format!("Bearer error=\"insufficient_user_authentication\", max_age={age}"),
        None => "Bearer".to_owned(),
    }
}

fn begin(status: StatusCode, request_id: &str) -> HttpResponseBuilder {
    let mut response = HttpResponseBuilder::new(status);
    for (name, value) in &ALWAYS {
        response.insert_header((name.clone(), value.clone()));
    }
    response.insert_header((REQUEST_ID.clone(), request_id));
    response
}

fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::OK)
}

/// Doors that need no sign-in, for the checked-in list.
pub fn is_open(endpoint: &Endpoint) -> bool {
    !matches!(endpoint.door, Door::Permission(_))
}
