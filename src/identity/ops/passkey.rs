//! Passkeys as the second factor of a sign-in: asked for, shown, registered. Failures end like those of next door, in the one answer.

use secrecy::SecretString;
use serde_json::json;

use super::sign_in::{House, Outcome, admit, enrolled, may_have_another, pending};
use crate::access::account::Account;
use crate::access::attempts;
use crate::access::factor::Proof;
use crate::access::passkey::{self, Assertion, Challenge, For, Registration, RelyingParty, Shown};
use crate::access::throttle::Path;
use crate::access::token::Claims;
use crate::db::{Action, Audited, Event, WriteTx};
use crate::error::Result;
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
    let key = attempts::key(tx, Path::Passkey, &account.email, device.as_ref());
    if attempts::is_locked(tx, &key, Path::Passkey, house.zone)? {
        return refused(tx, Outcome::Refused);
    }
    let shown = passkey::show(tx, party, of(&account, claims), answered.challenge, &answered.credential)?;
    if shown == Shown::Yes {
        attempts::clear(tx, &key, account.id)?;
        return admit(tx, account, device.as_ref(), true, Vec::new());
    }
    attempts::count(tx, &key, house.zone)?;
    if shown == Shown::CountedBack {
        let event = Event::plain(Action::PasskeyCountedBack).with(json!({ "account": account.id }));
        return tx.record(&event, Outcome::Refused);
    }
    refused(tx, Outcome::Refused)
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
    if !passkey::register(tx, party, of(&account, claims), answered.challenge, &answered.credential, name)? {
        return refused(tx, Outcome::Refused);
    }
    let (account, codes) = enrolled(tx, &account, Action::PasskeyRegistered)?;
    admit(tx, account, device.as_ref(), true, codes)
}
