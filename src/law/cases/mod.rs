//! Tests of a pack as data: the facts of an invented person, a question, the answer that the pack must give, and why.
//!
//! A lawyer writes them beside the pack, `tests/*.toml`; `config/law/README.md` describes the format. Only the members that an
//! expectation names are compared, so a case says what it is about and nothing else.

mod read;
mod values;

#[cfg(test)]
mod tests;

use std::fmt;

use chrono::NaiveDate;
use serde_json::Value;

pub use read::read_cases;

use super::dossier::Dossier;
use super::evaluate::{Question, evaluate};
use super::pack::Pack;
use super::result::EventTime;
use super::{deadline, watch};

/// One case: facts, and what the pack must say about them.
#[derive(Clone, Debug)]
pub struct Case {
    /// The file it stands in.
    pub file: String,
    /// The line it begins on.
    pub line: usize,
    /// Its name, the only one in its file.
    pub name: String,
    /// Why the answer must be as expected.
    pub why: String,
    /// The facts.
    pub dossier: Dossier,
    expectations: Vec<Expectation>,
}

/// What one question must be answered with.
#[derive(Clone, Debug)]
struct Expectation {
    line: usize,
    ask: Ask,
    /// The readings that must all answer so; empty: the default one.
    readings: Vec<String>,
    wanted: Vec<Wanted>,
}

/// A member of the answer, as the path of keys to it, and its value.
#[derive(Clone, Debug)]
struct Wanted {
    path: Vec<String>,
    value: Value,
}

/// What is asked of the pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// A route; its id is in the question.
    Route(Question),
    /// The watch of this id.
    Watch(String, Question),
    /// The deadline of this id.
    Deadline {
        /// Its id.
        id: String,
        /// The event it is counted from.
        event: EventTime,
        /// Periods that do not count.
        pauses: Vec<(NaiveDate, NaiveDate)>,
        /// The day whose law applies.
        law_at: Option<NaiveDate>,
    },
}

/// An expectation that does not come true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The line of the expectation.
    pub line: usize,
    /// What was asked.
    pub ask: Ask,
    /// Under which reading; `None` for deadlines.
    pub reading: Option<String>,
    /// The members that came out otherwise.
    pub differences: Vec<Difference>,
}

/// One member that came out otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The member, such as `requirements.residence.state`.
    pub key: String,
    /// What the case says.
    pub expected: String,
    /// What the pack says.
    pub came: String,
}

impl fmt::Display for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Route(question) => write!(f, "route {} on {}", question.route.as_deref().unwrap_or("?"), question.on),
            Self::Watch(id, question) => write!(f, "watch {id} on {}", question.on),
            Self::Deadline { id, event, .. } => write!(f, "deadline {id} from {event}"),
        }
    }
}

impl Case {
    /// How many answers it looks at: each reading of each expectation counts.
    pub fn answers(&self) -> usize {
        self.expectations.iter().map(|one| one.readings.len().max(1)).sum()
    }

    /// Asks the pack and gives the expectations that do not come true.
    pub fn run(&self, pack: &Pack) -> Vec<Failure> {
        self.expectations.iter().flat_map(|one| one.run(pack, &self.dossier)).collect()
    }
}

/// An answer with the reading it stands under.
struct Answered {
    reading: Option<String>,
    default: bool,
    members: Value,
}

impl Expectation {
    fn run(&self, pack: &Pack, dossier: &Dossier) -> Vec<Failure> {
        let answers = match self.ask.answers(pack, dossier) {
            Ok(answers) => answers,
            Err(message) => return vec![self.failure(None, vec![Difference::of("answer", "an answer", message)])],
        };
        let judged = |reading: Option<&str>| {
            let answer = answers.iter().find(|answer| match reading {
                Some(id) => answer.reading.as_deref() == Some(id),
                None => answer.default,
            });
            let differences = self.differences(answer);
            let shown = reading.map(str::to_owned).or_else(|| answer.and_then(|answer| answer.reading.clone()));
            (!differences.is_empty()).then(|| self.failure(shown, differences))
        };
        if self.readings.is_empty() {
            judged(None).into_iter().collect()
        } else {
            self.readings.iter().filter_map(|reading| judged(Some(reading))).collect()
        }
    }

    fn failure(&self, reading: Option<String>, differences: Vec<Difference>) -> Failure {
        Failure { line: self.line, ask: self.ask.clone(), reading, differences }
    }

    /// `None`: the pack says nothing under this reading, which only `reported = false` expects.
    fn differences(&self, answer: Option<&Answered>) -> Vec<Difference> {
        let compared = self.wanted.iter().filter_map(|wanted| {
            let is_reported = wanted.path.iter().eq([REPORTED]);
            let came = match answer {
                _ if is_reported => Value::Bool(answer.is_some()),
                Some(answer) => wanted.found(&answer.members),
                None => return Some(Difference::of(&wanted.key(), &wanted.value, "no answer, it does not apply")),
            };
            (came != wanted.value).then(|| Difference::of(&wanted.key(), &wanted.value, came))
        });
        compared.collect()
    }
}

/// The member that says whether a watch answers at all.
const REPORTED: &str = "reported";

impl Difference {
    fn of(key: &str, expected: impl fmt::Display, came: impl fmt::Display) -> Self {
        Self { key: key.to_owned(), expected: expected.to_string(), came: came.to_string() }
    }
}

impl Wanted {
    fn key(&self) -> String {
        self.path.join(".")
    }

    /// The member of an answer; null if it is not there. A list of things with an id is looked through by id.
    fn found(&self, answer: &Value) -> Value {
        let mut at = answer;
        for key in &self.path {
            let next = match at {
                Value::Array(items) => items.iter().find(|item| item.get("id").is_some_and(|id| id == key)),
                _ => at.get(key),
            };
            let Some(next) = next else { return Value::Null };
            at = next;
        }
        at.clone()
    }
}

impl Ask {
    fn answers(&self, pack: &Pack, dossier: &Dossier) -> Result<Vec<Answered>, String> {
        let told =
            |faults: Vec<super::DossierFault>| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        match self {
            Self::Route(question) => {
                let results = evaluate(pack, dossier, question).map_err(told)?;
                results.iter().map(|one| answered(Some(&one.reading), one.default, one)).collect()
            }
            Self::Watch(id, question) => {
                let results = watch::watch(pack, dossier, question).map_err(told)?;
                let of_id = results.iter().filter(|one| one.watch == id.as_str());
                of_id.map(|one| answered(Some(&one.reading), one.default, one)).collect()
            }
            Self::Deadline { id, event, pauses, law_at } => {
                let result =
                    deadline::deadline(pack, id, *event, pauses, *law_at).map_err(|error| error.to_string())?;
                Ok(vec![answered(None, true, &result)?])
            }
        }
    }
}

fn answered(reading: Option<&str>, default: bool, result: &impl serde::Serialize) -> Result<Answered, String> {
    let mut members = serde_json::to_value(result).map_err(|error| error.to_string())?;
    // A case names the facts that the answer hangs on; how many days each is worth is not its business.
    if let Some(Value::Array(facts)) = members.get_mut("uncertain") {
        facts.iter_mut().for_each(|fact| *fact = fact.get("pointer").cloned().unwrap_or_default());
    }
    Ok(Answered { reading: reading.map(str::to_owned), default, members })
}
