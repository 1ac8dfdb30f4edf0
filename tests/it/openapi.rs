//! The document by itself: whether a generator can use it and a reader can trust it. Whether the answers are as it says is seen on every
//! call of `every_endpoint`; whether it is the checked-in one, in `golden`.

use std::collections::{BTreeMap, BTreeSet};

use sakin::access::policy::Grant;
use sakin::http::document;
use sakin::web::endpoints;
use serde_json::Value;

/// Query parameters that may be. None of them can carry a name, a number of a document or a token: addresses end up in logs.
const QUERY: &[&str] = &[
    "limit",
    "after",
    "valid_at",
    "as_of",
    "law_at",
    "route",
    "reading",
    "no_renewal",
    "on",
    "explain",
    "review",
    "dry_run",
    // Of divisions of the country.
    "parent",
    "q",
    // Of work queues, and of what changed since.
    "kind",
    "state",
    "closed",
    "due_before",
    "assigned_to",
    "waits_for",
    "office_id",
    "count",
    "since",
    // Of the catalogue of courses, and of courses that are called for.
    "level",
    "language",
    "division",
    "mode",
    "childcare",
    "step_free",
    "free",
    "open",
    "organisation_id",
    // How the rows of a table hang together.
    "atomic",
];

/// What every operation of the document is: method, path, the rest.
fn operations(document: &Value) -> Vec<(String, String, &Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let operations = paths.flat_map(|(path, methods)| {
        methods.as_object().unwrap().iter().map(move |(method, operation)| (method.clone(), path.clone(), operation))
    });
    operations.collect()
}

