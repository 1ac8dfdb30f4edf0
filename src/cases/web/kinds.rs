//! Kinds of cases as machines read them: states, moves, grounds, papers, terms.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::policy::{ReadLaw, Role};
use crate::cases::model::{CaseKind, Catalogue, Event, Kind, State, catalogue};
use crate::error::Result;
use crate::http::{Answer, Ctx, Endpoint, Fields, Input, Method, Query, Spoken, endpoint};
use crate::law::{Confidence, Language};

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint(
        Method::GET,
        "/api/v1/case-types",
        "listCaseTypes",
        "Kinds of cases: states, moves, papers, terms",
        list,
    )]
}

/// A move of a kind of case.
#[derive(Debug, Serialize, ToSchema)]
struct CaseMoveView {
    transition: Event,
    from: Vec<State>,
    to: State,
    /// Roles that may make it.
    who: Vec<Role>,
    /// Codes of the grounds it needs one of; empty: none.
    grounds: Vec<&'static str>,
}

/// A paper that may be asked for.
#[derive(Debug, Serialize, ToSchema)]
struct PaperRuleView {
    code: &'static str,
    source: &'static str,
}

/// A ground of the law.
#[derive(Debug, Serialize, ToSchema)]
struct CaseGroundView {
    code: &'static str,
    transition: Event,
    text: &'static str,
    source: &'static str,
}

/// A source that the law pack does not cite.
#[derive(Debug, Serialize, ToSchema)]
struct CaseSourceView {
    id: &'static str,
    act: &'static str,
    article: &'static str,
    confidence: Confidence,
}

/// A kind of case.
#[derive(Debug, Serialize, ToSchema)]
struct CaseTypeView {
    kind: CaseKind,
    title: &'static str,
    states: Vec<State>,
    moves: Vec<CaseMoveView>,
    /// Grounds of the application; empty: it has none.
    grounds: &'static [String],
    /// Papers that the law of the day lets the office ask for; anything else is refused and counted.
    papers: Vec<PaperRuleView>,
    /// What a decision judges besides the requirements of the route.
    requirements: &'static [String],
    /// The office's own terms, as the law pack names them.
    terms: &'static [String],
    /// Term of another authority's opinion: silence means that it has no objection.
    opinion: Option<&'static str>,
    /// Term for paying the fee.
    fee: Option<&'static str>,
    /// What a grant puts on record.
    effect: &'static str,
    /// Where a decision can be contested.
    review: &'static str,
    review_source: &'static str,
}

/// Kinds of cases.
#[derive(Debug, Serialize, ToSchema)]
struct CaseTypesView {
    items: Vec<CaseTypeView>,
    grounds: Vec<CaseGroundView>,
    sources: Vec<CaseSourceView>,
    /// The day whose law the papers are of.
    #[schema(value_type = String, format = Date)]
    on: NaiveDate,
    /// All are on this page.
    next: Option<String>,
}

struct CaseTypesQuery {
    on: Option<NaiveDate>,
}

impl Input for CaseTypesQuery {
    const NAME: &'static str = "CaseTypesQuery";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { on: fields.optional("on", "The day whose law is shown; default today.") })
    }
}

impl CaseTypeView {
    fn of(catalogue: &'static Catalogue, kind: &'static Kind, on: NaiveDate, language: Language) -> Self {
        let mut states = vec![State::Filed];
        let moves = catalogue.moves.iter().filter(|one| one.only.is_empty() || one.only.contains(&kind.kind));
        let moves: Vec<CaseMoveView> = moves
            .map(|one| {
                if !states.contains(&one.to) {
                    states.push(one.to);
                }
                CaseMoveView {
                    transition: one.event,
                    from: one.from.clone(),
                    to: one.to,
                    who: one.who.clone(),
                    grounds: catalogue.grounds_of(one.event).map(|ground| ground.code.as_str()).collect(),
                }
            })
            .collect();
        let papers = kind.papers_on(on).map(|paper| PaperRuleView { code: &paper.code, source: &paper.source });
        Self {
            kind: kind.kind,
            title: kind.title.tell(language),
            states,
            moves,
            grounds: &kind.grounds,
            papers: papers.collect(),
            requirements: &kind.requirements,
            terms: &kind.terms,
            opinion: kind.opinion.as_deref(),
            fee: kind.fee.as_deref(),
            effect: kind.effect.text(),
            review: kind.review.tell(language),
            review_source: &kind.review.source,
        }
    }
}

async fn list(
    ctx: Ctx<ReadLaw>,
    Query(query): Query<CaseTypesQuery>,
    Spoken(language): Spoken,
) -> Result<Answer<CaseTypesView>> {
    let catalogue = catalogue()?;
    let on = query.on.unwrap_or_else(|| ctx.today());
    let items = catalogue.kinds.iter().map(|kind| CaseTypeView::of(catalogue, kind, on, language)).collect();
    let grounds = catalogue.grounds.iter().map(|ground| CaseGroundView {
        code: &ground.code,
        transition: ground.event,
        text: ground.text.tell(language),
        source: &ground.source,
    });
    let sources = catalogue.sources.iter().map(|source| CaseSourceView {
        id: &source.id,
        act: &source.act,
        article: &source.article,
        confidence: source.confidence(),
    });
    let view = CaseTypesView { items, grounds: grounds.collect(), sources: sources.collect(), on, next: None };
    Answer::ok(&view)
}
