//! Permits in a row: which renews which, where a gap lies, and whether an application that was pending bridges it.

use chrono::NaiveDate;

use super::StatusKind;
use crate::db::text_enum;
use crate::id::PermitId;

/// An application for a permit or an extension was made.
const APPLICATION: &str = "application";
/// After these nothing is pending any more.
const DECIDED: &[&str] = &["decision", "refusal_served"];

/// The days of a permit of residence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::permits) struct Stretch {
    pub(in crate::permits) permit: PermitId,
    pub(in crate::permits) kind: StatusKind,
    pub(in crate::permits) ground: Option<String>,
    pub(in crate::permits) sponsor_ground: Option<String>,
    pub(in crate::permits) from: NaiveDate,
    pub(in crate::permits) to: Option<NaiveDate>,
}

text_enum! {
    /// How a permit joins the ones before it.
    pub enum Joins {
        /// It is the first.
        First = "first",
        /// Without a gap, of the same kind and on the same ground.
        Renewal = "renewal",
        /// Without a gap, of the same kind on another ground.
        ChangeOfGround = "change_of_ground",
        /// Without a gap, of another kind.
        ChangeOfKind = "change_of_kind",
        /// After days without a permit.
        AfterGap = "after_gap",
    }
}

/// One permit of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::permits) struct Link {
    pub(in crate::permits) days: Stretch,
    pub(in crate::permits) joins: Joins,
}

/// Days without a permit of residence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::permits) struct ChainGap {
    /// First day.
    pub(in crate::permits) from: NaiveDate,
    /// Last day, or the day of the question.
    pub(in crate::permits) to: NaiveDate,
    /// No permit follows yet.
    pub(in crate::permits) open: bool,
    /// The application that was pending.
    pub(in crate::permits) bridge: Option<Bridge>,
}

/// An application made before the end, and not decided when the gap began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::permits) struct Bridge {
    /// The day of the application.
    pub(in crate::permits) applied_on: NaiveDate,
    /// The last day of the gap that it covers.
    pub(in crate::permits) through: NaiveDate,
    /// Does it cover the whole gap?
    pub(in crate::permits) complete: bool,
}

/// Days on which two permits of different kinds were valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::permits) struct Overlap {
    pub(in crate::permits) permits: (PermitId, PermitId),
    pub(in crate::permits) from: NaiveDate,
    pub(in crate::permits) to: Option<NaiveDate>,
}

/// What the permits come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::permits) struct Chain {
    pub(in crate::permits) links: Vec<Link>,
    pub(in crate::permits) gaps: Vec<ChainGap>,
    pub(in crate::permits) overlaps: Vec<Overlap>,
}

/// The chain up to a day. `events` are kinds and days; `bridges` says whether the law of a day lets a pending application keep a stay lawful.
pub(in crate::permits) fn chain(
    mut permits: Vec<Stretch>,
    events: &[(String, NaiveDate)],
    on: NaiveDate,
    bridges: impl Fn(NaiveDate) -> bool,
) -> Chain {
    permits.retain(|permit| permit.from <= on);
    permits.sort_by_key(|permit| (permit.from, permit.permit));
    let mut found = Chain { overlaps: overlaps(&permits), ..Chain::default() };
    let gap = |from, to, open| {
        let bridge = bridges(from).then(|| bridge(events, from, to)).flatten();
        ChainGap { from, to, open, bridge }
    };
    // The permit that reaches furthest of those seen so far.
    let mut furthest: Option<Stretch> = None;
    for days in permits {
        let joins = match &furthest {
            None => Joins::First,
            Some(before) => match before.to.and_then(|to| to.succ_opt()).filter(|next| *next < days.from) {
                Some(first) => {
                    found.gaps.push(gap(first, days.from.pred_opt().unwrap_or(first), false));
                    Joins::AfterGap
                }
                None if before.kind != days.kind => Joins::ChangeOfKind,
                None if before.ground != days.ground => Joins::ChangeOfGround,
                None => Joins::Renewal,
            },
        };
        let reaches = |days: &Stretch| days.to.unwrap_or(NaiveDate::MAX);
        if furthest.as_ref().is_none_or(|before| reaches(before) <= reaches(&days)) {
            furthest = Some(days.clone());
        }
        found.links.push(Link { days, joins });
    }
    let since = furthest.and_then(|last| last.to).and_then(|to| to.succ_opt()).filter(|first| *first <= on);
    found.gaps.extend(since.map(|first| gap(first, on, true)));
    found
}

