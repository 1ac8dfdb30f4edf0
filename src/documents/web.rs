//! Documents and receipts over HTTP.

mod content;
mod documents;
mod input;
mod receipts;
mod view;

use crate::http::Endpoint;

/// The operations of this slice.
pub fn endpoints() -> Vec<Endpoint> {
    let mut endpoints = documents::endpoints();
    endpoints.extend(content::endpoints());
    endpoints.extend(receipts::endpoints());
    endpoints.push(documents::withdrawal());
    endpoints
}
