//! Accounts made from outside the API: by the operator, and by tests.

use std::sync::Arc;

use secrecy::SecretString;

use crate::db::{Caller, Event};
use crate::error::Result;
use crate::http::App;
use crate::id::AccountId;
use crate::identity::{NewAccount, create_account, has_administrator, issue_setup_code};

/// Makes an account with everything that belongs to it: password hash, office. 422 if the e-mail is taken.
pub async fn add_account(app: &App, new: NewAccount) -> Result<AccountId> {
    let hash = app.hash(new.password.clone()).await?;
    let new = Arc::new(new);
    app.program_write(Caller::program("operator"), move |tx| create_account(tx, &new, &hash)).await
}

/// Puts into the log what the operator did at the machine.
pub(crate) async fn log_of_operator(app: &App, event: Event) -> Result<()> {
    app.program_write(Caller::program("operator"), move |tx| tx.record(&event, ())).await
}

/// A code with which somebody makes the first administrator, for the operator's eyes; none if there is an administrator.
pub async fn setup_code(app: &App) -> Result<Option<SecretString>> {
    if app.program_read("start", has_administrator).await? {
        return Ok(None);
    }
    app.program_write(Caller::program("start"), issue_setup_code).await.map(Some)
}
