//! The facts about one person, as the engine takes them (engine contract, section 2).

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::days::{self, Day};
use crate::calendar::partial::PartialDate;

/// Everything the engine knows of a person. It has no name in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Dossier {
    /// The caller's mark; the engine only repeats it.
    pub id: String,
    /// The evaluation date of this dossier, for lists of dossiers; it wins over the question's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<NaiveDate>,
    /// Date of birth.
    pub birth_date: Option<FactDate>,
    /// The last day the records cover; `None`: the evaluation date.
    pub known_through: Option<NaiveDate>,
    /// Permits, refugee status, stays: whatever the person held.
    pub statuses: Vec<Status>,
    /// Trips out of the country.
    pub absences: Vec<Absence>,
    /// Periods of which it is not known whether the person was in the country.
    pub presence_unknown: Vec<UnknownPresence>,
    /// Documents that prove something from a day on.
    pub evidence: Vec<Evidence>,
    /// What happened, by kind.
    pub events: Vec<Event>,
    /// Facts by name. A fact that is not here is not known; `null` says the same.
    #[serde(deserialize_with = "each_once")]
    pub facts: BTreeMap<String, Option<FactValue>>,
}

/// A status held from a day to a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Status {
    /// `temporary_residence_permit`, `permanent_residence_permit`, ….
    pub kind: String,
    /// The ground it was granted on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ground: Option<String>,
    /// The ground of the family member through whom the person got it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sponsor_ground: Option<String>,
    /// First day.
    pub from: FactDate,
    /// Last day; `None`: open.
    #[serde(default)]
    pub to: Option<FactDate>,
}

/// A trip: the day the person left and the day of return.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Absence {
    /// The day the person left.
    pub exit: FactDate,
    /// The day of return; `None`: not yet.
    #[serde(default)]
    pub entry: Option<FactDate>,
}

/// A period without any record of presence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnknownPresence {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

/// A document that proves something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// What it proves: `state_language`, `prp_knowledge`, ….
    pub kind: String,
    /// A level of the Common European Framework, if the document states one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// First day it proves it.
    pub from: FactDate,
    /// Last day; `None`: for good.
    #[serde(default)]
    pub to: Option<FactDate>,
}

/// Levels of the Common European Framework of Reference for Languages, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the level is its own description")]
pub enum Level {
    A1,
    A2,
    B1,
    B2,
    C1,
    C2,
}

impl Level {
    /// The level written in a pack.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        [("A1", Self::A1), ("A2", Self::A2), ("B1", Self::B1), ("B2", Self::B2), ("C1", Self::C1), ("C2", Self::C2)]
            .into_iter()
            .find_map(|(name, level)| (name == text).then_some(level))
    }
}

/// Something that happened on a day; deadlines start from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// `entry`, `refusal_served`, ….
    pub kind: String,
    /// The day.
    pub on: FactDate,
}

/// The value of a fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum FactValue {
    /// Yes or no.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A word.
    Text(String),
}

impl fmt::Display for FactValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(value) => value.fmt(f),
            Self::Integer(value) => value.fmt(f),
            Self::Text(value) => value.fmt(f),
        }
    }
}

impl<'de> Deserialize<'de> for FactValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Value;
        impl de::Visitor<'_> for Value {
            type Value = FactValue;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("true, false, a whole number or a text, or null if it is not known")
            }

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<FactValue, E> {
                Ok(FactValue::Boolean(value))
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<FactValue, E> {
                Ok(FactValue::Integer(value))
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<FactValue, E> {
                i64::try_from(value)
                    .map(FactValue::Integer)
                    .map_err(|_| E::custom(format!("the number {value} is too large: write at most {}", i64::MAX)))
            }

            fn visit_str<E: de::Error>(self, value: &str) -> Result<FactValue, E> {
                Ok(FactValue::Text(value.to_owned()))
            }
        }
        deserializer.deserialize_any(Value)
    }
}

