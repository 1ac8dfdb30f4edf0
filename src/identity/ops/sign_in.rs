//! Signing in, staying signed in, and proving again who one is. Every step ends in the log, and every failure in the one answer that tells
//! nothing.

use chrono_tz::Tz;
use secrecy::SecretString;
use serde_json::json;

use super::accounts::change_rights;
use crate::access::account::{self, Account, State};
use crate::access::attempts::{self, Device};
use crate::access::factor::{self, Proof, Proved};
use crate::access::membership;
use crate::access::notices::{self, Kind as Notice};
use crate::access::policy::Role;
use crate::access::refresh::{self, Spent};
use crate::access::session::{self, Ended, Session};
use crate::access::standing::{self, Standing};
use crate::access::throttle::Path;
use crate::access::token::{Claims, KeyRing, Kind};
use crate::clock::Instant;
use crate::db::{Action, Audited, Event, ReadTx, WriteTx};
use crate::error::{Code, Error, Result};
use crate::id::SessionId;

/// What of this installation a sign-in depends on.
#[derive(Clone, Copy, Debug)]
pub(in crate::identity) struct House {
    /// Where a day of failures ends.
    pub(in crate::identity) zone: Tz,
    /// Must everybody but applicants have a second factor?
    pub(in crate::identity) second_factor_required: bool,
    /// Must it be a passkey for the roles that say so?
    pub(in crate::identity) passkey_required: bool,
}

impl House {
    /// Must the account sign in with a second factor?
    pub(super) fn needs_second_factor(self, role: Option<Role>) -> bool {
        self.second_factor_required && role.is_none_or(Role::needs_second_factor)
    }

    /// Must the account sign in with a passkey?
    pub(super) fn needs_passkey(self, role: Option<Role>) -> bool {
        self.passkey_required && role.is_some_and(Role::needs_passkey)
    }
}

/// Who wants in, from where.
#[derive(Clone, Debug)]
pub(in crate::identity) struct Comer {
    pub(in crate::identity) email: String,
    pub(in crate::identity) device: Option<SecretString>,
}

/// What somebody who has proved who they are holds from now on.
#[derive(Debug)]
pub(in crate::identity) struct Admitted {
    pub(in crate::identity) standing: Standing,
    pub(in crate::identity) refresh_token: SecretString,
    /// A device seen for the first time gets a name.
    pub(in crate::identity) device_token: Option<SecretString>,
    /// Of a second factor that counts from now on.
    pub(in crate::identity) recovery_codes: Vec<SecretString>,
}

/// What is still missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::identity) enum Due {
    /// A code of the account's second factor.
    Code,
    /// One of the account's passkeys.
    #[cfg(feature = "passkeys")]
    Passkey,
    /// A second factor.
    Enrolment,
    /// A passkey: another factor does not count.
    #[cfg(feature = "passkeys")]
    PasskeyEnrolment,
}

/// What came of a try. A refused one is committed, too: it counts.
#[derive(Debug)]
pub(in crate::identity) enum Outcome {
    Refused,
    SecondFactor(Account, Due),
    Admitted(Box<Admitted>),
}

/// The account of an e-mail address, and the device if the account was used there before.
pub(in crate::identity) fn comer(tx: &mut ReadTx<'_>, comer: &Comer) -> Result<Option<(Account, Option<Device>)>> {
    let Some(account) = account::by_email(tx, &comer.email)? else { return Ok(None) };
    let device = comer.device.as_ref().map(|token| attempts::device(tx, account.id, token)).transpose()?.flatten();
    Ok(Some((account, device)))
}

/// Judges a password that was compared already. What was true when it was compared must still be.
pub(in crate::identity) fn by_password(
    tx: &mut WriteTx<'_>,
    who: &Comer,
    found: Option<&(Account, Option<Device>)>,
    matches: bool,
    enrol: bool,
    house: House,
) -> Result<Audited<Outcome>> {
    let device = found.and_then(|(_, device)| device.as_ref());
    let key = attempts::key(tx, Path::Password, &who.email, device);
    if attempts::is_locked(tx, &key, Path::Password, house.zone)? {
        attempts::pretend_to_count(tx, &key)?;
        return tx.record(&Event::plain(Action::SignInFailed).with(json!({ "locked": true })), Outcome::Refused);
    }
    let still = match found.filter(|_| matches) {
        None => None,
        Some((compared, _)) => account::by_id(tx, compared.id)?
            .filter(|account| account.state() == State::Active && account.password == compared.password),
    };
    let Some(account) = still else {
        attempts::count(tx, &key, house.zone)?;
        return tx.record(&Event::plain(Action::SignInFailed), Outcome::Refused);
    };
    attempts::clear(tx, &key, account.id)?;
    let due = due(tx, &account, enrol, house)?;
    if let Some(due) = due {
        let event = Event::plain(Action::SecondFactorDue).with(json!({ "account": account.id }));
        return tx.record(&event, Outcome::SecondFactor(account, due));
    }
    admit(tx, account, device, false, Vec::new())
}

