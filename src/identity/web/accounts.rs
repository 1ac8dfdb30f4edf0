//! Keeping colleagues' accounts over HTTP. There is no operation that sets or shows another's password.

use secrecy::ExposeSecret as _;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::super::model::Email;
use super::super::ops::accounts::{self as ops, Administrator, Colleague};
use super::input::{AccountTarget, NewMembership, Step};
use super::memberships::MembershipView;
use super::sessions::NothingView;
use crate::access::account::State;
use crate::access::one_time::{Issued, Purpose};
use crate::access::policy::{ManageAccounts, ReadAccounts, Role};
use crate::clock::Instant;
use crate::db::{ReadTx, text_enum};
use crate::error::{Error, Result};
use crate::http::{
    Answer, Ctx, Done, Endpoint, Fields, Input, Json, Line, Method, OnVersion, Page, PageQuery, Path, Query, Record,
    endpoint,
};
use crate::id::{AccountId, PersonId};

const ALL: &str = "/api/v1/accounts";

pub(super) fn endpoints() -> Vec<Endpoint> {
    let one = "/api/v1/accounts/{account_id}";
    let sessions = "/api/v1/accounts/{account_id}/sessions";
    let step = "/api/v1/accounts/{account_id}/transitions";
    vec![
        endpoint(Method::POST, ALL, "inviteColleague", "Make an account and its activation code", invite),
        endpoint(Method::GET, ALL, "listAccounts", "List colleagues' accounts", list),
        endpoint(Method::GET, one, "showAccount", "Show an account", show),
        endpoint(Method::POST, "/api/v1/accounts/{account_id}/codes", "issueCode", "Hand out a new code", issue),
        endpoint(Method::DELETE, sessions, "endAccountSessions", "End every session of an account", end_sessions),
        endpoint(Method::POST, step, "changeAccountState", "Disable an account, or enable it", change_state),
    ]
}

/// An account. Of an immigrant's only that it exists, and whether it can be used.
#[derive(Debug, Serialize, ToSchema)]
struct AccountView {
    #[schema(value_type = String, format = Uuid)]
    id: AccountId,
    version: i32,
    state: State,
    /// Who signs in with it; null for an immigrant's account.
    email: Option<String>,
    display_name: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Instant,
    /// What it acts as, or acted as last.
    membership: MembershipView,
}

impl From<&Colleague> for AccountView {
    fn from(colleague: &Colleague) -> Self {
        let Colleague { account, last } = colleague;
        let is_colleague = last.role != Role::Applicant;
        Self {
            id: account.id,
            version: account.version,
            state: account.state(),
            email: is_colleague.then(|| account.email.clone()),
            display_name: is_colleague.then(|| account.display_name.clone()),
            created_at: account.created_at,
            membership: MembershipView::from(last),
        }
    }
}

/// A new account, with the code for its owner. The code is shown this once.
#[derive(Debug, Serialize, ToSchema)]
struct InvitationView {
    #[schema(value_type = String, format = Uuid)]
    id: AccountId,
    version: i32,
    state: State,
    email: String,
    display_name: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Instant,
    membership: MembershipView,
    /// For `POST /api/v1/activations`. Hand it over; nobody can look it up again.
    activation_code: String,
    /// When the code ends.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Instant,
}

impl InvitationView {
    fn of(Colleague { account, last }: Colleague, issued: &Issued) -> Self {
        Self {
            id: account.id,
            version: account.version,
            state: account.state(),
            email: account.email,
            display_name: account.display_name,
            created_at: account.created_at,
            membership: MembershipView::from(&last),
            activation_code: issued.code.expose_secret().to_owned(),
            expires_at: issued.expires_at,
        }
    }
}

/// A code for an account's owner. It is shown this once.
#[derive(Debug, Serialize, ToSchema)]
struct CodeView {
    /// For `POST /api/v1/activations`.
    code: String,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Instant,
}

/// Only the present version is kept: a conflict shows what it is now.
impl Record for Colleague {
    fn version(&self) -> i32 {
        self.account.version
    }

    fn person(&self) -> Option<PersonId> {
        None
    }

    fn members_at(&self, _: &mut ReadTx<'_>, version: i32) -> Result<Option<Value>> {
        let present = (version == self.account.version).then(|| serde_json::to_value(AccountView::from(self)));
        present.transpose().map_err(Error::internal)
    }
}

/// A colleague about to be invited.
struct Invitation {
    email: Email,
    display_name: String,
    membership: NewMembership,
}

