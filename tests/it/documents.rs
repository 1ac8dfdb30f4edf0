//! Documents that are handed in, what is in them, and the receipts for them.

use base64::Engine as _;
use reqwest::{Method, RequestBuilder};
use sakin::access::policy::Role;
use serde_json::{Value, json};

use crate::harness::{Actor, Answered, Backend, TestApp, on_both, with_file};

const PDF: &str = "application/pdf";
/// Largest file.
const MOST: usize = 10 * 1024 * 1024;

/// A PDF file with this inside.
fn pdf(inside: &[u8]) -> Vec<u8> {
    [b"%PDF-1.4\n1 0 obj <</Type/Catalog>> endobj\n".as_slice(), inside, b"\nstartxref\n9\n%%EOF\n"].concat()
}

/// A JPEG file of one grey dot.
fn jpeg() -> Vec<u8> {
    let frame = [0xFF, 0xC0, 0, 11, 8, 0, 1, 0, 1, 1, 1, 0x11, 0];
    let scan = [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 0x12, 0xFF, 0x00, 0x34];
    [[0xFF, 0xD8].as_slice(), &frame, &scan, &[0xFF, 0xD9]].concat()
}

fn sha256(bytes: &[u8]) -> String {
    sakin::keys::hex(&sakin::keys::sha256(&[bytes]))
}

