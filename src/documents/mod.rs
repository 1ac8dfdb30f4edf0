//! Documents that people hand in, and receipts for them. A document's particulars keep every version, its content is never written over, and
//! whether it is genuine is judged once, by somebody who did not hand it in, for every case that needs it.

mod model;
mod ops;
mod store;
mod web;

pub use self::model::receipt::{Channel, Clock, Item, Receipt};
pub use self::model::{DocumentKind, Grade};
pub use self::ops::live;
pub use self::ops::receipts::receive;
pub use self::web::endpoints;
