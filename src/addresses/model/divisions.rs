//! Divisions of the country, valid in time: reference data inside the program.

use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::Deserialize;

use super::dwelling::words;
use crate::calendar::partial::PartialDate;
use crate::db::text_enum;
use crate::error::{Error, Result};

const FILE: &str = include_str!("../../../config/divisions/az.toml");

/// Read once. What is inside the program is read by its tests, too.
static DIVISIONS: LazyLock<std::result::Result<Divisions, String>> = LazyLock::new(|| read(FILE));

text_enum! {
    /// What a division is.
    pub(crate) enum DivisionKind {
        /// The autonomous republic.
        AutonomousRepublic = "autonomous_republic",
        /// A district (rayon).
        District = "district",
        /// A city of republican rank.
        City = "city",
        /// A district of a city.
        CityDistrict = "city_district",
    }
}

impl DivisionKind {
    /// Words that stand behind a name to say which of two divisions of one name is meant.
    const fn words(self) -> &'static [&'static str] {
        match self {
            Self::AutonomousRepublic => &["muxtar respublikasi", "mr", "autonomous republic"],
            Self::District | Self::CityDistrict => &["rayonu", "rayon", "district"],
            Self::City => &["seheri", "seher", "city"],
        }
    }
}

/// A division under one name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Division {
    /// Its code.
    pub(crate) code: String,
    /// What it is.
    #[serde(deserialize_with = "kind")]
    pub(crate) kind: DivisionKind,
    /// Its name in Azerbaijani.
    pub(crate) name_az: String,
    /// Its name in English.
    pub(crate) name_en: String,
    /// Code of the division it lies in.
    pub(crate) parent: Option<String>,
    /// First day of the name; none: before this register.
    pub(crate) valid_from: Option<NaiveDate>,
    /// Last day; none: today's name.
    pub(crate) valid_to: Option<NaiveDate>,
    /// Codes to use after that day.
    #[serde(default)]
    pub(crate) successors: Vec<String>,
}

fn kind<'de, D: serde::Deserializer<'de>>(from: D) -> std::result::Result<DivisionKind, D::Error> {
    let text = String::deserialize(from)?;
    crate::db::TextEnum::of(&text).ok_or_else(|| serde::de::Error::custom(format!("there is no kind {text:?}")))
}

impl Division {
    /// Does it have this name on a day?
    pub(crate) fn is_valid(&self, on: NaiveDate) -> bool {
        self.valid_from.is_none_or(|from| from <= on) && self.valid_to.is_none_or(|to| on <= to)
    }

    /// Does a text name it: by its code, or by either name with or without what it is?
    fn is_named(&self, wanted: &str) -> bool {
        let by_name = [&self.name_az, &self.name_en].into_iter().any(|name| {
            let name = words(name);
            let rest = wanted.strip_prefix(&name).map(str::trim_start);
            rest.is_some_and(|rest| rest.is_empty() || self.kind.words().contains(&rest))
        });
        by_name || words(&self.code) == wanted
    }

    /// Does one of its names begin with a text, or have a word that does?
    pub(crate) fn is_like(&self, wanted: &str) -> bool {
        let begins = |name: &str| name.starts_with(wanted) || name.contains(&format!(" {wanted}"));
        words(&self.code) == wanted || begins(&words(&self.name_az)) || begins(&words(&self.name_en))
    }
}

/// What a text says of a division.
#[derive(Debug)]
pub(crate) enum Named {
    /// It names this one.
    One(&'static Division),
    /// It names several.
    Several(Vec<&'static Division>),
    /// It is a name that ended before the first day.
    Ended {
        /// The one that ended.
        division: &'static Division,
        /// What it became.
        successors: Vec<&'static Division>,
    },
    /// It names none: a place abroad, an old one, or a slip.
    None,
}

/// All divisions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Divisions {
    #[serde(rename = "division")]
    all: Vec<Division>,
}

fn read(text: &str) -> std::result::Result<Divisions, String> {
    let read: Divisions = toml::from_str(text).map_err(|error| error.to_string())?;
    for division in &read.all {
        for code in division.successors.iter().chain(&division.parent) {
            if read.by_code(code).is_none() {
                return Err(format!("{} names {code}, which is not there", division.code));
            }
        }
        if division.valid_to.is_some() == division.successors.is_empty() {
            return Err(format!("{} has successors if and only if it ended", division.code));
        }
    }
    Ok(read)
}

/// The divisions inside the program.
pub(crate) fn divisions() -> Result<&'static Divisions> {
    DIVISIONS.as_ref().map_err(Error::internal)
}

impl Divisions {
    /// The division of a code.
    pub(crate) fn by_code(&self, code: &str) -> Option<&Division> {
        self.all.iter().find(|division| division.code == code)
    }

    /// Every division, in the order of the file.
    pub(crate) fn all(&self) -> &[Division] {
        &self.all
    }

