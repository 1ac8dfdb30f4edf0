//! Day numbers and sets of days as sorted blocks: the arithmetic under every requirement.
//!
//! All inner work is on plain numbers and on blocks `[from, to]`, both ends included, so that forty trips cost forty steps
//! and not fourteen thousand days.

use std::ops::ControlFlow;

use chrono::{Datelike, NaiveDate};
use smallvec::SmallVec;

use crate::calendar::Period;

/// A civil date as the number of days since 0000-12-31.
pub(crate) type Day = i32;

/// The day of an open end: after every date a dossier can hold, and still a date that a period can be added to.
pub(crate) const FAR: Day = 3_700_000;

/// Before every date a dossier can hold.
pub(crate) const PAST: Day = -1_000_000;

/// The number of a date.
pub(crate) fn day(date: NaiveDate) -> Day {
    date.num_days_from_ce()
}

/// The date of a number.
pub(crate) fn date(day: Day) -> NaiveDate {
    NaiveDate::from_num_days_from_ce_opt(day).unwrap_or(NaiveDate::MAX)
}

/// The date of a number, `None` for an open end.
pub(crate) fn end_date(day: Day) -> Option<NaiveDate> {
    (day < FAR).then(|| date(day))
}

/// `day ⊕ period`. An open end stays open.
pub(crate) fn add(from: Day, period: Period) -> Day {
    if from >= FAR {
        return FAR;
    }
    match period.only_days().and_then(|days| Day::try_from(days).ok()) {
        Some(days) => from.saturating_add(days),
        None => day(period.after(date(from))),
    }
}

/// The first day `t` with `t ⊕ period ≥ on`.
pub(crate) fn first_reaching(on: Day, period: Period) -> Day {
    match period.only_days().and_then(|days| Day::try_from(days).ok()) {
        Some(days) => on.saturating_sub(days),
        None => day(period.first_reaching(date(on))),
    }
}

/// The first day of the next month.
pub(crate) fn next_month(on: Day) -> Day {
    let date = date(on);
    add(on - date.day0().cast_signed(), Period::months(1))
}

/// A block of consecutive days, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Block {
    pub(crate) from: Day,
    pub(crate) to: Day,
}

impl Block {
    pub(crate) const fn new(from: Day, to: Day) -> Self {
        Self { from, to }
    }

    /// Number of days; not for open ends.
    pub(crate) const fn len(self) -> i32 {
        self.to - self.from + 1
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.from > self.to
    }

    pub(crate) const fn contains(self, day: Day) -> bool {
        self.from <= day && day <= self.to
    }

    pub(crate) fn meet(self, other: Self) -> Self {
        Self::new(self.from.max(other.from), self.to.min(other.to))
    }
}

/// Most sets have one block or two: those need no memory of their own.
type Blocks = SmallVec<[Block; 2]>;

/// A set of days: blocks in order, none of them empty, touching or overlapping.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Spans(Blocks);

impl Clone for Spans {
    fn clone(&self) -> Self {
        // Copied as a whole; smallvec's own clone goes block by block.
        Self(Blocks::from_slice(&self.0))
    }
}

impl Spans {
    /// The set of one block; an empty block gives the empty set.
    pub(crate) fn one(from: Day, to: Day) -> Self {
        let block = Block::new(from, to);
        Self(if block.is_empty() { Blocks::new() } else { Blocks::from_slice(&[block]) })
    }

    /// The union of blocks in any order.
    pub(crate) fn union_of(blocks: impl IntoIterator<Item = Block>) -> Self {
        Self::with_gaps_filled(blocks, 0)
    }

    /// The union of blocks in any order, gaps of at most `gap` days between them included.
    pub(crate) fn with_gaps_filled(blocks: impl IntoIterator<Item = Block>, gap: Day) -> Self {
        let mut blocks: Blocks = blocks.into_iter().filter(|block| !block.is_empty()).collect();
        blocks.sort_unstable();
        blocks.dedup_by(|block, last| {
            let joins = block.from <= last.to.saturating_add(1).saturating_add(gap);
            if joins {
                last.to = last.to.max(block.to);
            }
            joins
        });
        Self(blocks)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether every day of `within` is in the set.
    pub(crate) fn covers(&self, within: Block) -> bool {
        within.is_empty() || self.block_at(within.from).is_some_and(|block| within.to <= block.to)
    }

    pub(crate) fn blocks(&self) -> &[Block] {
        &self.0
    }

    /// The block that contains `day`.
    pub(crate) fn block_at(&self, day: Day) -> Option<Block> {
        let after = self.0.partition_point(|block| block.from <= day);
        let block = *self.0.get(after.checked_sub(1)?)?;
        block.contains(day).then_some(block)
    }

    pub(crate) fn contains(&self, day: Day) -> bool {
        self.block_at(day).is_some()
    }

    /// The first day of the set that is `from` or later.
    pub(crate) fn first_from(&self, from: Day) -> Option<Day> {
        let at = self.0.partition_point(|block| block.to < from);
        self.0.get(at).map(|block| block.from.max(from))
    }

    pub(crate) fn intersect(&self, other: &Self) -> Self {
        let mut common = Blocks::new();
        let (mut mine, mut theirs) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some(a), Some(b)) = (mine.peek(), theirs.peek()) {
            let meet = a.meet(**b);
            if !meet.is_empty() {
                common.push(meet);
            }
            if a.to < b.to {
                mine.next();
            } else {
                theirs.next();
            }
        }
        Self(common)
    }

