//! Keeping colleagues' accounts. An administrator never sees or sets a password, and never sees a file.

use secrecy::SecretString;
use serde_json::json;

use super::super::model::{Appointment, Email};
use super::super::store;
use super::{memberships, taken};
use crate::access::account::{self, Account, State};
use crate::access::membership::{self, Membership};
use crate::access::one_time::{self, Issued, Purpose};
use crate::access::policy::{Role, may_appoint};
use crate::access::session::{self, Ended};
use crate::access::standing::Standing;
use crate::db::{Action, Audited, Event, ReadTx, TextEnum as _, WriteTx};
use crate::error::{Code, Error, Result};
use crate::id::AccountId;

/// Who keeps accounts.
#[derive(Clone)]
pub(in crate::identity) struct Administrator {
    account: AccountId,
    membership: Membership,
}

impl Administrator {
    /// Whoever calls. That the role is an administrator's was checked at the door.
    pub(in crate::identity) fn of(standing: &Standing) -> Result<Self> {
        let membership = standing.membership.clone().ok_or_else(|| Error::new(Code::RoleNotPermitted))?;
        Ok(Self { account: standing.account.id, membership })
    }

    /// Does the administrator keep the accounts of the whole service?
    pub(in crate::identity) fn is_national(&self) -> bool {
        self.membership.office_id.is_none()
    }

    /// The office whose accounts the administrator keeps; none: all.
    pub(in crate::identity) fn office(&self) -> Option<crate::id::OfficeId> {
        self.membership.office_id
    }

    /// 403 unless the administrator may make somebody this.
    pub(super) fn may_hand_out(&self, appointment: &Appointment) -> Result<()> {
        let Appointment { role, reach, office, organisation } = *appointment;
        if may_appoint(&self.membership, role, reach, office, organisation) {
            Ok(())
        } else {
            Err(Error::new(Code::ActionNotPermitted).with_detail("This is not yours to hand out."))
        }
    }

    /// 403 for the own account, and for accounts that are more than the administrator may hand out: whoever could reset their passwords
    /// could be them.
    pub(super) fn may_change(&self, account: AccountId, last: &Membership) -> Result<()> {
        if account == self.account {
            let why = "Nobody changes the own account or membership: another administrator does.";
            return Err(Error::new(Code::ActionNotPermitted).with_detail(why));
        }
        let Membership { role, reach, office_id, organisation_id, .. } = *last;
        self.may_hand_out(&Appointment { role, reach, office: office_id, organisation: organisation_id })
    }
}

/// An account with what it acts as, or acted as last.
#[derive(Clone)]
pub(in crate::identity) struct Colleague {
    pub(in crate::identity) account: Account,
    pub(in crate::identity) last: Membership,
}

/// An account the administrator may know of. Immigrants' accounts exist for administrators of the whole service alone.
pub(in crate::identity) fn find(tx: &mut ReadTx<'_>, by: &Administrator, id: AccountId) -> Result<Colleague> {
    let account = account::by_id(tx, id)?.ok_or_else(Error::not_found)?;
    let last = membership::last(tx, id)?.ok_or_else(Error::not_found)?;
    let known = match by.office() {
        None => true,
        Some(own) => last.office_id == Some(own) && last.role != Role::Applicant,
    };
    if known { Ok(Colleague { account, last }) } else { Err(Error::not_found()) }
}