    /// What became of a division: itself as long as its name is that of today.
    pub(crate) fn present<'a>(&'a self, division: &'a Division) -> Vec<&'a Division> {
        if division.successors.is_empty() {
            return vec![division];
        }
        let next = division.successors.iter().filter_map(|code| self.by_code(code));
        next.flat_map(|next| self.present(next)).collect()
    }

    /// Names that became this division's.
    pub(crate) fn former<'a>(&'a self, division: &'a Division) -> impl Iterator<Item = &'a Division> {
        self.all.iter().filter(|other| other.successors.contains(&division.code))
    }

    /// What a registration's text names, for a registration that begins then.
    pub(crate) fn named(&'static self, text: &str, from: &PartialDate) -> Named {
        let wanted = words(text);
        let mut found: Vec<&Division> = self.all.iter().filter(|division| division.is_named(&wanted)).collect();
        // Of two that share a name, the one that had it then; a name of today may be used for what came before it.
        let stood =
            |division: &&Division| division.valid_to.is_none_or(|to| from.earliest().is_none_or(|day| day <= to));
        if found.iter().any(stood) {
            found.retain(stood);
        }
        match found.as_slice() {
            [] => Named::None,
            [one] if stood(one) => Named::One(one),
            [one] => Named::Ended { division: one, successors: self.present(one) },
            _ => Named::Several(found),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str, from: &str) -> String {
        match divisions().unwrap().named(text, &from.parse().unwrap()) {
            Named::One(division) => division.code.clone(),
            Named::Several(found) => found.iter().map(|one| one.code.as_str()).collect::<Vec<_>>().join(" or "),
            Named::Ended { division, successors } => format!("{} ended: {}", division.code, successors[0].code),
            Named::None => "none".to_owned(),
        }
    }

    #[test]
    fn the_file_has_what_iso_3166_2_has_and_the_districts_of_baku() {
        let all = divisions().unwrap();
        let today: NaiveDate = "2026-11-24".parse().unwrap();
        let count = |kind, parent: Option<&str>| {
            let of = |one: &&Division| one.kind == kind && one.parent.as_deref() == parent && one.is_valid(today);
            all.all().iter().filter(of).count()
        };
        assert_eq!(count(DivisionKind::AutonomousRepublic, None), 1);
        assert_eq!(count(DivisionKind::District, None) + count(DivisionKind::District, Some("AZ-NX")), 66);
        assert_eq!(count(DivisionKind::City, None) + count(DivisionKind::City, Some("AZ-NX")), 11);
        assert_eq!(count(DivisionKind::District, Some("AZ-NX")) + count(DivisionKind::City, Some("AZ-NX")), 8);
        assert_eq!(count(DivisionKind::CityDistrict, Some("AZ-BA")), 12);
        let mut codes: Vec<&str> = all.all().iter().map(|one| one.code.as_str()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), all.all().len());
        assert!(!FILE.lines().filter(|line| line.starts_with("name")).any(|line| line.contains('\u{1DD}')));
    }

    #[test]
    fn a_division_is_named_by_code_and_by_either_name() {
        for text in ["Bakı", "BAKI", "baku", "AZ-BA", "az-ba", "Bakı şəhəri", "Baku city", " Baki "] {
            assert_eq!(named(text, "2026-11-24"), "AZ-BA", "{text}");
        }
        assert_eq!(named("Səbail rayonu", "2026-11-24"), "AZ-BA-SEB");
        assert_eq!(named("K\u{1DD}ng\u{1DD}rli", "2026"), "AZ-KAN");
        for text in ["Marneuli", "Bakı rayonu", "Bak", "", "Bakı Tbilisi"] {
            assert_eq!(named(text, "2026-11-24"), "none", "{text}");
        }
    }

    #[test]
    fn two_of_one_name_are_told_apart_by_what_they_are() {
        assert_eq!(named("Lənkəran", "2026"), "AZ-LA or AZ-LAN");
        assert_eq!(named("Lənkəran şəhəri", "2026"), "AZ-LA");
        assert_eq!(named("Lankaran district", "2026"), "AZ-LAN");
    }

    #[test]
    fn a_name_that_ended_names_its_successor() {
        assert_eq!(named("Xanlar", "2008-04-24"), "AZ-XAN");
        assert_eq!(named("Xanlar", "2008-04-25"), "AZ-XAN ended: AZ-GYG");
        assert_eq!(named("Xanlar", "2008"), "AZ-XAN", "it may have been before");
        assert_eq!(named("Xanlar", "2009"), "AZ-XAN ended: AZ-GYG");
        assert_eq!(named("Göygöl", "2005-01-01"), "AZ-GYG", "the name of today for what came before it");
    }

    #[test]
    fn a_file_with_a_fault_is_refused() {
        let one = |rest: &str| {
            format!("[[division]]\ncode = \"X\"\nkind = \"city\"\nname_az = \"x\"\nname_en = \"x\"\n{rest}")
        };
        assert!(read(&one("")).is_ok());
        for fault in ["parent = \"Y\"", "valid_to = \"2000-01-01\"", "successors = [\"X\"]", "other = 1"] {
            assert!(read(&one(fault)).is_err(), "{fault}");
        }
    }
}
