//! The only doors to the database. A handler's first argument says what the caller must be allowed to do, and has methods for exactly that.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::{Value, json};

use super::answer::{Answer, Done, Rendered};
use super::app::{App, Law, Limits};
use super::call::{Call, Request};
use super::etag::{self, Overtaken, Record};
use super::idempotency::Key;
use super::looks::Looks;
use crate::access::policy::{Grant, Permission, Reads, STEP_UP_S, Views, Writes};
use crate::access::standing::Standing;
use crate::access::token::Kind as TokenKind;
use crate::clock::Instant;
use crate::config::Network;
use crate::db::{Action, Actor, Audited, Caller, Event, ReadTx, Scope, Target, Viewed, WriteTx};
use crate::error::{Code, Error, Fault, Result};
use crate::id::{AccountId, PersonId, SessionId};

/// Who may come in through a door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Anybody.
    Public,
    /// Anybody who is about to sign in.
    SignIn,
    /// Accounts whose role has a permission.
    Permission(Grant),
}

/// What a handler's first argument must be.
#[diagnostic::on_unimplemented(
    message = "`{Self}` says nothing about who may call this operation",
    label = "the first argument of a handler must be `Ctx<Permission>`, `Public` or `SignIn`",
    note = "permissions are listed in `src/access/policy.rs`"
)]
pub trait Guard: Sized + 'static {
    /// Who may come in.
    const DOOR: Door;
    /// Does the operation change a record that the client must have read before?
    const ON_VERSION: bool;

    /// Lets the caller in: 401 if nobody is signed in, 403 if the role has no right to the operation.
    fn admit(call: &Call) -> impl Future<Output = Result<Self>>;

    /// The request, once its shape is known to be right.
    fn receive(&mut self, request: Request);
}

/// Marks operations that make something new.
#[derive(Debug)]
pub struct New;
/// Marks operations that change a record the client has read: they need `If-Match`.
#[derive(Debug)]
pub struct OnVersion;

/// Does an operation need `If-Match`?
pub trait Basis: 'static {
    /// It does.
    const ON_VERSION: bool;
}

impl Basis for New {
    const ON_VERSION: bool = false;
}

impl Basis for OnVersion {
    const ON_VERSION: bool = true;
}

/// The door for callers who have permission `P`. What it can do depends on the permission's kind: a read permission has no way to write.
pub struct Ctx<P: Permission, B: Basis = New> {
    app: Arc<App>,
    standing: Arc<Standing>,
    request: Request,
    permission: PhantomData<fn() -> (P, B)>,
}

/// The door for anybody.
pub struct Public {
    app: Arc<App>,
    network: Network,
}

/// The door for signing in.
pub struct SignIn {
    app: Arc<App>,
    request: Request,
}

impl<P: Permission, B: Basis> Guard for Ctx<P, B> {
    const DOOR: Door = Door::Permission(P::GRANT);
    const ON_VERSION: bool = B::ON_VERSION;

    async fn admit(call: &Call) -> Result<Self> {
        let (standing, proved_at) = authenticate(call).await?;
        if !standing.may(P::GRANT) {
            return Err(Error::new(Code::RoleNotPermitted).with_member("permission", P::GRANT.name()));
        }
        if P::GRANT.is_sensitive() && proved_at.saturating_add(STEP_UP_S) < call.app().now().unix_seconds() {
            return Err(Error::new(Code::StepUpRequired).with_member("max_age", STEP_UP_S));
        }
        let request = Request::unread(call.request_id());
        Ok(Self { app: Arc::clone(call.app()), standing, request, permission: PhantomData })
    }

    fn receive(&mut self, request: Request) {
        self.request = request;
    }
}

fn actor(standing: &Standing, request_id: &Arc<str>) -> Actor {
    Actor {
        account: Some(standing.account.id),
        role: standing.role().map_or("none", crate::db::TextEnum::text),
        office: standing.scope().office,
        organisation: standing.scope().organisation,
        request_id: Arc::clone(request_id),
        purpose: None,
    }
}

/// Refusals for want of a right. A file that is hidden and one that is not there are the same to the caller, and here.
const DENIALS: [Code; 4] = [Code::RoleNotPermitted, Code::ActionNotPermitted, Code::ConflictOfInterest, Code::NotFound];

