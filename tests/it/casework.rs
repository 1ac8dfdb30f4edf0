//! Cases: what moves them, what may be asked for, who decides. The rules are those of `config/cases/types.toml`.

mod day;
mod graphs;
mod pairs;

use serde_json::{Value, json};

use crate::harness::{Actor, Backend, TestApp, on_both};

/// A case as a test knows it.
pub(super) struct Filed {
    pub(super) path: String,
}

/// Files an application in a person's file.
pub(super) async fn filed(by: &Actor, person: &str, body: &Value) -> Filed {
    let made = by.post(&format!("{person}/cases"), body).await.expect(201).json();
    Filed { path: format!("/api/v1/cases/{}", made["id"].as_str().unwrap()) }
}

impl Filed {
    /// The case as somebody sees it.
    pub(super) async fn seen(&self, by: &Actor) -> Value {
        by.get(&self.path).await.expect(200).json()
    }

    pub(super) async fn version(&self, by: &Actor) -> i64 {
        self.seen(by).await["version"].as_i64().unwrap()
    }

    /// Moves the case as it stands.
    pub(super) async fn moved(&self, by: &Actor, body: &Value) -> crate::harness::Answered {
        let version = self.version(by).await;
        by.act(&format!("{}/transitions", self.path), version, body).await
    }

    /// A finding for everything that must be judged, all met but what `otherwise` names.
    pub(super) async fn findings(&self, by: &Actor, otherwise: &[(&str, &str)]) -> Value {
        let required = by.get(&format!("{}/requirements", self.path)).await.expect(200).json();
        let finding = |one: &Value| {
            let name = one["requirement"].as_str().unwrap();
            let found = otherwise.iter().find(|(known, _)| *known == name).map_or("met", |(_, finding)| *finding);
            json!({ "requirement": name, "finding": found, "reason": "As the file shows." })
        };
        required["items"].as_array().unwrap().iter().map(finding).collect()
    }

    /// Proposes a decision and answers with its path.
    pub(super) async fn proposed(&self, by: &Actor, body: &Value) -> String {
        let version = self.version(by).await;
        let made = by.act(&format!("{}/decisions", self.path), version, body).await.expect(200).json();
        format!("/api/v1/decisions/{}", made["id"].as_str().unwrap())
    }

    /// What a second official says to a decision.
    pub(super) async fn judged(&self, by: &Actor, decision: &str, body: &Value) -> crate::harness::Answered {
        let version = self.version(by).await;
        by.act(&format!("{decision}/verdicts"), version, body).await
    }
}

/// A file of Bakı, its caseworker, an official and a supervisor.
pub(super) async fn office(app: &TestApp) -> (Actor, Actor, Actor, String) {
    let (officer, official) = (app.caseworker("Bakı").await, app.official("Bakı").await);
    let supervisor = app.actor(sakin::access::policy::Role::Supervisor, "Bakı").await;
    let person = officer.register("Nümunə").await;
    (officer, official, supervisor, person)
}

fn grant(findings: &Value, effect: &Value) -> Value {
    json!({ "outcome": "grant", "reasons": "Everything that the law asks for is there.", "requirements": findings, "effect": effect })
}

