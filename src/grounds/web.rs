//! Proofs, facts and events over HTTP.

mod events;
mod evidence;
mod facts;

pub(crate) use self::events::NewEvent;
pub(crate) use self::evidence::NewEvidence;
pub(crate) use self::facts::NewFact;
use crate::http::Endpoint;

/// The operations of this slice.
pub fn endpoints() -> Vec<Endpoint> {
    [evidence::endpoints(), facts::endpoints(), events::endpoints()].into_iter().flatten().collect()
}
