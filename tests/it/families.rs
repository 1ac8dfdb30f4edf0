//! Ties between persons: recorded once and seen from both sides, what they give by the law's lists, whose rights end with them, who may sign,
//! and which colleague must keep away.

use reqwest::Method;
use sakin::access::policy::Role;
use sakin::db::Reach;
use serde_json::{Value, json};

use crate::harness::{Actor, Answered, Backend, TestApp, json_at, on_both};

/// The id of the file with this path.
fn id(path: &str) -> String {
    path.rsplit('/').next().unwrap().to_owned()
}

/// Records what somebody is to the person of a file.
async fn tie(officer: &Actor, file: &str, kind: &str, other: &str, from: &str) -> Answered {
    let body = json!({ "kind": kind, "other_person_id": id(other), "valid_from": from });
    officer.post(&format!("{file}/relationships"), &body).await
}

/// The path of a tie that was recorded.
async fn tied(officer: &Actor, file: &str, kind: &str, other: &str, from: &str) -> String {
    tie(officer, file, kind, other, from).await.expect(201).json()["href"].as_str().unwrap().to_owned()
}

async fn citizen(officer: &Actor, name: &str) -> String {
    let file = officer.register(name).await;
    nationality(officer, &file, &json!({ "code": "AZE" })).await;
    file
}

async fn nationality(officer: &Actor, file: &str, body: &Value) {
    let path = format!("{file}/nationalities");
    let version = officer.get(file).await.json()["version"].as_i64().unwrap();
    let with = |request: reqwest::RequestBuilder| {
        request
            .header("if-match", format!("\"v{version}\""))
            .header("idempotency-key", uuid::Uuid::new_v4().to_string())
    };
    officer.send(Method::POST, &path, Some(body), with).await.expect(201);
}

/// Kinds and names of a file's ties.
async fn ties(officer: &Actor, file: &str) -> Vec<(String, String)> {
    let list = officer.get(&format!("{file}/relationships")).await.expect(200).json();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    list["items"].as_array().unwrap().iter().map(|tie| (text(&tie["kind"]), text(&tie["other"]["name"]))).collect()
}

fn pair(kind: &str, name: &str) -> (String, String) {
    (kind.to_owned(), name.to_owned())
}

/// The rights of a file on a day: article and state.
async fn rights(officer: &Actor, file: &str, on: &str) -> Vec<String> {
    let answer = officer.get(&format!("{file}/family-rights?valid_at={on}")).await.expect(200).json();
    let all = answer["ties"].as_array().unwrap().iter().flat_map(|of| of["rights"].as_array().unwrap());
    all.map(|right| format!("{} {}", right["right"].as_str().unwrap(), right["state"].as_str().unwrap())).collect()
}

fn codes(problem: &Value) -> Vec<&str> {
    problem["errors"].as_array().unwrap().iter().map(|fault| fault["code"].as_str().unwrap()).collect()
}

