//! Codes of nationality: today's states, states that are no more, and the values that documents carry for people without one.
//!
//! A former state stays itself. Someone whose paper says SUN is a person whose paper says SUN; which state is hers today is
//! another fact, with its own evidence.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;

/// ISO 3166-1 alpha-3, all 249 codes in force.
const CURRENT: &str = "
ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR BHS BIH BLM BLR
BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL COM CPV CRI CUB CUW CXR CYM CYP
CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO GGY GHA GIB GIN GLP GMB
GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR ITA JAM JEY JOR JPN
KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR MCO MDA MDG MDV MEX MHL MKD
MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN
PCN PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN SJM SLB SLE SLV SMR SOM
SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON TTO TUN TUR TUV TWN TZA UGA UKR
UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE
";

/// Year, month, day.
type Ymd = (i32, u32, u32);

/// ISO 3166-3: codes withdrawn from ISO 3166-1, with the day where the standard gives one (before 1989 it gives the year).
/// ATF is missing here because the code was given again.
const FORMER: &[(&str, Option<Ymd>)] = &[
    ("AFI", None),                 // French Afars and Issas, 1977
    ("ANT", Some((2010, 12, 15))), // Netherlands Antilles
    ("ATB", None),                 // British Antarctic Territory, 1979
    ("ATN", None),                 // Dronning Maud Land, 1983
    ("BUR", Some((1989, 12, 5))),  // Burma
    ("BYS", Some((1992, 6, 15))),  // Byelorussian SSR
    ("CSK", Some((1993, 6, 15))),  // Czechoslovakia
    ("CTE", None),                 // Canton and Enderbury Islands, 1984
    ("DDR", Some((1990, 10, 30))), // German Democratic Republic
    ("DHY", None),                 // Dahomey, 1977
    ("FXX", Some((1997, 7, 14))),  // Metropolitan France
    ("GEL", None),                 // Gilbert and Ellice Islands, 1979
    ("HVO", None),                 // Upper Volta, 1984
    ("JTN", None),                 // Johnston Island, 1986
    ("MID", None),                 // Midway Islands, 1986
    ("NHB", None),                 // New Hebrides, 1980
    ("NTZ", Some((1993, 7, 12))),  // Neutral Zone
    ("PCI", None),                 // Trust Territory of the Pacific Islands, 1986
    ("PCZ", None),                 // Panama Canal Zone, 1980
    ("PUS", None),                 // US Miscellaneous Pacific Islands, 1986
    ("RHO", None),                 // Southern Rhodesia, 1980
    ("SCG", Some((2006, 9, 26))),  // Serbia and Montenegro
    ("SKM", None),                 // Sikkim, 1975
    ("SUN", Some((1992, 8, 30))),  // Soviet Union
    ("TMP", Some((2002, 5, 20))),  // East Timor
    ("VDR", None),                 // Democratic Republic of Viet-Nam, 1977
    ("WAK", None),                 // Wake Island, 1986
    ("YMD", Some((1990, 8, 14))),  // Democratic Yemen
    ("YUG", Some((2003, 7, 23))),  // Yugoslavia
    ("ZAR", Some((1997, 7, 14))),  // Zaire
];

/// ICAO Doc 9303-3, section 5, and codes reserved or user-assigned that travel documents carry.
const ON_DOCUMENTS: &[&str] = &[
    "EUE", // laissez-passer of the European Union
    "GBD", // British Overseas Territories citizen
    "GBN", // British National (Overseas)
    "GBO", // British Overseas citizen
    "GBP", // British protected person
    "GBS", // British subject
    "RKS", // Kosovo, as printed on its documents
    "UNA", // specialised agency of the United Nations
    "UNK", // resident of Kosovo, United Nations mission
    "UNO", // United Nations
    "XKX", // Kosovo, user-assigned code in wide use
    "XXA", // stateless person, Convention of 1954
    "XXB", // refugee, Convention of 1951 and Protocol of 1967
    "XXC", // refugee, other
    "XXX", // unspecified nationality
];

const STATELESS: &str = "XXA";

/// Why a text is not a code of nationality.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NationalityError {
    /// Not three capital letters.
    #[error("a nationality is a code of three capital letters, for example GEO; XXA for a stateless person")]
    Shape,
    /// No state, former state or document code.
    #[error("no state, former state or travel document has this code")]
    Unknown,
}

/// A nationality: ISO 3166-1 alpha-3, ISO 3166-3, or a code of ICAO Doc 9303.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NationalityCode([u8; 3]);

impl NationalityCode {
    /// The three letters.
    pub fn as_str(&self) -> &str {
        // The bytes are ASCII: they come from the tables above.
        str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Stateless in the sense of the Convention of 1954. Refugees (XXB, XXC) and "unspecified" (XXX) are not.
    pub fn is_stateless(&self) -> bool {
        self.as_str() == STATELESS
    }

    /// The code of a state that is no more (or of a territory or name that the standard withdrew).
    pub fn is_former(&self) -> bool {
        FORMER.iter().any(|(code, _)| *code == self.as_str())
    }

    /// The day on which the standard withdrew the code. `None` for codes in force, and for those of which only the year is known.
    pub fn withdrawn_on(&self) -> Option<NaiveDate> {
        let (_, date) = FORMER.iter().find(|(code, _)| *code == self.as_str())?;
        let (year, month, day) = (*date)?;
        NaiveDate::from_ymd_opt(year, month, day)
    }
}

impl FromStr for NationalityCode {
    type Err = NationalityError;