/// The facts by name. A name that stands twice is refused: no one could say which of its values holds.
fn each_once<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, Option<FactValue>>, D::Error> {
    struct Facts;
    impl<'de> de::Visitor<'de> for Facts {
        type Value = BTreeMap<String, Option<FactValue>>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("facts by name, { \"…\": true }")
        }

        fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut facts = BTreeMap::new();
            while let Some(name) = map.next_key::<String>()? {
                if facts.contains_key(&name) {
                    return Err(de::Error::custom(format!("the fact `{name}` stands here twice: keep one")));
                }
                let value = map.next_value()?;
                facts.insert(name, value);
            }
            Ok(facts)
        }
    }
    deserializer.deserialize_map(Facts)
}

/// A day, month or year: two numbers, so that a dossier of sixty dates needs no text in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FactDate {
    first: Day,
    last: Day,
}

impl FactDate {
    /// The first day it can be.
    pub fn earliest(self) -> NaiveDate {
        days::date(self.first)
    }

    /// The last day it can be.
    pub fn latest(self) -> NaiveDate {
        days::date(self.last)
    }

    /// The day, if only one is possible.
    pub fn exact(self) -> Option<NaiveDate> {
        self.is_exact().then(|| self.earliest())
    }

    pub(crate) const fn is_exact(self) -> bool {
        self.first == self.last
    }

    pub(crate) const fn first(self) -> Day {
        self.first
    }

    pub(crate) const fn last(self) -> Day {
        self.last
    }
}

impl From<NaiveDate> for FactDate {
    fn from(date: NaiveDate) -> Self {
        let day = days::day(date);
        Self { first: day, last: day }
    }
}

impl TryFrom<&PartialDate> for FactDate {
    type Error = FactDateError;

    /// The narrowest day, month or year that covers the partial date; an error if that is wider than a year.
    fn try_from(date: &PartialDate) -> Result<Self, FactDateError> {
        let (Some(first), Some(last)) = (date.earliest(), date.latest()) else { return Err(FactDateError) };
        if first.year() != last.year() {
            return Err(FactDateError);
        }
        let month = (first.month() == last.month() && first != last).then(|| first.month());
        if first == last { Ok(first.into()) } else { whole(first.year(), month).ok_or(FactDateError) }
    }
}

/// A text that is no date the dossier takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write a date that exists as YYYY-MM-DD, or YYYY-MM or YYYY if no more is known")]
pub struct FactDateError;

impl FromStr for FactDate {
    type Err = FactDateError;

    fn from_str(text: &str) -> Result<Self, FactDateError> {
        parse(text.as_bytes()).ok_or(FactDateError)
    }
}

fn parse(text: &[u8]) -> Option<FactDate> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| u32::from(byte - b'0'));
    let two = |tens: u8, ones: u8| Some(digit(tens)? * 10 + digit(ones)?);
    let (&[y1, y2, y3, y4], rest) = text.split_first_chunk()?;
    let year = i32::try_from(two(y1, y2)? * 100 + two(y3, y4)?).ok().filter(|year| *year > 0)?;
    match *rest {
        [] => whole(year, None),
        [b'-', m1, m2] => whole(year, Some(two(m1, m2)?)),
        [b'-', m1, m2, b'-', d1, d2] => NaiveDate::from_ymd_opt(year, two(m1, m2)?, two(d1, d2)?).map(FactDate::from),
        _ => None,
    }
}

/// A whole year or month.
fn whole(year: i32, month: Option<u32>) -> Option<FactDate> {
    let first = NaiveDate::from_ymd_opt(year, month.unwrap_or(1), 1)?;
    let next = match month {
        Some(month) if month < 12 => NaiveDate::from_ymd_opt(year, month + 1, 1)?,
        _ => NaiveDate::from_ymd_opt(year + 1, 1, 1)?,
    };
    Some(FactDate { first: days::day(first), last: days::day(next) - 1 })
}

