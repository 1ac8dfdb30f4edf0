//! All that an NGO coordinator can ever be shown, and what of people the office keeps to itself.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use sakin::access::policy::{Grant, Role};
use sakin::http::{Door, Endpoint};
use sakin::web::endpoints;
use serde_json::Value;

use crate::golden::same;

/// No member of an answer to a coordinator has one of these words in its name.
const NEVER: &[&str] = &[
    "document",
    "permit",
    "address",
    "dwelling",
    "absence",
    "crossing",
    "trip",
    "presence",
    "eligib",
    "requirement",
    "case",
    "decision",
    "file_number",
    "nationalit",
    "birth",
    "sex",
    "evidence",
    "ground",
    "relationship",
    "office",
    "health",
    "fact",
];

/// The operations of the role beyond what everybody who signs in has.
fn is_coordinators(endpoint: &Endpoint) -> bool {
    let Door::Permission(grant) = endpoint.door else { return false };
    Role::NgoCoordinator.may(grant) && (grant == Grant::ReadCourses || !grant.needs_no_role())
}

/// The names of members, wherever they stand.
fn names(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::Object(properties)) = members.get("properties") {
                found.extend(properties.keys().cloned());
            }
            members.values().for_each(|member| names(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| names(item, found)),
        _ => (),
    }
}

#[test]
fn a_coordinator_s_answers_have_these_members_and_no_others() {
    let mut table = String::new();
    let mut operations = 0;
    for endpoint in endpoints().iter().filter(|endpoint| is_coordinators(endpoint)) {
        let mut found = BTreeSet::new();
        endpoint.reply.schemas().iter().for_each(|(_, schema)| names(schema, &mut found));
        for name in &found {
            let never = NEVER.iter().find(|word| name.contains(*word));
            assert_eq!(never, None, "{} shows {name}", endpoint.operation_id);
        }
        let members = found.into_iter().collect::<Vec<_>>().join(" ");
        writeln!(table, "{} {}\n  {members}", endpoint.method, endpoint.path).unwrap();
        operations += 1;
    }
    assert!(operations > 15, "{operations}");
    same("tests/golden/coordinator.txt", &table);
}
