//! Database errors become ours in one place. Constraints are named like the error code they stand for; SQLite names none in a
//! unique violation, so its triggers raise that name as their message.

use diesel::result::{DatabaseErrorKind as Kind, Error as Diesel};

use crate::error::{Code, Error};

impl From<Diesel> for Error {
    fn from(error: Diesel) -> Self {
        match error {
            Diesel::NotFound => Self::not_found(),
            Diesel::DatabaseError(kind, info) => {
                let constraint = info.constraint_name().unwrap_or_else(|| info.message());
                let code = named(constraint).unwrap_or_else(|| by_kind(kind, info.message()));
                let mut error = Self::new(code).with_log(format!("{kind:?}: {}", info.message()));
                error.transient = matches!(kind, Kind::SerializationFailure)
                    || info.message().contains("deadlock")
                    || error.code == Code::VersionConflict;
                if error.code == Code::Busy {
                    error = error.with_member("retry_after_s", 1);
                }
                error
            }
            Diesel::BrokenTransactionManager => Self::new(Code::Unavailable).with_log(error),
            other => Self::internal(other),
        }
    }
}

/// The code a constraint is named after. `…_live`: two writers at once, like a unique violation.
fn named(constraint: &str) -> Option<Code> {
    if constraint.ends_with("_live") {
        return Some(Code::VersionConflict);
    }
    [
        Code::OverlappingPermit,
        Code::OverlappingAddress,
        Code::OverlappingTrip,
        Code::FourEyes,
        Code::ConflictOfInterest,
        Code::ContradictingTie,
        Code::SeatTaken,
    ]
    .into_iter()
    .find(|code| constraint.contains(code.as_str()))
}

fn by_kind(kind: Kind, message: &str) -> Code {
    match kind {
        // After a failover the old connection leads to a server that only reads.
        Kind::ReadOnlyTransaction | Kind::ClosedConnection | Kind::SerializationFailure | Kind::UnableToSendCommand => {
            Code::Unavailable
        }
        // Two writers at once: the later one worked on a stale copy, and does better when run again.
        Kind::UniqueViolation => Code::VersionConflict,
        Kind::Unknown if message.contains("full") || message.contains("No space left") => Code::StorageFull,
        Kind::Unknown if BUSY.iter().any(|part| message.contains(part)) => Code::Busy,
        Kind::Unknown if UNAVAILABLE.iter().any(|part| message.contains(part)) => Code::Unavailable,
        _ => Code::InternalError,
    }
}

/// What the two databases say when the work waited too long for others: the connection is as good as before.
const BUSY: &[&str] = &["canceling statement due to", "locked", "busy"];

/// What the two databases say when the work may succeed later, on another connection.
const UNAVAILABLE: &[&str] = &[
    "deadlock",
    "timeout",
    "I/O error",
    "terminating connection",
    "shutting down",
    "starting up",
    "could not connect",
    "connection",
    "too many clients",
    "readonly database",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_succeed_later_is_no_defect() {
        for (kind, message, code, transient) in [
            (Kind::Unknown, "canceling statement due to lock timeout", Code::Busy, false),
            (Kind::Unknown, "canceling statement due to statement timeout", Code::Busy, false),
            (Kind::Unknown, "deadlock detected", Code::Unavailable, true),
            (Kind::SerializationFailure, "could not serialize access", Code::Unavailable, true),
            (Kind::ReadOnlyTransaction, "cannot execute INSERT in a read-only transaction", Code::Unavailable, false),
            (Kind::Unknown, "terminating connection due to administrator command", Code::Unavailable, false),
            (Kind::Unknown, "database is locked", Code::Busy, false),
            (Kind::Unknown, "attempt to write a readonly database", Code::Unavailable, false),
            (Kind::Unknown, "database or disk is full", Code::StorageFull, false),
            (Kind::UniqueViolation, "duplicate key", Code::VersionConflict, true),
            (Kind::CheckViolation, "new row violates check constraint", Code::InternalError, false),
        ] {
            let error = Error::from(Diesel::DatabaseError(kind, Box::new(message.to_owned())));
            assert_eq!((error.code, error.transient), (code, transient), "{message}");
        }
    }
}
