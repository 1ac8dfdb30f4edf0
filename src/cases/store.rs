//! Tables of cases.

pub(super) mod decisions;
pub(super) mod figures;
pub(super) mod files;
pub(super) mod papers;
pub(super) mod queues;
pub(super) mod tasks;
pub(super) mod timeline;
