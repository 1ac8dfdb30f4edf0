//! The catalogue of problems and the one road from an error to the client. The only place that maps a code to a status.

use actix_web::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::error::{Code, Error, Place};

/// Media type of every error.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// One entry of the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// HTTP status.
    pub status: u16,
    /// Short text.
    pub title: &'static str,
    /// What to do.
    pub cure: &'static str,
}

/// The catalogue's entry of a code.
pub const fn entry(code: Code) -> Entry {
    let (status, title, cure) = match code {
        Code::MalformedJson => (400, "The body cannot be read", "Send one JSON object in UTF-8, each member once."),
        Code::MalformedCsv => {
            (400, "The table cannot be read", "Correct the lines that errors names, and save the table as CSV UTF-8.")
        }
        Code::InvalidQuery => (400, "A parameter cannot be read", "Correct the parameters that errors names."),
        Code::UnknownParameter => (400, "A parameter is unknown or repeated", "Remove it, or correct its name."),
        Code::InvalidHeader => (400, "A header cannot be read", "Correct the headers that errors names."),
        Code::InvalidCursor => (400, "The cursor is not valid here", "Start the list again without after."),
        Code::IdempotencyKeyRequired => {
            (400, "This operation needs an Idempotency-Key", "Send a fresh random key, and the same key on a retry.")
        }
        Code::AuthenticationRequired => (401, "Sign-in required", "Sign in and send the access token as Bearer."),
        Code::SignInFailed => (401, "Signing in failed", "Check e-mail and password."),
        Code::StepUpRequired => (
            401,
            "Prove again who you are",
            "Send your second factor to /api/v1/sign-in/step-up and repeat with the new token.",
        ),
        Code::RoleNotPermitted => (403, "Your role does not permit this", "Ask a colleague whose role does."),
        Code::ActionNotPermitted => (403, "You may see this, but not do this to it", "Ask a colleague who may."),
        Code::ConflictOfInterest => {
            (403, "This account must keep away from the file", "Choose somebody without a conflict of interest.")
        }
        Code::FourEyes => {
            (409, "A second official must decide", "Ask an official who neither proposed it nor kept the case.")
        }
        Code::NotFound => (404, "Not found", "Check the address."),
        Code::MethodNotAllowed => (405, "The method does not exist here", "Use one of the methods in Allow."),
        Code::NotAcceptable => (406, "No such representation", "Accept the media type in available."),
        Code::SearchRequired => {
            (409, "Search before you register", "Search by the same name and send its search_token.")
        }
        Code::OverlappingPermit => {
            (409, "A permit of this kind covers these days", "Correct the days, or the other permit.")
        }
        Code::OverlappingAddress => (
            409,
            "A registration of this kind covers these days",
            "End the other registration first, or correct the days.",
        ),
        Code::OverlappingTrip => {
            (409, "A recorded trip covers these days", "Correct the days, or the recorded crossings.")
        }
        Code::ContradictingTie => (
            409,
            "The tie contradicts another one",
            "Correct the days or the kind, or the other tie that errors names.",
        ),
        Code::SeatTaken => (409, "No seat is free", "Choose another course, or ask when one becomes free."),
        Code::OverlappingMeetings => {
            (409, "Another course meets at the same time", "Leave the other course first, or choose other times.")
        }
        Code::HoursExhausted => (
            409,
            "The granted hours do not suffice",
            "Choose a course of at most hours_left, or ask the office for more hours.",
        ),
        Code::InvalidTransition => (409, "The record's state does not allow this", "See allowed."),
        Code::IdempotencyInProgress => {
            (409, "The first request is still being worked on", "Retry after the given time.")
        }
        Code::Gone => (410, "Withdrawn", "Ask the list it stood in with as_of, for what it said before."),
        Code::VersionConflict => (412, "Changed by someone else", "Read the record again and merge the conflicts."),
        Code::BodyTooLarge => (413, "The body is too large", "Stay below the limit."),
        Code::UnsupportedMediaType => (415, "The body's media type is not accepted", "Send the expected media type."),
        Code::ValidationFailed => (422, "Fields need attention", "Correct the fields that errors names."),
        Code::IdempotencyKeyReused => (422, "The key belongs to another request", "Use a fresh key for a new request."),
        Code::VersionRequired => (428, "This operation needs If-Match", "Send the ETag of the version you read."),
        Code::RateLimited => (429, "Too many requests", "Retry after the given time."),
        Code::RequestTimeout => (408, "The body did not arrive in time", "Send it again."),
        Code::InternalError => (500, "Internal error", "Quote the request_id to the operator."),
        Code::Unavailable => (503, "The database cannot be reached", "Retry after the given time."),
        Code::Busy => (503, "Too much work is waiting", "Retry after the given time."),
        Code::AuditUnavailable => {
            (503, "The audit log cannot be written, so nothing is shown", "Retry after the given time.")
        }
        Code::StorageFull => (507, "No space left", "Retry after the operator has made space."),
    };
    Entry { status, title, cure }
}

