//! The letter of a decision, put together from what was decided.

use chrono::NaiveDate;

use super::Decided;
use crate::cases::model::{Letter, catalogue, letter};
use crate::cases::ops::Lawbook;
use crate::cases::ops::clock::{last_day, term};
use crate::cases::store::files::CaseRow;
use crate::db::ReadTx;
use crate::error::Result;
use crate::law::{Language, Pack};
use crate::people;

/// The term for going to court.
const COURT: &str = "claim.court";

/// The letter in Azerbaijani and in English.
pub(super) fn both(
    tx: &mut ReadTx<'_>,
    law: Lawbook<'_>,
    case: &CaseRow,
    decided: &Decided,
    today: NaiveDate,
) -> Result<(String, String)> {
    let (file_number, name) = people::heading(tx, case.person_id)?;
    let catalogue = catalogue()?;
    let kind = catalogue.kind(case.kind)?;
    let row = &decided.row;
    let calculation = format!("{} {}, {}", row.pack, row.pack_version, row.pack_hash);
    let judged = decided.judged()?;
    let contested = term(law.pack, COURT, today, &[], Language::default())?;
    let contest_by = last_day(law.pack, &contested);
    let mut articles: Vec<String> = case.ground.iter().cloned().collect();
    let cited = kind.reasons.iter().chain([&kind.review.source]);
    articles.extend(cited.map(|id| article(law.pack, id)));
    let write = |language| {
        let ground = row.deviation.as_deref().and_then(|code| catalogue.grounds.iter().find(|one| one.code == code));
        letter(
            &Letter {
                file_number: &file_number,
                name: &name,
                kind: kind.title.tell(language),
                filed_on: case.filed_on,
                decided_on: today,
                outcome: row.outcome,
                reasons: &row.reasons,
                articles: &articles,
                judged: &judged,
                deviation: ground.map(|ground| ground.text.tell(language)),
                computed_by: &calculation,
                review: kind.review.tell(language),
                contest_by,
            },
            language,
        )
    };
    Ok((write(Language::Az), write(Language::En)))
}

/// Act and article of a source.
pub(in crate::cases) fn article(pack: &Pack, id: &str) -> String {
    if let Some(source) = pack.source(id) {
        return format!("{}, {}", source.act, source.article);
    }
    let cited = catalogue().ok().and_then(|catalogue| catalogue.sources.iter().find(|source| source.id == id));
    cited.map_or_else(|| id.to_owned(), |source| format!("{}, {}", source.act, source.article))
}
