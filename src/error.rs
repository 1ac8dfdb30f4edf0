//! The one error type. It knows codes and texts, not HTTP: `http/problem.rs` is the only place that maps a code to a status.
//!
//! Every error has two messages: `detail` for the client, `log` for the operator. Neither may carry personal data, SQL or paths.

use std::fmt;

use serde_json::{Map, Value};

/// Result with the product's error.
pub type Result<T, E = Error> = std::result::Result<T, E>;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal,)+) => {
        /// Stable error codes. A code is never renamed and never reused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $variant,)+ }

        impl Code {
            /// Every code, in the order of the catalogue.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The code as clients see it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }
    };
}

codes! {
    /// The body is not JSON, or is JSON that has no single meaning (duplicate member, NaN, BOM).
    MalformedJson = "malformed_json",
    /// The body is not a table that the operation can read.
    MalformedCsv = "malformed_csv",
    /// A query or path parameter cannot be read.
    InvalidQuery = "invalid_query",
    /// A query parameter this operation does not have, or one given twice.
    UnknownParameter = "unknown_parameter",
    /// A header cannot be read.
    InvalidHeader = "invalid_header",
    /// A page cursor that this server did not give for this list and caller.
    InvalidCursor = "invalid_cursor",
    /// The operation needs an `Idempotency-Key`.
    IdempotencyKeyRequired = "idempotency_key_required",
    /// No valid access token.
    AuthenticationRequired = "authentication_required",
    /// Signing in failed; the answer is the same for every reason.
    SignInFailed = "sign_in_failed",
    /// The last proof of who the caller is lies too far back for this operation.
    StepUpRequired = "step_up_required",
    /// The caller's role has no right to the operation.
    RoleNotPermitted = "role_not_permitted",
    /// The record is visible, but the caller may not do this to it.
    ActionNotPermitted = "action_not_permitted",
    /// The account must keep away from the file.
    ConflictOfInterest = "conflict_of_interest",
    /// A decision needs a second official, who has not worked on the case.
    FourEyes = "four_eyes",
    /// Nothing the caller may know of has this address.
    NotFound = "not_found",
    /// The address exists, the method does not.
    MethodNotAllowed = "method_not_allowed",
    /// No representation in the media types the client accepts.
    NotAcceptable = "not_acceptable",
    /// The person was not searched for before being created.
    SearchRequired = "search_required",
    /// The permit overlaps a live permit of the same kind.
    OverlappingPermit = "overlapping_permit",
    /// The registration overlaps a live registration of the same kind.
    OverlappingAddress = "overlapping_address",
    /// The trip overlaps a recorded one.
    OverlappingTrip = "overlapping_trip",
    /// The tie contradicts another one between these persons, or a second marriage on the same days.
    ContradictingTie = "contradicting_tie",
    /// The course has no free seat, and no waiting list.
    SeatTaken = "seat_taken",
    /// The person has a seat in a course that meets at the same time.
    OverlappingMeetings = "overlapping_meetings",
    /// The course takes more hours than the person has left of those that were granted.
    HoursExhausted = "hours_exhausted",
    /// The state of the record does not allow the change.
    InvalidTransition = "invalid_transition",
    /// A request with the same key is being worked on.
    IdempotencyInProgress = "idempotency_in_progress",
    /// The record was withdrawn.
    Gone = "gone",
    /// The record changed since the version the client named.
    VersionConflict = "version_conflict",
    /// The body exceeds the limit.
    BodyTooLarge = "body_too_large",
    /// The body's media type is not the one the operation takes.
    UnsupportedMediaType = "unsupported_media_type",
    /// The body was read, but fields in it are wrong.
    ValidationFailed = "validation_failed",
    /// The key was used before with another request.
    IdempotencyKeyReused = "idempotency_key_reused",
    /// The operation needs `If-Match`.
    VersionRequired = "version_required",
    /// Too many requests.
    RateLimited = "rate_limited",
    /// The request body did not arrive in time.
    RequestTimeout = "request_timeout",
    /// A defect of this program.
    InternalError = "internal_error",
    /// The database cannot be reached or refused the work.
    Unavailable = "unavailable",
    /// More work is waiting than can be done in time.
    Busy = "busy",
    /// The audit event could not be made durable, so nothing was shown or done.
    AuditUnavailable = "audit_unavailable",
    /// No disk space left.
    StorageFull = "storage_full",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where in a request a fault lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// JSON Pointer (RFC 6901) into the body.
    Pointer(String),
    /// Name of a query or path parameter.
    Parameter(String),
    /// Name of a header.
    Header(String),
    /// Line of a table, from 1, and the name of the column if it is in one.
    Line(u64, Option<String>),
}

