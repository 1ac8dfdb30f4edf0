//! What cannot be right in the crossings, and what would repair it. What is unknown stays unknown until somebody repairs it.

use chrono::NaiveDate;

use super::{Confidence, CrossingSource, Direction, in_order};
use crate::db::text_enum;
use crate::id::CrossingId;

/// Two accounts of one crossing lie at most so many days apart; further apart, a crossing between them is the likelier story.
const ONE_CROSSING: i64 = 31;

/// A crossing as the record has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::presence) struct Seen {
    pub(in crate::presence) id: CrossingId,
    pub(in crate::presence) version: i32,
    pub(in crate::presence) on: NaiveDate,
    pub(in crate::presence) direction: Direction,
    pub(in crate::presence) source: CrossingSource,
    pub(in crate::presence) confidence: Confidence,
}

text_enum! {
    /// What is wrong.
    pub enum FindingKind {
        /// Two entries in a row: the exit between them is missing.
        MissingExit = "missing_exit",
        /// Two exits in a row: the entry between them is missing.
        MissingEntry = "missing_entry",
        /// Twice in the same direction on one day.
        SameDayContradiction = "same_day_contradiction",
        /// The return stands before the departure it belongs to.
        ReturnBeforeDeparture = "return_before_departure",
        /// Two sources tell of one crossing, some days apart.
        SourcesDiffer = "sources_differ",
        /// A departure without a return so far.
        OpenAbsence = "open_absence",
    }
}

/// A way to repair it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::presence) enum Repair {
    /// Record the crossing that is missing.
    Record(Direction),
    /// Correct the day of a crossing.
    Correct(CrossingId, i32),
    /// Withdraw a crossing.
    Withdraw(CrossingId, i32),
}

/// Something that cannot be right, or is not over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::presence) struct Finding {
    pub(in crate::presence) kind: FindingKind,
    /// The rows, in order: two, or the one of an open absence.
    pub(in crate::presence) crossings: Vec<Seen>,
    /// The days for which nobody knows meanwhile where the person was.
    pub(in crate::presence) unknown: Option<(NaiveDate, NaiveDate)>,
    pub(in crate::presence) message: String,
    pub(in crate::presence) repairs: Vec<Repair>,
}

/// Everything that cannot be right, in order of days. Crossings that alternate and end with a return give none.
pub(in crate::presence) fn findings(crossings: &[Seen]) -> Vec<Finding> {
    let ordered = in_order(crossings, |seen| (seen.on, seen.direction));
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = ordered.get(at..) {
        match rest {
            [before, back, out, after, ..] if is_reversed([before, back, out, after]) => {
                found.push(reversed(before, back, out, after));
                at += 3;
            }
            [first, second, ..] => {
                if first.direction == second.direction {
                    found.push(in_a_row(first, second));
                }
                at += 1;
            }
            [last] => {
                found.extend((last.direction == Direction::Exit).then(|| open_absence(last)));
                break;
            }
            [] => break,
        }
    }
    found
}

/// Entry, entry, exit, exit on different days: the two in the middle stand the wrong way round.
fn is_reversed([before, back, out, after]: [&Seen; 4]) -> bool {
    let ways = [before, back, out, after].map(|one| one.direction);
    ways == [Direction::Entry, Direction::Entry, Direction::Exit, Direction::Exit]
        && before.on < back.on
        && back.on < out.on
        && out.on < after.on
        && !is_one_crossing(before, back)
        && !is_one_crossing(out, after)
}

/// Do the border and somebody else tell of the same crossing?
fn is_one_crossing(first: &Seen, second: &Seen) -> bool {
    let of_border = |seen: &Seen| seen.source == CrossingSource::Border;
    of_border(first) != of_border(second) && (second.on - first.on).num_days() <= ONE_CROSSING
}

fn word(direction: Direction) -> &'static str {
    match direction {
        Direction::Exit => "exit",
        Direction::Entry => "entry",
    }
}

fn in_a_row(first: &Seen, second: &Seen) -> Finding {
    let (missing, kind) = match first.direction {
        Direction::Exit => (Direction::Entry, FindingKind::MissingEntry),
        Direction::Entry => (Direction::Exit, FindingKind::MissingExit),
    };
    let (seen, absent, days) = (word(first.direction), word(missing), (first.on, second.on));
    let withdraw = |seen: &Seen| Repair::Withdraw(seen.id, seen.version);
    let record = Repair::Record(missing);
    let found = |kind, message, repairs| Finding {
        kind,
        crossings: vec![*first, *second],
        unknown: Some(days),
        message,
        repairs,
    };
    if first.on == second.on {
        let message = format!("Twice an {seen} on {}. Withdraw one, or record the {absent} between them.", first.on);
        return found(FindingKind::SameDayContradiction, message, vec![withdraw(second), withdraw(first), record]);
    }
    if is_one_crossing(first, second) {
        // The border's data are likelier; the other account stays readable among the versions.
        let by_border = first.source == CrossingSource::Border;
        let (border, other) = if by_border { (first, second) } else { (second, first) };
        let message = format!(
            "Two sources tell of an {seen}: the border on {}, another on {}. Withdraw one, or record the {absent} between them.",
            border.on, other.on
        );
        return found(FindingKind::SourcesDiffer, message, vec![withdraw(other), withdraw(border), record]);
    }
    let message = format!(
        "An {seen} on {} and again on {}: an {absent} between them is missing. Record it, or withdraw one of the two.",
        first.on, second.on
    );
    found(kind, message, vec![record, withdraw(first), withdraw(second)])
}

