//! What hosts say, and what follows from it.

use chrono::NaiveDate;
use serde_json::json;

use crate::addresses::model::{ConsentEnd, ConsentState, Consented, Dwelt, HostConsent, cured_on};
use crate::addresses::store;
use crate::addresses::store::consents::{self, ConsentRow};
use crate::clock::Instant;
use crate::db::{Action, Audited, Event, ReadTx, TextEnum as _, Viewed, WriteTx};
use crate::error::{Code, Error, Fault, Result};
use crate::id::{HostConsentId, PersonId};
use crate::law::{self, DeadlineResult, EventTime, Pack, Status};
use crate::{grounds, people, permits};

/// Kind of the event that a withdrawn consent is, as the law pack names it.
const WITHDRAWN: &str = "dwelling_consent_withdrawn";

/// A consent, and what else of the record its answer rests on.
#[derive(Debug)]
pub(in crate::addresses) struct Shown {
    /// The consent.
    pub(in crate::addresses) row: ConsentRow,
    /// The term to show another dwelling, and the day on which one was shown.
    pub(in crate::addresses) cure: Option<Cure>,
}

/// The term to show another dwelling.
#[derive(Debug)]
pub(in crate::addresses) struct Cure {
    /// When it is due.
    pub(in crate::addresses) term: DeadlineResult,
    /// The day on which it was met.
    pub(in crate::addresses) cured_on: Option<NaiveDate>,
}

/// What of a person's record decides about the cure of withdrawn consents.
struct Record {
    statuses: Vec<Status>,
    dwelt: Vec<Dwelt>,
    consented: Vec<Consented>,
}

/// Records what a host said.
pub(in crate::addresses) fn record(
    tx: &mut WriteTx<'_>,
    person: PersonId,
    declared_on: NaiveDate,
    consent: HostConsent,
) -> Result<Audited<ConsentRow>> {
    people::lock(tx, person)?;
    refuse_unknown(tx, person, &consent)?;
    let row = ConsentRow::of(tx, person, HostConsentId::random(), declared_on, consent);
    let row = consents::insert(tx, row)?;
    tx.record(&Event::about(Action::HostConsentRecorded, person).with(json!({ "host_consent": row.id })), row)
}

/// 422 for a registration that is not this person's, and a host whose file the caller may not know of.
fn refuse_unknown(tx: &mut ReadTx<'_>, person: PersonId, consent: &HostConsent) -> Result<()> {
    let mut faults = Vec::new();
    if let Some(address) = consent.address_id
        && store::version(tx, person, address, 1)?.is_none()
    {
        faults.push(Fault::at("/address_id", "unknown_address", "This person has no such registration."));
    }
    match consent.host_person_id {
        Some(host) if host == person => {
            faults.push(Fault::at("/host_person_id", "same_person", "Nobody is their own host."));
        }
        Some(host) if people::visible_among(tx, &[host])?.is_empty() => {
            faults.push(Fault::at("/host_person_id", "unknown_person", "There is no such person."));
        }
        _ => {}
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults)) }
}

/// Ends a consent. Its withdrawal starts the term to show another dwelling in the same transaction.
pub(in crate::addresses) fn end(
    tx: &mut WriteTx<'_>,
    before: &ConsentRow,
    to: ConsentEnd,
    on: NaiveDate,
    reason: &str,
) -> Result<Audited<ConsentRow>> {
    people::lock(tx, before.person_id)?;
    let state = before.consent().state();
    if state != ConsentState::Given {
        let nothing: Vec<&str> = Vec::new();
        let refused = Error::new(Code::InvalidTransition).with_member("state", state.text());
        return Err(refused.with_member("allowed", nothing));
    }
    if on < before.declared_on {
        let message = format!("The consent was given on {}, after that day.", before.declared_on);
        return Err(Error::invalid_at("/on", "before_start", message));
    }
    let mut after = before.clone();
    match to {
        ConsentEnd::Refused => after.refused_on = Some(on),
        ConsentEnd::Withdrawn => after.withdrawn_on = Some(on),
    }
    let row = consents::replace(tx, before, after)?;
    let event = match to {
        ConsentEnd::Refused => None,
        ConsentEnd::Withdrawn => Some(grounds::start_term(tx, row.person_id, WITHDRAWN, on)?),
    };
    let details = json!({ "host_consent": row.id, "version": row.version, "to": to, "reason": reason, "event": event });
    tx.record(&Event::about(Action::HostConsentChanged, row.person_id).with(details), row)
}

