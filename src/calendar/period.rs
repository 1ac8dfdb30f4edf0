//! Calendar periods (`P5Y`, `P3M`, `P30D`) and the addition `d ⊕ P` on civil dates.

use std::fmt;
use std::str::FromStr;

use chrono::{Days, Months, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The largest number of one unit. Dates of four-digit years stay far inside chrono's range with it.
const LARGEST_UNIT: u32 = 9_999;

/// A calendar period of whole years, months and days, at least one day long. Written in ISO 8601: `P1Y6M`, `P30D`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    years: u32,
    months: u32,
    days: u32,
}

impl Period {
    /// `n` years; `n` of 0 gives the empty period, which no text can express.
    pub const fn years(n: u32) -> Self {
        Self { years: n, months: 0, days: 0 }
    }

    /// `n` months; `n` of 0 gives the empty period, which no text can express.
    pub const fn months(n: u32) -> Self {
        Self { years: 0, months: n, days: 0 }
    }

    /// The period `n` times over, unit by unit (`P1Y` → `P4Y`).
    #[must_use]
    pub const fn times(self, n: u32) -> Self {
        Self {
            years: self.years.saturating_mul(n),
            months: self.months.saturating_mul(n),
            days: self.days.saturating_mul(n),
        }
    }

    /// The number of days, if the period is one of days only.
    pub const fn only_days(self) -> Option<u32> {
        if self.years == 0 && self.months == 0 { Some(self.days) } else { None }
    }

    /// The number of whole years, if the period is one of years only.
    pub const fn only_years(self) -> Option<u32> {
        if self.months == 0 && self.days == 0 { Some(self.years) } else { None }
    }

    /// Its years, months and days.
    pub const fn parts(self) -> [u32; 3] {
        [self.years, self.months, self.days]
    }

    /// `date ⊕ self`: years first, then months, then days; a month without the day gives its last day
    /// (2024-08-31 ⊕ P6M = 2025-02-28). Dates beyond the calendar's end stay on its last day.
    #[must_use]
    pub fn after(self, date: NaiveDate) -> NaiveDate {
        date.checked_add_months(Months::new(self.years.saturating_mul(12)))
            .and_then(|d| d.checked_add_months(Months::new(self.months)))
            .and_then(|d| d.checked_add_days(Days::new(u64::from(self.days))))
            .unwrap_or(NaiveDate::MAX)
    }

    /// The first day `t` with `t ⊕ self ≥ date`. With it every window before a date is found: `t ⊕ P` never decreases
    /// as `t` grows.
    #[must_use]
    pub fn first_reaching(self, date: NaiveDate) -> NaiveDate {
        let mut t = date
            .checked_sub_days(Days::new(u64::from(self.days)))
            .and_then(|d| d.checked_sub_months(Months::new(self.months)))
            .and_then(|d| d.checked_sub_months(Months::new(self.years.saturating_mul(12))))
            .unwrap_or(NaiveDate::MIN);
        while self.after(t) < date {
            let Some(next) = t.succ_opt() else { break };
            t = next;
        }
        while let Some(previous) = t.pred_opt() {
            if self.after(previous) < date {
                break;
            }
            t = previous;
        }
        t
    }

    /// The last day `t` with `t ⊕ self ≤ date`.
    #[must_use]
    pub fn last_within(self, date: NaiveDate) -> NaiveDate {
        let next = date.succ_opt().unwrap_or(NaiveDate::MAX);
        self.first_reaching(next).pred_opt().unwrap_or(NaiveDate::MIN)
    }
}

/// A text that is no period.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no period: write P, then years, months, days in this order and at least one of them not 0, such as P5Y, P1Y6M, P30D"
)]
pub struct PeriodError(String);

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        parse(text).ok_or_else(|| PeriodError(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<Period> {
    let mut rest = text.strip_prefix('P')?;
    let mut period = Period { years: 0, months: 0, days: 0 };
    for unit in ['Y', 'M', 'D'] {
        let Some((number, after)) = rest.split_once(unit) else { continue };
        if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let number = number.parse().ok().filter(|n| *n <= LARGEST_UNIT)?;
        match unit {
            'Y' => period.years = number,
            'M' => period.months = number,
            _ => period.days = number,
        }
        rest = after;
    }
    let empty = period.years == 0 && period.months == 0 && period.days == 0;
    (rest.is_empty() && !empty).then_some(period)
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("P")?;
        for (number, unit) in [(self.years, 'Y'), (self.months, 'M'), (self.days, 'D')] {
            if number > 0 {
                write!(f, "{number}{unit}")?;
            }
        }
        Ok(())
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn period(text: &str) -> Period {
        text.parse().unwrap()
    }

    #[test]
    fn a_month_without_the_day_ends_on_its_last_day() {
        for (from, by, to) in [
            ("2024-08-31", "P6M", "2025-02-28"),
            ("2020-02-29", "P5Y", "2025-02-28"),
            ("2023-11-30", "P3M", "2024-02-29"),
            ("2023-11-29", "P3M", "2024-02-29"),
            ("2019-03-01", "P5Y", "2024-03-01"),
            ("2024-02-29", "P1Y1M1D", "2025-03-29"),
        ] {
            assert_eq!(period(by).after(date(from)), date(to), "{from} ⊕ {by}");
        }
    }

    #[test]
    fn the_year_before_a_date_has_the_days_the_contract_says() {
        for (on, days) in [("2016-02-29", 365), ("2016-03-01", 366), ("2017-02-28", 366), ("2017-03-01", 365)] {
            let first = Period::years(1).first_reaching(date(on));
            assert_eq!((date(on) - first).num_days(), days, "{on}");
        }
    }

    #[test]
    fn first_reaching_and_last_within_are_the_extreme_days_for_every_date_of_five_years() {
        for text in ["P1Y", "P5Y", "P1M", "P3M", "P30D", "P1Y2M3D"] {
            let period = period(text);
            let mut on = date("2019-12-01");
            while on < date("2025-01-01") {
                let first = period.first_reaching(on);
                assert!(period.after(first) >= on && period.after(first.pred_opt().unwrap()) < on, "{text} {on}");
                let last = period.last_within(on);
                assert!(period.after(last) <= on && period.after(last.succ_opt().unwrap()) > on, "{text} {on}");
                on = on.succ_opt().unwrap();
            }
        }
    }

    #[test]
    fn text_goes_both_ways_and_nonsense_is_refused() {
        for text in ["P5Y", "P1Y6M", "P30D", "P2M1D"] {
            assert_eq!(period(text).to_string(), text);
        }
        for text in ["", "P", "5Y", "P5", "P0D", "P-1Y", "P1D1Y", "P1W", "PT5H", "P1.5Y", "P10000Y", "P 5Y", "P+5Y"] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }
}