fn reversed(before: &Seen, back: &Seen, out: &Seen, after: &Seen) -> Finding {
    let message = format!(
        "The return on {} stands before the departure on {} it seems to belong to. Correct the day of one of the two.",
        back.on, out.on
    );
    Finding {
        kind: FindingKind::ReturnBeforeDeparture,
        crossings: vec![*back, *out],
        unknown: Some((before.on, after.on)),
        message,
        repairs: vec![Repair::Correct(back.id, back.version), Repair::Correct(out.id, out.version)],
    }
}

fn open_absence(last: &Seen) -> Finding {
    Finding {
        kind: FindingKind::OpenAbsence,
        crossings: vec![*last],
        unknown: None,
        message: format!("Left on {}, and no return is on record. Record it if there was one.", last.on),
        repairs: vec![Repair::Record(Direction::Entry)],
    }
}

#[cfg(test)]
mod tests {
    use super::CrossingSource::{Border, Declared};
    use super::Direction::{Entry, Exit};
    use super::*;

    fn seen(on: &str, direction: Direction, source: CrossingSource) -> Seen {
        let confidence = source.confidence();
        Seen { id: CrossingId::random(), version: 1, on: on.parse().unwrap(), direction, source, confidence }
    }

    fn kinds(crossings: &[Seen]) -> Vec<FindingKind> {
        findings(crossings).iter().map(|finding| finding.kind).collect()
    }

    #[test]
    fn what_is_missing_is_named_with_what_is_unknown_and_a_repair() {
        let (first, second) = (seen("2024-02-01", Exit, Border), seen("2024-05-01", Exit, Border));
        let found = findings(&[second, first]);
        assert_eq!(found.len(), 2, "the second exit is open: {found:?}");
        assert_eq!((found[0].kind, &found[0].crossings), (FindingKind::MissingEntry, &vec![first, second]));
        assert_eq!(found[0].unknown, Some((first.on, second.on)));
        assert_eq!(found[0].repairs[0], Repair::Record(Entry));
        assert_eq!((found[1].kind, found[1].unknown), (FindingKind::OpenAbsence, None));
        let entries = [seen("2024-02-01", Entry, Border), seen("2024-05-01", Entry, Border)];
        assert_eq!(kinds(&entries), [FindingKind::MissingExit]);
    }

    #[test]
    fn two_accounts_of_one_crossing_are_no_missing_crossing() {
        let border = seen("2024-02-03", Exit, Border);
        let declared = seen("2024-02-01", Exit, Declared);
        let back = seen("2024-03-01", Entry, Border);
        let found = findings(&[declared, border, back]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].kind, FindingKind::SourcesDiffer);
        assert_eq!(found[0].repairs[0], Repair::Withdraw(declared.id, 1), "the border's stays");
        let back = seen("2024-06-01", Entry, Border);
        let far = [seen("2024-02-01", Exit, Declared), seen("2024-05-01", Exit, Border), back];
        assert_eq!(kinds(&far), [FindingKind::MissingEntry]);
    }

    #[test]
    fn twice_the_same_way_on_one_day() {
        let on = "2024-02-01";
        let twice = [seen(on, Exit, Border), seen(on, Exit, Declared), seen("2024-03-01", Entry, Border)];
        assert_eq!(kinds(&twice), [FindingKind::SameDayContradiction]);
    }

    #[test]
    fn a_return_before_its_departure() {
        let crossings = [
            seen("2024-01-01", Exit, Border),
            seen("2024-02-01", Entry, Border),
            seen("2024-06-01", Entry, Border),
            seen("2024-06-10", Exit, Border),
            seen("2024-09-01", Exit, Border),
            seen("2024-10-01", Entry, Border),
        ];
        let found = findings(&crossings);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].kind, FindingKind::ReturnBeforeDeparture);
        assert_eq!(found[0].crossings, [crossings[2], crossings[3]]);
        assert_eq!(found[0].repairs[0], Repair::Correct(crossings[2].id, 1));
    }

    /// Crossings that alternate, in whatever order they were recorded, several on one day or not, are all right.
    #[test]
    fn alternating_crossings_give_no_finding() {
        let start: NaiveDate = "2015-01-01".parse().unwrap();
        let mut state = 7_u64;
        let mut random = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for _ in 0..2_000 {
            let (trips, mut on) = (random(6), start);
            let mut crossings = Vec::new();
            if random(2) == 0 {
                crossings.push(seen("2014-12-31", Entry, Border));
            }
            for _ in 0..trips {
                for direction in [Exit, Entry] {
                    let source = if random(2) == 0 { Border } else { Declared };
                    crossings.push(seen(&on.to_string(), direction, source));
                    on = on + chrono::Days::new(random(40));
                }
                on = on + chrono::Days::new(1);
            }
            for at in 1..crossings.len() {
                let other = random(u64::try_from(crossings.len()).unwrap());
                crossings.swap(at, usize::try_from(other).unwrap());
            }
            assert_eq!(findings(&crossings), [], "{crossings:?}");
        }
    }
}
