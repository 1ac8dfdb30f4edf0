//! Accounts made from outside the API: by the operator, and by tests.

use std::sync::Arc;

use crate::db::Caller;
use crate::error::Result;
use crate::http::App;
use crate::id::AccountId;
use crate::identity::{NewAccount, create_account};

/// Makes an account with everything that belongs to it: password hash, office. 422 if the e-mail is taken.
pub async fn add_account(app: &App, new: NewAccount) -> Result<AccountId> {
    let hash = app.hash(new.password.clone()).await?;
    let new = Arc::new(new);
    app.program_write(Caller::program("operator"), move |tx| create_account(tx, &new, &hash)).await
}
