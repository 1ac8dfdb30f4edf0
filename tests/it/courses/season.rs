//! A season of courses, through HTTP alone: two organisations, three courses, eighty people and twenty seats, from the list that is uploaded to
//! the certificate that counts and does not count any more. Everybody in it is invented.

#![expect(clippy::too_many_lines, reason = "one season, told from top to bottom")]

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use sakin::access::policy::Role;
use sakin::db::Reach;
use serde_json::{Value, json};

use super::{a_course, consent, enrol, id_of, made, meets, moved, place, published, states, step};
use crate::harness::{Actor, Answered, Backend, PASSWORD, TestApp, json_at, on_both};

/// First days of the twelve meetings, at half past six in the evening in Baku.
const MEETINGS: [&str; 12] = [
    "2026-12-01",
    "2026-12-03",
    "2026-12-08",
    "2026-12-10",
    "2026-12-15",
    "2026-12-17",
    "2026-12-22",
    "2026-12-24",
    "2026-12-29",
    "2027-01-05",
    "2027-01-07",
    "2027-01-12",
];

/// It is another time: whoever acts signs in again.
async fn at(app: &TestApp, time: &str, actors: &mut [&mut Actor]) {
    let time: DateTime<Utc> = DateTime::parse_from_rfc3339(time).unwrap().to_utc();
    app.clock.set(time.into());
    for actor in actors {
        actor.sign_in(PASSWORD).await;
    }
}

/// Sends a table, and asks for the results as a table if `back` says so.
async fn table(by: &Actor, path: &str, rows: &str, back: &str) -> Answered {
    let key = uuid::Uuid::new_v4().to_string();
    let body = rows.to_owned();
    let with = |request: reqwest::RequestBuilder| {
        request.header("idempotency-key", key).header("content-type", "text/csv").header("accept", back).body(body)
    };
    by.send(reqwest::Method::POST, path, None, with).await
}

/// What is said of citizenship by the reading that warnings use: its outcome, and what is missing.
async fn five_years(by: &Actor, file: &str) -> (String, Value) {
    let answer = by.get(&format!("{file}/eligibility?route=citizenship.general")).await.expect(200).json();
    let route = json_at(&answer, "/routes/[reading=anniversary]").unwrap_or_else(|| panic!("{answer}"));
    let residence = json_at(route, "/requirements/[id=residence]/state").unwrap();
    assert_eq!(residence, "met", "the five years are there all the time");
    (route["outcome"].as_str().unwrap().to_owned(), route["missing"].clone())
}

/// How often each state stands in a course.
async fn count(ngo: &Actor, course: &str) -> Vec<(String, usize)> {
    let mut counts = std::collections::BTreeMap::new();
    for state in states(ngo, course).await {
        *counts.entry(state).or_insert(0) += 1;
    }
    counts.into_iter().collect()
}

fn counts(expected: &[(&str, usize)]) -> Vec<(String, usize)> {
    expected.iter().map(|(state, count)| ((*state).to_owned(), *count)).collect()
}

