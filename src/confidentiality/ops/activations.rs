//! An account of a person's own: the office hands over a code, and with it the person sets a password nobody else knows.

use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::access::account::{self, Account, State};
use crate::access::membership::{self, Membership};
use crate::access::one_time::{self, Purpose, issue_code};
use crate::access::policy::Role;
use crate::clock::Instant;
use crate::db::{Action, Audited, Event, Reach, WriteTx};
use crate::error::{Code, Error, Result};
use crate::id::{AccountId, PersonId};
use crate::identity::Email;
use crate::people;

/// A code on its way to the person.
#[derive(Debug)]
pub(in crate::confidentiality) struct Issued {
    pub(in crate::confidentiality) account: AccountId,
    pub(in crate::confidentiality) version: i32,
    pub(in crate::confidentiality) code: String,
    pub(in crate::confidentiality) expires_at: Instant,
}

/// Invites a person to an account of their own, or invites them anew. Who hands over the code has seen who the person is, so the membership is
/// confirmed from the start; the account itself cannot be used before the code is.
pub(in crate::confidentiality) fn issue(
    tx: &mut WriteTx<'_>,
    person: PersonId,
    email: &Email,
) -> Result<Audited<Issued>> {
    people::lock(tx, person)?;
    let email = email.to_string();
    let named = account::by_email(tx, &email)?;
    let account = match membership::of_person(tx, person)? {
        None if named.is_some() => return Err(not_usable()),
        None => invite(tx, person, email)?,
        Some(live) => renew(tx, live.account_id, named.as_ref(), email)?,
    };
    let one_time::Issued { code, expires_at } = issue_code(tx, Purpose::Activation, Some(account.id))?;
    let code = code.expose_secret().to_owned();
    let issued = Issued { account: account.id, version: account.version, code, expires_at };
    let details = json!({ "account": issued.account });
    tx.record(&Event::about(Action::ActivationIssued, person).with(details), issued)
}

fn invite(tx: &mut WriteTx<'_>, person: PersonId, email: String) -> Result<Account> {
    let account = Account::invited(tx, email.clone(), email);
    account::insert(tx, &account)?;
    let membership = Membership {
        person_id: Some(person),
        confirmed_at: Some(tx.now()),
        confirmed_by: tx.account(),
        ..Membership::offered(tx, account.id, Role::Applicant, Reach::Own)
    };
    membership::insert(tx, &membership)?;
    Ok(account)
}

/// The invited account once more, perhaps under another address.
fn renew(tx: &mut WriteTx<'_>, id: AccountId, named: Option<&Account>, email: String) -> Result<Account> {
    let invited = account::by_id(tx, id)?.ok_or_else(|| Error::internal("a membership without its account"))?;
    if invited.state() != State::Invited {
        let error =
            Error::new(Code::InvalidTransition).with_member("state", crate::db::TextEnum::text(invited.state()));
        return Err(error.with_detail("The person has an account already."));
    }
    match named {
        Some(named) if named.id != id => Err(not_usable()),
        Some(_) => Ok(invited),
        None => {
            let renamed = Account { display_name: email.clone(), email, ..invited.clone() };
            account::replace(tx, &invited, renamed)
        }
    }
}

/// Says no more than that: whose address it is, is nobody's business.
fn not_usable() -> Error {
    Error::invalid_at("/email", "not_usable", "This address cannot be used. Choose another one.")
}
