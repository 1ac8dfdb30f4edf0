//! Who may know of a file beyond what their role says: who keeps it, who must keep away, what is protected, who broke the glass, what the person
//! allowed. The tables belong to `access/scope`, because every query of persons asks them.

mod ops;
mod web;

pub use self::web::endpoints;
