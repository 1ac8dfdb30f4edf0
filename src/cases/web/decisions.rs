//! Decisions: proposed, approved or sent back, shown, computed again.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::{acting, lawbook};
use crate::access::policy::{JudgeDecisions, ProposeDecisions, ReadCases};
use crate::addresses::Basis;
use crate::cases::model::{Finding, Judged, Outcome, Verdict};
use crate::cases::ops::{self, Again, Decided, Found, Proposal, Wish};
use crate::cases::store::files::CaseRow;
use crate::clock::Instant;
use crate::db::TextEnum;
use crate::error::{Error, Result};
use crate::http::{
    Answer, Ctx, Done, Endpoint, Fields, Input, Json, Line, Member, Method, OnVersion, Path, Term, endpoint,
};
use crate::id::{AccountId, CaseId, DecisionId, DocumentId, PersonId};
use crate::keys;
use crate::people::DocumentNumber;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let all = "/api/v1/cases/{case_id}/decisions";
    let one = "/api/v1/decisions/{decision_id}";
    vec![
        endpoint(
            Method::GET,
            "/api/v1/cases/{case_id}/requirements",
            "listCaseRequirements",
            "What a decision of the case must judge",
            requirements,
        ),
        endpoint(Method::POST, all, "proposeDecision", "Propose a decision, with reasons", propose),
        endpoint(Method::GET, all, "listDecisions", "List the decisions of a case", list),
        endpoint(Method::GET, one, "showDecision", "Show a decision and its letter", show),
        endpoint(
            Method::POST,
            "/api/v1/decisions/{decision_id}/verdicts",
            "judgeDecision",
            "Approve another's decision, or send it back",
            judge,
        ),
        endpoint(
            Method::GET,
            "/api/v1/decisions/{decision_id}/calculation",
            "computeDecisionAgain",
            "Do the sum of a decision again from its facts",
            again,
        ),
    ]
}

/// What a second official said.
#[derive(Debug, Serialize, ToSchema)]
struct VerdictView {
    verdict: Verdict,
    note: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
    #[schema(value_type = String, format = Uuid)]
    recorded_by: AccountId,
}

/// A letter in both languages, as it was sent.
#[derive(Debug, Serialize, ToSchema)]
struct LetterView {
    az: String,
    en: String,
}

/// A decision.
#[derive(Debug, Serialize, ToSchema)]
struct DecisionView {
    #[schema(value_type = String, format = Uuid)]
    id: DecisionId,
    #[schema(value_type = String, format = Uuid)]
    case_id: CaseId,
    #[schema(value_type = String, format = Uuid)]
    person_id: PersonId,
    /// The first, second … of the case. Earlier ones stay as they were.
    number: i32,
    outcome: Outcome,
    #[schema(value_type = String, format = Date)]
    proposed_on: NaiveDate,
    #[schema(value_type = String, format = Uuid)]
    proposed_by: AccountId,
    reasons: String,
    requirements: Vec<Judged>,
    /// What the engine says of the route; null: no route judges the case.
    computed: Option<String>,
    /// Ground on which it leaves what was computed.
    deviation: Option<String>,
    deviation_note: Option<String>,
    effect: Wish,
    /// The law that it was computed by.
    pack: String,
    pack_version: String,
    pack_hash: String,
    /// SHA-256 of the facts and the sum, lower-case hex.
    calculation_sha256: String,
    verdict: Option<VerdictView>,
    /// Null until it is approved.
    letter: Option<LetterView>,
}

impl DecisionView {
    fn of(decided: &Decided) -> Result<Self> {
        let Decided { row, verdict } = decided;
        let letter = verdict
            .as_ref()
            .and_then(|said| Some(LetterView { az: said.letter_az.clone()?, en: said.letter_en.clone()? }));
        Ok(Self {
            id: row.id,
            case_id: row.case_id,
            person_id: row.person_id,
            number: row.seq,
            outcome: row.outcome,
            proposed_on: row.proposed_on,
            proposed_by: row.recorded_by,
            reasons: row.reasons.clone(),
            requirements: decided.judged()?,
            computed: row.computed.clone(),
            deviation: row.deviation.clone(),
            deviation_note: row.deviation_note.clone(),
            effect: serde_json::from_str(&row.effect).map_err(Error::internal)?,
            pack: row.pack.clone(),
            pack_version: row.pack_version.clone(),
            pack_hash: row.pack_hash.clone(),
            calculation_sha256: keys::hex(&row.calculation_hash),
            verdict: verdict.as_ref().map(|said| VerdictView {
                verdict: said.verdict,
                note: said.note.clone(),
                recorded_at: said.recorded_at,
                recorded_by: said.recorded_by,
            }),
            letter,
        })
    }
}

/// The decisions of a case.
#[derive(Debug, Serialize, ToSchema)]
struct DecisionsView {
    items: Vec<DecisionView>,
    next: Option<String>,
}

