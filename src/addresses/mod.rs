//! Addresses: where a person is registered, on what basis, since when. Old places are known only roughly, so days may be partial. The
//! dwellings people are registered in, the divisions these lie in, and the hosts who consent.

mod model;
mod ops;
mod store;
mod web;

pub use self::model::{Address, AddressKind, Basis};
pub(crate) use self::model::{Consented, Dwelt, cured_on};
pub(crate) use self::ops::{found, register};
pub(crate) use self::web::NewAddress;
pub use self::web::endpoints;
