//! What the benches of the service share: a client that measures, and the service in this process.

pub(crate) mod client;
pub(crate) mod cpu;
pub(crate) mod server;
