//! Kinds of cases as data: `config/cases/types.toml`, read once.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::Deserialize;

use super::CaseKind;
use super::machine::{Event, Move, State};
use crate::access::policy::Role;
use crate::db::TextEnum;
use crate::error::{Error, Result};
use crate::law::{Confidence, Language};

const FILE: &str = include_str!("../../../config/cases/types.toml");

/// Every kind of case, every move, every ground.
#[derive(Debug)]
pub(in crate::cases) struct Catalogue {
    pub(in crate::cases) kinds: Vec<Kind>,
    pub(in crate::cases) moves: Vec<Move>,
    pub(in crate::cases) grounds: Vec<Ground>,
    pub(in crate::cases) sources: Vec<Cited>,
    requirements: Vec<Named>,
    acts: Vec<Act>,
}

/// A requirement as letters name it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    id: String,
    text: Told,
}

/// An act as letters in Azerbaijani name it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Act {
    begins: String,
    az: String,
}

/// One kind of case.
#[derive(Debug)]
pub(in crate::cases) struct Kind {
    pub(in crate::cases) kind: CaseKind,
    pub(in crate::cases) title: Told,
    pub(in crate::cases) effect: Effect,
    /// The office's own terms, as the law pack names them: the first that the law of the day has is the usual one.
    pub(in crate::cases) terms: Vec<String>,
    /// The term of another authority's opinion; silence means that it has no objection.
    pub(in crate::cases) opinion: Option<String>,
    /// The term for paying the fee.
    pub(in crate::cases) fee: Option<String>,
    /// The act that the grounds are articles of.
    pub(in crate::cases) act: Option<String>,
    /// Grounds of the application; empty: it needs none.
    pub(in crate::cases) grounds: Vec<String>,
    pub(in crate::cases) papers: Vec<Paper>,
    /// What must be found met besides what the engine judges.
    pub(in crate::cases) requirements: Vec<String>,
    /// The route of the law pack that judges a ground.
    pub(in crate::cases) routes: BTreeMap<String, String>,
    /// The parameter of the law pack that says how long a permit is given: by ground, else for the `first` and for an `extension`.
    pub(in crate::cases) longest: BTreeMap<String, String>,
    pub(in crate::cases) review: Review,
    /// The article that asks for reasons.
    pub(in crate::cases) reasons: Option<String>,
}

/// What a grant puts on record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::cases) enum Effect {
    StayAddress,
    StayExtension,
    TemporaryResidencePermit,
    PermanentResidencePermit,
    WorkPermit,
    Nationality,
    None,
}

impl Effect {
    /// Is it a permit or the extension of a stay?
    pub(in crate::cases) const fn is_status(self) -> bool {
        !matches!(self, Self::StayAddress | Self::Nationality | Self::None)
    }

    /// As it is written.
    pub(in crate::cases) const fn text(self) -> &'static str {
        match self {
            Self::StayAddress => "stay_address",
            Self::StayExtension => "stay_extension",
            Self::TemporaryResidencePermit => "temporary_residence_permit",
            Self::PermanentResidencePermit => "permanent_residence_permit",
            Self::WorkPermit => "work_permit",
            Self::Nationality => "nationality",
            Self::None => "none",
        }
    }
}

/// A text in both languages.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::cases) struct Told {
    en: String,
    az: String,
}

impl Told {
    /// The text in a language.
    pub(in crate::cases) fn tell(&self, language: Language) -> &str {
        match language {
            Language::Az => &self.az,
            Language::En => &self.en,
        }
    }
}

/// Where a decision can be contested.
#[derive(Debug, Deserialize)]
pub(in crate::cases) struct Review {
    #[serde(flatten)]
    text: Told,
    pub(in crate::cases) source: String,
}

impl Review {
    /// The text in a language.
    pub(in crate::cases) fn tell(&self, language: Language) -> &str {
        self.text.tell(language)
    }
}

/// A paper that may be asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::cases) struct Paper {
    pub(in crate::cases) code: String,
    pub(in crate::cases) source: String,
    #[serde(default, deserialize_with = "day")]
    pub(in crate::cases) from: Option<NaiveDate>,
    #[serde(default, deserialize_with = "day")]
    pub(in crate::cases) to: Option<NaiveDate>,
}

