//! The papers of a case.

use serde::Serialize;
use utoipa::ToSchema;

use super::acting;
use crate::access::policy::{HandlePapers, ReadCases};
use crate::cases::model::PaperState;
use crate::cases::ops::{self, Checked, Handled};
use crate::clock::Instant;
use crate::error::Result;
use crate::http::{Answer, Ctx, Done, Endpoint, Fields, Input, Json, Line, Method, Path, Term, endpoint};
use crate::id::{CaseId, DocumentId};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let all = "/api/v1/cases/{case_id}/papers";
    vec![
        endpoint(Method::GET, all, "listCasePapers", "List what may be asked for, and where it stands", list),
        endpoint(Method::POST, all, "handleCasePaper", "Ask for a paper, hand it in, judge it", handle),
    ]
}

/// What was done about a paper.
#[derive(Debug, Serialize, ToSchema)]
struct PaperStepView {
    state: PaperState,
    #[schema(value_type = Option<String>, format = Uuid)]
    document_id: Option<DocumentId>,
    reason: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
}

/// A paper of the list.
#[derive(Debug, Serialize, ToSchema)]
struct CasePaperView {
    paper: &'static str,
    /// The source that lets the office ask for it.
    source: &'static str,
    /// Where it stands; null: nobody asked for it, and it is not there.
    state: Option<PaperState>,
    #[schema(value_type = Option<String>, format = Uuid)]
    document_id: Option<DocumentId>,
    reason: Option<String>,
    steps: Vec<PaperStepView>,
}

/// The papers of a case: the list is closed.
#[derive(Debug, Serialize, ToSchema)]
struct CasePapersView {
    items: Vec<CasePaperView>,
    next: Option<String>,
}

impl From<&Checked> for CasePaperView {
    fn from(checked: &Checked) -> Self {
        let last = checked.rows.last();
        let step = |row: &crate::cases::store::papers::PaperRow| PaperStepView {
            state: row.state,
            document_id: row.document_id,
            reason: row.reason.clone(),
            recorded_at: row.recorded_at,
        };
        Self {
            paper: &checked.paper.code,
            source: &checked.paper.source,
            state: last.map(|row| row.state),
            document_id: last.and_then(|row| row.document_id),
            reason: last.and_then(|row| row.reason.clone()),
            steps: checked.rows.iter().map(step).collect(),
        }
    }
}

/// What is to be done about a paper.
#[derive(Clone)]
struct HandledPaper(Handled);

impl Input for HandledPaper {
    const NAME: &'static str = "HandledPaper";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let paper = fields.required::<Term>("paper", "Its code in the list of the case.");
        let to = fields.required("to", "Where it stands now.");
        let document_id = fields.optional("document_id", "The document of the file that was handed in.");
        let reason = fields.optional::<Line>("reason", "Why it does not serve, or is not needed. The person reads it.");
        Some(Self(Handled { paper: paper?.0, state: to?, document_id, reason: reason.map(|reason| reason.0) }))
    }
}

async fn list(ctx: Ctx<ReadCases>, Path(case): Path<CaseId>) -> Result<Answer<CasePapersView>> {
    let found = ctx
        .view(move |tx| {
            let row = ops::find(tx, case)?;
            ops::checklist(tx, &row)
        })
        .await?;
    Answer::ok(&CasePapersView { items: found.iter().map(CasePaperView::from).collect(), next: None })
}

async fn handle(
    ctx: Ctx<HandlePapers>,
    Path(case): Path<CaseId>,
    Json(HandledPaper(handled)): Json<HandledPaper>,
) -> Result<Answer<CasePaperView>> {
    let acting = acting(&ctx)?;
    ctx.create(
        move |tx| ops::find(tx, case),
        move |tx, row| {
            if let Some((counted, refusal)) = ops::refuse_demand(tx, &row, &handled)? {
                return Ok(counted.map(|()| Done::refused(refusal)));
            }
            let done = ops::handle(tx, &row, acting, handled.clone())?;
            Ok(done.map(|checked| Done::added(None, CasePaperView::from(&checked))))
        },
    )
    .await
}
