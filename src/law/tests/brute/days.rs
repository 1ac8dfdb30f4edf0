//! Dates for the brute-force evaluator: a table of days made by walking from one to the next. Nothing here is the engine's.

use std::sync::LazyLock;

/// The year in which the table begins.
const FIRST_YEAR: i32 = 1985;
const LAST_YEAR: i32 = 2062;

/// A day: its place in the table.
pub(super) type Day = i32;

struct Table {
    dates: Vec<(i32, u32, u32)>,
    /// The first day of each month.
    months: Vec<Day>,
}

fn month_length(year: i32, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table { dates: Vec::new(), months: Vec::new() };
    for year in FIRST_YEAR..=LAST_YEAR {
        for month in 1..=12 {
            table.months.push(Day::try_from(table.dates.len()).unwrap());
            table.dates.extend((1..=month_length(year, month)).map(|day| (year, month, day)));
        }
    }
    table
});

/// Year, month and day.
pub(super) fn ymd(day: Day) -> (i32, u32, u32) {
    TABLE.dates[usize::try_from(day).unwrap()]
}

/// The day of a date; a day the month does not have is its last.
pub(super) fn day(year: i32, month: u32, day: u32) -> Day {
    let place = (year - FIRST_YEAR) * 12 + i32::try_from(month).unwrap() - 1;
    TABLE.months[usize::try_from(place).unwrap()] + i32::try_from(day.min(month_length(year, month))).unwrap() - 1
}

/// The date as it is written.
pub(super) fn text(day: Day) -> String {
    let (year, month, day) = ymd(day);
    format!("{year:04}-{month:02}-{day:02}")
}

/// The day of an engine's date.
pub(super) fn of(date: chrono::NaiveDate) -> Day {
    use chrono::Datelike;
    day(date.year(), date.month(), date.day())
}

/// Years, months and days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct P(pub(super) i32, pub(super) i32, pub(super) i32);

impl P {
    pub(super) fn text(self) -> String {
        let part = |n: i32, unit: &str| if n > 0 { format!("{n}{unit}") } else { String::new() };
        format!("P{}{}{}", part(self.0, "Y"), part(self.1, "M"), part(self.2, "D"))
    }

    /// `from ⊕ self`: years, then months, then days; the last day of the month where there is no such day.
    pub(super) fn after(self, from: Day) -> Day {
        let (year, month, date) = ymd(from);
        let in_year = day(year + self.0, month, date);
        let (year, month, date) = ymd(in_year);
        let months = i32::try_from(month).unwrap() - 1 + self.1;
        day(year + months.div_euclid(12), u32::try_from(months.rem_euclid(12)).unwrap() + 1, date) + self.2
    }

    /// The first `t` with `t ⊕ self ≥ on`, walking back.
    pub(super) fn first_reaching(self, on: Day) -> Day {
        // Nothing that reaches `on` begins more than this many days before it.
        let mut t = on - self.0 * 366 - self.1 * 31 - self.2 - 3;
        while self.after(t) < on {
            t += 1;
        }
        t
    }

    /// The window before `on`: `(first day, last day)`.
    pub(super) fn window(self, on: Day, application_day: bool) -> (Day, Day) {
        // `t ⊕ P > D` is `t ⊕ P ≥ D + 1`.
        let end = on + i32::from(application_day);
        (self.first_reaching(end), end - 1)
    }
}

#[test]
fn the_examples_of_the_contract() {
    let on = |text: &str| of(text.parse().unwrap());
    assert_eq!(text(P(0, 6, 0).after(on("2024-08-31"))), "2025-02-28");
    assert_eq!(text(P(5, 0, 0).after(on("2020-02-29"))), "2025-02-28");
    for (date, days) in [("2016-02-29", 365), ("2016-03-01", 366), ("2017-02-28", 366), ("2017-03-01", 365)] {
        let (from, to) = P(1, 0, 0).window(on(date), false);
        assert_eq!(to - from + 1, days, "one year before {date}");
    }
}
