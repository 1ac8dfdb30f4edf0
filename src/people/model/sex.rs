//! Sex as the record keeps it. What a document prints (M, F, X) is another fact; neither is derived from the other.

/// ISO/IEC 5218. "Not known" and "not applicable" are values, not gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sex {
    /// 0.
    NotKnown,
    /// 1.
    Male,
    /// 2.
    Female,
    /// 9.
    NotApplicable,
}

impl Sex {
    /// The code of ISO/IEC 5218.
    pub const fn code(self) -> i16 {
        match self {
            Self::NotKnown => 0,
            Self::Male => 1,
            Self::Female => 2,
            Self::NotApplicable => 9,
        }
    }

    /// The value of a code, if it is one of the standard's four.
    pub const fn of_code(code: i16) -> Option<Self> {
        match code {
            0 => Some(Self::NotKnown),
            1 => Some(Self::Male),
            2 => Some(Self::Female),
            9 => Some(Self::NotApplicable),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_has_four_codes() {
        let known: Vec<i16> =
            (-1..20).filter(|code| Sex::of_code(*code).is_some_and(|sex| sex.code() == *code)).collect();
        assert_eq!(known, [0, 1, 2, 9]);
    }
}
