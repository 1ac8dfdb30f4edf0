//! Search before you register. A search leaves a token for the same name; registering needs it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::NewPerson;
use crate::calendar::partial::PartialDate;
use crate::clock::Instant;
use crate::db::{Action, Event, ReadTx, Viewed};
use crate::error::{Code, Error, Result};
use crate::id::PersonId;
use crate::people::model::{Keys, MatchedOn, compatible, rank, sort_key, words};
use crate::people::store::{self, Candidate, NameRow};

/// How long a search counts as "just now", s.
const TOKEN_LIFE_S: i64 = 30 * 60;
/// Most persons in an answer. More than that is no answer: the officer narrows the search.
const MOST: usize = 25;

/// What is looked for.
#[derive(Clone, Debug)]
pub(in crate::people) struct Criteria {
    pub(in crate::people) name: Option<String>,
    pub(in crate::people) birth_date: Option<PartialDate>,
    pub(in crate::people) file_number: Option<String>,
}

/// A person who may be the one.
#[derive(Clone, Debug)]
pub(in crate::people) struct Hit {
    pub(in crate::people) person: PersonId,
    pub(in crate::people) file_number: String,
    pub(in crate::people) name: String,
    pub(in crate::people) birth_date: Option<String>,
    /// Which keys met, strongest first.
    pub(in crate::people) matched_on: Vec<&'static str>,
    /// Can the birth dates be the same? None if either is not known.
    pub(in crate::people) birth_date_agrees: Option<bool>,
}

/// What a search found.
#[derive(Clone, Debug)]
pub(in crate::people) struct Found {
    pub(in crate::people) hits: Vec<Hit>,
    pub(in crate::people) more: bool,
    pub(in crate::people) search_token: Option<String>,
}

/// Looks for persons in the caller's office: by file number, or by name from the strictest key to the loosest.
pub(in crate::people) fn search(tx: &mut ReadTx<'_>, criteria: &Criteria) -> Result<Viewed<Found>> {
    let mut candidates: Vec<Candidate> = Vec::new();
    if let Some(number) = &criteria.file_number {
        candidates.extend(store::by_file_number(tx, number)?);
    }
    if let Some(name) = &criteria.name {
        candidates.extend(by_name(tx, name)?);
    }
    let mut hits = describe(tx, candidates, criteria)?;
    let more = hits.len() > MOST;
    hits.truncate(MOST);
    let search_token = criteria.name.as_ref().map(|name| fresh_token(tx, name));
    let terms = json!({ "name": criteria.name, "birth_date": criteria.birth_date.as_ref().map(ToString::to_string),
        "file_number": criteria.file_number });
    let persons = hits.iter().map(|hit| hit.person).collect();
    let found = Found { hits, more, search_token };
    tx.viewed(&Event::about_all(Action::PeopleSearched, persons).with(terms), found)
}

/// Persons who have every word of the name in one kind of key; looser keys are tried only while the stricter ones found few.
fn by_name(tx: &mut ReadTx<'_>, name: &str) -> Result<Vec<Candidate>> {
    let words = words(name);
    let mut found: Vec<Candidate> = Vec::new();
    for kind in MatchedOn::ALL {
        let mut keys: Vec<String> = words.iter().map(|word| word.key(kind).to_owned()).collect();
        keys.sort();
        keys.dedup();
        if keys.iter().any(String::is_empty) || found.len() > MOST {
            continue;
        }
        for candidate in store::by_keys(tx, kind.as_str(), &keys, MOST + 1)? {
            if found.iter().all(|known| known.person != candidate.person) {
                found.push(candidate);
            }
        }
    }
    Ok(found)
}

