//! Decisions: proposed by one, approved by another, on facts and a sum that are kept as they were. The database refuses the same once more
//! (migration `cases`): nothing here is the only guard.

mod effect;
mod letters;
mod proposal;

use serde_json::json;

pub(in crate::cases) use self::effect::Wish;
pub(in crate::cases) use self::proposal::{Found, Proposal, propose, required, requirements};
use super::moves::{Request, advance, allowed, impossible, refuse_conflict};
use super::{Acting, Lawbook};
use crate::cases::model::{Event, Judged, Outcome, State, Verdict, catalogue};
use crate::cases::store::decisions::{self, DecisionRow, VerdictRow};
use crate::cases::store::files::{self, CaseRow};
use crate::db::{Action, Audited, Event as Trace, ReadTx, Viewed, WriteTx};
use crate::eligibility::{self, Calculation};
use crate::error::{Code, Error, Result};
use crate::id::DecisionId;
use crate::keys;
use crate::law::Pack;
use crate::people;

/// A proposed decision and what was said to it.
#[derive(Clone, Debug)]
pub(in crate::cases) struct Decided {
    pub(in crate::cases) row: DecisionRow,
    pub(in crate::cases) verdict: Option<VerdictRow>,
}

/// A sum done again from the facts that were kept.
#[derive(Debug)]
pub(in crate::cases) struct Again {
    pub(in crate::cases) row: DecisionRow,
    /// The kept text still has the hash that was kept beside it.
    pub(in crate::cases) unchanged: bool,
    /// The sum comes out as it did.
    pub(in crate::cases) equal: bool,
    pub(in crate::cases) kept: Calculation,
    pub(in crate::cases) computed: Calculation,
}

impl Decided {
    /// The findings, as they were proposed.
    pub(in crate::cases) fn judged(&self) -> Result<Vec<Judged>> {
        serde_json::from_str(&self.row.requirements).map_err(Error::internal)
    }
}

/// A second official approves a proposed decision or sends it back. An approved grant puts the permit, registration or nationality on record in
/// the same transaction; the letter is kept as it was sent.
pub(in crate::cases) fn judge(
    tx: &mut WriteTx<'_>,
    law: Lawbook<'_>,
    found: &(CaseRow, Decided),
    acting: Acting,
    said: (Verdict, Option<String>),
) -> Result<Audited<(CaseRow, Decided)>> {
    let (before, decided) = found;
    let (verdict, note) = said;
    let (person, row) = (before.person_id, &decided.row);
    people::lock(tx, person)?;
    let catalogue = catalogue()?;
    let event = match (verdict, row.outcome) {
        (Verdict::Returned, _) => Event::Return,
        (Verdict::Approved, Outcome::Grant) => Event::Grant,
        (Verdict::Approved, Outcome::Refuse) => Event::Refuse,
    };
    refuse_conflict(tx, before, acting.role)?;
    if before.state != State::Proposed || before.decision_id != Some(row.id) || decided.verdict.is_some() {
        return Err(impossible(catalogue, before));
    }
    let step = allowed(catalogue, before, acting.role, event)?;
    let account = tx.account().ok_or_else(|| Error::new(Code::FourEyes))?;
    let same = decisions::was_proposed_by(tx, person, before.id, account)?
        || files::was_kept_by(tx, person, before.id, account)?;
    if verdict == Verdict::Approved && same {
        return Err(Error::new(Code::FourEyes));
    }
    if verdict == Verdict::Returned && note.is_none() {
        return Err(Error::invalid_at("/note", "required", "Say what is to be done."));
    }
    let approved = verdict == Verdict::Approved;
    let (letter_az, letter_en) = if approved {
        let (az, en) = letters::both(tx, law, before, decided, acting.today)?;
        (Some(az), Some(en))
    } else {
        (None, None)
    };
    let (recorded_at, decision_id) = (tx.now(), row.id);
    let said = VerdictRow {
        person_id: person,
        decision_id,
        verdict,
        note: note.clone(),
        letter_az,
        letter_en,
        recorded_at,
        recorded_by: account,
    };
    decisions::judge(tx, &said)?;
    let request = Request { event, on: acting.today, reason: None, note, until: None };
    let case = advance(tx, law.pack, before, step, &request, Some(row.id))?;
    if event == Event::Grant {
        effect::apply(tx, law.pack, &case, &row.effect)?;
    }
    let details = json!({ "case": case.id, "decision": row.id, "verdict": verdict });
    let decided = Decided { row: row.clone(), verdict: Some(said) };
    tx.record(&Trace::about(Action::DecisionJudged, person).with(details), (case, decided))
}

/// The decision with an id and its case, if the caller may know of the person.
pub(in crate::cases) fn find_decision(tx: &mut ReadTx<'_>, id: DecisionId) -> Result<(CaseRow, Decided)> {
    let row = decisions::by_id(tx, id)?;
    let case = files::by_id(tx, row.case_id)?;
    let verdict = decisions::verdict(tx, row.person_id, row.id)?;
    Ok((case, Decided { row, verdict }))
}

/// One decision.
pub(in crate::cases) fn show_decision(tx: &mut ReadTx<'_>, id: DecisionId) -> Result<Viewed<(CaseRow, Decided)>> {
    let found = find_decision(tx, id)?;
    let person = found.0.person_id;
    tx.viewed(&Trace::about(Action::DecisionViewed, person).with(json!({ "decision": id })), found)
}

/// The decisions of a case, in the order they were proposed.
pub(in crate::cases) fn decisions(tx: &mut ReadTx<'_>, case: &CaseRow) -> Result<Viewed<Vec<Decided>>> {
    let rows = decisions::of_case(tx, case.person_id, case.id)?;
    let decided = rows.into_iter().map(|(row, verdict)| Decided { row, verdict }).collect();
    tx.viewed(&Trace::about(Action::DecisionViewed, case.person_id).with(json!({ "case": case.id })), decided)
}

/// Does the sum of a decision again from the facts that were kept, by the law that was kept.
pub(in crate::cases) fn again(tx: &mut ReadTx<'_>, id: DecisionId) -> Result<Viewed<Again>> {
    let (case, decided) = find_decision(tx, id)?;
    let row = decided.row;
    let kept: Calculation = serde_json::from_str(&row.calculation).map_err(Error::internal)?;
    let files = decisions::archived(tx, &row.pack_hash)?;
    let pack = Pack::from_files(&files).map_err(|_| Error::internal("an archived law pack has faults"))?;
    let computed = eligibility::again(&pack, &kept)?;
    let unchanged = keys::sha256(&[row.calculation.as_bytes()]).as_slice() == row.calculation_hash.as_slice();
    let equal = computed == kept;
    let again = Again { row, unchanged, equal, kept, computed };
    tx.viewed(
        &Trace::about(Action::DecisionViewed, case.person_id).with(json!({ "decision": id, "again": true })),
        again,
    )
}
