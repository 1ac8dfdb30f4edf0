//! Random rules and random facts, and how both are written for the engine.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::days::{Day, P, text};
use crate::law::tests::HEAD;

/// Which statuses count.
#[derive(Clone, Debug)]
pub(super) struct Selector {
    pub(super) kind: &'static str,
    pub(super) grounds: Option<Vec<&'static str>>,
    pub(super) not_grounds: Vec<&'static str>,
    pub(super) not_sponsor_grounds: Vec<&'static str>,
}

/// Whether the days of leaving and of return are absent.
pub(super) type Convention = (bool, bool);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Per {
    Trip,
    Rolling(P),
    CalendarYear,
    AnniversaryYear,
    Window,
    Last(P),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Amount {
    Days(i32),
    Months(i32),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Limit {
    pub(super) amount: Amount,
    pub(super) per: Per,
    pub(super) reach: bool,
    pub(super) restart: bool,
    pub(super) covered: bool,
    pub(super) day_count: Option<Convention>,
}

#[derive(Clone, Debug)]
pub(super) struct Credit {
    pub(super) status: Vec<Selector>,
    pub(super) half: bool,
    pub(super) cap: Option<i32>,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Term {
        length: P,
        status: Vec<Selector>,
        day_after: bool,
        gap: i32,
        day_count: Option<Convention>,
    },
    AbsenceLimit {
        window: P,
        application_day: bool,
        limit: Limit,
    },
    Presence {
        window: P,
        application_day: bool,
        days: i32,
        day_count: Option<Convention>,
        each: Option<P>,
        credit: Vec<Credit>,
        round_up: Option<bool>,
    },
    HoldsStatus {
        status: Vec<Selector>,
        last: Option<P>,
    },
    PresentOnStart {
        window: P,
        application_day: bool,
        day_count: Option<Convention>,
    },
    Evidence {
        kind: &'static str,
        min_level: Option<usize>,
    },
    Age {
        min: Option<i32>,
        max: Option<i32>,
    },
    Fact {
        fact: &'static str,
        equals: Fact,
    },
    Total {
        status: Vec<Selector>,
        days: i32,
    },
    AnyOf(Vec<Requirement>),
}

#[derive(Clone, Debug)]
pub(super) struct Requirement {
    pub(super) obtainable: Option<bool>,
    pub(super) kind: Kind,
}

impl Requirement {
    pub(super) fn obtainable(&self) -> bool {
        self.obtainable.unwrap_or_else(|| match &self.kind {
            Kind::Evidence { .. } => true,
            Kind::AnyOf(parts) => parts.iter().any(Self::obtainable),
            _ => false,
        })
    }
}

/// The value of a fact; `Missing` and `Null` say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fact {
    Missing,
    Null,
    Is(bool),
    Number(i64),
    Word(&'static str),
}

/// One version of the route.
#[derive(Clone, Debug)]
pub(super) struct Version {
    pub(super) from: Day,
    pub(super) to: Option<Day>,
    pub(super) requirements: Vec<Requirement>,
    /// The limits of the readings `x0`, `x1`, …; without any there is the one reading `default`.
    pub(super) readings: Vec<Vec<Limit>>,
    /// The place of the default among them.
    pub(super) default: usize,
}

impl Version {
    pub(super) fn limits(&self, reading: &str) -> &[Limit] {
        let wanted = reading.strip_prefix('x').and_then(|n| n.parse::<usize>().ok());
        let found = wanted.and_then(|n| self.readings.get(n));
        found.or_else(|| self.readings.get(self.default)).map_or(&[], Vec::as_slice)
    }
}

fn list(names: &[&str]) -> String {
    format!("[{}]", names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", "))
}

fn selector(one: &Selector) -> String {
    let mut text = format!("{{ kind = \"{}\"", one.kind);
    if let Some(grounds) = &one.grounds {
        write!(text, ", grounds = {}", list(grounds)).unwrap();
    }
    for (key, names) in [("not_grounds", &one.not_grounds), ("not_sponsor_grounds", &one.not_sponsor_grounds)] {
        if !names.is_empty() {
            write!(text, ", {key} = {}", list(names)).unwrap();
        }
    }
    text + " }"
}

pub(super) fn selectors(status: &[Selector]) -> String {
    format!("status = [ {} ]", status.iter().map(selector).collect::<Vec<_>>().join(", "))
}

fn day_count(convention: Option<Convention>) -> Option<String> {
    let word = |absent: bool| if absent { "absent" } else { "present" };
    convention.map(|(exit, entry)| format!("day_count = {{ exit = \"{}\", entry = \"{}\" }}", word(exit), word(entry)))
}

/// The keys of a limit.
pub(super) fn limit(one: &Limit) -> Vec<String> {
    let per = match one.per {
        Per::Trip => "trip".to_owned(),
        Per::Rolling(length) => format!("rolling:{}", length.text()),
        Per::CalendarYear => "calendar_year".to_owned(),
        Per::AnniversaryYear => "anniversary_year".to_owned(),
        Per::Window => "window".to_owned(),
        Per::Last(length) => format!("last:{}", length.text()),
    };
    let amount = match one.amount {
        Amount::Days(days) => format!("days = {days}"),
        Amount::Months(months) => format!("months = {months}"),
    };
    let mut keys = vec![amount, format!("per = \"{per}\"")];
    if one.reach {
        keys.push("reach = true".to_owned());
    }
    if one.covered {
        keys.push("count = \"covered\"".to_owned());
    }
    keys.extend(day_count(one.day_count));
    keys
}

fn term_limit(one: &Limit) -> String {
    let mut keys = limit(one);
    if one.restart {
        keys.push("on_breach = \"restart\"".to_owned());
    }
    format!("{{ {} }}", keys.join(", "))
}

fn window(length: P, application_day: bool) -> Vec<String> {
    let ends = if application_day { "application_day" } else { "day_before" };
    vec![format!("window = \"{}\"", length.text()), format!("ends = \"{ends}\"")]
}

/// The keys of a requirement.
fn requirement(id: &str, one: &Requirement) -> Vec<String> {
    let mut keys = vec![format!("id = \"{id}\"")];
    keys.extend(one.obtainable.map(|obtainable| format!("obtainable = {obtainable}")));
    let mut kind = |name: &str, more: Vec<String>| {
        keys.push(format!("kind = \"{name}\""));
        keys.extend(more);
    };
    match &one.kind {
        Kind::Term { length, status, day_after, gap, day_count: convention } => {
            let first_day = if *day_after { "day_after" } else { "grant" };
            let mut more = vec![format!("length = \"{}\"", length.text()), selectors(status)];
            more.push(format!("first_day = \"{first_day}\""));
            more.push(format!("gap_days = {gap}"));
            more.extend(day_count(*convention));
            kind("term", more);
        }
        Kind::AbsenceLimit { window: length, application_day, limit: inner } => {
            kind("absence_limit", [window(*length, *application_day), limit(inner)].concat());
        }
        Kind::Presence { window: length, application_day, days, day_count: convention, each, credit, round_up } => {
            let mut more = window(*length, *application_day);
            more.push(format!("days = {days}"));
            more.extend(day_count(*convention));
            more.extend(each.map(|each| format!("each = \"{}\"", each.text())));
            more.extend(round_up.map(|up| format!("rounding = \"{}\"", if up { "up" } else { "down" })));
            let credits: Vec<_> = credit.iter().map(credited).collect();
            if !credits.is_empty() {
                more.push(format!("credit = [ {} ]", credits.join(", ")));
            }
            kind("presence", more);
        }
        Kind::HoldsStatus { status, last } => {
            let last = last.map(|last| format!("last = \"{}\"", last.text()));
            kind("holds_status", [selectors(status)].into_iter().chain(last).collect());
        }
        Kind::PresentOnStart { window: length, application_day, day_count: convention } => {
            kind(
                "present_on_start",
                window(*length, *application_day).into_iter().chain(day_count(*convention)).collect(),
            );
        }
        Kind::Evidence { kind: proof, min_level } => {
            let level = min_level.map(|level| format!("min_level = \"{}\"", LEVELS[level]));
            kind("evidence", [format!("evidence = \"{proof}\"")].into_iter().chain(level).collect());
        }
        Kind::Age { min, max } => {
            let min = min.map(|years| format!("min_years = {years}"));
            kind("age", min.into_iter().chain(max.map(|years| format!("max_years = {years}"))).collect());
        }
        Kind::Fact { fact, equals } => {
            let equals = match equals {
                Fact::Is(value) => format!("equals = {value}"),
                Fact::Number(value) => format!("equals = {value}"),
                Fact::Word(value) => format!("equals = \"{value}\""),
                Fact::Missing | Fact::Null => "equals = true".to_owned(),
            };
            kind("fact", vec![format!("fact = \"{fact}\""), equals]);
        }
        Kind::Total { status, days } => kind("total", vec![selectors(status), format!("days = {days}")]),
        Kind::AnyOf(parts) => {
            let part = |(i, part): (usize, &Requirement)| {
                format!("{{ {} }}", requirement(&format!("{id}p{i}"), part).join(", "))
            };
            let parts: Vec<_> = parts.iter().enumerate().map(part).collect();
            kind("any_of", vec![format!("of = [ {} ]", parts.join(", "))]);
        }
    }
    keys
}

fn credited(credit: &Credit) -> String {
    let cap = credit.cap.map(|cap| format!(", cap = {cap}")).unwrap_or_default();
    format!("{{ {}, weight = \"{}\"{cap} }}", selectors(&credit.status), if credit.half { "1/2" } else { "1" })
}

pub(super) const LEVELS: [&str; 6] = ["A1", "A2", "B1", "B2", "C1", "C2"];

/// A pack with the one route `r` in these versions.
pub(super) fn toml(versions: &[Version]) -> String {
    let mut pack = HEAD.to_owned();
    for version in versions {
        let to = version.to.map(|to| format!(", to = {}", text(to))).unwrap_or_default();
        let from = text(version.from);
        write!(pack, "[[route]]\nid = \"r\"\noutcome = \"o\"\nin_force = {{ from = {from}{to} }}\n").unwrap();
        for (i, one) in version.requirements.iter().enumerate() {
            write!(pack, "[[route.requirement]]\n{}\n", requirement(&format!("q{i}"), one).join("\n")).unwrap();
        }
        for (i, limits) in version.readings.iter().enumerate() {
            let limits: Vec<_> = limits.iter().map(term_limit).collect();
            let default = i == version.default;
            write!(pack, "[[route.reading]]\nid = \"x{i}\"\ndefault = {default}\nlimits = [ {} ]\n", limits.join(", "))
                .unwrap();
        }
    }
    pack
}

/// A date of a dossier: a day, a month or a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Date {
    Day(Day),
    Month(Day),
    Year(Day),
}

