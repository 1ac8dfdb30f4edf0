//! What a change of the record moved: the same questions, asked of the record as it stood and as it stands.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Asked, deadlines, eligibility, is_citizen, watches};
use crate::clock::Instant;
use crate::db::ReadTx;
use crate::eligibility::model::Record;
use crate::eligibility::store;
use crate::error::Result;
use crate::id::PersonId;
use crate::law::{EventTime, Language, Pack};

/// One figure that is another than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = MovedFigure)]
pub(crate) struct Moved {
    /// `route`, `watch`, `deadline`.
    pub(crate) of: &'static str,
    /// Its id in the law pack.
    pub(crate) id: String,
    /// The reading, or for a deadline the day of its event.
    pub(crate) reading: String,
    /// `outcome`, `earliest`, `clock_earliest`, `used`, `safe_until`, `due`.
    pub(crate) figure: &'static str,
    /// What it was; null: there was none.
    pub(crate) before: Option<String>,
    /// What it is; null: there is none.
    pub(crate) after: Option<String>,
}

type Figures = Vec<((&'static str, String, String, &'static str), String)>;

/// Every figure of a person that is another on a day, by the record now and by the record at an instant.
pub(crate) fn moved(
    tx: &mut ReadTx<'_>,
    pack: &Pack,
    person: PersonId,
    before: Instant,
    on: NaiveDate,
) -> Result<Vec<Moved>> {
    let was = figures(tx, pack, person, before, on)?;
    let is = figures(tx, pack, person, Instant::END, on)?;
    let value = |figures: &Figures, key: &(&str, String, String, &str)| {
        figures.iter().find(|(known, _)| known == key).map(|(_, value)| value.clone())
    };
    let mut keys: Vec<_> = was.iter().chain(&is).map(|(key, _)| key.clone()).collect();
    keys.sort();
    keys.dedup();
    let moved = keys.into_iter().filter_map(|key| {
        let (before, after) = (value(&was, &key), value(&is, &key));
        let (of, id, reading, figure) = key;
        (before != after).then_some(Moved { of, id, reading, figure, before, after })
    });
    Ok(moved.collect())
}

fn figures(tx: &mut ReadTx<'_>, pack: &Pack, person: PersonId, as_of: Instant, on: NaiveDate) -> Result<Figures> {
    let parts = store::dossier(tx, person, as_of)?;
    let record = Record::of(&person.to_string(), parts, tx.now().date(pack.zone()));
    let asked =
        Asked { on, law_at: None, route: None, reading: None, no_renewal: false, language: Language::default() };
    let mut found = Figures::new();
    let day = |day: Option<NaiveDate>| day.map_or_else(|| "none".to_owned(), |day| day.to_string());
    for due in deadlines(pack, &record, &asked)? {
        let key = ("deadline", due.result.deadline.to_string(), due.event_on.to_string(), "due");
        let last = match due.result.due {
            Some(EventTime::Day(day)) => day.to_string(),
            Some(EventTime::Instant(instant)) => instant.to_rfc3339(),
            None => continue,
        };
        found.push((key, last));
    }
    if is_citizen(pack, &record, on) {
        return Ok(found);
    }
    for route in eligibility(pack, &record.dossier, &asked)? {
        let key = |figure| ("route", route.route.to_string(), route.reading.to_string(), figure);
        found.push((key("outcome"), route.outcome.text().to_owned()));
        found.push((key("earliest"), day(route.earliest)));
        found.push((key("clock_earliest"), day(route.clock_earliest)));
    }
    for watch in watches(pack, &record.dossier, &asked)? {
        let key = |figure| ("watch", watch.watch.to_string(), watch.reading.to_string(), figure);
        found.push((key("used"), watch.used.to_string()));
        found.push((key("safe_until"), day(watch.safe_until)));
    }
    Ok(found)
}
