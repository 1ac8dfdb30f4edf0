//! What follows from a tie by the law's own lists, on one day.

use chrono::NaiveDate;

use crate::calendar::Period;
use crate::db::{TextEnum, text_enum};
use crate::law::{Kin, Name, Names, Pack, Text, Through};
use crate::people::Born;
use crate::permits::Permit;

use super::TieKind;

/// Whose citizenship the pack is about: the parameter that names it.
const OWN_NATIONALITY: &str = "citizenship.nationality";

text_enum! {
    /// How sure it is that a list is met, or a right given.
    pub enum Stand {
        /// It is, as far as the tie goes.
        Met = "met",
        /// It is, if what `needs` names is so.
        Depends = "depends",
    }
}

/// What is on record of the person through whom a right may come. What nobody may know here is not known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sponsor {
    /// Nationalities held on the day.
    pub(crate) nationalities: Vec<String>,
    /// Permits in force on the day.
    pub(crate) permits: Vec<Permit>,
}

/// What is known of the two persons of a tie.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known<'a> {
    /// When the one who may get a right was born.
    pub(crate) born: Born,
    /// Is that one a citizen? Then no ground to stay is needed.
    pub(crate) is_citizen: bool,
    /// The other; none: not for the eyes of the caller.
    pub(crate) sponsor: Option<&'a Sponsor>,
}

/// A list that a tie meets, or may meet.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    /// Its id: of a right the article.
    pub(crate) id: Name,
    pub(crate) title: Option<Text>,
    pub(crate) source: Names,
    /// Does it give a right, or only say who is a relative?
    pub(crate) is_right: bool,
    pub(crate) stand: Stand,
    /// What a paper must show, or is not known here.
    pub(crate) needs: Vec<&'static str>,
}

/// Is somebody younger than that on a day? None: the birth date does not tell.
pub(crate) fn younger_than(years: u32, born: Born, on: NaiveDate) -> Option<bool> {
    let birthday = |day: NaiveDate| Period::years(years).after(day);
    if born.earliest.is_some_and(|day| birthday(day) > on) {
        Some(true)
    } else if born.latest.is_some_and(|day| birthday(day) <= on) {
        Some(false)
    } else {
        None
    }
}

/// Is somebody with these nationalities a citizen of the pack's state on that day?
pub(crate) fn is_citizen(pack: &Pack, on: NaiveDate, nationalities: &[String]) -> bool {
    let own = pack.parameter(OWN_NATIONALITY, on).map(ToString::to_string);
    own.is_some_and(|own| nationalities.contains(&own))
}

/// Every list that somebody who is `kind` to the other meets on a day.
pub(crate) fn judge(pack: &Pack, on: NaiveDate, kind: TieKind, known: Known<'_>) -> Vec<Listed> {
    let mut found = Vec::new();
    for kinship in pack.kinships() {
        let Some(version) = kinship.on(on) else { continue };
        let Some(mut needs) = as_member(pack.members(&version.rule, on), kind, known.born, on) else { continue };
        let through = version.rule.through();
        if through.is_some() && known.is_citizen {
            continue;
        }
        match through.map(|through| is_so(pack, on, through, known.sponsor)) {
            Some(Some(false)) => continue,
            Some(None) => needs.push(needed(through)),
            Some(Some(true)) | None => {}
        }
        found.push(Listed {
            id: kinship.id().clone(),
            title: version.title.clone(),
            source: version.source.clone(),
            is_right: through.is_some(),
            stand: if needs.is_empty() { Stand::Met } else { Stand::Depends },
            needs,
        });
    }
    found
}

/// What is still needed to be a member; none: is no member. Of several ways in the surest counts.
fn as_member(members: &[Kin], kind: TieKind, born: Born, on: NaiveDate) -> Option<Vec<&'static str>> {
    let mut open: Option<Vec<&'static str>> = None;
    for member in members.iter().filter(|member| member.kind == kind.text()) {
        let mut needs = member.shown_by_paper.clone();
        match member.under_age.map(|years| younger_than(years, born, on)) {
            Some(Some(false)) => continue,
            Some(None) => needs.push("birth_date"),
            Some(Some(true)) | None => {}
        }
        if open.as_ref().is_none_or(|known| needs.len() < known.len()) {
            open = Some(needs);
        }
    }
    open
}

/// Is the other what the right needs? None: the record does not say, or it is not for the caller.
fn is_so(pack: &Pack, on: NaiveDate, through: &Through, sponsor: Option<&Sponsor>) -> Option<bool> {
    let sponsor = sponsor?;
    match through {
        Through::Citizen if sponsor.nationalities.is_empty() => None,
        Through::Citizen => Some(is_citizen(pack, on, &sponsor.nationalities)),
        Through::Holder(statuses) => Some(sponsor.permits.iter().any(|permit| {
            statuses.picks(permit.kind.text(), permit.ground.as_deref(), permit.sponsor_ground.as_deref())
        })),
    }
}

const fn needed(through: Option<&Through>) -> &'static str {
    match through {
        Some(Through::Holder(_)) => "sponsor_holds_permit",
        _ => "sponsor_is_citizen",
    }
}

#[cfg(test)]
mod tests;
