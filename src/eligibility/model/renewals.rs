//! What must be renewed by when: the last lawful day to apply before a status ends, and the days on which the register reminds of it.

use chrono::NaiveDate;

use super::Record;
use super::deadlines::{STATUS_END, is_held};
use crate::calendar::Period;
use crate::law::{self, DeadlineError, DeadlineResult, EventTime, FactDate, Pack, Status, Value};

/// Parameters of the pack that say how long before the last day to apply the register reminds.
const REMINDERS: &str = "renewal.reminder.";

/// A term to apply before the end of a status in force.
#[derive(Clone, Debug)]
pub(in crate::eligibility) struct Renewal {
    /// The status that ends.
    pub(in crate::eligibility) status: Status,
    /// Its last day.
    pub(in crate::eligibility) ends_on: NaiveDate,
    /// The last lawful day to apply, and how it was counted.
    pub(in crate::eligibility) result: DeadlineResult,
    /// The same day.
    pub(in crate::eligibility) last_day: NaiveDate,
    /// Days on which the register reminds, earliest first: how long before, and when.
    pub(in crate::eligibility) reminders: Vec<(Period, NaiveDate)>,
    /// A status of the same kind follows without a gap: it was renewed.
    pub(in crate::eligibility) renewed: bool,
}

/// What must be renewed, the soonest last day first.
pub(in crate::eligibility) fn renewals(
    pack: &Pack,
    record: &Record,
    on: NaiveDate,
    law_at: Option<NaiveDate>,
) -> Result<Vec<Renewal>, DeadlineError> {
    let statuses = &record.dossier.statuses;
    let before: Vec<Period> = pack
        .parameters()
        .iter()
        .filter(|parameter| parameter.id().starts_with(REMINDERS))
        .filter_map(|parameter| match parameter.on(law_at.unwrap_or(on))?.rule {
            Value::Period(period) => Some(period),
            _ => None,
        })
        .collect();
    let mut found = Vec::new();
    for status in statuses.iter().filter(|status| is_held(status, on)) {
        let Some(ends_on) = status.to.map(FactDate::latest) else { continue };
        let next = ends_on.succ_opt().unwrap_or(ends_on);
        let renewed = statuses.iter().any(|other| {
            other.kind == status.kind
                && other.from.earliest() <= next
                && other.to.is_none_or(|to| to.latest() > ends_on)
        });
        for term in pack.deadlines() {
            let Some(version) = term.on(law_at.unwrap_or(ends_on)) else { continue };
            let rule = &version.rule;
            if *rule.event() != *STATUS_END || !rule.is_backward() || !rule.concerns(status) {
                continue;
            }
            let result = law::deadline(pack, term.id(), EventTime::Day(ends_on), &[], law_at)?;
            let Some(EventTime::Day(last_day)) = result.due else { continue };
            let mut reminders: Vec<(Period, NaiveDate)> =
                before.iter().map(|period| (*period, period.last_within(last_day))).collect();
            reminders.sort_by_key(|(_, day)| *day);
            found.push(Renewal { status: status.clone(), ends_on, result, last_day, reminders, renewed });
        }
    }
    found.sort_by(|a, b| (a.last_day, &a.result.deadline).cmp(&(b.last_day, &b.result.deadline)));
    Ok(found)
}
