//! Tables of courses.

pub(super) mod attendance;
pub(super) mod calendar;
pub(super) mod calls;
pub(super) mod catalogue;
pub(super) mod enrolments;
pub(super) mod hours;
pub(super) mod list;
pub(super) mod needs;
pub(super) mod results;
pub(super) mod versions;
