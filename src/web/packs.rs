//! The law packs over HTTP: every rule in force on a day as the pack states it, and how sure each source is. The law is no secret, but
//! what this server runs is told to those who work with it.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::access::policy::ReadLaw;
use crate::error::{Error, Result};
use crate::http::{Answer, Ctx, Endpoint, Fields, Input, Law, Method, Path, Query, endpoint};
use crate::law::{Confidence, InForce, Name, Names, Source, Text, Versioned};

/// Operations about the law.
pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint(Method::GET, "/api/v1/law/packs", "listLawPacks", "The law packs that this server has loaded", list),
        endpoint(Method::GET, "/api/v1/law/packs/{pack}", "showLawPack", "The rules and sources of a law pack", show),
    ]
}

/// A law pack at a glance.
#[derive(Debug, Serialize, ToSchema)]
struct LawPackSummary {
    id: String,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    title: Text,
    /// SHA-256 over its files, as answers name it.
    hash: String,
    /// The pack calls itself a draft.
    draft: bool,
    /// The day on which the source that was verified longest ago was verified; null: it cites none.
    #[schema(value_type = Option<String>, format = Date)]
    verified_on: Option<NaiveDate>,
    counts: LawPackCounts,
    /// Address of the pack.
    href: String,
}

/// How much a law pack holds.
#[derive(Debug, Serialize, ToSchema)]
struct LawPackCounts {
    sources: usize,
    routes: usize,
    watches: usize,
    deadlines: usize,
    parameters: usize,
    kinships: usize,
    lists: usize,
    calendar_years: usize,
}

/// The law packs that this server has loaded.
#[derive(Debug, Serialize, ToSchema)]
struct LawPacksView {
    items: Vec<LawPackSummary>,
    /// All are on this page.
    next: Option<String>,
}

/// One version of a rule, in force on the day that was asked for.
#[derive(Debug, Serialize, ToSchema)]
struct LawRuleView {
    id: Name,
    #[schema(value_type = Option<std::collections::BTreeMap<String, String>>)]
    title: Option<Text>,
    in_force: InForce,
    /// Ids of the sources; parts of the rule may cite more.
    source: Names,
    /// What the rule says, in the keys of the pack.
    #[schema(value_type = Object)]
    stated: Value,
}

/// A source, and whether it is time to look at it again.
#[derive(Debug, Serialize, ToSchema)]
struct LawSourceView {
    id: Name,
    act: String,
    article: String,
    /// Where it can be read.
    url: Option<String>,
    /// The day someone last compared the value with the source.
    #[schema(value_type = String, format = Date)]
    verified_on: NaiveDate,
    confidence: Confidence,
    /// What it says.
    #[schema(value_type = Option<std::collections::BTreeMap<String, String>>)]
    text: Option<Text>,
    /// It was last verified before `overdue_before`.
    overdue: bool,
}

/// A law pack as it is in force on a day.
#[derive(Debug, Serialize, ToSchema)]
struct LawPackView {
    id: String,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    title: Text,
    hash: String,
    draft: bool,
    /// The zone whose days the law means.
    zone: &'static str,
    /// The day whose law is shown.
    #[schema(value_type = String, format = Date)]
    on: NaiveDate,
    routes: Vec<LawRuleView>,
    watches: Vec<LawRuleView>,
    deadlines: Vec<LawRuleView>,
    parameters: Vec<LawRuleView>,
    /// Lists of relatives, and what they give.
    kinships: Vec<LawRuleView>,
    /// What the law enumerates: grounds and the like.
    lists: Vec<LawRuleView>,
    /// Years whose non-working days are loaded; deadlines in others are provisional.
    calendar_years: Vec<i32>,
    /// Every source that the rules shown cite.
    sources: Vec<LawSourceView>,
    /// Sources verified before this day should be compared with the official text again.
    #[schema(value_type = String, format = Date)]
    overdue_before: NaiveDate,
    /// How many of the sources shown are overdue.
    overdue: usize,
}

/// The day whose law is asked for.
struct LawPackQuery {
    on: Option<NaiveDate>,
}

impl Input for LawPackQuery {
    const NAME: &'static str = "LawPackQuery";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { on: fields.optional("on", "The day whose law is shown; default today.") })
    }
}

