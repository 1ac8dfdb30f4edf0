//! The OpenAPI 3.1 document, made from the endpoints' signatures.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::http::Method;
use serde_json::{Map, Value, json};

use super::call::media_type;
use super::ctx::Door;
use super::endpoint::Endpoint;
use super::{csv_out, problem};
use crate::error::Code;

/// The whole document.
pub fn document(endpoints: &[Arc<Endpoint>]) -> Value {
    let mut schemas: BTreeMap<String, Value> = BTreeMap::new();
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    schemas.insert("Problem".to_owned(), problem_schema());
    for endpoint in endpoints {
        if let Some((name, schema)) = &endpoint.spec.body {
            schemas.insert((*name).to_owned(), schema());
        }
        schemas.extend(endpoint.reply.schemas());
        let operations = paths.entry(endpoint.path).or_default();
        operations.insert(endpoint.method.as_str().to_ascii_lowercase(), operation(endpoint));
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "sakin",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Register and case management for immigrants: permits, addresses, border crossings and cited answers to the five-year question.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [ { "url": "/" } ],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": problems(),
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" } },
        },
    })
}

fn operation(endpoint: &Endpoint) -> Value {
    let mut operation = Map::new();
    operation.insert("operationId".to_owned(), json!(endpoint.operation_id));
    operation.insert("summary".to_owned(), json!(endpoint.summary));
    operation.insert("tags".to_owned(), json!([tag(endpoint.path)]));
    operation.insert("description".to_owned(), json!(description(endpoint)));
    match endpoint.door {
        Door::Permission(grant) => {
            operation.insert("x-required-permission".to_owned(), json!(grant.name()));
            operation.insert("security".to_owned(), json!([ { "token": [] } ]));
        }
        Door::Public | Door::SignIn => {
            operation.insert("security".to_owned(), json!([]));
        }
    }
    let parameters = parameters(endpoint);
    if !parameters.is_empty() {
        operation.insert("parameters".to_owned(), Value::Array(parameters));
    }
    if let Some((name, _)) = &endpoint.spec.body {
        let schema = json!({ "schema": { "$ref": format!("#/components/schemas/{name}") } });
        let mut content = json!({ media_type(&endpoint.method): schema });
        if let (Some(columns), Some(content)) = (&endpoint.spec.table, content.as_object_mut()) {
            content.insert(csv_out::MEDIA_TYPE.to_owned(), table(&columns.description()));
        }
        operation.insert("requestBody".to_owned(), json!({ "required": true, "content": content }));
    }
    if !endpoint.spec.upload.is_empty() {
        let file =
            |media: &&str| ((*media).to_owned(), json!({ "schema": { "type": "string", "contentMediaType": media } }));
        let content: Map<String, Value> = endpoint.spec.upload.iter().map(file).collect();
        operation.insert("requestBody".to_owned(), json!({ "required": true, "content": content }));
    }
    operation.insert("responses".to_owned(), responses(endpoint));
    Value::Object(operation)
}

/// A description with a call that works when the variables are set.
fn description(endpoint: &Endpoint) -> String {
    let permission = match endpoint.door {
        Door::Public | Door::SignIn => "Needs no sign-in.".to_owned(),
        Door::Permission(grant) => format!("Needs the permission {}.", grant.name()),
    };
    let mut call = vec!["curl".to_owned()];
    if endpoint.method != Method::GET {
        call.push(format!("-X {}", endpoint.method));
    }
    if matches!(endpoint.door, Door::Permission(_)) {
        call.push("-H \"Authorization: Bearer $TOKEN\"".to_owned());
    }
    if endpoint.needs_key() {
        call.push("-H \"Idempotency-Key: $(uuidgen)\"".to_owned());
    }
    if endpoint.on_version {
        call.push("-H 'If-Match: \"v1\"'".to_owned());
    }
    if endpoint.spec.body.is_some() {
        call.push(format!("-H 'Content-Type: {}' -d @body.json", media_type(&endpoint.method)));
    }
    if let Some(media) = endpoint.spec.upload.first() {
        let digest = "-H \"Repr-Digest: sha-256=:$(openssl dgst -sha256 -binary \"$FILE\" | base64):\"";
        call.push(format!("-H 'Content-Type: {media}' {digest} --data-binary \"@$FILE\""));
    }
    let call = call.join(" ");
    let path = endpoint.path.replace('{', "$").replace('}', "").to_ascii_lowercase();
    format!("{}. {permission}\n\n    {call} \"$SAKIN{path}\"", endpoint.summary)
}

fn tag(path: &str) -> &str {
    let mut segments = path.trim_start_matches("/api/v1").split('/').filter(|segment| !segment.is_empty());
    let first = segments.next().unwrap_or("service");
    segments.find(|segment| !segment.starts_with('{')).unwrap_or(first)
}

