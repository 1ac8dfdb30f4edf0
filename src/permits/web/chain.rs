//! A person's permits as a chain, over HTTP.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::{EndView, end_of};
use crate::access::policy::ReadPermits;
use crate::error::Result;
use crate::http::{Answer, ClockView, Ctx, Endpoint, Law, Method, Path, Query, TimeQuery, endpoint};
use crate::id::{PermitId, PersonId};
use crate::law::{Name, Names, ResidenceTime, Shared, Source};
use crate::permits::model::{Bridge, ChainGap, Joins, Link, Overlap, StatusKind};
use crate::permits::ops::{self, PermitChain};
use crate::permits::store::PermitRow;

/// The operation on chains.
pub(super) fn endpoints() -> Vec<Endpoint> {
    let path = "/api/v1/people/{person_id}/permit-chain";
    vec![endpoint(Method::GET, path, "showPermitChain", "Permits of residence in a row, with gaps and bridges", show)]
}

/// A permit of the chain.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PermitLinkView)]
struct LinkView {
    #[schema(value_type = String, format = Uuid)]
    permit_id: PermitId,
    kind: StatusKind,
    ground: Option<String>,
    sponsor_ground: Option<String>,
    #[schema(value_type = String, format = Date)]
    from: NaiveDate,
    /// Null: open.
    #[schema(value_type = Option<String>, format = Date)]
    to: Option<NaiveDate>,
    joins: Joins,
    /// What its time counts toward; empty: toward nothing.
    counts_toward: Vec<Name>,
    end: Option<EndView>,
}

/// An application that was pending over a gap.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PermitBridgeView)]
struct BridgeView {
    #[schema(value_type = String, format = Date)]
    applied_on: NaiveDate,
    /// The last day that it covers.
    #[schema(value_type = String, format = Date)]
    through: NaiveDate,
    /// It covers the whole gap.
    complete: bool,
    /// The rule that covers it.
    source: Names,
}

/// Days without a permit of residence.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PermitGapView)]
struct ChainGapView {
    #[schema(value_type = String, format = Date)]
    from: NaiveDate,
    /// Last day; of an open gap the day of the question.
    #[schema(value_type = String, format = Date)]
    to: NaiveDate,
    days: i64,
    /// No permit follows yet.
    open: bool,
    /// An application was pending.
    bridged: bool,
    bridge: Option<BridgeView>,
}

/// Days on which two permits of different kinds were valid.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PermitOverlapView)]
struct OverlapView {
    #[schema(value_type = Vec<String>)]
    permits: [PermitId; 2],
    #[schema(value_type = String, format = Date)]
    from: NaiveDate,
    #[schema(value_type = Option<String>, format = Date)]
    to: Option<NaiveDate>,
}

/// Days that count toward something.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PermitTimeView)]
struct TimeView {
    /// What they count toward.
    outcome: Name,
    days: i32,
}

/// A person's permits of residence in a row.
#[derive(Debug, Serialize, ToSchema)]
struct PermitChainView {
    links: Vec<LinkView>,
    gaps: Vec<ChainGapView>,
    overlaps: Vec<OverlapView>,
    /// Days that count, by what they count toward.
    counting: Vec<TimeView>,
    /// Days that count toward nothing.
    never_counting_days: i32,
    #[schema(value_type = Vec<Source>)]
    sources: Vec<Shared<Source>>,
    clock: ClockView,
}

impl PermitChainView {
    fn of(of: PermitChain, law: &Law, clock: ClockView) -> Self {
        let PermitChain { chain, time, rows } = of;
        let gaps: Vec<ChainGapView> =
            chain.gaps.iter().map(|gap| gap_view(gap, ops::bridging(&law.pack, gap, clock.law_at))).collect();
        let cited: BTreeSet<&str> = gaps
            .iter()
            .filter_map(|gap| gap.bridge.as_ref())
            .flat_map(|bridge| bridge.source.iter().map(Name::as_str))
            .collect();
        let sources = cited.iter().filter_map(|id| law.pack.source(id).cloned()).collect();
        let counting =
            time.iter().filter_map(|time| Some(TimeView { outcome: time.outcome.clone()?, days: time.days }));
        Self {
            links: chain.links.iter().map(|link| link_view(link, &time, &rows)).collect(),
            gaps,
            overlaps: chain
                .overlaps
                .iter()
                .map(|Overlap { permits, from, to }| OverlapView {
                    permits: [permits.0, permits.1],
                    from: *from,
                    to: *to,
                })
                .collect(),
            counting: counting.collect(),
            never_counting_days: time.iter().find(|time| time.outcome.is_none()).map_or(0, |never| never.days),
            sources,
            clock,
        }
    }
}

fn link_view(link: &Link, time: &[ResidenceTime], rows: &[PermitRow]) -> LinkView {
    let days = &link.days;
    let row = rows.iter().find(|row| row.id == days.permit);
    let same = |period: &crate::law::ResidencePeriod| {
        use crate::db::TextEnum as _;
        period.kind == days.kind.text() && period.from == days.from && period.ground == days.ground
    };
    let counts = time.iter().filter(|time| time.periods.iter().any(same)).filter_map(|time| time.outcome.clone());
    LinkView {
        permit_id: days.permit,
        kind: days.kind,
        ground: days.ground.clone(),
        sponsor_ground: days.sponsor_ground.clone(),
        from: days.from,
        to: days.to,
        joins: link.joins,
        counts_toward: counts.collect(),
        end: row.and_then(end_of),
    }
}

fn gap_view(gap: &ChainGap, source: Names) -> ChainGapView {
    let bridge =
        gap.bridge.map(|Bridge { applied_on, through, complete }| BridgeView { applied_on, through, complete, source });
    ChainGapView {
        from: gap.from,
        to: gap.to,
        days: (gap.to - gap.from).num_days() + 1,
        open: gap.open,
        bridged: bridge.is_some(),
        bridge,
    }
}

async fn show(
    ctx: Ctx<ReadPermits>,
    Path(person): Path<PersonId>,
    Query(time): Query<TimeQuery>,
) -> Result<Answer<PermitChainView>> {
    let clock = time.fix(ctx.now(), ctx.law())?;
    let (record, on, law_at) = (clock.record, clock.valid_at, clock.law_at);
    let law = Arc::clone(ctx.law());
    let chain = ctx.view(move |tx| ops::chain(tx, &law.pack, person, record, (on, law_at))).await?;
    Answer::ok(&PermitChainView::of(chain, ctx.law(), clock))
}
