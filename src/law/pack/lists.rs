//! Closed lists of the law: grounds, and whatever else a statute enumerates.

use std::collections::BTreeSet;

use serde::Serialize;
use utoipa::ToSchema;

use super::parts::Gathered;
use super::read::Table;
use super::{Pack, PackFault, Version, Versioned};
use crate::law::name::{Name, Names, Text};

/// What a statute enumerates on a day.
#[derive(Clone, Debug)]
pub struct List {
    members: Vec<ListMember>,
    may_follow: Vec<Name>,
}

/// One member of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LawListMember)]
pub struct ListMember {
    /// Its code, mostly an article.
    #[schema(value_type = String)]
    pub code: Name,
    /// What it says.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    pub text: Text,
    /// The kind of event that it is, if terms run from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub event: Option<Name>,
    /// Ids of the sources.
    #[schema(value_type = Vec<String>)]
    pub source: Names,
}

impl List {
    /// The members in the order of the pack.
    pub fn members(&self) -> &[ListMember] {
        &self.members
    }

    /// A member by its code.
    pub fn member(&self, code: &str) -> Option<&ListMember> {
        self.members.iter().find(|member| member.code == *code)
    }

    /// Kinds of events that may follow, from which terms would run.
    pub fn may_follow(&self) -> &[Name] {
        &self.may_follow
    }
}

impl Pack {
    /// All lists in the order of the pack.
    pub fn lists(&self) -> &[Versioned<List>] {
        &self.lists
    }

    /// A list as it is on a day.
    pub fn list_on(&self, id: &str, on: chrono::NaiveDate) -> Option<&Version<List>> {
        self.lists.iter().find(|list| *list.id() == *id)?.on(on)
    }
}

/// Reads a list; `outer` is its source.
pub(super) fn list(gathered: &mut Gathered, table: &mut Table<'_>, outer: &Names) -> Option<List> {
    let may_follow: Vec<Name> = match table.get("may_follow") {
        Some(entry) => {
            let named = entry.names();
            gathered.events.extend(named.iter().cloned());
            named.into_iter().map(|(name, _)| name).collect()
        }
        None => Vec::new(),
    };
    let entry = table.need("members")?;
    let items = entry.items();
    if items.is_empty() && entry.value.is_array() {
        entry.fault("is empty; name at least one member, [ { code = \"…\", text = { en = \"…\" } } ]");
        return None;
    }
    let mut codes = BTreeSet::new();
    let mut members = Vec::with_capacity(items.len());
    for item in &items {
        let mut table = item.table()?;
        let code = table.need("code").and_then(|entry| entry.text());
        let text = table.need("text").and_then(|entry| entry.languages());
        let event = table.get("event").and_then(|entry| {
            let name = Name::from(entry.text()?);
            gathered.events.push((name.clone(), entry.place()));
            Some(name)
        });
        let source = gathered.source(&mut table, Some(outer));
        if let Some(code) = code
            && !codes.insert(code)
        {
            table.fault(format!("two members are called `{code}`; rename or remove one"));
        }
        table.finish();
        if let (Some(code), Some(text)) = (code, text) {
            members.push(ListMember { code: code.into(), text, event, source });
        }
    }
    (members.len() == items.len()).then_some(List { members, may_follow })
}

/// An event that a list names and no term runs from is a slip of the pen.
pub(super) fn events_without_term(
    gathered: &Gathered,
    deadlines: &[Versioned<super::Deadline>],
    faults: &mut Vec<PackFault>,
) {
    let runs = |event: &Name| {
        let versions = deadlines.iter().flat_map(Versioned::versions);
        versions.into_iter().any(|version| version.rule.event() == event)
    };
    for (event, place) in &gathered.events {
        if !runs(event) {
            faults.push(place.fault(format!("no [[deadline]] runs from `{event}`; correct the event or add the term")));
        }
    }
}
