//! Courses over HTTP.

mod accreditations;
mod announcements;
mod attendance;
mod calendar;
mod calls;
mod clients;
mod course;
mod demand;
mod enrolments;
mod filter;
mod group;
mod hours;
mod input;
mod meetings;
mod results;
mod sheet;
mod versions;
mod view;

use crate::http::Endpoint;

/// The operations of this slice.
pub fn endpoints() -> Vec<Endpoint> {
    let parts = [
        accreditations::endpoints(),
        course::endpoints(),
        versions::endpoints(),
        attendance::endpoints(),
        announcements::endpoints(),
        meetings::endpoints(),
        sheet::endpoints(),
        results::endpoints(),
        demand::endpoints(),
        calls::endpoints(),
        enrolments::endpoints(),
        group::endpoints(),
        clients::endpoints(),
        calendar::endpoints(),
        hours::endpoints(),
    ];
    parts.into_iter().flatten().collect()
}
