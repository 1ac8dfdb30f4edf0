//! The parts rules are made of: selectors, limits, windows, requirements.

use super::super::dossier::{FactValue, Level};
use super::super::limit::{Amount, Counts, DayCount, Length, Limit, OnBreach, Per};
use super::super::name::{Name, Names};
use super::super::presence::{Credit, Presence};
use super::super::requirement::{Kind, Requirement, Window};
use super::super::status::{Covered, Selector};
use super::super::term::Term;
use super::read::{Entry, Place, Table};

/// What is gathered over all files while rules are read.
#[derive(Default)]
pub(super) struct Gathered {
    /// Different rules of covered days; the place in the list is the slot.
    covered: Vec<(Vec<Selector>, i32)>,
    /// Every citation, to be compared with the sources at the end.
    pub(super) citations: Vec<(Name, Place)>,
    /// Rules that cite nothing.
    pub(super) uncited: Vec<Place>,
    /// Events that lists name, to be compared with the terms at the end.
    pub(super) events: Vec<(Name, Place)>,
}

impl Gathered {
    pub(super) fn slots(&self) -> usize {
        self.covered.len()
    }

    fn covered(&mut self, selectors: Vec<Selector>, gap_days: i32) -> Covered {
        let rule = (selectors, gap_days);
        let slot = self.covered.iter().position(|known| *known == rule).unwrap_or_else(|| {
            self.covered.push(rule.clone());
            self.covered.len() - 1
        });
        let kinds = Covered::kinds_of(&rule.0);
        Covered { selectors: rule.0, kinds, gap_days, slot }
    }

    /// The `source` of a rule, else that of the rule it stands in.
    pub(super) fn source(&mut self, table: &mut Table<'_>, outer: Option<&Names>) -> Names {
        let cited = table.get("source").map(|entry| entry.names()).unwrap_or_default();
        let own: Names = cited.iter().map(|(name, _)| name.clone()).collect();
        self.citations.extend(cited);
        if !own.is_empty() {
            return own;
        }
        let inherited = outer.cloned().unwrap_or_default();
        if inherited.is_empty() {
            self.uncited.push(table.place());
        }
        inherited
    }

    /// A `status = [ selector, … ]` with the gaps that may be filled.
    pub(super) fn status(&mut self, table: &mut Table<'_>, gap_days: i32) -> Option<Covered> {
        let entry = table.need("status")?;
        let items = entry.items();
        if items.is_empty() && entry.value.is_array() {
            entry.fault("is empty; name at least one status, [ { kind = \"…\" } ]");
        }
        let selectors: Option<Vec<_>> = items.iter().map(selector).collect();
        Some(self.covered(selectors.filter(|s| !s.is_empty())?, gap_days))
    }

    /// One requirement; `outer` is the source of the route. `None` after a fault.
    pub(super) fn requirement(&mut self, mut table: Table<'_>, outer: &Names) -> Option<Requirement> {
        let id = table.need("id").and_then(|entry| entry.text().map(Name::from));
        let title = table.get("title").and_then(|entry| entry.languages());
        let source = self.source(&mut table, Some(outer));
        let obtainable = table.get("obtainable").and_then(|entry| entry.boolean());
        let kind = table.need("kind").and_then(|entry| {
            let known = KINDS.map(|kind| (kind, kind));
            entry.one_of(&known)
        });
        let kind = kind?;
        let kind = self.kind(kind, &mut table, &source);
        table.finish();
        let (id, kind) = (id?, kind?);
        let usual = match &kind {
            Kind::Evidence { .. } => true,
            Kind::AnyOf(parts) => parts.iter().any(|part| part.obtainable),
            _ => false,
        };
        Some(Requirement { id, title, kind, obtainable: obtainable.unwrap_or(usual), source })
    }