impl fmt::Display for FactDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, last) = (self.earliest(), self.latest());
        if first == last {
            first.fmt(f)
        } else if first.month() == last.month() {
            write!(f, "{:04}-{:02}", first.year(), first.month())
        } else {
            write!(f, "{:04}", first.year())
        }
    }
}

impl Serialize for FactDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FactDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = FactDate;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a date as text")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<FactDate, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// Something in a dossier that cannot be: where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{pointer}: {message}")]
pub struct DossierFault {
    /// JSON pointer into the dossier, such as `/absences/3/entry`.
    pub pointer: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl DossierFault {
    fn new(pointer: String, message: impl Into<String>) -> Self {
        Self { pointer, message: message.into() }
    }
}

impl Dossier {
    /// All faults of the facts among themselves: ends before beginnings, trips that overlap. Empty for a sound dossier.
    pub fn check(&self) -> Vec<DossierFault> {
        let mut faults = Vec::new();
        for (i, status) in self.statuses.iter().enumerate() {
            check_order(&mut faults, "statuses", i, ("from", "to"), status.from, status.to);
        }
        for (i, evidence) in self.evidence.iter().enumerate() {
            check_order(&mut faults, "evidence", i, ("from", "to"), evidence.from, evidence.to);
        }
        for (i, trip) in self.absences.iter().enumerate() {
            check_order(&mut faults, "absences", i, ("exit", "entry"), trip.exit, trip.entry);
        }
        for (i, unknown) in self.presence_unknown.iter().enumerate() {
            check_order(
                &mut faults,
                "presence_unknown",
                i,
                ("from", "to"),
                unknown.from.into(),
                Some(unknown.to.into()),
            );
        }
        if faults.is_empty() {
            self.check_overlaps(&mut faults);
        }
        faults
    }

    /// Trips overlap if they do so however their partial dates are read.
    fn check_overlaps(&self, faults: &mut Vec<DossierFault>) {
        let inner =
            |trip: &Absence| Trip { exit: trip.exit.last(), entry: trip.entry.map_or(days::FAR, FactDate::first) };
        let mut trips: Vec<(Trip, usize)> =
            self.absences.iter().enumerate().map(|(i, trip)| (inner(trip), i)).collect();
        trips.retain(|(trip, _)| trip.exit <= trip.entry);
        trips.sort_unstable();
        let mut furthest: Option<(Trip, usize)> = None;
        for (trip, i) in trips {
            if let Some((other, j)) = furthest
                && trip.exit < other.entry
                && (other.exit < trip.entry)
            {
                let text = |n: usize| self.absences.get(n).map(describe).unwrap_or_default();
                faults.push(DossierFault::new(
                    format!("/absences/{i}"),
                    format!("the trip {} overlaps the trip {} at /absences/{j}: correct one of them", text(i), text(j)),
                ));
            }
            if furthest.is_none_or(|(other, _)| trip.entry >= other.entry) {
                furthest = Some((trip, i));
            }
        }
    }
}

/// The days that a trip takes at least, in an order that puts it after the trips that began before.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Trip {
    exit: Day,
    entry: Day,
}

/// A trip in words, for messages.
pub(crate) fn describe(trip: &Absence) -> String {
    match trip.entry {
        Some(entry) => format!("{} to {entry}", trip.exit),
        None => format!("{} without return", trip.exit),
    }
}

fn check_order(
    faults: &mut Vec<DossierFault>,
    list: &str,
    at: usize,
    (begin, end): (&str, &str),
    from: FactDate,
    to: Option<FactDate>,
) {
    if let Some(to) = to
        && to.last() < from.first()
    {
        faults.push(DossierFault::new(
            format!("/{list}/{at}/{end}"),
            format!("`{end}` {to} is before `{begin}` {from}: correct one of them"),
        ));
    }
}
