//! From the text of a `tests/*.toml` file to cases, or to everything that is wrong with it: file, line, key, what to do.

use std::cell::RefCell;
use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Deserialize as _;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::values::{dates_as_text, expected, key_at, plain};
use super::{Ask, Case, Expectation, REPORTED, Wanted};
use crate::law::dossier::Dossier;
use crate::law::evaluate::Question;
use crate::law::name::Name;
use crate::law::pack::read::{Entry, File, Table};
use crate::law::pack::{Pack, PackFault, Reading};
use crate::law::requirement::{Kind, Requirement};
use crate::law::result::EventTime;

/// Reads the cases of one file, `name` only serving the messages. Ids are compared with the pack, so that a slip of the pen
/// is a fault of the file and not an answer that does not come.
pub fn read_cases(name: &str, text: &str, pack: &Pack) -> Result<Vec<Case>, Vec<PackFault>> {
    let faults = RefCell::new(Vec::new());
    let file = File::new(name, text, &faults);
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let line = file.line(error.span().map_or(0, |span| span.start));
        file.fault(line, "(syntax)", format!("{}; correct the TOML", error.message()));
    }
    let mut cases = Vec::new();
    if errors.is_empty() {
        let reader = Reader { name, file: &file, pack, root: root.get_ref() };
        cases = reader.cases();
    }
    let mut faults = faults.into_inner();
    faults.sort();
    faults.dedup();
    if faults.is_empty() { Ok(cases) } else { Err(faults) }
}

struct Reader<'t> {
    name: &'t str,
    file: &'t File<'t>,
    pack: &'t Pack,
    root: &'t DeTable<'t>,
}

/// What the expectations of a case have in common unless they say otherwise.
#[derive(Clone, Copy, Default)]
struct Asked {
    on: Option<NaiveDate>,
    law_at: Option<NaiveDate>,
    no_renewal: Option<bool>,
}

impl<'t> Reader<'t> {
    fn cases(&self) -> Vec<Case> {
        let mut root = Table::new(self.file, String::new(), 1, self.root);
        let shared = root.get("dossier");
        let mut names = BTreeSet::new();
        let tables = root.tables("case");
        let cases = tables.into_iter().filter_map(|table| self.case(table, shared.as_ref(), &mut names)).collect();
        root.finish();
        cases
    }

    fn case(&self, mut table: Table<'t>, shared: Option<&Entry<'t>>, names: &mut BTreeSet<&'t str>) -> Option<Case> {
        let place = table.place();
        let name = table.need("name").and_then(|entry| {
            let name = entry.text()?;
            if !names.insert(name) {
                entry.fault(format!("two cases of this file are called `{name}`; rename one"));
            }
            Some(name)
        });
        let why = table.need("why").and_then(|entry| entry.text());
        for (id, place) in table.get("source").map(|entry| entry.names()).unwrap_or_default() {
            if self.pack.source(&id).is_none() {
                self.file.fault(place.line, &place.key, format!("the pack declares no source `{id}`; correct it"));
            }
        }
        let dossier = self.dossier(shared, table.get("dossier").as_ref(), place.line);
        let asked = asked(&mut table, Asked::default());
        let expectations: Vec<_> =
            table.tables("expect").into_iter().filter_map(|one| self.expectation(one, asked)).collect();
        if expectations.is_empty() {
            table.fault("expects nothing; add [[case.expect]]");
        }
        table.finish();
        let (name, why) = (name?.to_owned(), why?.to_owned());
        Some(Case { file: self.name.to_owned(), line: place.line, name, why, dossier: dossier?, expectations })
    }

    /// The facts of a case: those that the file states for all its cases, each key replaced by the case's own.
    fn dossier(&self, shared: Option<&Entry<'t>>, own: Option<&Entry<'t>>, line: usize) -> Option<Dossier> {
        let mut facts = DeTable::new();
        for entry in [shared, own].into_iter().flatten() {
            entry.table()?;
            for (key, value) in entry.value.as_table()? {
                facts.insert(key.clone(), Spanned::new(value.span(), dates_as_text(value.get_ref())));
            }
        }
        let read = ValueDeserializer::from(Spanned::new(0..0, DeValue::Table(facts)));
        let dossier = match Dossier::deserialize(read) {
            Ok(dossier) => dossier,
            Err(error) => {
                let at = error.span().map(|span| span.start).filter(|at| *at > 0);
                let line = at.map_or(line, |at| self.file.line(at));
                let key = at.and_then(|at| key_at(self.root, at)).unwrap_or_else(|| "case.dossier".to_owned());
                self.file.fault(line, &key, format!("{}; correct it", error.message()));
                return None;
            }
        };
        if dossier.on.is_some() {
            self.file.fault(line, "case.dossier.on", "is the day of a question, not a fact; write `on` in the case");
        }
        let faults = dossier.check();
        for fault in &faults {
            self.file.fault(line, &format!("case.dossier{}", fault.pointer.replace('/', ".")), &*fault.message);
        }
        faults.is_empty().then_some(dossier)
    }

