//! The file as a whole: timeline, what is missing, what moved; and the counts of the office.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::case::CaseSummary;
use crate::access::policy::{ReadCases, ReadFigures};
use crate::cases::model::{CaseKind, Outcome, PaperState};
use crate::cases::ops::{self, Entry, Missing, Place, Tidings};
use crate::clock::Instant;
use crate::eligibility::Moved;
use crate::error::{Code, Error, Result};
use crate::http::{Answer, AsOf, Ctx, Endpoint, Fields, Input, Method, PageQuery, Path, Query, endpoint};
use crate::id::PersonId;
use crate::keys;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint(
            Method::GET,
            "/api/v1/people/{person_id}/timeline",
            "showTimeline",
            "Everything on record in a file, newest first",
            timeline,
        ),
        endpoint(
            Method::GET,
            "/api/v1/people/{person_id}/missing",
            "listMissing",
            "What is missing in the open cases of a file",
            missing,
        ),
        endpoint(
            Method::GET,
            "/api/v1/people/{person_id}/moved",
            "showMoved",
            "What changes of the record have moved",
            moved,
        ),
        endpoint(
            Method::GET,
            "/api/v1/office-figures",
            "showOfficeFigures",
            "Refused demands and deviations of the office",
            figures,
        ),
    ]
}

/// An entry of the timeline.
#[derive(Debug, Serialize, ToSchema)]
struct TimelineEntryView {
    /// What it is about: `permit`, `crossing`, `case`, ….
    about: &'static str,
    #[schema(value_type = String, format = Uuid)]
    id: Uuid,
    version: i32,
    /// Its kind, or what happened.
    what: String,
    detail: Option<String>,
    /// The day it is about.
    #[schema(value_type = Option<String>, format = Date)]
    day: Option<NaiveDate>,
    /// The record was withdrawn.
    withdrawn: bool,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
}

/// A page of the timeline.
#[derive(Debug, Serialize, ToSchema)]
struct TimelineView {
    items: Vec<TimelineEntryView>,
    next: Option<String>,
}

impl TimelineEntryView {
    fn of(entry: Entry) -> Result<Self> {
        let about = usize::try_from(entry.part).ok().and_then(|part| ops::ENTRIES.get(part));
        Ok(Self {
            about: about.ok_or_else(|| Error::internal("an entry of no part"))?,
            id: Uuid::from_slice(&entry.id).map_err(Error::internal)?,
            version: entry.version,
            what: entry.word,
            detail: entry.word2,
            day: entry.day,
            withdrawn: entry.withdrawn,
            recorded_at: entry.recorded_at,
        })
    }
}

/// A place in the order as a cursor says it: instant, part, id; the version stands beside it.
fn written(place: &Place) -> (String, i32) {
    (format!("{}-{}-{}", place.recorded_at.micros(), place.part, keys::hex(&place.id)), place.version)
}

/// A place of a cursor.
fn read((text, version): &(String, i32)) -> Option<Place> {
    let mut parts = text.split('-');
    let micros = parts.next()?.parse().ok()?;
    let part = parts.next()?.parse().ok()?;
    let id: Uuid = parts.next()?.parse().ok()?;
    let id = id.as_bytes().to_vec();
    Some(Place { recorded_at: Instant::from_micros(micros), part, id, version: *version })
}

