//! The letter of a decision, put together from what was decided.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::Value;

use super::Decided;
use crate::cases::model::{Letter, catalogue, letter};
use crate::cases::ops::Lawbook;
use crate::cases::ops::clock::{last_day, term};
use crate::cases::store::files::CaseRow;
use crate::db::ReadTx;
use crate::error::{Error, Result};
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
    let cited = kind.reasons.iter().chain([&kind.review.source]);
    let cited: Vec<&String> = cited.collect();
    let titles = titles(&row.calculation)?;
    let write = |language| {
        let own = case.ground.iter().zip(&kind.act).map(|(ground, act)| {
            format!("{}, {}", catalogue.act(act, language), ground.trim_end_matches(".exception"))
        });
        let articles: Vec<String> = own.chain(cited.iter().map(|id| article(law.pack, id, language))).collect();
        let names: Vec<String> = judged.iter().map(|one| name_of(&one.requirement, &titles, language)).collect();
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
                names: &names,
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

/// Titles of the route's requirements, by id, as the kept sum has them.
fn titles(calculation: &str) -> Result<BTreeMap<String, Value>> {
    let calculation: Value = serde_json::from_str(calculation).map_err(Error::internal)?;
    let all = |of: &Value, member: &str| of.get(member).and_then(Value::as_array).cloned().unwrap_or_default();
    let requirements = all(&calculation, "routes").into_iter().flat_map(|route| all(&route, "requirements"));
    let titled = requirements.filter_map(|one| Some((one.get("id")?.as_str()?.to_owned(), one.get("title")?.clone())));
    Ok(titled.collect())
}

/// What a requirement is called: by the catalogue or by the law pack, else by its id.
fn name_of(id: &str, titles: &BTreeMap<String, Value>, language: Language) -> String {
    let own = catalogue().ok().and_then(|catalogue| catalogue.requirement(id, language));
    let title = || titles.get(id)?.get(language.code())?.as_str();
    own.or_else(title).unwrap_or(id).to_owned()
}

/// Act and article of a source. What follows a colon explains the source and is not the article.
fn article(pack: &Pack, id: &str, language: Language) -> String {
    let Ok(catalogue) = catalogue() else { return id.to_owned() };
    let cited = catalogue.sources.iter().find(|source| source.id == id).map(|source| (&source.act, &source.article));
    let Some((act, article)) = pack.source(id).map(|source| (&source.act, &source.article)).or(cited) else {
        return id.to_owned();
    };
    let article = article.split(':').next().unwrap_or(article);
    format!("{}, {article}", catalogue.act(act, language))
}