    fn kind(&mut self, kind: &str, table: &mut Table<'_>, source: &Names) -> Option<Kind> {
        match kind {
            "term" => self.term(table).map(Kind::Term),
            "absence_limit" => absence_limit(table),
            "presence" => self.presence(table).map(Kind::Presence),
            "holds_status" => {
                let last = table.get("last").map(|entry| entry.period());
                let status = self.status(table, 0)?;
                let last = match last {
                    Some(period) => Some(Length::new(period?)),
                    None => None,
                };
                Some(Kind::HoldsStatus { status, last })
            }
            "present_on_start" => {
                let day_count = day_count(table);
                Some(Kind::PresentOnStart { window: window(table)?, day_count: day_count.unwrap_or_default() })
            }
            "evidence" => {
                let levels = ["A1", "A2", "B1", "B2", "C1", "C2"].map(|level| (level, Level::parse(level)));
                let min_level = table.get("min_level").and_then(|entry| entry.one_of(&levels)).flatten();
                let kind = table.need("evidence")?.text()?.into();
                Some(Kind::Evidence { kind, min_level })
            }
            "age" => age(table),
            "fact" => fact(table),
            "total" => {
                let days = table.need("days").and_then(|entry| entry.number(1));
                let status = self.status(table, 0)?;
                Some(Kind::Total { status, days: signed(days?) })
            }
            _ => self.any_of(table, source),
        }
    }

    fn term(&mut self, table: &mut Table<'_>) -> Option<Term> {
        let length = table.need("length").and_then(|entry| entry.period());
        let gap = table.get("gap_days").and_then(|entry| entry.number(0)).unwrap_or(0);
        let first_day = table.get("first_day").and_then(|e| e.one_of(&[("grant", false), ("day_after", true)]));
        let day_count = day_count(table).unwrap_or_default();
        let status = self.status(table, signed(gap))?;
        Some(Term { length: Length::new(length?), status, starts_day_after: first_day.unwrap_or(false), day_count })
    }

    fn presence(&mut self, table: &mut Table<'_>) -> Option<Presence> {
        let days = table.need("days").and_then(|entry| entry.number(1));
        let day_count = day_count(table).unwrap_or_default();
        let each = table.get("each").and_then(|entry| entry.period());
        let round_up = table.get("rounding").and_then(|e| e.one_of(&[("up", true), ("down", false)])).unwrap_or(false);
        let credits = table.get("credit").map(|entry| entry.items()).unwrap_or_default();
        let credit = credits.iter().filter_map(|item| self.credit(item)).collect();
        Some(Presence { window: window(table)?, days: signed(days?), day_count, each, credit, round_up })
    }

    fn credit(&mut self, item: &Entry<'_>) -> Option<Credit> {
        let mut table = item.table()?;
        let halves = table.get("weight").and_then(|entry| entry.one_of(&[("1", 2), ("1/2", 1)])).unwrap_or(2);
        let cap = table.get("cap").and_then(|entry| entry.number(1)).map(signed);
        // A credit names one kind of status or a list of them.
        let status = table.get("status");
        let selectors: Option<Vec<_>> = match &status {
            Some(entry) if entry.value.is_table() => selector(entry).map(|one| vec![one]),
            Some(entry) => entry.items().iter().map(selector).collect(),
            None => {
                table.fault("needs `status`, the selector of what it credits");
                None
            }
        };
        table.finish();
        Some(Credit { status: self.covered(selectors?, 0), halves, cap })
    }

    fn any_of(&mut self, table: &mut Table<'_>, source: &Names) -> Option<Kind> {
        let entry = table.need("of")?;
        let items = entry.items();
        if items.len() < 2 {
            entry.fault("needs at least two requirements to choose from");
            return None;
        }
        let parts: Vec<_> = items
            .iter()
            .filter_map(super::read::Entry::table)
            .filter_map(|part| self.requirement(part, source))
            .collect();
        (parts.len() == items.len()).then_some(Kind::AnyOf(parts))
    }
}

