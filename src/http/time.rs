//! The three times of a question: what was true (`valid_at`), what the record said (`as_of`), which law (`law_at`).

use chrono::{DateTime, Days, NaiveDate};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::app::Law;
use super::fields::{Fields, Input, Member};
use crate::calendar::partial::{PartialDate, parse_day};
use crate::clock::Instant;
use crate::error::{Code, Error, Fault, Result};

/// The three times as asked.
#[derive(Clone, Debug, Default)]
pub struct TimeQuery {
    /// What was true on that day.
    pub valid_at: Option<NaiveDate>,
    /// What the record said then.
    pub as_of: Option<AsOf>,
    /// Which law.
    pub law_at: Option<NaiveDate>,
}

/// An instant, or the end of a day in the zone of the law.
#[derive(Clone, Copy, Debug)]
pub enum AsOf {
    /// That instant.
    At(Instant),
    /// The end of that day.
    EndOf(NaiveDate),
}

impl Member for AsOf {
    const ECHO: bool = true;

    fn parse(value: &Value) -> Result<Self, (&'static str, String)> {
        let text = value.as_str().unwrap_or_default();
        if let Ok(day) = parse_day(text) {
            return Ok(Self::EndOf(day));
        }
        let instant = DateTime::parse_from_rfc3339(text).map(|instant| Self::At(instant.to_utc().into()));
        instant.map_err(|_| {
            ("not_an_instant", "An instant (2026-11-23T10:00:00Z) or a date (2026-11-23) is expected here.".to_owned())
        })
    }

    fn schema() -> Value {
        json!({ "type": "string", "examples": ["2026-11-23T10:00:00Z", "2026-11-23"] })
    }
}

impl Input for TimeQuery {
    const NAME: &'static str = "TimeQuery";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            valid_at: fields.optional("valid_at", "What was true on that day; default today."),
            as_of: fields
                .optional("as_of", "What the record said then; default now. A date means the end of that day."),
            law_at: fields.optional("law_at", "Which law; default the version in force for the case."),
        })
    }
}

/// The three times as an answer repeats them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClockView {
    /// What was true on that day.
    #[schema(value_type = String, format = Date)]
    pub valid_at: NaiveDate,
    /// What the record said then.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Instant,
    /// Which law; null: the version the engine picked for each rule.
    #[schema(value_type = Option<String>, format = Date)]
    pub law_at: Option<NaiveDate>,
    /// The pack that was used.
    pub law: LawView,
    /// As queries compare it: the live rows when no instant was asked for, whatever the clocks of other machines say.
    #[serde(skip)]
    #[schema(ignore)]
    pub record: Instant,
}

/// A law pack, so that an answer can be computed again.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LawView {
    /// Id of the pack.
    pub pack: String,
    /// The day on which its oldest value was last verified.
    pub version: String,
    /// SHA-256 over its files.
    pub hash: String,
}

/// Bounds of a partial date: nobody needs to read EDTF.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BoundsView {
    /// First possible day; null: open.
    #[schema(value_type = Option<String>, format = Date)]
    earliest: Option<NaiveDate>,
    /// Last possible day; null: open.
    #[schema(value_type = Option<String>, format = Date)]
    latest: Option<NaiveDate>,
}

impl BoundsView {
    /// The bounds of a partial date as it is stored.
    pub fn of(text: Option<&str>) -> Option<Self> {
        let date: PartialDate = text?.parse().ok()?;
        Some(Self { earliest: date.earliest(), latest: date.latest() })
    }
}

/// Something beside an answer that its reader should know.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WarningView {
    /// Stable code.
    code: &'static str,
    /// What is to be known, and what to do.
    message: String,
}

impl WarningView {
    /// A warning.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

impl TimeQuery {
    /// Was any of the three asked for?
    pub const fn is_asked(&self) -> bool {
        self.valid_at.is_some() || self.as_of.is_some() || self.law_at.is_some()
    }

    /// Fixes the three times: those not asked for are now. 400 for an `as_of` in the future.
    pub fn fix(&self, now: Instant, law: &Law) -> Result<ClockView> {
        let (as_of, record) = match self.as_of {
            None => (now, Instant::END),
            Some(AsOf::At(instant)) => (instant, instant),
            Some(AsOf::EndOf(day)) if day == now.date(law.zone) => (now, Instant::END),
            Some(AsOf::EndOf(day)) => (end_of(day, law.zone), end_of(day, law.zone)),
        };
        if as_of > now {
            let fault = Fault::parameter("as_of", "in_the_future", "Nobody knows yet what the record will say then.");
            return Err(Error::new(Code::InvalidQuery).with_faults(vec![fault]));
        }
        let valid_at = self.valid_at.unwrap_or_else(|| now.date(law.zone));
        Ok(ClockView { valid_at, as_of, law_at: self.law_at, law: law.view(), record })
    }
}

/// The last microsecond of a day in a zone.
pub(super) fn end_of(day: NaiveDate, zone: chrono_tz::Tz) -> Instant {
    let next = day.succ_opt().unwrap_or(day).and_time(chrono::NaiveTime::MIN).and_local_timezone(zone).earliest();
    next.map_or(Instant::END, |next| Instant::from_micros(next.timestamp_micros() - 1))
}

impl Law {
    /// The day on which the pack's oldest value was last verified.
    pub fn verified_on(&self) -> String {
        self.pack.verified_on().map(|day| day.to_string()).unwrap_or_default()
    }

    /// Sources verified before this day should be compared with the official text again.
    pub fn overdue_before(today: NaiveDate, within_days: u32) -> NaiveDate {
        today.checked_sub_days(Days::new(within_days.into())).unwrap_or(NaiveDate::MIN)
    }

    /// The pack as an answer names it.
    pub fn view(&self) -> LawView {
        LawView { pack: self.pack.id().to_owned(), version: self.verified_on(), hash: self.hash.clone() }
    }
}
