//! The assembly: every slice's operations in one list, and the server that answers them.

mod accounts;
mod housekeeping;
pub mod law;
mod packs;
mod routes;
mod server;
mod service;
mod tls;

pub(crate) use self::accounts::log_of_operator;
pub use self::accounts::{add_account, setup_code};
pub use self::housekeeping::tidy;
pub use self::routes::endpoints;
pub use self::server::{BUILD_TIME, Parts, Server, assemble};
pub use self::tls::Tls;
