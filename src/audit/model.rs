//! What is read of an event.

use serde::Deserialize;

/// An event's body as `db/journal.rs` seals it. Its details stay sealed: nobody is shown them.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Body {
    pub(super) action: String,
    pub(super) at: String,
    pub(super) account: Option<String>,
    pub(super) role: String,
    pub(super) office: Option<String>,
    pub(super) organisation: Option<String>,
    pub(super) request_id: String,
    pub(super) purpose: Option<String>,
    /// Persons whose file was seen by a grant alone.
    #[serde(default)]
    pub(super) granted: Vec<String>,
}
