//! Who may do what. `policy.rs` is the whole policy on one page; `account.rs` knows the accounts; `token.rs` and `password.rs` are the only
//! callers of their libraries.

pub mod account;
pub mod blocklist;
pub mod codes;
pub mod password;
pub mod policy;
pub mod throttle;
pub mod token;
pub mod totp;
