//! From the files of a folder to a pack, or to the list of everything that is wrong with them.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, Weekday};
use chrono_tz::Tz;
use toml::de::DeTable;

use super::kinship::{self, Kinship};
use super::lists::{self, List};
use super::numbers::Numbered;
use super::parts::{Gathered, Judged, limit, selectors};
use super::read::{Entry, File, Place, Table};
use super::{
    Confidence, Deadline, DeadlineAmount, DeadlineTerm, InForce, Pack, PackFault, Reading, Roll, Route, Source, Value,
    Version, Versioned, Watch,
};
use crate::calendar::{CalendarYear, FixedDays, WorkingCalendar};
use crate::law::limit::Limit;
use crate::law::name::{Name, Names, Text};
use crate::law::requirement::{Kind, Requirement};
use crate::law::shared::Shared;

/// A rule as read: its id, its version and where it stands.
struct Stated<T> {
    id: Name,
    version: Version<T>,
    place: Place,
}

/// What all files say together.
#[derive(Default)]
struct Draft {
    heads: Vec<(Head, Place)>,
    sources: Vec<(Source, Place)>,
    routes: Vec<Stated<Route>>,
    watches: Vec<Stated<Watch>>,
    deadlines: Vec<Stated<Deadline>>,
    parameters: Vec<Stated<Value>>,
    kinships: Vec<Stated<Kinship>>,
    lists: Vec<Stated<List>>,
    years: Vec<(i32, CalendarYear, Place)>,
    fixed: Vec<FixedDays>,
    gathered: Gathered,
}

/// The table `[pack]`.
struct Head {
    id: Name,
    title: Text,
    zone: Tz,
    draft: bool,
}

pub(super) fn pack(files: &[(String, String)]) -> Result<Pack, Vec<PackFault>> {
    let faults = RefCell::new(Vec::new());
    let mut draft = Draft::default();
    let mut readable = true;
    for (name, text) in files {
        let file = File::new(name, text, &faults);
        let (root, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let line = file.line(error.span().map_or(0, |span| span.start));
            file.fault(line, "(syntax)", format!("{}; correct the TOML", error.message()));
        }
        if errors.is_empty() {
            draft.read(Table::new(&file, String::new(), 1, root.get_ref()));
        } else {
            readable = false;
        }
    }
    let mut faults = faults.into_inner();
    // A file that cannot be read hides sources and versions; what is said about the whole would be noise.
    let pack = if readable { draft.finish(files, &mut faults) } else { None };
    faults.sort();
    faults.dedup();
    match pack {
        Some(pack) if faults.is_empty() => Ok(pack),
        _ => Err(faults),
    }
}

impl Draft {
    fn read(&mut self, mut root: Table<'_>) {
        if let Some(entry) = root.get("pack")
            && let Some(table) = entry.table()
        {
            let place = table.place();
            self.heads.extend(head(table).map(|head| (head, place)));
        }
        if let Some(entry) = root.get("fixed_non_working") {
            self.fixed_days(&entry);
        }
        for table in root.tables("source") {
            let place = table.place();
            self.sources.extend(source(table).map(|source| (source, place)));
        }
        for table in root.tables("route") {
            let stated = self.rule(table, route);
            self.routes.extend(stated);
        }
        for table in root.tables("watch") {
            let stated = self.rule(table, watch);
            self.watches.extend(stated);
        }
        for table in root.tables("deadline") {
            let stated = self.rule(table, |_, table, _| deadline(table));
            self.deadlines.extend(stated);
        }
        for table in root.tables("parameter") {
            let stated = self.rule(table, |_, table, _| table.need("value").and_then(|entry| value(&entry)));
            self.parameters.extend(stated);
        }
        for table in root.tables("kinship") {
            let stated = self.rule(table, |_, table, _| kinship::read(table));
            self.kinships.extend(stated);
        }
        for table in root.tables("list") {
            let stated = self.rule(table, lists::list);
            self.lists.extend(stated);
        }
        for mut table in root.tables("calendar") {
            let place = table.place();
            self.gathered.source(&mut table, None);
            self.years.extend(calendar_year(table).map(|(year, days)| (year, days, place)));
        }
        root.finish();
    }

