//! Proofs, facts and events over HTTP.

mod events;
mod evidence;
mod facts;

pub(crate) use self::events::NewEvent;
pub(crate) use self::evidence::NewEvidence;
pub(crate) use self::facts::NewFact;
use crate::http::{Endpoint, WarningView};

/// The operations of this slice.
pub fn endpoints() -> Vec<Endpoint> {
    [evidence::endpoints(), facts::endpoints(), events::endpoints()].into_iter().flatten().collect()
}

/// What is recorded under a name that no rule knows is taken, because another pack may know it, but changes no answer.
fn warnings(known: bool, name: &str) -> Vec<WarningView> {
    let message = || {
        format!(
            "No rule of the law pack asks for {name}, so that it changes no answer. Compare it with the pack's names."
        )
    };
    if known { Vec::new() } else { vec![WarningView::new("unknown_name", message())] }
}
