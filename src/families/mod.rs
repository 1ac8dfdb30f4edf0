//! Families: what persons are to each other, with days and evidence, what follows from it by the law's own lists, and which colleague must
//! keep away from whose file. A tie is recorded once, in one of the two files, and seen from both.

mod model;
mod ops;
mod store;
mod web;

pub use self::model::{Reason, TieKind};
pub use self::ops::keeps_away;
pub(crate) use self::ops::{Signing, may_sign, record};
pub(crate) use self::web::NewTie;
pub use self::web::endpoints;