/// Leaves a trace of somebody who was refused for want of a right (row U1): whoever tries what is not theirs is not to do so unseen. The
/// refusal stands also where the trace cannot be written.
pub(super) async fn note_denial(call: &Call, operation: &'static str, refusal: &Error) {
    if !DENIALS.contains(&refusal.code) {
        return;
    }
    let Ok((standing, _)) = authenticate(call).await else { return };
    let actor = actor(&standing, call.request_id());
    let caller = Caller { actor, scope: Scope::NOTHING, under_grant: None };
    let details = json!({ "operation": operation, "code": refusal.code.as_str(), "path": call.address() });
    let event = Event::plain(Action::RequestRefused).with(details);
    if let Err(error) = call.app().db.write(caller, move |tx| tx.record(&event, ())).await {
        tracing::warn!(%error, operation, "a refusal could not be put into the log");
    }
}

/// Who stands behind the request's access token, and when they last proved it, in seconds since 1970.
pub(super) async fn authenticate(call: &Call) -> Result<(Arc<Standing>, u64)> {
    let refused = || Error::new(Code::AuthenticationRequired);
    let app = call.app();
    let token = call.bearer().ok_or_else(refused)?;
    let claims = app.tokens.verify(TokenKind::Access, token, app.now().unix_seconds()).map_err(|_| refused())?;
    let standing = app.standings.good(&app.db, SessionId::from(claims.sid)).await?;
    let account = &standing.account;
    let same = AccountId::from(claims.sub) == account.id;
    let rights_changed = u32::try_from(account.authz_version) != Ok(claims.authz_version);
    // Tokens know whole seconds: one issued in the second the account was made is good.
    if !same || rights_changed || claims.iat < account.not_before.unix_seconds() {
        return Err(refused());
    }
    Ok((standing, claims.auth_time))
}

impl<P: Permission, B: Basis> Ctx<P, B> {
    /// Who calls.
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// Today in the zone of the law.
    pub fn today(&self) -> NaiveDate {
        self.app.today()
    }

    /// The last instant of a day in the zone of the law.
    pub fn end_of(&self, day: NaiveDate) -> Instant {
        super::time::end_of(day, self.app.law.zone)
    }

    /// 422 for a day after today: nobody has seen it happen.
    pub fn refuse_future(&self, day: Option<NaiveDate>, member: &str) -> Result<()> {
        let today = self.today();
        match day {
            Some(day) if day > today => {
                let fault = Fault::at(format!("/{member}"), "in_the_future", format!("{day} is after today, {today}."));
                Err(Error::invalid(vec![fault.with_value(day.to_string())]))
            }
            _ => Ok(()),
        }
    }

    /// The present instant.
    pub fn now(&self) -> Instant {
        self.app.now()
    }

    /// The law of this installation.
    pub fn law(&self) -> &Arc<Law> {
        &self.app.law
    }

    /// Settings that requests see.
    pub fn limits(&self) -> &Limits {
        &self.app.limits
    }

    /// Checks and hashes passwords on threads of their own.
    pub(crate) fn hasher(&self) -> &crate::access::password::Hasher {
        &self.app.hasher
    }

    /// For cursors: bound to this caller.
    pub(crate) fn keys(&self) -> &crate::keys::Keys {
        self.app.db.keys()
    }

    /// Has an account's standing read anew for its next request: for a write that changed it.
    pub(crate) fn forgetter(&self) -> impl FnOnce(AccountId) + use<P, B> {
        let app = Arc::clone(&self.app);
        move |account| app.standings.forget(account)
    }

    fn caller(&self) -> Caller {
        Caller {
            actor: Actor { purpose: self.request.purpose.clone(), ..actor(&self.standing, &self.request.id) },
            scope: self.standing.scope(),
            under_grant: self.standing.granted.then_some(crate::access::scope::under_grant),
        }
    }
}

impl<P: Reads, B: Basis> Ctx<P, B> {
    /// Reads what is no person's file.
    pub async fn read<T, F>(&self, act: F) -> Result<T>
    where
        F: Fn(&mut ReadTx<'_>) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        self.app.db.read(self.caller(), act).await
    }
}