/// A ground for a move that needs one.
#[derive(Debug)]
pub(in crate::cases) struct Ground {
    pub(in crate::cases) code: String,
    pub(in crate::cases) event: Event,
    pub(in crate::cases) text: Told,
    pub(in crate::cases) source: String,
}

/// A source that no law pack cites yet.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::cases) struct Cited {
    pub(in crate::cases) id: String,
    pub(in crate::cases) act: String,
    pub(in crate::cases) article: String,
    confidence: String,
}

impl Cited {
    /// How sure it is, as the law packs say it.
    pub(in crate::cases) fn confidence(&self) -> Confidence {
        match self.confidence.as_str() {
            "official" => Confidence::Official,
            "embassy" => Confidence::Embassy,
            "press" => Confidence::Press,
            "inferred" => Confidence::Inferred,
            _ => Confidence::Recalled,
        }
    }
}

impl Kind {
    /// The papers that the law of a day lets the office ask for.
    pub(in crate::cases) fn papers_on(&self, on: NaiveDate) -> impl Iterator<Item = &Paper> {
        let in_force =
            move |paper: &&Paper| paper.from.is_none_or(|from| from <= on) && paper.to.is_none_or(|to| on <= to);
        self.papers.iter().filter(in_force)
    }

    /// The route that judges a first application on a ground. Who applies for an extension holds the permit already: no route asks that again.
    pub(in crate::cases) fn route(&self, ground: Option<&str>, extension: bool) -> Option<&str> {
        let route = ground.filter(|_| !extension).and_then(|ground| self.routes.get(ground));
        route.map(String::as_str)
    }

    /// The parameter of the law pack that says how long the permit is given at most.
    pub(in crate::cases) fn longest(&self, ground: Option<&str>, extension: bool) -> Option<&str> {
        let by_ground = ground.and_then(|ground| self.longest.get(ground));
        let longest = by_ground.or_else(|| self.longest.get(if extension { "extension" } else { "first" }));
        longest.map(String::as_str)
    }
}

impl Catalogue {
    /// The kind.
    pub(in crate::cases) fn kind(&self, kind: CaseKind) -> Result<&Kind> {
        let found = self.kinds.iter().find(|one| one.kind == kind);
        found.ok_or_else(|| Error::internal("a kind of case is not in the catalogue"))
    }

    /// What a requirement of a kind of case is called.
    pub(in crate::cases) fn requirement(&self, id: &str, language: Language) -> Option<&str> {
        self.requirements.iter().find(|one| one.id == id).map(|one| one.text.tell(language))
    }

    /// What an act is called: its first words in English, its name in Azerbaijani.
    pub(in crate::cases) fn act<'a>(&'a self, act: &'a str, language: Language) -> &'a str {
        let known = self.acts.iter().find(|one| act.starts_with(&one.begins));
        match (known, language) {
            (Some(known), Language::Az) => &known.az,
            (Some(known), Language::En) => &known.begins,
            (None, _) => act,
        }
    }

    /// The grounds of a move.
    pub(in crate::cases) fn grounds_of(&self, event: Event) -> impl Iterator<Item = &Ground> {
        self.grounds.iter().filter(move |ground| ground.event == event)
    }
}

