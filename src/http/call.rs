//! One request on its way to a handler.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::Method;
use actix_web::http::header::{
    ACCEPT, ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, IF_MATCH,
};
use actix_web::{HttpRequest, web};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::accept::{self, Form};
use super::app::App;
use super::endpoint::Endpoint;
use super::upload::{self, Sent};
use super::{client, csv_in, csv_out, etag, json, language};
use crate::config::Network;
use crate::error::{Code, Error, Fault, Result};
use crate::keys;
use crate::law::Language;

/// What the kernel read from a request for the handler's door.
#[derive(Clone, Debug)]
pub struct Request {
    /// One id to quote: in the header, the body, the log and the audit trail.
    pub id: Arc<str>,
    /// A retry's name.
    pub idempotency_key: Option<Arc<str>>,
    /// The version a change is based on.
    pub if_match: Option<i32>,
    /// Check and answer, but change nothing.
    pub dry_run: bool,
    /// SHA-256 of method, path, query and body.
    pub fingerprint: [u8; 32],
    /// The body as sent.
    pub body: Option<Value>,
    /// Stated purpose of a look.
    pub purpose: Option<Arc<str>>,
}

impl Request {
    pub(super) fn unread(id: &Arc<str>) -> Self {
        let id = Arc::clone(id);
        Self {
            id,
            idempotency_key: None,
            if_match: None,
            dry_run: false,
            fingerprint: [0; 32],
            body: None,
            purpose: None,
        }
    }
}

/// A request before its handler is called.
pub struct Call {
    http: HttpRequest,
    app: Arc<App>,
    request_id: Arc<str>,
    /// Values of the path's parameters.
    path: Vec<String>,
}

/// What extractors take their values from.
pub struct Parts {
    pub(super) path: Vec<String>,
    pub(super) query: Map<String, Value>,
    pub(super) query_read: bool,
    pub(super) body: Option<Value>,
    /// The lines on which the items of a body stand that was sent as a table.
    pub(super) lines: Option<Vec<u64>>,
    /// A body that is a file.
    pub(super) sent: Option<Sent>,
    pub(super) language: Language,
    /// A part of the path is no id: there is nothing at this address.
    pub(super) nowhere: bool,
}

impl Call {
    pub(super) fn new(http: HttpRequest, app: Arc<App>, path: Vec<String>) -> Self {
        let request_id = request_id(&http);
        Self { http, app, request_id, path }
    }

    /// The same request once more, for what is to be done after its handler.
    pub(super) fn again(http: HttpRequest, app: Arc<App>, request_id: Arc<str>) -> Self {
        Self { http, app, request_id, path: Vec::new() }
    }

    /// Path of the request, without its query.
    pub(super) fn address(&self) -> &str {
        self.http.path()
    }

    /// The program's parts.
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// The id to quote.
    pub fn request_id(&self) -> &Arc<str> {
        &self.request_id
    }

    /// The network that this request counts under, for limits per network.
    pub fn network(&self) -> Network {
        // A request without a peer came in through no socket: only in-process tests make such.
        let peer = self.http.peer_addr().map_or(IpAddr::from([127, 0, 0, 1]), |peer| peer.ip());
        client::network(peer, self.http.headers(), &self.app.trusted_proxies)
    }

