//! Passkeys (row M6). This is the only caller of `webauthn-rs`, which judges challenge, origin, relying party, user verification,
//! signature and counter. What it judges by never leaves the server: it lies sealed in the database, where every instance finds it, and is
//! good for one sign-in of one account, once, for five minutes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diesel::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;
use webauthn_rs::prelude::{
    Passkey, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential, Url,
    Webauthn, WebauthnBuilder, WebauthnError,
};

use super::account::Account;
use super::factor::PasskeyRow;
use crate::config::PasskeyOrigin;
use crate::db::schema::{passkey, passkey_challenge};
use crate::db::{AnyConn, ReadTx, WriteTx, on, text_enum};
use crate::error::{Error, Result};
use crate::id::{AccountId, ChallengeId, PasskeyId};

/// Life of a challenge, in seconds.
pub(crate) const LIFE_S: i64 = 300;

/// The site that passkeys are made for.
#[derive(Clone, Debug)]
pub(crate) struct RelyingParty(Webauthn);

impl RelyingParty {
    /// The one of a setting; none where passkeys are switched off. `name` is what authenticators show.
    pub(crate) fn of(origin: &PasskeyOrigin, name: &str) -> Result<Option<Self>> {
        let Some(host) = origin.host() else { return Ok(None) };
        let url = Url::parse(origin.as_str()).map_err(Error::internal)?;
        let built = WebauthnBuilder::new(host, &url).and_then(|builder| builder.rp_name(name).build());
        built.map(Self).map(Some).map_err(Error::internal)
    }
}

/// What an authenticator answers to the wish for a new passkey.
pub(crate) struct Registration(RegisterPublicKeyCredential);

impl Registration {
    /// What `PublicKeyCredential.toJSON()` gives in a browser.
    pub(crate) fn parse(json: &Value) -> Option<Self> {
        serde_json::from_value(json.clone()).ok().map(Self)
    }
}

/// What an authenticator answers to a challenge.
pub(crate) struct Assertion(PublicKeyCredential);

impl Assertion {
    /// What `PublicKeyCredential.toJSON()` gives in a browser.
    pub(crate) fn parse(json: &Value) -> Option<Self> {
        serde_json::from_value(json.clone()).ok().map(Self)
    }
}

/// What a browser hands to the authenticator, and the name of what the answer will be judged by.
#[derive(Debug)]
pub(crate) struct Challenge {
    pub(crate) id: ChallengeId,
    pub(crate) options: Value,
}

/// For which sign-in, or session, of which account a challenge is good. A sign-in ends when rights change, and so do its challenges: one that was handed
/// out while there was no factor registers none later.
#[derive(Clone, Copy, Debug)]
pub(crate) struct For {
    pub(crate) account: AccountId,
    /// The `sid` of the token that says that the password was right, or the session.
    pub(crate) sign_in: Uuid,
}

/// What came of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// It is no good.
    No,
    /// It is.
    Yes,
    /// It would be, but the passkey was used further before: there may be a copy of it.
    CountedBack,
}

text_enum! {
    /// What a challenge is for.
    enum Purpose {
        /// A new passkey.
        Register = "register",
        /// Proof by one that counts.
        Authenticate = "authenticate",
    }
}

/// Asks for a new passkey, on an authenticator that has none of the account yet.
pub(crate) fn ask_for_new(
    tx: &mut WriteTx<'_>,
    party: &RelyingParty,
    account: &Account,
    sign_in: Uuid,
) -> Result<Challenge> {
    let present = all(tx, account.id)?;
    let present = (!present.is_empty()).then(|| present.iter().map(|one| one.cred_id().clone()).collect());
    let (id, email, name) = (*account.id.uuid(), &account.email, &account.display_name);
    let begun = party.0.start_passkey_registration(id, email, name, present);
    let (options, state) = begun.map_err(Error::internal)?;
    hand_out(tx, For { account: account.id, sign_in }, Purpose::Register, &options, &state)
}

/// Asks for one of the account's passkeys. None if it has none.
pub(crate) fn ask(tx: &mut WriteTx<'_>, party: &RelyingParty, whose: For) -> Result<Option<Challenge>> {
    let present = all(tx, whose.account)?;
    if present.is_empty() {
        return Ok(None);
    }
    let (options, state) = party.0.start_passkey_authentication(&present).map_err(Error::internal)?;
    hand_out(tx, whose, Purpose::Authenticate, &options, &state).map(Some)
}

