//! What accounts act as, over HTTP.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::super::ops::accounts::{self, Administrator};
use super::super::ops::memberships as ops;
use super::input::{MembershipTarget, NewMembership, Step};
use crate::access::membership::{Membership, State};
use crate::access::policy::{ManageAccounts, ReadAccounts, Role};
use crate::clock::Instant;
use crate::db::{Reach, ReadTx};
use crate::error::{Error, Result};
use crate::http::{
    Answer, Ctx, Done, Endpoint, Json, Method, OnVersion, Page, PageQuery, Path, Query, Record, endpoint,
};
use crate::id::{AccountId, MembershipId, OfficeId, OrganisationId, PersonId};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let all = "/api/v1/accounts/{account_id}/memberships";
    let step = "/api/v1/memberships/{membership_id}/transitions";
    vec![
        endpoint(Method::GET, all, "listMemberships", "List what an account acted as", list),
        endpoint(Method::POST, all, "beginMembership", "Make an account act as something else", begin),
        endpoint(Method::POST, step, "changeMembershipState", "Confirm or end a membership", change),
    ]
}

/// What an account acts as, where, and how far it sees. It counts while it is confirmed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct MembershipView {
    #[schema(value_type = String, format = Uuid)]
    id: MembershipId,
    version: i32,
    state: State,
    role: Role,
    reach: Reach,
    #[schema(value_type = Option<String>, format = Uuid)]
    office_id: Option<OfficeId>,
    #[schema(value_type = Option<String>, format = Uuid)]
    organisation_id: Option<OrganisationId>,
    #[schema(value_type = String, format = DateTime)]
    invited_at: Instant,
    #[schema(value_type = Option<String>, format = DateTime)]
    accepted_at: Option<Instant>,
    #[schema(value_type = Option<String>, format = DateTime)]
    confirmed_at: Option<Instant>,
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Instant>,
}

/// Whose own file an immigrant's membership is for is nobody's business here, so the view has no member for it.
impl From<&Membership> for MembershipView {
    fn from(membership: &Membership) -> Self {
        Self {
            id: membership.id,
            version: membership.version,
            state: membership.state(),
            role: membership.role,
            reach: membership.reach,
            office_id: membership.office_id,
            organisation_id: membership.organisation_id,
            invited_at: membership.invited_at,
            accepted_at: membership.accepted_at,
            confirmed_at: membership.confirmed_at,
            ended_at: membership.ended_at,
        }
    }
}

/// Only the present version is kept: a conflict shows what it is now.
impl Record for Membership {
    fn version(&self) -> i32 {
        self.version
    }

    fn person(&self) -> Option<PersonId> {
        None
    }

    fn members_at(&self, _: &mut ReadTx<'_>, version: i32) -> Result<Option<Value>> {
        let present = (version == self.version).then(|| serde_json::to_value(MembershipView::from(self)));
        present.transpose().map_err(Error::internal)
    }
}

async fn list(
    ctx: Ctx<ReadAccounts>,
    Path(account): Path<AccountId>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<Page<MembershipView>>> {
    let by = Administrator::of(ctx.standing())?;
    let path = format!("/api/v1/accounts/{account}/memberships");
    let page = query.open::<_, _, (i64, MembershipId)>(&ctx, &path)?;
    let (after, limit) = (page.after().map(|(micros, _)| Instant::from_micros(micros)), page.limit());
    let rows = ctx.read(move |tx| ops::history(tx, &by, account, after, limit)).await?;
    page.answer(&rows, |membership| (membership.invited_at.micros(), membership.id))
}

async fn begin(
    ctx: Ctx<ManageAccounts>,
    Path(account): Path<AccountId>,
    Json(new): Json<NewMembership>,
) -> Result<Answer<MembershipView>> {
    let by = Administrator::of(ctx.standing())?;
    let finder = by.clone();
    ctx.create(
        move |tx| accounts::find(tx, &finder, account),
        move |tx, of| {
            let begun = ops::begin(tx, &by, &of, &new.0)?;
            let location = format!("/api/v1/accounts/{account}/memberships");
            Ok(begun.map(|row| Done::created(location, row.version, MembershipView::from(&row))))
        },
    )
    .await
}

async fn change(
    ctx: Ctx<ManageAccounts, OnVersion>,
    Path(membership): Path<MembershipId>,
    Json(step): Json<Step<MembershipTarget>>,
) -> Result<Answer<MembershipView>> {
    let by = Administrator::of(ctx.standing())?;
    let finder = by.clone();
    ctx.change(
        move |tx| ops::find(tx, &finder, membership),
        move |tx, before| {
            let confirm = step.to == MembershipTarget::Confirmed;
            let changed = ops::change(tx, &by, &before, confirm, &step.reason)?;
            Ok(changed.map(|row| Done::changed(row.version, MembershipView::from(&row))))
        },
    )
    .await
}