    fn expectation(&self, mut table: Table<'t>, asked: Asked) -> Option<Expectation> {
        let line = table.place().line;
        let asked = self::asked(&mut table, asked);
        let reading = table.get("reading");
        let readings: Vec<(Name, Entry<'t>)> = match &reading {
            Some(entry) if entry.value.is_array() => entry.items(),
            Some(entry) => vec![entry.clone()],
            None => Vec::new(),
        }
        .into_iter()
        .filter_map(|entry| Some((entry.text()?.into(), entry)))
        .collect();
        let subjects = (table.get("route"), table.get("watch"), table.get("deadline"));
        let (ask, wanted) = match subjects {
            (Some(id), None, None) => {
                let route = self.known(&id, "route", self.pack.routes().iter().map(|one| (one.id(), one)))?;
                let versions = || route.versions().iter().map(|version| &version.rule);
                known_readings(&readings, versions().flat_map(|rule| &rule.readings));
                let requirements: Vec<_> = versions().flat_map(|rule| &rule.requirements).collect();
                let wanted = members(table, ROUTE, &requirements);
                (Ask::Route(Question { route: Some(route.id().to_string()), ..question(&id, asked)? }), wanted)
            }
            (None, Some(id), None) => {
                let watch = self.known(&id, "watch", self.pack.watches().iter().map(|one| (one.id(), one)))?;
                known_readings(&readings, watch.versions().iter().flat_map(|version| &version.rule.readings));
                (Ask::Watch(watch.id().to_string(), question(&id, asked)?), members(table, WATCH, &[]))
            }
            (None, None, Some(id)) => {
                let deadline = self.known(&id, "deadline", self.pack.deadlines().iter().map(|one| (one.id(), one)))?;
                if let Some(reading) = &reading {
                    reading.fault("has no meaning for a deadline; remove it");
                }
                let event = table.need("event").and_then(|entry| event_time(&entry));
                let pauses = table.get("pause").map(|entry| pauses(&entry)).unwrap_or_default();
                let wanted = members(table, DEADLINE, &[]);
                (Ask::Deadline { id: deadline.id().to_string(), event: event?, pauses, law_at: asked.law_at }, wanted)
            }
            _ => {
                table.fault("asks nothing or too much; name one route, one watch or one deadline");
                return None;
            }
        };
        if wanted.is_empty() {
            self.file.fault(line, "case.expect", "expects nothing; add a member of the answer, such as outcome or due");
        }
        let readings = readings.into_iter().map(|(id, _)| id.to_string()).collect();
        Some(Expectation { line, ask, readings, wanted })
    }

    fn known<'p, T>(&self, id: &Entry<'t>, what: &str, all: impl Iterator<Item = (&'p Name, &'p T)>) -> Option<&'p T> {
        let text = id.text()?;
        let all: Vec<_> = all.collect();
        let found = all.iter().find(|(known, _)| **known == text).map(|(_, one)| *one);
        if found.is_none() {
            let known: Vec<_> = all.iter().map(|(known, _)| known.as_str()).collect();
            let pack = self.pack.id();
            id.fault(format!("the pack {pack} has no {what} `{text}`; it has: {}", known.join(", ")));
        }
        found
    }
}

/// The keys of a question that a case and its expectations share.
fn asked(table: &mut Table<'_>, outer: Asked) -> Asked {
    Asked {
        on: table.get("on").and_then(|entry| entry.date()).or(outer.on),
        law_at: table.get("law_at").and_then(|entry| entry.date()).or(outer.law_at),
        no_renewal: table.get("no_renewal").and_then(|entry| entry.boolean()).or(outer.no_renewal),
    }
}

fn question(id: &Entry<'_>, asked: Asked) -> Option<Question> {
    let Some(on) = asked.on else {
        id.fault("is asked on no day; add `on` to the expectation or to the case");
        return None;
    };
    Some(Question { law_at: asked.law_at, no_renewal: asked.no_renewal.unwrap_or(false), ..Question::on(on) })
}

fn known_readings<'p>(asked: &[(Name, Entry<'_>)], all: impl Iterator<Item = &'p Reading>) {
    let known: BTreeSet<&str> = all.map(|reading| reading.id.as_str()).collect();
    for (id, entry) in asked {
        if !known.contains(id.as_str()) {
            let known: Vec<_> = known.iter().copied().collect();
            entry.fault(format!("there is no reading `{id}`; there are: {}", known.join(", ")));
        }
    }
}

fn event_time(entry: &Entry<'_>) -> Option<EventTime> {
    if entry.value.as_datetime().is_some_and(|event| event.time.is_none()) {
        return entry.date().map(EventTime::Day);
    }
    let text = plain(entry.value).as_str().map(str::to_owned).unwrap_or_default();
    let day = text.parse().map(EventTime::Day).ok();
    let event = day.or_else(|| text.parse().map(EventTime::Instant).ok());
    if event.is_none() {
        entry.fault("is no event; write a day, 2026-11-13, or an instant, 2026-11-13T10:00:00Z");
    }
    event
}

