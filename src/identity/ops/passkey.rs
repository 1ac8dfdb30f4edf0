//! Passkeys as the second factor of a sign-in: asked for, shown, registered. Failures end like those of next door, in the one answer.

use secrecy::SecretString;
use serde_json::json;

use super::factors::changed;
use super::sign_in::{
    House, Outcome, admit, enrolled, holder, may_have_another, pending, proof_failed, proved_again, refuse_spent,
};
use crate::access::account::Account;
use crate::access::attempts::{self, Device};
use crate::access::factor::{self, PasskeyRow, Proof};
use crate::access::passkey::{self, Assertion, Challenge, For, Registration, RelyingParty, Shown};
use crate::access::standing::Standing;
use crate::access::throttle::Path;
use crate::access::token::Claims;
use crate::db::{Action, Audited, Event, WriteTx};
use crate::error::{Code, Error, Fault, Result};
use crate::id::ChallengeId;

/// An authenticator's answer to a challenge.
pub(in crate::identity) struct Answered<A> {
    pub(in crate::identity) challenge: ChallengeId,
    pub(in crate::identity) credential: A,
    pub(in crate::identity) device: Option<SecretString>,
}

fn refused<T>(tx: &mut WriteTx<'_>, nothing: T) -> Result<Audited<T>> {
    tx.record(&Event::plain(Action::SignInFailed), nothing)
}

fn of(account: &Account, claims: &Claims) -> For {
    For { account: account.id, sign_in: claims.sid }
}

/// Asks somebody whose password was right a moment ago for one of the account's passkeys.
pub(in crate::identity) fn challenge(
    tx: &mut WriteTx<'_>,
    claims: &Claims,
    party: &RelyingParty,
) -> Result<Audited<Option<Challenge>>> {
    let Some(account) = pending(tx, claims)? else { return refused(tx, None) };
    let Some(challenge) = passkey::ask(tx, party, of(&account, claims))? else { return refused(tx, None) };
    let event = Event::plain(Action::PasskeyChallenged).with(json!({ "account": account.id }));
    tx.record(&event, Some(challenge))
}

/// Judges a passkey as the second factor. Failures count, though nobody guesses a signature: whoever tries is seen.
pub(in crate::identity) fn by_passkey(
    tx: &mut WriteTx<'_>,
    claims: &Claims,
    party: &RelyingParty,
    answered: &Answered<Assertion>,
    house: House,
) -> Result<Audited<Outcome>> {
    let Some(account) = pending(tx, claims)? else { return refused(tx, Outcome::Refused) };
    let device = answered.device.as_ref().map(|token| attempts::device(tx, account.id, token)).transpose()?.flatten();
    let tried = Tried { path: Path::Passkey, account: &account, whose: of(&account, claims), device: device.as_ref() };
    match judge(tx, party, tried, answered, house)? {
        Shown::Yes => admit(tx, account, device.as_ref(), true, Vec::new()),
        Shown::CountedBack => counted_back(tx, &account),
        Shown::No => refused(tx, Outcome::Refused),
    }
}

/// Where and for whom a passkey is tried.
#[derive(Clone, Copy)]
struct Tried<'a> {
    path: Path,
    account: &'a Account,
    whose: For,
    device: Option<&'a Device>,
}

/// Counts as it judges, each path by itself.
fn judge(
    tx: &mut WriteTx<'_>,
    party: &RelyingParty,
    tried: Tried<'_>,
    answered: &Answered<Assertion>,
    house: House,
) -> Result<Shown> {
    let Tried { path, account, whose, device } = tried;
    let key = attempts::key(tx, path, &account.email, device);
    if attempts::is_locked(tx, &key, path, house.zone)? {
        return Ok(Shown::No);
    }
    let shown = passkey::show(tx, party, whose, answered.challenge, &answered.credential)?;
    if shown == Shown::Yes {
        attempts::clear(tx, &key, account.id)?;
    } else {
        attempts::count(tx, &key, house.zone)?;
    }
    Ok(shown)
}

fn counted_back(tx: &mut WriteTx<'_>, account: &Account) -> Result<Audited<Outcome>> {
    let event = Event::plain(Action::PasskeyCountedBack).with(json!({ "account": account.id }));
    tx.record(&event, Outcome::Refused)
}