/// A page of the accounts the administrator keeps, by e-mail.
pub(in crate::identity) fn list(
    tx: &mut ReadTx<'_>,
    by: &Administrator,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<Colleague>> {
    let rows = account::page(tx, by.office(), after, limit)?;
    Ok(rows.into_iter().map(|(account, last)| Colleague { account, last }).collect())
}

/// Makes an account without a password, and the code with which its owner sets one.
pub(in crate::identity) fn invite(
    tx: &mut WriteTx<'_>,
    by: &Administrator,
    email: &Email,
    display_name: &str,
    appointment: &Appointment,
) -> Result<Audited<(Colleague, Issued)>> {
    by.may_hand_out(appointment)?;
    memberships::refuse_misfits(tx, appointment, "/membership")?;
    if account::by_email(tx, &email.to_string())?.is_some() {
        return Err(taken(email));
    }
    let account = Account::invited(tx, email.to_string(), display_name.to_owned());
    account::insert(tx, &account)?;
    let last = memberships::offered(tx, account.id, appointment);
    membership::insert(tx, &last)?;
    let issued = one_time::issue_code(tx, Purpose::Activation, Some(account.id))?;
    let details = json!({ "account": account.id, "membership": last.id, "role": last.role, "reach": last.reach,
        "office": last.office_id, "organisation": last.organisation_id });
    tx.record(&Event::plain(Action::AccountInvited).with(details), (Colleague { account, last }, issued))
}

/// Disables an account, or enables it again.
pub(in crate::identity) fn change_state(
    tx: &mut WriteTx<'_>,
    by: &Administrator,
    before: &Colleague,
    disable: bool,
    reason: &str,
) -> Result<Audited<Colleague>> {
    by.may_change(before.account.id, &before.last)?;
    let state = before.account.state();
    if disable == (state == State::Disabled) {
        let other = if disable { "active" } else { "disabled" };
        return Err(invalid_transition(state.text(), &[other]));
    }
    let (now, actor) = (tx.now(), tx.account());
    let mut after = before.account.clone();
    (after.disabled_at, after.disabled_by) = if disable { (Some(now), actor) } else { (None, None) };
    one_time::end_codes(tx, Some(after.id))?;
    let account = change_rights(tx, &before.account, after)?;
    let details = json!({ "account": account.id, "state": account.state(), "reason": reason });
    let after = Colleague { account, last: before.last.clone() };
    tx.record(&Event::plain(Action::AccountStateChanged).with(details), after)
}

/// Hands out a new code; the account's earlier ones end.
pub(in crate::identity) fn issue(
    tx: &mut WriteTx<'_>,
    by: &Administrator,
    to: &Colleague,
    purpose: Purpose,
) -> Result<Audited<Issued>> {
    by.may_change(to.account.id, &to.last)?;
    let state = to.account.state();
    match (state, purpose) {
        (State::Invited, Purpose::Activation) | (State::Active, Purpose::Reset) => {}
        (State::Invited, _) => return Err(invalid_transition(state.text(), &["activation"])),
        (State::Active, _) => return Err(invalid_transition(state.text(), &["reset"])),
        (State::Disabled, _) => return Err(invalid_transition(state.text(), &[])),
    }
    let issued = one_time::issue_code(tx, purpose, Some(to.account.id))?;
    tx.record(&Event::plain(Action::CodeIssued).with(json!({ "account": to.account.id, "purpose": purpose })), issued)
}

/// Ends every session of an account.
pub(in crate::identity) fn end_sessions(
    tx: &mut WriteTx<'_>,
    by: &Administrator,
    of: &Colleague,
) -> Result<Audited<()>> {
    by.may_change(of.account.id, &of.last)?;
    session::end_others(tx, of.account.id, None, Ended::Revoked)?;
    tx.record(&Event::plain(Action::SessionsRevoked).with(json!({ "account": of.account.id })), ())
}

/// Stores a change of what an account may do: its tokens and sessions end on every instance.
pub(super) fn change_rights(tx: &mut WriteTx<'_>, before: &Account, after: Account) -> Result<Account> {
    session::end_others(tx, before.id, None, Ended::RightsChanged)?;
    let after = account::with_new_rights(tx, after);
    account::replace(tx, before, after)
}

/// 409 with what would be possible.
pub(super) fn invalid_transition(state: &str, allowed: &[&str]) -> Error {
    let allowed: Vec<_> =
        allowed.iter().map(|transition| json!({ "transition": transition, "who": "accounts.manage" })).collect();
    Error::new(Code::InvalidTransition).with_member("state", state).with_member("allowed", allowed)
}

/// Says in the log that a code for the first administrator was made, and hands it to the operator.
pub(crate) fn issue_setup_code(tx: &mut WriteTx<'_>) -> Result<Audited<SecretString>> {
    let issued = one_time::issue_code(tx, Purpose::FirstAdministrator, None)?;
    let details = json!({ "purpose": Purpose::FirstAdministrator });
    tx.record(&Event::plain(Action::CodeIssued).with(details), issued.code)
}

/// Does an office or organisation of an appointment not exist?
pub(super) fn unknown_places(tx: &mut ReadTx<'_>, appointment: &Appointment) -> Result<Vec<&'static str>> {
    let mut unknown = Vec::new();
    if let Some(id) = appointment.office
        && store::office_name(tx, id)?.is_none()
    {
        unknown.push("office_id");
    }
    if let Some(id) = appointment.organisation
        && store::organisation_name(tx, id)?.is_none()
    {
        unknown.push("organisation_id");
    }
    Ok(unknown)
}

/// Is anybody an administrator?
pub(crate) fn has_administrator(tx: &mut ReadTx<'_>) -> Result<bool> {
    membership::has_administrator(tx)
}
