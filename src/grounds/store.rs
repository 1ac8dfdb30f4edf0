//! Tables `evidence`, `rule_fact` and `legal_event`.

pub(super) mod events;
pub(super) mod evidence;
pub(super) mod facts;
