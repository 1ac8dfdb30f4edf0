//! Working days, from a calendar that is data: each year's non-working days are announced, not computed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, Weekday};

/// What is known of one year.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CalendarYear {
    /// Days off beside the weekend.
    pub non_working: BTreeSet<NaiveDate>,
    /// Weekend days made working by a swap.
    pub working: BTreeSet<NaiveDate>,
    /// The days of the week that are off.
    pub weekend: Vec<Weekday>,
}

/// Days of the year that are off by a law in force from a day to a day; `None`: without that end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FixedDays {
    /// Month and day of each.
    pub days: BTreeSet<(u32, u32)>,
    /// The first day on which they are off.
    pub from: Option<NaiveDate>,
    /// The last one.
    pub to: Option<NaiveDate>,
}

impl FixedDays {
    fn contain(&self, date: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= date)
            && self.to.is_none_or(|to| date <= to)
            && self.days.contains(&(date.month(), date.day()))
    }
}

/// The calendar of a country: announced years, and what stands every year for the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkingCalendar {
    years: BTreeMap<i32, CalendarYear>,
    fixed: Vec<FixedDays>,
}

/// A day found by counting, and whether a year without announced days was looked at on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted<T> {
    /// The result.
    pub value: T,
    /// True if another announcement could still change it.
    pub provisional: bool,
}

/// No count goes further: a term of 9,999 working days with every day paused must still end.
const FURTHEST: u32 = 100_000;

impl WorkingCalendar {
    /// A calendar of announced `years` and of the days off in every other year, whose weekend is Saturday and Sunday.
    pub fn new(years: BTreeMap<i32, CalendarYear>, fixed: Vec<FixedDays>) -> Self {
        Self { years, fixed }
    }

    /// The years whose days are announced, in order.
    pub fn years(&self) -> impl Iterator<Item = i32> {
        self.years.keys().copied()
    }

    /// Whether the days of `year` are announced.
    pub fn knows(&self, year: i32) -> bool {
        self.years.contains_key(&year)
    }

    /// Whether `date` is a working day.
    pub fn is_working(&self, date: NaiveDate) -> bool {
        match self.years.get(&date.year()) {
            Some(year) => {
                year.working.contains(&date)
                    || !(year.non_working.contains(&date) || year.weekend.contains(&date.weekday()))
            }
            None => {
                !matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
                    && !self.fixed.iter().any(|fixed| fixed.contain(date))
            }
        }
    }

    /// The first working day on `date` or after it.
    pub fn next_working(&self, date: NaiveDate) -> Counted<NaiveDate> {
        self.nth(date, 1, NaiveDate::succ_opt, |_| false)
    }

    /// The last working day on `date` or before it.
    pub fn previous_working(&self, date: NaiveDate) -> Counted<NaiveDate> {
        self.nth(date, 1, NaiveDate::pred_opt, |_| false)
    }

    /// The `n`-th working day that is not paused, `first` being the first day counted.
    pub fn nth_from(&self, first: NaiveDate, n: u32, paused: impl Fn(NaiveDate) -> bool) -> Counted<NaiveDate> {
        self.nth(first, n, NaiveDate::succ_opt, paused)
    }

    /// The `n`-th working day that is not paused, counted back from `last`, the first day counted.
    pub fn nth_back_from(&self, last: NaiveDate, n: u32, paused: impl Fn(NaiveDate) -> bool) -> Counted<NaiveDate> {
        self.nth(last, n, NaiveDate::pred_opt, paused)
    }

    fn nth(
        &self,
        first: NaiveDate,
        n: u32,
        step: impl Fn(&NaiveDate) -> Option<NaiveDate>,
        paused: impl Fn(NaiveDate) -> bool,
    ) -> Counted<NaiveDate> {
        let mut found = Counted { value: first, provisional: !self.knows(first.year()) };
        let mut left = n;
        for _ in 0..FURTHEST {
            if self.is_working(found.value) && !paused(found.value) {
                left = left.saturating_sub(1);
            }
            if left == 0 {
                break;
            }
            let Some(next) = step(&found.value) else { break };
            found.value = next;
            found.provisional |= !self.knows(next.year());
        }
        found
    }

    /// The number of working days after `after`, up to and including `to`; 0 if `to` is not later.
    pub fn count(&self, after: NaiveDate, to: NaiveDate) -> Counted<u32> {
        let mut counted = Counted { value: 0, provisional: false };
        for day in after.iter_days().skip(1).take_while(|day| *day <= to) {
            counted.value += u32::from(self.is_working(day));
            counted.provisional |= !self.knows(day.year());
        }
        counted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn calendar() -> WorkingCalendar {
        let year = CalendarYear {
            non_working: [date("2026-11-09"), date("2026-11-10")].into(),
            working: [date("2026-11-14")].into(),
            weekend: vec![Weekday::Sat, Weekday::Sun],
        };
        let new_year = FixedDays { days: [(1, 1), (1, 2)].into(), ..FixedDays::default() };
        let victory =
            FixedDays { days: [(11, 8)].into(), from: Some(date("2021-01-13")), to: Some(date("2024-12-31")) };
        WorkingCalendar::new([(2026, year)].into(), vec![new_year, victory])
    }

    #[test]
    fn an_announced_year_uses_its_own_days_and_its_swaps() {
        let calendar = calendar();
        assert!(!calendar.is_working(date("2026-11-10")));
        assert!(calendar.is_working(date("2026-11-14")), "a Saturday made working");
        assert!(calendar.is_working(date("2026-01-01")), "the announcement of 2026 does not name it");
        assert_eq!(calendar.next_working(date("2026-11-07")).value, date("2026-11-11"));
    }

    #[test]
    fn an_unknown_year_is_provisional_and_has_the_fixed_days() {
        let next = calendar().next_working(date("2027-01-01"));
        assert_eq!(next, Counted { value: date("2027-01-04"), provisional: true });
        assert!(!calendar().next_working(date("2026-12-31")).provisional);
        assert!(calendar().nth_from(date("2026-12-31"), 2, |_| false).provisional);
    }

    #[test]
    fn a_fixed_day_is_off_while_its_law_is_in_force() {
        let calendar = calendar();
        let weekdays = ["2019-11-08", "2021-11-08", "2024-11-08", "2027-11-08"];
        assert_eq!(weekdays.map(|day| calendar.is_working(date(day))), [true, false, false, true]);
    }

    #[test]
    fn counting_back_and_between() {
        let calendar = calendar();
        assert_eq!(calendar.nth_back_from(date("2026-11-13"), 3, |_| false).value, date("2026-11-11"));
        assert_eq!(calendar.count(date("2026-11-06"), date("2026-11-14")).value, 4);
        assert_eq!(calendar.count(date("2026-11-14"), date("2026-11-06")).value, 0);
        let paused = |day: NaiveDate| day == date("2026-11-12");
        assert_eq!(calendar.nth_from(date("2026-11-11"), 2, paused).value, date("2026-11-13"));
    }
}
