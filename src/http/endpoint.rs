//! An operation is a method, a path, a name and a handler. Everything else about it (who may call it, what it takes, what it answers) is read off
//! the handler's signature, so that the router, the document, `sakin routes` and the tests cannot disagree with the code.

use std::future::Future;
use std::pin::Pin;
use std::str::FromStr;
use std::sync::{Arc, OnceLock};

use actix_web::http::Method;
use actix_web::web;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::answer::{Answer, Rendered};
use super::call::{Call, Parts};
use super::csv_in::Columns;
use super::csv_out::Sheet;
use super::ctx::{Door, Guard};
use super::fields::{Input, Property, properties, read_body, read_query, schema};
use crate::access::policy::Kind;
use crate::error::{Code, Error, Fault, Place, Result};

/// A JSON Schema's name, and what makes it: only the document asks.
pub type NamedSchema = (&'static str, fn() -> Value);

/// What an operation takes besides its path.
#[derive(Debug, Default)]
pub struct Spec {
    /// Query parameters.
    pub query: Vec<Property>,
    /// Name and JSON Schema of the body.
    pub body: Option<NamedSchema>,
    /// Columns of a table that may be sent in place of the body.
    pub table: Option<Columns>,
    /// Media types of a body that is a file; none: its body is no file.
    pub upload: &'static [&'static str],
    /// Does its answer have sentences in the reader's language?
    pub speaks: bool,
}

/// What an operation answers.
#[derive(Debug)]
pub struct ReplySpec {
    /// Status of success.
    pub status: u16,
    /// Media type.
    pub content_type: &'static str,
    /// Name of the schema.
    pub name: String,
    schemas: fn(&Self) -> Vec<(String, Value)>,
}

impl ReplySpec {
    /// An answer that is a text or a file.
    pub fn of_file(status: u16, name: &str, content_type: &'static str) -> Self {
        let schemas =
            |of: &Self| vec![(of.name.clone(), json!({ "type": "string", "contentMediaType": of.content_type }))];
        Self { status, content_type, name: name.to_owned(), schemas }
    }

    /// JSON Schemas it consists of, by name. Made when they are asked for: all of them would be megabytes, and only the document needs them.
    pub fn schemas(&self) -> Vec<(String, Value)> {
        (self.schemas)(self)
    }
}

type Answering = Pin<Box<dyn Future<Output = Result<Rendered>>>>;

/// One operation.
pub struct Endpoint {
    /// HTTP method.
    pub method: Method,
    /// Path with `{parameters}`.
    pub path: &'static str,
    /// Name, verbNoun.
    pub operation_id: &'static str,
    /// Summary, at most 60 characters.
    pub summary: &'static str,
    /// Who may call it.
    pub door: Door,
    /// Does it need `If-Match`?
    pub on_version: bool,
    /// Is it there only until it was done? Afterwards it is not found.
    pub once: bool,
    /// What it takes.
    pub spec: Spec,
    /// What it answers.
    pub reply: ReplySpec,
    /// Statuses with which it refuses beside those that its kind has.
    pub refuses: &'static [u16],
    sheet: OnceLock<Option<Sheet>>,
    pub(super) run: Box<dyn Fn(Call, Arc<Endpoint>, web::Payload) -> Answering + Send + Sync>,
}

impl Endpoint {
    /// The same operation, which also refuses with these statuses.
    #[must_use]
    pub fn refusing(mut self, statuses: &'static [u16]) -> Self {
        self.refuses = statuses;
        self
    }

    /// Does it change something?
    pub fn writes(&self) -> bool {
        matches!(self.door, Door::Permission(grant) if grant.kind() == Kind::Write)
    }

    /// Does it look at persons' files?
    pub fn views(&self) -> bool {
        matches!(self.door, Door::Permission(grant) if grant.kind() == Kind::View)
    }

    /// How its answer becomes a table: if it is a list, or what became of many.
    pub fn sheet(&self) -> Option<&Sheet> {
        let read = || {
            let schemas = self.reply.schemas();
            // Who sends rows wants to know of each what became of it.
            let of = if self.spec.table.is_some() { Sheet::of_results } else { Sheet::of_list };
            of(&self.reply.name, &schemas)
        };
        self.sheet.get_or_init(read).as_ref()
    }

    /// Must a request carry an `Idempotency-Key`?
    pub fn needs_key(&self) -> bool {
        self.writes() && self.method == Method::POST
    }

    /// The same operation when its POST makes no record: it answers 200.
    #[must_use]
    pub fn making_nothing(mut self) -> Self {
        self.reply.status = 200;
        self
    }

    /// The same operation when it is there only until it was done.
    #[must_use]
    pub fn once(mut self) -> Self {
        self.once = true;
        self
    }

