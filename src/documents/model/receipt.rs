//! What somebody who handed something in takes home: what it was, when, and which clock it started.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::clock::Instant;
use crate::db::text_enum;
use crate::id::{PersonId, ReceiptId};
use crate::law::{self, DeadlineError, EventTime, Pack};
use crate::people::FileNumber;

text_enum! {
    /// How something came in.
    pub enum Channel {
        /// At a counter.
        Desk = "desk",
        /// By post.
        Post = "post",
        /// Through the network.
        Online = "online",
    }
}

/// The number printed on a receipt: drawn and checked like that of a file, and never taken for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::documents) struct Reference(FileNumber);

impl Reference {
    /// Draws a number.
    pub(in crate::documents) fn generate(random: impl FnMut() -> [u8; 16]) -> Self {
        Self(FileNumber::generate(random))
    }
}

impl fmt::Display for Reference {
    /// `R-XXX-XXX-XXXX`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "R-{}", self.0)
    }
}

/// A document as it was when it was handed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Id of the document.
    pub document_id: uuid::Uuid,
    /// Its version.
    pub version: i32,
    /// Its kind, as the record names it.
    pub kind: String,
    /// SHA-256 of its content, lower-case hex.
    pub sha256: String,
    /// Length of its content, bytes.
    pub size_bytes: i32,
}

/// A term of the law that runs from what was handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// The deadline, as the law pack names it.
    pub deadline: String,
    /// Its last day.
    pub due_on: NaiveDate,
    /// Its end, for terms in hours.
    pub due_at: Option<Instant>,
    /// Ids of the pack's sources.
    pub sources: Vec<String>,
}

/// Why no clock starts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClockError {
    /// The pack does not know it, or the law has no such term on this day.
    #[error("the law has no such deadline today")]
    Unknown,
    /// It runs from something else, or back from an end.
    #[error("this deadline does not run from an application")]
    OtherEvent,
}

/// The event from which the terms of an application run, as law packs name it.
const APPLICATION: &str = "application";

impl Clock {
    /// The clock that an application starts at this instant.
    pub fn of_application(pack: &Pack, deadline: &str, now: Instant) -> Result<Self, ClockError> {
        let today = now.date(pack.zone());
        let version = pack.deadline(deadline).and_then(|known| known.on(today)).ok_or(ClockError::Unknown)?;
        if *version.rule.event() != *APPLICATION {
            return Err(ClockError::OtherEvent);
        }
        Self::from(pack, deadline, now)
    }

    /// The clock of a deadline whose event happens at this instant, whatever the event is.
    pub fn from(pack: &Pack, deadline: &str, now: Instant) -> Result<Self, ClockError> {
        let counted = law::deadline(pack, deadline, EventTime::Instant(now.utc()), &[], None);
        let counted = counted.map_err(|error| match error {
            DeadlineError::Unknown(_) => ClockError::Unknown,
            DeadlineError::NeedsInstant(_) | DeadlineError::ReversedPause(..) => ClockError::OtherEvent,
        })?;
        let (due_on, due_at) = match counted.due.ok_or(ClockError::Unknown)? {
            EventTime::Day(day) => (day, None),
            EventTime::Instant(end) => (end.with_timezone(&pack.zone()).date_naive(), Some(end.into())),
        };
        let sources = counted.source.iter().map(ToString::to_string).collect();
        Ok(Self { deadline: counted.deadline.to_string(), due_on, due_at, sources })
    }
}

/// A receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Whose file.
    pub person: PersonId,
    /// Its id.
    pub id: ReceiptId,
    /// The number printed on it.
    pub reference: String,
    /// When it was given.
    pub at: Instant,
    /// How the documents came in.
    pub channel: Channel,
    /// What was handed in.
    pub items: Vec<Item>,
    /// The clock that it started.
    pub clock: Option<Clock>,
}