    fn from_str(text: &str) -> Result<Self, NationalityError> {
        let bytes: [u8; 3] = text.as_bytes().try_into().map_err(|_| NationalityError::Shape)?;
        if !bytes.iter().all(u8::is_ascii_uppercase) {
            return Err(NationalityError::Shape);
        }
        let known = CURRENT.split_ascii_whitespace().any(|code| code == text)
            || ON_DOCUMENTS.contains(&text)
            || FORMER.iter().any(|(code, _)| *code == text);
        if known { Ok(Self(bytes)) } else { Err(NationalityError::Unknown) }
    }
}

impl fmt::Display for NationalityCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A nationality with its first and last day; `None` is open.
pub type Dated = (NationalityCode, Option<NaiveDate>, Option<NaiveDate>);

/// The first two that cannot both be true, by their place in the list: being stateless excludes every other nationality on the
/// same day. Two states at once are possible.
pub fn conflicting(held: &[Dated]) -> Option<(usize, usize)> {
    held.iter().enumerate().find_map(|(place, one)| {
        let mut later = held.iter().enumerate().skip(place + 1);
        later.find(|(_, other)| exclude_each_other(one, other)).map(|(other, _)| (place, other))
    })
}

fn exclude_each_other((one, one_from, one_to): &Dated, (other, other_from, other_to): &Dated) -> bool {
    let starts_by =
        |from: &Option<NaiveDate>, to: &Option<NaiveDate>| from.zip(*to).is_none_or(|(from, to)| from <= to);
    one.is_stateless() != other.is_stateless() && starts_by(one_from, other_to) && starts_by(other_from, one_to)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::calendar::partial::parse_day;

    fn code(text: &str) -> NationalityCode {
        text.parse().unwrap()
    }

    #[test]
    fn the_tables_are_complete_and_disjoint() {
        let current: Vec<&str> = CURRENT.split_ascii_whitespace().collect();
        assert_eq!(current.len(), 249);
        let all = current.iter().chain(ON_DOCUMENTS).copied().chain(FORMER.iter().map(|(code, _)| *code));
        let mut seen = HashSet::new();
        for text in all {
            assert!(seen.insert(text), "{text} twice");
            assert_eq!(code(text).to_string(), text);
        }
        for (text, day) in FORMER {
            assert_eq!(code(text).withdrawn_on().is_some(), day.is_some(), "{text}");
        }
    }

    #[test]
    fn former_states_stay_themselves() {
        for (text, withdrawn) in [
            ("SUN", "1992-08-30"),
            ("YUG", "2003-07-23"),
            ("SCG", "2006-09-26"),
            ("DDR", "1990-10-30"),
            ("CSK", "1993-06-15"),
        ] {
            let former = code(text);
            assert_eq!(former.to_string(), text);
            assert!(former.is_former());
            assert_eq!(former.withdrawn_on(), parse_day(withdrawn).ok());
        }
        assert_ne!(code("SUN"), code("RUS"));
        assert!(!code("RUS").is_former());
        assert_eq!(code("RUS").withdrawn_on(), None);
        assert!(code("RHO").is_former() && code("RHO").withdrawn_on().is_none());
    }

    #[test]
    fn documents_carry_more_than_states() {
        for text in ["AZE", "GEO", "XXA", "XXB", "XXC", "XXX", "UNO", "UNK", "RKS", "XKX", "EUE", "GBD"] {
            assert_eq!(code(text).is_stateless(), text == "XXA");
        }
        for text in ["", "D", "D<<", "AZ", "aze", "AZEE", "AZ ", "ÄB"] {
            assert_eq!(text.parse::<NationalityCode>(), Err(NationalityError::Shape), "{text:?}");
        }
        for text in ["UTO", "USS", "KOS"] {
            assert_eq!(text.parse::<NationalityCode>(), Err(NationalityError::Unknown), "{text}");
        }
    }

    #[test]
    fn stateless_excludes_another_nationality_on_the_same_day() {
        let day = |text: &str| (!text.is_empty()).then(|| parse_day(text).unwrap());
        let held = |rows: &[(&str, &str, &str)]| {
            let rows: Vec<Dated> = rows.iter().map(|(text, from, to)| (code(text), day(from), day(to))).collect();
            conflicting(&rows)
        };
        assert_eq!(held(&[("GEO", "", ""), ("AZE", "", "")]), None);
        assert_eq!(held(&[("XXA", "", ""), ("GEO", "", "")]), Some((0, 1)));
        assert_eq!(held(&[("AZE", "", ""), ("GEO", "2020-01-01", ""), ("XXA", "", "1995-01-01")]), Some((0, 2)));
        assert_eq!(held(&[("SUN", "", "1991-12-25"), ("XXA", "1991-12-26", "")]), None);
        assert_eq!(held(&[("SUN", "", "1991-12-26"), ("XXA", "1991-12-26", "")]), Some((0, 1)));
        assert_eq!(held(&[("XXA", "2001-01-01", "2002-01-01"), ("XXA", "", "")]), None);
        assert_eq!(held(&[("XXB", "", ""), ("SYR", "", "")]), None);
        assert_eq!(held(&[]), None);
    }
}