/// One fault of a request. `value` echoes what was sent and is given only where it is not personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// Stable code of the fault: `required`, `unknown_member`, `before_exit`, …
    pub code: &'static str,
    /// What is wrong and what to do, for the person who sent it.
    pub message: String,
    /// The offending value.
    pub value: Option<String>,
}

impl Fault {
    /// A fault of a body member.
    pub fn at(pointer: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { place: Place::Pointer(pointer.into()), code, message: message.into(), value: None }
    }

    /// A fault of a query or path parameter.
    pub fn parameter(name: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { place: Place::Parameter(name.into()), code, message: message.into(), value: None }
    }

    /// A fault of a header.
    pub fn header(name: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { place: Place::Header(name.into()), code, message: message.into(), value: None }
    }

    /// The same fault with the offending value, which must not be personal.
    #[must_use]
    pub fn with_value(mut self, value: impl Into<String>) -> Self {
        self.value = Some(value.into());
        self
    }
}

/// An error on its one road to the client.
#[derive(Debug)]
pub struct Error {
    /// Stable code.
    pub code: Code,
    /// What happened and what to do, for the client. Empty: the catalogue's text is enough.
    pub detail: String,
    /// Every fault found, for the codes that list them.
    pub faults: Vec<Fault>,
    /// Members the code declares (`current_version`, `conflicts`, `allowed`, `retry_after_s` …).
    pub members: Map<String, Value>,
    /// For the operator's log; never sent.
    pub log: Option<String>,
    /// The database gave up for a passing reason (deadlock, serialization): the same unit of work may succeed when run again.
    pub transient: bool,
    /// The program failed in the middle of its work: a defect of its own, which the audit log keeps.
    pub panicked: bool,
}

impl Error {
    /// An error with the catalogue's text.
    pub fn new(code: Code) -> Self {
        Self {
            code,
            detail: String::new(),
            faults: Vec::new(),
            members: Map::new(),
            log: None,
            transient: false,
            panicked: false,
        }
    }

    /// The row does not exist, or the caller may not know that it does.
    pub fn not_found() -> Self {
        Self::new(Code::NotFound)
    }

    /// Someone else changed the row between our reading and our writing it. Run again, the unit of work finds the new version and says
    /// what conflicts.
    pub fn overtaken() -> Self {
        Self { transient: true, ..Self::new(Code::VersionConflict) }
    }

    /// Fields of the request are wrong. All of them at once.
    pub fn invalid(faults: Vec<Fault>) -> Self {
        Self { faults, ..Self::new(Code::ValidationFailed) }
    }

    /// One field of the request is wrong.
    pub fn invalid_at(pointer: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self::invalid(vec![Fault::at(pointer, code, message)])
    }

    /// The last day is before the first.
    pub fn days_out_of_order(pointer: &str, first: chrono::NaiveDate) -> Self {
        Self::invalid_at(pointer, "before_start", format!("The last day is before the first day, {first}."))
    }

    /// A defect: the client learns only that there is one, the log learns what.
    pub fn internal(log: impl fmt::Display) -> Self {
        Self { log: Some(log.to_string()), ..Self::new(Code::InternalError) }
    }

    /// The program failed in the middle of its work.
    pub fn panicked() -> Self {
        Self { panicked: true, ..Self::internal("the operation panicked") }
    }

    /// A text for the client.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// Faults beside the code.
    #[must_use]
    pub fn with_faults(mut self, faults: Vec<Fault>) -> Self {
        self.faults = faults;
        self
    }

    /// A member the code declares.
    #[must_use]
    pub fn with_member(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    /// A text for the operator's log.
    #[must_use]
    pub fn with_log(mut self, log: impl fmt::Display) -> Self {
        self.log = Some(log.to_string());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        if !self.detail.is_empty() {
            write!(f, ": {}", self.detail)?;
        }
        for fault in &self.faults {
            write!(f, "; {:?} {}", fault.place, fault.code)?;
        }
        match &self.log {
            Some(log) => write!(f, " [{log}]"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}
