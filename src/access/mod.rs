//! Who may do what. `policy.rs` is the whole policy on one page, `scope.rs` the one predicate of rows; `account.rs`, `membership.rs` and
//! `session.rs` know who somebody is, `standing.rs` what that is worth now; `token.rs` and `password.rs` are the only callers of their
//! libraries.

pub mod account;
pub(crate) mod attempts;
pub mod blocklist;
pub mod codes;
pub(crate) mod factor;
pub mod membership;
pub mod notices;
pub mod one_time;
#[cfg(feature = "passkeys")]
pub(crate) mod passkey;
pub mod password;
pub mod policy;
pub mod reads;
pub(crate) mod refresh;
pub(crate) mod scope;
pub mod session;
pub mod standing;
pub mod throttle;
pub mod token;
pub mod totp;
