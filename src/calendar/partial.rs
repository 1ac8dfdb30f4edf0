//! Dates as papers state them: whole or partial. A subset of EDTF (ISO 8601-2:2019, levels 0 and 1).
//!
//! | text | means |
//! |---|---|
//! | `1961-05-03` · `1961-05` · `1961` | a day · a month · a year |
//! | `196X` · `19XX` | a decade · a century |
//! | `1961/1963` · `../1992-12-31` · `1961/..` | between · not after · not before |
//! | suffix `?` | uncertain: to be verified, the bounds stay |
//! | suffix `~` | about: a year widens by a year, a month by a month, a day by three days to each side |
//! | suffix `%` | both |
//!
//! Nothing here ever turns "1961" into 1 January 1961: rules ask for [`PartialDate::earliest`] and [`PartialDate::latest`].

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// The first day the register takes; what is older is a misreading of a document. Nobody in it was born before.
pub const EARLIEST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(1900, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// The last day the register takes: far enough for any permit, near enough to catch a slipped digit.
pub const LATEST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(2200, 12, 31) {
    Some(day) => day,
    None => NaiveDate::MAX,
};

/// How far "about" reaches around a day (the data in use around a year and a month is their own length).
const ABOUT_A_DAY: Days = Days::new(3);

/// Why a text is not a date. The texts never repeat the value: a birth date is personal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PartialDateError {
    /// Not written as a civil date.
    #[error("write the date as YYYY-MM-DD, for example 1961-05-03")]
    NotADay,
    /// Not written in any form of a partial date.
    #[error(
        "write YYYY-MM-DD, YYYY-MM, YYYY, 196X, 19XX, or a range such as 1961/1963 or ../1992-12-31; add ? or ~ if it is uncertain or approximate"
    )]
    NotAPartialDate,
    /// Well written, but the calendar has no such month or day.
    #[error("the calendar has no such month or day")]
    NoSuchDay,
    /// Outside [`EARLIEST_DAY`] … [`LATEST_DAY`].
    #[error("the date must lie between 1900-01-01 and 2200-12-31")]
    OutOfRange,
    /// The range ends before it begins.
    #[error("the range ends before it begins")]
    Reversed,
    /// `../..` says nothing.
    #[error("a range that is open at both ends says nothing: leave the date out")]
    Unbounded,
}

/// Reads an exact civil date, `YYYY-MM-DD` and nothing else, between [`EARLIEST_DAY`] and [`LATEST_DAY`].
///
/// Stricter than chrono's own parser, which takes signs, spaces, single digits and years of six digits.
pub fn parse_day(text: &str) -> Result<NaiveDate, PartialDateError> {
    match segments(text) {
        (Some(year), Some(month), Some(day), None) => {
            let (Some(year), Some(month), Some(day)) = (number(year, 4), number(month, 2), number(day, 2)) else {
                return Err(PartialDateError::NotADay);
            };
            civil(year, month, day)
        }
        _ => Err(PartialDateError::NotADay),
    }
}

/// A date of which only a part may be known, kept as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PartialDate {
    text: String,
    earliest: Option<NaiveDate>,
    latest: Option<NaiveDate>,
    uncertain: bool,
}

impl PartialDate {
    /// First day it can be; `None`: open ("not after …").
    pub const fn earliest(&self) -> Option<NaiveDate> {
        self.earliest
    }

    /// Last day it can be; `None`: open ("not before …").
    pub const fn latest(&self) -> Option<NaiveDate> {
        self.latest
    }

    /// The day, if only one is possible. It may still be flagged as uncertain.
    pub fn exact(&self) -> Option<NaiveDate> {
        self.earliest.filter(|_| self.earliest == self.latest)
    }

    /// Marked `?` or `%`: someone has to verify it.
    pub const fn is_uncertain(&self) -> bool {
        self.uncertain
    }

    /// The narrowest of `YYYY-MM-DD`, `YYYY-MM`, `YYYY` that covers every possible day: what the law engine's dossier takes.
    /// `None`: wider than a year, the dossier has to treat the date as missing.
    pub fn for_dossier(&self) -> Option<Self> {
        let (first, last) = (self.earliest?, self.latest?);
        let text = if first == last {
            first.format("%Y-%m-%d")
        } else if (first.year(), first.month()) == (last.year(), last.month()) {
            first.format("%Y-%m")
        } else if first.year() == last.year() {
            first.format("%Y")
        } else {
            return None;
        };
        text.to_string().parse().ok()
    }

    /// Whether this date lies before the other one; `None` when the known parts do not tell.
    pub fn is_before(&self, other: &Self) -> Option<bool> {
        let surely = matches!((self.latest, other.earliest), (Some(mine), Some(theirs)) if mine < theirs);
        let never = matches!((self.earliest, other.latest), (Some(mine), Some(theirs)) if mine >= theirs);
        if surely {
            Some(true)
        } else if never {
            Some(false)
        } else {
            None
        }
    }
}

impl FromStr for PartialDate {
    type Err = PartialDateError;