    pub(crate) fn union(&self, other: &Self) -> Self {
        Self::union_of(self.0.iter().chain(&other.0).copied())
    }

    /// The days of `within` that are not in the set.
    pub(crate) fn complement(&self, within: Block) -> Self {
        let mut gaps = Blocks::with_capacity(self.0.len() + 1);
        let mut from = within.from;
        for block in &self.0 {
            let gap = Block::new(from, (block.from - 1).min(within.to));
            if !gap.is_empty() {
                gaps.push(gap);
            }
            from = from.max(block.to.saturating_add(1));
        }
        if from <= within.to {
            gaps.push(Block::new(from, within.to));
        }
        Self(gaps)
    }

    pub(crate) fn clip(&self, within: Block) -> Self {
        Self(self.0.iter().map(|block| block.meet(within)).filter(|block| !block.is_empty()).collect())
    }
}

/// Days `x`, `x + 1`, … (`len` of them), each a fixed number of days of the set before `t`, `t + 1`, ….
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pairs {
    pub(crate) x: Day,
    pub(crate) t: Day,
    pub(crate) len: i32,
}

impl Pairs {
    /// The runs of pairs with `x ⊕ period > t`: both days lie in one window of that length. `x ⊕ period − x` changes with the
    /// calendar, so only the pairs between its shortest and its longest length are looked at one by one.
    pub(crate) fn within(
        self,
        period: Period,
        shortest: i32,
        longest: i32,
        visit: &mut dyn FnMut(Self) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let apart = self.t - self.x;
        if apart >= longest {
            return ControlFlow::Continue(());
        }
        if apart < shortest {
            return visit(self);
        }
        for i in 0..self.len {
            if add(self.x + i, period) > self.t + i {
                visit(Self { x: self.x + i, t: self.t + i, len: 1 })?;
            }
        }
        ControlFlow::Continue(())
    }
}

/// A set of days with the number of days before each block, so that counting in a window is two look-ups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DaySet {
    spans: Spans,
    before: Vec<i32>,
}

impl From<Spans> for DaySet {
    fn from(spans: Spans) -> Self {
        let before = spans
            .blocks()
            .iter()
            .scan(0, |sum, block| {
                let before = *sum;
                *sum += block.len();
                Some(before)
            })
            .collect();
        Self { spans, before }
    }
}

impl DaySet {
    pub(crate) fn spans(&self) -> &Spans {
        &self.spans
    }

    /// The number of days of the set up to and including `day`.
    pub(crate) fn rank(&self, day: Day) -> i32 {
        let after = self.spans.blocks().partition_point(|block| block.from <= day);
        let Some(at) = after.checked_sub(1) else { return 0 };
        match (self.spans.blocks().get(at), self.before.get(at)) {
            (Some(block), Some(before)) => before + (day.min(block.to) - block.from + 1),
            _ => 0,
        }
    }

    /// The number of days of the set in `[from, to]`.
    pub(crate) fn count(&self, from: Day, to: Day) -> i32 {
        if from > to { 0 } else { self.rank(to) - self.rank(from - 1) }
    }

    /// The `n`-th day of the set, counted from 1.
    pub(crate) fn nth(&self, n: i32) -> Option<Day> {
        let after = self.before.partition_point(|before| *before < n);
        let at = after.checked_sub(1)?;
        let (block, before) = (self.spans.blocks().get(at)?, self.before.get(at)?);
        let found = block.from + (n - before - 1);
        block.contains(found).then_some(found)
    }

    /// The days of the set from `from` on.
    pub(crate) fn first_from(&self, from: Day) -> Option<Day> {
        self.spans.first_from(from)
    }

    /// Every pair of days of the set inside `[from, to]` that are `distance` days of the set apart, in order.
    pub(crate) fn pairs(
        &self,
        from: Day,
        to: Day,
        distance: i32,
        visit: &mut dyn FnMut(Pairs) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let blocks = self.spans.blocks();
        let mut near = blocks.partition_point(|block| block.to < from);
        let Some(mut x) = blocks.get(near).map(|block| block.from.max(from)) else { return ControlFlow::Continue(()) };
        let Some(mut t) = self.nth(self.rank(x) + distance) else { return ControlFlow::Continue(()) };
        let mut far = blocks.partition_point(|block| block.to < t);
        while let (Some(a), Some(b)) = (blocks.get(near), blocks.get(far)) {
            if t > to {
                break;
            }
            let len = (a.to - x).min(b.to.min(to) - t) + 1;
            visit(Pairs { x, t, len })?;
            x += len;
            t += len;
            if x > a.to {
                near += 1;
                x = blocks.get(near).map_or(FAR, |block| block.from);
            }
            if t > b.to {
                far += 1;
                t = blocks.get(far).map_or(FAR, |block| block.from);
            }
        }
        ControlFlow::Continue(())
    }
}