type Door = Ctx<ReadLaw>;

async fn list(ctx: Door) -> Result<Answer<LawPacksView>> {
    let law = ctx.law();
    let view = LawPacksView { items: vec![LawPackSummary::of(law)], next: None };
    Ok(Answer::ok(&view)?.with_tag(&law.hash))
}

async fn show(ctx: Door, Path(pack): Path<String>, Query(query): Query<LawPackQuery>) -> Result<Answer<LawPackView>> {
    let law = ctx.law();
    if law.pack.id() != pack {
        return Err(Error::not_found());
    }
    let today = ctx.today();
    let on = query.on.unwrap_or(today);
    let overdue_before = Law::overdue_before(today, ctx.limits().verify_within_days);
    // All that the answer depends on: the pack's content and two days.
    let tag = format!("{}.{on}.{overdue_before}", law.hash);
    Ok(Answer::ok(&LawPackView::of(law, on, overdue_before))?.with_tag(tag))
}

impl LawPackSummary {
    fn of(law: &Law) -> Self {
        let pack = &law.pack;
        Self {
            id: pack.id().to_owned(),
            title: pack.title().clone(),
            hash: law.hash.clone(),
            draft: pack.is_draft(),
            verified_on: pack.verified_on(),
            counts: LawPackCounts {
                sources: pack.sources().count(),
                routes: pack.routes().len(),
                watches: pack.watches().len(),
                deadlines: pack.deadlines().len(),
                parameters: pack.parameters().len(),
                kinships: pack.kinships().len(),
                lists: pack.lists().len(),
                calendar_years: pack.calendar().years().count(),
            },
            href: format!("/api/v1/law/packs/{}", pack.id()),
        }
    }
}

impl LawPackView {
    fn of(law: &Law, on: NaiveDate, overdue_before: NaiveDate) -> Self {
        let pack = &law.pack;
        let (routes, watches) = (in_force(pack.routes(), on), in_force(pack.watches(), on));
        let (deadlines, parameters) = (in_force(pack.deadlines(), on), in_force(pack.parameters(), on));
        let (kinships, lists) = (in_force(pack.kinships(), on), in_force(pack.lists(), on));
        let mut cited = BTreeSet::new();
        for rule in [&routes, &watches, &deadlines, &parameters, &kinships, &lists].into_iter().flatten() {
            cited.extend(rule.source.iter().map(ToString::to_string));
            citations(&rule.stated, &mut cited);
        }
        let sources = pack.sources().filter(|source| cited.contains(source.id.as_str()));
        let sources: Vec<LawSourceView> = sources.map(|source| LawSourceView::of(source, overdue_before)).collect();
        Self {
            id: pack.id().to_owned(),
            title: pack.title().clone(),
            hash: law.hash.clone(),
            draft: pack.is_draft(),
            zone: law.zone.name(),
            on,
            routes,
            watches,
            deadlines,
            parameters,
            kinships,
            lists,
            calendar_years: pack.calendar().years().collect(),
            overdue: sources.iter().filter(|source| source.overdue).count(),
            sources,
            overdue_before,
        }
    }
}

impl LawSourceView {
    fn of(source: &Source, overdue_before: NaiveDate) -> Self {
        let Source { id, act, article, url, verified_on, confidence, text } = source.clone();
        Self { id, act, article, url, verified_on, confidence, text, overdue: verified_on < overdue_before }
    }
}

/// The versions in force on a day, in the order of the pack.
fn in_force<T>(rules: &[Versioned<T>], on: NaiveDate) -> Vec<LawRuleView> {
    let versions = rules.iter().filter_map(|rule| Some((rule.id(), rule.on(on)?)));
    let shown = versions.map(|(id, version)| LawRuleView {
        id: id.clone(),
        title: version.title.clone(),
        in_force: version.in_force,
        source: version.source.clone(),
        stated: version.stated.clone(),
    });
    shown.collect()
}

/// The sources that parts of a rule cite.
fn citations(stated: &Value, cited: &mut BTreeSet<String>) {
    match stated {
        Value::Array(items) => items.iter().for_each(|item| citations(item, cited)),
        Value::Object(members) => {
            let own = members.get("source").and_then(Value::as_array);
            cited.extend(own.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| citations(member, cited));
        }
        _ => {}
    }
}