    pub(super) fn bearer(&self) -> Option<&str> {
        let (scheme, token) = header(&self.http, &AUTHORIZATION)?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token)
    }

    /// The language for sentences.
    pub(super) fn language(&self) -> Language {
        let office = self.app.limits.language;
        header(&self.http, &ACCEPT_LANGUAGE).map_or(office, |sent| language::preferred(sent, office))
    }

    /// What can be refused before anybody is known: 406, 413, 415. The form in which the answer is wanted.
    pub(super) fn check_media(&self, endpoint: &Endpoint) -> Result<Form> {
        let (own, table) = (endpoint.reply.content_type, endpoint.sheet().is_some());
        let wanted = header(&self.http, &ACCEPT).map_or(Some(Form::Own), |accept| accept::chosen(accept, own, table));
        let form = wanted.ok_or_else(|| {
            let available = if table { format!("{own}, {}", csv_out::MEDIA_TYPE) } else { own.to_owned() };
            Error::new(Code::NotAcceptable).with_member("available", available)
        })?;
        let limit = self.most(endpoint);
        if self.length().is_some_and(|length| length > limit) {
            return Err(Error::new(Code::BodyTooLarge).with_member("limit", limit));
        }
        if header(&self.http, &CONTENT_ENCODING).is_some_and(|coding| !coding.eq_ignore_ascii_case("identity")) {
            return Err(upload::not_accepted(&["identity"]).with_detail("The body is compressed: send it as it is."));
        }
        if endpoint.spec.body.is_some() {
            let expected = media_type(&endpoint.method);
            if !self.is_utf8() {
                return Err(upload::not_accepted(&[expected]).with_detail("Send the body in UTF-8."));
            }
            if !self.media().eq_ignore_ascii_case(expected) && !self.sends_table(endpoint) {
                let table = endpoint.spec.table.as_ref().map(|_| csv_out::MEDIA_TYPE);
                return Err(upload::not_accepted(&[expected].into_iter().chain(table).collect::<Vec<_>>()));
            }
        } else if !endpoint.spec.upload.is_empty() && !endpoint.spec.upload.contains(&self.media()) {
            return Err(upload::not_accepted(endpoint.spec.upload));
        }
        Ok(form)
    }

    /// Is the body a table, and may it be one?
    fn sends_table(&self, endpoint: &Endpoint) -> bool {
        endpoint.spec.table.is_some() && self.media().eq_ignore_ascii_case(csv_out::MEDIA_TYPE)
    }

    /// The size that the request declares.
    fn length(&self) -> Option<usize> {
        header(&self.http, &CONTENT_LENGTH)?.parse().ok()
    }

    /// Does the request declare no other character set than UTF-8?
    fn is_utf8(&self) -> bool {
        let mut parameters = header(&self.http, &CONTENT_TYPE).unwrap_or_default().split(';').skip(1);
        parameters.all(|parameter| match parameter.split_once('=') {
            Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
                value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
            }
            _ => true,
        })
    }

    /// The media type that the request declares, without parameters.
    fn media(&self) -> &str {
        header(&self.http, &CONTENT_TYPE).unwrap_or_default().split(';').next().unwrap_or_default().trim()
    }

    /// Largest body of the operation, bytes.
    fn most(&self, endpoint: &Endpoint) -> usize {
        if endpoint.spec.upload.is_empty() { self.app.limits.body_bytes } else { upload::MOST }
    }

    /// Reads query, headers and body. 400 for what cannot be read.
    pub(super) async fn read(&self, endpoint: &Endpoint, payload: web::Payload) -> Result<(Request, Parts)> {
        let mut query = query(self.http.query_string())?;
        let writes = endpoint.writes();
        let dry_run = if writes { take_dry_run(&mut query)? } else { false };
        let mut request = Request { dry_run, ..Request::unread(&self.request_id) };
        self.read_headers(endpoint, &mut request)?;
        let mut sent = None;
        let mut bytes = web::Bytes::new();
        let (mut body, mut lines) = (None, None);
        if endpoint.spec.body.is_some() {
            let time = Duration::from_secs(self.app.limits.body_timeout_s);
            bytes = self.read_body(payload, self.app.limits.body_bytes, time).await?;
            if let Some(columns) = endpoint.spec.table.as_ref().filter(|_| self.sends_table(endpoint)) {
                let table = csv_in::parse(&bytes, columns)?;
                // As JSON would say it; what is no row stands in the query.
                let mut members = Map::from_iter([("items".to_owned(), Value::Array(table.items))]);
                members.extend(query.remove_entry("atomic"));
                (body, lines) = (Some(Value::Object(members)), Some(table.lines));
            } else {
                body = Some(json::parse(&bytes)?);
            }
        } else if !endpoint.spec.upload.is_empty() {
            let file = self.read_upload(payload).await?;
            // In place of the file its hash, so that it is hashed once.
            bytes = web::Bytes::from([file.media_type.as_bytes(), b"\0", &file.sha256].concat());
            sent = Some(file);
        }
        if writes {
            // Also without a body: a key belongs to one address.
            request.fingerprint = keys::sha256(&[
                endpoint.method.as_str().as_bytes(),
                b"\0",
                self.http.path().as_bytes(),
                b"\0",
                self.http.query_string().as_bytes(),
                b"\0",
                &bytes,
            ]);
            request.body.clone_from(&body);
        }
        let (path, language) = (self.path.clone(), self.language());
        Ok((request, Parts { path, query, query_read: false, body, lines, sent, language, nowhere: false }))
    }

    fn read_headers(&self, endpoint: &Endpoint, request: &mut Request) -> Result<()> {
        if let Some(raw) = header(&self.http, &IF_MATCH) {
            let version = etag::parse(raw);
            request.if_match = Some(version.ok_or_else(|| {
                bad_header("If-Match", "Send the ETag of the version you read, for example \"v3\". * is not accepted.")
            })?);
        }
        let mut keys = self.http.headers().get_all(&IDEMPOTENCY_KEY);
        if let Some(raw) = keys.next() {
            let bad =
                || bad_header("Idempotency-Key", "A key is 1 to 255 visible ASCII characters, and a request has one.");
            let alone = raw.to_str().ok().filter(|_| keys.next().is_none()).ok_or_else(bad)?;
            request.idempotency_key = Some(idempotency_key(alone).ok_or_else(bad)?);
        } else if endpoint.needs_key() {
            return Err(Error::new(Code::IdempotencyKeyRequired));
        }
        if let Some(raw) = header(&self.http, &PURPOSE) {
            let fits = !raw.is_empty() && raw.len() <= 64 && raw.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            if !fits {
                return Err(bad_header("Purpose", "A purpose is a code of 1 to 64 of a-z and _."));
            }
            request.purpose = Some(Arc::from(raw));
        }
        Ok(())
    }

    /// Reads a file. What it is to be is known before a byte of it is taken.
    async fn read_upload(&self, payload: web::Payload) -> Result<Sent> {
        let length = self.length().ok_or_else(|| upload::header_fault("Content-Length", "required", upload::LENGTH))?;
        let digest = upload::digest(header(&self.http, &upload::REPR_DIGEST))?;
        let time = upload::time(Duration::from_secs(self.app.limits.body_timeout_s), length);
        let bytes = self.read_body(payload, upload::MOST, time).await?;
        let sha256 = keys::sha256(&[&bytes]);
        if sha256 != digest {
            return Err(upload::header_fault("Repr-Digest", "mismatch", upload::MISMATCH));
        }
        Ok(Sent { media_type: self.media().to_owned(), bytes, sha256 })
    }

    async fn read_body(&self, payload: web::Payload, limit: usize, deadline: Duration) -> Result<web::Bytes> {
        match tokio::time::timeout(deadline, payload.to_bytes_limited(limit)).await {
            Ok(Ok(Ok(bytes))) => Ok(bytes),
            Ok(Ok(Err(_))) => Err(Error::new(Code::MalformedJson).with_detail("The body did not arrive whole.")),
            Ok(Err(_)) => Err(Error::new(Code::BodyTooLarge).with_member("limit", limit)),
            Err(_) => Err(Error::new(Code::RequestTimeout)),
        }
    }
}

