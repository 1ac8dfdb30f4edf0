//! Grounds are articles of closed lists, which the law pack holds by date.

use chrono::NaiveDate;

use super::{End, EndKind, Permit, StatusKind};
use crate::db::TextEnum;
use crate::error::{Error, Result};
use crate::law::{List, ListMember, Pack, Version};

/// The list of the grounds on which permits of a kind end, as it is on a day.
pub(in crate::permits) fn end_list(pack: &Pack, kind: StatusKind, on: NaiveDate) -> Option<&Version<List>> {
    pack.list_on(&end_list_id(kind), on)
}

fn end_list_id(kind: StatusKind) -> String {
    format!("permit_end.{}", kind.text())
}

/// The member of the list that an end rests on; 422 for another one. Who gives a permit back needs no ground. Where the law of the day has no
/// list, none can be given: it could not be told from a slip of the pen.
pub(in crate::permits) fn end_ground<'p>(
    pack: &'p Pack,
    kind: StatusKind,
    end: &End,
) -> Result<Option<&'p ListMember>> {
    let (id, on) = (end_list_id(kind), end.on);
    let refused = |code, message| Err(Error::invalid_at("/ground", code, message));
    match (end_list(pack, kind, on), end.ground.as_deref()) {
        (None, None) => Ok(None),
        (None, Some(_)) => refused("no_list", format!("The law pack has no list {id} for {on}. Leave the ground out.")),
        (Some(_), None) if end.kind == EndKind::Returned => Ok(None),
        (Some(list), None) => {
            refused("required", format!("A ground of the list {id} is needed: {}.", codes(&list.rule)))
        }
        (Some(list), Some(code)) => {
            if let Some(member) = list.rule.member(code) {
                return Ok(Some(member));
            }
            let known = codes(&list.rule);
            refused("unlisted_ground", format!("The list {id} of {on} has no such ground. It has {known}."))
        }
    }
}

fn codes(list: &List) -> String {
    list.members().iter().map(|member| member.code.as_str()).collect::<Vec<_>>().join(", ")
}

/// Why the ground of a permit is doubtful: the law of its first day did not have it. A doubt and no refusal, for old files exist.
pub(in crate::permits) fn grant_doubt(pack: &Pack, permit: &Permit) -> Option<String> {
    let ground = permit.ground.as_deref()?;
    let id = format!("permit_grant.{}", permit.kind.text());
    let list = pack.list_on(&id, permit.valid_from)?;
    let known = list.rule.member(ground).is_some();
    (!known).then(|| {
        let on = permit.valid_from;
        format!(
            "The law of {on} has no ground {ground} for this permit. Compare it with the document; the list is {id}."
        )
    })
}
