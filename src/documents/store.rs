//! The tables of this slice.

pub(super) mod content;
pub(super) mod documents;
pub(super) mod receipts;
