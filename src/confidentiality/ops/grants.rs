//! Breaking the glass: one file, for a stated purpose and reason, for a while; then somebody else judges it.

use serde_json::json;

use crate::access::scope;
use crate::access::scope::grant::{self, GrantRow, Outcome};
use crate::db::{Action, Audited, Event, Reach, ReadTx, Viewed, WriteTx};
use crate::error::{Code, Error, Result};
use crate::id::{AccessGrantId, AccountId, PersonId};

/// Life of a grant, seconds.
const LIFE_S: i64 = 3 * 3600;
/// Most grants of an account in a day.
const MOST: i64 = 10;
/// A day, seconds.
const DAY_S: i64 = 24 * 3600;

/// The person with a file number whose glass the caller may break. 404 alike for unknown, protected and closed files.
pub(in crate::confidentiality) fn breakable(tx: &mut ReadTx<'_>, number: &str) -> Result<PersonId> {
    grant::breakable(tx, number)
}

/// Lets the caller see a file for a while.
pub(in crate::confidentiality) fn make(
    tx: &mut WriteTx<'_>,
    person: PersonId,
    purpose: &str,
    reason: &str,
) -> Result<Audited<GrantRow>> {
    let (account, now) = (acting(tx)?, tx.now());
    if grant::made_since(tx, account, now.plus_seconds(-DAY_S))? >= MOST {
        let detail = format!("An account opens at most {MOST} files a day in this way.");
        return Err(Error::new(Code::RateLimited).with_detail(detail).with_member("retry_after_s", DAY_S));
    }
    // Judged where the account works; whoever works for no office is judged where the file is.
    let office = match tx.scope().office {
        Some(office) => office,
        None => scope::office_of(tx, person)?,
    };
    let row = GrantRow {
        person_id: person,
        id: AccessGrantId::random(),
        version: 1,
        account_id: account,
        office_id: Some(office),
        purpose: purpose.to_owned(),
        reason: reason.to_owned(),
        recorded_at: now,
        expires_at: now.plus_seconds(LIFE_S),
        reviewed_at: None,
        reviewed_by: None,
        outcome: None,
        note: None,
    };
    grant::insert(tx, &row)?;
    let details = json!({ "access_grant": row.id, "purpose": purpose, "reason": reason });
    tx.record(&Event::about(Action::AccessGranted, person).with(details), row)
}

/// One's own grant that still runs: 404 if it is none of one's own, 410 if it is over.
pub(in crate::confidentiality) fn running(tx: &mut ReadTx<'_>, id: AccessGrantId) -> Result<GrantRow> {
    let account = acting(tx)?;
    let row = grant::by_id(tx, id)?;
    if row.account_id != account {
        return Err(Error::not_found());
    }
    if row.expires_at <= tx.now() { Err(Error::new(Code::Gone)) } else { Ok(row) }
}

/// Ends a grant before its time.
pub(in crate::confidentiality) fn end(tx: &mut WriteTx<'_>, before: &GrantRow) -> Result<Audited<GrantRow>> {
    let after = GrantRow { expires_at: tx.now(), ..before.clone() };
    let row = grant::update(tx, before, after)?;
    let event = Event::about(Action::AccessGrantEnded, row.person_id).with(json!({ "access_grant": row.id }));
    tx.record(&event, row)
}

/// A grant that the caller may judge, or is told may not be judged by them.
pub(in crate::confidentiality) fn to_review(tx: &mut ReadTx<'_>, id: AccessGrantId) -> Result<GrantRow> {
    let account = acting(tx)?;
    let row = grant::by_id(tx, id)?;
    let of_office = tx.scope().reach == Reach::National || tx.scope().office == row.office_id;
    if of_office || row.account_id == account { Ok(row) } else { Err(Error::not_found()) }
}

/// Judges a grant. Nobody judges the own one, and each is judged once.
pub(in crate::confidentiality) fn review(
    tx: &mut WriteTx<'_>,
    before: &GrantRow,
    outcome: Outcome,
    note: &str,
) -> Result<Audited<GrantRow>> {
    let (account, now) = (acting(tx)?, tx.now());
    if before.account_id == account {
        return Err(Error::new(Code::ActionNotPermitted).with_detail("Somebody else judges this grant."));
    }
    if before.reviewed_at.is_some() {
        return Err(Error::new(Code::InvalidTransition).with_member("state", "reviewed"));
    }
    let after = GrantRow {
        reviewed_at: Some(now),
        reviewed_by: Some(account),
        outcome: Some(outcome),
        note: Some(note.to_owned()),
        ..before.clone()
    };
    let row = grant::update(tx, before, after)?;
    let details = json!({ "access_grant": row.id, "outcome": outcome });
    tx.record(&Event::about(Action::AccessGrantReviewed, row.person_id).with(details), row)
}

/// One's own grants.
pub(in crate::confidentiality) fn own(
    tx: &mut ReadTx<'_>,
    after: Option<AccessGrantId>,
    limit: usize,
) -> Result<Viewed<Vec<GrantRow>>> {
    let account = acting(tx)?;
    let rows = grant::own(tx, account, after, limit)?;
    viewed(tx, rows, limit)
}

/// Grants of the caller's office that wait for a review; all of them for whoever sees every file.
pub(in crate::confidentiality) fn open(
    tx: &mut ReadTx<'_>,
    after: Option<AccessGrantId>,
    limit: usize,
) -> Result<Viewed<Vec<GrantRow>>> {
    let office = tx.scope().office.filter(|_| tx.scope().reach != Reach::National);
    let rows = grant::open(tx, office, after, limit)?;
    viewed(tx, rows, limit)
}

fn viewed(tx: &mut ReadTx<'_>, rows: Vec<GrantRow>, limit: usize) -> Result<Viewed<Vec<GrantRow>>> {
    let loaded = rows.iter().map(|row| row.person_id).collect();
    let mut event = Event::about_page(Action::AccessGrantsViewed, loaded, limit);
    event.subjects.sort_unstable();
    event.subjects.dedup();
    tx.viewed(&event, rows)
}

fn acting(tx: &ReadTx<'_>) -> Result<AccountId> {
    tx.account().ok_or_else(|| Error::internal("nobody acts"))
}
