//! Codes with which persons set up an account of their own.

use serde::Serialize;
use utoipa::ToSchema;

use crate::access::policy::IssueActivations;
use crate::clock::Instant;
use crate::confidentiality::ops::activations as ops;
use crate::error::Result;
use crate::http::{Answer, Ctx, Done, Endpoint, Fields, Input, Json, Method, Path, endpoint};
use crate::id::{AccountId, PersonId};
use crate::identity::Email;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let all = "/api/v1/people/{person_id}/activation-codes";
    vec![endpoint(Method::POST, all, "issueActivationCode", "Hand the person a code for an account", issue)]
}

/// A code, shown this once.
#[derive(Debug, Serialize, ToSchema)]
struct ActivationCodeView {
    #[schema(value_type = String, format = Uuid)]
    account_id: AccountId,
    /// For the person alone. It works once.
    code: String,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Instant,
}

struct NewActivationCode {
    email: Email,
}

impl Input for NewActivationCode {
    const NAME: &'static str = "NewActivationCode";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { email: fields.required("email", "The address the person will sign in with.")? })
    }
}

async fn issue(
    ctx: Ctx<IssueActivations>,
    Path(person): Path<PersonId>,
    Json(new): Json<NewActivationCode>,
) -> Result<Answer<ActivationCodeView>> {
    ctx.create(
        move |tx| crate::people::visible(tx, person),
        move |tx, ()| {
            let issued = ops::issue(tx, person, &new.email)?;
            Ok(issued.map(|issued| {
                let ops::Issued { account, version, code, expires_at } = issued;
                let view = ActivationCodeView { account_id: account, code, expires_at };
                Done::created(format!("/api/v1/people/{person}"), version, view)
            }))
        },
    )
    .await
}
