//! Colleagues come, work, change their posts and leave: who may appoint whom, what a code is good for, and how soon a change counts.

use std::time::{Duration, Instant};

use reqwest::Method;
use sakin::access::policy::Role;
use sakin::db::{Reach, TextEnum as _};
use sakin::http::Door;
use sakin::web::{endpoints, setup_code, tidy};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::harness::{Actor, Backend, PASSWORD, TestApp, config, on_both};

const OTHER_PASSWORD: &str = "another long password for tests";

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// The id of the one office of that name.
async fn office(national: &Actor, name: &str) -> Value {
    let offices = national.get("/api/v1/offices").await.expect(200).json();
    let found = offices["items"].as_array().unwrap().iter().find(|office| office["name"] == name);
    found.unwrap_or_else(|| panic!("{offices}"))["id"].clone()
}

/// What `by` answers to the invitation of somebody new.
async fn invite(by: &Actor, membership: &Value) -> crate::harness::Answered {
    let email = format!("{}@office.example", uuid::Uuid::new_v4());
    let body = json!({ "email": email, "display_name": "Nümunə", "membership": membership });
    by.post("/api/v1/accounts", &body).await
}

/// Redeems a code.
async fn redeem(app: &TestApp, code: &Value, password: &str) -> crate::harness::Answered {
    app.nobody().post("/api/v1/activations", &json!({ "code": code, "password": password })).await
}

/// Moves the state of an account or a membership.
async fn step(by: &Actor, path: &str, version: &Value, to: &str) -> crate::harness::Answered {
    let body = json!({ "to": to, "reason": "as agreed" });
    let with = |request: reqwest::RequestBuilder| {
        request
            .header("if-match", format!("\"v{version}\""))
            .header("idempotency-key", uuid::Uuid::new_v4().to_string())
    };
    by.send(Method::POST, &format!("{path}/transitions"), Some(&body), with).await
}

async fn confirm(by: &Actor, account: &str) -> Value {
    let membership = by.get(account).await.expect(200).json()["membership"].clone();
    let path = format!("/api/v1/memberships/{}", text(&membership["id"]));
    step(by, &path, &membership["version"], "confirmed").await.expect(200).json()
}