impl Date {
    pub(super) fn is_exact(self) -> bool {
        matches!(self, Self::Day(_))
    }

    pub(super) fn first(self) -> Day {
        let begin = |on: Day, whole_year: bool| {
            let (year, month, _) = super::days::ymd(on);
            super::days::day(year, if whole_year { 1 } else { month }, 1)
        };
        match self {
            Self::Day(on) => on,
            Self::Month(on) => begin(on, false),
            Self::Year(on) => begin(on, true),
        }
    }

    pub(super) fn last(self) -> Day {
        match self {
            Self::Day(on) => on,
            Self::Month(_) => P(0, 1, 0).after(self.first()) - 1,
            Self::Year(_) => P(1, 0, 0).after(self.first()) - 1,
        }
    }

    pub(super) fn json(self) -> Value {
        let length = match self {
            Self::Day(_) => 10,
            Self::Month(_) => 7,
            Self::Year(_) => 4,
        };
        let (Self::Day(on) | Self::Month(on) | Self::Year(on)) = self;
        json!(text(on)[..length])
    }
}

#[derive(Clone, Debug)]
pub(super) struct Status {
    pub(super) kind: &'static str,
    pub(super) ground: Option<&'static str>,
    pub(super) sponsor: Option<&'static str>,
    pub(super) from: Date,
    pub(super) to: Option<Date>,
}