/// Which second factor is still missing, if one is.
fn due(tx: &mut ReadTx<'_>, account: &Account, enrol: bool, house: House) -> Result<Option<Due>> {
    #[cfg(feature = "passkeys")]
    if factor::has_passkey(tx, account.id)? {
        return Ok(Some(Due::Passkey));
    }
    let role = role(tx, account)?;
    #[cfg(feature = "passkeys")]
    if house.needs_passkey(role) {
        return Ok(Some(Due::PasskeyEnrolment));
    }
    if factor::exists(tx, account.id)? {
        return Ok(Some(Due::Code));
    }
    Ok((house.needs_second_factor(role) || enrol).then_some(Due::Enrolment))
}

/// What the account acts as, or will once that is confirmed.
pub(super) fn role(tx: &mut ReadTx<'_>, account: &Account) -> Result<Option<Role>> {
    Ok(membership::live(tx, account.id)?.map(|membership| membership.role))
}

/// The account whose password was right a moment ago, unless its rights changed since.
pub(super) fn pending(tx: &mut ReadTx<'_>, claims: &Claims) -> Result<Option<Account>> {
    let account = account::by_id(tx, claims.sub.into())?;
    Ok(account.filter(|account| {
        account.state() == State::Active
            && u32::try_from(account.authz_version) == Ok(claims.authz_version)
            && claims.iat >= account.not_before.unix_seconds()
    }))
}

/// Judges a second factor.
pub(in crate::identity) fn by_second_factor(
    tx: &mut WriteTx<'_>,
    claims: &Claims,
    proof: &Proof,
    device: Option<&SecretString>,
    house: House,
) -> Result<Audited<Outcome>> {
    let refused = |tx: &mut WriteTx<'_>| tx.record(&Event::plain(Action::SignInFailed), Outcome::Refused);
    let Some(account) = pending(tx, claims)? else { return refused(tx) };
    if house.needs_passkey(role(tx, &account)?) {
        return refused(tx);
    }
    let device = device.map(|token| attempts::device(tx, account.id, token)).transpose()?.flatten();
    let path = path_of(proof);
    match judge(tx, &account, proof, path, device.as_ref(), house.zone)? {
        Proved::No => refused(tx),
        Proved::Yes => admit(tx, account, device.as_ref(), true, Vec::new()),
        Proved::NewFactor => {
            let (account, codes) = enrolled(tx, &account, Action::FactorConfirmed)?;
            admit(tx, account, device.as_ref(), true, codes)
        }
    }
}

const fn path_of(proof: &Proof) -> Path {
    match proof {
        Proof::Totp(_) => Path::Totp,
        Proof::RecoveryCode(_) => Path::RecoveryCode,
    }
}

/// Counts as it judges: each kind of code by itself.
fn judge(
    tx: &mut WriteTx<'_>,
    account: &Account,
    proof: &Proof,
    path: Path,
    device: Option<&Device>,
    zone: Tz,
) -> Result<Proved> {
    let key = attempts::key(tx, path, &account.email, device);
    if attempts::is_locked(tx, &key, path, zone)? {
        return Ok(Proved::No);
    }
    let proved = factor::prove(tx, account.id, proof)?;
    match proved {
        Proved::No => attempts::count(tx, &key, zone)?,
        Proved::Yes | Proved::NewFactor => attempts::clear(tx, &key, account.id)?,
    }
    Ok(proved)
}

/// A new factor counts: older sessions, which knew nothing of it, end.
pub(super) fn enrolled(
    tx: &mut WriteTx<'_>,
    account: &Account,
    confirmed: Action,
) -> Result<(Account, Vec<SecretString>)> {
    let codes = factor::renew_recovery_codes(tx, account.id)?;
    let account = change_rights(tx, account, account.clone())?;
    notices::note(tx, account.id, Notice::FactorChanged)?;
    tx.record(&Event::plain(confirmed).with(json!({ "account": account.id })), ())?;
    Ok((account, codes))
}