on_both! {
    async fn a_decision_is_proposed_by_one_and_approved_by_another(app: TestApp) {
        let (officer, official, _, person) = office(&app).await;
        let case = filed(&officer, &person, &json!({ "kind": "temporary_permit", "ground": "45.1.1" })).await;
        case.moved(&officer, &json!({ "transition": "accept" })).await.expect(200);
        let findings = case.findings(&officer, &[]).await;
        // Years before the application would count as lawful residence.
        let early = json!({ "valid_from": "2013-07-31", "valid_to": "2024-11-30" });
        let version = case.version(&official).await;
        let refused = official.act(&format!("{}/decisions", case.path), version, &grant(&findings, &early)).await;
        let refused = refused.problem(422, "validation_failed");
        assert_eq!((&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]), (&json!("/effect/valid_from"), &json!("before_filing")));
        let effect = json!({ "valid_from": "2026-12-01", "valid_to": "2027-11-30" });
        let decision = case.proposed(&official, &grant(&findings, &effect)).await;
        // Whoever proposed it does not approve it, and a caseworker approves nothing.
        case.judged(&official, &decision, &json!({ "verdict": "approved" })).await.problem(409, "four_eyes");
        case.judged(&officer, &decision, &json!({ "verdict": "approved" })).await.problem(403, "role_not_permitted");
        let second = app.official("Bakı").await;
        let without_a_note = case.judged(&second, &decision, &json!({ "verdict": "returned" })).await;
        assert_eq!(without_a_note.problem(422, "validation_failed")["errors"][0]["pointer"], "/note");
        case.judged(&second, &decision, &json!({ "verdict": "returned", "note": "Name the kin." })).await.expect(200);
        assert_eq!(case.seen(&second).await["state"], "under_review");
        let decision = case.proposed(&official, &grant(&findings, &effect)).await;
        let approved = case.judged(&second, &decision, &json!({ "verdict": "approved" })).await.expect(200).json();
        assert_eq!(approved["verdict"]["verdict"], "approved");
        assert!(approved["letter"]["az"].as_str().unwrap().contains("Qərar: təmin edilib"));
        assert!(approved["letter"]["en"].as_str().unwrap().contains("Migration Code"));
        let permits = officer.get(&format!("{person}/permits")).await.json();
        let permit = &permits["items"][0];
        assert_eq!((&permit["kind"], &permit["ground"]), (&json!("temporary_residence_permit"), &json!("45.1.1")));
        assert_eq!(permit["valid_to"], "2027-11-30");
        let refused = case.moved(&officer, &json!({ "transition": "accept" })).await.problem(409, "invalid_transition");
        assert_eq!(refused["state"], "granted");
        assert_eq!(refused["allowed"][0]["transition"], "lapse");
        // Both decisions stay readable.
        let all = officer.get(&format!("{}/decisions", case.path)).await.json();
        let said: Vec<&str> = all["items"].as_array().unwrap().iter().map(|one| one["verdict"]["verdict"].as_str().unwrap()).collect();
        assert_eq!(said, ["returned", "approved"]);
    }

    async fn a_grant_that_clashes_with_the_record_changes_nothing(app: TestApp) {
        let (officer, official, _, person) = office(&app).await;
        let case = filed(&officer, &person, &json!({ "kind": "work_permit" })).await;
        case.moved(&officer, &json!({ "transition": "accept" })).await.expect(200);
        let findings = case.findings(&officer, &[]).await;
        let effect = json!({ "valid_from": "2026-12-01", "valid_to": "2027-11-30" });
        let decision = case.proposed(&officer, &grant(&findings, &effect)).await;
        let other = json!({ "kind": "work_permit", "valid_from": "2027-01-01", "valid_to": "2027-02-01" });
        let other = officer.post(&format!("{person}/permits"), &other).await.expect(201).json();
        let clash = case.judged(&official, &decision, &json!({ "verdict": "approved" })).await.problem(409, "overlapping_permit");
        assert!(clash["errors"][0]["message"].as_str().unwrap().contains(other["id"].as_str().unwrap()));
        assert_eq!(case.seen(&official).await["state"], "proposed");
        assert_eq!(app.database.count("decision_verdict"), 0);
    }

    async fn leaving_what_was_computed_needs_a_ground_and_is_counted(app: TestApp) {
        let (officer, official, supervisor, person) = office(&app).await;
        let case = filed(&officer, &person, &json!({ "kind": "citizenship", "ground": "14.1" })).await;
        case.moved(&officer, &json!({ "transition": "accept" })).await.expect(200);
        let required = officer.get(&format!("{}/requirements", case.path)).await.expect(200).json();
        assert_eq!(required["route"], "citizenship.general");
        assert_ne!(required["computed"], "eligible");
        let findings = case.findings(&officer, &[]).await;
        let effect = json!({ "valid_from": "2026-11-24" });
        let version = case.version(&officer).await;
        let mut proposal = grant(&findings, &effect);
        let refused = officer.act(&format!("{}/decisions", case.path), version, &proposal).await;
        let refused = refused.problem(422, "validation_failed");
        assert_eq!(refused["errors"][0]["code"], "deviation_ground_required", "{refused}");
        proposal["deviation"] = json!({ "ground": "no_such_ground" });
        let refused = officer.act(&format!("{}/decisions", case.path), version, &proposal).await;
        assert_eq!(refused.problem(422, "validation_failed")["errors"][0]["code"], "unknown_ground");
        proposal["deviation"] = json!({ "ground": "court_judgment", "note": "Judgment 12 of the court of Bakı." });
        let decision = case.proposed(&officer, &proposal).await;
        case.judged(&official, &decision, &json!({ "verdict": "approved" })).await.expect(200);
        let figures = supervisor.get("/api/v1/office-figures").await.expect(200).json();
        assert_eq!(figures["deviations"], json!([{ "outcome": "grant", "ground": "court_judgment", "count": 1 }]));
        let file = officer.get(&person).await.json();
        assert_eq!(file["nationalities"][0]["code"], "AZE", "{file}");
        // A refusal that follows from the sum needs none, and must not have one.
        let other = filed(&officer, &person, &json!({ "kind": "restoration", "ground": "15" })).await;
        other.moved(&officer, &json!({ "transition": "accept" })).await.expect(200);
        let findings = other.findings(&officer, &[("former_citizen", "not_proven")]).await;
        let mut refusal = json!({ "outcome": "refuse", "reasons": "It is not shown that he was a citizen.", "requirements": findings,
            "deviation": { "ground": "court_judgment" } });
        let version = other.version(&officer).await;
        let refused = officer.act(&format!("{}/decisions", other.path), version, &refusal).await;
        assert_eq!(refused.problem(422, "validation_failed")["errors"][0]["pointer"], "/deviation");
        refusal.as_object_mut().unwrap().remove("deviation");
        other.proposed(&officer, &refusal).await;
    }

    async fn every_requirement_is_judged_and_every_fault_is_told_at_once(app: TestApp) {
        let (officer, _, _, person) = office(&app).await;
        let case = filed(&officer, &person, &json!({ "kind": "work_permit" })).await;
        case.moved(&officer, &json!({ "transition": "accept" })).await.expect(200);
        let body = json!({ "outcome": "grant", "reasons": "So.", "effect": { "basis": "host" }, "requirements": [
            { "requirement": "identity", "finding": "met", "reason": "Seen." },
            { "requirement": "identity", "finding": "met", "reason": "Seen again." },
            { "requirement": "weather", "finding": "met", "reason": "Fine.", "documents": [ { "document_id": uuid::Uuid::nil() } ] } ] });
        let refused = officer.act(&format!("{}/decisions", case.path), 2, &body).await.problem(422, "validation_failed");
        let found: Vec<(&str, &str)> = refused["errors"].as_array().unwrap().iter()
            .map(|one| (one["pointer"].as_str().unwrap(), one["code"].as_str().unwrap())).collect();
        assert_eq!(found, [
            ("/requirements/1/requirement", "repeated"),
            ("/requirements/2/requirement", "unknown_requirement"),
            ("/requirements/2/documents/0", "unknown_document"),
            ("/requirements", "missing_requirement"),
            ("/requirements", "missing_requirement"),
            ("/effect/valid_from", "required"),
            ("/effect/valid_to", "required"),
            ("/effect/basis", "not_expected"),
        ]);
    }

    async fn a_paper_beyond_the_list_is_refused_and_counted(app: TestApp) {
        let (officer, _, supervisor, person) = office(&app).await;
        let case = filed(&officer, &person, &json!({ "kind": "permanent_permit", "ground": "52.1.1" })).await;
        let papers = format!("{}/papers", case.path);
        for _ in 0..2 {
            let refused = officer.post(&papers, &json!({ "paper": "marriage_certificate", "to": "asked" })).await;
            let refused = refused.problem(422, "validation_failed");
            assert_eq!((&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]), (&json!("/paper"), &json!("not_on_the_list")));
        }
        // Family papers were on the list until 4 November 2017.
        let old = filed(&officer, &person, &json!({ "kind": "permanent_permit", "ground": "52.1.1", "filed_on": "2017-11-04" })).await;
        officer.post(&format!("{}/papers", old.path), &json!({ "paper": "marriage_certificate", "to": "asked" })).await.expect(201);
        let figures = supervisor.get("/api/v1/office-figures").await.expect(200).json();
        assert_eq!(figures["refused_demands"],
            json!([{ "kind": "permanent_permit", "paper": "marriage_certificate", "count": 2 }]));
        let said = officer.post(&papers, &json!({ "paper": "passport", "to": "wrong" })).await.problem(422, "validation_failed");
        assert_eq!(said["errors"][0]["pointer"], "/reason");
        let asked = officer.post(&papers, &json!({ "paper": "passport", "to": "asked" })).await.expect(201).json();
        assert_eq!((&asked["state"], &asked["source"]), (&json!("asked"), &json!("mc.53.1")));
        let missing = officer.get(&format!("{person}/missing")).await.expect(200).json();
        let first = &missing["items"].as_array().unwrap().iter().find(|one| one["case"]["id"] == case.path.rsplit('/').next().unwrap()).unwrap()["papers"];
        assert!(first.as_array().unwrap().iter().any(|one| one["paper"] == "passport" && one["state"] == "asked"));
    }

    async fn the_office_s_term_stands_still_and_is_lengthened_on_grounds_of_the_law_alone(app: TestApp) {
        let (officer, official, _, person) = office(&app).await;
        let body = json!({ "kind": "temporary_permit", "ground": "45.1.1", "filed_on": "2026-11-02" });
        let case = filed(&officer, &person, &body).await;
        let due = async |by: &Actor| case.seen(by).await["term"]["due_on"].clone();
        // Twenty working days after Monday 2 November, of which the 9th is none. The year's calendar is not loaded: the day is provisional.
        assert_eq!(due(&officer).await, "2026-12-01");
        assert_eq!(case.seen(&officer).await["term"]["counted"]["provisional"], true);
        let without = case.moved(&officer, &json!({ "transition": "suspend", "on": "2026-11-16" })).await;
        assert_eq!(without.problem(422, "validation_failed")["errors"][0]["code"], "ground_required");
        let suspend = json!({ "transition": "suspend", "on": "2026-11-16", "reason": { "code": "papers_missing" } });
        case.moved(&officer, &suspend).await.expect(200);
        let seen = case.seen(&officer).await;
        assert_eq!((&seen["state"], &seen["term"]["due_on"]), (&json!("suspended"), &Value::Null));
        case.moved(&officer, &json!({ "transition": "resume", "on": "2026-11-23" })).await.expect(200);
        let seen = case.seen(&officer).await;
        assert_eq!(seen["term"]["pauses"], json!([{ "from": "2026-11-16", "to": "2026-11-22" }]));
        assert_eq!((&seen["term"]["paused_days"], &seen["term"]["due_on"]), (&json!(7), &json!("2026-12-08")));
        let extend = json!({ "transition": "extend", "until": "2026-12-30", "reason": { "code": "further_inquiry" } });
        case.moved(&officer, &extend).await.problem(409, "invalid_transition");
        case.moved(&official, &extend).await.expect(200);
        assert_eq!(due(&official).await, "2026-12-30");
        // Silence of the other authority is consent from the day after its ten working days.
        case.moved(&officer, &json!({ "transition": "request_opinion" })).await.expect(200);
        let seen = case.seen(&officer).await;
        assert_eq!((&seen["opinion"]["due_on"], &seen["opinion"]["no_objection_since"]), (&json!("2026-12-08"), &Value::Null));
        app.later(16 * 86_400);
        let mut later = officer.clone();
        later.sign_in(crate::harness::PASSWORD).await;
        assert_eq!(case.seen(&later).await["opinion"]["no_objection_since"], "2026-12-09");
    }

    async fn queues_show_what_is_due_first_and_count_it(app: TestApp) {
        let (officer, official, _, person) = office(&app).await;
        let other = officer.register("Başqa").await;
        for (person, on) in [(&person, "2026-11-10"), (&other, "2026-11-03"), (&other, "2026-11-17")] {
            filed(&officer, person, &json!({ "kind": "temporary_permit", "ground": "45.1.1", "filed_on": on })).await;
        }
        let affiliation = filed(&officer, &person, &json!({ "kind": "affiliation", "ground": "5.1" })).await;
        let queue = officer.get("/api/v1/cases?count=exact&limit=2").await.expect(200).json();
        assert_eq!(queue["count"], json!({ "value": 4, "kind": "exact" }));
        let filed_on = |page: &Value| -> Vec<String> {
            let items = page["items"].as_array().unwrap_or_else(|| panic!("{page}"));
            items.iter().map(|one| one["filed_on"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(filed_on(&queue), ["2026-11-03", "2026-11-10"]);
        let next = officer.get(queue["next"].as_str().unwrap()).await.expect(200).json();
        assert_eq!(filed_on(&next), ["2026-11-17", "2026-11-24"], "no term is known for an affiliation: it comes last");
        assert_eq!(next["next"], Value::Null);
        assert_eq!(next["items"][0]["person_name"], "Başqa");
        let mine = officer.get("/api/v1/cases?assigned_to=me").await.expect(200).json();
        assert_eq!((&mine["items"], &mine["empty_because"]), (&json!([]), &json!("No case that you may see fits this filter.")));
        let body = json!({ "account_id": official.id().await });
        // Nobody keeps it: the official takes it; the caseworker could only offer it.
        officer.act(&format!("{}/assignments", affiliation.path), 1, &body).await.expect(200);
        assert_eq!(affiliation.seen(&officer).await["offered_to"], body["account_id"]);
        official.act(&format!("{}/assignments", affiliation.path), 2, &body).await.expect(200);
        assert_eq!(filed_on(&official.get("/api/v1/cases?assigned_to=me").await.json()).len(), 1);
        let waiting = officer.get("/api/v1/cases?waits_for=supervisor").await.expect(200).json();
        assert_eq!(waiting["items"], json!([]), "nothing is proposed, and nothing can be reopened");
        assert_eq!(filed_on(&officer.get("/api/v1/cases?waits_for=caseworker").await.json()).len(), 4);
        let elsewhere = officer.get(&format!("/api/v1/cases?office_id={}", uuid::Uuid::new_v4())).await.expect(200).json();
        assert_eq!(elsewhere["items"], json!([]));
        let saved = json!({ "name": "Overdue", "shared": true, "filter": { "due_before": "2026-12-05", "kind": "temporary_permit" } });
        let saved = officer.post("/api/v1/queues", &saved).await.expect(201).json();
        let shown = official.get("/api/v1/queues").await.expect(200).json();
        assert_eq!(shown["items"][0]["count"], json!({ "value": 1, "kind": "exact" }), "{shown}");
        assert_eq!(official.get(saved["href"].as_str().unwrap()).await.expect(200).json()["items"].as_array().unwrap().len(), 1);
        let path = format!("/api/v1/queues/{}", saved["id"].as_str().unwrap());
        official.delete(&path, 1).await.problem(404, "not_found");
        officer.delete(&path, 1).await.expect(200);
        // A queue of another office has none of it.
        let theirs = app.caseworker("Gəncə").await;
        assert_eq!(theirs.get("/api/v1/cases?count=exact").await.json()["count"]["value"], 0);
    }

    async fn a_decision_is_computed_again_years_later_and_what_moved_is_listed(app: TestApp) {
        let (officer, official, _, person) = office(&app).await;
        officer.post(&format!("{person}/permits"), &json!({ "kind": "permanent_residence_permit", "ground": "52.1.1",
            "valid_from": "2021-01-10", "valid_to": "2027-01-09" })).await.expect(201);
        for name in ["lawful_income", "constitution_undertaking", "no_bar_cl14"] {
            officer.post(&format!("{person}/facts"), &json!({ "name": name, "value": true })).await.expect(201);
        }
        officer.post(&format!("{person}/evidence"), &json!({ "kind": "state_language", "valid_from": "2022-01-01" })).await.expect(201);
        let case = filed(&officer, &person, &json!({ "kind": "citizenship", "ground": "14.1" })).await;
        case.moved(&officer, &json!({ "transition": "accept" })).await.expect(200);
        assert_eq!(officer.get(&format!("{}/requirements", case.path)).await.json()["computed"], "eligible");
        let findings = case.findings(&officer, &[]).await;
        let decision = case.proposed(&officer, &grant(&findings, &json!({ "valid_from": "2026-11-24" }))).await;
        app.later(60);
        let before = app.clock.now().rfc3339();
        app.later(60);
        // A trip of two hundred days that nobody had told of.
        let trip = json!({ "exit": "2024-01-01", "entry": "2024-07-20", "source": "declared" });
        officer.post(&format!("{person}/trips"), &trip).await.expect(201);
        let moved = officer.get(&format!("{person}/moved?since={before}")).await.expect(200).json();
        let open = &moved["cases"][0];
        assert_eq!(open["case"]["id"], case.path.rsplit('/').next().unwrap());
        let outcome = open["moved"].as_array().unwrap().iter().find(|one| one["figure"] == "outcome" && one["reading"] == "anniversary").unwrap();
        assert_eq!((&outcome["before"], &outcome["after"]), (&json!("eligible"), &json!("not_yet")));
        assert!(moved["moved"].as_array().unwrap().iter().any(|one| one["figure"] == "earliest"));
        // The decision still rests on what was known, and says so.
        app.later(4 * 365 * 86_400);
        let mut official = official;
        official.sign_in(crate::harness::PASSWORD).await;
        let again = official.get(&format!("{decision}/calculation")).await.expect(200).json();
        assert_eq!((&again["equal"], &again["unchanged"], &again["computed"]), (&json!(true), &json!(true), &Value::Null));
        assert_eq!(again["kept"]["facts"]["absences"], json!([]));
        assert_eq!(again["kept"]["routes"][0]["outcome"], "eligible");
        assert_eq!(again["pack_hash"].as_str().unwrap().len(), 64);
        // Nobody rewrites it, whoever writes to the database.
        assert!(app.database.execute("UPDATE decision SET outcome = 'refuse'").is_err());
        assert!(app.database.execute("DELETE FROM decision").is_err());
        assert!(app.database.execute("UPDATE case_event SET note = 'other'").is_err());
    }

    async fn the_person_sees_each_step_and_acts_where_the_law_lets_them(app: TestApp) {
        let (officer, official, _, person) = office(&app).await;
        let applicant = app.applicant(&person).await;
        let case = filed(&applicant, &person, &json!({ "kind": "work_permit", "channel": "online" })).await;
        case.moved(&officer, &json!({ "transition": "accept" })).await.expect(200);
        let refused = case.moved(&applicant, &json!({ "transition": "request_opinion" })).await.problem(409, "invalid_transition");
        assert!(refused["allowed"].as_array().unwrap().iter().any(|one| one["transition"] == "withdraw"
            && one["who"].as_array().unwrap().contains(&json!("applicant"))));
        let findings = case.findings(&officer, &[("quota", "not_met")]).await;
        let decision = case.proposed(&officer,
            &json!({ "outcome": "refuse", "reasons": "The quota is used up.", "requirements": findings })).await;
        case.judged(&official, &decision, &json!({ "verdict": "approved" })).await.expect(200);
        let seen = case.seen(&applicant).await;
        assert_eq!(seen["state"], "refused");
        assert!(seen["events"].as_array().unwrap().iter().all(|event| event["recorded_by"].is_null()));
        let letter = applicant.get(&decision).await.expect(200).json()["letter"]["az"].as_str().unwrap().to_owned();
        assert!(letter.contains("imtina edilib") && letter.contains("2026-12-24"), "{letter}");
        let version = case.version(&applicant).await;
        applicant.act(&format!("{}/transitions", case.path), version, &json!({ "transition": "appeal" })).await.expect(200);
        let mut seen = Vec::new();
        let mut next = json!(format!("{person}/timeline?limit=2"));
        while let Some(path) = next.as_str() {
            let page = applicant.get(path).await.expect(200).json();
            seen.extend(page["items"].as_array().unwrap().iter().map(|one| (one["about"].clone(), one["what"].clone())));
            next = page["next"].clone();
        }
        // All of one instant: by what they are about, and within a case the newest first.
        let expected = json!([["verdict", "approved"], ["decision", "refuse"], ["case", "appeal"], ["case", "refuse"], ["case", "propose"],
            ["case", "accept"], ["case", "file"], ["event", "application_closed"], ["event", "application_filed"], ["person", "person"]]);
        let mut found: Vec<Value> = seen.into_iter().map(|(about, what)| json!([about, what])).collect();
        // Two events of one instant stand in the order of their random ids.
        found[7..9].sort_by_key(ToString::to_string);
        assert_eq!(json!(found), expected);
        let stranger = app.applicant(&officer.register("Başqa").await).await;
        stranger.get(&case.path).await.problem(404, "not_found");
        stranger.get(&decision).await.problem(404, "not_found");
    }
}
