//! Setting a password with a code, over HTTP: the first administrator, a new colleague, whoever forgot theirs.

use std::sync::Arc;

use secrecy::SecretString;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::model::{Email, NewAccount};
use super::super::ops::activation as ops;
use super::input::refuse_weak;
use super::sign_in::Secret;
use crate::access::policy::Role;
use crate::db::Reach;
use crate::error::{Error, Result};
use crate::http::{Answer, Endpoint, Fields, Input, Json, Line, Method, SignIn, endpoint};

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint(Method::POST, "/api/v1/setup", "setUp", "Make the first administrator", set_up).once(),
        endpoint(
            Method::POST,
            "/api/v1/activations",
            "activateAccount",
            "Set a password with a one-time code",
            activate,
        ),
    ]
}

/// What a code and a password make possible.
#[derive(Debug, Serialize, ToSchema)]
struct ActivatedView {
    /// Where to sign in now.
    sign_in: &'static str,
}

const ACTIVATED: ActivatedView = ActivatedView { sign_in: "/api/v1/sign-in" };

/// A code and the password that its owner chose.
struct Activation {
    code: SecretString,
    password: SecretString,
    display_name: Option<String>,
}

impl Input for Activation {
    const NAME: &'static str = "Activation";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let code = fields.required::<Secret>("code", "The code that was handed over.");
        let password = fields.required::<Secret>("password", "The password to sign in with from now on.");
        let display_name =
            fields.optional::<Line>("display_name", "How colleagues see the account; absent: as before.");
        Some(Self { code: code?.0, password: password?.0, display_name: display_name.map(|line| line.0) })
    }
}

/// The first administrator of an installation.
struct Setup {
    code: SecretString,
    email: Email,
    display_name: String,
    password: SecretString,
}

impl Input for Setup {
    const NAME: &'static str = "Setup";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let code = fields.required::<Secret>("code", "The code that the program printed when it started.");
        let email = fields.required::<Email>("email", "The e-mail address to sign in with.");
        let display_name = fields.required::<Line>("display_name", "How colleagues see the account.");
        let password = fields.required::<Secret>("password", "The password to sign in with.");
        Some(Self { code: code?.0, email: email?, display_name: display_name?.0, password: password?.0 })
    }
}

/// A code that is not good costs no hash: there is nothing to guess in its random bits.
async fn activate(door: SignIn, Json(sent): Json<Activation>) -> Result<Answer<ActivatedView>> {
    let Activation { code, password, display_name } = sent;
    let looked_up = code.clone();
    let Some((_, account)) = door.glance(move |tx| ops::good_code(tx, &looked_up)).await? else {
        door.write(ops::refuse).await?;
        return Err(ops::code_refused());
    };
    let name = display_name.as_ref().unwrap_or(&account.display_name);
    refuse_weak(&password, false, &[&account.email, name], "password")?;
    let hash = door.app().hash(password).await?;
    let redeemed = door.write(move |tx| ops::redeem(tx, &code, &hash, display_name.as_deref())).await?;
    redeemed.ok_or_else(ops::code_refused)?;
    Answer::ok(&ACTIVATED)
}

/// Where an administrator exists there is no set-up, and nothing tells a wrong code from that.
async fn set_up(door: SignIn, Json(sent): Json<Setup>) -> Result<Answer<ActivatedView>> {
    let Setup { code, email, display_name, password } = sent;
    let looked_up = code.clone();
    if door.glance(move |tx| ops::good_setup(tx, &looked_up)).await?.is_none() {
        door.write(ops::refuse).await?;
        return Err(Error::not_found());
    }
    refuse_weak(&password, false, &[&email.to_string(), &display_name], "password")?;
    let hash = door.app().hash(password.clone()).await?;
    let new = Arc::new(NewAccount {
        email,
        display_name,
        role: Role::Administrator,
        reach: Reach::None,
        office: None,
        organisation: None,
        person: None,
        password,
    });
    let made = door.write(move |tx| ops::set_up(tx, &code, &new, &hash)).await?;
    made.ok_or_else(Error::not_found)?;
    Answer::ok(&ACTIVATED)
}
