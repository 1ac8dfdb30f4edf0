//! Proposing a decision: every requirement is judged, with a reason; what leaves the sum needs a ground of the law.

use serde_json::json;

use super::{Decided, Wish};
use crate::cases::model::{Event, Finding, Judged, Outcome, Requirement, catalogue, weigh};
use crate::cases::ops::moves::{Request, advance, allowed, refuse_conflict};
use crate::cases::ops::{Acting, Lawbook, is_there};
use crate::cases::store::decisions::{self, DecisionRow};
use crate::cases::store::files::CaseRow;
use crate::db::{Action, Audited, Event as Trace, ReadTx, TextEnum, Viewed, WriteTx};
use crate::documents;
use crate::eligibility::{self, Calculation, Computed};
use crate::error::{Code, Error, Fault, Result};
use crate::id::{DecisionId, DocumentId};
use crate::keys;
use crate::law::Pack;
use crate::people;

/// A finding as it is sent.
#[derive(Clone, Debug)]
pub(in crate::cases) struct Found {
    pub(in crate::cases) requirement: String,
    pub(in crate::cases) finding: Finding,
    pub(in crate::cases) reason: String,
    pub(in crate::cases) documents: Vec<DocumentId>,
}

/// A decision that is proposed.
#[derive(Clone, Debug)]
pub(in crate::cases) struct Proposal {
    pub(in crate::cases) outcome: Outcome,
    pub(in crate::cases) reasons: String,
    pub(in crate::cases) findings: Vec<Found>,
    pub(in crate::cases) deviation: Option<String>,
    pub(in crate::cases) deviation_note: Option<String>,
    pub(in crate::cases) effect: Wish,
}

/// What a decision must judge, and the sum behind it.
#[derive(Debug)]
pub(in crate::cases) struct Required {
    pub(in crate::cases) requirements: Vec<Requirement>,
    pub(in crate::cases) calculation: Calculation,
    /// None: no route judges the case.
    pub(in crate::cases) computed: Option<Computed>,
}

/// What a decision of the case must judge: the requirements of its kind, then those of the route, with what is computed of them.
pub(in crate::cases) fn requirements(tx: &mut ReadTx<'_>, pack: &Pack, row: &CaseRow) -> Result<Required> {
    let kind = catalogue()?.kind(row.kind)?;
    let route = kind.route(row.ground.as_deref(), row.permit_id.is_some());
    let (calculation, computed) = eligibility::calculate(tx, pack, row.person_id, row.filed_on, route)?;
    let own = kind.requirements.iter().map(|id| Requirement { id: id.clone(), computed: None });
    let of_route = computed.iter().flat_map(|computed| &computed.requirements);
    let of_route = of_route.map(|(id, state)| Requirement { id: id.clone(), computed: Some((*state).to_owned()) });
    Ok(Required { requirements: own.chain(of_route).collect(), calculation, computed })
}

/// The same as a look.
pub(in crate::cases) fn required(tx: &mut ReadTx<'_>, pack: &Pack, row: &CaseRow) -> Result<Viewed<Required>> {
    let found = requirements(tx, pack, row)?;
    let details = json!({ "case": row.id, "requirements": true });
    tx.viewed(&Trace::about(Action::CaseViewed, row.person_id).with(details), found)
}

/// Proposes a decision. All that is wrong with it is told at once.
pub(in crate::cases) fn propose(
    tx: &mut WriteTx<'_>,
    law: Lawbook<'_>,
    before: &CaseRow,
    acting: Acting,
    proposal: &Proposal,
) -> Result<Audited<(CaseRow, Decided)>> {
    let person = before.person_id;
    people::lock(tx, person)?;
    let step = allowed(catalogue()?, before, acting.role, Event::Propose)?;
    refuse_conflict(tx, before, acting.role)?;
    let account = tx.account().ok_or_else(|| Error::new(Code::FourEyes))?;
    let Required { requirements, calculation, computed } = requirements(tx, law.pack, before)?;
    let mut faults = Vec::new();
    let judged = judge(tx, before, &requirements, proposal, &mut faults)?;
    let outcome = computed.as_ref().map(|computed| computed.outcome);
    check(law.pack, before, proposal, &judged, outcome, &mut faults)?;
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    let files = serde_json::to_string(law.files).map_err(Error::internal)?;
    decisions::archive(tx, law.hash, law.pack.id(), &files)?;
    let calculation = serde_json::to_string(&calculation).map_err(Error::internal)?;
    let row = DecisionRow {
        person_id: person,
        id: DecisionId::random(),
        case_id: before.id,
        seq: decisions::count(tx, person, before.id)?.saturating_add(1),
        office_id: before.office_id,
        outcome: proposal.outcome,
        proposed_on: acting.today,
        reasons: proposal.reasons.clone(),
        requirements: serde_json::to_string(&judged).map_err(Error::internal)?,
        effect: serde_json::to_string(&proposal.effect).map_err(Error::internal)?,
        computed: outcome.map(str::to_owned),
        deviation: proposal.deviation.clone(),
        deviation_note: proposal.deviation_note.clone(),
        calculation_hash: keys::sha256(&[calculation.as_bytes()]).to_vec(),
        calculation,
        pack: law.pack.id().to_owned(),
        pack_version: law.version.to_owned(),
        pack_hash: law.hash.to_owned(),
        recorded_at: tx.now(),
        recorded_by: account,
    };
    decisions::insert(tx, &row)?;
    let request = Request { event: Event::Propose, on: acting.today, reason: None, note: None, until: None };
    let case = advance(tx, law.pack, before, step, &request, Some(row.id))?;
    let details = json!({ "case": case.id, "decision": row.id, "outcome": row.outcome, "deviates": row.deviation });
    let decided = Decided { row, verdict: None };
    tx.record(&Trace::about(Action::DecisionProposed, person).with(details), (case, decided))
}