/// A requirement that a decision must judge.
#[derive(Debug, Serialize, ToSchema)]
struct CaseRequirementView {
    requirement: String,
    /// What the engine says: `met`, `not_met`, `undetermined`; null: no rule computes it.
    computed: Option<String>,
}

/// What a decision of a case must judge.
#[derive(Debug, Serialize, ToSchema)]
struct CaseRequirementsView {
    items: Vec<CaseRequirementView>,
    /// The route of the law pack; null: none judges the case.
    route: Option<String>,
    /// What the engine says of it.
    computed: Option<&'static str>,
    next: Option<String>,
}

/// A sum done again.
#[derive(Debug, Serialize, ToSchema)]
struct RecalculationView {
    #[schema(value_type = String, format = Uuid)]
    decision_id: DecisionId,
    pack: String,
    pack_version: String,
    pack_hash: String,
    calculation_sha256: String,
    /// The kept text still has this hash.
    unchanged: bool,
    /// The sum comes out as it did.
    equal: bool,
    /// What was kept: day, route, facts, results.
    #[schema(value_type = Object)]
    kept: serde_json::Value,
    /// What came out now; null where it is equal.
    #[schema(value_type = Option<Object>)]
    computed: Option<serde_json::Value>,
}

impl Input for DocumentRef {
    const NAME: &'static str = "DocumentRef";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self(fields.required("document_id", "A document of the file.")?))
    }
}

struct DocumentRef(DocumentId);

/// A text of several lines, at most 2,000 characters.
#[derive(Clone)]
struct Prose(String);

impl Member for Prose {
    fn parse(value: &serde_json::Value) -> Result<Self, (&'static str, String)> {
        let text = crate::http::text(value)?;
        let count = text.chars().count();
        if text.trim().is_empty() || count > 2_000 {
            return Err(("length", format!("1 to 2000 characters are expected here, not {count}.")));
        }
        if text.chars().any(|c| c.is_control() && c != '\n') {
            return Err(("control_character", "Control characters are not accepted.".to_owned()));
        }
        Ok(Self(text.to_owned()))
    }

    fn schema() -> serde_json::Value {
        serde_json::json!({ "type": "string", "minLength": 1, "maxLength": 2000 })
    }
}

impl Input for Found {
    const NAME: &'static str = "Finding";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let requirement = fields.required::<Term>("requirement", "Its id.");
        let finding: Option<Finding> = fields.required("finding", "Is it met?");
        let reason = fields.required::<Line>("reason", "Why.");
        let documents = fields.list::<DocumentRef>("documents", 0, "The documents it rests on.");
        Some(Self {
            requirement: requirement?.0,
            finding: finding?,
            reason: reason?.0,
            documents: documents.into_iter().map(|one| one.0).collect(),
        })
    }
}

/// Why a decision leaves what was computed.
struct Deviation {
    ground: Term,
    note: Option<Line>,
}

impl Input for Deviation {
    const NAME: &'static str = "Deviation";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let ground = fields.required("ground", "The law's ground.");
        let note = fields.optional("note", "More of it, in one line.");
        Some(Self { ground: ground?, note })
    }
}

impl Input for Wish {
    const NAME: &'static str = "NewDecisionEffect";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let valid_from = fields.optional("valid_from", "First day of what is granted.");
        let valid_to = fields.optional("valid_to", "Last day; absent: open.");
        let document_number = fields.optional::<DocumentNumber>("document_number", "Number of the permit's document.");
        let sponsor_ground = fields.optional::<Term>("sponsor_ground", "Ground of the family member's permit.");
        let basis: Option<Basis> = fields.optional("basis", "Basis of the registration.");
        let division = fields.optional::<Line>("division", "District or town of the registration.");
        let as_printed = fields.optional::<Line>("as_printed", "The address as it is printed.");
        Some(Self {
            valid_from,
            valid_to,
            document_number: document_number.map(|number| number.to_string()),
            sponsor_ground: sponsor_ground.map(|term| term.0),
            basis: basis.map(|basis| basis.text().to_owned()),
            division: division.map(|line| line.0),
            as_printed: as_printed.map(|line| line.0),
        })
    }
}

impl Input for Proposal {
    const NAME: &'static str = "NewDecision";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let outcome = fields.required("outcome", "grant or refuse.");
        let reasons = fields.required::<Prose>("reasons", "The reasons, as the letter tells them.");
        let findings = fields.list("requirements", 1, "Every requirement of the case, each once.");
        let deviation = fields.maybe_object::<Deviation>("deviation", "Where it leaves what was computed: why.");
        let effect = fields.maybe_object("effect", "What a grant puts on record.");
        let (deviation, deviation_note) =
            deviation.map_or((None, None), |one| (Some(one.ground.0), one.note.map(|note| note.0)));
        Some(Self {
            outcome: outcome?,
            reasons: reasons?.0,
            findings,
            deviation,
            deviation_note,
            effect: effect.unwrap_or_default(),
        })
    }
}