fn pauses(entry: &Entry<'_>) -> Vec<(NaiveDate, NaiveDate)> {
    let pause = |item: &Entry<'_>| {
        let mut table = item.table()?;
        let mut day = |key| table.need(key).and_then(|entry| entry.date());
        let days = (day("from"), day("to"));
        table.finish();
        Some((days.0?, days.1?))
    };
    entry.items().iter().filter_map(pause).collect()
}

/// The members of an answer that may be expected; what stands in brackets has members of its own.
type Members = &'static [(&'static str, Inside)];

#[derive(Clone, Copy)]
enum Inside {
    /// A figure, a word, a date or a list, compared as a whole.
    Whole,
    /// Members of a known name.
    Of(Members),
    /// Requirements by id.
    Requirements,
    /// Texts by language.
    Languages,
}

use Inside::{Languages, Of, Requirements, Whole};

const ROUTE: Members = &[
    ("outcome", Whole),
    ("version", Whole),
    ("version_ends", Whole),
    ("eligible_since", Whole),
    ("earliest", Whole),
    ("latest", Whole),
    ("clock_earliest", Whole),
    ("missing", Whole),
    ("windows", Whole),
    ("main_blocker", Whole),
    ("closed_by", Of(&[("requirement", Whole), ("since", Whole), ("source", Whole)])),
    ("requirements", Requirements),
    ("uncertain", Whole),
    ("source", Whole),
];

const REQUIREMENT: Members = &[
    ("state", Whole),
    ("met_from", Whole),
    ("met_since", Whole),
    ("met_until", Whole),
    ("obtainable", Whole),
    ("source", Whole),
    ("measured", Of(MEASURED)),
    ("of", Requirements),
];

const MEASURED: Members = &[
    ("start", Whole),
    ("full_on", Whole),
    ("days", Whole),
    ("needed", Whole),
    ("used", Whole),
    ("most_used", Whole),
    ("limit", Whole),
    ("left", Whole),
    ("value", Whole),
    ("required", Whole),
];

const WATCH: Members = &[
    (REPORTED, Whole),
    ("state", Whole),
    ("version", Whole),
    ("status_from", Whole),
    ("used", Whole),
    ("limit", Whole),
    ("left", Whole),
    ("window", Of(&[("from", Whole), ("to", Whole)])),
    ("breached_on", Whole),
    ("safe_until", Whole),
    ("consequence", Languages),
    ("source", Whole),
];

const DEADLINE: Members =
    &[("due", Whole), ("version", Whole), ("provisional", Whole), ("consequence", Languages), ("source", Whole)];

/// The members that an expectation names. The question's own keys have been taken from `table` before.
fn members(mut table: Table<'_>, known: Members, requirements: &[&Requirement]) -> Vec<Wanted> {
    let mut wanted = Vec::new();
    for (key, inside) in known {
        if let Some(entry) = table.get(key) {
            member(&entry, *inside, vec![(*key).to_owned()], requirements, &mut wanted);
        }
    }
    table.finish();
    wanted
}

fn member(entry: &Entry<'_>, inside: Inside, path: Vec<String>, known: &[&Requirement], wanted: &mut Vec<Wanted>) {
    let below = |key: &str| path.iter().cloned().chain([key.to_owned()]).collect::<Vec<_>>();
    match inside {
        Whole => wanted.push(Wanted { value: expected(entry), path }),
        Of(members) => {
            let Some(mut table) = entry.table() else { return };
            for (key, inside) in members {
                if let Some(entry) = table.get(key) {
                    member(&entry, *inside, below(key), known, wanted);
                }
            }
            table.finish();
        }
        Languages => {
            entry.languages();
            for (language, entry) in entry.table().map(Table::entries).unwrap_or_default() {
                wanted.push(Wanted { value: plain(entry.value), path: below(language) });
            }
        }
        Requirements => {
            for (id, entry) in entry.table().map(Table::entries).unwrap_or_default() {
                let of_id: Vec<_> = known.iter().filter(|one| one.id == id).collect();
                if of_id.is_empty() {
                    let known: BTreeSet<_> = known.iter().map(|one| one.id.as_str()).collect();
                    let known: Vec<_> = known.into_iter().collect();
                    entry.fault(format!("the route has no requirement `{id}`; it has: {}", known.join(", ")));
                } else if entry.value.is_table() {
                    let parts: Vec<&Requirement> = of_id.iter().flat_map(|one| parts(one)).collect();
                    member(&entry, Of(REQUIREMENT), below(id), &parts, wanted);
                } else {
                    // The short form: the state alone.
                    let path = below(id).into_iter().chain(["state".to_owned()]).collect();
                    wanted.push(Wanted { value: expected(&entry), path });
                }
            }
        }
    }
}

fn parts(requirement: &Requirement) -> &[Requirement] {
    match &requirement.kind {
        Kind::AnyOf(parts) => parts,
        _ => &[],
    }
}
