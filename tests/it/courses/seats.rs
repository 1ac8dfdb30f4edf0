//! Who gets the last seat, and what becomes of it when nobody answers.

use std::collections::BTreeMap;

use sakin::access::policy::Role;
use serde_json::json;
use tokio::task::JoinSet;

use super::{a_course, client, enrol, later, made, moved, place, published, states, step};
use crate::harness::{Actor, Backend, TestApp, config, on_both};

/// Everybody asks for the one seat at once, `rounds` times.
async fn run_for_the_last_seat(app: &TestApp, people: usize, rounds: usize) {
    let (officer, mut ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
    let mut files = Vec::new();
    for number in 0..people {
        files.push(client(&officer, &ngo, &format!("Nümunə {number}")).await);
    }
    for round in 0..rounds {
        let rule = if round % 2 == 0 { "waiting_list" } else { "first_come" };
        ngo.sign_in(crate::harness::PASSWORD).await;
        let course = published(&ngo, 1, rule).await;
        let mut running = JoinSet::new();
        let gate = std::sync::Arc::new(tokio::sync::Semaphore::new(64));
        for file in &files {
            let (ngo, course, file, gate) = (ngo.clone(), course.clone(), file.clone(), gate.clone());
            running.spawn(async move {
                let _slot = gate.acquire().await.unwrap();
                enrol(&ngo, &course, &file).await
            });
        }
        let mut counts = BTreeMap::<String, usize>::new();
        let mut positions = Vec::new();
        while let Some(answer) = running.join_next().await {
            let answer = answer.unwrap();
            let kind = if answer.status == 201 {
                positions.push(answer.json()["position"].as_i64().unwrap());
                answer.json()["state"].as_str().unwrap().to_owned()
            } else {
                answer.problem(409, "seat_taken")["code"].as_str().unwrap().to_owned()
            };
            *counts.entry(kind).or_default() += 1;
        }
        let others = if rule == "waiting_list" { "waiting" } else { "seat_taken" };
        let expected = BTreeMap::from([("enrolled".to_owned(), 1), (others.to_owned(), people - 1)]);
        assert_eq!(counts, expected, "round {round}");
        positions.sort_unstable();
        let last = if rule == "waiting_list" { i64::try_from(people).unwrap() } else { 1 };
        assert!(positions.into_iter().eq(1..=last), "a strict order without gaps");
    }
}

/// How long the offer of the place runs, and its state.
async fn offer(who: &Actor, place: &str) -> (String, Option<String>) {
    let shown = who.get(place).await.expect(200).json();
    (shown["state"].as_str().unwrap().to_owned(), shown["offered_until"].as_str().map(str::to_owned))
}

on_both! {
    async fn the_last_seat_is_taken_once(app: TestApp) {
        run_for_the_last_seat(&app, 60, 5).await;
    }

    #[ignore = "fifty rounds of a thousand: half an hour without optimisation"]
    async fn the_last_seat_is_taken_once_by_one_of_a_thousand(app: TestApp) {
        run_for_the_last_seat(&app, 1_000, 50).await;
    }

    async fn an_offer_passes_on_when_its_time_is_over_also_after_a_restart(app: TestApp) {
        let (officer, mut ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let course = published(&ngo, 1, "waiting_list").await;
        let mut places = Vec::new();
        for name in ["Bir", "İki", "Üç", "Dörd"] {
            let file = client(&officer, &ngo, name).await;
            let enrolled = enrol(&ngo, &course, &file).await.expect(201).json();
            places.push(place(&file, &enrolled));
        }
        let waits = ngo.get(&places[3]).await.json();
        assert_eq!((&waits["position"], &waits["ahead"]), (&json!(4), &json!(2)));
        assert!(waits["meaning"]["en"].as_str().unwrap().contains("queue"), "{waits}");
        step(&ngo, &places[0], "left").await.expect(200);
        let (state, until) = offer(&ngo, &places[1]).await;
        assert_eq!((state.as_str(), until.as_deref()), ("offered", Some("2026-11-26T08:00:00.000000Z")));
        let stored = app.database.count("enrolment");
        // One second before its end it is still theirs.
        app.later(47 * 3_600 + 3_599);
        later(&app, &mut ngo, 0).await;
        assert_eq!(states(&ngo, &course).await, ["left", "offered", "waiting", "waiting"]);
        app.later(1);
        // Nobody wrote anything in between; another process sees the same.
        let sibling = app.sibling(&config());
        let there = ngo.at(&sibling);
        assert_eq!(offer(&there, &places[2]).await, ("offered".to_owned(), Some("2026-11-28T08:00:00.000000Z".to_owned())));
        assert_eq!(states(&there, &course).await, ["left", "expired", "offered", "waiting"]);
        assert_eq!(there.get(&places[3]).await.json()["ahead"], 0);
        assert_eq!(app.database.count("enrolment"), stored, "a look stores nothing");
        later(&app, &mut ngo, 48).await;
        assert_eq!(states(&ngo, &course).await, ["left", "expired", "expired", "offered"]);
        // What the clock did and what is stored are one: the version that was read is the version that is changed.
        let taken = step(&ngo, &places[3], "enrolled").await.expect(200).json();
        assert_eq!((&taken["state"], &taken["enrolled_on"]), (&json!("enrolled"), &json!("2026-11-28")));
        let refused = step(&ngo, &places[1], "enrolled").await.problem(409, "invalid_transition");
        assert_eq!((&refused["state"], &refused["allowed"]), (&json!("expired"), &json!([])));
        assert_eq!(states(&ngo, &course).await, ["left", "expired", "expired", "enrolled"]);
    }

    async fn declining_has_no_consequences(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let course = published(&ngo, 1, "waiting_list").await;
        let (one, two) = (client(&officer, &ngo, "Bir").await, client(&officer, &ngo, "İki").await);
        let first = place(&one, &enrol(&ngo, &course, &one).await.expect(201).json());
        let second = place(&two, &enrol(&ngo, &course, &two).await.expect(201).json());
        let (mine, theirs) = (app.applicant(&one).await, app.applicant(&two).await);
        let problem = step(&mine, &first, "completed").await.problem(409, "invalid_transition");
        assert_eq!(problem["allowed"], json!(["left"]));
        mine.get(&second).await.problem(404, "not_found");
        step(&mine, &first, "left").await.expect(200);
        let declined = step(&theirs, &second, "declined").await.expect(200).json();
        assert!(declined["meaning"]["en"].as_str().unwrap().contains("no consequences"), "{declined}");
        // Both begin anew, like anybody else.
        assert_eq!(enrol(&ngo, &course, &two).await.expect(201).json()["state"], "enrolled");
        assert_eq!(enrol(&ngo, &course, &one).await.expect(201).json()["state"], "waiting");
        let own = theirs.get(&format!("{two}/enrolments")).await.expect(200).json();
        assert_eq!(own["items"].as_array().unwrap().len(), 2);
    }

    async fn more_seats_go_to_those_who_wait_and_none_is_taken_away(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let course = published(&ngo, 2, "waiting_list").await;
        for name in ["Bir", "İki", "Üç"] {
            let file = client(&officer, &ngo, name).await;
            enrol(&ngo, &course, &file).await.expect(201);
        }
        let fewer = ngo.patch(&course, 2, &json!({ "capacity": 1 })).await.problem(422, "validation_failed");
        assert_eq!(fewer["errors"][0]["code"], "seats_given_out");
        ngo.patch(&course, 2, &json!({ "capacity": 3 })).await.expect(200);
        assert_eq!(states(&ngo, &course).await, ["enrolled", "enrolled", "offered"]);
        moved(&ngo, &course, "cancelled").await.expect(200);
        assert_eq!(states(&ngo, &course).await, ["left", "left", "left"]);
        let file = client(&officer, &ngo, "Dörd").await;
        let refused = enrol(&ngo, &course, &file).await.problem(409, "invalid_transition");
        assert_eq!(refused["state"], "cancelled");
    }

    async fn people_are_enrolled_on_the_days_of_the_window(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let file = client(&officer, &ngo, "Nümunə").await;
        let mut body = a_course(3, "first_come");
        body["enrol_from"] = json!("2026-11-25");
        let course = made(&ngo, &body).await;
        moved(&ngo, &course, "published").await.expect(200);
        assert_eq!(ngo.get(&course).await.json()["open"], false);
        enrol(&ngo, &course, &file).await.problem(409, "invalid_transition");
        assert_eq!(app.database.count("enrolment"), 0);
    }
}
