//! What must be renewed by when, over HTTP.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::view::{Cited, texts};
use super::{Door, Only, asked, record};
use crate::calendar::Period;
use crate::db::Action;
use crate::eligibility::model::Renewal;
use crate::eligibility::ops;
use crate::error::Result;
use crate::http::{Answer, ClockView, Path, Query, Spoken, TimeQuery};
use crate::id::PersonId;
use crate::law::{DeadlineResult, Language, Name, Names, Pack, Shared, Source, Text, TraceStep};

/// A day on which the register reminds.
#[derive(Debug, Serialize, ToSchema)]
struct ReminderView {
    #[schema(value_type = String, format = Date)]
    on: NaiveDate,
    /// How long before the last day to apply.
    #[schema(value_type = String)]
    before: Period,
    /// `passed` or `to_come`.
    state: &'static str,
}

/// A status in force that ends, and the last day to apply for what follows it.
#[derive(Debug, Serialize, ToSchema)]
struct RenewalView {
    status: String,
    ground: Option<String>,
    /// Last day of the status.
    #[schema(value_type = String, format = Date)]
    ends_on: NaiveDate,
    deadline: Name,
    #[schema(value_type = Option<std::collections::BTreeMap<String, String>>)]
    title: Option<Text>,
    /// The last lawful day to apply.
    #[schema(value_type = String, format = Date)]
    last_day: NaiveDate,
    /// Days after the day of the question up to the last day; negative: it is over.
    days_left: i64,
    /// `open`, `overdue`, or `renewed` if a status of the same kind follows.
    state: &'static str,
    reminders: Vec<ReminderView>,
    /// What happens after the last day.
    #[schema(value_type = Option<std::collections::BTreeMap<String, String>>)]
    after: Option<Text>,
    derivation: Vec<TraceStep>,
    /// The non-working days of a year involved are not announced.
    provisional: bool,
    source: Names,
}

/// What must be renewed, the soonest last day first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RenewalsView {
    items: Vec<RenewalView>,
    /// Always null: all of them are on the page.
    next: Option<String>,
    #[schema(value_type = Vec<Source>)]
    sources: Vec<Shared<Source>>,
    note: &'static str,
    clock: ClockView,
}

impl RenewalsView {
    fn of(pack: &Pack, renewals: Vec<Renewal>, clock: ClockView, language: Language) -> Self {
        let mut cited = Cited::default();
        renewals.iter().for_each(|renewal| cited.add(&renewal.result.source));
        let on = clock.valid_at;
        let items = renewals.into_iter().map(|renewal| {
            let Renewal { status, ends_on, result, last_day, reminders, renewed } = renewal;
            let DeadlineResult { deadline, title, derivation, provisional, consequence, source, .. } = result;
            let reminders = reminders.into_iter().map(|(before, day)| ReminderView {
                on: day,
                before,
                state: if day < on { "passed" } else { "to_come" },
            });
            RenewalView {
                status: status.kind,
                ground: status.ground,
                ends_on,
                deadline,
                title,
                last_day,
                days_left: (last_day - on).num_days(),
                state: match (renewed, last_day < on) {
                    (true, _) => "renewed",
                    (false, true) => "overdue",
                    (false, false) => "open",
                },
                reminders: reminders.collect(),
                after: consequence,
                derivation,
                provisional,
                source,
            }
        });
        let sources = cited.sources(pack);
        Self { items: items.collect(), next: None, sources, note: texts::note(language), clock }
    }
}

pub(super) async fn renewals(
    ctx: Door,
    Path(person): Path<PersonId>,
    Query(time): Query<TimeQuery>,
    Spoken(language): Spoken,
) -> Result<Answer<RenewalsView>> {
    let pack = &ctx.law().pack;
    let clock = time.fix(ctx.now(), ctx.law())?;
    let record = record(&ctx, person, &clock, Action::RenewalsViewed).await?;
    let renewals = ops::renewals(pack, &record, &asked(&clock, None, Only::default(), language))?;
    Answer::ok(&RenewalsView::of(pack, renewals, clock, language))
}
