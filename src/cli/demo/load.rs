//! The people of the demonstration: a data file inside the program, read by the same code as requests and put on record by the same
//! operations.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::access::policy::Role;
use crate::db::{Actor, Audited, Caller, Scope, TextEnum, WriteTx};
use crate::error::{Code, Error, Result};
use crate::http::{App, Input, read_body};
use crate::id::{AccountId, OfficeId, PersonId};
use crate::{addresses, cases, families, grounds, people, permits, presence};

const FILE: &str = include_str!("../../../config/demo/people.toml");

/// The file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    person: Vec<DemoPerson>,
}

/// One invented person.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct DemoPerson {
    /// Its name in tests and in the printed calls; stored nowhere.
    pub(super) id: String,
    #[serde(flatten)]
    members: Map<String, Value>,
}

impl DemoPerson {
    /// The members of a list as the API names them.
    fn list(&self, name: &str, renamed: &[(&str, &str)]) -> Vec<Value> {
        let items = self.members.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
        let rename = |item: Value| match item {
            Value::Object(members) => members
                .into_iter()
                .map(|(name, value)| {
                    let to =
                        renamed.iter().find(|(from, _)| *from == name).map_or(name.clone(), |(_, to)| (*to).to_owned());
                    (to, value)
                })
                .collect(),
            other => other,
        };
        items.into_iter().map(rename).collect()
    }
}

/// The persons of the file who can be on record: those that only ask "what if" lie in the future.
pub(super) fn people() -> std::result::Result<Vec<DemoPerson>, String> {
    let file: File = toml::from_str(FILE).map_err(|error| error.to_string())?;
    Ok(file.person.into_iter().filter(|person| !person.id.ends_with("-what-if")).collect())
}

/// Puts everybody on record in one transaction, as the caseworker of the demonstration's office.
pub(super) async fn register(
    app: &App,
    caseworker: AccountId,
    office: OfficeId,
    people: Vec<DemoPerson>,
) -> Result<Vec<PersonId>> {
    let actor = Actor {
        account: Some(caseworker),
        role: Role::Caseworker.text(),
        office: Some(office),
        ..Actor::program("demo")
    };
    let caller = Caller { actor, scope: Scope::office(office), under_grant: None };
    let law = Arc::clone(&app.law);
    app.program_write(caller, move |tx| {
        let mut last: Option<Audited<()>> = None;
        let mut ids = Vec::new();
        for person in &people {
            let (id, recorded) = record(tx, person)?;
            ids.push(id);
            last = Some(recorded);
        }
        let today = tx.now().date(law.zone);
        let named: BTreeMap<&str, PersonId> = people.iter().map(|one| &*one.id).zip(ids.iter().copied()).collect();
        for (person, id) in people.iter().zip(&ids) {
            for tie in person.list("ties", &[("to", "other_person_id")]) {
                let tie = read::<families::NewTie>(with_other(tie, &named))?;
                last = Some(families::record(tx, *id, tie.0, today)?.map(drop));
            }
            for case in person.list("cases", &[]) {
                last = Some(read::<cases::NewCase>(case)?.file(tx, &law.pack, *id, today)?);
            }
        }
        let last = last.ok_or_else(|| Error::internal("the demonstration has nobody in it"))?;
        Ok(last.map(|()| ids.clone()))
    })
    .await
}

fn record(tx: &mut WriteTx<'_>, person: &DemoPerson) -> Result<(PersonId, Audited<()>)> {
    let days = [("from", "valid_from"), ("to", "valid_to")];
    let mut body = Map::new();
    for name in ["names", "birth_date", "sex"] {
        body.extend(person.members.get(name).map(|value| (name.to_owned(), value.clone())));
    }
    body.insert("nationalities".to_owned(), Value::Array(person.list("nationalities", &days)));
    let registered = people::register_searched(tx, read::<people::NewPersonInput>(Value::Object(body))?.0)?;
    let mut id = None;
    let mut audited = registered.map(|person| id = Some(person));
    let id = id.ok_or_else(|| Error::internal("nobody was registered"))?;
    for permit in person.list("permits", &[]) {
        audited = permits::record(tx, id, read::<permits::NewPermit>(permit)?.0)?.map(drop);
    }
    for trip in person.list("trips", &[]) {
        let presence::NewTrip { trip, source } = read(with(trip, "source", "border"))?;
        audited = presence::declare_trip(tx, id, trip, source)?.map(drop);
    }
    for stay in person.list("stays", &[]) {
        for direction in ["entry", "exit"] {
            if let Some(day) = stay.get(direction) {
                let crossing = json!({ "direction": direction, "crossed_on": day, "source": "border" });
                audited = presence::record_crossing(tx, id, read::<presence::NewCrossing>(crossing)?.0)?.map(drop);
            }
        }
    }
    for gap in person.list("presence_unknown", &days) {
        audited = presence::record_gap(tx, id, read::<presence::NewGap>(gap)?.0)?.map(drop);
    }
    for address in person.list("addresses", &[("text", "as_printed")]) {
        audited = addresses::register(tx, id, read::<addresses::NewAddress>(address)?.0)?.map(drop);
    }
    for proof in person.list("evidence", &[]) {
        audited = grounds::record_evidence(tx, id, read::<grounds::NewEvidence>(proof)?.0)?.map(drop);
    }
    for fact in person.list("facts", &[]) {
        audited = grounds::record_fact(tx, id, read::<grounds::NewFact>(fact)?.0)?.map(drop);
    }
    for event in person.list("events", &[("on", "happened_on"), ("at", "happened_at")]) {
        audited = grounds::record_event(tx, id, read::<grounds::NewEvent>(event)?.0)?.map(drop);
    }
    Ok((id, audited))
}

/// A tie names the other by the id of the file; on record the other has one of its own.
fn with_other(mut tie: Value, named: &BTreeMap<&str, PersonId>) -> Value {
    if let Some(other) = tie.get_mut("other_person_id")
        && let Some(id) = other.as_str().and_then(|name| named.get(name))
    {
        *other = Value::from(id.to_string());
    }
    tie
}

fn with(mut value: Value, name: &str, text: &str) -> Value {
    if let Value::Object(members) = &mut value {
        members.insert(name.to_owned(), Value::from(text));
    }
    value
}

/// The file must be as good as a request.
fn read<T: Input>(value: Value) -> Result<T> {
    let mut faults = Vec::new();
    let read = read_body(value, &mut faults);
    read.filter(|_| faults.is_empty()).ok_or_else(|| Error::new(Code::ValidationFailed).with_faults(faults))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_people_of_the_demonstration_can_be_read() {
        let people = people().unwrap();
        assert!(people.len() >= 19, "{}", people.len());
        assert!(people.iter().any(|person| person.id == "murat"));
    }
}
