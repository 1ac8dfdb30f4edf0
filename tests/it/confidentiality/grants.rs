//! Breaking the glass, from the reason to the review.

use sakin::access::policy::Role;
use sakin::db::Reach;
use serde_json::json;

use super::{break_glass, id_of};
use crate::harness::{Actor, Backend, PASSWORD, TestApp, on_both};

on_both! {
    async fn a_grant_opens_one_file_for_a_while_and_is_judged_by_somebody_else(app: TestApp) {
        let (mut officer, theirs) = (app.caseworker("Bakı").await, app.caseworker("Gəncə").await);
        let supervisor = app.actor(Role::Supervisor, "Bakı").await;
        let file = theirs.register("Uzaq").await;
        let number = theirs.get(&file).await.json()["file_number"].clone();
        officer.get(&file).await.problem(404, "not_found");
        let grant = break_glass(&officer, &number).await;
        assert_eq!(grant["person_id"], id_of(&file));
        officer.get(&file).await.expect(200);
        officer.get(&format!("{file}/eligibility")).await.expect(200);
        let own = officer.get("/api/v1/access-grants").await.expect(200).json();
        assert_eq!(own["items"].as_array().unwrap().len(), 1);
        officer.get("/api/v1/access-grants?review=open").await.problem(403, "role_not_permitted");
        let open = supervisor.get("/api/v1/access-grants?review=open").await.expect(200).json();
        assert_eq!(open["items"][0]["id"], grant["id"]);

        let path = format!("/api/v1/access-grants/{}", grant["id"].as_str().unwrap());
        theirs.delete(&path, 1).await.problem(404, "not_found");
        officer.delete(&path, 1).await.expect(200);
        officer.get(&file).await.problem(404, "not_found");
        officer.delete(&path, 2).await.problem(410, "gone");

        let judged = json!({ "outcome": "unjustified", "note": "Nobody asked." });
        let with = |version: i64| {
            let (supervisor, path, judged) = (supervisor.clone(), format!("{path}/reviews"), judged.clone());
            async move {
                let headers = |request: reqwest::RequestBuilder| {
                    request.header("if-match", format!("\"v{version}\"")).header("idempotency-key", format!("r{version}"))
                };
                supervisor.send(reqwest::Method::POST, &path, Some(&judged), headers).await
            }
        };
        assert_eq!(with(2).await.expect(200).json()["outcome"], "unjustified");
        with(3).await.problem(409, "invalid_transition");
        assert_eq!(supervisor.get("/api/v1/access-grants?review=open").await.json()["items"], json!([]));
        assert!(app.database.execute("UPDATE access_grant SET reviewed_by = account_id").is_err());

        // Left alone, it ends by itself.
        break_glass(&officer, &number).await;
        app.clock.set(app.clock.now().plus_seconds(3 * 3600 - 1));
        officer.sign_in(PASSWORD).await;
        officer.get(&file).await.expect(200);
        app.clock.set(app.clock.now().plus_seconds(1));
        officer.get(&file).await.problem(404, "not_found");
    }

    async fn a_grant_is_as_absent_as_its_file(app: TestApp) {
        let (officer, theirs) = (app.caseworker("Bakı").await, app.caseworker("Gəncə").await);
        let (judge, kin) = (app.actor(Role::Supervisor, "Bakı").await, app.actor(Role::Supervisor, "Bakı").await);
        let keeper = app.actor(Role::Supervisor, "Gəncə").await;
        let file = theirs.register("Uzaq").await;
        let grant = break_glass(&officer, &theirs.get(&file).await.json()["file_number"]).await;
        let open = "/api/v1/access-grants?review=open";
        let count = async |who: &Actor, path: &str| who.get(path).await.expect(200).json()["items"].as_array().unwrap().len();

        let keeps_away = json!({ "account_id": kin.id().await, "ground": "kin" });
        app.account(Role::Supervisor, Reach::National, "Gəncə", None)
            .await
            .post(&format!("{file}/exclusions"), &keeps_away)
            .await
            .expect(201);
        assert_eq!((count(&judge, open).await, count(&kin, open).await), (1, 0));

        keeper.post(&format!("{file}/assignments"), &json!({ "account_id": keeper.id().await })).await.expect(201);
        keeper.post(&format!("{file}/protections"), &json!({ "reason": "threats" })).await.expect(201);
        assert_eq!(count(&judge, open).await, 0);
        assert_eq!(count(&officer, "/api/v1/access-grants").await, 0);
        let path = format!("/api/v1/access-grants/{}", grant["id"].as_str().unwrap());
        officer.delete(&path, 1).await.problem(404, "not_found");
        let judged = json!({ "outcome": "justified", "note": "Sure." });
        let headers = |request: reqwest::RequestBuilder| request.header("if-match", "\"v1\"").header("idempotency-key", "r");
        let reviews = format!("{path}/reviews");
        judge.send(reqwest::Method::POST, &reviews, Some(&judged), headers).await.problem(404, "not_found");
    }

    async fn nobody_judges_the_own_grant(app: TestApp) {
        let (supervisor, theirs) = (app.actor(Role::Supervisor, "Bakı").await, app.caseworker("Gəncə").await);
        let file = theirs.register("Uzaq").await;
        let grant = break_glass(&supervisor, &theirs.get(&file).await.json()["file_number"]).await;
        let path = format!("/api/v1/access-grants/{}/reviews", grant["id"].as_str().unwrap());
        let headers = |request: reqwest::RequestBuilder| request.header("if-match", "\"v1\"").header("idempotency-key", "r");
        let judged = json!({ "outcome": "justified", "note": "Sure." });
        supervisor.send(reqwest::Method::POST, &path, Some(&judged), headers).await.problem(403, "action_not_permitted");
        let stranger = app.actor(Role::Supervisor, "Şəki").await;
        stranger.send(reqwest::Method::POST, &path, Some(&judged), headers).await.problem(404, "not_found");
    }

    async fn ten_files_a_day_are_enough(app: TestApp) {
        let (officer, theirs) = (app.caseworker("Bakı").await, app.caseworker("Gəncə").await);
        let file = theirs.register("Uzaq").await;
        let number = theirs.get(&file).await.json()["file_number"].clone();
        for _ in 0..10 {
            break_glass(&officer, &number).await;
        }
        let body = json!({ "file_number": number, "purpose": "emergency", "reason": "Once more." });
        let refused = officer.post("/api/v1/access-grants", &body).await;
        assert!(refused.headers.contains_key("retry-after"));
        refused.problem(429, "rate_limited");
        assert_eq!(app.database.count("access_grant"), 10);
    }
}