/// Puts findings and requirements together.
fn judge(
    tx: &mut ReadTx<'_>,
    row: &CaseRow,
    required: &[Requirement],
    proposal: &Proposal,
    faults: &mut Vec<Fault>,
) -> Result<Vec<Judged>> {
    for (index, found) in proposal.findings.iter().enumerate() {
        let at = |member: &str| format!("/requirements/{index}/{member}");
        if !required.iter().any(|one| one.id == found.requirement) {
            let known: Vec<&str> = required.iter().map(|one| one.id.as_str()).collect();
            let message = format!("This decision judges {}.", known.join(", "));
            faults.push(Fault::at(at("requirement"), "unknown_requirement", message).with_value(&found.requirement));
        }
        let same = |other: &&Found| other.requirement == found.requirement;
        if proposal.findings.iter().take(index).any(|other| same(&other)) {
            faults.push(Fault::at(at("requirement"), "repeated", "It is judged above. Judge each once."));
        }
        for (place, id) in found.documents.iter().enumerate() {
            if !is_there(documents::live(tx, row.person_id, *id))? {
                let message = "There is no such document in this file.";
                faults.push(Fault::at(at(&format!("documents/{place}")), "unknown_document", message));
            }
        }
    }
    let mut judged = Vec::with_capacity(required.len());
    for one in required {
        match proposal.findings.iter().find(|found| found.requirement == one.id) {
            None => {
                let message = format!("Say of {} whether it is met, with a reason.", one.id);
                faults.push(Fault::at("/requirements", "missing_requirement", message).with_value(&one.id));
            }
            Some(found) => judged.push(Judged {
                requirement: one.id.clone(),
                finding: found.finding.text().to_owned(),
                reason: found.reason.clone(),
                documents: found.documents.iter().map(ToString::to_string).collect(),
                computed: one.computed.clone(),
            }),
        }
    }
    Ok(judged)
}

/// What is wrong with the proposal as a whole.
fn check(
    pack: &Pack,
    row: &CaseRow,
    proposal: &Proposal,
    judged: &[Judged],
    computed: Option<&str>,
    faults: &mut Vec<Fault>,
) -> Result<()> {
    let catalogue = catalogue()?;
    let weighed = weigh(proposal.outcome, judged, computed);
    let known: Vec<&str> = catalogue.grounds_of(Event::Propose).map(|ground| ground.code.as_str()).collect();
    let needed = weighed.deviates || weighed.against_findings;
    match &proposal.deviation {
        None if needed && faults.is_empty() => {
            let computed = computed.unwrap_or("nothing");
            let message = format!(
                "The outcome does not follow from the findings and from what was computed ({computed}). Name the ground: {}.",
                known.join(", ")
            );
            faults.push(Fault::at("/deviation/ground", "deviation_ground_required", message));
        }
        Some(_) if !needed && faults.is_empty() => {
            let message = "The outcome follows from the findings and from what was computed: there is no deviation.";
            faults.push(Fault::at("/deviation", "not_expected", message));
        }
        Some(ground) if !known.contains(&ground.as_str()) => {
            let message = format!("The grounds are {}.", known.join(", "));
            faults.push(Fault::at("/deviation/ground", "unknown_ground", message).with_value(ground));
        }
        _ => {}
    }
    match proposal.outcome {
        Outcome::Grant => faults.extend(proposal.effect.faults(pack, catalogue.kind(row.kind)?, row)),
        Outcome::Refuse if proposal.effect != Wish::default() => {
            faults.push(Fault::at("/effect", "not_expected", "A refusal puts nothing on record."));
        }
        Outcome::Refuse => {}
    }
    Ok(())
}