/// Waits until an address is refused with 401: at most a second, and what a slow machine adds.
async fn shut_out(actor: &Actor) {
    let since = Instant::now();
    while actor.get("/api/v1/me").await.status != 401 {
        assert!(since.elapsed() < Duration::from_millis(1500), "a change of rights counts within a second");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The id of an actor's account as others address it.
async fn account_of(actor: &Actor) -> String {
    format!("/api/v1/accounts/{}", text(&actor.get("/api/v1/me").await.expect(200).json()["id"]))
}

on_both! {
    async fn nobody_confirms_whom_they_invited_while_there_is_another(app: TestApp) {
        let national = app.administrator().await;
        let office = national.post("/api/v1/offices", &json!({ "name": "Bakı" })).await.expect(201).json()["id"].clone();
        let membership = json!({ "role": "caseworker", "office_id": office });
        let came = async |by: &Actor| {
            let invited = invite(by, &membership).await.expect(201).json();
            redeem(&app, &invited["activation_code"], PASSWORD).await.expect(200);
            format!("/api/v1/memberships/{}", text(&invited["membership"]["id"]))
        };
        // Where there is nobody else, one is enough.
        let first = came(&national).await;
        step(&national, &first, &json!(1), "confirmed").await.problem(412, "version_conflict");
        step(&national, &first, &json!(2), "confirmed").await.expect(200);

        let (of_office, elsewhere) = (app.actor(Role::Administrator, "Bakı").await, app.actor(Role::Administrator, "Gəncə").await);
        let second = came(&national).await;
        let refused = step(&national, &second, &json!(2), "confirmed").await.problem(403, "action_not_permitted");
        assert!(text(&refused["detail"]).contains("another administrator"), "{refused}");
        step(&elsewhere, &second, &json!(2), "confirmed").await.problem(404, "not_found");
        step(&of_office, &second, &json!(2), "confirmed").await.expect(200);
        let third = came(&of_office).await;
        step(&of_office, &third, &json!(2), "confirmed").await.problem(403, "action_not_permitted");
        step(&national, &third, &json!(2), "confirmed").await.expect(200);

        // A colleague who is disabled is nobody to ask.
        let version = national.get(&account_of(&of_office).await).await.json()["version"].clone();
        step(&national, &account_of(&of_office).await, &version, "disabled").await.expect(200);
        let fourth = came(&national).await;
        step(&national, &fourth, &json!(2), "confirmed").await.expect(200);
    }

    /// Also CVE-2026-43913: nothing but a confirmed membership gives rights.
    async fn the_life_of_a_colleague(app: TestApp) {
        let national = app.administrator().await;
        let baku = national.post("/api/v1/offices", &json!({ "name": "Bakı" })).await.expect(201).json()["id"].clone();
        let membership = json!({ "role": "caseworker", "reach": "office", "office_id": baku });
        let invited = invite(&national, &membership).await.expect(201);
        let account = text(&json!(invited.headers["location"].to_str().unwrap())).to_owned();
        let invited = invited.json();
        assert_eq!(invited["state"], "invited");
        assert_eq!(invited["membership"]["state"], "invited");

        // Nobody can sign in before the person has set a password, and nothing can be confirmed.
        let email = text(&invited["email"]).to_owned();
        let try_in = json!({ "email": email, "password": PASSWORD });
        app.nobody().post("/api/v1/sign-in", &try_in).await.problem(401, "sign_in_failed");
        app.later(2);
        let path = format!("/api/v1/memberships/{}", text(&invited["membership"]["id"]));
        let refused = step(&national, &path, &json!(1), "confirmed").await.problem(409, "invalid_transition");
        assert_eq!(refused["state"], "invited");
        assert_eq!(refused["allowed"], json!([ { "transition": "ended", "who": "accounts.manage" } ]));

        // Whoever came may see themselves, nothing else.
        redeem(&app, &invited["activation_code"], PASSWORD).await.expect(200);
        let newcomer = app.signed_in(&email, PASSWORD).await;
        let me = newcomer.get("/api/v1/me").await.expect(200).json();
        assert_eq!(me["role"], Value::Null);
        newcomer.get("/api/v1/people").await.problem(403, "role_not_permitted");
        assert_eq!(national.get(&account).await.json()["membership"]["state"], "accepted");

        // Confirmed, the colleague works.
        confirm(&national, &account).await;
        shut_out(&newcomer).await;
        let colleague = app.signed_in(&email, PASSWORD).await;
        let file = colleague.register("Nümunə").await;

        // Another post: the rights of the first end at once, those of the second begin with its confirmation.
        let post = json!({ "role": "supervisor", "office_id": baku });
        national.post(&format!("{account}/memberships"), &post).await.expect(201);
        shut_out(&colleague).await;
        let between = app.signed_in(&email, PASSWORD).await;
        between.get(&file).await.problem(403, "role_not_permitted");
        confirm(&national, &account).await;
        let supervisor = app.signed_in(&email, PASSWORD).await;
        supervisor.get(&file).await.expect(200);
        let search = json!({ "names": [ { "full_name_as_printed": "Nümunə" } ], "search_token": "x" });
        supervisor.post("/api/v1/people", &search).await.problem(403, "role_not_permitted");
        let history = national.get(&format!("{account}/memberships")).await.expect(200).json();
        let lived: Vec<(&str, &str)> = history["items"].as_array().unwrap().iter()
            .map(|one| (text(&one["role"]), text(&one["state"]))).collect();
        assert_eq!(lived, [("caseworker", "ended"), ("supervisor", "confirmed")]);

        // Gone, and back.
        let version = national.get(&account).await.json()["version"].clone();
        let disabled = step(&national, &account, &version, "disabled").await.expect(200).json();
        shut_out(&supervisor).await;
        app.nobody().post("/api/v1/sign-in", &try_in).await.problem(401, "sign_in_failed");
        app.later(2);
        let twice = step(&national, &account, &disabled["version"], "disabled").await.problem(409, "invalid_transition");
        assert_eq!(twice["allowed"][0]["transition"], "active");
        step(&national, &account, &disabled["version"], "active").await.expect(200);
        app.signed_in(&email, PASSWORD).await.get(&file).await.expect(200);
    }

    async fn an_office_hands_out_what_it_has_and_no_more(app: TestApp) {
        let (national, ours) = (app.administrator().await, app.actor(Role::Administrator, "Bakı").await);
        app.actor(Role::Administrator, "Gəncə").await;
        let organisation = national.post("/api/v1/organisations", &json!({ "name": "NGO" })).await.expect(201).json()["id"].clone();
        let (baku, ganja) = (office(&national, "Bakı").await, office(&national, "Gəncə").await);
        let mut handed_out = Vec::new();
        for role in Role::ALL {
            for reach in role.reaches() {
                for (place, office) in [("none", &Value::Null), ("own", &baku), ("other", &ganja)] {
                    let organisation = if *role == Role::NgoCoordinator { &organisation } else { &Value::Null };
                    let membership = json!({ "role": role.text(), "reach": reach.text(), "office_id": office, "organisation_id": organisation });
                    let answer = invite(&ours, &membership).await;
                    if answer.status == 201 {
                        handed_out.push(format!("{} {} {place}", role.text(), reach.text()));
                    } else {
                        answer.problem(403, "action_not_permitted");
                    }
                }
            }
        }
        assert_eq!(handed_out, [
            "official assigned own", "official office own", "caseworker assigned own", "caseworker office own", "supervisor office own",
        ]);
        invite(&national, &json!({ "role": "administrator", "office_id": ganja })).await.expect(201);
        invite(&national, &json!({ "role": "applicant" })).await.problem(403, "action_not_permitted");
        let misfit = json!({ "role": "auditor", "reach": "national", "organisation_id": organisation });
        let problem = invite(&national, &misfit).await.problem(422, "validation_failed");
        let at: Vec<&Value> = problem["errors"].as_array().unwrap().iter().map(|fault| &fault["pointer"]).collect();
        assert_eq!(at, ["/membership/reach", "/membership/organisation_id"]);
        let nowhere = json!({ "role": "caseworker", "office_id": uuid::Uuid::new_v4() });
        let problem = invite(&national, &nowhere).await.problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], "/membership/office_id");
    }

    async fn whoever_is_more_cannot_be_taken_over(app: TestApp) {
        let ours = app.actor(Role::Administrator, "Bakı").await;
        let above = [
            account_of(&app.account(Role::Official, Reach::National, "Bakı", None).await).await,
            account_of(&app.actor(Role::Administrator, "Bakı").await).await,
            account_of(&app.actor(Role::Auditor, "Bakı").await).await,
            account_of(&ours).await,
        ];
        for account in above {
            let seen = ours.get(&account).await.expect(200).json();
            ours.post(&format!("{account}/codes"), &json!({ "purpose": "reset" })).await.problem(403, "action_not_permitted");
            let membership = json!({ "role": "caseworker", "office_id": seen["membership"]["office_id"] });
            ours.post(&format!("{account}/memberships"), &membership).await.problem(403, "action_not_permitted");
            step(&ours, &account, &seen["version"], "disabled").await.problem(403, "action_not_permitted");
            let path = format!("/api/v1/memberships/{}", text(&seen["membership"]["id"]));
            step(&ours, &path, &seen["membership"]["version"], "ended").await.problem(403, "action_not_permitted");
            ours.delete(&format!("{account}/sessions"), 1).await.problem(403, "action_not_permitted");
        }
        let national = app.administrator().await;
        let own = account_of(&national).await;
        let version = national.get(&own).await.json()["version"].clone();
        step(&national, &own, &version, "disabled").await.problem(403, "action_not_permitted");
    }

    async fn other_offices_and_immigrants_are_absent(app: TestApp) {
        let (national, ours) = (app.administrator().await, app.actor(Role::Administrator, "Bakı").await);
        let file = app.caseworker("Bakı").await.register("Müraciətçi").await;
        let applicant = app.applicant(&file).await;
        let theirs = account_of(&app.caseworker("Gəncə").await).await;
        let immigrant = account_of(&applicant).await;
        for absent in [&theirs, &immigrant, &format!("/api/v1/accounts/{}", uuid::Uuid::new_v4())] {
            ours.get(absent).await.problem(404, "not_found");
            ours.get(&format!("{absent}/memberships")).await.problem(404, "not_found");
            ours.post(&format!("{absent}/codes"), &json!({ "purpose": "reset" })).await.problem(404, "not_found");
            step(&ours, absent, &json!(1), "disabled").await.problem(404, "not_found");
        }
        let names = async |by: &Actor| {
            let (mut names, mut next) = (Vec::new(), Some("/api/v1/accounts?limit=2".to_owned()));
            while let Some(page) = next {
                let page = by.get(&page).await.expect(200).json();
                names.extend(page["items"].as_array().unwrap().iter().map(|one| text(&one["email"]).to_owned()));
                next = page["next"].as_str().map(str::to_owned);
            }
            names
        };
        let (all, own) = (names(&national).await, names(&ours).await);
        assert!(all.is_sorted() && own.is_sorted(), "{all:?} {own:?}");
        assert_eq!(all.len(), 4, "{all:?}");
        assert_eq!(own.len(), 2, "{own:?}");
        let seen = national.get(&immigrant).await.expect(200);
        let person = file.rsplit('/').next().unwrap();
        assert!(!seen.text.contains(person) && !seen.text.contains(&applicant.email), "{}", seen.text);
        assert_eq!(seen.json()["email"], Value::Null);
        national.post(&format!("{immigrant}/codes"), &json!({ "purpose": "reset" })).await.problem(403, "action_not_permitted");
        assert_eq!(ours.get("/api/v1/offices").await.json()["items"].as_array().unwrap().len(), 1);
        ours.post("/api/v1/offices", &json!({ "name": "Şəki" })).await.problem(403, "action_not_permitted");
    }

    async fn of_fifty_redemptions_one_succeeds(app: TestApp) {
        let national = app.administrator().await;
        let invited = invite(&national, &json!({ "role": "auditor" })).await.expect(201).json();
        let tries = (0..50).map(|_| {
            let (nobody, body) = (app.nobody(), json!({ "code": invited["activation_code"], "password": PASSWORD }));
            tokio::spawn(async move { nobody.post("/api/v1/activations", &body).await })
        });
        let mut succeeded = 0;
        for answer in tries.collect::<Vec<_>>() {
            let answer = answer.await.unwrap();
            match answer.status.as_u16() {
                200 => succeeded += 1,
                // More hashes than may wait are refused before anything is decided.
                503 => drop(answer.problem(503, "busy")),
                _ => assert_eq!(answer.problem(422, "validation_failed")["errors"][0]["code"], "not_good"),
            }
        }
        assert_eq!(succeeded, 1);
        assert_eq!(app.database.count("one_time_code WHERE used_at IS NOT NULL"), 1);
        app.signed_in(text(&invited["email"]), PASSWORD).await;
    }

    async fn a_code_that_is_not_good_gets_one_answer(app: TestApp) {
        let national = app.administrator().await;
        let fresh = async || invite(&national, &json!({ "role": "auditor" })).await.expect(201).json();
        let (used, replaced, disabled, expired) = (fresh().await, fresh().await, fresh().await, fresh().await);
        redeem(&app, &used["activation_code"], PASSWORD).await.expect(200);
        let codes = format!("/api/v1/accounts/{}/codes", text(&replaced["id"]));
        let second = national.post(&codes, &json!({ "purpose": "activation" })).await.expect(201).json();
        national.post(&codes, &json!({ "purpose": "reset" })).await.problem(409, "invalid_transition");
        let account = format!("/api/v1/accounts/{}", text(&disabled["id"]));
        step(&national, &account, &json!(1), "disabled").await.expect(200);
        let mut answers = Vec::new();
        for code in [
            &json!("no such code"),
            &used["activation_code"],
            &replaced["activation_code"],
            &disabled["activation_code"],
        ] {
            answers.push(redeem(&app, code, PASSWORD).await.problem(422, "validation_failed"));
        }
        redeem(&app, &second["code"], "too short").await.problem(422, "validation_failed");
        redeem(&app, &second["code"], PASSWORD).await.expect(200);
        app.later(600);
        answers.push(redeem(&app, &expired["activation_code"], PASSWORD).await.problem(422, "validation_failed"));
        for answer in &mut answers {
            answer["request_id"] = Value::Null;
        }
        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
        let contents = format!("{:?}", app.database.contents());
        for code in [&used["activation_code"], &second["code"]] {
            assert!(!contents.contains(text(code)), "the database keeps no code");
        }
    }

    async fn after_a_change_of_password_nothing_older_is_good(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let elsewhere = app.signed_in(&officer.email, PASSWORD).await;
        let change = |current: &str, new: &str| json!({ "current_password": current, "new_password": new });
        let wrong = officer.post("/api/v1/me/password", &change(OTHER_PASSWORD, OTHER_PASSWORD)).await.problem(422, "validation_failed");
        assert_eq!(wrong["errors"][0]["pointer"], "/current_password");
        // It counts, like at the door: the right one is not even looked at until the lock is over.
        for _ in 0..3 {
            officer.post("/api/v1/me/password", &change(OTHER_PASSWORD, OTHER_PASSWORD)).await.expect(422);
        }
        let locked = officer.post("/api/v1/me/password", &change(PASSWORD, OTHER_PASSWORD)).await.expect(422).json();
        assert_eq!(locked["errors"], wrong["errors"]);
        assert_eq!(app.database.count("audit_event WHERE action = 123"), 4);
        app.later(10);
        officer.post("/api/v1/me/password", &change(PASSWORD, "short")).await.problem(422, "validation_failed");
        officer.post("/api/v1/me/password?dry_run=true", &change(PASSWORD, OTHER_PASSWORD)).await.expect(200);
        elsewhere.get("/api/v1/me").await.expect(200);
        let done = officer.post("/api/v1/me/password", &change(PASSWORD, OTHER_PASSWORD)).await.expect(200);
        assert_eq!(done.json(), json!({}));
        for old in [&officer, &elsewhere] {
            shut_out(old).await;
            for endpoint in endpoints().iter().filter(|one| matches!(one.door, Door::Permission(_))) {
                let path: Vec<String> = endpoint.path.split('/')
                    .map(|part| if part.starts_with('{') { uuid::Uuid::new_v4().to_string() } else { part.to_owned() }).collect();
                let method = endpoint.method.as_str().parse().unwrap();
                let body = endpoint.spec.body.is_some().then(|| json!({}));
                // A file is sent as what it is.
                let uploads = !endpoint.spec.upload.is_empty();
                let sent = |request: reqwest::RequestBuilder| {
                    if uploads { crate::harness::with_file(request, "application/pdf", b"%PDF-1.4") } else { request }
                };
                old.send(method, &path.join("/"), body.as_ref(), sent).await.problem(401, "authentication_required");
            }
        }
        let try_in = json!({ "email": officer.email, "password": PASSWORD });
        app.nobody().post("/api/v1/sign-in", &try_in).await.problem(401, "sign_in_failed");
        app.later(2);
        app.signed_in(&officer.email, OTHER_PASSWORD).await.get("/api/v1/me").await.expect(200);
    }

    async fn a_reset_sets_another_password_and_ends_every_session(app: TestApp) {
        let (ours, officer) = (app.actor(Role::Administrator, "Bakı").await, app.caseworker("Bakı").await);
        let codes = format!("{}/codes", account_of(&officer).await);
        ours.post(&codes, &json!({ "purpose": "activation" })).await.problem(409, "invalid_transition");
        let code = ours.post(&codes, &json!({ "purpose": "reset" })).await.expect(201).json()["code"].clone();
        // The old password and its sessions are good until the code is used.
        officer.get("/api/v1/me").await.expect(200);
        redeem(&app, &code, OTHER_PASSWORD).await.expect(200);
        shut_out(&officer).await;
        redeem(&app, &code, PASSWORD).await.problem(422, "validation_failed");
        let again = app.signed_in(&officer.email, OTHER_PASSWORD).await;
        assert_eq!(again.get("/api/v1/me").await.json()["role"], "caseworker");
    }

    async fn sessions_are_one_s_own_to_see_and_to_end(app: TestApp) {
        let (here, stranger) = (app.caseworker("Bakı").await, app.caseworker("Bakı").await);
        let there = app.signed_in(&here.email, PASSWORD).await;
        let list = async |actor: &Actor| actor.get("/api/v1/sessions").await.expect(200).json()["items"].as_array().unwrap().clone();
        let sessions = list(&here).await;
        assert_eq!(sessions.len(), 2);
        let other = sessions.iter().find(|one| one["current"] == false).unwrap();
        let path = format!("/api/v1/sessions/{}", text(&other["id"]));
        let end = |actor: &Actor| {
            let (actor, path) = (actor.clone(), path.clone());
            async move { actor.send(Method::DELETE, &path, None, |request| request).await }
        };
        end(&stranger).await.problem(404, "not_found");
        end(&here).await.expect(200);
        shut_out(&there).await;
        end(&here).await.problem(404, "not_found");
        assert_eq!(list(&here).await.len(), 1);
        here.send(Method::POST, "/api/v1/sign-out", None, |request| request.header("idempotency-key", "bye")).await.expect(200);
        shut_out(&here).await;
        let ours = app.actor(Role::Administrator, "Bakı").await;
        let sessions = format!("{}/sessions", account_of(&stranger).await);
        ours.send(Method::DELETE, &sessions, None, |request| request).await.expect(200);
        shut_out(&stranger).await;
    }

    async fn sessions_are_kept_for_30_days_after_they_expired(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        app.signed_in(&officer.email, PASSWORD).await;
        let removed = async || tidy(&app.app).await.unwrap().into_iter().find(|(what, _)| *what == "sessions").unwrap().1;
        assert_eq!((app.database.count("session"), app.database.count("refresh_token")), (2, 2));
        app.later(12 * 3600 + 30 * 24 * 3600);
        assert_eq!(removed().await, 0);
        app.later(1);
        let now = app.signed_in(&officer.email, PASSWORD).await;
        assert_eq!(removed().await, 2);
        assert_eq!((app.database.count("session"), app.database.count("refresh_token")), (1, 1));
        now.get("/api/v1/me").await.expect(200);
    }

    async fn the_first_administrator_comes_once(app: TestApp) {
        let set_up = async |code: &str, email: &str| {
            let body = json!({ "code": code, "email": email, "display_name": "First", "password": PASSWORD });
            app.nobody().post("/api/v1/setup", &body).await
        };
        for (email, password) in [("admin@localhost", "admin"), ("admin@office.example", "password"), ("root@localhost", "sakin")] {
            let body = json!({ "email": email, "password": password });
            app.nobody().post("/api/v1/sign-in", &body).await.problem(401, "sign_in_failed");
        }
        let older = setup_code(&app.app).await.unwrap().unwrap().expose_secret().to_owned();
        let code = setup_code(&app.app).await.unwrap().unwrap().expose_secret().to_owned();
        set_up(&older, "first@office.example").await.problem(404, "not_found");
        set_up("no such code", "first@office.example").await.problem(404, "not_found");
        redeem(&app, &json!(code), PASSWORD).await.problem(422, "validation_failed");
        app.later(3600);
        set_up(&code, "first@office.example").await.problem(404, "not_found");
        let code = setup_code(&app.app).await.unwrap().unwrap().expose_secret().to_owned();
        set_up(&code, "first@office.example").await.expect(200);
        set_up(&code, "second@office.example").await.problem(404, "not_found");
        assert!(setup_code(&app.app).await.unwrap().is_none());
        let first = app.signed_in("first@office.example", PASSWORD).await;
        first.post("/api/v1/offices", &json!({ "name": "Bakı" })).await.expect(201);
        assert_eq!(app.database.count("account"), 1);
    }

    async fn a_change_counts_on_every_instance_within_a_second(app: TestApp) {
        let beside = app.sibling(&config());
        let ours = app.actor(Role::Administrator, "Bakı").await;
        let officer = app.caseworker("Bakı").await;
        let there = officer.at(&beside);
        there.get("/api/v1/people").await.expect(200);
        officer.get("/api/v1/people").await.expect(200);
        let account = account_of(&officer).await;
        let membership = ours.get(&account).await.expect(200).json()["membership"].clone();
        let path = format!("/api/v1/memberships/{}", text(&membership["id"]));
        there.get("/api/v1/people").await.expect(200);
        step(&ours, &path, &membership["version"], "ended").await.expect(200);
        let since = Instant::now();
        let mut last_accepted = Duration::ZERO;
        while since.elapsed() < Duration::from_millis(1300) {
            let asked = since.elapsed();
            if there.get("/api/v1/people").await.status == 200 {
                last_accepted = asked;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(last_accepted <= Duration::from_secs(1), "accepted {last_accepted:?} after the change");
        there.get("/api/v1/people").await.problem(401, "authentication_required");
    }

    async fn an_immigrant_who_redeems_the_office_s_code_is_known(app: TestApp) {
        let national = app.administrator().await;
        app.caseworker("Bakı").await.register("Müraciətçi").await;
        let invited = invite(&national, &json!({ "role": "auditor" })).await.expect(201).json();
        let of_the_file = "UPDATE membership SET role = 'applicant', reach = 'own', person_id = (SELECT id FROM person)
            WHERE accepted_at IS NULL";
        assert_eq!(app.database.execute(of_the_file).unwrap(), 1);
        redeem(&app, &invited["activation_code"], PASSWORD).await.expect(200);
        let immigrant = app.signed_in(text(&invited["email"]), PASSWORD).await;
        assert_eq!(immigrant.get("/api/v1/me").await.json()["role"], "applicant");
    }

    async fn whoever_hands_out_rights_has_just_proved_who_they_are(app: TestApp) {
        let national = app.administrator().await;
        app.later(300);
        invite(&national, &json!({ "role": "auditor" })).await.expect(201);
        app.later(1);
        invite(&national, &json!({ "role": "auditor" })).await.problem(401, "step_up_required");
        national.get("/api/v1/accounts").await.expect(200);
    }
}