/// What a second official says.
struct NewVerdict {
    verdict: Verdict,
    note: Option<Line>,
}

impl Input for NewVerdict {
    const NAME: &'static str = "NewVerdict";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let verdict = fields.required("verdict", "approved or returned.");
        let note = fields.optional("note", "What is to be done, if it is sent back.");
        Some(Self { verdict: verdict?, note })
    }
}

async fn requirements(ctx: Ctx<ReadCases>, Path(case): Path<CaseId>) -> Result<Answer<CaseRequirementsView>> {
    let law = Arc::clone(ctx.law());
    let required = ctx
        .view(move |tx| {
            let row = ops::find(tx, case)?;
            ops::required(tx, &law.pack, &row)
        })
        .await?;
    let items = required
        .requirements
        .into_iter()
        .map(|one| CaseRequirementView { requirement: one.id, computed: one.computed });
    Answer::ok(&CaseRequirementsView {
        items: items.collect(),
        route: required.calculation.route,
        computed: required.computed.map(|computed| computed.outcome),
        next: None,
    })
}

async fn propose(
    ctx: Ctx<ProposeDecisions, OnVersion>,
    Path(case): Path<CaseId>,
    Json(proposal): Json<Proposal>,
) -> Result<Answer<DecisionView>> {
    let (acting, law) = (acting(&ctx)?, Arc::clone(ctx.law()));
    let version = law.verified_on();
    ctx.change(
        move |tx| ops::find(tx, case),
        move |tx, before| {
            let proposed = ops::propose(tx, lawbook(&law, &version), &before, acting, &proposal)?;
            answer(proposed)
        },
    )
    .await
}

/// The version is the case's: whoever acts on it next names it.
fn answer(done: crate::db::Audited<(CaseRow, Decided)>) -> Result<crate::db::Audited<Done<DecisionView>>> {
    let mut view = Err(Error::internal("a decision without a view"));
    let done = done.map(|(case, decided)| {
        view = DecisionView::of(&decided);
        case.version
    });
    let view = view?;
    Ok(done.map(|version| Done::changed(version, view)))
}

async fn list(ctx: Ctx<ReadCases>, Path(case): Path<CaseId>) -> Result<Answer<DecisionsView>> {
    let found = ctx
        .view(move |tx| {
            let row = ops::find(tx, case)?;
            ops::decisions(tx, &row)
        })
        .await?;
    let items = found.iter().map(DecisionView::of).collect::<Result<_>>()?;
    Answer::ok(&DecisionsView { items, next: None })
}

async fn show(ctx: Ctx<ReadCases>, Path(decision): Path<DecisionId>) -> Result<Answer<DecisionView>> {
    let (case, decided) = ctx.view(move |tx| ops::show_decision(tx, decision)).await?;
    Ok(Answer::ok(&DecisionView::of(&decided)?)?.with_version(case.version))
}

async fn judge(
    ctx: Ctx<JudgeDecisions, OnVersion>,
    Path(decision): Path<DecisionId>,
    Json(said): Json<NewVerdict>,
) -> Result<Answer<DecisionView>> {
    let (acting, law) = (acting(&ctx)?, Arc::clone(ctx.law()));
    let version = law.verified_on();
    let NewVerdict { verdict, note } = said;
    let note = note.map(|note| note.0);
    ctx.change(
        move |tx| ops::find_decision(tx, decision),
        move |tx, found| answer(ops::judge(tx, lawbook(&law, &version), &found, acting, (verdict, note.clone()))?),
    )
    .await
}

impl crate::http::Record for (CaseRow, Decided) {
    fn version(&self) -> i32 {
        self.0.version
    }

    fn person(&self) -> Option<PersonId> {
        Some(self.0.person_id)
    }

    fn members_at(&self, tx: &mut crate::db::ReadTx<'_>, version: i32) -> Result<Option<serde_json::Value>> {
        crate::http::Record::members_at(&self.0, tx, version)
    }
}

async fn again(ctx: Ctx<ReadCases>, Path(decision): Path<DecisionId>) -> Result<Answer<RecalculationView>> {
    let Again { row, unchanged, equal, kept, computed } = ctx.view(move |tx| ops::again(tx, decision)).await?;
    let json = |calculation| serde_json::to_value(calculation).map_err(Error::internal);
    Answer::ok(&RecalculationView {
        decision_id: row.id,
        calculation_sha256: keys::hex(&row.calculation_hash),
        pack: row.pack,
        pack_version: row.pack_version,
        pack_hash: row.pack_hash,
        unchanged,
        equal,
        kept: json(kept)?,
        computed: if equal { None } else { Some(json(computed)?) },
    })
}
