//! Comparing birth dates, of which often only a part is known.

use crate::calendar::partial::PartialDate;

/// Can two statements be about the same day? "1961" and "1961-05-03" can, "1961" and "1962" cannot.
pub fn compatible(one: &PartialDate, other: &PartialDate) -> bool {
    let apart = |earlier: &PartialDate, later: &PartialDate| earlier.is_before(later) == Some(true);
    !apart(one, other) && !apart(other, one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_dates_that_cannot_be_the_same_day_disagree() {
        for (one, other, same) in [
            ("1961", "1961-05-03", true),
            ("1961~", "1962-12-31", true),
            ("196X", "1965", true),
            ("../1992-12-31", "1980", true),
            ("1961", "1962", false),
            ("1961-05-03", "1961-05-04", false),
            ("../1992-12-31", "1993-01-01", false),
        ] {
            let (one, other) = (one.parse().unwrap(), other.parse().unwrap());
            assert_eq!((compatible(&one, &other), compatible(&other, &one)), (same, same), "{one} and {other}");
        }
    }
}