impl<P: Views, B: Basis> Ctx<P, B> {
    /// Reads persons' files. The answer comes after the event of the look is durable.
    pub async fn view<T, F>(&self, act: F) -> Result<T>
    where
        F: Fn(&mut ReadTx<'_>) -> Result<Viewed<T>> + Send + 'static,
        T: Send + 'static,
    {
        let looks = Looks::of(&self.app, &self.standing);
        if P::GRANT == Grant::SearchPeople {
            looks.search()?;
        }
        let shown = self.app.db.view(self.caller(), looks.counting(act)).await;
        looks.sound_alarms(|| self.caller()).await?;
        shown
    }

    /// The same for an act that is one statement, and so its own snapshot.
    pub async fn view_hot<T, F>(&self, act: F) -> Result<T>
    where
        F: Fn(&mut ReadTx<'_>) -> Result<Viewed<T>> + Send + 'static,
        T: Send + 'static,
    {
        let looks = Looks::of(&self.app, &self.standing);
        let shown = self.app.db.view_hot(self.caller(), looks.counting(act)).await;
        looks.sound_alarms(|| self.caller()).await?;
        shown
    }
}

impl<P: Writes> Ctx<P, New> {
    /// Makes something new. `find` loads what must be visible to the caller (404); `act` then decides and writes (403, 409, 422).
    pub async fn create<R, T, F, A>(self, find: F, act: A) -> Result<Answer<T>>
    where
        F: Fn(&mut ReadTx<'_>) -> Result<R> + Send + 'static,
        A: Fn(&mut WriteTx<'_>, R) -> Result<Audited<Done<T>>> + Send + 'static,
        T: Serialize + 'static,
        R: 'static,
    {
        self.write(find, |_, _, _| Ok(None), act).await
    }
}

impl<P: Writes> Ctx<P, OnVersion> {
    /// Changes a record. `find` loads it if the caller may see it (404); the client must have read its present version (428, 412); `act`
    /// then decides and writes (403, 409, 422).
    pub async fn change<R, T, F, A>(self, find: F, act: A) -> Result<Answer<T>>
    where
        F: Fn(&mut ReadTx<'_>) -> Result<R> + Send + 'static,
        A: Fn(&mut WriteTx<'_>, R) -> Result<Audited<Done<T>>> + Send + 'static,
        T: Serialize + 'static,
        R: Record + 'static,
    {
        let basis = |tx: &mut WriteTx<'_>, found: &R, request: &Request| {
            etag::expect(tx, found, request.if_match, request.body.as_ref().unwrap_or(&Value::Null))
        };
        self.write(find, basis, act).await
    }
}

/// What a write's transaction comes to: the answer and whose files it shows, or a refusal that shows a file itself.
type Written = Result<(Rendered, Vec<PersonId>), Overtaken>;

impl<P: Writes, B: Basis> Ctx<P, B> {
    /// Commits what a refusal leaves behind, such as a failure that counts.
    pub(crate) async fn leave<F>(&self, act: F) -> Result<()>
    where
        F: Fn(&mut WriteTx<'_>) -> Result<Audited<()>> + Send + 'static,
    {
        self.app.db.write(self.caller(), act).await
    }

    /// The order of every write: what the caller may see, then a retry's answer, then the version, then the act.
    async fn write<R, T, F, V, A>(self, find: F, basis: V, act: A) -> Result<Answer<T>>
    where
        F: Fn(&mut ReadTx<'_>) -> Result<R> + Send + 'static,
        V: Fn(&mut WriteTx<'_>, &R, &Request) -> Result<Option<Overtaken>> + Send + 'static,
        A: Fn(&mut WriteTx<'_>, R) -> Result<Audited<Done<T>>> + Send + 'static,
        T: Serialize + 'static,
        R: 'static,
    {
        let caller = self.caller();
        let request = self.request;
        let key = request.idempotency_key.as_ref().filter(|_| !request.dry_run).map(|key| Key {
            account: self.standing.account.id,
            text: Arc::clone(key),
            fingerprint: request.fingerprint,
        });
        let held = key.as_ref().map(|key| self.app.in_flight.hold(key)).transpose()?;
        let dry_run = request.dry_run;
        let unit = move |tx: &mut WriteTx<'_>| -> Result<Audited<Written>> {
            let found = find(tx);
            // A retried withdrawal finds its row gone; its answer is still owed. What is not visible stays not found.
            let visible = found.as_ref().map_or_else(|error| error.code == Code::Gone, |_| true);
            if let Some(key) = key.as_ref().filter(|_| visible)
                && let Some((before, persons)) = key.replay(tx)?
            {
                return tx.record(&Event::about_all(Action::AnswerReplayed, persons), Ok((before, Vec::new())));
            }
            let found = found?;
            if let Some(overtaken) = basis(tx, &found, &request)? {
                let shown = Event::about_all(Action::ConflictShown, overtaken.persons.clone());
                return tx.record(&shown, Err(overtaken));
            }
            let done = act(tx, found)?;
            let mut rendered = Err(Error::internal("an act without an answer"));
            let mut refusal = None;
            let done = done.map(|done| match done.view {
                Ok(_) => rendered = done.render(dry_run),
                Err(error) => refusal = Some(error),
            });
            if let Some(refusal) = refusal {
                if dry_run {
                    tx.discard();
                }
                return Ok(done.map(|()| Err(Overtaken { refusal, persons: Vec::new() })));
            }
            let rendered = rendered?;
            let subjects = tx.subjects().to_vec();
            if dry_run {
                tx.discard();
            } else if let Some(key) = &key {
                key.keep(tx, &rendered)?;
            }
            Ok(done.map(|()| Ok((rendered, subjects))))
        };
        let looks = Looks::of(&self.app, &self.standing);
        let (rendered, subjects) = match self.app.db.write(caller.clone(), unit).await? {
            Ok(written) => written,
            Err(Overtaken { refusal, persons }) => {
                looks.count(&persons, || caller.clone()).await?;
                return Err(refusal);
            }
        };
        if dry_run {
            // The act's own event was undone with the act, but its answer shows a file: that is a look. Where a record was only tried to be
            // made, the answer shows what was sent, and nothing counts.
            if B::ON_VERSION {
                looks.count(&subjects, || caller.clone()).await?;
            }
            let tried = Event::about_all(Action::ChangeTried, subjects);
            self.app.db.write(caller, move |tx| tx.record(&tried, ())).await?;
        }
        drop(held);
        Ok(Answer::from_rendered(rendered))
    }
}

impl Guard for Public {
    const DOOR: Door = Door::Public;
    const ON_VERSION: bool = false;

    async fn admit(call: &Call) -> Result<Self> {
        Ok(Self { app: Arc::clone(call.app()), network: call.network() })
    }

    fn receive(&mut self, _: Request) {}
}

impl Public {
    /// The law of this installation.
    pub fn law(&self) -> &Arc<Law> {
        &self.app.law
    }

    /// Reads what anybody may know, on a thread of its own.
    pub(crate) async fn glance<T, F>(&self, act: F) -> Result<T>
    where
        F: Fn(&mut ReadTx<'_>) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        self.app.db.glance(Caller::program("public"), act).await
    }

    /// Leaves a trace of what was read: the program acts, for nobody it knows.
    pub(crate) async fn leave<F>(&self, act: F) -> Result<()>
    where
        F: Fn(&mut WriteTx<'_>) -> Result<Audited<()>> + Send + 'static,
    {
        self.app.db.write(Caller::program("public"), act).await
    }

    /// Today in the zone of the law.
    pub(crate) fn today(&self) -> NaiveDate {
        self.app.today()
    }

    /// The present instant.
    pub(crate) fn now(&self) -> Instant {
        self.app.now()
    }

    /// Where the data lives.
    pub(crate) fn target(&self) -> &Target {
        self.app.target()
    }

    /// Looks for what is found by a number alone. A network that misses too often is refused before anything is looked for.
    pub(crate) async fn guess<T, F>(&self, act: F) -> Result<Option<T>>
    where
        F: Fn(&mut ReadTx<'_>) -> Result<Option<T>> + Send + 'static,
        T: Send + 'static,
    {
        self.app.guesses.take(self.network).map_err(wait)?;
        let found = self.glance(act).await?;
        if found.is_some() {
            self.app.guesses.give_back(self.network);
        }
        Ok(found)
    }

    /// Does the database answer? On a thread of its own, so that a busy database is not a dead one.
    pub async fn database_answers(&self) -> Result<()> {
        self.app.db.glance(Caller::program("health"), crate::db::ping).await
    }
}

/// Too many tries; the next one is taken after so long.
fn wait(time: Duration) -> Error {
    Error::new(Code::RateLimited).with_member("retry_after_s", time.as_secs().saturating_add(1))
}

impl Guard for SignIn {
    const DOOR: Door = Door::SignIn;
    const ON_VERSION: bool = false;

    /// Whoever wants to prove who they are gets so many tries per network, whatever the account is.
    async fn admit(call: &Call) -> Result<Self> {
        call.app().tries.take(call.network()).map_err(wait)?;
        Ok(Self { app: Arc::clone(call.app()), request: Request::unread(call.request_id()) })
    }

    fn receive(&mut self, request: Request) {
        self.request = request;
    }
}

impl SignIn {
    /// What signing in needs: the parts of the program that know passwords and tokens.
    pub(crate) fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Reads on a thread of its own, so that sign-in works while the rest is busy.
    pub(crate) async fn glance<T, F>(&self, act: F) -> Result<T>
    where
        F: Fn(&mut ReadTx<'_>) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        self.app.db.glance(Caller::program("sign_in"), act).await
    }

    /// Writes what follows from a try to prove who somebody is.
    pub(crate) async fn write<T, F>(&self, act: F) -> Result<T>
    where
        F: Fn(&mut WriteTx<'_>) -> Result<Audited<T>> + Send + 'static,
        T: Send + 'static,
    {
        let actor = Actor { request_id: Arc::clone(&self.request.id), ..Actor::program("sign_in") };
        self.app.db.write_urgent(Caller { actor, scope: Scope::NOTHING, under_grant: None }, act).await
    }
}