/// Hands out a new second factor to somebody whose password was right a moment ago. Whoever has one already shows a code of it.
pub(in crate::identity) fn offer_factor(
    tx: &mut WriteTx<'_>,
    claims: &Claims,
    proof: Option<&Proof>,
    house: House,
    issuer: &str,
) -> Result<Audited<Option<SecretString>>> {
    let refused = |tx: &mut WriteTx<'_>| tx.record(&Event::plain(Action::SignInFailed), None);
    let Some(account) = pending(tx, claims)? else { return refused(tx) };
    if house.needs_passkey(role(tx, &account)?) || !may_have_another(tx, &account, proof, house)? {
        return refused(tx);
    }
    let uri = factor::offer(tx, account.id)?.uri(issuer, &account.email)?;
    tx.record(&Event::plain(Action::FactorOffered).with(json!({ "account": account.id })), Some(uri))
}

/// Whoever has a second factor already proves it before there is another.
pub(super) fn may_have_another(
    tx: &mut WriteTx<'_>,
    account: &Account,
    proof: Option<&Proof>,
    house: House,
) -> Result<bool> {
    if !factor::exists(tx, account.id)? {
        return Ok(true);
    }
    let Some(proof) = proof else { return Ok(false) };
    Ok(judge(tx, account, proof, path_of(proof), None, house.zone)? != Proved::No)
}

/// Opens a session for somebody who has just proved who they are.
pub(super) fn admit(
    tx: &mut WriteTx<'_>,
    account: Account,
    device: Option<&Device>,
    second_factor: bool,
    recovery_codes: Vec<SecretString>,
) -> Result<Audited<Outcome>> {
    let membership = membership::live(tx, account.id)?.filter(|live| live.state() == membership::State::Confirmed);
    let role = membership.as_ref().map(|membership| membership.role);
    let session = Session::begun(account.id, role, second_factor, tx.now());
    session::insert(tx, &session)?;
    let refresh_token = refresh::issue(tx, session.id)?;
    let device_token = attempts::remember(tx, account.id, device)?;
    if device.is_none() {
        notices::note(tx, account.id, Notice::NewDevice)?;
    }
    let details = json!({ "account": account.id, "session": session.id, "new_device": device.is_none() });
    let standing = Standing { session, account, membership, granted: false };
    let admitted = Admitted { standing, refresh_token, device_token, recovery_codes };
    tx.record(&Event::plain(Action::SignedIn).with(details), Outcome::Admitted(Box::new(admitted)))
}

/// Prolongs a session. A spent token ends it: somebody copied the token.
pub(in crate::identity) fn prolong(tx: &mut WriteTx<'_>, token: &SecretString) -> Result<Audited<Outcome>> {
    let Some(standing) = spend(tx, token)? else { return refuse_spent(tx) };
    session::touch(tx, standing.session.id)?;
    go_on(tx, standing.session.id, Action::SessionProlonged)
}

/// How somebody who is signed in proves again who they are.
#[derive(Clone, Debug)]
pub(in crate::identity) enum Again {
    /// By the second factor.
    Factor(Proof),
    /// By the password, which was compared already: for whoever has no second factor.
    Password { matches: bool, compared: Option<String> },
}

/// Whose session a refresh token prolongs, if it is good.
pub(in crate::identity) fn holder(tx: &mut ReadTx<'_>, token: &SecretString) -> Result<Option<Standing>> {
    let now = tx.now();
    let standing = refresh::session_of(tx, token)?.map(|id| standing::read(tx, id)).transpose()?.flatten();
    Ok(standing.filter(|standing| standing.is_good(now)))
}

/// Renews the proof of a session. A wrong proof spends nothing but a try.
pub(in crate::identity) fn step_up(
    tx: &mut WriteTx<'_>,
    token: &SecretString,
    again: &Again,
    house: House,
) -> Result<Audited<Outcome>> {
    let Some(standing) = holder(tx, token)? else { return refuse_spent(tx) };
    let account = standing.account.clone();
    let proved = match again {
        // A code is less than what the session began with.
        _ if house.needs_passkey(standing.role()) => false,
        Again::Factor(proof) => judge(tx, &account, proof, Path::StepUp, None, house.zone)? == Proved::Yes,
        Again::Password { matches, compared } => {
            let key = attempts::key(tx, Path::StepUp, &account.email, None);
            let allowed = !factor::exists(tx, account.id)?
                && *compared == account.password
                && !attempts::is_locked(tx, &key, Path::StepUp, house.zone)?;
            if *matches && allowed {
                attempts::clear(tx, &key, account.id)?;
            } else if allowed {
                attempts::count(tx, &key, house.zone)?;
            }
            *matches && allowed
        }
    };
    if proved { proved_again(tx, token, matches!(again, Again::Factor(_))) } else { proof_failed(tx, &account) }
}