    /// The line for `operations.txt`: method, path, operation, permission, audit kind.
    pub fn line(&self) -> String {
        let permission = match self.door {
            Door::Public => "public",
            Door::SignIn => "sign_in",
            Door::Permission(grant) => grant.name(),
        };
        let audit = match self.door {
            Door::SignIn => "sign_in",
            _ if self.writes() => "write",
            _ if self.views() => "view",
            _ => "none",
        };
        format!("{} {} {} {permission} {audit}", self.method, self.path, self.operation_id)
    }
}

/// Makes an endpoint of a handler.
pub fn endpoint<H, A>(
    method: Method,
    path: &'static str,
    operation_id: &'static str,
    summary: &'static str,
    handler: H,
) -> Endpoint
where
    H: Handler<A>,
{
    let mut spec = Spec::default();
    H::describe(&mut spec);
    let creates = method == Method::POST && H::creates();
    let reply = H::reply(if creates { 201 } else { 200 });
    Endpoint {
        method,
        path,
        operation_id,
        summary,
        door: H::DOOR,
        on_version: H::ON_VERSION,
        once: false,
        spec,
        reply,
        refuses: &[],
        sheet: OnceLock::new(),
        run: Box::new(move |call, endpoint, payload| {
            let handler = handler.clone();
            Box::pin(async move { handler.call(call, endpoint, payload).await })
        }),
    }
}

/// What can handle an operation: an async function whose first argument is a [`Guard`] and whose further arguments are read from the request.
#[diagnostic::on_unimplemented(
    message = "this function cannot handle an operation",
    label = "the first argument must be `Ctx<Permission>`, `Public` or `SignIn`; the others `Path`, `Query` or `Json`; the result `Result<Answer<_>>`"
)]
pub trait Handler<A>: Clone + Send + Sync + 'static {
    /// Who may call it.
    const DOOR: Door;
    /// Does it need `If-Match`?
    const ON_VERSION: bool;

    /// What it takes.
    fn describe(spec: &mut Spec);
    /// What it answers.
    fn reply(status: u16) -> ReplySpec;
    /// Does a POST to it make a record?
    fn creates() -> bool {
        !Self::ON_VERSION && matches!(Self::DOOR, Door::Permission(grant) if grant.kind() == Kind::Write)
    }
    /// Lets the caller in, reads the request, answers.
    fn call(self, call: Call, endpoint: Arc<Endpoint>, payload: web::Payload)
    -> impl Future<Output = Result<Rendered>>;
}

macro_rules! handlers {
    ($(($($name:ident: $arg:ident),*))+) => {$(
        impl<F, Fut, G, R, $($arg,)*> Handler<(G, R, $($arg,)*)> for F
        where
            F: Fn(G, $($arg),*) -> Fut + Clone + Send + Sync + 'static,
            Fut: Future<Output = Result<R>>,
            G: Guard,
            R: Reply,
            $($arg: Extract,)*
        {
            const DOOR: Door = G::DOOR;
            const ON_VERSION: bool = G::ON_VERSION;

            fn describe(spec: &mut Spec) {
                let _ = &spec;
                $($arg::describe(spec);)*
            }

            fn reply(status: u16) -> ReplySpec {
                R::spec(status)
            }

            async fn call(self, call: Call, endpoint: Arc<Endpoint>, payload: web::Payload) -> Result<Rendered> {
                let mut guard = G::admit(&call).await?;
                let (request, mut parts) = call.read(&endpoint, payload).await?;
                let mut faults = Vec::new();
                $(let $name = $arg::extract(&mut parts, &mut faults);)*
                parts.finish(&mut faults);
                if let Some(error) = refusal(faults) {
                    return Err(error);
                }
                if parts.nowhere {
                    return Err(Error::not_found());
                }
                guard.receive(request);
                $(let Some($name) = $name else { return Err(Error::internal("a value without a fault was not read")) };)*
                Ok(self(guard, $($name),*).await?.into_rendered())
            }
        }
    )+};
}

handlers! { () (a: A) (a: A, b: B) (a: A, b: B, c: C) }

/// Faults of the query are 400, faults of the body 422; a request with both is answered with the first kind and all faults.
fn refusal(faults: Vec<Fault>) -> Option<Error> {
    if faults.is_empty() {
        return None;
    }
    let parameters: Vec<&Fault> = faults.iter().filter(|fault| matches!(fault.place, Place::Parameter(_))).collect();
    let code = if parameters.is_empty() {
        Code::ValidationFailed
    } else if parameters.iter().any(|fault| fault.code == "unknown_parameter") {
        Code::UnknownParameter
    } else {
        Code::InvalidQuery
    };
    Some(Error::new(code).with_faults(faults))
}

/// What a handler's result must be.
pub trait Reply {
    /// Its status, media type and schema.
    fn spec(status: u16) -> ReplySpec;
    /// The bytes.
    fn into_rendered(self) -> Rendered;
}

