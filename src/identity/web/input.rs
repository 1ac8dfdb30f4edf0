//! What bodies of this slice are made of.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use super::super::model::{Appointment, Email};
use crate::access::blocklist::Context;
use crate::access::password::{Refusal, acceptable};
use crate::access::policy::Role;
use crate::db::{Reach, TextEnum, text_enum};
use crate::error::{Error, Fault, Result};
use crate::http::{Fields, Input, Line, Member, text};
use crate::id::{OfficeId, OrganisationId};

impl Member for Email {
    fn parse(value: &Value) -> Result<Self, (&'static str, String)> {
        text(value)?.parse().map_err(|why: &str| ("not_an_address", format!("It must be like this: {why}.")))
    }

    fn schema() -> Value {
        json!({ "type": "string", "format": "email", "maxLength": 254 })
    }
}

/// 422 at the member unless the account's owner may choose the password: every reason at once.
pub(super) fn refuse_weak(password: &SecretString, second_factor: bool, words: &[&str], member: &str) -> Result<()> {
    let judged = acceptable(password.expose_secret(), second_factor, &Context::new(words));
    judged.map_err(|reasons| {
        let fault = |reason: Refusal| {
            Fault::at(format!("/{member}"), "not_acceptable", format!("Choose another one: {reason}."))
        };
        Error::invalid(reasons.into_iter().map(fault).collect())
    })
}

/// What somebody is to be. Left out, the reach is the narrowest of the role.
#[derive(Clone)]
pub(super) struct NewMembership(pub(super) Appointment);

impl Input for NewMembership {
    const NAME: &'static str = "NewMembership";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let role = fields.required::<Role>("role", "What the account is to act as.");
        let reach = fields.optional::<Reach>("reach", "How far it is to see; absent: the narrowest of the role.");
        let office = fields.optional::<OfficeId>("office_id", "The office it belongs to.");
        let organisation = fields.optional::<OrganisationId>("organisation_id", "The organisation, for coordinators.");
        let role = role?;
        let narrowest = role.reaches().first().copied().unwrap_or(Reach::None);
        Some(Self(Appointment { role, reach: reach.unwrap_or(narrowest), office, organisation }))
    }
}

/// A step from one state to another, with its reason.
#[derive(Clone)]
pub(super) struct Step<S> {
    pub(super) to: S,
    pub(super) reason: String,
}

/// States that somebody can bring about, and how a step to them is called.
pub(super) trait Target: TextEnum + Send {
    const STEP: &'static str;
}

impl<S: Target> Input for Step<S> {
    const NAME: &'static str = S::STEP;

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let to = fields.required::<S>("to", "The state to bring about.");
        let reason = fields.required::<Line>("reason", "Why; it stands in the log.");
        Some(Self { to: to?, reason: reason?.0 })
    }
}

text_enum! {
    /// What an account can be made.
    pub enum AccountTarget {
        /// It cannot be used any more.
        Disabled = "disabled",
        /// It can be used again.
        Active = "active",
    }
}

impl Target for AccountTarget {
    const STEP: &'static str = "AccountTransition";
}

text_enum! {
    /// What a membership can be made.
    pub enum MembershipTarget {
        /// It counts.
        Confirmed = "confirmed",
        /// It is over.
        Ended = "ended",
    }
}

impl Target for MembershipTarget {
    const STEP: &'static str = "MembershipTransition";
}
