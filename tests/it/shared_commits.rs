//! Writes that wait for the database share a commit. Each is kept or undone for itself, and whoever has to wait for others keeps nobody
//! waiting.

use std::time::Duration;

use sakin::db::Target;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::harness::{Actor, Answered, Backend, Sibling, TestApp, config, on_both};

/// An officer at an instance with so many connections to PostgreSQL.
fn at_threads(app: &TestApp, officer: &Actor, threads: usize) -> (Sibling, Actor) {
    let mut config = config();
    config.database.postgres_threads = threads;
    let sibling = app.sibling(&config);
    let officer = officer.at(&sibling);
    (sibling, officer)
}

fn send(officer: &Actor, path: String, body: Value) -> JoinHandle<Answered> {
    let officer = officer.clone();
    tokio::spawn(async move { officer.post(&path, &body).await })
}

fn crossing() -> Value {
    json!({ "direction": "entry", "crossed_on": "2024-01-01", "source": "border" })
}

/// Long enough for what was sent to wait at the database.
async fn until_all_wait() {
    tokio::time::sleep(Duration::from_millis(500)).await;
}

on_both! {
    async fn each_is_kept_or_undone_for_itself(app: TestApp) {
        const EACH: usize = 8;
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let nobody = format!("/api/v1/people/{}", uuid::Uuid::new_v4());
        let (_sibling, officer) = at_threads(&app, &officer, 1);
        let permit = json!({ "kind": "temporary_residence_permit", "ground": "45.1.1", "valid_from": "2024-01-01", "valid_to": "2024-12-31" });

        let held = app.database.hold();
        let (mut kept, mut tried, mut rivals, mut refused) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for _ in 0..EACH {
            kept.push(send(&officer, format!("{person}/crossings"), crossing()));
            tried.push(send(&officer, format!("{person}/crossings?dry_run=true"), crossing()));
            rivals.push(send(&officer, format!("{person}/permits"), permit.clone()));
            refused.push(send(&officer, format!("{nobody}/crossings"), crossing()));
        }
        until_all_wait().await;
        drop(held);

        for answer in kept.into_iter().chain(tried) {
            answer.await.unwrap().expect(201);
        }
        for answer in refused {
            answer.await.unwrap().problem(404, "not_found");
        }
        let mut made = 0;
        for answer in rivals {
            let answer = answer.await.unwrap();
            match answer.status.as_u16() {
                201 => made += 1,
                _ => drop(answer.problem(409, "overlapping_permit")),
            }
        }
        let count = |from: &str| app.database.count(from);
        let each = i64::try_from(EACH).unwrap();
        assert_eq!((made, count("permit"), count("audit_event WHERE action = 20")), (1, 1, 1));
        assert_eq!((count("crossing"), count("audit_event WHERE action = 40")), (each, each));
        assert_eq!(count("idempotency"), each + 2, "and those of the person and of the permit");
        if matches!(app.database.target(), Target::Postgres { .. }) {
            let commits = count("(SELECT DISTINCT xmin::text FROM audit_event WHERE action = 40) AS commits");
            assert!(commits < each, "{commits} commits");
        }
    }
}

#[tokio::test]
async fn whoever_waits_for_a_file_keeps_nobody_waiting() {
    let Some(app) = TestApp::start(Backend::Postgres) else {
        eprintln!("skipped: no PostgreSQL on this machine");
        return;
    };
    let officer = app.caseworker("Bakı").await;
    let (busy, free) = (officer.register("Bir").await, officer.register("İki").await);
    let (_sibling, officer) = at_threads(&app, &officer, 2);
    let file = app.database.hold_file(&busy);
    let table = app.database.hold();
    let others: Vec<_> = (0..12).map(|_| send(&officer, format!("{free}/crossings"), crossing())).collect();
    let waiting = send(&officer, format!("{busy}/crossings"), crossing());
    let more: Vec<_> = (0..12).map(|_| send(&officer, format!("{free}/crossings"), crossing())).collect();
    until_all_wait().await;
    drop(table);
    for answer in others.into_iter().chain(more) {
        answer.await.unwrap().expect(201);
    }
    officer.get(&busy).await.expect(200);
    assert!(!waiting.is_finished(), "somebody has the file");
    drop(file);
    waiting.await.unwrap().expect(201);
    assert_eq!(app.database.count("crossing"), 25);
}
