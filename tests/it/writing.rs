//! What holds for every write: versions, retries, dry runs, two at once.

use reqwest::Method;
use sakin::web::tidy;
use serde_json::{Value, json};

use crate::harness::{Actor, Backend, PASSWORD, TestApp, on_both};

const CONFLICT_SHOWN: &str = "audit_event WHERE action = 133";

async fn permit(officer: &Actor, person: &str) -> (String, Value) {
    let body = json!({ "kind": "temporary_residence_permit", "ground": "45.1.1", "valid_from": "2024-01-01", "valid_to": "2024-12-31" });
    let made = officer.post(&format!("{person}/permits"), &body).await.expect(201);
    (made.headers["location"].to_str().unwrap().to_owned(), made.json())
}

on_both! {
    async fn of_two_writers_on_one_version_one_wins(app: TestApp) {
        let (one, other) = (app.caseworker("Bakı").await, app.caseworker("Bakı").await);
        let person = one.register("Nümunə").await;
        let (path, _) = permit(&one, &person).await;

        let (to_june, to_may) = (json!({ "valid_to": "2024-06-30", "ground": "45.1.5" }), json!({ "valid_to": "2024-05-31" }));
        let (first, second) = tokio::join!(one.patch(&path, 1, &to_june), other.patch(&path, 1, &to_may));
        let statuses = [first.status.as_u16(), second.status.as_u16()];
        assert!(statuses == [200, 412] || statuses == [412, 200], "{statuses:?}: {} {}", first.text, second.text);
        let (won, lost) = if first.status == 200 { (first, second) } else { (second, first) };
        let problem = lost.problem(412, "version_conflict");
        assert_eq!(problem["current_version"], 2);
        assert_eq!(problem["conflicts"][0]["pointer"], "/valid_to");
        assert_eq!(problem["conflicts"][0]["base"], "2024-12-31");
        assert_eq!(problem["conflicts"][0]["theirs"], won.json()["valid_to"]);
        assert_eq!(one.get(&path).await.json(), won.json(), "the loser changed nothing");
        assert_eq!(app.database.count(CONFLICT_SHOWN), 1, "whoever lost has seen what the other wrote");
        let applicant = app.applicant(&person).await;
        let accesses = applicant.get(&format!("{person}/accesses")).await.expect(200).json();
        let looks = accesses["items"].as_array().unwrap();
        assert!(looks.iter().any(|look| look["action"] == "request.conflict_shown"), "{accesses}");
    }

    async fn what_never_was_a_version_shows_nothing(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let (path, _) = permit(&officer, &person).await;
        let events = app.database.count("audit_event");
        let body = json!({ "valid_to": "2024-06-30" });
        let problem = officer.patch(&path, 999, &body).await.problem(412, "version_conflict");
        assert_eq!((&problem["conflicts"], &problem["changed"]), (&json!([]), &json!([])));
        assert!(!problem.to_string().contains("2024-12-31"), "{problem}");
        assert_eq!(app.database.count("audit_event"), events);
    }

    async fn a_retry_has_one_effect_and_the_same_bytes(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let path = format!("{person}/permits");
        let body = json!({ "kind": "work_permit", "valid_from": "2024-01-01", "valid_to": "2024-12-31" });
        let send = |body: Value| {
            let (officer, path) = (officer.clone(), path.clone());
            async move { officer.send(Method::POST, &path, Some(&body), |request| request.header("idempotency-key", "k-1")).await }
        };
        let first = send(body.clone()).await.expect(201);
        let again = send(body.clone()).await.expect(201);
        assert_eq!(first.text, again.text);
        assert_eq!(first.headers["etag"], again.headers["etag"]);
        assert_eq!(first.headers["location"], again.headers["location"]);
        assert_eq!(again.headers["idempotent-replayed"], "true");
        assert!(first.headers.get("idempotent-replayed").is_none());
        assert_eq!(officer.get(&path).await.json()["items"].as_array().unwrap().len(), 1);

        let mut another = body;
        another["ground"] = json!("45.1.8");
        send(another).await.problem(422, "idempotency_key_reused");
        let colleague = app.caseworker("Bakı").await;
        let theirs = json!({ "kind": "work_permit", "valid_from": "2025-01-01" });
        let with_key = |request: reqwest::RequestBuilder| request.header("idempotency-key", "k-1");
        colleague.send(Method::POST, &path, Some(&theirs), with_key).await.expect(201);
    }

    async fn a_database_that_others_hold_costs_an_answer_and_not_the_service(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let path = format!("{}/crossings", officer.register("Nümunə").await);
        let body = json!({ "direction": "entry", "crossed_on": "2024-01-01", "source": "border" });
        let held = app.database.hold();
        // By the database's own patience, or by ours.
        let refused = officer.post(&path, &body).await;
        assert_eq!(refused.status.as_u16(), 503, "{}", refused.text);
        app.nobody().get("/livez").await.expect(200);
        app.nobody().get("/readyz").await.expect(200);
        drop(held);
        officer.post(&path, &body).await.expect(201);
    }

    async fn the_log_is_not_rewritten(app: TestApp) {
        app.caseworker("Bakı").await.register("Nümunə").await;
        let count = |from: &str| app.database.count(from);
        let (events, subjects) = (count("audit_event"), count("audit_subject"));
        assert!(subjects > 0);
        for statement in [
            "UPDATE audit_event SET action = 1",
            "DELETE FROM audit_event",
            "UPDATE audit_subject SET event_id = event_id",
            "DELETE FROM audit_subject",
            "UPDATE audit_body SET key_id = 1",
        ] {
            let refused = app.database.execute(statement).unwrap_err().to_string();
            assert!(refused.contains("audit events are n"), "{statement}: {refused}");
        }
        assert_eq!((count("audit_event"), count("audit_subject")), (events, subjects));
    }

    async fn a_wrong_clock_is_no_readiness(app: TestApp) {
        app.nobody().get("/readyz").await.expect(200);
        app.clock.set(sakin::clock::Instant::from_micros(1_795_132_799_000_000));
        app.nobody().get("/readyz").await.problem(503, "unavailable");
        app.nobody().get("/livez").await.expect(200);
    }

    async fn what_failed_leaves_no_key(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let path = format!("{person}/permits");
        let with_key = |request: reqwest::RequestBuilder| request.header("idempotency-key", "k-2");
        let wrong = json!({ "kind": "work_permit", "valid_from": "2024-02-30" });
        officer.send(Method::POST, &path, Some(&wrong), with_key).await.problem(422, "validation_failed");
        let right = json!({ "kind": "work_permit", "valid_from": "2024-02-29" });
        officer.send(Method::POST, &path, Some(&right), with_key).await.expect(201);
    }

    async fn answers_are_kept_for_72_hours(app: TestApp) {
        let mut officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let path = format!("{person}/crossings");
        let body = json!({ "direction": "entry", "crossed_on": "2024-01-01", "source": "border" });
        let with_key = |request: reqwest::RequestBuilder| request.header("idempotency-key", "k-4");
        officer.send(Method::POST, &path, Some(&body), with_key).await.expect(201);
        // More than one transaction removes.
        let many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1100) \
                    INSERT INTO idempotency (account_id, idempotency_key, fingerprint, answer, created_at) \
                    SELECT account_id, 'old-' || i, fingerprint, answer, created_at - i FROM idempotency, n WHERE idempotency_key = 'k-4'";
        assert_eq!(app.database.execute(many), Ok(1100));

        app.later(72 * 3600);
        officer.sign_in(PASSWORD).await;
        let removed = async || tidy(&app.app).await.unwrap().into_iter().find(|(what, _)| *what == "answers").unwrap().1;
        assert_eq!(removed().await, 1100);
        assert_eq!(removed().await, 0);
        let again = officer.send(Method::POST, &path, Some(&body), with_key).await.expect(201);
        assert_eq!(again.headers["idempotent-replayed"], "true");

        app.later(1);
        assert_eq!(removed().await, 2, "this one and the registration's");
        assert_eq!(app.database.count("audit_event WHERE action = 137"), 4, "of 500, 500, 100 and 2");
        let anew = officer.send(Method::POST, &path, Some(&body), with_key).await.expect(201);
        assert!(anew.headers.get("idempotent-replayed").is_none());
    }

    async fn many_retries_at_once_have_one_effect(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let path = format!("{person}/permits");
        let body = json!({ "kind": "work_permit", "valid_from": "2024-01-01" });
        let sends = (0..20).map(|_| {
            let (officer, path, body) = (officer.clone(), path.clone(), body.clone());
            tokio::spawn(async move {
                officer.send(Method::POST, &path, Some(&body), |request| request.header("idempotency-key", "k-3")).await
            })
        });
        let mut made = Vec::new();
        for send in sends.collect::<Vec<_>>() {
            let answer = send.await.unwrap();
            match answer.status.as_u16() {
                201 => made.push(answer.text),
                409 => drop(answer.problem(409, "idempotency_in_progress")),
                other => panic!("{other}: {}", answer.text),
            }
        }
        made.dedup();
        assert_eq!(made.len(), 1, "every answer is the same");
        assert_eq!(officer.get(&path).await.json()["items"].as_array().unwrap().len(), 1);
    }

    async fn of_many_at_once_only_the_kept_leave_events(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let path = format!("{person}/permits");
        let body = json!({ "kind": "temporary_residence_permit", "ground": "45.1.1", "valid_from": "2024-01-01", "valid_to": "2024-12-31" });
        let sends = (0..20).map(|_| {
            let (officer, path, body) = (officer.clone(), path.clone(), body.clone());
            tokio::spawn(async move { officer.post(&path, &body).await })
        });
        let mut made = 0;
        for send in sends.collect::<Vec<_>>() {
            let answer = send.await.unwrap();
            match answer.status.as_u16() {
                201 => made += 1,
                _ => drop(answer.problem(409, "overlapping_permit")),
            }
        }
        assert_eq!(made, 1);
        assert_eq!(app.database.count("audit_event WHERE action = 20"), 1);
    }

    async fn without_its_event_nothing_is_kept(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let path = format!("{person}/permits");
        let body = json!({ "kind": "work_permit", "valid_from": "2024-01-01" });
        app.database.execute("ALTER TABLE audit_pending RENAME TO away").unwrap();
        officer.post(&path, &body).await.problem(503, "audit_unavailable");
        app.database.execute("ALTER TABLE away RENAME TO audit_pending").unwrap();
        assert_eq!(app.database.count("permit"), 0);
        assert_eq!(app.database.count("audit_event WHERE action = 20"), 0);
        officer.post(&path, &body).await.expect(201);
    }

    async fn a_dry_run_answers_and_changes_nothing(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let path = format!("{person}/permits");
        let body = json!({ "kind": "work_permit", "valid_from": "2024-01-01" });
        let events = app.database.count("audit_event");
        let tried = officer.post(&format!("{path}?dry_run=true"), &body).await.expect(201).json();
        assert_eq!(tried["dry_run"], true);
        assert_eq!(app.database.count("permit"), 0);
        assert_eq!(app.database.count("idempotency"), 1, "only the registration's");
        assert_eq!(app.database.count("audit_event"), events + 1, "the answer was a look");
        assert_eq!(app.database.count("audit_event WHERE action = 5"), 1);
        officer.post(&format!("{path}?dry_run=maybe"), &body).await.problem(400, "invalid_query");
    }

    async fn a_correction_leaves_the_old_answer_readable(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let (path, _) = permit(&officer, &person).await;
        let before = app.clock.now();
        app.clock.set(before.plus_seconds(60));
        officer.patch(&path, 1, &json!({ "valid_to": "2024-06-30" })).await.expect(200);
        app.clock.set(before.plus_seconds(120));
        let then = officer.get(&format!("{person}/permits?as_of={}", before.rfc3339())).await.expect(200).json();
        assert_eq!(then["items"][0]["valid_to"], "2024-12-31");
        let now = officer.get(&format!("{person}/permits")).await.expect(200).json();
        assert_eq!(now["items"][0]["valid_to"], "2024-06-30");
        let future = before.plus_seconds(3600).rfc3339();
        officer.get(&format!("{person}/permits?as_of={future}")).await.problem(400, "invalid_query");
    }

    async fn a_clock_that_steps_back_keeps_versions_in_order(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let (path, _) = permit(&officer, &person).await;
        app.clock.set(app.clock.now().plus_seconds(-4));
        officer.patch(&path, 1, &json!({ "valid_to": "2024-06-30" })).await.expect(200);
        let shown = officer.get(&path).await.expect(200).json();
        assert_eq!(shown["valid_to"], "2024-06-30", "one reads one's own write");
        assert_eq!(shown["version"], 2);
    }

    async fn what_was_withdrawn_is_gone_but_was_there(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let (path, _) = permit(&officer, &person).await;
        let then = app.clock.now();
        app.clock.set(then.plus_seconds(60));
        let with_key = |request: reqwest::RequestBuilder| request.header("idempotency-key", "w").header("if-match", "\"v1\"");
        let withdrawn = officer.send(Method::DELETE, &path, None, with_key).await.expect(200);
        assert_eq!(withdrawn.json()["withdrawn"], true);
        let again = officer.send(Method::DELETE, &path, None, with_key).await.expect(200);
        assert_eq!(again.text, withdrawn.text, "a retry gets the answer that was lost");
        officer.delete(&path, 1).await.problem(410, "gone");
        officer.get(&path).await.problem(410, "gone");
        officer.patch(&path, 2, &json!({ "valid_to": null })).await.problem(410, "gone");
        assert_eq!(officer.get(&format!("{person}/permits")).await.json()["items"], json!([]));
        let before = officer.get(&format!("{person}/permits?as_of={}", then.rfc3339())).await.json();
        assert_eq!(before["items"].as_array().unwrap().len(), 1);
        // The days are free again.
        permit(&officer, &person).await;
    }

    async fn lists_come_in_pages_that_cannot_be_forged(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        for year in 2000..2007 {
            let body = json!({ "kind": "visa_stay", "valid_from": format!("{year}-01-01"), "valid_to": format!("{year}-02-01") });
            officer.post(&format!("{person}/permits"), &body).await.expect(201);
        }
        let mut next = Some(format!("{person}/permits?limit=3"));
        let mut days = Vec::new();
        let mut pages = Vec::new();
        while let Some(path) = next {
            let answer = officer.get(&path).await.expect(200);
            let page = answer.json();
            next = page["next"].as_str().map(str::to_owned);
            assert_eq!(answer.headers.contains_key("link"), next.is_some());
            days.extend(page["items"].as_array().unwrap().iter().map(|item| item["valid_from"].as_str().unwrap().to_owned()));
            pages.push(path);
        }
        assert_eq!(pages.len(), 3);
        let expected: Vec<String> = (2000..2007).map(|year| format!("{year}-01-01")).collect();
        assert_eq!(days, expected);
        let colleague = app.caseworker("Bakı").await;
        colleague.get(&pages[1]).await.problem(400, "invalid_cursor");
        let elsewhere = pages[1].replace("/permits?", "/crossings?");
        officer.get(&elsewhere).await.problem(400, "invalid_cursor");
    }
}