/// Asks whoever holds a session for a passkey, to prove again who they are.
pub(in crate::identity) fn challenge_again(
    tx: &mut WriteTx<'_>,
    token: &SecretString,
    party: &RelyingParty,
) -> Result<Audited<Option<Challenge>>> {
    let Some(standing) = holder(tx, token)? else { return refused(tx, None) };
    let Some(challenge) = passkey::ask(tx, party, in_session(&standing))? else { return refused(tx, None) };
    let event = Event::plain(Action::PasskeyChallenged).with(json!({ "account": standing.account.id }));
    tx.record(&event, Some(challenge))
}

/// Renews the proof of a session by a passkey.
pub(in crate::identity) fn step_up(
    tx: &mut WriteTx<'_>,
    token: &SecretString,
    party: &RelyingParty,
    answered: &Answered<Assertion>,
    house: House,
) -> Result<Audited<Outcome>> {
    let Some(standing) = holder(tx, token)? else { return refuse_spent(tx) };
    let account = &standing.account;
    let tried = Tried { path: Path::StepUp, account, whose: in_session(&standing), device: None };
    match judge(tx, party, tried, answered, house)? {
        Shown::Yes => proved_again(tx, token, true),
        Shown::CountedBack => counted_back(tx, account),
        Shown::No => proof_failed(tx, account),
    }
}

fn in_session(standing: &Standing) -> For {
    For { account: standing.account.id, sign_in: *standing.session.id.uuid() }
}

/// Asks for a passkey beside the factors that the account has. The first factor is got when signing in, with the recovery codes.
pub(in crate::identity) fn offer_another(
    tx: &mut WriteTx<'_>,
    standing: &Standing,
    party: &RelyingParty,
) -> Result<Audited<Challenge>> {
    let account = &standing.account;
    if !factor::exists(tx, account.id)? {
        let detail = "The account has no second factor yet: sign in with enrol_second_factor to get the first.";
        return Err(Error::new(Code::InvalidTransition).with_detail(detail).with_member("state", "no_factor"));
    }
    let challenge = passkey::ask_for_new(tx, party, account, in_session(standing).sign_in)?;
    let event = Event::plain(Action::PasskeyOffered).with(json!({ "account": account.id }));
    tx.record(&event, challenge)
}

/// Registers a passkey beside the factors that the account has. 422 if the answer is no good.
pub(in crate::identity) fn add(
    tx: &mut WriteTx<'_>,
    standing: &Standing,
    party: &RelyingParty,
    answered: &Answered<Registration>,
    name: Option<&str>,
) -> Result<Audited<PasskeyRow>> {
    let (whose, Answered { challenge, credential, .. }) = (in_session(standing), answered);
    let Some(row) = passkey::register(tx, party, whose, *challenge, credential, name)? else {
        let message = "It does not answer this challenge, or the challenge is over. Ask for another.";
        return Err(Error::invalid(vec![Fault::at("/credential", "refused", message)]));
    };
    changed(tx, standing)?;
    let details = json!({ "account": whose.account, "passkey": row.id });
    tx.record(&Event::plain(Action::PasskeyRegistered).with(details), row)
}

/// Asks for a new passkey. Whoever has a second factor already shows a code of it.
pub(in crate::identity) fn offer(
    tx: &mut WriteTx<'_>,
    claims: &Claims,
    party: &RelyingParty,
    proof: Option<&Proof>,
    house: House,
) -> Result<Audited<Option<Challenge>>> {
    let Some(account) = pending(tx, claims)? else { return refused(tx, None) };
    if !may_have_another(tx, &account, proof, house)? {
        return refused(tx, None);
    }
    let challenge = passkey::ask_for_new(tx, party, &account, claims.sid)?;
    let event = Event::plain(Action::PasskeyOffered).with(json!({ "account": account.id }));
    tx.record(&event, Some(challenge))
}

/// Registers a new passkey, which is a proof as well: the person is signed in.
pub(in crate::identity) fn confirm(
    tx: &mut WriteTx<'_>,
    claims: &Claims,
    party: &RelyingParty,
    answered: &Answered<Registration>,
    name: Option<&str>,
) -> Result<Audited<Outcome>> {
    let Some(account) = pending(tx, claims)? else { return refused(tx, Outcome::Refused) };
    let device = answered.device.as_ref().map(|token| attempts::device(tx, account.id, token)).transpose()?.flatten();
    let whose = of(&account, claims);
    if passkey::register(tx, party, whose, answered.challenge, &answered.credential, name)?.is_none() {
        return refused(tx, Outcome::Refused);
    }
    let (account, codes) = enrolled(tx, &account, Action::PasskeyRegistered)?;
    admit(tx, account, device.as_ref(), true, codes)
}