/// The catalogue inside the program.
pub(in crate::cases) fn catalogue() -> Result<&'static Catalogue> {
    static READ: LazyLock<std::result::Result<Catalogue, String>> = LazyLock::new(|| read(FILE));
    READ.as_ref().map_err(Error::internal)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    source: Vec<Cited>,
    #[serde(rename = "move")]
    moves: Vec<RawMove>,
    ground: Vec<RawGround>,
    requirement: Vec<Named>,
    act: Vec<Act>,
    #[serde(rename = "type")]
    kinds: Vec<RawKind>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMove {
    event: String,
    from: Vec<String>,
    to: String,
    who: Vec<String>,
    #[serde(default)]
    only: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGround {
    code: String,
    event: String,
    text: Told,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawKind {
    id: String,
    title: Told,
    effect: Effect,
    terms: Vec<String>,
    opinion: Option<String>,
    fee: Option<String>,
    act: Option<String>,
    #[serde(default)]
    grounds: Vec<String>,
    paper: Vec<Paper>,
    requirement: Vec<String>,
    #[serde(default)]
    route: BTreeMap<String, String>,
    #[serde(default)]
    longest: BTreeMap<String, String>,
    review: Review,
    reasons: Option<String>,
}

fn read(text: &str) -> std::result::Result<Catalogue, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    let mut moves = Vec::new();
    for raw in file.moves {
        moves.push(Move {
            event: value(&raw.event)?,
            from: values(&raw.from)?,
            to: value::<State>(&raw.to)?,
            who: values::<Role>(&raw.who)?,
            only: values(&raw.only)?,
        });
    }
    let mut grounds = Vec::new();
    for raw in file.ground {
        let RawGround { code, event, text, source } = raw;
        grounds.push(Ground { code, event: value(&event)?, text, source });
    }
    let mut kinds = Vec::new();
    for raw in file.kinds {
        let RawKind {
            id,
            title,
            effect,
            terms,
            opinion,
            fee,
            act,
            grounds,
            paper,
            requirement,
            route,
            longest,
            review,
            reasons,
        } = raw;
        kinds.push(Kind {
            kind: value(&id)?,
            title,
            effect,
            terms,
            opinion,
            fee,
            act,
            grounds,
            papers: paper,
            requirements: requirement,
            routes: route,
            longest,
            review,
            reasons,
        });
    }
    Ok(Catalogue { kinds, moves, grounds, sources: file.source, requirements: file.requirement, acts: file.act })
}

fn value<T: TextEnum>(text: &str) -> std::result::Result<T, String> {
    T::of(text).ok_or_else(|| format!("{text:?} is none of {}", T::TEXTS.join(", ")))
}

fn values<T: TextEnum>(texts: &[String]) -> std::result::Result<Vec<T>, String> {
    texts.iter().map(|text| value(text)).collect()
}

fn day<'de, D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Option<NaiveDate>, D::Error> {
    let date = toml::value::Datetime::deserialize(deserializer)?;
    date.to_string().parse().map(Some).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::web::law;

    #[test]
    fn the_catalogue_has_every_kind_and_names_only_what_there_is() {
        let (catalogue, law) = (catalogue().unwrap(), law::load(None, "az").unwrap());
        let kinds: Vec<&str> = catalogue.kinds.iter().map(|one| one.kind.text()).collect();
        assert_eq!(kinds, CaseKind::TEXTS);
        let mut known: BTreeSet<&str> = law.pack.sources().map(|source| source.id.as_str()).collect();
        known.extend(catalogue.sources.iter().map(|source| source.id.as_str()));
        let cited = catalogue.grounds.iter().map(|ground| &ground.source);
        let cited = cited.chain(catalogue.kinds.iter().flat_map(|one| one.papers.iter().map(|paper| &paper.source)));
        let cited = cited.chain(catalogue.kinds.iter().map(|one| &one.review.source));
        let cited = cited.chain(catalogue.kinds.iter().filter_map(|one| one.reasons.as_ref()));
        for source in cited {
            assert!(known.contains(source.as_str()), "no source {source}");
        }
        for one in &catalogue.kinds {
            for term in one.terms.iter().chain(&one.opinion).chain(&one.fee) {
                assert!(law.pack.deadline(term).is_some(), "no term {term}");
            }
            for parameter in one.longest.values() {
                let on = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
                assert!(law.pack.parameter(parameter, on).is_some(), "no parameter {parameter}");
            }
            for requirement in &one.requirements {
                assert!(catalogue.requirement(requirement, Language::Az).is_some(), "no name of {requirement}");
            }
            assert_eq!(one.act.is_some(), !one.grounds.is_empty(), "{}", one.kind.text());
            for (ground, route) in &one.routes {
                assert!(law.pack.route(route).is_some(), "no route {route}");
                assert!(one.grounds.contains(ground), "no ground {ground}");
            }
        }
        let events: BTreeSet<&str> = catalogue.moves.iter().map(|one| one.event.text()).collect();
        assert_eq!(events.len(), Event::TEXTS.len());
    }

    #[test]
    fn a_paper_is_on_the_list_of_its_days_alone() {
        let permanent = catalogue().unwrap().kind(CaseKind::PermanentPermit).unwrap();
        let has = |on: &str| permanent.papers_on(on.parse().unwrap()).any(|paper| paper.code == "marriage_certificate");
        assert!(has("2017-11-04"));
        assert!(!has("2017-11-05"));
    }
}