#[derive(Clone, Debug)]
pub(super) struct Proof {
    pub(super) kind: &'static str,
    pub(super) level: Option<usize>,
    pub(super) from: Date,
    pub(super) to: Option<Date>,
}

/// The facts about one person.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) birth: Option<Date>,
    pub(super) known_through: Option<Day>,
    pub(super) statuses: Vec<Status>,
    pub(super) trips: Vec<(Date, Option<Date>)>,
    pub(super) unknown: Vec<(Day, Day)>,
    pub(super) evidence: Vec<Proof>,
    pub(super) facts: Vec<(&'static str, Fact)>,
}

impl Person {
    pub(super) fn json(&self) -> Value {
        let open = |date: Option<Date>| date.map(Date::json);
        let statuses = self.statuses.iter().map(|one| {
            json!({"kind": one.kind, "ground": one.ground, "sponsor_ground": one.sponsor, "from": one.from.json(), "to": open(one.to)})
        });
        let trips = self.trips.iter().map(|(exit, entry)| json!({"exit": exit.json(), "entry": open(*entry)}));
        let unknown = self.unknown.iter().map(|(from, to)| json!({"from": text(*from), "to": text(*to)}));
        let evidence = self.evidence.iter().map(|one| {
            json!({"kind": one.kind, "level": one.level.map(|level| LEVELS[level]), "from": one.from.json(), "to": open(one.to)})
        });
        let mut facts = serde_json::Map::new();
        for (name, fact) in &self.facts {
            let value = match fact {
                Fact::Missing => continue,
                Fact::Null => Value::Null,
                Fact::Is(value) => json!(value),
                Fact::Number(value) => json!(value),
                Fact::Word(value) => json!(value),
            };
            facts.insert((*name).to_owned(), value);
        }
        json!({
            "id": "w", "birth_date": open(self.birth), "known_through": self.known_through.map(text),
            "statuses": statuses.collect::<Vec<_>>(), "absences": trips.collect::<Vec<_>>(),
            "presence_unknown": unknown.collect::<Vec<_>>(), "evidence": evidence.collect::<Vec<_>>(), "facts": facts,
        })
    }
}