/// Header of RFC draft `httpapi-idempotency-key-header`.
pub(super) static IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
static PURPOSE: HeaderName = HeaderName::from_static("purpose");
/// The id to quote.
pub(super) static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The media type of a method's bodies.
pub(super) fn media_type(method: &Method) -> &'static str {
    if method == Method::PATCH { "application/merge-patch+json" } else { "application/json" }
}

fn header<'a>(http: &'a HttpRequest, name: &HeaderName) -> Option<&'a str> {
    http.headers().get(name)?.to_str().ok()
}

fn bad_header(name: &str, message: &str) -> Error {
    Error::new(Code::InvalidHeader).with_faults(vec![Fault::header(name, "invalid", message)])
}

fn request_id(http: &HttpRequest) -> Arc<str> {
    // The id goes into the log, so it must have no room for a name or the number of a document.
    let fits = |id: &&str| (16..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    let sent = header(http, &REQUEST_ID).filter(fits);
    sent.map_or_else(|| Arc::from(&*Uuid::new_v4().simple().encode_lower(&mut Uuid::encode_buffer())), Arc::from)
}

/// 1 to 255 visible ASCII characters, bare or as a quoted string.
fn idempotency_key(raw: &str) -> Option<Arc<str>> {
    let bare = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(raw);
    let fits = (1..=255).contains(&bare.len()) && bare.bytes().all(|b| b.is_ascii_graphic() && b != b'"');
    fits.then(|| Arc::from(bare))
}

fn query(raw: &str) -> Result<Map<String, Value>> {
    let mut members = Map::new();
    for (name, value) in form_urlencoded::parse(raw.as_bytes()) {
        if members.insert(name.to_string(), Value::from(value.into_owned())).is_some() {
            let fault = Fault::parameter(name.to_string(), "repeated", "The parameter stands twice. Send it once.");
            return Err(Error::new(Code::UnknownParameter).with_faults(vec![fault]));
        }
    }
    Ok(members)
}

fn take_dry_run(query: &mut Map<String, Value>) -> Result<bool> {
    match query.remove("dry_run").as_ref().and_then(Value::as_str) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => {
            let fault = Fault::parameter("dry_run", "not_a_boolean", "true or false is expected here.");
            Err(Error::new(Code::InvalidQuery).with_faults(vec![fault]))
        }
    }
}