fn parameters(endpoint: &Endpoint) -> Vec<Value> {
    let names = endpoint.path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
    let mut parameters: Vec<Value> = names
        .map(|name| {
            let schema = if name.ends_with("_id") {
                json!({ "type": "string", "format": "uuid" })
            } else {
                json!({ "type": "string" })
            };
            json!({ "name": name, "in": "path", "required": true, "schema": schema })
        })
        .collect();
    for member in &endpoint.spec.query {
        let mut schema = member.schema.clone();
        // A query parameter is absent, never null.
        if let Some(Value::Array(kinds)) = schema.get("type").cloned()
            && let (Some(kind), Some(object)) = (kinds.first(), schema.as_object_mut())
        {
            object.insert("type".to_owned(), kind.clone());
        }
        parameters.push(json!({ "name": member.name, "in": "query", "required": member.required, "schema": schema }));
    }
    if endpoint.spec.speaks {
        parameters.push(json!({ "name": "Accept-Language", "in": "header", "required": false,
            "description": "The language of sentences, en or az; any other: the office's. Codes stay the same.",
            "schema": { "type": "string" } }));
    }
    if endpoint.writes() {
        parameters.push(json!({ "name": "dry_run", "in": "query", "required": false,
            "description": "Check and answer, but change nothing.", "schema": { "type": "boolean", "default": false } }));
    }
    if endpoint.needs_key() {
        parameters.push(json!({ "name": "Idempotency-Key", "in": "header", "required": true,
            "description": "A fresh random key; the same key on a retry.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" } }));
    }
    if !endpoint.spec.upload.is_empty() {
        parameters.push(json!({ "name": "Repr-Digest", "in": "header", "required": true,
            "description": "SHA-256 of the body (RFC 9530).",
            "schema": { "type": "string", "examples": ["sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"] } }));
    }
    if endpoint.on_version {
        parameters.push(json!({ "name": "If-Match", "in": "header", "required": true,
            "description": "The ETag of the version the change is based on.",
            "schema": { "type": "string", "pattern": "^\"v[1-9][0-9]*\"$" } }));
    }
    parameters
}

fn responses(endpoint: &Endpoint) -> Value {
    let mut responses = Map::new();
    let view = json!({ "$ref": format!("#/components/schemas/{}", endpoint.reply.name) });
    let tried = json!({ "type": "object", "properties": {
        "dry_run": { "type": "boolean", "description": "True if nothing was changed; absent otherwise." } } });
    let schema = if endpoint.writes() { json!({ "allOf": [view, tried] }) } else { view };
    let mut content = json!({ endpoint.reply.content_type: { "schema": schema } });
    if let (Some(sheet), Some(content)) = (endpoint.sheet(), content.as_object_mut()) {
        content.insert(csv_out::MEDIA_TYPE.to_owned(), table(&sheet.description()));
    }
    let text = if endpoint.reply.status == 201 { "Made" } else { "Done" };
    let mut done = Map::new();
    done.insert("description".to_owned(), json!(text));
    if endpoint.spec.speaks {
        let header = |description: &str| json!({ "description": description, "schema": { "type": "string" } });
        let language = header("The language of the sentences.");
        let headers = json!({ "Content-Language": language, "Vary": header("accept-language") });
        done.insert("headers".to_owned(), headers);
    }
    done.insert("content".to_owned(), content);
    responses.insert(endpoint.reply.status.to_string(), Value::Object(done));
    for status in refusals(endpoint) {
        responses.insert(status.to_string(), json!({ "$ref": format!("#/components/responses/{status}") }));
    }
    Value::Object(responses)
}

/// A body or an answer that is a table.
fn table(description: &str) -> Value {
    json!({ "schema": { "type": "string", "contentMediaType": csv_out::MEDIA_TYPE, "description": description } })
}

/// Statuses with which an operation may refuse.
fn refusals(endpoint: &Endpoint) -> Vec<u16> {
    let mut statuses = vec![400, 406, 500, 503];
    let has_path = endpoint.path.contains('{');
    if endpoint.door != Door::Public {
        statuses.push(401);
    }
    if matches!(endpoint.door, Door::Permission(_)) {
        statuses.push(403);
    }
    if has_path || endpoint.once {
        statuses.push(404);
    }
    if endpoint.spec.body.is_some() || !endpoint.spec.upload.is_empty() {
        statuses.extend([408, 413, 415, 422]);
    }
    if endpoint.writes() {
        statuses.extend([409, 507]);
        if has_path {
            statuses.push(410);
        }
    }
    if endpoint.on_version {
        statuses.extend([412, 428]);
    }
    // Looks are counted, those of a change that came too late among them; so are tries to sign in.
    if endpoint.views() || endpoint.on_version || endpoint.door == Door::SignIn {
        statuses.push(429);
    }
    // A record of a file may have been withdrawn.
    if endpoint.views() && endpoint.path.ends_with('}') && endpoint.path.matches('{').count() > 1 {
        statuses.push(410);
    }
    statuses.extend(endpoint.refuses);
    statuses.sort_unstable();
    statuses.dedup();
    statuses
}

fn problems() -> Value {
    let mut by_status: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for code in Code::ALL {
        by_status.entry(problem::entry(*code).status).or_default().push(*code);
    }
    let responses = by_status.into_iter().map(|(status, codes)| {
        let names: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
        let content = json!({ problem::MEDIA_TYPE: { "schema": { "$ref": "#/components/schemas/Problem" } } });
        (status.to_string(), json!({ "description": names.join(", "), "content": content }))
    });
    Value::Object(responses.collect())
}

fn problem_schema() -> Value {
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    let place = |name: &str| json!({ "type": "string", "description": name });
    json!({
        "type": "object",
        "required": ["type", "title", "status", "detail", "code", "request_id"],
        "properties": {
            "type": { "type": "string" },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string" },
            "code": { "type": "string", "enum": codes },
            "request_id": { "type": "string" },
            "errors": { "type": "array", "items": {
                "type": "object",
                "required": ["code", "message"],
                "properties": {
                    "pointer": place("JSON Pointer into the body"),
                    "parameter": place("query or path parameter"),
                    "header": place("header"),
                    "line": { "type": "integer", "description": "line of the table that was sent, from 1" },
                    "column": place("column of that table"),
                    "code": { "type": "string" },
                    "message": { "type": "string" },
                    "value": { "type": "string" },
                },
            } },
            "current_version": { "type": "integer" },
            "conflicts": { "type": "array", "items": { "type": "object" } },
            "changed": { "type": "array", "items": { "type": "string" } },
        },
    })
}
