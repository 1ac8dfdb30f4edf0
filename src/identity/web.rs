//! Signing in, and one's own account.

mod accounts;
mod activation;
mod factors;
mod input;
mod memberships;
mod notices;
#[cfg(feature = "passkeys")]
mod passkey;
mod places;
mod sessions;
mod sign_in;

use serde::Serialize;
use utoipa::ToSchema;

use super::ops;
use crate::access::account::Account;
use crate::access::notices::unread;
use crate::access::policy::{Grant, ReadSelf, Role};
use crate::db::{Reach, ReadTx, Scope};
use crate::error::Result;
use crate::http::{Answer, Ctx, Endpoint, Method, endpoint};
use crate::id::{AccountId, OfficeId, OrganisationId, PersonId};

/// The operations of this slice.
pub fn endpoints() -> Vec<Endpoint> {
    let parts = [
        sign_in::endpoints(),
        #[cfg(feature = "passkeys")]
        passkey::endpoints(),
        vec![endpoint(Method::GET, "/api/v1/me", "showMe", "Show one's own account", me)],
        activation::endpoints(),
        sessions::endpoints(),
        factors::endpoints(),
        notices::endpoints(),
        places::endpoints(),
        memberships::endpoints(),
        accounts::endpoints(),
    ];
    parts.into_iter().flatten().collect()
}

/// One's own account.
#[derive(Debug, Serialize, ToSchema)]
struct MeView {
    #[schema(value_type = String, format = Uuid)]
    id: AccountId,
    email: String,
    display_name: String,
    /// What the account acts as; none until an administrator has confirmed it.
    role: Option<Role>,
    /// How far the account sees.
    reach: Option<Reach>,
    #[schema(value_type = Option<String>, format = Uuid)]
    office_id: Option<OfficeId>,
    /// Name of the office it belongs to.
    office: Option<String>,
    #[schema(value_type = Option<String>, format = Uuid)]
    organisation_id: Option<OrganisationId>,
    /// Name of the organisation it belongs to.
    organisation: Option<String>,
    /// The own file, for whoever is the person concerned.
    #[schema(value_type = Option<String>, format = Uuid)]
    person_id: Option<PersonId>,
    /// What the account may do.
    permissions: Vec<&'static str>,
    /// How many notices about the account it has not put away yet.
    unread_notices: i64,
}

async fn me(ctx: Ctx<ReadSelf>) -> Result<Answer<MeView>> {
    let standing = ctx.standing();
    let membership = standing.membership.clone();
    let (own, account) = (membership.clone(), standing.account.id);
    let read = move |tx: &mut ReadTx<'_>| {
        let places = own.as_ref().map(|membership| ops::places(tx, membership)).transpose()?;
        Ok((places.unwrap_or_default(), unread(tx, account)?))
    };
    let ((office, organisation), unread_notices) = ctx.read(read).await?;
    let permissions = Grant::ALL.iter().filter(|grant| standing.may(**grant)).map(|grant| grant.name()).collect();
    let Account { id, email, display_name, .. } = standing.account.clone();
    let (role, reach) = membership.as_ref().map(|membership| (membership.role, membership.reach)).unzip();
    let Scope { office: office_id, organisation: organisation_id, person: person_id, .. } = standing.scope();
    Answer::ok(&MeView {
        id,
        email,
        display_name,
        role,
        reach,
        office_id,
        office,
        organisation_id,
        organisation,
        person_id,
        permissions,
        unread_notices,
    })
}