/// Records a document and answers with its path.
async fn document(by: &Actor, person: &str, more: &Value) -> String {
    let mut body = json!({ "kind": "passport", "grade": "original" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    by.post(&format!("{person}/documents"), &body).await.expect(201).headers["location"].to_str().unwrap().to_owned()
}

/// Hands in what is in a document, as it stands.
async fn hand_in(by: &Actor, document: &str, media_type: &str, file: &[u8]) -> Answered {
    let version = by.get(document).await.expect(200).json()["version"].as_i64().unwrap();
    by.upload(&format!("{document}/content"), version, media_type, file).await
}

async fn judge(by: &Actor, document: &str, version: i64, to: &str) -> Answered {
    let body = json!({ "to": to, "reason": "Compared with the register." });
    let with = |request: RequestBuilder| {
        let key = uuid::Uuid::new_v4().to_string();
        request.header("if-match", format!("\"v{version}\"")).header("idempotency-key", key)
    };
    by.send(Method::POST, &format!("{document}/transitions"), Some(&body), with).await
}

fn id_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

/// Pointer and code of the one fault.
fn fault(problem: &Value) -> (&str, &str) {
    let [fault] = problem["errors"].as_array().unwrap().as_slice() else { panic!("{problem}") };
    let at = ["pointer", "parameter", "header"].iter().find_map(|name| fault[*name].as_str()).unwrap();
    (at, fault["code"].as_str().unwrap())
}

on_both! {
    async fn what_is_handed_in_comes_back_byte_for_byte(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let document = document(&officer, &person, &json!({ "number": "C 01234567" })).await;
        let made = officer.get(&document).await.expect(200).json();
        assert_eq!((made["state"].as_str(), &made["content"]), (Some("awaiting_content"), &Value::Null));
        officer.get(&format!("{document}/content")).await.problem(404, "not_found");
        let every_byte: Vec<u8> = (0..=255).collect();
        for (version, media_type, file, name) in [(2, PDF, pdf(&every_byte), "pdf"), (3, "image/jpeg", jpeg(), "jpg")] {
            let received = hand_in(&officer, &document, media_type, &file).await.expect(200).json();
            assert_eq!(received["state"], "received");
            assert_eq!(received["content"]["version"], version);
            assert_eq!(received["content"]["size_bytes"], file.len());
            assert_eq!(received["content"]["sha256"], sha256(&file));
            let back = officer.get(&format!("{document}/content")).await.expect(200);
            assert_eq!(back.bytes, file);
            assert_eq!(back.headers["content-type"], "application/octet-stream");
            assert_eq!(back.headers["content-disposition"], format!("attachment; filename=\"{}.{name}\"", id_of(&document)));
            assert_eq!(back.headers["x-content-type-options"], "nosniff");
            let digest = base64::engine::general_purpose::STANDARD.encode(sakin::keys::sha256(&[&file]));
            assert_eq!(back.headers["repr-digest"], format!("sha-256=:{digest}:"));
            assert_eq!(back.headers["etag"], format!("\"{}\"", sha256(&file)));
        }
        // The first one is still there, sealed; nobody writes over it.
        assert_eq!(app.database.count("document_content"), 2);
        assert!(app.database.execute("UPDATE document_content SET version = 9 WHERE version = 2").is_err());
        assert!(!app.database.contents()["document_content"].contains(&sakin::keys::hex(b"/Catalog").to_uppercase()));
        let looks = app.database.count("audit_event WHERE action = 165");
        assert_eq!(looks, 2);
    }

    async fn a_photo_does_not_tell_where_it_was_taken(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let document = document(&officer, &person, &json!({})).await;
        let place = b"40.4093 N 49.8671 E";
        let comment = [&[0xFF, 0xFE, 0, 2 + u8::try_from(place.len()).unwrap()], place.as_slice()].concat();
        let photo = [&jpeg()[..2], &comment, &jpeg()[2..]].concat();
        let received = hand_in(&officer, &document, "image/jpeg", &photo).await.expect(200).json();
        assert_eq!(received["content"]["sha256"], sha256(&jpeg()), "of what is kept");
        assert_eq!(received["content"]["size_bytes"], jpeg().len());
        let back = officer.get(&format!("{document}/content")).await.expect(200);
        assert_eq!(back.bytes, jpeg());
    }

    async fn the_largest_file_is_taken_and_one_byte_more_is_not(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let document = document(&officer, &person, &json!({})).await;
        let filling = |length: usize| (0..length).map(|at| u8::try_from(at * 7919 % 251).unwrap()).collect::<Vec<u8>>();
        let largest = pdf(&filling(MOST - pdf(b"").len()));
        assert_eq!(largest.len(), MOST);
        hand_in(&officer, &document, PDF, &largest).await.expect(200);
        let back = officer.get(&format!("{document}/content")).await.expect(200);
        assert!(back.bytes == largest);
        let larger = pdf(&filling(MOST + 1 - pdf(b"").len()));
        let refused = hand_in(&officer, &document, PDF, &larger).await.problem(413, "body_too_large");
        assert_eq!(refused["limit"], MOST);
        assert_eq!(app.database.count("document_content"), 1);
    }

    async fn what_a_file_is_counts_and_not_what_it_is_called(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let document = document(&officer, &person, &json!({})).await;
        for file in [b"MZ\x90\0\x03 This program cannot be run in DOS mode".as_slice(), b"<html><script>alert(1)</script></html>",
            b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>", b"PK\x03\x04", &jpeg()] {
            hand_in(&officer, &document, PDF, file).await.problem(415, "unsupported_media_type");
        }
        for media_type in ["text/html", "image/svg+xml", "application/octet-stream", "image/gif"] {
            let refused = hand_in(&officer, &document, media_type, &pdf(b"")).await.problem(415, "unsupported_media_type");
            assert_eq!(refused["expected"], "application/pdf, image/jpeg, image/png");
        }
        let truncated = pdf(b"");
        for (file, code) in [
            (truncated[..truncated.len() - 7].to_vec(), "broken"),
            ([pdf(b"").as_slice(), b"<script>"].concat(), "trailing_data"),
            ([pdf(b"").as_slice(), b"PK\x05\x06"].concat(), "trailing_data"),
            (pdf(b"<</S/JavaScript/JS(app.alert(1))>>"), "active_content"),
            (pdf(b"<</S/La#75nch>>"), "active_content"),
            (pdf(b"<</Encrypt 1 0 R>>"), "opaque"),
        ] {
            let refused = hand_in(&officer, &document, PDF, &file).await.problem(422, "validation_failed");
            assert_eq!(fault(&refused), ("", code));
        }
        let polyglot = [jpeg().as_slice(), &pdf(b"")].concat();
        let refused = hand_in(&officer, &document, "image/jpeg", &polyglot).await.problem(422, "validation_failed");
        assert_eq!(fault(&refused), ("", "trailing_data"));
        assert_eq!(app.database.count("document_content"), 0);
    }

    async fn a_file_comes_with_its_digest_and_is_compared(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let document = document(&officer, &person, &json!({})).await;
        let content = format!("{document}/content");
        let file = pdf(b"");
        for (digest, code) in [
            (None, "required"),
            (Some("sha-256=:AA==:"), "invalid"),
            (Some("sha-512=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"), "invalid"),
            (Some("sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"), "mismatch"),
        ] {
            let with = |request: RequestBuilder| {
                let request = request.header("content-type", PDF).header("idempotency-key", "d").header("if-match", "\"v1\"");
                let request = if let Some(digest) = digest { request.header("repr-digest", digest) } else { request };
                request.body(file.clone())
            };
            let refused = officer.send(Method::POST, &content, None, with).await.problem(400, "invalid_header");
            assert_eq!(fault(&refused), ("Repr-Digest", code));
        }
        // The client's library declares no size for nothing.
        let refused = officer.upload(&content, 1, PDF, b"").await.problem(400, "invalid_header");
        assert_eq!(fault(&refused), ("Content-Length", "required"));
        // A retry is answered as before; the same key with another file is refused.
        let sent = |file: Vec<u8>| {
            let (officer, content) = (officer.clone(), content.clone());
            async move {
                let with = |request: RequestBuilder| {
                    with_file(request, PDF, &file).header("idempotency-key", "k").header("if-match", "\"v1\"")
                };
                officer.send(Method::POST, &content, None, with).await
            }
        };
        let first = sent(file.clone()).await.expect(200);
        let again = sent(file.clone()).await.expect(200);
        assert_eq!((again.headers["idempotent-replayed"].to_str().unwrap(), &again.text), ("true", &first.text));
        sent(pdf(b"other")).await.problem(422, "idempotency_key_reused");
        assert_eq!(app.database.count("document_content"), 1);
    }

    async fn nobody_accepts_what_they_handed_in(app: TestApp) {
        let (officer, colleague) = (app.caseworker("Bakı").await, app.official("Bakı").await);
        let person = officer.register("Nümunə").await;
        let document = document(&officer, &person, &json!({})).await;
        judge(&colleague, &document, 1, "accepted").await.problem(409, "invalid_transition");
        hand_in(&officer, &document, PDF, &pdf(b"")).await.expect(200);
        judge(&officer, &document, 2, "accepted").await.problem(403, "action_not_permitted");
        let accepted = judge(&colleague, &document, 2, "accepted").await.expect(200).json();
        assert_eq!(accepted["state"], "accepted");
        assert_eq!(accepted["verification"]["by"], colleague.id().await);
        assert_eq!(accepted["verification"]["reason"], "Compared with the register.");
        // Cases rely on it now.
        hand_in(&officer, &document, PDF, &pdf(b"other")).await.problem(409, "invalid_transition");
        officer.patch(&document, 3, &json!({ "issuer": "X" })).await.problem(409, "invalid_transition");
        officer.delete(&document, 3).await.problem(409, "invalid_transition");
        judge(&colleague, &document, 3, "accepted").await.problem(409, "invalid_transition");
        judge(&officer, &document, 3, "rejected").await.expect(200);
        // Who changes what was judged has it judged again.
        let changed = officer.patch(&document, 4, &json!({ "valid_to": "2026-11-23" })).await.expect(200).json();
        assert_eq!((changed["state"].as_str(), changed["validity"].as_str()), (Some("received"), Some("expired")));
        let same_one = "UPDATE document SET judgement = 'accepted', judged_at = 1, reason = 'x', judged_by = received_from
            WHERE version = 5";
        assert!(app.database.execute(same_one).is_err(), "the database holds it too");
        let supervisor = app.actor(Role::Supervisor, "Bakı").await;
        judge(&supervisor, &document, 5, "accepted").await.problem(403, "role_not_permitted");
    }

    async fn people_hand_in_for_their_own_file_alone(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let (person, other) = (officer.register("Nümunə").await, officer.register("Başqa").await);
        let applicant = app.applicant(&person).await;
        applicant.post(&format!("{other}/documents"), &json!({ "kind": "photo", "grade": "copy" })).await.problem(404, "not_found");
        let theirs = document(&officer, &other, &json!({})).await;
        hand_in(&officer, &theirs, PDF, &pdf(b"")).await.expect(200);
        for path in [theirs.clone(), format!("{theirs}/content"), format!("{other}/receipts")] {
            applicant.get(&path).await.problem(404, "not_found");
        }
        let own = document(&applicant, &person, &json!({})).await;
        hand_in(&applicant, &own, PDF, &pdf(b"own")).await.expect(200);
        judge(&applicant, &own, 2, "accepted").await.problem(403, "role_not_permitted");
        judge(&officer, &own, 2, "accepted").await.expect(200);
        let shown = applicant.get(&own).await.expect(200).json();
        assert_eq!((&shown["state"], &shown["verification"]["by"]), (&json!("accepted"), &Value::Null));
        assert_eq!(applicant.get(&format!("{own}/content")).await.expect(200).bytes, pdf(b"own"));
        // What the office waits for they may hand in; what the office has is the office's.
        let awaited = document(&officer, &person, &json!({})).await;
        applicant.delete(&awaited, 1).await.problem(403, "action_not_permitted");
        hand_in(&applicant, &awaited, PDF, &pdf(b"")).await.expect(200);
        hand_in(&applicant, &awaited, PDF, &pdf(b"x")).await.problem(403, "action_not_permitted");
        let body = json!({ "documents": [ { "document_id": id_of(&own) } ], "channel": "desk" });
        let refused = applicant.post(&format!("{person}/receipts"), &body).await.problem(422, "validation_failed");
        assert_eq!(fault(&refused), ("/channel", "not_online"));
        let body = json!({ "documents": [ { "document_id": id_of(&own) } ], "channel": "online" });
        applicant.post(&format!("{person}/receipts"), &body).await.expect(201);
    }

    async fn particulars_are_checked_and_keep_their_versions(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let (person, other) = (officer.register("Nümunə").await, officer.register("Başqa").await);
        let original = document(&officer, &person, &json!({ "language": "ka", "valid_from": "2026-11-25" })).await;
        assert_eq!(officer.get(&original).await.json()["validity"], "not_yet_valid");
        let foreign = document(&officer, &other, &json!({})).await;
        let path = format!("{person}/documents");
        for (more, at, code) in [
            (json!({ "kind": "diagnosis" }), "/kind", "not_in_list"),
            (json!({ "diagnosis": "x" }), "/diagnosis", "unknown_member"),
            (json!({ "language": "Azerbaijani" }), "/language", "invalid_language"),
            (json!({ "issued_on": "2026-11-25" }), "/issued_on", "in_the_future"),
            (json!({ "valid_from": "2026-01-02", "valid_to": "2026-01-01" }), "/valid_to", "before_start"),
            (json!({ "translation_of": id_of(&foreign) }), "/translation_of", "unknown_document"),
            (json!({ "translation_of": uuid::Uuid::new_v4() }), "/translation_of", "unknown_document"),
        ] {
            let mut body = json!({ "kind": "translation", "grade": "original" });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let refused = officer.post(&path, &body).await.problem(422, "validation_failed");
            assert_eq!(fault(&refused), (at, code));
        }
        app.later(1);
        let translation = document(&officer, &person, &json!({ "kind": "translation", "translation_of": id_of(&original) })).await;
        let itself = json!({ "translation_of": id_of(&translation) });
        let refused = officer.patch(&translation, 1, &itself).await.problem(422, "validation_failed");
        assert_eq!(fault(&refused), ("/translation_of", "itself"));
        officer.patch(&translation, 1, &json!({ "number": "A-1", "language": "az" })).await.expect(200);
        let stale = officer.patch(&translation, 1, &json!({ "number": "A-2" })).await.problem(412, "version_conflict");
        assert_eq!(stale["conflicts"][0]["pointer"], "/number");
        let first = officer.get(&format!("{path}?limit=1")).await.expect(200).json();
        assert_eq!(first["items"][0]["id"], id_of(&original));
        let second = officer.get(first["next"].as_str().unwrap()).await.expect(200).json();
        assert_eq!((&second["items"][0]["id"], &second["next"]), (&json!(id_of(&translation)), &Value::Null));
        hand_in(&officer, &translation, PDF, &pdf(b"")).await.expect(200);
        officer.delete(&translation, 3).await.expect(200);
        officer.get(&translation).await.problem(410, "gone");
        officer.get(&format!("{translation}/content")).await.problem(410, "gone");
        assert_eq!(officer.get(&path).await.json()["items"].as_array().unwrap().len(), 1);
        assert_eq!(app.database.count("document WHERE withdrawn"), 1);
    }

    async fn a_receipt_says_what_came_when_and_which_clock_runs(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let (first, second) = (document(&officer, &person, &json!({})).await, document(&officer, &person, &json!({ "kind": "photo" })).await);
        hand_in(&officer, &first, PDF, &pdf(b"")).await.expect(200);
        let path = format!("{person}/receipts");
        let body = |ids: &[&str], application: Value| {
            let documents: Vec<Value> = ids.iter().map(|id| json!({ "document_id": id })).collect();
            json!({ "documents": documents, "channel": "desk", "application": application })
        };
        let (one, two, nobody) = (id_of(&first), id_of(&second), uuid::Uuid::new_v4().to_string());
        for (ids, application, at, code) in [
            (vec![], Value::Null, "/documents", "required"),
            (vec![two], Value::Null, "/documents/0/document_id", "no_content"),
            (vec![one, one], Value::Null, "/documents/1/document_id", "repeated"),
            (vec![one, &nobody], Value::Null, "/documents/1/document_id", "unknown_document"),
            (vec![one], json!("no.such_deadline"), "/application", "unknown_deadline"),
            (vec![one], json!("trp.apply_before"), "/application", "other_event"),
        ] {
            let refused = officer.post(&path, &body(&ids, application)).await.problem(422, "validation_failed");
            assert_eq!(fault(&refused), (at, code));
        }
        assert_eq!(app.database.count("receipt"), 0);
        hand_in(&officer, &second, "image/jpeg", &jpeg()).await.expect(200);
        let made = officer.post(&path, &body(&[one, two], json!("trp.decision_standard"))).await.expect(201);
        let receipt = made.json();
        assert_eq!(receipt["at"], "2026-11-24T08:00:00.000000Z");
        assert_eq!(receipt["items"][0], json!({ "document_id": one, "version": 2, "kind": "passport",
            "sha256": sha256(&pdf(b"")), "size_bytes": pdf(b"").len() }));
        assert_eq!(receipt["items"][1]["sha256"], sha256(&jpeg()));
        let asked = officer.get(&format!("{person}/receipts/{}", receipt["id"].as_str().unwrap())).await.expect(200).json();
        assert_eq!(asked, receipt);
        // Twenty working days from 25 November: 23 December, if none is a holiday.
        assert_eq!(receipt["clock"]["deadline"], "trp.decision_standard");
        let due: chrono::NaiveDate = receipt["clock"]["due_on"].as_str().unwrap().parse().unwrap();
        assert!(("2026-12-22".parse().unwrap().."2026-12-31".parse().unwrap()).contains(&due), "{due}");
        assert!(receipt["clock"]["sources"].as_array().unwrap().len() > 1);
        let reference = receipt["reference"].as_str().unwrap();
        assert!(reference.strip_prefix("R-").unwrap().parse::<sakin::people::FileNumber>().is_ok(), "{reference}");
        // The document changes later; the receipt does not.
        hand_in(&officer, &first, PDF, &pdf(b"later")).await.expect(200);
        app.later(60);
        officer.post(&path, &body(&[one], Value::Null)).await.expect(201);
        let page = officer.get(&format!("{path}?limit=1")).await.expect(200).json();
        assert_eq!(page["items"][0], receipt);
        let next = officer.get(page["next"].as_str().unwrap()).await.expect(200).json();
        assert_eq!((&next["items"][0]["clock"], &next["next"]), (&Value::Null, &Value::Null));
        assert_eq!(next["items"][0]["items"][0]["sha256"], sha256(&pdf(b"later")));
        assert!(app.database.execute("UPDATE receipt SET channel = 'post'").is_err());
    }
}