/// What is wrong with one operation.
fn faults(method: &str, path: &str, operation: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let text = |name: &str| operation[name].as_str().unwrap_or_default();
    let id = text("operationId");
    let is_verb_noun =
        id.starts_with(|c: char| c.is_ascii_lowercase()) && id.contains(|c: char| c.is_ascii_uppercase());
    if !is_verb_noun || !id.chars().all(|c| c.is_ascii_alphanumeric()) {
        found.push(format!("{id:?} is no verbNoun"));
    }
    if !(1..=60).contains(&text("summary").chars().count()) {
        found.push("the summary has 1 to 60 characters".to_owned());
    }
    if !text("description").contains("curl ") {
        found.push("the description shows no call".to_owned());
    }
    if operation["tags"].as_array().is_none_or(|tags| tags.len() != 1) {
        found.push("one tag is expected".to_owned());
    }
    let parameters = |place: &str| -> BTreeSet<String> {
        let all = operation["parameters"].as_array().into_iter().flatten();
        all.filter(|one| one["in"] == place).map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    let in_path: BTreeSet<String> =
        path.split('/').filter_map(|segment| Some(segment.strip_prefix('{')?.strip_suffix('}')?.to_owned())).collect();
    if parameters("path") != in_path {
        found.push(format!("the path has {in_path:?}, declared are {:?}", parameters("path")));
    }
    for name in parameters("query").iter().filter(|name| !QUERY.contains(&name.as_str())) {
        found.push(format!("{name} is no known query parameter"));
    }
    let responses = operation["responses"].as_object().unwrap();
    let (good, refused): (Vec<_>, Vec<_>) = responses.iter().partition(|(status, _)| status.starts_with('2'));
    if good.len() != 1 || refused.is_empty() || refused.iter().any(|(_, response)| response.get("$ref").is_none()) {
        found.push("one answer that is good and errors by reference are expected".to_owned());
    }
    match operation.get("x-required-permission").map(|name| name.as_str().unwrap()) {
        Some(name) => {
            if !Grant::ALL.iter().any(|grant| grant.name() == name) || !text("description").contains(name) {
                found.push(format!("{name} is no permission, or not in the description"));
            }
            if !responses.contains_key("401") || !responses.contains_key("403") {
                found.push("who needs a permission may be refused with 401 and 403".to_owned());
            }
        }
        None if operation["security"] != serde_json::json!([]) => found.push("it has no permission".to_owned()),
        None => {}
    }
    if method == "get" && operation.get("requestBody").is_some() {
        found.push("a GET has no body".to_owned());
    }
    found
}

/// Keywords that OpenAPI 3.1 does not have, types that are no types, lists of values that cannot be null though the type can.
fn faults_of_schema(at: &str, schema: &Value, found: &mut Vec<String>) {
    match schema {
        Value::Array(items) => items.iter().for_each(|item| faults_of_schema(at, item, found)),
        Value::Object(members) => {
            if members.contains_key("nullable") {
                found.push(format!("{at}: nullable is of OpenAPI 3.0"));
            }
            if let Some(Value::Array(kinds)) = members.get("type")
                && !(kinds.len() == 2 && kinds[1] == "null" && kinds[0] != "null")
            {
                found.push(format!("{at}: {kinds:?} is not a type or null"));
            }
            if let (Some(Value::Array(kinds)), Some(Value::Array(values))) = (members.get("type"), members.get("enum"))
                && kinds.contains(&Value::from("null"))
                && !values.contains(&Value::Null)
            {
                found.push(format!("{at}: the type may be null, the list of values has no null"));
            }
            if members.contains_key("prefixItems") {
                found.push(format!("{at}: generators know no tuples"));
            }
            for (name, member) in members {
                faults_of_schema(&format!("{at}/{name}"), member, found);
            }
        }
        _ => {}
    }
}

#[test]
fn every_operation_is_described() {
    let document = document(&endpoints());
    let operations = operations(&document);
    assert_eq!(operations.len(), endpoints().len(), "an operation hides another one");
    let names: BTreeSet<&str> =
        operations.iter().map(|(.., operation)| operation["operationId"].as_str().unwrap()).collect();
    assert_eq!(names.len(), operations.len(), "an operation's name is its own");
    let found: Vec<String> = operations
        .iter()
        .flat_map(|(method, path, operation)| {
            faults(method, path, operation).into_iter().map(move |fault| format!("{method} {path}: {fault}"))
        })
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_schema_is_of_this_version_of_openapi() {
    let mut found = Vec::new();
    faults_of_schema("", &document(&endpoints())["components"]["schemas"], &mut found);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// References of a value that lead nowhere in the document.
fn dangling<'a>(document: &Value, value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| dangling(document, item, found)),
        Value::Object(members) => {
            let reference = members.get("$ref").and_then(Value::as_str);
            found.extend(reference.filter(|to| document.pointer(to.trim_start_matches('#')).is_none()));
            members.values().for_each(|member| dangling(document, member, found));
        }
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document(&endpoints());
    let mut found = Vec::new();
    dangling(&document, &document, &mut found);
    assert!(found.is_empty(), "{found:?}");
    let lost = serde_json::json!({ "a": [ { "$ref": "#/b" }, { "$ref": "#/a" } ] });
    let mut found = Vec::new();
    dangling(&lost, &lost, &mut found);
    assert_eq!(found, ["#/b"]);
}

/// Schemas are found by name: two of one name would describe each other's answers.
#[test]
fn a_schema_s_name_is_its_own() {
    let mut named: BTreeMap<String, Value> = BTreeMap::new();
    let mut twice = BTreeSet::new();
    for endpoint in endpoints() {
        let body = endpoint.spec.body.iter().map(|(name, schema)| ((*name).to_owned(), schema()));
        for (name, schema) in body.chain(endpoint.reply.schemas()) {
            if named.insert(name.clone(), schema.clone()).is_some_and(|before| before != schema) {
                twice.insert(name);
            }
        }
    }
    assert!(
        twice.is_empty(),
        "different schemas have these names: {twice:?}. #[schema(as = …)] gives one another name"
    );
}

/// Whatever has items and a next page can be had as a table, whose columns have names of their own.
#[test]
fn every_list_is_a_table_too() {
    let mut lists = 0;
    for endpoint in endpoints() {
        let Some((_, schema)) = endpoint.reply.schemas().into_iter().find(|(name, _)| *name == endpoint.reply.name)
        else {
            continue;
        };
        let (id, members) = (endpoint.operation_id, &schema["properties"]);
        let is_list = members.get("items").is_some() && members.get("next").is_some();
        let takes_table = endpoint.spec.table.is_some();
        assert_eq!(endpoint.sheet().is_some(), is_list || takes_table, "{id}");
        let Some(sheet) = endpoint.sheet() else { continue };
        let columns: Vec<&str> = sheet.header().collect();
        let named: BTreeSet<&str> = columns.iter().copied().collect();
        assert!(!columns.is_empty() && named.len() == columns.len() && !named.contains(""), "{id}: {columns:?}");
        lists += usize::from(is_list);
    }
    assert!(lists > 40, "{lists}");
    let document = document(&endpoints());
    let clients = &document["paths"]["/api/v1/clients"]["get"]["responses"]["200"]["content"]["text/csv"]["schema"];
    let columns = "Columns: id, name, purpose, scope, consent_expires_at, languages, contact, needs.level,";
    assert!(clients["description"].as_str().unwrap().contains(columns), "{clients}");
    let bulk = &document["paths"]["/api/v1/courses/{course_id}/enrolments/bulk"]["post"]["requestBody"]["content"];
    assert!(bulk["text/csv"]["schema"]["description"].as_str().unwrap().contains("person_id"), "{bulk}");
}

#[test]
fn faults_are_noticed() {
    let json = serde_json::json!({
        "operationId": "Show", "summary": "", "description": "no call", "tags": [],
        "parameters": [ { "in": "query", "name": "passport_number" } ],
        "responses": { "200": {}, "404": { "description": "written out" } },
    });
    assert_eq!(faults("get", "/people/{person_id}", &json).len(), 8);
    let mut found = Vec::new();
    let schema = serde_json::json!({ "a": { "nullable": true }, "b": { "type": ["string", "null"], "enum": ["x"] },
        "c": { "type": ["string", "integer"] } });
    faults_of_schema("", &schema, &mut found);
    assert_eq!(found.len(), 3, "{found:?}");
}