/// Ranks the candidates: how their best name meets the one looked for, then whether the birth dates can be the same. A key that only
/// proposes (consonants alone) does not suffice: the names must also be similar.
fn describe(tx: &mut ReadTx<'_>, candidates: Vec<Candidate>, criteria: &Criteria) -> Result<Vec<Hit>> {
    let persons: Vec<PersonId> = candidates.iter().map(|found| found.person).collect();
    let names = store::names_of(tx, &persons)?;
    let births = store::birth_dates(tx, &persons)?;
    let wanted = criteria.name.as_deref().map(words);
    let mut ranked: Vec<(Option<MatchedOn>, f64, Hit)> = Vec::new();
    for found in candidates {
        let own: Vec<&NameRow> = names.iter().filter(|name| name.person_id == found.person).collect();
        let by_number = criteria.file_number.as_ref() == Some(&found.file_number);
        let best = wanted.as_ref().and_then(|wanted| best(wanted, &own));
        if best.is_none() && !by_number {
            continue;
        }
        let shown = own.iter().find(|name| name.kind == "current").or(own.first());
        let birth_date = births.iter().find(|(person, _)| *person == found.person).and_then(|(_, date)| date.clone());
        let recorded = birth_date.as_deref().and_then(|text| text.parse().ok());
        let mut matched_on = Vec::new();
        matched_on.extend(by_number.then_some("file_number"));
        matched_on.extend(best.map(|(kind, _)| kind.as_str()));
        let hit = Hit {
            person: found.person,
            name: shown.map(|name| name.full_name_as_printed.clone()).unwrap_or_default(),
            file_number: found.file_number,
            birth_date_agrees: criteria.birth_date.as_ref().zip(recorded.as_ref()).map(|(a, b)| compatible(a, b)),
            birth_date,
            matched_on,
        };
        let kind = best.map(|(kind, _)| kind).filter(|_| !by_number);
        ranked.push((kind, best.map_or(1.0, |(_, similarity)| similarity), hit));
    }
    ranked.sort_by(|a, b| {
        let disagrees = |hit: &Hit| hit.birth_date_agrees == Some(false);
        a.0.cmp(&b.0)
            .then(disagrees(&a.2).cmp(&disagrees(&b.2)))
            .then(b.1.total_cmp(&a.1))
            .then_with(|| sort_key(&a.2.name).cmp(&sort_key(&b.2.name)))
    });
    Ok(ranked.into_iter().map(|(_, _, hit)| hit).collect())
}

/// How the best of a person's names meets the one looked for.
fn best(wanted: &[Keys], names: &[&NameRow]) -> Option<(MatchedOn, f64)> {
    let ranks = names.iter().filter_map(|name| rank(wanted, &words(&name.full_name_as_printed)));
    ranks.min_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)))
}

/// A token for a search made now.
pub(super) fn fresh_token(tx: &ReadTx<'_>, name: &str) -> String {
    token(tx, name, tx.now().plus_seconds(TOKEN_LIFE_S))
}

/// A token says: this caller searched for a name that folds like this one, not longer ago than its life.
fn token(tx: &ReadTx<'_>, name: &str, expires: Instant) -> String {
    let mut bytes = expires.micros().to_be_bytes().to_vec();
    bytes.extend_from_slice(&mac(tx, name, expires));
    URL_SAFE_NO_PAD.encode(bytes)
}

fn mac(tx: &ReadTx<'_>, name: &str, expires: Instant) -> [u8; 32] {
    let account = tx.account().map(|account| account.to_string()).unwrap_or_default();
    let fold = Keys::of(name).fold;
    tx.keys().mac("search-token", &[account.as_bytes(), fold.as_bytes(), &expires.micros().to_be_bytes()])
}

/// Refuses a registration that no fresh search for the same name came before.
pub(super) fn spend_token(tx: &ReadTx<'_>, new: &NewPerson) -> Result<()> {
    let refused = || Error::new(Code::SearchRequired);
    let token = new.search_token.as_ref().ok_or_else(refused)?;
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| refused())?;
    let (expires, sent) = bytes.split_first_chunk::<8>().ok_or_else(refused)?;
    let expires = Instant::from_micros(i64::from_be_bytes(*expires));
    let searched = new.names.iter().any(|dated| {
        let good = mac(tx, dated.name.full_name_as_printed(), expires);
        subtle::ConstantTimeEq::ct_eq(sent, good.as_slice()).into()
    });
    if searched && expires > tx.now() { Ok(()) } else { Err(refused()) }
}