/// The kinds of requirement, as a pack writes them.
const KINDS: [&str; 10] = [
    "term",
    "absence_limit",
    "presence",
    "present_on_start",
    "holds_status",
    "evidence",
    "age",
    "fact",
    "total",
    "any_of",
];

/// Numbers of a pack are at most 99,999.
fn signed(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// A list of selectors that may be absent.
pub(super) fn selectors(table: &mut Table<'_>, key: &'static str) -> Vec<Selector> {
    let items = table.get(key).map(|entry| entry.items()).unwrap_or_default();
    items.iter().filter_map(selector).collect()
}

fn selector(item: &Entry<'_>) -> Option<Selector> {
    let mut table = item.table()?;
    let kind = table.need("kind").and_then(|entry| entry.text());
    let mut list = |key| table.get(key).map(|entry| entry.names().into_iter().map(|(name, _)| name).collect());
    let grounds = list("grounds");
    let not_grounds = list("not_grounds").unwrap_or_default();
    let not_sponsor_grounds = list("not_sponsor_grounds").unwrap_or_default();
    table.finish();
    Some(Selector { kind: kind?.into(), grounds, not_grounds, not_sponsor_grounds })
}

fn day_count(table: &mut Table<'_>) -> Option<DayCount> {
    let mut inner = table.get("day_count")?.table()?;
    let words = [("absent", true), ("present", false)];
    let mut side = |key| inner.get(key).and_then(|entry| entry.one_of(&words)).unwrap_or(false);
    let count = DayCount { exit_absent: side("exit"), entry_absent: side("entry") };
    inner.finish();
    Some(count)
}

fn window(table: &mut Table<'_>) -> Option<Window> {
    let length = table.need("window").and_then(|entry| entry.period());
    let ends = table.get("ends").and_then(|e| e.one_of(&[("day_before", false), ("application_day", true)]));
    Some(Window { length: Length::new(length?), with_application_day: ends.unwrap_or(false) })
}

fn absence_limit(table: &mut Table<'_>) -> Option<Kind> {
    let window = window(table);
    let limit = limit(table, Judged::Window(window.map_or(i32::MAX, |window| window.length.longest)));
    Some(Kind::AbsenceLimit { window: window?, limit: limit? })
}

fn age(table: &mut Table<'_>) -> Option<Kind> {
    let mut years = |key| table.get(key).map(|entry| entry.number(0));
    let (min, max) = (years("min_years"), years("max_years"));
    if min.is_none() && max.is_none() {
        table.fault("needs `min_years` or `max_years`");
        return None;
    }
    let (min_years, max_years) = (min.flatten(), max.flatten());
    if let (Some(min), Some(max)) = (min_years, max_years)
        && min >= max
    {
        table.fault(format!("no one is at least {min} and under {max} years old; correct one of them"));
    }
    Some(Kind::Age { min_years, max_years })
}

fn fact(table: &mut Table<'_>) -> Option<Kind> {
    let fact = table.need("fact").and_then(|entry| entry.text());
    let equals = match table.get("equals") {
        None => FactValue::Boolean(true),
        Some(entry) if entry.value.is_bool() => FactValue::Boolean(entry.boolean()?),
        Some(entry) if entry.value.is_integer() => FactValue::Integer(entry.integer()?),
        Some(entry) => FactValue::Text(entry.text()?.to_owned()),
    };
    Some(Kind::Fact { fact: fact?.into(), equals })
}

/// The days a limit is judged on; with a bound, the most of them that there can be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Judged {
    /// For `term`: lookback limits see the length of the longest term, restart limits the whole run.
    Term(i32),
    /// For `absence_limit`: its window.
    Window(i32),
    /// For a watch: the whole run.
    Run,
}

