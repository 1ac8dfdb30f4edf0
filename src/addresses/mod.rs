//! Addresses: where a person is registered, on what basis, since when. Old places are known only roughly, so days may be partial.

mod model;
mod ops;
mod store;
mod web;

pub use self::model::{Address, AddressKind, Basis};
pub(crate) use self::ops::register;
pub(crate) use self::web::NewAddress;
pub use self::web::endpoints;
