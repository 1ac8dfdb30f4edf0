//! Courses over HTTP.

mod accreditations;
mod course;
mod enrolments;
mod group;
mod input;
mod meetings;
mod view;

use crate::http::Endpoint;

/// The operations of this slice.
pub fn endpoints() -> Vec<Endpoint> {
    let parts = [
        accreditations::endpoints(),
        course::endpoints(),
        meetings::endpoints(),
        enrolments::endpoints(),
        group::endpoints(),
    ];
    parts.into_iter().flatten().collect()
}
