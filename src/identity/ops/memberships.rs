//! What accounts act as: offered, accepted by whoever comes, confirmed, ended. Rights come from the confirmed one alone.

use serde_json::json;

use super::super::model::{Appointment, misfits};
use super::accounts::{self, Administrator, Colleague, change_rights, invalid_transition};
use crate::access::account::{self, State as AccountState};
use crate::access::membership::{self, Membership, State};
use crate::clock::Instant;
use crate::db::{Action, Audited, Event, ReadTx, TextEnum as _, WriteTx};
use crate::error::{Code, Error, Fault, Result};
use crate::id::{AccountId, MembershipId};

/// A membership of an account the administrator may know of.
pub(in crate::identity) fn find(tx: &mut ReadTx<'_>, by: &Administrator, id: MembershipId) -> Result<Membership> {
    let found = membership::by_id(tx, id)?.ok_or_else(Error::not_found)?;
    accounts::find(tx, by, found.account_id)?;
    Ok(found)
}

/// A page of what an account acted as, the first offer first.
pub(in crate::identity) fn history(
    tx: &mut ReadTx<'_>,
    by: &Administrator,
    account: AccountId,
    after: Option<Instant>,
    limit: usize,
) -> Result<Vec<Membership>> {
    accounts::find(tx, by, account)?;
    membership::history(tx, account, after, limit)
}

/// Ends what an account acts as and offers something else. Who has set a password has accepted it already; it counts once it is confirmed.
pub(in crate::identity) fn begin(
    tx: &mut WriteTx<'_>,
    by: &Administrator,
    of: &Colleague,
    appointment: &Appointment,
) -> Result<Audited<Membership>> {
    by.may_change(of.account.id, &of.last)?;
    by.may_hand_out(appointment)?;
    refuse_misfits(tx, appointment, "")?;
    if of.account.state() == AccountState::Disabled {
        return Err(invalid_transition(AccountState::Disabled.text(), &["active"]));
    }
    let (now, actor) = (tx.now(), tx.account());
    if of.last.ended_at.is_none() {
        let ended = Membership { ended_at: Some(now), ended_by: actor, ..of.last.clone() };
        membership::replace(tx, &of.last, ended)?;
    }
    let begun = Membership {
        // Offers of one account are in order, also when the clock steps back.
        invited_at: now.after(of.last.invited_at),
        accepted_at: (of.account.state() == AccountState::Active).then_some(now),
        ..offered(tx, of.account.id, appointment)
    };
    membership::insert(tx, &begun)?;
    change_rights(tx, &of.account, of.account.clone())?;
    let details = json!({ "account": begun.account_id, "membership": begun.id, "instead_of": of.last.id, "role": begun.role,
        "reach": begun.reach, "office": begun.office_id, "organisation": begun.organisation_id });
    tx.record(&Event::plain(Action::MembershipBegun).with(details), begun)
}

/// Confirms a membership that was accepted, or ends one.
pub(in crate::identity) fn change(
    tx: &mut WriteTx<'_>,
    by: &Administrator,
    before: &Membership,
    confirm: bool,
    reason: &str,
) -> Result<Audited<Membership>> {
    by.may_change(before.account_id, before)?;
    let state = before.state();
    let allowed: &[&str] = match state {
        State::Accepted => &["confirmed", "ended"],
        State::Invited | State::Confirmed => &["ended"],
        State::Ended => &[],
    };
    if !allowed.contains(&if confirm { "confirmed" } else { "ended" }) {
        return Err(invalid_transition(state.text(), allowed));
    }
    let (now, actor) = (tx.now(), tx.account());
    if confirm && actor.is_some() && actor == before.invited_by {
        refuse_alone(tx, before)?;
    }
    let mut after = before.clone();
    if confirm {
        (after.confirmed_at, after.confirmed_by) = (Some(now), actor);
    } else {
        (after.ended_at, after.ended_by) = (Some(now), actor);
    }
    let after = membership::replace(tx, before, after)?;
    let account = account::by_id(tx, before.account_id)?.ok_or_else(Error::not_found)?;
    change_rights(tx, &account, account.clone())?;
    let details =
        json!({ "account": after.account_id, "membership": after.id, "state": after.state(), "reason": reason });
    tx.record(&Event::plain(Action::MembershipChanged).with(details), after)
}

/// Who invited somebody does not confirm them: one bribed administrator could else make a colleague who does not exist, and see files as that
/// one. Where there is no second administrator, the first is alone.
fn refuse_alone(tx: &mut ReadTx<'_>, invited: &Membership) -> Result<()> {
    let Some(by) = invited.invited_by else { return Ok(()) };
    if membership::has_other_administrator(tx, by, invited.office_id)? {
        let detail = "You invited them, so another administrator confirms that they are who they say.";
        return Err(Error::new(Code::ActionNotPermitted).with_detail(detail));
    }
    Ok(())
}

/// A membership that somebody is offered.
pub(super) fn offered(tx: &WriteTx<'_>, account: AccountId, appointment: &Appointment) -> Membership {
    let Appointment { role, reach, office, organisation } = *appointment;
    Membership { office_id: office, organisation_id: organisation, ..Membership::offered(tx, account, role, reach) }
}

/// 422 for what does not fit the role, and for offices and organisations there are not. `at` is where the membership stands in the body.
pub(super) fn refuse_misfits(tx: &mut ReadTx<'_>, appointment: &Appointment, at: &str) -> Result<()> {
    let Appointment { role, reach, office, organisation } = *appointment;
    let found = misfits(role, reach, office.is_some(), organisation.is_some(), false);
    let mut faults: Vec<Fault> = found
        .into_iter()
        .map(|(member, code, message)| {
            let suffix = if matches!(member, "office" | "organisation") { "_id" } else { "" };
            Fault::at(format!("{at}/{member}{suffix}"), code, message)
        })
        .collect();
    for member in accounts::unknown_places(tx, appointment)? {
        faults.push(Fault::at(format!("{at}/{member}"), "unknown", "There is none with this id."));
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults)) }
}
