//! One line per slice.

use std::sync::Arc;

use crate::http::Endpoint;

/// Every operation of the service, in the order of the documents.
pub fn endpoints() -> Vec<Arc<Endpoint>> {
    let slices = [
        super::service::endpoints(),
        super::packs::endpoints(),
        crate::identity::endpoints(),
        crate::people::endpoints(),
        crate::courses::endpoints(),
        crate::confidentiality::endpoints(),
        crate::audit::endpoints(),
        crate::permits::endpoints(),
        crate::addresses::endpoints(),
        crate::families::endpoints(),
        crate::presence::endpoints(),
        crate::grounds::endpoints(),
        crate::documents::endpoints(),
        crate::eligibility::endpoints(),
        crate::cases::endpoints(),
    ];
    slices.into_iter().flatten().map(Arc::new).collect()
}