/// The keys of a limit, taken from `table`; other keys are left to the caller.
pub(super) fn limit(table: &mut Table<'_>, judged: Judged) -> Option<Limit> {
    let days = table.get("days").map(|entry| entry.number(0));
    let months = table.get("months");
    if let (Some(entry), Judged::Window(_)) = (&months, judged) {
        entry.fault(
            "has no place in an `absence_limit`; write `days`, or limit the trips of a `term` by { months = …, per = \"trip\" }",
        );
    }
    let months = months.map(|entry| entry.number(1));
    let reach = table.get("reach").and_then(|entry| entry.boolean()).unwrap_or(false);
    let day_count = day_count(table);
    let on_breach = match judged {
        Judged::Term(_) => table
            .get("on_breach")
            .and_then(|entry| entry.one_of(&[("lookback", OnBreach::Lookback), ("restart", OnBreach::Restart)])),
        Judged::Window(_) | Judged::Run => None,
    }
    .unwrap_or_default();
    let counts = match judged {
        Judged::Window(_) => None,
        Judged::Term(_) | Judged::Run => table
            .get("count")
            .and_then(|entry| entry.one_of(&[("absent", Counts::Absent), ("covered", Counts::Covered)])),
    }
    .unwrap_or_default();
    let per_entry = table.need("per")?;
    let per = per(&per_entry);
    let amount = match (days, months) {
        (Some(days), None) => Amount::Days(signed(days?)),
        (None, Some(months)) => Amount::Months(months?),
        _ => {
            table.fault(match judged {
                Judged::Window(_) => "needs `days`, the most that are allowed",
                Judged::Term(_) | Judged::Run => "a limit needs either `days` or, per trip, `months`",
            });
            return None;
        }
    };
    let per = per?;
    match (amount, per) {
        (Amount::Months(_), Per::Trip) => {}
        (Amount::Months(_), _) => per_entry.fault("`months` can only be counted per \"trip\"; write days instead"),
        (Amount::Days(0), _) if reach => table.fault("0 days are always reached; write more days or leave `reach` out"),
        _ => {}
    }
    if matches!((per, judged), (Per::AnniversaryYear, Judged::Window(_))) {
        per_entry.fault("a window has no start to count years from; write \"calendar_year\" or \"rolling:P1Y\"");
    }
    let limit = Limit { amount, per, reach, on_breach, day_count, counts };
    if let Amount::Days(days) = amount {
        let most = most_days(&limit, judged);
        if days - i32::from(reach) >= most {
            table.fault(format!("{days} days can never be breached: no more than {most} days are counted; lower it"));
        }
    }
    Some(limit)
}

fn per(entry: &Entry<'_>) -> Option<Per> {
    let text = entry.text()?;
    if let Some((word, period)) = text.split_once(':') {
        let make: fn(Length) -> Per = match word {
            "rolling" => Per::Rolling,
            "last" => Per::Last,
            _ => {
                entry.fault(format!("`{word}:` is unknown here; write rolling:P… or last:P…"));
                return None;
            }
        };
        return match period.parse() {
            Ok(period) => Some(make(Length::new(period))),
            Err(error) => {
                entry.fault(format!("{error}"));
                None
            }
        };
    }
    match text {
        "trip" => Some(Per::Trip),
        "calendar_year" => Some(Per::CalendarYear),
        "anniversary_year" => Some(Per::AnniversaryYear),
        "window" => Some(Per::Window),
        _ => {
            let known = "trip, rolling:P…, calendar_year, anniversary_year, window, last:P…";
            entry.fault(format!("`{text}` is unknown here; write one of: {known}"));
            None
        }
    }
}

/// The most days that can ever be counted together.
fn most_days(limit: &Limit, judged: Judged) -> i32 {
    let place = match limit.per {
        Per::Rolling(length) | Per::Last(length) => length.longest,
        Per::CalendarYear | Per::AnniversaryYear => 366,
        Per::Trip | Per::Window => i32::MAX,
    };
    match (judged, limit.on_breach) {
        (Judged::Term(longest), OnBreach::Lookback) | (Judged::Window(longest), _) => place.min(longest),
        _ => place,
    }
}
