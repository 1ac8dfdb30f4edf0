//! Tables of courses.

pub(super) mod catalogue;
pub(super) mod enrolments;