/// Registers a new passkey, which counts from now on. None if the answer is no good, or the passkey somebody's already.
pub(crate) fn register(
    tx: &mut WriteTx<'_>,
    party: &RelyingParty,
    whose: For,
    challenge: ChallengeId,
    answer: &Registration,
    name: Option<&str>,
) -> Result<Option<PasskeyRow>> {
    let state: Option<PasskeyRegistration> = take(tx, whose, challenge, Purpose::Register)?;
    let Some(state) = state else { return Ok(None) };
    let Ok(new) = party.0.finish_passkey_registration(&answer.0, &state) else { return Ok(None) };
    let sealed = seal(tx, whose.account, &new)?;
    let row =
        PasskeyRow { id: PasskeyId::random(), name: name.map(str::to_owned), created_at: tx.now(), used_at: None };
    let stored = on!(tx.conn(), c => diesel::insert_into(passkey::table)
        .values((
            passkey::credential_id.eq(new.cred_id().as_slice()),
            passkey::account_id.eq(whose.account),
            passkey::credential.eq(&sealed),
            // The first use is compared with the counter inside the credential.
            passkey::counter.eq(0_i64),
            passkey::name.eq(&row.name),
            passkey::created_at.eq(row.created_at),
            passkey::id.eq(row.id),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok((stored == 1).then_some(row))
}

/// Judges the answer to a challenge. Whatever comes of it, the challenge is spent.
pub(crate) fn show(
    tx: &mut WriteTx<'_>,
    party: &RelyingParty,
    whose: For,
    challenge: ChallengeId,
    answer: &Assertion,
) -> Result<Shown> {
    let state: Option<PasskeyAuthentication> = take(tx, whose, challenge, Purpose::Authenticate)?;
    let Some(state) = state else { return Ok(Shown::No) };
    let result = match party.0.finish_passkey_authentication(&answer.0, &state) {
        Ok(result) => result,
        Err(WebauthnError::CredentialPossibleCompromise) => return Ok(Shown::CountedBack),
        Err(_) => return Ok(Shown::No),
    };
    let id = result.cred_id().as_slice();
    let row = passkey::table.find(id).filter(passkey::account_id.eq(whose.account)).select(passkey::credential);
    let sealed: Option<Vec<u8>> = match tx.conn() {
        AnyConn::Postgres(conn) => row.for_update().first(conn).optional()?,
        AnyConn::Sqlite(conn) => row.first(conn).optional()?,
    };
    let Some(sealed) = sealed else { return Ok(Shown::No) };
    let mut used = open(tx, whose.account, id, &sealed)?;
    used.update_credential(&result);
    let (sealed, now, counter) = (seal(tx, whose.account, &used)?, tx.now(), i64::from(result.counter()));
    // Another challenge may have been answered since this one was handed out. Authenticators without a counter say 0 always.
    let raised = diesel::update(passkey::table.find(id))
        .set((passkey::credential.eq(sealed), passkey::counter.eq(counter), passkey::used_at.eq(now)))
        .filter(passkey::counter.lt(counter.max(1)))
        .execute(tx.conn())?;
    Ok(if raised == 1 { Shown::Yes } else { Shown::CountedBack })
}

/// Every passkey of an account.
fn all(tx: &mut ReadTx<'_>, account: AccountId) -> Result<Vec<Passkey>> {
    let of_account = passkey::table.filter(passkey::account_id.eq(account));
    let rows: Vec<(Vec<u8>, Vec<u8>)> =
        of_account.select((passkey::credential_id, passkey::credential)).load(tx.conn())?;
    rows.iter().map(|(id, sealed)| open(tx, account, id, sealed)).collect()
}

/// Keeps what an answer will be judged by. Challenges whose time is over go on the way.
fn hand_out(
    tx: &mut WriteTx<'_>,
    whose: For,
    purpose: Purpose,
    options: &impl Serialize,
    state: &impl Serialize,
) -> Result<Challenge> {
    let (id, now) = (ChallengeId::random(), tx.now());
    let state = serde_json::to_vec(state).map_err(Error::internal)?;
    let sealed = tx.keys().seal(&place_of_state(id), &state)?;
    diesel::delete(passkey_challenge::table.filter(passkey_challenge::expires_at.le(now))).execute(tx.conn())?;
    diesel::insert_into(passkey_challenge::table)
        .values((
            passkey_challenge::id.eq(id),
            passkey_challenge::account_id.eq(whose.account),
            passkey_challenge::sign_in_id.eq(whose.sign_in.as_bytes().as_slice()),
            passkey_challenge::purpose.eq(purpose),
            passkey_challenge::state.eq(sealed),
            passkey_challenge::expires_at.eq(now.plus_seconds(LIFE_S)),
        ))
        .execute(tx.conn())?;
    let options = serde_json::to_value(options).map_err(Error::internal)?;
    Ok(Challenge { id, options })
}

/// Spends a challenge. Of several at once with one, one succeeds.
fn take<S: DeserializeOwned>(tx: &mut WriteTx<'_>, whose: For, id: ChallengeId, purpose: Purpose) -> Result<Option<S>> {
    let now = tx.now();
    let spent = diesel::update(passkey_challenge::table.find(id))
        .set(passkey_challenge::used_at.eq(now))
        .filter(passkey_challenge::account_id.eq(whose.account))
        .filter(passkey_challenge::sign_in_id.eq(whose.sign_in.as_bytes().as_slice()))
        .filter(passkey_challenge::purpose.eq(purpose))
        .filter(passkey_challenge::used_at.is_null())
        .filter(passkey_challenge::expires_at.gt(now))
        .execute(tx.conn())?;
    if spent != 1 {
        return Ok(None);
    }
    let sealed: Vec<u8> = passkey_challenge::table.find(id).select(passkey_challenge::state).first(tx.conn())?;
    let state = tx.keys().open(&place_of_state(id), &sealed)?;
    serde_json::from_slice(&state).map(Some).map_err(Error::internal)
}

/// For the database: sealed to this account and this credential, so that a copied row is nobody's factor.
fn seal(tx: &ReadTx<'_>, account: AccountId, credential: &Passkey) -> Result<Vec<u8>> {
    let json = serde_json::to_vec(credential).map_err(Error::internal)?;
    tx.keys().seal(&place(account, credential.cred_id().as_slice()), &json)
}

fn open(tx: &ReadTx<'_>, account: AccountId, id: &[u8], sealed: &[u8]) -> Result<Passkey> {
    let json = tx.keys().open(&place(account, id), sealed)?;
    serde_json::from_slice(&json).map_err(Error::internal)
}

fn place(account: AccountId, id: &[u8]) -> String {
    format!("passkey.credential.{account}.{}", URL_SAFE_NO_PAD.encode(id))
}

fn place_of_state(id: ChallengeId) -> String {
    format!("passkey_challenge.state.{id}")
}
