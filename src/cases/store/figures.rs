//! Counts of an office: what was demanded beyond the list, and where decisions left what was computed.

use diesel::dsl::count_star;
use diesel::prelude::*;

use crate::cases::model::{CaseKind, Outcome};
use crate::clock::Instant;
use crate::db::ReadTx;
use crate::db::schema::{decision, refused_demand};
use crate::error::Result;
use crate::id::OfficeId;

/// Demands that were refused since an instant, by kind of case and paper.
pub(in crate::cases) fn demands(
    tx: &mut ReadTx<'_>,
    office: OfficeId,
    since: Instant,
) -> Result<Vec<(CaseKind, String, i64)>> {
    Ok(refused_demand::table
        .filter(refused_demand::office_id.eq(office))
        .filter(refused_demand::recorded_at.ge(since))
        .group_by((refused_demand::kind, refused_demand::paper))
        .order((refused_demand::kind, refused_demand::paper))
        .select((refused_demand::kind, refused_demand::paper, count_star()))
        .load(tx.conn())?)
}

/// Proposed decisions that left what was computed, since an instant, by outcome and ground.
pub(in crate::cases) fn deviations(
    tx: &mut ReadTx<'_>,
    office: OfficeId,
    since: Instant,
) -> Result<Vec<(Outcome, Option<String>, i64)>> {
    Ok(decision::table
        .filter(decision::office_id.eq(office))
        .filter(decision::recorded_at.ge(since))
        .filter(decision::deviation.is_not_null())
        .group_by((decision::outcome, decision::deviation))
        .order((decision::outcome, decision::deviation))
        .select((decision::outcome, decision::deviation, count_star()))
        .load(tx.conn())?)
}
