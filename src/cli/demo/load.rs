//! The people of the demonstration: a data file inside the program, put on record through the slices' own operations.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use crate::access::policy::Role;
use crate::db::{Actor, Audited, Caller, Scope, TextEnum, WriteTx};
use crate::error::{Error, Result};
use crate::http::{App, Input, read_body};
use crate::id::{AccountId, PersonId};
use crate::{addresses, grounds, people, permits, presence};

const FILE: &str = include_str!("../../../config/demo/people.toml");

/// The file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    person: Vec<DemoPerson>,
}

/// One invented person. The lists hold what the API would take.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DemoPerson {
    pub(super) id: String,
    names: Vec<Value>,
    birth_date: Option<String>,
    sex: i16,
    #[serde(default)]
    nationalities: Vec<Value>,
    #[serde(default)]
    permits: Vec<Value>,
    #[serde(default)]
    trips: Vec<Value>,
    #[serde(default)]
    stays: Vec<Value>,
    #[serde(default)]
    presence_unknown: Vec<Value>,
    #[serde(default)]
    addresses: Vec<Value>,
    #[serde(default)]
    evidence: Vec<Value>,
    #[serde(default)]
    facts: Vec<Value>,
    #[serde(default)]
    events: Vec<Value>,
    #[expect(dead_code, reason = "for the reader of the file: what the case shows")]
    note: String,
}