on_both! {
    async fn a_tie_is_seen_from_both_files(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let (child, mother) = (officer.register("Uşaq").await, officer.register("Ana").await);
        let made = tie(&officer, &child, "parent", &mother, "2010-05-01").await.expect(201);
        let href = made.headers["location"].to_str().unwrap().to_owned();
        assert_eq!(made.json()["href"], href);
        assert_eq!(ties(&officer, &child).await, [pair("parent", "Ana")]);
        assert_eq!(ties(&officer, &mother).await, [pair("child", "Uşaq")]);
        let from_there = officer.get(&format!("{mother}/relationships")).await.json();
        assert_eq!(from_there["items"][0]["href"], href, "it stands in one file");
        // A guardian's other side is seen, and cannot be recorded.
        tied(&officer, &child, "guardian", &mother, "2010-05-01").await;
        assert_eq!(ties(&officer, &mother).await.len(), 2);
        assert!(ties(&officer, &mother).await.contains(&pair("ward", "Uşaq")));
        let refused = tie(&officer, &mother, "ward", &child, "2010-05-01").await.problem(422, "validation_failed");
        assert_eq!(codes(&refused), ["not_in_list"]);
    }

    async fn pages_show_every_tie_once(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let file = officer.register("Nümunə").await;
        for number in 0..5 {
            let other = officer.register(&format!("Qohum {number}")).await;
            let (of, to) = if number % 2 == 0 { (&file, &other) } else { (&other, &file) };
            tied(&officer, of, "sibling", to, &format!("200{number}-01-01")).await;
        }
        let mut next = format!("{file}/relationships?limit=2");
        let mut names = Vec::new();
        loop {
            let page = officer.get(&next).await.expect(200).json();
            names.extend(page["items"].as_array().unwrap().iter().map(|tie| tie["other"]["name"].clone()));
            match page["next"].as_str() {
                Some(address) => address.clone_into(&mut next),
                None => break,
            }
        }
        assert_eq!(names, ["Qohum 0", "Qohum 1", "Qohum 2", "Qohum 3", "Qohum 4"]);
    }

    async fn a_tie_to_a_hidden_person_is_absent(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let supervisor = app.actor(Role::Supervisor, "Bakı").await;
        let theirs = app.caseworker("Gəncə").await;
        let (wife, husband) = (officer.register("Arvad").await, officer.register("Ər").await);
        let stranger = theirs.register("Yad").await;
        let unknown = tie(&officer, &wife, "spouse", &stranger, "2015-01-01").await.problem(422, "validation_failed");
        let absent = tie(&officer, &wife, "spouse", &format!("/{}", uuid::Uuid::new_v4()), "2015-01-01").await;
        let mut absent = absent.problem(422, "validation_failed");
        absent["request_id"] = unknown["request_id"].clone();
        assert_eq!(unknown, absent);
        let href = tied(&officer, &wife, "spouse", &husband, "2015-01-01").await;
        // Somebody else keeps the wife's file now, and it is protected.
        let keeps = json!({ "account_id": supervisor.id().await });
        supervisor.post(&format!("{wife}/assignments"), &keeps).await.expect(201);
        supervisor.post(&format!("{wife}/protections"), &json!({ "reason": "threats" })).await.expect(201);
        let colleague = app.caseworker("Bakı").await;
        supervisor.post(&format!("{husband}/assignments"), &json!({ "account_id": colleague.id().await })).await;
        assert_eq!(ties(&colleague, &husband).await, []);
        assert_eq!(ties(&supervisor, &husband).await, [pair("spouse", "Arvad")]);
        colleague.get(&href).await.problem(404, "not_found");
        // The husband's own account: the tie stands in her file, not in his.
        let him = app.applicant(&husband).await;
        assert_eq!(ties(&him, &husband).await, []);
        let rights = him.get(&format!("{husband}/family-rights")).await.expect(200).json();
        assert_eq!(rights["ties"], json!([]));
    }

    async fn the_person_sees_names_and_no_facts_of_others(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let supervisor = app.actor(Role::Supervisor, "Bakı").await;
        let (me, spouse) = (officer.register("Mən").await, citizen(&officer, "Vətəndaş").await);
        tied(&officer, &me, "spouse", &spouse, "2015-01-01").await;
        let applicant = app.applicant(&me).await;
        assert_eq!(ties(&applicant, &me).await, [pair("spouse", "Vətəndaş")]);
        let own = applicant.get(&format!("{me}/family-rights")).await.expect(200).json();
        let right = json_at(&own, "/ties/0/rights/[right=45.1.1]").unwrap();
        assert_eq!((&right["state"], &right["needs"]), (&json!("depends"), &json!(["sponsor_is_citizen"])));
        applicant.get(&spouse).await.problem(404, "not_found");
        // A protected person's name is not for them either.
        let keeps = json!({ "account_id": supervisor.id().await });
        supervisor.post(&format!("{spouse}/assignments"), &keeps).await.expect(201);
        supervisor.post(&format!("{spouse}/protections"), &json!({ "reason": "threats" })).await.expect(201);
        assert_eq!(ties(&applicant, &me).await, [pair("spouse", "-")]);
    }

    async fn what_cannot_be_is_refused_and_names_the_other_tie(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let (a, b, c) = (officer.register("A").await, officer.register("B").await, officer.register("C").await);
        let marriage = tied(&officer, &a, "spouse", &b, "2010-01-01").await;
        for (file, other) in [(&a, &c), (&c, &a), (&b, &c), (&c, &b)] {
            let refused = tie(&officer, file, "spouse", other, "2012-01-01").await.problem(409, "contradicting_tie");
            assert_eq!(codes(&refused), ["second_spouse"]);
            assert!(refused["errors"][0]["message"].as_str().unwrap().contains(&id(&marriage)), "{refused}");
        }
        let twice = tie(&officer, &b, "spouse", &a, "2010-01-01").await.problem(409, "contradicting_tie");
        assert_eq!(codes(&twice), ["already_recorded"]);
        officer.patch(&marriage, 1, &json!({ "valid_to": "2011-12-31", "end_ground": "divorce" })).await.expect(200);
        let second = tied(&officer, &a, "spouse", &c, "2012-01-01").await;
        let earlier = officer.patch(&second, 1, &json!({ "valid_from": "2011-12-31" })).await;
        assert_eq!(codes(&earlier.problem(409, "contradicting_tie")), ["second_spouse"]);

        tied(&officer, &a, "parent", &b, "1980-01-01").await;
        for (file, kind, other) in [(&b, "parent", &a), (&a, "child", &b), (&b, "grandparent", &a)] {
            let refused = tie(&officer, file, kind, other, "1980-01-01").await.problem(409, "contradicting_tie");
            assert_eq!(codes(&refused), ["own_ancestor"]);
        }
    }

    async fn the_database_itself_refuses_two_spouses_at_once(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let (a, b, c) = (officer.register("A").await, officer.register("B").await, officer.register("C").await);
        let first = tied(&officer, &a, "spouse", &b, "2010-01-01").await;
        let second = tied(&officer, &a, "sibling", &c, "2010-01-01").await;
        let hex = |path: &str| id(path).replace('-', "");
        let id_of = |path: &str| match app.database.target() {
            sakin::db::Target::Sqlite(_) => format!("X'{}'", hex(path)),
            sakin::db::Target::Postgres { .. } => format!("'\\x{}'", hex(path)),
        };
        let copy = |kind: &str, from: &str| {
            app.database.execute(&format!(
                "INSERT INTO relationship (person_id, id, version, kind, other_person_id, valid_from, withdrawn, recorded_at)
                 SELECT person_id, {}, 1, {kind}, other_person_id, {from}, withdrawn, recorded_at FROM relationship WHERE id = {}",
                id_of(&format!("/{}", uuid::Uuid::new_v4())),
                id_of(&second),
            ))
        };
        let refused = copy("'spouse'", "valid_from").unwrap_err().to_string();
        assert!(refused.contains("contradicting_tie"), "{refused}");
        copy("'child'", "valid_from").unwrap();
        let early = officer.patch(&first, 1, &json!({ "valid_to": "2010-01-01", "end_ground": "divorce" })).await;
        early.expect(200);
        copy("'spouse'", "valid_from").unwrap_err();
    }

    async fn faults_of_a_tie_are_told_at_once(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let (a, b) = (officer.register("A").await, officer.register("B").await);
        let path = format!("{a}/relationships");
        let body = json!({ "kind": "spouse", "other_person_id": id(&a), "scope": "signs", "valid_from": "2010-01-01",
            "valid_to": "2009-01-01" });
        let refused = officer.post(&path, &body).await.problem(422, "validation_failed");
        assert_eq!(codes(&refused), ["own_person", "not_here", "before_start", "required"]);
        let future = json!({ "kind": "spouse", "other_person_id": id(&b), "valid_from": "2010-01-01",
            "valid_to": "2027-01-01", "end_ground": "divorce" });
        assert_eq!(codes(&officer.post(&path, &future).await.problem(422, "validation_failed")), ["in_the_future"]);
        // An order ends on its day without anything happening.
        let order = json!({ "kind": "guardian", "other_person_id": id(&b), "scope": "property only",
            "evidence": "guardianship_order", "valid_from": "2020-01-01", "valid_to": "2027-01-01" });
        officer.post(&path, &order).await.expect(201);
    }

    async fn every_version_of_a_tie_stays(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let (a, b) = (officer.register("A").await, officer.register("B").await);
        let path = tied(&officer, &a, "sibling", &b, "1990-01-01").await;
        app.later(60);
        let ended = officer.patch(&path, 1, &json!({ "valid_to": "2026-11-01", "end_ground": "death" })).await.expect(200);
        assert_eq!(ended.json()["affected"], json!([]));
        let stale = officer.patch(&path, 1, &json!({ "valid_to": "2026-11-02", "end_ground": "death" })).await;
        let stale = stale.problem(412, "version_conflict");
        assert_eq!(stale["conflicts"][0]["theirs"], "2026-11-01", "{stale}");
        app.later(60);
        officer.delete(&path, 2).await.expect(200);
        officer.get(&path).await.problem(410, "gone");
        assert_eq!(ties(&officer, &b).await, []);
        let before = officer.get(&format!("{b}/relationships?as_of=2026-11-24T08:00:30Z")).await.expect(200).json();
        assert_eq!(before["items"][0]["valid_to"], Value::Null);
    }

    async fn rights_follow_the_direction_and_the_day(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let uncle = citizen(&officer, "Dayı").await;
        let nephew = officer.register("Bacıoğlu").await;
        tied(&officer, &nephew, "uncle_or_aunt", &uncle, "2000-01-01").await;
        assert_eq!(rights(&officer, &nephew, "2026-11-24").await, ["45.1.1 met"]);
        let of_uncle = citizen(&officer, "Bacıoğlu II").await;
        let foreign_uncle = officer.register("Xalaoğlu").await;
        tied(&officer, &foreign_uncle, "nephew_or_niece", &of_uncle, "2000-01-01").await;
        assert_eq!(rights(&officer, &foreign_uncle, "2026-11-24").await, [""; 0]);

        // The wife becomes a citizen in 2024; until then she holds a permit.
        let (husband, wife) = (officer.register("Ər").await, officer.register("Arvad").await);
        nationality(&officer, &wife, &json!({ "code": "GEO", "valid_to": "2023-12-31" })).await;
        nationality(&officer, &wife, &json!({ "code": "AZE", "valid_from": "2024-01-01" })).await;
        let permit = json!({ "kind": "permanent_residence_permit", "ground": "52.1.2", "valid_from": "2020-01-01", "valid_to": "2023-12-31" });
        officer.post(&format!("{wife}/permits"), &permit).await.expect(201);
        let marriage = tied(&officer, &husband, "spouse", &wife, "2015-01-01").await;
        assert_eq!(rights(&officer, &husband, "2014-12-31").await, [""; 0]);
        assert_eq!(rights(&officer, &husband, "2023-06-01").await, ["45.1.5 met", "52.1.8 met"]);
        assert_eq!(rights(&officer, &husband, "2024-01-01").await, ["45.1.1 met", "52.1.1 met", "64.0.14 depends"]);
        officer.patch(&marriage, 1, &json!({ "valid_to": "2025-06-30", "end_ground": "divorce" })).await.expect(200);
        assert_eq!(rights(&officer, &husband, "2025-07-01").await, [""; 0]);
        let on = officer.get(&format!("{husband}/family-rights?valid_at=2025-06-30")).await.expect(200).json();
        let right = json_at(&on, "/ties/0/rights/[right=45.1.1]").unwrap();
        assert_eq!((&right["given_by"], &right["until"]), (&json!("spouse"), &json!("2025-06-30")));
        for source in right["source"].as_array().unwrap() {
            let cited = json_at(&on, &format!("/sources/[id={}]", source.as_str().unwrap())).unwrap();
            assert!(cited["confidence"].is_string(), "{cited}");
        }
        let list = json_at(&on, "/ties/0/lists/[list=close_relative]").unwrap();
        assert_eq!((&on["ties"][0]["own_kind"], &list["state"]), (&json!("spouse"), &json!("met")));
    }

    async fn a_divorce_lists_whose_rights_end_and_which_permits_want_a_review(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let (foreigner, spouse) = (officer.register("Əcnəbi").await, citizen(&officer, "Vətəndaş").await);
        let child = citizen(&officer, "Övlad").await;
        let permit = |ground: &str, kind: &str, to: Value| json!({ "kind": kind, "ground": ground, "valid_from": "2024-01-01", "valid_to": to });
        let temporary = permit("45.1.1", "temporary_residence_permit", Value::Null);
        let permit_id = officer.post(&format!("{foreigner}/permits"), &temporary).await.expect(201).json()["id"].clone();
        for (ground, kind) in [("45.1.2", "visa_stay"), ("45.1.1", "stay_extension")] {
            let other = permit(ground, kind, json!("2024-03-01"));
            officer.post(&format!("{foreigner}/permits"), &other).await.expect(201);
        }
        let marriage = tied(&officer, &foreigner, "spouse", &spouse, "2015-01-01").await;
        let divorce = json!({ "valid_to": "2026-10-31", "end_ground": "divorce" });

        let tried = format!("{marriage}?dry_run=true");
        let tried = officer.patch(&tried, 1, &divorce).await.expect(200).json();
        assert_eq!(officer.get(&marriage).await.json()["valid_to"], Value::Null, "nothing happened yet");
        let ended = officer.patch(&marriage, 1, &divorce).await.expect(200).json();
        assert_eq!(tried["affected"], ended["affected"]);
        let affected = ended["affected"].as_array().unwrap();
        let found: Vec<(&str, &str)> = affected.iter().map(|one| {
            (one["person"]["name"].as_str().unwrap(), one["right"].as_str().unwrap())
        }).collect();
        // A citizen needs no ground to stay, so nothing ends for the spouse.
        assert_eq!(found, ["45.1.1", "52.1.1", "64.0.14"].map(|right| ("Əcnəbi", right)));
        let permits = affected[0]["permits"].as_array().unwrap();
        assert_eq!((permits.len(), &permits[0]["id"]), (1, &permit_id));
        assert!(affected[0]["source"].as_array().unwrap().contains(&json!("mc.45.1")));
        let still = officer.get(&format!("{foreigner}/permits")).await.json();
        assert_eq!(still["items"].as_array().unwrap().len(), 3, "no permit ends by itself");

        // A right that another tie gives as well does not end.
        let again = tied(&officer, &foreigner, "spouse", &spouse, "2026-11-01").await;
        tied(&officer, &foreigner, "child", &child, "2016-01-01").await;
        let withdrawn = officer.delete(&again, 1).await.expect(200).json();
        let mine = withdrawn["affected"].as_array().unwrap().iter().filter(|one| one["person"]["name"] == "Əcnəbi");
        assert_eq!(mine.map(|one| one["right"].as_str().unwrap()).collect::<Vec<_>>(), ["64.0.14"]);
    }

    async fn parents_sign_for_a_minor_and_guardians_within_their_scope(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let (child, mother, guardian) =
            (officer.register("Uşaq").await, officer.register("Ana").await, officer.register("Qəyyum").await);
        tied(&officer, &mother, "child", &child, "2008-11-24").await;
        let order = json!({ "kind": "guardian", "other_person_id": id(&guardian), "scope": "property only",
            "evidence": "guardianship_order", "valid_from": "2020-01-01" });
        officer.post(&format!("{child}/relationships"), &order).await.expect(201);
        let signing = async |on: &str| {
            let answer = officer.get(&format!("{child}/signatories?valid_at={on}")).await.expect(200).json();
            let all = answer["signatories"].as_array().unwrap().clone();
            all.iter().map(|one| {
                format!("{} {}", one["tie"]["kind"].as_str().unwrap_or("self"), one["may_sign"].as_str().unwrap())
            }).collect::<Vec<_>>()
        };
        assert_eq!(signing("2026-11-24").await, ["self unknown", "parent unknown", "guardian yes"]);
        officer.patch(&child, 1, &json!({ "birth_date": "2008" })).await.expect(200);
        assert_eq!(signing("2025-12-31").await, ["self no", "parent yes", "guardian yes"]);
        assert_eq!(signing("2026-11-24").await, ["self unknown", "parent unknown", "guardian yes"]);
        assert_eq!(signing("2027-01-01").await, ["self yes", "parent no", "guardian yes"]);
        assert_eq!(signing("2019-12-31").await, ["self no", "parent yes"]);
        let answer = officer.get(&format!("{child}/signatories")).await.json();
        assert_eq!(json_at(&answer, "/signatories/2/scope").unwrap(), "property only");
    }

    async fn a_colleague_keeps_away_from_own_kin_and_their_kin(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let supervisor = app.actor(Role::Supervisor, "Bakı").await;
        let colleague = app.caseworker("Bakı").await;
        let account = colleague.id().await;
        let link = format!("/api/v1/accounts/{account}/person-link");
        let mut files = Vec::new();
        for name in ["Özü", "Qardaş", "Baldız", "Uzaq", "Yad"] {
            files.push(officer.register(name).await);
        }
        let [own, brother, in_law, far, stranger] = &files[..] else { unreachable!() };
        let kin = tied(&officer, brother, "sibling", own, "1980-01-01").await;
        tied(&officer, brother, "spouse", in_law, "2010-01-01").await;
        tied(&officer, far, "sibling", in_law, "1980-01-01").await;
        let reason = async |file: &str| {
            let answer = supervisor.get(&format!("{file}/conflicts/{account}")).await.expect(200).json();
            assert_eq!(answer["keeps_away"], json!(!answer["reason"].is_null()));
            answer["reason"].clone()
        };
        assert_eq!(reason(own).await, Value::Null, "nobody knows yet");
        for _ in 0..2 {
            let linked = supervisor.post(&link, &json!({ "person_id": id(own) })).await.expect(201).json();
            assert_eq!(linked["person_id"], id(own));
        }
        assert_eq!(app.database.count("staff_person"), 1);
        assert_eq!(reason(own).await, "own_file");
        assert_eq!(reason(brother).await, "kin");
        assert_eq!(reason(in_law).await, "common_kin");
        assert_eq!(reason(far).await, Value::Null, "three steps are none");
        assert_eq!(reason(stranger).await, Value::Null);
        let excluded = json!({ "account_id": account, "ground": "other" });
        supervisor.post(&format!("{stranger}/exclusions"), &excluded).await.expect(201);
        assert_eq!(reason(stranger).await, "excluded");
        // An ended tie counts; one that never was does not.
        officer.patch(&kin, 1, &json!({ "valid_to": "2026-01-01", "end_ground": "death" })).await.expect(200);
        assert_eq!(reason(brother).await, "kin");
        officer.delete(&kin, 2).await.expect(200);
        assert_eq!(reason(brother).await, Value::Null);
        let unlinked = supervisor.send(Method::DELETE, &link, None, |request| request).await.expect(200).json();
        assert_eq!(unlinked["person_id"], Value::Null);
        assert_eq!(reason(own).await, Value::Null);
    }

    async fn supervisors_link_colleagues_of_their_office_and_never_themselves(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let supervisor = app.actor(Role::Supervisor, "Bakı").await;
        let national = app.account(Role::Supervisor, Reach::National, "Bakı", None).await;
        let theirs = app.caseworker("Gəncə").await;
        let file = officer.register("Nümunə").await;
        let stranger = theirs.register("Yad").await;
        let body = json!({ "person_id": id(&file) });
        let link = async |actor: &Actor| format!("/api/v1/accounts/{}/person-link", actor.id().await);
        let own = link(&supervisor).await;
        supervisor.post(&own, &body).await.problem(403, "action_not_permitted");
        supervisor.send(Method::DELETE, &own, None, |request| request).await.problem(403, "action_not_permitted");
        officer.post(&link(&officer).await, &body).await.problem(403, "role_not_permitted");
        supervisor.post(&link(&theirs).await, &body).await.problem(404, "not_found");
        let applicant = app.applicant(&file).await;
        national.post(&link(&applicant).await, &body).await.problem(404, "not_found");
        national.post(&link(&theirs).await, &body).await.expect(201);
        let unknown = supervisor.post(&link(&officer).await, &json!({ "person_id": id(&stranger) })).await;
        assert_eq!(codes(&unknown.problem(422, "validation_failed")), ["unknown_person"]);
    }
}
