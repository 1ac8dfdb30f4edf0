//! Colleagues who have a file, over HTTP.

use serde::Serialize;
use utoipa::ToSchema;

use crate::access::policy::{ReadExclusions, RecordStaffPersons};
use crate::clock::Instant;
use crate::error::Result;
use crate::families::model::Reason;
use crate::families::ops;
use crate::http::{Answer, Ctx, Done, Endpoint, Fields, Input, Json, Method, Path, endpoint};
use crate::id::{AccountId, PersonId};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let of_account = "/api/v1/accounts/{account_id}/person-link";
    let conflict = "/api/v1/people/{person_id}/conflicts/{account_id}";
    vec![
        endpoint(Method::POST, of_account, "linkPerson", "Say which file is a colleague's", link),
        endpoint(Method::DELETE, of_account, "unlinkPerson", "Say that a colleague has no file", unlink),
        endpoint(Method::GET, conflict, "showConflict", "Must a colleague keep away from the file?", show),
    ]
}

/// Which file is a colleague's.
struct PersonLink {
    person: PersonId,
}

impl Input for PersonLink {
    const NAME: &'static str = "NewPersonLink";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { person: fields.required("person_id", "The colleague's file.")? })
    }
}

/// Which file is a colleague's.
#[derive(Debug, Serialize, ToSchema)]
struct PersonLinkView {
    #[schema(value_type = String, format = Uuid)]
    account_id: AccountId,
    /// The file; null: the colleague has none.
    #[schema(value_type = Option<String>, format = Uuid)]
    person_id: Option<PersonId>,
    #[schema(value_type = Option<String>, format = DateTime)]
    recorded_at: Option<Instant>,
}

/// Must a colleague keep away from a file?
#[derive(Debug, Serialize, ToSchema)]
struct ConflictView {
    keeps_away: bool,
    /// Why; null: nothing on record says so.
    reason: Option<Reason>,
}

async fn link(
    ctx: Ctx<RecordStaffPersons>,
    Path(account): Path<AccountId>,
    Json(link): Json<PersonLink>,
) -> Result<Answer<PersonLinkView>> {
    ctx.create(
        move |tx| ops::colleague(tx, account),
        move |tx, _| {
            let linked = ops::link(tx, account, link.person)?;
            Ok(linked.map(|row| {
                let (person_id, recorded_at) = (Some(row.person_id), Some(row.recorded_at));
                Done::added(None, PersonLinkView { account_id: row.account_id, person_id, recorded_at })
            }))
        },
    )
    .await
}

async fn unlink(ctx: Ctx<RecordStaffPersons>, Path(account): Path<AccountId>) -> Result<Answer<PersonLinkView>> {
    ctx.create(
        move |tx| ops::colleague(tx, account),
        move |tx, _| {
            let nothing = PersonLinkView { account_id: account, person_id: None, recorded_at: None };
            Ok(ops::unlink(tx, account)?.map(|()| Done::ended(nothing)))
        },
    )
    .await
}

async fn show(
    ctx: Ctx<ReadExclusions>,
    Path((person, account)): Path<(PersonId, AccountId)>,
) -> Result<Answer<ConflictView>> {
    let reason = ctx.view(move |tx| ops::conflict(tx, person, account)).await?;
    Answer::ok(&ConflictView { keeps_away: reason.is_some(), reason })
}
