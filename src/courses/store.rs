//! Tables of courses.

pub(super) mod attendance;
pub(super) mod calendar;
pub(super) mod catalogue;
pub(super) mod enrolments;
pub(super) mod needs;
pub(super) mod results;
