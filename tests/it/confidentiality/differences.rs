//! Two states of the register that differ in one hidden file: whoever may not know of it gets the same bytes in both.

use reqwest::Method;
use sakin::access::policy::Role;
use serde_json::{Value, json};

use super::{assign, consent, exclude, id_of, protect};
use crate::harness::{Actor, Answered, Backend, TestApp, on_both};

/// The same text with a dot for each character of a cursor, which is sealed anew each time. What it leads to is compared when it is followed.
fn without_cursor(text: &str) -> String {
    let Some((before, rest)) = text.split_once("after=") else { return text.to_owned() };
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').unwrap_or(rest.len());
    format!("{before}after={}{}", ".".repeat(end), &rest[end..])
}

/// Everything of an answer but what differs between any two answers: the request's id, tokens that tell the time, and what is sealed.
fn bytes(answer: &Answered) -> (u16, Vec<(String, String)>, String) {
    let mut headers: Vec<(String, String)> = answer
        .headers
        .iter()
        // A connection is closed if the body of a refused request has not arrived yet.
        .filter(|(name, _)| !["x-request-id", "date", "connection"].contains(&name.as_str()))
        .map(|(name, value)| (name.to_string(), without_cursor(value.to_str().unwrap())))
        .collect();
    headers.sort();
    let mut body: Value = serde_json::from_str(&answer.text).unwrap();
    for token in ["request_id", "search_token"] {
        if let Some(value) = body.get_mut(token) {
            *value = Value::Null;
        }
    }
    (answer.status.as_u16(), headers, without_cursor(&body.to_string()))
}

/// Everything somebody can ask without knowing an id of the hidden file.
async fn everything(who: &Actor, file: &str, searches: bool) -> Vec<(u16, Vec<(String, String)>, String)> {
    let mut answers = Vec::new();
    let mut next = Some("/api/v1/people?limit=1".to_owned());
    while let Some(path) = next {
        let answer = who.get(&path).await;
        next = answer.json()["next"].as_str().map(str::to_owned);
        answers.push(bytes(&answer));
    }
    for path in ["/api/v1/people", "/api/v1/access-grants", "/api/v1/clients"] {
        answers.push(bytes(&who.get(path).await));
    }
    for part in ["", "/versions", "/permits", "/assignments", "/consents"] {
        answers.push(bytes(&who.get(&format!("{file}{part}")).await));
    }
    if searches {
        for name in ["Gizli", "gizli ad", "GİZLİ", "Açıq"] {
            answers.push(bytes(&who.post("/api/v1/people/search", &json!({ "name": name })).await));
        }
    }
    answers
}

/// What is said of the hidden file is what is said of one that is not there.
async fn is_absent(who: &Actor, hidden: &str, number: &Value, searches: bool) {
    let nowhere = format!("/api/v1/people/{}", uuid::Uuid::new_v4());
    for part in ["", "/versions", "/versions/1", "/eligibility", "/permits", "/consents", "/accesses", "/assignments"] {
        let (there, not) = (who.get(&format!("{hidden}{part}")).await, who.get(&format!("{nowhere}{part}")).await);
        assert_eq!(bytes(&there), bytes(&not), "{} at {part}", who.email);
    }
    for (method, part) in [(Method::PATCH, ""), (Method::POST, "/permits"), (Method::POST, "/names")] {
        let body =
            if part == "/permits" { json!({ "kind": "work_permit", "valid_from": "2024-01-01" }) } else { json!({}) };
        let with =
            |request: reqwest::RequestBuilder| request.header("if-match", "\"v1\"").header("idempotency-key", "d");
        let there = who.send(method.clone(), &format!("{hidden}{part}"), Some(&body), with).await;
        let not = who.send(method, &format!("{nowhere}{part}"), Some(&body), with).await;
        assert_eq!(bytes(&there), bytes(&not), "{} writes at {part}", who.email);
    }
    if searches {
        let found = who.post("/api/v1/people/search", &json!({ "file_number": number })).await.expect(200).json();
        assert_eq!((&found["items"], &found["more"]), (&json!([]), &json!(false)));
    }
}

on_both! {
    async fn a_hidden_file_changes_no_byte(app: TestApp) {
        let (officer, other) = (app.caseworker("Bakı").await, app.caseworker("Bakı").await);
        let (theirs, supervisor) = (app.caseworker("Gəncə").await, app.actor(Role::Supervisor, "Bakı").await);
        let coordinator = app.actor(Role::NgoCoordinator, "Bakı").await;
        let file = officer.register("Açıq").await;
        officer.register("Açıq İkinci").await;
        let applicant = app.applicant(&file).await;
        let callers = [(&officer, true), (&applicant, false), (&coordinator, false)];
        let mut before = Vec::new();
        for (who, searches) in callers {
            before.push(everything(who, &file, searches).await);
        }
        for how in ["foreign", "protected", "closed"] {
            let hidden = if how == "foreign" { theirs.register("Gizli Ad").await } else { other.register("Gizli Ad").await };
            let number = other.get(&hidden).await.json()["file_number"].clone();
            let number = if how == "foreign" { theirs.get(&hidden).await.json()["file_number"].clone() } else { number };
            match how {
                "protected" => {
                    // Neither a consent nor the duty of somebody else makes it visible.
                    consent(&other, &hidden, &coordinator).await;
                    assign(&supervisor, &hidden, &supervisor).await;
                    protect(&supervisor, &hidden).await;
                }
                "closed" => exclude(&supervisor, &hidden, &officer).await,
                _ => {}
            }
            for ((who, searches), before) in callers.into_iter().zip(&before) {
                assert_eq!(&everything(who, &file, searches).await, before, "{how} for {}", who.email);
                is_absent(who, &hidden, &number, searches).await;
            }
            let client = format!("/api/v1/clients/{}", id_of(&hidden));
            let nobody = format!("/api/v1/clients/{}", uuid::Uuid::new_v4());
            assert_eq!(bytes(&coordinator.get(&client).await), bytes(&coordinator.get(&nobody).await), "{how}");
            if how != "foreign" {
                let opens = |number: &Value| json!({ "file_number": number, "purpose": "emergency", "reason": "Why not." });
                let refused = officer.post("/api/v1/access-grants", &opens(&number)).await;
                let unknown = officer.post("/api/v1/access-grants", &opens(&json!("7Q4-M2K-XDRZ"))).await;
                assert_eq!(bytes(&refused), bytes(&unknown), "{how}");
            }
        }
    }
}