/// The session goes on with a fresh proof.
pub(super) fn proved_again(
    tx: &mut WriteTx<'_>,
    token: &SecretString,
    second_factor: bool,
) -> Result<Audited<Outcome>> {
    let Some(standing) = spend(tx, token)? else { return refuse_spent(tx) };
    session::prove_again(tx, standing.session.id, second_factor)?;
    go_on(tx, standing.session.id, Action::ProvedAgain)
}

pub(super) fn proof_failed(tx: &mut WriteTx<'_>, account: &Account) -> Result<Audited<Outcome>> {
    tx.record(&Event::plain(Action::ProofFailed).with(json!({ "account": account.id })), Outcome::Refused)
}

/// The standing of a good refresh token, which is spent now.
fn spend(tx: &mut WriteTx<'_>, token: &SecretString) -> Result<Option<Standing>> {
    let now = tx.now();
    match refresh::spend(tx, token)? {
        Spent::Good(id) => Ok(standing::read(tx, id)?.filter(|standing| standing.is_good(now))),
        Spent::Raced | Spent::Unknown => Ok(None),
        Spent::Reused(id) => {
            session::end(tx, id, Ended::TokenReused)?;
            tx.record(&Event::plain(Action::TokenReused).with(json!({ "session": id })), ())?;
            Ok(None)
        }
    }
}

pub(super) fn refuse_spent(tx: &mut WriteTx<'_>) -> Result<Audited<Outcome>> {
    tx.record(&Event::plain(Action::SignInFailed), Outcome::Refused)
}

fn go_on(tx: &mut WriteTx<'_>, id: SessionId, action: Action) -> Result<Audited<Outcome>> {
    let refresh_token = refresh::issue(tx, id)?;
    let standing = standing::read(tx, id)?.ok_or_else(|| Error::internal("a session vanished"))?;
    let details = json!({ "account": standing.account.id, "session": id });
    let admitted = Admitted { standing, refresh_token, device_token: None, recovery_codes: Vec::new() };
    tx.record(&Event::plain(action).with(details), Outcome::Admitted(Box::new(admitted)))
}

/// A fresh access token for a session, and its life in seconds. It does not outlive the session.
pub(in crate::identity) fn access_token(
    tokens: &KeyRing,
    standing: &Standing,
    now: Instant,
    life_s: u64,
) -> Result<(String, u64)> {
    let left = standing.session.expires_at.unix_seconds().saturating_sub(now.unix_seconds());
    let life_s = life_s.min(Kind::Access.life_s()).min(left);
    let (session, proved_at) = (*standing.session.id.uuid(), standing.session.authenticated_at);
    let claims = claims(&standing.account, session, now, life_s, proved_at);
    Ok((tokens.sign(Kind::Access, &claims)?, life_s))
}

/// A token that says: the password was right, show the second factor.
pub(in crate::identity) fn pending_token(tokens: &KeyRing, account: &Account, now: Instant) -> Result<(String, u64)> {
    let life_s = Kind::MfaPending.life_s();
    // There is no session yet: the token stands for itself.
    let claims = claims(account, uuid::Uuid::new_v4(), now, life_s, now);
    Ok((tokens.sign(Kind::MfaPending, &claims)?, life_s))
}

fn claims(account: &Account, sid: uuid::Uuid, now: Instant, life_s: u64, proved_at: Instant) -> Claims {
    let now = now.unix_seconds();
    Claims {
        sub: *account.id.uuid(),
        sid,
        jti: uuid::Uuid::new_v4(),
        iat: now,
        nbf: now,
        exp: now.saturating_add(life_s),
        authz_version: u32::try_from(account.authz_version).unwrap_or(0),
        auth_time: proved_at.unix_seconds(),
    }
}

/// The one answer to every failed sign-in.
pub(in crate::identity) fn failed() -> Error {
    Error::new(Code::SignInFailed)
}