/// The application that covers most of a gap.
fn bridge(events: &[(String, NaiveDate)], from: NaiveDate, to: NaiveDate) -> Option<Bridge> {
    let applied = events.iter().filter(|(kind, on)| kind == APPLICATION && *on < from).map(|(_, on)| *on);
    let bridges = applied.filter_map(|applied_on| {
        let decided = events.iter().filter(|(kind, on)| DECIDED.contains(&kind.as_str()) && *on >= applied_on);
        let decided = decided.map(|(_, on)| *on).min();
        let through = decided.map_or(to, |decided| decided.min(to));
        (through >= from).then_some(Bridge { applied_on, through, complete: through == to })
    });
    bridges.max_by_key(|bridge| (bridge.through, bridge.applied_on))
}

fn overlaps(permits: &[Stretch]) -> Vec<Overlap> {
    let mut found = Vec::new();
    for (at, first) in permits.iter().enumerate() {
        for second in permits.iter().skip(at + 1).filter(|second| second.kind != first.kind) {
            if first.to.is_none_or(|to| second.from <= to) {
                let to = match (first.to, second.to) {
                    (Some(a), Some(b)) => Some(a.min(b)),
                    (a, b) => a.or(b),
                };
                found.push(Overlap { permits: (first.permit, second.permit), from: second.from, to });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn permit(kind: StatusKind, ground: &str, from: &str, to: &str) -> Stretch {
        let to = (!to.is_empty()).then(|| day(to));
        let ground = Some(ground.to_owned());
        Stretch { permit: PermitId::random(), kind, ground, sponsor_ground: None, from: day(from), to }
    }

    fn events(of: &[(&str, &str)]) -> Vec<(String, NaiveDate)> {
        of.iter().map(|(kind, on)| ((*kind).to_owned(), day(on))).collect()
    }

    use StatusKind::{PermanentResidencePermit as Permanent, TemporaryResidencePermit as Temporary};

    #[test]
    fn permits_join_or_leave_a_gap() {
        let permits = vec![
            permit(Temporary, "45.1.1", "2020-01-01", "2020-12-31"),
            permit(Temporary, "45.1.1", "2021-01-01", "2021-12-31"),
            permit(Temporary, "45.1.5", "2022-01-01", "2022-06-30"),
            permit(Permanent, "52.1.1", "2022-06-01", "2024-05-31"),
            permit(Permanent, "52.1.1", "2024-06-10", ""),
        ];
        let found = chain(permits.clone(), &[], day("2026-01-01"), |_| true);
        let joins: Vec<Joins> = found.links.iter().map(|link| link.joins).collect();
        let expected = [Joins::First, Joins::Renewal, Joins::ChangeOfGround, Joins::ChangeOfKind, Joins::AfterGap];
        assert_eq!(joins, expected);
        let gap = ChainGap { from: day("2024-06-01"), to: day("2024-06-09"), open: false, bridge: None };
        assert_eq!(found.gaps, [gap]);
        let ids = (permits[2].permit, permits[3].permit);
        assert_eq!(found.overlaps, [Overlap { permits: ids, from: day("2022-06-01"), to: Some(day("2022-06-30")) }]);
        let early = chain(permits, &[], day("2020-06-01"), |_| true);
        assert_eq!((early.links.len(), early.gaps.len()), (1, 0));
    }

    #[test]
    fn a_pending_application_bridges_a_gap_until_it_is_decided() {
        let permits = vec![
            permit(Temporary, "45.1.1", "2020-01-01", "2020-12-31"),
            permit(Temporary, "45.1.1", "2021-02-01", "2021-12-31"),
        ];
        let bridged =
            |events: &[(String, NaiveDate)]| chain(permits.clone(), events, day("2021-06-01"), |_| true).gaps[0].bridge;
        let through = |on: &str, complete| Some(Bridge { applied_on: day("2020-11-20"), through: day(on), complete });
        assert_eq!(bridged(&events(&[("application", "2020-11-20")])), through("2021-01-31", true));
        let refused = events(&[("application", "2020-11-20"), ("refusal_served", "2021-01-15")]);
        assert_eq!(bridged(&refused), through("2021-01-15", false));
        assert_eq!(bridged(&events(&[("application", "2020-11-20"), ("decision", "2020-12-15")])), None);
        assert_eq!(bridged(&events(&[("application", "2021-01-01")])), None, "made after the end");
        let unlawful = chain(permits.clone(), &events(&[("application", "2020-11-20")]), day("2021-06-01"), |_| false);
        assert_eq!(unlawful.gaps[0].bridge, None, "the law of that day does not say so");
    }

    #[test]
    fn the_last_gap_is_open() {
        let permits = vec![permit(Temporary, "45.1.1", "2020-01-01", "2020-12-31")];
        let found = chain(permits, &events(&[("application", "2020-12-01")]), day("2021-01-10"), |_| true);
        let bridge = Some(Bridge { applied_on: day("2020-12-01"), through: day("2021-01-10"), complete: true });
        assert_eq!(found.gaps, [ChainGap { from: day("2021-01-01"), to: day("2021-01-10"), open: true, bridge }]);
    }
}