    /// Days off every year: a list of them, or tables of days that are so from a day on, by a source.
    fn fixed_days(&mut self, entry: &Entry<'_>) {
        let (tables, plain): (Vec<_>, Vec<_>) = entry.items().into_iter().partition(|item| item.value.is_table());
        if !plain.is_empty() {
            // A list has no place for a source.
            self.gathered.uncited.push(entry.place());
            let days = plain.iter().filter_map(month_and_day).collect();
            self.fixed.push(FixedDays { days, ..FixedDays::default() });
        }
        for mut table in tables.iter().filter_map(Entry::table) {
            self.gathered.source(&mut table, None);
            let days = table.need("days").map(|entry| entry.items().iter().filter_map(month_and_day).collect());
            let in_force = table.need("in_force").and_then(|entry| in_force(&entry));
            table.finish();
            if let (Some(days), Some(InForce { from, to })) = (days, in_force) {
                self.fixed.push(FixedDays { days, from: Some(from), to });
            }
        }
    }

    /// What all dated rules have in common, around what `read` takes.
    fn rule<T>(
        &mut self,
        mut table: Table<'_>,
        read: impl FnOnce(&mut Gathered, &mut Table<'_>, &Names) -> Option<T>,
    ) -> Option<Stated<T>> {
        let place = table.place();
        let stated = table.stated(&["id", "title", "in_force", "source"]);
        let id = table.need("id").and_then(|entry| entry.text().map(Name::from));
        let title = table.get("title").and_then(|entry| entry.languages());
        let in_force = table.need("in_force").and_then(|entry| in_force(&entry));
        let source = self.gathered.source(&mut table, None);
        let rule = read(&mut self.gathered, &mut table, &source);
        table.finish();
        let version = Version { in_force: in_force?, title, source, stated, rule: rule? };
        Some(Stated { id: id?, version, place })
    }

    /// Compares the files with each other.
    fn finish(self, files: &[(String, String)], faults: &mut Vec<PackFault>) -> Option<Pack> {
        let first_file = files.first().map_or("(no file)", |(name, _)| name).to_owned();
        let mut heads = self.heads.into_iter();
        let Some((head, head_place)) = heads.next() else {
            if !faults.iter().any(|fault| fault.key.starts_with("pack")) {
                let place = Place { file: first_file, line: 1, key: "pack".into() };
                faults.push(place.fault("no file has a table [pack]; add one with id, title and zone"));
            }
            return None;
        };
        for (_, place) in heads {
            faults.push(
                place.fault(format!(
                    "the pack is already described at {}:{}; keep one",
                    head_place.file, head_place.line
                )),
            );
        }
        let mut sources: BTreeMap<Name, Shared<Source>> = BTreeMap::new();
        for (source, place) in self.sources {
            if source.confidence == Confidence::Recalled && !head.draft {
                faults.push(place.fault(format!(
                    "`{}` is only recalled, which a draft may cite; find a source or set draft = true",
                    source.id
                )));
            }
            if let Some(twice) = sources.insert(source.id.clone(), Shared::new(source)) {
                faults.push(place.fault(format!("`{}` is declared twice; rename or remove one", twice.id)));
            }
        }
        for (id, place) in &self.gathered.citations {
            if !sources.contains_key(id) {
                faults
                    .push(place.fault(format!("`{id}` is not declared; add a [[source]] with this id or correct it")));
            }
        }
        if !head.draft && !sources.is_empty() {
            let fault = |place: &Place| {
                let add = if place.key == "fixed_non_working" {
                    "write [[fixed_non_working]] tables with days, in_force and source"
                } else {
                    "add source = [\"…\"]"
                };
                place.fault(format!("cites no source; {add}, or set draft = true for the pack"))
            };
            faults.extend(self.gathered.uncited.iter().map(fault));
        }
        for one in &self.kinships {
            let Some(list) = one.version.rule.other_list() else { continue };
            let stated = |other: &Stated<Kinship>| other.id == *list && other.version.rule.other_list().is_none();
            if !self.kinships.iter().any(stated) {
                faults.push(one.place.fault(format!("`{list}` is no list with members; correct it or add the list")));
            }
        }
        let mut years = BTreeMap::new();
        for (year, days, place) in self.years {
            if years.insert(year, days).is_some() {
                faults.push(place.fault(format!("the year {year} is given twice; keep one")));
            }
        }
        let mut routes = versions(self.routes, faults);
        let numbered = Numbered::new(&mut routes);
        let deadlines = versions(self.deadlines, faults);
        lists::events_without_term(&self.gathered, &deadlines, faults);
        Some(Pack {
            id: head.id,
            title: head.title,
            zone: head.zone,
            draft: head.draft,
            sources,
            routes,
            watches: versions(self.watches, faults),
            deadlines,
            parameters: versions(self.parameters, faults),
            kinships: versions(self.kinships, faults),
            lists: versions(self.lists, faults),
            calendar: WorkingCalendar::new(years, self.fixed),
            slots: self.gathered.slots(),
            numbered,
        })
    }
}

/// Groups versions by id, in the order in which the ids first appear.
fn versions<T>(stated: Vec<Stated<T>>, faults: &mut Vec<PackFault>) -> Vec<Versioned<T>> {
    let mut order: Vec<Name> = Vec::new();
    let mut by_id: BTreeMap<Name, Vec<Stated<T>>> = BTreeMap::new();
    for one in stated {
        if !by_id.contains_key(&one.id) {
            order.push(one.id.clone());
        }
        by_id.entry(one.id.clone()).or_default().push(one);
    }
    let mut grouped = Vec::with_capacity(order.len());
    for id in order {
        let mut group = by_id.remove(&id).unwrap_or_default();
        group.sort_by_key(|one| one.version.in_force);
        for (earlier, later) in group.iter().zip(group.iter().skip(1)) {
            if earlier.version.in_force.to.is_none_or(|to| later.version.in_force.from <= to) {
                let message = format!(
                    "this version of `{id}` from {} overlaps the one at {}:{}; end that one the day before",
                    later.version.in_force.from, earlier.place.file, earlier.place.line
                );
                faults
                    .push(Place { key: format!("{}.in_force", later.place.key), ..later.place.clone() }.fault(message));
            }
        }
        grouped.push(Versioned { id, versions: group.into_iter().map(|one| one.version).collect() });
    }
    grouped
}

fn head(mut table: Table<'_>) -> Option<Head> {
    let id = table.need("id").and_then(|entry| entry.text());
    let title = table.need("title").and_then(|entry| entry.languages());
    let zone = table.need("zone").and_then(|entry| {
        let zone = entry.text()?.parse::<Tz>();
        if zone.is_err() {
            entry.fault("is no time zone; write one of the IANA names, such as \"Asia/Baku\"");
        }
        zone.ok()
    });
    let draft = table.get("draft").and_then(|entry| entry.boolean()).unwrap_or(false);
    table.finish();
    Some(Head { id: id?.into(), title: title?, zone: zone?, draft })
}

fn source(mut table: Table<'_>) -> Option<Source> {
    let mut text = |key| table.need(key).and_then(|entry| entry.text()).map(str::to_owned);
    let (id, act, article) = (text("id"), text("act"), text("article"));
    let url = table.get("url").and_then(|entry| entry.text()).map(str::to_owned);
    let verified_on = table.need("verified_on").and_then(|entry| entry.date());
    let confidence = table.need("confidence").and_then(|entry| {
        entry.one_of(&[
            ("official", Confidence::Official),
            ("embassy", Confidence::Embassy),
            ("press", Confidence::Press),
            ("inferred", Confidence::Inferred),
            ("recalled", Confidence::Recalled),
        ])
    });
    let text = table.get("text").and_then(|entry| entry.languages());
    table.finish();
    let id = Name::from(id?.as_str());
    Some(Source { id, act: act?, article: article?, url, verified_on: verified_on?, confidence: confidence?, text })
}

fn in_force(entry: &Entry<'_>) -> Option<InForce> {
    let mut table = entry.table()?;
    let from = table.need("from").and_then(|entry| entry.date());
    let to = table.get("to").map(|entry| entry.date());
    table.finish();
    let (from, to) = (from?, to.flatten());
    if to.is_some_and(|to| to < from) {
        entry.fault("ends before it begins; correct one of the dates");
    }
    Some(InForce { from, to })
}

fn route(gathered: &mut Gathered, table: &mut Table<'_>, source: &Names) -> Option<Route> {
    let outcome = table.need("outcome").and_then(|entry| entry.text());
    let tables = table.tables("requirement");
    let stated = tables.len();
    if stated == 0 {
        table.fault("has no requirement; add [[route.requirement]]");
    }
    let requirements: Vec<_> = tables.into_iter().filter_map(|one| gathered.requirement(one, source)).collect();
    let mut ids = BTreeSet::new();
    for requirement in &requirements {
        repeated_ids(requirement, &mut ids, table);
    }
    let judged = Judged::Term(requirements.iter().map(longest_term).max().filter(|days| *days > 0).unwrap_or(i32::MAX));
    let mut readings = readings(gathered, table, source, &mut |table| {
        let entry = table.need("limits")?;
        let tables = entry.items().into_iter().map(|item| item.table());
        tables.map(|table| table.and_then(|table| whole_limit(table, judged))).collect()
    })?;
    if readings.is_empty() {
        readings.push(only_reading(Vec::new(), source));
    }
    (requirements.len() == stated).then_some(())?;
    Some(Route { outcome: outcome?.into(), requirements, readings, asks: Vec::new() })
}

/// The reading of a rule that has none.
fn only_reading(limits: Vec<Limit>, cited: &Names) -> Reading {
    Reading {
        id: "default".into(),
        title: None,
        default: true,
        limits,
        source: Names::default(),
        cited: cited.clone(),
        numbers: Vec::new(),
    }
}

fn repeated_ids(requirement: &Requirement, ids: &mut BTreeSet<Name>, table: &Table<'_>) {
    if !ids.insert(requirement.id.clone()) {
        table.fault(format!("two requirements are called `{}`; rename one", requirement.id));
    }
    if let Kind::AnyOf(parts) = &requirement.kind {
        for part in parts {
            repeated_ids(part, ids, table);
        }
    }
}

/// The most days that a lookback limit of a route can see; 0 without a term.
fn longest_term(requirement: &Requirement) -> i32 {
    match &requirement.kind {
        Kind::Term(term) => term.length.longest,
        Kind::AnyOf(parts) => parts.iter().map(longest_term).max().unwrap_or(0),
        _ => 0,
    }
}

fn whole_limit(mut table: Table<'_>, judged: Judged) -> Option<Limit> {
    let limit = limit(&mut table, judged);
    table.finish();
    limit
}

/// The `[[….reading]]` tables, of which exactly one is the default.
fn readings(
    gathered: &mut Gathered,
    table: &mut Table<'_>,
    source: &Names,
    limits: &mut dyn FnMut(&mut Table<'_>) -> Option<Vec<Limit>>,
) -> Option<Vec<Reading>> {
    let tables = table.tables("reading");
    let stated = tables.len();
    let mut readings: Vec<Reading> = Vec::with_capacity(stated);
    let mut defaults = 0;
    for mut reading in tables {
        let id = reading.need("id").and_then(|entry| entry.text().map(Name::from));
        let title = reading.get("title").and_then(|entry| entry.languages());
        let default = reading.get("default").and_then(|entry| entry.boolean()).unwrap_or(false);
        let (rule, source) = (source, gathered.source(&mut reading, Some(source)));
        let limits = limits(&mut reading);
        defaults += usize::from(default);
        if let Some(id) = &id
            && readings.iter().any(|known| known.id == *id)
        {
            reading.fault(format!("two readings are called `{id}`; rename one"));
        }
        reading.finish();
        if let (Some(id), Some(limits)) = (id, limits) {
            let cited = rule.and_also(&source);
            readings.push(Reading { id, title, default, limits, source, cited, numbers: Vec::new() });
        }
    }
    if stated > 0 && defaults != 1 {
        table.fault(format!("{defaults} of its readings have default = true; mark exactly one"));
    }
    (readings.len() == stated).then_some(readings)
}

fn watch(gathered: &mut Gathered, table: &mut Table<'_>, source: &Names) -> Option<Watch> {
    let status = gathered.status(table, 0);
    let consequence = table.get("consequence").and_then(|entry| entry.languages());
    let one_limit = |table: &mut Table<'_>| {
        let limit = table.need("limit")?.table().and_then(|table| whole_limit(table, Judged::Run))?;
        Some(vec![limit])
    };
    let mut readings = readings(gathered, table, source, &mut |table| one_limit(table))?;
    match (table.get("limit"), readings.is_empty()) {
        (Some(entry), true) => {
            let limit = entry.table().and_then(|table| whole_limit(table, Judged::Run))?;
            readings.push(only_reading(vec![limit], source));
        }
        (None, false) => {}
        (None, true) => table.fault("has no limit; add limit = { … } or [[watch.reading]] tables"),
        (Some(entry), false) => entry.fault("stands beside readings; each reading has its own limit, remove this one"),
    }
    Some(Watch { status: status?, consequence, readings })
}

fn deadline(table: &mut Table<'_>) -> Option<Deadline> {
    let event = table.need("event").and_then(|entry| entry.text());
    let roll = table.get("roll").map(|entry| {
        entry.one_of(&[
            ("none", Roll::None),
            ("next_working_day", Roll::NextWorkingDay),
            ("previous_working_day", Roll::PreviousWorkingDay),
        ])
    });
    let consequence = table.get("consequence").and_then(|entry| entry.languages());
    let start = table.get("start");
    let on_event_day = start.as_ref().map(|entry| entry.one_of(&[("day_after", false), ("event_day", true)]));
    let (within, before) = (table.get("within"), table.get("before"));
    let term = match (&within, &before) {
        (Some(entry), None) => within_term(entry, on_event_day.flatten().unwrap_or(false)),
        (None, Some(entry)) => {
            if let Some(start) = start {
                start.fault("has no meaning for a term that counts back; remove it");
            }
            deadline_amount(entry).map(DeadlineTerm::Before)
        }
        _ => {
            table.fault("needs either `within` or `before`");
            None
        }
    };
    let roll = match roll {
        Some(roll) => roll?,
        None => Roll::None,
    };
    let (status, unless_status) = (selectors(table, "status"), selectors(table, "unless_status"));
    Some(Deadline { event: event?.into(), term: term?, roll, consequence, status, unless_status })
}

fn within_term(entry: &Entry<'_>, starts_on_event_day: bool) -> Option<DeadlineTerm> {
    let hours = entry.value.as_table().is_some_and(|table| table.contains_key("hours"));
    if !hours {
        return Some(DeadlineTerm::Within { amount: deadline_amount(entry)?, starts_on_event_day });
    }
    let mut table = entry.table()?;
    let hours = table.need("hours").and_then(|entry| entry.number(1));
    table.finish();
    hours.map(DeadlineTerm::WithinHours)
}

fn deadline_amount(entry: &Entry<'_>) -> Option<DeadlineAmount> {
    if !entry.value.is_table() {
        return entry.period().map(DeadlineAmount::Period);
    }
    let mut table = entry.table()?;
    let days = table.need("working_days").and_then(|entry| entry.number(1));
    table.finish();
    days.map(DeadlineAmount::WorkingDays)
}

fn value(entry: &Entry<'_>) -> Option<Value> {
    if let Some(value) = entry.value.as_bool() {
        return Some(Value::Boolean(value));
    }
    if entry.value.is_integer() {
        return entry.integer().map(Value::Integer);
    }
    if let Some(number) = entry.value.as_float() {
        return number.as_str().parse().ok().map(Value::Number);
    }
    let text = entry.text()?;
    Some(text.parse().map_or_else(|_| Value::Text(text.to_owned()), Value::Period))
}

fn month_and_day(entry: &Entry<'_>) -> Option<(u32, u32)> {
    // 2000 is a leap year: 02-29 is a day.
    let date = NaiveDate::parse_from_str(&format!("2000-{}", entry.text()?), "%Y-%m-%d").ok();
    if date.is_none() {
        entry.fault("is no day of a year; write it like \"01-20\"");
    }
    date.map(|date| (date.month(), date.day()))
}

fn calendar_year(mut table: Table<'_>) -> Option<(i32, CalendarYear)> {
    let year = table.need("year").and_then(|entry| entry.number(1)).and_then(|year| i32::try_from(year).ok());
    let mut days = |key| -> BTreeSet<NaiveDate> {
        let items = table.get(key).map(|entry| entry.items()).unwrap_or_default();
        items
            .iter()
            .filter_map(|item| {
                let date = item.date()?;
                if year.is_some_and(|year| date.year() != year) {
                    item.fault(format!("{date} is not in the year of this calendar; move it"));
                }
                Some(date)
            })
            .collect()
    };
    let (non_working, working) = (days("non_working"), days("working"));
    let weekend = match table.get("weekend") {
        Some(entry) => {
            let words = WEEK.map(|(word, day)| (word, day));
            let weekend: Vec<Weekday> = entry.items().iter().filter_map(|item| item.one_of(&words)).collect();
            if weekend.len() > 6 {
                entry.fault("leaves no day to work on; name at most six days");
            }
            weekend
        }
        None => vec![Weekday::Sat, Weekday::Sun],
    };
    table.finish();
    Some((year?, CalendarYear { non_working, working, weekend }))
}

const WEEK: [(&str, Weekday); 7] = [
    ("mon", Weekday::Mon),
    ("tue", Weekday::Tue),
    ("wed", Weekday::Wed),
    ("thu", Weekday::Thu),
    ("fri", Weekday::Fri),
    ("sat", Weekday::Sat),
    ("sun", Weekday::Sun),
];