impl Input for Invitation {
    const NAME: &'static str = "Invitation";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let email = fields.required::<Email>("email", "The e-mail address to sign in with. Nothing is sent to it.");
        let display_name = fields.required::<Line>("display_name", "How colleagues see the account.");
        let membership = fields.object::<NewMembership>("membership", "What the account is to act as.");
        Some(Self { email: email?, display_name: display_name?.0, membership: membership? })
    }
}

text_enum! {
    /// What a code is to be good for.
    pub enum CodePurpose {
        /// To set the first password.
        Activation = "activation",
        /// To set a new one.
        Reset = "reset",
    }
}

/// A code to be handed out.
struct NewCode {
    purpose: Purpose,
}

impl Input for NewCode {
    const NAME: &'static str = "NewCode";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let purpose = fields.required::<CodePurpose>("purpose", "What the code is to be good for.")?;
        Some(Self {
            purpose: match purpose {
                CodePurpose::Activation => Purpose::Activation,
                CodePurpose::Reset => Purpose::Reset,
            },
        })
    }
}

async fn invite(ctx: Ctx<ManageAccounts>, Json(new): Json<Invitation>) -> Result<Answer<InvitationView>> {
    let by = Administrator::of(ctx.standing())?;
    ctx.create(
        |_| Ok(()),
        move |tx, ()| {
            let invited = ops::invite(tx, &by, &new.email, &new.display_name, &new.membership.0)?;
            Ok(invited.map(|(colleague, issued)| {
                let (id, version) = (colleague.account.id, colleague.account.version);
                Done::created(format!("{ALL}/{id}"), version, InvitationView::of(colleague, &issued))
            }))
        },
    )
    .await
}

async fn list(ctx: Ctx<ReadAccounts>, Query(query): Query<PageQuery>) -> Result<Answer<Page<AccountView>>> {
    let by = Administrator::of(ctx.standing())?;
    let page = query.open::<_, _, (String, AccountId)>(&ctx, ALL)?;
    let (after, limit) = (page.after(), page.limit());
    let rows = ctx.read(move |tx| ops::list(tx, &by, after.as_ref().map(|(email, _)| email.as_str()), limit)).await?;
    page.answer(&rows, |colleague| (colleague.account.email.clone(), colleague.account.id))
}

async fn show(ctx: Ctx<ReadAccounts>, Path(account): Path<AccountId>) -> Result<Answer<AccountView>> {
    let by = Administrator::of(ctx.standing())?;
    let found = ctx.read(move |tx| ops::find(tx, &by, account)).await?;
    Ok(Answer::ok(&AccountView::from(&found))?.with_version(found.account.version))
}

async fn issue(
    ctx: Ctx<ManageAccounts>,
    Path(account): Path<AccountId>,
    Json(new): Json<NewCode>,
) -> Result<Answer<CodeView>> {
    let by = Administrator::of(ctx.standing())?;
    let finder = by.clone();
    ctx.create(
        move |tx| ops::find(tx, &finder, account),
        move |tx, to| {
            let issued = ops::issue(tx, &by, &to, new.purpose)?;
            Ok(issued.map(|Issued { code, expires_at }| {
                Done::added(None, CodeView { code: code.expose_secret().to_owned(), expires_at })
            }))
        },
    )
    .await
}

async fn end_sessions(ctx: Ctx<ManageAccounts>, Path(account): Path<AccountId>) -> Result<Answer<NothingView>> {
    let by = Administrator::of(ctx.standing())?;
    let finder = by.clone();
    ctx.create(
        move |tx| ops::find(tx, &finder, account),
        move |tx, of| Ok(ops::end_sessions(tx, &by, &of)?.map(|()| Done::ended(NothingView {}))),
    )
    .await
}

async fn change_state(
    ctx: Ctx<ManageAccounts, OnVersion>,
    Path(account): Path<AccountId>,
    Json(step): Json<Step<AccountTarget>>,
) -> Result<Answer<AccountView>> {
    let by = Administrator::of(ctx.standing())?;
    let finder = by.clone();
    ctx.change(
        move |tx| ops::find(tx, &finder, account),
        move |tx, before| {
            let changed = ops::change_state(tx, &by, &before, step.to == AccountTarget::Disabled, &step.reason)?;
            Ok(changed.map(|after| Done::changed(after.account.version, AccountView::from(&after))))
        },
    )
    .await
}
