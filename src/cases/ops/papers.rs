//! The papers of a case: what the law lets the office ask for, and where each stands. A paper that no list names is not asked for: the demand is
//! refused, and counted.

use serde_json::json;

use super::moves::{impossible, refuse_conflict};
use super::{Acting, is_there};
use crate::access::policy::Role;
use crate::cases::model::{Paper, PaperState, catalogue};
use crate::cases::store::files::CaseRow;
use crate::cases::store::papers::{self, DemandRow, PaperRow};
use crate::db::{Action, Audited, Event, ReadTx, Viewed, WriteTx};
use crate::documents;
use crate::error::{Code, Error, Fault, Result};
use crate::id::{AuditEventId, DocumentId};
use crate::people;

/// A paper of the list, and everything that was done about it.
#[derive(Debug)]
pub(in crate::cases) struct Checked {
    pub(in crate::cases) paper: &'static Paper,
    pub(in crate::cases) rows: Vec<PaperRow>,
}

/// What is to be done about a paper.
#[derive(Clone, Debug)]
pub(in crate::cases) struct Handled {
    pub(in crate::cases) paper: String,
    pub(in crate::cases) state: PaperState,
    pub(in crate::cases) document_id: Option<DocumentId>,
    pub(in crate::cases) reason: Option<String>,
}

/// The list of a case, as the law of the day of filing has it.
pub(in crate::cases) fn checklist(tx: &mut ReadTx<'_>, row: &CaseRow) -> Result<Viewed<Vec<Checked>>> {
    let found = checked(tx, row)?;
    tx.viewed(&Event::about(Action::CaseViewed, row.person_id).with(json!({ "case": row.id, "papers": true })), found)
}

/// The same for other answers about the case.
pub(in crate::cases) fn checked(tx: &mut ReadTx<'_>, row: &CaseRow) -> Result<Vec<Checked>> {
    let mut rows = papers::of_case(tx, row.person_id, row.id)?;
    let list = catalogue()?.kind(row.kind)?.papers_on(row.filed_on);
    let checked = list.map(|paper| {
        let (own, others) = rows.drain(..).partition(|row: &PaperRow| row.paper == paper.code);
        rows = others;
        Checked { paper, rows: own }
    });
    Ok(checked.collect())
}

/// Counts a demand that no list allows. None: the list allows it.
pub(in crate::cases) fn refuse_demand(
    tx: &mut WriteTx<'_>,
    row: &CaseRow,
    handled: &Handled,
) -> Result<Option<(Audited<()>, Error)>> {
    let kind = catalogue()?.kind(row.kind)?;
    let listed = kind.papers_on(row.filed_on).any(|paper| paper.code == handled.paper);
    let (false, Some(account)) = (listed, tx.account()) else { return Ok(None) };
    let id = AuditEventId::in_order(u64::try_from(tx.now().micros() / 1_000).unwrap_or(0));
    let demand = DemandRow {
        id,
        office_id: row.office_id,
        account_id: account,
        kind: row.kind,
        paper: handled.paper.clone(),
        recorded_at: tx.now(),
    };
    papers::count_demand(tx, &demand)?;
    let details = json!({ "case": row.id, "paper": handled.paper });
    let counted = tx.record(&Event::about(Action::DemandRefused, row.person_id).with(details), ())?;
    let list: Vec<&str> = kind.papers_on(row.filed_on).map(|paper| paper.code.as_str()).collect();
    let message = format!("The law does not let the office ask for it in this case. The list: {}.", list.join(", "));
    let fault = Fault::at("/paper", "not_on_the_list", message).with_value(&handled.paper);
    Ok(Some((counted, Error::invalid(vec![fault]))))
}

/// Asks for a paper, takes it in, or says whether it serves.
pub(in crate::cases) fn handle(
    tx: &mut WriteTx<'_>,
    row: &CaseRow,
    acting: Acting,
    handled: Handled,
) -> Result<Audited<Checked>> {
    let person = row.person_id;
    people::lock(tx, person)?;
    refuse_conflict(tx, row, acting.role)?;
    if row.closed {
        return Err(impossible(catalogue()?, row));
    }
    if acting.role == Role::Applicant && handled.state != PaperState::Received {
        return Err(Error::new(Code::ActionNotPermitted).with_detail("The office says whether a paper serves."));
    }
    refuse_handling(tx, row, &handled)?;
    let mut checked = checked(tx, row)?;
    let found = checked.iter().position(|one| one.paper.code == handled.paper);
    let mut one = found.map(|at| checked.swap_remove(at)).ok_or_else(|| Error::internal("a paper left the list"))?;
    let Handled { paper, state, document_id, reason } = handled;
    let now = PaperRow {
        person_id: person,
        case_id: row.id,
        seq: one.rows.last().map_or(1, |last| last.seq.saturating_add(1)),
        // A document stays with its paper while it is looked at.
        document_id: document_id.or_else(|| one.rows.last().and_then(|last| last.document_id)),
        paper,
        state,
        reason,
        recorded_at: tx.now(),
        recorded_by: tx.account(),
    };
    papers::insert(tx, &now)?;
    let details = json!({ "case": row.id, "paper": now.paper, "state": now.state });
    one.rows.push(now);
    tx.record(&Event::about(Action::CasePaperHandled, person).with(details), one)
}

fn refuse_handling(tx: &mut ReadTx<'_>, row: &CaseRow, handled: &Handled) -> Result<()> {
    let mut faults = Vec::new();
    let says_why = matches!(handled.state, PaperState::Wrong | PaperState::NotNeeded);
    if says_why && handled.reason.is_none() {
        faults.push(Fault::at("/reason", "required", "Say why: the applicant reads it."));
    }
    match (handled.state, handled.document_id) {
        (PaperState::Received, None) => {
            faults.push(Fault::at("/document_id", "required", "Name the document that was handed in."));
        }
        (PaperState::Asked | PaperState::NotNeeded, Some(_)) => {
            faults.push(Fault::at("/document_id", "not_expected", "No document belongs to this."));
        }
        (_, Some(id)) => {
            if !is_there(documents::live(tx, row.person_id, id))? {
                faults.push(Fault::at("/document_id", "unknown_document", "There is no such document in this file."));
            }
        }
        (_, None) => {}
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults)) }
}
