//! Kinship: the law's own lists of relatives, and what a tie to somebody may give.
//!
//! A list names what the one is *to* the other: who is a close relative of a citizen, never of whom a citizen is one. The direction is
//! the whole difference between a nephew and an uncle.

use super::super::name::Name;
use super::super::status::Selector;
use super::parts::selectors;
use super::read::{Entry, Table};

/// What somebody can be to another, in the words that lists and the record share.
pub const KINDS_OF_KIN: &[&str] = &[
    "spouse",
    "parent",
    "child",
    "sibling",
    "grandparent",
    "grandchild",
    "great_grandparent",
    "great_grandchild",
    "uncle_or_aunt",
    "nephew_or_niece",
    "parent_in_law",
    "child_in_law",
    "spouses_sibling",
    "siblings_spouse",
];

/// Conditions that no record holds: a paper shows them when it matters.
const SHOWN_BY_PAPER: &[&str] = &["dependent", "incapacitated", "sponsor_registered"];

/// A list of relatives; with `of`, what its members get through somebody who is this.
#[derive(Clone, Debug)]
pub struct Kinship {
    members: Members,
    through: Option<Through>,
}

#[derive(Clone, Debug)]
enum Members {
    Own(Vec<Kin>),
    Of(Name),
}

/// One kind of relative on a list.
#[derive(Clone, Debug)]
pub struct Kin {
    /// What the one is to the other.
    pub kind: Name,
    /// Only while younger than that, in years.
    pub under_age: Option<u32>,
    /// What else must be so, which only a paper shows.
    pub shown_by_paper: Vec<&'static str>,
}

/// What the other must be for the members of a list to get something.
#[derive(Clone, Debug)]
pub enum Through {
    /// A citizen.
    Citizen,
    /// The holder of one of these statuses.
    Holder(HeldBy),
}

/// Statuses, one of which the other must hold.
#[derive(Clone, Debug)]
pub struct HeldBy(Vec<Selector>);

impl HeldBy {
    /// Is a status of this kind and these grounds one of them?
    pub fn picks(&self, kind: &str, ground: Option<&str>, sponsor_ground: Option<&str>) -> bool {
        self.0.iter().any(|selector| selector.picks(kind, ground, sponsor_ground))
    }
}

impl Kinship {
    /// What the other must be; none: the list gives nothing by itself.
    pub fn through(&self) -> Option<&Through> {
        self.through.as_ref()
    }

    /// The list whose members are meant.
    pub(super) fn other_list(&self) -> Option<&Name> {
        match &self.members {
            Members::Own(_) => None,
            Members::Of(list) => Some(list),
        }
    }

    /// The members stated here.
    pub(super) fn own_members(&self) -> &[Kin] {
        match &self.members {
            Members::Own(members) => members,
            Members::Of(_) => &[],
        }
    }
}

pub(super) fn read(table: &mut Table<'_>) -> Option<Kinship> {
    let members = match (table.get("members"), table.get("list")) {
        (Some(entry), None) => members(&entry).map(Members::Own),
        (None, Some(entry)) => entry.text().map(|list| Members::Of(list.into())),
        _ => {
            table.fault("needs either `members` or the `list` that has them");
            None
        }
    };
    let through = match table.get("of") {
        None => None,
        Some(entry) if entry.value.is_str() => Some(entry.one_of(&[("citizen", ())]).map(|()| Through::Citizen)?),
        Some(entry) => {
            if entry.value.as_array().is_some_and(|items| items.is_empty()) {
                entry.fault("is empty; name at least one status, [ { kind = \"…\" } ]");
            }
            Some(Through::Holder(HeldBy(selectors(table, "of"))))
        }
    };
    Some(Kinship { members: members?, through })
}

fn members(entry: &Entry<'_>) -> Option<Vec<Kin>> {
    let items = entry.items();
    if items.is_empty() && entry.value.is_array() {
        entry.fault("is empty; name at least one relative, [ { kind = \"spouse\" } ]");
    }
    items.iter().map(member).collect()
}

fn member(item: &Entry<'_>) -> Option<Kin> {
    let mut table = item.table()?;
    let kinds: Vec<_> = KINDS_OF_KIN.iter().map(|kind| (*kind, *kind)).collect();
    let kind = table.need("kind").and_then(|entry| entry.one_of(&kinds));
    let under_age = table.get("under_age").map(|entry| entry.number(1));
    let mut shown_by_paper = Vec::new();
    for condition in SHOWN_BY_PAPER.iter().copied() {
        let Some(entry) = table.get(condition) else { continue };
        match entry.boolean() {
            Some(true) => shown_by_paper.push(condition),
            Some(false) => entry.fault("says nothing; write true or leave it out"),
            None => {}
        }
    }
    table.finish();
    let under_age = match under_age {
        Some(age) => Some(age?),
        None => None,
    };
    Some(Kin { kind: kind?.into(), under_age, shown_by_paper })
}
