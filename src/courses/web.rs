//! Courses over HTTP.

mod accreditations;
mod attendance;
mod course;
mod demand;
mod enrolments;
mod group;
mod input;
mod meetings;
mod results;
mod sheet;
mod view;

use crate::http::Endpoint;

/// The operations of this slice.
pub fn endpoints() -> Vec<Endpoint> {
    let parts = [
        accreditations::endpoints(),
        course::endpoints(),
        attendance::endpoints(),
        meetings::endpoints(),
        sheet::endpoints(),
        results::endpoints(),
        demand::endpoints(),
        enrolments::endpoints(),
        group::endpoints(),
    ];
    parts.into_iter().flatten().collect()
}
