//! Courses over HTTP.

mod accreditations;
mod announcements;
mod attendance;
mod calendar;
mod clients;
mod course;
mod demand;
mod enrolments;
mod group;
mod input;
mod meetings;
mod results;
mod view;

use crate::http::Endpoint;

/// The operations of this slice.
pub fn endpoints() -> Vec<Endpoint> {
    let parts = [
        accreditations::endpoints(),
        course::endpoints(),
        attendance::endpoints(),
        announcements::endpoints(),
        meetings::endpoints(),
        results::endpoints(),
        demand::endpoints(),
        enrolments::endpoints(),
        group::endpoints(),
        clients::endpoints(),
        calendar::endpoints(),
    ];
    parts.into_iter().flatten().collect()
}