async fn timeline(
    ctx: Ctx<ReadCases>,
    Path(person): Path<PersonId>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<TimelineView>> {
    let page = query.open(&ctx, format!("/api/v1/people/{person}/timeline"))?;
    let after = page.after();
    let before = match &after {
        None => Place::BEGINNING,
        Some(after) => read(after).ok_or_else(|| Error::new(Code::InvalidCursor))?,
    };
    let limit = page.limit();
    let entries = ctx.view(move |tx| ops::timeline(tx, person, &before, limit)).await?;
    let (entries, next) = page.cut(entries, |entry: &Entry| written(&entry.place()))?;
    let items = entries.into_iter().map(TimelineEntryView::of).collect::<Result<_>>()?;
    Ok(Answer::ok(&TimelineView { items, next: next.clone() })?.with_next(next))
}

/// A paper that is missing.
#[derive(Debug, Serialize, ToSchema)]
struct MissingPaperView {
    paper: &'static str,
    /// `asked` or `wrong`; null: it was not asked for yet.
    state: Option<PaperState>,
    reason: Option<String>,
}

/// A requirement that is not found met.
#[derive(Debug, Serialize, ToSchema)]
struct UnmetRequirementView {
    requirement: String,
    computed: Option<String>,
}

/// What a case needs.
#[derive(Debug, Serialize, ToSchema)]
struct MissingView {
    case: CaseSummary,
    papers: Vec<MissingPaperView>,
    requirements: Vec<UnmetRequirementView>,
}

/// What is missing in the open cases of a file.
#[derive(Debug, Serialize, ToSchema)]
struct MissingsView {
    items: Vec<MissingView>,
    next: Option<String>,
}

impl From<Missing> for MissingView {
    fn from(missing: Missing) -> Self {
        let papers = missing.papers.into_iter().map(|(paper, state, reason)| MissingPaperView { paper, state, reason });
        let requirements = missing.requirements.into_iter();
        Self {
            case: CaseSummary::from(&missing.row),
            papers: papers.collect(),
            requirements: requirements
                .map(|one| UnmetRequirementView { requirement: one.id, computed: one.computed })
                .collect(),
        }
    }
}

async fn missing(ctx: Ctx<ReadCases>, Path(person): Path<PersonId>) -> Result<Answer<MissingsView>> {
    let law = Arc::clone(ctx.law());
    let found = ctx.view(move |tx| ops::missing(tx, &law.pack, person)).await?;
    Answer::ok(&MissingsView { items: found.into_iter().map(MissingView::from).collect(), next: None })
}

/// An open case and what moved for it.
#[derive(Debug, Serialize, ToSchema)]
struct MovedCaseView {
    case: CaseSummary,
    /// Figures of its route on the day it was filed.
    moved: Vec<Moved>,
}

/// What changes of the record since an instant have moved.
#[derive(Debug, Serialize, ToSchema)]
struct MovedView {
    #[schema(value_type = String, format = DateTime)]
    since: Instant,
    /// Every date and figure that is another today than it would be by the record of that instant.
    moved: Vec<Moved>,
    /// Every open case.
    cases: Vec<MovedCaseView>,
}

struct MovedQuery(Option<AsOf>);

impl Input for MovedQuery {
    const NAME: &'static str = "MovedQuery";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let since = "The record as it stood then is compared with the record now; default the end of yesterday. A date means the end of that day.";
        Some(Self(fields.optional("since", since)))
    }
}

async fn moved(
    ctx: Ctx<ReadCases>,
    Path(person): Path<PersonId>,
    Query(MovedQuery(since)): Query<MovedQuery>,
) -> Result<Answer<MovedView>> {
    let (law, today) = (Arc::clone(ctx.law()), ctx.today());
    let since = match since {
        Some(AsOf::At(instant)) => instant,
        Some(AsOf::EndOf(day)) => ctx.end_of(day),
        None => ctx.end_of(today.pred_opt().unwrap_or(today)),
    };
    let Tidings { figures, cases } = ctx.view(move |tx| ops::tidings(tx, &law.pack, person, since, today)).await?;
    let cases = cases.into_iter().map(|(row, moved)| MovedCaseView { case: CaseSummary::from(&row), moved });
    Answer::ok(&MovedView { since, moved: figures, cases: cases.collect() })
}

/// How often a paper was demanded that no list names.
#[derive(Debug, Serialize, ToSchema)]
struct DemandCountView {
    kind: CaseKind,
    paper: String,
    count: i64,
}

/// How often decisions left what was computed.
#[derive(Debug, Serialize, ToSchema)]
struct DeviationCountView {
    /// `grant`: in favour of the applicant; `refuse`: against.
    outcome: Outcome,
    ground: Option<String>,
    count: i64,
}

/// Counts of the caller's office.
#[derive(Debug, Serialize, ToSchema)]
struct OfficeFiguresView {
    #[schema(value_type = String, format = Date)]
    since: NaiveDate,
    refused_demands: Vec<DemandCountView>,
    deviations: Vec<DeviationCountView>,
}

struct FiguresQuery(Option<NaiveDate>);

impl Input for FiguresQuery {
    const NAME: &'static str = "FiguresQuery";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self(fields.optional("since", "From this day on; default the first day of this year.")))
    }
}

async fn figures(
    ctx: Ctx<ReadFigures>,
    Query(FiguresQuery(since)): Query<FiguresQuery>,
) -> Result<Answer<OfficeFiguresView>> {
    use chrono::Datelike;
    let since = since.or_else(|| NaiveDate::from_ymd_opt(ctx.today().year(), 1, 1)).unwrap_or_else(|| ctx.today());
    let from = since.pred_opt().map_or(Instant::from_micros(0), |before| ctx.end_of(before));
    let found = ctx.read(move |tx| ops::figures(tx, from)).await?;
    let demands = found.demands.into_iter().map(|(kind, paper, count)| DemandCountView { kind, paper, count });
    let deviations =
        found.deviations.into_iter().map(|(outcome, ground, count)| DeviationCountView { outcome, ground, count });
    Answer::ok(&OfficeFiguresView { since, refused_demands: demands.collect(), deviations: deviations.collect() })
}