    fn from_str(text: &str) -> Result<Self, PartialDateError> {
        let (earliest, latest, uncertain) = match text.split_once('/') {
            None => {
                let point = Point::read(text)?;
                (Some(point.earliest), Some(point.latest), point.uncertain)
            }
            Some((from, to)) => {
                let (from, to) = (end_of_range(from)?, end_of_range(to)?);
                let (earliest, latest) = (from.as_ref().map(|p| p.earliest), to.as_ref().map(|p| p.latest));
                match (earliest, latest) {
                    (None, None) => return Err(PartialDateError::Unbounded),
                    (Some(earliest), Some(latest)) if earliest > latest => return Err(PartialDateError::Reversed),
                    _ => (earliest, latest, [from, to].iter().flatten().any(|p| p.uncertain)),
                }
            }
        };
        Ok(Self { text: text.to_owned(), earliest, latest, uncertain })
    }
}

impl TryFrom<String> for PartialDate {
    type Error = PartialDateError;

    fn try_from(text: String) -> Result<Self, PartialDateError> {
        text.parse()
    }
}

impl From<PartialDate> for String {
    fn from(date: PartialDate) -> Self {
        date.text
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// One date expression: everything but a range.
struct Point {
    earliest: NaiveDate,
    latest: NaiveDate,
    uncertain: bool,
}

impl Point {
    fn read(text: &str) -> Result<Self, PartialDateError> {
        let body = text.strip_suffix(['?', '~', '%']).unwrap_or(text);
        let uncertain = text.ends_with(['?', '%']);
        let about = text.ends_with(['~', '%']);
        let (earliest, latest) = match segments(body) {
            (Some(year), None, None, None) if year.ends_with('X') => decades(year, about)?,
            (Some(year), None, None, None) => months(civil(partial(year, 4)?, 1, 1)?, 12, if about { 12 } else { 0 })?,
            (Some(year), Some(month), None, None) => {
                let first = civil(partial(year, 4)?, partial(month, 2)?, 1)?;
                months(first, 1, u32::from(about))?
            }
            (Some(year), Some(month), Some(day), None) => {
                let day = civil(partial(year, 4)?, partial(month, 2)?, partial(day, 2)?)?;
                let margin = if about { ABOUT_A_DAY } else { Days::new(0) };
                (day.checked_sub_days(margin).unwrap_or(day), day.checked_add_days(margin).unwrap_or(day))
            }
            _ => return Err(PartialDateError::NotAPartialDate),
        };
        // "About 1900" does not reach into years in which the register has nobody.
        Ok(Self { earliest: earliest.max(EARLIEST_DAY), latest: latest.min(LATEST_DAY), uncertain })
    }
}

fn end_of_range(text: &str) -> Result<Option<Point>, PartialDateError> {
    if text == ".." { Ok(None) } else { Point::read(text).map(Some) }
}

/// `196X` and `19XX`. "About" adds nothing that these forms do not already say.
fn decades(text: &str, about: bool) -> Result<(NaiveDate, NaiveDate), PartialDateError> {
    let known = text.trim_end_matches('X');
    let years = match known.len() {
        3 if text.len() == 4 && !about => 10,
        2 if text.len() == 4 && !about => 100,
        _ => return Err(PartialDateError::NotAPartialDate),
    };
    let first = partial(known, known.len())? * years;
    Ok((civil(first, 1, 1)?, civil(first + years - 1, 12, 31)?))
}

/// First and last day of `length` months from `first` on, widened by `margin` months to each side.
fn months(first: NaiveDate, length: u32, margin: u32) -> Result<(NaiveDate, NaiveDate), PartialDateError> {
    let earliest = first.checked_sub_months(Months::new(margin)).ok_or(PartialDateError::OutOfRange)?;
    let after = first.checked_add_months(Months::new(length + margin)).ok_or(PartialDateError::OutOfRange)?;
    Ok((earliest, after.pred_opt().ok_or(PartialDateError::OutOfRange)?))
}

/// The day in the calendar and within the register's bounds.
fn civil(year: u32, month: u32, day: u32) -> Result<NaiveDate, PartialDateError> {
    let year = i32::try_from(year).map_err(|_| PartialDateError::OutOfRange)?;
    if !(EARLIEST_DAY.year()..=LATEST_DAY.year()).contains(&year) {
        return Err(PartialDateError::OutOfRange);
    }
    NaiveDate::from_ymd_opt(year, month, day).ok_or(PartialDateError::NoSuchDay)
}

/// Up to four parts between hyphens; a fourth one makes every form wrong.
fn segments(text: &str) -> (Option<&str>, Option<&str>, Option<&str>, Option<&str>) {
    let mut parts = text.split('-');
    (parts.next(), parts.next(), parts.next(), parts.next())
}

fn partial(text: &str, digits: usize) -> Result<u32, PartialDateError> {
    number(text, digits).ok_or(PartialDateError::NotAPartialDate)
}

/// A number of exactly so many ASCII digits: no sign, no space, no other script's digits.
fn number(text: &str, digits: usize) -> Option<u32> {
    (text.len() == digits && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests;