impl<T: Serialize + ToSchema> Reply for Answer<T> {
    fn spec(status: u16) -> ReplySpec {
        let schemas = |_: &ReplySpec| {
            let mut schemas = vec![(T::name().to_string(), T::schema())];
            T::schemas(&mut schemas);
            let as_json = |(name, schema)| (name, serde_json::to_value(schema).unwrap_or(Value::Null));
            schemas.into_iter().map(as_json).collect()
        };
        ReplySpec { status, content_type: "application/json", name: T::name().to_string(), schemas }
    }

    fn into_rendered(self) -> Rendered {
        self.rendered
    }
}

/// A handler's argument after the door.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a request",
    label = "arguments after the door are `Path<_>`, `Query<_>`, `Json<_>`, `Many<_>` or `Upload<_>`"
)]
pub trait Extract: Sized {
    /// Adds what the argument takes.
    fn describe(spec: &mut Spec);
    /// Reads it, or adds faults.
    fn extract(parts: &mut Parts, faults: &mut Vec<Fault>) -> Option<Self>;
}

/// Ids of the path. What is no id is no record: 404.
pub struct Path<T>(pub T);
/// The query string.
pub struct Query<T>(pub T);
/// The JSON body.
pub struct Json<T>(pub T);

impl<T: Segments> Extract for Path<T> {
    fn describe(_: &mut Spec) {}

    fn extract(parts: &mut Parts, _: &mut Vec<Fault>) -> Option<Self> {
        let read = T::read(&parts.path).map(Self);
        parts.nowhere |= read.is_none();
        read
    }
}

impl<T: Input> Extract for Query<T> {
    fn describe(spec: &mut Spec) {
        spec.query = properties::<T>();
    }

    fn extract(parts: &mut Parts, faults: &mut Vec<Fault>) -> Option<Self> {
        parts.query_read = true;
        read_query(std::mem::take(&mut parts.query), faults).map(Self)
    }
}

impl<T: Input> Extract for Json<T> {
    fn describe(spec: &mut Spec) {
        spec.body = Some((T::NAME, schema::<T>));
    }

    fn extract(parts: &mut Parts, faults: &mut Vec<Fault>) -> Option<Self> {
        read_body(parts.body.take().unwrap_or(Value::Null), faults).map(Self)
    }
}

impl Parts {
    /// Parameters of an operation that has none are refused, too.
    fn finish(&mut self, faults: &mut Vec<Fault>) {
        if !self.query_read {
            let _ = read_query::<()>(std::mem::take(&mut self.query), faults);
        }
    }
}

/// What stands in a path.
pub trait Segments: Sized {
    /// The values in the path's order.
    fn read(segments: &[String]) -> Option<Self>;
}

/// One parameter of a path.
pub trait Segment: FromStr {}

impl<A: Segment> Segments for A {
    fn read(segments: &[String]) -> Option<Self> {
        segments.first()?.parse().ok()
    }
}

impl<A: Segment, B: Segment> Segments for (A, B) {
    fn read(segments: &[String]) -> Option<Self> {
        Some((segments.first()?.parse().ok()?, segments.get(1)?.parse().ok()?))
    }
}

impl<A: Segment, B: Segment, C: Segment> Segments for (A, B, C) {
    fn read(segments: &[String]) -> Option<Self> {
        Some((segments.first()?.parse().ok()?, segments.get(1)?.parse().ok()?, segments.get(2)?.parse().ok()?))
    }
}

macro_rules! segments {
    ($($name:ty),+) => { $(impl Segment for $name {})+ };
}

segments! {
    crate::id::PersonId, crate::id::NameId, crate::id::NationalityId, crate::id::PermitId, crate::id::AddressId, crate::id::CrossingId,
    crate::id::GapId, crate::id::EvidenceId, crate::id::FactId, crate::id::EventId, crate::id::AccountId, crate::id::OfficeId,
    crate::id::OrganisationId, crate::id::MembershipId, crate::id::SessionId, crate::id::PasskeyId, crate::id::AssignmentId, crate::id::ExclusionId,
    crate::id::ProtectionId, crate::id::AccessGrantId, crate::id::ConsentId, crate::id::AuditEventId,
    crate::id::NoticeId, crate::id::RelationshipId, crate::id::DwellingId, crate::id::HostConsentId, crate::id::PermitEventId,
    crate::id::DocumentId, crate::id::ReceiptId, crate::id::CaseId, crate::id::DecisionId, crate::id::TaskId, crate::id::QueueId,
    crate::id::CourseId, crate::id::MeetingId, crate::id::EnrolmentId, crate::id::PlacementId, crate::id::CertificateId,
    crate::id::LanguageNeedId, crate::id::CalendarFeedId, crate::id::CourseHoursId,
    i32, String
}