/// Withdraws a record made by mistake. What the host said is not undone by it: an event that it started has a record of its own.
pub(in crate::addresses) fn withdraw(tx: &mut WriteTx<'_>, before: &ConsentRow) -> Result<Audited<ConsentRow>> {
    let row = consents::replace(tx, before, ConsentRow { withdrawn: true, ..before.clone() })?;
    let details = json!({ "host_consent": row.id, "version": row.version, "withdrawn": true });
    tx.record(&Event::about(Action::HostConsentChanged, row.person_id).with(details), row)
}

/// A page of the consents of a person's hosts, earliest first.
pub(in crate::addresses) fn list(
    tx: &mut ReadTx<'_>,
    pack: &Pack,
    person: PersonId,
    as_of: Instant,
    after: Option<&(NaiveDate, HostConsentId)>,
    limit: usize,
) -> Result<Viewed<Vec<Shown>>> {
    people::visible(tx, person)?;
    let rows = consents::page(tx, person, as_of, after, limit)?;
    let shown = with_cures(tx, pack, person, as_of, rows)?;
    tx.viewed(&Event::about(Action::HostConsentsViewed, person), shown)
}

/// One consent.
pub(in crate::addresses) fn show(
    tx: &mut ReadTx<'_>,
    pack: &Pack,
    person: PersonId,
    id: HostConsentId,
) -> Result<Viewed<Shown>> {
    let row = find(tx, person, id)?;
    let shown = with_cure(tx, pack, row)?;
    tx.viewed(&Event::about(Action::HostConsentsViewed, person).with(json!({ "host_consent": id })), shown)
}

/// The live row of a consent in the file of a person the caller may see.
pub(in crate::addresses) fn find(tx: &mut ReadTx<'_>, person: PersonId, id: HostConsentId) -> Result<ConsentRow> {
    people::visible(tx, person)?;
    consents::live(tx, person, id)
}

/// A consent with its cure.
pub(in crate::addresses) fn with_cure(tx: &mut ReadTx<'_>, pack: &Pack, row: ConsentRow) -> Result<Shown> {
    let shown = with_cures(tx, pack, row.person_id, Instant::END, vec![row])?;
    shown.into_iter().next().ok_or_else(|| Error::internal("a consent was not shown"))
}

fn with_cures(
    tx: &mut ReadTx<'_>,
    pack: &Pack,
    person: PersonId,
    as_of: Instant,
    rows: Vec<ConsentRow>,
) -> Result<Vec<Shown>> {
    if rows.iter().all(|row| row.withdrawn_on.is_none()) {
        return Ok(rows.into_iter().map(|row| Shown { row, cure: None }).collect());
    }
    let registrations = store::recorded(tx, person, as_of)?;
    let dwelt: Vec<Option<Dwelt>> = registrations.iter().map(store::AddressRow::dwelt).collect::<Result<_>>()?;
    let record = Record {
        statuses: permits::recorded(tx, person, as_of)?.iter().map(status).collect(),
        dwelt: dwelt.into_iter().flatten().collect(),
        consented: consents::recorded(tx, person, as_of)?.iter().filter_map(ConsentRow::consented).collect(),
    };
    let shown = |row| Ok(Shown { cure: cure(pack, &record, &row)?, row });
    rows.into_iter().map(shown).collect()
}

/// The term that a withdrawn consent started under the law of its day, beside the statuses that were held then; the soonest if there are several.
fn cure(pack: &Pack, record: &Record, row: &ConsentRow) -> Result<Option<Cure>> {
    let Some(on) = row.withdrawn_on else { return Ok(None) };
    let is_held = |status: &&Status| status.from.earliest() <= on && status.to.is_none_or(|to| on <= to.latest());
    let held: Vec<&Status> = record.statuses.iter().filter(is_held).collect();
    let mut terms = Vec::new();
    for deadline in pack.deadlines() {
        let Some(version) = deadline.on(on) else { continue };
        if *version.rule.event() == *WITHDRAWN && version.rule.runs_beside(&held) {
            terms.push(law::deadline(pack, deadline.id(), EventTime::Day(on), &[], None).map_err(Error::internal)?);
        }
    }
    let soonest = terms.into_iter().min_by_key(|term| match term.due {
        Some(EventTime::Day(day)) => day,
        _ => NaiveDate::MAX,
    });
    let Some(term) = soonest else { return Ok(None) };
    let cured_on = cured_on(on, row.address_id, &record.dwelt, &record.consented);
    Ok(Some(Cure { term, cured_on }))
}

fn status(permit: &permits::Permit) -> Status {
    Status {
        kind: permit.kind.text().to_owned(),
        ground: permit.ground.clone(),
        sponsor_ground: permit.sponsor_ground.clone(),
        from: permit.valid_from.into(),
        to: permit.valid_to.map(Into::into),
    }
}
