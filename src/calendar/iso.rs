//! Days as ISO 8601 writes them, ten characters at once: chrono writes each by itself, and an answer has hundreds of days.

use chrono::{Datelike, NaiveDate};

/// A day of the years 0 to 9999 as text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Iso([u8; 10]);

impl Iso {
    /// None for other years.
    pub(crate) fn of(day: NaiveDate) -> Option<Self> {
        let year = day.year();
        if !(0..=9999).contains(&year) {
            return None;
        }
        let mut text = *b"0000-00-00";
        let parts =
            [(0, (year / 100).unsigned_abs()), (2, (year % 100).unsigned_abs()), (5, day.month()), (8, day.day())];
        for (place, part) in parts {
            let digits = text.get_mut(place..)?.first_chunk_mut::<2>()?;
            *digits = two(u8::try_from(part).ok()?);
        }
        Some(Self(text))
    }

    /// `YYYY-MM-DD`.
    pub(crate) fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

fn two(number: u8) -> [u8; 2] {
    [b'0' + number / 10, b'0' + number % 10]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_as_chrono_writes_them() {
        let mut day = NaiveDate::from_ymd_opt(-1, 12, 1).unwrap();
        let end = NaiveDate::from_ymd_opt(10_000, 2, 1).unwrap();
        while day < end {
            let written = Iso::of(day);
            assert_eq!(written.is_some(), (0..=9999).contains(&day.year()), "{day}");
            if let Some(written) = written {
                assert_eq!(written.as_str(), day.to_string());
            }
            day += chrono::TimeDelta::days(13);
        }
    }
}