on_both! {
    async fn a_season_of_courses(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let (mut official, administrator) = (app.official("Bakı").await, app.administrator().await);
        let mut ngo = app.actor(Role::NgoCoordinator, "Bakı").await;
        let mut teacher = app.actor(Role::NgoCoordinator, "Bakı").await;
        let mut other = app.account(Role::NgoCoordinator, Reach::Organisation, "Gəncə", None).await;
        let organisation = ngo.get("/api/v1/me").await.json()["organisation_id"].clone();
        let accredited = json!({ "organisation_id": organisation, "number": "AK-1", "valid_from": "2026-01-01" });
        administrator.post("/api/v1/accreditations", &accredited).await.expect(201);

        // Eighty people: 78 consent to the one organisation, one to the other alone, one to nobody.
        let mut files = Vec::new();
        for number in 1..=80 {
            let file = officer.register(&format!("Nümunə {number:02}")).await;
            match number {
                1..=78 => drop(consent(&officer, &file, &ngo).await),
                79 => drop(consent(&officer, &file, &other).await),
                _ => (),
            }
            files.push(file);
        }
        // The first of them has lived here for five years, and lacks one paper.
        let learner = files[0].clone();
        let permit = json!({ "kind": "permanent_residence_permit", "ground": "45.1.1", "valid_from": "2019-01-10",
            "valid_to": "2029-01-09" });
        officer.post(&format!("{learner}/permits"), &permit).await.expect(201);
        for fact in ["lawful_income", "constitution_undertaking", "no_bar_cl14"] {
            officer.post(&format!("{learner}/facts"), &json!({ "name": fact, "value": true })).await.expect(201);
        }
        let mut applicant = app.applicant(&learner).await;
        assert_eq!(five_years(&official, &learner).await, ("needs_evidence".to_owned(), json!(["state_language"])));

        // Three courses. Two of them meet at the same time.
        let mut body = a_course(20, "waiting_list");
        (body["teacher_id"], body["level_from"], body["level_to"]) = (json!(teacher.id().await), json!("A1"), json!("A2"));
        (body["title"], body["place"]) = (json!("Axşam kursu"), json!("Nizami küç. 5"));
        let course = made(&ngo, &body).await;
        moved(&ngo, &course, "published").await.expect(200);
        let parallel = published(&ngo, 5, "first_come").await;
        let foreign = published(&other, 20, "waiting_list").await;
        let mut meetings = Vec::new();
        for day in MEETINGS {
            meetings.push(meets(&ngo, &course, &format!("{day}T14:30:00Z"), &format!("{day}T16:00:00Z")).await);
        }
        meets(&ngo, &parallel, "2026-12-01T15:00:00Z", "2026-12-01T17:00:00Z").await;

        // The list of eighty: tried, then uploaded; who did not consent is on the list of those who were not taken, and nobody says why.
        let rows: Vec<&str> = ["person_id"].into_iter().chain(files.iter().map(|file| id_of(file))).collect();
        let rows = rows.join("\r\n");
        let bulk = format!("{course}/enrolments/bulk?atomic=item");
        let tried = table(&ngo, &format!("{bulk}&dry_run=true"), &rows, "application/json").await.expect(200).json();
        assert_eq!((&tried["enrolled"], &tried["refused"]), (&json!(78), &json!(2)));
        assert_eq!(app.database.count("enrolment"), 0);
        let results = table(&ngo, &bulk, &rows, "text/csv").await.expect(200);
        assert_eq!(results.headers["content-type"], "text/csv; charset=utf-8; header=present");
        let rejected: Vec<&str> = results.text.lines().filter(|line| line.contains("unknown_person")).collect();
        assert_eq!(rejected.len(), 2, "{}", results.text);
        for (line, file) in rejected.iter().zip(&files[78..]) {
            assert!(line.contains(id_of(file)), "{line}");
        }
        assert_eq!(count(&ngo, &course).await, counts(&[("enrolled", 20), ("waiting", 58)]));
        let places = ngo.get(&format!("{course}/enrolments?limit=100")).await.expect(200).json();
        let places: Vec<String> = files[..78].iter().map(|file| {
            let own = places["items"].as_array().unwrap().iter().find(|item| item["person_id"] == id_of(file));
            place(file, own.unwrap())
        }).collect();
        let stands = async |who: &Actor, number: usize| {
            who.get(&places[number - 1]).await.expect(200).json()["state"].as_str().unwrap().to_owned()
        };
        assert_eq!((stands(&ngo, 20).await.as_str(), stands(&ngo, 21).await.as_str()), ("enrolled", "waiting"));
        assert_eq!(ngo.get(&places[29]).await.json()["ahead"], 9);
        enrol(&ngo, &parallel, &learner).await.problem(409, "overlapping_meetings");
        let tested = json!({ "listening": "A1", "reading": "A1", "writing": "A1", "speaking": "A2", "placed_level": "A1",
            "tested_on": "2026-11-24" });
        ngo.post(&format!("{learner}/placements"), &tested).await.expect(201);

        // One leaves. The first who waits declines, the second does not answer in time, the third takes the seat.
        step(&ngo, &places[1], "left").await.expect(200);
        assert_eq!(stands(&ngo, 21).await, "offered");
        step(&ngo, &places[20], "declined").await.expect(200);
        assert_eq!(stands(&ngo, 22).await, "offered");
        at(&app, "2026-11-26T09:00:00Z", &mut [&mut ngo, &mut other]).await;
        assert_eq!((stands(&ngo, 22).await.as_str(), stands(&ngo, 23).await.as_str()), ("expired", "offered"));
        step(&ngo, &places[22], "enrolled").await.expect(200);
        assert_eq!(count(&ngo, &course).await,
            counts(&[("declined", 1), ("enrolled", 20), ("expired", 1), ("left", 1), ("waiting", 55)]));
        moved(&ngo, &course, "running").await.expect(200);

        // Twelve meetings. The seats are those of 1, 3 to 20 and 23; from the fourth meeting on 24 has that of 3.
        let mut seats: Vec<usize> = [1].into_iter().chain(3..=20).chain([23]).collect();
        for (index, (day, meeting)) in MEETINGS.iter().zip(&meetings).enumerate() {
            at(&app, &format!("{day}T12:00:00Z"), &mut [&mut ngo, &mut teacher, &mut applicant]).await;
            if index == 3 {
                step(&ngo, &places[2], "left").await.expect(200);
                step(&ngo, &places[23], "enrolled").await.expect(200);
                seats.retain(|number| *number != 3);
                seats.push(24);
                // Who came late answers for what was before in no way.
                let sheet = ngo.get(&format!("{}/attendance", places[23])).await.expect(200).json();
                assert_eq!((&sheet["missed"], &sheet["still_possible"], &sheet["required"]), (&json!(0), &json!(9), &json!(8)));
            }
            if index == 4 {
                let says = json!({ "meeting_id": meeting["id"], "reason": "My child is ill." });
                applicant.post(&format!("{}/announcements", places[0]), &says).await.expect(201);
            }
            at(&app, &format!("{day}T15:00:00Z"), &mut [&mut ngo, &mut teacher]).await;
            let mut rows = String::from("person_id,mark,reason\n");
            for number in &seats {
                let mark = match (number, index) {
                    (1, 4) => continue,
                    (4, 0..=2) | (6, 1) => "absent",
                    (5, _) => "late",
                    _ => "present",
                };
                writeln!(rows, "{},{mark},", id_of(&files[number - 1])).unwrap();
            }
            let path = format!("{course}/meetings/{}/attendance/bulk?atomic=all", meeting["id"].as_str().unwrap());
            let noted = table(&teacher, &path, &rows, "application/json").await.expect(200).json();
            let expected = seats.len() - usize::from(index == 4);
            assert_eq!((&noted["noted"], &noted["refused"]), (&json!(expected), &json!(0)), "{noted}");
            if index == 1 {
                let warned = ngo.get(&format!("{}/attendance", places[3])).await.expect(200).json();
                assert_eq!((&warned["warning"], &warned["missed"]), (&json!("last_chance"), &json!(2)));
                let mark = json!({ "person_id": id_of(&files[5]), "mark": "late", "reason": "Sat at the back." });
                let path = format!("{course}/meetings/{}/attendance", meeting["id"].as_str().unwrap());
                ngo.post(&path, &mark).await.expect(201);
            }
        }
        at(&app, "2027-01-13T09:00:00Z", &mut [&mut ngo, &mut teacher, &mut other, &mut official, &mut applicant]).await;
        let sheet = async |number: usize| ngo.get(&format!("{}/attendance", places[number - 1])).await.expect(200).json();
        let own = sheet(1).await;
        assert_eq!((&own["attended"], &own["excused"], &own["required"]), (&json!(11), &json!(1), &json!(9)));
        assert_eq!(applicant.get(&format!("{}/attendance", places[0])).await.expect(200).json(), own);
        assert_eq!((&sheet(4).await["warning"], &sheet(4).await["attended"]), (&json!("out_of_reach"), &json!(9)));
        let late = sheet(24).await;
        assert_eq!((&late["attended"], &late["missed"], &late["required"]), (&json!(9), &json!(0), &json!(8)));
        let applicable = late["meetings"].as_array().unwrap().iter().filter(|one| one["applicable"] == true).count();
        assert_eq!(applicable, 9);
        let page = format!("{course}/attendance-sheet");
        let html = |request: reqwest::RequestBuilder| request.header("accept", "text/html");
        let printed = teacher.send(reqwest::Method::GET, &page, None, html).await.expect(200).text;
        for number in &seats {
            assert!(printed.contains(&format!("Nümunə {number:02}")), "{number}");
        }
        assert!(!printed.contains("Nümunə 02"), "who left has no row");

        // What was learnt is said by somebody other than the teacher, and the course is over.
        for number in [1, 24] {
            step(&ngo, &places[number - 1], "completed").await.expect(200);
        }
        moved(&ngo, &course, "finished").await.expect(200);
        assert_eq!(stands(&ngo, 30).await, "expired", "nobody waits for what is over");
        let result = json!({ "level": "A2", "listening": "B1", "reading": "A2", "writing": "A2", "speaking": "B1" });
        let issue = format!("{}/certificates", places[0]);
        teacher.post(&issue, &result).await.problem(409, "four_eyes");
        let certificate = ngo.post(&issue, &result).await.expect(201).json();
        assert_eq!(certificate["state"], "pending");
        ngo.post(&format!("{}/certificates", places[23]), &result).await.expect(201);
        let number = certificate["number"].as_str().unwrap().to_owned();
        let check = async || app.nobody().get(&format!("/api/v1/certificates/{number}")).await.expect(200).json();
        assert_eq!(check().await, json!({ "result": "valid", "level": "A2", "issued_on": "2027-01-13" }));
        assert_eq!(five_years(&official, &learner).await, ("needs_evidence".to_owned(), json!(["state_language"])));

        // The organisation without a consent finds nobody: one by one, in lists, as tables, in counts.
        for part in ["placements", "enrolments", "certificates", "calendar-feeds"] {
            other.get(&format!("{learner}/{part}")).await.problem(404, "not_found");
        }
        let one = format!("{learner}/certificates/{}", certificate["id"].as_str().unwrap());
        for path in [one.clone(), places[0].clone(), format!("{}/attendance", places[0]), format!("/api/v1/clients/{}", id_of(&learner))] {
            other.get(&path).await.problem(404, "not_found");
            other.get(&path.replace(id_of(&learner), &uuid::Uuid::new_v4().to_string())).await.problem(404, "not_found");
        }
        for part in ["enrolments", "attendance-sheet", "calendar-feeds"] {
            other.get(&format!("{course}/{part}")).await.problem(404, "not_found");
        }
        let clients = other.get("/api/v1/clients?limit=100").await.expect(200).json();
        let clients: Vec<&Value> = clients["items"].as_array().unwrap().iter().map(|item| &item["id"]).collect();
        assert_eq!(clients, [&json!(id_of(&files[78]))], "its own client and nobody else");
        let listed = |request: reqwest::RequestBuilder| request.header("accept", "text/csv");
        let listed = other.send(reqwest::Method::GET, "/api/v1/clients?limit=100", None, listed).await.expect(200).text;
        assert_eq!(listed.lines().count(), 2, "{listed}");
        enrol(&other, &foreign, &learner).await.problem(422, "validation_failed");
        assert_eq!(states(&other, &foreign).await, [""; 0]);

        // Accepted it is the paper that was missing; revoked it never was.
        let moves = async |to: &str, reason: Option<&str>| {
            let version = official.get(&one).await.expect(200).json()["version"].as_i64().unwrap();
            official.act(&format!("{one}/transitions"), version, &json!({ "to": to, "reason": reason })).await.expect(200)
        };
        moves("accepted", None).await;
        assert_eq!(five_years(&official, &learner).await, ("eligible".to_owned(), json!([])));
        assert_eq!(five_years(&applicant, &learner).await.0, "eligible", "the person sees the same");
        moves("revoked", Some("Somebody else sat the test.")).await;
        assert_eq!(five_years(&official, &learner).await, ("needs_evidence".to_owned(), json!(["state_language"])));
        assert_eq!(check().await["result"], "revoked");
    }
}