/// Seconds after which a refused request may be sent again, for the codes that say so.
pub(super) fn retry_after(error: &Error) -> Option<u64> {
    let given = error.members.get("retry_after_s").and_then(Value::as_u64);
    given.or_else(|| matches!(entry(error.code).status, 429 | 503 | 507).then_some(1))
}

/// The status and the body.
pub(super) fn render(error: &Error, request_id: &str) -> (StatusCode, String) {
    let status = StatusCode::from_u16(entry(error.code).status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut body = members(error);
    body.insert("request_id".to_owned(), json!(request_id));
    (status, Value::Object(body).to_string())
}

/// A problem as it stands in the answer to one item of many.
pub fn of_item(error: &Error) -> Value {
    Value::Object(members(error))
}

fn members(error: &Error) -> Map<String, Value> {
    let known = entry(error.code);
    let mut body = Map::new();
    let title = match (error.code, error.faults.len()) {
        (Code::ValidationFailed, 1) => "1 field needs attention".to_owned(),
        (Code::ValidationFailed, count) => format!("{count} fields need attention"),
        _ => known.title.to_owned(),
    };
    let detail = if error.detail.is_empty() { known.cure } else { &error.detail };
    body.insert("type".to_owned(), json!(format!("/problems/{}", error.code)));
    body.insert("title".to_owned(), json!(title));
    body.insert("status".to_owned(), json!(known.status));
    body.insert("detail".to_owned(), json!(detail));
    body.insert("code".to_owned(), json!(error.code.as_str()));
    for (name, value) in &error.members {
        body.insert(name.clone(), value.clone());
    }
    if !error.faults.is_empty() {
        let faults = error.faults.iter().map(|fault| {
            let mut entry = Map::new();
            let mut at = |place: &str, at: Value| entry.insert(place.to_owned(), at);
            match &fault.place {
                Place::Pointer(pointer) => drop(at("pointer", json!(pointer))),
                Place::Parameter(name) => drop(at("parameter", json!(name))),
                Place::Header(name) => drop(at("header", json!(name))),
                Place::Line(line, column) => {
                    at("line", json!(line));
                    column.as_ref().map(|column| at("column", json!(column)));
                }
            }
            entry.insert("code".to_owned(), json!(fault.code));
            entry.insert("message".to_owned(), json!(fault.message));
            if let Some(value) = &fault.value {
                entry.insert("value".to_owned(), json!(value));
            }
            Value::Object(entry)
        });
        body.insert("errors".to_owned(), faults.collect());
    }
    body
}

/// The whole catalogue, as `openapi/problems.json` holds it.
pub fn catalogue() -> Value {
    let entries = Code::ALL.iter().map(|code| {
        let Entry { status, title, cure } = entry(*code);
        (code.to_string(), json!({ "status": status, "title": title, "cure": cure }))
    });
    Value::Object(entries.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_s_text_never_leaves() {
        let error = Error::internal("SELECT secret FROM person");
        let (status, body) = render(&error, "r-1");
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!body.contains("secret"), "{body}");
    }

    #[test]
    fn codes_are_distinct() {
        let mut names: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
